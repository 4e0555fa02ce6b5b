"""Servers that are not reached, or have nothing of what is looked for: what their author is told."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from codex_conformance.cli import main
from codex_conformance.targets import open_target, read_target
from codex_conformance.targets.trust import trust
from codex_mockserver import SyncBackend
from codex_mockserver.serving import serve_app
from codex_schemas import Problem


@contextmanager
def listening(behave: Callable[[socket.socket], None]) -> Iterator[str]:
    """Do the same with every connection, and give the address."""

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
                with connection:
                    behave(connection)
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)


def hang_up(connection: socket.socket) -> None:
    connection.recv(100)


def speak_of_something_else(connection: socket.socket) -> None:
    connection.recv(100)
    connection.sendall(b"SSH-2.0-server\r\n")


def problem_of(name: str) -> Problem:
    with pytest.raises(Problem) as caught, open_target(read_target(name)):
        pass
    return caught.value


@pytest.mark.parametrize(
    ("scheme", "behave", "advice"),
    [
        pytest.param("http", hang_up, "https://", id="hangs up"),
        pytest.param("http", speak_of_something_else, "https://", id="no HTTP"),
        pytest.param("https", speak_of_something_else, "http://", id="no TLS"),
    ],
)
def test_what_stands_in_the_way_is_told_with_a_way_out(scheme, behave, advice) -> None:
    with listening(behave) as address:
        problem = problem_of(f"{scheme}://{address}")

    assert problem.expected == f"a server at {scheme}://{address}"
    assert "Error" in problem.found
    assert f" {advice} " in problem.advice


@pytest.fixture
def forgotten_trust() -> Iterator[None]:
    """Let the certificates that are believed be read anew, before and after."""
    trust.cache_clear()
    yield
    trust.cache_clear()


@pytest.mark.usefixtures("forgotten_trust")
def test_an_authority_of_ones_own_is_believed_when_it_is_named(monkeypatch) -> None:
    with SyncBackend(tls=True) as backend:
        assert "SSL_CERT_FILE" in problem_of(backend.https_url).advice

        monkeypatch.setenv("SSL_CERT_FILE", str(backend.ca_file))
        trust.cache_clear()
        with open_target(read_target(backend.https_url)) as target:
            assert target.capabilities["responses.websocket"] == "found"


@pytest.mark.usefixtures("forgotten_trust")
def test_an_authority_that_cannot_be_read_is_named(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("CODEX_CA_CERTIFICATE", str(tmp_path / "none.pem"))

    assert "none.pem" in problem_of("http://127.0.0.1:1").found


def answering_all(status: int, body: bytes, media_type: bytes, *, api: dict[str, bytes] | None = None):
    """Return an application that answers every path alike, but for those of an API."""

    async def app(scope, _receive, send):
        assert scope["type"] == "http"
        found = (api or {}).get(scope["path"])
        headers = [(b"content-type", b"application/json" if found else media_type)]
        await send({"type": "http.response.start", "status": 200 if found else status, "headers": headers})
        await send({"type": "http.response.body", "body": found or body.replace(b"PATH", scope["path"].encode())})

    return app


@pytest.mark.parametrize(
    ("app", "advice"),
    [
        pytest.param(answering_all(200, b"<h1>It works: PATH</h1>", b"text/html"), "/v1", id="one page for all"),
        pytest.param(answering_all(404, b"<h1>Not Found</h1>", b"text/html"), "/v1", id="404"),
        pytest.param(answering_all(500, b"a mishap", b"text/plain"), "/v1", id="500"),
        pytest.param(
            answering_all(401, json.dumps({"error": {"message": "no key for PATH"}}).encode(), b"application/json"),
            "CODEX_TESTKIT_API_KEY",
            id="401",
        ),
    ],
)
def test_a_server_that_answers_all_alike_has_nothing(app, advice) -> None:
    with serve_app(app) as url:
        problem = problem_of(url)

    assert f"GET {url}/" in problem.found
    assert advice in problem.advice


def test_what_is_declared_of_such_a_server_is_asked_all_the_same() -> None:
    target = "responses.websocket"
    with serve_app(answering_all(404, b"", b"text/plain")) as url:
        spec = read_target(url, declare=frozenset({target}))
        with open_target(spec) as opened:
            assert opened.capabilities[target] == "declared"
            assert opened.http.urls.api == f"{url}/v1"


def test_what_differs_from_the_page_for_all_is_there() -> None:
    app = answering_all(200, b"<h1>Welcome</h1>", b"text/html", api={"/v1/models": b'{"data": []}'})
    with serve_app(app) as url, open_target(read_target(url)) as target:
        found = {name for name, state in target.capabilities.items() if state == "found"}

    assert found == {"responses.models"}


def test_the_command_tells_it_in_four_lines(capsys) -> None:
    with listening(hang_up) as address:
        status = main(["check", "server", f"http://{address}"])
    lines = capsys.readouterr().err.splitlines()

    assert status == 2
    assert [line.partition(":")[0].strip() for line in lines if line] == [
        "codex-testkit",
        "expected",
        "found",
        "to do",
    ]
