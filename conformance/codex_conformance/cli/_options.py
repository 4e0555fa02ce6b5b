"""Options that several commands share."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from codex_mockserver.model import Scenario, load_scenario

__all__ = ["Subparsers", "add_command", "add_scenario_options", "read_scenario"]

Subparsers = Any  # argparse keeps the name of this type private.


def add_command(subparsers: Subparsers, name: str, summary: str, examples: str) -> argparse.ArgumentParser:
    """Add the parser of a command, with examples under its options."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        name,
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        epilog=f"examples:\n{examples}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return parser


def add_scenario_options(parser: argparse.ArgumentParser) -> None:
    """Add what decides about the behaviour of the mock."""
    parser.add_argument("--scenario", type=Path, metavar="FILE", help="what the model says and which faults strike")
    parser.add_argument("--auto-approve", action="store_true", help="approve every login without a person")


def read_scenario(options: argparse.Namespace) -> Scenario:
    """Return the scenario that the options name.

    Raises:
        Problem: The file is not a scenario.
    """
    scenario = load_scenario(options.scenario) if options.scenario else Scenario()
    scenario.settings.auto_approve |= options.auto_approve
    return scenario
