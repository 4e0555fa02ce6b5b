"""The contract of one release: its messages and types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, cached_property
from typing import Any, Literal

from codex_schemas._problem import Problem
from codex_schemas.app_server._normalise import UNIONS, name_of, reference_to
from codex_schemas.app_server._release import Release
from codex_schemas.app_server._results import result_name
from codex_schemas.app_server._store import DEFINITIONS, TYPESCRIPT, Store, shipped_store
from codex_schemas.app_server._versions import is_version, sort_key
from codex_schemas.diff import Message, Part, Protocol, Side

__all__ = ["AppServerContract", "Method", "latest", "load", "nearest", "releases", "versions"]

Json = dict[str, Any]

#: What the messages of each union are, and who sends them.
_KINDS: dict[str, tuple[Literal["request", "notification"], Side]] = {
    "ClientRequest": ("request", "client"),
    "ServerRequest": ("request", "server"),
    "ClientNotification": ("notification", "client"),
    "ServerNotification": ("notification", "server"),
}


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
    def methods(self) -> Mapping[str, Method]:
        """Every message by its method, sorted."""
        found = {
            name: self._method(union, table, name, branch)
            for union in UNIONS
            for table in (f"messages/{union}", f"{TYPESCRIPT}/{union}")
            for name, branch in self._select(table).items()
        }
        return dict(sorted(found.items()))

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

    def protocol(self) -> Protocol:
        """Return what the differ compares; a stable one knows the experimental rest."""
        wider = None if self.experimental else load_from(self._store, self.version, experimental=True).protocol()
        definitions = {reference_to(name): schema for name, schema in self.definitions.items()}
        for union in UNIONS:
            # What all messages of the union share; each message is compared by itself.
            definitions[reference_to(union)] = {
                key: value for key, value in self.emitted[union].items() if key != "oneOf"
            }
        messages = {name: self._message(method) for name, method in self.methods.items()}
        return Protocol(self.version, definitions, messages, wider)

    def _message(self, method: Method) -> Message:
        answerer: Side = "server" if method.sender == "client" else "client"
        parts = {}
        if method.params is not None:
            parts["params"] = Part(method.params, method.sender, method.params_required)
        if method.result is not None:
            parts["result"] = Part({"$ref": reference_to(method.result)}, answerer)
        return Message(method.name, method.kind, method.sender, parts, method.experimental)

    def _method(self, union: str, table: str, name: str, branch: Json) -> Method:
        kind, sender = _KINDS[union]
        params = branch["properties"].get("params")
        stable = self._store.lifetime(table, name, experimental=False)
        alive = sorted({*stable, *self._store.lifetime(table, name, experimental=True)}, key=sort_key)
        return Method(
            name=name,
            kind=kind,
            sender=sender,
            params=params,
            params_required="params" in branch.get("required", ()),
            result=result_name(name, _referenced(params), self.definitions.__contains__) if kind == "request" else None,
            experimental=self.version not in stable,
            typescript_only=table.startswith(TYPESCRIPT),
            since=alive[0],
            until=None if alive[-1] == self._store.order[-1] else alive[-1],
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


def _referenced(params: Any) -> str | None:
    """Return the name of the definition that the params are, or are unless they are null."""
    alternatives = [params, *params.get("anyOf", ())] if isinstance(params, dict) else []
    return next((name_of(schema["$ref"]) for schema in alternatives if "$ref" in schema), None)


def load(version: str, *, experimental: bool = False) -> AppServerContract:
    """Return the app-server contract of a release.

    Args:
        version: A published release such as ``0.169.0``; :func:`nearest` finds one for any number.
        experimental: Whether what needs the capability ``experimentalApi`` belongs to it.

    Raises:
        Problem: The release is unknown, or cannot emit its protocol.
    """
    return load_from(shipped_store(), version, experimental=experimental)


@cache
def load_from(store: Store, version: str, *, experimental: bool) -> AppServerContract:
    """Return the contract of a release from a store, read once."""
    if version not in store.order:
        reasons = {release.version: release.reason for release in store.releases if release.reason}
        raise Problem(
            f"loading the app-server protocol of codex {version}",
            expected=f"one of the {len(store.order)} releases from {store.order[0]} to {store.order[-1]}",
            found=f"a release without one: {reasons[version]}"
            if version in reasons
            else f"unknown release {version!r}",
            advice=f"The nearest is {_nearest(store, version)}." if is_version(version) else "Name one as 0.169.0.",
        )
    return AppServerContract(store, version, experimental=experimental)


def releases() -> tuple[Release, ...]:
    """Return every published stable release, the oldest first, with those that cannot emit."""
    return shipped_store().releases


def versions() -> tuple[str, ...]:
    """Return the releases whose protocol can be loaded, the oldest first."""
    return shipped_store().order


def latest() -> str:
    """Return the newest release whose protocol can be loaded."""
    return versions()[-1]


def nearest(version: str) -> str:
    """Return the release to load for a number that may be partial or unknown.

    ``0.142`` gives the newest patch of that minor release. A number that was never published, or
    cannot emit, gives the newest release before it; one before all of them the oldest.

    Raises:
        Problem: The text is no release number.
    """
    return _nearest(shipped_store(), version)


def _nearest(store: Store, version: str) -> str:
    steps = version.split(".")
    if version == "latest":
        return store.order[-1]
    if not is_version(".".join([*steps, *["0"] * (3 - len(steps))])):
        raise Problem(
            "choosing the nearest codex release",
            expected="a number such as 0.142 or 0.142.3, or `latest`",
            found=repr(version),
            advice=f"Known are {store.order[0]} to {store.order[-1]}.",
        )
    wanted = sort_key(version)
    at_or_before = [known for known in store.order if sort_key(known)[: len(wanted)] <= wanted]
    return at_or_before[-1] if at_or_before else store.order[0]
