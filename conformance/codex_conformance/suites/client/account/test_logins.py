"""How a client logs a person in by way of an app-server."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.clients import AppServers, Outcome, Person
from codex_conformance.probes import at, require
from codex_conformance.suites.client.trials import Trials, require_failure, require_success

Json = dict[str, Any]

_START = "account/login/start"
_COMPLETED = "account/login/completed"
_OTHER_LOGIN = {"loginId": "01900000-0000-7000-8000-000000000003", "success": True, "error": None}
_NOT_ENTITLED = {"accounts": {"plus": {"entitled": False}}}


def login(*faults: Json, **more: Any) -> Json:
    """Return a scenario with faults of the app-server."""
    return {"name": "a login", "app_server": {"faults": list(faults)}, **more}


def cancel(person: Person, _found: str) -> None:
    """Cancel the login, as another window can."""
    _app_servers_of(person).end_logins("Login was not completed")


def leave_alone(person: Person, _found: str) -> None:
    """Leave the login alone until its time is over, which is now."""
    _app_servers_of(person).end_logins("Login timed out")


def _app_servers_of(person: Person) -> AppServers:
    assert person.app_servers is not None, "every login by way of an app-server has one"
    return person.app_servers


#: Logins without success: what the person does, and the rest of the scenario.
_FAILURES: dict[str, tuple[Any, Json]] = {
    "not-entitled": ("approve", _NOT_ENTITLED),
    "declined": ("deny", {}),
    "cancelled": (cancel, {}),
    "expired": (leave_alone, {}),
}


def foreign(delay: float | None = None, **params: Any) -> list[Json]:
    """Return faults by which the end of another login comes first, and after a while that of the right one."""
    message = {"method": _COMPLETED, "params": {**_OTHER_LOGIN, **params}}
    late = [] if delay is None else [{"on": _COMPLETED, "delay": delay}]
    return [{"on": _COMPLETED, "insert": message}, *late]


def begun(outcome: Outcome) -> Json:
    """Return what the app-server answered to the login.

    Raises:
        Unmet: There was no such request, or no answer.
    """
    ids = [message.get("id") for message in outcome.messages("client", _START)]
    answers = [each for each in outcome.messages("server") if "method" not in each and each.get("id") in ids]
    require(answers, expected=f"a request {_START} and its answer", found=outcome.ending)
    return dict(at(answers[-1], "/result", dict))


@pytest.mark.codex("account.client.login.succeeds")
def test_a_login_that_is_approved_succeeds(trial: Trials) -> None:
    require_success(trial("app-server-login", login()))


@pytest.mark.codex("account.client.login.begun-once")
def test_one_login_is_begun(trial: Trials) -> None:
    count = len(trial("app-server-login", login()).messages("client", _START))
    require(count == 1, expected="one login", found=count)


@pytest.mark.codex("account.client.login.shown")
def test_the_person_gets_what_a_login_takes(trial: Trials) -> None:
    outcome = trial("app-server-login", login())
    given = begun(outcome)
    names = ("authUrl",) if "authUrl" in given else ("verificationUrl", "userCode")
    shown = outcome.output + "".join(outcome.given)
    missing = [name for name in names if at(given, f"/{name}", str) not in shown]
    require(not missing, expected=f"{' and '.join(names)} printed or opened", found=f"no {' and no '.join(missing)}")


@pytest.mark.codex("account.client.login.waits")
def test_a_login_is_not_over_before_its_end(trial: Trials) -> None:
    outcome = trial("app-server-login", login({"on": _COMPLETED, "delay": 1}))
    require_success(outcome)
    require(
        outcome.messages("server", _COMPLETED), expected=f"a client that waits for {_COMPLETED}", found="one that left"
    )


@pytest.mark.codex("account.client.login.own-end")
def test_the_failure_of_another_login_is_not_its_own(trial: Trials) -> None:
    faults = foreign(success=False, error="Login server error: Login was not completed")
    require_success(trial("app-server-login", login(*faults)))


@pytest.mark.codex("account.client.login.own-success")
def test_the_success_of_another_login_is_not_its_own(trial: Trials) -> None:
    require_failure(trial("app-server-login", login(*foreign(delay=1), **_NOT_ENTITLED)))


@pytest.mark.parametrize(("person", "more"), _FAILURES.values(), ids=_FAILURES)
@pytest.mark.codex("account.client.login.failed")
def test_a_failed_login_is_a_failure(trial: Trials, person: Any, more: Json) -> None:
    require_failure(trial("app-server-login", login(**more), person=person))


@pytest.mark.parametrize(("person", "more"), _FAILURES.values(), ids=_FAILURES)
@pytest.mark.codex("account.client.login.failed-told")
def test_a_failed_login_says_why(trial: Trials, person: Any, more: Json) -> None:
    outcome = trial("app-server-login", login(**more), person=person)
    reasons = [at(message, "/params/error") for message in outcome.messages("server", _COMPLETED)]
    require(reasons and str(reasons[0]) in outcome.output, expected=f"the words {reasons}", found=outcome.ending)


@pytest.mark.codex("account.client.login.refused")
def test_a_login_that_is_refused_is_told(trial: Trials) -> None:
    refusal = {"error": {"code": -32600, "message": "ChatGPT login is disabled: xyzzy."}}
    fault = {"on": _START, "times": None, "replace": refusal}
    outcome = require_failure(trial("app-server-login", login(fault)))
    require("xyzzy" in outcome.output, expected="the reason of the refusal", found=outcome.ending)


@pytest.mark.codex("account.client.login.any-order")
def test_the_account_may_come_before_the_end_of_the_login(trial: Trials) -> None:
    fault = {"on": _COMPLETED, "behind": "account/updated"}
    require_success(trial("app-server-login", login(fault)))


@pytest.mark.codex("account.client.login.unknown-plan")
def test_a_plan_that_nobody_knows_is_taken(trial: Trials) -> None:
    """A plan becomes ``unknown`` in the app-server, but for those that a newer one knows."""
    message = {"method": "account/updated", "params": {"authMode": "chatgpt", "planType": "testkit_unknown"}}
    faults = [{"on": _COMPLETED, "insert": message}, {"on": "account/updated", "replace": message}]
    require_success(trial("app-server-login", login(*faults)))


@pytest.mark.codex("account.client.login.lasts")
def test_a_login_serves_the_next_turn(trial: Trials) -> None:
    require_success(trial("app-server-login", login(), then="app-server"))
