"""The official Python SDK over a real socket, with its types, its streaming helpers and its retries."""

from __future__ import annotations

import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel

from codex_mockserver import SyncBackend

MODEL = "gpt-5.5"
HELLO = "Hello, how are you?"
SUNNY = "Hello, it is sunny in Paris."
QUESTION = [{"role": "user", "content": "What is the weather?"}]
PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOL = {"type": "function", "name": "get_weather", "strict": False, "parameters": PARAMETERS}
CHAT_TOOL = {"type": "function", "function": {"name": "get_weather", "parameters": PARAMETERS}}


class Answer(BaseModel):
    a: str


def chat(client: OpenAI, content: str = "Say hello.", **options):
    return client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": content}], **options)


def test_a_stored_response_lives_from_its_creation_to_its_deletion(client) -> None:
    response = client.responses.create(model=MODEL, input="Say hello.", metadata={"k": "v"})

    assert client.responses.retrieve(response.id) == response
    assert [item.role for item in client.responses.input_items.list(response.id)] == ["user"]
    client.responses.delete(response.id)
    with pytest.raises(openai.NotFoundError, match=f"Response with id '{response.id}' not found."):
        client.responses.retrieve(response.id)


def test_the_streaming_helper_puts_a_response_together(client) -> None:
    with client.responses.stream(model=MODEL, input="Say hello.") as stream:
        deltas = [event.delta for event in stream if event.type == "response.output_text.delta"]
        response = stream.get_final_response()

    assert "".join(deltas) == response.output_text == HELLO


def test_the_streaming_helper_resumes_a_background_response_where_the_connection_was_lost(backend, client) -> None:
    with pytest.raises(openai.APIConnectionError):
        list(client.responses.create(model=MODEL, input="Please break off.", background=True, stream=True))
    lost = client.responses.retrieve(next(iter(backend.world.state.responses)))

    with client.responses.stream(response_id=lost.id, starting_after=7) as stream:
        events = list(stream)

    assert [event.sequence_number for event in events][:2] == [8, 9]
    assert events[-1].type == "response.completed"
    assert events[-1].response.output_text == "The connection will not live to the end of this sentence."


def test_a_background_response_is_polled_to_its_end(backend, client) -> None:
    response = client.responses.create(model=MODEL, input="Say hello.", background=True)

    states = [response.status]
    for _ in range(2):
        backend.world.clock.advance(0.5)
        states.append(client.responses.retrieve(response.id).status)

    assert states == ["queued", "in_progress", "completed"]
    assert client.responses.retrieve(response.id).output_text == HELLO


def test_a_background_response_is_cancelled(backend, client) -> None:
    response = client.responses.create(model=MODEL, input="Say hello.", background=True)

    assert client.responses.cancel(response.id).status == "cancelled"
    backend.world.clock.advance(60)
    assert client.responses.retrieve(response.id).status == "cancelled"


def test_a_response_that_is_not_in_the_background_cannot_be_cancelled(client) -> None:
    response = client.responses.create(model=MODEL, input="Say hello.")

    with pytest.raises(openai.BadRequestError, match="Cannot cancel a synchronous response"):
        client.responses.cancel(response.id)


def test_a_conversation_with_a_tool_goes_on_by_its_id(client) -> None:
    first = client.responses.create(model=MODEL, input=QUESTION, tools=[TOOL])
    output = {"type": "function_call_output", "call_id": first.output[0].call_id, "output": "sunny"}

    second = client.responses.create(model=MODEL, input=[output], previous_response_id=first.id, tools=[TOOL])

    assert second.output_text == SUNNY
    listed = client.responses.input_items.list(second.id, order="asc", limit=1)
    assert [item.type for item in listed] == ["message", "function_call", "function_call_output"]


def test_structured_output_is_parsed(client) -> None:
    response = client.responses.parse(model=MODEL, input="Say hello.", text_format=Answer)
    completion = client.chat.completions.parse(
        model=MODEL, messages=[{"role": "user", "content": "Say hello."}], response_format=Answer
    )

    assert response.output_parsed == completion.choices[0].message.parsed == Answer(a="hello")


def test_input_tokens_and_compaction(client) -> None:
    short = client.responses.input_tokens.count(model=MODEL, input="hello")
    long = client.responses.input_tokens.count(model=MODEL, input="hello " * 100)

    assert 0 < short.input_tokens < long.input_tokens
    assert client.responses.compact(model=MODEL, input="hello").output[-1].type == "compaction"


def test_models_are_listed_and_shown(client) -> None:
    assert client.models.retrieve(MODEL) in list(client.models.list())
    with pytest.raises(openai.NotFoundError) as caught:
        client.models.retrieve("gpt-none")
    assert caught.value.code == "model_not_found"


def test_a_chat_completion_streams_as_it_is_whole(client) -> None:
    whole = chat(client)
    chunks = list(chat(client, stream=True, stream_options={"include_usage": True}))

    assert whole.choices[0].message.content == HELLO
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks[:-1]) == HELLO
    assert (chunks[-2].choices[0].finish_reason, chunks[-1].choices) == ("stop", [])
    assert chunks[-1].usage == whole.usage


def test_the_chat_streaming_helper_puts_a_tool_call_together(client) -> None:
    with client.chat.completions.stream(model=MODEL, messages=QUESTION, tools=[CHAT_TOOL]) as stream:
        message = stream.get_final_completion().choices[0].message
    call = message.tool_calls[0]
    answered = [*QUESTION, message.to_dict(), {"role": "tool", "tool_call_id": call.id, "content": "sunny"}]

    final = client.chat.completions.create(model=MODEL, messages=answered, tools=[CHAT_TOOL])

    assert (call.function.name, call.function.arguments) == ("get_weather", '{"city":"Paris"}')
    assert final.choices[0].message.content == SUNNY


def test_stored_chat_completions_are_listed_changed_and_deleted(client) -> None:
    stored = client.chat.completions
    ids = [chat(client, store=True, metadata={"n": str(number)}).id for number in range(3)]
    chat(client)

    assert [completion.id for completion in stored.list(limit=2)] == ids
    assert [completion.id for completion in stored.list(metadata={"n": "1"})] == ids[1:2]
    assert stored.update(ids[0], metadata={"m": "x"}).metadata == {"m": "x"}
    assert stored.retrieve(ids[0]).metadata == {"m": "x"}
    assert stored.delete(ids[0]).deleted
    with pytest.raises(openai.NotFoundError):
        stored.retrieve(ids[0])


def test_the_messages_of_a_stored_chat_completion_are_listed(lenient) -> None:
    stored = chat(lenient, store=True)

    # The SDK types every message as the assistant's.
    (message,) = lenient.chat.completions.messages.list(stored.id)

    assert (message.role, message.content, message.content_parts) == ("user", "Say hello.", None)


def test_a_text_is_continued(client, lenient) -> None:
    whole = client.completions.create(model=MODEL, prompt=["One", "Two"], echo=True)
    # The SDK types the reason of every part as given.
    parts = list(lenient.completions.create(model=MODEL, prompt="One", stream=True))

    assert [choice.text for choice in whole.choices] == [f"One{HELLO}", f"Two{HELLO}"]
    assert "".join(part.choices[0].text for part in parts) == HELLO
    assert parts[-1].choices[0].finish_reason == "stop"


async def test_the_asynchronous_client_streams_both_ways(backend, key) -> None:
    async with AsyncOpenAI(base_url=f"{backend.url}/v1", api_key=key, max_retries=0) as client:
        async with client.responses.stream(model=MODEL, input="Say hello.") as stream:
            response = await stream.get_final_response()
        messages = [{"role": "user", "content": "Say hello."}]
        chunks = [
            chunk async for chunk in await client.chat.completions.create(model=MODEL, messages=messages, stream=True)
        ]

    assert response.output_text == HELLO
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == HELLO


def test_a_failure_in_the_middle_is_raised_or_shown(client) -> None:
    events = list(client.responses.create(model=MODEL, input="Please fail.", stream=True))
    with pytest.raises(openai.APIError, match="failed in the middle"):
        list(chat(client, "Please fail.", stream=True))
    with pytest.raises(openai.InternalServerError, match="failed in the middle"):
        chat(client, "Please fail.")

    assert (events[-1].type, events[-1].response.error.code) == ("response.failed", "server_error")


OVERLOADED = {"status": 503, "headers": {"retry-after-ms": "1"}, "body": {"error": {"message": "Busy."}}}
PACED = {"status": 429, "headers": {"retry-after-ms": "1"}, "body": {"error": {"message": "Slower."}}}


@pytest.mark.parametrize("answer", [OVERLOADED, PACED], ids=["overloaded", "rate limited"])
@pytest.mark.parametrize("operation", ["createResponse", "createChatCompletion"])
def test_the_client_tries_again_by_itself(operation: str, answer) -> None:
    faults = [{"on": operation, "times": 2, "answer": answer}]
    with SyncBackend(scenario={"faults": faults}) as backend:
        key = backend.world.account("plus").api_key
        with OpenAI(base_url=f"{backend.url}/v1", api_key=key) as client:
            if operation == "createResponse":
                assert client.responses.create(model=MODEL, input="Hi").output_text == "Hi"
            else:
                assert chat(client, "Hi").choices[0].message.content == "Hi"

        assert [exchange.status for exchange in backend.journal.requests(operation)] == [answer["status"]] * 2 + [200]


def test_a_wrong_key_is_an_authentication_error(backend) -> None:
    with (
        OpenAI(base_url=f"{backend.url}/v1", api_key="sk-wrong", max_retries=0) as client,
        pytest.raises(openai.AuthenticationError) as caught,
    ):
        client.models.list()

    assert caught.value.code == "invalid_api_key"
    assert caught.value.request_id.startswith("req_")
