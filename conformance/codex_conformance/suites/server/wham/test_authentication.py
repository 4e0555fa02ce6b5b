"""Who may call the ChatGPT backend, and how it refuses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from codex_conformance.probes import HttpProbe, require
from codex_conformance.suites.server.wham.asking import (
    create_task,
    environment_of,
    new_task,
    usage,
)
from codex_conformance.targets import Credentials

_STRANGER = Credentials(access_token="not-a-token")  # noqa: S106 (it opens nothing)

#: Calls that read, with the capability that each needs.
_READS = {
    "readUsage": "wham.usage",
    "listResetCredits": "wham.reset-credits",
    "readProfile": "wham.profile",
    "checkAccounts": "wham.accounts",
    "listTasks": "wham.tasks",
    "listEnvironments": "wham.environments",
    "readConfigBundle": "wham.config",
    "listInstalledPlugins": "wham.plugins",
}


_each_read = pytest.mark.parametrize(
    "operation", [pytest.param(name, marks=pytest.mark.codex(needs=(need,))) for name, need in _READS.items()]
)


@_each_read
@pytest.mark.codex("wham.authentication.missing")
def test_nobody_is_told_nothing(http: HttpProbe, operation: str) -> None:
    http.call(operation).require_status(401)


@_each_read
@pytest.mark.codex("wham.authentication.unknown-token")
def test_a_made_up_token_opens_nothing(http: HttpProbe, operation: str) -> None:
    http.call(operation, credentials=_STRANGER).require_status(401)


@pytest.mark.codex("wham.authentication.other-scheme")
def test_another_scheme_opens_nothing(http: HttpProbe) -> None:
    token = http.account().access_token
    http.call("readUsage", headers={"authorization": f"Basic {token}"}).require_status(401)


@pytest.mark.codex("wham.authentication.expired")
def test_a_token_is_refused_after_its_life(http: HttpProbe) -> None:
    credentials = http.account()
    usage(http, credentials)
    http.world.advance(400 * 24 * 3600)
    http.call("readUsage", credentials=credentials).require_status(401)


@pytest.mark.codex("wham.authentication.api-key")
def test_an_api_key_is_no_access_token(http: HttpProbe) -> None:
    http.call("readUsage", credentials=Credentials(access_token=http.account().api_key)).require_status(401, 403)


@pytest.mark.codex("wham.authentication.account-optional")
def test_a_token_alone_is_for_its_own_workspace(http: HttpProbe) -> None:
    credentials = http.account("pro")
    bare = usage(http, replace(credentials, account_id="")).at("/plan_type", str)
    named = usage(http, credentials).at("/plan_type", str)
    require(bare == named, expected=f"plan_type {named} without the header too", found=bare)


@pytest.mark.codex("wham.authentication.foreign-account")
def test_a_foreign_account_header_reads_nothing(http: HttpProbe) -> None:
    foreign = replace(http.account("plus"), account_id=http.account("pro").account_id)
    http.call("readUsage", credentials=foreign).require_status(401, 403, 404)


@pytest.mark.codex("wham.authentication.header-decides")
def test_the_header_decides_where_a_token_is_for_several_workspaces(http: HttpProbe) -> None:
    person = http.world.control("GET", "/world")["accounts"]["team"]
    for workspace in person["workspaces"]:
        credentials = Credentials(access_token=person["personal_access_token"], account_id=workspace["id"])
        found = usage(http, credentials).at("/account_id", str)
        require(found == workspace["id"], expected=f"usage of {workspace['id']}", found=found)


@pytest.mark.codex("wham.authentication.personal-token")
def test_a_personal_token_reads_what_the_others_read(http: HttpProbe, personal: Credentials) -> None:
    wanted, found = (usage(http, each).at("/plan_type", str) for each in (http.account(), personal))
    require(found == wanted, expected=f"plan_type {wanted}, as for an access token", found=found)


@pytest.mark.codex("wham.authentication.header-case")
def test_the_name_of_the_account_header_may_be_spelt_otherwise(http: HttpProbe) -> None:
    credentials = http.account()
    spelt = {"ChatGPT-Account-ID": credentials.account_id} if credentials.account_id else {}
    answer = http.call("readUsage", credentials=replace(credentials, account_id=""), headers=spelt)
    answer.require_status(200)


@pytest.mark.codex("wham.errors.say-why")
@pytest.mark.parametrize("refused", ["no token", "an unknown task"])
def test_a_refusal_says_why(http: HttpProbe, refused: str) -> None:
    if refused == "no token":
        answer = http.call("readUsage")
    else:
        answer = http.call("readTask", path={"task_id": "task_e_unknown"}, credentials=http.account())
    said = [answer.at(each) for each in ("/detail", "/error/message") if answer.has(each)]
    require(any(isinstance(each, str) and each for each in said), expected="detail or error.message", found=answer.text)


@pytest.mark.codex("wham.requests.unknown-field")
def test_a_field_that_the_server_does_not_know_is_left_alone(http: HttpProbe) -> None:
    credentials = http.account()
    body = {**new_task(environment_of(http, credentials)), "codex_testkit_unknown": {"a": 1}}
    http.call("createTask", json=body, credentials=credentials).require_status(200, 201)


@pytest.mark.codex("wham.requests.unknown-query")
def test_a_query_that_the_server_does_not_know_is_left_alone(http: HttpProbe) -> None:
    query = {"limit": "1", "codex_testkit_unknown": "1"}
    http.call("listTasks", query=query, credentials=http.account()).require_status(200)


@pytest.mark.codex("wham.tasks.others-hidden")
def test_the_task_of_another_is_not_there(http: HttpProbe) -> None:
    made = create_task(http, http.account("pro"))
    http.call("readTask", path={"task_id": made}, credentials=http.account("plus")).require_status(404)
