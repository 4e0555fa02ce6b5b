"""The model catalogue in both of its forms."""

from __future__ import annotations

import httpx
import pytest
from openai.types import Model

from codex_mockserver.http import create_app
from codex_mockserver.model import catalogue
from codex_mockserver.world import World
from codex_schemas import load

CODEX = "https://chatgpt.com/backend-api/codex/models"
PUBLIC = "https://api.openai.com/v1/models"


async def get(url: str, **headers) -> httpx.Response:
    world = World(seed=1)
    account = world.account("plus")
    token = account.api_key if "/v1/" in url else account.personal_access_token
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(world))) as client:
        return await client.get(url, headers={"authorization": f"Bearer {token}", **headers})


def default_of(models) -> str:
    """Return the model that a client picks: the listed one with the lowest priority."""
    return min((model for model in models if model["visibility"] == "list"), key=lambda model: model["priority"])[
        "slug"
    ]


@pytest.mark.parametrize(
    ("version", "default"),
    [("0.169.0", "gpt-6.1-sol"), ("0.169.0-alpha.1", "gpt-6.1-sol"), ("0.141.0", "gpt-5.5"), ("odd", "gpt-5.5")],
)
async def test_a_release_gets_a_default_that_it_can_use(version: str, default: str) -> None:
    answer = await get(f"{CODEX}?client_version={version}")

    assert default_of(answer.json()["models"]) == default
    assert answer.json()["models"][0]["slug"] == default


async def test_a_release_without_code_mode_gets_ordinary_models_only() -> None:
    models = (await get(f"{CODEX}?client_version=0.141.0")).json()["models"]

    assert not any("tool_mode" in model for model in models)


async def test_the_catalogue_keeps_its_contract() -> None:
    answer = await get(CODEX)

    assert load("responses").validator("CodexModelList").violations(answer.json()) == []
    assert answer.headers["etag"] == catalogue().etag


async def test_a_client_version_gives_the_codex_form_on_the_public_base_too() -> None:
    assert "models" in (await get(f"{PUBLIC}?client_version=0.169.0")).json()


async def test_the_public_list_is_read_by_the_openai_package() -> None:
    answer = (await get(PUBLIC)).json()

    models = [Model.model_validate(model, strict=True) for model in answer["data"]]

    assert answer["object"] == "list"
    assert {model.id for model in models} == set(catalogue().models)


async def test_one_model_is_shown() -> None:
    assert (await get(f"{PUBLIC}/gpt-5.4")).json()["id"] == "gpt-5.4"


async def test_an_unknown_model_is_404() -> None:
    answer = await get(f"{PUBLIC}/no-such-model")

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "model_not_found")
