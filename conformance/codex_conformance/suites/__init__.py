"""The shipped suites: ``pytest --pyargs codex_conformance.suites --codex-target=mock``."""
