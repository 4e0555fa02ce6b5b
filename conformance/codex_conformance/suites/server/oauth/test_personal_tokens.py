"""Personal access tokens: what codex asks of them at each start."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from codex_conformance.probes import Answer, HttpProbe, require
from codex_conformance.suites.server.oauth.answers import require_refusal
from codex_conformance.suites.server.oauth.logins import Logins
from codex_conformance.targets import Credentials

#: What codex reads of an owner, and cannot do without.
_READ = {
    "/chatgpt_user_id": str,
    "/chatgpt_account_id": str,
    "/chatgpt_plan_type": str,
    "/chatgpt_account_is_fedramp": bool,
}
_NOT_WHOLE: dict[str, Callable[[str], str]] = {
    "its beginning": lambda token: token[:3],
    "all but the end": lambda token: token[:-1],
    "more than all": lambda token: f"{token}0",
}


def _owner(http: HttpProbe, token: str) -> Answer:
    """Ask whose token it is, as codex does: with nothing but the token."""
    return http.call("whoami", credentials=Credentials(access_token=token))


@pytest.mark.codex("oauth.personal-token.owner")
def test_the_owner_is_told_whole(http: HttpProbe, personal: Credentials) -> None:
    answer = _owner(http, personal.access_token).require_status(200)
    found = {pointer: answer.at(pointer, kind) for pointer, kind in _READ.items()}["/chatgpt_account_id"]
    wanted = personal.account_id or found
    require(found == wanted, expected=f"the account {wanted} of the token", found=found)


@pytest.mark.codex("oauth.personal-token.email")
def test_the_owner_has_an_email_address(http: HttpProbe, personal: Credentials) -> None:
    found = _owner(http, personal.access_token).require_status(200).at("/email")
    require(isinstance(found, str) and "@" in found, expected="email, a text", found=found)


@pytest.mark.codex("oauth.personal-token.each-start")
def test_each_start_finds_the_same_owner(http: HttpProbe, personal: Credentials) -> None:
    first, second, third = (_owner(http, personal.access_token).require_status(200).json for _ in range(3))
    require(first == second == third, expected=f"three times {first}", found=[second, third])


@pytest.mark.codex("oauth.personal-token.whole")
@pytest.mark.parametrize("change", _NOT_WHOLE.values(), ids=_NOT_WHOLE)
def test_only_the_whole_token_counts(http: HttpProbe, personal: Credentials, change: Callable[[str], str]) -> None:
    _owner(http, change(personal.access_token)).require_status(401)


@pytest.mark.codex("oauth.personal-token.refreshes-nothing")
def test_it_is_no_refresh_token(logins: Logins, personal: Credentials) -> None:
    require_refusal(logins.refresh(personal.access_token), "a personal access token as a refresh token")
