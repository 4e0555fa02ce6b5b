"""What tests and tools ask of a running mock, over HTTP under one reserved prefix."""

from codex_mockserver.http.control._control import PREFIX, Control
from codex_mockserver.http.control._journal_file import JournalFile
from codex_mockserver.http.control._side_worlds import MountedWorld, SideWorlds

__all__ = ["PREFIX", "Control", "JournalFile", "MountedWorld", "SideWorlds"]
