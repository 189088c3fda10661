"""The telephone in the page: it registers, rings, answers by itself or by a press, and one tab owns it."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Opener
from tests.browser.pages import Seen
from tests.browser.scenes import Scene, me, scenes

BROWSER = {"kind": "browser", "registered": True, "elsewhere": False, "user": "1001-web", "password": "once", "websocket": "/api/v1/sip"}
AT_HOME = {"telephone": {"kind": "browser", "registered": True, "since": None}}


def _with_telephone(name: str, language: str = "en", **change: Any) -> Scene:
    scene = scenes(language)[name]
    return Scene(**{**vars(scene), "telephone": BROWSER, "me": scene.me | AT_HOME, **change})


async def _ready(seen: Seen) -> None:
    await expect(seen.page.locator(".phone")).to_contain_text(seen.word("dans cette page", "in this page"))
    await expect(seen.page.locator(".phone")).to_contain_text(seen.word("Téléphone prêt", "Telephone ready"))


async def _rung(opens: Opener) -> Seen:
    """A page whose telephone has just begun to ring."""
    seen = await opens(_with_telephone("available"))
    await _ready(seen)
    await seen.api.say("interaction", scenes("en")["offer"].interactions[0])
    await seen.api.sip.call()
    await seen.api.sip.hears("SIP/2.0 180")
    return seen


async def test_the_page_registers_with_the_user_of_its_login(opens: Opener) -> None:
    seen = await opens(_with_telephone("available"))
    await _ready(seen)

    assert "sip:1001-web@127.0.0.1" in await seen.api.sip.hears("REGISTER")


async def test_a_registration_that_is_refused_is_tried_again_with_the_password_of_now(opens: Opener) -> None:
    """Asterisk was started anew: the page is back before its password is."""
    seen = await opens(_with_telephone("available"), before=lambda api: setattr(api.sip, "refuses", 1))

    await _ready(seen)

    assert seen.api.sip.said("REGISTER") == 2
    assert seen.api.sip.pages == 1


async def test_a_page_that_is_opened_while_asterisk_is_away_becomes_the_telephone_when_it_is_back(opens: Opener) -> None:
    away = {"code": "asterisk-unavailable", "status": 503, "detail": "Asterisk can't be reached now."}
    seen = await opens(_with_telephone("available"), before=lambda api: api.answers.update({"/me/telephone": (503, away)}))
    await expect(seen.page.get_by_role("button", name="State")).to_be_visible()

    del seen.api.answers["/me/telephone"]

    await _ready(seen)


async def test_accept_answers_in_the_page_and_asks_the_server_for_nothing(opens: Opener) -> None:
    seen = await _rung(opens)

    await seen.press("Accepter", "Accept")
    answer = await seen.api.sip.is_answered()
    assert "a=fingerprint" in answer
    assert "PCMU" in answer
    assert seen.api.asked == []


async def test_a_call_that_asks_for_it_is_answered_by_itself(opens: Opener) -> None:
    seen = await opens(_with_telephone("available"))
    await _ready(seen)
    await seen.api.sip.call(answers_itself=True)

    await seen.api.sip.is_answered()


async def test_a_page_that_is_loaded_anew_in_a_call_has_its_leg_rung_again(opens: Opener) -> None:
    seen = await opens(_with_telephone("connected"))
    await _ready(seen)

    async with seen.page.expect_request("**/me/telephone/reconnect"):
        await seen.page.reload()
    await seen.api.sip.call(answers_itself=True)
    await seen.api.sip.is_answered()
    assert seen.api.sip.said("BYE") == 0


async def test_a_page_that_is_loaded_anew_while_it_rings_rings_again(opens: Opener) -> None:
    seen = await _rung(opens)
    seen.api.scene = _with_telephone("offer")

    async with seen.page.expect_request("**/me/telephone/reconnect"):
        await seen.page.reload()


async def test_the_sip_call_ends_when_the_server_says_that_the_leg_is_gone(opens: Opener) -> None:
    seen = await opens(_with_telephone("connected"))
    await _ready(seen)
    await seen.api.sip.call(answers_itself=True)
    await seen.api.sip.is_answered()

    await seen.api.say("interaction", scenes("en")["ended"].interactions[0] | {"revision": 18})
    await seen.api.sip.hears("BYE")


async def test_a_second_tab_shows_the_same_without_the_sound_and_can_take_the_telephone(opens: Opener) -> None:
    first = await opens(_with_telephone("available"))
    await _ready(first)
    second = Seen(page=await first.page.context.new_page(), api=first.api, language="en")
    await second.open("/")
    await expect(second.page.locator(".banner")).to_contain_text("The telephone is in another tab")
    assert await second.violations() == []
    await second.shoot("other-tab")

    await second.press("Prendre le téléphone ici", "Take the telephone here")
    await _ready(second)
    await expect(first.page.locator(".banner")).to_contain_text("The telephone is in another tab")

    # Whoever waits gets it when the owner is closed.
    await second.page.close()
    await _ready(first)


async def test_a_tab_that_loses_the_telephone_in_a_call_says_no_goodbye(opens: Opener) -> None:
    first = await opens(_with_telephone("connected"))
    await _ready(first)
    await first.api.sip.call(answers_itself=True)
    await first.api.sip.is_answered()
    second = Seen(page=await first.page.context.new_page(), api=first.api, language="en")
    await second.open("/")
    async with second.page.expect_request("**/me/telephone/reconnect"):
        await second.press("Prendre le téléphone ici", "Take the telephone here")

    await expect(first.page.locator(".banner")).to_be_visible()
    assert first.api.sip.said("BYE") == 0


async def test_a_telephone_that_another_login_has_is_taken_by_a_press(opens: Opener) -> None:
    elsewhere = {**BROWSER, "elsewhere": True, "password": None, "user": None, "websocket": None}
    seen = await opens(_with_telephone("available", telephone=elsewhere))
    await expect(seen.page.locator(".banner")).to_contain_text("The telephone is in another tab")
    seen.api.scene = _with_telephone("available")

    async with seen.page.expect_request("**/me/telephone?take=true"):
        await seen.press("Prendre le téléphone ici", "Take the telephone here")
    await _ready(seen)


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_the_microphone_is_checked_before_the_first_available(opens: Opener, language: str) -> None:
    idle = scenes(language)["idle"].me | AT_HOME
    seen = await opens(
        _with_telephone("idle", language, me=idle), language, theme="light" if language == "fr" else "dark", permissions=["microphone"]
    )
    await _ready(seen)
    await seen.page.get_by_role("button", name=seen.word("État", "State")).click()
    await seen.page.get_by_role("menuitemradio", name=seen.word("Disponible", "Available"), exact=True).click()

    await expect(seen.page.get_by_role("meter")).to_be_visible()
    assert await seen.violations() == []
    await seen.shoot("mic-check")
    assert seen.api.asked == []
    await seen.press("Me rendre disponible", "Make me available")
    await expect(seen.page.get_by_role("dialog")).to_have_count(0)
    await seen.api.receives("PUT", "/me/state", [{"state": "available"}])


async def test_a_telephone_without_a_microphone_takes_no_calls_until_it_has_one(opens: Opener) -> None:
    headset = """
      const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
      window.headset = {plugged: true, stream: null}
      navigator.mediaDevices.getUserMedia = async wanted => {
        if (!window.headset.plugged) throw new DOMException('no', 'NotFoundError')
        return (window.headset.stream = await real(wanted))
      }
    """
    seen = await opens(_with_telephone("available"), script=headset, permissions=["microphone"])
    await _ready(seen)

    await seen.page.evaluate(
        """() => {
          window.headset.plugged = false
          for (const track of window.headset.stream.getTracks()) track.stop()
          navigator.mediaDevices.dispatchEvent(new Event('devicechange'))
        }"""
    )
    await seen.api.sip.hears("REGISTER", with_text="Expires: 0")
    await expect(seen.page.locator(".banner")).to_contain_text("No microphone found")

    registered = seen.api.sip.said("REGISTER")
    await seen.page.evaluate("() => { window.headset.plugged = true }")
    await seen.press("Réessayer", "Try again")
    await _ready(seen)
    assert seen.api.sip.said("REGISTER") > registered


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_a_refused_microphone_is_said_before_anybody_calls(opens: Opener, language: str) -> None:
    refuse = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))"
    seen = await opens(_with_telephone("idle", language, me=me(state="idle") | AT_HOME), language, script=refuse)

    await expect(seen.page.locator(".banner")).to_contain_text(
        seen.word("Le navigateur refuse le micro", "The browser refuses the microphone")
    )
    await expect(seen.page.locator(".phone.bad")).to_be_visible()
    assert await seen.violations() == []
    await seen.shoot("mic-refused")
