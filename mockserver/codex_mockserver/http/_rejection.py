"""How each backend says that a request breaks its contract."""

from __future__ import annotations

import re

from codex_mockserver.http._refusal import NO_STORE, Refusal
from codex_schemas import Violation

__all__ = ["rejection"]

_ODD_VALUE = "Invalid '{param}': expected {expected}, but got {found}."

#: What the public API calls a failed keyword, and how it puts it.
_CODES: dict[str, tuple[str, str]] = {
    "required": ("missing_required_parameter", "Missing required parameter: '{param}'."),
    "additionalProperties": ("unknown_parameter", "Unknown parameter: '{param}'."),
    "type": ("invalid_type", "Invalid type for '{param}': expected {expected}, but got {kind} instead."),
    "not": ("mutually_exclusive_parameters", "Parameters that exclude each other are given: {found}."),
    "minimum": ("integer_below_min_value", _ODD_VALUE),
    "maximum": ("integer_above_max_value", _ODD_VALUE),
    "minItems": ("empty_array", _ODD_VALUE),
    "maxItems": ("array_above_max_length", _ODD_VALUE),
    "maxLength": ("string_above_max_length", _ODD_VALUE),
}
_ANY_OTHER = ("invalid_value", _ODD_VALUE)

#: The kind of a JSON value by its first character.
_KINDS = {'"': "a string", "[": "an array", "{": "an object", "t": "a boolean", "f": "a boolean", "n": "null"}


def rejection(dialect: str, violation: Violation) -> Refusal:
    """Return the refusal of a request that breaks its contract, as that backend says it."""
    if dialect != "public":
        code = None if dialect == "codex" else "invalid_request"
        headers = NO_STORE if dialect == "oauth" else None
        return Refusal(400, str(violation), code=code, param=violation.path.strip("/") or None, headers=headers)
    param = _name(f"{violation.path}/{violation.field}" if violation.field else violation.path)
    code, text = _CODES.get(violation.keyword, _ANY_OTHER)
    kind = _KINDS.get(violation.found[:1], "a number")
    message = text.format(param=param or "body", expected=violation.expected, found=violation.found, kind=kind)
    return Refusal(400, message, code=code, param=param or None)


def _name(pointer: str) -> str:
    """Return the place that a JSON pointer names as the public API writes it: ``input[0].content``."""
    dotted = pointer.removeprefix("/").replace("/", ".")
    return re.sub(r"(?:^|\.)(\d+)(?=\.|$)", r"[\1]", dotted)
