"""Fuzzing a server within a budget: messages of every kind, and walks of state machines.

This package imports hypothesis, so it is imported only where something is fuzzed.
"""

from codex_conformance.fuzzing._budget import Budget
from codex_conformance.fuzzing._http import HttpTrial
from codex_conformance.fuzzing._messages import AppServerTrial
from codex_conformance.fuzzing._search import Machine, Search, explore, search
from codex_conformance.fuzzing._sockets import SocketTrial

__all__ = ["AppServerTrial", "Budget", "HttpTrial", "Machine", "Search", "SocketTrial", "explore", "search"]
