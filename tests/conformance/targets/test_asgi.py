"""Applications as targets: served from their startup to their shutdown, whatever they know of either."""

from __future__ import annotations

import sys
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from codex_conformance.cli import main
from codex_conformance.targets import open_target, read_target
from codex_schemas import Problem


@pytest.fixture
def named(monkeypatch):
    """Give an application a name under which it can be loaded."""

    def name(app):
        module = type(sys)("an_application")
        module.app = app
        monkeypatch.setitem(sys.modules, "an_application", module)
        return "asgi:an_application:app"

    return name


def opened(name):
    return open_target(read_target(name))


async def list_models(scope, send):
    status = 200 if scope["path"] == "/v1/models" else 404
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})


def starlette(events, *, startup=None):
    """Return an application that notes when its life begins and ends, and what its requests see of it."""

    @asynccontextmanager
    async def lifespan(_app):
        events.append("startup")
        if startup is not None:
            raise startup
        yield {"pool": "a pool"}
        events.append("shutdown")

    async def show(request):
        return JSONResponse({"pool": request.state.pool})

    return Starlette(routes=[Route("/v1/models", show)], lifespan=lifespan)


def test_an_application_is_started_served_and_shut_down(named):
    events = []
    with opened(named(starlette(events))) as target:
        assert events == ["startup"]
        assert httpx.get(f"{target.http.urls.api}/models", trust_env=False).json() == {"pool": "a pool"}

    assert events == ["startup", "shutdown"]


def test_a_startup_that_fails_is_a_problem_with_its_reason(named):
    with pytest.raises(Problem) as problem, opened(named(starlette([], startup=OSError("no database")))):
        pass

    assert problem.value.found == "OSError: no database"
    assert all((problem.value.doing, problem.value.expected, problem.value.advice))


def test_a_startup_that_fails_without_a_word_is_a_problem_too(named):
    async def app(_scope, receive, send):
        await receive()
        await send({"type": "lifespan.startup.failed"})

    with pytest.raises(Problem, match="failed without a word"), opened(named(app)):
        pass


async def raises_at_other_scopes(scope, _receive, send):
    assert scope["type"] == "http"
    await list_models(scope, send)


async def answers_whatever_it_is_asked(scope, receive, send):
    await receive()
    await list_models({"path": "", **scope}, send)


async def leaves_other_scopes_alone(scope, _receive, send):
    if scope["type"] == "http":
        await list_models(scope, send)


async def leaves_after_its_startup(scope, receive, send):
    if scope["type"] == "http":
        await list_models(scope, send)
        return
    await receive()
    await send({"type": "lifespan.startup.complete"})


async def fails_in_its_shutdown(scope, receive, send):
    if scope["type"] == "http":
        await list_models(scope, send)
        return
    for phase in ("startup", "shutdown"):
        await receive()
        assert phase == "startup"
        await send({"type": "lifespan.startup.complete"})


BARE = (
    raises_at_other_scopes,
    answers_whatever_it_is_asked,
    leaves_other_scopes_alone,
    leaves_after_its_startup,
    fails_in_its_shutdown,
)


@pytest.mark.parametrize("app", BARE, ids=[each.__name__.replace("_", " ") for each in BARE])
def test_an_application_that_knows_less_of_a_life_is_served(named, app):
    with opened(named(app)) as target:
        assert httpx.get(f"{target.http.urls.api}/models", trust_env=False).text == "ok"


def test_a_module_that_cannot_be_read_is_a_problem(tmp_path, monkeypatch):
    (tmp_path / "broken_application.py").write_text("app = 1 / 0\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])

    with pytest.raises(Problem, match="ZeroDivisionError"), opened("asgi:broken_application:app"):
        pass


def test_what_cannot_be_called_is_no_application(named):
    with pytest.raises(Problem, match="cannot be called"), opened(named("app")):
        pass


def test_the_command_tells_a_startup_that_fails_in_four_lines(named, capsys):
    status = main(["check", "server", named(starlette([], startup=OSError("no database")))])
    said = capsys.readouterr().err

    assert status == 2
    assert "starting the ASGI application" in said
    assert "OSError: no database" in said
    assert "Traceback" not in said
