"""Plugins, connectors, the hosted MCP server, and what clients report."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.probes import Answer, HttpProbe, require

#: Pages after which a list counts as one without end.
_MOST_PAGES = 100

#: Lists that are continued: the query of the next page, and where its token stands.
_LISTS = {
    "listInstalledPlugins": ("pageToken", "/pagination/next_page_token"),
    "listPlugins": ("pageToken", "/pagination/next_page_token"),
}


@pytest.mark.codex("wham.plugins.pages-end")
@pytest.mark.parametrize("operation", _LISTS)
def test_the_pages_of_plugins_come_to_an_end(http: HttpProbe, operation: str) -> None:
    _read_to_the_end(http, operation, *_LISTS[operation])


@pytest.mark.codex("wham.connectors.pages-end")
def test_the_pages_of_connectors_come_to_an_end(http: HttpProbe) -> None:
    _read_to_the_end(http, "listConnectors", "token", "/next_token", external_logos="true")


@pytest.mark.codex("wham.plugins.featured-open")
def test_what_is_featured_needs_no_login(http: HttpProbe) -> None:
    http.call("listFeaturedPlugins", query={"platform": "codex"}).require_status(200).at("", list)


@pytest.mark.codex("wham.mcp.initialize")
def test_the_hosted_mcp_server_begins(http: HttpProbe) -> None:
    info = {"name": "codex-testkit", "version": "1"}
    params = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": info}
    answer = _call_mcp(http, {"id": 0, "method": "initialize", "params": params})
    answer.at("/result/protocolVersion", str)
    answer.at("/result/serverInfo/name", str)


@pytest.mark.codex("wham.mcp.unknown-method")
def test_an_unknown_method_of_mcp_is_an_error_of_json_rpc(http: HttpProbe) -> None:
    answer = _call_mcp(http, {"id": 7, "method": "codex-testkit/unknown"})
    found = (answer.at("/id"), answer.at("/error/code", int))
    require(found == (7, -32601), expected="the error -32601 for the id 7", found=answer.json)


@pytest.mark.codex("wham.mcp.notification")
def test_a_notification_of_mcp_has_no_answer(http: HttpProbe) -> None:
    body = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    answer = http.call("callMcp", json=body, credentials=http.account()).require_status(202)
    require(answer.body == b"", expected="no body", found=answer.text)


@pytest.mark.codex("wham.analytics.accepted")
def test_events_of_a_kind_that_nobody_knows_are_accepted(http: HttpProbe) -> None:
    body = {"events": [{"event_type": "codex_testkit_unknown", "event_params": {}}]}
    answer = http.call("sendAnalyticsEvents", json=body, credentials=http.account())
    require(200 <= answer.status < 300, expected="a status of success", found=answer.status)


def _call_mcp(http: HttpProbe, message: dict[str, Any]) -> Answer:
    answer = http.call("callMcp", json={"jsonrpc": "2.0", **message}, credentials=http.account())
    return answer.require_status(200)


def _read_to_the_end(http: HttpProbe, operation: str, name: str, place: str, **query: str) -> None:
    tokens: list[Any] = []
    for _ in range(_MOST_PAGES):
        answer = http.call(operation, query=query, credentials=http.account()).require_status(200)
        token = answer.at(place) if answer.has(place) else None
        if token is None:
            return
        require(token not in tokens, expected="a token that did not come before", found=token)
        tokens.append(token)
        query[name] = str(token)
    require(holds=False, expected=f"a last page within {_MOST_PAGES}", found=tokens[-1])
