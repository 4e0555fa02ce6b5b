"""What an administrator allows: settings that are not allowed give way to those that are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_mockserver.app_server.threads._permissions import mode_of, sandbox_of

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["meet_requirements"]

Json = dict[str, Any]

_FILE = "/etc/codex/requirements.toml"
#: How warnings name what the wire spells otherwise.
_NAMES = {
    "untrusted": "UnlessTrusted",
    "on-failure": "OnFailure",
    "on-request": "OnRequest",
    "never": "Never",
    "read-only": "ReadOnly",
    "workspace-write": "WorkspaceWrite",
    "danger-full-access": "DangerFullAccess",
}


def meet_requirements(server: AppServer, settings: Json) -> list[str]:
    """Change settings that are not allowed to the first ones that are; return a warning for each."""
    required = server.setup.requirements or {}
    warnings = []
    policies, policy = required.get("allowedApprovalPolicies"), settings["approvalPolicy"]
    if policies and isinstance(policy, str) and policy not in policies:
        settings["approvalPolicy"] = policies[0]
        warnings.append(_warning("approval_policy", policy, policies))
    modes, mode = required.get("allowedSandboxModes"), mode_of(settings["sandbox"])
    if modes and mode not in modes:
        settings |= {"sandbox": sandbox_of(modes[0]), "activePermissionProfile": None}
        warnings.append(_warning("sandbox_mode", mode, modes))
    return warnings


def _warning(setting: str, wanted: str, allowed: list[str]) -> str:
    every = ", ".join(_NAMES.get(each, each) for each in allowed)
    return (
        f"Configured value for `{setting}` is disallowed by requirements; falling back to required value "
        f"{_NAMES.get(allowed[0], allowed[0])}. Details: invalid value for `{setting}`: "
        f"`{_NAMES.get(wanted, wanted)}` is not in the allowed set [{every}] (set by {_FILE})"
    )
