"""The strategies know every keyword of the schemas that describe what clients send."""

import pytest

from codex_conformance.strategies import answer_forms, frame_forms, message_forms, request_forms
from codex_conformance.strategies._scalars import FORMATS
from codex_conformance.strategies._shape import ANNOTATIONS, UNDERSTOOD
from codex_schemas.app_server import load, versions

#: Keywords whose value maps names to schemas, is a schema, or is a list of them.
NAMED, SINGLE, LISTED = (
    {"properties"},
    {"additionalProperties", "items", "not", "propertyNames"},
    {"allOf", "anyOf", "oneOf"},
)

#: What a ``not`` may say, which the strategies read in their own way.
NEGATED = {"enum", "required", "properties", "description"}


def schemas_of(form, seen):
    """Yield every schema that a form uses, once."""
    waiting = [form.schema]
    while waiting:
        schema = waiting.pop()
        if not isinstance(schema, dict) or id(schema) in seen:
            continue
        seen[id(schema)] = schema
        yield schema
        waiting += [form.lookup(schema["$ref"])] if "$ref" in schema else []
        waiting += [part for keyword in NAMED for part in schema.get(keyword, {}).values()]
        waiting += [schema[keyword] for keyword in SINGLE - {"not"} if keyword in schema]
        waiting += [part for keyword in LISTED for part in schema.get(keyword, ())]


def assert_understood(forms, seen):
    for form in forms:
        for schema in schemas_of(form, seen):
            unknown = {word for word in schema if not word.startswith("x-")} - set(UNDERSTOOD) - ANNOTATIONS
            assert not unknown, (form.name, schema)
            assert schema.get("format") in {None, *FORMATS}, (form.name, schema)
            assert set(schema.get("not", {})) <= NEGATED, (form.name, schema)


@pytest.mark.parametrize("surface", ["oauth", "wham", "responses", "chat"])
def test_no_request_has_a_keyword_that_is_not_known(surface):
    assert_understood(request_forms(surface), {})


def test_no_frame_has_a_keyword_that_is_not_known():
    assert_understood(frame_forms(), {})


def test_no_message_of_any_release_has_a_keyword_that_is_not_known():
    seen = {}
    for version in versions():
        contract = load(version, experimental=True)
        assert_understood(message_forms(contract), seen)
        assert_understood(answer_forms(contract), seen)
