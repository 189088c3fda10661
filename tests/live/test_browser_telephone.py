"""The telephone in the browser, with a real Chromium, a real Asterisk and a customer on a real telephone."""

import time
from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest
from playwright.async_api import Browser

from tests.live.scene import Scene, until
from tests.phones.browser_phone import BrowserPhone, browser_phone, chromium

pytestmark = pytest.mark.browser

NUMBER = "801"
"""Leads to the queue that Dave serves, who has no telephone on his desk."""
WITHOUT_SOUND_SECONDS_MAX = 5.0
"""While a page is loaded anew: well before its leg counts as lost. The promise of 0.6 s is measured (`tests/bench/page.py`)."""
MUSIC_SECONDS_MAX = 3.0
"""From a page's end to music; the promise is 2 s."""
LOST_SECONDS_MIN, LOST_SECONDS_MAX = 7.5, 15.0
"""From a page's end to the next agent."""


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as running:
        yield running


@pytest.fixture
async def dave(scene: Scene, browser: Browser) -> AsyncIterator[BrowserPhone]:
    """Dave's window, logged on; afterwards he has logged off there."""
    async with browser_phone(browser, scene.stack.desktop_url, "dave") as phone:
        await phone.log_on(telephone="browser")
        yield phone
        # Over another page: the test may have closed its own.
        again = await phone.page.context.new_page()
        await again.goto(f"{scene.stack.desktop_url}/healthz")
        await again.evaluate("fetch('/api/v1/session', {method: 'DELETE'})")


async def registered(phone: BrowserPhone, scene: Scene) -> None:
    """The telephone is there, and everybody knows."""
    assert (await phone.register())["what"] == "registered"
    await until("the telephone is there", lambda: _is_there(phone, is_there=True))


async def _is_there(phone: BrowserPhone, *, is_there: bool) -> bool:
    _, me = await phone.ask("GET", "/me")
    return bool(me["telephone"] == {**me["telephone"], "kind": "browser", "registered": is_there})


async def connected(phone: BrowserPhone, scene: Scene) -> str:
    """A customer and Dave talk."""
    await registered(phone, scene)
    await scene.dave.available()
    await scene.queued(NUMBER)
    await phone.until("rings")
    await phone.answer()
    await scene.hear({"customer": {"dave"}})
    await phone.until_hears("customer")
    return await scene.interaction_of("dave")


async def test_a_customer_rings_in_the_page_and_both_hear_each_other(scene: Scene, dave: BrowserPhone) -> None:
    interaction = await connected(dave, scene)

    channels = await scene.ari("/channels")
    assert {channel["name"].split("-0")[0] for channel in channels} == {"PJSIP/2001", "PJSIP/1004-web"}
    await scene.dave.does("end", interaction)
    await dave.until("ended")


async def test_accept_on_the_desktop_makes_the_page_answer_by_itself(scene: Scene, dave: BrowserPhone) -> None:
    await registered(dave, scene)
    await scene.dave.available()
    await scene.queued(NUMBER)
    await dave.until("rings")

    await scene.dave.does("accept", await scene.interaction_of("dave"))

    await dave.until("answered")
    await scene.hear({"customer": {"dave"}})


async def test_no_call_is_offered_while_the_page_is_not_there_and_it_is_when_it_comes(scene: Scene, dave: BrowserPhone) -> None:
    await scene.dave.available()
    await scene.queued(NUMBER)
    assert (await scene.state_of("dave", "available"))["telephone"]["registered"] is False

    assert (await dave.register())["what"] == "registered"

    await dave.until("rings")


async def test_a_wrong_password_and_one_of_a_login_that_is_over_are_refused(scene: Scene, dave: BrowserPhone) -> None:
    _, told = await dave.ask("GET", "/me/telephone")
    assert (await dave.register(password="guessed"))["what"] == "refused"
    assert (await dave.register())["what"] == "registered"

    assert (await dave.ask("DELETE", "/session"))[0] == 204
    await dave.until("closed")
    await dave.log_on(telephone="browser")

    # Over another login's WebSocket: the password itself is dead.
    assert (await dave.register_with(told))["what"] == "refused"
    assert (await dave.register())["what"] == "registered"


async def test_a_page_can_not_register_anothers_telephone(dave: BrowserPhone) -> None:
    refused = await dave.register(register_as="1003-web")

    assert (refused["what"], refused["code"]) == ("closed", 1008)


@pytest.mark.parametrize(
    ("origin", "has_cookie", "status"), [("https://elsewhere.example", True, 403), (None, True, 403), ("own", False, 401)]
)
async def test_nobody_gets_to_asterisk_from_another_page_or_without_a_login(
    scene: Scene, dave: BrowserPhone, http: aiohttp.ClientSession, origin: str | None, has_cookie: bool, status: int
) -> None:
    url = scene.stack.desktop_url
    cookies = await dave.page.context.cookies(f"{url}/api/v1/sip")
    headers = {} if origin is None else {"Origin": url if origin == "own" else origin}
    if has_cookie:
        headers["Cookie"] = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in cookies)

    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await http.ws_connect(f"{url}/api/v1/sip", protocols=("sip",), headers=headers)

    assert refused.value.status == status


async def test_a_page_that_is_closed_is_noticed_at_once(scene: Scene, dave: BrowserPhone) -> None:
    await registered(dave, scene)

    await dave.page.close()
    began = time.monotonic()
    await until("the telephone is gone", lambda: _is_gone(scene))

    assert time.monotonic() - began < 2.0


async def _is_gone(scene: Scene) -> bool:
    return not (await scene.dave.me())["telephone"]["registered"]


# --- In the middle of a call -------------------------------------------------------------------------------------------


async def test_a_page_that_is_loaded_anew_in_a_call_loses_nothing(
    scene: Scene, dave: BrowserPhone, record_property: Callable[[str, object], None]
) -> None:
    interaction = await connected(dave, scene)
    since = time.time()

    await dave.load(scene.stack.desktop_url)
    assert (await dave.register())["what"] == "registered"
    assert (await dave.ask("POST", "/me/telephone/reconnect"))[0] == 200
    await dave.until("answered", since=since)

    first = await scene.ear.wait_for_first("customer", "dave", since, in_a_row=3)
    await scene.hear({"customer": {"dave"}})
    await dave.until_hears("customer")
    gap = scene.ear.longest_gap("customer", since)
    record_property("seconds until heard again", round(first.at - since, 3))
    record_property("seconds without a packet", round(gap.seconds, 3))
    assert gap.seconds <= WITHOUT_SOUND_SECONDS_MAX
    told = await scene.phase(interaction, "connected", seen_by="dave")
    assert (told["owner"], told["customer"]["leg"]) == ("dave", "talking")
    assert len(await scene.ari("/channels")) == 2, "the leg that was is gone"


async def test_a_page_that_is_closed_in_a_call_leaves_the_customer_to_music_and_then_to_the_next_agent(
    scene: Scene, dave: BrowserPhone
) -> None:
    interaction = await connected(dave, scene)
    closed_at = time.time()

    await dave.page.close()

    await until("the customer waits with music", lambda: _customer_is_held(scene, interaction), seconds_max=MUSIC_SECONDS_MAX)
    await scene.carol.available()
    await scene.phones["carol"].incoming(seconds_max=LOST_SECONDS_MAX)
    assert time.time() - closed_at >= LOST_SECONDS_MIN, "it might have come back"
    await scene.picks_up("carol")
    await scene.hear({"customer": {"carol"}})
    await scene.owes_wrap_up("dave", interaction)


async def _customer_is_held(scene: Scene, interaction: str) -> bool:
    return bool((await scene.supervisor.interaction(interaction))["customer"]["leg"] == "held")


async def test_a_connection_that_breaks_leaves_the_sound_alone(scene: Scene, dave: BrowserPhone) -> None:
    interaction = await connected(dave, scene)
    since = time.time()

    await dave.break_connection()
    await dave.until("closed", since=since)
    assert (await dave.register())["what"] == "registered"
    await until("the telephone is there", lambda: _is_there(dave, is_there=True))

    await scene.hear({"customer": {"dave"}})
    assert scene.ear.longest_gap("customer", since).seconds < 0.2
    assert scene.ear.heard("customer", since) == {"dave"}
    assert (await scene.dave.interaction(interaction))["phase"] == "connected"
