"""What the executable of a shim runs."""

from __future__ import annotations

import signal
import sys

if __name__ == "__main__":
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # Ctrl-C ends codex by its signal, while it loads as well as later.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from codex_conformance.shim._command import main

    sys.exit(main(sys.argv[1:]))
