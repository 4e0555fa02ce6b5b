"""The options that name a release of the app-server protocol."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codex_schemas.app_server import AppServerContract

__all__ = ["EXIT_CODES", "add_release_options", "channel", "read_contract"]

#: What the exit codes of a command mean that only shows something.
EXIT_CODES = """
exit codes:
  0  done
  2  a problem, said in four lines, or a wrong argument
"""


def add_release_options(parser: argparse.ArgumentParser) -> None:
    """Add what chooses a release and its channel."""
    parser.add_argument(
        "--version", default="latest", metavar="V", help="0.169.0, 0.142 for its newest patch, or latest (default)"
    )
    parser.add_argument("--experimental", action="store_true", help="with what needs the capability experimentalApi")


def read_contract(options: argparse.Namespace) -> AppServerContract:
    """Return the contract that the options choose.

    Raises:
        Problem: There is no such release, or it cannot emit its protocol.
    """
    from codex_schemas.app_server import load, nearest  # noqa: PLC0415 (only some commands need the store)

    # A whole number names one release; what is shorter, the nearest.
    is_whole = options.version.count(".") > 1
    return load(options.version if is_whole else nearest(options.version), experimental=options.experimental)


def channel(contract: AppServerContract) -> str:
    """Return a contract in words: ``codex 0.169.0, stable``."""
    return f"codex {contract.version}, {'experimental' if contract.experimental else 'stable'}"
