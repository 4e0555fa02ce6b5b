"""Running codex as a case says, whoever answers it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

from shipping._cases import Case

__all__ = ["PATIENCE", "environment_of", "make_work", "run_codex"]

#: How many seconds codex may take, and each answer to its browser.
PATIENCE = 60.0

_AUTHORIZE = re.compile(r"https://auth\.openai\.com/oauth/authorize\?\S+")
_CLIENT = {"clientInfo": {"name": "testkit", "title": "testkit", "version": "1"}}
_COMMIT = ["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "--allow-empty", "-m", "x"]


def make_work(work: Path, case: Case) -> None:
    """Make the working folder of a case."""
    work.mkdir()
    if case.repository:
        for command in (["init", "-q", "-b", "main"], _COMMIT):
            subprocess.run(["git", *command], cwd=work, check=True)


def environment_of(folder: Path, proxied: dict[str, str]) -> dict[str, str]:
    """Return the variables of a codex that finds its proxy in some of them."""
    ours = {"PATH": os.environ["PATH"], "HOME": str(folder), "SHELL": "/bin/bash", "LANG": "C.UTF-8"}
    return {**ours, "BROWSER": "/bin/true", **proxied}


def run_codex(
    case: Case,
    binary: Path,
    work: Path,
    environment: dict[str, str],
    *,
    name_task: Callable[[str], str],
    open_page: Callable[[str], None],
) -> tuple[int, str]:
    """Do what a case does, and return the exit code and what was printed.

    Args:
        case: The case.
        binary: The program.
        work: The folder to work in.
        environment: All variables of the process.
        name_task: Returns an argument as the backend has it: it may name a cloud task by its outcome.
        open_page: Is the person at the browser, where a case has one: it gets the address that codex wants opened.
    """
    command = ["app-server"] if case.ask else map(name_task, case.arguments)
    with subprocess.Popen(
        [str(binary), *command],
        cwd=work,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        killer = threading.Timer(PATIENCE, process.kill)
        killer.start()
        try:
            output = _ask(process, case) if case.ask else _listen(process, case, open_page)
            return process.wait(), output
        finally:
            killer.cancel()
            process.kill()


def _listen(process: subprocess.Popen[str], case: Case, open_page: Callable[[str], None]) -> str:
    """Return what codex prints."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(case.stdin)
    process.stdin.close()
    output = ""
    for line in process.stdout:
        output += line
        if case.person == "browser" and (found := _AUTHORIZE.search(line)):
            open_page(found[0])
    return output


def _ask(process: subprocess.Popen[str], case: Case) -> str:
    """Send requests one after the other, each when the one before is answered."""
    assert process.stdin is not None
    assert process.stdout is not None
    output = ""
    for number, (method, *params) in enumerate([["initialize", _CLIENT], *case.ask]):
        message = {"id": number, "method": method} | ({"params": params[0]} if params else {})
        process.stdin.write(json.dumps(message) + "\n")
        process.stdin.flush()
        for line in process.stdout:
            output += line
            if line.startswith("{") and json.loads(line).get("id") == number:
                break
    process.stdin.close()
    return output
