"""The source roots: one package each, one import direction, complete metadata."""

from __future__ import annotations

import ast
import tomllib
from importlib.metadata import entry_points, metadata, version
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent

#: Each source root with its only package, in the order of imports: each may import those before it.
ROOMS = {
    "schemas": "codex_schemas",
    "fixtures": "codex_fixtures",
    "mockserver": "codex_mockserver",
    "conformance": "codex_conformance",
}


@pytest.mark.parametrize("root", ROOMS)
def test_a_source_root_holds_one_package_and_nothing_importable_beside_it(root: str) -> None:
    entries = {path.name for path in (ROOT / root).iterdir() if path.name != "__pycache__"}

    assert entries == {ROOMS[root]}


@pytest.mark.parametrize("package", ROOMS.values())
def test_a_package_is_typed(package: str) -> None:
    root = next(root for root, name in ROOMS.items() if name == package)

    assert (ROOT / root / package / "py.typed").is_file()


@pytest.mark.parametrize("root", ROOMS)
def test_imports_go_in_one_direction(root: str) -> None:
    names = list(ROOMS.values())
    later = set(names[names.index(ROOMS[root]) + 1 :])

    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in (ROOT / root).rglob("*.py")
        for module in imported(path)
        if module.split(".")[0] in later
    ]

    assert wrong == []


@pytest.mark.parametrize("root", ROOMS)
def test_what_is_private_to_a_package_is_used_by_it_alone(root: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in (ROOT / root).rglob("*.py")
        for module in imported(path)
        if (owner := owner_of_private_part(module)) and not f"{package_of(path, root)}.".startswith(f"{owner}.")
    ]

    assert wrong == []


def test_the_wheel_holds_exactly_these_packages() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())

    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == [
        f"{root}/{package}" for root, package in ROOMS.items()
    ]


def test_the_metadata_is_complete() -> None:
    about = metadata("codex-testkit")

    assert about["Summary"]
    assert about["Requires-Python"] == ">=3.11"
    assert version("codex-testkit") in (ROOT / "CHANGELOG.md").read_text()


def test_the_plugin_and_the_command_are_registered() -> None:
    assert {point.value for point in entry_points(group="pytest11")} >= {"codex_conformance.plugin"}
    assert {point.value for point in entry_points(group="console_scripts")} >= {"codex_conformance.cli:main"}


def owner_of_private_part(module: str) -> str:
    """Return the package that a private part of a module's name belongs to; nothing where all of it is public."""
    steps = module.split(".")
    private = [place for place, step in enumerate(steps) if step.startswith("_") and step != "__future__"]
    return ".".join(steps[: private[0]]) if private and steps[0] in ROOMS.values() else ""


def package_of(path: Path, root: str) -> str:
    return ".".join(path.relative_to(ROOT / root).parts[:-1])


def imported(path: Path) -> list[str]:
    tree = ast.parse(path.read_text())
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    return names + [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
