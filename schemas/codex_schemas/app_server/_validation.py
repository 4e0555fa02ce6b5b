"""Checking messages against the contract of a release, each against the branch that its method names."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from codex_schemas._problem import Problem
from codex_schemas._validator import Validator
from codex_schemas._violation import Violation
from codex_schemas._wording import shorten
from codex_schemas.app_server._deviations import corrected
from codex_schemas.app_server.normal_form import reference_to
from codex_schemas.app_server.references import closure, document_of

if TYPE_CHECKING:
    from codex_schemas.app_server.contract import AppServerContract, Method
    from codex_schemas.diff import Side

__all__ = ["MessageValidator", "other_side"]

Json = dict[str, Any]

_OTHER: dict[Side, Side] = {"client": "server", "server": "client"}

#: The definition that every message of a kind fits, whatever its method.
_ENVELOPES = {"request": "JSONRPCRequest", "notification": "JSONRPCNotification"}


def other_side(side: Side) -> Side:
    """Return the side that answers.

    Raises:
        Problem: It is neither client nor server.
    """
    if side not in _OTHER:
        raise Problem(
            "checking a message of the app-server",
            expected="client or server as its sender",
            found=repr(side),
            advice="Name one of the two.",
        )
    return _OTHER[side]


class MessageValidator:
    """Says what is wrong with messages; the validator of a branch is built when it is first needed."""

    def __init__(self, contract: AppServerContract) -> None:
        self._contract = contract
        self._definitions = corrected(contract.definitions, contract.version)
        #: By what is said, such as ``result``, and the method.
        self._validators: dict[tuple[str, str], Validator] = {}

    def violations(self, message: Any, sender: Side, answers: str | None) -> list[Violation]:
        """Return what is wrong with a message; see :meth:`AppServerContract.validate`."""
        other_side(sender)
        if not isinstance(message, dict):
            return [Violation("message", "", "an object", shorten(message))]
        if "method" in message:
            return self._call_violations(message, message["method"], sender)
        if "result" in message or "error" in message:
            return self._answer_violations(message, sender, self._contract.method(answers) if answers else None)
        return [Violation("message", "", "the field 'method', 'result' or 'error'", "only " + shorten(sorted(message)))]

    def widened(self, message: Json, answers: str | None) -> Json:
        """Return a message with unknown fields; see :meth:`AppServerContract.widened`."""
        if "method" in message:
            method = self._contract.method(message["method"])
            validator = self._validator("", method, lambda: self._call_schema(method))
        else:
            request = self._contract.method(answers) if answers else None
            validator = self._validator("result", request, lambda: _result_schema(request))
        wide: Json = validator.widened(message)
        # A peer tells kinds of messages by the members of the envelope.
        return {name: part for name, part in wide.items() if name in message}

    def _call_violations(self, message: Json, name: Any, sender: Side) -> list[Violation]:
        method = self._contract.methods.get(name) if isinstance(name, str) else None
        if method is None or method.sender != sender:
            return [self._unknown(name, sender, method)]
        return self._validator("", method, lambda: self._call_schema(method)).violations(message)

    def _answer_violations(self, message: Json, sender: Side, request: Method | None) -> list[Violation]:
        if request and request.sender == sender:
            return [Violation(request.name, "", f"an answer of the {other_side(sender)}", f"one of the {sender}")]
        if "error" in message:
            validator = self._validator("error", request, lambda: {"$ref": reference_to("JSONRPCError")})
        else:
            validator = self._validator("result", request, lambda: _result_schema(request))
        return validator.violations(message)

    def _validator(self, part: str, method: Method | None, schema: Callable[[], Json]) -> Validator:
        """Return the validator of a part of what is said about a method, built once."""
        key = (part, method.name if method else "")
        if key not in self._validators:
            built = schema()
            name = " ".join(filter(None, reversed(key)))
            self._validators[key] = Validator(document_of(closure(built, self._definitions)), built, name)
        return self._validators[key]

    def _call_schema(self, method: Method) -> Json:
        """Return the schema of a whole request or notification; what it does not name may be there."""
        properties = {} if method.params is None else {"params": method.params}
        if method.kind == "notification":
            # With an id it would be a request.
            properties["id"] = {"not": {}}
        return {
            "allOf": [{"$ref": reference_to(_ENVELOPES[method.kind])}, self._contract.shared(method)],
            "properties": properties,
            "required": ["params"] if method.params_required else [],
        }

    def _unknown(self, name: Any, sender: Side, method: Method | None) -> Violation:
        known = [each.name for each in self._contract.methods.values() if each.sender == sender]
        close = _close(str(name), tuple(known))
        expected = f"one of the {len(known)} methods that the {sender} sends" + (f", such as {close}" if close else "")
        found = shorten(name) + self._whereabouts(name, method)
        return Violation("message", "/method", expected, found)

    def _whereabouts(self, name: Any, method: Method | None) -> str:
        """Say where else there is a method of that name."""
        if method is not None:
            return f", which the {method.sender} sends"
        contract = self._contract
        alive = contract.lifetime(name) if isinstance(name, str) else ()
        if contract.version in alive:
            stable = contract.experimental or contract.version in contract.lifetime(name, experimental=False)
            return "" if stable else ", which needs the experimental API"
        return f", which codex has from {alive[0]} to {alive[-1]}" if alive else ""


@lru_cache(maxsize=2048)
def _close(name: str, known: tuple[str, ...]) -> str:
    """Name what is like an unknown method; a recording held against every release asks for the same ones again."""
    return ", ".join(get_close_matches(name, known, n=3, cutoff=0.4))


def _result_schema(request: Method | None) -> Json:
    """Return the schema of a whole answer; any result fits where nobody knows the request."""
    properties = {"result": {"$ref": reference_to(request.result)}} if request and request.result else {}
    return {"allOf": [{"$ref": reference_to("JSONRPCResponse")}], "properties": properties}
