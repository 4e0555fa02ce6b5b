"""A scenario: what the model says next and which faults strike, as data."""

from __future__ import annotations

from typing import Any

import msgspec

__all__ = ["Fault", "FaultAnswer", "Lines", "Path", "Scenario", "Settings", "Step", "When"]

#: The way to a part of a scenario: keys and positions.
Path = tuple[str | int, ...]

#: The line of a file, from 1, at which each part begins, by its path.
Lines = dict[Path, int]


class Settings(msgspec.Struct, forbid_unknown_fields=True):
    """Choices of the backend that the real services leave open."""

    #: Approve every login without a person.
    auto_approve: bool = False
    #: The account that ``auto_approve`` picks.
    auto_approve_account: str = "plus"
    #: The status of a device code that nobody has approved yet: 403 or 404.
    device_pending_status: int = 403
    #: Seconds between polls, sent as a string of digits.
    device_interval: int = 1
    #: Whether the Codex backend refuses a request without ``instructions``.
    require_instructions: bool = False
    #: Whether the Codex backend refuses an ``input`` that is text instead of a list of items.
    require_input_list: bool = False


class When(msgspec.Struct, forbid_unknown_fields=True):
    """What a request must be like for a step to answer it; every given part must match."""

    #: Regular expression searched in the user's latest text.
    user: str | None = None
    #: Regular expression searched in the outputs of tools that the request brings.
    tool_output: str | None = None
    #: The exact model slug.
    model: str | None = None
    #: ``turn`` (the default), ``prewarm`` or ``compaction``.
    kind: str = "turn"


class Step(msgspec.Struct, forbid_unknown_fields=True):
    """One answer of the model."""

    #: The items that the model says, each with a single key that names its kind.
    say: list[dict[str, Any]] = []
    when: When = msgspec.field(default_factory=When)
    #: How many requests it answers; null means any number.
    times: int | None = 1
    #: How the response ends: ``completed``, or ``{failed: {...}}``, or ``{incomplete: reason}``.
    end: str | dict[str, Any] = "completed"
    #: Token counts that replace the estimate, such as ``{input_tokens: 100, output_tokens: 5}``.
    usage: dict[str, int] | None = None


class FaultAnswer(msgspec.Struct, forbid_unknown_fields=True):
    """A response that takes the place of the real one."""

    status: int
    body: Any = msgspec.UNSET
    headers: dict[str, str] = {}

    def encoded(self) -> bytes:
        """Return the body: text as it is, anything else as JSON."""
        if self.body is msgspec.UNSET:
            return b""
        return self.body.encode() if isinstance(self.body, str) else msgspec.json.encode(self.body)


class Fault(msgspec.Struct, forbid_unknown_fields=True):
    """One failure, placed at an operation."""

    #: The operation id that it strikes, such as ``createResponse``.
    on: str
    #: How many calls pass before it strikes, and how many it strikes; null means all that follow.
    after: int = 0
    times: int | None = 1
    #: Answer this instead of doing the work.
    answer: FaultAnswer | None = None
    #: Break the connection after that many events of the stream.
    cut_after: int | None = None


class Scenario(msgspec.Struct, forbid_unknown_fields=True):
    """What the world's model says next and which faults strike."""

    #: The version of this format.
    scenario: int = 1
    name: str = "default"
    #: One sentence: what it shows.
    summary: str = ""
    settings: Settings = msgspec.field(default_factory=Settings)
    #: The model's answers; without any, it echoes the user.
    model: list[Step] = []
    faults: list[Fault] = []
