"""What commands do: the scenario says it, and for a few harmless ones it is known. Nothing is executed."""

from __future__ import annotations

import errno
import posixpath
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codex_mockserver.app_server.files import Tree, failure
from codex_mockserver.model import CommandSetup

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["Behaviour", "Surroundings", "behaviour_of"]

_SHELLS = frozenset({"sh", "bash", "zsh", "dash"})
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\"}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a command runs."""

    cwd: str
    environment: Mapping[str, str]
    files: Tree


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a command does."""

    stdout: bytes = b""
    stderr: bytes = b""
    exit_code: int = 0
    #: How long it runs; None until it is stopped.
    seconds: float | None = 0
    #: Whether it says what it is told, until its input ends.
    repeats_input: bool = False

    def then(self, other: Behaviour) -> Behaviour:
        """Return this and what comes after it, as one."""
        seconds = None if self.seconds is None or other.seconds is None else self.seconds + other.seconds
        repeats = self.repeats_input or other.repeats_input
        return Behaviour(self.stdout + other.stdout, self.stderr + other.stderr, other.exit_code, seconds, repeats)


def behaviour_of(server: AppServer, command: list[str], cwd: str, environment: Mapping[str, str]) -> Behaviour:
    """Return what a command does.

    Raises:
        OSError: There is no such program.
    """
    line = " ".join(command)
    for scripted in server.setup.commands:
        if re.fullmatch(scripted.match, line, re.DOTALL):
            return _scripted(scripted)
    return _run(command, Surroundings(cwd, environment, server.files))


def _scripted(command: CommandSetup) -> Behaviour:
    return Behaviour(command.stdout.encode(), command.stderr.encode(), command.exit_code, command.seconds)


def _run(command: list[str], around: Surroundings) -> Behaviour:
    name = posixpath.basename(command[0])
    if name in _SHELLS and len(command) > 2 and command[1].startswith("-") and command[1].endswith("c"):  # noqa: PLR2004
        return _shell(command[2], around)
    if name not in _PROGRAMS:
        raise failure(errno.ENOENT, command[0])
    return _PROGRAMS[name](command[1:], around)


def _shell(script: str, around: Surroundings) -> Behaviour:
    """Run simple commands one after the other; an unknown one ends with 127."""
    whole = Behaviour()
    for part in re.split(r"\s*(?:;|\n)\s*", script.strip()):
        done = Behaviour()
        for step in re.split(r"\s*&&\s*", part):
            done = done.then(_shell_step(step, around))
            if done.exit_code:
                break
        whole = whole.then(done)
        if re.match(r"exit\b", part):
            break
    return whole


def _shell_step(step: str, around: Surroundings) -> Behaviour:
    to_stderr = step.endswith(">&2")
    try:
        words = [_expanded(word, around) for word in shlex.split(step.removesuffix(">&2"))]
    except ValueError as error:
        return Behaviour(stderr=f"sh: {error}\n".encode(), exit_code=2)
    if not words:
        return Behaviour()
    if words[0] == "exit":
        return Behaviour(exit_code=int(words[1]) % 256 if words[1:] and words[1].isdigit() else 0)
    try:
        done = _run(words, around)
    except OSError:
        return Behaviour(stderr=f"sh: 1: {words[0]}: not found\n".encode(), exit_code=127)
    return Behaviour(b"", done.stdout + done.stderr, done.exit_code, done.seconds) if to_stderr else done


def _expanded(word: str, around: Surroundings) -> str:
    return re.sub(r"\$\{?(\w+)\}?", lambda found: around.environment.get(found[1], ""), word)


def _echo(words: list[str], _around: Surroundings) -> Behaviour:
    with_end = words[:1] != ["-n"]
    text = " ".join(words if with_end else words[1:])
    return Behaviour(f"{text}\n".encode() if with_end else text.encode())


def _printf(words: list[str], _around: Surroundings) -> Behaviour:
    if not words:
        return Behaviour(stderr=b"printf: missing operand\n", exit_code=1)
    left = iter(words[1:])
    text = re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[0]), words[0])
    return Behaviour(re.sub(r"%[sd]", lambda _: next(left, ""), text).replace("%%", "%").encode())


def _cat(words: list[str], around: Surroundings) -> Behaviour:
    if not words or words == ["-"]:
        return Behaviour(repeats_input=True)
    whole = Behaviour()
    for word in words:
        try:
            part = Behaviour(around.files.read(posixpath.join(around.cwd, word)), exit_code=whole.exit_code)
        except OSError as error:
            part = Behaviour(stderr=f"cat: {word}: {error.strerror}\n".encode(), exit_code=1)
        whole = whole.then(part)
    return whole


def _sleep(words: list[str], _around: Surroundings) -> Behaviour:
    try:
        return Behaviour(seconds=sum(max(float(word), 0) for word in words))
    except ValueError:
        return Behaviour(stderr=f"sleep: invalid time interval '{words[0]}'\n".encode(), exit_code=1)


def _pwd(_words: list[str], around: Surroundings) -> Behaviour:
    return Behaviour(f"{around.cwd}\n".encode())


def _env(_words: list[str], around: Surroundings) -> Behaviour:
    return Behaviour("".join(f"{name}={value}\n" for name, value in around.environment.items()).encode())


def _true(_words: list[str], _around: Surroundings) -> Behaviour:
    return Behaviour()


def _false(_words: list[str], _around: Surroundings) -> Behaviour:
    return Behaviour(exit_code=1)


_PROGRAMS: dict[str, Callable[[list[str], Surroundings], Behaviour]] = {
    "echo": _echo,
    "printf": _printf,
    "cat": _cat,
    "sleep": _sleep,
    "pwd": _pwd,
    "env": _env,
    "true": _true,
    "false": _false,
}
