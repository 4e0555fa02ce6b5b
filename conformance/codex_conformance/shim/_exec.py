"""``codex exec``: one turn on an app-server, told as events or as text."""

from __future__ import annotations

import argparse
import signal
import sys
import uuid
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from codex_conformance.cli.app_server import codex_home
from codex_conformance.shim._events import JsonEvents
from codex_conformance.shim._human import HumanText
from codex_conformance.shim._prompt import NoPrompt
from codex_conformance.shim._request import ExecRequest, Refused, read_request
from codex_conformance.shim._session import Session
from codex_conformance.shim.options import sandbox_error
from codex_mockserver.app_server import AppServer, RpcError
from codex_mockserver.model import Scenario
from codex_mockserver.world import World

__all__ = ["run_exec"]

Json = dict[str, Any]

#: Every kind of session can be gone on with.
_SOURCES = ["cli", "vscode", "exec", "appServer"]


def run_exec(world: World, options: argparse.Namespace, scenario: Scenario | None, version: str) -> int:
    """Run one turn and return the exit code."""
    if (complaint := sandbox_error(options.sandbox)) is not None:
        print(f"error: {complaint}\n\nFor more information, try '--help'.", file=sys.stderr)
        return 2
    try:
        request = read_request(options)
        cwd = str(request.cwd)
        server = AppServer(version=version, scenario=scenario, world=world, home=str(codex_home()), cwd=cwd)
        return _Exec(server, request, options).run()
    except (Refused, NoPrompt) as refused:
        print(refused, file=sys.stderr)
        return 1


class _Exec:
    def __init__(self, server: AppServer, request: ExecRequest, options: argparse.Namespace) -> None:
        self._server = server
        self._session = Session(server, ("codex_exec", server.version))
        self._request = request
        self._options = options
        self._teller = _teller(server, options)
        self._last_message: str | None = None

    def run(self) -> int:
        thread = self._thread()
        self._say(self._teller.begin(thread, self._request.prompt))
        turn = self._turn(thread["thread"]["id"])
        self._say(self._teller.end())
        if turn["status"] != "completed":
            return 1
        self._keep_last_message()
        return 0

    def _thread(self) -> Json:
        """Begin a thread, or go on with the one that is asked for.

        Raises:
            Refused: It cannot be had.
        """
        settings = {**self._request.settings, "sandbox": self._spelled(self._request.settings["sandbox"])}
        identifier = self._find() if self._request.resumes else None
        if identifier is None:
            return self._asked("thread/start", {**settings, "ephemeral": self._options.ephemeral})
        # The default model is named, too, so that a session of another one is warned about.
        settings = {"model": self._default_model(), **settings}
        return self._asked("thread/resume", {**settings, "threadId": identifier, "excludeTurns": True})

    def _asked(self, method: str, params: Json) -> Json:
        try:
            result: Json = self._session.ask(method, params)
        except RpcError as error:
            raise Refused(f"Error: {method}: {method} failed: {error.message} (code {error.code})") from None
        return result

    def _spelled(self, sandbox: str) -> str:
        """Return a sandbox mode as the release writes it: the first ones wrote ``readOnly``."""
        modes = self._server.contract.definitions["v2/SandboxMode"]["enum"]
        head, *rest = sandbox.split("-")
        return sandbox if sandbox in modes else head + "".join(map(str.capitalize, rest))

    def _default_model(self) -> str:
        models = self._session.ask("model/list", {})["data"]
        return next(str(model["model"]) for model in models if model["isDefault"])

    def _find(self) -> str | None:
        """Return the id of the session to go on with; a name that nobody has begins a new one."""
        session = self._request.session
        if session is not None and _is_uuid(session):
            return session
        query: Json = {"sourceKinds": _SOURCES, "limit": 100}
        if not self._options.all and session is None:
            query["cwd"] = str(self._request.cwd)
        threads = self._session.ask("thread/list", query)["data"]
        found = [thread["id"] for thread in threads if session in (None, thread.get("name"))]
        return found[0] if found else None

    def _turn(self, thread_id: str) -> Json:
        """Run the turn to its end, and return it."""
        params = {"threadId": thread_id, "input": self._request.input, "outputSchema": self._request.output_schema}
        turn: Json = self._asked("turn/start", params)["turn"]
        signal.signal(signal.SIGINT, lambda *_: self._session.interrupt(thread_id, turn["id"]))
        while turn["status"] == "inProgress":
            message = self._session.next()
            # What a fault has spoilt cannot be read, and is read over.
            with suppress(LookupError, TypeError, AttributeError):
                turn = self._hear(message, thread_id, turn)
        return turn

    def _hear(self, message: Json, thread_id: str, turn: Json) -> Json:
        """Tell a notification, and return the turn as it is then."""
        params = message["params"]
        if params.get("threadId", thread_id) == thread_id:
            self._say(self._teller.tell(message))
            self._note(message)
        if message["method"] == "turn/completed" and params["turn"]["id"] == turn["id"]:
            turn = params["turn"]
        return turn

    def _note(self, message: Json) -> None:
        item = message["params"].get("item", {})
        if message["method"] == "item/completed" and item["type"] == "agentMessage":
            self._last_message = item["text"]

    def _say(self, lines: Iterable[str]) -> None:
        """Print lines: events to standard output, text to standard error."""
        output = sys.stdout if self._options.json else sys.stderr
        for line in lines:
            print(line, file=output, flush=True)

    def _keep_last_message(self) -> None:
        """Put the last message where it is wanted: into a file, and on a standard output that is no terminal."""
        message, path = self._last_message, self._options.output_last_message
        if path is not None:
            if message is None:
                self._warn(f"no last agent message; wrote empty content to {path}")
            try:
                path.write_text(message or "", encoding="utf-8")
            except OSError as error:
                self._warn(f"Failed to write last message file {path}: {error.strerror} (os error {error.errno})")
        if message is not None and not self._options.json and not (sys.stdout.isatty() and sys.stderr.isatty()):
            print(message, flush=True)

    @staticmethod
    def _warn(text: str) -> None:
        print(f"Warning: {text}", file=sys.stderr)


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _teller(server: AppServer, options: argparse.Namespace) -> JsonEvents | HumanText:
    if options.json:
        counts = server.contract.definitions.get("v2/TokenUsageBreakdown", {})
        return JsonEvents(counts_cache_writes="cacheWriteInputTokens" in counts.get("properties", {}))
    has_colours = options.color == "always" or (options.color == "auto" and sys.stderr.isatty())
    return HumanText(server.version, has_colours=has_colours, repeats_diffs=not server.traits.prints_diffs_once)
