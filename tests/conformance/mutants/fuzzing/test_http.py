"""Servers that stumble over rare messages and rare orders: the fuzzing finds each."""

import json
from typing import NamedTuple

import pytest

from codex_conformance.fuzzing import HttpTrial, explore
from codex_conformance.probes import Unmet
from codex_conformance.suites.server.oauth.logins import UNATTENDED, Logins
from codex_conformance.suites.server.oauth.token_life import TokenLife
from codex_conformance.suites.server.responses.conversations import Conversations
from codex_conformance.suites.server.responses.service import Service
from codex_mockserver.world.tokens import CODEX_CLIENT_ID

API = "/v1/responses"
ANYWHERE = "/(oauth|backend-api|v1|api)/.*"


class Stumbling(NamedTuple):
    """A server that does one thing wrong, and what finds it."""

    paths: str
    mutation: object
    surface: str
    kind: str
    #: The operation that is tried.
    operation: str


def stumbles_where(is_hard):
    """Return the mutation that answers 500 to the calls that are hard to it."""

    def mutation(call):
        hard = is_hard(call)
        answer = yield
        if hard:
            answer.become(
                500, {"error": {"message": "Internal error.", "type": "server_error", "code": None, "param": None}}
            )

    return mutation


def has(field):
    return lambda call: call.method == "POST" and call.body.startswith(b"{") and field in fields_of(call)


def lacks(field):
    return lambda call: call.method == "POST" and field not in fields_of(call)


def has_no_model(call):
    return fields_of(call).get("model", "") is None


def fields_of(call):
    """Return the fields of a body; none where it cannot be read."""
    try:
        fields = call.fields
    except (ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}


def is_packed(call):
    return any(name == b"content-encoding" for name, _ in call.scope["headers"])


def dies_of_broken_json(call):
    """Answer nothing but 503 after a body that looks like JSON and is none."""
    if call.body.startswith(b"{"):
        try:
            json.loads(call.body)
        except (ValueError, RecursionError):
            call.memory["is dead"] = True
    answer = yield
    if "is dead" in call.memory:
        answer.become(503, {"detail": "Gone."})


def answers_nothing(_call):
    answer = yield
    if answer.status == 200:
        answer.json = {}


def takes_everything_twice(call):
    """Answer a call for tokens as before where the same one has succeeded."""
    answer = yield
    before = call.memory.setdefault(call.body, (answer.status, answer.body))
    if before[0] == 200:
        answer.status, answer.body = before
        answer.headers["content-type"] = "application/json"


def revokes_nothing(call):
    call.rewrite(token="another")
    yield


def deletes_nothing(call):
    """Say that a response is deleted, and keep it."""
    is_deletion = call.method == "DELETE"
    if is_deletion:
        call.scope = {**call.scope, "method": "GET"}
    answer = yield
    if is_deletion and answer.status == 200:
        answer.json = {"id": answer.json["id"], "object": "response", "deleted": True}


def forgets_what_came_before(_call):
    answer = yield
    if "json" in answer.headers["content-type"] and "previous_response_id" in answer.json:
        answer.update(previous_response_id=None)


MESSAGES = {
    "an unusual revocation": Stumbling(
        "/oauth/revoke", stumbles_where(lacks("token_type_hint")), "oauth", "valid", "revokeToken"
    ),
    "a request without a field": Stumbling(
        ".*/deviceauth/usercode", stumbles_where(lacks("client_id")), "oauth", "nearly_valid", "requestUserCode"
    ),
    "broken json at the login": Stumbling(ANYWHERE, dies_of_broken_json, "oauth", "hostile", "exchangeToken"),
    "a task with metadata": Stumbling(".*/wham/tasks", stumbles_where(has("metadata")), "wham", "valid", "createTask"),
    "an answer that says nothing": Stumbling(".*/wham/usage", answers_nothing, "wham", "valid", "readUsage"),
    "a credit without an id": Stumbling(
        ".*/consume", stumbles_where(lacks("redeem_request_id")), "wham", "nearly_valid", "consumeResetCredit"
    ),
    "a packed body": Stumbling(".*/wham/.*", stumbles_where(is_packed), "wham", "hostile", "createTask"),
    "a response with a prompt": Stumbling(API, stumbles_where(has("prompt")), "responses", "valid", "createResponse"),
    "a model of null": Stumbling(API, stumbles_where(has_no_model), "responses", "nearly_valid", "createResponse"),
    "broken json at the model": Stumbling(ANYWHERE, dies_of_broken_json, "responses", "hostile", "createResponse"),
    "a chat with stop words": Stumbling(
        ".*/chat/completions", stumbles_where(has("stop")), "chat", "valid", "createChatCompletion"
    ),
}


@pytest.mark.parametrize("server", MESSAGES.values(), ids=MESSAGES)
def test_a_message_is_found(server, mutated, probe, plenty):
    trial = HttpTrial(probe(mutated(server.paths, server.mutation)), server.surface, known={"model": ["gpt-5.5"]})
    trial.forms = [form for form in trial.forms if form.operation.id == server.operation]
    with pytest.raises(Unmet):
        getattr(trial, f"try_{server.kind}")(plenty)


@pytest.mark.parametrize("mutation", [takes_everything_twice, revokes_nothing], ids=lambda each: each.__name__)
def test_an_order_of_logins_is_found(mutation, mutated, probe, plenty, evidence):
    paths = "/oauth/revoke" if mutation is revokes_nothing else "/oauth/token"
    logins = Logins(probe(mutated(paths, mutation), UNATTENDED), CODEX_CLIENT_ID)
    with pytest.raises(Unmet):
        explore(lambda found: TokenLife(found, logins), plenty, evidence)


@pytest.mark.parametrize("mutation", [deletes_nothing, forgets_what_came_before], ids=lambda each: each.__name__)
def test_an_order_of_responses_is_found(mutation, mutated, probe, plenty, evidence):
    paths = API + ("/[^/]+" if mutation is deletes_nothing else "")
    service = Service(probe(mutated(paths, mutation)), "gpt-5.5", "api")
    with pytest.raises(Unmet):
        explore(lambda found: Conversations(found, service), plenty, evidence)
