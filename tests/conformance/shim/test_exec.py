"""``codex exec`` of the shim: prompts, sessions, options and ends, as the published releases have them."""

from __future__ import annotations

import json
import signal
import subprocess

import pytest

ECHO = {"model": [{"say": [{"message": "ok"}], "usage": {"input_tokens": 100, "output_tokens": 10}, "times": None}]}
JSON = ("exec", "--skip-git-repo-check", "--json")


def events(finished: subprocess.CompletedProcess[str]) -> list[dict]:
    return [json.loads(line) for line in finished.stdout.splitlines()]


def messages(finished: subprocess.CompletedProcess[str]) -> list[str]:
    items = [event["item"] for event in events(finished) if event["type"] == "item.completed"]
    return [item["text"] for item in items if item["type"] == "agent_message"]


APPENDED = "Reading additional input from stdin..."
BOTH = "hello\n\n<stdin>\nmore\n</stdin>"

#: The words, what is piped in, the prompt that the model echoes, and what is said about it.
PROMPTS = {
    "a word": (["hello"], "", "hello", APPENDED),
    "piped in": ([], "from stdin\n", "from stdin\n", "Reading prompt from stdin..."),
    "a dash": (["-"], "from stdin", "from stdin", ""),
    "both": (["hello"], "more\n", BOTH, APPENDED),
    "both without an end": (
        ["hello"],
        "more",
        BOTH,
        APPENDED,
    ),
    "blanks are nothing more": (["hello"], " \n", "hello", APPENDED),
}


@pytest.mark.parametrize(("words", "stdin", "prompt", "said"), PROMPTS.values(), ids=PROMPTS)
def test_the_prompt_comes_from_words_and_from_the_input(codex, words, stdin, prompt, said):
    finished = codex(*JSON, *words, stdin=stdin)

    assert messages(finished) == [prompt]
    assert finished.stderr.strip() == said


@pytest.mark.parametrize("words", [[], ["-"]], ids=["nothing", "a dash"])
def test_without_a_prompt_nothing_runs(codex, words):
    finished = codex(*JSON, *words, stdin=" \n")

    assert finished.returncode == 1
    assert finished.stdout == ""
    assert finished.stderr.endswith("No prompt provided via stdin.\n")


def test_a_prompt_that_is_no_utf_8_is_taken_all_the_same(codex):
    assert messages(codex(*JSON, b"tide\xff")) == ["tide\ufffd"]


def test_a_session_goes_on_in_another_process(codex):
    (started, *_, _) = events(codex(*JSON, "hello", scenario=ECHO))

    again = [
        events(codex(*JSON, "resume", started["thread_id"], "again")),
        events(codex(*JSON, "resume", "--last", "again")),
        events(
            codex("exec", "--experimental-json", "--skip-git-repo-check", "resume", started["thread_id"], stdin="x")
        ),
    ]

    assert {told[0]["thread_id"] for told in again} == {started["thread_id"]}
    assert [told[-1]["usage"]["input_tokens"] for told in again] == [200, 300, 400]


def test_sessions_of_another_home_are_not_found(codex, tmp_path):
    (started, *_) = events(codex(*JSON, "hello"))
    (tmp_path / "other").mkdir()

    finished = codex(*JSON, "resume", started["thread_id"], "again", CODEX_HOME=str(tmp_path / "other"))

    assert finished.returncode == 1
    assert finished.stderr == (
        "Error: thread/resume: thread/resume failed: no rollout found for thread id "
        f"{started['thread_id']} (code -32600)\n"
    )


def test_a_name_that_no_session_has_begins_a_new_one(codex):
    assert messages(codex(*JSON, "resume", "no-such-name", "hello")) == ["hello"]


def test_another_model_than_before_is_warned_about(codex):
    (started, *_) = events(codex(*JSON, "--model", "gpt-5.5", "hello", scenario=ECHO))

    (_, warning, *_) = events(codex(*JSON, "resume", started["thread_id"], "again"))

    assert warning["item"]["type"] == "error"
    assert warning["item"]["message"].startswith("This session was recorded with model `gpt-5.5` but is resuming with")


def test_an_ephemeral_session_is_not_kept(codex):
    (started, *_) = events(codex(*JSON, "--ephemeral", "hello"))

    assert codex(*JSON, "resume", started["thread_id"], "again").returncode == 1


def test_the_last_message_goes_into_a_file(codex, tmp_path):
    scenario = {"model": [{"say": [{"message": "one"}, {"message": "two"}]}]}

    finished = codex("exec", "--skip-git-repo-check", "-o", "last.txt", "hello", scenario=scenario)

    assert (tmp_path / "work" / "last.txt").read_text() == "two"
    assert finished.stdout == "two\n"


def test_a_schema_asks_for_json(codex, tmp_path):
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
    (tmp_path / "work" / "schema.json").write_text(json.dumps(schema | {"additionalProperties": False}))
    scenario = {"model": [{"say": [{"message": "prose"}], "times": None}, {"say": [{"message": '{"a":1}'}]}]}

    assert messages(codex(*JSON, "--output-schema", "schema.json", "go", scenario=scenario)) == ['{"a":1}']


#: Options with which nothing runs, the exit code, and the end of what is said.
REFUSALS = {
    "no folder": (["--cd", "/no/such/folder"], 1, "Error: No such file or directory (os error 2)\n"),
    "no schema": (
        ["--output-schema", "none.json"],
        1,
        "Failed to read output schema file none.json: No such file or directory (os error 2)\n",
    ),
    "no sandbox": (
        ["--sandbox", "bogus"],
        2,
        "[possible values: read-only, workspace-write, danger-full-access]\n\nFor more information, try '--help'.\n",
    ),
    "a command that is missing": (["review"], 1, "codex-testkit: `exec review` is not part of the mock\n"),
    "a schema that never ends": (["--output-schema", "deep.json"], 1, "\n"),
    "no option": (["--nope"], 2, "For more information, try '--help'.\n"),
}


@pytest.mark.parametrize(("options", "exit_code", "said"), REFUSALS.values(), ids=REFUSALS)
def test_what_cannot_run_says_so(codex, tmp_path, options, exit_code, said):
    (tmp_path / "work" / "deep.json").write_text("[" * 100_000)

    finished = codex(*JSON, *options, "hello")

    assert finished.returncode == exit_code
    assert finished.stdout == ""
    assert finished.stderr.endswith(said)


def test_a_folder_without_a_repository_is_refused(codex, tmp_path):
    refused = codex("exec", "--json", "hello")
    (tmp_path / "work" / ".git").mkdir()

    assert refused.returncode == 1
    assert refused.stderr.endswith("Not inside a trusted directory and --skip-git-repo-check was not specified.\n")
    assert messages(codex("exec", "--json", "hello")) == ["hello"]


@pytest.mark.parametrize(
    ("options", "sandbox"),
    [
        ([], "read-only"),
        (["-s", "workspace-write"], "workspace-write [workdir, /tmp, $TMPDIR]"),
        (["--yolo"], "danger-full-access"),
        (["-c", 'sandbox_mode="danger-full-access"'], "danger-full-access"),
    ],
    ids=["default", "workspace-write", "none", "by setting"],
)
def test_the_header_says_what_holds(codex, options, sandbox):
    finished = codex("exec", "--skip-git-repo-check", *options, "-m", "gpt-5.5", "hello")

    assert "model: gpt-5.5\n" in finished.stderr
    assert f"sandbox: {sandbox}\n" in finished.stderr


def test_an_interruption_ends_the_turn(shim, environment, tmp_path):
    scenario = {"model": [{"say": [{"message": "never"}], "pacing": {"first_token": 600}}]}
    process = subprocess.Popen(
        [shim(scenario=scenario), *JSON, "go"],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    for line in process.stdout:
        if "turn.started" in line:
            process.send_signal(signal.SIGINT)

    process.stdout.close()
    assert process.wait(30) == 1


def test_two_processes_at_once_do_not_disturb_each_other(shim, environment, tmp_path):
    """The second keeps its threads to itself, and says so."""
    executable = shim()
    with subprocess.Popen(
        [executable, "app-server"], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as first:
        first.stdin.write('{"method":"initialize","id":1,"params":{"clientInfo":{"name":"a","version":"1"}}}\n')
        first.stdin.flush()
        first.stdout.readline()
        second = subprocess.run(
            [executable, *JSON, "hello"],
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        first.communicate()

    assert messages(second) == ["hello"]
    assert "codex-testkit: threads are not kept: " in second.stderr


def test_spoilt_messages_are_read_over(codex):
    faults = [
        {"on": "item/started", "insert": "no JSON"},
        {"on": "item/completed", "insert": {"method": "turn/brandNew"}},
        {"on": "thread/tokenUsage/updated", "replace": {"method": "item/completed", "params": {"item": 5}}},
    ]

    assert messages(codex(*JSON, "hello", scenario=ECHO | {"app_server": {"faults": faults}})) == ["ok"]


def test_a_server_that_ends_ends_the_command(codex):
    scenario = ECHO | {"app_server": {"faults": [{"on": "turn/completed", "exit": 101}]}}

    finished = codex(*JSON, "hello", scenario=scenario)

    assert finished.returncode == 101
    assert messages(finished) == ["ok"]


@pytest.mark.parametrize("release", ["0.58.0", "0.63.0", "0.80.0", "0.100.0", "0.120.0", "0.150.0"])
def test_every_release_runs_a_turn_and_goes_on_with_it(codex, release):
    first = codex(*JSON, "hello", version=release, scenario=ECHO)
    again = codex("exec", "--skip-git-repo-check", "resume", "--last", "again", version=release)

    assert messages(first) == ["ok"]
    assert events(first)[-1]["type"] == "turn.completed"
    assert (again.returncode, again.stdout) == (0, "ok\n")
    assert events(first)[0]["thread_id"] in again.stderr
