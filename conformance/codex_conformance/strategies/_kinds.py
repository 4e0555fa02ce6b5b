"""Valid, nearly valid and hostile messages of any form."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import strategies as st

from codex_conformance.strategies._hints import Known
from codex_conformance.strategies._hostile import hostile_bodies
from codex_conformance.strategies._mutations import mutants
from codex_conformance.strategies._requests import RequestForm
from codex_conformance.strategies._sample import Form, Sample
from codex_conformance.strategies._values import Values

__all__ = ["hostile", "nearly_valid", "valid"]

_TRIES = 6


def valid(forms: Iterable[Form], known: Known | None = None) -> st.SearchStrategy[Sample]:
    """Return messages that fit the contract.

    Args:
        forms: What kinds of messages.
        known: Values that mean something to the server, by field.
    """
    return st.one_of([_valid(form, known or {}) for form in forms])


def nearly_valid(forms: Iterable[Form], known: Known | None = None) -> st.SearchStrategy[Sample]:
    """Return messages that are one mutation away from one that fits; most do not fit, and the contract says which."""
    return st.one_of([_nearly_valid(form, _valid(form, known or {})) for form in forms])


def hostile(forms: Iterable[RequestForm], known: Known | None = None) -> st.SearchStrategy[Sample]:
    """Return requests whose body is no message."""
    with_body = [form for form in forms if form.media_type is not None]
    return st.one_of([_hostile(form, _valid(form, known or {})) for form in with_body])


def _valid(form: Form, known: Known) -> st.SearchStrategy[Sample]:
    # Made when one is drawn: a search of half a second does not come to every form.
    return st.deferred(lambda: Values(form.lookup, known).of(form.schema)).map(lambda value: Sample(form, value))


@st.composite
def _nearly_valid(draw: st.DrawFn, form: Form, samples: st.SearchStrategy[Sample]) -> Sample:
    every = st.sampled_from(list(mutants(form, draw(samples).value)))
    # Most mutations of a header or of an open object do no harm: of some, the first that does is taken.
    some = draw(st.lists(every, min_size=_TRIES, max_size=_TRIES))
    mutation, mutant = next((each for each in some if form.violations(each[1])), some[-1])
    return Sample(form, mutant, mutation)


@st.composite
def _hostile(draw: st.DrawFn, form: RequestForm, samples: st.SearchStrategy[Sample]) -> Sample:
    value = draw(samples).value
    content = form.wire(value).content or b""
    return Sample(form, value, hostile=draw(hostile_bodies(content.decode())))
