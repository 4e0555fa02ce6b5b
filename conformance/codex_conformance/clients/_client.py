"""A client under test: how it is made to do each of the tasks that it knows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal, get_args

from codex_conformance.clients._surroundings import Surroundings
from codex_schemas import Problem

__all__ = ["TASKS", "Action", "Client", "Task", "fill"]

#: What a client may be asked to do: to send a prompt to a model and print the answer; the same with the patience of a
#: second, where it waits for minutes by itself; to log in with a browser; to log in with a device code; to read its
#: limits; to list its cloud tasks; to drive an app-server through one turn, and through one login.
Task = Literal[
    "turn", "impatient-turn", "login", "device-login", "usage", "cloud-tasks", "app-server", "app-server-login"
]

TASKS: tuple[Task, ...] = get_args(Task)

#: The words of a command, with placeholders, or a function that does it itself.
Action = Sequence[str] | Callable[[Surroundings], object]

#: How like a placeholder a name must be to be taken for a misspelt one.
_SIMILAR = 0.8
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, kw_only=True)
class Client:
    """A client: its name, and what it does for each task."""

    name: str
    tasks: Mapping[Task, Action]
    #: The release of codex that it is, or whose contract it speaks.
    release: str | None = None
    #: Further variables of its environment, with placeholders as in commands.
    environment: Mapping[str, str] = field(default_factory=dict)
    #: Whether it works in a folder of its own, and not where the run was started: it may change files.
    has_own_folder: bool = False
    #: Seconds that a task may take before it is taken for hanging.
    deadline: float = 60.0
    #: Capabilities that it is said to have, beside those that are found, and those that nobody shall ask for.
    declared: frozenset[str] = frozenset()
    disabled: frozenset[str] = frozenset()


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return a word of a command with the values in the place of its placeholders; it stays one word.

    Other braces stay, for a word may be a program in a language that has them.

    Raises:
        Problem: It has what looks like a placeholder that is misspelt.
    """
    return _PLACEHOLDER.sub(lambda found: _value(found, values), text)


def _value(found: re.Match[str], values: Mapping[str, str]) -> str:
    name = found[1]
    if name in values:
        return values[name]
    if close := get_close_matches(name, values, n=1, cutoff=_SIMILAR):
        raise Problem(
            "filling the command of a client",
            expected=f"one of {', '.join(sorted(values))} in braces",
            found=f"{{{name}}}",
            advice=f"Write {{{close[0]}}}.",
        )
    return found[0]
