"""Authorization codes: good once, for whom they were made."""

from __future__ import annotations

import pytest

from codex_conformance.probes import HttpProbe, require
from codex_conformance.suites.server.oauth.answers import in_short, require_one_winner, require_refusal, require_tokens
from codex_conformance.suites.server.oauth.logins import UNATTENDED, Code, Logins, at_once, new_verifier

pytestmark = pytest.mark.codex(scenario=UNATTENDED)

#: The verifier of RFC 7636, appendix B.
_EXAMPLE = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
_EXAMPLE_CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
_MINUTES = 60


@pytest.mark.codex("oauth.code.tokens")
def test_a_code_gives_all_tokens(logins: Logins) -> None:
    require_tokens(logins.tokens())


@pytest.mark.codex("oauth.code.example-of-the-standard")
def test_the_example_of_the_standard_works(logins: Logins) -> None:
    code = logins.code(_EXAMPLE, code_challenge=_EXAMPLE_CHALLENGE)
    logins.redeem(code).require_status(200)


@pytest.mark.codex("oauth.code.verifier-lengths")
@pytest.mark.parametrize("verifier", ["a" * 43, "Az09-._~" * 16], ids=["the shortest", "the longest"])
def test_verifiers_of_all_lengths_work(logins: Logins, verifier: str) -> None:
    logins.redeem(logins.code(verifier)).require_status(200)


@pytest.mark.codex("oauth.code.json")
def test_a_code_can_be_redeemed_as_json(http: HttpProbe, logins: Logins) -> None:
    http.call("exchangeToken", json=logins.exchange(logins.code())).require_status(200)


@pytest.mark.codex("oauth.code.single-use")
def test_a_code_works_once(logins: Logins) -> None:
    code = logins.code()
    logins.redeem(code).require_status(200)
    require_refusal(logins.redeem(code), "a code that was redeemed")


@pytest.mark.codex("oauth.code.race")
def test_of_concurrent_redemptions_one_succeeds(logins: Logins) -> None:
    code = logins.code()
    require_one_winner(at_once(lambda: logins.redeem(code)), "redemptions of one code")


@pytest.mark.codex("oauth.code.replay-revokes")
def test_a_replay_revokes_what_was_given(http: HttpProbe, logins: Logins) -> None:
    code = logins.code()
    given = logins.redeem(code).require_status(200).at("/refresh_token", str)
    if http.world.control_url is not None:
        http.world.advance(2 * _MINUTES)  # a server may bear with a client that repeats itself at once
    logins.redeem(code)
    require_refusal(logins.refresh(given), "the refresh token of a code that was replayed")


@pytest.mark.codex("oauth.code.wrong-verifier")
def test_a_wrong_verifier_gives_nothing(logins: Logins) -> None:
    require_refusal(logins.redeem(logins.code(), code_verifier=new_verifier()), "a verifier that does not fit")


@pytest.mark.codex("oauth.code.challenge-as-verifier")
def test_the_challenge_is_no_verifier(logins: Logins) -> None:
    code = logins.code(_EXAMPLE, code_challenge=_EXAMPLE_CHALLENGE)
    require_refusal(logins.redeem(code, code_verifier=_EXAMPLE_CHALLENGE), "the challenge as the verifier")


@pytest.mark.codex("oauth.code.verifier-required")
@pytest.mark.parametrize("verifier", [None, ""], ids=["left out", "empty"])
def test_no_tokens_without_the_verifier(http: HttpProbe, logins: Logins, verifier: str | None) -> None:
    fields: dict[str, str | None] = {**logins.exchange(logins.code()), "code_verifier": verifier}
    form = {name: value for name, value in fields.items() if value is not None}
    require_refusal(http.call("exchangeToken", form=form, misuse=True), "a redemption without the verifier")


@pytest.mark.codex("oauth.code.wrong-redirect-uri")
def test_another_redirect_uri_gives_nothing(logins: Logins) -> None:
    answer = logins.redeem(logins.code(), redirect_uri="http://localhost:1457/auth/callback")
    require_refusal(answer, "a redirect URI that differs from that of the authorization request")


@pytest.mark.codex("oauth.code.other-client")
def test_another_client_gets_nothing(logins: Logins) -> None:
    require_refusal(logins.redeem(logins.code(), client_id="app_another"), "the code of another client")


@pytest.mark.codex("oauth.code.unknown")
def test_a_made_up_code_gives_nothing(logins: Logins) -> None:
    require_refusal(logins.redeem(Code("ac_never_issued", new_verifier())), "a code that was never issued")


@pytest.mark.codex("oauth.code.expires")
def test_a_code_lives_ten_minutes_at_most(http: HttpProbe, logins: Logins) -> None:
    code = logins.code()
    http.world.advance(10 * _MINUTES + 1)
    require_refusal(logins.redeem(code), "a code after its life")


@pytest.mark.codex("oauth.code.refusal-code")
def test_a_refused_code_is_an_invalid_grant(logins: Logins) -> None:
    answer = require_refusal(logins.redeem(logins.code(), code_verifier=new_verifier()), "a wrong verifier")
    require(in_short(answer) == "400 invalid_grant", expected="400 invalid_grant", found=in_short(answer))
