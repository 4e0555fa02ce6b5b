"""Which definition is the result of a request: what codex emits never says it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from codex_schemas.document import read_data

__all__ = ["result_name"]


def result_name(method: str, params_name: str | None, exists: Callable[[str], bool]) -> str | None:
    """Return the name of the definition that is the result of a request, or None where nothing fits.

    Args:
        method: The method of the request, such as ``turn/start``.
        params_name: The definition of its params, such as ``v2/TurnStartParams``; None where it has none.
        exists: Tells whether the release has a definition of this name.
    """
    namespaces = ("", "v2/") if params_name and "/" not in params_name else ("v2/", "")
    candidates = (space + name for name in _short_names(method, params_name) for space in namespaces)
    return next(filter(exists, candidates), None)


def _short_names(method: str, params_name: str | None) -> Iterator[str]:
    """Name what may be the result: the partner of the params, the noted exception, the method's own name."""
    if params_name and params_name.endswith("Params"):
        yield params_name.rpartition("/")[2].removesuffix("Params") + "Response"
    if exception := read_data("app_server", "results.json").get(method):
        yield exception
    yield re.sub(r"(?:^|/)(\w)", lambda initial: initial[1].upper(), method) + "Response"
