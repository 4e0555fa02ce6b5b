"""Comparing definitions that no message carries: each is taken for something that travels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from codex_schemas.diff._definitions import Definitions
from codex_schemas.diff._difference import Difference
from codex_schemas.diff._graph import Graph
from codex_schemas.diff._keywords import references_in
from codex_schemas.diff._names import pair_renamed
from codex_schemas.diff._protocol import short_name

__all__ = ["compare_definitions"]


def compare_definitions(graph: Graph) -> Iterator[tuple[str, Difference]]:
    """Compare the definitions of both sides by name; return those that only one side has, each with its name."""
    pairs = _pairs(graph)
    for pair in pairs:
        graph.add_definitions(*pair)
    for position, what, definitions in ((0, "removed", graph.old), (1, "added", graph.new)):
        met = {pair[position] for pair in [*pairs, *graph.nodes]}
        for reference in _unreached(definitions, {name for name in met if isinstance(name, str)}):
            schema = definitions.schemas[reference]
            schemas = (schema, None) if what == "removed" else (None, schema)
            yield short_name(reference), Difference(f"definition-{what}", (), *schemas)


def _pairs(graph: Graph) -> list[tuple[str, str]]:
    """Pair definitions by reference, then by short name, then by content and similar name."""
    old, new = list(graph.old.schemas), list(graph.new.schemas)
    pairs = [(name, name) for name in old if name in graph.new.schemas]
    before, after = (
        _unique([name for name in old if name not in graph.new.schemas]),
        _unique([name for name in new if name not in graph.old.schemas]),
    )
    pairs += [(before.pop(name), after.pop(name)) for name in [*before] if name in after]
    walk = graph.walk()

    def alike(one: str, other: str) -> bool:
        return walk.same(graph.old.shape(before[one]), graph.new.shape(after[other]))

    return pairs + [(before[one], after[other]) for one, other in pair_renamed(before, after, alike)]


def _unique(references: list[str]) -> dict[str, str]:
    """Return references by short name, without those that share theirs with another."""
    counts = Counter(map(short_name, references))
    return {short_name(name): name for name in references if counts[short_name(name)] == 1}


def _unreached(definitions: Definitions, met: Collection[str]) -> Iterator[str]:
    """Return the definitions that are neither compared nor part of one that is compared or returned."""
    covered = _closure(definitions, met)
    left = [name for name in definitions.schemas if name not in covered]
    inner = {target for name in left for target in references_in(definitions.schemas[name]) if target != name}
    # Those that others use come last: only a circle of them is left then.
    for name in sorted(left, key=lambda name: (name in inner, name)):
        if name not in covered:
            covered |= _closure(definitions, [name])
            yield name


def _closure(definitions: Definitions, names: Iterable[str]) -> set[str]:
    pending, seen = list(names), set[str]()
    while pending:
        name = pending.pop()
        if name not in seen and name in definitions.schemas:
            seen.add(name)
            pending += references_in(definitions.schemas[name])
    return seen
