"""The certificates that are believed."""

from __future__ import annotations

import ssl
from functools import cache

import httpx

__all__ = ["trust"]


@cache
def trust() -> ssl.SSLContext:
    """Return the context for TLS; it is made once, since that takes longer than a case."""
    return httpx.create_ssl_context(trust_env=False)
