"""The requirements: testable sentences about servers and clients, each with a stable id."""

from codex_conformance.requirements._registry import find, matching, requirements
from codex_conformance.requirements._requirement import LEVELS, ROLES, SURFACES, Level, Requirement, Role, Surface

__all__ = [
    "LEVELS",
    "ROLES",
    "SURFACES",
    "Level",
    "Requirement",
    "Role",
    "Surface",
    "find",
    "matching",
    "requirements",
]
