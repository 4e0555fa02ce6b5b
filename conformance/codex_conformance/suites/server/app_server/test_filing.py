"""Sections, projects and attachments: how clients put threads in order."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.probes import AppServerProbe, at, require
from codex_conformance.suites.server.app_server._reading import is_of, pages_of, talk, thread_ids
from codex_conformance.suites.server.app_server._scenes import NOBODY

Json = dict[str, Any]

_NOTE = {"attachmentType": "note", "identityKey": "tides"}


def _section(client: AppServerProbe, name: str = "Harbour") -> str:
    """Make a section and return its id."""
    return str(at(client.ask("threadSection/create", {"name": name}), "/section/id", str))


def _sections(client: AppServerProbe) -> dict[Any, Any]:
    """Return the names of all sections by id."""
    rows = [row for page in pages_of(client, "threadSection/list", {}) for row in page]
    return {at(row, "/id"): at(row, "/name") for row in rows}


def _move(client: AppServerProbe, thread_id: str, section_id: str | None, **more: Any) -> None:
    client.ask("thread/section/move", {"threadId": thread_id, "sectionId": section_id, **more})


def _project(client: AppServerProbe, key: str, **params: Any) -> Json:
    """Make a project and return it."""
    wanted = {"name": "Tides", "idempotencyKey": key, "roots": [{"path": "/harbour"}], **params}
    made: Json = at(client.ask("project/create", wanted), "/project", dict)
    return made


def _project_ids(client: AppServerProbe) -> list[Any]:
    return [at(row, "/id") for page in pages_of(client, "project/list", {}) for row in page]


def _attach(client: AppServerProbe, thread_id: str, text: str = "high water") -> Json:
    given = {"threadId": thread_id, **_NOTE, "payload": {"text": text}}
    outcome: Json = client.ask("thread/attachment/add", given)
    return outcome


def _payloads(client: AppServerProbe, thread_id: str) -> list[Any]:
    rows = at(client.ask("thread/attachment/list", {"threadId": thread_id}), "/data", list)
    return [at(row, "/payload") for row in rows]


@pytest.mark.codex("app-server.section.listed")
def test_a_section_is_listed_by_its_name(client: AppServerProbe) -> None:
    section_id = _section(client)
    found = _sections(client).get(section_id)
    require(found == "Harbour", expected="the section Harbour", found=found)


@pytest.mark.codex("app-server.section.renamed")
def test_a_section_is_renamed(client: AppServerProbe) -> None:
    section_id = _section(client)
    client.ask("threadSection/update", {"sectionId": section_id, "name": "Port"})
    found = _sections(client).get(section_id)
    require(found == "Port", expected="the section Port", found=found)


@pytest.mark.codex("app-server.section.blank-name")
def test_a_section_without_a_name_is_refused(client: AppServerProbe) -> None:
    client.refusal("threadSection/create", {"name": " "}, misuse=False)


@pytest.mark.codex("app-server.section.holds-threads")
def test_a_section_holds_the_threads_that_were_moved_there(client: AppServerProbe) -> None:
    (thread_id, _), (other_id, _), section_id = talk(client, "high water"), talk(client, "low water"), _section(client)
    _move(client, thread_id, section_id)
    found = thread_ids(client, sectionId=section_id)
    require(found == [thread_id], expected=f"{thread_id} and not {other_id}", found=found)
    _move(client, thread_id, None)
    require(thread_ids(client, sectionId=section_id) == [], expected="no thread", found=found)


@pytest.mark.codex("app-server.section.told")
def test_a_thread_that_is_moved_is_told(client: AppServerProbe) -> None:
    thread_id, section_id = talk(client, "high water")[0], _section(client)
    _move(client, thread_id, section_id)
    told = client.wait_for("thread/section/changed", is_of(thread_id))
    require(at(told, "/params/sectionId") == section_id, expected=section_id, found=told)


@pytest.mark.codex("app-server.section.order")
def test_threads_keep_their_places_in_a_section(client: AppServerProbe) -> None:
    ids = [talk(client, text)[0] for text in ("first", "second", "third")]
    section_id = _section(client)
    for thread_id in ids:
        _move(client, thread_id, section_id)
    _move(client, ids[2], section_id, beforeThreadId=ids[0])
    found = thread_ids(client, sectionId=section_id, sortKey="section_position", sortDirection="asc")
    wanted = [ids[2], ids[0], ids[1]]
    require(found == wanted, expected=str(wanted), found=found)


@pytest.mark.codex("app-server.section.deleted")
def test_threads_outlive_their_section(client: AppServerProbe) -> None:
    thread_id, section_id = talk(client, "high water")[0], _section(client)
    _move(client, thread_id, section_id)
    client.ask("threadSection/delete", {"sectionId": section_id})
    require(section_id not in _sections(client), expected="no such section", found=_sections(client))
    found = client.ask("thread/read", {"threadId": thread_id})
    require(at(found, "/thread").get("section") is None, expected="a thread in no section", found=found)


@pytest.mark.codex("app-server.section.unknown")
def test_nothing_is_moved_to_an_unknown_section(client: AppServerProbe) -> None:
    thread_id = talk(client, "high water")[0]
    client.refusal("thread/section/move", {"threadId": thread_id, "sectionId": NOBODY}, misuse=False)


@pytest.mark.codex("app-server.project.kept")
def test_a_project_is_kept(client: AppServerProbe) -> None:
    made = _project(client, "kept")
    found = at(client.ask("project/read", {"projectId": at(made, "/id", str)}), "/project", dict)
    said = (found.get("name"), [at(root, "/path") for root in at(found, "/roots", list)])
    require(said == ("Tides", ["/harbour"]), expected="Tides with its folder", found=found)
    require(made["id"] in _project_ids(client), expected="it in the list", found=_project_ids(client))


@pytest.mark.codex("app-server.project.made-once")
def test_the_same_key_makes_a_project_once(client: AppServerProbe) -> None:
    found = [at(_project(client, key), "/id") for key in ("once", "once", "twice")]
    require(found[0] == found[1] != found[2], expected="one project for a key, another for another", found=found)


@pytest.mark.codex("app-server.project.changed")
def test_a_project_is_changed(client: AppServerProbe) -> None:
    project_id = at(_project(client, "changed"), "/id", str)
    client.ask("project/update", {"projectId": project_id, "name": "Currents"})
    found = at(client.ask("project/read", {"projectId": project_id}), "/project", dict)
    said = (found.get("name"), [at(root, "/path") for root in at(found, "/roots", list)])
    require(said == ("Currents", ["/harbour"]), expected="the new name, and the folder as it was", found=found)


@pytest.mark.codex("app-server.project.deleted")
def test_a_deleted_project_is_gone(client: AppServerProbe) -> None:
    project_id = at(_project(client, "deleted"), "/id", str)
    client.ask("project/delete", {"projectId": project_id})
    require(project_id not in _project_ids(client), expected="no such project", found=_project_ids(client))
    client.refusal("project/read", {"projectId": project_id}, misuse=False)


@pytest.mark.codex("app-server.project.told")
def test_changes_of_projects_are_told(client: AppServerProbe) -> None:
    project_id = at(_project(client, "told"), "/id", str)
    client.ask("project/update", {"projectId": project_id, "name": "Currents"})
    client.ask("project/delete", {"projectId": project_id})
    told = [client.wait_for("project/changed", lambda each: each.get("projectId") == project_id) for _ in range(3)]
    found = sorted(str(at(each, "/params/changeType")) for each in told)
    require(found == ["created", "deleted", "updated"], expected="created, deleted and updated", found=found)


@pytest.mark.codex("app-server.project.blank-name")
def test_a_project_without_a_name_is_refused(client: AppServerProbe) -> None:
    params = {"name": "", "idempotencyKey": "blank", "roots": []}
    client.refusal("project/create", params, misuse=False)


@pytest.mark.codex("app-server.attachment.kept")
def test_an_attachment_is_kept(client: AppServerProbe) -> None:
    thread_id = talk(client, "high water")[0]
    require(at(_attach(client, thread_id), "/outcome") == "created", expected="created", found="something else")
    found = _payloads(client, thread_id)
    require(found == [{"text": "high water"}], expected="what was attached", found=found)


@pytest.mark.codex("app-server.attachment.once")
def test_an_attachment_stays_as_it_was(client: AppServerProbe) -> None:
    thread_id = talk(client, "high water")[0]
    outcomes = [at(_attach(client, thread_id, text), "/outcome") for text in ("high water", "low water")]
    require(outcomes == ["created", "existing"], expected="created, existing", found=outcomes)
    found = _payloads(client, thread_id)
    require(found == [{"text": "high water"}], expected="what was attached first", found=found)


@pytest.mark.codex("app-server.attachment.removed")
def test_an_attachment_is_removed(client: AppServerProbe) -> None:
    thread_id = talk(client, "high water")[0]
    _attach(client, thread_id)
    for _ in range(2):
        client.ask("thread/attachment/remove", {"threadId": thread_id, **_NOTE})
    require(_payloads(client, thread_id) == [], expected="no attachment", found=_payloads(client, thread_id))


@pytest.mark.codex("app-server.attachment.told")
def test_attachments_are_told(client: AppServerProbe) -> None:
    thread_id = talk(client, "high water")[0]
    _attach(client, thread_id)
    client.ask("thread/attachment/remove", {"threadId": thread_id, **_NOTE})
    told = [client.wait_for("thread/attachment/updated", is_of(thread_id)) for _ in range(2)]
    found = sorted(str(at(each, "/params/operation")) for each in told)
    require(found == ["created", "deleted"], expected="created and deleted", found=found)


@pytest.mark.codex("app-server.attachment.owners")
def test_the_threads_of_an_attachment_are_found(client: AppServerProbe) -> None:
    thread_id = talk(client, "high water")[0]
    key = {"attachmentType": "note", "identityKey": thread_id}
    client.ask("thread/attachment/add", {"threadId": thread_id, **key, "payload": {}})
    rows = at(client.ask("thread/attachmentOwner/list", key), "/data", list)
    found = [at(row, "/threadId") for row in rows]
    require(found == [thread_id], expected=f"the thread {thread_id}", found=found)


@pytest.mark.codex("app-server.attachment.unknown-thread")
def test_nothing_is_attached_to_an_unknown_thread(client: AppServerProbe) -> None:
    params = {"threadId": NOBODY, **_NOTE, "payload": {}}
    client.refusal("thread/attachment/add", params, misuse=False)
