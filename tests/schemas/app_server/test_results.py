"""A request finds the definition of its result by name, or in the table of exceptions."""

from __future__ import annotations

import pytest

from codex_schemas.app_server import load, versions
from codex_schemas.app_server.results import result_name
from codex_schemas.document import read_data


@pytest.mark.parametrize(
    ("method", "params", "known", "expected"),
    [
        ("turn/start", "v2/TurnStartParams", {"v2/TurnStartResponse"}, "v2/TurnStartResponse"),
        ("newConversation", "NewConversationParams", {"NewConversationResponse"}, "NewConversationResponse"),
        ("review/start", "v2/ReviewStartParams", {"v2/TurnStartResponse"}, "v2/TurnStartResponse"),
        (
            "review/start",
            "v2/ReviewStartParams",
            {"v2/TurnStartResponse", "v2/ReviewStartResponse"},
            "v2/ReviewStartResponse",
        ),
        ("account/logout", None, {"v2/LogoutAccountResponse"}, "v2/LogoutAccountResponse"),
        (
            "remoteControl/status/read",
            None,
            {"v2/RemoteControlStatusReadResponse"},
            "v2/RemoteControlStatusReadResponse",
        ),
        ("getUserAgent", None, {"GetUserAgentResponse"}, "GetUserAgentResponse"),
        ("item/tool/call", "DynamicToolCallParams", {"v2/DynamicToolCallResponse"}, "v2/DynamicToolCallResponse"),
        ("new/method", None, {"v2/OtherResponse"}, None),
    ],
    ids=[
        "by-its-params",
        "by-its-params-without-a-namespace",
        "by-the-table-where-the-partner-is-missing",
        "by-its-params-rather-than-the-table",
        "by-the-table",
        "by-its-own-name",
        "by-its-own-name-without-a-namespace",
        "in-the-other-namespace",
        "none",
    ],
)
def test_a_result_is_found(method: str, params: str | None, known: set[str], expected: str | None) -> None:
    assert result_name(method, params, known.__contains__) == expected


@pytest.mark.parametrize("namespace", ["", "v2/"], ids=["root", "v2"])
def test_the_namespace_of_the_params_comes_first(namespace: str) -> None:
    found = result_name("echo", f"{namespace}EchoParams", {"EchoResponse", "v2/EchoResponse"}.__contains__)

    assert found == f"{namespace}EchoResponse"


def test_every_exception_is_needed_by_some_release() -> None:
    exceptions = set(read_data("app_server", "results.json").items())

    used = {
        (name, (method.result or "").rpartition("/")[2])
        for version in versions()
        for name, method in load(version, experimental=True).methods.items()
    }

    assert exceptions - used == set()
