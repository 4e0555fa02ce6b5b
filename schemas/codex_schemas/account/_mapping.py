"""The one table that says which part of a WHAM answer becomes which part of an account message."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

__all__ = ["Conversion", "Mapping", "Row", "mapping"]


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"source": "from", "conversion": "with"}):
    """Where one field of an account message comes from.

    Of several rows for a field the first counts that gives more than null.
    """

    #: The field of the account type, such as ``windowDurationMins``.
    field: str
    #: How the value is converted; :mod:`codex_schemas.account._rules` has each by its name.
    rule: str
    #: The WHAM schema that is read; empty for that of the conversion.
    schema: str = ""
    #: The field of the WHAM schema, with dots between the steps of a path; empty for the whole.
    source: str = ""
    #: The conversion of a nested type.
    conversion: str = ""
    #: For ``constant``: the value.
    value: Any = None
    #: For ``enum``: the account values of those WHAM values that are spelt otherwise.
    values: dict[str, str] = {}
    #: For ``enum``: what an unknown value becomes; without it there is an error.
    fallback: str | msgspec.UnsetType | None = msgspec.UNSET
    #: For ``list_in_order``: the list of ids in the same WHAM schema that comes first.
    order: str = ""
    #: The field by whose value the objects are put into a map; maps of several rows are joined.
    key: str = ""
    #: The first and the last release that has the field, where they are not those of its type.
    since: str | None = None
    until: str | None = None


class Conversion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How an account type is made."""

    #: The name of the account type, without its namespace ``v2``.
    type: str
    #: The WHAM schema that its rows read unless they name another.
    schema: str
    rows: tuple[Row, ...]
    #: The variant of the type where that is a union.
    variant: str = ""


class Mapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole table."""

    #: The methods of the account messages, as shell patterns.
    methods: tuple[str, ...]
    #: What conversions read besides WHAM schemas, in words.
    sources: dict[str, str]
    #: The conversion that makes the result of a request, or the params of a notification, by method.
    results: dict[str, str]
    conversions: dict[str, Conversion]
    #: How the params of a request become the body of the WHAM request, by method.
    requests: dict[str, Conversion]


@cache
def mapping() -> Mapping:
    """Return the table, read once."""
    content = files("codex_schemas").joinpath("data", "account", "mapping.json").read_bytes()
    return msgspec.json.decode(content, type=Mapping)
