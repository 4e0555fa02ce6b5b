"""``thread/inject_items``: putting items into what the model sees."""

from __future__ import annotations

import pytest


def message(text, **part):
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text, **part}]}


def test_items_reach_the_model_and_no_turn(talk, release):
    thread = talk(version=release)
    thread.ask("thread/inject_items", items=[message("before")])
    thread.say("hello")
    thread.ask("thread/inject_items", items=[message("after")])

    said = thread.server.threads.find(thread.id).conversation()

    texts = [item["content"][0]["text"] for item in said if item.get("role") == "user"]
    assert texts == ["before", "hello", "after"]
    shown = thread.ask("thread/read", includeTurns=True)["thread"]["turns"]
    assert "before" not in str(shown)


def test_nothing_is_told(talk, release):
    thread = talk(version=release)

    assert thread.ask("thread/inject_items", items=[message("x")]) == {}

    assert thread.told() == []


@pytest.mark.parametrize(
    ("items", "text"),
    [
        ([], "items must not be empty"),
        ([{"type": "message"}], "items[0] is not a valid response item: missing field `role`"),
        ([message("x"), {}], "items[1] is not a valid response item: missing field `type`"),
        ([{"type": 5}], "items[0] is not a valid response item: invalid type: number, expected variant identifier"),
        (
            [{"type": "message", "role": "user", "content": "x"}],
            'items[0] is not a valid response item: invalid type: string "x", expected a sequence',
        ),
        (
            [3],
            (
                "items[0] is not a valid response item: invalid type: integer `3`, "
                "expected internally tagged enum ResponseItem"
            ),
        ),
    ],
    ids=["none", "no role", "no type", "a type that is no text", "content that is no list", "no object"],
)
def test_what_is_no_item_is_refused(talk, release, items, text):
    assert talk(version=release).refused("thread/inject_items", items=items).message == text


def test_an_item_of_an_unknown_type_is_taken(talk, release):
    assert talk(version=release).ask("thread/inject_items", items=[{"type": "zzz"}]) == {}


def test_a_remote_image_is_refused_by_release(talk, release):
    thread = talk(version=release)
    image = {"type": "message", "role": "user", "content": [{"type": "input_image", "image_url": "https://x.test/i"}]}

    if release == "0.141.0":
        assert thread.ask("thread/inject_items", items=[image]) == {}
    else:
        assert thread.refused("thread/inject_items", items=[image]).message == (
            "remote image URLs are not supported; use an inline data URL instead"
        )
