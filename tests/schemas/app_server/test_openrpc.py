"""The contract as an OpenRPC document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from codex_schemas.app_server import latest, load, to_openrpc, versions

RELEASES = (versions()[0], "0.141.0", latest())
DOCUMENT = to_openrpc(load("0.169.0", experimental=True))
METHODS = {method["name"]: method for method in DOCUMENT["methods"]}


def parts(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a document."""
    if isinstance(node, dict):
        yield node
    for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from parts(part)


@pytest.mark.parametrize("experimental", [False, True], ids=["stable", "experimental"])
@pytest.mark.parametrize("version", RELEASES)
def test_it_has_the_form_of_openrpc(version, experimental) -> None:
    document = to_openrpc(load(version, experimental=experimental))

    assert re.fullmatch(r"1\.3\.\d+", document["openrpc"])
    assert document["info"]["version"] == version
    assert all(re.fullmatch(r"[a-zA-Z0-9._-]+", name) for name in document["components"]["schemas"])
    for method in document["methods"]:
        extensions = {key for key in method if key.startswith("x-")}
        assert method.keys() - extensions <= {"name", "params", "paramStructure", "result"}
        assert [descriptor.keys() for descriptor in method["params"]] == [{"name", "required", "schema"}] * len(
            method["params"]
        )
        assert ("result" in method) == (method["x-kind"] == "request")


@pytest.mark.parametrize("version", RELEASES)
def test_every_schema_is_one_and_every_reference_leads_to_one(version: str) -> None:
    document = to_openrpc(load(version, experimental=True))
    components = document["components"]["schemas"]

    for schema in components.values():
        jsonschema.Draft7Validator.check_schema(schema)
    targets = {part["$ref"] for part in parts(document) if isinstance(part.get("$ref"), str)}
    assert targets == {f"#/components/schemas/{name}" for name in components}


@pytest.mark.parametrize("version", RELEASES)
def test_no_two_types_are_titled_alike(version: str) -> None:
    components = to_openrpc(load(version, experimental=True))["components"]["schemas"]

    titles = [schema["title"] for schema in components.values() if isinstance(schema, dict)]

    assert len(set(titles)) == len(titles)
    assert components["v2.Turn"]["title"] == "Turn"


def test_every_message_is_a_method() -> None:
    contract = load("0.169.0", experimental=True)

    assert {name: (method["x-sender"], method["x-kind"]) for name, method in METHODS.items()} == {
        name: (method.sender, method.kind) for name, method in contract.methods.items()
    }


@pytest.mark.parametrize(
    ("method", "params"),
    [
        pytest.param("turn/started", {"threadId": True, "turn": True}, id="an object"),
        pytest.param("account/logout", {}, id="none"),
        pytest.param("account/usage/read", {"threadId": False}, id="an object or null"),
        pytest.param(
            "account/bedrock/setup",
            {"profile": False, "region": True, "type": True},
            id="a union: what all variants need",
        ),
    ],
)
def test_params_are_listed_with_what_is_required(method: str, params: dict[str, bool]) -> None:
    listed = METHODS[method]["params"]

    assert {descriptor["name"]: descriptor["required"] for descriptor in listed} == params


def test_a_field_of_several_variants_admits_what_any_of_them_does() -> None:
    (tag,) = [each["schema"] for each in METHODS["account/bedrock/setup"]["params"] if each["name"] == "type"]

    assert sorted(branch["enum"][0] for branch in tag["anyOf"]) == ["environment", "profile"]


def test_the_extensions_tell_what_openrpc_has_no_words_for() -> None:
    method = METHODS["item/tool/call"]

    assert {key: value for key, value in method.items() if key.startswith("x-")} == {
        "x-sender": "server",
        "x-kind": "request",
        "x-experimental": load("0.169.0", experimental=True).method("item/tool/call").experimental,
        "x-since": load("0.169.0", experimental=True).method("item/tool/call").since,
        "x-params": {"$ref": "#/components/schemas/DynamicToolCallParams"},
    }


def test_the_end_of_a_method_is_told() -> None:
    methods = {each["name"]: each for each in to_openrpc(load("0.141.0"))["methods"]}

    assert methods["thread/rollback"]["x-until"] == load("0.141.0").method("thread/rollback").until
    assert "x-until" not in methods["turn/start"]
