"""What clients can do and need not: a requirement that needs it is asked only of those that can."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from codex_conformance._names import capabilities_of
from codex_conformance.clients._client import TASKS
from codex_conformance.clients._examiner import Examiner
from codex_conformance.clients._model_call import ModelCall
from codex_conformance.clients._outcome import Outcome
from codex_conformance.clients._trial import Trial
from codex_conformance.targets import State

__all__ = ["CLIENT_CAPABILITIES", "LONG_TURN", "capabilities", "known"]

_CODEX_PATH = "/backend-api/codex/responses"

#: The model has a command run, and counts more tokens than its window holds; no limit of the account counts them.
LONG_TURN: Mapping[str, Any] = {
    "name": "a conversation that is too long",
    "settings": {"websocket": False},
    "accounts": {"plus": {"primary": None, "secondary": None}},
    "model": [
        {
            "say": [{"exec_command": {"cmd": "echo sea-42"}}],
            "usage": {"input_tokens": 500_000, "output_tokens": 10},
        }
    ],
}

#: A turn in which nothing is special, offered both kinds of credentials, and one with a key alone.
_PLAIN = Trial(task="turn")
_WITH_KEY = Trial(task="turn", face="api-key")
#: A turn that only a refresh of the tokens mends.
_REFUSED = Trial(task="turn", scenario="token-401-twice")

#: A turn with a home that has all features on.
_CHATTY = Trial(task="turn", side_calls=True)
#: A turn in which no window of a model holds the conversation any longer.
_LONG = Trial.of("turn", LONG_TURN)


class _Trait(NamedTuple):
    """Something that the traffic of a client shows."""

    #: What it is, as a clause.
    about: str
    trial: Trial
    shows: Callable[[Outcome], bool]


_TRAITS: Mapping[str, _Trait] = {
    "chatgpt": _Trait("turns on the ChatGPT backend", _PLAIN, lambda seen: _calls_path(seen, _CODEX_PATH)),
    "api-key": _Trait("turns with a key of the public API", _WITH_KEY, lambda seen: _calls_path(seen, "/v1/responses")),
    "websocket": _Trait("turns over a WebSocket", _PLAIN, lambda seen: bool(seen.requests("connectResponses"))),
    "stream": _Trait(
        "turns that are streamed", _PLAIN, lambda seen: any(call.body.get("stream") for call in seen.turns)
    ),
    "zstd": _Trait(
        "request bodies with zstd",
        Trial(task="turn", scenario="websocket-refused-426"),
        lambda seen: any(each.headers.get("content-encoding") == "zstd" for each in seen.requests("createResponse")),
    ),
    "tools": _Trait(
        "commands that the model wants run", _PLAIN, lambda seen: any(map(_offers_tools, seen.model_calls))
    ),
    "models": _Trait("the list of models", _PLAIN, lambda seen: bool(seen.requests("listModels"))),
    "compaction": _Trait("conversations that are compacted", _LONG, lambda seen: bool(seen.compactions)),
    "plugins": _Trait("the list of plugins", _CHATTY, lambda seen: bool(seen.requests("listInstalledPlugins"))),
    "analytics": _Trait("events about its use", _CHATTY, lambda seen: bool(seen.requests("sendAnalyticsEvents"))),
    "refresh": _Trait("tokens that are refreshed", _REFUSED, lambda seen: bool(seen.requests("exchangeToken"))),
    "app-server-process": _Trait(
        "an app-server that it starts by itself", Trial(task="app-server"), lambda seen: seen.app_servers_started > 0
    ),
}

_TASKS_ABOUT = {
    "turn": "a prompt that a model answers",
    "impatient-turn": "the same with the patience of a second",
    "login": "a login with a browser",
    "device-login": "a login with a device code",
    "usage": "the limits of the account",
    "cloud-tasks": "the list of cloud tasks",
    "app-server": "a turn on an app-server",
    "app-server-login": "a login by way of an app-server",
}

#: Every capability of clients, and what it is.
CLIENT_CAPABILITIES: Mapping[str, str] = {
    **{task: _TASKS_ABOUT[task] for task in TASKS},
    **{name: trait.about for name, trait in _TRAITS.items()},
}


def capabilities(examiner: Examiner) -> dict[str, State]:
    """Return what each capability of a client is; the traffic of a few trials shows what it does not say."""
    client = examiner.client
    states: dict[str, State] = {task: "declared" if task in client.tasks else "not declared" for task in TASKS}
    states |= {name: "declared" if name in client.declared else "not declared" for name in _TRAITS}
    said = client.declared | client.disabled
    unsaid = {name: trait for name, trait in _TRAITS.items() if name not in said and trait.trial.task in client.tasks}
    trials = {trait.trial for trait in unsaid.values()}
    with examiner.interruption.threads(2) as pool:
        seen = dict(zip(trials, pool.map(examiner.run, trials), strict=True))
    states |= {name: "found" for name, trait in unsaid.items() if trait.shows(seen[trait.trial])}
    return {**states, **dict.fromkeys(client.disabled, "disabled")}


def known(names: Iterable[str]) -> frozenset[str]:
    """Return the names of capabilities of a client.

    Raises:
        Problem: One is none.
    """
    return capabilities_of("a client", names, CLIENT_CAPABILITIES)


def _calls_path(seen: Outcome, path: str) -> bool:
    return any(exchange.path == path for exchange in seen.requests("createResponse", "connectResponses"))


def _offers_tools(call: ModelCall) -> bool:
    return bool(call.body.get("tools")) or any(item.get("tools") for item in call.items)
