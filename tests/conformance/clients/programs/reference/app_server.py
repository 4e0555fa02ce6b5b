"""Driving an app-server: one turn, or one login."""

from __future__ import annotations

import argparse
import os
import sys
import webbrowser
from pathlib import Path
from typing import Any

from failures import Failed
from mutations import broken
from rpc import Server
from transports import Process, Socket

Json = dict[str, Any]

#: Seconds that the end of a turn may take when the thread is idle already.
GRACE = 2.0
#: Seconds that a person may take to log in.
LOGIN_LIFE = 25.0
_PLANS = ("free", "plus", "pro", "team", "business", "enterprise", "edu")


def run(options: argparse.Namespace) -> None:
    """Take a turn and print its answer, or log in."""
    with Server(Socket(options.url) if options.url else Process(options.codex)) as server:
        server.begin()
        if options.task == "app-server-login":
            log_in(server)
            print("You are logged in.")
        else:
            require_login(server)
            for text in Turn(server).take(options.prompt):
                print(text)
        if broken("leaves-the-server"):
            sys.stdout.flush()
            os._exit(0)


def require_login(server: Server) -> None:
    """Look whether somebody is logged in.

    Raises:
        Failed: Nobody is, and somebody has to be.
    """
    found = server.ask("account/read", {})
    if found["account"] is None and found["requiresOpenaiAuth"]:
        raise Failed("no" if broken("logged-out-in-silence") else "nobody is logged in: log in first")


def log_in(server: Server) -> None:
    """Let a person log in, with a browser or with a device code, and wait for the end of it.

    Raises:
        Failed: It fails.
    """
    wanted = "chatgptDeviceCode" if broken("with-a-device-code") else "chatgpt"
    begun = server.ask("account/login/start", {"type": wanted})
    if broken("shows-no-address"):
        raise Failed("nobody has logged in")
    if wanted == "chatgptDeviceCode":
        print(f"Open {begun['verificationUrl']} and type the code {begun['userCode']}", flush=True)
    else:
        print(f"Open this page to log in:\n{begun['authUrl']}\n", flush=True)
        webbrowser.open(begun["authUrl"])
    if broken("does-not-wait-for-the-login"):
        return
    server.allow(LOGIN_LIFE)
    while True:
        message = server.next_notification()
        params = message.get("params", {})
        if message["method"] == "account/updated":
            _require_known_plan(params)
        if message["method"] == "account/login/completed" and _is_own(params, begun["loginId"]):
            break
    if not params["success"] and not broken("a-failed-login-is-fine"):
        raise Failed("no" if broken("hides-why-the-login-failed") else f"the login failed: {params['error']}")
    _require_known_plan(server.ask("account/read", {})["account"] or {})


def _is_own(params: Json, login: str) -> bool:
    return params["loginId"] == login or broken("takes-any-login")


def _require_known_plan(account: Json) -> None:
    if broken("closed-list-of-account-plans") and account.get("planType") not in (None, *_PLANS):
        raise Failed(f"nobody knows the plan {account['planType']}")
    if broken("closed-list-of-modes") and account.get("authMode") not in (None, "chatgpt", "apikey"):
        raise Failed(f"nobody knows the mode {account['authMode']}")


class Turn:
    """One turn on a thread of its own."""

    def __init__(self, server: Server) -> None:
        self._server = server
        params: Json = {"cwd": str(Path.cwd())}
        if broken("experimental-field"):
            params["dynamicTools"] = []
        if broken("turns-the-sandbox-off"):
            params |= {"sandbox": "danger-full-access", "approvalPolicy": "never"}
        self._thread = server.ask("thread/start", params)["thread"]["id"]
        #: The texts of the model by the ids of their items.
        self._texts: dict[str, str] = {}

    def take(self, prompt: str) -> list[str]:
        """Return what the model says.

        Raises:
            Failed: The turn does not come to its end, or to another one.
        """
        words: Any = prompt if broken("input-as-text") else [{"type": "text", "text": prompt}]
        params = {"threadId": self._thread, "input": words}
        self._server.ask("turn/start", params)
        if broken("prompts-twice"):
            self._server.ask("turn/start", params)
        while (ended := self._take(self._server.next_notification())) is None:
            pass
        if ended["status"] != "completed" and not broken("a-failed-turn-is-fine"):
            error = ended.get("error") or {}
            told = "" if broken("hides-why-the-turn-failed") else f": {error.get('message')}"
            raise Failed(f"the turn is {ended['status']}{told}")
        return list(self._texts.values())

    def _take(self, message: Json) -> Json | None:
        """Take a notification in; return the turn when it is over."""
        method, params = message["method"], message.get("params", {})
        if method == "account/rateLimits/updated" and broken("needs-a-window"):
            print(params["rateLimits"]["primary"]["usedPercent"], file=sys.stderr)
        if method == "account/updated":
            _require_known_plan(params)
        is_foreign = params.get("threadId") != self._thread
        if is_foreign and not (broken("shows-other-threads") and method == "item/completed"):
            ends = broken("takes-the-end-of-others") and method == "turn/completed"
            return params["turn"] if ends else None
        if method == "item/completed":
            self._complete(params["item"])
        elif method == "thread/status/changed" and params["status"]["type"] == "idle":
            if broken("idle-is-the-end"):
                return {"status": "completed"}
            self._server.allow(GRACE)
        elif method == "error" and broken("every-error-is-the-end"):
            raise Failed(params["error"]["message"])
        return params["turn"] if method == "turn/completed" else None

    def _complete(self, item: Json) -> None:
        if item["type"] == "agentMessage":
            number = f"{item['id']} {len(self._texts)}" if broken("shows-duplicates") else item["id"]
            self._texts[number] = item["text"]
