"""``project/*``: folders that belong together, with their threads."""

from __future__ import annotations

import pytest


def make(thread, key, **params):
    return thread.ask("project/create", idempotencyKey=key, **{"name": key, "roots": [], **params})["project"]


def names(thread, **params):
    return [project["name"] for project in thread.ask("project/list", **params)["data"]]


def test_a_project_is_made_once_for_a_key(talk):
    thread = talk()

    project = make(thread, "k", name=" P ", roots=[{"path": "/a"}], metadata={"m": "1"})

    assert (project["name"], project["roots"], project["metadata"], project["position"]) == (
        "P",
        [{"path": "/a"}],
        {"m": "1"},
        0,
    )
    assert thread.told() == ["project/changed"]
    assert make(thread, "k", name="other") == project
    assert thread.told() == []


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"idempotencyKey": "", "name": "x", "roots": []}, "idempotencyKey must not be empty"),
        ({"idempotencyKey": "k", "name": " ", "roots": []}, "project name must not be empty"),
        ({"idempotencyKey": "k", "name": "x", "roots": [{"path": "/a"}] * 2}, "duplicate project root: /a"),
    ],
    ids=["no key", "no name", "a root twice"],
)
def test_a_bad_project_is_refused(talk, params, message):
    refusal = talk().refused("project/create", **params)

    assert (refusal.code, refusal.message) == (-32602, message)


@pytest.mark.parametrize("method", ["read", "update", "move", "delete"])
def test_an_unknown_project_is_refused(talk, method):
    refusal = talk().refused(f"project/{method}", projectId="nope")

    assert (refusal.code, refusal.message) == (-32602, "project not found: nope")


def test_projects_keep_the_order_in_which_they_were_put(talk):
    thread = talk()
    ids = {key: make(thread, key)["id"] for key in "abc"}

    thread.ask("project/move", projectId=ids["c"], beforeProjectId=ids["a"])
    assert names(thread) == ["c", "a", "b"]
    thread.ask("project/move", projectId=ids["c"])
    assert names(thread) == ["a", "b", "c"]
    assert names(thread, sortKey="position", sortDirection="desc") == ["c", "b", "a"]
    assert [each["position"] for each in thread.ask("project/list")["data"]] == [0, 1, 2]


def test_a_move_that_cannot_be_is_refused(talk):
    thread = talk()
    project = make(thread, "a")["id"]

    assert thread.refused("project/move", projectId=project, beforeProjectId="zz").message == (
        "before project not found: zz"
    )
    assert thread.refused("project/move", projectId=project, beforeProjectId=project).message == (
        f"project {project} cannot be moved before itself"
    )


def test_pages_follow_one_another(talk):
    thread = talk()
    ids = [make(thread, key)["id"] for key in "abc"]

    page = thread.ask("project/list", limit=2)
    assert page["nextCursor"] == f"1|{ids[1]}"
    assert names(thread, cursor=page["nextCursor"]) == ["c"]

    page = thread.ask("project/list", limit=2, sortKey="recencyAt")
    assert page["nextCursor"] == f"v1|recencyAt|desc|null|{ids[1]}"
    assert names(thread, cursor=page["nextCursor"], sortKey="recencyAt") == ["a"]


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"sortDirection": "desc"}, "sortDirection requires sortKey"),
        ({"cursor": "zz"}, "invalid project cursor: malformed or mismatched sort anchor"),
    ],
    ids=["direction alone", "cursor"],
)
def test_a_bad_list_is_refused(talk, params, message):
    refusal = talk().refused("project/list", **params)

    assert (refusal.code, refusal.message) == (-32602, message)


def test_a_change_is_told_and_none_is_not(talk):
    thread = talk()
    project = make(thread, "a")["id"]
    thread.client.take()

    thread.ask("project/update", projectId=project)
    assert thread.told() == []
    changed = thread.ask("project/update", projectId=project, name="new", roots=[{"path": "/r"}], metadata={"a": "b"})

    assert thread.told() == ["project/changed"]
    assert (changed["project"]["name"], changed["project"]["roots"]) == ("new", [{"path": "/r"}])
    assert thread.ask("project/read", projectId=project) == changed


def test_threads_belong_to_projects(talk):
    thread = talk()
    first, second = make(thread, "a")["id"], make(thread, "b")["id"]
    thread.id = thread.ask("thread/start", projectId=first)["thread"]["id"]
    thread.say("hello")
    thread.client.take()

    assert thread.ask("thread/metadata/update", projectId=second)["thread"]["projectId"] == second

    assert thread.told() == ["thread/project/updated"]
    assert [row["id"] for row in thread.ask("thread/list", projectId=second)["data"]] == [thread.id]
    assert thread.ask("thread/list", projectId=first)["data"] == []
    assert thread.ask("project/read", projectId=second)["project"]["recencyAt"] is not None


def test_a_deleted_project_leaves_its_threads_and_its_key(talk):
    thread = talk()
    project = make(thread, "a")["id"]
    thread.ask("thread/metadata/update", projectId=project)
    thread.client.take()

    thread.ask("project/delete", projectId=project)

    assert thread.told() == ["thread/project/updated", "project/changed"]
    assert thread.ask("thread/read")["thread"]["projectId"] is None
    assert names(thread) == []
    refusal = thread.refused("project/create", idempotencyKey="a", name="a", roots=[])
    assert refusal.message == "idempotency key refers to deleted project: a"


def test_an_import_brings_threads_along(talk):
    thread = talk()
    thread.say("hello")

    project = thread.ask("project/import", idempotencyKey="i", name="I", roots=[], threads=[thread.id])["project"]

    assert thread.ask("thread/read")["thread"]["projectId"] == project["id"]
    refusal = thread.refused("project/import", idempotencyKey="j", name="J", roots=[], threads=["nope"])
    assert (refusal.code, refusal.message) == (-32602, "thread not found: nope")
    assert names(thread) == ["I"]
