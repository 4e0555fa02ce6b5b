"""Messages of every kind for fuzzing, made from the contracts: such that fit, such that hardly do not, and no messages.

This package imports hypothesis, so it is imported only where messages are wanted.
"""

from codex_conformance.strategies._hints import Known
from codex_conformance.strategies._hostile import hostile_bodies, hostile_lines
from codex_conformance.strategies._kinds import hostile, nearly_valid, valid
from codex_conformance.strategies._messages import (
    AnswerForm,
    FrameForm,
    MessageForm,
    answer_forms,
    frame_forms,
    message_forms,
)
from codex_conformance.strategies._mutations import UNKNOWN, mutants
from codex_conformance.strategies._reach import reach_of
from codex_conformance.strategies._requests import RequestForm, WireRequest, request_forms
from codex_conformance.strategies._sample import Form, Hostile, Mutation, Sample

__all__ = [
    "UNKNOWN",
    "AnswerForm",
    "Form",
    "FrameForm",
    "Hostile",
    "Known",
    "MessageForm",
    "Mutation",
    "RequestForm",
    "Sample",
    "WireRequest",
    "answer_forms",
    "frame_forms",
    "hostile",
    "hostile_bodies",
    "hostile_lines",
    "message_forms",
    "mutants",
    "nearly_valid",
    "reach_of",
    "request_forms",
    "valid",
]
