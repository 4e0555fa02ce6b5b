"""The table of all rules."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from codex_schemas.diff._field_rules import FIELD_RULES
from codex_schemas.diff._message_rules import MESSAGE_RULES
from codex_schemas.diff._rule import Rule
from codex_schemas.diff._type_rules import TYPE_RULES
from codex_schemas.diff._variant_rules import VARIANT_RULES

__all__ = ["RULES"]

_ROWS = (*MESSAGE_RULES, *FIELD_RULES, *TYPE_RULES, *VARIANT_RULES)

#: Every rule by its id: for messages first, then for fields, types, values and variants.
RULES: Mapping[str, Rule] = MappingProxyType({row.id: row for row in _ROWS})
