"""The contract of one release: its messages and types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from codex_schemas._problem import Problem
from codex_schemas._violation import ContractError, Violation
from codex_schemas.app_server._deviations import corrected
from codex_schemas.app_server._validation import MessageValidator
from codex_schemas.app_server.normal_form import UNIONS, name_of, reference_to
from codex_schemas.app_server.results import result_name
from codex_schemas.app_server.store import DEFINITIONS, TYPESCRIPT, Store

if TYPE_CHECKING:
    from codex_schemas.diff import Message, Protocol, Side

__all__ = ["KINDS", "AppServerContract", "Method", "params_name"]

Json = dict[str, Any]

#: What the messages of each union are, and who sends them.
KINDS: dict[str, tuple[Literal["request", "notification"], Side]] = {
    "ClientRequest": ("request", "client"),
    "ServerRequest": ("request", "server"),
    "ClientNotification": ("notification", "client"),
    "ServerNotification": ("notification", "server"),
}


def _tables(union: str) -> tuple[str, str]:
    """Return the tables of a union's messages: those of the JSON output, and of the TypeScript output alone."""
    return f"messages/{union}", f"{TYPESCRIPT}/{union}"


@dataclass(frozen=True, slots=True)
class Method:
    """A request with its result, or a notification."""

    #: Such as ``turn/start``.
    name: str
    kind: Literal["request", "notification"]
    #: Who sends the request or the notification.
    sender: Side
    #: The schema of ``params``; None where the message has none.
    params: Any
    #: Whether a message without ``params`` is malformed.
    params_required: bool
    #: The name of the definition of the result, such as ``v2/TurnStartResponse``; None for a notification.
    result: str | None
    #: Whether only connections with the capability ``experimentalApi`` may use it.
    experimental: bool
    #: Whether the release names it in its TypeScript output only.
    typescript_only: bool
    #: The first release that has it, in either channel.
    since: str
    #: The last release that has it; None when the newest still does.
    until: str | None


class AppServerContract:
    """The messages and types that the app-server of one release speaks.

    Args:
        store: Where the protocols of all releases are kept.
        version: A release that has one.
        experimental: Whether what needs the capability ``experimentalApi`` belongs to it.
    """

    def __init__(self, store: Store, version: str, *, experimental: bool) -> None:
        self._store = store
        self.version = version
        self.experimental = experimental
        self._position = store.order.index(version)
        typescript = self._select(f"{TYPESCRIPT}/{DEFINITIONS}")
        #: Every type by its name, such as ``v2/Turn``, with those that only the TypeScript output has.
        self.definitions: Mapping[str, Any] = {**typescript, **self.emitted}

    @cached_property
    def emitted(self) -> Json:
        """The types exactly as the binary emits them as JSON Schema, prose aside."""
        types = self._select(DEFINITIONS)
        branches = {union: list(self._select(f"messages/{union}").values()) for union in UNIONS}
        return {
            name: {**schema, "oneOf": branches[name]} if name in branches else schema for name, schema in types.items()
        }

    @cached_property
    def true_definitions(self) -> Mapping[str, Any]:
        """The types as the binary keeps to them: those of :attr:`definitions`, but for the known deviations."""
        return corrected(self.definitions, self.version)

    @cached_property
    def methods(self) -> Mapping[str, Method]:
        """Every message by its method, sorted."""
        return {method.name: method for method in sorted(self._read_methods(), key=lambda method: method.name)}

    def method(self, name: str) -> Method:
        """Return a request or notification by its method, such as ``turn/start``.

        Raises:
            Problem: This release has none of that name; the closest are named.
        """
        found = self.methods.get(name)
        if found is None:
            raise self._unknown("method", name, list(self.methods))
        return found

    def definition(self, name: str) -> Any:
        """Return the schema of a type by its name, ``v2/Turn`` or simply ``Turn``.

        Raises:
            Problem: This release has none of that name; the closest are named.
        """
        for candidate in (name, f"v2/{name}"):
            if candidate in self.definitions:
                return self.definitions[candidate]
        raise self._unknown("type", name, [known.rpartition("/")[2] for known in self.definitions])

    def lifetime(self, method: str, *, experimental: bool = True) -> tuple[str, ...]:
        """Return every release that has a message, the oldest first; this release need not be among them.

        Args:
            method: The method of the message.
            experimental: Whether releases count that have it in their experimental channel only.
        """
        channels = (False, True) if experimental else (False,)
        runs = [
            run for union in UNIONS for channel in channels for run in self._runs(union, method, experimental=channel)
        ]
        return tuple(self._store.order[position] for position in sorted({each for run in runs for each in run}))

    def _runs(self, union: str, method: str, *, experimental: bool) -> list[range]:
        """Return the releases of a channel that have a message, as positions in their order."""
        return [run for table in _tables(union) for run in self._store.runs(table, method, experimental=experimental)]

    def shared(self, method: Method) -> Json:
        """Return the schema of what all messages of the kind and sender of this one have, beside its branch."""
        return self._shared(next(union for union, which in KINDS.items() if which == (method.kind, method.sender)))

    def validate(self, message: Any, direction: Side, *, answers: str | None = None) -> list[Violation]:
        """Return what is wrong with a message, the most telling first; empty when it fits.

        A request or notification is checked against the branch of its method, an answer against the
        result of the request. Members that the contract does not name are fine.

        Args:
            message: The parsed message.
            direction: Who sends it.
            answers: For a result, the method of its request; without it only the envelope is checked.

        Raises:
            Problem: There is no such direction, or no method as named by ``answers``.
        """
        return self._validator.violations(message, direction, answers)

    def check(self, message: Any, direction: Side, *, answers: str | None = None) -> None:
        """Raise :class:`ContractError` unless the message fits; see :meth:`validate`."""
        if violations := self.validate(message, direction, answers=answers):
            raise ContractError(violations[0].where, violations)

    def widened(self, message: Json, *, answers: str | None = None) -> Json:
        """Return a message with a field in each object that nobody knows; it fits as before.

        Args:
            message: A request, a notification, or an answer with a result.
            answers: For a result, the method of its request.

        Raises:
            Problem: There is no such method.
        """
        return self._validator.widened(message, answers)

    @cached_property
    def _validator(self) -> MessageValidator:
        return MessageValidator(self)

    def protocol(self) -> Protocol:
        """Return what the differ compares; a stable one knows the experimental rest."""
        from codex_schemas.diff import Protocol  # noqa: PLC0415 (heavy, and only those who compare need it)

        wider = None if self.experimental else type(self)(self._store, self.version, experimental=True).protocol()
        definitions = {reference_to(name): schema for name, schema in self.definitions.items()}
        for union in UNIONS:
            # What all messages of the union share; each message is compared by itself.
            definitions[reference_to(union)] = self._shared(union)
        messages = {name: self._message(method) for name, method in self.methods.items()}
        return Protocol(self.version, definitions, messages, wider)

    def _shared(self, union: str) -> Json:
        return {key: value for key, value in self.emitted[union].items() if key != "oneOf"}

    def _message(self, method: Method) -> Message:
        from codex_schemas.diff import Message, Part  # noqa: PLC0415 (as above)

        answerer: Side = "server" if method.sender == "client" else "client"
        parts = {}
        if method.params is not None:
            parts["params"] = Part(method.params, method.sender, method.params_required)
        if method.result is not None:
            parts["result"] = Part({"$ref": reference_to(method.result)}, answerer)
        return Message(method.name, method.kind, method.sender, parts, method.experimental)

    def _read_methods(self) -> Iterator[Method]:
        for union in UNIONS:
            for table in _tables(union):
                for name, branch in self._select(table).items():
                    yield self._method(union, table, name, branch)

    def _method(self, union: str, table: str, name: str, branch: Json) -> Method:
        kind, sender = KINDS[union]
        params = branch["properties"].get("params")
        stable, whole = (self._runs(union, name, experimental=channel) for channel in (False, True))
        first, last = min(run.start for run in stable + whole), max(run.stop for run in stable + whole) - 1
        return Method(
            name=name,
            kind=kind,
            sender=sender,
            params=params,
            params_required="params" in branch.get("required", ()),
            result=result_name(name, params_name(params), self.definitions.__contains__) if kind == "request" else None,
            experimental=not any(self._position in run for run in stable),
            typescript_only=table.startswith(TYPESCRIPT),
            since=self._store.order[first],
            until=None if last == len(self._store.order) - 1 else self._store.order[last],
        )

    def _select(self, table: str) -> Json:
        return self._store.select(table, self.version, experimental=self.experimental)

    def _unknown(self, kind: str, name: str, known: list[str]) -> Problem:
        close = ", ".join(get_close_matches(name, known, n=3, cutoff=0.4)) or "nothing close"
        return Problem(
            f"looking up a {kind} of the app-server protocol of codex {self.version}",
            expected=f"one of its {len(known)} {kind}s" + ("" if self.experimental else " in the stable channel"),
            found=repr(name),
            advice=f"Closest: {close}.",
        )


def params_name(params: Any) -> str | None:
    """Return the name of the definition that the params are, or are unless they are null."""
    alternatives = [params, *params.get("anyOf", ())] if isinstance(params, dict) else []
    return next((name_of(schema["$ref"]) for schema in alternatives if "$ref" in schema), None)
