"""``modelProvider/*``: whom the model's requests go to."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import RpcError
from codex_mockserver.app_server.configuration._file_error import check_file
from codex_mockserver.app_server.configuration._key_paths import refusal
from codex_mockserver.app_server.configuration._layers import layers, merged
from codex_mockserver.app_server.configuration._writing import write_settings
from codex_mockserver.app_server.configuration.validity import BUILT_IN_PROVIDERS

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["BEDROCK", "HANDLERS", "check_provider", "check_region", "current_provider", "needs_openai_login"]

_OPENAI = "openai"
BEDROCK = "amazon-bedrock"
_NAMES = {
    BEDROCK: "Amazon Bedrock Mantle",
    "amazon-bedrock-runtime": "Amazon Bedrock",
    "gcp": "Google Cloud Vertex AI",
    _OPENAI: "OpenAI",
}
_REGION = re.compile(r"(us|eu|ap|ca|sa|me|af|il|mx)(-gov)?-(north|south|east|west|central)+(east|west)?-\d")
_PROJECT = re.compile(r"[A-Za-z0-9-]+")


def current_provider(server: AppServer) -> str:
    """Return the id of the provider that threads use by default."""
    return str(merged(layers(server)).get("model_provider", _OPENAI))


def needs_openai_login(server: AppServer) -> bool:
    """Tell whether that provider wants a login at OpenAI."""
    provider = current_provider(server)
    table = _tables(server).get(provider, {})
    return provider == _OPENAI or table.get("requires_openai_auth") is True


def check_provider(server: AppServer, provider: str | None) -> str:
    """Return a provider's id, by default that of the current one.

    Raises:
        RpcError: It is not configured.
    """
    provider = provider or current_provider(server)
    if provider not in BUILT_IN_PROVIDERS and provider not in _tables(server):
        raise RpcError(
            f"This chat uses model provider “{provider}”, which is no longer configured. "
            "Restore this provider’s configuration to continue.",  # noqa: RUF001 (as it is spelt)
            data={"type": "modelProviderNotConfigured", "modelProvider": provider},
        )
    return provider


def check_region(region: str) -> str:
    """Return a region of Amazon Bedrock.

    Raises:
        RpcError: There is no such region.
    """
    if not _REGION.fullmatch(region):
        raise RpcError(f"Amazon Bedrock does not support region `{region}`")
    return region


def list_providers(call: Call) -> Json:
    """Tell the providers that are configured, by id."""
    server = call.server
    check_file(server, "failed to read providers")
    ids = sorted({_OPENAI, current_provider(server), *_tables(server)})
    forms = [_form(each, _tables(server).get(each, {})) for each in ids]
    return {"data": forms, "defaultProviderId": current_provider(server), "canChangeDefault": True}


def write_provider(call: Call) -> Json:
    """Configure a provider."""
    settings = call.params["settings"]
    provider, table = _WRITERS[settings["type"]](call.server, settings)
    quoted = f'model_providers."{provider}"'
    write_settings(call.server, [{"keyPath": quoted, "value": table, "mergeStrategy": "upsert"}])
    return {"provider": _form(provider, _tables(call.server)[provider])}


def read_capabilities(_call: Call) -> Json:
    """Tell what the current provider can do."""
    return {"imageGeneration": True, "webSearch": True, "namespaceTools": True}


def _gateway(server: AppServer, settings: Json) -> tuple[str, Json]:
    provider, name = settings.get("providerId"), settings.get("name")
    if provider is not None and provider not in _tables(server):
        raise refusal("Unknown provider ID.", "configPathNotFound")
    if provider is None and not (name or "").strip():
        raise refusal("Enter a provider name.")
    if provider is None and not settings.get("baseUrl"):
        raise refusal("A base URL is required to create a custom provider.")
    table = {"name": name, "base_url": settings.get("baseUrl"), "env_key": settings.get("envKey")}
    provider = provider or re.sub(r"[^a-z0-9]+", "-", str(name).lower()).strip("-") or "provider"
    return provider, {"wire_api": "responses", **_known(table)}


def _bedrock(_server: AppServer, settings: Json) -> tuple[str, Json]:
    if settings.get("region") is not None:
        check_region(settings["region"])
    return settings["providerId"], {"aws": _known({key: settings.get(key) for key in ("profile", "region")})}


def _gcp(_server: AppServer, settings: Json) -> tuple[str, Json]:
    keys = {"project_id": "projectId", "location": "location", "credential_file": "credentialFile"}
    project = settings.get("projectId")
    if project is not None and not _PROJECT.fullmatch(project):
        raise refusal(
            "model_providers.gcp.project_id must be non-empty and contain only ASCII letters, digits, and hyphens"
        )
    return "gcp", _known({key: settings.get(wire) for key, wire in keys.items()})


_WRITERS: dict[str, Callable[[AppServer, Json], tuple[str, Json]]] = {
    "customGateway": _gateway,
    "bedrock": _bedrock,
    "gcp": _gcp,
}


def _form(provider: str, table: Json) -> Json:
    return {
        "id": provider,
        "name": table.get("name") or _NAMES.get(provider, provider),
        "canEdit": provider != _OPENAI,
        "baseUrl": table.get("base_url"),
        "settings": _settings(provider, table),
    }


def _settings(provider: str, table: Json) -> Json:
    if provider == _OPENAI:
        return {"type": "openai"}
    if provider.startswith(BEDROCK):
        aws = table.get("aws", {})
        return {"type": "bedrock", "profile": aws.get("profile"), "region": aws.get("region")}
    if provider == "gcp":
        places = {"location": table.get("location"), "credentialFile": table.get("credential_file")}
        return {"type": "gcp", "projectId": table.get("project_id"), **places}
    key = table.get("env_key")
    auth = {"mode": "none"} if key is None else {"mode": "environmentVariable", "envKey": key}
    return {"type": "customGateway", "auth": auth}


def _tables(server: AppServer) -> dict[str, Json]:
    tables: Any = merged(layers(server)).get("model_providers", {})
    return {name: table for name, table in tables.items() if isinstance(table, dict)}


def _known(fields: Json) -> Json:
    return {name: value for name, value in fields.items() if value is not None}


HANDLERS: dict[str, Handler] = {
    "modelProvider/list": list_providers,
    "modelProvider/config/write": write_provider,
    "modelProvider/capabilities/read": read_capabilities,
}
