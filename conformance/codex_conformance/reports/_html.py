"""A run as one HTML page that needs nothing else: no network, and no script to be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape

from codex_conformance._printable import printable
from codex_conformance.reports._conclusion import Standing
from codex_conformance.reports._page import page, safe, table
from codex_conformance.reports._run import Outcome, Step, Verdict
from codex_conformance.reports.overview import Overview, Tally
from codex_conformance.reports.sentence import sentence
from codex_conformance.reports.wording import (
    CONTENTS,
    OUTCOMES,
    UNCHECKED,
    claim,
    columns,
    counted,
    finding_parts,
    heading,
    outcome_class,
    outcome_name,
    skip_sentence,
    surface_name,
)
from codex_conformance.requirements import LEVELS

__all__ = ["render"]

#: More names than these are folded at the beginning of the page.
_MOST_NAMES = 30
#: A longer text of a step is cut.
_LONGEST = 20_000
#: The outcomes that a reader wants to see first.
_OPEN: tuple[Outcome, ...] = ("failed", "error", "stale")
#: The choices of the filter: what is asked, and its name in the page.
_LEGENDS = {"surface": "Surface", "level": "How strict it is", "outcome": "What came"}


def render(overview: Overview) -> str:
    """Return the page."""
    run = overview.run
    return page(
        "report",
        run.target,
        heading=safe(f"{heading(run)}, {run.started_at}"),
        tone=outcome_class(overview.conclusion),
        conclusion=overview.conclusion.capitalize(),
        sentence=safe(sentence(overview)),
        summary=_summary(overview),
        capabilities=_capabilities(run.capabilities.items()),
        grave=_grave(overview),
        unchecked=_unchecked(overview),
        choices="\n".join(_choices(overview)),
        sections="\n".join(_sections(overview)) or "<p>No requirement was in scope.</p>",
        tool=safe(run.tool or "codex-testkit"),
    )


def _summary(overview: Overview) -> str:
    shown = columns(overview)
    head = "".join(f'<th scope="col" class="{outcome_class(each)}">{outcome_name(each)}</th>' for each in shown)
    rows = "".join(_row(tally, shown) for tally in overview.tallies)
    caption = "Requirements by surface, level and outcome"
    return table(caption, f"<td></td><td></td>{head}", f"<tbody>{rows}</tbody>")


def _row(tally: Tally, shown: Sequence[Outcome | None]) -> str:
    cells = "".join(
        f'<td class="{"some" if tally.counts[each] else "none"} {outcome_class(each)}">{tally.counts[each]}</td>'
        for each in shown
    )
    name = surface_name(tally.surface)
    return f'<tr><th scope="row">{name}</th><td class="name">{tally.level}</td>{cells}</tr>\n'


def _capabilities(states: Iterable[tuple[str, str]]) -> str:
    """Return which capabilities the target has, in groups."""
    groups: dict[str, list[str]] = {}
    for name, state in states:
        groups.setdefault(state, []).append(f"<code>{safe(name)}</code>")
    return _folded("Capabilities", groups)


def _grave(overview: Overview) -> str:
    """Return what did not go well, by name; folded where it is much."""
    groups = {
        f"{title} ({len(links)})": links
        for outcome, title in CONTENTS.items()
        if (links := [_link(requirement.id) for requirement, _ in overview.having(outcome)])
    }
    is_much = sum(map(len, groups.values())) > _MOST_NAMES
    return _folded(", ".join(groups), groups) if is_much else _listed(groups)


def _unchecked(overview: Overview) -> str:
    """Return which of the strictest requirements were not checked, and why."""
    groups = {
        skip_sentence(f"{reason}: {detail}" if detail else reason): [_link(name) for name in names]
        for reason, details in overview.unchecked_musts.items()
        for detail, names in details.items()
    }
    return _folded(UNCHECKED, groups)


def _link(name: str) -> str:
    return f'<a href="#{safe(name)}"><code>{safe(name)}</code></a>'


def _folded(title: str, groups: Mapping[str, Sequence[str]]) -> str:
    """Return lists of HTML under their names, folded; nothing where there is none."""
    return f"<details><summary>{title}</summary>{_listed(groups)}</details>" if groups else ""


def _listed(groups: Mapping[str, Sequence[str]]) -> str:
    items = "".join(f"<dt>{safe(name)}</dt><dd>{', '.join(items)}</dd>" for name, items in groups.items())
    return f"<dl>{items}</dl>" if items else ""


def _choices(overview: Overview) -> Iterator[str]:
    """Yield a box for each surface, level and outcome that there is."""
    tallies = overview.tallies
    present: dict[str, dict[str, str]] = {
        "surface": {tally.surface: surface_name(tally.surface) for tally in tallies},
        "level": {level: level for level in LEVELS if any(tally.level == level for tally in tallies)},
        "outcome": {outcome_class(each): outcome_name(each) for each in OUTCOMES if each in overview.outcomes},
    }
    for facet, legend in _LEGENDS.items():
        boxes = "".join(
            f'<label><input type="checkbox" name="{facet}" value="{value}" checked>{label}</label>'
            for value, label in present[facet].items()
        )
        yield f"<fieldset>\n<legend>{legend}</legend>\n{boxes}\n</fieldset>"


def _sections(overview: Overview) -> Iterator[str]:
    for surface, members in overview.by_surface.items():
        items = "\n".join(_requirement(each, overview) for each in members)
        title = f"<h2>{surface_name(surface)} <span>{len(members)}</span></h2>"
        yield f"<section>\n{title}\n<ul>\n{items}\n</ul>\n</section>"


def _requirement(standing: Standing, overview: Overview) -> str:
    requirement, name = standing.requirement, outcome_class(standing.outcome)
    facets = {"surface": requirement.surface, "level": requirement.level, "outcome": name}
    data = "".join(f' data-{facet}="{value}"' for facet, value in facets.items())
    is_open = " open" if standing.outcome in _OPEN else ""
    declared = overview.declared(requirement) if standing.outcome == "failed" else []
    parts = [
        f"<p>{safe(requirement.sentence)}</p>",
        f'<p class="soft">Without it: {safe(requirement.failure)} Source: {safe(requirement.source)}.</p>',
        f"<p>{safe(claim(declared))}</p>" if declared else "",
        *(map(_case, standing.verdicts) if standing.verdicts else ("<p>No case of it ran.</p>",)),
    ]
    return (
        f'<li class="requirement" id="{safe(requirement.id)}"{data}><details{is_open}>'
        f'<summary><span class="outcome {name}">{outcome_name(standing.outcome)}</span>'
        f'<span class="level">{requirement.level}</span><code>{safe(requirement.id)}</code></summary>'
        f'<div class="inside">{"".join(parts)}</div></details></li>'
    )


def _case(verdict: Verdict) -> str:
    reason = skip_sentence(verdict.reason) if verdict.outcome == "skipped" else verdict.reason
    parts = [("reason", reason), *finding_parts(verdict)]
    listed = "".join(f"<dt>{label}</dt><dd>{safe(text)}</dd>" for label, text in parts if text)
    is_worth_it = verdict.repeat and verdict.outcome not in ("passed", "skipped")
    repeat = f"<dt>repeat</dt><dd><code>{safe(verdict.repeat)}</code></dd>" if is_worth_it else ""
    return (
        f'<div class="case {verdict.outcome}"><p><span class="outcome {verdict.outcome}">{verdict.outcome}</span> '
        f'<code>{safe(verdict.case)}</code> <span class="soft">{verdict.seconds:.2f} s</span></p>'
        f"{f'<dl>{listed}{repeat}</dl>' if listed or repeat else ''}{_steps(verdict.steps)}</div>"
    )


def _steps(steps: Sequence[Step]) -> str:
    if not steps:
        return ""
    items = "".join(
        f"<li><b>{safe(step.sender)}</b> <code>{safe(step.title)}</code>{_text(step.text)}</li>" for step in steps
    )
    title = counted(len(steps), "message")
    return f'<details><summary class="soft">{title}</summary><ol class="steps">{items}</ol></details>'


def _text(text: str) -> str:
    """Return the text of a step with its lines; no other control character is left."""
    if not text:
        return ""
    cut = f"\n… and {len(text) - _LONGEST} more characters" if len(text) > _LONGEST else ""
    lines = "\n".join(printable(line) for line in text[:_LONGEST].replace("\r\n", "\n").split("\n"))
    return f"<pre>{escape(lines + cut)}</pre>"
