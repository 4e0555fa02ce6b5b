"""The account messages of a release."""

from __future__ import annotations

import pytest

from codex_schemas import Problem, account
from codex_schemas.app_server import load, to_openrpc


def test_it_has_the_account_messages_and_no_others() -> None:
    methods = account.load("0.169.0", experimental=True).methods

    assert {"account/read", "accountSession/switch", "getAuthStatus", "modelProvider/authRecoveryStarted"} <= set(
        methods
    )
    assert not {name for name in methods if name.startswith(("thread/", "turn/", "mcpServer/"))}
    whole = load("0.169.0", experimental=True).methods
    assert all(whole[name] == method for name, method in methods.items())


def test_old_releases_have_the_older_names() -> None:
    assert {"loginChatGpt", "logoutChatGpt", "authStatusChange"} <= set(account.load("0.58.0").methods)


def test_it_is_a_contract_as_the_whole_is_one() -> None:
    contract = account.load("0.141.0")

    assert contract.validate({"id": 1, "method": "account/logout"}, "client") == []
    (foreign,) = contract.validate({"id": 1, "method": "thread/list", "params": {}}, "client")
    assert foreign.found == '"thread/list"'
    assert set(contract.protocol().messages) == set(contract.methods)
    assert {method["name"] for method in to_openrpc(contract)["methods"]} == set(contract.methods)
    with pytest.raises(Problem, match="account/read"):
        contract.method("account/reads")


def test_an_unknown_release_is_told() -> None:
    with pytest.raises(Problem, match="unknown release"):
        account.load("0.999.0")
