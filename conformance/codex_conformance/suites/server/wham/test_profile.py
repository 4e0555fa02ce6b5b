"""What was used: by day, by thread, and in the windows that are over."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

import pytest

from codex_conformance.probes import Answer, HttpProbe, at, require
from codex_conformance.suites.server.wham.asking import turn

_TURN = {"model": [{"say": [{"message": "Hello"}], "usage": {"input_tokens": 70, "output_tokens": 30}, "times": None}]}
#: Statuses that say of the usage of threads that nobody bills it here.
_NO_BILLING = (403, 404)


def _profile(http: HttpProbe) -> Answer:
    return http.call("readProfile", credentials=http.account()).require_status(200)


@pytest.mark.codex("wham.profile.days-ascend")
def test_days_come_once_and_in_order(http: HttpProbe) -> None:
    buckets = _profile(http).at("/stats", dict).get("daily_usage_buckets") or []
    days = [at(each, "/start_date", str) for each in buckets]
    require(all(a < b for a, b in pairwise(days)), expected="ascending days, each once", found=days)


@pytest.mark.codex("wham.profile.turn-counts", needs=("responses.codex",), scenario=_TURN)
def test_a_turn_counts_in_the_profile(http: HttpProbe, model: str) -> None:
    before = _profile(http).at("/stats/lifetime_tokens", int)
    turn(http, model).require_status(200)
    after = _profile(http).at("/stats/lifetime_tokens", int)
    require(after == before + 100, expected=f"lifetime_tokens {before + 100}", found=after)


@pytest.mark.codex("wham.profile.totals-agree", needs=("responses.codex",), scenario=_TURN)
def test_the_days_add_up(http: HttpProbe, model: str) -> None:
    turn(http, model).require_status(200)
    http.world.advance(24 * 3600)
    turn(http, model).require_status(200)
    turn(http, model).require_status(200)
    stats = _profile(http).at("/stats", dict)
    tokens = [at(each, "/tokens", int) for each in at(stats, "/daily_usage_buckets", list)]
    found = (stats.get("lifetime_tokens"), stats.get("peak_daily_tokens"))
    expected = (sum(tokens), max(tokens))
    require(found == expected, expected=f"lifetime and peak of the days, {expected}", found=found)


@pytest.mark.codex("wham.profile.streak", needs=("responses.codex",), scenario=_TURN)
def test_days_in_a_row_are_a_streak(http: HttpProbe, model: str) -> None:
    turn(http, model).require_status(200)
    http.world.advance(24 * 3600)
    turn(http, model).require_status(200)
    stats = _profile(http).at("/stats", dict)
    found = (stats.get("current_streak_days"), stats.get("longest_streak_days"))
    require(found == (2, 2), expected="a streak of 2 days, which is the longest", found=found)


@pytest.mark.codex("wham.thread-usage.exactly-asked")
def test_usage_is_of_exactly_the_threads_that_were_asked_for(http: HttpProbe) -> None:
    wanted = ["0199aaaa-0000-7000-8000-000000000001", "0199aaaa-0000-7000-8000-000000000002"]
    answer = http.call("queryThreadUsage", json={"thread_ids": wanted}, credentials=http.account())
    if answer.status in _NO_BILLING:
        return
    found = sorted(at(each, "/thread_id", str) for each in answer.require_status(200).at("/threads", list))
    require(found == wanted, expected=f"exactly {wanted}", found=found)


@pytest.mark.codex("wham.thread-usage.families")
def test_usage_with_descendants_is_of_exactly_the_roots(http: HttpProbe) -> None:
    roots = {"a": ["b"], "c": []}
    threads = [{"thread_id": root, "created_at": None, "descendant_thread_ids": below} for root, below in roots.items()]
    answer = http.call("queryThreadUsageV2", json={"threads": threads}, credentials=http.account())
    found = sorted(at(each, "/thread_id", str) for each in answer.require_status(200).at("/threads", list))
    require(found == sorted(roots), expected=f"exactly {sorted(roots)}", found=found)


@pytest.mark.codex("wham.thread-usage.estimates")
def test_estimates_are_of_exactly_the_turns_that_were_asked_for(http: HttpProbe) -> None:
    body = {"threads": [{"thread_id": "a", "turn_ids": ["x", "y"]}], "include_settled_response_ids": True}
    answer = http.call("queryThreadEstimates", json=body, credentials=http.account()).require_status(200)
    found = sorted(at(each, "/turn_id", str) for each in answer.at("/threads/0/turns", list))
    require((found, answer.at("/threads/0/thread_id")) == (["x", "y"], "a"), expected="x and y of a", found=answer.json)


@pytest.mark.codex("wham.plan-history.periods")
def test_a_period_ends_after_its_beginning(http: HttpProbe) -> None:
    answer = http.call("readPlanLimitHistory", query={"days": "7"}, credentials=http.account("limited"))
    for period in answer.require_status(200).at("/periods", list):
        begins, ends = (_moment(at(period, f"/{name}", str)) for name in ("starts_at", "ends_at"))
        minutes, length = at(period, "/window_minutes", int), (ends - begins).total_seconds() / 60
        require(0 < length <= minutes + 1, expected=f"a period of at most {minutes} minutes", found=period)


@pytest.mark.codex("wham.plan-history.ids-unique")
def test_each_period_has_an_id_of_its_own(http: HttpProbe) -> None:
    answer = http.call("readPlanLimitHistory", query={"days": "30"}, credentials=http.account("limited"))
    found = [at(each, "/id", str) for each in answer.require_status(200).at("/periods", list)]
    require(len(set(found)) == len(found), expected="an id of its own for each period", found=found)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
