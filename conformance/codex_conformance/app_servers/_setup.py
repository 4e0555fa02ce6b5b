"""What an app-server finds when it starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Setup"]


@dataclass(frozen=True, kw_only=True)
class Setup:
    """The surroundings of one app-server: what its model says, who is logged in, which files are there."""

    #: Names the world; the identifiers of the backend follow from it.
    name: str = "conformance"
    #: The steps of the model, as in a scenario.
    model: Sequence[Mapping[str, Any]] = ()
    #: Further keys of the scenario.
    scenario: Mapping[str, Any] = field(default_factory=dict)
    #: Settings of ``config.toml`` by dotted key, where they are not the usual ones; None leaves a usual one out.
    settings: Mapping[str, Any] = field(default_factory=dict)
    #: More of ``config.toml``, as it is.
    tables: str = ""
    #: Who is logged in, with the built-in provider as the model; ``nobody`` is the built-in provider without a
    #: login, None a provider of its own with a key.
    login: str | None = None
    #: Files in the working folder, by name; None makes a folder.
    files: Mapping[str, str | None] = field(default_factory=dict)
    #: What the mock is told of things that a real server finds in its folder: keys of ``app_server``.
    mock: Mapping[str, Any] = field(default_factory=dict)
    #: What further names in braces stand for in ``config.toml``.
    names: Mapping[str, str] = field(default_factory=dict)
    #: What the provider of its own is called.
    provider: str = "backend"

    @property
    def key_variable(self) -> str:
        """The variable that holds the key of the provider of its own."""
        return f"{self.provider.upper()}_KEY"
