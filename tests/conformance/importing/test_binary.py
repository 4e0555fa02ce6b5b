"""The one binary for this machine is taken from a package, and nothing else."""

from __future__ import annotations

import io
import platform
import tarfile
from pathlib import Path

import pytest

from codex_conformance.importing._binary import extract_binary, package_version, this_platform
from codex_schemas import Problem

LINUX = "linux-x64"
MUSL = "x86_64-unknown-linux-musl"


def pack(path: Path, *members: tuple[str, bytes | str]) -> Path:
    """Write a package; a text makes a symbolic link to it."""
    with tarfile.open(path, "w:gz") as package:
        for name, content in members:
            member = tarfile.TarInfo(name)
            if isinstance(content, str):
                member.type, member.linkname = tarfile.SYMTYPE, content
                package.addfile(member)
            else:
                member.size = len(content)
                package.addfile(member, io.BytesIO(content))
    return path


@pytest.mark.parametrize(
    ("system", "machine", "suffix"),
    [
        ("Linux", "x86_64", "linux-x64"),
        ("Linux", "aarch64", "linux-arm64"),
        ("Darwin", "arm64", "darwin-arm64"),
        ("Darwin", "x86_64", "darwin-x64"),
    ],
)
def test_a_machine_has_its_platform(monkeypatch, system: str, machine: str, suffix: str) -> None:
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "machine", lambda: machine)

    assert this_platform() == suffix


def test_a_machine_without_codex_is_a_problem(monkeypatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")

    with pytest.raises(Problem, match="riscv64"):
        this_platform()


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ({"0.169.0", "0.169.0-linux-x64", "0.169.0-darwin-x64"}, "0.169.0-linux-x64"),
        ({"0.58.0", "0.169.0-linux-x64"}, "0.58.0"),
        ({"0.58.0", "0.58.0-alpha.1"}, "0.58.0"),
    ],
    ids=["of-its-platform", "of-all-platforms", "beside-a-preview"],
)
def test_a_release_has_a_package(published: set[str], expected: str) -> None:
    assert package_version(expected.partition("-")[0], published, LINUX) == expected


def test_packages_for_other_platforms_only_are_a_problem() -> None:
    with pytest.raises(Problem, match=r"one for linux-x64, found 1\.0\.0-darwin-arm64"):
        package_version("1.0.0", {"1.0.0", "1.0.0-darwin-arm64"}, LINUX)


@pytest.mark.parametrize(
    "place",
    [f"vendor/{MUSL}/bin/codex", f"vendor/{MUSL}/codex/codex", f"bin/codex-{MUSL}"],
    ids=["new", "old", "first"],
)
def test_the_binary_is_found_in_every_layout(tmp_path, place: str) -> None:
    package = pack(
        tmp_path / "package.tgz",
        ("package/bin/codex.js", b"js"),
        (f"package/vendor/{MUSL}/path/rg", b"rg"),
        ("package/vendor/aarch64-apple-darwin/bin/codex", b"mac"),
        (f"package/{place}", b"binary"),
    )

    assert extract_binary(package, "1.0.0", LINUX, tmp_path / "codex")
    assert (tmp_path / "codex").read_bytes() == b"binary"
    assert (tmp_path / "codex").stat().st_mode & 0o777 == 0o700
    assert {path.name for path in tmp_path.iterdir()} == {"package.tgz", "codex"}


def test_no_path_of_a_package_is_trusted(tmp_path) -> None:
    package = pack(
        tmp_path / "package.tgz",
        (f"../../vendor/{MUSL}/bin/codex", b"outside"),
        (f"/vendor/{MUSL}/bin/codex/..", b"outside"),
        (f"package/vendor/{MUSL}/bin/codex", "/etc/passwd"),
    )

    with pytest.raises(Problem, match="one for linux-x64"):
        extract_binary(package, "1.0.0", LINUX, tmp_path / "codex")
    assert {path.name for path in tmp_path.iterdir()} == {"package.tgz"}


def test_a_release_without_any_binary_has_none(tmp_path) -> None:
    package = pack(tmp_path / "package.tgz", ("package/bin/codex.js", b"js"), ("package/dist/cli.js", b"js"))

    assert not extract_binary(package, "1.0.0", LINUX, tmp_path / "codex")


@pytest.mark.parametrize(
    "other",
    [
        "vendor/aarch64-apple-darwin/codex/codex",
        "vendor/x86_64-pc-windows-msvc/bin/codex.exe",
        "bin/codex-x86_64-apple-darwin",
    ],
)
def test_binaries_for_other_platforms_only_are_a_problem(tmp_path, other: str) -> None:
    package = pack(tmp_path / "package.tgz", (f"package/{other}", b"other"))

    with pytest.raises(Problem, match="another kind"):
        extract_binary(package, "1.0.0", LINUX, tmp_path / "codex")


@pytest.mark.parametrize("content", [b"", b"rubbish", b"\x1f\x8b\x08\x00cut"], ids=["empty", "rubbish", "cut"])
def test_a_package_that_is_no_archive_is_a_problem(tmp_path, content: bytes) -> None:
    (tmp_path / "package.tgz").write_bytes(content)

    with pytest.raises(Problem, match="a gzipped tar archive"):
        extract_binary(tmp_path / "package.tgz", "1.0.0", LINUX, tmp_path / "codex")
