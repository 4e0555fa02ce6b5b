"""Who may connect over WebSocket: the rules that the ``--ws-*`` options make."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from codex_mockserver.app_server.transports._errors import StartupError
from codex_mockserver.app_server.transports._jwt import JwtRule

__all__ = ["AuthOptions", "Gatekeeper"]

CAPABILITY, SIGNED = "capability-token", "signed-bearer-token"

_SHORTEST_SECRET = 32
#: No token or key is longer; a larger file is not read to its end.
_LARGEST_FILE = 64 * 1024
_DIGEST = re.compile(r"[0-9a-fA-F]{64}")


class _Rule(Protocol):
    def complaint(self, token: str, now: float) -> str | None: ...


@dataclass(frozen=True, slots=True)
class _TokenRule:
    """One token, of which only the SHA-256 is known."""

    digest: bytes

    def complaint(self, token: str, _now: float) -> str | None:
        is_right = hmac.compare_digest(hashlib.sha256(token.encode()).digest(), self.digest)
        return None if is_right else "invalid websocket bearer token"


class Gatekeeper:
    """Decides from the ``Authorization`` header of a handshake whether a client may connect.

    Args:
        rule: What a bearer token must be; None lets everybody in.
        now: Tells the time in Unix seconds.
    """

    def __init__(self, rule: _Rule | None = None, now: Callable[[], float] = time.time) -> None:
        self.is_open = rule is None
        self._rule = rule
        self._now = now

    def complaint(self, authorization: str | None) -> str | None:
        """Return the body of the 401 that a client gets, or None for one that may connect."""
        if self._rule is None:
            return None
        if authorization is None:
            return "missing websocket bearer token"
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token.strip() or not authorization.isascii():
            return "invalid authorization header"
        return self._rule.complaint(token.strip(), int(self._now()))


@dataclass(frozen=True, slots=True)
class AuthOptions:
    """The values of the ``--ws-*`` options, None for each that is not given."""

    mode: str | None = None
    token_file: Path | None = None
    token_sha256: str | None = None
    shared_secret_file: Path | None = None
    issuer: str | None = None
    audience: str | None = None
    max_clock_skew_seconds: int | None = None

    def check(self) -> None:
        """Look whether the options fit each other, without a look into the files.

        Raises:
            StartupError: They do not.
        """
        signed = (self.shared_secret_file, self.issuer, self.audience, self.max_clock_skew_seconds)
        has_signed = any(value is not None for value in signed)
        has_token = self.token_file is not None or self.token_sha256 is not None
        complaint = next(self._complaints(has_token=has_token, has_signed=has_signed), None)
        if complaint is not None:
            raise StartupError(complaint)

    def gatekeeper(self, now: Callable[[], float] = time.time) -> Gatekeeper:
        """Return who decides by these options.

        Raises:
            StartupError: They do not fit each other, or a file cannot be used.
        """
        self.check()
        if self.shared_secret_file is not None:
            secret = _secret(self.shared_secret_file, shortest=_SHORTEST_SECRET)
            skew = 30 if self.max_clock_skew_seconds is None else self.max_clock_skew_seconds
            return Gatekeeper(JwtRule(secret, _said(self.issuer), _said(self.audience), skew), now)
        if self.token_file is not None:
            return Gatekeeper(_TokenRule(hashlib.sha256(_secret(self.token_file)).digest()), now)
        if self.token_sha256 is not None:
            return Gatekeeper(_TokenRule(bytes.fromhex(self.token_sha256.strip())), now)
        return Gatekeeper(now=now)

    def _complaints(self, *, has_token: bool, has_signed: bool) -> Iterator[str]:
        """Yield what is wrong, in the order in which it is looked at."""
        if self.mode is None and (has_token or has_signed):
            yield f"websocket auth flags require `--ws-auth {CAPABILITY}` or `--ws-auth {SIGNED}`"
        if self.mode == CAPABILITY and has_signed:
            yield (
                "`--ws-shared-secret-file`, `--ws-issuer`, `--ws-audience`, and `--ws-max-clock-skew-seconds` "
                f"require `--ws-auth {SIGNED}`"
            )
        if self.token_file is not None and self.token_sha256 is not None:
            yield "`--ws-token-file` and `--ws-token-sha256` are mutually exclusive"
        if self.mode == CAPABILITY and not has_token:
            yield f"`--ws-token-file` or `--ws-token-sha256` is required when `--ws-auth {CAPABILITY}` is set"
        if self.token_sha256 is not None and not _DIGEST.fullmatch(self.token_sha256.strip()):
            yield "--ws-token-sha256 must be a 64-character hex SHA-256 digest"
        if self.mode == SIGNED and has_token:
            yield f"`--ws-token-file` and `--ws-token-sha256` require `--ws-auth {CAPABILITY}`, not `{SIGNED}`"
        if self.mode == SIGNED and self.shared_secret_file is None:
            yield f"`--ws-shared-secret-file` is required when `--ws-auth {SIGNED}` is set"


def _said(value: str | None) -> str | None:
    """Return a value without blanks around it; one of nothing but blanks was not said."""
    return (value or "").strip() or None


def _secret(path: Path, shortest: int = 1) -> bytes:
    """Return what a file holds, without blanks around it."""
    path = path.absolute()
    try:
        with path.open("rb") as file:
            secret = file.read(_LARGEST_FILE).strip()
    except OSError as error:
        cause = f"{error.strerror} (os error {error.errno})"
        raise StartupError(f"failed to read websocket auth secret {path}: {cause}") from None
    if not secret:
        raise StartupError(f"websocket auth secret {path} must not be empty")
    if len(secret) < shortest:
        raise StartupError(f"signed websocket bearer secret {path} must be at least {shortest} bytes")
    return secret
