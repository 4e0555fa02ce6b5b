import pytest

from codex_conformance.targets import Urls
from codex_conformance.targets.operations import find_operation
from codex_schemas import Problem


@pytest.mark.parametrize(
    ("operation", "face", "url"),
    [
        ("exchangeToken", None, "http://host/oauth/token"),
        ("createResponse", "api", "http://host/v1/responses"),
        ("createResponse", "codex", "http://host/backend-api/codex/responses"),
        ("readUsage", None, "http://host/backend-api/wham/usage"),
        ("checkAccounts", None, "http://host/backend-api/wham/accounts/check"),
        ("retrieveResponse", None, "http://host/v1/responses/{response_id}"),
    ],
)
def test_one_address_has_all_surfaces(operation, face, url) -> None:
    assert Urls.under("http://host/").of(find_operation(operation), face) == url


def test_an_address_that_ends_in_v1_is_the_api_alone() -> None:
    urls = Urls.under("http://host/v1")

    assert urls.find(find_operation("createResponse")) == "http://host/v1/responses"
    assert urls.find(find_operation("exchangeToken")) is None
    assert urls.is_api("http://host/v1/responses")


def test_the_backend_alone_has_no_login() -> None:
    urls = Urls.under("http://host/backend-api")

    assert urls.find(find_operation("createResponse")) == "http://host/backend-api/codex/responses"
    with pytest.raises(Problem, match="exchangeToken"):
        urls.of(find_operation("exchangeToken"))


def test_single_operations_may_be_elsewhere() -> None:
    urls = Urls.under("http://host").with_endpoints({"exchangeToken": "http://host/token"})

    assert urls.of(find_operation("exchangeToken")) == "http://host/token"
    assert urls.of(find_operation("revokeToken")) == "http://host/oauth/revoke"
