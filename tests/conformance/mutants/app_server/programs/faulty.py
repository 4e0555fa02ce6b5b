"""``codex-testkit app-server`` with a fault at its door, or in a crowd: ``faulty.py FAULT app-server ...``."""

from __future__ import annotations

import json
import sys
from dataclasses import replace

from codex_conformance.cli import main
from codex_mockserver.app_server import AppServer
from codex_mockserver.app_server.transports._auth import AuthOptions, Gatekeeper
from codex_mockserver.app_server.transports._errors import StartupError
from codex_mockserver.app_server.transports._jwt import JwtRule
from codex_mockserver.app_server.transports.handshake import TcpDoor

_complaint, _of_tokens, _gatekeeper = Gatekeeper.complaint, JwtRule.complaint, AuthOptions.gatekeeper
_answer, _receive = TcpDoor.answer, AppServer.receive

#: More messages than these are a crowd.
_CROWD = 100


def _changed(request, **headers):
    """Return a request with other headers; None takes one away."""
    merged = {**request.headers, **headers}
    return replace(request, headers={name: value for name, value in merged.items() if value is not None})


def _opens_without_its_secret(options, *now):
    try:
        return _gatekeeper(options, *now)
    except StartupError:
        return Gatekeeper()


def _asks_at_every_page(door, request):
    is_known = door.gatekeeper.complaint(request.headers.get("authorization")) is None
    return _answer(door, request if is_known else replace(request, path="/"))


def _is_in_a_crowd(connection):
    """Count a message, and tell whether it is one too many."""
    connection.count = getattr(connection, "count", 0) + 1
    return connection.count > _CROWD


def _goes_deaf(server, connection, text):
    if not _is_in_a_crowd(connection):
        _receive(server, connection, text)


def _calls_it_an_internal_error(server, connection, text):
    if not _is_in_a_crowd(connection):
        _receive(server, connection, text)
        return
    error = {"code": -32603, "message": "too much"}
    connection.send(json.dumps({"id": json.loads(text)["id"], "error": error}).encode())


#: What stands in the place of a function, by the name of the fault.
FAULTS = {
    "opens to everybody": (Gatekeeper, "complaint", lambda _keeper, _header: None),
    "opens to every token": (
        Gatekeeper,
        "complaint",
        lambda keeper, header: None if header else _complaint(keeper, header),
    ),
    "takes every scheme": (
        Gatekeeper,
        "complaint",
        lambda keeper, header: _complaint(keeper, header and f"Bearer {header.split()[-1]}"),
    ),
    "opens to no signed token": (JwtRule, "complaint", lambda _rule, _token, _now: "no"),
    "does not look at the clock": (JwtRule, "complaint", lambda rule, token, _now: _of_tokens(rule, token, 0)),
    "does not look at the parties": (
        JwtRule,
        "complaint",
        lambda rule, token, now: _of_tokens(replace(rule, issuer=None, audience=None), token, now),
    ),
    "lets pages in": (
        TcpDoor,
        "answer",
        lambda door, request: _answer(door, _changed(request, origin=None)),
    ),
    "asks for a token at every page": (TcpDoor, "answer", _asks_at_every_page),
    "opens without its secret": (AuthOptions, "gatekeeper", _opens_without_its_secret),
    "goes deaf": (AppServer, "receive", _goes_deaf),
    "calls it an internal error": (AppServer, "receive", _calls_it_an_internal_error),
    "nothing": (Gatekeeper, "complaint", _complaint),
}

if __name__ == "__main__":
    fault, *arguments = sys.argv[1:]
    setattr(*FAULTS[fault])
    sys.exit(main(arguments))
