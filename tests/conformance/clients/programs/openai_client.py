"""A program with the openai SDK: one streamed turn; its address and its key come from the environment."""

from __future__ import annotations

import sys

import openai


class Failed(Exception):  # noqa: N818 (what a person is told)
    """There is no answer."""


def take_turn(client: openai.OpenAI, prompt: str) -> str:
    """Return the answer to a prompt.

    Raises:
        Failed: There is none, or not all of it.
    """
    said = []
    try:
        with client.responses.create(model="gpt-5.5", input=prompt, stream=True) as stream:
            for event in stream:
                if event.type == "response.output_text.delta":
                    said.append(event.delta)
                elif event.type == "response.completed":
                    return "".join(said)
                elif event.type in ("response.failed", "response.incomplete"):
                    raise Failed(event.response)
    except openai.OpenAIError as error:
        raise Failed(error) from None
    raise Failed("the stream has no end")


def main(prompt: str) -> int:
    with openai.OpenAI() as client:
        try:
            print(take_turn(client, prompt))
        except Failed as failed:
            print(failed, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
