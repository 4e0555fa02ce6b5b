"""The login pages in a real browser, as people use them."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from codex_mockserver.world.authorization_codes import challenge_of
from codex_mockserver.world.device_codes import AuthorizationPending, begin_device_login, poll_device
from codex_mockserver.world.logins import deny_login
from codex_mockserver.world.tokens import CODEX_CLIENT_ID, GrantRejected

pytestmark = pytest.mark.browser

VERIFIER = "v" * 43
VIEWS = {
    "desktop-light": (1280, 800, "light"),
    "desktop-dark": (1280, 800, "dark"),
    "phone-light": (360, 640, "light"),
    "phone-dark": (360, 640, "dark"),
}


def authorize_url(site, **changed):
    query = {
        "response_type": "code",
        "client_id": CODEX_CLIENT_ID,
        "redirect_uri": f"{site.url}/auth/callback",
        "scope": "openid profile email offline_access",
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
        "state": "state-1",
        "originator": "codex_cli_rs",
        **changed,
    }
    return f"{site.url}/oauth/authorize?{urlencode(query)}"


def device_url(site):
    return f"{site.url}/codex/device"


async def callback(page):
    """Return the query with which the browser came back to the client."""
    address = urlsplit(await page.evaluate("location.href"))
    assert address.path == "/auth/callback"
    return {name: values[0] for name, values in parse_qs(address.query).items()}


async def pick(page, label):
    await page.evaluate(
        "(() => { const s = document.querySelector('select');"
        f" s.value = [...s.options].find(o => o.text.includes('{label}')).value; }})()"
    )


async def focused(page):
    return await page.evaluate("document.activeElement.value || document.activeElement.tagName.toLowerCase()")


async def test_approving_with_the_second_workspace_brings_a_code_for_it(page, site):
    await page.goto(authorize_url(site))
    await pick(page, "Acme Research")
    async with page.navigation():
        await page.click("button[value=approve]")
    query = await callback(page)
    assert query["state"] == "state-1"
    code = site.world.state.authorization_codes[query["code"]]
    assert code.workspace == site.world.account("team").workspaces[1].id


async def test_denying_goes_back_with_access_denied(page, site):
    await page.goto(authorize_url(site))
    async with page.navigation():
        await page.click("button[value=deny]")
    query = await callback(page)
    assert (query["error"], query["state"]) == ("access_denied", "state-1")


async def test_a_page_that_was_used_says_that_the_login_is_over(page, site):
    await page.goto(authorize_url(site))
    (login,) = site.world.state.logins.values()
    deny_login(login)
    async with page.navigation():
        await page.click("button[value=approve]")
    assert "This login is over" in await page.evaluate("document.querySelector('[role=alert]').textContent")


async def test_login_with_the_keyboard_alone(page, site):
    """The cursor is on the account, which arrows change; the next stop approves."""
    await page.goto(authorize_url(site))
    await page.press("ArrowDown")
    assert await focused(page) == site.world.account("pro").workspaces[0].id
    await page.press("Tab")
    assert await focused(page) == "approve"
    outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    async with page.navigation():
        await page.press("Enter")
    code = site.world.state.authorization_codes[(await callback(page))["code"]]
    assert code.account == "pro"


async def test_approving_a_device_with_the_keyboard_alone(page, site):
    """The cursor is in the code field, and Enter approves with the account shown."""
    device = begin_device_login(site.world, CODEX_CLIENT_ID)
    await page.goto(device_url(site))
    await page.type(device.user_code.lower().replace("-", " "))
    async with page.navigation():
        await page.press("Enter")
    assert await page.evaluate("document.querySelector('h1').textContent") == "Device connected"
    assert poll_device(site.world, device.id, device.user_code).authorization_code


async def test_denying_a_device_declines_it(page, site):
    device = begin_device_login(site.world, CODEX_CLIENT_ID)
    await page.goto(device_url(site))
    await page.type(device.user_code)
    async with page.navigation():
        await page.click("button[value=deny]")
    assert await page.evaluate("document.querySelector('h1').textContent") == "Login declined"
    with pytest.raises(GrantRejected, match="authorization_declined"):
        poll_device(site.world, device.id, device.user_code)


async def test_a_wrong_code_is_announced_and_can_be_corrected(page, site):
    device = begin_device_login(site.world, CODEX_CLIENT_ID)
    await page.goto(device_url(site))
    await pick(page, "free@")
    await page.type("WRNG-CCDDD")
    async with page.navigation():
        await page.press("Enter")
    assert (await page.evaluate("document.title")).startswith("Error")
    assert ("alert", "") in [(role, "") for role, _ in await page.accessibility()]
    assert await focused(page) == "WRNG-CCDDD"
    with pytest.raises(AuthorizationPending):
        poll_device(site.world, device.id, device.user_code)
    await page.evaluate("document.activeElement.select()")
    await page.type(device.user_code)
    async with page.navigation():
        await page.press("Enter")
    collected = poll_device(site.world, device.id, device.user_code)
    assert site.world.state.authorization_codes[collected.authorization_code].account == "free"


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("address", [authorize_url, device_url], ids=["authorize", "device"])
async def test_the_page_fits_the_screen(page, site, tmp_path, address, view):
    """Nothing scrolls sideways, fields are large enough to touch, and the text has contrast."""
    width, height, scheme = VIEWS[view]
    await page.show_as(width, height, scheme=scheme)
    await page.goto(address(site))
    (tmp_path / f"{view}.png").write_bytes(await page.screenshot())
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    heights = "[...document.querySelectorAll('select, button, input:not([type=hidden])')].map(e => e.offsetHeight)"
    assert min(await page.evaluate(heights)) >= 44
    for selector in ("h1", "p", "button.primary", "button:not(.primary)", "footer"):
        assert await page.contrast(selector) >= 4.5, selector


async def test_the_pages_can_be_read_aloud(page, site):
    """Every field has a name, there is one heading of the first level, and the language is told."""
    for address in (authorize_url(site), device_url(site)):
        await page.goto(address)
        tree = await page.accessibility()
        assert [role for role, _ in tree].count("heading") == 1
        assert {role for role, _ in tree} >= {"main", "combobox", "button"}
        fields = [name for role, name in tree if role in ("combobox", "textbox", "button")]
        assert fields
        assert all(fields)
        assert await page.evaluate("document.documentElement.lang") == "en"


async def test_text_of_the_client_is_shown_as_text(page, site):
    await page.goto(authorize_url(site, originator="<img src=x onerror=alert(1)>"))
    assert await page.evaluate("document.images.length") == 0
    assert "<img src=x" in await page.evaluate("document.querySelector('main').textContent")


async def test_a_page_asks_for_nothing_else(page, site):
    await page.goto(authorize_url(site))
    assert [exchange.path for exchange in site.journal] == ["/oauth/authorize"]
