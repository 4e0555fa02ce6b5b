"""The workspaces of a user: ``accounts/check`` and the token for another workspace."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from codex_conformance.probes import Answer, HttpProbe, at, require
from codex_conformance.suites.server.wham.asking import usage
from codex_conformance.targets import Credentials

_ORIGIN = re.compile(r"https://[^/@?#\s]+|NO_CONSTRAINT")
_OVERRIDES = ("NO_CONSTRAINT", "us", "us_cr")


def _check(http: HttpProbe, credentials: Credentials) -> Answer:
    return http.call("checkAccounts", credentials=credentials).require_status(200)


def _entry(answer: Answer, account_id: str) -> dict[str, Any]:
    """Return the workspace that a token is for; where it is not known which, the default, or the only one."""
    accounts = answer.at("/accounts", list)
    wanted = account_id or answer.at("", dict).get("default_account_id") or at(accounts, "/0/id", str)
    found: list[dict[str, Any]] = [each for each in accounts if at(each, "/id") == wanted]
    require(len(found) == 1, expected=f"the workspace {wanted} in the list", found=accounts)
    return found[0]


@pytest.mark.codex("wham.accounts.lists-caller")
def test_the_workspace_of_the_token_is_listed(http: HttpProbe) -> None:
    credentials = http.account()
    _entry(_check(http, credentials), credentials.account_id)


@pytest.mark.codex("wham.accounts.all-workspaces")
def test_every_workspace_of_the_user_is_listed(http: HttpProbe) -> None:
    wanted = set(http.world.accounts["team"]["workspaces"])
    found = {at(each, "/id", str) for each in _check(http, http.account("team")).at("/accounts", list)}
    require(found == wanted, expected=f"exactly {sorted(wanted)}", found=found)


@pytest.mark.codex("wham.accounts.origin")
def test_the_active_workspace_names_an_https_origin(http: HttpProbe) -> None:
    credentials = http.account()
    found = at(_entry(_check(http, credentials), credentials.account_id), "/workspace_backend_origin", str)
    require(_ORIGIN.fullmatch(found), expected="an https origin without user and path", found=found)


@pytest.mark.codex("wham.accounts.routing-override")
def test_the_active_workspace_names_a_known_override(http: HttpProbe) -> None:
    credentials = http.account()
    found = at(_entry(_check(http, credentials), credentials.account_id), "/account_routing_override", str)
    require(found in _OVERRIDES, expected=f"one of {', '.join(_OVERRIDES)}", found=found)


@pytest.mark.codex("wham.accounts.default-listed")
def test_the_default_is_one_of_the_list(http: HttpProbe) -> None:
    answer = _check(http, http.account("team"))
    if (default := answer.at("", dict).get("default_account_id")) is None:
        pytest.skip("not declared: a default account")
    listed = [at(each, "/id", str) for each in answer.at("/accounts", list)]
    require(default in listed, expected=f"one of {listed}", found=default)


@pytest.mark.codex("wham.accounts.ordering-listed")
def test_the_order_names_each_workspace_once(http: HttpProbe) -> None:
    answer = _check(http, http.account("team"))
    if (order := answer.at("", dict).get("account_ordering")) is None:
        pytest.skip("not declared: an order of accounts")
    listed = sorted(at(each, "/id", str) for each in answer.at("/accounts", list))
    require(sorted(order) == listed, expected=f"each of {listed} once", found=order)


def _switched(http: HttpProbe, workspace_id: str) -> Answer:
    # Codex names no account here: the body says which.
    credentials = replace(http.account("team"), account_id="")
    return http.call("switchWorkspaceToken", json={"workspace_id": workspace_id}, credentials=credentials)


@pytest.mark.codex("wham.accounts.switch-token")
def test_the_token_of_a_switch_is_for_the_other_workspace(http: HttpProbe) -> None:
    other = http.world.accounts["team"]["workspaces"][1]
    token = _switched(http, other).require_status(200).at("/access_token", str)
    found = usage(http, Credentials(access_token=token, account_id=other)).at("/account_id", str)
    require(found == other, expected=f"usage of {other}", found=found)


@pytest.mark.codex("wham.accounts.switch-refresh")
def test_the_first_workspace_can_be_switched_back_to(http: HttpProbe) -> None:
    first, other = http.world.accounts["team"]["workspaces"]
    _switched(http, other).require_status(200)
    token = _switched(http, first).require_status(200).at("/access_token", str)
    found = usage(http, Credentials(access_token=token, account_id=first)).at("/account_id", str)
    require(found == first, expected=f"usage of {first}", found=found)


@pytest.mark.codex("wham.accounts.switch-foreign-refused")
def test_a_foreign_workspace_cannot_be_switched_to(http: HttpProbe) -> None:
    _switched(http, http.account("pro").account_id).require_status(400, 401, 403, 404)
