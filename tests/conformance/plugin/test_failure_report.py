"""The report of a test that failed: what clients did, in short and without secrets."""

from __future__ import annotations

_CLIENT = """
    import json
    import urllib.error
    import urllib.request

    import pytest

    def call(url, body=None, **headers):
        data = None if body is None else json.dumps(body).encode()
        try:
            return urllib.request.urlopen(urllib.request.Request(url, data, headers)).read()
        except urllib.error.HTTPError as error:
            return error.read()

    def turn(backend, **more):
        key = backend.world.account("plus").api_key
        headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
        return call(f"{backend.url}/v1/responses", {"model": "gpt-5.5", "input": "hello", **more}, **headers)
"""


def test_exchanges_unknown_requests_and_unused_parts_are_shown(write, run) -> None:
    write(
        _CLIENT,
        """
        @pytest.mark.codex(
            scenario={
                "model": [{"say": [{"message": "So it is."}]}, {"say": [{"message": "Never said."}]}],
                "faults": [{"on": "revokeToken", "name": "never", "reset": True}],
            }
        )
        def test_it(codex_backend):
            turn(codex_backend, stream=True)
            call(f"{codex_backend.url}/v1/no-such-thing?q=1")
            assert False
    """,
    )

    run().stdout.fnmatch_lines(
        [
            "*- codex journal -*",
            "1. POST /v1/responses (createResponse): 200",
            '   sent: {"model": "gpt-5.5", "input": "hello", "stream": true}',
            "   got: response.created, *, response.completed",
            "2. GET /v1/no-such-thing: 404",
            "   no operation; closest: *",
            "requests that no contract knows: GET /v1/no-such-thing",
            "not used of the scenario: model[[]1], never",
        ]
    )


def test_secrets_are_cut_short(pytester, write, run) -> None:
    write(
        _CLIENT,
        """
        def test_it(codex_backend):
            tokens = codex_backend.describe()["accounts"]["plus"]
            key = tokens["api_key"]
            call(f"{codex_backend.url}/oauth/token?code={key}", {"refresh_token": tokens["access_token"]})
            turn(codex_backend, input=f"my key is {key}")
            with open("secrets.txt", "w") as file:
                file.write("\\n".join([key, tokens["access_token"]]))
            assert False
    """,
    )
    shown = run().stdout.str()
    secrets = (pytester.path / "secrets.txt").read_text().split()

    assert "codex journal" in shown
    assert [secret for secret in secrets if secret[8:40] in shown] == []


def test_struck_faults_and_sockets_are_shown(write, run) -> None:
    write(
        _CLIENT,
        """
        from websockets.sync.client import connect

        @pytest.mark.codex(scenario={"faults": [{"on": "createResponse", "answer": {"status": 529}}]})
        def test_a_fault(codex_backend):
            turn(codex_backend)
            assert False

        def test_a_socket(codex_backend):
            key = codex_backend.world.account("plus").api_key
            url = codex_backend.url.replace("http", "ws")
            with connect(f"{url}/v1/responses", additional_headers={"authorization": f"Bearer {key}"}) as socket:
                socket.send(json.dumps({"type": "response.create", "model": "gpt-5.5", "input": "hello"}))
                while json.loads(socket.recv())["type"] != "response.completed":
                    pass
            assert False
    """,
    )

    run().stdout.fnmatch_lines(
        [
            "1. POST /v1/responses (createResponse): 529",
            "   struck by faults[[]0]*",
            "1. GET /v1/responses (*): 101",
            '   client: {"type": "response.create", *',
            '   server: {"type":"response.created",*',
            '   server: and * more, the last: {"type":"response.completed",*',
        ]
    )


def test_only_the_last_of_many_exchanges_are_shown(write, run) -> None:
    write(
        _CLIENT,
        """
        def test_it(codex_backend):
            for _ in range(30):
                call(f"{codex_backend.url}/.well-known/jwks.json")
            assert False
    """,
    )

    result = run()

    result.stdout.fnmatch_lines(["(10 earlier exchanges)", "11. GET *", "30. GET *"])
    assert len([line for line in result.outlines if "(jwks)" in line]) == 20


def test_hostile_bodies_are_shown_on_one_plain_line(write, run) -> None:
    write(
        _CLIENT,
        r"""
        @pytest.mark.parametrize("body", [b"\xff\xfe\x00", b"{", b"\x1b[31mred", b"[" * 5000, b"x" * 100_000])
        def test_it(codex_backend, body):
            headers = {"content-type": "application/json", "authorization": "Bearer x"}
            try:
                urllib.request.urlopen(urllib.request.Request(f"{codex_backend.url}/v1/responses", body, headers))
            except urllib.error.HTTPError:
                pass
            assert False
    """,
    )
    result = run()
    sent = [line for line in result.outlines if line.startswith("   sent: ")]

    result.assert_outcomes(failed=5)
    assert len(sent) == 5
    assert all(line.isprintable() and len(line) < 300 for line in sent)


def test_a_test_that_passes_shows_nothing(write, run) -> None:
    write(
        _CLIENT,
        """
        def test_it(codex_backend):
            turn(codex_backend)
    """,
    )

    run("-rA").stdout.no_fnmatch_line("*codex journal*")


def test_a_failure_in_another_fixture_shows_it_too(write, run) -> None:
    write(
        _CLIENT,
        """
        @pytest.fixture
        def before(codex_backend):
            turn(codex_backend)
            raise ValueError

        @pytest.fixture
        def after(codex_backend):
            yield
            turn(codex_backend)
            raise ValueError

        def test_before(before): ...

        def test_after(after): ...
    """,
    )

    result = run()

    result.assert_outcomes(errors=2, passed=1)
    assert len([line for line in result.outlines if line == "1. POST /v1/responses (createResponse): 200"]) == 2


def test_show_capture_hides_it(write, run) -> None:
    write(
        _CLIENT,
        """
        def test_it(codex_backend):
            assert False
    """,
    )

    run("--show-capture=no").stdout.no_fnmatch_line("*codex journal*")


def test_refused_hosts_are_shown(write, run) -> None:
    write(
        """
        import http.client
        import urllib.parse

        import pytest

        def test_it(codex_backend, codex_home):
            proxy = urllib.parse.urlsplit(codex_backend.proxy_url)
            connection = http.client.HTTPConnection(proxy.hostname, proxy.port)
            connection.set_tunnel("example.com", 443)
            with pytest.raises(OSError, match="502"):
                connection.connect()
            assert False
    """,
    )

    run().stdout.fnmatch_lines(["hosts that the proxy refused: example.com:443"])


def test_a_report_of_a_worker_has_it(write, run) -> None:
    write(
        _CLIENT,
        """
        def test_it(codex_backend):
            turn(codex_backend)
            assert False
    """,
    )

    run("-p", "xdist", "-n", "1").stdout.fnmatch_lines(["*codex journal*", "1. POST /v1/responses *: 200"])


def test_it_is_forgotten_after_the_test(write, run) -> None:
    write(
        _CLIENT,
        """
        import gc
        import weakref

        backends = []

        def test_one(codex_backend):
            backends.append(weakref.ref(codex_backend))

        def test_other():
            gc.collect()
            assert backends[0]() is None
    """,
    )

    run().assert_outcomes(passed=2)
