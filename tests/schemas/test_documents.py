"""The contract documents of all surfaces: valid OpenAPI, with examples that fit, for any validator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from codex_schemas import SURFACES, Operation, Validator, load
from codex_schemas.document import resolve

REGISTRY = Registry().with_resources(
    (f"urn:{surface}", DRAFT202012.create_resource(load(surface).document)) for surface in SURFACES
)


def examples(surface: str, node: Any, pointer: str = "") -> Iterator[Any]:
    """Yield the pointer of each schema that has examples beside it, with each example."""
    if isinstance(node, list):
        node = dict(enumerate(node))
    if not isinstance(node, dict):
        return
    named = {name: example["value"] for name, example in node.get("examples", {}).items()}
    named |= {"example": node["example"]} if "example" in node else {}
    for name, value in named.items() if "schema" in node else ():
        yield pytest.param(f"urn:{surface}#{pointer}/schema", value, id=f"{surface}{pointer}#{name}")
    for key, child in node.items():
        yield from examples(surface, child, f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}")


def plain(reference: str) -> Draft202012Validator:
    """Return an ordinary JSON Schema validator, which knows nothing of our conventions."""
    return Draft202012Validator({"$ref": reference}, registry=REGISTRY)


EXAMPLES = [example for surface in SURFACES for example in examples(surface, load(surface).document)]
OPERATIONS = [operation for surface in SURFACES for operation in load(surface).operations.values()]


@pytest.mark.parametrize("surface", SURFACES)
def test_document_is_valid_openapi(surface: str) -> None:
    validate(load(surface).document)


@pytest.mark.parametrize(("reference", "example"), EXAMPLES)
def test_example_fits_its_schema(reference: str, example: object) -> None:
    assert plain(reference).is_valid(example)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: f"{operation.surface}.{operation.id}")
def test_every_body_has_an_example(operation: Operation) -> None:
    answers = [answer for status, answer in operation.definition["responses"].items() if status in ("200", "201")]
    bodies = [body for body in (operation.definition.get("requestBody"), *answers) if body and "content" in body]

    assert all(any("examples" in media for media in body["content"].values()) for body in bodies)


def mutations(value: Any) -> Iterator[Any]:
    """Yield the value with each field in turn left out, nulled and retyped, at any depth."""
    if isinstance(value, dict):
        for key in value:
            yield {name: part for name, part in value.items() if name != key}
            for other in (None, 12.5, "odd", [], {}, True):
                yield {**value, key: other}
            for changed in mutations(value[key]):
                yield {**value, key: changed}
    elif isinstance(value, list) and value:
        for changed in mutations(value[0]):
            yield [changed, *value[1:]]


@pytest.mark.parametrize(("reference", "example"), EXAMPLES)
def test_the_fast_validator_agrees_with_the_one_that_explains(reference: str, example: object) -> None:
    surface, pointer = reference.removeprefix("urn:").split("#")
    document = load(surface).document
    ours = Validator(document, resolve(document, f"#{pointer}"), reference)
    plain_one = plain(reference)

    differing = [changed for changed in mutations(example) if ours.is_valid(changed) != plain_one.is_valid(changed)]

    assert differing == []
