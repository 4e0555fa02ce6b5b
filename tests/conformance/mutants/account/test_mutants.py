"""App-servers that do one thing of an account wrong: each is found out by the requirement that it breaks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from codex_mockserver.app_server import AppServer

Json = dict[str, Any]


class Said(NamedTuple):
    """A message of a mutant, on its way out."""

    message: Json
    #: What it answers, or which notification or question it is.
    method: str
    server: BrokenServer
    #: The number of its client, from 0.
    client: int

    @property
    def result(self) -> Json:
        """The result of an answer; empty where it is none."""
        return self.message.get("result") or {}

    @property
    def params(self) -> Json:
        """The params of a notification or question; empty where it is none."""
        return self.message.get("params") or {}


#: Yields what leaves in the place of a message.
Mutation = Callable[[Said], Iterator[Json]]


class BrokenServer(AppServer):
    """A mock whose messages go through a mutation."""

    mutation: Mutation

    def __init__(self, **arguments):
        super().__init__(**arguments)
        #: The methods of the requests of clients, by client and id.
        self.asked: dict[Any, str] = {}
        #: What the mutation keeps from message to message.
        self.memory: dict[str, Any] = {}

    def connect(self):
        """Return a new connection, whose messages are changed when they are taken."""
        connection = super().connect()
        client, take = len(self.connections) - 1, connection.take

        def take_changed() -> list[bytes]:
            messages = (json.loads(text) for text in take())
            said = (Said(each, self._method(client, each), self, client) for each in messages)
            return [json.dumps(one).encode() for each in said for one in self.mutation(each)]

        connection.take = take_changed
        return connection

    def receive(self, connection, text):
        """Take a message, and keep what it asks for."""
        message = json.loads(text)
        self.asked[self.connections.index(connection), message.get("id")] = message.get("method")
        super().receive(connection, text)

    def _method(self, client: int, message: Json) -> str:
        return message.get("method") or self.asked[client, message["id"]]


def broken_by(mutation: Mutation) -> type[BrokenServer]:
    return type("Broken", (BrokenServer,), {"mutation": staticmethod(mutation)})


def shows_the_key(said):
    if said.method == "account/read" and said.server.account.api_key:
        said.result["account"]["apiKey"] = said.server.account.api_key
    yield said.message


def passes_unknown_plans_through(said):
    if said.method == "account/read" and said.result.get("account", {}).get("planType") == "unknown":
        said.result["account"]["planType"] = "hyperdrive"
    yield said.message


def mixes_up_people(said):
    if said.method == "account/read" and said.result.get("account"):
        said.result["account"]["email"] = "somebody@example.com"
    yield said.message


def gives_tokens_unasked(said):
    if said.method == "getAuthStatus":
        said.result["authToken"] = said.server.account.token
    yield said.message


def answers_a_login_last(said):
    if said.method == "account/login/start":
        said.server.memory["late"] = said.message
        return
    yield said.message
    if said.method == "account/updated" and "late" in said.server.memory:
        yield said.server.memory.pop("late")


def opens_what_is_closed(said):
    if said.method == "account/login/start" and "error" in said.message:
        yield {"id": said.message["id"], "result": {"type": "apiKey"}}
    else:
        yield said.message


def uses_one_state_for_all(said):
    if said.method == "account/login/start":
        said.result["authUrl"] = "http://127.0.0.1:9/oauth/authorize?state=1&code_challenge=1"
    yield said.message


def lets_the_first_login_wait(said):
    if said.method != "account/login/completed":
        yield said.message


def calls_a_denial_a_success(said):
    if said.method == "account/login/completed":
        said.params.update(success=True, error=None)
    yield said.message


def never_asks_the_host(said):
    if said.method != "account/chatgptAuthTokens/refresh":
        yield said.message


def tells_nobody_of_a_logout(said):
    if said.method != "account/updated" or said.params["authMode"] is not None:
        yield said.message


def revives_tokens_at_a_logout(said):
    if said.method == "account/logout":
        for token in said.server.world.state.access_tokens.values():
            token.status = "active"
    yield said.message


def tells_the_first_client_only(said):
    if said.method != "account/updated" or said.client == 0:
        yield said.message


def cuts_minutes_off(said):
    if said.method == "account/rateLimits/read":
        window = said.result["rateLimits"]["primary"]
        window["windowDurationMins"] -= window["windowDurationMins"] % 60
    yield said.message


def fills_a_missing_window_with_zeros(said):
    if said.method == "account/rateLimits/read":
        empty = {"usedPercent": 0, "windowDurationMins": 0, "resetsAt": 0}
        said.result["rateLimits"]["secondary"] = said.result["rateLimits"]["secondary"] or empty
    yield said.message


def knows_one_limit(said):
    if said.method == "account/rateLimits/read":
        limits = said.result["rateLimitsByLimitId"]
        said.result["rateLimitsByLimitId"] = {"codex": limits["codex"]}
    yield said.message


def repeats_the_first_reading(said):
    if said.method == "account/rateLimits/read":
        said.message["result"] = said.server.memory.setdefault("limits", said.result)
    yield said.message


def keeps_limits_for_itself(said):
    if said.method != "account/rateLimits/updated":
        yield said.message


def calls_a_repetition_a_reset(said):
    if said.result.get("outcome") == "alreadyRedeemed":
        said.result["outcome"] = "reset"
    yield said.message


def calls_patience_an_error(said):
    if said.result.get("status") == "cooldown_active":
        yield {"id": said.message["id"], "error": {"code": -32603, "message": "failed to notify workspace owner"}}
    else:
        yield said.message


def stays_in_the_first_workspace(said):
    if said.method == "account/read" and said.result.get("workspaceRouting"):
        first = said.server.memory.setdefault("first", said.server.world.account("team").workspaces[0].id)
        said.result["workspaceRouting"]["chatgptAccountId"] = first
    yield said.message


def reads_before_a_login(said):
    """Tell whether a message says who is signed in, before this server has heard of anybody."""
    return said.method == "account/read" and "account/login/start" not in said.server.asked.values()


def starts_without_keys(said):
    if reads_before_a_login(said):
        said.result["account"] = None
    yield said.message


def brings_keys_back(said):
    if reads_before_a_login(said):
        said.result["account"] = {"type": "apiKey"}
    yield said.message


def keeps_the_tokens_of_the_host(said):
    if reads_before_a_login(said):
        said.result["account"] = {"type": "chatgpt", "email": "plus@example.com", "planType": "plus"}
    yield said.message


MUTANTS = (
    (shows_the_key, "account.read.api-key"),
    (passes_unknown_plans_through, "account.read.unknown-plan"),
    (passes_unknown_plans_through, "account.contract.messages"),
    (mixes_up_people, "account.read.chatgpt"),
    (gives_tokens_unasked, "account.status.token-on-request"),
    (answers_a_login_last, "account.login.order"),
    (opens_what_is_closed, "account.login.forced-method"),
    (uses_one_state_for_all, "account.login.browser-fresh"),
    (lets_the_first_login_wait, "account.login.second-ends-first"),
    (calls_a_denial_a_success, "account.login.browser-denied"),
    (never_asks_the_host, "account.tokens.refresh-asked"),
    (tells_nobody_of_a_logout, "account.logout.forgets"),
    (revives_tokens_at_a_logout, "account.logout.revokes"),
    (starts_without_keys, "account.restart.key"),
    (brings_keys_back, "account.restart.logout"),
    (keeps_the_tokens_of_the_host, "account.restart.tokens"),
    (tells_the_first_client_only, "account.clients.all-told"),
    (cuts_minutes_off, "account.limits.minutes"),
    (fills_a_missing_window_with_zeros, "account.limits.missing-window"),
    (knows_one_limit, "account.limits.by-id"),
    (repeats_the_first_reading, "account.limits.live"),
    (keeps_limits_for_itself, "account.limits.updated-by-turn"),
    (calls_a_repetition_a_reset, "account.resets.outcomes"),
    (calls_patience_an_error, "account.nudge.sent-once"),
    (stays_in_the_first_workspace, "account.sessions.switched"),
)

#: The contract's own requirement is judged with every other one, and has no case of its own.
JUDGED_BY = {"account.contract.messages": "account.read.unknown-plan"}


@pytest.mark.parametrize(
    ("mutation", "requirement"), MUTANTS, ids=[f"{each.__name__.replace('_', ' ')}: {name}" for each, name in MUTANTS]
)
def test_a_broken_app_server_is_found_out_by_name(judge_app_server, outcomes, mutation, requirement):
    run = judge_app_server(broken_by(mutation), [JUDGED_BY.get(requirement, requirement)])

    assert outcomes(run)[requirement] == "failed"
    assert {verdict.blame for verdict in run.verdicts if verdict.outcome == "failed"} == {"implementation"}


def test_the_app_server_that_was_not_broken_passes(judge_app_server, outcomes):
    def changes_nothing(said):
        yield said.message

    asked = sorted({requirement for _, requirement in MUTANTS} - JUDGED_BY.keys())
    run = judge_app_server(broken_by(changes_nothing), asked)

    assert outcomes(run) == dict.fromkeys(asked, "passed")
