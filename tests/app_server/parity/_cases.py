"""The cases: what the model says, what clients do, and the releases it holds for."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from codex_conformance.app_servers import Setup
from codex_schemas.yaml_text import read_yaml

__all__ = ["RELEASES", "Case", "cases"]

RELEASES = ("0.141.0", "0.169.0")

_FOLDER = Path(__file__).parent / "cases"
_MCP_SERVER = Path(__file__).parent / "tide_server.py"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One conversation between clients and an app-server."""

    name: str
    #: A sentence that says what it shows.
    about: str
    #: What clients do, in order; each step has one of the verbs of the driver.
    steps: list[dict[str, Any]]
    #: The steps of the model, as in a scenario.
    model: list[dict[str, Any]] = field(default_factory=list)
    #: Further keys of the scenario.
    scenario: dict[str, Any] = field(default_factory=dict)
    #: Settings of ``config.toml`` by dotted key, where they are not the usual ones; None leaves a usual one out.
    settings: dict[str, Any] = field(default_factory=dict)
    #: More of ``config.toml``, as it is.
    tables: str = ""
    #: Who is logged in, with the built-in provider as the model; ``nobody`` is the built-in provider without a login.
    login: str | None = None
    #: Files in the working folder, by name; ``null`` makes a folder.
    files: dict[str, str | None] = field(default_factory=dict)
    #: Whether items run beside each other, so that only the order of the messages of each is certain.
    parallel: bool = False
    #: Notifications that sometimes come and sometimes do not, and are not compared.
    chancy: list[str] = field(default_factory=list)
    #: Keys whose values differ from run to run in this case alone.
    chancy_values: list[str] = field(default_factory=list)
    #: The first connection's handshake: ``experimental``, ``stable`` or ``none``.
    handshake: str = "experimental"
    #: Whether clients come over WebSocket.
    websocket: bool = False
    #: What the mock is told of things that the real server finds in its folder: keys of ``app_server``.
    mock: dict[str, Any] = field(default_factory=dict)
    #: Whether the counts of tokens are compared, because the model's steps say them.
    exact_tokens: bool = False
    #: The releases that it holds for.
    releases: tuple[str, ...] = RELEASES
    #: The area of the protocol, the name of its file.
    area: str = ""

    @property
    def setup(self) -> Setup:
        """What the server finds when it starts."""
        return Setup(
            name=self.name,
            model=self.model,
            scenario=self.scenario,
            settings=self.settings,
            tables=self.tables,
            login=self.login,
            files=self.files,
            mock=self.mock,
            names={"mcp_server": str(_MCP_SERVER)},
            provider="parity",
        )


@cache
def cases() -> dict[str, Case]:
    """Return all cases by name."""
    by_name: dict[str, Case] = {}
    for path in sorted(_FOLDER.glob("*.yaml")):
        written: dict[str, dict[str, Any]] = {}
        for entry in _entries(path):
            whole = written[entry.pop("like")] | entry if "like" in entry else entry
            written[whole["name"]] = whole
            assert whole["name"] not in by_name, f"two cases are named {whole['name']}"
            by_name[whole["name"]] = _case(whole, path.stem)
    return by_name


def _entries(path: Path) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]]
    entries, _ = read_yaml(path.read_text(encoding="utf-8"), path.name)
    return entries


def _case(entry: dict[str, Any], area: str) -> Case:
    return Case(**entry | {"releases": tuple(entry.get("releases", RELEASES))}, area=area)
