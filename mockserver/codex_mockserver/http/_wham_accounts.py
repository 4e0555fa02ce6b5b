"""WHAM: the account, its workspaces and their settings."""

from __future__ import annotations

from codex_mockserver.http._answer import Answer, json_answer
from codex_mockserver.http._call import Call
from codex_mockserver.http._refusal import Refusal
from codex_mockserver.world import workspaces
from codex_mockserver.world.credentials import CredentialsRejected
from codex_mockserver.world.signing import public_jwk
from codex_mockserver.world.tokens import switch_workspace

__all__ = [
    "check_accounts",
    "list_environments",
    "list_environments_by_repo",
    "list_workspace_messages",
    "read_agent_identity_keys",
    "read_config_bundle",
    "read_config_requirements",
    "read_security_setup",
    "read_user_settings",
    "send_nudge_email",
    "switch_workspace_token",
]


def check_accounts(call: Call) -> Answer:
    """Answer every workspace of the caller's account with its routing."""
    caller = call.signed_in
    return json_answer(workspaces.accounts_check(caller.account, caller.workspace))


def switch_workspace_token(call: Call) -> Answer:
    """Answer an access token for another workspace of the caller's account."""
    try:
        token = switch_workspace(call.world, call.signed_in, call.body["workspace_id"])
    except CredentialsRejected as rejected:
        raise Refusal(403, rejected.message, code=rejected.code) from None
    return json_answer({"access_token": token})


def send_nudge_email(call: Call) -> Answer:
    """Send the workspace's owner an e-mail, unless one went out a short while ago."""
    wait = workspaces.send_nudge(call.world, call.signed_in.workspace)
    if wait:
        raise Refusal(
            429,
            f"The owner was notified already; try again in {wait} seconds.",
            code="cooldown_active",
            headers={"retry-after": str(wait)},
        )
    return Answer(204)


def list_workspace_messages(call: Call) -> Answer:
    """Answer the notices of the caller's workspace."""
    return json_answer(workspaces.message_list(call.signed_in.workspace))


def read_user_settings(call: Call) -> Answer:
    """Answer the settings of the caller's account."""
    return json_answer(call.signed_in.account.settings)


def read_config_bundle(call: Call) -> Answer:
    """Answer the managed configuration of the caller's workspace."""
    return json_answer(call.signed_in.workspace.config_bundle)


def read_config_requirements(call: Call) -> Answer:
    """Answer the requirements of the managed configuration as one file."""
    return json_answer(workspaces.managed_requirements(call.signed_in.workspace))


def read_security_setup(call: Call) -> Answer:
    """Answer the security notice of the caller's workspace."""
    return json_answer({"notice": call.signed_in.workspace.security_notice})


def list_environments(call: Call) -> Answer:
    """Answer the cloud environments of the caller's workspace."""
    return json_answer(workspaces.environment_list(call.world, call.signed_in.workspace))


def list_environments_by_repo(call: Call) -> Answer:
    """Answer the cloud environments of one GitHub repository."""
    if call.path["provider"] != "github":
        raise Refusal(404, f"The provider {call.path['provider']!r} is not known; use github.")
    repository = f"{call.path['owner']}/{call.path['repo']}"
    return json_answer(workspaces.environment_list(call.world, call.signed_in.workspace, repository))


def read_agent_identity_keys(_call: Call) -> Answer:
    """Answer the public key that signs everything here."""
    return json_answer({"keys": [public_jwk()]})
