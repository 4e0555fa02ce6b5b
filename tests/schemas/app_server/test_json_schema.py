"""The protocol as JSON Schema: whole, or one method or type that stands alone."""

from __future__ import annotations

import jsonschema
import pytest

from codex_schemas import Problem, app_server
from codex_schemas.app_server import checksum, normalise, to_json_schema, validate_type
from codex_schemas.app_server.references import closure


@pytest.mark.parametrize("version", ["0.58.0", "0.141.0", "0.169.0"])
def test_the_whole_is_the_bundle_that_was_emitted(version: str) -> None:
    release = next(release for release in app_server.releases() if release.version == version)

    assert checksum(normalise(to_json_schema(app_server.load(version)))) == release.stable.checksum


@pytest.mark.parametrize("version", ["0.58.0", "0.106.0", "0.169.0"])
def test_a_part_brings_all_that_it_refers_to_and_no_more(version: str) -> None:
    contract = app_server.load(version, experimental=True)

    for name in [*contract.methods, *contract.definitions]:
        schema = to_json_schema(contract, name)
        definitions = {
            path: below
            for key, value in schema.pop("definitions").items()
            for path, below in (
                {f"v2/{inner}": each for inner, each in value.items()} if key == "v2" else {key: value}
            ).items()
        }
        assert definitions == closure(schema, contract.definitions), name


def test_a_part_is_a_schema_for_other_tools() -> None:
    schema = to_json_schema(app_server.load("0.169.0"), "Turn")
    turn = {"id": "t", "items": [], "status": "completed"}

    jsonschema.Draft7Validator.check_schema(schema)
    assert jsonschema.Draft7Validator(schema).is_valid(turn)
    assert not jsonschema.Draft7Validator(schema).is_valid({**turn, "status": "done"})


def test_a_value_is_checked_against_a_type() -> None:
    contract = app_server.load("0.169.0")

    assert validate_type(contract, "completed", "TurnStatus") == []
    (violation,) = validate_type(contract, "done", "v2/TurnStatus")
    assert (violation.where, violation.found) == ("v2/TurnStatus", '"done"')


def test_a_type_is_checked_as_the_binary_keeps_to_it() -> None:
    """What is noted as a deviation counts, also for the type itself."""
    tool = {"name": "look", "description": "looks", "inputSchema": {}}

    assert validate_type(app_server.load("0.169.0", experimental=True), tool, "DynamicToolSpec") == []


def test_an_unknown_name_is_refused() -> None:
    contract = app_server.load("0.169.0")

    with pytest.raises(Problem, match="Closest: Turn"):
        to_json_schema(contract, "Trun")
    with pytest.raises(Problem, match="Closest: Turn"):
        validate_type(contract, {}, "Trun")
