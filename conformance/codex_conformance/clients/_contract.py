"""What a client sends, held against the contracts."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs

from codex_conformance.clients._json import NOT_JSON, value_of
from codex_mockserver.journal import Exchange
from codex_schemas import Validator, Violation, load, load_events

__all__ = ["violations"]

_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"


def violations(exchange: Exchange) -> Iterator[tuple[str, Violation]]:
    """Yield what a client sent against the contract, each with the request or the frame that it was in."""
    where = f"{exchange.method} {exchange.path}"
    if exchange.operation is None or exchange.surface is None:
        yield where, Violation("call", "", "an operation of a contract", exchange.near_miss or "none that is known")
        return
    contract = load(exchange.surface)
    operation = contract.operations[exchange.operation]
    media_type = exchange.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type in operation.request_types:
        yield from _of_body(where, contract.request_validator(operation, media_type), exchange.body, media_type)
    elif operation.body_required:
        expected = f"a body of {' or '.join(operation.request_types)}"
        yield where, Violation(operation.id, "", expected, media_type or "no media type")
    for frame in exchange.frames:
        if frame.sender == "client":
            yield from _of_frame(exchange, frame.data)


def _of_body(where: str, validator: Validator, body: bytes, media_type: str) -> Iterator[tuple[str, Violation]]:
    if media_type == _FORM:
        fields = parse_qs(body.decode(errors="replace"), keep_blank_values=True)
        value: object = {name: values[-1] for name, values in fields.items()}
    else:
        value = value_of(body)
    if value is NOT_JSON:
        yield where, Violation(validator.name, "", "JSON", f"{len(body)} bytes that are none")
    else:
        yield from ((where, each) for each in validator.violations(value))


def _of_frame(exchange: Exchange, data: str | bytes) -> Iterator[tuple[str, Violation]]:
    value = value_of(data)
    kind = value.get("type") if isinstance(value, dict) else None
    base = "public" if exchange.path.startswith("/v1/") else "codex"
    where = f"frame {kind}"
    validator = load_events().frame_validator(str(kind), base)
    if validator is None:
        yield where, Violation("frame", "", "a frame that a contract knows", repr(data[:80]))
    else:
        yield from ((where, each) for each in validator.violations(value))
