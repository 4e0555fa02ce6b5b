"""The account messages of the app-server, and what they are made of: the answers of the ChatGPT backend (WHAM)."""

from codex_schemas.account._contract import AccountContract, load
from codex_schemas.account._mapping import Conversion, Mapping, Row, mapping
from codex_schemas.account._messages import (
    SignedIn,
    consume_outcome,
    nudge_status,
    rate_limits,
    rate_limits_updated,
    read,
    request,
    security_setup,
    sessions,
    thread_usage,
    usage,
    workspace_messages,
)

__all__ = [
    "AccountContract",
    "Conversion",
    "Mapping",
    "Row",
    "SignedIn",
    "consume_outcome",
    "load",
    "mapping",
    "nudge_status",
    "rate_limits",
    "rate_limits_updated",
    "read",
    "request",
    "security_setup",
    "sessions",
    "thread_usage",
    "usage",
    "workspace_messages",
]
