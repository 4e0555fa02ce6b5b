"""History: when methods, types, fields and values came, changed and went, in true releases."""

from __future__ import annotations

from pathlib import Path

import pytest

from codex_schemas import Problem, app_server
from codex_schemas.app_server import Archive, Emission, Life, Release, history
from codex_schemas.app_server._history import Historian, historian
from codex_schemas.app_server.normal_form import UNIONS
from codex_schemas.app_server.store import Store, shipped_store

ORDER = app_server.versions()


def only(name: str) -> Life:
    (life,) = history(name).lives
    return life


def happened(life: Life) -> list[tuple[str, str]]:
    """Return each event as its release and its kind."""
    return [(event.version, event.kind) for event in life.events]


@pytest.fixture(scope="module")
def methods() -> dict[str, Life]:
    """The life of every method that ever was."""
    names = historian(shipped_store())._chronicle.methods
    return {name: history(name).lives[0] for name in names}


@pytest.mark.parametrize("version", ORDER)
def test_history_agrees_with_the_methods_of_a_release(version: str, methods: dict[str, Life]) -> None:
    stable, wide = (app_server.load(version, experimental=experimental).methods for experimental in (False, True))

    told = {name: life.channel_in(version) for name, life in methods.items() if life.channel_in(version)}

    assert told == dict.fromkeys(wide, "experimental") | dict.fromkeys(stable, "stable")


@pytest.mark.parametrize("version", ["0.58.0", "0.94.0", "0.106.0", "0.129.0", "0.169.0"])
def test_history_agrees_with_the_types_of_a_release(version: str) -> None:
    definitions = app_server.load(version, experimental=True).definitions

    for name in definitions.keys() - set(UNIONS):
        lives = history(name).lives
        life = next((life for life in lives if life.name == name), lives[0])
        told = {part.name.removeprefix(life.name) for part in (life, *life.parts) if part.channel_in(version)}
        assert told == app_server.outline(definitions[name]).keys(), name


@pytest.mark.parametrize(
    ("name", "events"),
    [
        ("thread/rollback", [("0.79.0", "added"), ("0.156.0", "removed")]),
        ("thread/turns/list", [("0.122.0", "added"), ("0.129.0", "experimental"), ("0.151.0", "stable")]),
        ("turn/start.params.collaborationMode", [("0.89.0", "added"), ("0.99.0", "experimental")]),
        ("TurnStatus", [("0.58.0", "added"), ("0.59.0", "removed"), ("0.65.0", "back")]),
        ("TurnStatus=failed", [("0.58.0", "added"), ("0.59.0", "removed"), ("0.65.0", "back")]),
        ("Turn.rootTurnId", [("0.162.0", "added")]),
        ("ThreadItem[agentMessage].phase", [("0.105.0", "added")]),
        ("ThreadItem[contextCompaction]", [("0.93.0", "added")]),
        ("PlanType=promax", [("0.158.0", "added")]),
        ("v2/AskForApproval[granular].rules", [("0.115.0", "added")]),
        ("ClientRequest[thread/rollback]", [("0.79.0", "added"), ("0.156.0", "removed")]),
        ("getAuthStatus", [("0.58.0", "added"), ("0.105.0", "changed")]),
        ("getAuthStatus.params.includeToken", [("0.58.0", "added")]),
    ],
)
def test_when_something_came_and_went(name: str, events: list[tuple[str, str]]) -> None:
    assert happened(only(name)) == events


def test_an_event_has_the_date_of_its_release() -> None:
    dates = {release.version: release.published for release in app_server.releases()}

    events = [event for life in history("Turn").lives for part in (life, *life.parts) for event in part.events]

    assert [event.published for event in events] == [dates[event.version] for event in events]


@pytest.mark.parametrize(
    ("name", "version", "text"),
    [
        ("v2/UserInput[image].url", "0.156.0", "required -> optional"),
        ("turn/start.params.serviceTier", "0.129.0", "ServiceTier or null -> string or null"),
        ("getAuthStatus", "0.105.0", "only in the TypeScript output"),
    ],
)
def test_a_change_is_told_in_words(name: str, version: str, text: str) -> None:
    (change,) = (event for event in only(name).events if event.kind == "changed")

    assert (change.version, change.text) == (version, text)


def test_a_method_has_the_fields_of_its_params_and_its_result() -> None:
    parts = {part.name: part for part in only("turn/start").parts}

    assert parts["turn/start.params.rootTurnId"].since == "0.162.0"
    assert parts["turn/start.params.threadId"].events[0].text == "string, required"
    assert parts["turn/start.result.turn"].events[0].text == "Turn, required"
    assert parts["turn/start.params.permissionProfile"].gone_in == "0.128.0"


@pytest.mark.parametrize("name", ["turn/start", "ThreadItem"])
def test_the_parts_come_in_the_order_of_time(name: str) -> None:
    since = [ORDER.index(part.since) for part in only(name).parts]

    assert since == sorted(since)


@pytest.mark.parametrize(
    ("loose", "strict"),
    [
        ("PlanType.promax", ["PlanType=promax"]),
        ("PlanType[promax]", ["PlanType=promax"]),
        ("promax", ["PlanType=promax"]),
        ("contextCompaction", ["ThreadItem[contextCompaction]"]),
        ("ThreadItem.phase", ["ThreadItem[agentMessage].phase"]),
        ("ThreadItem=plan", ["ThreadItem[plan]"]),
        ("thread/start.dynamicTools", ["thread/start.params.dynamicTools"]),
        ("account/login/start.authUrl", ["account/login/start.result[chatgpt].authUrl"]),
        ("v2/Turn", ["Turn"]),
        ("v2/PlanType", ["PlanType"]),
    ],
)
def test_what_a_loose_name_means(loose: str, strict: list[str]) -> None:
    assert [life.name for life in history(loose).lives] == strict


def test_a_bare_value_is_found_in_every_type_that_has_it() -> None:
    names = {life.name for life in history("interrupted").lives}

    assert names >= {"TurnStatus=interrupted", "CollabAgentStatus=interrupted"}


def test_a_type_that_only_moved_has_one_life() -> None:
    life = only("AdditionalNetworkPermissions")

    assert happened(life) == [("0.110.0", "added")]
    assert "AdditionalNetworkPermissions" in app_server.load("0.122.0").definitions
    assert "v2/AdditionalNetworkPermissions" in app_server.load("0.123.0").definitions


def test_two_types_of_one_name_have_a_life_each() -> None:
    newer, older = history("UserInput").lives

    assert (newer.name, older.name) == ("v2/UserInput", "UserInput")
    assert newer.notes == ("UserInput was another type, with a different shape, from 0.58.0 to 0.104.0.",)
    assert older.gone_in == "0.105.0"
    assert [life.name for life in history("v2/UserInput").lives] == ["v2/UserInput"]


@pytest.mark.parametrize(
    ("name", "closest"),
    [
        ("turn/strat", "turn/start"),
        ("Trun", "Turn"),
        ("Trun.rootTurnId", "Turn.rootTurnId"),
        ("Turn.rootTurnID", "Turn.rootTurnId"),
        ("rootTurnId", "Turn.rootTurnId"),
        ("PROMAX", "PlanType=promax"),
        ("contextCompactoin", r"ThreadItem\[contextCompaction\]"),
    ],
)
def test_an_unknown_name_is_refused_with_the_closest(name: str, closest: str) -> None:
    with pytest.raises(Problem, match=f"Closest: .*{closest}"):
        history(name)


@pytest.mark.parametrize(
    "name", ["", ".", "=", "[", "Turn.", "Turn[", "turn/start.params.", "\x1b[31m", "日本語", "x" * 10_000]
)
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(Problem, match="history of a name"):
        history(name)


def bundle(**types: object) -> dict:
    """Return a bundle as codex writes it, without messages."""
    empty = {union: {"oneOf": []} for union in UNIONS}
    return {"definitions": {**empty, "v2": types}}


NOTHING: dict = {"messages": {}, "definitions": {}}


def historian_of(folder: Path, *emissions: Emission) -> Historian:
    """Return who knows the history of the releases 0.1.0, 0.2.0 and so on."""
    archive = Archive()
    for number, emission in enumerate(emissions, 1):
        archive.add(Release(version=f"0.{number}.0", published=f"2026-01-0{number}"), emission)
    archive.write(folder)
    return Historian(Store(lambda path: folder.joinpath(path).read_bytes()))


def turn(**fields: object) -> dict:
    return {"type": "object", "properties": fields}


def test_a_field_that_changes_when_it_becomes_stable_is_told_so(tmp_path: Path) -> None:
    text, number = {"type": "string"}, {"type": "integer", "format": "int64"}
    without, old, new = bundle(Turn=turn()), bundle(Turn=turn(id=text)), bundle(Turn=turn(id=number))
    people = historian_of(
        tmp_path / "store",
        Emission(without, old, NOTHING, NOTHING),
        Emission(new, new, NOTHING, NOTHING),
        Emission(without, None, NOTHING, None),
        Emission(new, None, NOTHING, None),
    )

    (life,) = people.history("Turn.id").lives

    assert [(event.version, event.kind, event.channel, event.text) for event in life.events] == [
        ("0.1.0", "added", "experimental", "string"),
        ("0.2.0", "stable", "stable", ""),
        ("0.2.0", "changed", "stable", "string -> int64"),
        ("0.3.0", "removed", None, ""),
        ("0.4.0", "back", "stable", "int64"),
    ]
    assert (life.since, life.gone_in) == ("0.1.0", None)
    assert [life.channel_in(f"0.{number}.0") for number in range(5)] == [None, "experimental", "stable", None, "stable"]


def test_what_only_the_typescript_output_has_is_part_of_history(tmp_path: Path) -> None:
    """A type that TypeScript tells otherwise, a number for an integer, has not changed."""
    reference = {"$ref": "#/definitions/GetAuthStatusParams"}
    branch = {"properties": {"method": {"enum": ["getAuthStatus"]}, "params": reference}, "required": ["params"]}
    result = turn(authToken={"type": "string"})
    emitted = bundle(Turn=turn(), GetAuthStatusResponse=result)
    emitted["definitions"]["GetAuthStatusParams"] = turn(depth={"type": "integer", "format": "uint"})
    emitted["definitions"]["ClientRequest"] = {"oneOf": [branch]}
    typescript = {
        "messages": {"ClientRequest": {"getAuthStatus": branch}},
        "definitions": {"GetAuthStatusParams": turn(depth={"type": "number"}), "v2/GetAuthStatusResponse": result},
    }
    people = historian_of(
        tmp_path / "store",
        Emission(emitted, None, NOTHING, None),
        Emission(bundle(), None, typescript, None),
        Emission(bundle(), None, NOTHING, None),
    )

    (life,) = people.history("getAuthStatus").lives

    assert happened(life) == [("0.1.0", "added"), ("0.2.0", "changed"), ("0.3.0", "removed")]
    assert life.events[1].text == "only in the TypeScript output"
    assert [part.name.removeprefix("getAuthStatus.") for part in life.parts] == [
        "params",
        "params.depth",
        "result",
        "result.authToken",
    ]
    assert [happened(part) for part in life.parts] == [[("0.1.0", "added"), ("0.3.0", "removed")]] * 4


def test_a_type_that_typescript_tells_otherwise_is_no_other_type() -> None:
    """The root namespace has `ByteRange` in TypeScript only, with numbers for its integers."""
    assert [life.name for life in history("ByteRange").lives] == ["ByteRange"]
