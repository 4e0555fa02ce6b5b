"""What a client makes of the callbacks that it gets."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from codex_conformance.clients import Person
from codex_conformance.probes import require
from codex_conformance.suites.client.oauth.logins import callback_first
from codex_conformance.suites.client.trials import Trials, require_failure, require_success

_BROKEN_EXCHANGE = {
    "name": "a code that is refused",
    "faults": [
        {
            "on": "exchangeToken",
            "times": None,
            "answer": {"status": 400, "body": {"error": "invalid_grant", "error_description": "No: xyzzy."}},
        }
    ],
}


def foreign_state(person: Person, url: str) -> None:
    """A page of somebody else calls back before the person decides."""
    callback_first(person, url, code="ac_foreign", state="a-foreign-state")
    person.decide(url)


def without_state(person: Person, url: str) -> None:
    """The same without any state."""
    callback_first(person, url, code="ac_foreign")
    person.decide(url)


def other_path(person: Person, url: str) -> None:
    """Something on the machine looks around on the port."""
    redirect = urlsplit(parse_qs(urlsplit(url).query)["redirect_uri"][0])
    person.open(f"{redirect.scheme}://{redirect.netloc}/favicon.ico")
    person.decide(url)


@pytest.mark.parametrize("conduct", [foreign_state, without_state], ids=["foreign", "none"])
@pytest.mark.codex("oauth.client.callback.state-checked")
def test_a_callback_with_a_foreign_state_is_not_taken(trial: Trials, conduct: object) -> None:
    outcome = trial("login", person=conduct)
    require(outcome.pages, expected="a listener that can be called back", found=outcome.ending)
    codes = [call.body for call in outcome.requests("exchangeToken") if b"ac_foreign" in call.body]
    require(not codes, expected="no exchange of the foreign code", found=f"{len(codes)} exchanges")


@pytest.mark.codex("oauth.client.callback.survives-strangers")
def test_a_foreign_callback_does_not_end_the_login(trial: Trials) -> None:
    require_success(trial("login", person=foreign_state))


@pytest.mark.codex("oauth.client.callback.other-paths")
def test_a_request_for_another_path_does_not_end_the_login(trial: Trials) -> None:
    require_success(trial("login", person=other_path))


@pytest.mark.codex("oauth.client.callback.denied")
def test_a_denial_is_a_failure(trial: Trials) -> None:
    outcome = require_failure(trial("login", person="deny"))
    require(outcome.pages, expected="an authorize URL on which the person can say no", found=outcome.ending)
    require(not outcome.requests("exchangeToken"), expected="no exchange", found="one")
    require(outcome.auth is None, expected="no credentials", found="some")


@pytest.mark.codex("oauth.client.callback.page")
def test_the_browser_gets_a_page_at_the_end(trial: Trials) -> None:
    outcome = trial("login")
    last = outcome.pages[-1] if outcome.pages else None
    require(last is not None and last.status == 200 and last.text, expected="a page with status 200", found=last)


@pytest.mark.codex("oauth.client.exchange.refused")
def test_a_refused_exchange_is_a_failure_that_says_why(trial: Trials) -> None:
    outcome = require_failure(trial("login", _BROKEN_EXCHANGE))
    said = outcome.output + "".join(page.text for page in outcome.pages)
    require("xyzzy" in said or "invalid_grant" in said, expected="the reason of the refusal", found=outcome.ending)
    require(outcome.auth is None, expected="no credentials", found="some")


@pytest.mark.codex("oauth.client.exchange.not-repeated")
def test_a_refused_code_is_not_sent_again(trial: Trials) -> None:
    count = len(trial("login", _BROKEN_EXCHANGE).requests("exchangeToken"))
    require(count == 1, expected="one exchange", found=count)
