"""Findings put together for a reader: by the type that changed, by rule, or by the reason to ignore them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from codex_conformance.changes._report import Finding
from codex_conformance.changes._wording import owner, subject
from codex_schemas.diff import RULES, Change

__all__ = ["by_owner", "by_reason", "by_rule", "subjects"]

_Key = TypeVar("_Key")


def by_owner(findings: Iterable[Finding]) -> Iterator[tuple[str, tuple[str, ...], list[Finding]]]:
    """Yield each message or type with the messages that it is in, and its findings."""
    for (name, messages), group in _grouped(findings, lambda change: (owner(change), change.messages)):
        # A message need not be told that it is in itself.
        yield name, () if messages == (name,) else messages, group


def by_rule(findings: Iterable[Finding]) -> Iterator[tuple[str, list[Finding]]]:
    """Yield each rule with its findings, in the order of the table of rules."""
    groups = dict(_grouped(findings, lambda change: change.rule))
    yield from ((rule, groups[rule]) for rule in RULES if rule in groups)


def by_reason(findings: Iterable[Finding]) -> Iterator[tuple[str, list[str]]]:
    """Yield each reason to ignore something with the places that are ignored for it."""
    groups: dict[str, list[str]] = {}
    for finding in findings:
        groups.setdefault(finding.reason, []).append(finding.change.location)
    yield from ((reason, list(dict.fromkeys(places))) for reason, places in groups.items())


def subjects(findings: Iterable[Finding]) -> dict[str, list[str]]:
    """Return each message or type with what of it changed; nothing where it is the whole."""
    found: dict[str, list[str]] = {}
    for finding in findings:
        about = subject(finding.change)
        found.setdefault(owner(finding.change), []).extend([about] if about else [])
    return found


def _grouped(findings: Iterable[Finding], key: Callable[[Change], _Key]) -> Iterable[tuple[_Key, list[Finding]]]:
    groups: dict[_Key, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(key(finding.change), []).append(finding)
    return groups.items()
