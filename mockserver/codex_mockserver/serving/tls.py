"""A certificate authority of the mock's own, made at start."""

from __future__ import annotations

import os
import ssl
import tempfile
from pathlib import Path

import trustme

from codex_mockserver.http import REAL_HOSTS
from codex_schemas import Problem

__all__ = ["Authority"]


class Authority:
    """A certificate authority, with one certificate for loopback and for the hosts that codex has built in.

    Its certificate lies in a private temporary folder, for clients that want a file; its key
    stays in memory unless :meth:`write_key` is called.
    """

    def __init__(self) -> None:
        self._authority = trustme.CA(organization_name="codex-testkit")
        self._leaf = self._authority.issue_cert("localhost", "127.0.0.1", "::1", *REAL_HOSTS)
        self._folder = tempfile.TemporaryDirectory(prefix="codex-testkit-")
        #: The authority's certificate in PEM form.
        self.certificate_file = Path(self._folder.name) / "ca.pem"
        self.certificate_file.write_bytes(self._authority.cert_pem.bytes())

    def server_context(self) -> ssl.SSLContext:
        """Return what a listener speaks TLS with."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.set_alpn_protocols(["http/1.1"])
        self._leaf.configure_cert(context)
        return context

    def write_key(self, path: Path) -> None:
        """Write the authority's private key into a new file that only its owner can read.

        Raises:
            Problem: The file exists or cannot be written.
        """
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(self._authority.private_key_pem.bytes())
        except OSError as error:
            raise Problem(
                "writing the private key of the certificate authority",
                expected="the name of a new file",
                found=f"{path}: {error.strerror}",
                advice="Name another file, or remove that one.",
            ) from None

    def close(self) -> None:
        """Remove the private temporary folder."""
        self._folder.cleanup()
