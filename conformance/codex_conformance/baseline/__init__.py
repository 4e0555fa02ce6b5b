"""The baseline: the known failures of an implementation, each by requirement and case, and with the reason.

A failure that it lists does not fail a run; a new one does, and so does a pass of what it lists.
"""

from codex_conformance.baseline._baseline import Baseline
from codex_conformance.baseline._known import Known

__all__ = ["Baseline", "Known"]
