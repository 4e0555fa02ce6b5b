"""Conversations that a server keeps, as a state machine that walks with it."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from codex_conformance.fuzzing import Machine, Search
from codex_conformance.probes import Answer, at, require
from codex_conformance.suites.server.responses.prompts import HELLO
from codex_conformance.suites.server.responses.service import Service

__all__ = ["Conversations"]


class Conversations(Machine):
    """Makes responses, continues them, shows them and forgets them."""

    def __init__(self, found: Search, service: Service) -> None:
        super().__init__(found)
        self.service = service
        #: What the server keeps, by id, as it was when it was made.
        self.kept: dict[str, dict[str, Any]] = {}
        #: What it has not kept, or has forgotten.
        self.gone: list[str] = []

    @rule(is_stored=st.booleans())
    def begin(self, is_stored: bool) -> None:  # noqa: FBT001 (hypothesis gives it by its name)
        """Make a response that continues nothing."""
        self._note(self.service.respond(HELLO, store=is_stored), is_stored=is_stored)

    @precondition(lambda self: self.kept)
    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        """Continue a response that is kept."""
        earlier = self._one_kept(data)
        response = self.service.respond("And now?", previous_response_id=earlier)
        require(
            response.get("previous_response_id") == earlier,
            expected=f"a response that continues {earlier}",
            found=response,
        )
        self._note(response, is_stored=True)

    @precondition(lambda self: self.gone)
    @rule(data=st.data())
    def go_on_from_what_is_gone(self, data: st.DataObject) -> None:
        """Continue a response that is not there."""
        earlier = data.draw(st.sampled_from(self.gone))
        self.service.ask("And now?", previous_response_id=earlier).require_status(400, 404)

    @precondition(lambda self: self.kept)
    @rule(data=st.data())
    def show(self, data: st.DataObject) -> None:
        """Retrieve a response that is kept."""
        shown = self._call("retrieveResponse", identifier := self._one_kept(data)).require_status(200).json
        require(shown == self.kept[identifier], expected=f"{self.kept[identifier]}", found=shown)

    @precondition(lambda self: self.gone)
    @rule(data=st.data(), operation_id=st.sampled_from(["retrieveResponse", "deleteResponse", "listInputItems"]))
    def ask_for_what_is_gone(self, data: st.DataObject, operation_id: str) -> None:
        """Ask for a response that is not there."""
        self._call(operation_id, data.draw(st.sampled_from(self.gone))).require_status(404)

    @precondition(lambda self: self.kept)
    @rule(data=st.data())
    def cancel_what_has_ended(self, data: st.DataObject) -> None:
        """Cancel a response that has ended: it is refused or changes nothing, nobody has said which."""
        answer = self._call("cancelResponse", self._one_kept(data))
        require(answer.status < 500, expected="a refusal, or the response", found=answer.text)  # noqa: PLR2004

    @precondition(lambda self: self.kept)
    @rule(data=st.data())
    def forget(self, data: st.DataObject) -> None:
        """Delete a response."""
        identifier = self._one_kept(data)
        self._call("deleteResponse", identifier).require_status(200, 204)
        del self.kept[identifier]
        self.gone.append(identifier)

    def _note(self, response: dict[str, Any], *, is_stored: bool) -> None:
        identifier = at(response, "/id", str)
        if is_stored:
            self.kept[identifier] = response
        else:
            self.gone.append(identifier)

    def _one_kept(self, data: st.DataObject) -> str:
        chosen: str = data.draw(st.sampled_from(sorted(self.kept)))
        return chosen

    def _call(self, operation_id: str, response_id: str) -> Answer:
        return self.service.call(operation_id, path={"response_id": response_id})
