"""The cases: what codex is asked to do, what the backend answers, and the releases that are recorded."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from codex_schemas.yaml_text import read_yaml

__all__ = ["RELEASES", "Case", "cases"]

RELEASES = ("0.141.0", "0.150.0", "0.160.0", "0.169.0")

_FOLDER = Path(__file__).parent / "cases"
_EXEC = ("exec", "--json", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox")
_NO_WEBSOCKET = {"on": "connectResponses", "times": None, "answer": {"status": 426, "body": "use POST"}}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One recording for each of its releases."""

    name: str
    #: A sentence that says what it shows.
    title: str
    #: The arguments of codex, for a case over HTTP.
    run: list[str] = field(default_factory=list)
    #: What ``codex exec`` is asked, instead of them.
    prompt: str = ""
    #: Whether the WebSocket is refused, so that codex takes server-sent events.
    sse: bool = False
    #: The name of the case of the app-server's parity, for one over its standard streams.
    parity: str = ""
    #: Requests to ``codex app-server``, whose calls over HTTP are recorded: method and params.
    ask: list[list[Any]] = field(default_factory=list)
    #: The name of a scenario, or one.
    scenario: str | dict[str, Any] = field(default_factory=dict)
    #: Who is logged in.
    account: str | None = "plus"
    #: Whether the API key of the account is given in the environment.
    api_key: bool = False
    #: What the codex of the case is given on its standard input.
    stdin: str = ""
    #: Who opens the address that a login prints.
    person: Literal["nobody", "browser"] = "nobody"
    #: Whether the working folder is a git repository.
    repository: bool = False
    #: How codex ends; None where a case does not say.
    exit_code: int | None = 0
    releases: tuple[str, ...] = RELEASES[-1:]
    #: The area, which is the name of its file.
    area: str = ""

    @property
    def arguments(self) -> list[str]:
        """The arguments of codex."""
        return [*_EXEC, self.prompt] if self.prompt else self.run

    @property
    def whole_scenario(self) -> str | dict[str, Any]:
        """The name of a scenario, or the scenario with a name of its own."""
        if isinstance(self.scenario, str):
            return self.scenario
        return {"name": self.name, **self.scenario, **({"faults": [_NO_WEBSOCKET]} if self.sse else {})}


@cache
def cases() -> dict[str, Case]:
    """Return all cases by name."""
    found: dict[str, Case] = {}
    for path in sorted(_FOLDER.glob("*.yaml")):
        entries, _ = read_yaml(path.read_text(encoding="utf-8"), path.name)
        written: dict[str, dict[str, Any]] = {}
        for entry in entries:
            whole = written[entry.pop("like")] | entry if "like" in entry else entry
            written[whole["name"]] = whole
            assert whole["name"] not in found, f"two cases are named {whole['name']}"
            found[whole["name"]] = _case(whole, path.stem)
    return found


def _case(entry: dict[str, Any], area: str) -> Case:
    releases = entry.get("releases", RELEASES[-1:])
    return Case(**entry | {"releases": RELEASES if releases == "all" else tuple(releases)}, area=area)
