"""Structured output: the JSON that a request wants as the answer."""

from __future__ import annotations

from typing import Any

import msgspec

from codex_mockserver.model._example import example_of
from codex_schemas import Problem

__all__ = ["JsonFormat", "is_json", "json_format"]

Json = dict[str, Any]


class JsonFormat:
    """The JSON that a request wants as the answer.

    Args:
        name: What the request calls it.
        schema: What the answer must fit.

    Raises:
        Problem: The schema is none, or refers to something outside of itself.
    """

    def __init__(self, name: str, schema: Json) -> None:
        self.name = name
        self._schema = schema
        self._validator = _validator(name, schema)

    def misfit(self, text: str) -> str | None:
        """Return why a text cannot be the answer, or None."""
        if not is_json(text):
            return f"is no JSON ({text[:40]!r})"
        wrong = next(self._validator.iter_errors(msgspec.json.decode(text)), None)
        return None if wrong is None else f"does not fit ({str(wrong.message)[:200]})"

    def example(self) -> str:
        """Return a small answer.

        Raises:
            Problem: The schema asks for more than the mock can make up.
        """
        text = msgspec.json.encode(example_of(self._schema)).decode()
        if (misfit := self.misfit(text)) is not None:
            raise Problem(
                f"making up an answer in the format {self.name!r}",
                expected="a schema for which a value is easy to find",
                found=f"one that {text[:80]} {misfit}",
                advice="Let a step of a scenario say the JSON.",
            )
        return text


def is_json(text: str) -> bool:
    """Tell whether a text is JSON."""
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


def json_format(body: Json) -> JsonFormat | None:
    """Return the JSON that the body of a request for a response wants, None where it takes any text.

    Raises:
        Problem: The schema is none, or refers to something outside of itself.
    """
    wish = (body.get("text") or {}).get("format") or {}
    if wish.get("type") not in ("json_object", "json_schema"):
        return None
    # Without strict the service promises no more than an object.
    schema = wish["schema"] if wish.get("strict") else {"type": "object"}
    return JsonFormat(wish.get("name", "json_object"), schema)


def _validator(name: str, schema: Json) -> Any:
    import jsonschema_rs  # noqa: PLC0415 (heavy, and few requests need it)

    def outside(uri: str) -> Any:
        raise ValueError(f"the schema refers to {uri}")

    try:
        return jsonschema_rs.validator_for(schema, retriever=outside)
    except ValueError as error:
        raise Problem(
            f"reading the schema of the format {name!r}",
            expected="a JSON Schema that is complete in itself",
            found=str(error).partition("\n")[0][:300],
            advice="Correct the schema in the request.",
        ) from None
