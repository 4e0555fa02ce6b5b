"""The TypeScript output is read as far as the JSON bundle leaves messages out."""

from __future__ import annotations

from typing import Any

import pytest

from codex_schemas import Problem
from codex_schemas.app_server import read_typescript
from codex_schemas.app_server._typescript_parser import parse

HEADER = """\
// GENERATED CODE! DO NOT MODIFY BY HAND!

// "Quotes", { braces and export type Nothing = never; in a comment.
import type { Turn } from "./Turn";
import type { JsonValue } from "../serde_json/JsonValue";

/**
 * Prose about { "it" }.
 */
"""
STRING, NUMBER, NULL = {"type": "string"}, {"type": "number"}, {"type": "null"}
TURN = {"$ref": "v2/Turn"}


def word(*words: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(words)}


def thing(required: list[str], **properties: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties}
    return {**schema, "required": required} if required else schema


EXPRESSIONS: dict[str, Any] = {
    "string": STRING,
    "number": NUMBER,
    "bigint": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "null": NULL,
    "unknown": True,
    '"on"': word("on"),
    "7": {"type": "number", "enum": [7]},
    "-1.5": {"type": "number", "enum": [-1.5]},
    "Turn": TURN,
    "Self": {"$ref": "v2/Self"},
    "(string)": STRING,
    "Array<Turn>": {"type": "array", "items": TURN},
    "unknown[]": {"type": "array", "items": True},
    "(string | null)[][]": {
        "type": "array",
        "items": {"type": "array", "items": {"type": ["string", "null"]}},
    },
    "[string, number]": {"type": "array", "items": [STRING, NUMBER], "minItems": 2, "maxItems": 2},
    "Record<string, never>": {"type": "object"},
    "Record<string, Turn>": {"type": "object", "additionalProperties": TURN},
    "{ [key in string]?: Turn }": {"type": "object", "additionalProperties": TURN},
    "{ [key: string]: unknown }": {"type": "object", "additionalProperties": True},
    "string | null": {"type": ["string", "null"]},
    "Turn | null": {"anyOf": [TURN, NULL]},
    "Turn | undefined": TURN,
    '"on" | "off"': word("on", "off"),
    '| "on" | Turn | "off"': {"anyOf": [word("on", "off"), TURN]},
    '"on" | null': {"anyOf": [word("on"), NULL]},
    '{ "type": "exec" } & Turn': {"allOf": [thing(["type"], type=word("exec")), TURN]},
    "{ a: string, b?: number, c: Turn | null, d?: Turn | null, }": thing(
        ["a"], a=STRING, b=NUMBER, c={"anyOf": [TURN, NULL]}, d={"anyOf": [TURN, NULL]}
    ),
    '{ "thread/start": string, $schema: string }': thing(
        ["thread/start", "$schema"], **{"thread/start": STRING, "$schema": STRING}
    ),
    "{ a: undefined, b?: string | undefined }": thing([], b=STRING),
    "{\n/**\n * Prose: { a?: 1 } | [\n */\na: string, // more\n}": thing(["a"], a=STRING),
}


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_an_expression_becomes_a_schema(text: str) -> None:
    assert parse("v2/Self", f"{HEADER}export type Self ={text};\n") == EXPRESSIONS[text]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "export type Self = ;",
        "export type Self = string",
        "export type Self = { a: string;",
        "export type Self = Array<string;",
        "export type Self = Array;",
        "export type Self = Array<string, string>;",
        "export type Self = Stranger;",
        "export type Self = string[7];",
        'export type Self = "open;',
        "export type Self = Exclude<Self, null>;",
        "export type Self = " + "(" * 100_000 + ";",
        "\0\0\0",
    ],
    ids=lambda text: text[:40] or "empty",
)
def test_what_ts_rs_does_not_write_is_a_problem(text: str) -> None:
    with pytest.raises(Problem, match=r"reading v2/Self\.ts"):
        parse("v2/Self", text)


def branch(method: str) -> dict[str, Any]:
    return {"type": "object", "properties": {"method": word(method)}, "required": ["method"]}


def declared(name: str, text: str, *imports: str) -> str:
    lines = [f'import type {{ {path.rpartition("/")[2]} }} from "./{path}";' for path in imports]
    return "\n".join([*lines, f"export type {name} = {text};"])


@pytest.fixture
def definitions() -> dict[str, Any]:
    """What the bundle knows: one request."""
    unions = {name: {"oneOf": []} for name in ("ServerRequest", "ClientNotification", "ServerNotification")}
    return {"ClientRequest": {"oneOf": [branch("turn/start")]}, **unions}


@pytest.fixture
def files() -> dict[str, str]:
    """What the TypeScript output knows: one message of each kind more."""
    old = '{ "method": "turn/start", } | { "method": "getStatus", params: GetStatusParams, }'
    return {
        "ClientRequest": declared("ClientRequest", old, "GetStatusParams"),
        "ServerRequest": declared("ServerRequest", '{ "method": "ping", params: undefined, }'),
        "ClientNotification": declared("ClientNotification", '{ "method": "initialized" }'),
        "ServerNotification": declared("ServerNotification", '{ "method": "raw", "params": Raw }', "v2/Raw"),
        "GetStatusParams": declared("GetStatusParams", "{ verbose: boolean | null, }"),
        "GetStatusResponse": declared("GetStatusResponse", "{ mode: Mode, }", "Mode"),
        "PingResponse": declared("PingResponse", "Record<string, never>"),
        "Mode": declared("Mode", '"on" | "off"'),
        "v2/Raw": declared("Raw", "{ more: Array<Raw>, }"),
    }


def test_only_the_messages_that_the_bundle_lacks_are_taken(files, definitions) -> None:
    messages = read_typescript(files, definitions)["messages"]

    assert {union: list(branches) for union, branches in messages.items()} == {
        "ClientRequest": ["getStatus"],
        "ServerRequest": ["ping"],
        "ClientNotification": ["initialized"],
        "ServerNotification": ["raw"],
    }
    assert messages["ClientRequest"]["getStatus"] == thing(
        ["method", "params"], method=word("getStatus"), params={"$ref": "#/definitions/GetStatusParams"}
    )
    assert messages["ServerRequest"]["ping"] == branch("ping")


def test_a_union_without_a_missing_message_is_left_out(files, definitions) -> None:
    definitions["ServerRequest"]["oneOf"] = [branch("ping")]

    assert "ServerRequest" not in read_typescript(files, definitions)["messages"]


def test_the_types_that_the_messages_need_are_converted(files, definitions) -> None:
    assert read_typescript(files, definitions)["definitions"] == {
        "GetStatusParams": thing([], verbose={"type": ["boolean", "null"]}),
        "GetStatusResponse": thing(["mode"], mode={"$ref": "#/definitions/Mode"}),
        "Mode": word("on", "off"),
        "PingResponse": {"type": "object"},
        "v2/Raw": thing(["more"], more={"type": "array", "items": {"$ref": "#/definitions/v2/Raw"}}),
    }


@pytest.mark.parametrize("known", ["Mode", "v2/Mode"], ids=["in-its-place", "in-the-other-namespace"])
def test_the_definition_of_the_bundle_is_preferred(files, definitions, known: str) -> None:
    definitions[known] = word("on")

    converted = read_typescript(files, definitions)["definitions"]

    assert "Mode" not in converted
    assert converted["GetStatusResponse"]["properties"] == {"mode": {"$ref": f"#/definitions/{known}"}}


def test_a_type_of_the_same_name_is_another_type(files, definitions) -> None:
    definitions["v2/Mode"] = word("busy")
    files["v2/Mode"] = declared("Mode", '"busy"')

    converted = read_typescript(files, definitions)["definitions"]

    assert converted["Mode"] == word("on", "off")


def test_any_json_value_accepts_everything(files, definitions) -> None:
    imports = ("serde_json/JsonValue",)
    files["GetStatusParams"] = declared("GetStatusParams", "{ a: JsonValue, b: JsonValue | null, }", *imports)

    converted = read_typescript(files, definitions)["definitions"]

    assert converted["GetStatusParams"] == thing(["a"], a=True, b=True)


def test_a_missing_file_is_a_problem(files, definitions) -> None:
    del files["GetStatusParams"]

    with pytest.raises(Problem, match=r"a file GetStatusParams\.ts"):
        read_typescript(files, definitions)


@pytest.mark.parametrize(
    "text", ["string", "unknown", '{ "method": string }', '{ "method": "a" } | string', "Array<unknown>"]
)
def test_a_union_of_something_else_is_a_problem(files, definitions, text: str) -> None:
    files["ServerNotification"] = declared("ServerNotification", text)

    with pytest.raises(Problem, match="the literal of its method"):
        read_typescript(files, definitions)
