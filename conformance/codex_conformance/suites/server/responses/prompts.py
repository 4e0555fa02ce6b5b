"""What the suite says to a model: a few prompts that any model answers, and what a scripted one says to them."""

from __future__ import annotations

from typing import Any

from codex_conformance.probes import at

__all__ = [
    "CITY_FORMAT",
    "CITY_PROMPT",
    "GUESS_PROMPT",
    "HELLO",
    "NOTE_CALL",
    "NOTE_FORCED",
    "NOTE_PROMPT",
    "NOTE_TOOL",
    "STORY",
    "THOUGHT",
    "THOUGHT_PROMPT",
    "UNKNOWN_RESPONSE",
    "WEATHER_CALL",
    "WEATHER_FORCED",
    "WEATHER_PROMPT",
    "WEATHER_TOOL",
    "function_output",
    "message",
    "scripted",
]

Json = dict[str, Any]

HELLO = "Say hello."
STORY = "Write a long story about the sea."

#: An id that no server has given.
UNKNOWN_RESPONSE = "resp_0000000000000000000000000000000000000000"

WEATHER_PROMPT = "What is the weather in Paris? Ask the tool."
GUESS_PROMPT = "What is the weather in Rome? You may guess."
WEATHER_TOOL: Json = {
    "type": "function",
    "name": "get_weather",
    "description": "Tells the weather of a city.",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
    "strict": True,
}

#: The fields of a request that wants just this call.
WEATHER_FORCED: Json = {"tools": [WEATHER_TOOL], "tool_choice": {"type": "function", "name": WEATHER_TOOL["name"]}}

NOTE_PROMPT = "Write a note that says hello. Use the tool."
NOTE_TOOL: Json = {"type": "custom", "name": "write_note", "description": "Keeps a note, given as plain text."}
NOTE_FORCED: Json = {"tools": [NOTE_TOOL], "tool_choice": {"type": "custom", "name": NOTE_TOOL["name"]}}

CITY_PROMPT = "Name a city and the number of its people as JSON."
CITY_FORMAT: Json = {
    "type": "json_schema",
    "name": "city",
    "strict": True,
    "schema": {
        "type": "object",
        "properties": {"name": {"type": "string"}, "people": {"type": "integer"}},
        "required": ["name", "people"],
        "additionalProperties": False,
    },
}

THOUGHT_PROMPT = "How many days are there in three weeks? Think first."


def scripted(*answers: list[Json], **step: Any) -> Json:
    """Return a scenario in which the model says these answers, one for each request, and the last of them for ever.

    Args:
        answers: The items of each.
        step: Further keys of the last step.
    """
    steps: list[Json] = [{"say": say} for say in answers]
    steps[-1] |= {"times": None, **step}
    return {"model": steps}


#: The model calls the tool, and speaks when it has the answer.
WEATHER_CALL = scripted(
    [{"function_call": {"name": "get_weather", "arguments": {"city": "Paris"}}}], [{"message": "It is sunny in Paris."}]
)
NOTE_CALL = scripted([{"custom_tool_call": {"name": "write_note", "input": "hello\nto all"}}], [{"message": "Kept."}])
THOUGHT = scripted([{"reasoning": {"summary": ["A week has seven days."]}}, {"message": "Twenty-one days."}])


def message(text: str, role: str = "user") -> Json:
    """Return a message as an item of the input."""
    return {"type": "message", "role": role, "content": [{"type": "input_text", "text": text}]}


def function_output(call: Json) -> Json:
    """Return the answer of a tool to a call.

    Raises:
        Unmet: The call has no id.
    """
    return {"type": "function_call_output", "call_id": at(call, "/call_id", str), "output": "sunny"}
