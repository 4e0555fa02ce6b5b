"""What a turn runs with: the configuration, overridden by what clients say."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from codex_mockserver.app_server._errors import RpcError
from codex_mockserver.app_server._kept import kept
from codex_mockserver.app_server.catalogues import default_model
from codex_mockserver.app_server.configuration import check_loadable, layers, merged
from codex_mockserver.app_server.configuration.validity import misfit
from codex_mockserver.app_server.threads._instructions import instruction_sources
from codex_mockserver.app_server.threads._permissions import (
    completed_policy,
    configured_sandbox,
    permit,
    sandbox_of,
    told_policy,
)

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer
    from codex_mockserver.world import Thread

__all__ = [
    "BOTH",
    "configuration",
    "folder",
    "kept_policies",
    "new_settings",
    "overridden",
    "set_plain",
    "settings_form",
    "trust",
]

Json = dict[str, Any]

_PROVIDERS = frozenset({"openai", "ollama", "lmstudio", "amazon-bedrock"})
#: What is said of two params of which only one may be there.
BOTH = "`permissions` cannot be combined with `sandbox`"
#: Folders that the configuration says are trusted.
_CAPACITY = 1000
#: Params that stand in the settings under the same name.
_PLAIN = ("model", "modelProvider", "serviceTier", "approvalsReviewer", "personality", "summary")


def configuration(server: AppServer, cwd: str | None = None, overrides: Mapping[str, Any] | None = None) -> Json:
    """Return the configuration that holds in a folder, with a client's own settings by dotted key."""
    whole = merged(layers(server, cwd))
    for dotted, value in (overrides or {}).items():
        *tables, key = dotted.split(".")
        table = whole
        for name in tables:
            inner = table.get(name)
            table[name] = table = dict(inner) if isinstance(inner, dict) else {}
        table[key] = value
    return whole


def folder(server: AppServer, cwd: str | None) -> str:
    """Return an absolute folder: a relative one lies in that of the server."""
    return str(PurePosixPath(server.cwd, cwd or ""))


def new_settings(server: AppServer, cwd: str, overrides: Mapping[str, Any] | None = None) -> Json:
    """Return the settings of a new thread, as the configuration has them.

    Raises:
        RpcError: The configuration is none.
    """
    check_loadable(server)
    config = configuration(server, cwd, overrides)
    if (wrong := misfit(server, config)) is not None:
        raise RpcError(f"failed to load configuration: {wrong.removeprefix('Invalid configuration: ')}")
    profile = (
        None if "sandbox_mode" in config else config.get("default_permissions") or _usual_profile(server, config, cwd)
    )
    settings = {
        "model": config.get("model") or default_model(server),
        "modelProvider": config.get("model_provider", "openai"),
        "serviceTier": config.get("service_tier") if server.traits.starts_with_service_tier else None,
        "approvalPolicy": completed_policy(config.get("approval_policy", "on-request")),
        "approvalsReviewer": config.get("approvals_reviewer", "user"),
        "sandbox": configured_sandbox(config),
        "reasoningEffort": config.get("model_reasoning_effort"),
        "summary": config.get("model_reasoning_summary"),
        "personality": config.get("personality", "pragmatic" if server.traits.is_pragmatic else None),
        "instructionSources": instruction_sources(server, cwd),
        "runtimeWorkspaceRoots": [cwd],
        "disabledPluginIds": [],
        "activePermissionProfile": None,
        "multiAgentMode": "explicitRequestOnly",
        "mode": "default",
    }
    if profile is not None:
        permit(settings, profile)
    _check_provider(config, settings["modelProvider"])
    return settings


def overridden(server: AppServer, settings: Json, params: Json) -> Json:
    """Return settings with the params of ``thread/start``, ``resume`` or ``fork`` in their place.

    Raises:
        RpcError: The params contradict each other, or name what does not exist.
    """
    if params.get("permissions") is not None and params.get("sandbox") is not None:
        raise RpcError(BOTH)
    changed = {**settings}
    set_plain(changed, params)
    if not server.traits.starts_with_service_tier:
        changed["serviceTier"] = settings["serviceTier"]
    if (provider := params.get("modelProvider")) is not None:
        _check_provider(configuration(server, overrides=params.get("config")), provider)
    if (sandbox := params.get("sandbox")) is not None:
        changed |= {"sandbox": sandbox_of(sandbox), "activePermissionProfile": None}
    return changed


def kept_policies(server: AppServer, settings: Json) -> Json:
    """Return what a fork, and in older releases a thread that comes back, keeps of its permissions."""
    if not server.traits.keeps_policies:
        return {}
    kept = {name: settings[name] for name in ("approvalPolicy", "approvalsReviewer")}
    if server.traits.keeps_settings or settings["activePermissionProfile"] is not None:
        kept |= {name: deepcopy(settings[name]) for name in ("sandbox", "activePermissionProfile")}
    return kept


def settings_form(server: AppServer, record: Thread) -> Json:
    """Return what stands beside the thread in the answers to start, resume and fork."""
    policy = told_policy(record.settings["approvalPolicy"], like_types=server.traits.spells_policies_like_types)
    return {"cwd": record.cwd, **record.settings, "approvalPolicy": policy}


def set_plain(settings: Json, params: Json) -> None:
    """Put params into settings that stand there alike.

    Raises:
        RpcError: A policy or a profile is none.
    """
    settings.update({name: params[name] for name in _PLAIN if params.get(name) is not None})
    if (policy := params.get("approvalPolicy")) is not None:
        settings["approvalPolicy"] = completed_policy(policy)
    if (roots := params.get("runtimeWorkspaceRoots")) is not None:
        settings["runtimeWorkspaceRoots"] = list(roots)
    if (plugins := params.get("disabledPluginIds")) is not None:
        settings["disabledPluginIds"] = list(plugins)
    if (profile := params.get("permissions")) is not None:
        permit(settings, profile)


def trust(server: AppServer, cwd: str) -> None:
    """Write down in the user's configuration that a folder is trusted."""
    config = kept(server).config
    projects = config.setdefault("projects", {})
    if isinstance(projects, dict) and len(projects) < _CAPACITY:
        projects.setdefault(cwd, {"trust_level": "trusted"})


def _usual_profile(server: AppServer, config: Json, cwd: str) -> str:
    project = _table(_table(config, "projects"), cwd)
    is_trusted = server.traits.trusts_folders and project.get("trust_level") == "trusted"
    return ":workspace" if is_trusted else ":read-only"


def _check_provider(config: Json, provider: str) -> None:
    if provider not in _PROVIDERS and provider not in _table(config, "model_providers"):
        raise RpcError(f"failed to load configuration: Model provider `{provider}` not found")


def _table(config: Json, key: str) -> Json:
    table = config.get(key)
    return table if isinstance(table, dict) else {}
