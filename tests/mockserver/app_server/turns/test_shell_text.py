"""Commands as they are shown; each row was seen in what a real binary says."""

from __future__ import annotations

import pytest

from codex_mockserver.app_server.turns._shell_text import actions_of, amendment_of, is_harmless, shown_command

READ = {"type": "read", "name": "a.txt", "path": "/work/a.txt"}


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("ls", "/bin/bash -lc ls"),
        ("ls -la", "/bin/bash -lc 'ls -la'"),
        ("it's", '/bin/bash -lc "it\'s"'),
        ("python3 -c 'print(1)'", "/bin/bash -lc \"python3 -c 'print(1)'\""),
    ],
)
def test_the_shell_is_shown_with_the_command(command, shown):
    assert shown_command(command) == shown


@pytest.mark.parametrize(
    ("command", "actions"),
    [
        ("ls -la src", [{"type": "listFiles", "command": "ls -la src", "path": "src"}]),
        ("tree", [{"type": "listFiles", "command": "tree", "path": None}]),
        ("rg --files", [{"type": "listFiles", "command": "rg --files", "path": None}]),
        ("cat a.txt", [{**READ, "command": "cat a.txt"}]),
        ("head -n 3 a.txt", [{**READ, "command": "head -n 3 a.txt"}]),
        ("sed -n 1,5p a.txt", [{**READ, "command": "sed -n '1,5p' a.txt"}]),
        ("nl -ba a.txt | sed -n '1,3p'", [{**READ, "command": "nl -ba a.txt | sed -n '1,3p'"}]),
        ("cat a.txt | wc -l", [{**READ, "command": "cat a.txt"}]),
        ("true && cat a.txt", [{**READ, "command": "cat a.txt"}]),
        ("cd src && ls", [{"type": "listFiles", "command": "ls", "path": None}]),
        ("rg -n foo src", [{"type": "search", "command": "rg -n foo src", "query": "foo", "path": "src"}]),
        ("git grep foo", [{"type": "search", "command": "git grep foo", "query": "foo", "path": None}]),
        ("find . -name x.py", [{"type": "search", "command": "find . -name x.py", "query": "x.py", "path": "."}]),
        (
            "cat a.txt && grep -rn foo .",
            [
                {**READ, "command": "cat a.txt"},
                {"type": "search", "command": "grep -rn foo .", "query": "foo", "path": "."},
            ],
        ),
        *(
            (command, [{"type": "unknown", "command": command}])
            for command in (
                "git status",
                "ls; pwd",
                "ls && touch x",
                "cat < a.txt",
                "it's",
                "",
                "wc -l a.txt",
                "| |",
                "sed -n",
            )
        ),
    ],
)
def test_what_a_command_does_in_short(command, actions):
    assert actions_of(command, "/work") == actions


@pytest.mark.parametrize(
    ("command", "rule"),
    [
        ("touch a && echo ok", ["touch", "a"]),
        ("ls | head && git push", ["ls"]),
        ("python3 -c 'print(1)'", ["python3", "-c", "print(1)"]),
        (
            "for i in 1 2; do echo $i > x$i; done | cat",
            ["/bin/bash", "-lc", "for i in 1 2; do echo $i > x$i; done | cat"],
        ),
    ],
)
def test_the_rule_that_would_allow_a_command(command, rule):
    assert amendment_of(command) == rule


@pytest.mark.parametrize(("command", "expected"), [("ls | head", True), ("ls && rm a", False), ("ls > a", False)])
def test_harmless_commands(command, expected):
    assert is_harmless(command) is expected
