"""App-servers that mistreat configuration, files and commands: each is found out by the requirement that it breaks."""

from __future__ import annotations

import pytest
from app_server_mutants import IN, OUT, Broken, without


def overwrites_what_others_wrote(message, talk):
    yield without(message, "config/value/write", "expectedVersion")


def writes_any_file(message, talk):
    yield without(message, "config/value/write", "filePath")


def writes_half_of_a_batch(message, talk):
    if message.get("method") == "config/batchWrite":
        message["params"]["edits"] = message["params"]["edits"][:1]
    yield message


def has_no_default_model(message, talk):
    for row in message["result"]["data"] if talk.asked_for(message) == "model/list" else ():
        row["isDefault"] = False
    yield message


def always_works_on_whole_folders(message, talk):
    if message.get("method") in ("fs/copy", "fs/remove"):
        message["params"]["recursive"] = True
    yield message


def mixes_the_outputs(message, talk):
    if talk.asked_for(message) == "command/exec":
        result = message["result"]
        result.update(stdout=result["stdout"] + result["stderr"], stderr="")
    yield message


def runs_without_the_variables(message, talk):
    yield without(message, "command/exec", "env")


MUTANTS = (
    Broken(IN, overwrites_what_others_wrote, "config.version-conflict"),
    Broken(IN, writes_any_file, "config.other-file"),
    Broken(IN, writes_half_of_a_batch, "config.batch"),
    Broken(OUT, has_no_default_model, "models.default"),
    Broken(IN, always_works_on_whole_folders, "files.copy-folder"),
    Broken(IN, always_works_on_whole_folders, "files.remove-carefully"),
    Broken(OUT, mixes_the_outputs, "exec.result"),
    Broken(IN, runs_without_the_variables, "exec.surroundings"),
)


@pytest.mark.parametrize("broken", MUTANTS, ids=str)
def test_a_broken_server_is_found_out_by_name(find_out, broken):
    find_out(broken)


def test_the_server_that_was_not_broken_passes(acquit):
    acquit(MUTANTS)
