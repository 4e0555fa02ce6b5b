"""Servers that are wrong about who may ask, how much, and in what form: each is found out by what it breaks."""

from __future__ import annotations

import pytest
from http_mutants import Broken, changes_nothing

API, BACKEND = "/v1/responses", "/backend-api/codex/responses"
CREATE = f"{API}|{BACKEND}"


def lets_anybody_in(call):
    call.token = call.world.account("plus").api_key
    yield


def forbids_in_the_place_of_asking_for_a_login(_call):
    answer = yield
    if answer.status == 401:
        answer.status = 403


def refuses_zstd(_call):
    answer = yield
    answer.become(415, {"detail": "Unsupported Media Type"})


def stores_on_the_backend(call):
    call.rewrite(store=False)
    yield


def fails_at_broken_json(_call):
    answer = yield
    answer.become(500, {"detail": "Internal Server Error"})


def hides_the_kind_of_limit(_call):
    answer = yield
    if answer.status == 429:
        answer.become(429, {"detail": "Too Many Requests"})


def counts_the_reset_in_milliseconds(_call):
    answer = yield
    if answer.status == 429:
        answer.change("/error/resets_at", lambda moment: moment * 1000)


def does_not_say_when_to_come_back(_call):
    answer = yield
    answer.headers.pop("retry-after", None)


def shows_the_limits_of_somebody_else(_call):
    answer = yield
    answer.headers["x-codex-primary-used-percent"] = "7"


def reroutes_the_model(_call):
    answer = yield
    answer.headers["openai-model"] = "gpt-5-mini"


def changes_the_etag(call):
    answer = yield
    call.memory["count"] = call.memory.get("count", 0) + 1
    answer.headers["etag"] = f'"{call.memory["count"]}"'


def names_another_etag(_call):
    answer = yield
    answer.headers["x-models-etag"] = '"another"'


def knows_no_personal_tokens(call):
    if call.token.startswith("at-"):
        call.token = "unknown"
    yield


MUTANTS = (
    Broken(BACKEND, refuses_zstd, "responses.encoding.zstd"),
    Broken(BACKEND, stores_on_the_backend, "responses.codex.store"),
    Broken(BACKEND, reroutes_the_model, "responses.codex.model-header"),
    Broken(API, lets_anybody_in, "responses.auth.wrong"),
    Broken(BACKEND, forbids_in_the_place_of_asking_for_a_login, "responses.auth.expired"),
    Broken(BACKEND, hides_the_kind_of_limit, "responses.limits.usage-limit"),
    Broken(BACKEND, counts_the_reset_in_milliseconds, "responses.limits.resets-at"),
    Broken(BACKEND, does_not_say_when_to_come_back, "responses.limits.retry-after"),
    Broken(BACKEND, shows_the_limits_of_somebody_else, "responses.limits.headers-true"),
    Broken("/backend-api/codex/models", changes_the_etag, "responses.models.etag"),
    Broken(BACKEND, names_another_etag, "responses.models.etag-of-turns"),
    Broken(CREATE, fails_at_broken_json, "responses.errors.malformed"),
    Broken(BACKEND, knows_no_personal_tokens, "responses.auth.personal-token"),
)


@pytest.mark.parametrize("broken", MUTANTS, ids=str)
def test_a_broken_door_is_found_out_by_name(mutated, find_out, broken):
    find_out(mutated(broken.where, broken.mutation), broken)


def test_the_door_that_was_not_broken_passes(mutated, acquit):
    acquit(mutated(".*", changes_nothing), MUTANTS)
