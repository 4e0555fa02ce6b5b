"""What every request to the model carries."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from codex_conformance.clients import ModelCall, Outcome, violations
from codex_conformance.probes import require
from codex_conformance.suites.client.responses.scenarios import PLAIN, PROMPT, REFUSAL, over_websocket
from codex_conformance.suites.client.trials import Trials, require_success
from codex_mockserver.journal import Exchange

_MODEL = ("createResponse", "connectResponses")
_SCENARIOS = {"POST": PLAIN, "WebSocket": over_websocket(PLAIN)}


@pytest.fixture(params=_SCENARIOS)
def turn(request: pytest.FixtureRequest, trial: Trials) -> Outcome:
    """A turn over each of the transports; a client without WebSocket takes the same one twice."""
    return trial("turn", _SCENARIOS[request.param], prompt=PROMPT)


@pytest.fixture
def plain(trial: Trials) -> Outcome:
    """A turn in which nothing is special."""
    return trial("turn", PLAIN, prompt=PROMPT)


def _sent(outcome: Outcome) -> list[ModelCall]:
    require(outcome.turns, expected="a request to the model", found=outcome.ending, doing=str(outcome.trial))
    return outcome.turns


def _on_backend(outcome: Outcome) -> list[ModelCall]:
    return [call for call in _sent(outcome) if call.exchange.path.startswith("/backend-api/")]


def _exchanges(outcome: Outcome) -> list[Exchange]:
    _sent(outcome)
    return outcome.requests(*_MODEL)


@pytest.mark.codex("responses.client.request.fits-contract")
def test_fits_contract(turn: Outcome) -> None:
    for exchange in _exchanges(turn):
        found = [f"{where}: {each}" for where, each in violations(exchange)]
        require(not found, expected="a request that fits its contract", found=found[0] if found else "")


@pytest.mark.codex("responses.client.request.known-operation")
def test_known_operations(turn: Outcome) -> None:
    _sent(turn)
    unknown = [f"{each.method} {each.path}" for each in turn.exchanges if each.operation is None]
    require(not unknown, expected="calls that the service knows", found=", ".join(unknown))


@pytest.mark.codex("responses.client.request.bearer")
def test_bearer(turn: Outcome) -> None:
    known = turn.surroundings
    for exchange in _exchanges(turn):
        given = known.access_token if exchange.path.startswith("/backend-api/") else known.api_key
        found = exchange.headers.get("authorization", "no such header")
        require(found == f"Bearer {given}", expected="the bearer token that the client was given", found=found)


@pytest.mark.codex("responses.client.request.account-header")
def test_account_header(turn: Outcome) -> None:
    for call in _on_backend(turn):
        found = call.exchange.headers.get("chatgpt-account-id")
        require(
            found == turn.surroundings.account_id, expected=f"the account {turn.surroundings.account_id}", found=found
        )


@pytest.mark.codex("responses.client.request.no-account-with-key")
def test_no_account_with_key(trial: Trials) -> None:
    for exchange in _exchanges(trial("turn", PLAIN, face="api-key")):
        found = exchange.headers.get("chatgpt-account-id")
        require(found is None, expected="no header chatgpt-account-id", found=found)


@pytest.mark.codex("responses.client.request.streamed")
def test_streamed(turn: Outcome) -> None:
    for call in _on_backend(turn):
        require(call.body.get("stream") is True, expected="stream: true", found=call.body.get("stream"))


@pytest.mark.codex("responses.client.request.not-stored")
def test_not_stored(turn: Outcome) -> None:
    for call in _on_backend(turn):
        require(call.body.get("store") is False, expected="store: false", found=call.body.get("store"))


@pytest.mark.codex("responses.client.request.input-is-list")
def test_input_is_list(turn: Outcome) -> None:
    for call in _on_backend(turn):
        found = call.body.get("input")
        require(isinstance(found, list), expected="a list of items", found=type(found).__name__)


@pytest.mark.codex("responses.client.request.names-model")
def test_names_model(turn: Outcome) -> None:
    for call in _sent(turn):
        found = call.body.get("model")
        require(isinstance(found, str) and found, expected="the name of a model", found=found)


@pytest.mark.codex("responses.client.request.prompt-once")
def test_prompt_once(plain: Outcome) -> None:
    for call in _sent(plain):
        said = [text for text in call.user_texts if PROMPT in text]
        count = sum(text.count(PROMPT) for text in said)
        require(
            count == 1, expected=f"{PROMPT!r} once in what the user says", found=f"{count} times in {call.user_texts}"
        )


@pytest.mark.codex("responses.client.request.one-for-a-turn")
def test_one_for_a_turn(turn: Outcome) -> None:
    require(len(_sent(turn)) == 1, expected="one request", found=", ".join(map(str, turn.turns)))


@pytest.mark.codex("responses.client.request.accepts-events")
def test_accepts_events(plain: Outcome) -> None:
    for exchange in plain.requests("createResponse"):
        found = exchange.headers.get("accept", "no such header")
        require("text/event-stream" in found, expected="accept: text/event-stream", found=found)


@pytest.mark.codex("responses.client.request.user-agent")
def test_user_agent(turn: Outcome) -> None:
    for exchange in _exchanges(turn):
        require(exchange.headers.get("user-agent"), expected="a user agent", found="none")


@pytest.mark.codex("responses.client.request.originator")
def test_originator(turn: Outcome) -> None:
    for call in _on_backend(turn):
        require(call.exchange.headers.get("originator"), expected="a header originator", found="none")


@pytest.mark.codex("responses.client.request.thread-headers")
def test_thread_headers(trial: Trials) -> None:
    sent = _on_backend(trial("turn", "stream-cut"))
    for name in ("session-id", "thread-id"):
        found = {call.exchange.headers.get(name) for call in sent}
        require(len(found) == 1 and None not in found, expected=f"one {name} in all requests", found=found)


@pytest.mark.codex("responses.client.request.encrypted-reasoning")
def test_encrypted_reasoning(turn: Outcome) -> None:
    for call in _on_backend(turn):
        found = call.body.get("include") or []
        require("reasoning.encrypted_content" in found, expected="reasoning.encrypted_content in include", found=found)


@pytest.mark.codex("responses.client.request.cache-key")
def test_cache_key(trial: Trials) -> None:
    found = {call.body.get("prompt_cache_key") for call in _on_backend(trial("turn", "stream-cut"))}
    require(len(found) == 1 and None not in found, expected="one prompt_cache_key in all requests", found=found)


@pytest.mark.codex("responses.client.secrets.in-header-only")
def test_secrets_in_header_only(turn: Outcome) -> None:
    for exchange in _exchanges(turn):
        for text in (exchange.path, exchange.query, exchange.body.decode(errors="replace"), *_frames(exchange)):
            found = [secret for secret in _secrets(turn) if secret in text]
            require(not found, expected="no credential beside the headers", found="one", doing=str(exchange))


@pytest.mark.codex("responses.client.secrets.not-printed")
def test_secrets_not_printed(turn: Outcome) -> None:
    _require_silence(turn)


@pytest.mark.codex("responses.client.secrets.not-printed-in-failures")
def test_secrets_not_printed_in_failures(trial: Trials) -> None:
    _require_silence(trial("turn", REFUSAL))


@pytest.mark.codex("responses.client.hosts.no-other")
def test_no_other_hosts(turn: Outcome) -> None:
    _sent(turn)
    require(not turn.refused_hosts, expected="calls to the service alone", found=", ".join(turn.refused_hosts))


@pytest.mark.codex("responses.client.zstd.not-with-key")
def test_no_zstd_with_key(trial: Trials) -> None:
    for exchange in _exchanges(trial("turn", PLAIN, face="api-key")):
        found = exchange.headers.get("content-encoding", "identity")
        require(found == "identity", expected="a body as it is", found=found)


@pytest.mark.codex("responses.client.zstd.refused")
def test_zstd_refused(trial: Trials) -> None:
    outcome = trial("turn", "request-zstd-refused")
    packed = [each for each in outcome.requests("createResponse") if each.headers.get("content-encoding") == "zstd"]
    require(len(packed) == 1, expected="one request with zstd", found=len(packed), doing="refusing it with 400")


@pytest.mark.codex("responses.client.zstd.refused-told")
def test_zstd_refused_told(trial: Trials) -> None:
    outcome = trial("turn", "request-zstd-refused")
    is_told = "The body is not JSON." in outcome.output
    require(outcome.succeeded or is_told, expected="an answer, or the text of the refusal", found=outcome.ending)


@pytest.mark.codex("responses.client.models.client-version")
def test_models_client_version(plain: Outcome) -> None:
    for exchange in plain.requests("listModels"):
        require("client_version=" in exchange.query, expected="client_version in the query", found=exchange.query)


@pytest.mark.codex("responses.client.models.etag")
def test_models_etag(trial: Trials) -> None:
    outcome = require_success(trial("turn", "models-etag-change"))
    asked = len(outcome.requests("listModels"))
    require(asked > 1, expected="the models read again", found=f"read {asked} times")


_NO_MODELS = {"status": 503, "body": {"detail": "Service unavailable."}}
_STRANGE_MODELS = {"status": 200, "body": {"models": [{"slug": 7, "visibility": "brand_new"}], "next": {}}}


@pytest.mark.codex("responses.client.models.outage")
def test_models_outage(trial: Trials) -> None:
    require_success(trial("turn", {"faults": [{"on": "listModels", "times": None, "answer": _NO_MODELS}]}))


@pytest.mark.codex("responses.client.models.unreadable")
def test_models_unreadable(trial: Trials) -> None:
    require_success(trial("turn", {"faults": [{"on": "listModels", "times": None, "answer": _STRANGE_MODELS}]}))


def _require_silence(outcome: Outcome) -> None:
    found = [secret for secret in _secrets(outcome) if secret in outcome.output]
    require(not found, expected="output without credentials", found=f"{len(found)} in the output")


def _secrets(outcome: Outcome) -> list[str]:
    known = outcome.surroundings
    return [secret for secret in (known.access_token, known.refresh_token, known.api_key) if secret]


def _frames(exchange: Exchange) -> Iterator[str]:
    for frame in exchange.frames:
        if frame.sender == "client":
            yield frame.data if isinstance(frame.data, str) else frame.data.decode(errors="replace")
