"""A message to try, and what is known of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, Protocol

from codex_schemas import Violation

__all__ = ["PATH", "Form", "Hostile", "Mutation", "Sample", "part_of"]


#: The part of a request that its path holds.
PATH = "path"


class Form(Protocol):
    """One kind of message that a client sends, described as one value by one schema."""

    @property
    def name(self) -> str:
        """What tests and reports call it."""

    @property
    def schema(self) -> dict[str, Any]:
        """The schema of the value."""

    @property
    def textual(self) -> Sequence[str]:
        """The fields of the value that travel as texts, whatever their types."""

    def lookup(self, reference: str) -> Any:
        """Return the schema that a reference names."""

    def violations(self, value: Any) -> list[Violation]:
        """Return what is wrong with a value."""


@dataclass(frozen=True)
class Mutation:
    """What was done to a message that fitted."""

    #: Where, as a JSON pointer.
    pointer: str
    #: What, as the end of a sentence: ``was removed``.
    what: str

    def __str__(self) -> str:
        return f"{self.pointer or '/'} {self.what}"


@dataclass(frozen=True)
class Hostile:
    """A body or a line that is no message, and how it came to be so."""

    what: str
    content: bytes
    #: The headers that say what the body is, where they are a part of the trick.
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sample:
    """One message: it fits, or it says what was done to it."""

    form: Form
    value: Any
    mutation: Mutation | None = None
    #: What is sent in the place of its body, or of all of it.
    hostile: Hostile | None = None

    @property
    def is_valid(self) -> bool:
        """Whether it is meant to fit the contract."""
        return self.mutation is None and self.hostile is None

    @property
    def size(self) -> int:
        """How much there is to read."""
        return len(repr(self.value)) + (len(self.hostile.content) if self.hostile else 0)

    def violations(self) -> list[Violation]:
        """Return how it breaks the contract, as far as its value tells."""
        return self.form.violations(self.value)

    def __str__(self) -> str:
        if self.hostile:
            return f"{self.form.name} as {self.hostile.what}"
        return f"{self.form.name} where {self.mutation}" if self.mutation else f"a valid {self.form.name}"


def part_of(document: Any, reference: str) -> Any:
    """Return the part of a document that a local reference names."""
    return reduce(lambda node, step: node[step], reference.split("/")[1:], document)
