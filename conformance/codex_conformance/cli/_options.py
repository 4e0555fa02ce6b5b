"""What the commands share of argparse."""

from __future__ import annotations

import argparse
from typing import Any

__all__ = ["Subparsers", "add_command"]

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
