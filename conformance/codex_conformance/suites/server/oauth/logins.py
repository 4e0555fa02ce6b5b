"""Logging in and keeping a login: the calls that most cases of the surface begin with."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from codex_conformance.probes import Answer, HttpProbe, Unmet
from codex_mockserver.world.tokens import CODEX_SCOPE

__all__ = ["REDIRECT_URI", "UNATTENDED", "Code", "Logins", "at_once", "challenge_of", "new_verifier", "redirect_of"]

#: The scenario in which our mock approves every login without a person, as another server has to do by itself.
UNATTENDED = {"settings": {"auto_approve": True}}
REDIRECT_URI = "http://localhost:1455/auth/callback"
#: Logins that a race has.
_RACERS = 5


@dataclass(frozen=True)
class Code:
    """An authorization code, with what it is bound to."""

    text: str = field(repr=False)
    verifier: str = field(repr=False)
    redirect_uri: str = REDIRECT_URI


@dataclass(frozen=True)
class Redirect:
    """Where an answer sends the browser."""

    #: The address without its query.
    address: str
    query: Mapping[str, str]


class Logins:
    """The client of codex at a server under test."""

    def __init__(self, http: HttpProbe, client_id: str) -> None:
        self.client_id = client_id
        self._http = http

    def request(self, **changes: str | None) -> dict[str, str]:
        """Return the query of an authorization request as codex sends it, but for the changes; None leaves one out."""
        fields: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": REDIRECT_URI,
            "scope": CODEX_SCOPE,
            "code_challenge": challenge_of(new_verifier()),
            "code_challenge_method": "S256",
            "id_token_add_organizations": "true",
            "codex_cli_simplified_flow": "true",
            "state": secrets.token_urlsafe(32),
            "originator": "codex_cli_rs",
        }
        return {name: value for name, value in (fields | changes).items() if value is not None}

    def authorize(self, **changes: str | None) -> Answer:
        """Make an authorization request."""
        return self._http.call("authorize", query=self.request(**changes))

    def code(self, verifier: str | None = None, **changes: str | None) -> Code:
        """Log in at a server that needs no person for it, and return the code.

        Raises:
            Unmet: None came.
        """
        verifier = verifier or new_verifier()
        redirect = redirect_of(self.authorize(**{"code_challenge": challenge_of(verifier)} | changes))
        if "code" not in redirect.query:
            raise Unmet(expected="a code in the query of the redirect", found=", ".join(redirect.query))
        return Code(redirect.query["code"], verifier, changes.get("redirect_uri") or REDIRECT_URI)

    def exchange(self, code: Code) -> dict[str, str]:
        """Return the fields of the request for the tokens of a code."""
        return {
            "grant_type": "authorization_code",
            "client_id": self.client_id,
            "code": code.text,
            "redirect_uri": code.redirect_uri,
            "code_verifier": code.verifier,
        }

    def redeem(self, code: Code, **changes: str) -> Answer:
        """Ask for the tokens of a code."""
        return self._http.call("exchangeToken", form=self.exchange(code) | changes)

    def tokens(self, **changes: str | None) -> Answer:
        """Log in and return the answer with the tokens.

        Raises:
            Unmet: None came.
        """
        return self.redeem(self.code(**changes)).require_status(200)

    def refresh(self, refresh_token: str, more: Mapping[str, str] | None = None, *, is_form: bool = False) -> Answer:
        """Ask for new tokens, as codex does with JSON, or as the standard does with a form."""
        fields = {"client_id": self.client_id, "grant_type": "refresh_token", "refresh_token": refresh_token}
        return self._post("exchangeToken", {**fields, **(more or {})}, is_form=is_form)

    def refreshed(self, refresh_token: str) -> Answer:
        """Return the answer to a refresh that succeeds.

        Raises:
            Unmet: It does not.
        """
        return self.refresh(refresh_token).require_status(200)

    def revoke(self, token: str, hint: str | None = "refresh_token", *, is_form: bool = False) -> Answer:
        """Ask to revoke a token."""
        fields = {"token": token} | ({} if hint is None else {"token_type_hint": hint})
        if hint == "refresh_token":
            fields["client_id"] = self.client_id
        return self._post("revokeToken", fields, is_form=is_form)

    def _post(self, operation_id: str, fields: Mapping[str, str], *, is_form: bool) -> Answer:
        return self._http.call(operation_id, form=fields) if is_form else self._http.call(operation_id, json=fields)


def redirect_of(answer: Answer) -> Redirect:
    """Return where an answer sends the browser.

    Raises:
        Unmet: It does not.
    """
    location = answer.require_status(301, 302, 303, 307, 308).headers.get("location", "")
    try:
        parts = urlsplit(location)
    except ValueError:
        raise Unmet(expected="a URL in Location", found=location, doing=answer.call) from None
    return Redirect(parts._replace(query="").geturl(), dict(parse_qsl(parts.query, keep_blank_values=True)))


def new_verifier() -> str:
    """Return a PKCE verifier that nobody had before."""
    return secrets.token_urlsafe(48)


def challenge_of(verifier: str) -> str:
    """Return the S256 challenge of a verifier, as RFC 7636, 4.2 computes it."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def at_once(call: Callable[[], Answer]) -> list[Answer]:
    """Make the same call several times at the same time, and return the answers."""
    with ThreadPoolExecutor(_RACERS) as pool:
        return [each.result() for each in [pool.submit(call) for _ in range(_RACERS)]]
