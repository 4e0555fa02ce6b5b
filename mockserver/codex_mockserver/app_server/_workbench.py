"""What a thread remembers of its work for as long as it is in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codex_mockserver.app_server._call import Call
    from codex_mockserver.app_server.turns import Terminal

__all__ = ["Workbench"]


@dataclass
class Workbench:
    """What the user allowed, and what still runs."""

    #: Commands that run without asking again.
    commands: set[str] = field(default_factory=set)
    #: The beginnings of commands that run without asking.
    prefixes: list[list[str]] = field(default_factory=list)
    #: Files that are changed without asking again.
    paths: set[str] = field(default_factory=set)
    #: Tools of MCP servers that run without asking again: server and tool.
    mcp_tools: set[tuple[str, str]] = field(default_factory=set)
    #: Commands that go on after their turn, by the number of their process.
    terminals: dict[str, Terminal] = field(default_factory=dict)
    #: Whether the service has told the plan of the account.
    knows_plan: bool = False
    #: Interruptions that wait for the end of the next turn, as they did before they were refused.
    late_interrupts: list[Call] = field(default_factory=list)
