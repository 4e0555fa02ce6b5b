"""What was measured, as a table for people, for the README and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

__all__ = ["PEERS", "Row", "in_json", "in_markdown", "in_text", "text_lines", "write_between_markers"]

#: What the mock is measured beside, in the order of the columns.
PEERS = ("aimock", "Starlette", "socket")

#: Between these the README has the table.
MARKERS = ("<!-- bench -->\n", "<!-- end of bench -->\n")


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    #: ``/s`` for rates, of which more is better; of everything else less is.
    unit: str
    ours: float
    #: The figures of the peers that do the same, by name.
    peers: Mapping[str, float] = field(default_factory=dict)
    #: What the figure has to reach, in words.
    wanted: str = ""

    def ratio(self, peer: str) -> float:
        """Return how many times as good as a peer the mock is."""
        ours, theirs = self.ours, self.peers[peer]
        return ours / theirs if self.unit == "/s" else theirs / ours


def in_text(rows: Iterable[Row]) -> str:
    """Return the table at 80 columns; behind each figure of a peer stands how many times as good the mock is."""
    return "\n".join(text_lines(rows))


def text_lines(rows: Iterable[Row]) -> Iterator[str]:
    """Yield the lines of the same, each as soon as its row is there."""
    yield _line("", ["mock", *PEERS])
    for row in rows:
        yield _line(_label(row), _cells(row, "{} ({})"))
        if row.wanted:
            yield f"  wanted: {row.wanted}"


def in_markdown(rows: Iterable[Row]) -> str:
    """Return the same as Markdown."""
    heads = [["", "mock", *PEERS, "wanted"], ["---", *["---:"] * (1 + len(PEERS)), "---"]]
    cells = [[_label(row), *_cells(row, "{} ({} times)"), row.wanted] for row in rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in [*heads, *cells])


def in_json(rows: Iterable[Row]) -> str:
    """Return the table as one JSON array."""
    return json.dumps([{**asdict(row), "ratios": {peer: row.ratio(peer) for peer in row.peers}} for row in rows])


def write_between_markers(path: Path, text: str, markers: tuple[str, str] = MARKERS) -> None:
    """Put text between the two markers of a file in the place of what stands there."""
    beginning, end = markers
    before, _, rest = path.read_text().partition(beginning)
    _, found, after = rest.partition(end)
    if not found:
        raise SystemExit(f"{path} has no lines {beginning.strip()} and {end.strip()}")
    path.write_text(f"{before}{beginning}{text}{end}{after}")


def _label(row: Row) -> str:
    return f"{row.what} ({row.unit})" if row.unit else row.what


def _line(what: str, cells: Sequence[str]) -> str:
    ours, *theirs = cells
    return f"{what:<30}{ours:>8}{''.join(f'{cell:>14}' for cell in theirs)}".rstrip()


def _cells(row: Row, form: str) -> list[str]:
    """Return our figure and that of each peer with the ratio, an empty text for one that does no such thing."""
    beside = {peer: form.format(_plain(figure), f"{row.ratio(peer):.2g}") for peer, figure in row.peers.items()}
    return [_plain(row.ours), *(beside.get(peer, "") for peer in PEERS)]


def _plain(value: float) -> str:
    """Return a number with the three digits that count."""
    rounded = f"{value:.3g}"
    return f"{float(rounded):,.0f}" if "e" in rounded or float(rounded).is_integer() else rounded
