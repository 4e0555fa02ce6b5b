"""The first messages of a connection."""

from __future__ import annotations

import pytest

from codex_conformance.probes import AppServerProbe, at, require
from codex_conformance.suites.server.app_server._scenes import ASKING, begin
from codex_conformance.suites.server.app_servers import AppServers

_CLIENT = {"name": "codex-testkit", "version": "1.0.0"}


@pytest.mark.codex("app-server.initialize.first")
def test_requests_wait_for_the_handshake(newcomer: AppServerProbe) -> None:
    newcomer.refusal("thread/loaded/list", {})
    newcomer.handshake()
    newcomer.ask("thread/loaded/list", {})


@pytest.mark.codex("app-server.initialize.once")
def test_a_second_handshake_is_refused(newcomer: AppServerProbe) -> None:
    newcomer.handshake()
    newcomer.refusal("initialize", {"clientInfo": _CLIENT})
    newcomer.ask("thread/loaded/list", {})


@pytest.mark.codex("app-server.initialize.after-a-failure")
def test_a_handshake_that_failed_is_repeated(newcomer: AppServerProbe) -> None:
    newcomer.refusal("initialize", {"clientInfo": {"name": "codex-testkit"}})
    newcomer.handshake()
    newcomer.ask("thread/loaded/list", {})


@pytest.mark.codex("app-server.initialize.messages")
def test_the_refusals_have_their_words(newcomer: AppServerProbe) -> None:
    early = newcomer.refusal("thread/loaded/list", {})
    newcomer.handshake()
    late = newcomer.refusal("initialize", {"clientInfo": _CLIENT})
    said = [(error.get("code"), error.get("message")) for error in (early, late)]
    wanted = [(-32600, "Not initialized"), (-32600, "Already initialized")]
    require(said == wanted, expected=str(wanted), found=said)


@pytest.mark.codex("app-server.initialize.user-agent")
def test_the_user_agent_names_client_and_release(newcomer: AppServerProbe, app_servers: AppServers) -> None:
    agent = at(newcomer.handshake(), "/userAgent", str)
    wanted = f"codex-testkit/{app_servers.release} "
    require(agent.startswith(wanted), expected=f"a text that begins with {wanted!r}", found=agent)


@pytest.mark.codex("app-server.initialize.client-name")
def test_a_name_with_a_line_end_is_refused(newcomer: AppServerProbe) -> None:
    newcomer.refusal("initialize", {"clientInfo": {"name": "bad\nname", "version": "1"}})


@pytest.mark.codex("app-server.initialize.unknown-capabilities")
def test_unknown_capabilities_are_ignored(newcomer: AppServerProbe) -> None:
    newcomer.handshake(capabilities={"unheardOf": {"depth": 1}})
    newcomer.ask("thread/loaded/list", {})


@pytest.mark.codex("app-server.initialize.without-capabilities")
@pytest.mark.parametrize("more", [{}, {"capabilities": None}], ids=["left-out", "null"])
def test_capabilities_need_not_be_said(newcomer: AppServerProbe, more: dict[str, None]) -> None:
    newcomer.ask("initialize", {"clientInfo": _CLIENT, **more})
    newcomer.notify("initialized")
    newcomer.ask("thread/loaded/list", {})


@pytest.mark.codex("app-server.initialize.initialized-optional")
def test_requests_are_taken_without_initialized(newcomer: AppServerProbe) -> None:
    newcomer.ask("initialize", {"clientInfo": _CLIENT})
    newcomer.thread()
    newcomer.wait_for("thread/started")


@pytest.mark.codex("app-server.initialize.opt-out")
def test_unwanted_notifications_do_not_come(newcomer: AppServerProbe) -> None:
    unwanted = ("turn/started", "item/started", "item/agentMessage/delta")
    newcomer.handshake(capabilities={"optOutNotificationMethods": list(unwanted)})
    newcomer.turn(newcomer.thread())
    require(not newcomer.notifications(*unwanted), expected=f"no {', '.join(unwanted)}", found=_methods(newcomer))
    require(newcomer.notifications("item/completed"), expected="all others", found=_methods(newcomer))


@pytest.mark.codex("app-server.initialize.opt-out-exact")
def test_patterns_opt_out_of_nothing(newcomer: AppServerProbe) -> None:
    newcomer.handshake(capabilities={"optOutNotificationMethods": ["item/*", "no/such/method"]})
    newcomer.turn(newcomer.thread())
    require(newcomer.notifications("item/completed"), expected="item/completed", found=_methods(newcomer))


@pytest.mark.codex("app-server.initialize.opt-out-keeps-requests")
def test_requests_of_the_server_come_in_spite_of_opting_out(newcomer: AppServerProbe) -> None:
    asked = "item/commandExecution/requestApproval"
    newcomer.handshake(capabilities={"optOutNotificationMethods": [asked]})
    begin(newcomer, newcomer.thread(**ASKING), "touch")
    newcomer.reply(newcomer.wait_for(asked)["id"], {"decision": "decline"})
    newcomer.wait_for("turn/completed")


@pytest.mark.codex("app-server.experimental.methods")
def test_experimental_methods_need_the_capability(stable_client: AppServerProbe) -> None:
    stable_client.refusal("mock/experimentalMethod", {"value": "x"})


@pytest.mark.codex("app-server.experimental.fields")
def test_experimental_fields_need_the_capability(stable_client: AppServerProbe) -> None:
    stable_client.refusal("thread/start", {"dynamicTools": []})


@pytest.mark.codex("app-server.experimental.unused-fields")
def test_experimental_fields_may_be_null(stable_client: AppServerProbe) -> None:
    stable_client.thread(dynamicTools=None, experimentalRawEvents=False)


@pytest.mark.codex("app-server.experimental.messages")
def test_the_refusal_names_what_needs_the_capability(stable_client: AppServerProbe) -> None:
    errors = [
        stable_client.refusal("mock/experimentalMethod", {"value": "x"}),
        stable_client.refusal("thread/start", {"dynamicTools": []}),
    ]
    wanted = [f"{each} requires experimentalApi capability" for each in _GATED]
    require([each.get("message") for each in errors] == wanted, expected=str(wanted), found=errors)
    require({each.get("code") for each in errors} == {-32600}, expected="the code -32600", found=errors)


@pytest.mark.codex("app-server.experimental.with-the-capability")
def test_the_capability_opens_what_is_experimental(client: AppServerProbe) -> None:
    client.thread(dynamicTools=[])


_GATED = ("mock/experimentalMethod", "thread/start.dynamicTools")


def _methods(client: AppServerProbe) -> list[str]:
    return sorted({str(each["method"]) for each in client.messages if "method" in each})
