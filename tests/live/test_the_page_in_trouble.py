"""What goes wrong with a page in the middle of a call, with the page itself in a real browser: who hears whom, and what it shows."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Mapping
from datetime import datetime

import pytest
from playwright.async_api import Browser, expect

from controller.asterisk.telephone_watch import GRACE_SECONDS
from tests.live.agent_page import AgentPage
from tests.live.conftest import Sits
from tests.live.fragile import LATE_SECONDS_MAX, FragileScene
from tests.live.scene import Scene, until
from tests.live.wire_cutter import WireCutter

pytestmark = pytest.mark.browser

WITHOUT_SOUND_SECONDS_MAX = 5.0
"""While a page is loaded anew: well before its leg counts as lost. The promise of 0.6 s is measured (`tests/bench/page.py`)."""
MUSIC_SECONDS_MAX = 3.0
"""From a page's end to music; the promise is 2 s."""
LOST_SECONDS_MIN, LOST_SECONDS_MAX = 7.5, 15.0
"""From a page's end to the next agent."""
START_SECONDS_MAX = 3.0
"""From the start of the controller until it watches telephones."""
AWAY_SECONDS = 3.0
"""Longer than a page waits before it says that the server does not answer."""

Hears = Mapping[str, set[str]]
TALK: Hears = {"customer": {"alice"}, "alice": {"customer"}}
PHASES: Mapping[str, Hears] = {
    "connected": TALK,
    "held": {"customer": {"music"}, "alice": set()},
    "consult_offered": {"customer": {"music"}},
    "consulting": {"customer": {"music"}, "alice": {"bob"}, "bob": {"alice"}},
    "consult_held": {"customer": {"alice"}, "alice": {"customer"}, "bob": {"music"}},
    "conference": {"customer": {"alice", "bob"}, "alice": {"customer", "bob"}, "bob": {"customer", "alice"}},
}
SERVER_IS_AWAY = ("Le serveur ne répond pas depuis", "The server has not answered for")


async def _channels(scene: Scene) -> int:
    return len(await scene.ari("/channels"))


# --- Loaded anew -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", PHASES)
async def test_a_page_that_is_loaded_anew_loses_nothing_in_any_phase(
    scene: Scene, sits: Sits, record_property: Callable[[str, object], None], phase: str
) -> None:
    alice = await sits("alice")
    interaction = await getattr(scene, phase)()
    await scene.hear(PHASES[phase])
    said, legs = await alice.page.locator(".say").inner_text(), await _channels(scene)
    since = time.time()

    await alice.page.reload()
    await alice.telephone_is_ready()

    await expect(alice.page.locator(".say")).to_have_text(said)
    await until("her leg is another one", lambda: _is_one_of(scene, legs))
    await scene.hear(PHASES[phase])
    gap = scene.ear.longest_gap("customer", since)
    record_property("seconds without a packet", round(gap.seconds, 3))
    assert gap.seconds <= WITHOUT_SOUND_SECONDS_MAX
    told = await scene.phase(interaction, phase)
    assert told["owner"] == "alice"
    await scene.customer.hang_up()
    await expect(alice.wrap_up_dialog).to_be_visible()
    await alice.until_hears(set())


async def _is_one_of(scene: Scene, legs: int) -> bool:
    return await _channels(scene) == legs


async def test_a_page_that_is_loaded_anew_while_a_customer_rings_rings_again(scene: Scene, sits: Sits) -> None:
    alice = await sits("alice")
    await scene.offered()
    await until("Asterisk knows that it rings", lambda: _rings_at_asterisk(scene, "1001-web"))

    await alice.page.reload()
    await alice.telephone_is_ready()
    await scene.answers("alice")

    await scene.hear(TALK)


async def test_a_page_that_is_loaded_anew_while_a_consult_rings_rings_again(scene: Scene, sits: Sits) -> None:
    bob = await sits("bob", "en")
    await scene.consult_offered()
    await until("Asterisk knows that it rings", lambda: _rings_at_asterisk(scene, "1002-web"))

    await bob.page.reload()
    await bob.telephone_is_ready()
    await scene.answers("bob")

    await scene.hear(PHASES["consulting"])


async def _rings_at_asterisk(scene: Scene, endpoint: str) -> bool:
    """An INVITE that was not answered with 180 yet is lost with the connection, and its leg with it."""
    return any(channel["state"] == "Ringing" and endpoint in channel["name"] for channel in await scene.ari("/channels"))


async def test_a_page_that_is_loaded_anew_in_the_wrap_up_keeps_the_reason_and_the_note(scene: Scene, sits: Sits) -> None:
    alice = await sits("alice", "en")
    await scene.connected()
    await scene.customer.hang_up()
    dialog = alice.wrap_up_dialog
    await dialog.get_by_role("option", name="Follow-up needed").click()
    await dialog.get_by_label("Note").fill("will call again on Monday")

    await alice.page.reload()

    await expect(dialog.get_by_label("Note")).to_have_value("will call again on Monday")
    await expect(dialog.get_by_role("option", name="Follow-up needed")).to_have_attribute("aria-selected", "true")
    await alice.press("Appliquer le motif", "Submit Wrap Up")
    await expect(dialog).to_have_count(0)


# --- Gone --------------------------------------------------------------------------------------------------------------


async def _closed(page: AgentPage) -> None:
    await page.page.close()


async def _killed(page: AgentPage) -> None:
    browser = page.page.context.browser
    assert browser is not None
    os.kill(await _process_of(browser), signal.SIGKILL)


async def _process_of(browser: Browser) -> int:
    session = await browser.new_browser_cdp_session()
    processes = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
    return next(int(each["id"]) for each in processes if each["type"] == "browser")


@pytest.mark.parametrize("goes", [_closed, _killed], ids=["closed", "killed"])
async def test_a_page_that_goes_in_a_call_leaves_the_customer_to_music_and_then_to_the_next_agent(
    scene: Scene, sits: Sits, goes: Callable[[AgentPage], asyncio.Future[None]]
) -> None:
    alice = await sits("alice")
    interaction = await scene.connected()
    await _pages_have_no_longer_than_usual(scene)
    gone_at = time.time()

    await goes(alice)

    await scene.ear.wait_for_first("customer", "music", gone_at, seconds_max=MUSIC_SECONDS_MAX, in_a_row=3)
    del scene.pages["alice"]
    await scene.bob.available()
    await scene.phones["bob"].incoming(seconds_max=LOST_SECONDS_MAX)
    assert time.time() - gone_at >= LOST_SECONDS_MIN, "it might have come back"
    await scene.picks_up("bob")
    await scene.hear({"customer": {"bob"}, "bob": {"customer"}})
    await scene.owes_wrap_up("alice", interaction)


async def _pages_have_no_longer_than_usual(scene: Scene) -> None:
    """Wait until the start of the controller is so long ago that pages have no more time to come back than on any day."""
    controller = scene.stack.controller.get_wrapped_container()
    await asyncio.to_thread(controller.reload)
    usual_from = datetime.fromisoformat(controller.attrs["State"]["StartedAt"]).timestamp() + START_SECONDS_MAX + GRACE_SECONDS
    await asyncio.sleep(max(0.0, usual_from - time.time()))


# --- The network -------------------------------------------------------------------------------------------------------


async def test_a_network_that_breaks_leaves_the_sound_alone_and_the_page_goes_on_when_it_is_back(scene: Scene, sits: Sits) -> None:
    async with WireCutter(target_port=scene.stack.desktop_port) as line:
        alice = await sits("alice", "en", url=f"http://127.0.0.1:{line.port}")
        await scene.connected()
        since = time.time()

        await line.cut()
        await expect(alice.page.locator(".banner")).to_contain_text(alice.word(*SERVER_IS_AWAY))
        await expect(alice.button("Mettre en attente", "Hold")).to_be_disabled()
        await scene.hear(TALK)
        line.mend()

        await expect(alice.page.locator(".banner")).to_have_count(0)
        await alice.telephone_is_ready()
        await scene.hear(TALK)
        assert scene.ear.heard("customer", since) == {"alice"}, "no music, however long it took"
        assert scene.ear.longest_gap("customer", since).seconds <= LATE_SECONDS_MAX
        await alice.press("Mettre en attente", "Hold")
        await scene.hear({"customer": {"music"}})
        # The other side's goodbye comes over the new connection.
        await scene.customer.hang_up()
        await expect(alice.wrap_up_dialog).to_be_visible()
        await alice.until_hears(set())


async def test_a_call_that_ends_while_the_network_is_broken_is_over_in_the_page_when_it_is_back(scene: Scene, sits: Sits) -> None:
    async with WireCutter(target_port=scene.stack.desktop_port) as line:
        alice = await sits("alice", url=f"http://127.0.0.1:{line.port}")
        await scene.connected()

        await line.cut()
        await scene.customer.hang_up()
        await scene.phase(await scene.interaction_of_wrap_up("alice"), "ended")
        line.mend()

        await expect(alice.wrap_up_dialog).to_be_visible()
        await alice.until_hears(set())
        await alice.wraps_up()
        await alice.telephone_is_ready()
        # Nothing is left of it: the next call rings and is heard.
        await scene.connected()


# --- Two tabs ----------------------------------------------------------------------------------------------------------


async def test_a_second_tab_takes_the_telephone_over_in_a_call_and_the_call_goes_on(scene: Scene, sits: Sits) -> None:
    first = await sits("alice", "en")
    await scene.connected()
    second = await first.another_tab()
    await expect(second.page.locator(".banner")).to_contain_text("The telephone is in another tab")
    await second.says("Vous parlez avec le client.", "You are talking with the customer.")
    since = time.time()

    await second.press("Prendre le téléphone ici", "Take the telephone here")
    await second.telephone_is_ready()

    scene.pages["alice"] = second
    await scene.hear(TALK)
    await expect(first.page.locator(".banner")).to_contain_text("The telephone is in another tab")
    await first.until_hears(set())
    assert scene.ear.longest_gap("customer", since).seconds <= WITHOUT_SOUND_SECONDS_MAX
    # The one without the telephone steers the same call, and its end costs nothing.
    await first.press("Mettre en attente", "Hold")
    await scene.hear({"customer": {"music"}})
    await first.page.close()
    await second.press("Reprise", "Resume")
    await scene.hear(TALK)


# --- The login ---------------------------------------------------------------------------------------------------------


async def test_who_logs_out_in_a_call_talks_on_and_has_everything_back_with_the_next_login(scene: Scene, sits: Sits) -> None:
    alice = await sits("alice", "en")
    await scene.connected()

    await alice.press("Se déconnecter", "Log out")
    await expect(alice.button("Se connecter", "Log in")).to_be_visible()
    await scene.hear(TALK)
    await alice.log_in()

    await alice.says("Vous parlez avec le client.", "You are talking with the customer.")
    await scene.hear(TALK)
    await _next_call_works(scene, alice)


async def test_a_session_that_ends_elsewhere_in_a_call_is_said_and_leaves_the_sound_alone(scene: Scene, sits: Sits) -> None:
    alice = await sits("alice", "en")
    await scene.connected()

    await alice.page.evaluate("fetch('/api/v1/session', {method: 'DELETE'})")

    await expect(alice.page.get_by_role("alert")).to_contain_text("Your session has ended.")
    await scene.hear(TALK)
    await alice.log_in()
    await _next_call_works(scene, alice)


async def _next_call_works(scene: Scene, alice: AgentPage) -> None:
    """The customer hangs up and calls again, and is heard in the same page."""
    await scene.customer.hang_up()
    await alice.wraps_up()
    await alice.telephone_is_ready()
    await scene.connected()


# --- The controller and Asterisk ---------------------------------------------------------------------------------------


async def test_a_controller_that_dies_in_a_call_is_said_and_the_page_goes_on_where_it_was(
    fragile: FragileScene, fragile_sits: Sits
) -> None:
    alice = await fragile_sits("alice", "en")
    sockets: list[str] = []
    alice.page.on("websocket", lambda opened: sockets.append(opened.url))
    await fragile.connected()
    died_at = time.time()

    await fragile.controller_dies()
    await expect(alice.page.locator(".banner")).to_contain_text(alice.word(*SERVER_IS_AWAY))
    await fragile.sounds_untouched({"customer": {"alice"}}, seconds=AWAY_SECONDS, since=died_at)
    await fragile.controller_starts()

    await expect(alice.page.locator(".banner")).to_have_count(0)
    assert any("/events?after=" in url for url in sockets), "it asked for what it had missed"
    await alice.telephone_is_ready()
    await fragile.hear(TALK)
    await fragile.sounds_untouched({"customer": {"alice"}}, seconds=AWAY_SECONDS, since=died_at)
    await alice.press("Mettre en attente", "Hold")
    await fragile.hear({"customer": {"music"}})


async def test_asterisk_that_was_started_anew_has_the_pages_telephone_again_and_the_next_call_is_heard(
    fragile: FragileScene, fragile_sits: Sits
) -> None:
    alice = await fragile_sits("alice", "en")
    await fragile.connected()

    await fragile.asterisk_restarts()
    await alice.wraps_up()
    await alice.until_hears(set())
    for phone in fragile.phones.values():
        if phone.live_calls:
            await phone.hang_up()  # telephones do not know that the exchange has forgotten their calls

    await alice.telephone_is_ready()
    await fragile.connected()
