"""The command line as a module: ``python -m codex_conformance.cli``."""

import sys

from codex_conformance.cli import main

sys.exit(main())
