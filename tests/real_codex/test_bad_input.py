"""Broken and mutated lines get the answers, and the silence, that the real app-server gives them."""

from __future__ import annotations

import json
import os
import random
import subprocess
from collections import Counter
from itertools import chain, repeat
from pathlib import Path
from typing import Any

from codex_mockserver.app_server import AppServer

LINES = 2_000
#: Rounds of one request in which answers may still come.
LONGEST_WAIT = 5_000

#: Requests that change nothing, wherever a mutation leads.
HARMLESS: tuple[dict[str, Any], ...] = (
    {"method": "thread/loaded/list", "id": 1, "params": {"cursor": None, "limit": 5}},
    {"method": "thread/list", "id": "two", "params": {"limit": 3, "sortDirection": "asc", "archived": False}},
    {
        "method": "thread/read",
        "id": 3,
        "params": {"threadId": "0199a213-81c0-7800-8aa1-bbab2a035a53", "includeTurns": True},
    },
    {"method": "no/such/method", "id": 4, "params": {}},
    {"method": "initialized"},
    {"id": 5, "result": {"decision": "accept"}},
)
HELLO = {"method": "initialize", "id": "hello", "params": {"clientInfo": {"name": "a", "version": "1"}}}
LAST = {"method": "thread/loaded/list", "id": "last", "params": {}}

WORDS = (
    "null",
    "true",
    "5",
    "-1",
    "1.5",
    '""',
    '"x"',
    "[]",
    "{}",
    "9223372036854775808",
    '"\\ud800"',
    "\x00",
    "é",
    '"',
    ",",
)


def mutated(chance: random.Random) -> str:
    """Return a harmless request in which something is cut, doubled, exchanged or inserted."""
    text = json.dumps(chance.choice(HARMLESS), separators=chance.choice([(",", ":"), (", ", ": ")]))
    for _ in range(chance.randint(0, 2)):
        start = chance.randrange(len(text))
        end = min(len(text), start + chance.choice((0, 1, 1, 4, 12)))
        text = text[:start] + chance.choice((*WORDS, "", "", text[start:end] * 2)) + text[end:]
    return text.replace("\n", " ")


def lines() -> list[bytes]:
    chance = random.Random(7)
    return [mutated(chance).encode("utf-8", "surrogatepass") for _ in range(LINES)]


def summary(answers: list[dict[str, Any]]) -> Counter[tuple[str, str]]:
    """Count the answers by their id and what they say; the list of all methods is left out."""
    found: Counter[tuple[str, str]] = Counter()
    for answer in answers:
        if "method" not in answer and answer["id"] != LAST["id"]:
            said = answer["error"]["message"] if "error" in answer else "result"
            found[json.dumps(answer["id"]), said.partition(", expected")[0] if "`initialize`" in said else said] += 1
    return found


def portions(sent: list[bytes]) -> list[list[bytes]]:
    return [sent[start : start + 50] for start in range(0, len(sent), 50)]


def real_answers(binary: Path, home: Path, sent: list[bytes], expected: int) -> list[dict[str, Any]]:
    process = subprocess.Popen(
        [binary, "app-server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "CODEX_HOME": str(home)},
    )
    answers = []
    with process:
        process.stdin.write(json.dumps(HELLO).encode() + b"\n")
        process.stdin.flush()
        # In portions that its queue holds, each with a request that is sure to be answered; these alone at the
        # end, until all has come that may come: whatever is unanswered when the input ends stays so.
        for portion in chain(portions(sent), repeat([], LONGEST_WAIT)):
            if not portion and sum(summary(answers).values()) >= expected:
                break
            process.stdin.write(b"\n".join([*portion, json.dumps(LAST).encode(), b""]))
            process.stdin.flush()
            for line in process.stdout:
                answers.append(json.loads(line))
                if answers[-1].get("id") == "last":
                    break
        process.stdin.close()
        answers += [json.loads(line) for line in process.stdout]
    return answers


def mock_answers(release: str, sent: list[bytes]) -> list[dict[str, Any]]:
    server = AppServer(version=release)
    connection = server.connect()
    server.receive(connection, json.dumps(HELLO))
    for line in sent:
        server.receive(connection, line)
    return [json.loads(text) for text in connection.take()]


def test_broken_lines_are_answered_as_the_real_one_answers_them(binary, release, tmp_path):
    sent = lines()

    mock = summary(mock_answers(release, sent))
    real = summary(real_answers(binary, tmp_path, sent, sum(mock.values())))

    assert mock - real == Counter()
    assert real - mock == Counter()
