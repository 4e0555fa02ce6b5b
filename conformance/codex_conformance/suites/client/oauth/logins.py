"""What the checks of logins read from an outcome."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from codex_conformance.clients import Outcome, Person
from codex_conformance.probes import Unmet

__all__ = ["CHALLENGE", "LOOPBACK", "authorization", "callback_first", "exchange_form", "s256"]

CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def authorization(outcome: Outcome) -> Mapping[str, str]:
    """Return the parameters of the authorize URL that a client has made.

    Raises:
        Unmet: The person found none in what the client printed.
    """
    calls = outcome.requests("authorize")
    if not calls:
        raise Unmet(expected="an authorize URL that the person can open", found=outcome.ending, doing="logging in")
    return dict(parse_qsl(calls[0].query, keep_blank_values=True))


def exchange_form(outcome: Outcome) -> Mapping[str, str]:
    """Return the fields with which a code was exchanged.

    Raises:
        Unmet: None was.
    """
    forms = [dict(parse_qsl(call.body.decode("utf-8", "replace"))) for call in outcome.requests("exchangeToken")]
    found = [form for form in forms if form.get("grant_type") == "authorization_code"]
    if not found:
        raise Unmet(expected="an exchange of the code", found=outcome.ending, doing="logging in")
    return found[0]


def s256(verifier: str) -> str:
    """Return the challenge of a verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def callback_first(person: Person, url: str, **parameters: str) -> None:
    """Let a stranger call the client back before the person decides: with parameters of its own."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    person.open(f"{query['redirect_uri']}?{urlencode(parameters)}")
