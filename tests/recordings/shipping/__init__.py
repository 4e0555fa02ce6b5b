"""How the shipped recordings are made: the cases, and what runs them."""

from shipping._app_server import record_app_server
from shipping._cases import RELEASES, Case, cases
from shipping._codex import PATIENCE, environment_of, make_work, run_codex
from shipping._http import record_http

__all__ = [
    "PATIENCE",
    "RELEASES",
    "Case",
    "cases",
    "environment_of",
    "make_work",
    "record_app_server",
    "record_http",
    "run_codex",
]
