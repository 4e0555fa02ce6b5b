"""What differs from run to run, named by its first appearance: ids, times, paths, versions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["Names"]

Json = dict[str, Any]

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_ID = re.compile(rf"(?:[a-z]{{2,5}}_)?{_UUID}|[a-z]{{2,5}}_[0-9a-f]{{24,}}|sha256:[0-9a-f]{{64}}")

#: What the id under a key names; ``id`` itself is named after the object that holds it.
_KINDS = {
    "agentThreadId": "thread",
    "callId": "item",
    "forkedFromId": "thread",
    "importId": "import",
    "installationId": "installation",
    "itemId": "item",
    "loginId": "login",
    "parentThreadId": "thread",
    "projectId": "project",
    "expectedRevision": "revision",
    "revision": "revision",
    "reviewThreadId": "thread",
    "rootTurnId": "turn",
    "sectionId": "section",
    "sessionId": "thread",
    "threadId": "thread",
    "turnId": "turn",
    "version": "version",
}

#: What the objects under a key are, where they have an ``id``.
_HOLDERS = {
    "attachment": "attachment",
    "item": "item",
    "items": "item",
    "project": "project",
    "queuedSubmission": "submission",
    "section": "section",
    "thread": "thread",
    "turn": "turn",
    "turns": "turn",
}

#: Values that are never compared beyond being there: what stands in their place, by key.
_OPAQUE = {
    "agentNickname": "<nickname>",
    "agent_nickname": "<nickname>",
    "announcement": "<text>",
    "authUrl": "<url>",
    "availabilityNux": "<text>",
    "baseInstructions": "<text>",
    "base_instructions": "<text>",
    "completedAt": "<s>",
    "createdAt": "<s>",
    "create_time": "<s>",
    "description": "<text>",
    "developer_instructions": "<text>",
    "durationMs": "<ms>",
    "expiresAt": "<s>",
    "grantedAt": "<s>",
    "migrationMarkdown": "<text>",
    "firstSeenAt": "<s>",
    "lastUsedAt": "<s>",
    "process": "<process>",
    "promptHash": "<hash>",
    "recencyAt": "<s>",
    "resetsAt": "<s>",
    "sectionEnteredAt": "<s>",
    "serverName": "<host>",
    "startedAt": "<s>",
    "timeUsedSeconds": "<s>",
    "updatedAt": "<s>",
    "userCode": "<code>",
}

#: Counts that depend on the prompts of the binary, unless the model says them.
_TOKENS = (
    "cachedInputTokens",
    "inputTokens",
    "outputTokens",
    "reasoningOutputTokens",
    "tokensUsed",
    "totalTokens",
)

#: Texts of which a part depends on the machine or the moment, and what stands in its place.
_TEXTS = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d[:-]\d\d[:-]\d\d(?:\.\d+)?Z?"), "<time>"),
    (re.compile(r"\b(?:[A-Z][a-z]{2} \d+[a-z]{2}, \d{4} )?\d{1,2}:\d\d [AP]M\b"), "<clock>"),
    (re.compile(r"/\d{4}/\d\d/\d\d/rollout-"), "/<date>/rollout-"),
    (re.compile(r"^(\S*/\d+\.\d+\.\d+) \(.*?\) \S+ (\(.*\))$"), r"\1 (<os>) <terminal> \2"),
    (re.compile(r"^<[a-z_ ]{4,}>\n.*", re.DOTALL), "<context>"),
    (re.compile(r"(unknown variant `[^`]*`, expected one of ).{300,}$"), r"\1<methods>"),
)

#: Longer texts are prose of the binary.
_LONGEST = 600


class Names:
    """The names that one run has given, and what they stand for."""

    def __init__(self, places: Mapping[str, str], *, exact_tokens: bool = False, chancy: Iterable[str] = ()) -> None:
        """Start with the places of the run: their names by path or address.

        Args:
            places: Names by path or address.
            exact_tokens: Whether counts of tokens are the same in every run.
            chancy: Further keys whose values differ from run to run.
        """
        self._names = dict(sorted(places.items(), key=lambda place: -len(place[0])))
        self._opaque = _OPAQUE | dict.fromkeys(() if exact_tokens else _TOKENS, "<tokens>")
        self._opaque |= dict.fromkeys(chancy, "<chance>")
        self._counts: Counter[str] = Counter()

    def hide(self, message: Any) -> Any:
        """Return a message with names in the place of what differs from run to run."""
        self._learn(message, "")
        return self._hidden(message, "")

    def reveal(self, value: Any) -> Any:
        """Return a value with what the names in it stand for."""
        if isinstance(value, dict):
            return {self.reveal(key): self.reveal(part) for key, part in value.items()}
        if isinstance(value, list):
            return [self.reveal(part) for part in value]
        if isinstance(value, str) and "<" in value:
            for real, name in self._names.items():
                value = value.replace(name, real)
        return value

    def _learn(self, value: Any, holder: str) -> None:
        """Name the ids of a message that stand under keys which say what they are."""
        if isinstance(value, list):
            for part in value:
                self._learn(part, holder)
        if isinstance(value, dict):
            for key, part in sorted(value.items()):
                kind = _HOLDERS.get(holder) if key == "id" else _KINDS.get(key)
                if key.endswith("Cursor") and isinstance(part, str):
                    self._name(part, "cursor")
                elif key == "processId" and isinstance(part, str) and part.isdigit():
                    self._name(part, "process")
                elif kind and isinstance(part, str) and _ID.fullmatch(part):
                    self._name(part, kind)
                self._learn(part, key)

    def _name(self, real: str, kind: str) -> str:
        if real not in self._names:
            self._counts[kind] += 1
            self._names[real] = f"<{kind}-{self._counts[kind]}>"
        return self._names[real]

    def _hidden(self, value: Any, key: str) -> Any:
        if value is not None and key in self._opaque:
            return self._opaque[key]
        if isinstance(value, dict):
            return {self._text(name): self._hidden(part, name) for name, part in sorted(value.items())}
        if isinstance(value, list):
            return [self._hidden(part, key) for part in value]
        if isinstance(value, int) and key.endswith("AtMs") and not isinstance(value, bool):
            return "<ms>"
        return self._text(value) if isinstance(value, str) else value

    def _text(self, text: str) -> str:
        if text in self._names:
            return self._names[text]
        for real, name in self._names.items():
            if len(real) > _SHORTEST:
                text = text.replace(real, name)
        text = _ID.sub(lambda found: self._name(found[0], "id"), text)
        for pattern, form in _TEXTS:
            text = pattern.sub(form, text)
        return text if len(text) <= _LONGEST else "<long text>"


#: Shorter names (the number of a process) may stand in a text by chance.
_SHORTEST = 8
