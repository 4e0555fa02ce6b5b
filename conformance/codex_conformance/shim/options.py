"""The options of ``codex exec``, and of every command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

__all__ = ["CommandParser", "add_exec_options", "sandbox_error", "split"]

_ALIASES = {"e": "exec"}
_SANDBOXES = ("read-only", "workspace-write", "danger-full-access")

#: What the real ``exec`` takes and a mock has no use for: options with a value, and flags.
_UNUSED_VALUES = ("--enable", "--disable", "--local-provider", "--profile", "--thread-source", "--cyber-access-program")
_UNUSED_FLAGS = (
    "--strict-config",
    "--oss",
    "--approve-for-me",
    "--dangerously-bypass-hook-trust",
    "--worktree",
    "--trust",
    "--ignore-user-config",
    "--ignore-rules",
    "--full-auto",
)


class CommandParser(argparse.ArgumentParser):
    """A parser that refuses arguments as the real command line does."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and end with code 2."""
        print(f"error: {message}\n\nFor more information, try '--help'.", file=sys.stderr)
        raise SystemExit(2)


def split(version: str, arguments: Sequence[str]) -> tuple[str, list[str]]:
    """Return the command that arguments name, and its own arguments with those that stood before it."""
    parser = CommandParser(prog="codex", description="A mock of the Codex CLI, made by codex-testkit.")
    parser.add_argument("-V", "--version", action="version", version=f"codex-cli {version}")
    parser.add_argument("-c", "--config", action="append", default=[], metavar="KEY=VALUE", help="override a setting")
    parser.add_argument("command", choices=("exec", "e", "app-server"), metavar="COMMAND", help="exec or app-server")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    settings = [word for setting in options.config for word in ("--config", setting)]
    return _ALIASES.get(options.command, options.command), [*settings, *options.arguments]


def add_exec_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``exec``; its words are a prompt, or ``resume`` and its arguments."""
    parser.add_argument("words", nargs="*", metavar="PROMPT", help="the prompt, or `resume [ID] [PROMPT]`")
    parser.add_argument("-c", "--config", action="append", default=[], metavar="KEY=VALUE", help="override a setting")
    parser.add_argument("-m", "--model")
    parser.add_argument("-i", "--image", nargs="+", action="extend", default=[], metavar="FILE")
    parser.add_argument("-s", "--sandbox", metavar="SANDBOX_MODE", help=", ".join(_SANDBOXES))
    parser.add_argument("--dangerously-bypass-approvals-and-sandbox", "--yolo", action="store_true", dest="bypass")
    parser.add_argument("-C", "--cd", metavar="DIR")
    parser.add_argument("--add-dir", action="append", default=[], metavar="DIR")
    parser.add_argument("--skip-git-repo-check", action="store_true")
    parser.add_argument("--ephemeral", action="store_true")
    parser.add_argument("--output-schema", type=Path, metavar="FILE")
    parser.add_argument("--color", choices=("always", "never", "auto"), default="auto")
    parser.add_argument("--json", "--experimental-json", action="store_true")
    parser.add_argument("-o", "--output-last-message", type=Path, metavar="FILE")
    parser.add_argument("--last", action="store_true", help="with resume: the newest session")
    parser.add_argument("--all", action="store_true", help="with resume: sessions of every folder")
    for name in _UNUSED_VALUES:
        parser.add_argument(name, action="append", help=argparse.SUPPRESS)
    for name in _UNUSED_FLAGS:
        parser.add_argument(name, action="store_true", help=argparse.SUPPRESS)


def sandbox_error(mode: str | None) -> str | None:
    """Return what is said about a sandbox mode that there is not."""
    if mode is None or mode in _SANDBOXES:
        return None
    return f"invalid value '{mode}' for '--sandbox <SANDBOX_MODE>'\n  [possible values: {', '.join(_SANDBOXES)}]"
