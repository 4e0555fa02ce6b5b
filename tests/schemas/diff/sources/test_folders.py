"""A folder of JSON Schemas that refer to each other, and what may be wrong with it."""

from __future__ import annotations

import pytest
import yaml

from codex_schemas.diff import read_protocol

TEXT = {"type": "string"}


def test_files_of_a_folder_refer_to_each_other(tmp_path, write):
    write("Foo.json", {"items": {"$ref": "./v2/Bar.json"}})
    write("v2/Bar.json", {"items": {"$ref": "../common.json#/definitions/Text"}})
    write("common.json", {"definitions": {"Text": TEXT}})
    write("README.md", "prose")
    write(".hidden/broken.json", "{")

    assert read_protocol(tmp_path).definitions == {
        "#/Foo": {"items": {"$ref": "#/v2/Bar"}},
        "#/v2/Bar": {"items": {"$ref": "#/definitions/Text"}},
        "#/definitions/Text": TEXT,
    }


def test_a_definition_that_every_file_repeats_is_one(tmp_path, write):
    definitions = {"List": {"items": {"$ref": "#/definitions/Text"}}, "Text": TEXT}
    for name in ("a", "b", "c"):
        write(f"{name}.json", {"items": {"$ref": "#/definitions/List"}, "definitions": definitions})

    assert sorted(read_protocol(tmp_path).definitions) == [
        "#/a",
        "#/b",
        "#/c",
        "#/definitions/List",
        "#/definitions/Text",
    ]


def test_definitions_of_one_name_that_differ_stay_apart_with_all_that_use_them(tmp_path, write):
    for name, kind in (("a", "string"), ("b", "integer")):
        definitions = {"List": {"items": {"$ref": "#/definitions/Item"}}, "Item": {"type": kind}, "Same": TEXT}
        write(f"{name}.json", {"definitions": definitions})

    assert read_protocol(tmp_path).definitions == {
        "#/a/definitions/List": {"items": {"$ref": "#/a/definitions/Item"}},
        "#/a/definitions/Item": {"type": "string"},
        "#/b/definitions/List": {"items": {"$ref": "#/b/definitions/Item"}},
        "#/b/definitions/Item": {"type": "integer"},
        "#/definitions/Same": TEXT,
    }


def test_a_file_is_found_by_its_address_too(tmp_path, write):
    write("a.json", {"$id": "https://example.com/schemas/a.json", "items": {"$ref": "other.json"}})
    write("b.json", {"$id": "https://example.com/schemas/other.json", **TEXT})
    assert read_protocol(tmp_path).definitions["#/a"] == {"items": {"$ref": "#/b"}}


@pytest.mark.parametrize(
    ("reference", "found"),
    [("nobody.json", "no such file"), ("../outside.json", "outside"), ("%2e%2e/outside.json", "outside")],
)
def test_a_reference_of_a_folder_stays_inside(tmp_path, write, problem, reference, found):
    write("outside.json", TEXT)
    write("folder/a.json", {"items": {"$ref": reference}})

    refused = problem(tmp_path / "folder")

    assert refused.doing.endswith("a.json#/items")
    assert found in refused.found


def test_a_folder_without_schemas_is_refused(tmp_path, write, problem):
    write("README.md", "prose")
    assert problem(tmp_path).found == "none"


def test_a_folder_with_too_many_files_is_refused(tmp_path, write, problem, monkeypatch):
    monkeypatch.setattr("codex_schemas.diff._sources._folder.MOST_FILES", 5)
    for number in range(6):
        write(f"inner/{number}.txt", "")
    assert problem(tmp_path).expected == "at most 5 files"


WHOLE_PROTOCOLS = {"OpenAPI": {"openapi": "3.1.0", "paths": {}}, "bundle": {"title": "CodexAppServerProtocol"}}


@pytest.mark.parametrize("other", WHOLE_PROTOCOLS.values(), ids=WHOLE_PROTOCOLS)
def test_a_folder_of_schemas_and_whole_protocols_is_refused(tmp_path, write, problem, other):
    write("a.json", TEXT)
    other_path = write("b.json", other)
    assert str(other_path) in problem(tmp_path).doing


def test_a_file_of_a_folder_that_is_no_schema_is_named(tmp_path, write, problem):
    write("a.json", TEXT)
    write("b.json", [1])
    assert str(tmp_path / "b.json") in problem(tmp_path).doing


def test_two_files_for_one_name_are_refused(tmp_path, write, problem):
    write("a.json", TEXT)
    write("a.yaml", yaml.safe_dump({"type": "integer"}))
    refused = problem(tmp_path)
    assert "a.json" in refused.found
    assert "a.yaml" in refused.found


def test_two_files_with_one_address_are_refused(tmp_path, write, problem):
    for name in ("a", "b"):
        write(f"{name}.json", {"$id": "https://example.com/same", "items": {"$ref": "same"}})
    assert "https://example.com/same" in problem(tmp_path).expected


@pytest.mark.parametrize("target", ["outside.json", "other"])
def test_a_link_that_leads_out_is_refused(tmp_path, write, problem, target):
    write("outside.json", TEXT)
    write("other/b.json", TEXT)
    write("folder/a.json", TEXT)
    (tmp_path / "folder" / "link.json").symlink_to(tmp_path / target)
    assert "leads out" in problem(tmp_path / "folder").found


def test_a_folder_may_be_named_through_a_link(tmp_path, write):
    write("folder/a.json", TEXT)
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    assert read_protocol(tmp_path / "link").definitions == {"#/a": TEXT}
