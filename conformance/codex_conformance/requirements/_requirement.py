"""One requirement."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

from codex_schemas.app_server import sort_key

__all__ = ["LEVELS", "ROLES", "SURFACES", "Level", "Requirement", "Role", "Surface"]

Level = Literal["MUST", "SHOULD", "MAY", "OBSERVED"]
Role = Literal["server", "client"]
Surface = Literal["oauth", "wham", "responses", "app_server", "account"]

#: The levels, the strictest first; OBSERVED is what the vendor's implementation does and nobody else has to.
LEVELS: tuple[Level, ...] = get_args(Level)
ROLES: tuple[Role, ...] = get_args(Role)
SURFACES: tuple[Surface, ...] = get_args(Surface)


class Requirement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One testable sentence."""

    #: Words joined by dots, the surface first: ``oauth.refresh.rotates``. Those of a client have ``client`` second.
    id: str
    level: Level
    surface: Surface
    #: Of whom it is required.
    role: Role
    #: What is required, as a sentence.
    sentence: str
    #: What users saw where it did not hold, as a sentence.
    failure: str
    #: Where it comes from: an observation, a standard, a schema.
    source: str
    #: The first codex release that it holds for; None for all.
    since: str | None = None
    #: The first codex release that it no longer holds for.
    until: str | None = None
    #: The capabilities that a server needs before it can be asked.
    needs: tuple[str, ...] = ()

    def holds_for(self, release: str) -> bool:
        """Tell whether it holds for a codex release."""
        key = sort_key(release)
        return not (
            (self.since is not None and key < sort_key(self.since))
            or (self.until is not None and key >= sort_key(self.until))
        )
