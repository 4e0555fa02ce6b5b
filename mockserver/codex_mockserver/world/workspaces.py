"""Workspaces: their routing, nudges, messages, environments and managed configuration."""

from __future__ import annotations

from math import ceil
from typing import Any

from codex_mockserver.world import Account, Environment, Workspace, WorkspaceMessage, World, rfc3339

__all__ = [
    "NUDGE_COOLDOWN",
    "accounts_check",
    "environment_list",
    "find_environment",
    "managed_requirements",
    "message_list",
    "send_nudge",
]

#: Seconds between two nudge e-mails of a workspace; how long the real service waits is not known.
NUDGE_COOLDOWN = 24 * 3600


def accounts_check(account: Account, active: Workspace) -> dict[str, Any]:
    """Return the list form of ``accounts/check``: every workspace with where its traffic goes."""
    return {
        "accounts": [_entry(workspace) for workspace in account.workspaces],
        "account_ordering": [workspace.id for workspace in account.workspaces],
        "default_account_id": active.id,
    }


def send_nudge(world: World, workspace: Workspace) -> int:
    """Send the owner an e-mail and return 0, or the seconds until the next may go out."""
    now = world.now()
    if workspace.nudged_at is not None and now < workspace.nudged_at + NUDGE_COOLDOWN:
        return ceil(workspace.nudged_at + NUDGE_COOLDOWN - now)
    workspace.nudged_at = now
    return 0


def message_list(workspace: Workspace) -> dict[str, Any]:
    """Return the notices of a workspace."""
    return {"messages": [_message(message) for message in workspace.messages]}


def managed_requirements(workspace: Workspace) -> dict[str, Any]:
    """Return the requirements of the managed configuration as the one file that older clients read."""
    delivered = workspace.config_bundle.get("requirements_toml") or {}
    fragments = delivered.get("enterprise_managed") or []
    return {"contents": "\n".join(fragment["contents"] for fragment in fragments)}


def find_environment(workspace: Workspace, environment_id: str) -> Environment | None:
    """Return the workspace's environment of that id."""
    return next((e for e in workspace.environments if e.id == environment_id), None)


def environment_list(world: World, workspace: Workspace, repository: str | None = None) -> list[dict[str, Any]]:
    """Return the workspace's environments, or those of one ``owner/name`` repository."""
    used = [task.environment_id for task in world.state.tasks.values() if task.workspace == workspace.id]
    return [
        _known(
            {
                "id": environment.id,
                "label": environment.label,
                "is_pinned": environment.is_pinned,
                "task_count": used.count(environment.id),
            },
        )
        for environment in workspace.environments
        if repository is None or repository.lower() == (environment.repository or "").lower()
    ]


def _entry(workspace: Workspace) -> dict[str, Any]:
    routing = {
        "workspace_backend_origin": workspace.backend_origin,
        "account_routing_override": workspace.routing_override,
        "can_access_with_session": workspace.can_access_with_session,
    }
    return {
        "id": workspace.id,
        "name": workspace.name,
        "profile_picture_url": None,
        "structure": workspace.structure,
        "plan_type": workspace.plan_type,
        "is_deactivated": workspace.is_deactivated,
        "is_fedramp_compliant_workspace": workspace.is_fedramp,
        **_known(routing),
    }


def _message(message: WorkspaceMessage) -> dict[str, Any]:
    times = {"created_at": message.created_at, "archived_at": message.archived_at}
    return {
        "message_id": message.id,
        "message_type": message.type,
        "message_body": message.body,
        **{name: rfc3339(seconds) for name, seconds in _known(times).items()},
    }


def _known(fields: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is not known: the wire has no null there."""
    return {name: value for name, value in fields.items() if value is not None}
