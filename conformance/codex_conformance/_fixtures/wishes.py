"""What a test wants of the fixtures: its markers, and below them the options of the run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pytest

from codex_schemas import Problem

__all__ = ["Wishes", "check_markers", "placed", "told", "wishes_of"]


class Wishes(NamedTuple):
    """What a test wants; what it leaves out has the value that is given here."""

    #: Whatever ``load_scenario`` takes.
    scenario: Any = None
    #: Who is logged in; None for nobody.
    account: str | None = "plus"
    seed: int | str | None = None
    #: The time at which the world's clock stands; None for a clock that runs.
    clock: str | float | None = None
    release: str | None = None
    recording: str | Path | None = None
    matching: Literal["order", "content"] = "order"


class _Wish(NamedTuple):
    types: tuple[type, ...]
    #: What is right, in words.
    expected: str
    #: All that is right; empty where that is told when it is used.
    values: tuple[object, ...] = ()

    def allows(self, value: object) -> bool:
        """Tell whether a value can be right."""
        return isinstance(value, self.types) and (not self.values or value in self.values)


#: What each wish may be. What a scenario may be is told when it is loaded.
_WISHES: Mapping[str, _Wish] = {
    "scenario": _Wish((object,), "a scenario"),
    "account": _Wish((str, type(None)), "the name of an account, or None for nobody"),
    "seed": _Wish((int, str), "a number or a text"),
    "clock": _Wish((str, int, float), "a time such as '2026-01-02T03:04:05Z', or Unix seconds"),
    "release": _Wish((str,), "a release such as '0.169.0'"),
    "recording": _Wish((str, Path), "the name of a recording such as '0.169.0/turn-sse', or the path of a file"),
    "matching": _Wish((str,), "'order' or 'content'", ("order", "content")),
}
#: What only the markers of a test with the id of a requirement say.
_OF_CASES = ("needs",)


def wishes_of(node: pytest.Item) -> Wishes:
    """Return what a test wants; the marker that stands closest to it counts."""
    config = node.config
    wanted = {name: value for name in ("scenario", "seed", "release") if (value := _setting(config, name))}
    for marker in reversed(list(node.iter_markers("codex"))):
        wanted.update({name: value for name, value in marker.kwargs.items() if name in _WISHES})
    for name in ("scenario", "recording"):
        wanted[name] = placed(wanted.get(name), node.path.parent)
    return Wishes(**wanted)


def check_markers(node: pytest.Item) -> None:
    """Fail a test whose markers say what no fixture knows."""
    with told(node):
        markers = list(node.iter_markers("codex"))
        is_case = any(marker.args for marker in markers)
        for marker in markers:
            _check(marker, is_case=is_case)


def placed(source: Any, folder: Path) -> Any:
    """Return the path of a file that a text of one line names, other sources as they are."""
    is_file = isinstance(source, str) and Path(source).suffix in (".yaml", ".yml", ".json", ".jsonl")
    return folder / source if is_file and "\n" not in source else source


@contextmanager
def told(node: pytest.Item) -> Iterator[None]:
    """Fail the test with the four parts of a problem, and without the code that found it."""
    try:
        yield
    except Problem as problem:
        raise pytest.fail.Exception(f"{node.nodeid}: {problem}", pytrace=False) from None


def _setting(config: pytest.Config, name: str) -> Any:
    """Return what the command line says, or else the ini file; a file that it names lies below the root."""
    text = config.getoption(f"codex_{name}") or config.getini(f"codex_{name}")
    return placed(text, config.rootpath) if name == "scenario" else text


def _check(marker: pytest.Mark, *, is_case: bool) -> None:
    known = [*_WISHES, *(_OF_CASES if is_case else ())]
    if len(marker.args) > 1 or not all(isinstance(each, str) for each in marker.args):
        raise _wrong("at most one value without a name, the id of a requirement", repr(marker.args), "Name the others.")
    for name, value in marker.kwargs.items():
        if name not in known:
            close = get_close_matches(name, known, n=1)
            advice = f"Write {close[0]}." if close else "Leave it out."
            raise _wrong(f"arguments among {', '.join(known)}", repr(name), advice)
        if name in _WISHES and not _WISHES[name].allows(value):
            raise _wrong(f"{name} to be {_WISHES[name].expected}", repr(value), "Correct the argument.")


def _wrong(expected: str, found: str, advice: str) -> Problem:
    return Problem("reading the marker codex", expected=expected, found=found, advice=advice)
