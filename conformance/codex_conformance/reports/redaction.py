"""Reports without secrets: what was said while a case ran may hold tokens, codes, cookies and addresses."""

from __future__ import annotations

import re

from msgspec.structs import replace

from codex_conformance.reports._run import Finding, Run, Step, Verdict
from codex_fixtures import Data, End, Header, Redactor, Response, Rules, mask
from codex_fixtures.redaction import Cleaner
from codex_fixtures.redaction.rules import facts_of_this_machine

__all__ = ["redacted", "redacted_run", "redacted_verdict", "without_credentials"]

#: Headers before a body, as a step writes them.
_HEAD = re.compile(r"(?:[\w-]+: [^\n]*\n)+(?=\n|\Z)")
#: Times that a case is read at most: a secret may be known as one only after it stood somewhere.
_PASSES = 3
_PASSWORD = re.compile(r"(?<=://)(?P<user>[^/@\s:]*):[^/@\s]+(?=@)")
_KEY_IN_URL = re.compile(r"(?i)(?<=[?&])(?P<name>[\w-]*(?:key|token|secret|password))=[^&\s'\"]+")


def redacted(text: str) -> str:
    """Return a text, or the headers and the body of a message, with a stand-in for every secret."""
    return _Redaction().text(text)


def redacted_verdict(verdict: Verdict) -> Verdict:
    """Return a verdict without secrets; the same secret has the same stand-in in all of it."""
    redaction = _Redaction()
    for _ in range(_PASSES):
        generation = redaction.cleaner.generation
        cleaned = redaction.verdict(verdict)
        if redaction.cleaner.generation == generation:
            break
    return cleaned


def redacted_run(run: Run) -> Run:
    """Return a run without secrets; every report that is written begins with this."""
    return replace(
        run,
        target=without_credentials(run.target),
        tool=_encodable(run.tool),
        capabilities={_encodable(name): _encodable(state) for name, state in run.capabilities.items()},
        verdicts=[redacted_verdict(verdict) for verdict in run.verdicts],
    )


def without_credentials(text: str) -> str:
    """Return the name of a target, or a command, without passwords and keys; hosts and paths stay, as it must work."""
    text = _PASSWORD.sub(r"\g<user>:…", _encodable(text))
    return mask(_KEY_IN_URL.sub(r"\g<name>=…", text))


def _encodable(text: str) -> str:
    """Return a text that a file can hold: no half of a letter."""
    return text.encode("utf-8", "backslashreplace").decode()


class _Redaction:
    """Replaces the secrets of one case, each by the same stand-in wherever it stands."""

    def __init__(self) -> None:
        self.cleaner = Cleaner(Rules(), facts_of_this_machine())

    def verdict(self, verdict: Verdict) -> Verdict:
        steps = [self._step(step) for step in verdict.steps]
        return replace(
            verdict,
            case=without_credentials(verdict.case),
            reason=self.text(verdict.reason),
            finding=self._finding(verdict.finding) if verdict.finding else None,
            steps=steps,
            repeat=without_credentials(verdict.repeat),
        )

    def _step(self, step: Step) -> Step:
        return Step(_encodable(step.sender), self.text(step.title), self.text(step.text))

    def _finding(self, finding: Finding) -> Finding:
        parts = (finding.doing, finding.expected, finding.found, finding.advice)
        return Finding(*map(self.text, parts))

    def text(self, text: str) -> str:
        """Return a text as an exchange that is recorded is kept: header by header, and then the body."""
        text = _encodable(text)
        head = _HEAD.match(text)
        headers = [line.partition(": ") for line in head[0].split("\n")[:-1]] if head else []
        # Steps hold what a body means, whatever it was on the wire.
        fields = [(name, value) for name, _, value in headers]
        response = Response(at=0, x=1, status=0, headers=fields, decoded="identity")
        body = text[head.end() :] if head else text
        blank = "\n" if head and body.startswith("\n") else ""
        clean_headers, clean_body = self._exchange(response, body.removeprefix(blank))
        return "".join(f"{name}: {value}\n" for name, value in clean_headers) + blank + clean_body

    def _exchange(self, response: Response, body: str) -> tuple[list[tuple[str, str]], str]:
        redactor = Redactor(Header(recording=1, surface="http"), cleaner=self.cleaner)
        data = Data(at=0, x=1, side="server", text=body)
        said = (response, data, End(at=0, x=1, side="server"))
        clean = [*(entry for each in said for entry in redactor.feed(each)), *redactor.flush()]
        (head,) = (entry for entry in clean if isinstance(entry, Response))
        return head.headers, "".join(entry.content.decode() for entry in clean if isinstance(entry, Data))
