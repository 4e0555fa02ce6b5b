"""``model/list``: the models of a release, or those that the scenario names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._pages import page
from codex_mockserver.app_server._recorded import recorded
from codex_mockserver.app_server.configuration import check_provider

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["HANDLERS", "default_model", "knows_model", "models"]

_EFFORTS = {
    "low": "Quick answers",
    "medium": "Balanced",
    "high": "Deeper thought",
    "xhigh": "Deepest thought of older models",
    "max": "The most thought",
    "ultra": "The most thought, with help from sub-agents",
}
_FAST = {"additionalSpeedTiers": ["fast"]}
_TIER = {"serviceTiers": [{"id": "priority", "name": "Fast", "description": "Answers sooner"}]}


def models(server: AppServer) -> list[Json]:
    """Return every model, the hidden ones too, the default first."""
    rows = server.setup.models
    if rows is None:
        rows = recorded("models", server.version)
    return [_form(row, is_default=number == 0) for number, row in enumerate(rows)]


def knows_model(server: AppServer, slug: str) -> bool:
    """Tell whether a model is one of them."""
    return any(model["model"] == slug for model in models(server))


def default_model(server: AppServer) -> str:
    """Return the slug of the default model."""
    return str(next((model["model"] for model in models(server) if model["isDefault"]), "gpt-5.5"))


def list_models(call: Call) -> Json:
    """Tell the models; hidden ones on demand."""
    check_provider(call.server, call.get("modelProvider"))
    shown = [model for model in models(call.server) if call.get("includeHidden") or not model["hidden"]]
    return page(call, shown, "models")


def _form(row: Json, *, is_default: bool) -> Json:
    """Return a model in full; a row may leave out whatever has a usual value."""
    efforts = row.get("efforts", ["low", "medium", "high"])
    upgrade = row.get("upgrade")
    rest = {key: value for key, value in row.items() if key not in ("efforts", "fast", "news")}
    return {
        "model": row["id"],
        "displayName": row["id"],
        "description": "A scripted model.",
        "hidden": False,
        "supportedReasoningEfforts": [
            {"reasoningEffort": effort, "description": _EFFORTS.get(effort, effort)} for effort in efforts
        ],
        "defaultReasoningEffort": "medium" if "medium" in efforts else efforts[0],
        "inputModalities": ["text", "image"],
        "availabilityNux": {"message": f"{row['id']} is here."} if row.get("news") else None,
        "upgradeInfo": upgrade and {"model": upgrade, "migrationMarkdown": f"Try {upgrade}."},
        "isDefault": is_default,
        **({**_FAST, **_TIER} if row.get("fast") else {}),
        **rest,
    }


HANDLERS: dict[str, Handler] = {"model/list": list_models}
