"""The command ``env``: what a codex process needs to talk to a running mock."""

from __future__ import annotations

import argparse
import json
import shlex
from collections.abc import Sequence
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

from codex_conformance.cli._options import Subparsers, add_command
from codex_conformance.cli.serve import DEFAULT_PORT
from codex_mockserver.http import READY_PATH
from codex_mockserver.serving import direct_config, direct_environment, proxied_config, proxied_environment
from codex_schemas import Problem

__all__ = ["add_parser", "run"]

_DEFAULT_URL = f"http://127.0.0.1:{DEFAULT_PORT}"
_SECONDS = 5
_EXAMPLES = """\
  codex-testkit env
  eval "$(codex-testkit env http://127.0.0.1:8765)"
  codex-testkit env --no-proxy
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = add_command(subparsers, "env", "print what codex needs to talk to a running mock", _EXAMPLES)
    parser.add_argument(
        "url",
        nargs="?",
        default=_DEFAULT_URL,
        metavar="URL",
        help="the mock, or one of its side worlds (default: %(default)s)",
    )
    parser.add_argument("--no-proxy", action="store_true", help="the recipe for plain http without the proxy")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print exports for the shell, and the configuration as comments."""
    ready = _ask(options.url, ("http",) if options.no_proxy else ("http", "proxy", "ca_file"))
    if options.no_proxy:
        url = urlsplit(ready["http"])
        variables, config = direct_environment(ready["http"]), direct_config(url.port or 80, url.path)
    else:
        variables, config = proxied_environment(ready["proxy"], ready["ca_file"]), proxied_config()
    lines = [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    lines += ["", "# $CODEX_HOME/config.toml:", *(f"# {line}".rstrip() for line in config.splitlines())]
    lines += ["", "# Log in with:", f"#   codex login --device-auth --experimental_issuer {ready['http']}"]
    lines += ["# A plain `codex login` would send your browser, which knows no proxy, to the", "# real host."]
    print("\n".join(lines))
    return 0


def _ask(url: str, needed: Sequence[str]) -> dict[str, Any]:
    """Return what the mock says about itself, asked without any proxy."""
    try:
        with build_opener(ProxyHandler({})).open(url.rstrip("/") + READY_PATH, timeout=_SECONDS) as response:
            ready: dict[str, Any] = json.load(response)
    except (HTTPException, OSError, ValueError) as error:
        raise _not_there(url, getattr(error, "reason", error)) from None
    if not isinstance(ready, dict) or not all(isinstance(ready.get(name), str) for name in needed):
        raise _not_there(url, "one without a proxy, or another server")
    return ready


def _not_there(url: str, found: object) -> Problem:
    return Problem(
        f"asking the mock at {url}",
        expected="a mock that `codex-testkit serve` runs",
        found=str(found),
        advice="Start one with `codex-testkit serve`, or name its http address.",
    )
