"""What differs between releases beyond the shapes of their messages, as data."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from codex_schemas.app_server import sort_key

__all__ = ["Traits", "traits"]


def _holds(since: str = "0.0.0", until: str | None = None) -> Any:
    """Return a trait of the releases from ``since`` on, and no longer of ``until``."""

    def holds(version: str) -> bool:
        key = sort_key(version)
        return sort_key(since) <= key and (until is None or key < sort_key(until))

    return field(metadata={"holds": holds})


@dataclass(frozen=True, slots=True)
class Traits:
    """How one release behaves, each trait with the releases that have it."""

    #: Notifications say when they were emitted.
    stamps_notifications: bool = _holds("0.150.0")
    #: A finished turn carries its last message.
    summarises_turns: bool = _holds("0.150.0")
    #: The default history is paginated: items keep their ids when they are read back.
    paginated_history: bool = _holds("0.160.0")
    #: ``thread/fork`` honours ``lastTurnId``.
    forks_at_turns: bool = _holds("0.150.0")
    #: The approval policy ``on-failure`` is refused.
    refuses_on_failure: bool = _holds("0.150.0")
    #: Image addresses of other hosts are refused.
    refuses_remote_images: bool = _holds("0.150.0")
    #: An interruption after the end of a turn is refused at once; before, nobody answered it until the next turn ended.
    refuses_late_interrupts: bool = _holds("0.169.0")
    #: Steering cuts the running answer short.
    steering_cuts: bool = _holds("0.169.0")
    #: A thread can be archived before its first turn.
    archives_empty_threads: bool = _holds("0.160.0")
    #: Ids of user messages are UUIDv7.
    orders_user_messages: bool = _holds("0.150.0")
    #: The state of what was read is announced.
    tells_read_state: bool = _holds("0.169.0")
    #: A name or metadata for an unknown thread is refused for want of a rollout.
    looks_for_rollouts: bool = _holds("0.150.0")
    #: A malformed approval fails the command; before, it was declined.
    fails_malformed_approvals: bool = _holds("0.169.0")
    #: ``untrusted`` asks even for a harmless command.
    asks_for_harmless_commands: bool = _holds("0.169.0")
    #: Unarchiving brings the descendants back too.
    unarchives_descendants: bool = _holds("0.169.0")
    #: A thread that others were forked from cannot be deleted.
    keeps_forked_threads: bool = _holds("0.160.0")
    #: A warning about an unknown model, and changed settings, come before the answer to ``turn/start``.
    warns_early: bool = _holds("0.169.0")
    #: ``account/read`` and logins ask the ChatGPT backend where the workspace's traffic goes.
    checks_routing: bool = _holds("0.156.0")
    #: The browser login comes back to 127.0.0.1 instead of localhost, and its address is put together otherwise.
    hosts_login_by_number: bool = _holds("0.160.0")
    #: Reading a folder as a file is refused before it is tried.
    refuses_to_read_folders: bool = _holds("0.150.0")
    #: File searches prefer what matches in the name of the file by far.
    scores_file_names: bool = _holds("0.169.0")
    #: Errors of MCP servers keep their own code.
    passes_mcp_errors: bool = _holds("0.160.0")
    #: The folders ``.codex/skills`` of a whole repository count, not only that of the working folder.
    finds_outer_skills: bool = _holds(until="0.150.0")
    #: The description of a skill may not be long.
    limits_descriptions: bool = _holds(until="0.150.0")
    #: The id ``local`` cannot be taken by an environment.
    reserves_local_environment: bool = _holds("0.150.0")
    #: An import of another agent's settings tells what it has brought.
    tells_imports: bool = _holds("0.150.0")
    #: A switch that clients cannot set is an error; later, it is left out of the answer.
    refuses_unknown_features: bool = _holds(until="0.141.0")
    #: Errors of a model say more: rate limits, capacity, an unknown model, the HTTP status.
    tells_rate_limits: bool = _holds("0.169.0")
    #: A compaction ends with a warning about long threads.
    warns_of_compaction: bool = _holds(until="0.169.0")
    #: Items of a review have ids of their own; before, they had that of the turn.
    numbers_review_items: bool = _holds("0.169.0")
    #: The tool ``update_plan`` is offered to every model.
    offers_plans: bool = _holds(until="0.160.0")
    #: What MCP tools return reaches the model as content; before, as text.
    returns_content: bool = _holds("0.169.0")
    #: A terminal that was ended has the exit code -1; before, it had 1.
    marks_killed: bool = _holds("0.169.0")
    #: A question before a tool of an MCP server names the tool in ``_meta``.
    names_asked_tools: bool = _holds("0.169.0")
    #: A question waits until the user answers; before, it could say after how long its client gives up.
    waits_for_answers: bool = _holds("0.169.0")
    #: The activity of a named sub-agent has a beginning, and an end of its own.
    tells_course_of_agents: bool = _holds("0.169.0")
    #: Raw items have ids, and say of which kind their parts are.
    tells_raw_kinds: bool = _holds("0.169.0")
    #: The call of a tool of the client is an item.
    shows_client_calls: bool = _holds("0.106.0")
    #: The call of a tool of the client fails when its turn is interrupted; before, it stayed open.
    fails_interrupted_calls: bool = _holds("0.169.0")
    #: A start while a turn runs is answered with that turn; before, with one that never runs.
    names_running_turns: bool = _holds("0.169.0")
    #: A turn that nobody can steer refuses ``turn/start``; before, the input was lost.
    refuses_unsteerable_starts: bool = _holds("0.169.0")
    #: SIGTERM on the standard streams ends the process with code 0; before, it died of the signal.
    ends_well_on_sigterm: bool = _holds("0.169.0")
    #: The handshake on a Unix socket says how large a frame may be.
    tells_frame_limit: bool = _holds("0.169.0")
    #: A thread's environments decide its workspace roots.
    follows_environments: bool = _holds("0.150.0")
    #: A thread that is resumed keeps all its settings, and a fork its sandbox.
    keeps_settings: bool = _holds("0.169.0")
    #: A goal makes a thread visible in lists.
    goals_show_threads: bool = _holds("0.150.0")
    #: Lists are continued by time and id; before, by time alone.
    cursors_name_threads: bool = _holds("0.150.0")
    #: A thread that goes to another folder says so.
    tells_moves: bool = _holds("0.160.0")
    #: A thread can begin with a service tier that its model does not name.
    starts_with_service_tier: bool = _holds("0.160.0")
    #: The personality is ``pragmatic`` where nobody chooses one.
    is_pragmatic: bool = _holds(until="0.160.0")
    #: Approval policies and sandbox modes are spelt ``onRequest`` and ``readOnly``, like types.
    spells_policies_like_types: bool = _holds(until="0.72.0")
    #: A thread that is resumed or forked keeps approval policy, reviewer and permission profile.
    keeps_policies: bool = _holds("0.150.0")
    #: A fork begins without a preview, and is listed once somebody has spoken in it.
    forks_without_preview: bool = _holds("0.160.0", until="0.169.0")
    #: Rolling back is discouraged.
    discourages_rollback: bool = _holds("0.150.0")
    #: The configuration says when an idle thread leaves the memory.
    delays_unloading: bool = _holds("0.160.0")
    #: A folder in which somebody wrote is trusted: the next thread there may write too.
    trusts_folders: bool = _holds(until="0.160.0")
    #: A new thread writes down that its folder is trusted, where it may write there.
    notes_trust: bool = _holds(until="0.169.0")
    #: A bad cursor of projects is explained, and not repeated.
    explains_project_cursors: bool = _holds("0.160.0")
    #: A turn that failed is read back as failed; before, as completed.
    keeps_failures: bool = _holds("0.150.0")
    #: Conversations by voice are there without a switch.
    speaks_realtime: bool = _holds("0.169.0")
    #: ``codex exec`` prints a diff only when it has changed.
    prints_diffs_once: bool = _holds("0.169.0")


def traits(version: str) -> Traits:
    """Return how a release behaves."""
    return Traits(**{trait.name: trait.metadata["holds"](version) for trait in fields(Traits)})
