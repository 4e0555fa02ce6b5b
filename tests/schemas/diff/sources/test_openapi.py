"""OpenAPI documents: operations, parameters, headers, and what the server calls."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from codex_schemas.diff import Part, read_protocol

DATA = Path(__file__).parents[4] / "schemas" / "codex_schemas" / "data"
TEXT = {"type": "string"}


def openapi(**operation: Any) -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "paths": {"/things/{id}": {"post": {"responses": {}, **operation}}},
        "components": {"schemas": {"Thing": TEXT}},
    }


def parts(path: Path) -> dict[str, Part]:
    return dict(read_protocol(path).messages["POST /things/{id}"].parts)


def test_an_operation_is_a_request_of_the_client(write):
    thing = {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}
    operation = {
        "requestBody": {"required": True, "content": thing},
        "responses": {"200": {"content": thing}, "204": {"description": "nothing"}},
    }
    path = write("some.json", openapi(**operation))

    protocol, found = read_protocol(path), parts(path)

    assert protocol.definitions == {"#/components/schemas/Thing": TEXT}
    assert protocol.messages["POST /things/{id}"].kind == "request"
    assert list(found) == ["path", "query", "header", "cookie", "body application/json", "200 application/json", "204"]
    assert found["body application/json"] == Part({"$ref": "#/components/schemas/Thing"}, "client")
    assert found["200 application/json"] == Part({"$ref": "#/components/schemas/Thing"}, "server", required=False)
    assert found["204"] == Part(schema=True, sender="server", required=False)


def test_with_a_choice_of_media_types_none_is_required(write):
    body = {"required": True, "content": {"application/json": {}, "text/plain": {}}}
    found = parts(write("some.json", openapi(requestBody=body)))
    assert not found["body application/json"].required


def test_parameters_of_one_place_are_an_object(write):
    document = openapi(
        parameters=[
            {"name": "limit", "in": "query", "schema": {"type": "integer"}},
            {"name": "X-Trace", "in": "header", "required": True, "content": {"text/plain": {"schema": TEXT}}},
            {"$ref": "#/components/parameters/After"},
        ]
    )
    document["components"]["parameters"] = {"After": {"name": "after", "in": "query", "required": True, "schema": TEXT}}
    shared = [{"name": "id", "in": "path", "required": True, "schema": TEXT}, {"name": "limit", "in": "query"}]
    document["paths"]["/things/{id}"]["parameters"] = shared
    found = parts(write("some.json", document))

    assert found["path"].schema == {"type": "object", "properties": {"id": TEXT}, "required": ["id"]}
    assert found["query"].schema == {
        "type": "object",
        "properties": {"limit": {"type": "integer"}, "after": TEXT},
        "required": ["after"],
    }
    assert found["header"].schema == {"type": "object", "properties": {"x-trace": TEXT}, "required": ["x-trace"]}
    assert found["cookie"].schema == {"type": "object", "properties": {}, "required": []}


def test_headers_of_an_answer_are_an_object_from_the_server(write):
    answer = {"headers": {"ETag": {"required": True, "schema": TEXT}}}
    found = parts(write("some.json", openapi(responses={"200": answer})))
    schema = {"type": "object", "properties": {"etag": TEXT}, "required": ["etag"]}
    assert found["200 header"] == Part(schema, "server", required=False)


def test_webhooks_and_callbacks_come_from_the_server(write):
    called = {"post": {"requestBody": {"content": {"a/b": {"schema": TEXT}}}, "responses": {"200": {}}}}
    document = openapi(callbacks={"done": {"{$request.body#/url}": called}}) | {"webhooks": {"news": called}}
    messages = read_protocol(write("some.json", document)).messages

    assert {name: message.sender for name, message in messages.items()} == {
        "POST /things/{id}": "client",
        "POST {$request.body#/url} after POST /things/{id}": "server",
        "POST webhook news": "server",
    }
    assert messages["POST webhook news"].parts["body a/b"].sender == "server"
    assert messages["POST webhook news"].parts["200"].sender == "client"


@pytest.mark.parametrize(
    ("schema", "modern"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "string", "nullable": True, "enum": ["a"]}, {"type": ["string", "null"], "enum": ["a", None]}),
        ({"type": "string", "nullable": False}, TEXT),
        (
            {"allOf": [{"$ref": "#/components/schemas/Thing"}], "nullable": True},
            {"anyOf": [{"allOf": [{"$ref": "#/components/schemas/Thing"}]}, {"type": "null"}]},
        ),
    ],
)
def test_nullable_of_openapi_3_0_is_null(write, schema, modern):
    document = openapi() | {"openapi": "3.0.3"}
    document["components"]["schemas"]["Other"] = schema
    definitions = read_protocol(write("some.json", document)).definitions
    assert definitions["#/components/schemas/Other"] == modern


def test_an_openapi_document_may_be_written_in_yaml(write):
    responses = "{200: {content: {text/plain: {schema: {enum: [on, off]}}}}}"
    text = f"openapi: 3.1.0\npaths:\n  /things/{{id}}:\n    post: {{responses: {responses}}}\n"
    assert parts(write("some.yml", text))["200 text/plain"].schema == {"enum": ["on", "off"]}


@pytest.mark.parametrize("surface", ["oauth", "wham", "responses"])
def test_our_own_documents_are_protocols(surface):
    path = DATA / surface / "openapi.json"
    document = json.loads(path.read_text())
    protocol = read_protocol(path)

    assert len(protocol.definitions) >= len(document["components"]["schemas"])
    assert len(protocol.messages) == sum(
        method in {"get", "put", "post", "delete", "patch", "head"}
        for item in document["paths"].values()
        for method in item
    )


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ({"openapi": "3.1.0", "paths": []}, "#/paths"),
        ({"openapi": "3.1.0", "paths": {"/a": {"get": 1}}}, "#/paths/~1a/get"),
        (openapi(parameters={"name": "a"}), "#/paths/~1things~1{id}/post/parameters"),
        (openapi(parameters=[{"in": "query"}]), "#/paths/~1things~1{id}/post/parameters/0"),
        (openapi(parameters=[{"$ref": "#/nowhere"}]), "#/paths/~1things~1{id}/post/parameters/0"),
        (openapi(requestBody={"content": {"a/b": {"schema": 1}}}), "post/requestBody/content/a~1b/schema"),
        (openapi(responses={"200": {"$ref": "#/paths/~1things~1{id}/post/responses/200"}}), "post/responses/200"),
        (openapi(responses={"200": {"$ref": "other.json"}}), "post/responses/200"),
    ],
)
def test_a_malformed_operation_is_named_with_its_place(write, problem, document, place):
    assert problem(write("some.json", document)).doing.endswith(place)
