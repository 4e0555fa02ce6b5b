"""The ``config.toml`` of a case."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from parity._cases import Case

__all__ = ["config_of"]

_MCP_SERVER = Path(__file__).parent / "tide_server.py"

#: What every case's ``config.toml`` says, by dotted key; the settings of a case come on top.
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
    "model_provider": "parity",
    "model_providers.parity.name": "parity",
    "model_providers.parity.base_url": "{url}/v1",
    "model_providers.parity.env_key": "PARITY_KEY",
    "model_providers.parity.wire_api": "responses",
    "model_providers.parity.request_max_retries": 0,
    "model_providers.parity.stream_max_retries": 0,
}

#: The backend in the place of the real hosts. With one origin for both, 0.169.0 would send the
#: model's traffic to the origin that the workspace names.
_BUILT_IN = {
    "chatgpt_base_url": "{url}/backend-api/",
    "openai_base_url": "{local_url}/backend-api/codex",
}


def config_of(case: Case, url: str) -> str:
    """Return ``config.toml``, as a flat list of dotted keys, with the backend at an address."""
    values = {**_COMMON, **(_PROVIDER if case.login is None else _BUILT_IN), **case.settings}
    lines = [f"{key} = {json.dumps(value)}" for key, value in values.items() if value is not None]
    text = "\n".join([*lines, case.tables])
    values = {"url": url, "local_url": url.replace("127.0.0.1", "localhost"), "python": sys.executable}
    for name, value in {**values, "mcp_server": str(_MCP_SERVER)}.items():
        text = text.replace(f"{{{name}}}", value)
    return text
