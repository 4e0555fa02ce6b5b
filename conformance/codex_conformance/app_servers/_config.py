"""The ``config.toml`` of an app-server."""

from __future__ import annotations

import json
import sys

from codex_conformance.app_servers._setup import Setup

__all__ = ["config_of"]

#: What every ``config.toml`` says, by dotted key; the settings of a setup come on top.
_COMMON = {
    "model": "gpt-5.5",
    "approval_policy": "never",
    "sandbox_mode": "danger-full-access",
    "check_for_update_on_startup": False,
    "cli_auth_credentials_store": "file",
    "analytics.enabled": False,
    "features.apps": False,
    "features.plugins": False,
}

#: The backend as a provider of its own, which tries nothing twice.
_PROVIDER = {
    "model_provider": "{provider}",
    "model_providers.{provider}.name": "{provider}",
    "model_providers.{provider}.base_url": "{url}/v1",
    "model_providers.{provider}.env_key": "{key_variable}",
    "model_providers.{provider}.wire_api": "responses",
    "model_providers.{provider}.request_max_retries": 0,
    "model_providers.{provider}.stream_max_retries": 0,
}

#: The backend in the place of the real hosts. With one origin for both, 0.169.0 would send the
#: model's traffic to the origin that the workspace names.
_BUILT_IN = {
    "chatgpt_base_url": "{url}/backend-api/",
    "openai_base_url": "{local_url}/backend-api/codex",
}


def config_of(setup: Setup, url: str) -> str:
    """Return ``config.toml``, as a flat list of dotted keys, with the backend at an address."""
    provider = {key.replace("{provider}", setup.provider): value for key, value in _PROVIDER.items()}
    values = {**_COMMON, **(provider if setup.login is None else _BUILT_IN), **setup.settings}
    lines = [f"{key} = {json.dumps(value)}" for key, value in values.items() if value is not None]
    text = "\n".join([*lines, setup.tables])
    meanings = {
        "url": url,
        "local_url": url.replace("127.0.0.1", "localhost"),
        "python": sys.executable,
        "provider": setup.provider,
        "key_variable": setup.key_variable,
        **setup.names,
    }
    for name, value in meanings.items():
        text = text.replace(f"{{{name}}}", value)
    return text
