"""Asking the scripted model, as codex asks the Responses API: with its faults, its pace, and its limits."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import suppress
from typing import Any, NoReturn

import msgspec

from codex_mockserver.app_server._gates import Gate
from codex_mockserver.app_server._tasks import Pause, Wait
from codex_mockserver.app_server.threads.settings import configuration
from codex_mockserver.app_server.turns._failures import (
    failed_response,
    incomplete_response,
    lost_stream,
    refused,
    unreachable,
)
from codex_mockserver.app_server.turns._stream import Telling
from codex_mockserver.app_server.turns._warnings import knows_model
from codex_mockserver.app_server.turns.active import ActiveTurn
from codex_mockserver.app_server.turns.usage import paying_workspace, signed_in
from codex_mockserver.faults import Beat, Event, FaultAnswer, Occasion, Strike, around, arrange, event_of, is_lost
from codex_mockserver.model import Prompt, Turn, catalogue, moments, take_turn
from codex_mockserver.world.limits import check, limit_body
from codex_schemas import Operation, load

__all__ = ["ask_once", "provider_number"]

Json = dict[str, Any]

#: Where codex finds the model, with a login and with an API key.
_CHATGPT_URL = "https://chatgpt.com/backend-api/codex"
_PUBLIC_URL = "https://api.openai.com/v1"

#: The tools that every request offers, beside the thread's own.
_TOOLS: list[Json] = [
    {"type": "function", "name": "exec_command"},
    {"type": "function", "name": "write_stdin"},
    {"type": "custom", "name": "apply_patch"},
    {"type": "function", "name": "update_plan"},
    {"type": "function", "name": "request_user_input"},
    {"type": "function", "name": "request_permissions"},
    {"type": "function", "name": "view_image"},
    {"type": "web_search"},
]
_COMPACTION = '{"request_kind":"compaction"}'
_NOT_INCLUDED: Json = {
    "error": {"type": "usage_not_included", "message": "The plan of this workspace is without Codex."}
}
_BAD_TOKEN: Json = {"error": {"code": "invalid_token", "message": "The access token is not valid any more."}}
_BROKEN_BODY = "Transport error: network error: error decoding response body"
_NO_END = "stream closed before response.completed"

#: How long a stream may be silent, in milliseconds.
_IDLE_TIMEOUT = 300_000
_MILLISECONDS = 1000


def ask_once(active: ActiveTurn, telling: Telling, items: Sequence[Json]) -> Generator[Wait, Any, Turn]:
    """Ask the model once and tell what it says while it comes.

    Args:
        active: The turn that asks.
        telling: Takes the events.
        items: The conversation.

    Raises:
        Failure: There was no whole answer.
        Problem: The scenario has no step for the request.
    """
    server, prompt = active.server, _prompt(active, items)
    strikes = server.script.strikes(server.world, _occasion(active, prompt.body)) if server.script.has_faults else []
    yield from _play_around(active, strikes, "request")
    _check_account(active, prompt.model)
    turn = take_turn(server.world, server.script, prompt, is_lost=is_lost(strikes))
    yield from _play_around(active, strikes, "answer")
    if strikes:
        yield from _play_stream(active, telling, turn, strikes)
    else:
        yield from _play_plainly(active, telling, turn)
    _check_end(active, turn.response)
    return turn


def _prompt(active: ActiveTurn, items: Sequence[Json]) -> Prompt:
    settings = active.thread.record.settings
    body = {
        "model": settings["model"],
        "tools": [*_TOOLS, *active.thread.record.dynamic_tools],
        "reasoning": {"effort": settings["reasoningEffort"], "summary": settings.get("summary") or "auto"},
    }
    if active.kind == "compact":
        body["client_metadata"] = {"x-codex-turn-metadata": _COMPACTION}
    if active.output_schema is not None:
        schema = {"type": "json_schema", "name": "codex_output_schema", "strict": True, "schema": active.output_schema}
        body["text"] = {"format": schema}
    return Prompt(body, items)


def _occasion(active: ActiveTurn, body: Json) -> Occasion:
    return Occasion(_operation(), "http", "POST", body=lambda: body, account=lambda: _account_name(active))


def _operation() -> Operation:
    return load("responses").operation("createResponse")


def _account_name(active: ActiveTurn) -> str | None:
    return None if (member := signed_in(active.thread)) is None else member.person.name


def _check_account(active: ActiveTurn, model: str) -> None:
    """Refuse what the account or the service does not allow.

    Raises:
        Failure: The model is unknown, the host's tokens are not taken, Codex is not included, or a limit is reached.
    """
    server = active.server
    if model not in catalogue().models and not knows_model(active.thread, model):
        message = f"The requested model '{model}' does not exist."
        error = {"message": message, "type": "invalid_request_error", "param": "model", "code": "model_not_found"}
        _refuse(active, FaultAnswer(400, {"error": error}))
    is_built_in = active.thread.record.settings["modelProvider"] == "openai"
    if is_built_in and server.account.external is not None and not server.account.is_taken:
        _refuse(active, FaultAnswer(401, _BAD_TOKEN))
    if (workspace := paying_workspace(active)) is None:
        return
    if not workspace.codex_entitled:
        _refuse(active, FaultAnswer(429, _NOT_INCLUDED))
    if check(server.world, workspace, model):
        _refuse(active, FaultAnswer(429, limit_body(server.world, workspace, model)))


def _refuse(active: ActiveTurn, answer: FaultAnswer) -> NoReturn:
    raise refused(answer, active.server.traits, _url(active))


def _url(active: ActiveTurn) -> str:
    """Return the address that errors name."""
    server, provider = active.server, active.thread.record.settings["modelProvider"]
    config = configuration(server)
    own = (config.get("model_providers") or {}).get(provider, {}).get("base_url")
    usual = _CHATGPT_URL if server.account.is_chatgpt else _PUBLIC_URL
    return f"{own or config.get('openai_base_url') or usual}/responses"


def _play_around(active: ActiveTurn, strikes: Sequence[Strike], place: str) -> Generator[Wait, Any, None]:
    for beat in around(strikes, place):
        match beat.act:
            case "answer":
                _refuse(active, beat.argument)
            case "cut" | "reset" | "half_close":
                raise unreachable(active.server.traits, _url(active))
            case _:
                yield from _wait(active, beat)


def _play_plainly(active: ActiveTurn, telling: Telling, turn: Turn) -> Generator[Wait, Any, None]:
    if turn.pacing is None:
        for event in turn.events:
            telling.tell(event)
        return
    events = turn.events
    begun = active.server.tasks.now()
    for event, moment in zip(events, moments(turn.pacing, [event_of(event) for event in events]), strict=True):
        yield from _until(active, begun + moment)
        telling.tell(event)


def _play_stream(
    active: ActiveTurn, telling: Telling, turn: Turn, strikes: Sequence[Strike]
) -> Generator[Wait, Any, None]:
    events = [event_of(event) for event in turn.events]
    plan = arrange(events, strikes, moments(turn.pacing, events) if turn.pacing else None)
    begun = active.server.tasks.now()
    for beat in plan.beats:
        match beat.act:
            case "emit":
                _tell_bytes(telling, beat.argument)
            case "wait_until":
                yield from _until(active, begun + beat.argument)
            case "cut" | "reset":
                raise lost_stream(_BROKEN_BODY)
            case "end" | "half_close":
                break
            case _:
                yield from _wait(active, beat)
    if not telling.has_ended:
        raise lost_stream(_NO_END)


def _tell_bytes(telling: Telling, event: Event) -> None:
    """Tell what an event says; one that cannot be read is left out, as codex leaves it out."""
    with suppress(msgspec.DecodeError, KeyError, TypeError, AttributeError):
        telling.tell(msgspec.json.decode(event.data))


def provider_number(active: ActiveTurn, key: str, default: int) -> int:
    """Return a number of the settings of the thread's provider."""
    providers = configuration(active.server).get("model_providers") or {}
    provider = providers.get(active.thread.record.settings["modelProvider"]) or {}
    value = provider.get(key)
    return value if isinstance(value, int) else default


def _until(active: ActiveTurn, moment: float) -> Generator[Wait, Any, None]:
    if (rest := moment - active.server.tasks.now()) > 0:
        yield Pause(rest)


def _wait(active: ActiveTurn, beat: Beat) -> Generator[Wait, Any, None]:
    """Wait as a beat says; other beats, of bytes and frames, mean nothing here."""
    if beat.act == "hold":
        yield Gate(active.server.gates, beat.argument)
    elif beat.act == "pause":
        patience = provider_number(active, "stream_idle_timeout_ms", _IDLE_TIMEOUT) / _MILLISECONDS
        if beat.argument is not None and beat.argument <= patience:
            yield Pause(beat.argument)
        else:
            yield Pause(patience)
            raise lost_stream("idle timeout waiting for SSE")


def _check_end(active: ActiveTurn, response: Json) -> None:
    """Raise what a response means that did not end well."""
    if response["status"] == "failed":
        raise failed_response(response["error"], active.server.traits)
    if response["status"] == "incomplete":
        raise incomplete_response(response["incomplete_details"]["reason"], active.server.traits)
