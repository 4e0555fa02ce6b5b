"""Trying requests on the HTTP surfaces of a server."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from codex_conformance.fuzzing._budget import Budget
from codex_conformance.fuzzing._search import search
from codex_conformance.probes import Answer, HttpProbe, require
from codex_conformance.strategies import (
    Known,
    RequestForm,
    Sample,
    hostile,
    nearly_valid,
    request_forms,
    valid,
)

__all__ = ["HttpTrial"]

#: What a server answers where it has no such operation.
_MISSING = (404, 405, 501)
#: From here on a status says that the server is at fault.
_FAULTS = 500

#: The operation that is asked after each hostile request, by surface: the server must still answer.
_PULSES = {
    "oauth": "authorizationServerMetadata",
    "wham": "readUsage",
    "responses": "listModels",
    "chat": "listModels",
}


class HttpTrial:
    """Sends the requests of a surface to a server, and judges the answers.

    Args:
        http: The server.
        surface: ``oauth``, ``wham``, ``responses`` or ``chat``.
        known: Values that mean something to the server, by field.
    """

    def __init__(self, http: HttpProbe, surface: str, *, known: Known) -> None:
        self._http = http
        self._surface = surface
        self._known = known

    @cached_property
    def forms(self) -> Sequence[RequestForm]:
        """The forms of request that the server has a place for."""
        urls = self._http.world.urls
        return [form for form in request_forms(self._surface) if urls.find(form.operation, form.face)]

    def try_valid(self, budget: Budget) -> int:
        """Send requests that fit the contract, and return how many."""
        return search(valid(self.forms, self._known), self.judge_valid, budget, self._http.evidence)

    def try_nearly_valid(self, budget: Budget) -> int:
        """Send requests that are one mutation away from one that fits, and return how many."""
        return search(nearly_valid(self.forms, self._known), self.judge_nearly_valid, budget, self._http.evidence)

    def try_hostile(self, budget: Budget) -> int:
        """Send requests whose body is no message, and return how many."""
        return search(hostile(self.forms, self._known), self.judge_hostile, budget, self._http.evidence)

    def judge_valid(self, sample: Sample) -> None:
        """Require an answer that the contract describes.

        Raises:
            Unmet: There is none, or another.
        """
        answer = self._send(sample)
        _require_no_crash(answer)
        if answer.status in _MISSING and self._http.world.control_url is None:
            return
        statuses = _form_of(sample).operation.definition["responses"]
        described = "default" in statuses or str(answer.status) in statuses
        require(described, expected=f"one of the statuses {', '.join(statuses)}", found=_shown(answer))
        self._require_contract()

    def judge_nearly_valid(self, sample: Sample) -> None:
        """Require an answer: a refusal in the form of the contract, or a success.

        Raises:
            Unmet: There is none, or the server broke.
        """
        answer = self._send(sample)
        _require_no_crash(answer)
        self._require_contract()

    def judge_hostile(self, sample: Sample) -> None:
        """Require a refusal or a success, and that the server answers the next request as before.

        Raises:
            Unmet: There is none, or the server broke.
        """
        usual = self._healthy_pulse
        answer = self._send(sample)
        _require_no_crash(answer)
        require(self._pulse() == usual, expected="the usual answer to the next request", found="another")

    @cached_property
    def _healthy_pulse(self) -> int:
        return self._pulse()

    def _pulse(self) -> int:
        return self._http.call(_PULSES[self._surface], credentials=self._http.account()).status

    def _send(self, sample: Sample) -> Answer:
        form = _form_of(sample)
        wire = form.wire(sample.value)
        headers, content = wire.headers, wire.content
        if sample.hostile:
            headers, content = {**headers, **sample.hostile.headers}, sample.hostile.content
        return self._http.call(
            form.operation.id,
            path=wire.path,
            query=wire.query,
            content=content,
            headers=headers,
            credentials=self._http.account() if form.operation.security else None,
            face=form.face,
            misuse=True,
        )

    def _require_contract(self) -> None:
        violations = self._http.evidence.violations
        require(
            not violations,
            expected="an answer that fits the contract",
            found="; ".join(f"{each}" for _, each in violations),
        )


def _form_of(sample: Sample) -> RequestForm:
    assert isinstance(sample.form, RequestForm)
    return sample.form


def _require_no_crash(answer: Answer) -> None:
    is_fault = answer.status >= _FAULTS and answer.status not in _MISSING
    require(not is_fault, expected=f"a status below {_FAULTS}", found=_shown(answer))
    require(answer.is_whole, expected="a whole answer", found=_shown(answer))


def _shown(answer: Answer) -> str:
    return f"{answer.status}: {answer.text[:300]}"
