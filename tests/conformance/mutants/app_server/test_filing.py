"""App-servers that file threads in a wrong way: each is found out by the requirement that it breaks."""

from __future__ import annotations

import pytest
from app_server_mutants import IN, OUT, Broken, is_about, without


def answered(message, talk, method):
    """Return the result that answers a method; an empty one otherwise."""
    return message.get("result", {}) if talk.asked_for(message) == method else {}


def rewritten(message, method, **params):
    """Return a request of a method with other params."""
    return {**message, "params": {**message["params"], **params}} if is_about(message, method) else message


def dropped(message, talk, method):
    """Answer a request of a method as if it were done, and let all others pass."""
    if is_about(message, method):
        talk.send_as_it_is({"id": message["id"], "result": {}})
    else:
        yield message


def takes_everything(message, talk):
    yield {"id": message["id"], "result": {}} if "error" in message else message


def tells_nothing(message, talk):
    if "id" in message or not message["method"].startswith(("thread/section/", "project/", "thread/attachment/")):
        yield message


# Sections.


def lists_the_usual_sections(message, talk):
    del answered(message, talk, "threadSection/list").get("data", [])[1:]
    yield message


def keeps_the_first_name(message, talk):
    yield rewritten(message, "threadSection/update", name="Harbour")


def finds_a_name(message, talk):
    yield rewritten(message, "threadSection/create", name="Unnamed")


def moves_nothing(message, talk):
    yield rewritten(message, "thread/section/move", sectionId=None)


def puts_threads_last(message, talk):
    yield without(message, "thread/section/move", "beforeThreadId")


def keeps_deleted_sections(message, talk):
    return dropped(message, talk, "threadSection/delete")


# Projects.


def forgets_folders(message, talk):
    if project := answered(message, talk, "project/read").get("project"):
        project["roots"] = []
    yield message


def makes_a_project_for_every_request(message, talk):
    yield rewritten(message, "project/create", idempotencyKey=str(message.get("id")))


def changes_more_than_it_is_told(message, talk):
    yield rewritten(message, "project/update", roots=[])


def keeps_deleted_projects(message, talk):
    return dropped(message, talk, "project/delete")


def finds_a_name_for_projects(message, talk):
    yield rewritten(message, "project/create", name="Unnamed")


# Attachments.


def loses_what_is_attached(message, talk):
    for row in answered(message, talk, "thread/attachment/list").get("data", []):
        row["payload"] = {}
    yield message


def attaches_again(message, talk):
    yield rewritten(message, "thread/attachment/add", identityKey=str(message.get("id")))


def keeps_what_was_removed(message, talk):
    return dropped(message, talk, "thread/attachment/remove")


def knows_no_owners(message, talk):
    del answered(message, talk, "thread/attachmentOwner/list").get("data", [])[:]
    yield message


MUTANTS = (
    Broken(OUT, lists_the_usual_sections, "section.listed"),
    Broken(IN, keeps_the_first_name, "section.renamed"),
    Broken(IN, finds_a_name, "section.blank-name"),
    Broken(IN, moves_nothing, "section.holds-threads"),
    Broken(OUT, tells_nothing, "section.told"),
    Broken(IN, puts_threads_last, "section.order"),
    Broken(IN, keeps_deleted_sections, "section.deleted"),
    Broken(OUT, takes_everything, "section.unknown"),
    Broken(OUT, forgets_folders, "project.kept"),
    Broken(IN, makes_a_project_for_every_request, "project.made-once"),
    Broken(IN, changes_more_than_it_is_told, "project.changed"),
    Broken(IN, keeps_deleted_projects, "project.deleted"),
    Broken(OUT, tells_nothing, "project.told"),
    Broken(IN, finds_a_name_for_projects, "project.blank-name"),
    Broken(OUT, loses_what_is_attached, "attachment.kept"),
    Broken(IN, attaches_again, "attachment.once"),
    Broken(IN, keeps_what_was_removed, "attachment.removed"),
    Broken(OUT, tells_nothing, "attachment.told"),
    Broken(OUT, knows_no_owners, "attachment.owners"),
    Broken(OUT, takes_everything, "attachment.unknown-thread"),
)


@pytest.mark.parametrize("broken", MUTANTS, ids=str)
def test_a_broken_server_is_found_out_by_name(find_out, broken):
    find_out(broken)


def test_the_server_that_was_not_broken_passes(acquit):
    acquit(MUTANTS)
