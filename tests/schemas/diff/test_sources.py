"""Reading what a user names as a protocol: files, folders, and everything that may be wrong with them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from codex_schemas import Problem
from codex_schemas.diff import Part, read_protocol

DATA = Path(__file__).parents[3] / "schemas" / "codex_schemas" / "data"
TEXT = {"type": "string"}


def write(path: Path, content: Any) -> Path:
    """Write a file, as JSON unless it is text already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def problem(path: Path) -> Problem:
    """Return the problem with a file or folder, with all of its four parts."""
    with pytest.raises(Problem) as raised:
        read_protocol(path)
    for part in (raised.value.doing, raised.value.expected, raised.value.found, raised.value.advice):
        assert part.strip()
    assert str(path) in raised.value.doing
    return raised.value


# One file of JSON Schemas.


def test_a_file_has_its_definitions_and_its_own_schema(tmp_path):
    schema = {"$schema": "x", "title": "T", "type": "object", "properties": {"a": {"$ref": "#/definitions/A"}}}
    path = write(tmp_path / "some.json", {**schema, "definitions": {"A": {"description": "prose", **TEXT}}})

    protocol = read_protocol(path)

    assert protocol.name == str(path)
    assert protocol.messages == {}
    assert protocol.definitions == {
        "#": {"type": "object", "properties": {"a": {"$ref": "#/definitions/A"}}},
        "#/definitions/A": TEXT,
    }


def test_a_file_of_definitions_alone_has_no_schema_of_its_own(tmp_path):
    path = write(tmp_path / "some.json", {"$schema": "x", "$defs": {"A": TEXT}})
    assert read_protocol(path).definitions == {"#/definitions/A": TEXT}


def test_both_spellings_of_definitions_may_stand_in_one_file(tmp_path):
    both = {"$defs": {"A": TEXT, "B": TEXT}, "definitions": {"A": {"type": "null"}, "C": {"$ref": "#/$defs/A"}}}
    path = write(tmp_path / "some.json", both)

    assert read_protocol(path).definitions == {
        "#/$defs/A": TEXT,
        "#/definitions/A": {"type": "null"},
        "#/definitions/B": TEXT,
        "#/definitions/C": {"$ref": "#/$defs/A"},
    }


@pytest.mark.parametrize(
    ("reference", "key"),
    [
        ("#", "#"),
        ("#/definitions/A", "#/definitions/A"),
        ("#/definitions/odd~1name%20x", "#/definitions/odd~1name x"),
        ("#/properties/other", "#/properties/other"),
        ("#/definitions/A/anyOf/1", "#/definitions/A/anyOf/1"),
        ("#named", "#/definitions/Named"),
        ("#old", "#/definitions/Old"),
        ("https://example.com/root.json#/definitions/A", "#/definitions/A"),
        ("root.json", "#"),
        ("inner.json", "#/definitions/Inner"),
        ("inner.json#/$defs/Deep", "#/definitions/Inner/$defs/Deep"),
        ("inner.json#anchor", "#/definitions/Inner/$defs/Deep"),
    ],
)
def test_every_form_of_local_reference_is_followed(tmp_path, reference, key):
    schema = {
        "$id": "https://example.com/root.json",
        "properties": {"here": {"$ref": reference}, "other": TEXT},
        "definitions": {
            "A": {"anyOf": [{"type": "null"}, TEXT]},
            "odd/name x": TEXT,
            "Named": {"$anchor": "named", **TEXT},
            "Old": {"$id": "#old", **TEXT},
            "Inner": {"$id": "inner.json", "$defs": {"Deep": {"$anchor": "anchor", **TEXT}}, **TEXT},
        },
    }
    definitions = read_protocol(write(tmp_path / "some.json", schema)).definitions

    assert definitions["#"]["properties"]["here"] == {"$ref": key}
    assert key in definitions


def test_a_reference_inside_a_schema_with_an_address_starts_there(tmp_path):
    inner = {"$id": "inner.json", "properties": {"deep": {"$ref": "#/$defs/Deep"}}, "$defs": {"Deep": TEXT}}
    definitions = read_protocol(write(tmp_path / "some.json", {"$defs": {"Inner": inner}})).definitions
    assert definitions["#/definitions/Inner"]["properties"]["deep"] == {"$ref": "#/$defs/Inner/$defs/Deep"}


@pytest.mark.parametrize("keyword", ["$recursiveRef", "$dynamicRef"])
def test_references_of_other_drafts_are_references(tmp_path, keyword):
    path = write(tmp_path / "some.json", {"items": {keyword: "#"}})
    assert read_protocol(path).definitions == {"#": {"items": {"$ref": "#"}}}


def test_names_and_values_that_look_like_keywords_are_left_alone(tmp_path):
    schema = {
        "properties": {"$ref": TEXT, "title": TEXT, "definitions": TEXT},
        "enum": [{"$ref": "#/nowhere", "title": "kept"}],
        "default": {"description": "kept"},
    }
    assert read_protocol(write(tmp_path / "some.json", schema)).definitions == {"#": schema}


@pytest.mark.parametrize(
    ("old", "modern"),
    [
        ({"minimum": 1, "exclusiveMinimum": True}, {"exclusiveMinimum": 1}),
        ({"maximum": 1, "exclusiveMaximum": False}, {"maximum": 1}),
        ({"items": [TEXT], "additionalItems": False}, {"prefixItems": [TEXT], "items": False}),
        ({"items": TEXT, "additionalItems": False}, {"items": TEXT}),
        ({"items": [TEXT]}, {"prefixItems": [TEXT]}),
        ({"dependencies": {"a": ["b"], "c": TEXT}}, {"dependencies": {"a": ["b"], "c": TEXT}}),
        ({"type": "string", "nullable": True}, {"type": "string", "nullable": True}),
    ],
)
def test_old_spellings_become_modern(tmp_path, old, modern):
    assert read_protocol(write(tmp_path / "some.json", old)).definitions == {"#": modern}


@pytest.mark.parametrize("schema", [True, False, {}])
def test_the_smallest_schemas_are_schemas(tmp_path, schema):
    assert read_protocol(write(tmp_path / "some.json", schema)).definitions == {"#": schema}


def test_a_schema_may_be_written_in_yaml(tmp_path):
    path = write(tmp_path / "some.yaml", "type: object\nproperties:\n  no: {enum: [no, 2026-01-01, 1]}\n")
    assert read_protocol(path).definitions["#"]["properties"] == {"no": {"enum": ["no", "2026-01-01", 1]}}


# A folder of JSON Schemas.


def test_files_of_a_folder_refer_to_each_other(tmp_path):
    write(tmp_path / "Foo.json", {"items": {"$ref": "./v2/Bar.json"}})
    write(tmp_path / "v2/Bar.json", {"items": {"$ref": "../common.json#/definitions/Text"}})
    write(tmp_path / "common.json", {"definitions": {"Text": TEXT}})
    write(tmp_path / "README.md", "prose")
    write(tmp_path / ".hidden/broken.json", "{")

    assert read_protocol(tmp_path).definitions == {
        "#/Foo": {"items": {"$ref": "#/v2/Bar"}},
        "#/v2/Bar": {"items": {"$ref": "#/definitions/Text"}},
        "#/definitions/Text": TEXT,
    }


def test_a_definition_that_every_file_repeats_is_one(tmp_path):
    definitions = {"List": {"items": {"$ref": "#/definitions/Text"}}, "Text": TEXT}
    for name in ("a", "b", "c"):
        write(tmp_path / f"{name}.json", {"items": {"$ref": "#/definitions/List"}, "definitions": definitions})

    assert sorted(read_protocol(tmp_path).definitions) == [
        "#/a",
        "#/b",
        "#/c",
        "#/definitions/List",
        "#/definitions/Text",
    ]


def test_definitions_of_one_name_that_differ_stay_apart_with_all_that_use_them(tmp_path):
    for name, kind in (("a", "string"), ("b", "integer")):
        definitions = {"List": {"items": {"$ref": "#/definitions/Item"}}, "Item": {"type": kind}, "Same": TEXT}
        write(tmp_path / f"{name}.json", {"definitions": definitions})

    assert read_protocol(tmp_path).definitions == {
        "#/a/definitions/List": {"items": {"$ref": "#/a/definitions/Item"}},
        "#/a/definitions/Item": {"type": "string"},
        "#/b/definitions/List": {"items": {"$ref": "#/b/definitions/Item"}},
        "#/b/definitions/Item": {"type": "integer"},
        "#/definitions/Same": TEXT,
    }


def test_a_file_is_found_by_its_address_too(tmp_path):
    write(tmp_path / "a.json", {"$id": "https://example.com/schemas/a.json", "items": {"$ref": "other.json"}})
    write(tmp_path / "b.json", {"$id": "https://example.com/schemas/other.json", **TEXT})
    assert read_protocol(tmp_path).definitions["#/a"] == {"items": {"$ref": "#/b"}}


# What codex itself writes.


def bundle() -> dict[str, Any]:
    """Return a small bundle with a message of each kind."""

    def union(method: str, **fields: Any) -> dict[str, Any]:
        branch = {
            "type": "object",
            "properties": {"method": {"enum": [method]}, **fields},
            "required": ["method", *fields],
        }
        return {"oneOf": [branch], "title": "prose"}

    return {
        "title": "CodexAppServerProtocol",
        "definitions": {
            "ClientRequest": union("turn/start", params={"$ref": "#/definitions/v2/TurnStartParams"}),
            "ServerRequest": union("ask", params={"$ref": "#/definitions/AskParams"}),
            "ClientNotification": union("initialized"),
            "ServerNotification": union("error", params={"$ref": "#/definitions/v2/Error"}),
            "AskParams": TEXT,
            "AskResponse": TEXT,
            "v2": {"TurnStartParams": TEXT, "TurnStartResponse": {"$ref": "#/definitions/Error"}, "Error": TEXT},
        },
    }


def test_a_folder_that_codex_wrote_is_a_protocol_with_messages(tmp_path):
    write(tmp_path / "codex_app_server_protocol.schemas.json", bundle())
    write(tmp_path / "v2/TurnStartParams.json", {"type": "number"})

    protocol = read_protocol(tmp_path)

    assert {name: (message.kind, message.sender) for name, message in protocol.messages.items()} == {
        "turn/start": ("request", "client"),
        "ask": ("request", "server"),
        "initialized": ("notification", "client"),
        "error": ("notification", "server"),
    }
    assert protocol.messages["turn/start"].parts == {
        "params": Part({"$ref": "#/definitions/v2/TurnStartParams"}, "client"),
        "result": Part({"$ref": "#/definitions/v2/TurnStartResponse"}, "server"),
    }
    assert protocol.messages["ask"].parts["result"].sender == "client"
    assert protocol.messages["initialized"].parts == {}
    assert protocol.definitions["#/definitions/v2/TurnStartParams"] == TEXT
    # Some releases refer to the wrong namespace.
    assert protocol.definitions["#/definitions/v2/TurnStartResponse"] == {"$ref": "#/definitions/v2/Error"}


def test_the_bundle_alone_is_the_same_protocol(tmp_path):
    write(tmp_path / "codex_app_server_protocol.schemas.json", bundle())
    alone = read_protocol(write(tmp_path / "saved.json", bundle()))
    assert alone.messages == read_protocol(tmp_path).messages


def test_a_bundle_that_somebody_broke_is_refused(tmp_path):
    broken = bundle()
    del broken["definitions"]["ClientRequest"]["oneOf"][0]["properties"]["method"]
    assert "method" in problem(write(tmp_path / "some.json", broken)).found


# OpenAPI documents.


def openapi(**operation: Any) -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "paths": {"/things/{id}": {"post": {"responses": {}, **operation}}},
        "components": {"schemas": {"Thing": TEXT}},
    }


def parts(path: Path) -> dict[str, Part]:
    return dict(read_protocol(path).messages["POST /things/{id}"].parts)


def test_an_operation_is_a_request_of_the_client(tmp_path):
    thing = {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}
    operation = {
        "requestBody": {"required": True, "content": thing},
        "responses": {"200": {"content": thing}, "204": {"description": "nothing"}},
    }
    path = write(tmp_path / "some.json", openapi(**operation))

    protocol, found = read_protocol(path), parts(path)

    assert protocol.definitions == {"#/components/schemas/Thing": TEXT}
    assert protocol.messages["POST /things/{id}"].kind == "request"
    assert list(found) == ["path", "query", "header", "cookie", "body application/json", "200 application/json", "204"]
    assert found["body application/json"] == Part({"$ref": "#/components/schemas/Thing"}, "client")
    assert found["200 application/json"] == Part({"$ref": "#/components/schemas/Thing"}, "server", required=False)
    assert found["204"] == Part(schema=True, sender="server", required=False)


def test_with_a_choice_of_media_types_none_is_required(tmp_path):
    body = {"required": True, "content": {"application/json": {}, "text/plain": {}}}
    found = parts(write(tmp_path / "some.json", openapi(requestBody=body)))
    assert not found["body application/json"].required


def test_parameters_of_one_place_are_an_object(tmp_path):
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
    found = parts(write(tmp_path / "some.json", document))

    assert found["path"].schema == {"type": "object", "properties": {"id": TEXT}, "required": ["id"]}
    assert found["query"].schema == {
        "type": "object",
        "properties": {"limit": {"type": "integer"}, "after": TEXT},
        "required": ["after"],
    }
    assert found["header"].schema == {"type": "object", "properties": {"x-trace": TEXT}, "required": ["x-trace"]}
    assert found["cookie"].schema == {"type": "object", "properties": {}, "required": []}


def test_headers_of_an_answer_are_an_object_from_the_server(tmp_path):
    answer = {"headers": {"ETag": {"required": True, "schema": TEXT}}}
    found = parts(write(tmp_path / "some.json", openapi(responses={"200": answer})))
    schema = {"type": "object", "properties": {"etag": TEXT}, "required": ["etag"]}
    assert found["200 header"] == Part(schema, "server", required=False)


def test_webhooks_and_callbacks_come_from_the_server(tmp_path):
    called = {"post": {"requestBody": {"content": {"a/b": {"schema": TEXT}}}, "responses": {"200": {}}}}
    document = openapi(callbacks={"done": {"{$request.body#/url}": called}}) | {"webhooks": {"news": called}}
    messages = read_protocol(write(tmp_path / "some.json", document)).messages

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
def test_nullable_of_openapi_3_0_is_null(tmp_path, schema, modern):
    document = openapi() | {"openapi": "3.0.3"}
    document["components"]["schemas"]["Other"] = schema
    definitions = read_protocol(write(tmp_path / "some.json", document)).definitions
    assert definitions["#/components/schemas/Other"] == modern


def test_an_openapi_document_may_be_written_in_yaml(tmp_path):
    responses = "{200: {content: {text/plain: {schema: {enum: [on, off]}}}}}"
    text = f"openapi: 3.1.0\npaths:\n  /things/{{id}}:\n    post: {{responses: {responses}}}\n"
    assert parts(write(tmp_path / "some.yml", text))["200 text/plain"].schema == {"enum": ["on", "off"]}


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


# Bad input.


def nested(depth: int) -> dict[str, Any]:
    schema: dict[str, Any] = dict(TEXT)
    for _ in range(depth):
        schema = {"items": schema}
    return schema


BOMB = "\n".join(["a0: &a0 [x, x, x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))])


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("empty.json", "", "line 1, column 1"),
        ("broken.json", '{\n  "type": "string",\n}', "line 3, column 1"),
        ("twice.json", '{"type": "string", "type": "null"}', "'type' twice"),
        ("not-a-number.json", '{"minimum": NaN}', "nan"),
        ("infinite.json", '{"minimum": 1e999}', "inf"),
        ("long-number.json", '{"minimum": 1' + "0" * 5000 + "}", "4300 digits"),
        ("surrogate.json", '{"enum": ["\\ud800"]}', r"\ud800"),
        ("deep-text.json", "[" * 100_000, "more"),
        ("deep-schema.json", nested(100), "more"),
        ("broken.yaml", "type: [string\n", "line 2, column 1"),
        ("control.yaml", "type: \x01", "position 6"),
        ("twice.yaml", "type: string\ntype: 'null'\n", "'type'"),
        ("merged.yaml", "a: &a {type: string}\nb:\n  <<: *a\n", "<<"),
        ("tagged.yaml", "a: !!python/object:os.system x", "'x'"),
        ("deep.yaml", "[" * 5_000, "more"),
        ("circle.yaml", "a: &a [*a]\n", "more"),
        ("bomb.yaml", BOMB, "more"),
        ("list.json", [TEXT], "[{"),
        ("number.json", 7, "7"),
        ("null.json", None, "null"),
        ("package.json", {"name": "x", "version": "1"}, "name"),
        ("swagger.json", {"swagger": "2.0", "paths": {}}, "OpenAPI 2"),
        ("asyncapi.json", {"asyncapi": "3.0.0", "channels": {}}, "AsyncAPI"),
        ("openapi.json", {"openapi": "4.0.0", "paths": {}}, "version 4.0.0"),
    ],
)
def test_a_file_that_is_no_schema_is_refused(tmp_path, name, content, found):
    assert found in problem(write(tmp_path / name, content)).found


@pytest.mark.parametrize(
    ("schema", "place"),
    [
        ({"properties": {"a": {"type": 7}}}, "#/properties/a/type"),
        ({"properties": [TEXT]}, "#/properties"),
        ({"properties": {"a": "string"}}, "#/properties/a"),
        ({"required": True}, "#/required"),
        ({"required": ["a", 1]}, "#/required"),
        ({"enum": "a"}, "#/enum"),
        ({"anyOf": TEXT}, "#/anyOf"),
        ({"anyOf": [TEXT, None]}, "#/anyOf/1"),
        ({"items": 3}, "#/items"),
        ({"minLength": -1}, "#/minLength"),
        ({"minLength": "1"}, "#/minLength"),
        ({"maximum": True}, "#/maximum"),
        ({"pattern": ["a"]}, "#/pattern"),
        ({"$ref": 7}, "#/$ref"),
        ({"additionalProperties": "no"}, "#/additionalProperties"),
        ({"definitions": {"A": 5}}, "#/definitions/A"),
        ({"type": "object", "definitions": {"A/B": {"not": 1}}}, "#/definitions/A~1B/not"),
    ],
)
def test_a_malformed_keyword_is_named_with_its_place(tmp_path, schema, place):
    assert problem(write(tmp_path / "some.json", schema)).doing.endswith(f" at {place}")


def test_definitions_have_to_be_an_object(tmp_path):
    assert "definitions" in problem(write(tmp_path / "some.json", {"definitions": [TEXT]})).expected


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("#/definitions/Nobody", "nothing there"),
        ("#/properties/a/0", "nothing there"),
        ("#nobody", "nothing there"),
        ("#/enum/" + "9" * 5000, "nothing there"),
        ("https://example.com/schema.json", "nothing is fetched"),
        ("http://[", "nothing is fetched"),
        ("file:///etc/passwd", "nothing is fetched"),
        ("other.json", "outside"),
        ("../other.json", "outside"),
        ("/etc/passwd", "outside"),
    ],
)
def test_a_dangling_reference_is_named_with_its_place(tmp_path, reference, found):
    schema = {"enum": [1], "properties": {"a": {"$ref": reference}}}
    refused = problem(write(tmp_path / "some.json", schema))

    assert refused.doing.endswith("#/properties/a")
    assert reference in refused.expected
    assert found in refused.found


@pytest.mark.parametrize(
    ("reference", "found"),
    [("nobody.json", "no such file"), ("../outside.json", "outside"), ("%2e%2e/outside.json", "outside")],
)
def test_a_reference_of_a_folder_stays_inside(tmp_path, reference, found):
    write(tmp_path / "outside.json", TEXT)
    write(tmp_path / "folder/a.json", {"items": {"$ref": reference}})

    refused = problem(tmp_path / "folder")

    assert refused.doing.endswith("a.json#/items")
    assert found in refused.found


@pytest.mark.parametrize(
    "schema",
    [
        {"definitions": {"A": {"$ref": "#/definitions/B"}, "B": {"$ref": "#/definitions/A"}}},
        {"definitions": {"A": {"$ref": "#/definitions/A", "description": "itself"}}},
        {"$ref": "#"},
    ],
)
def test_an_alias_of_itself_is_refused(tmp_path, schema):
    assert "circle" in problem(write(tmp_path / "some.json", schema)).found


def test_a_schema_that_contains_itself_is_fine(tmp_path):
    path = write(tmp_path / "some.json", {"properties": {"inner": {"$ref": "#"}}})
    assert read_protocol(path).definitions["#"] == {"properties": {"inner": {"$ref": "#"}}}


def test_a_missing_file_is_a_problem(tmp_path):
    assert "No such file" in problem(tmp_path / "nobody.json").found


@pytest.mark.parametrize("path", [Path("/dev/zero"), Path("x" * 5000)], ids=["device", "long name"])
def test_a_path_that_cannot_be_a_file_is_a_problem(path):
    problem(path)


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    problem(tmp_path / "pipe.json")


def test_another_encoding_is_a_problem(tmp_path):
    (tmp_path / "some.json").write_bytes('{"type": "stríng"}'.encode("utf-16"))
    assert "position 0" in problem(tmp_path / "some.json").found


def test_a_byte_order_mark_is_fine(tmp_path):
    (tmp_path / "some.json").write_bytes(b'\xef\xbb\xbf{"type": "string"}')
    assert read_protocol(tmp_path / "some.json").definitions == {"#": TEXT}


@pytest.mark.parametrize("name", ["large.json", "folder"])
def test_more_than_64_mebibytes_are_refused(tmp_path, name):
    # The files are sparse: nothing is written and nothing may be read.
    for file in ("large.json", "folder/a.json", "folder/b.json"):
        with write(tmp_path / file, "").open("w") as large:
            large.truncate((65 if file == "large.json" else 33) * 2**20)
    assert "MiB" in problem(tmp_path / name).found


def test_a_large_yaml_file_is_refused(tmp_path):
    assert "characters" in problem(write(tmp_path / "large.yaml", "# comment\n" * 500_000)).expected


def test_a_folder_without_schemas_is_refused(tmp_path):
    write(tmp_path / "README.md", "prose")
    assert problem(tmp_path).found == "none"


def test_a_folder_with_too_many_files_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("codex_schemas.diff._sources._folder.MOST_FILES", 5)
    for number in range(6):
        write(tmp_path / f"inner/{number}.txt", "")
    assert problem(tmp_path).expected == "at most 5 files"


@pytest.mark.parametrize("other", [openapi(), bundle()], ids=["OpenAPI", "bundle"])
def test_a_folder_of_schemas_and_whole_protocols_is_refused(tmp_path, other):
    write(tmp_path / "a.json", TEXT)
    other_path = write(tmp_path / "b.json", other)
    assert str(other_path) in problem(tmp_path).doing


def test_a_file_of_a_folder_that_is_no_schema_is_named(tmp_path):
    write(tmp_path / "a.json", TEXT)
    write(tmp_path / "b.json", [1])
    assert str(tmp_path / "b.json") in problem(tmp_path).doing


def test_two_files_for_one_name_are_refused(tmp_path):
    write(tmp_path / "a.json", TEXT)
    write(tmp_path / "a.yaml", yaml.safe_dump({"type": "integer"}))
    refused = problem(tmp_path)
    assert "a.json" in refused.found
    assert "a.yaml" in refused.found


def test_two_files_with_one_address_are_refused(tmp_path):
    for name in ("a", "b"):
        write(tmp_path / f"{name}.json", {"$id": "https://example.com/same", "items": {"$ref": "same"}})
    assert "https://example.com/same" in problem(tmp_path).expected


@pytest.mark.parametrize("target", ["outside.json", "other"])
def test_a_link_that_leads_out_is_refused(tmp_path, target):
    write(tmp_path / "outside.json", TEXT)
    write(tmp_path / "other/b.json", TEXT)
    write(tmp_path / "folder/a.json", TEXT)
    (tmp_path / "folder" / "link.json").symlink_to(tmp_path / target)
    assert "leads out" in problem(tmp_path / "folder").found


def test_a_folder_may_be_named_through_a_link(tmp_path):
    write(tmp_path / "folder/a.json", TEXT)
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    assert read_protocol(tmp_path / "link").definitions == {"#/a": TEXT}


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
def test_a_malformed_operation_is_named_with_its_place(tmp_path, document, place):
    assert problem(write(tmp_path / "some.json", document)).doing.endswith(place)
