"""Credits that restart the windows of a limit."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.probes import Answer, HttpProbe, at, require
from codex_conformance.suites.server.wham.asking import percent, usage
from codex_conformance.targets import Credentials

#: ``limited`` of our world has a full window and one credit; here it has room to fill again.
_LIMITED = "limited"
_KEY = "c0d30001-0000-4000-8000-000000000001"


def _credits(http: HttpProbe, credentials: Credentials) -> Answer:
    return http.call("listResetCredits", credentials=credentials).require_status(200)


def _redeem(http: HttpProbe, credentials: Credentials, key: str = _KEY, **more: str) -> str:
    """Redeem a credit and return what came of it; that is never an error."""
    body = {"redeem_request_id": key, **more}
    answer = http.call("consumeResetCredit", json=body, credentials=credentials).require_status(200)
    code: str = answer.at("/code", str)
    return code


def _available(answer: Answer) -> list[Any]:
    return [each for each in answer.at("/credits", list) if at(each, "/status", str) == "available"]


@pytest.mark.codex("wham.reset-credits.count-covers-list")
def test_the_count_is_not_below_what_is_listed(http: HttpProbe) -> None:
    answer = _credits(http, http.account("pro"))
    count, listed = answer.at("/available_count", int), len(_available(answer))
    require(count >= listed, expected=f"at least the {listed} available credits of the list", found=count)


@pytest.mark.codex("wham.reset-credits.usage-agrees", needs=("wham.usage",))
def test_usage_counts_the_same_credits(http: HttpProbe) -> None:
    credentials = http.account("pro")
    counted = usage(http, credentials)
    if not counted.has("/rate_limit_reset_credits/available_count"):
        pytest.skip("not declared: a count of credits in usage")
    said, listed = counted.at("/rate_limit_reset_credits/available_count"), _credits(http, credentials)
    count = listed.at("/available_count", int)
    require(said == count, expected=f"available_count {count} in usage", found=said)


@pytest.mark.codex("wham.reset-credits.ids-unique")
def test_each_credit_has_an_id_of_its_own(http: HttpProbe) -> None:
    found = [at(each, "/id", str) for each in _credits(http, http.account("pro")).at("/credits", list)]
    require(len(set(found)) == len(found), expected="an id of its own for each credit", found=found)


@pytest.mark.codex("wham.reset-credits.restarts-windows")
def test_a_redeemed_credit_empties_the_windows(http: HttpProbe) -> None:
    credentials = http.account(_LIMITED)
    code = _redeem(http, credentials)
    require(code == "reset", expected="the code reset", found=code)
    after = usage(http, credentials)
    require(percent(after) == 0, expected="an empty window", found=after.at("/rate_limit"))
    require(after.at("/rate_limit/allowed", bool), expected="turns allowed", found=after.at("/rate_limit"))


@pytest.mark.codex("wham.reset-credits.spent-once")
def test_a_redeemed_credit_is_spent(http: HttpProbe) -> None:
    credentials = http.account(_LIMITED)
    _redeem(http, credentials)
    answer = _credits(http, credentials)
    left = (answer.at("/available_count", int), _available(answer))
    require(left == (0, []), expected="no available credit", found=answer.json)


@pytest.mark.codex("wham.reset-credits.same-key-same-credit")
def test_a_repeated_key_spends_nothing(http: HttpProbe) -> None:
    credentials = http.account("pro")
    _use_some(http)
    first = _redeem(http, credentials)
    _use_some(http)
    second = _redeem(http, credentials)
    left = _credits(http, credentials).at("/available_count", int)
    require(
        (first, second, left) == ("reset", "already_redeemed", 1),
        expected="reset, then already_redeemed, and one credit left of two",
        found=(first, second, left),
    )


@pytest.mark.codex("wham.reset-credits.none-left")
def test_without_a_credit_the_code_says_so(http: HttpProbe) -> None:
    credentials = http.account(_LIMITED)
    _redeem(http, credentials)
    code = _redeem(http, credentials, "another-key")
    require(code == "no_credit", expected="the code no_credit", found=code)


@pytest.mark.codex("wham.reset-credits.nothing-to-reset")
def test_empty_windows_cost_no_credit(http: HttpProbe) -> None:
    credentials = http.account("pro")
    code = _redeem(http, credentials)
    left = _credits(http, credentials).at("/available_count", int)
    require((code, left) == ("nothing_to_reset", 2), expected="nothing_to_reset and both credits", found=(code, left))


@pytest.mark.codex("wham.reset-credits.named-credit")
def test_the_named_credit_is_spent(http: HttpProbe) -> None:
    credentials = http.account("pro")
    _use_some(http)
    named = at(_available(_credits(http, credentials))[-1], "/id", str)
    _redeem(http, credentials, credit_id=named)
    left = [at(each, "/id", str) for each in _available(_credits(http, credentials))]
    require(named not in left and len(left) == 1, expected=f"all but {named} left", found=left)


@pytest.mark.codex("wham.reset-credits.key-required")
@pytest.mark.parametrize("body", [{}, {"redeem_request_id": ""}], ids=["no key", "an empty key"])
def test_a_redemption_without_a_key_is_refused(http: HttpProbe, body: dict[str, str]) -> None:
    answer = http.call("consumeResetCredit", json=body, credentials=http.account("pro"), misuse=True)
    answer.require_status(400, 422)


def _use_some(http: HttpProbe) -> None:
    """Let the account that has two credits have used something."""
    http.world.use_scenario({"accounts": {"pro": {"primary": {"used_percent": 40, "resets_in_seconds": 600}}}})
