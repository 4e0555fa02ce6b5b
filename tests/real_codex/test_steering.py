"""A user who says something while the model still speaks: the new codex does not let it finish."""

from __future__ import annotations

HALF_WAY = {
    "model": [
        {"when": {"user": "hello"}, "say": [{"message": "A long answer."}]},
        {"when": {"user": "shorter"}, "say": [{"message": "Short."}]},
    ],
    "faults": [{"on": "createResponse", "at": {"event": "response.output_text.done"}, "hold": "half-way"}],
}


def text(words: str) -> list[dict]:
    return [{"type": "text", "text": words, "text_elements": []}]


def test_a_steered_turn_interrupts_the_running_response(codex, backend, logged_in) -> None:
    backend.use_scenario(HALF_WAY)
    thread = logged_in.result("thread/start", {"cwd": str(codex.work)})["thread"]["id"]
    turn = logged_in.result("turn/start", {"threadId": thread, "input": text("hello")})["turn"]["id"]
    backend.wait_at("half-way")

    logged_in.result("turn/steer", {"threadId": thread, "expectedTurnId": turn, "input": text("shorter")})
    if not codex.is_new:
        # The old release lets the model speak to its end.
        backend.gates.open("half-way")
    completed = logged_in.notification("turn/completed")["turn"]

    assert completed["status"] == "completed"
    (exchange,) = backend.journal.requests("connectResponses")
    frames = [frame.json for frame in exchange.frames]
    endings = [
        frame["response"]["status"] for frame in frames if frame["type"].startswith(("response.comp", "response.inc"))
    ]
    interrupts = [frame["response_id"] for frame in frames if frame["type"] == "response.interrupt"]
    asked = [frame for frame in frames if frame["type"] == "response.create"]
    if codex.is_new:
        assert endings[-2:] == ["incomplete", "completed"]
        assert interrupts == [asked[-1]["previous_response_id"]]
        assert [message["role"] for message in asked[-1]["input"]] == ["user"]
    else:
        assert (endings[-2:], interrupts) == (["completed", "completed"], [])
