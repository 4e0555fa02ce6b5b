"""Who may connect over WebSocket; every text is one that the real binary said."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

import pytest

from codex_mockserver.app_server.transports import AuthOptions, StartupError

NOW = 1_770_000_000
SECRET = b"s" * 32
CLAIMS = {"exp": NOW + 600, "iss": "me", "aud": "you"}
INVALID = "invalid websocket jwt"


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def jwt(claims, *, secret=SECRET, algorithm="HS256") -> str:
    signed = f"{encoded(json.dumps({'alg': algorithm}).encode())}.{encoded(json.dumps(claims).encode())}"
    return f"{signed}.{encoded(hmac.digest(secret, signed.encode(), 'sha256'))}"


def without(name: str) -> dict:
    return {key: value for key, value in CLAIMS.items() if key != name}


TOKENS = {
    "right": (jwt(CLAIMS), None),
    "one of several audiences": (jwt(CLAIMS | {"aud": ["they", "you"]}), None),
    "just expired": (jwt(CLAIMS | {"exp": NOW - 30}), None),
    "almost valid": (jwt(CLAIMS | {"nbf": NOW + 30}), None),
    "issued in the future": (jwt(CLAIMS | {"iat": NOW + 6000}), None),
    "expired": (jwt(CLAIMS | {"exp": NOW - 31}), "expired websocket jwt"),
    "expired long ago": (jwt(CLAIMS | {"exp": -5}), "expired websocket jwt"),
    "expired and of another issuer": (jwt(CLAIMS | {"exp": NOW - 31, "iss": "x"}), "expired websocket jwt"),
    "too early": (jwt(CLAIMS | {"nbf": NOW + 31}), "websocket jwt is not valid yet"),
    "another issuer": (jwt(CLAIMS | {"iss": "x", "aud": "x"}), "websocket jwt issuer mismatch"),
    "no issuer": (jwt(without("iss")), "websocket jwt issuer mismatch"),
    "another audience": (jwt(CLAIMS | {"aud": "x"}), "websocket jwt audience mismatch"),
    "no audience": (jwt(without("aud")), "websocket jwt audience mismatch"),
    "no expiry": (jwt(without("exp")), INVALID),
    "an expiry of a fraction": (jwt(CLAIMS | {"exp": NOW + 600.5}), INVALID),
    "an expiry in words": (jwt(CLAIMS | {"exp": str(NOW + 600)}), INVALID),
    "a beginning in words": (jwt(CLAIMS | {"nbf": "x"}), INVALID),
    "a list of issuers": (jwt(CLAIMS | {"iss": ["me"]}), INVALID),
    "an audience of another type": (jwt(CLAIMS | {"aud": {"a": 1}}), INVALID),
    "audiences of another type": (jwt(CLAIMS | {"aud": [1, "you"]}), INVALID),
    "claims that are no object": (jwt([1]), INVALID),
    "another secret": (jwt(CLAIMS, secret=b"t" * 32), INVALID),
    "another algorithm": (jwt(CLAIMS, algorithm="HS512"), INVALID),
    "no algorithm": (jwt(CLAIMS, algorithm="none"), INVALID),
    "padding": (jwt(CLAIMS) + "=", INVALID),
    "two parts": ("a.b", INVALID),
    "no token at all": ("junk", INVALID),
}

HEADERS = {
    "right": ("Bearer open sesame", None),
    "in lower case": ("bearer open sesame", None),
    "with more blanks": ("Bearer  open sesame ", None),
    "another token": ("Bearer open", "invalid websocket bearer token"),
    "none": (None, "missing websocket bearer token"),
    "no scheme": ("sesame", "invalid authorization header"),
    "another scheme": ("Basic abc", "invalid authorization header"),
    "no token": ("Bearer", "invalid authorization header"),
    "a tab": ("Bearer\topen sesame", "invalid authorization header"),
    "not ASCII": ("Bearer \xff", "invalid authorization header"),
}


@pytest.fixture
def secret_file(tmp_path):
    path = tmp_path / "secret"
    path.write_bytes(SECRET + b"\n")
    return path


@pytest.mark.parametrize(("token", "complaint"), TOKENS.values(), ids=TOKENS)
def test_a_signed_token_is_checked_as_the_real_one_does(secret_file, token, complaint):
    options = AuthOptions("signed-bearer-token", shared_secret_file=secret_file, issuer="me", audience="you")

    assert options.gatekeeper(lambda: NOW).complaint(f"Bearer {token}") == complaint


@pytest.mark.parametrize(("header", "complaint"), HEADERS.values(), ids=HEADERS)
def test_a_capability_token_is_one_text(tmp_path, header, complaint):
    path = tmp_path / "token"
    path.write_text(" open sesame\n")

    assert AuthOptions("capability-token", token_file=path).gatekeeper().complaint(header) == complaint


def test_a_capability_token_may_be_known_by_its_digest_alone():
    digest = hashlib.sha256(b"sesame").hexdigest().upper()
    gatekeeper = AuthOptions("capability-token", token_sha256=digest).gatekeeper()

    assert gatekeeper.complaint("Bearer sesame") is None
    assert gatekeeper.complaint("Bearer " + digest) == "invalid websocket bearer token"


def test_clocks_may_differ_by_what_is_said(secret_file):
    options = AuthOptions("signed-bearer-token", shared_secret_file=secret_file, max_clock_skew_seconds=0)

    assert options.gatekeeper(lambda: NOW).complaint(f"Bearer {jwt({'exp': NOW - 1})}") == "expired websocket jwt"


def test_a_blank_issuer_and_audience_are_not_asked_for(secret_file):
    options = AuthOptions("signed-bearer-token", shared_secret_file=secret_file, issuer=" ", audience="")

    assert options.gatekeeper(lambda: NOW).complaint(f"Bearer {jwt({'exp': NOW})}") is None


def test_without_options_everybody_comes_in():
    gatekeeper = AuthOptions().gatekeeper()

    assert gatekeeper.is_open
    assert gatekeeper.complaint(None) is None


SIGNED_ONLY = (
    "`--ws-shared-secret-file`, `--ws-issuer`, `--ws-audience`, and `--ws-max-clock-skew-seconds` require "
    "`--ws-auth signed-bearer-token`"
)

#: Options, by their names, and what the real binary says before it ends with code 1.
CONTRADICTIONS = {
    "no mode": (
        {"token_file": "token"},
        "websocket auth flags require `--ws-auth capability-token` or `--ws-auth signed-bearer-token`",
    ),
    "no token": (
        {"mode": "capability-token"},
        "`--ws-token-file` or `--ws-token-sha256` is required when `--ws-auth capability-token` is set",
    ),
    "two tokens": (
        {"mode": "capability-token", "token_file": "token", "token_sha256": "zz"},
        "`--ws-token-file` and `--ws-token-sha256` are mutually exclusive",
    ),
    "a digest that is none": (
        {"mode": "capability-token", "token_sha256": "zz"},
        "--ws-token-sha256 must be a 64-character hex SHA-256 digest",
    ),
    "options of the other mode": (
        {"mode": "capability-token", "issuer": "me"},
        SIGNED_ONLY,
    ),
    "a token of the other mode": (
        {"mode": "signed-bearer-token", "token_file": "token"},
        "`--ws-token-file` and `--ws-token-sha256` require `--ws-auth capability-token`, not `signed-bearer-token`",
    ),
    "no secret": (
        {"mode": "signed-bearer-token"},
        "`--ws-shared-secret-file` is required when `--ws-auth signed-bearer-token` is set",
    ),
    "a short secret": (
        {"mode": "signed-bearer-token", "shared_secret_file": "token"},
        "signed websocket bearer secret {folder}/token must be at least 32 bytes",
    ),
    "a blank token": (
        {"mode": "capability-token", "token_file": "blank"},
        "websocket auth secret {folder}/blank must not be empty",
    ),
    "no such file": (
        {"mode": "capability-token", "token_file": "none"},
        "failed to read websocket auth secret {folder}/none: No such file or directory (os error 2)",
    ),
}


@pytest.mark.parametrize(("options", "text"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_options_that_cannot_be_end_the_start(tmp_path, options, text):
    (tmp_path / "token").write_text("short\n")
    (tmp_path / "blank").write_text(" \n")
    paths = {name: tmp_path / value for name, value in options.items() if name.endswith("_file")}

    with pytest.raises(StartupError) as raised:
        AuthOptions(**options | paths).gatekeeper()

    assert str(raised.value) == text.format(folder=tmp_path)
