"""The semantic diff: what changed between two protocols, and whom it breaks."""

from codex_schemas.diff._change import Change, Comparison, Level
from codex_schemas.diff._compare import compare
from codex_schemas.diff._protocol import Message, Part, Protocol, Side, short_name
from codex_schemas.diff._rule import Example, Rule
from codex_schemas.diff._rules import RULES
from codex_schemas.diff._sources import read_protocol

__all__ = [
    "RULES",
    "Change",
    "Comparison",
    "Example",
    "Level",
    "Message",
    "Part",
    "Protocol",
    "Rule",
    "Side",
    "compare",
    "read_protocol",
    "short_name",
]
