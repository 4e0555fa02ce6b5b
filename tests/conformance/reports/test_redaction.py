"""No report holds a secret, whatever it was said in and whoever repeats it."""

from __future__ import annotations

import io
import json
from urllib.parse import quote

import pytest
from forty_secrets import SECRETS, Planted

from codex_conformance.reports import FORMATS, Finding, Step, TerminalReport, redacted, render
from codex_conformance.reports.redaction import redacted_verdict, without_credentials
from codex_conformance.terminal import Terminal

LEAD = {"authorization": "Bearer ", "cookie": "theme=on; __session=", "set-cookie": "__csrf="}
ECHO = " ".join(planted.secret for planted in SECRETS.values())


def at(place: str) -> list[tuple[str, str]]:
    return [(planted.name, planted.secret) for planted in SECRETS.values() if planted.place == place]


def headers(place: str, *more: str) -> str:
    return "\n".join([*more, *(f"{name}: {LEAD.get(name, '')}{secret}" for name, secret in at(place))])


def steps() -> list[Step]:
    """Every secret in the place where it shows what it is."""
    (_, user), (_, key) = *at("userinfo"), *at("pem")
    query = "&".join(f"{name}={quote(secret, safe='')}" for name, secret in at("query"))
    form = "&".join(f"{name}={quote(secret)}" for name, secret in at("form"))
    texts = [name.format(secret) for name, secret in at("text")]
    texts.append(f"-----BEGIN PRIVATE KEY-----\n{key}\n-----END PRIVATE KEY-----")
    nested = json.dumps({"client_metadata": json.dumps(dict(at("nested json")))})
    return [
        Step("suite", f"POST https://{user}@chatgpt.com/authorize?{query}", f"{headers('header')}\n\n{nested}"),
        Step("target", "200", f"{headers('response header')}\n\n{json.dumps(dict(at('json')), indent=2)}"),
        Step("suite", "POST /oauth/token", f"content-type: application/x-www-form-urlencoded\n\n{form}"),
        Step("target", "500", "\n".join(texts)),
    ]


@pytest.fixture
def leaking(run, verdict):
    """A run with every secret in the steps of a case, and once more wherever else a text is."""
    finding = Finding(f"sending {ECHO}", f"nothing of {ECHO}", json.dumps({"echo": ECHO.split()}), ECHO)
    fields = {"steps": steps(), "finding": finding, "reason": ECHO}
    return run(
        verdict("oauth.refresh.rotates", "failed", **fields),
        verdict("oauth.error.text", "failed", **fields),
        verdict("oauth.code.used-once", "known", **fields),
        verdict("oauth.device.pending", "skipped", **fields),
    )


@pytest.fixture
def reports(leaking) -> dict[str, str]:
    screen = io.StringIO()
    TerminalReport(Terminal(width=10_000), screen).finished(leaking)
    return {form: render(leaking, form) for form in FORMATS} | {"terminal": screen.getvalue()}


def test_no_report_holds_a_secret(reports) -> None:
    leaks = [
        (form, kind)
        for form, text in reports.items()
        for kind, planted in SECRETS.items()
        if planted.secret in text or quote(planted.secret, safe="") in text
    ]

    assert leaks == []
    assert all("redacted" in text for form, text in reports.items() if form != "badge")


@pytest.mark.parametrize("planted", SECRETS.values(), ids=list(SECRETS))
def test_cleaning_twice_changes_nothing(planted: Planted) -> None:
    for step in (*steps(), Step("suite", "", f'{{"{planted.name}": "{planted.secret}"}}')):
        once = redacted(step.text)

        assert redacted(once) == once


def test_the_same_secret_has_one_stand_in_in_a_case(verdict) -> None:
    token = SECRETS["refresh token"].secret
    said = [
        Step("suite", "POST /oauth/token", json.dumps({"refresh_token": token})),
        Step("target", token, f"no {token}"),
    ]
    clean = redacted_verdict(verdict("oauth.refresh.rotates", "failed", steps=said, finding=Finding("", "", token)))
    stand_in = json.loads(clean.steps[0].text)["refresh_token"]

    assert stand_in.startswith("rt_redacted")
    assert (clean.steps[1].title, clean.steps[1].text, clean.finding.found) == (stand_in, f"no {stand_in}", stand_in)


def test_what_is_known_later_is_cleaned_before(verdict) -> None:
    """A short password tells only by the name of its field what it is."""
    said = [Step("target", "200", "we got correct.horse7"), Step("suite", "POST /login", "a=b&password=correct.horse7")]
    clean = redacted_verdict(verdict("oauth.refresh.rotates", "failed", steps=said))

    assert "correct.horse7" not in str(clean.steps)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "status 401 with the code refresh_token_reused",
        'server: uvicorn\ncontent-type: application/json\n\n{"error": {"code": "refresh_token_reused"}}',
        'content-encoding: zstd\n\n{"object": "response"}',
        'content-type: text/event-stream\n\nevent: response.created\ndata: {"type": "response.created"}\n\n',
        '{"method": "turn/start", "params": {"input": [{"type": "text", "text": "hi"}]}}',
        "x-empty: \n\n",
        "line one\nline two\n",
        "grant_type=authorization_code&redirect_uri=http%3A%2F%2Flocalhost%3A1455%2Fauth%2Fcallback",
    ],
)
def test_what_is_no_secret_stays_letter_for_letter(text: str) -> None:
    assert redacted(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("mock:0.169.0", "mock:0.169.0"),
        ("http://10.0.0.5:8080/v1", "http://10.0.0.5:8080/v1"),
        ("command:/home/me/bin/codex app-server", "command:/home/me/bin/codex app-server"),
        ("https://me:s3cret@host:1/x", "https://me:…@host:1/x"),
        ("'https://host/x?api_key=abc&page=2'", "'https://host/x?api_key=…&page=2'"),
        (
            "codex-testkit check client -- x --key sk-proj-T3BlbkFJ8sK2mQ9w",
            "codex-testkit check client -- x --key sk-proj-…",
        ),
    ],
)
def test_a_command_stays_but_for_credentials(text: str, shown: str) -> None:
    assert without_credentials(text) == shown
    assert without_credentials(shown) == shown
