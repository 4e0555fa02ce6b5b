"""What the input of a request becomes before the model reads it."""

import pytest

from codex_mockserver.model import read_input

MESSAGE = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}


@pytest.mark.parametrize(
    "written", ["Hi", [{"role": "user", "content": "Hi"}], [MESSAGE]], ids=["text", "short", "whole"]
)
def test_a_message_is_written_out(written):
    assert read_input(written) == [MESSAGE]


@pytest.mark.parametrize("reference", [{"id": "msg_1"}, {"id": "msg_1", "type": None}], ids=["no type", "null"])
def test_an_id_alone_is_a_reference(reference):
    assert read_input([reference]) == [{"id": "msg_1", "type": "item_reference"}]


@pytest.mark.parametrize("kind", ["", "unheard_of"], ids=["empty", "unknown"])
def test_an_item_of_another_type_stays_as_it_is(kind):
    assert read_input([{"type": kind}]) == [{"type": kind}]
