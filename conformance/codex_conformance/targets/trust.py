"""The certificates that are believed."""

from __future__ import annotations

import os
import ssl
from functools import cache

import httpx

from codex_schemas import Problem

__all__ = ["trust"]

#: The variables that name a file of certificates.
_VARIABLES = ("CODEX_CA_CERTIFICATE", "SSL_CERT_FILE")


@cache
def trust() -> ssl.SSLContext:
    """Return the context for TLS; it is made once, since that takes longer than a case.

    An authority of one's own is named as codex and as other programs do: it is believed beside the usual ones.

    Raises:
        Problem: Its file cannot be read.
    """
    context = httpx.create_ssl_context(trust_env=False)
    for name in _VARIABLES:
        if file := os.environ.get(name):
            try:
                context.load_verify_locations(file)
            except (OSError, ssl.SSLError) as error:
                raise Problem(
                    f"reading the authority of {name}",
                    expected="a file of certificates as PEM",
                    found=f"{file}: {error}",
                    advice="Correct the name of the file, or leave the variable out.",
                ) from None
    return context
