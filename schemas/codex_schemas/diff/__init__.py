"""The semantic diff: what changed between two protocols, and whom it breaks."""

from codex_schemas.diff._change import Change, Comparison, Level
from codex_schemas.diff._protocol import Message, Part, Protocol, Side, short_name

__all__ = ["Change", "Comparison", "Level", "Message", "Part", "Protocol", "Side", "short_name"]
