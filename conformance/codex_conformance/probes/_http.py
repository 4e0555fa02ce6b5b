"""Asking the HTTP surfaces of a server under test, operation by operation."""

from __future__ import annotations

import json as json_text
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from codex_conformance.probes._answer import Answer
from codex_conformance.probes._evidence import Evidence
from codex_conformance.probes._expect import Unmet
from codex_conformance.targets import Credentials, HttpWorld
from codex_conformance.targets.operations import find_operation
from codex_conformance.targets.trust import trust
from codex_schemas import Operation, Problem, Validator, Violation, load, load_events

__all__ = ["HttpProbe"]

#: Seconds that a call may take, and that nothing may come.
_PATIENCE = 20.0

_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_EVENTS = "text/event-stream"


class HttpProbe:
    """One world of a server under test.

    Every request is checked against the contract before it leaves, unless it breaks it on purpose, and every answer
    when it came; what does not fit there is kept in the evidence, and is not an error of the call.
    """

    def __init__(self, world: HttpWorld, evidence: Evidence) -> None:
        self.world = world
        self.evidence = evidence
        self._client = httpx.Client(timeout=_PATIENCE, follow_redirects=False, trust_env=False, verify=trust())

    def close(self) -> None:
        """End its connections."""
        self._client.close()

    def account(self, name: str = "plus") -> Credentials:
        """Return the credentials of an account: one of the mock's by name, or the only one of another server."""
        return self.world.credentials(name)

    def url_of(self, operation_id: str, face: str | None = None, /, **path: str) -> str:
        """Return the URL of an operation."""
        return _filled(self.world.urls.of(find_operation(operation_id), face), path)

    def call(
        self,
        operation_id: str,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, str | Sequence[str]] | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        credentials: Credentials | None = None,
        face: str | None = None,
        misuse: bool = False,
    ) -> Answer:
        """Make one call and return its answer, whole.

        Args:
            operation_id: The operation, such as ``exchangeToken``.
            path: The parameters of its path.
            query: The query.
            json: A body as JSON.
            form: A body as a form.
            content: A body as it is; its media type comes with ``headers``.
            headers: Headers besides.
            credentials: Whose call it is; None for nobody's.
            face: ``api`` (``/v1``, an API key) or ``codex`` (the ChatGPT backend, an access token), for operations
                that are at both; left out, the first that the server has.
            misuse: Whether the request breaks the contract on purpose.

        Raises:
            Unmet: There came no answer.
        """
        chosen = find_operation(operation_id)
        url = self.url_of(operation_id, face, **(path or {}))
        sent = {**self._credentials(chosen, credentials, url), **(headers or {})}
        if not misuse:
            _check_request(chosen, json, form)
        request = self._client.build_request(
            chosen.method, url, params=query, json=json, data=form, content=content, headers=sent
        )
        answer = self.send(request, reads_only=chosen.method == "GET")
        self._judge(chosen, answer)
        return answer

    def send(self, request: httpx.Request, *, reads_only: bool = False) -> Answer:
        """Make a call of any form, without looking at the contract.

        Raises:
            Unmet: There came no answer.
        """
        if self.world.reads_only and not reads_only:
            pytest.skip("live")
        self.world.pace.wait()
        title = f"{request.method} {request.url.path}"
        self.evidence.note("suite", title, _request_text(request))
        try:
            response = self._client.send(request, stream=True)
            is_whole = _read(response)
        except (httpx.HTTPError, httpx.InvalidURL) as error:  # an odd Location is one of the target's
            self.evidence.note("target", type(error).__name__, str(error))
            raise Unmet(expected="an answer", found=f"{type(error).__name__}: {error}", doing=title) from None
        answer = Answer(title, response, is_whole=is_whole)
        self.evidence.note("target", str(answer.status), _answer_text(answer))
        return answer

    @contextmanager
    def stream(
        self, operation_id: str, *, json: Any, credentials: Credentials, face: str | None = None
    ) -> Iterator[httpx.Response]:
        """Make a call whose answer is read while it comes; leaving the block breaks the connection.

        Raises:
            Unmet: There came no answer, or it broke off.
        """
        chosen = find_operation(operation_id)
        url = self.url_of(operation_id, face)
        headers = self._credentials(chosen, credentials, url)
        title = f"{chosen.method} {chosen.path}"
        self.evidence.note("suite", title, json_text.dumps(json))
        try:
            with self._client.stream(chosen.method, url, json=json, headers=headers) as response:
                self.evidence.note("target", str(response.status_code), "(a stream that is read as it comes)")
                yield response
        except httpx.HTTPError as error:
            raise Unmet(expected="an answer", found=f"{type(error).__name__}: {error}", doing=title) from None

    def _credentials(self, chosen: Operation, credentials: Credentials | None, url: str) -> dict[str, str]:
        if credentials is None:
            return {}
        return credentials.headers(is_api=self.world.urls.is_api(url) or "accessToken" not in chosen.security)

    def _judge(self, chosen: Operation, answer: Answer) -> None:
        """Keep what an answer has against its contract."""
        where = f"{chosen.id} {answer.status}"
        if not answer.is_whole:
            return
        if answer.media_type == _EVENTS and chosen.surface == "responses":
            self.evidence.blame(where, load_events().stream_violations(answer.events))
            return
        validator = load(chosen.surface).response_validator(chosen, answer.status, answer.media_type)
        if validator is not None and answer.media_type == _JSON:
            self.evidence.blame(where, _violations(validator, answer))


def _violations(validator: Validator, answer: Answer) -> list[Violation]:
    try:
        return validator.violations(answer.json)
    except Unmet:
        return [Violation(validator.name, "", "JSON", answer.text[:80])]


def _check_request(chosen: Operation, json: Any, form: Mapping[str, str] | None) -> None:
    """Look whether the suite itself keeps to the contract."""
    body, media_type = (json, _JSON) if form is None else (dict(form), _FORM)
    if body is None or media_type not in chosen.request_types:
        if chosen.body_required or body is not None:
            raise Problem(
                f"calling {chosen.id}",
                expected=f"a body of {' or '.join(chosen.request_types) or 'no kind'}",
                found="none" if body is None else media_type,
                advice="Correct the suite, or say misuse=True.",
            )
        return
    load(chosen.surface).request_validator(chosen, media_type).check(body)


def _filled(url: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        url = url.replace(f"{{{name}}}", quote(value, safe=""))
    return url


def _read(response: httpx.Response) -> bool:
    """Read a body as far as it comes, and tell whether that was all of it."""
    try:
        response.read()
    except httpx.HTTPError:
        response._content = b""  # noqa: SLF001 (httpx has no other way to say that nothing more comes)
        return False
    else:
        return True
    finally:
        response.close()


def _request_text(request: httpx.Request) -> str:
    headers = "\n".join(f"{name}: {value}" for name, value in request.headers.items())
    return f"{headers}\n\n{request.content.decode('utf-8', 'replace')}"


def _answer_text(answer: Answer) -> str:
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    return f"{headers}\n\n{answer.text}"
