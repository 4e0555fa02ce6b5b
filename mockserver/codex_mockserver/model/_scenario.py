"""A scenario: the accounts, what the model says next and which faults strike, as data."""

from __future__ import annotations

from typing import Any

import msgspec

from codex_mockserver.expectations import Expectation
from codex_mockserver.faults import Fault
from codex_mockserver.model._app_server_setup import AppServerSetup
from codex_mockserver.model._pacing import Pacing
from codex_mockserver.world import AccountSetup

__all__ = ["Chaos", "Expected", "Scenario", "Settings", "Step", "Trial", "When"]


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
    #: How the interval is written: as a ``string``, a ``number``, or ``absent``.
    device_interval_form: str = "string"
    #: The key under which a device gets its code: ``user_code`` or ``usercode``.
    device_code_key: str = "user_code"
    #: Whether responses can be had over WebSocket; without, the handshake is refused with 426.
    websocket: bool = True
    #: Whether the Codex backend refuses a request without ``instructions``.
    require_instructions: bool = False
    #: Whether the Codex backend refuses an ``input`` that is text instead of a list of items.
    require_input_list: bool = False
    #: Whether answers carry fields and members of open enumerations that no client knows.
    openness_probe: bool = False


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
    #: How fast its stream leaves.
    pacing: Pacing | None = None


class Chaos(msgspec.Struct, forbid_unknown_fields=True):
    """Faults that strike by chance; the same seed gives the same chances in the same order of calls."""

    seed: int
    #: How likely a call is struck that one of the faults could strike: 0 to 1.
    rate: float
    #: One of them strikes; they count no calls.
    faults: list[Fault]


class Expected(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One thing that a right client does."""

    #: A sentence.
    say: str
    #: What of it the journal can tell.
    request: Expectation | None = None


class Trial(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How to see with the published codex what a scenario shows."""

    command: tuple[str, ...] = ("codex", "exec", "hello")
    #: The account that is logged in; null for nobody.
    account: str | None = "plus"
    #: The release that shows it; null for any.
    release: str | None = None


class Scenario(msgspec.Struct, forbid_unknown_fields=True):
    """What the world's model says next and which faults strike."""

    #: The version of this format.
    scenario: int = 1
    name: str = "default"
    #: One sentence: what it shows.
    summary: str = ""
    #: The report of the real world that it comes from, in general words.
    report: str = ""
    #: What a right client does.
    expect: list[Expected] = []
    trial: Trial = Trial()
    settings: Settings = msgspec.field(default_factory=Settings)
    #: What differs from the seeded accounts, and further accounts, by name.
    accounts: dict[str, AccountSetup] = {}
    #: The model's answers; without any, it echoes the user.
    model: list[Step] = []
    #: How fast streams leave where their step does not say; without, at once.
    pacing: Pacing | None = None
    faults: list[Fault] = []
    chaos: Chaos | None = None
    #: What is said of the app-server alone.
    app_server: AppServerSetup = msgspec.field(default_factory=AppServerSetup)
