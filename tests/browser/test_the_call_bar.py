"""The call bar shows what the server allows and refuses, and nothing of its own."""

import asyncio
from dataclasses import replace
from typing import Any

from playwright.async_api import expect

from tests.browser.conftest import Opener
from tests.browser.scenes import scenes


async def test_a_refused_button_is_reached_by_keyboard_and_says_why(opens: Opener) -> None:
    seen = await opens("connected")
    conference = seen.button("Conférence", "Conference")

    await seen.button("Mettre en attente", "Hold").focus()
    for _ in range(3):
        await seen.page.keyboard.press("ArrowRight")

    await expect(conference).to_be_focused()
    await expect(conference).to_have_attribute("aria-disabled", "true")
    await expect(conference).to_have_accessible_description("Consult somebody first.")
    await expect(seen.page.locator(".say")).to_contain_text("Conference, not now: Consult somebody first.")
    await seen.page.keyboard.press("Enter")
    assert seen.api.asked == []


async def test_a_button_is_drawn_only_where_the_server_names_its_action(opens: Opener) -> None:
    seen = await opens("agent2")

    for word in ("Hold", "Resume", "Consult", "Transfer", "Conference", "End"):
        await expect(seen.page.get_by_role("button", name=word, exact=True)).to_have_count(0)
    await expect(seen.page.get_by_text("Alice Martin leads the call")).to_be_visible()


async def test_a_press_sends_the_revision_that_was_seen_and_is_sent_once(opens: Opener) -> None:
    seen = await opens("connected")
    asked: list[Any] = []
    seen.page.on("request", lambda request: asked.append(request) if request.method == "POST" else None)

    await seen.button("Mettre en attente", "Hold").dblclick()
    await expect(seen.page.locator(".ob.sent")).to_have_count(0)

    assert [request.headers["if-match"] for request in asked if request.url.endswith("/hold")] == ["17"]
    assert all(request.headers["idempotency-key"] for request in asked)


async def test_nothing_is_drawn_as_done_before_the_server_says_so(opens: Opener) -> None:
    seen = await opens("connected")
    await seen.press("Mettre en attente", "Hold")

    await expect(seen.button("Mettre en attente", "Hold")).to_be_visible()
    held = scenes("en")["held"].interactions[0] | {"revision": 18}
    await seen.api.say("interaction", held)

    await expect(seen.button("Reprise", "Resume")).to_be_visible()
    await expect(seen.page.locator(".lane.hold .chip")).to_contain_text("Camille Laurent")


async def test_focus_stays_on_its_place_when_the_action_there_changes(opens: Opener) -> None:
    seen = await opens("connected")
    await seen.button("Mettre en attente", "Hold").focus()
    await seen.page.keyboard.press("Enter")

    await seen.api.say("interaction", scenes("en")["held"].interactions[0] | {"revision": 18})

    await expect(seen.button("Reprise", "Resume")).to_be_focused()
    # After a press nothing is previewed until pointer or focus moves.
    await expect(seen.page.locator(".say.will")).to_have_count(0)


async def test_a_refusal_of_the_server_is_told_in_its_own_words(opens: Opener) -> None:
    seen = await opens("connected")
    seen.api.answers["/interactions/one/hold"] = (409, {"code": "not-now", "detail": "The customer has just hung up."})

    await seen.press("Mettre en attente", "Hold")

    await expect(seen.page.locator(".banner")).to_contain_text("The customer has just hung up.")


async def test_shortcuts_press_the_places_and_are_off_while_somebody_types(opens: Opener) -> None:
    seen = await opens("consulting")
    await seen.page.keyboard.press("Control+Shift+Digit4")
    await expect(seen.page.locator(".ob.sent")).to_have_count(0)
    assert [path for _, path, _ in seen.api.asked] == ["/interactions/one/conference"]

    await seen.page.get_by_role("searchbox", name="Search colleagues").focus()
    await seen.page.keyboard.press("Control+Shift+Digit1")
    assert len(seen.api.asked) == 1


async def test_the_keypad_sends_digits_by_mouse_and_by_keyboard(opens: Opener) -> None:
    seen = await opens("connected")
    await seen.press("Clavier", "Keypad")
    await seen.page.get_by_role("button", name="4 GHI").click()
    await seen.page.keyboard.press("#")

    await expect(seen.page.get_by_text("4 #")).to_be_visible()
    await seen.api.receives("POST", "/interactions/one/dtmf", [{"digits": "4"}, {"digits": "#"}])


async def test_keys_pressed_faster_than_the_server_answers_are_all_sent_in_their_order(opens: Opener) -> None:
    seen = await opens("connected")
    seen.api.may_answer = asyncio.Event()
    await seen.press("Clavier", "Keypad")
    await seen.page.get_by_role("button", name="1", exact=True).focus()
    await seen.page.keyboard.type("1234")
    await seen.api.receives("POST", "/interactions/one/dtmf", [{"digits": "1"}])

    seen.api.may_answer.set()

    await seen.api.receives("POST", "/interactions/one/dtmf", [{"digits": "1"}, {"digits": "234"}])


async def test_a_member_of_a_conference_is_put_out_by_their_own_leg(opens: Opener) -> None:
    seen = await opens("conference8")
    await seen.page.get_by_role("button", name="Remove Carol Petit from the call").click()
    await expect(seen.page.get_by_role("button", name="Remove Carol Petit from the call")).to_be_visible()

    await seen.api.receives("POST", "/interactions/one/drop", [{"leg": "leg-carol"}])


async def test_the_other_actions_send_what_the_contract_says(opens: Opener) -> None:
    scene = scenes("en")["conference3"]
    seen = await opens(replace(scene, interactions=({**scene.interactions[0], "recording": "on"},)))
    await seen.press("Enregistrer", "Record")
    await seen.press("Transférer", "Transfer")
    await seen.press("Quitter la conférence", "Exit Conference")
    await expect(seen.page.locator(".banner.stop")).to_have_count(0)

    await seen.api.receives("POST", "/interactions/one/recording", [{"on": False}])
    await seen.api.receives("POST", "/interactions/one/transfer", [None])
    await seen.api.receives("POST", "/interactions/one/leave-conference", [None])
