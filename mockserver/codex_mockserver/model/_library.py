"""The named scenarios that come with this package, in groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from codex_schemas import Problem

__all__ = ["Group", "groups", "is_name", "scenario_text", "scenarios"]

_FOLDER = files("codex_mockserver") / "scenarios"
_SUFFIX = ".yaml"

#: What the scenarios of a group are about, by the first word of their names, in the order of every listing.
_TITLES = {
    "usage": "Limits of the plan",
    "rate": "Limits of the rate",
    "server": "Refusals of the model",
    "stream": "Streams that break",
    "websocket": "The WebSocket transport",
    "request": "Requests that a server cannot take",
    "token": "Access tokens that are refused",
    "refresh": "Refreshes",
    "device": "Device logins",
    "account": "Accounts and workspaces",
    "openness": "What nobody knows yet",
    "models": "The model catalogue",
    "outage": "Outages beside the model",
    "app": "The app-server",
}


class Group(NamedTuple):
    """Scenarios that are about the same."""

    title: str
    #: Their names, sorted.
    names: Sequence[str]


@cache
def groups() -> Sequence[Group]:
    """Return the named scenarios in groups."""
    names = sorted(each.name.removesuffix(_SUFFIX) for each in _FOLDER.iterdir() if each.name.endswith(_SUFFIX))
    by_word: Mapping[str, list[str]] = {word: [] for word in _TITLES}
    for name in names:
        by_word[name.partition("-")[0]].append(name)
    return [Group(_TITLES[word], found) for word, found in by_word.items()]


def scenarios() -> list[str]:
    """Return the names of all named scenarios, in the order of their groups."""
    return [name for group in groups() for name in group.names]


def is_name(source: str) -> bool:
    """Tell whether a text is meant as a name: a path has a dot or a slash, and scenario text a line break."""
    return not set(source) & set("./\\\n")


def scenario_text(name: str) -> str:
    """Return the text of a named scenario.

    Raises:
        Problem: There is no scenario of that name.
    """
    if name not in scenarios():
        close = get_close_matches(name, scenarios(), n=1, cutoff=0.4)
        raise Problem(
            "reading a named scenario",
            expected="a name that `codex-testkit scenario list` shows, or the path of a file, with a dot or a slash",
            found=repr(name[:60]),
            advice=f"Write {close[0]}." if close else "Choose one of them.",
        )
    return (_FOLDER / f"{name}{_SUFFIX}").read_text(encoding="utf-8")
