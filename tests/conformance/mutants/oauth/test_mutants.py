"""Login servers that do one thing wrong: each is found out by the requirement that it breaks."""

from __future__ import annotations

import base64
import json
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from http_mutants import Broken, changes_nothing

from codex_mockserver.world.authorization_codes import challenge_of
from codex_mockserver.world.signing import read_token, sign_claims

TOKEN = "/oauth/token"
AUTHORIZE = "/oauth/authorize"
POLL = "/api/accounts/deviceauth/token"
ANY_VERIFIER = "v" * 43


def code_record(call):
    """Return what the world knows of the authorization code of a call; None where there is none."""
    return call.world.state.authorization_codes.get(call.fields.get("code"))


def claims_of(token):
    """Return what a token says of itself, whoever signed it; nothing where it is none."""
    parts = token.split(".")
    return json.loads(base64.urlsafe_b64decode(parts[1] + "==")) if len(parts) == 3 and len(parts[1]) > 9 else {}


def relocated(answer, change):
    """Let a change have the query of a redirect."""
    parts = urlsplit(answer.headers["location"])
    query = change(dict(parse_qsl(parts.query)))
    answer.headers["location"] = parts._replace(query=urlencode(query)).geturl()


def claims_changed(answer, change):
    """Let a change have the claims of the id token, which is then signed anew."""
    if "id_token" in answer.json:
        claims = read_token(answer.json["id_token"])
        change(claims)
        answer.update(id_token=sign_claims(claims))


def forgets_the_state(call):
    answer = yield
    relocated(answer, lambda query: {name: text for name, text in query.items() if name != "state"})


def takes_the_plain_method(call):
    call.query = urlencode({**call.query, "code_challenge_method": "S256"})
    yield


def redirects_to_strangers(call):
    answer = yield
    if answer.status == 400 and "redirect_uri" in call.query:
        answer.status = 302
        answer.headers["location"] = f"{call.query['redirect_uri']}?error=invalid_request"


def takes_a_code_twice(call):
    answer = yield
    code = call.fields.get("code")
    if answer.status == 200:
        call.memory[code] = answer.json
    elif code in call.memory:
        answer.become(200, call.memory[code])


def takes_any_verifier(call):
    if record := code_record(call):
        record.code_challenge = challenge_of(call.fields.get("code_verifier", ""))
    yield


def needs_no_verifier(call):
    record = code_record(call)
    if record and not call.fields.get("code_verifier"):
        record.code_challenge = challenge_of(ANY_VERIFIER)
        call.rewrite(code_verifier=ANY_VERIFIER)
    yield


def takes_any_redirect_uri(call):
    if record := code_record(call):
        call.rewrite(redirect_uri=record.redirect_uri)
    yield


def lets_codes_live(call):
    if record := code_record(call):
        record.expires_at = float("inf")
    yield


def gives_tokens_to_a_get(call):
    if call.method == "GET":
        call.scope = {**call.scope, "method": "POST"}
        call.body = b"{}"
        call.rewrite(**call.query)
    yield


def lets_caches_store_tokens(call):
    answer = yield
    answer.headers["cache-control"] = "private, max-age=60"


def writes_the_life_as_text(call):
    answer = yield
    if answer.status == 200:
        answer.update(expires_in=str(answer.json["expires_in"]))


def names_another_audience(call):
    answer = yield
    claims_changed(answer, lambda claims: claims.update(aud=["app_another"]))


def forgets_the_nonce(call):
    answer = yield
    claims_changed(answer, lambda claims: claims.pop("nonce", None))


def forgets_the_account(call):
    answer = yield
    claims_changed(answer, lambda claims: claims["https://api.openai.com/auth"].pop("chatgpt_account_id"))


def explains_with_a_page(call):
    answer = yield
    if answer.status >= 400:
        answer.body, answer.headers["content-type"] = b"<h1>Bad Request</h1>", "text/html"


def repeats_what_was_sent(call):
    answer = yield
    if answer.status >= 400:
        answer.become(400, {"error": "invalid_grant", "error_description": f"cannot use {call.fields}"})


def refuses_json(call):
    answer = yield
    if call.body.startswith(b"{"):
        answer.become(400, {"error": "invalid_request"})


def keeps_the_refresh_token(call):
    answer = yield
    if answer.status == 200 and "refresh_token" in call.fields:
        answer.update(refresh_token=call.fields["refresh_token"])


def revives_old_refresh_tokens(call):
    if record := call.world.state.refresh_tokens.get(call.fields.get("refresh_token")):
        record.status = "active"
    yield


def calls_reuse_a_bad_request(call):
    answer = yield
    if answer.status == 401:
        answer.become(400, {"error": "invalid_request"})


def calls_reuse_an_invalid_grant(call):
    answer = yield
    if answer.status == 401:
        answer.become(401, {"error": "invalid_grant"})


def revokes_nothing(call):
    call.rewrite(token="another")
    yield


def refuses_to_revoke_what_it_does_not_know(call):
    known = call.fields["token"] in call.world.state.refresh_tokens
    answer = yield
    if not known:
        answer.become(400, {"error": "invalid_token"})


def writes_the_interval_as_a_number(call):
    answer = yield
    answer.update(interval=5)


def lets_devices_wait_as_the_standard_does(call):
    answer = yield
    if answer.status == 403:
        answer.become(400, {"error": "authorization_pending"})


def slows_devices_down(call):
    answer = yield
    call.memory["polls"] = call.memory.get("polls", 0) + 1
    if call.memory["polls"] > 1:
        answer.become(400, {"error": "slow_down"})


def gives_a_device_its_code_twice(call):
    answer = yield
    answer.become(*call.memory.setdefault(call.fields["device_auth_id"], (answer.status, answer.json)))


def looks_at_the_device_id_only(call):
    if device := call.world.state.device_codes.get(call.fields["device_auth_id"]):
        call.rewrite(user_code=device.user_code)
    yield


def publishes_another_key(call):
    answer = yield
    (key,) = answer.json["keys"]
    answer.json = {"keys": [{**key, "n": key["n"][::-1]}]}


def publishes_the_private_key(call):
    answer = yield
    (key,) = answer.json["keys"]
    answer.json = {"keys": [{**key, "d": "c2VjcmV0"}]}


def names_another_issuer(call):
    answer = yield
    answer.update(issuer="https://auth.example.com")


def approves_what_was_declined(call):
    if call.fields.get("decision") == "deny":
        call.body = urlencode(call.fields | {"decision": "approve", "account": "plus"}).encode()
        call.change_headers({"content-length": str(len(call.body))})
    yield


def believes_what_a_token_says(call):
    claims = claims_of(call.token)
    for token in call.world.state.access_tokens:
        if claims and claims_of(token).get("session_id") == claims.get("session_id"):
            call.token = token
    yield


def wants_an_account_header(call):
    answer = yield
    if call.header("chatgpt-account-id") is None:
        answer.become(400, {"error": {"message": "Which account?"}})


def hides_the_address(call):
    answer = yield
    answer.change("/email", lambda _: None)


def asks_for_a_token_once(call):
    answer = yield
    if call.memory.setdefault(call.token, call) is not call:
        answer.become(401, {"error": {"message": "This token was used."}})


def knows_tokens_by_their_beginning(call):
    known = (each.personal_access_token for each in call.world.state.accounts.values())
    call.token = next((each for each in known if each.startswith(call.token[:30]) or call.token == "at-"), call.token)
    yield


def logs_in_with_a_personal_token(call):
    answer = yield
    if call.fields.get("refresh_token", "").startswith("at-"):
        answer.become(200, {"access_token": "a.b.c"})


def ends_device_codes_early(call):
    answer = yield
    answer.update(expires_at="2026-01-01T00:05:00Z")


def gives_devices_another_code(call):
    answer = yield
    if answer.status == 200:
        answer.update(authorization_code="ac_of_nobody")


USER_CODE = "/api/accounts/deviceauth/usercode"
REVOKE = "/oauth/revoke"
WHOAMI = "/api/accounts/v1/user-auth-credential/whoami"
JWKS = "/.well-known/jwks.json"

MUTANTS = (
    Broken(AUTHORIZE, forgets_the_state, "oauth.authorize.state-returned"),
    Broken(AUTHORIZE, takes_the_plain_method, "oauth.authorize.s256-only"),
    Broken(AUTHORIZE, approves_what_was_declined, "oauth.authorize.error-tells-nothing"),
    Broken(AUTHORIZE, redirects_to_strangers, "oauth.authorize.foreign-redirect"),
    Broken(TOKEN, takes_a_code_twice, "oauth.code.single-use"),
    Broken(TOKEN, takes_any_verifier, "oauth.code.wrong-verifier"),
    Broken(TOKEN, needs_no_verifier, "oauth.code.verifier-required"),
    Broken(TOKEN, takes_any_redirect_uri, "oauth.code.wrong-redirect-uri"),
    Broken(TOKEN, lets_codes_live, "oauth.code.expires"),
    Broken(TOKEN, gives_tokens_to_a_get, "oauth.token.post-only"),
    Broken(TOKEN, lets_caches_store_tokens, "oauth.tokens.no-store"),
    Broken(TOKEN, writes_the_life_as_text, "oauth.tokens.expires-in"),
    Broken(TOKEN, writes_the_life_as_text, "oauth.contract.messages", seen_by="oauth.tokens.type"),
    Broken(TOKEN, names_another_audience, "oauth.id-token.audience"),
    Broken(TOKEN, forgets_the_nonce, "oauth.id-token.nonce"),
    Broken(TOKEN, forgets_the_account, "oauth.claims.account"),
    Broken(TOKEN, explains_with_a_page, "oauth.token.error-readable"),
    Broken(TOKEN, repeats_what_was_sent, "oauth.token.errors-tell-no-secrets"),
    Broken(TOKEN, refuses_json, "oauth.refresh.json"),
    Broken(TOKEN, keeps_the_refresh_token, "oauth.refresh.rotates"),
    Broken(TOKEN, revives_old_refresh_tokens, "oauth.refresh.old-token-dead"),
    Broken(TOKEN, calls_reuse_a_bad_request, "oauth.refresh.reuse-final"),
    Broken(TOKEN, calls_reuse_an_invalid_grant, "oauth.refresh.reuse-code"),
    Broken(REVOKE, revokes_nothing, "oauth.revoke.ends-refreshes"),
    Broken(REVOKE, refuses_to_revoke_what_it_does_not_know, "oauth.revoke.unknown"),
    Broken(USER_CODE, writes_the_interval_as_a_number, "oauth.device.interval-text"),
    Broken(POLL, lets_devices_wait_as_the_standard_does, "oauth.device.pending"),
    Broken(POLL, slows_devices_down, "oauth.device.polls-at-once"),
    Broken(POLL, gives_a_device_its_code_twice, "oauth.device.collected-once"),
    Broken(POLL, looks_at_the_device_id_only, "oauth.device.wrong-user-code"),
    Broken(POLL, gives_devices_another_code, "oauth.device.person-approves"),
    Broken(USER_CODE, ends_device_codes_early, "oauth.device.life-long-enough"),
    Broken(WHOAMI, believes_what_a_token_says, "oauth.whoami.altered"),
    Broken(WHOAMI, believes_what_a_token_says, "oauth.whoami.expired"),
    Broken(WHOAMI, wants_an_account_header, "oauth.personal-token.owner"),
    Broken(WHOAMI, hides_the_address, "oauth.personal-token.email"),
    Broken(WHOAMI, asks_for_a_token_once, "oauth.personal-token.each-start"),
    Broken(WHOAMI, knows_tokens_by_their_beginning, "oauth.personal-token.whole"),
    Broken(TOKEN, logs_in_with_a_personal_token, "oauth.personal-token.refreshes-nothing"),
    Broken(JWKS, publishes_another_key, "oauth.id-token.signature"),
    Broken(JWKS, publishes_the_private_key, "oauth.jwks.public"),
    Broken("/.well-known/openid-configuration", names_another_issuer, "oauth.discovery.issuer"),
)


@pytest.mark.parametrize("broken", MUTANTS, ids=str)
def test_a_broken_server_is_found_out_by_name(mutated, find_out, broken):
    find_out(mutated(broken.where, broken.mutation), broken)


def test_the_server_that_was_not_broken_passes(mutated, acquit):
    acquit(mutated(".*", changes_nothing), MUTANTS)
