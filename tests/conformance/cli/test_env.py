"""`env` prints what leads codex to a running mock."""

from __future__ import annotations

import os
import subprocess
import tomllib

import pytest

from codex_mockserver import SyncBackend
from codex_mockserver.serving import ConnectProxy
from codex_mockserver.serving.loop_thread import shared_loop


@pytest.fixture
def mock():
    with SyncBackend(proxy=True) as backend:
        backend.app.ready = backend.describe()
        yield backend


def sourced(text: str) -> dict[str, str]:
    """Return the variables that a shell has after it has read the text."""
    finished = subprocess.run(["env", "-i", "sh", "-c", f"{text}\nenv"], capture_output=True, text=True, check=True)
    return dict(line.split("=", 1) for line in finished.stdout.splitlines())


def commented(text: str) -> str:
    """Return the configuration that stands in the comments."""
    lines = text.partition("config.toml:\n")[2].partition("\n\n# Log in")[0].splitlines()
    return "\n".join(line.removeprefix("# ").removeprefix("#") for line in lines)


def config(text: str) -> dict:
    """Return that configuration, read."""
    return tomllib.loads(commented(text))


def test_the_output_is_for_the_shell(testkit, mock, tmp_path) -> None:
    finished = testkit("env", mock.url)

    assert (finished.returncode, finished.stderr) == (0, "")
    variables = sourced(finished.stdout)
    expected = mock.client_environment(tmp_path)
    del expected["CODEX_HOME"]
    assert variables.items() >= expected.items()
    assert config(finished.stdout) == {"cli_auth_credentials_store": "file", "check_for_update_on_startup": False}


def test_without_the_proxy_loopback_is_spelled_in_two_ways(testkit, mock) -> None:
    finished = testkit("env", "--no-proxy", mock.url)

    port = mock.url.rsplit(":", 1)[1]
    assert config(finished.stdout)["chatgpt_base_url"] == f"http://127.0.0.1:{port}/backend-api/"
    assert config(finished.stdout)["openai_base_url"] == f"http://localhost:{port}/backend-api/codex"
    assert sourced(finished.stdout)["CODEX_REFRESH_TOKEN_URL_OVERRIDE"] == f"{mock.url}/oauth/token"
    assert "HTTPS_PROXY" not in finished.stdout


def test_the_proxy_of_the_user_is_not_asked(testkit, mock) -> None:
    assert testkit("env", mock.url, HTTP_PROXY="http://127.0.0.1:1", http_proxy="http://127.0.0.1:1").returncode == 0


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "nonsense", "ftp://127.0.0.1", "http://127.0.0.1:x", "http://[::1", ""], ids=repr
)
def test_a_mock_that_is_not_there_is_a_problem(testkit, url) -> None:
    finished = testkit("env", url)

    assert finished.returncode == 2
    assert finished.stderr.startswith("codex-testkit: a problem while asking the mock")


@pytest.mark.parametrize(
    "ready", [None, [], {}, {"http": "http://127.0.0.1:1", "proxy": None, "ca_file": None}], ids=repr
)
def test_another_server_is_a_problem(testkit, ready) -> None:
    with SyncBackend() as backend:
        backend.app.ready = ready
        finished = testkit("env", backend.url)

    assert finished.returncode == 2
    assert "Traceback" not in finished.stderr


@pytest.mark.real_codex
def test_without_the_proxy_codex_calls_nothing_but_the_mock(testkit, mock, codex_folder, tmp_path) -> None:
    """A proxy that knows no host stands guard: it would note every call that leaves loopback."""
    guard = ConnectProxy([], ("127.0.0.1", 1))
    shared_loop().run(guard.start())
    output = testkit("env", "--no-proxy", mock.url).stdout
    mock.write_codex_home(tmp_path / "codex")
    (tmp_path / "codex" / "config.toml").write_text(commented(output))

    finished = subprocess.run(
        [codex_folder / "0.169.0/node_modules/.bin/codex", "exec", "--skip-git-repo-check", "say hello"],
        env={
            "PATH": os.environ["PATH"],
            "HTTPS_PROXY": f"http://{guard.authority}",
            "NO_PROXY": "127.0.0.1,localhost",
            "CODEX_HOME": str(tmp_path / "codex"),
            **sourced(output),
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    shared_loop().run(guard.stop())

    assert (finished.returncode, finished.stdout) == (0, "say hello\n")
    assert not guard.refused
