"""The mapping table: every name in it exists, in the contracts and in the releases that it says."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from codex_schemas import load as load_surface
from codex_schemas import load_events
from codex_schemas._references import references
from codex_schemas.account import Conversion, mapping
from codex_schemas.account._rules import RULES
from codex_schemas.app_server import AppServerContract, load, versions
from codex_schemas.app_server.release_numbers import within
from codex_schemas.document import resolve

TABLE = mapping()
DATA = files("codex_schemas").joinpath("data", "account")
FORMAT = json.loads(DATA.joinpath("mapping.schema.json").read_text(encoding="utf-8"))
CONVERSIONS = {**TABLE.conversions, **TABLE.requests}
CONTRACTS = [load(version, experimental=True) for version in versions()]
#: The rules that give a nested conversion a value of its own.
HANDING_ON = ("first", "list", "list_in_order", "object", "object_or_nothing")
#: What rows may read of a source that is no WHAM schema.
OTHER_SOURCES = {
    "SignedIn": {"account_id", "user_id", "email", "plan_type", "last_used_at"},
    "Answer": {"status"},
    "Before": {"credits", "individualLimit", "spendControlReached", "planType", "rateLimitReachedType"},
}
#: What the account messages have no place for, though codex reads it.
DROPPED: dict[str, set[str]] = {
    "AdditionalRateLimitDetails": set(),
    "CreditStatusDetails": set(),
    "DailyUsageBucket": set(),
    "RateLimitResetCredit": set(),
    "RateLimitResetCredits": set(),
    "RateLimitStatusDetails": {"limit_reached"},
    "RateLimitStatusPayload": set(),
    "RateLimitWindowSnapshot": set(),
    "SpendControlLimitDetails": {"remaining", "source"},
    "ThreadUsage": set(),
    "ThreadUsageGroup": set(),
    "WorkspaceMessage": set(),
}
every_conversion = pytest.mark.parametrize("name", CONVERSIONS)


def fields(contract: AppServerContract, conversion: Conversion) -> set[str] | None:
    """Return the fields of the type that a conversion makes; None where the release has no such type."""
    schema = contract.definitions.get(f"v2/{conversion.type}", {})
    for branch in (schema, *schema.get("oneOf", ())):
        properties = branch.get("properties", {})
        if properties and conversion.variant in ("", *properties.get("type", {}).get("enum", ())):
            return set(properties)
    return None


def wham_schema(name: str) -> tuple[Any, Any]:
    """Return a schema of the backend with its document: of WHAM, or of an event of a model response."""
    for surface in ("wham", "responses"):
        document = load_surface(surface).document
        if name in document["components"]["schemas"]:
            return document, document["components"]["schemas"][name]
    return document, load_events()._events["events"][name]["schema"]


def at(document: Any, schema: Any, path: str) -> Any:
    """Return the schema of a field by its path; KeyError where there is none."""
    for step in path.split(".") if path else ():
        branches = [schema, *schema.get("anyOf", ())]
        resolved = [resolve(document, each["$ref"]) if "$ref" in each else each for each in branches]
        schema = next(each for each in resolved if "properties" in each)["properties"][step]
    return schema


def test_the_table_fits_its_published_format() -> None:
    jsonschema.Draft202012Validator.check_schema(FORMAT)
    jsonschema.Draft202012Validator(FORMAT).validate(json.loads(DATA.joinpath("mapping.json").read_bytes()))


def test_every_rule_is_published_and_used() -> None:
    published = {rule["const"] for rule in FORMAT["$defs"]["Rule"]["oneOf"]}

    assert published == set(RULES)
    assert {row.rule for conversion in CONVERSIONS.values() for row in conversion.rows} == set(RULES)


def test_every_conversion_is_used() -> None:
    nested = {row.conversion for conversion in CONVERSIONS.values() for row in conversion.rows} - {""}

    assert nested | set(TABLE.results.values()) == set(TABLE.conversions)


@pytest.mark.parametrize("method", TABLE.results)
def test_a_conversion_makes_the_result_of_its_method(method: str) -> None:
    found = CONTRACTS[-1].method(method)
    made = f"v2/{TABLE.conversions[TABLE.results[method]].type}"

    assert made == found.result or found.params == {"$ref": f"#/definitions/{made}"}


@pytest.mark.parametrize("method", TABLE.requests)
def test_a_request_reads_the_params_of_its_method(method: str) -> None:
    params = set(references(CONTRACTS[-1].method(method).params))

    assert f"#/definitions/v2/{TABLE.requests[method].type}" in params


@every_conversion
def test_each_row_holds_for_the_releases_that_have_its_field(name: str) -> None:
    """What the rows make for a release are the fields of its type; a request may leave some out."""
    conversion = CONVERSIONS[name]
    for contract in CONTRACTS:
        known = fields(contract, conversion)
        made = {row.field for row in conversion.rows if within(contract.version, row.since, row.until)}
        if known is not None:
            assert made <= known if name in TABLE.requests else made == known, contract.version


@every_conversion
def test_each_row_reads_what_there_is(name: str) -> None:
    conversion = CONVERSIONS[name]
    for row in conversion.rows:
        source = row.schema or conversion.schema
        if source in OTHER_SOURCES:
            assert row.source in ("", *OTHER_SOURCES[source])
        else:
            document, schema = wham_schema(source)
            assert at(document, schema, row.source) is not None
            assert at(document, schema, row.order) is not None


@every_conversion
def test_a_nested_conversion_reads_what_it_is_given(name: str) -> None:
    conversion = CONVERSIONS[name]
    for row in conversion.rows:
        if row.rule in HANDING_ON and row.source:
            document, schema = wham_schema(row.schema or conversion.schema)
            given = at(document, schema, row.source)
            handed = given.get("items", given)
            possible = [each.get("$ref") for each in (handed, *handed.get("anyOf", ()))]
            assert f"#/components/schemas/{TABLE.conversions[row.conversion].schema}" in possible


def test_the_sources_that_are_no_schemas_are_explained() -> None:
    assert set(TABLE.sources) == set(OTHER_SOURCES)


@pytest.mark.parametrize("schema", DROPPED)
def test_what_codex_reads_of_an_answer_is_mapped_or_known_to_be_dropped(schema: str) -> None:
    _, definition = wham_schema(schema)
    read = {name for name, part in definition["properties"].items() if part.get("x-codex-read", True)}
    rows = [row for conversion in CONVERSIONS.values() for row in conversion.rows]

    mapped = {step for row in rows for step in row.source.split(".")}

    assert read - mapped == DROPPED[schema]
