"""Approvals: when the user is asked, and what an answer means."""

from __future__ import annotations

from typing import Any

from codex_mockserver.app_server.turns._calls import BadCall
from codex_mockserver.app_server.turns._shell_text import is_allowed, is_harmless, words_of
from codex_mockserver.app_server.turns.active import ActiveTurn

__all__ = ["APPROVAL", "decision_of", "needs_approval", "needs_patch_approval"]

Json = dict[str, Any]

#: The flag of a thread that waits for an approval.
APPROVAL = "waitingOnApproval"

_ESCALATED = frozenset({"require_escalated", "with_additional_permissions"})
_AMENDMENT = "acceptWithExecpolicyAmendment"
_DECISIONS = frozenset({"accept", "acceptForSession", "decline", "cancel"})


def needs_approval(active: ActiveTurn, command: str, sandbox_permissions: str | None) -> bool:
    """Tell whether the user is asked before a command runs.

    Raises:
        BadCall: It wants more than the policy lets it ask for.
    """
    settings = active.thread.record.settings
    policy, wants_more = settings["approvalPolicy"], sandbox_permissions in _ESCALATED
    if _is_allowed(active, command):
        return False
    if policy == "untrusted":
        return active.server.traits.asks_for_harmless_commands or not is_harmless(command)
    if not wants_more:
        return False
    if not _may_ask(policy):
        name = "Never" if policy == "never" else "Granular"
        raise BadCall(
            f"approval policy is {name}; reject command — "
            f"you cannot ask for escalated permissions if the approval policy is {name}"
        )
    return bool(settings["sandbox"]["type"] != "dangerFullAccess" and policy != "on-failure")


def needs_patch_approval(active: ActiveTurn, paths: list[str]) -> bool:
    """Tell whether the user is asked before files are changed.

    Raises:
        BadCall: The sandbox forbids it, and the policy lets nobody ask.
    """
    settings = active.thread.record.settings
    if all(path in active.thread.workbench.paths for path in paths):
        return False
    policy = settings["approvalPolicy"]
    if policy == "untrusted":
        return True
    if _is_writable(active, paths):
        return False
    if not _may_ask(policy):
        raise BadCall("patch rejected: writing outside of the project; rejected by user approval settings")
    return bool(policy != "on-failure")


def decision_of(active: ActiveTurn, answer: Json, *, is_command: bool = True) -> str:
    """Return what a client decided: a decision's name, or ``failed`` for an answer that is none.

    A decision that is remembered for a command is noted here.
    """
    strict = active.server.traits.fails_malformed_approvals
    if "error" in answer:
        return "failed" if strict or is_command else "decline"
    result = answer.get("result")
    decision = result.get("decision") if isinstance(result, dict) else None
    if isinstance(decision, str) and decision in _DECISIONS:
        return decision
    if isinstance(decision, dict) and isinstance(decision.get(_AMENDMENT), dict) and is_command:
        active.thread.workbench.prefixes.append(list(decision[_AMENDMENT].get("execpolicy_amendment") or ()))
        return "accept"
    return "failed" if strict else "decline"


def _may_ask(policy: Any) -> bool:
    return bool(policy["granular"].get("sandbox_approval")) if isinstance(policy, dict) else policy != "never"


def _is_allowed(active: ActiveTurn, command: str) -> bool:
    """Tell whether the user has allowed a command, or each of its parts, before."""
    workbench = active.thread.workbench
    if command in workbench.commands:
        return True
    parts = words_of(command)
    return bool(parts) and all(is_allowed(words, workbench.prefixes) for words in parts)


def _is_writable(active: ActiveTurn, paths: list[str]) -> bool:
    """Tell whether the sandbox lets files be written."""
    sandbox = active.thread.record.settings["sandbox"]
    if sandbox["type"] != "workspaceWrite":
        return bool(sandbox["type"] != "readOnly")
    roots = [active.thread.record.cwd, *sandbox["writableRoots"]]
    roots += [] if sandbox["excludeSlashTmp"] else ["/tmp"]  # noqa: S108 (a name on the wire, not a file of ours)
    return all(any(path.startswith(f"{root.rstrip('/')}/") for root in roots) for path in paths)
