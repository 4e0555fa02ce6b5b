"""Reading the store: every distinct definition once, with the releases that have it.

A table maps a name to its variants. The tables are files of JSON below ``data/app_server``:
``definitions/T.json`` holds the types whose name begins with T, ``messages/ClientRequest.json`` the
branch of each method, ``typescript/...`` what only the TypeScript output of a release has. A range
without an end reaches the newest release. ``checksums.json`` tells a damaged file from a good one.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import msgspec

from codex_schemas._problem import Problem
from codex_schemas.app_server._release import Release
from codex_schemas.app_server.release_numbers import members

__all__ = ["CHECKSUMS", "DEFINITIONS", "RELEASES", "TYPESCRIPT", "Store", "Variant", "shipped_store", "table_of"]

CHECKSUMS = "checksums.json"
RELEASES = "releases.json"
#: The table of the types.
DEFINITIONS = "definitions"
#: The folder of the tables that come from the TypeScript output.
TYPESCRIPT = "typescript"

#: Reads one file of the store by its path below the store's folder.
Read = Callable[[str], bytes]


class Variant(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, dict=True):
    """One shape of a definition, with the releases that have it.

    The shape is decoded when it is first looked at: a release has one of five that the store holds.
    """

    #: The releases that have it in both channels.
    releases: str = ""
    #: Where the channels differ: the releases that have it without ``--experimental``, and with it.
    stable: str = ""
    experimental: str = ""
    text: msgspec.Raw = msgspec.field(name="schema")

    @cached_property
    def schema(self) -> Any:
        """The shape, as JSON Schema."""
        return msgspec.json.decode(self.text)

    def ranges(self, *, experimental: bool) -> str:
        """Return the releases of one channel."""
        return self.releases or (self.experimental if experimental else self.stable)


Table = dict[str, list[Variant]]

_TABLE = msgspec.json.Decoder(Table)
_CHECKSUMS = msgspec.json.Decoder(dict[str, str])
_RELEASES = msgspec.json.Decoder(list[Release])


def table_of(path: str) -> str:
    """Return the table that a file belongs to: ``definitions`` for ``definitions/T.json``."""
    return DEFINITIONS if path.startswith(f"{DEFINITIONS}/") else path.removesuffix(".json")


class Store:
    """The protocol of every release, as the files say."""

    def __init__(self, read: Read) -> None:
        self._read = read
        checksums = _decoded(_CHECKSUMS, CHECKSUMS, self._bytes(CHECKSUMS))
        contents = {path: self._checked(path, wanted) for path, wanted in checksums.items()}
        #: Every published release, the oldest first.
        self.releases: tuple[Release, ...] = tuple(_decoded(_RELEASES, RELEASES, contents.pop(RELEASES, b"[]")))
        #: The releases that have a protocol, the oldest first.
        self.order = tuple(release.version for release in self.releases if release.emits)
        self.tables: dict[str, Table] = defaultdict(dict)
        for path, content in contents.items():
            self.tables[table_of(path)].update(_decoded(_TABLE, path, content))

    def select(self, table: str, version: str, *, experimental: bool) -> dict[str, Any]:
        """Return the schemas of a table that one channel of a release has, by name."""
        position = self.order.index(version)
        chosen = {}
        for name, variants in self.tables.get(table, {}).items():
            for variant in variants:
                if any(position in run for run in self._positions[variant.ranges(experimental=experimental)]):
                    chosen[name] = variant.schema
                    break
        return chosen

    def runs(self, table: str, name: str, *, experimental: bool) -> list[range]:
        """Return the releases whose channel has a name, as ranges of positions in the order of the releases."""
        variants = self.tables.get(table, {}).get(name, ())
        return [run for variant in variants for run in self._positions[variant.ranges(experimental=experimental)]]

    @cached_property
    def _positions(self) -> _Positions:
        return _Positions(self.order)

    def _bytes(self, path: str) -> bytes:
        try:
            return self._read(path)
        except OSError as error:
            raise _damaged(path, "a file that can be read", error.strerror or str(error)) from None

    def _checked(self, path: str, wanted: str) -> bytes:
        content = self._bytes(path)
        found = hashlib.sha256(content).hexdigest()
        if found != wanted:
            raise _damaged(path, f"content with the SHA-256 {wanted[:12]}...", f"{found[:12]}...")
        return content


class _Positions(dict[str, tuple[range, ...]]):
    """The positions that a text of ranges means, computed once for each text."""

    def __init__(self, order: tuple[str, ...]) -> None:
        super().__init__()
        self._order = order

    def __missing__(self, text: str) -> tuple[range, ...]:
        try:
            found = members(text, self._order)
        except ValueError:
            raise _damaged("a table", "ranges of known releases", repr(text)) from None
        self[text] = found
        return found


@cache
def shipped_store() -> Store:
    """Return the store that comes with this package, read once per process."""
    folder = files("codex_schemas").joinpath("data", "app_server")
    return Store(lambda path: folder.joinpath(*path.split("/")).read_bytes())


def _decoded(decoder: Any, path: str, content: bytes) -> Any:
    try:
        return decoder.decode(content)
    except msgspec.DecodeError as error:
        raise _damaged(path, "a file as `codex-testkit schema import` writes it", str(error)) from None


def _damaged(path: str, expected: str, found: str) -> Problem:
    return Problem(
        f"reading {path} of the app-server protocol store",
        expected=expected,
        found=found,
        advice="Take the file from the repository or install again; "
        "`codex-testkit schema import --all --force` builds the whole store anew.",
    )
