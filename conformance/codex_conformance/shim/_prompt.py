"""Where the prompt of ``codex exec`` comes from: an argument, standard input, or both."""

from __future__ import annotations

import sys

__all__ = ["NoPrompt", "read_prompt"]


class NoPrompt(Exception):  # noqa: N818 (an end that the command knows)
    """There is no prompt; the text is what the command says."""


def read_prompt(argument: str | None, *, appends_input: bool) -> str:
    """Return the prompt.

    Args:
        argument: The prompt that was named; ``-`` for standard input.
        appends_input: Whether what is piped in comes behind a prompt that was named.

    Raises:
        NoPrompt: Nothing was said.
    """
    if argument is not None and argument != "-":
        return _with_input(argument) if appends_input and not sys.stdin.isatty() else argument
    if argument is None:
        if sys.stdin.isatty():
            raise NoPrompt("No prompt provided. Either specify one as an argument or pipe the prompt into stdin.")
        print("Reading prompt from stdin...", file=sys.stderr)
    prompt = _read()
    if not prompt.strip():
        raise NoPrompt("No prompt provided via stdin.")
    return prompt


def _with_input(prompt: str) -> str:
    print("Reading additional input from stdin...", file=sys.stderr)
    text = _read()
    if not text.strip():
        return prompt
    end = "" if text.endswith("\n") else "\n"
    return f"{prompt}\n\n<stdin>\n{text}{end}</stdin>"


def _read() -> str:
    try:
        return sys.stdin.buffer.read().decode()
    except UnicodeDecodeError as error:
        raise NoPrompt(f"Failed to read prompt from stdin: input is not UTF-8 at byte {error.start}") from None
