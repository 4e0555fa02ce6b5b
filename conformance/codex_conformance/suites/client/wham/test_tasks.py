"""How a client lists cloud tasks."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.clients import Outcome, violations
from codex_conformance.probes import require
from codex_conformance.suites.client.trials import Trials, require_failure, require_success

Json = dict[str, Any]

_TITLE = "Gezeiten für 潮汐 🌊"
_OTHER = "Write the tide table"
_DISPLAY = {"latest_turn_status_display": {"turn_status": "completed"}}


def _task(number: int, title: str, display: Json | None = None) -> Json:
    shown = {} if display is None else {"task_status_display": display}
    return {
        "id": f"task_e_{number:032x}",
        "title": title,
        "archived": False,
        "has_unread_turn": False,
        "created_at": 1_790_000_000.5,
        "updated_at": 1_790_000_100.5,
        **shown,
    }


def _listing(*tasks: Json) -> Json:
    return _answering(200, {"items": list(tasks), "cursor": None})


def _answering(status: int, body: Any) -> Json:
    return {"faults": [{"on": "listTasks", "times": None, "answer": {"status": status, "body": body}}]}


#: Pages that nobody calls a loop.
_MOST_PAGES = 50
_UNKNOWN = {"latest_turn_status_display": {"turn_status": "waiting_for_the_tide"}}
_DOWN = _answering(500, {"detail": "Something went wrong: xyzzy."})


@pytest.fixture
def plain(trial: Trials) -> Outcome:
    """The tasks, when nothing is special."""
    outcome = trial("cloud-tasks")
    require(outcome.requests("listTasks"), expected="a call of the tasks endpoint", found=outcome.ending)
    return outcome


def _require_shown(outcome: Outcome, *titles: str) -> None:
    require_success(outcome)
    missing = [title for title in titles if title not in outcome.output]
    require(not missing, expected=f"the titles {', '.join(titles)}", found=outcome.output[-400:])


@pytest.mark.codex("wham.client.request.tasks-account-header")
def test_account_header(plain: Outcome) -> None:
    known = plain.surroundings
    for exchange in plain.requests("listTasks"):
        found = (exchange.headers.get("authorization"), exchange.headers.get("chatgpt-account-id"))
        is_right = found == (f"Bearer {known.access_token}", known.account_id)
        require(is_right, expected="the access token and the account of the login", found=found)


@pytest.mark.codex("wham.client.tasks.read")
def test_read(plain: Outcome) -> None:
    require_success(plain)


@pytest.mark.codex("wham.client.tasks.fits-contract")
def test_fits_contract(plain: Outcome) -> None:
    found = [f"{where}: {each}" for call in plain.exchanges for where, each in violations(call)]
    require(not found, expected="requests that fit their contracts", found=found[0] if found else "")


@pytest.mark.codex("wham.client.tasks.titles-intact")
def test_titles_intact(trial: Trials) -> None:
    _require_shown(trial("cloud-tasks", _listing(_task(1, _TITLE, _DISPLAY))), _TITLE)


@pytest.mark.codex("wham.client.tasks.none")
def test_none(trial: Trials) -> None:
    require_success(trial("cloud-tasks", _listing()))


@pytest.mark.codex("wham.client.tasks.endless-pages")
def test_endless_pages(trial: Trials) -> None:
    page = {"items": [_task(1, _OTHER, _DISPLAY)], "cursor": "here"}
    count = len(trial("cloud-tasks", _answering(200, page)).requests("listTasks"))
    require(count <= _MOST_PAGES, expected=f"at most {_MOST_PAGES} requests", found=count)


@pytest.mark.codex("wham.client.tasks.without-status")
def test_without_status(trial: Trials) -> None:
    _require_shown(trial("cloud-tasks", _listing(_task(1, _OTHER, _DISPLAY), _task(2, _TITLE))), _TITLE, _OTHER)


@pytest.mark.codex("wham.client.tasks.unknown-status")
def test_unknown_status(trial: Trials) -> None:
    tasks = (_task(1, _OTHER, _DISPLAY), _task(2, _TITLE, _UNKNOWN))
    _require_shown(trial("cloud-tasks", _listing(*tasks)), _TITLE, _OTHER)


@pytest.mark.codex("wham.client.tasks.unknown-fields")
def test_unknown_fields(trial: Trials) -> None:
    require_success(trial("cloud-tasks", "openness-probe"))


@pytest.mark.codex("wham.client.tasks.failure")
def test_failure(trial: Trials) -> None:
    require_failure(trial("cloud-tasks", _DOWN))


@pytest.mark.codex("wham.client.tasks.failure-told")
def test_failure_told(trial: Trials) -> None:
    text = trial("cloud-tasks", _DOWN).output
    require("500" in text or "xyzzy" in text, expected="the status, or the answer", found=text[-400:])


@pytest.mark.codex("wham.client.tasks.only-reads")
def test_only_reads(plain: Outcome) -> None:
    writing = [each for each in plain.exchanges if each.method != "GET"]
    require(not writing, expected="no call that changes anything", found=", ".join(map(str, writing)))


@pytest.mark.codex("wham.client.tasks.current")
def test_current(plain: Outcome) -> None:
    for exchange in plain.requests("listTasks"):
        is_narrow = "limit=" in exchange.query and "task_filter=current" in exchange.query
        require(is_narrow, expected="limit and task_filter=current", found=exchange.query)
