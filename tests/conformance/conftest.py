"""A registry without a network: a fake npm on the PATH serves packages from a folder."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

#: Serves `npm view` and `npm pack`, and notes each call beside itself.
FAKE_NPM = """#!/bin/sh
shelf=$(dirname "$0")/shelf
echo "$@" >> "$shelf/calls"
test -e "$shelf/broken" && { cat "$shelf/broken" >&2; exit 1; }
version=${2##*@}
case "$1 $3" in
  "view versions") cat "$shelf/catalogue.json" ;;
  "view dist") cat "$shelf/$version.json" ;;
  "pack --pack-destination") test -e "$shelf/$version.slow" && sleep 60; cp "$shelf/$version.tgz" "$4" ;;
esac
"""
#: Writes the files of a folder beside itself, without and with `--experimental`.
FAKE_CODEX = """#!/bin/sh
for out; do :; done
mkdir -p "$out/v2"
case "$*" in
  *generate-json-schema*) echo '{bundle}' > "$out/codex_app_server_protocol.schemas.json" ;;
  *generate-ts*) {typescript} ;;
esac
"""


def branch(method: str, params: str | None = None) -> dict:
    """Return the branch of a message in its union."""
    properties: dict = {"method": {"type": "string", "enum": [method]}}
    if params:
        properties["params"] = {"$ref": f"#/definitions/{params}"}
    return {"type": "object", "properties": properties, "required": sorted(properties)}


BUNDLE = {
    "definitions": {
        "ClientRequest": {"title": "ClientRequest", "oneOf": [branch("turn/start", "v2/TurnStartParams")]},
        "ServerRequest": {"oneOf": []},
        "ClientNotification": {"oneOf": [branch("initialized")]},
        "ServerNotification": {"oneOf": [branch("warning")]},
        "v2": {
            "TurnStartParams": {"type": "object", "description": "Prose."},
            "TurnStartResponse": {"type": "object"},
        },
    }
}
TYPESCRIPT = {
    "ClientRequest": '{ "method": "turn/start", params: unknown, } | { "method": "userInfo", params: undefined, }',
    "ServerRequest": '{ "method": "ping" }',
    "ClientNotification": '{ "method": "initialized" }',
    "ServerNotification": '{ "method": "warning" }',
    "PingResponse": "Record<string, never>",
    "UserInfoResponse": "{ email: string | null, }",
}


def codex_program(bundle: object = BUNDLE, typescript: Mapping[str, str] = TYPESCRIPT) -> str:
    """Return a program that writes a protocol."""
    files = [f"echo 'export type {name} = {text};' > \"$out/{name}.ts\"" for name, text in typescript.items()]
    return FAKE_CODEX.replace("{bundle}", json.dumps(bundle)).replace("{typescript}", "; ".join(files))


class Registry:
    """What the fake npm has published."""

    def __init__(self, folder: Path) -> None:
        self.shelf = folder
        self._times: dict[str, str] = {}

    def publish(
        self, version: str, binary: str | None = None, *, day: str = "2026-01-01", integrity: str | None = None
    ) -> None:
        """Publish a release with a binary for this platform, in a package of its own."""
        self.publish_package(version, {}, day=day)
        content = {"vendor/x86_64-unknown-linux-musl/bin/codex": codex_program() if binary is None else binary}
        self.publish_package(f"{version}-linux-x64", content, day=day, integrity=integrity)

    def publish_package(
        self, version: str, files: Mapping[str, str], *, day: str = "2026-01-01", integrity: str | None = None
    ) -> None:
        """Publish one package."""
        self._times[version] = f"{day}T01:02:03.456Z"
        archive = self.shelf / f"{version}.tgz"
        with tarfile.open(archive, "w:gz") as package:
            for name, text in {"package.json": "{}", **files}.items():
                member = tarfile.TarInfo(f"package/{name}")
                member.size = len(text.encode())
                package.addfile(member, io.BytesIO(text.encode()))
        checksum = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        dist = {"integrity": integrity or f"sha512-{checksum}", "shasum": "0"}
        (self.shelf / f"{version}.json").write_text(json.dumps(dist))
        self.answer({"versions": list(self._times), "time": {"created": "2025", **self._times}})

    def answer(self, catalogue: object) -> None:
        """Say what the fake npm answers when it is asked for all versions."""
        text = catalogue if isinstance(catalogue, str) else json.dumps(catalogue)
        (self.shelf / "catalogue.json").write_text(text)

    def break_down(self, message: str) -> None:
        """Let the fake npm fail from now on."""
        (self.shelf / "broken").write_text(message)

    def stall(self, version: str) -> None:
        """Let the download of a package take a minute."""
        (self.shelf / f"{version}.slow").write_text("")

    @property
    def calls(self) -> list[str]:
        """The calls of the fake npm."""
        path = self.shelf / "calls"
        return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def bundle() -> object:
    """The bundle that the fake codex writes."""
    return BUNDLE


@pytest.fixture
def codex() -> Callable[..., str]:
    """Make a program that writes a protocol."""
    return codex_program


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """An empty registry, on a Linux machine with a cache of its own."""
    shelf = tmp_path / "tools" / "shelf"
    shelf.mkdir(parents=True)
    (shelf.parent / "npm").write_text(FAKE_NPM)
    (shelf.parent / "npm").chmod(0o755)
    monkeypatch.setenv("PATH", f"{shelf.parent}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    return Registry(shelf)
