"""Cases that run against the real ``codex app-server`` and against the mock, and what must be equal."""

from parity._cases import RELEASES, Case, cases
from parity._compare import Difference, compare
from parity._driver import Stuck, Transcript
from parity._golden import golden_file, read_golden, write_transcript
from parity._listed import Listed, listed_differences, unlisted
from parity._real import binary_of, run_real

__all__ = [
    "RELEASES",
    "Case",
    "Difference",
    "Listed",
    "Stuck",
    "Transcript",
    "binary_of",
    "cases",
    "compare",
    "golden_file",
    "listed_differences",
    "read_golden",
    "run_real",
    "unlisted",
    "write_transcript",
]
