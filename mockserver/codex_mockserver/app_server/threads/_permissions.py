"""What a thread may do: its approval policy and its sandbox, in all the ways in which they are named."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from codex_mockserver.app_server._errors import RpcError

__all__ = [
    "completed_policy",
    "completed_sandbox",
    "configured_sandbox",
    "mode_of",
    "permit",
    "sandbox_of",
    "told_policy",
]

Json = dict[str, Any]

_WORKSPACE_WRITE: Json = {
    "type": "workspaceWrite",
    "writableRoots": [],
    "networkAccess": False,
    "excludeTmpdirEnvVar": False,
    "excludeSlashTmp": False,
}
#: The object forms of the sandbox modes, which params and the configuration name by a word.
_SANDBOXES: dict[str, Json] = {
    "read-only": {"type": "readOnly", "networkAccess": False},
    "workspace-write": _WORKSPACE_WRITE,
    "danger-full-access": {"type": "dangerFullAccess"},
}
_SANDBOX_DEFAULTS: dict[str, Json] = {each["type"]: each for each in _SANDBOXES.values()}
#: The keys of the table ``sandbox_workspace_write`` by their names in the object form.
_WORKSPACE_KEYS = {
    "writableRoots": "writable_roots",
    "networkAccess": "network_access",
    "excludeTmpdirEnvVar": "exclude_tmpdir_env_var",
    "excludeSlashTmp": "exclude_slash_tmp",
}
#: The sandboxes of the permission profiles that every release has.
_PROFILES: dict[str, str] = {
    ":read-only": "read-only",
    ":workspace": "workspace-write",
    ":danger-full-access": "danger-full-access",
}
_POLICIES = ("untrusted", "on-failure", "on-request", "granular", "never")
#: The words of the releases that spell them like types, with how all others spell them.
_WORDS: dict[str, str] = {
    "unlessTrusted": "untrusted",
    "onFailure": "on-failure",
    "onRequest": "on-request",
    "readOnly": "read-only",
    "workspaceWrite": "workspace-write",
    "dangerFullAccess": "danger-full-access",
}
#: The rules of a granular policy that must be there, and those that may be left out.
_RULES = ("sandbox_approval", "rules", "mcp_elicitations")
_GRANULAR: Json = {"request_permissions": False, "skill_approval": False}


def completed_policy(policy: Any) -> Any:
    """Return an approval policy as it is told: the usual word, or all rules of a granular one.

    Raises:
        RpcError: It is none.
    """
    if isinstance(policy, dict):
        return {"granular": _completed_rules(policy.get("granular"))}
    policy = _usual(policy)
    if policy not in _POLICIES:
        raise _unreadable(policy, _POLICIES, "approval_policy")
    return policy


def _completed_rules(rules: Any) -> Json:
    """Return the rules of a granular policy, with those that may be left out."""
    if not isinstance(rules, dict):
        raise RpcError("failed to load configuration: wanted exactly 1 element\nin `approval_policy`\n")
    for name in _RULES:
        if not isinstance(rules.get(name), bool):
            raise RpcError(f"failed to load configuration: missing field `{name}`\nin `approval_policy.granular`\n")
    return {**_GRANULAR, **{name: rules[name] for name in (*_RULES, *_GRANULAR) if name in rules}}


def told_policy(policy: Any, *, like_types: bool) -> Any:
    """Return an approval policy in the spelling of a release."""
    if not like_types:
        return policy
    return next((word for word, usual in _WORDS.items() if usual == policy), policy)


def sandbox_of(mode: str) -> Json:
    """Return the object form of a sandbox mode."""
    return deepcopy(_SANDBOXES[_usual(mode)])


def mode_of(sandbox: Json) -> str:
    """Return the mode that an object form stands for; its type where it is none of them."""
    return next((mode for mode, form in _SANDBOXES.items() if form["type"] == sandbox["type"]), str(sandbox["type"]))


def completed_sandbox(policy: Json) -> Json:
    """Return a sandbox policy with the fields that it leaves out."""
    return {**_SANDBOX_DEFAULTS.get(policy["type"], {}), **policy}


def configured_sandbox(config: Json) -> Json:
    """Return the sandbox that a configuration wants.

    Raises:
        RpcError: It names no mode.
    """
    mode = config.get("sandbox_mode", "read-only")
    if not isinstance(mode, str) or mode not in _SANDBOXES:
        raise _unreadable(mode, tuple(_SANDBOXES), "sandbox_mode")
    sandbox = deepcopy(_SANDBOXES[mode])
    table = config.get("sandbox_workspace_write")
    if mode == "workspace-write" and isinstance(table, dict):
        sandbox.update({name: table[key] for name, key in _WORKSPACE_KEYS.items() if key in table})
    return sandbox


def permit(settings: Json, profile: str) -> None:
    """Put a permission profile into settings.

    Raises:
        RpcError: There is none of that name.
    """
    if profile not in _PROFILES:
        raise RpcError("failed to load configuration: default_permissions requires a `[permissions]` table")
    settings["activePermissionProfile"] = {"id": profile, "extends": None}
    settings["sandbox"] = deepcopy(_SANDBOXES[_PROFILES[profile]])


def _usual(word: Any) -> Any:
    """Return a word as all but the oldest releases spell it."""
    return _WORDS.get(word, word) if isinstance(word, str) else word


def _unreadable(value: Any, known: tuple[str, ...], key: str) -> RpcError:
    words = ", ".join(f"`{word}`" for word in known)
    return RpcError(f"failed to load configuration: unknown variant `{value}`, expected one of {words}\nin `{key}`\n")
