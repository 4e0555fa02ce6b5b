"""One trial: what a client is asked to do, and what it meets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from codex_conformance.clients._client import Task

if TYPE_CHECKING:
    from codex_conformance.clients._person import Person

__all__ = ["Face", "Trial"]

_LOGINS = ("login", "device-login", "app-server-login")
_APP_SERVER = "app-server"

#: What a fault says beside its kind.
_OF_EVERY_FAULT = ("on", "at", "times", "after", "every", "when", "name")

#: Which credentials a client is offered: those of the ChatGPT backend, an API key, or both.
Face = Literal["any", "chatgpt", "api-key"]


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A task in a scenario; equal trials are run once."""

    task: Task
    #: The name of a scenario, or a scenario as JSON.
    scenario: str = "{}"
    #: Who is logged in at the beginning; None for nobody.
    account: str | None = "plus"
    prompt: str = "hello"
    face: Face = "any"
    #: What the person at the browser does: ``approve``, ``deny`` or ``absent``, or a function of the person and the
    #: authorize URL or the user code.
    person: str | Callable[[Person, str], None] = "approve"
    #: What the client does afterwards with the same home.
    then: Task | None = None
    #: Whether the home leaves analytics, apps and plugins on; a codex then makes a dozen calls more.
    side_calls: bool = False
    #: How many processes do the task at the same time, with one home.
    together: int = 1
    #: Seconds until it is taken for hanging; None for those of the examiner.
    deadline: float | None = None
    #: Further variables of the client's environment.
    variables: tuple[tuple[str, str], ...] = field(default=())

    @classmethod
    def of(cls, task: Task, scenario: str | Mapping[str, Any] = "{}", **more: Any) -> Trial:
        """Return a trial; a scenario may be given as a mapping, and nobody is logged in before a login."""
        if task in _LOGINS:
            more.setdefault("account", None)
        text = scenario if isinstance(scenario, str) else msgspec.json.encode(scenario, order="sorted").decode()
        return cls(task=task, scenario=text, **more)

    @property
    def has_app_server(self) -> bool:
        """Whether the client drives an app-server."""
        return any(task is not None and task.startswith(_APP_SERVER) for task in (self.task, self.then))

    @property
    def scenario_source(self) -> str | dict[str, Any]:
        """The scenario as it is loaded."""
        is_json = self.scenario.startswith("{")
        return dict(msgspec.json.decode(self.scenario)) if is_json else self.scenario

    def __str__(self) -> str:
        source = self.scenario_source
        return f"the task {self.task} with {source if isinstance(source, str) else _summary(source)}"


def _summary(scenario: Mapping[str, Any]) -> str:
    """Say in words what is special about a scenario that has no name in the library."""
    if name := scenario.get("name"):
        return str(name)
    faults = [_told(fault) for fault in scenario.get("faults", ())]
    return ", ".join(faults) or ("a script of its own" if scenario else "nothing special")


def _told(fault: Mapping[str, Any]) -> str:
    """Return a fault as ``cut of createResponse``."""
    kind = next((key for key in fault if key not in _OF_EVERY_FAULT), "a fault")
    on = fault.get("on")
    return f"{kind} of {on if isinstance(on, str) else 'several calls'}"
