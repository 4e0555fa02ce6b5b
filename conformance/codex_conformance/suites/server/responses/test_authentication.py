"""Who may ask."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.probes import Answer, require
from codex_conformance.suites.server.responses.faces import codex_face, each_face
from codex_conformance.suites.server.responses.prompts import HELLO
from codex_conformance.suites.server.responses.service import Service
from codex_conformance.targets import Credentials

_NOBODY = Credentials(access_token="nobody", api_key="sk-nobody")  # noqa: S106 (it opens nothing)

_SHORT = {"accounts": {"plus": {"token_life": 600}}}


@pytest.mark.codex("responses.auth.missing")
@each_face
def test_nobody_is_let_in(service: Service) -> None:
    _ask(service, None).require_status(401)


@pytest.mark.codex("responses.auth.wrong")
@each_face
def test_a_wrong_key_opens_nothing(service: Service) -> None:
    _ask(service, _NOBODY).require_status(401)


@pytest.mark.codex("responses.auth.scheme")
@each_face
def test_only_bearer_tokens_count(service: Service) -> None:
    _ask(service, service.credentials, headers={"authorization": "Basic Y29kZXg6Y29kZXg="}).require_status(401)


@pytest.mark.codex("responses.auth.body")
@each_face
def test_a_refusal_is_json(service: Service) -> None:
    answer = _ask(service, _NOBODY).require_status(401)
    require(answer.has("/error/message") or answer.has("/detail"), expected="an error or a detail", found=answer.text)


@pytest.mark.codex("responses.auth.code")
def test_a_wrong_key_is_told_by_its_code(service: Service) -> None:
    code = _ask(service, _NOBODY).require_status(401).at("/error/code")
    require(code == "invalid_api_key", expected="invalid_api_key", found=code)


@pytest.mark.codex("responses.auth.challenge")
@each_face
def test_a_refusal_names_the_scheme(service: Service) -> None:
    challenge = _ask(service, None).require_status(401).headers.get("www-authenticate", "")
    require(challenge.lower().startswith("bearer"), expected="www-authenticate: Bearer", found=challenge)


@pytest.mark.codex("responses.auth.before-body")
@each_face
def test_who_asks_counts_before_what(service: Service) -> None:
    _ask(service, _NOBODY, content=b"{", headers={"content-type": "application/json"}).require_status(401)


@pytest.mark.codex("responses.auth.models")
@each_face
def test_models_are_for_known_callers(service: Service) -> None:
    service.http.call("listModels", face=service.face).require_status(401)


@pytest.mark.codex("responses.auth.account")
@codex_face
def test_a_token_is_for_its_account(service: Service) -> None:
    headers = {"chatgpt-account-id": "00000000-0000-0000-0000-000000000000"}
    _ask(service, service.credentials, headers=headers).require_status(401, 403)


@pytest.mark.codex("responses.auth.personal-token")
@codex_face
def test_a_personal_token_runs_turns(service: Service, personal: Credentials) -> None:
    _ask(service, personal).require_status(200)


@pytest.mark.codex("responses.auth.expired", scenario=_SHORT)
@codex_face
def test_a_token_ends(service: Service) -> None:
    _ask(service, service.credentials).require_status(200)
    service.http.world.advance(601)
    _ask(service, service.credentials).require_status(401)


@pytest.mark.codex("responses.auth.expired-code", scenario=_SHORT)
@codex_face
def test_a_token_that_has_ended_is_told_by_its_code(service: Service) -> None:
    service.http.world.advance(601)
    code = _ask(service, service.credentials).require_status(401).at("/error/code")
    require(code == "token_expired", expected="token_expired", found=code)


def _ask(service: Service, credentials: Credentials | None, **parts: Any) -> Answer:
    body: Any = None if "content" in parts else service.body(HELLO)
    return service.http.call(
        "createResponse", face=service.face, credentials=credentials, misuse=True, json=body, **parts
    )
