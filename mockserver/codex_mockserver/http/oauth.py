"""The OAuth surface: auth.openai.com as Codex uses it."""

from __future__ import annotations

from codex_mockserver.http._oauth_authorize import authorize, submit_authorization
from codex_mockserver.http._oauth_device import (
    poll_device_token,
    request_user_code,
    show_device_page,
    submit_device_code,
)
from codex_mockserver.http._oauth_discovery import authorization_server_metadata, discovery, jwks, whoami
from codex_mockserver.http._oauth_token import exchange_token, revoke
from codex_mockserver.http._routing import Handlers

__all__ = ["handlers"]

handlers = Handlers("oauth")
handlers.operation("authorize")(authorize)
handlers.operation("submitAuthorization")(submit_authorization)
handlers.operation("exchangeToken")(exchange_token)
handlers.operation("revokeToken")(revoke)
handlers.operation("requestUserCode")(request_user_code)
handlers.operation("pollDeviceToken")(poll_device_token)
handlers.operation("showDevicePage")(show_device_page)
handlers.operation("submitDeviceCode")(submit_device_code)
handlers.operation("discovery")(discovery)
handlers.operation("authorizationServerMetadata")(authorization_server_metadata)
handlers.operation("jwks")(jwks)
handlers.operation("whoami", "whoamiOverride")(whoami)
