"""The models that a server lists."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.probes import Answer, at, require
from codex_conformance.suites.server.responses.faces import codex_face
from codex_conformance.suites.server.responses.prompts import HELLO
from codex_conformance.suites.server.responses.service import Service

_VERSION = {"client_version": "0.169.0"}


@pytest.mark.codex("responses.models.list")
def test_the_model_is_listed(service: Service) -> None:
    answer = _list(service)
    names = [at(each, "/id", str) for each in answer.at("/data", list)]
    require(service.model in names, expected=f"{service.model} among them", found=names)


@pytest.mark.codex("responses.models.retrieve")
def test_a_model_is_shown_as_it_is_listed(service: Service) -> None:
    listed = [each for each in _list(service).at("/data", list) if at(each, "/id") == service.model]
    shown = service.call("retrieveModel", path={"model": service.model}).require_status(200).json
    require([shown] == listed, expected=str(listed), found=shown)


@pytest.mark.codex("responses.models.unknown")
def test_an_unknown_model_is_404(service: Service) -> None:
    answer = service.call("retrieveModel", path={"model": "no-such-model"}).require_status(404)
    require(answer.at("/error/message", str), expected="an error with a message", found=answer.text)


@pytest.mark.codex("responses.models.unknown-code")
def test_an_unknown_model_is_told_by_its_code(service: Service) -> None:
    code = service.call("retrieveModel", path={"model": "no-such-model"}).require_status(404).at("/error/code")
    require(code == "model_not_found", expected="model_not_found", found=code)


@pytest.mark.codex("responses.models.catalogue")
@codex_face
def test_the_catalogue_has_the_model(service: Service) -> None:
    slugs = [at(each, "/slug", str) for each in _catalogue(service)]
    require(service.model in slugs, expected=f"{service.model} among them", found=slugs)


@pytest.mark.codex("responses.models.catalogue-unique")
@codex_face
def test_the_catalogue_has_each_model_once(service: Service) -> None:
    slugs = [at(each, "/slug", str) for each in _catalogue(service)]
    require(len(set(slugs)) == len(slugs), expected="slugs that are all different", found=slugs)


@pytest.mark.codex("responses.models.catalogue-default")
@codex_face
def test_some_model_can_be_chosen(service: Service) -> None:
    shown = [each for each in _catalogue(service) if at(each, "/visibility") == "list"]
    require(shown, expected="a model with the visibility list", found=_catalogue(service))


@pytest.mark.codex("responses.models.default-effort")
@codex_face
def test_the_default_effort_is_one_of_those_offered(service: Service) -> None:
    for each in _catalogue(service):
        offered = [at(level, "/effort", str) for level in at(each, "/supported_reasoning_levels", list)]
        default = each.get("default_reasoning_level")
        require(default is None or default in offered, expected=f"one of {offered}", found=default)


@pytest.mark.codex("responses.models.etag")
@codex_face
def test_the_catalogue_has_a_version(service: Service) -> None:
    first, second = (_list(service, _VERSION).headers.get("etag") for _ in range(2))
    require(first and first == second, expected="the same etag twice", found=(first, second))


@pytest.mark.codex("responses.models.etag-of-turns")
@codex_face
def test_a_turn_names_the_same_version(service: Service) -> None:
    listed = _list(service, _VERSION).headers.get("etag")
    named = service.ask(HELLO).require_status(200).headers.get("x-models-etag")
    require(named in (None, listed), expected=f"the etag of the catalogue, {listed}, or none", found=named)


@pytest.mark.codex("responses.models.older-client")
@codex_face
def test_an_older_client_gets_no_more_models(service: Service) -> None:
    new, old = ({at(each, "/slug", str) for each in _catalogue(service, version)} for version in ("0.169.0", "0.100.0"))
    require(old <= new, expected=f"some of {sorted(new)}", found=sorted(old))


@pytest.mark.codex("responses.models.by-version")
def test_a_client_version_asks_for_the_catalogue(service: Service) -> None:
    answer = _list(service, _VERSION)
    require(answer.has("/models/0/slug"), expected="the catalogue", found=answer.text[:200])


def _list(service: Service, query: dict[str, str] | None = None) -> Answer:
    return service.call("listModels", query=query).require_status(200)


def _catalogue(service: Service, version: str = "0.169.0") -> list[Any]:
    found: list[Any] = _list(service, {"client_version": version}).at("/models", list)
    require(found, expected="models", found=found)
    return found
