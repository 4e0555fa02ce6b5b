"""The examiner lets a client do its tasks, is its user and its browser, and is never kept waiting."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import httpx
import pytest

from codex_conformance.clients import Client, Examiner, Outcome, Person, Surroundings, Trial
from codex_schemas import Problem

#: Calls the public API as any program would.
CALL = """
import json, os, sys, urllib.request
body = json.dumps({"model": "gpt-5.5", "input": sys.argv[1]}).encode()
headers = {"authorization": "Bearer " + os.environ["OPENAI_API_KEY"], "content-type": "application/json"}
url = os.environ["OPENAI_BASE_URL"] + "/responses"
answer = urllib.request.urlopen(urllib.request.Request(url, body, headers)).read()
print(json.loads(answer)["output"][0]["content"][0]["text"])
"""


def examine(*words: str, task: str = "turn", deadline: float = 30, **trial) -> Outcome:
    return Examiner(Client(name="shell", tasks={task: words}, deadline=deadline)).run(Trial.of(task, **trial))


def shell(script: str, *words: str, **more) -> Outcome:
    return examine("sh", "-c", script, "sh", *words, **more)


def test_a_command_takes_a_turn() -> None:
    outcome = examine(sys.executable, "-P", "-c", CALL, "{prompt}", prompt="$(date) 'tides'")

    assert (outcome.exit_code, outcome.stdout) == (0, "$(date) 'tides'\n")
    (call,) = outcome.turns
    assert call.user_texts == ["$(date) 'tides'"]
    assert (call.status, call.exchange.path) == (200, "/v1/responses")


def test_a_prompt_is_one_word_whatever_it_holds() -> None:
    prompt = 'a "b" {base_url} $HOME ; rm *\nc'

    outcome = shell('printf %s "$1"; echo; echo $#', "{prompt}", prompt=prompt)

    assert outcome.stdout == f"{prompt}\n1\n"


def test_an_unknown_placeholder_names_the_closest() -> None:
    with pytest.raises(Problem, match=r"Write \{prompt\}\."):
        examine("echo", "{promt}")


def test_a_program_that_is_not_there_is_a_problem() -> None:
    with pytest.raises(Problem, match="No such file"):
        examine("/nowhere/client")


def test_a_client_that_hangs_is_killed_with_its_children(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    began = time.monotonic()

    outcome = shell('exec 3>"$1"; sleep 60 & echo started >&3; wait', str(pipe), deadline=1)

    assert (outcome.timed_out, outcome.exit_code, outcome.succeeded) == (True, None, False)
    assert "killed after 1 s" in outcome.ending
    assert time.monotonic() - began < 20
    # The end of the file says that nobody holds the pipe any more.
    assert [os.read(reader, 100), os.read(reader, 100)] == [b"started\n", b""]
    os.close(reader)


def test_a_child_that_is_left_behind_does_not_keep_the_examiner() -> None:
    outcome = shell("sleep 60 & echo done", deadline=20)

    assert (outcome.exit_code, outcome.stdout) == (0, "done\n")
    assert outcome.seconds < 15


def test_a_flood_of_output_is_read_to_its_end() -> None:
    outcome = shell("head -c 9000000 /dev/zero | tr '\\0' x; echo; echo last >&2")

    assert (outcome.exit_code, outcome.processes[0].stderr) == (0, "last\n")
    assert len(outcome.stdout) < 5_000_000


def test_equal_trials_run_once(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    examiner = Examiner(Client(name="shell", tasks={"turn": ("sh", "-c", f"echo run >> {runs}")}))

    first = examiner.run(Trial.of("turn", {"settings": {"websocket": False}}))
    again = examiner.run(Trial.of("turn", {"settings": {"websocket": False}}))
    examiner.run(Trial.of("turn", "stream-cut"))

    assert first is again
    assert runs.read_text() == "run\nrun\n"


def test_nothing_of_the_users_own_comes_to_a_client(monkeypatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-user")
    monkeypatch.setenv("CODEX_HOME", "/home/of/the/user")

    outcome = shell("env")

    assert "of-the-user" not in outcome.stdout
    assert "of/the/user" not in outcome.stdout


@pytest.mark.parametrize(
    ("face", "has_key", "is_logged_in"),
    [("any", True, True), ("api-key", True, False), ("chatgpt", False, True)],
)
def test_faces_offer_credentials(face, has_key, is_logged_in) -> None:
    outcome = shell('echo "key=$OPENAI_API_KEY"; test -e "$CODEX_HOME/auth.json" && echo in', face=face)

    known = outcome.surroundings
    assert (f"key={known.api_key}\n" in outcome.stdout, bool(known.api_key)) == (True, has_key)
    assert ("in\n" in outcome.stdout, bool(known.access_token), outcome.auth is not None) == (is_logged_in,) * 3


def test_a_foreign_host_is_refused_and_told() -> None:
    call = "import urllib.request; urllib.request.urlopen('https://example.com/')"

    outcome = examine(sys.executable, "-P", "-c", call)

    assert outcome.exit_code == 1
    assert outcome.refused_hosts == ["example.com:443"]


def test_the_built_in_hosts_lead_to_the_examiner() -> None:
    call = "import urllib.request; urllib.request.urlopen('https://auth.openai.com/.well-known/openid-configuration')"

    outcome = examine(sys.executable, "-P", "-c", call)

    assert outcome.exit_code == 0, outcome.output
    assert [exchange.operation for exchange in outcome.exchanges] == ["discovery"]


def test_a_second_task_finds_what_the_first_left() -> None:
    tasks = {
        "login": ("sh", "-c", 'echo token > "$CODEX_HOME/kept"'),
        "turn": ("sh", "-c", 'cat "$CODEX_HOME/kept"'),
    }

    outcome = Examiner(Client(name="two", tasks=tasks)).run(Trial.of("login", then="turn"))

    assert [process.stdout for process in outcome.processes] == ["", "token\n"]


def test_two_processes_share_a_home() -> None:
    """Each waits until the other is there."""
    script = 'mkdir "$CODEX_HOME/$$"; until [ "$(ls -d "$CODEX_HOME"/[0-9]* | wc -l)" = 2 ]; do :; done'

    assert [process.exit_code for process in shell(script, together=2).processes] == [0, 0]


def take_a_turn(known: Surroundings) -> str:
    headers = {"authorization": f"Bearer {known.api_key}"}
    body = {"model": "gpt-5.5", "input": known.prompt}
    answer = httpx.post(f"{known.base_url}/responses", headers=headers, json=body, trust_env=False)
    return str(answer.raise_for_status().json()["output"][0]["content"][0]["text"])


def test_a_function_takes_a_turn() -> None:
    outcome = Examiner(Client(name="function", tasks={"turn": take_a_turn})).run(Trial.of("turn", prompt="tides"))

    assert (outcome.exit_code, outcome.processes[0].stdout) == (0, "tides")
    assert [call.user_texts for call in outcome.turns] == [["tides"]]


@pytest.mark.parametrize(
    ("function", "code", "printed"),
    [(lambda _: 3, 3, ""), (lambda _: None, 0, ""), (lambda _: 1 / 0, 1, "ZeroDivisionError")],
    ids=["code", "nothing", "exception"],
)
def test_a_function_ends(function, code: int, printed: str) -> None:
    outcome = Examiner(Client(name="function", tasks={"turn": function})).run(Trial.of("turn"))

    assert outcome.exit_code == code
    assert printed in outcome.output


def test_a_function_that_hangs_is_left_behind() -> None:
    client = Client(name="function", tasks={"turn": lambda _: time.sleep(30)}, deadline=0.2)

    assert Examiner(client).run(Trial.of("turn")).timed_out


AUTHORIZE = (
    "https://auth.openai.com/oauth/authorize?response_type=code&client_id=app_EMoamEEZ73f0CkXaXp7hrann"
    "&redirect_uri=http%3A%2F%2Flocalhost%3APORT%2Fauth%2Fcallback&code_challenge=" + "a" * 43 + "&state=abc"
    "&code_challenge_method=S256&scope=openid"
)
#: Waits for one callback, and prints it; how the URL is shown comes first.
LISTEN = """
import http.server, os, subprocess, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"thanks"); print(self.path, flush=True)
    def log_message(self, *_): pass
with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
    url = sys.argv[2].replace("PORT", str(server.server_port))
    if sys.argv[1] == "print":
        print(f"\\x1b[1mOpen\\x1b[0m \\x1b[34m{url}\\x1b[0m", flush=True)
    else:
        subprocess.run([os.environ["BROWSER"], url], check=True)
    server.handle_request()
"""


@pytest.mark.parametrize("way", ["print", "browser"])
@pytest.mark.parametrize(("person", "parameter"), [("approve", "code="), ("deny", "error=access_denied")])
def test_the_person_follows_the_link(way: str, person: str, parameter: str) -> None:
    outcome = examine(sys.executable, "-P", "-c", LISTEN, way, AUTHORIZE, task="login", person=person)

    assert outcome.exit_code == 0, outcome.output
    assert parameter in outcome.stdout
    assert "state=abc" in outcome.stdout
    assert [page.text for page in outcome.pages][-1] == "thanks"


def test_an_absent_person_lets_the_client_wait() -> None:
    outcome = examine(sys.executable, "-P", "-c", LISTEN, "print", AUTHORIZE, task="login", person="absent", deadline=2)

    assert outcome.timed_out
    assert outcome.pages == []


def look_first(person: Person, url: str) -> None:
    person.open(url)
    person.decide(url)


def test_a_person_may_be_a_function() -> None:
    outcome = examine(sys.executable, "-P", "-c", LISTEN, "print", AUTHORIZE, task="login", person=look_first)

    assert [page.status for page in outcome.pages] == [200, 200, 200]


def look_elsewhere(person: Person, _found: str) -> None:
    person.open("https://example.com/oauth/authorize?state=abc")


def test_the_browser_stays_on_this_machine() -> None:
    """What a client prints leads nobody away from it."""
    outcome = examine("echo", AUTHORIZE, task="login", person=look_elsewhere)

    (page,) = outcome.pages
    assert (page.status, page.text) == (0, "UnsupportedProtocol: example.com is not on this machine")


def test_what_the_person_does_is_checked() -> None:
    with pytest.raises(Problem, match="approve, deny, absent or a function"):
        examine("true", person="maybe")


def log_in_with_a_device(known: Surroundings) -> str:
    url = f"{known.auth_url}/api/accounts/deviceauth"
    with httpx.Client(trust_env=False) as http:
        device = http.post(f"{url}/usercode", json={"client_id": "app_EMoamEEZ73f0CkXaXp7hrann"}).json()
        known.show(f"Type {device['user_code']}")
        asked = {"device_auth_id": device["device_auth_id"], "user_code": device["user_code"]}
        while (answer := http.post(f"{url}/token", json=asked)).status_code == 403:
            pass
    return str(answer.json()["authorization_code"])


def test_the_person_types_the_code_that_a_function_shows() -> None:
    client = Client(name="function", tasks={"device-login": log_in_with_a_device}, deadline=20)

    outcome = Examiner(client).run(Trial.of("device-login"))

    assert outcome.exit_code == 0, outcome.output
    assert [exchange.status for exchange in outcome.requests("submitDeviceCode")] == [200]


DRIVE = """
import json, os, subprocess
with subprocess.Popen([os.environ["CODEX_BIN"], "app-server"], stdin=-1, stdout=-1, text=True) as server:
    info = {"clientInfo": {"name": "me", "version": "1"}}
    for message in ({"id": 0, "method": "initialize", "params": info}, "no JSON", {"method": "initialized"}):
        server.stdin.write((message if isinstance(message, str) else json.dumps(message)) + "\\n")
        server.stdin.flush()
    print(server.stdout.readline())
    server.stdin.close()
    server.wait()
"""


def test_what_is_said_to_the_app_server_is_kept() -> None:
    outcome = examine(sys.executable, "-P", "-c", DRIVE, task="app-server")

    assert outcome.exit_code == 0, outcome.output
    assert [message["method"] for message in outcome.messages("client")] == ["initialize", "initialized"]
    assert [said.text for said in outcome.transcript if said.message is None] == ["no JSON"]
    assert outcome.messages("server")[0]["id"] == 0
    assert sorted(said.at for said in outcome.transcript) == [said.at for said in outcome.transcript]


def test_an_exit_code_passes_the_tap() -> None:
    script = '"$CODEX_BIN" app-server --no-such-option; echo "code $?"; codex --version'

    outcome = shell(script, task="app-server")

    assert "code 2\n" in outcome.stdout
    assert "codex-cli " in outcome.stdout
