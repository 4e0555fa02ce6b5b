"""The official agents library over a real socket."""

from __future__ import annotations

import agents
import pytest
from openai import AsyncOpenAI
from pydantic import BaseModel

HELLO = "Hello, how are you?"
MODELS = {"responses": "OpenAIResponsesModel", "chat": "OpenAIChatCompletionsModel"}
QUIET = {"tracing_disabled": True}


class Answer(BaseModel):
    a: str


@pytest.fixture(params=MODELS.values(), ids=MODELS)
async def model(request, backend, key):
    """A model of each of the two APIs."""
    async with AsyncOpenAI(base_url=f"{backend.url}/v1", api_key=key, max_retries=0) as client:
        yield getattr(agents, request.param)(model="gpt-5.5", openai_client=client)


async def run(model, question: str, **options):
    agent = agents.Agent(name="demo", model=model, **options)
    return await agents.Runner.run(agent, question, run_config=agents.RunConfig(**QUIET))


async def test_an_agent_answers(model) -> None:
    assert (await run(model, "Say hello.")).final_output == HELLO


async def test_an_agent_calls_its_tool_and_goes_on(model) -> None:
    cities = []

    @agents.function_tool
    def get_weather(city: str) -> str:
        """Return the weather."""
        cities.append(city)
        return "sunny"

    result = await run(model, "What is the weather?", tools=[get_weather])

    assert (result.final_output, cities) == ("Hello, it is sunny in Paris.", ["Paris"])


async def test_an_agent_gives_structured_output(model) -> None:
    assert (await run(model, "Say hello.", output_type=Answer)).final_output == Answer(a="hello")


async def test_an_agent_streams(model) -> None:
    agent = agents.Agent(name="demo", model=model)
    result = agents.Runner.run_streamed(agent, "Say hello.", run_config=agents.RunConfig(**QUIET))

    kinds = [event.type async for event in result.stream_events()]

    assert result.final_output == HELLO
    assert "raw_response_event" in kinds


async def test_a_conversation_goes_on_by_its_last_response(backend, key) -> None:
    async with AsyncOpenAI(base_url=f"{backend.url}/v1", api_key=key, max_retries=0) as client:
        model = agents.OpenAIResponsesModel(model="gpt-5.5", openai_client=client)
        agent, config = agents.Agent(name="demo", model=model), agents.RunConfig(**QUIET)
        first = await agents.Runner.run(agent, "Say hello.", run_config=config)
        second = await agents.Runner.run(
            agent, "And again.", previous_response_id=first.last_response_id, run_config=config
        )
        items = await client.responses.input_items.list(second.last_response_id, order="asc")

    assert [item.content[0].text for item in items.data] == ["Say hello.", HELLO, "And again."]
