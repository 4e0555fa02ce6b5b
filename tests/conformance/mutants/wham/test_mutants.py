"""ChatGPT backends that do one thing wrong: each is found out by the requirement that it breaks."""

from __future__ import annotations

import json

import pytest
from http_mutants import Broken, changes_nothing

WHAM = "/backend-api/wham"
USAGE = f"{WHAM}/usage"
TURN = "/backend-api/codex/responses"
REDEEM = f"{WHAM}/rate-limit-reset-credits/consume"
ACCOUNTS = f"{WHAM}/accounts/check"
SWITCH = "/backend-api/accounts/switch-workspace-token"
TASK = f"{WHAM}/tasks/task_[^/]+"
LIST = f"{WHAM}/tasks/list"


def workspaces(call):
    return [workspace for account in call.world.state.accounts.values() for workspace in account.workspaces]


def opens_to_everybody(call):
    if not call.token:
        call.token = call.world.account("plus").personal_access_token
    yield


def lets_tokens_live(call):
    if record := call.world.state.access_tokens.get(call.token):
        record.expires_at = call.world.now() + 60
    yield


def does_not_look_at_the_account(call):
    call.change_headers(without=["chatgpt-account-id"])
    yield


def writes_percent_as_a_fraction(call):
    answer = yield
    answer.change("/rate_limit/primary_window/used_percent", lambda percent: percent + 0.5)


def moves_the_reset_along(call):
    answer = yield
    answer.change("/rate_limit/primary_window/reset_at", lambda _: int(call.world.now()) + 600)


def never_empties_a_window(call):
    answer = yield
    call.memory.setdefault("used", answer.json["rate_limit"]["primary_window"]["used_percent"])
    answer.change("/rate_limit/primary_window/used_percent", lambda _: call.memory["used"])


def fills_a_missing_window_with_zeros(call):
    answer = yield
    zeros = dict.fromkeys(("used_percent", "limit_window_seconds", "reset_after_seconds", "reset_at"), 0)
    answer.change("/rate_limit/secondary_window", lambda window: window or zeros)


def rounds_up(call):
    answer = yield
    answer.change("/rate_limit/primary_window/used_percent", lambda percent: min(100, percent + 1))


def hides_the_limit(call):
    answer = yield
    answer.change("/rate_limit/limit_reached", lambda _: False)


def stops_the_plan_for_one_feature(call):
    answer = yield
    if any(each["rate_limit"]["limit_reached"] for each in answer.json["additional_rate_limits"]):
        answer.change("/rate_limit/allowed", lambda _: False)


def takes_turns_beyond_the_limit(call):
    for workspace in workspaces(call):
        workspace.primary.budget_tokens *= 10
    yield


def names_another_reset(call):
    answer = yield
    if answer.status == 429:
        answer.change("/error/resets_at", lambda moment: moment - 3600)


def punishes_attempts(call):
    answer = yield
    if answer.status == 429:
        call.world.account("plus").workspaces[0].primary.started_at += 60


def forgets_the_keys(call):
    for workspace in workspaces(call):
        for credit in workspace.reset_credits:
            credit.redeemed_by = None
    yield


def calls_an_empty_purse_an_error(call):
    answer = yield
    if answer.json.get("code") == "no_credit":
        answer.become(409, {"detail": "There is no credit."})


def takes_a_credit_for_nothing(call):
    answer = yield
    if answer.json.get("code") == "nothing_to_reset":
        call.world.account("pro").workspaces[0].reset_credits.pop()


def spends_the_first_credit(call):
    call.rewrite(credit_id=call.world.account("pro").workspaces[0].reset_credits[0].id)
    yield


def leaves_the_caller_out(call):
    answer = yield
    wanted = call.header("chatgpt-account-id")
    answer.change("/accounts", lambda entries: [each for each in entries if each["id"] != wanted])


def names_an_origin_without_tls(call):
    answer = yield
    answer.json = json.loads(answer.body.replace(b"https://chatgpt.com", b"http://chatgpt.com"))


def gives_the_token_of_before(call):
    answer = yield
    if answer.status == 200:
        answer.update(access_token=call.token)


def repeats_the_first_page(call):
    call.without_query("cursor")
    yield


def lists_all_at_once(call):
    call.query = "limit=100"
    yield


def starts_tasks_anew(call):
    answer = yield
    call.memory["reads"] = call.memory.get("reads", 0) + 1
    if call.memory["reads"] == 3:
        answer.change("/task_status_display/latest_turn_status_display/turn_status", lambda _: "pending")


def shows_the_tasks_of_others(call):
    task = call.world.state.tasks.get(call.last_word)
    if task is not None:
        task.workspace = call.header("chatgpt-account-id")
    yield


def says_that_a_missing_task_is_a_mistake(call):
    answer = yield
    if answer.status == 404:
        answer.status = 400


def tells_the_work_in_words(call):
    answer = yield
    turn = [{"type": "pr", "output_diff": {"diff": "I added one line to the README."}}]
    answer.change("/current_diff_task_turn/output_items", lambda _: turn)


def counts_a_turn_among_its_siblings(call):
    answer = yield
    own = {"id": call.path.split("/")[-2], "attempt_placement": 0}
    answer.change("/sibling_turns", lambda turns: [own, *turns])


def refuses_what_it_does_not_know(call):
    answer = yield
    if "codex_testkit_unknown" in call.fields:
        answer.become(400, {"detail": "An unknown field."})


def adds_a_thread(call):
    answer = yield
    answer.change("/threads", lambda threads: [*threads, {**threads[0], "thread_id": "another"}])


def sends_every_e_mail(call):
    for workspace in workspaces(call):
        workspace.nudged_at = None
    yield


def delivers_json_for_toml(call):
    answer = yield
    answer.change("/requirements_toml/enterprise_managed", lambda all_: [{**each, "contents": "{}"} for each in all_])


def knows_no_personal_tokens(call):
    if call.token.startswith("at-"):
        call.token = "unknown"
    yield


MUTANTS = (
    Broken(USAGE, opens_to_everybody, "wham.authentication.missing"),
    Broken(USAGE, lets_tokens_live, "wham.authentication.expired"),
    Broken(USAGE, does_not_look_at_the_account, "wham.authentication.foreign-account"),
    Broken(USAGE, does_not_look_at_the_account, "wham.authentication.header-decides"),
    Broken(USAGE, knows_no_personal_tokens, "wham.authentication.personal-token"),
    Broken(f"{WHAM}/tasks", refuses_what_it_does_not_know, "wham.requests.unknown-field"),
    Broken(USAGE, writes_percent_as_a_fraction, "wham.contract.messages", seen_by="wham.usage.readable"),
    Broken(USAGE, moves_the_reset_along, "wham.usage.reset-stands-still"),
    Broken(USAGE, never_empties_a_window, "wham.usage.window-restarts"),
    Broken(USAGE, fills_a_missing_window_with_zeros, "wham.usage.missing-window-null"),
    Broken(USAGE, rounds_up, "wham.usage.percent-rounds-down"),
    Broken(USAGE, stops_the_plan_for_one_feature, "wham.usage.additional-limits-apart"),
    Broken(USAGE, hides_the_limit, "wham.limits.reached-said"),
    Broken(TURN, takes_turns_beyond_the_limit, "wham.limits.turn-refused"),
    Broken(TURN, names_another_reset, "wham.limits.reset-agrees"),
    Broken(TURN, punishes_attempts, "wham.limits.refusal-is-free"),
    Broken(REDEEM, forgets_the_keys, "wham.reset-credits.same-key-same-credit"),
    Broken(REDEEM, calls_an_empty_purse_an_error, "wham.reset-credits.none-left"),
    Broken(REDEEM, takes_a_credit_for_nothing, "wham.reset-credits.nothing-to-reset"),
    Broken(REDEEM, spends_the_first_credit, "wham.reset-credits.named-credit"),
    Broken(ACCOUNTS, leaves_the_caller_out, "wham.accounts.lists-caller"),
    Broken(ACCOUNTS, names_an_origin_without_tls, "wham.accounts.origin"),
    Broken(SWITCH, gives_the_token_of_before, "wham.accounts.switch-token"),
    Broken(LIST, repeats_the_first_page, "wham.tasks.pages-complete"),
    Broken(LIST, lists_all_at_once, "wham.tasks.limit-obeyed"),
    Broken(TASK, starts_tasks_anew, "wham.tasks.states-forward"),
    Broken(TASK, shows_the_tasks_of_others, "wham.tasks.others-hidden"),
    Broken(TASK, says_that_a_missing_task_is_a_mistake, "wham.tasks.unknown-404"),
    Broken(TASK, tells_the_work_in_words, "wham.tasks.diff-unified"),
    Broken(f"{TASK}/turns/.*", counts_a_turn_among_its_siblings, "wham.tasks.siblings"),
    Broken(f"{WHAM}/usage/thread_usage/query", adds_a_thread, "wham.thread-usage.exactly-asked"),
    Broken(f"{WHAM}/accounts/send_.*", sends_every_e_mail, "wham.nudge.cooldown"),
    Broken(f"{WHAM}/config/bundle", delivers_json_for_toml, "wham.config.fragments-are-toml"),
)


@pytest.mark.parametrize("broken", MUTANTS, ids=str)
def test_a_broken_backend_is_found_out_by_name(mutated, find_out, broken):
    find_out(mutated(broken.where, broken.mutation), broken)


def test_the_backend_that_was_not_broken_passes(mutated, acquit):
    acquit(mutated(".*", changes_nothing), MUTANTS)
