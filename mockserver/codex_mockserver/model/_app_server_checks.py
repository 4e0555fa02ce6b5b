"""What is impossible about the app-server of a scenario."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from codex_mockserver._contradiction import Contradiction, bad_pattern, unknown
from codex_mockserver.faults import MessageFault
from codex_mockserver.model._app_server_setup import AppServerSetup
from codex_schemas.yaml_text import Path

__all__ = ["app_server_contradictions"]

_PATH: Path = ("app_server",)


def app_server_contradictions(setup: AppServerSetup, accounts: Collection[str]) -> Iterator[Contradiction]:
    """Yield what cannot be, in the order of the file.

    Args:
        setup: What the scenario says of the app-server.
        accounts: The names of all accounts that there are.
    """
    if setup == AppServerSetup():
        return
    yield from _surroundings(setup, accounts)
    # A heavy module, which scenarios without an app-server do without.
    from codex_schemas import app_server  # noqa: PLC0415

    if setup.version is not None:
        yield from unknown((*_PATH, "version"), setup.version, app_server.versions())
    newest = app_server.load(app_server.latest(), experimental=True)
    for index, fault in enumerate(setup.faults):
        path: Path = (*_PATH, "faults", index)
        yield from _kinds(path, fault)
        for method in filter(None, (*fault.methods, fault.behind)):
            if not newest.lifetime(method):
                yield from unknown((*path, "behind" if method == fault.behind else "on"), method, newest.methods)


def _surroundings(setup: AppServerSetup, accounts: Collection[str]) -> Iterator[Contradiction]:
    if setup.account is not None:
        yield from unknown((*_PATH, "account"), setup.account, accounts)
    for index, command in enumerate(setup.commands):
        yield from bad_pattern((*_PATH, "commands", index, "match"), command.match)


def _kinds(path: Path, fault: MessageFault) -> Iterator[Contradiction]:
    if len(fault.kinds) != 1:
        found = " and ".join(fault.kinds) or "none"
        advice = "Say how the message fails, by one key; several failures are several faults."
        yield Contradiction(path, "exactly one kind of failure", found, advice)
