"""Writing the store: adding what a release emits, and encoding all releases anew."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import msgspec

from codex_schemas.app_server._format import readable
from codex_schemas.app_server._release import Channel, Release
from codex_schemas.app_server.normal_form import UNIONS, canonical, checksum, normalise
from codex_schemas.app_server.release_numbers import members, ranges, sort_key
from codex_schemas.app_server.store import CHECKSUMS, DEFINITIONS, RELEASES, TYPESCRIPT, Store, Variant

__all__ = ["Archive", "Emission"]

Json = dict[str, Any]

_CHANNELS = ("stable", "experimental")


@dataclass(frozen=True)
class Emission:
    """What the binary of one release wrote.

    The bundles are the parsed ``codex_app_server_protocol.schemas.json``. The TypeScript parts are
    ``{"messages": {union: {method: branch}}, "definitions": {name: schema}}`` with what no bundle has.
    """

    stable: Json
    #: None for a release that knows no ``--experimental``.
    experimental: Json | None
    typescript_stable: Json
    typescript_experimental: Json | None


class Archive:
    """The store in memory, as a record of which release has which schema."""

    #: The files of a store that people write: they are kept when the rest is replaced.
    BY_HAND: ClassVar[tuple[str, ...]] = ("deviations.json", "results.json")

    def __init__(self, releases: Mapping[str, Release] | None = None) -> None:
        #: Every known release by its version.
        self.releases = dict(releases or {})
        #: For each table, name and canonical schema: the versions that have it, by channel.
        self._presence: dict[str, dict[str, dict[str, dict[str, set[str]]]]] = defaultdict(lambda: defaultdict(dict))

    @classmethod
    def read(cls, folder: Path) -> Archive:
        """Read the store in a folder; an empty or missing folder gives an empty archive.

        Raises:
            Problem: A file of the store is damaged.
        """
        if not (folder / CHECKSUMS).exists():
            return cls()
        store = Store(lambda path: folder.joinpath(*path.split("/")).read_bytes())
        archive = cls({release.version: release for release in store.releases})
        for table, names in store.tables.items():
            for name, variants in names.items():
                for variant in variants:
                    archive._read_variant(archive._presence[table][name], variant, store.order)
        return archive

    def add(self, release: Release, emission: Emission | None) -> Release:
        """Put a release in, replacing what was there; without an emission only its reason is kept.

        Returns:
            The release with the counts and checksums of what was put in.

        Raises:
            Problem: The emission is not what codex writes.
        """
        if emission is None:
            self._forget(release.version)
        else:
            # Read before anything is forgotten: what cannot be read changes nothing.
            narrow, wide = normalise(emission.stable), emission.experimental and normalise(emission.experimental)
            self._forget(release.version)
            stable = self._add_channel(release.version, "stable", narrow, emission.typescript_stable)
            typescript = emission.typescript_experimental or emission.typescript_stable
            experimental = self._add_channel(release.version, "experimental", wide or narrow, typescript)
            release = msgspec.structs.replace(release, stable=stable, experimental=experimental if wide else None)
        self.releases[release.version] = release
        return release

    def write(self, folder: Path) -> None:
        """Write the whole store, replacing the folder in one step."""
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as name:
            fresh = Path(name, "fresh")
            self._write_into(fresh)
            for kept in self.BY_HAND:
                if (folder / kept).exists():
                    shutil.copyfile(folder / kept, fresh / kept)
            replaced = Path(name, "replaced")
            if folder.exists():
                folder.rename(replaced)
            try:
                fresh.rename(folder)
            except BaseException:
                if replaced.exists():
                    replaced.rename(folder)
                raise

    def _add_channel(self, version: str, channel: str, definitions: Json, typescript: Json) -> Channel:
        branches = {union: {_method(branch): branch for branch in definitions[union]["oneOf"]} for union in UNIONS}
        for union, schemas in branches.items():
            self._record(f"messages/{union}", schemas, version, channel)
            self._record(f"{TYPESCRIPT}/{union}", typescript["messages"].get(union, {}), version, channel)
        self._record(f"{TYPESCRIPT}/{DEFINITIONS}", typescript[DEFINITIONS], version, channel)
        # A union is its branches: here it stays without them.
        rest = {name: {**schema, "oneOf": []} if name in UNIONS else schema for name, schema in definitions.items()}
        self._record(DEFINITIONS, rest, version, channel)
        return Channel(
            definitions=len(definitions),
            client_requests=len(branches["ClientRequest"]),
            server_requests=len(branches["ServerRequest"]),
            client_notifications=len(branches["ClientNotification"]),
            server_notifications=len(branches["ServerNotification"]),
            checksum=checksum(definitions),
        )

    def _record(self, table: str, schemas: Mapping[str, Any], version: str, channel: str) -> None:
        for name, schema in schemas.items():
            seen = self._presence[table][name].setdefault(canonical(schema), {side: set() for side in _CHANNELS})
            seen[channel].add(version)

    @staticmethod
    def _read_variant(seen: dict[str, dict[str, set[str]]], variant: Variant, order: tuple[str, ...]) -> None:
        seen[canonical(variant.schema)] = {
            channel: {
                order[position]
                for run in members(variant.ranges(experimental=channel == "experimental"), order)
                for position in run
            }
            for channel in _CHANNELS
        }

    def _forget(self, version: str) -> None:
        for table in self._presence.values():
            for name, variants in list(table.items()):
                for text, seen in list(variants.items()):
                    for channel in _CHANNELS:
                        seen[channel].discard(version)
                    if not any(seen.values()):
                        del variants[text]
                if not variants:
                    del table[name]

    def _write_into(self, folder: Path) -> None:
        sums = {}
        for path, value in sorted(self._files()):
            content = readable(value).encode()
            target = folder.joinpath(*path.split("/"))
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            sums[path] = hashlib.sha256(content).hexdigest()
        (folder / CHECKSUMS).write_text(readable(sums), encoding="utf-8")

    def _files(self) -> Iterator[tuple[str, Any]]:
        known = sorted(self.releases.values(), key=lambda release: sort_key(release.version))
        order = [release.version for release in known if release.emits]
        yield RELEASES, msgspec.to_builtins(known)
        for table, names in self._presence.items():
            shards: dict[str, Json] = defaultdict(dict)
            for name in sorted(names):
                shards[_path(table, name)][name] = _variants(names[name], order)
            yield from shards.items()


def _path(table: str, name: str) -> str:
    return f"{table}/{name.rpartition('/')[2][:1].upper()}.json" if table == DEFINITIONS else f"{table}.json"


def _method(branch: Json) -> str:
    return str(branch["properties"]["method"]["enum"][0])


def _variants(schemas: Mapping[str, Mapping[str, set[str]]], order: list[str]) -> list[Json]:
    """Return the variants of one name as a file of the store has them, the oldest first."""
    position = {version: index for index, version in enumerate(order)}

    def age(text: str) -> tuple[int, str]:
        return min(position[version] for versions in schemas[text].values() for version in versions), text

    return [_variant(json.loads(text), schemas[text], order) for text in sorted(schemas, key=age)]


def _variant(schema: Any, seen: Mapping[str, set[str]], order: list[str]) -> Json:
    stable, experimental = (ranges(seen[channel], order) for channel in _CHANNELS)
    if stable == experimental:
        return {"releases": stable, "schema": schema}
    return {
        **({"stable": stable} if stable else {}),
        **({"experimental": experimental} if experimental else {}),
        "schema": schema,
    }
