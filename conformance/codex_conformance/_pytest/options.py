"""The options of a conformance run; light, since every pytest run of every user reads this."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pytest

__all__ = ["OPTIONS", "RUN", "Option", "add_options", "is_asked_for"]

#: The name under which pytest knows the plugin of a conformance run.
RUN = "codex-conformance-run"


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds, such as 0.5")
    return number


class Option(NamedTuple):
    """One option: for pytest with ``--codex-`` before its name, for ``codex-testkit check`` without."""

    name: str
    about: str
    metavar: str | None = None
    #: Whether it may be said several times.
    is_list: bool = False
    default: object = None
    convert: Callable[[str], Any] = str


OPTIONS = (
    Option("surface", "check only this surface; may be repeated", "NAME", is_list=True),
    Option(
        "select",
        "check only these requirements: an id, its beginning, or a pattern; may be repeated",
        "ID",
        is_list=True,
    ),
    Option("case", "check only this case of the chosen requirements", "NAME"),
    Option("level", "check only requirements of this level and the stricter ones", "LEVEL"),
    Option("fail-level", "the mildest level whose failures fail the run (default: MUST)", "LEVEL", default="MUST"),
    Option("declare", "say that the target has a capability; may be repeated", "NAME", is_list=True),
    Option("disable", "leave out what needs a capability; may be repeated", "NAME", is_list=True),
    Option("live", "permit calls to the vendor's own hosts; only reading ones are made", None),
    Option("baseline", "a file with known failures, each with its reason", "FILE"),
    Option("write-baseline", "write the failures of this run into the baseline file", None),
    Option(
        "report", "write a report, its form by the suffix: .json, .html, .md, .xml, .badge.json", "FILE", is_list=True
    ),
    Option("evidence", "keep what was said for cases that passed, too", None),
    Option("fuzz", "seconds that each fuzz check may take (default: 0.3)", "SECONDS", default=0.3, convert=_seconds),
)


def add_options(group: pytest.OptionGroup) -> None:
    """Add the options to those of pytest."""
    group.addoption("--codex-target", metavar="TARGET", help="run the server suites against a target")
    group.addoption("--codex-client", metavar="CMD", help="run the client suites with a command as the client")
    for option in OPTIONS:
        name = f"--codex-{option.name}"
        if option.metavar is None:
            group.addoption(name, action="store_true", default=False, help=option.about)
        elif option.is_list:
            group.addoption(name, action="append", default=[], metavar=option.metavar, help=option.about)
        else:
            group.addoption(
                name, default=option.default, type=option.convert, metavar=option.metavar, help=option.about
            )


def is_asked_for(config: pytest.Config) -> bool:
    """Tell whether a pytest run is a conformance run."""
    return bool(config.getoption("--codex-target") or config.getoption("--codex-client"))
