"""Searching for files by parts of their paths; the scores are those of the published releases."""

from __future__ import annotations

import pytest

from codex_mockserver.app_server.files._matching import match

FILES = [
    "src/main.py",
    "src/mainframe.txt",
    "readme.md",
    "deep/er/alpha.py",
    ".hidden/main.py",
    ".git/main.py",
    "ignored/main.py",
]
TREE = {**{f"/w/{path}": "x" for path in FILES}, "/w/.gitignore": "ignored/\n"}


@pytest.fixture
def someone(user):
    return user(files=TREE)


def found(user, query, roots=("/w",)):
    files = user.ask("fuzzyFileSearch", {"query": query, "roots": list(roots)})["files"]
    return [(file["path"], file["score"]) for file in files]


#: What 0.141.0 answered for these very files; the newer release adds to it where the name of the file fits.
SEEN = [
    ("main", "src/main.py", 109, (4, 5, 6, 7)),
    ("mp", "src/main.py", 52, (4, 9)),
    ("src", "src/main.py", 84, (0, 1, 2)),
    ("sr/ma", "src/main.py", 122, (0, 1, 3, 4, 5)),
    ("alpha", "deep/er/alpha.py", 134, (8, 9, 10, 11, 12)),
    ("alp", "er/alpha.py", 84, (3, 4, 5)),
]


@pytest.mark.parametrize(("query", "path", "score", "indices"), SEEN)
def test_scores(query, path, score, indices):
    best = match(query, path)

    assert best is not None
    assert (best.score, best.indices) == (score, indices)


@pytest.mark.parametrize(("query", "path"), [("MAIN", "src/main.py"), ("main", "src/MAIN.py")])
def test_case_does_not_matter(query, path):
    assert match(query, path) is not None


@pytest.mark.parametrize(("query", "path"), [("zzz", "src/main.py"), ("a b", "deep/er/alpha.py"), ("niam", "main")])
def test_what_does_not_fit(query, path):
    assert match(query, path) is None


def test_the_best_come_first(someone, release):
    extra = {"0.169.0": 65_536, "0.141.0": 0}[release]

    paths = [".git/main.py", ".hidden/main.py", "src/main.py", "src/mainframe.txt"]
    assert found(someone, "main") == [(path, 109 + extra) for path in paths]


def test_a_folder_of_the_very_name(someone, release):
    extra = {"0.169.0": 131_072, "0.141.0": 0}[release]

    assert found(someone, "src")[0] == ("src", 84 + extra)


def test_files_lie_in_their_innermost_root(someone):
    paths = [path for path, _ in found(someone, "alp", ["/w", "/w/deep"])]

    assert paths == ["er/alpha.py", "er/alpha.py"]


@pytest.mark.parametrize(("query", "roots"), [("", ["/w"]), ("main", []), ("main", ["/nope"]), ("main", ["w"])])
def test_nothing_is_found(someone, query, roots):
    assert found(someone, query, roots) == []


def session(user, act, session_id="s", **params):
    user.ask(f"fuzzyFileSearch/session{act}", {"sessionId": session_id, **params})
    return [(each["method"].rpartition("/")[2], each["params"].get("query")) for each in user.take()]


def test_a_session(someone):
    assert session(someone, "Start", roots=["/w"]) == [("sessionUpdated", ""), ("sessionCompleted", None)]
    assert session(someone, "Update", query="main") == [("sessionUpdated", "main"), ("sessionCompleted", None)]
    assert session(someone, "Stop") == []


@pytest.mark.parametrize(
    ("act", "params", "error"),
    [
        ("Start", {"sessionId": "", "roots": ["/w"]}, (-32600, "sessionId must not be empty")),
        (
            "Start",
            {"sessionId": "s", "roots": []},
            (-32603, "failed to start fuzzy file search session: at least one search directory is required"),
        ),
        ("Update", {"sessionId": "s", "query": "x"}, (-32600, "fuzzy file search session not found: s")),
    ],
    ids=["no-id", "no-roots", "no-session"],
)
def test_sessions_that_are_refused(someone, refusal, act, params, error):
    assert refusal(someone, f"fuzzyFileSearch/session{act}", params) == error


def test_sessions_do_not_grow_without_end(someone, refusal, monkeypatch):
    monkeypatch.setattr("codex_mockserver.app_server._process_state._MOST", 1)
    session(someone, "Start", "first", roots=["/w"])
    session(someone, "Start", "second", roots=["/w"])

    params = {"sessionId": "first", "query": "x"}
    assert refusal(someone, "fuzzyFileSearch/sessionUpdate", params)[1].endswith("session not found: first")
