"""A login server without our control calls: all that it must do can be asked of it, and it can be conformant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from starlette.responses import Response

from codex_conformance._pytest.running import run_suites
from codex_conformance.reports import Run, standings
from codex_conformance.targets import CAPABILITIES
from codex_mockserver import Script, World
from codex_mockserver.http import create_app
from codex_mockserver.http.control import PREFIX
from codex_mockserver.model import load_scenario
from codex_mockserver.serving import serve_app

#: What somebody says of a server that needs no person.
DECLARED = [name for name, each in CAPABILITIES.items() if each.surface == "oauth"]
POLL = "/api/accounts/deviceauth/token"


def without_control(app, *, waits: int):
    """Return a server that is reached as one of others is, and lets each device wait for so many polls."""
    polls: Counter[bytes] = Counter()

    async def serve(scope, receive, send):
        path = scope.get("path", "")
        if path.startswith(PREFIX):
            await app({**scope, "path": "/no/such/path", "raw_path": b"/no/such/path"}, receive, send)
        elif path == POLL:
            await poll(scope, await receive(), receive, send)
        else:
            await app(scope, receive, send)

    async def poll(scope, request, receive, send):
        polls[request["body"]] += 1
        if polls[request["body"]] <= waits:
            await Response(status_code=403)(scope, receive, send)
            return
        first = iter([request])

        async def receive_again():
            return next(first, None) or await receive()

        await app(scope, receive_again, send)

    return serve


@pytest.fixture(params=[0, 2], ids=["approves at once", "lets devices wait"])
def run(request, monkeypatch) -> Iterator[Run]:
    """The run of the whole surface, but for what is drawn at random."""
    world = World()
    monkeypatch.setenv("CODEX_TESTKIT_ACCESS_TOKEN", world.account("plus").personal_access_token)
    monkeypatch.setenv("CODEX_TESTKIT_API_KEY", world.account("plus").api_key)
    scenario = load_scenario({"settings": {"auto_approve": True, "device_interval": 0}})
    with serve_app(without_control(create_app(world, Script(scenario)), waits=request.param)) as url:
        words = [f"--codex-declare={name}" for name in DECLARED]
        yield run_suites("server", [f"--codex-target={url}", "--codex-fuzz=0", *words], surface="oauth")


def test_all_that_it_must_do_was_asked_and_holds(run) -> None:
    musts = [
        each for each in standings(run) if each.requirement.level == "MUST" and each.requirement.surface == "oauth"
    ]
    gaps = {each.requirement.id: each.gaps for each in musts if set(each.gaps) - {"disabled: fuzz"}}
    failed = {each.requirement.id for each in musts if each.outcome not in ("passed", "skipped")}

    assert len(musts) > 60
    assert (gaps, failed) == ({}, set())
