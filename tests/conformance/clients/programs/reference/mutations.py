"""Which one thing is done wrong, if any."""

from __future__ import annotations

#: The name of the mutation that is asked for.
active = ""


def broken(name: str) -> bool:
    """Tell whether the client shall do this wrong."""
    return active == name
