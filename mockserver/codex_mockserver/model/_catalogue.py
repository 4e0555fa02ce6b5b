"""The models that the world offers, read from a table."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

__all__ = ["Catalogue", "catalogue"]

Json = dict[str, Any]


class Catalogue:
    """The models that the world offers.

    Args:
        table: What all models share, what each kind adds, and the models themselves.
    """

    def __init__(self, table: Json) -> None:
        self._table = table
        #: Each model as the Codex backend lists it (``ModelInfo``), by slug.
        self.models: Mapping[str, Json] = {row["slug"]: self._model_info(row) for row in table["models"]}
        #: The value of the ``ETag`` of every listing.
        self.etag = f'W/"{hashlib.sha256(msgspec.json.encode(table)).hexdigest()[:16]}"'

    def listed_for(self, client_version: str | None) -> list[Json]:
        """Return the models that a codex release can use, the default first; all without a version."""
        version = _numbers(client_version) if client_version else None
        known = [model for model in self.models.values() if version is None or _suits(model, version)]
        return sorted(known, key=lambda model: int(model["priority"]))

    def public(self) -> list[Json]:
        """Return each model as the public API lists it (``Model``)."""
        return [self._public(row) for row in self._table["models"]]

    def public_model(self, slug: str) -> Json | None:
        """Return one model as the public API shows it, or None."""
        return next((model for model in self.public() if model["id"] == slug), None)

    def closest(self, slug: str) -> str | None:
        """Return the slug most like an unknown one."""
        found = get_close_matches(slug, self.models, n=1, cutoff=0.4)
        return found[0] if found else None

    def _model_info(self, row: Json) -> Json:
        whole = {**self._table["common"], **self._table["kinds"][row["kind"]], **row}
        names = self._table["reasoning_levels"]
        levels = [{"effort": effort, "description": names[effort]} for effort in row["levels"]]
        ours = ("kind", "levels", "created")
        wire = {name: value for name, value in whole.items() if name not in ours}
        return {"slug": row["slug"], **wire, "supported_reasoning_levels": levels}

    @staticmethod
    def _public(row: Json) -> Json:
        return {"id": row["slug"], "object": "model", "created": row["created"], "owned_by": "openai"}


@cache
def catalogue() -> Catalogue:
    """Return the catalogue that is shipped with this package."""
    return Catalogue(msgspec.json.decode(files(__package__).joinpath("catalogue.json").read_bytes()))


def _suits(model: Json, version: tuple[int, ...]) -> bool:
    return version >= _numbers(model.get("minimal_client_version", ""))


def _numbers(version: str) -> tuple[int, ...]:
    """Return ``1.2.3-alpha`` as ``(1, 2, 3)``."""
    return tuple(int(digits) for digits in re.findall(r"[0-9]{1,9}", version.partition("-")[0]))
