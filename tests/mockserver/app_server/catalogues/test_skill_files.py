"""Skills in the files: found where codex looks for them, and refused in its words."""

from __future__ import annotations

import pytest

GOOD = "---\nname: {name}\ndescription: A skill.\n---\nDo it.\n"


def skill(name):
    return GOOD.format(name=name)


FILES = {
    "/work/.git/HEAD": "",
    "/work/.codex/skills/outer/SKILL.md": skill("outer"),
    "/work/.agents/skills/shared/SKILL.md": skill("shared"),
    "/work/app/.codex/skills/deep/er/SKILL.md": skill("inner"),
    "/work/app/.codex/skills/.hidden/SKILL.md": skill("hidden"),
    "/work/app/.codex/skills/lower/skill.md": skill("lower"),
    "/home/user/.codex/skills/own/SKILL.md": skill("own"),
    "/more/x/SKILL.md": skill("extra"),
}


def listed(user, cwd):
    (entry,) = user.ask("skills/list", {"cwds": [cwd]})["data"]
    return [(each["name"], each["scope"]) for each in entry["skills"]]


@pytest.fixture
def someone(user):
    return user(files=FILES)


def test_those_of_the_repository_and_of_the_user(someone, release):
    outer = [("outer", "repo")] if release == "0.141.0" else []

    assert listed(someone, "/work/app") == [("inner", "repo"), *outer, ("shared", "repo"), ("own", "user")]
    assert listed(someone, "/work") == [("outer", "repo"), ("shared", "repo"), ("own", "user")]
    assert listed(someone, "/nowhere") == [("own", "user")]


def test_those_of_further_folders(someone):
    someone.ask("skills/extraRoots/set", {"extraRoots": ["/more", "/not-there"]})

    assert listed(someone, "/nowhere") == [("extra", "user"), ("own", "user")]


def test_one_that_is_written_by_the_client(user, tmp_path):
    someone = user(options={"sandbox": tmp_path, "cwd": str(tmp_path)})
    folder = tmp_path / ".codex" / "skills" / "new"
    folder.mkdir(parents=True)
    (folder / "SKILL.md").write_text(skill("new"))

    assert listed(someone, str(tmp_path)) == [("new", "repo")]


def test_a_name_is_that_of_the_folder_unless_it_is_said(user):
    text = "---\ndescription: x\nmetadata:\n  short-description: y\n---\n"
    (entry,) = user(files={"/work/.codex/skills/tides/SKILL.md": text}).ask("skills/list", {"cwds": ["/work"]})["data"]

    assert entry["skills"][0]["name"] == "tides"
    assert entry["skills"][0]["shortDescription"] == "y"


LONG = "invalid description: exceeds maximum length of 1024 characters"


@pytest.mark.parametrize(
    ("text", "newer", "older"),
    [
        ("hello", "missing YAML frontmatter delimited by ---", None),
        ("---\nname: x\n", "missing YAML frontmatter delimited by ---", None),
        ("---\nname: x\n---\n", "missing field `description`", None),
        ('---\nname: x\ndescription: ""\n---\n', "missing field `description`", None),
        ("---\nname: [x\n---\n", "missing field `description`", None),
        (
            f"---\nname: {70 * 'n'}\ndescription: x\n---\n",
            "invalid name: exceeds maximum length of 64 characters",
            None,
        ),
        (f"---\ndescription: {1100 * 'd'}\n---\n", None, LONG),
    ],
    ids=["none", "no-end", "no-description", "empty", "no-yaml", "long-name", "long-description"],
)
def test_what_is_no_skill(user, release, text, newer, older):
    path = "/work/.codex/skills/bad/SKILL.md"
    (entry,) = user(files={path: text}).ask("skills/list", {"cwds": ["/work"]})["data"]

    message = newer if release == "0.169.0" or older is None else older
    assert entry["errors"] == ([] if message is None else [{"path": path, "message": message}])
    assert len(entry["skills"]) == (1 if message is None else 0)
