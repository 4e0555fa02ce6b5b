"""Rate-limit windows: how full one is, when it ends, and how it fills and restarts."""

from __future__ import annotations

from dataclasses import dataclass

from codex_mockserver.world._state import FinishedWindow, Window, Workspace

__all__ = ["FULL", "WindowSnapshot", "fill", "minutes", "present", "read_window", "restart"]

#: The percentage of a full window.
FULL = 100


@dataclass(frozen=True, slots=True)
class WindowSnapshot:
    """How full a window is and when it ends."""

    used_tokens: int
    #: Whole percent from 0 to 100, rounded down: only a full window has 100.
    used_percent: int
    window_seconds: int
    #: Unix seconds; a window that has not begun ends one length from now.
    reset_at: int
    reset_after_seconds: int

    @property
    def full(self) -> bool:
        """Whether nothing is left."""
        return self.used_percent == FULL

    @property
    def window_minutes(self) -> int:
        """The length in minutes."""
        return minutes(self.window_seconds)


def minutes(seconds: int) -> int:
    """Return whole minutes, rounded up as clients do."""
    return -(-seconds // 60)


def read_window(window: Window, now: float) -> WindowSnapshot:
    """Return how full a window is at an instant; one that is over counts as empty."""
    second = int(now)
    used, ends_at = window.used_tokens, _end(window)
    if ends_at is None or ends_at <= second:
        used, ends_at = 0, second + window.window_seconds
    percent = FULL if used >= window.budget_tokens else used * FULL // window.budget_tokens
    return WindowSnapshot(used, percent, window.window_seconds, ends_at, ends_at - second)


def fill(workspace: Workspace, window: Window, tokens: int, now: float) -> None:
    """Count tokens in a window; one that is over restarts first, and an empty one begins."""
    second, ends_at = int(now), _end(window)
    if ends_at is not None and ends_at <= second:
        restart(workspace, window, ends_at)
    if window.started_at is None:
        window.started_at = second
    window.used_tokens += tokens


def restart(workspace: Workspace, window: Window, ended_at: int) -> None:
    """Empty a window and keep what was used in the workspace's history."""
    if window.started_at is not None:
        workspace.finished_windows.append(
            FinishedWindow(
                window_seconds=window.window_seconds,
                budget_tokens=window.budget_tokens,
                used_tokens=window.used_tokens,
                started_at=window.started_at,
                ended_at=ended_at,
            ),
        )
    window.used_tokens, window.started_at = 0, None


def present(*windows: Window | None) -> list[Window]:
    """Return those windows that a plan has."""
    return [window for window in windows if window is not None]


def _end(window: Window) -> int | None:
    return None if window.started_at is None else window.started_at + window.window_seconds
