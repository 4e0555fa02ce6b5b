"""Reports as files: what form each has, and writing them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path

from codex_conformance.output import put, require_place
from codex_conformance.reports._run import Run
from codex_conformance.reports.overview import Overview
from codex_conformance.reports.redaction import redacted_run
from codex_schemas import Problem

__all__ = ["FORMATS", "form_of", "render", "require_places", "write_reports"]

#: How a run can be written, and how the names of such files end; each is a module here with ``render``, imported when
#: it is asked for.
FORMATS: Mapping[str, str] = {
    "badge": ".badge.json",
    "json": ".json",
    "junit": ".xml",
    "markdown": ".md",
    "html": ".html",
}


def form_of(path: Path) -> str:
    """Return the form that the name of a report asks for.

    Raises:
        Problem: It asks for none.
    """
    for form, suffix in FORMATS.items():
        # ``badge.json`` is one, too.
        if path.suffix and f".{path.name}".endswith(suffix):
            return form
    raise Problem(
        f"choosing the form of the report {path}",
        expected=f"a name that ends with {', '.join(FORMATS.values())}",
        found=repr(path.name),
        advice="Name the file after what it is to hold.",
    )


def render(run: Run, form: str) -> str:
    """Return a run in one of the :data:`FORMATS`, without secrets."""
    return _rendered(Overview(redacted_run(run)), form)


def require_places(paths: Iterable[Path]) -> None:
    """Refuse paths of reports that cannot be written, before a run takes its time.

    Raises:
        Problem: A name asks for no form, or its folder is not there.
    """
    for path in paths:
        form_of(path)
        require_place(path)


def write_reports(run: Run, paths: Iterable[Path]) -> None:
    """Write a run into files, each in the form that its name asks for.

    Raises:
        Problem: A name asks for no form, or a file cannot be written; the others are written all the same.
    """
    forms = {path: form_of(path) for path in paths}
    if not forms:
        return
    overview = Overview(redacted_run(run))
    problems = []
    for path, form in forms.items():
        try:
            put(_rendered(overview, form), path)
        except Problem as problem:
            problems.append(problem)
    if problems:
        raise problems[0]


def _rendered(overview: Overview, form: str) -> str:
    text: str = import_module(f"{__package__}._{form}").render(overview)
    return text
