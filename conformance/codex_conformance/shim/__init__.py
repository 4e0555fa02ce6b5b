"""A ``codex`` to put on the ``PATH``: its commands answer as those of a release do, out of the mock."""

from codex_conformance.shim._executable import write_shim

__all__ = ["write_shim"]
