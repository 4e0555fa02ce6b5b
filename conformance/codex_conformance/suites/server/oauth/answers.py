"""What cases ask of answers: how the login server says no, and what it gives."""

from __future__ import annotations

from collections.abc import Sequence

import httpx

from codex_conformance.probes import Answer, require
from codex_conformance.suites.server.oauth.logins import redirect_of
from codex_mockserver.world.tokens import CODEX_SCOPE

__all__ = [
    "FINAL_CODES",
    "error_code",
    "in_short",
    "require_error",
    "require_no_more_scope",
    "require_not_stored",
    "require_one_winner",
    "require_refusal",
    "require_tokens",
]

#: The codes after which codex asks for a new login, whatever the status.
FINAL_CODES = ("refresh_token_expired", "refresh_token_reused", "refresh_token_invalidated")
_TOKENS = ("id_token", "access_token", "refresh_token")
#: What only an answer that is no refusal may have; reports name these fields and keep quiet about what is in them.
_GIFTS = (*_TOKENS, "authorization_code")
#: Where codex looks for the code, in this order.
_PLACES = ("/error/code", "/error", "/code")


def error_code(answer: Answer) -> str:
    """Return the code of a refusal as codex reads it; empty where there is none."""
    found = (answer.at(place) for place in _PLACES if answer.has(place))
    return next((code.lower() for code in found if isinstance(code, str)), "")


def in_short(answer: Answer) -> str:
    """Return the status and the code of a refusal, such as ``400 invalid_grant``."""
    return f"{answer.status} {error_code(answer)}"


def require_refusal(answer: Answer, of: str, *codes: str) -> Answer:
    """Require that a call was refused as the client's fault, with nothing given, and with one of these codes if any."""
    given = [name for name in _GIFTS if answer.has(f"/{name}")]
    require(
        httpx.codes.is_client_error(answer.status) and not given,
        expected=f"{of} to be refused with a status from 400 to 499",
        found=f"{answer.status} with {', '.join(given)}" if given else f"{answer.status}: {answer.text[:300]}",
        doing=answer.call,
    )
    require(
        not codes or error_code(answer) in codes,
        expected=f"{of} to be refused with {' or '.join(codes)}",
        found=f"{answer.status}: {answer.text[:300]}",
        doing=answer.call,
    )
    return answer


def require_error(answer: Answer, of: str) -> None:
    """Require that an authorization request was refused: on a page, or in a redirect that carries no code."""
    if not httpx.codes.is_client_error(answer.status):
        query = redirect_of(answer).query
        fine = "error" in query and "code" not in query
        require(fine, expected=f"an error for {of}", found=f"a redirect with {', '.join(query)}")


def require_one_winner(answers: Sequence[Answer], of: str) -> None:
    """Require that of equal calls at the same time exactly one succeeded."""
    statuses = sorted(answer.status for answer in answers)
    require(statuses.count(200) == 1, expected=f"one of {len(statuses)} {of} to succeed", found=f"statuses {statuses}")


def require_tokens(answer: Answer) -> None:
    """Require that an answer has all that codex needs of a login."""
    answer.require_status(200)
    missing = [name for name in _TOKENS if not answer.has(f"/{name}")]
    require(not missing, expected=", ".join(_TOKENS), found=f"no {', '.join(missing)}")


def require_not_stored(answer: Answer) -> None:
    """Require that caches may not store an answer."""
    found = answer.headers.get("cache-control", "none")
    require("no-store" in found.lower(), expected="Cache-Control: no-store", found=f"Cache-Control: {found}")


def require_no_more_scope(answer: Answer) -> None:
    """Require that an answer, if it names a scope, names none that codex does not ask for."""
    said = answer.at("/scope", str).split() if answer.has("/scope") else []
    more = sorted(set(said) - set(CODEX_SCOPE.split()))
    require(not more, expected=f"at most {CODEX_SCOPE}", found=f"also {' '.join(more)}")
