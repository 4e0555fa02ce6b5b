"""Commands of a shell as they are shown: quoted, cut into words, and what they do in short."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Callable, Sequence
from typing import Any

__all__ = ["SHELL", "actions_of", "amendment_of", "is_allowed", "is_harmless", "shown_command", "words_of"]

Json = dict[str, Any]

#: What runs a command.
SHELL = ["/bin/bash", "-lc"]

_SAFE = re.compile(r"[A-Za-z0-9+\-./:=@_%]+")
#: What a double-quoted text must not hold unquoted.
_UNSAFE_IN_DOUBLE = re.compile(r'["$`\\!]')
#: What makes more of a command than words and operators.
_SCRIPT = re.compile(r"[<>(){}$`*?\[\]\n]|^\s*(for|while|if|until|case)\b")
_OPERATORS = frozenset({"&&", "||", "|", ";"})

#: Commands that only look, which older releases run without asking.
_HARMLESS = frozenset(
    {"cat", "cd", "echo", "false", "grep", "head", "ls", "nl", "pwd", "rg", "tail", "true", "wc", "which"}
)


def shown_command(command: str) -> str:
    """Return a command as the wire shows it, with the shell that runs it."""
    return " ".join([*SHELL, quoted(command)])


def quoted(word: str) -> str:
    """Return a word as a shell reads it."""
    if _SAFE.fullmatch(word):
        return word
    if "'" not in word:
        return f"'{word}'"
    return shlex.quote(word) if _UNSAFE_IN_DOUBLE.search(word) else f'"{word}"'


def amendment_of(command: str, allowed: Sequence[list[str]] = ()) -> list[str]:
    """Return the rule that would allow a command: its first simple command that no rule allows, or the whole script."""
    parts = words_of(command)
    open_parts = [words for words in parts if not is_allowed(words, allowed)]
    return (open_parts or parts or [[*SHELL, command]])[0]


def is_allowed(words: list[str], rules: Sequence[list[str]]) -> bool:
    """Tell whether a simple command begins as one of these rules does."""
    return any(rule and words[: len(rule)] == rule for rule in rules)


def is_harmless(command: str) -> bool:
    """Tell whether a command only looks at things."""
    parts = _simple_commands(command)
    return bool(parts) and all(words[0] in _HARMLESS for _, words in parts)


def words_of(command: str) -> list[list[str]]:
    """Return the words of each simple command; empty for a script."""
    return [words for _, words in _simple_commands(command)]


def actions_of(command: str, cwd: str) -> list[Json]:
    """Return what a command does in short (``CommandAction``): reads, searches, lists, or something else."""
    parts = _simple_commands(command)
    told: list[Json] = []
    is_pipe = False
    for operator, words in parts:
        if words[0] in ("cd", "true"):
            continue
        is_pipe = operator == "|"
        if is_pipe and told and _only_formats(words):
            if words[0] == "sed" and told[-1]["type"] == "read":
                told[-1]["command"] += f" | {_joined(words)}"
            continue
        told.append(_action(words, cwd))
    if not told or any(action["type"] == "unknown" for action in told):
        return [{"type": "unknown", "command": command}]
    return told


def _simple_commands(command: str) -> list[tuple[str, list[str]]]:
    """Return each simple command's words with the operator before it; empty for what is more than that."""
    if _SCRIPT.search(_without_quoted(command)):
        return []
    try:
        lexer = shlex.shlex(command, posix=True, punctuation_chars="|&;")
        lexer.whitespace_split = True
        tokens = list(lexer)
    except ValueError:
        return []
    parts: list[tuple[str, list[str]]] = [("", [])]
    for token in tokens:
        if token in _OPERATORS:
            parts.append((token, []))
        elif set(token) <= set("|&;"):
            return []
        else:
            parts[-1][1].append(token)
    return parts if all(words for _, words in parts) else []


def _without_quoted(command: str) -> str:
    return re.sub(r"'[^']*'", "''", command)


def _only_formats(words: list[str]) -> bool:
    return words[0] in {"wc", "head", "tail", "sed", "sort", "uniq", "tr", "cut", "nl", "awk"}


def _joined(words: list[str]) -> str:
    return " ".join(map(quoted, words))


def _action(words: list[str], cwd: str) -> Json:
    told = _ACTIONS[words[0]](words[1:], cwd) if words[0] in _ACTIONS else None
    return {"type": "unknown", "command": _joined(words)} if told is None else {**told, "command": _joined(words)}


def _plain(arguments: list[str], *with_value: str) -> list[str]:
    """Return the arguments that are no options, nor the values of these options."""
    found, skip = [], False
    for argument in arguments:
        if skip:
            skip = False
        elif argument in with_value:
            skip = True
        elif not argument.startswith("-"):
            found.append(argument)
    return found


def _lists(arguments: list[str], _cwd: str) -> Json:
    return {"type": "listFiles", "path": next(iter(_plain(arguments)), None)}


def _reads(*with_value: str) -> Callable[[list[str], str], Json | None]:
    """Return what tells of a command that shows the file it names last."""

    def tell(arguments: list[str], cwd: str) -> Json | None:
        names = _plain(arguments, *with_value)
        if not names:
            return None
        return {"type": "read", "name": posixpath.basename(names[-1]), "path": posixpath.join(cwd, names[-1])}

    return tell


def _shows_lines(arguments: list[str], cwd: str) -> Json | None:
    return _reads()(arguments[2:], cwd) if arguments[:1] == ["-n"] else None


def _searches(arguments: list[str], cwd: str) -> Json:
    if "--files" in arguments:
        return _lists(arguments, cwd)
    query, path = [*_plain(arguments), None, None][:2]
    return {"type": "search", "query": query, "path": path}


def _finds(arguments: list[str], _cwd: str) -> Json:
    name = arguments[arguments.index("-name") + 1] if "-name" in arguments[:-1] else None
    path = next(iter(_plain(arguments)), None)
    return {"type": "listFiles", "path": path} if name is None else {"type": "search", "query": name, "path": path}


def _asks_git(arguments: list[str], cwd: str) -> Json | None:
    return _searches(arguments[1:], cwd) if arguments[:1] == ["grep"] else None


#: How the arguments of a command tell what it does; None where they do not.
_ACTIONS: dict[str, Callable[[list[str], str], Json | None]] = {
    "ls": _lists,
    "tree": _lists,
    "cat": _reads(),
    "less": _reads(),
    "nl": _reads(),
    "head": _reads("-n", "-c"),
    "tail": _reads("-n", "-c"),
    "sed": _shows_lines,
    "rg": _searches,
    "grep": _searches,
    "find": _finds,
    "git": _asks_git,
}
