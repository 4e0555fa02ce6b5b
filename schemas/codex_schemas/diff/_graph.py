"""Which definitions meet when two protocols are compared, what differs in each, and what carries them."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from codex_schemas.diff._definitions import Definitions, is_inline, name_of
from codex_schemas.diff._difference import Difference, Link, Path, written
from codex_schemas.diff._keywords import is_plain, references_in
from codex_schemas.diff._protocol import Side
from codex_schemas.diff._stability import Anchor
from codex_schemas.diff._walk import Walk

__all__ = ["Carriers", "Graph", "Key", "Node", "carried"]

#: Where two schemas stand that are compared with each other.
Key = tuple[Anchor, Anchor]


@dataclass(slots=True)
class Node:
    """Two definitions, or two parts of messages, compared as far as their references."""

    #: Where it was met first: the node that refers to it, and the place there. A beginning has no such node.
    parent: Key | None
    place: str
    #: The short names of the definitions, empty for what has none.
    names: tuple[str, str] = ("", "")
    #: At how many places it was met.
    uses: int = 0
    differences: list[Difference] = field(default_factory=list)
    #: The definitions that they refer to, and whether the direction of travel is unsure from here.
    links: dict[Key, bool] = field(default_factory=dict)


class Carriers(NamedTuple):
    """Which messages carry a value, as one bit each, by who sends it."""

    client: int = 0
    server: int = 0


class Graph:
    """Compares definitions pairwise, each pair once, beginning where messages refer to them."""

    def __init__(self, old: Definitions, new: Definitions) -> None:
        self.old = old
        self.new = new
        self.nodes: dict[Key, Node] = {}
        self._pending: deque[tuple[str, str]] = deque()

    def walk(self) -> Walk:
        """Return a new walk through schemas of both sides."""
        return Walk(self.old, self.new)

    def add_part(self, key: Key, location: str, old: Any, new: Any) -> None:
        """Compare two schemas, and all that they refer to."""
        if key not in self.nodes:
            self.nodes[key] = Node(None, location)
            walk = self.walk()
            walk.shapes(self.old.read(old), self.new.read(new), ())
            self._note(key, walk)
            self._explore()

    def add_definitions(self, old: str, new: str) -> None:
        """Compare two definitions, and all that they refer to."""
        self._meet(Link(self.old.target(old), self.new.target(new)), None, [()])
        self._explore()

    def located(self) -> Iterator[tuple[Key, str, list[Difference]]]:
        """Return the differences of every node that has some, and what reports call the place."""
        alone = self._alone()
        for key, node in self.nodes.items():
            found = node.differences
            if key in alone and all(node.names):
                found = [*found, Difference("type-renamed", (), *node.names)]
            elif key not in alone and node.names[0] != node.names[1]:
                found = [self._by_name(key, difference) for difference in found]
            if found:
                yield key, self._location(key, alone), found

    def _explore(self) -> None:
        while self._pending:
            key = self._pending.popleft()
            links = self._links_of_same(*key)
            known = self.old.knows(key[0]), self.new.knows(key[1])
            if links is not None:
                self._follow(key, links)
            elif all(known):
                walk = self.walk()
                walk.shapes(self.old.shape(key[0]), self.new.shape(key[1]), ())
                self._note(key, walk)
            elif any(known):
                lost = "definition-lost" if known[0] else "definition-found"
                self.nodes[key].differences.append(Difference(lost, ()))

    def _note(self, key: Key, walk: Walk) -> None:
        self.nodes[key].differences += walk.found
        self._follow(key, walk.links)

    def _follow(self, key: Key, links: Mapping[Link, list[Path]]) -> None:
        for link in sorted(links, key=lambda link: (min(map(written, links[link])), link)):
            target = self._meet(link, key, links[link])
            targets = self.nodes[key].links
            targets[target] = targets.get(target, False) or link.any_direction

    def _links_of_same(self, old: str, new: str) -> dict[Link, list[Path]] | None:
        """Return what two definitions of the same text refer to; None if they need a closer look."""
        before, after = self.old.schemas.get(old), self.new.schemas.get(new)
        # Texts are compared, because Python takes 1, 1.0 and True for equal.
        if before is None or (before is not after and repr(before) != repr(after)) or not is_plain(before):
            return None
        links = [Link(self.old.target(name), self.new.target(name)) for name in references_in(before)]
        return {link: [()] for link in links} if all(name_of(link.old) == name_of(link.new) for link in links) else None

    def _meet(self, link: Link, parent: Key | None, paths: list[Path]) -> Key:
        """Return the key of two definitions that are referred to at some places, which are compared in turn."""
        key = (link.old, link.new)
        if key not in self.nodes:
            self.nodes[key] = Node(parent, min(map(written, paths)), (name_of(link.old), name_of(link.new)))
            self._pending.append(key)
        self.nodes[key].uses += len(paths)
        return key

    def _alone(self) -> set[Key]:
        """Return the definitions that are gone and have one successor: a new name, or the same words at every use."""
        living = self.new, self.old
        unlike = {
            key: node.names
            for key, node in self.nodes.items()
            if node.names[0] != node.names[1]
            and not any(definitions.has_name(name) for definitions, name in zip(living, node.names, strict=True))
        }
        partners: defaultdict[tuple[int, str], set[str]] = defaultdict(set)
        for key, (old, new) in unlike.items():
            partners[0, old].add(new or str(key[1]))
            partners[1, new].add(old or str(key[0]))

        def is_alone(key: Key, names: tuple[str, str]) -> bool:
            renamed = all(names)
            met = [partners[side, name] for side, name in enumerate(names) if name]
            rivals = [sum(not (renamed and is_inline(other)) for other in others) - 1 for others in met]
            return not any(rivals) and (renamed or self.nodes[key].uses > 1)

        return {key for key, names in unlike.items() if is_alone(key, names)}

    def _by_name(self, key: Key, difference: Difference) -> Difference:
        """Return a difference with the names of definitions instead of all that they say."""
        old, new = self.old.schemas.get(str(key[0])), self.new.schemas.get(str(key[1]))
        return replace(
            difference,
            old={"$ref": key[0]} if old is not None and difference.old is old else difference.old,
            new={"$ref": key[1]} if new is not None and difference.new is new else difference.new,
        )

    def _location(self, key: Key, alone: Collection[Key]) -> str:
        steps, node = [], self.nodes[key]
        # Two types that both live on say what changed only at the place that went from one to the other.
        while node.parent and node.names[0] != node.names[1] and key not in alone:
            steps.append(node.place)
            key, node = node.parent, self.nodes[node.parent]
        return "".join([node.names[0] or node.names[1] or node.place, *reversed(steps)])


def carried(nodes: Mapping[Key, Node], roots: Iterable[tuple[Key, Side, int]]) -> dict[Key, Carriers]:
    """Return for every place which messages carry it, given the places where each begins."""
    found = dict.fromkeys(nodes, Carriers())
    pending = []
    for key, sender, bits in roots:
        found[key] = _joined(found[key], Carriers(**{sender: bits}))
        pending.append(key)
    while pending:
        key = pending.pop()
        for target, any_direction in nodes[key].links.items():
            client, server = found[key]
            joined = _joined(found[target], Carriers(client | server, client | server) if any_direction else found[key])
            if joined != found[target]:
                found[target] = joined
                pending.append(target)
    return found


def _joined(one: Carriers, other: Carriers) -> Carriers:
    return Carriers(one.client | other.client, one.server | other.server)
