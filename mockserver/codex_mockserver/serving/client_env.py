"""What a codex process needs so that it talks to the mock: environment, configuration and credentials."""

from __future__ import annotations

import json
import os
from pathlib import Path

from codex_mockserver.world import World, rfc3339
from codex_mockserver.world.tokens import issue_tokens
from codex_schemas import Problem

__all__ = [
    "direct_config",
    "direct_environment",
    "proxied_config",
    "proxied_environment",
    "write_codex_home",
    "write_home",
]

_COMMON_CONFIG = 'cli_auth_credentials_store = "file"\ncheck_for_update_on_startup = false\n'
_NO_PLUGINS = "\n[features]\napps = false\nplugins = false\n"
_NO_ANALYTICS = "\n[analytics]\nenabled = false\n"


def proxied_environment(proxy_url: str, ca_file: Path | str) -> dict[str, str]:
    """Return the variables that lead the built-in hosts of codex to the mock, by way of its proxy."""
    return {
        "HTTPS_PROXY": proxy_url,
        "https_proxy": proxy_url,
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "CODEX_CA_CERTIFICATE": str(ca_file),
        "SSL_CERT_FILE": str(ca_file),
    }


def proxied_config(*, analytics: bool = True, plugins: bool = True) -> str:
    """Return the ``config.toml`` that goes with :func:`proxied_environment`."""
    return _COMMON_CONFIG + ("" if analytics else _NO_ANALYTICS) + ("" if plugins else _NO_PLUGINS)


def direct_environment(url: str) -> dict[str, str]:
    """Return the variables that lead codex to the mock without a proxy, as far as it has such variables."""
    return {
        "CODEX_REFRESH_TOKEN_URL_OVERRIDE": f"{url}/oauth/token",
        "CODEX_REVOKE_TOKEN_URL_OVERRIDE": f"{url}/oauth/revoke",
        "CODEX_AUTHAPI_BASE_URL": f"{url}/api/accounts",
        "CODEX_APP_SERVER_LOGIN_ISSUER": url,
    }


def direct_config(port: int, path: str = "") -> str:
    """Return the ``config.toml`` that leads codex to the mock's plain http port without a proxy.

    A side world has a path, which stands in front of all others.

    The two addresses must be two spellings of loopback: with one origin for both, codex 0.169.0
    would send the model's traffic to the origin that the workspace names. Analytics, apps and
    plugins are off because they call hosts that no setting can move.
    """
    return (
        f'chatgpt_base_url = "http://127.0.0.1:{port}{path}/backend-api/"\n'
        f'openai_base_url = "http://localhost:{port}{path}/backend-api/codex"\n{_COMMON_CONFIG}'
        f"{_NO_ANALYTICS}{_NO_PLUGINS}"
    )


def write_codex_home(path: Path, config: str, world: World, account: str | None = None) -> None:
    """Fill a folder so that it can be a ``CODEX_HOME``.

    Args:
        path: The folder; it is made where it is missing.
        config: The text of ``config.toml``.
        world: Where the account logs in.
        account: The account whose credentials are written; None for a home that is logged out.

    Raises:
        Problem: There is no such account, or the folder cannot be written.
    """
    write_home(path, config, _credentials(world, account) if account is not None else None)


def write_home(path: Path, config: str, credentials: str | None) -> None:
    """Fill a folder so that it can be a ``CODEX_HOME``.

    Args:
        path: The folder; it is made where it is missing.
        config: The text of ``config.toml``.
        credentials: The text of ``auth.json``; None for a home that is logged out.

    Raises:
        Problem: The folder cannot be written.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        (path / "config.toml").write_text(config)
        if credentials is not None:
            _write_private(path / "auth.json", credentials)
    except OSError as error:
        raise Problem(
            "writing a home for codex",
            expected="a folder that can be written",
            found=f"{path}: {error.strerror}",
            advice="Name another folder.",
        ) from None


def _credentials(world: World, account: str) -> str:
    """Return ``auth.json`` for a new session of an account."""
    tokens = issue_tokens(world, account)
    document = {
        "auth_mode": "chatgpt",
        "OPENAI_API_KEY": None,
        "tokens": {
            "id_token": tokens.id_token,
            "access_token": tokens.access_token,
            "refresh_token": tokens.refresh_token,
            "account_id": tokens.account_id,
        },
        "last_refresh": rfc3339(world.now()),
    }
    return json.dumps(document, indent=2)


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
