"""The shipped store: complete, undamaged, and exactly what the binaries emitted."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files

import pytest

from codex_schemas import Problem, app_server
from codex_schemas.app_server.store import Store

FOLDER = files("codex_schemas").joinpath("data", "app_server")


def reader(**damage: bytes) -> Callable[[str], bytes]:
    """Read the shipped files, some of them replaced."""

    def read(path: str) -> bytes:
        return damage[path] if path in damage else FOLDER.joinpath(*path.split("/")).read_bytes()

    return read


@pytest.mark.parametrize("channel_name", ["stable", "experimental"])
@pytest.mark.parametrize("version", app_server.versions())
def test_a_release_loads_as_it_was_emitted(version: str, channel_name: str) -> None:
    release = next(release for release in app_server.releases() if release.version == version)
    channel = getattr(release, channel_name) or release.stable

    contract = app_server.load(version, experimental=channel_name == "experimental")

    assert app_server.checksum(contract.emitted) == channel.checksum
    assert len(contract.emitted) == channel.definitions
    kinds = [(m.kind, m.sender) for m in contract.methods.values() if not m.typescript_only]
    assert kinds.count(("request", "client")) == channel.client_requests
    assert kinds.count(("request", "server")) == channel.server_requests
    assert kinds.count(("notification", "client")) == channel.client_notifications
    assert kinds.count(("notification", "server")) == channel.server_notifications


@pytest.mark.parametrize("version", app_server.versions())
def test_every_reference_of_a_release_leads_somewhere(version: str) -> None:
    contract = app_server.load(version, experimental=True)

    assert references(contract.definitions) - set(contract.definitions) == set()


@pytest.mark.parametrize("version", app_server.versions())
def test_every_request_of_a_release_has_a_result(version: str) -> None:
    contract = app_server.load(version, experimental=True)

    requests = [method for method in contract.methods.values() if method.kind == "request"]

    assert [method.name for method in requests if method.result not in contract.definitions] == []


def test_no_prose_is_kept() -> None:
    types = (schema for version in app_server.versions() for schema in app_server.load(version).emitted.values())
    kept = {keyword for schema in types for keyword in keywords(schema)}

    assert kept & {"title", "description", "markdownDescription", "$schema"} == set()


@pytest.mark.parametrize(
    ("version", "stable", "experimental", "notifications"),
    [("0.141.0", 85, 119, 66), ("0.150.0", 95, 153, 79), ("0.160.0", 104, 167, 83), ("0.169.0", 109, 184, 86)],
)
def test_the_counts_are_those_of_the_binaries(version: str, stable: int, experimental: int, notifications: int) -> None:
    release = next(release for release in app_server.releases() if release.version == version)

    assert release.stable.client_requests == stable
    assert release.experimental.client_requests == experimental
    assert release.stable.server_notifications == notifications


def test_every_published_release_is_known_with_its_origin() -> None:
    for release in app_server.releases():
        assert release.published
        assert release.reason or (release.integrity.startswith("sha512-") and release.package and release.command)


def test_a_method_tells_its_life() -> None:
    contract = app_server.load("0.141.0", experimental=True)

    rollback, turns = contract.method("thread/rollback"), contract.method("thread/turns/list")

    assert (rollback.until, rollback.experimental) == ("0.155.1", False)
    assert turns.experimental
    assert not app_server.load("0.169.0").method("thread/turns/list").experimental


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("0.142", "0.142.5"),
        ("0.142.1", "0.142.0"),
        ("0.167.0", "0.166.0"),
        ("0.12.0", "0.58.0"),
        ("0.141.0", "0.141.0"),
    ],
)
def test_the_nearest_release(asked: str, found: str) -> None:
    assert app_server.nearest(asked) == found


@pytest.mark.parametrize("asked", ["", "newest", "1.2.3.4", "0.142.x", "0..1"])
def test_a_text_that_is_no_release_has_no_nearest(asked: str) -> None:
    with pytest.raises(Problem, match="such as 0"):
        app_server.nearest(asked)


@pytest.mark.parametrize(
    ("version", "told"),
    [("0.142.1", "without a binary"), ("0.167.0", "unknown release.*0.166.0"), ("newest", "unknown release")],
    ids=["cannot-emit", "never-published", "no-number"],
)
def test_a_release_without_a_protocol_is_refused_with_the_nearest(version: str, told: str) -> None:
    with pytest.raises(Problem, match=told):
        app_server.load(version)


@pytest.mark.parametrize(
    ("name", "closest"),
    [("turn/strat", "turn/start"), ("thread/turns/list", "thread/turns")],
    ids=["typo", "experimental"],
)
def test_an_unknown_method_is_refused_with_the_closest(name: str, closest: str) -> None:
    with pytest.raises(Problem, match=closest):
        app_server.load("0.141.0").method(name)


def test_a_type_is_found_with_and_without_its_namespace() -> None:
    contract = app_server.load("0.169.0")

    assert contract.definition("Turn") is contract.definition("v2/Turn")
    with pytest.raises(Problem, match="Closest: Turn"):
        contract.definition("Trun")


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("definitions/T.json", b"{}"),
        ("messages/ClientRequest.json", b'{"turn/start": '),
        ("releases.json", b"[]"),
        ("checksums.json", b"no json"),
    ],
)
def test_a_damaged_file_is_named_with_what_repairs_it(path: str, content: bytes) -> None:
    with pytest.raises(Problem, match=f"reading {path}.*schema import --all --force"):
        Store(reader(**{path: content}))


def test_a_missing_file_is_named() -> None:
    def read(path: str) -> bytes:
        if path == "definitions/T.json":
            raise FileNotFoundError(2, "No such file or directory")
        return reader()(path)

    with pytest.raises(Problem, match=r"reading definitions/T\.json.*No such file"):
        Store(read)


def references(schema: object) -> set[str]:
    if isinstance(schema, dict):
        own = {schema["$ref"].removeprefix("#/definitions/")} if isinstance(schema.get("$ref"), str) else set()
        return own.union(*(references(value) for value in schema.values()))
    return set().union(*(references(item) for item in schema)) if isinstance(schema, list) else set()


def keywords(schema: object) -> set[str]:
    """Return the keywords of a schema, not the names of its fields."""
    if isinstance(schema, list):
        return set().union(*(keywords(item) for item in schema))
    if not isinstance(schema, dict):
        return set()
    below = (value.values() if key == "properties" else [value] for key, value in schema.items())
    return set(schema).union(*(keywords(value) for values in below for value in values))
