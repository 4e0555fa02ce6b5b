"""The client of a replay has the credentials that the recording knows."""

from __future__ import annotations

import base64
import json

import pytest

from codex_fixtures import Data, End, Header, RecordingWriter, Request
from codex_mockserver.replaying import Replay

RECORDED_AT = "2026-01-02T03:04:05Z"
AT = 1767323045


def token(expires: int) -> str:
    parts = [{"alg": "RS256"}, {"exp": expires, "account": "a"}]
    header, claims = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return f"{header}.{claims}.signature"


def claims(text: str) -> dict:
    part = text.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


@pytest.fixture
def home(tmp_path):
    """A function that returns ``auth.json`` for a recording of calls with these headers; None where there is none."""

    def write(*heads: dict[str, str]):
        path, folder = tmp_path / "calls.jsonl", tmp_path / "home"
        with RecordingWriter(path, Header(recording=1, surface="http", recorded_at=RECORDED_AT)) as writer:
            for x, headers in enumerate(heads, 1):
                writer.write(
                    Request(at=x, x=x, method="GET", url="https://chatgpt.com/", headers=list(headers.items()))
                )
                writer.write(End(at=x, x=x, side="client"))
        Replay(path).write_codex_home(folder)
        assert "check_for_update_on_startup = false" in (folder / "config.toml").read_text()
        auth = folder / "auth.json"
        return json.loads(auth.read_text()) if auth.exists() else None

    return write


def test_the_account_of_the_recording_is_logged_in(home) -> None:
    first = {"Authorization": "Bearer sk-redacted0001"}
    auth = home({}, first, {"authorization": f"Bearer {token(AT + 1)}", "ChatGPT-Account-Id": "a1"})

    assert auth["auth_mode"] == "chatgpt"
    assert auth["tokens"]["account_id"] == "a1"
    assert auth["last_refresh"] == RECORDED_AT


@pytest.mark.parametrize(("expires", "kept"), [(AT + 1, 4_102_444_800), (AT - 1, AT - 1)], ids=["valid", "expired"])
def test_a_token_is_as_valid_as_it_was(home, expires, kept) -> None:
    """A recording does not age: codex refreshes a token that has expired, and the recording knows of no refresh."""
    auth = home({"authorization": f"Bearer {token(expires)}", "chatgpt-account-id": "a1"})

    assert claims(auth["tokens"]["access_token"]) == {"exp": kept, "account": "a"}


def test_a_token_that_cannot_be_read_stays(home) -> None:
    auth = home({"authorization": "Bearer at-redacted0001", "chatgpt-account-id": "a1"})

    assert auth["tokens"]["access_token"] == "at-redacted0001"


def test_a_key_is_a_key(home) -> None:
    assert home({"authorization": "Bearer sk-redacted0001"}) == {
        "auth_mode": "apikey",
        "OPENAI_API_KEY": "sk-redacted0001",
    }


def test_without_credentials_nobody_is_logged_in(home) -> None:
    assert home({}) is None


def test_who_only_revokes_a_token_has_it(tmp_path) -> None:
    path, folder = tmp_path / "logout.jsonl", tmp_path / "home"
    with RecordingWriter(path, Header(recording=1, surface="http", recorded_at=RECORDED_AT)) as writer:
        head = {"method": "POST", "headers": [("content-type", "application/json")]}
        writer.write(Request(at=0, x=1, url="https://auth.openai.com/oauth/revoke", **head))
        writer.write(Data(at=0, x=1, side="client", text='{"token":"rt_redacted0001"}'))
        writer.write(End(at=0, x=1, side="client"))

    Replay(path).write_codex_home(folder)

    tokens = json.loads((folder / "auth.json").read_text())["tokens"]
    assert tokens["refresh_token"] == "rt_redacted0001"
    assert claims(tokens["id_token"])["exp"] > AT
