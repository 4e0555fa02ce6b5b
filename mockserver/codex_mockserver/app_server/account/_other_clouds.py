"""Logins of other clouds, of which a machine without their tools has none."""

from __future__ import annotations

import re

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import RpcError
from codex_mockserver.app_server.configuration import check_provider, check_region

__all__ = ["HANDLERS"]

_PROJECT = re.compile(r"[A-Za-z0-9-]+")


def read_gateway(call: Call) -> Json:
    """Tell whether a provider is behind a gateway with a login of its own: none is."""
    provider = check_provider(call.server, call.get("modelProvider"))
    name = "OpenAI" if provider == "openai" else provider
    return {"providerId": provider, "providerName": name, "required": False, "supportsDeviceAuth": False}


def log_in_at_gateway(call: Call) -> Json:
    """Refuse, since no provider is behind a gateway."""
    check_provider(call.server, call.get("modelProvider"))
    raise RpcError("The selected provider does not use gateway OAuth")


def cancel_gateway(_call: Call) -> Json:
    """End the login that does not wait."""
    return {}


def discover_bedrock(_call: Call) -> Json:
    """Tell that there are no credentials on this machine."""
    return {"profiles": [], "environmentCredentials": []}


def set_up_bedrock(call: Call) -> Json:
    """Refuse, since there are no credentials on this machine."""
    check_region(call.params["region"])
    raise RpcError(
        "No AWS credentials found. Please Configure AWS credentials or complete AWS sign-in, then try again."
    )


def check_government(_call: Call) -> Json:
    """Tell that nothing of the government's cloud is in use."""
    return {"isGovCloud": False, "shouldWarn": False}


def set_up_gcp(call: Call) -> Json:
    """Refuse, since the tools of that cloud are not on this machine."""
    if not _PROJECT.fullmatch(call.params["projectId"]):
        raise RpcError(
            "model_providers.gcp.project_id must be non-empty and contain only ASCII letters, digits, and hyphens"
        )
    message = "The Google Cloud auth command could not obtain an access token."
    raise RpcError(message, data={"reason": "authCommandFailed"})


HANDLERS: dict[str, Handler] = {
    "account/gatewayOAuth/read": read_gateway,
    "account/gatewayOAuth/login": log_in_at_gateway,
    "account/gatewayOAuth/cancel": cancel_gateway,
    "account/bedrock/discover": discover_bedrock,
    "account/bedrock/setup": set_up_bedrock,
    "account/bedrock/checkGovCloudRequirements": check_government,
    "account/gcp/setup": set_up_gcp,
}
