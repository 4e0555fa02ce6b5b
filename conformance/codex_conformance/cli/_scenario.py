"""The options of the commands that run a mock."""

from __future__ import annotations

import argparse

from codex_mockserver.model import Scenario, load_scenario

__all__ = ["add_scenario_options", "read_scenario"]


def add_scenario_options(parser: argparse.ArgumentParser) -> None:
    """Add what decides about the behaviour of the mock."""
    parser.add_argument("--scenario", metavar="NAME", help="a named scenario, or the path of a scenario file")
    parser.add_argument("--auto-approve", action="store_true", help="approve every login without a person")


def read_scenario(options: argparse.Namespace) -> Scenario:
    """Return the scenario that the options name.

    Raises:
        Problem: There is no such scenario, or the file is not one.
    """
    scenario = load_scenario(options.scenario) if options.scenario else Scenario()
    scenario.settings.auto_approve |= options.auto_approve
    return scenario
