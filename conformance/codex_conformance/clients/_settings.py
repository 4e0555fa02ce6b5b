"""What a user names as a client: a preset, a name in the file of the project, a Python object, or a command."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec

from codex_conformance import releases
from codex_conformance.clients._client import TASKS, Client, Task
from codex_conformance.clients.capabilities import CLIENT_CAPABILITIES, known
from codex_conformance.targets.targets_file import TARGETS_FILE, read_section
from codex_schemas import Problem

__all__ = ["client_of", "read_client"]

_PRESET = "codex"
_PYTHON = "python:"

#: A provider like the built-in one, whose patience no setting changes.
_IMPATIENT = (
    "--config",
    'model_provider="impatient"',
    "--config",
    (
        'model_providers.impatient={name="impatient", wire_api="responses", requires_openai_auth=true, '
        'base_url="https://chatgpt.com/backend-api/codex", supports_websockets=true, stream_idle_timeout_ms=1000, '
        "request_max_retries=2, stream_max_retries=2}"
    ),
)


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    """A client in the file of the project, or as JSON: all may be left out."""

    tasks: dict[Task, list[str]] = {}
    #: The client that it is like, but for what else is said here.
    like: str = ""
    name: str = ""
    release: str | None = None
    environment: dict[str, str] = {}
    deadline: float | None = None
    declare: list[str] = []
    disable: list[str] = []


def read_client(
    text: str,
    *,
    release: str | None = None,
    declare: Iterable[str] = (),
    disable: Iterable[str] = (),
    file: Path = TARGETS_FILE,
) -> Client:
    """Return the client that a user names.

    Args:
        text: ``codex`` or ``codex:VERSION``, ``python:MODULE:ATTRIBUTE``, a name in the file of the project, a JSON
            object with the same keys as there, or else the command of the task ``turn``, with placeholders such as
            ``{prompt}``.
        release: The release of codex whose contract it speaks.
        declare: Capabilities that it has.
        disable: Capabilities that nobody shall ask for.
        file: Where the clients of the project stand, under ``[clients.NAME]``.

    Raises:
        Problem: It is none.
    """
    client = _named(text, read_section(file, "clients", _Entry))
    return replace(
        client,
        release=release or client.release,
        declared=client.declared | known(declare),
        disabled=client.disabled | known(disable),
    )


def client_of(found: Any, name: str) -> Client:
    """Return the client that a Python object is: an action takes turns, and a mapping has one for each task.

    Raises:
        Problem: It is none.
    """
    if isinstance(found, Client):
        return found
    tasks: Mapping[Any, Any] = found if isinstance(found, Mapping) else {"turn": found}
    if not tasks.keys() <= set(TASKS) or not all(map(_is_action, tasks.values())):
        expected = f"a function, the words of a command, or a mapping with such for tasks of {', '.join(TASKS)}"
        raise _unfit(name, expected, repr(found)[:200])
    return Client(name=name, tasks=tasks)


def _codex(version: str | None = None) -> Client:
    """Return the published codex: one release, or the one on the ``PATH``."""
    on_path = None if version else shutil.which(_PRESET)
    release = version or releases.DEFAULT_RELEASE
    program = on_path or str(releases.ensure(release, releases.releases_folder()))
    turn = (program, "exec", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox")
    return Client(
        name=f"{_PRESET}:{version}" if version else _PRESET,
        release=release,
        declared=frozenset(CLIENT_CAPABILITIES) - set(TASKS),
        has_own_folder=True,
        # What is in the home of the user, such as settings of git, is none of the examiner's business.
        environment={"HOME": "{folder}"},
        tasks={
            "turn": (*turn, "{prompt}"),
            "impatient-turn": (*turn, *_IMPATIENT, "{prompt}"),
            "login": (program, "login"),
            "device-login": (program, "login", "--device-auth"),
            "usage": (sys.executable, "-P", "-m", "codex_conformance.clients.read_limits", program),
            "cloud-tasks": (program, "cloud", "list"),
        },
    )


def _named(text: str, entries: dict[str, _Entry]) -> Client:
    if text in entries:
        return _of_entry(text, entries.pop(text), entries)
    if text.startswith("{"):
        return _of_entry("a client", _read_json(text), entries)
    preset, _, version = text.partition(":")
    if preset == _PRESET and " " not in text:
        return _codex(version or None)
    if text.startswith(_PYTHON):
        return _of_python(text)
    return Client(name=text, tasks={"turn": _words(text)})


def _words(command: str) -> list[str]:
    """Return the words of a command, as a shell takes them."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise _unfit(repr(command), "a command as a shell takes it", str(error)) from None
    if not words:
        raise _unfit(repr(command), "a preset, a name, a Python object or a command", "nothing")
    return words


def _of_entry(name: str, entry: _Entry, others: dict[str, _Entry]) -> Client:
    """Return the client of an entry, which may be like one of the others."""
    base = _named(entry.like, others) if entry.like else Client(name="", tasks={})
    return replace(
        base,
        name=entry.name or name,
        tasks={**base.tasks, **entry.tasks},
        release=entry.release or base.release,
        environment={**base.environment, **entry.environment},
        deadline=entry.deadline or base.deadline,
        declared=base.declared | known(entry.declare),
        disabled=base.disabled | known(entry.disable),
    )


def _read_json(text: str) -> _Entry:
    try:
        return msgspec.json.decode(text, type=_Entry)
    except msgspec.DecodeError as error:
        raise _unfit(text[:80], "the keys of a client in JSON", str(error)) from None


def _of_python(text: str) -> Client:
    """Return the client that an attribute of a module is."""
    module, _, attribute = text.removeprefix(_PYTHON).partition(":")
    try:
        found: Any = getattr(import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise _unfit(text, "a module and its attribute", str(error)) from None
    return client_of(found, text)


def _is_action(found: Any) -> bool:
    is_command = isinstance(found, Sequence) and not isinstance(found, str) and bool(found)
    return callable(found) or (is_command and all(isinstance(word, str) for word in found))


def _unfit(text: str, expected: str, found: str) -> Problem:
    return Problem(f"reading the client {text}", expected=expected, found=found, advice="Correct it.")
