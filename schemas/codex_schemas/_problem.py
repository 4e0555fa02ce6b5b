"""The four-part error that every room of this project speaks."""

from __future__ import annotations

__all__ = ["Problem"]


class Problem(Exception):  # noqa: N818 (it says what is wrong, not only that something is)
    """Something went wrong, said in four parts.

    Every message that a person reads has the same form, so that the next step is
    never a guess: what was being done, what was expected, what came, what to do.
    """

    def __init__(self, doing: str, *, expected: str, found: str, advice: str) -> None:
        super().__init__(doing, expected, found, advice)
        #: What was being done, as a clause: ``"reading turn.yaml"``.
        self.doing = doing
        #: What would have been right.
        self.expected = expected
        #: What came instead, shortened.
        self.found = found
        #: The next step.
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.doing}: expected {self.expected}, found {self.found}. {self.advice}"
