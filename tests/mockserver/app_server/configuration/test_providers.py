"""Whom the model's requests go to."""

from __future__ import annotations

import pytest

WRITE = "modelProvider/config/write"


@pytest.fixture
def release():
    """Only the newer release lists and writes providers."""
    return "0.169.0"


def test_a_gateway(user):
    someone = user()
    settings = {"type": "customGateway", "name": "My Gate", "baseUrl": "http://x/v1", "envKey": "KEY"}

    provider = someone.ask(WRITE, {"settings": settings})["provider"]

    assert provider == {
        "id": "my-gate",
        "name": "My Gate",
        "canEdit": True,
        "baseUrl": "http://x/v1",
        "settings": {"type": "customGateway", "auth": {"mode": "environmentVariable", "envKey": "KEY"}},
    }
    assert [each["id"] for each in someone.ask("modelProvider/list", {})["data"]] == ["my-gate", "openai"]
    assert someone.ask("config/read", {})["config"]["model_providers"]["my-gate"]["env_key"] == "KEY"


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (
            {"type": "bedrock", "providerId": "amazon-bedrock", "region": "us-east-1"},
            {"type": "bedrock", "profile": None, "region": "us-east-1"},
        ),
        (
            {"type": "gcp", "providerId": "gcp", "projectId": "p"},
            {"type": "gcp", "projectId": "p", "location": None, "credentialFile": None},
        ),
        (
            {"type": "customGateway", "name": "n", "baseUrl": "http://x"},
            {"type": "customGateway", "auth": {"mode": "none"}},
        ),
    ],
    ids=["bedrock", "gcp", "gateway"],
)
def test_settings_are_told_back(user, settings, told):
    assert user().ask(WRITE, {"settings": settings})["provider"]["settings"] == told


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"type": "customGateway", "name": " "}, "Enter a provider name."),
        ({"type": "customGateway", "name": "n"}, "A base URL is required to create a custom provider."),
        ({"type": "customGateway", "providerId": "nope", "name": "n"}, "Unknown provider ID."),
        (
            {"type": "bedrock", "providerId": "amazon-bedrock", "region": "nowhere"},
            "Amazon Bedrock does not support region `nowhere`",
        ),
    ],
    ids=["no-name", "no-url", "unknown", "region"],
)
def test_what_is_refused(user, refusal, settings, message):
    assert refusal(user(), WRITE, {"settings": settings}) == (-32600, message)


def test_capabilities(user):
    assert user().ask("modelProvider/capabilities/read", {}) == {"imageGeneration": True, "webSearch": True}
