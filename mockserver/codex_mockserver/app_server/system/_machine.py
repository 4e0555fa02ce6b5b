"""What depends on the machine: another system's sandbox, a person's fingerprint, memory, the repository."""

from __future__ import annotations

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import INTERNAL, INVALID_PARAMS, RpcError
from codex_mockserver.app_server._tasks import Steps

__all__ = ["HANDLERS"]

_UNAVAILABLE = "User verification is not available in this build or account."
_WINDOWS = {"elevated": "elevated", "unelevated": "legacy"}
_MOST_THREADS = 4096
#: What the process is said to be.
_PROCESS = {"id": 4242, "residentMemoryBytes": 96 * 2**20, "physicalFootprintBytes": None}


def read_windows_sandbox(_call: Call) -> Json:
    """Tell that the sandbox of Windows is not set up."""
    return {"status": "notConfigured"}


def set_up_windows_sandbox(call: Call) -> Json:
    """Begin to set it up, in vain on this system."""
    call.afterwards(_fail_on_windows(call))
    return {"started": True}


def read_verification(_call: Call) -> Json:
    """Tell that nobody can be verified here."""
    return {"credentialId": None, "unavailableReason": "providerUnavailable", "unavailableMessage": _UNAVAILABLE}


def verify(_call: Call) -> Json:
    """Refuse to verify somebody."""
    data = {"type": "invalidRequest", "reason": "invalidParams"}
    raise RpcError("Invalid verification challenge or display text.", INVALID_PARAMS, data)


def refuse_verification(_call: Call) -> Json:
    """Refuse what needs a person's fingerprint."""
    raise RpcError(_UNAVAILABLE, INTERNAL, {"type": "unavailable", "reason": "providerUnavailable"})


def read_memory(call: Call) -> Json:
    """Tell how many threads have become memories: none."""
    if not 1 <= call.get("minConsolidatedThreads", 1) <= _MOST_THREADS:
        raise RpcError(f"minConsolidatedThreads must be between 1 and {_MOST_THREADS}", INVALID_PARAMS)
    return {"v2ConsolidatedThreads": 0, "v2Ready": True}


def do_nothing(_call: Call) -> None:
    """Answer what has nothing to do here."""


def diagnose(_call: Call) -> Json:
    """Tell how the process is."""
    return {"process": _PROCESS, "gauges": [{"name": "app.requests.in_flight", "value": 1}]}


def echo(call: Call) -> Json:
    """Give a value back."""
    return {"echoed": call.get("value")}


def diff_to_remote(call: Call) -> Json:
    """Tell how a folder differs from its remote, as the scenario has it."""
    cwd = call.params["cwd"]
    diff = call.server.setup.git_diffs.get(cwd)
    if diff is None:
        raise RpcError(f'failed to compute git diff to remote for cwd: "{cwd}"')
    return dict(diff)


def _fail_on_windows(call: Call) -> Steps:
    mode = call.params["mode"]
    error = f"{_WINDOWS.get(mode, mode)} Windows sandbox setup is only supported on Windows"
    call.server.notify_all("windowsSandbox/setupCompleted", {"mode": mode, "success": False, "error": error})
    yield from ()


HANDLERS: dict[str, Handler] = {
    "windowsSandbox/readiness": read_windows_sandbox,
    "windowsSandbox/setupStart": set_up_windows_sandbox,
    "userVerification/status": read_verification,
    "userVerification/verify": verify,
    "userVerification/enroll": refuse_verification,
    "userVerification/delete": refuse_verification,
    "userVerification/cancel": do_nothing,
    "memory/status": read_memory,
    "memory/reset": do_nothing,
    "rollout/compress": do_nothing,
    "server/diagnostics": diagnose,
    "mock/experimentalMethod": echo,
    "gitDiffToRemote": diff_to_remote,
}
