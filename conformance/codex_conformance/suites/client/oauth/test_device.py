"""How a client logs in with a device code."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from codex_conformance.clients import Outcome, violations
from codex_conformance.probes import require
from codex_conformance.suites.client.oauth.logins import exchange_form
from codex_conformance.suites.client.trials import Trials, require_failure, require_success

#: Clocks and timers may be off by so many seconds.
_TOLERANCE = 0.1
#: Seconds between polls that nobody takes for one, however slow the machine is.
_LONG = 10


def pending(times: int, status: int = 403, **settings: Any) -> dict[str, Any]:
    """Return a scenario in which nobody decides at first."""
    body = {"error": {"code": "deviceauth_authorization_pending", "message": "Not yet.", "type": "x", "param": None}}
    fault = {"on": "pollDeviceToken", "times": times, "answer": {"status": status, "body": body}}
    return {"name": "pending", "settings": {"auto_approve": True, **settings}, "faults": [fault]}


def polls(outcome: Outcome) -> list[float]:
    """Return the seconds between polls."""
    times = [call.at for call in outcome.requests("pollDeviceToken")]
    return [later - earlier for earlier, later in pairwise(times)]


@pytest.mark.codex("oauth.client.device.succeeds")
def test_a_login_that_the_person_approves_succeeds(trial: Trials) -> None:
    require_success(trial("device-login"))


@pytest.mark.codex("oauth.client.device.fits-contract")
def test_every_request_fits_the_contract(trial: Trials) -> None:
    calls = trial("device-login").requests("requestUserCode", "pollDeviceToken", "exchangeToken")
    found = [str(each) for call in calls for each in violations(call)]
    require(calls and not found, expected="requests that fit the contract", found=found)


@pytest.mark.codex("oauth.client.device.shows-code")
def test_the_person_sees_the_code(trial: Trials) -> None:
    outcome = trial("device-login")
    codes = [call.response_json.get("user_code") for call in outcome.requests("requestUserCode")]
    require(codes and codes[0] in outcome.output, expected=f"the code {codes[:1]}", found=outcome.output[-400:])


@pytest.mark.codex("oauth.client.device.shows-address")
def test_the_person_sees_where_to_type_it(trial: Trials) -> None:
    output = trial("device-login").output
    require("/codex/device" in output, expected="the address of the page", found=output[-400:])


@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.codex("oauth.client.device.pending")
def test_it_goes_on_while_nobody_has_decided(trial: Trials, status: int) -> None:
    outcome = require_success(trial("device-login", pending(2, status)))
    count = len(outcome.requests("pollDeviceToken"))
    require(count == 3, expected="three polls", found=count)


@pytest.mark.codex("oauth.client.device.interval")
def test_it_waits_for_the_interval_between_polls(trial: Trials) -> None:
    pauses = polls(trial("device-login", pending(2, device_interval=2)))
    require(pauses and min(pauses) >= 2 - _TOLERANCE, expected="at least 2 seconds between polls", found=pauses)


@pytest.mark.codex("oauth.client.device.interval-not-longer")
def test_it_does_not_wait_much_longer_than_the_interval(trial: Trials) -> None:
    pauses = polls(trial("device-login", pending(2, device_interval=1)))
    require(pauses and max(pauses) < _LONG, expected=f"less than {_LONG} seconds between polls", found=pauses)


@pytest.mark.codex("oauth.client.device.interval-missing")
def test_a_missing_interval_is_no_reason_to_fail(trial: Trials) -> None:
    require_success(trial("device-login", "device-missing-interval"))


@pytest.mark.codex("oauth.client.device.interval-number")
def test_an_interval_of_the_wrong_type_ends_in_order(trial: Trials) -> None:
    outcome = trial("device-login", "device-number-interval")
    polled = bool(outcome.requests("pollDeviceToken"))
    require(outcome.succeeded == polled, expected="a login, or a failure before the first poll", found=outcome.ending)
    require("Traceback" not in outcome.output, expected="a message, and no stack trace", found=outcome.ending)


@pytest.mark.codex("oauth.client.device.usercode-spelling")
def test_both_spellings_of_the_code_are_known(trial: Trials) -> None:
    require_success(trial("device-login", "device-usercode-spelling"))


@pytest.mark.parametrize("scenario", ["device-denied", "device-expired"])
@pytest.mark.codex("oauth.client.device.final")
def test_it_stops_where_there_is_nothing_to_wait_for(trial: Trials, scenario: str) -> None:
    outcome = require_failure(trial("device-login", scenario))
    count = len(outcome.requests("pollDeviceToken"))
    require(count == 1, expected="no poll after the refusal", found=f"{count} polls")
    require(outcome.auth is None, expected="no credentials", found="some")


@pytest.mark.codex("oauth.client.device.exchange-once")
def test_the_code_is_exchanged_once_with_the_given_verifier(trial: Trials) -> None:
    outcome = trial("device-login")
    given = [call.response_json for call in outcome.requests("pollDeviceToken") if call.status == 200]
    form = exchange_form(outcome)
    found = (form.get("code"), form.get("code_verifier"))
    wanted = [(each["authorization_code"], each["code_verifier"]) for each in given]
    require([found] == wanted, expected="the code and the verifier of the answer", found="others")
    require(len(outcome.requests("exchangeToken")) == 1, expected="one exchange", found="more")


@pytest.mark.codex("oauth.client.device.no-poll-after")
def test_it_does_not_poll_after_the_answer(trial: Trials) -> None:
    statuses = [call.status for call in trial("device-login").requests("pollDeviceToken")]
    require(statuses.count(200) == 1 and statuses[-1] == 200, expected="one 200, the last", found=statuses)


@pytest.mark.codex("oauth.client.device.not-enabled")
def test_a_service_without_device_logins_is_told(trial: Trials) -> None:
    fault = {"on": "requestUserCode", "times": None, "answer": {"status": 404, "body": {"error": {"message": "No."}}}}
    outcome = require_failure(trial("device-login", {"name": "no device login", "faults": [fault]}))
    require(outcome.requests("requestUserCode"), expected="a request for a code", found=outcome.ending)
    require(not outcome.requests("pollDeviceToken"), expected="no poll", found="polls")
