"""Files that are no schema, or too large, or broken: each is refused in four parts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from codex_schemas.diff import read_protocol

TEXT = {"type": "string"}


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
        ("broken.json", '{\n  "type" "string"\n}', "line 2, column 10"),
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
def test_a_file_that_is_no_schema_is_refused(write, problem, name, content, found):
    assert found in problem(write(name, content)).found


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
def test_a_malformed_keyword_is_named_with_its_place(write, problem, schema, place):
    assert problem(write("some.json", schema)).doing.endswith(f" at {place}")


def test_definitions_have_to_be_an_object(write, problem):
    assert "definitions" in problem(write("some.json", {"definitions": [TEXT]})).expected


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
def test_a_dangling_reference_is_named_with_its_place(write, problem, reference, found):
    schema = {"enum": [1], "properties": {"a": {"$ref": reference}}}
    refused = problem(write("some.json", schema))

    assert refused.doing.endswith("#/properties/a")
    assert reference in refused.expected
    assert found in refused.found


def test_a_missing_file_is_a_problem(tmp_path, problem):
    assert "No such file" in problem(tmp_path / "nobody.json").found


@pytest.mark.parametrize("path", [Path("/dev/zero"), Path("x" * 5000)], ids=["device", "long name"])
def test_a_path_that_cannot_be_a_file_is_a_problem(problem, path):
    problem(path)


def test_a_pipe_is_not_waited_for(tmp_path, problem):
    os.mkfifo(tmp_path / "pipe.json")
    problem(tmp_path / "pipe.json")


def test_another_encoding_is_a_problem(tmp_path, problem):
    (tmp_path / "some.json").write_bytes('{"type": "stríng"}'.encode("utf-16"))
    assert "position 0" in problem(tmp_path / "some.json").found


def test_a_byte_order_mark_is_fine(tmp_path):
    (tmp_path / "some.json").write_bytes(b'\xef\xbb\xbf{"type": "string"}')
    assert read_protocol(tmp_path / "some.json").definitions == {"#": TEXT}


@pytest.mark.parametrize("name", ["large.json", "folder"])
def test_more_than_64_mebibytes_are_refused(tmp_path, write, problem, name):
    # The files are sparse: nothing is written and nothing may be read.
    for file in ("large.json", "folder/a.json", "folder/b.json"):
        with write(file, "").open("w") as large:
            large.truncate((65 if file == "large.json" else 33) * 2**20)
    assert "MiB" in problem(tmp_path / name).found


def test_a_large_yaml_file_is_refused(write, problem):
    assert "characters" in problem(write("large.yaml", "# comment\n" * 500_000)).expected
