"""Contracts: operations and schemas by name."""

from __future__ import annotations

import pytest

from codex_schemas import SURFACES, Problem, load


@pytest.mark.parametrize("surface", SURFACES)
def test_every_operation_has_a_method_and_a_prefix(surface: str) -> None:
    operations = load(surface).operations

    assert operations
    assert all(operation.prefixes for operation in operations.values())
    assert {operation.method for operation in operations.values()} <= {"GET", "POST", "DELETE", "PUT", "PATCH"}


def test_the_prefixes_come_from_the_servers() -> None:
    assert load("wham").operation("readUsage").prefixes == ("/backend-api/wham", "/api/codex")
    assert load("responses").operation("createResponse").prefixes == ("/backend-api/codex", "/v1")
    assert load("oauth").operation("exchangeToken").prefixes == ("",)


def test_an_unknown_surface_names_the_known_ones() -> None:
    with pytest.raises(Problem, match="oauth, wham, responses"):
        load("telnet")


def test_an_unknown_operation_names_the_closest() -> None:
    with pytest.raises(Problem, match="exchangeToken"):
        load("oauth").operation("exchangeTokens")


def test_an_unknown_schema_names_the_closest() -> None:
    with pytest.raises(Problem, match="RateLimitStatusPayload"):
        load("wham").validator("RateLimitStatusPayloads")


def test_a_contract_is_read_once() -> None:
    assert load("oauth") is load("oauth")
