"""What differs between releases beyond the shapes of their messages, as data."""

from __future__ import annotations

from dataclasses import dataclass, fields

__all__ = ["Traits", "traits"]


@dataclass(frozen=True, slots=True)
class Span:
    """The releases that have a trait: from ``since`` on, and no longer in ``until``."""

    since: str = "0.0.0"
    until: str | None = None

    def holds(self, version: str) -> bool:
        """Tell whether a release has it."""
        return _order(self.since) <= _order(version) and (self.until is None or _order(version) < _order(self.until))


@dataclass(frozen=True, slots=True)
class Traits:
    """How one release behaves; each trait is what the newest releases do unless its name says otherwise."""

    #: Notifications say when they were emitted.
    stamps_notifications: bool
    #: A finished turn carries its last message.
    summarises_turns: bool
    #: The default history is paginated: items keep their ids when they are read back.
    paginated_history: bool
    #: ``thread/fork`` honours ``lastTurnId``.
    forks_at_turns: bool
    #: The approval policy ``on-failure`` is refused.
    refuses_on_failure: bool
    #: Image addresses of other hosts are refused.
    refuses_remote_images: bool
    #: An interruption after the end of a turn is refused at once; before, nobody answered it until the next turn ended.
    refuses_late_interrupts: bool
    #: Steering cuts the running answer short.
    steering_cuts: bool
    #: A thread can be archived before its first turn.
    archives_empty_threads: bool
    #: Ids of user messages are UUIDv7.
    orders_user_messages: bool
    #: The state of what was read is announced.
    tells_read_state: bool
    #: A name or metadata for an unknown thread is refused for want of a rollout.
    looks_for_rollouts: bool
    #: A malformed approval fails the command; before, it was declined.
    fails_malformed_approvals: bool
    #: ``untrusted`` asks even for a harmless command.
    asks_for_harmless_commands: bool
    #: Unarchiving brings the descendants back too.
    unarchives_descendants: bool
    #: A thread that others were forked from cannot be deleted.
    keeps_forked_threads: bool
    #: A warning about an unknown model, and changed settings, come before the answer to ``turn/start``.
    warns_early: bool
    #: ``account/read`` and logins ask the ChatGPT backend where the workspace's traffic goes.
    checks_routing: bool
    #: The browser login comes back to 127.0.0.1 instead of localhost, and its address is put together otherwise.
    hosts_login_by_number: bool
    #: Reading a folder as a file is refused before it is tried.
    refuses_to_read_folders: bool
    #: File searches prefer what matches in the name of the file by far.
    scores_file_names: bool
    #: Errors of MCP servers keep their own code.
    passes_mcp_errors: bool
    #: The folders ``.codex/skills`` of a whole repository count, not only that of the working folder.
    finds_outer_skills: bool
    #: The description of a skill may not be long.
    limits_descriptions: bool
    #: The id ``local`` cannot be taken by an environment.
    reserves_local_environment: bool
    #: An import of another agent's settings tells what it has brought.
    tells_imports: bool
    #: A switch that clients cannot set is an error; later, it is left out of the answer.
    refuses_unknown_features: bool
    #: Errors of a model say more: rate limits, capacity, an unknown model, the HTTP status.
    tells_rate_limits: bool
    #: A compaction ends with a warning about long threads.
    warns_of_compaction: bool
    #: Items of a review have ids of their own; before, they had that of the turn.
    numbers_review_items: bool
    #: The tool ``update_plan`` is offered to every model.
    offers_plans: bool
    #: What MCP tools return reaches the model as content; before, as text.
    returns_content: bool
    #: A terminal that was ended has the exit code -1; before, it had 1.
    marks_killed: bool
    #: A question before a tool of an MCP server names the tool in ``_meta``.
    names_asked_tools: bool
    #: A question waits until the user answers; before, it could say after how long its client gives up.
    waits_for_answers: bool
    #: The activity of a named sub-agent has a beginning, and an end of its own.
    tells_course_of_agents: bool
    #: Raw items have ids, and say of which kind their parts are.
    tells_raw_kinds: bool
    #: The call of a tool of the client fails when its turn is interrupted; before, it stayed open.
    fails_interrupted_calls: bool
    #: A start while a turn runs is answered with that turn; before, with one that never runs.
    names_running_turns: bool
    #: A turn that nobody can steer refuses ``turn/start``; before, the input was lost.
    refuses_unsteerable_starts: bool
    #: SIGTERM on the standard streams ends the process with code 0; before, it died of the signal.
    ends_well_on_sigterm: bool
    #: The handshake on a Unix socket says how large a frame may be.
    tells_frame_limit: bool
    #: A thread's environments decide its workspace roots.
    follows_environments: bool
    #: A thread that is resumed keeps all its settings, and a fork its sandbox.
    keeps_settings: bool
    #: A goal makes a thread visible in lists.
    goals_show_threads: bool
    #: Lists are continued by time and id; before, by time alone.
    cursors_name_threads: bool
    #: A thread that goes to another folder says so.
    tells_moves: bool
    #: A thread can begin with a service tier that its model does not name.
    starts_with_service_tier: bool
    #: The personality is ``pragmatic`` where nobody chooses one.
    is_pragmatic: bool
    #: Approval policies and sandbox modes are spelt ``onRequest`` and ``readOnly``, like types.
    spells_policies_like_types: bool
    #: A thread that is resumed or forked keeps approval policy, reviewer and permission profile.
    keeps_policies: bool
    #: A fork begins without a preview, and is listed once somebody has spoken in it.
    forks_without_preview: bool
    #: Rolling back is discouraged.
    discourages_rollback: bool
    #: The configuration says when an idle thread leaves the memory.
    delays_unloading: bool
    #: A folder in which somebody wrote is trusted: the next thread there may write too.
    trusts_folders: bool
    #: A new thread writes down that its folder is trusted, where it may write there.
    notes_trust: bool
    #: A bad cursor of projects is explained, and not repeated.
    explains_project_cursors: bool
    #: A turn that failed is read back as failed; before, as completed.
    keeps_failures: bool
    #: Conversations by voice are there without a switch.
    speaks_realtime: bool


#: Since when each trait holds.
_SPANS: dict[str, Span] = {
    "stamps_notifications": Span("0.150.0"),
    "summarises_turns": Span("0.150.0"),
    "paginated_history": Span("0.160.0"),
    "forks_at_turns": Span("0.150.0"),
    "refuses_on_failure": Span("0.150.0"),
    "refuses_remote_images": Span("0.150.0"),
    "refuses_late_interrupts": Span("0.169.0"),
    "steering_cuts": Span("0.169.0"),
    "archives_empty_threads": Span("0.160.0"),
    "orders_user_messages": Span("0.150.0"),
    "tells_read_state": Span("0.169.0"),
    "looks_for_rollouts": Span("0.150.0"),
    "fails_malformed_approvals": Span("0.169.0"),
    "asks_for_harmless_commands": Span("0.169.0"),
    "unarchives_descendants": Span("0.169.0"),
    "keeps_forked_threads": Span("0.160.0"),
    "warns_early": Span("0.169.0"),
    "checks_routing": Span("0.156.0"),
    "hosts_login_by_number": Span("0.160.0"),
    "refuses_to_read_folders": Span("0.150.0"),
    "scores_file_names": Span("0.169.0"),
    "passes_mcp_errors": Span("0.160.0"),
    "finds_outer_skills": Span(until="0.150.0"),
    "limits_descriptions": Span(until="0.150.0"),
    "reserves_local_environment": Span("0.150.0"),
    "tells_imports": Span("0.150.0"),
    "refuses_unknown_features": Span(until="0.141.0"),
    "tells_rate_limits": Span("0.169.0"),
    "warns_of_compaction": Span(until="0.169.0"),
    "numbers_review_items": Span("0.169.0"),
    "offers_plans": Span(until="0.169.0"),
    "returns_content": Span("0.169.0"),
    "marks_killed": Span("0.169.0"),
    "names_asked_tools": Span("0.169.0"),
    "waits_for_answers": Span("0.169.0"),
    "tells_course_of_agents": Span("0.169.0"),
    "tells_raw_kinds": Span("0.169.0"),
    "fails_interrupted_calls": Span("0.169.0"),
    "names_running_turns": Span("0.169.0"),
    "refuses_unsteerable_starts": Span("0.169.0"),
    "ends_well_on_sigterm": Span("0.169.0"),
    "tells_frame_limit": Span("0.169.0"),
    "follows_environments": Span("0.150.0"),
    "keeps_settings": Span("0.169.0"),
    "goals_show_threads": Span("0.150.0"),
    "cursors_name_threads": Span("0.150.0"),
    "tells_moves": Span("0.160.0"),
    "starts_with_service_tier": Span("0.160.0"),
    "is_pragmatic": Span(until="0.160.0"),
    "spells_policies_like_types": Span(until="0.72.0"),
    "keeps_policies": Span("0.150.0"),
    "forks_without_preview": Span("0.160.0", until="0.169.0"),
    "discourages_rollback": Span("0.150.0"),
    "delays_unloading": Span("0.160.0"),
    "trusts_folders": Span(until="0.160.0"),
    "notes_trust": Span(until="0.169.0"),
    "explains_project_cursors": Span("0.160.0"),
    "keeps_failures": Span("0.150.0"),
    "speaks_realtime": Span("0.169.0"),
}


def traits(version: str) -> Traits:
    """Return how a release behaves."""
    return Traits(**{field.name: _SPANS[field.name].holds(version) for field in fields(Traits)})


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.partition("-")[0].split("."))
