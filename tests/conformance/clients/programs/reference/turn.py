"""One turn: the model is asked, its commands are run, its answer is printed.

Where the conversation is too long for the model, a compaction takes its place.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import time
from typing import Any

import httpx
from connection import Connection, Refused401
from credentials import Credentials
from failures import Failed, TryAgain
from mutations import broken
from side_services import SideServices
from stream import Response
from wham import check_routing

#: Tokens from which on a conversation is compacted.
FULL = 200_000
#: Seconds before each further attempt, where the server does not say how many.
PAUSES = (0.1, 0.3, 0.9)
_TOOLS = [
    {
        "type": "function",
        "name": "exec_command",
        "description": "Run a command.",
        "strict": False,
        "parameters": {"type": "object", "properties": {"cmd": {"type": "string"}}, "required": ["cmd"]},
    }
]


def run(options: argparse.Namespace) -> None:
    """Take a turn and print its answer."""
    with httpx.Client(trust_env=False, timeout=10) as http:
        credentials = Credentials(options.home, options.auth, http)
        credentials.refresh_if_it_ends_soon()
        if broken("prints-token"):
            print(credentials.headers)
        if not credentials.is_chatgpt:
            print(Turn(options.api, credentials, http).take(options.prompt))
            return
        check_routing(options.chatgpt, credentials, http)
        beside = SideServices(options, credentials, http)
        beside.list_plugins()
        print(Turn(f"{options.chatgpt}/codex", credentials, http).take(options.prompt))
        beside.send_events()


class Turn:
    """One turn, with all that is said in it."""

    def __init__(self, base: str, credentials: Credentials, http: httpx.Client) -> None:
        self._credentials = credentials
        self._http = http
        self._models_url = f"{base}/models"
        self._connection = Connection(base, credentials, http)
        self._items: list[dict[str, Any]] = []
        self._etag: str | None = None
        self._refusals = 0

    def take(self, prompt: str) -> str:
        """Return what the model says at the end."""
        if self._credentials.is_chatgpt:
            self._list_models()
        text = f"{prompt} {prompt}" if broken("prompt-twice") else prompt
        self._items.append(_message(text))
        if broken("prompt-twice"):
            self._items.append(_message(prompt))
        try:
            while (response := self._ask_until_answered()).calls:
                self._items += [] if broken("call-not-sent-back") else response.items
                self._items += [output for call in self._to_run(response) for output in self._run(call)]
                if response.usage.get("total_tokens", 0) >= FULL:
                    self._compact()
        finally:
            self._connection.drop()
        return f"{response.text}\n{response.text}" if broken("answer-twice") else response.text

    def _compact(self) -> None:
        """Let a compaction take the place of all but the prompt."""
        if broken("goes-on-with-too-much"):
            raise Failed("the conversation is too long")
        whole = self._items
        if broken("compacts-without-outputs"):
            whole = [item for item in whole if not item["type"].endswith("_output")]
        self._items = [*whole, {"type": "compaction_trigger"}]
        answer = self._ask_for_compaction()
        compactions = [item for item in answer.items if item.get("type") == "compaction"]
        if not compactions and not broken("takes-any-answer-for-a-compaction"):
            raise Failed("the answer is no compaction")
        if broken("unseals-the-compaction"):
            compactions = [_message("What was said so far is known.")]
        kept = [item for item in whole if item["type"] == "message" or broken("keeps-what-is-compacted")]
        self._items = [*([] if broken("forgets-the-prompt") else kept), *compactions]
        if not broken("follows-on-what-is-compacted"):
            self._connection.begin_anew()

    def _ask_for_compaction(self) -> Response:
        for _ in range(100 if broken("compacts-for-ever") else 1):
            if broken("compacts-twice"):
                self._ask_until_answered()
            try:
                return self._ask() if broken("compacts-but-once") else self._ask_until_answered()
            except TryAgain as again:
                failure: Exception = again
            except Failed as failed:
                failure = failed
                if broken("asks-again-for-what-is-refused"):
                    self._ask_until_answered()
        raise Failed("something went wrong" if broken("hides-why-nothing-is-compacted") else str(failure))

    def _ask_until_answered(self) -> Response:
        pauses = [None] * 60 if broken("never-gives-up") else PAUSES
        for pause in (*pauses, None):
            try:
                return self._ask()
            except TryAgain as again:
                self._connection.drop()
                if pause is None and not broken("never-gives-up"):
                    raise Failed(f"given up: {again}") from None
                self._wait(pause or 0.01, again.seconds)
        raise Failed("given up")

    def _wait(self, pause: float, told: float | None) -> None:
        if broken("constant-pauses"):
            pause = 1.5
        if not broken("no-pauses"):
            time.sleep(pause if told is None else told)

    def _ask(self) -> Response:
        body = {
            "model": "gpt-5.5",
            "instructions": "Be brief.",
            "input": self._items[0]["content"][0]["text"] if broken("input-is-text") else self._items,
            "tools": _TOOLS,
            "tool_choice": "auto",
            "parallel_tool_calls": True,
            "store": broken("stores"),
            "stream": not broken("does-not-stream"),
            "include": ["reasoning.encrypted_content"],
            "prompt_cache_key": self._connection.thread,
        }
        if broken("broken-body"):
            body["tools"] = "none"
        try:
            response = self._connection.ask(body)
        except Refused401:
            self._connection.drop()
            self._recover()
            return self._ask()
        if self._connection.models_etag not in (None, self._etag) and not broken("ignores-the-etag"):
            self._list_models()
        return response

    def _recover(self) -> None:
        """Let the turn be tried with the same token once more, and then with a new one."""
        self._refusals += 1
        if not self._credentials.is_chatgpt or (self._refusals > 2 and not broken("401-without-end")):
            raise Failed("status 401: the credentials are not taken")
        if self._refusals == 2 and not broken("no-recovery"):
            self._credentials.refresh(self._credentials.tokens)

    def _list_models(self) -> None:
        """Read the list of models; a turn can do without."""
        query = {} if broken("no-client-version") else {"client_version": "0.169.0"}
        answer = self._http.get(self._models_url, params=query, headers=self._credentials.headers)
        if answer.is_error and broken("needs-the-models"):
            raise Failed(f"no models: {answer.text}")
        self._etag = answer.headers.get("etag")

    def _to_run(self, response: Response) -> list[dict[str, Any]]:
        return response.calls[:1] if broken("drops-the-second-call") else response.calls

    def _run(self, call: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the output of a call, whatever it asks for."""
        kind = f"{call['type']}_output"
        call_id = "call_0" if broken("wrong-call-id") else call["call_id"]
        if call["name"] != "exec_command":
            text = f"unsupported call: {call['name']}"
            return [] if broken("skips-unknown-tools") else [{"type": kind, "call_id": call_id, "output": text}]
        try:
            command = json.loads(call["arguments"])["cmd"]
        except (ValueError, KeyError, TypeError) as error:
            if broken("fails-on-bad-arguments"):
                raise Failed(f"bad arguments: {error}") from None
            return [{"type": kind, "call_id": call_id, "output": f"bad arguments: {error}"}]
        done = subprocess.run(shlex.split(command), capture_output=True, text=True, check=False)
        return [{"type": kind, "call_id": call_id, "output": done.stdout}]


def _message(text: str) -> dict[str, Any]:
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}
