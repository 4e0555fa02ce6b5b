"""What codex itself writes: a bundle in which every message stands."""

from __future__ import annotations

from typing import Any

from codex_schemas.diff import Part, read_protocol

TEXT = {"type": "string"}


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


def test_a_folder_that_codex_wrote_is_a_protocol_with_messages(tmp_path, write):
    write("codex_app_server_protocol.schemas.json", bundle())
    write("v2/TurnStartParams.json", {"type": "number"})

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


def test_the_bundle_alone_is_the_same_protocol(tmp_path, write):
    write("codex_app_server_protocol.schemas.json", bundle())
    alone = read_protocol(write("saved.json", bundle()))
    assert alone.messages == read_protocol(tmp_path).messages


def test_a_bundle_that_somebody_broke_is_refused(write, problem):
    broken = bundle()
    del broken["definitions"]["ClientRequest"]["oneOf"][0]["properties"]["method"]
    assert "method" in problem(write("some.json", broken)).found
