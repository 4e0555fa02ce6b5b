from pathlib import Path

import pytest

from codex_conformance.targets import read_target
from codex_schemas import Problem

NOWHERE = Path("no-such-file.toml")


@pytest.mark.parametrize(
    ("text", "kind", "address", "release"),
    [
        ("mock", "mock", "", "0.169.0"),
        ("mock:0.150.0", "mock", "0.150.0", "0.150.0"),
        ("real", "real", "0.169.0", "0.169.0"),
        ("real:0.141.0", "real", "0.141.0", "0.141.0"),
        ("http://127.0.0.1:8080/", "url", "http://127.0.0.1:8080", "0.169.0"),
        ("ws://127.0.0.1:4500", "websocket", "ws://127.0.0.1:4500", "0.169.0"),
        ("command: my-codex app-server", "command", "my-codex app-server", "0.169.0"),
        ("asgi:package.module:app", "asgi", "package.module:app", "0.169.0"),
        ("live", "live", "", "0.169.0"),
    ],
)
def test_forms(text, kind, address, release) -> None:
    spec = read_target(text, file=NOWHERE)

    assert (spec.kind, spec.address, spec.release, spec.name) == (kind, address, release, text)


@pytest.mark.parametrize(
    "text", ["", "mok", "mock:latest", "real:", "real:..", "http://", "asgi:module", "command: ", "ws:"]
)
def test_what_is_no_target_is_refused_with_the_forms(text) -> None:
    if text == "real:":
        assert read_target(text, file=NOWHERE).kind == "real"
        return
    with pytest.raises(Problem) as caught:
        read_target(text, file=NOWHERE)

    assert "mock:VERSION" in caught.value.expected
    assert repr(text) in caught.value.found


def test_a_release_may_be_named_beside_the_target() -> None:
    assert read_target("http://127.0.0.1:1", release="0.150.0", file=NOWHERE).release == "0.150.0"

    with pytest.raises(Problem, match="choosing a release"):
        read_target("mock", release="newest", file=NOWHERE)


def test_unknown_capabilities_are_refused() -> None:
    with pytest.raises(Problem, match=r"oauth\.divice"):
        read_target("mock", declare=frozenset({"oauth.divice"}), file=NOWHERE)


def test_a_project_names_its_targets(tmp_path) -> None:
    file = tmp_path / "codex-targets.toml"
    file.write_text(
        """
        [targets.proxy]
        target = "http://127.0.0.1:8080/v1"
        release = "0.160.0"
        model = "gpt-mini"
        api_key_env = "PROXY_KEY"
        disable = ["responses.websocket"]
        [targets.proxy.endpoints]
        exchangeToken = "http://127.0.0.1:8081/token"
        """
    )

    spec = read_target("proxy", file=file, environment={"PROXY_KEY": "sk-secret"})

    assert (spec.name, spec.kind, spec.release, spec.model) == ("proxy", "url", "0.160.0", "gpt-mini")
    assert spec.urls.api == "http://127.0.0.1:8080/v1"
    assert spec.urls.auth is None
    assert spec.urls.endpoints == {"exchangeToken": "http://127.0.0.1:8081/token"}
    assert spec.credentials.api_key == "sk-secret"
    assert spec.disabled == {"responses.websocket"}
    assert "sk-secret" not in repr(spec)


@pytest.mark.parametrize(
    "content",
    [
        "[targets.x]\nurl = 'http://127.0.0.1'",
        "[targets.x]\ntarget = 3",
        "targets = 1",
        "[",
        "[targets.x]\ntarget='a'\napi_key='sk'",
    ],
)
def test_a_file_with_a_mistake_is_refused(content, tmp_path) -> None:
    file = tmp_path / "codex-targets.toml"
    file.write_text(content)

    with pytest.raises(Problem, match=r"codex-targets\.toml"):
        read_target("mock", file=file)


@pytest.mark.parametrize(("url", "key"), [("http://127.0.0.1:8080", "sk-testkit-any"), ("https://api.example.com", "")])
def test_only_a_server_of_this_machine_gets_a_made_up_key(url, key) -> None:
    assert read_target(url, file=NOWHERE, environment={}).credentials.api_key == key
