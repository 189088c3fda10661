"""Logging in, the agent's state, offers, wrap-up, the history, and a server that goes away and comes back."""

import asyncio
import re
from dataclasses import replace

import pytest
from playwright.async_api import Route, expect

from tests.browser.conftest import Opener
from tests.browser.scenes import ago, ahead, me, scenes


async def test_somebody_logs_in_by_keyboard_and_is_asked_again_when_the_session_ends(opens: Opener) -> None:
    seen = await opens("login", "fr")
    await seen.page.keyboard.type("alice")
    await seen.page.keyboard.press("Tab")
    await seen.page.keyboard.type("alice")
    await seen.page.keyboard.press("Enter")
    await expect(seen.page.get_by_role("button", name="Se déconnecter")).to_be_visible()
    await seen.api.receives("POST", "/session", [{"agent": "alice", "password": "alice"}])

    await seen.api.cut(code=4001)
    await expect(seen.page.get_by_role("alert")).to_contain_text("Votre session est terminée")


async def test_a_wrong_password_is_told_and_the_focus_is_not_lost(opens: Opener) -> None:
    seen = await opens("login")
    seen.api.answers["/session"] = (401, {"code": "bad-credentials", "detail": "No."})
    await seen.page.get_by_role("textbox", name="Agent ID").fill("alice")
    await seen.page.get_by_label("Password", exact=True).fill("wrong")
    await seen.press("Se connecter", "Log in")

    await expect(seen.page.get_by_role("alert")).to_contain_text("Wrong agent ID or password.")


async def test_the_language_is_the_browsers_until_another_is_chosen(opens: Opener) -> None:
    seen = await opens("login", "fr")
    await expect(seen.page.locator("html")).to_have_attribute("lang", "fr")
    await seen.page.get_by_role("button", name="English").click()
    await expect(seen.page.get_by_role("button", name="Log in")).to_be_visible()
    await seen.page.reload()
    await expect(seen.page.locator("html")).to_have_attribute("lang", "en")


async def test_a_state_is_chosen_from_the_menu_with_its_reason(opens: Opener) -> None:
    seen = await opens("available", "fr")
    await seen.page.get_by_role("button", name="État").click()
    await seen.page.get_by_role("menuitemradio", name="Inactif · Pause").click()
    await expect(seen.page.get_by_role("menu")).to_have_count(0)

    await seen.api.receives("PUT", "/me/state", [{"state": "idle", "reason": "break"}])


async def test_an_offer_is_announced_and_takes_no_focus(opens: Opener) -> None:
    seen = await opens("available")
    await seen.page.get_by_role("searchbox", name="Search colleagues").focus()
    offered = scenes("en")["offer"]
    await seen.api.say("interaction", offered.interactions[0])
    await seen.api.say("offer", offered.offer)

    await expect(seen.button("Accepter", "Accept")).to_be_visible()
    await expect(seen.page.locator("[data-live-announcer] [role=alert]")).to_contain_text("Incoming call, Camille Laurent.")
    await expect(seen.page.get_by_role("searchbox", name="Search colleagues")).to_be_focused()

    await seen.press("Accepter", "Accept")
    await expect(seen.button("Accepter", "Accept")).to_be_visible()
    await seen.api.receives("POST", "/interactions/one/accept", [None])


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_an_agent_who_is_available_without_a_telephone_is_told_until_it_is_back(opens: Opener, language: str) -> None:
    seen = await opens("available", language)
    notices = seen.page.locator(".banners")
    title = seen.word(
        "Vous êtes disponible, mais aucun de vos téléphones n’est connecté", "You are available, but none of your telephones is connected"
    )
    await expect(notices).not_to_contain_text(title)

    await seen.api.say("me", me(telephone={"kind": "desk", "registered": False, "since": ago(0)}))

    await expect(notices).to_contain_text(title)
    await expect(notices).to_contain_text(seen.word("Aucun appel ne vous sera proposé", "No call is offered to you until"))
    next_call = seen.page.get_by_text(seen.word("Le prochain appel", "The next call"))
    await expect(next_call).to_have_count(0)
    assert await seen.violations() == []
    await seen.api.say("me", me())
    await expect(notices).not_to_contain_text(title)
    await expect(next_call).to_be_visible()


async def test_whoever_is_idle_without_a_telephone_is_not_bothered_with_it(opens: Opener) -> None:
    seen = await opens("available")

    await seen.api.say("me", me(state="idle", telephone={"kind": "desk", "registered": False, "since": ago(0)}))

    await expect(seen.page.get_by_text("Telephone not connected")).to_be_visible()
    await expect(seen.page.locator(".banners")).not_to_contain_text("none of your telephones is connected")


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_what_a_telephone_has_asked_for_in_vain_is_read_while_there_is_no_call(opens: Opener, language: str) -> None:
    seen = await opens("available", language)

    await seen.api.say("refused", {"because": "You owe no wrap-up reason."})

    notices = seen.page.locator(".banners")
    said = seen.word("Aucun motif n’est attendu.", "You owe no wrap-up reason.")
    await expect(notices).to_contain_text(seen.word("Votre téléphone\u00a0: cela n’a pas été fait", "Your telephone: that was not done"))
    await expect(notices).to_contain_text(said)
    await seen.press("Fermer le message", "Close the message")
    await expect(notices).not_to_contain_text(said)


async def test_an_offer_goes_the_moment_somebody_answers(opens: Opener) -> None:
    seen = await opens("offer")
    await expect(seen.page).to_have_title(re.compile("^1[0-9] s, Camille Laurent$"))
    await seen.api.say("interaction", scenes("en")["connected"].interactions[0] | {"revision": 18})

    await expect(seen.button("Accepter", "Accept")).to_have_count(0)
    await expect(seen.page).to_have_title("Agent Desktop")


async def test_the_seconds_to_answer_are_never_more_than_the_offer_has(opens: Opener) -> None:
    seen = await opens("available")
    offered = scenes("en")["offer"]
    # Late in a second, so that the page's own second is nearly one old.
    await seen.page.wait_for_function("() => Date.now() % 1000 > 600")
    await seen.api.say("interaction", offered.interactions[0] | {"phase_since": ago(0)})
    await seen.api.say("offer", offered.offer | {"over_at": ahead(20)})

    await expect(seen.page.locator(".offer [role=timer]")).to_have_text("20 s left to answer")


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_the_story_has_a_lane_for_each_person_in_the_pages_words(opens: Opener, language: str) -> None:
    seen = await opens("consulting", language)
    story, customer, you = seen.page.locator(".story"), seen.word("Client", "Customer"), seen.word("Vous", "You")
    await expect(story.locator(".st-lane > .clip")).to_have_text([customer, you, "Bob Durand"])

    await expect(story.get_by_role("img", name=customer)).to_have_accessible_name(
        re.compile(seen.word(".*dans la file 01:12, conversation 03:48, attente, musique", ".*queued 01:12, talked 03:48, held, music"))
    )
    await expect(story.locator(".legend")).to_contain_text(seen.word("conversation", "talked"))
    await story.get_by_text(seen.word("Étape par étape", "Step by step")).click()
    await expect(story.get_by_role("row")).to_have_count(4)
    await expect(story.get_by_role("row").nth(3)).to_contain_text(f"{customer}, {you}")
    assert await seen.violations() == []
    await seen.shoot("story")


async def test_a_reason_is_given_with_its_note_and_the_call_joins_the_last_ones(opens: Opener) -> None:
    seen = await opens("ended", "fr")
    await seen.page.keyboard.type("rappel")
    await seen.page.keyboard.press("ArrowDown")
    await seen.page.keyboard.press("Enter")
    await seen.page.get_by_role("textbox", name="Note").fill("Demain")
    await seen.press("Appliquer le motif", "Submit Wrap Up")
    await expect(seen.page.get_by_role("dialog")).to_have_count(0)
    await seen.api.receives("POST", "/interactions/one/wrap-up", [{"reason": "follow-up", "note": "Demain"}])

    await seen.api.say("me", me())
    await seen.api.say("interaction", seen.api.scene.interactions[0] | {"revision": 30, "gone": True, "my_role": None})
    last = seen.page.locator(".hist li")
    await expect(last).to_have_count(1)
    await expect(last).to_contain_text("Camille Laurent")
    await expect(last).to_contain_text("Support · À rappeler")


async def test_a_blind_transfer_leads_to_the_dialog_for_the_reason(opens: Opener) -> None:
    seen = await opens("connected")
    after = scenes("en")["transferring"]
    was_told = asyncio.Event()

    async def answer_late(route: Route) -> None:
        await was_told.wait()
        await route.continue_()

    await seen.page.route("**/interactions/one/transfer", answer_late)
    await seen.press("Transférer", "Transfer")
    await seen.page.get_by_role("tab", name="Queue").click()
    await seen.page.get_by_role("option", name="Billing").click()
    await seen.page.get_by_role("dialog").get_by_role("button", name="Transfer", exact=True).click()
    await seen.api.say("interaction", after.interactions[0] | {"revision": 18})
    await seen.api.say("me", after.me)
    reasons = seen.page.get_by_role("dialog", name="Wrap Up Reasons")
    await expect(reasons).to_be_visible()
    async with seen.page.expect_response("**/interactions/one/transfer") as answer:
        was_told.set()
    await (await answer.value).finished()
    await seen.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    await expect(reasons).to_be_visible()


async def test_a_call_that_comes_back_takes_the_dialog_for_the_reason_away_and_its_end_brings_it_again(opens: Opener) -> None:
    seen = await opens("transferring")
    reasons = seen.page.get_by_role("dialog", name="Wrap Up Reasons")
    await expect(reasons).to_be_visible()
    back = scenes("en")["offer"]
    busy = "Carol Petit is busy. The customer comes back to you."
    await seen.api.say("interaction", back.interactions[0] | {"revision": 18, "news": busy})
    await expect(seen.page.locator(".toast")).to_have_count(1)
    await seen.api.say("me", back.me)
    await expect(reasons).to_have_count(0)
    await expect(seen.page.locator(".say")).to_contain_text(busy)
    await expect(seen.page.locator(".toast")).to_have_count(0)

    await seen.api.say("interaction", scenes("en")["connected"].interactions[0] | {"revision": 19})
    ended = scenes("en")["ended"]
    await seen.api.say("interaction", ended.interactions[0] | {"revision": 20})
    await seen.api.say("me", ended.me)
    await expect(reasons).to_be_visible()


async def test_a_draft_of_the_note_survives_putting_it_off_and_a_reload(opens: Opener) -> None:
    seen = await opens("ended")
    await seen.page.get_by_role("textbox", name="Note").fill("Call back")
    await seen.press("Plus tard", "Later")
    await expect(seen.page.get_by_role("dialog")).to_have_count(0)
    await seen.page.reload()

    await expect(seen.page.get_by_role("textbox", name="Note")).to_have_value("Call back")


async def test_more_time_is_asked_for_and_a_deadline_that_is_gone_is_not_counted(opens: Opener) -> None:
    seen = await opens("ended")
    await expect(seen.page.get_by_role("timer")).to_contain_text(re.compile("“Resolved” is applied in 00:[0-4][0-9]"))
    await seen.press("Prolonger", "Extend")
    await seen.api.say(
        "me", me(state="wrap_up", wrap_ups=[{"interaction": "one", "asked_at": ahead(-18), "over_at": None, "default": "resolved"}])
    )

    await expect(seen.page.get_by_text("No limit: take the time you need.")).to_be_visible()
    await seen.api.receives("POST", "/interactions/one/extend-wrap-up", [None])


async def test_a_lost_frame_is_fetched_by_its_number_and_nothing_is_shown_meanwhile(opens: Opener) -> None:
    seen = await opens("available")
    await seen.api.say("queue", seen.api.scene.queues[0] | {"waiting": 99}, skips=1)

    # The stub has nothing to resume from, so it sends a snapshot, as a controller would whose memory is too short.
    await seen.api.came_with([None, "1"])
    await expect(seen.page.get_by_text("3 waiting")).to_be_visible()
    await expect(seen.page.get_by_text("99 waiting")).to_have_count(0)


async def test_a_server_that_goes_away_is_told_of_and_its_return_needs_no_hand(opens: Opener) -> None:
    seen = await opens("consulting")
    seen.api.is_away = True
    await seen.api.cut()
    await expect(seen.page.locator(".banner")).to_contain_text("The server has not answered")
    transfer = seen.button("Transférer", "Transfer")
    await expect(transfer).to_have_attribute("aria-disabled", "true")
    await expect(transfer).to_have_accessible_description("the server does not answer.")

    seen.api.is_away = False
    await expect(seen.page.locator(".banner")).to_have_count(0)
    await expect(transfer).not_to_have_attribute("aria-disabled", "true")
    assert seen.api.after[-1] == "1"


async def test_a_supervisor_ends_a_call_only_after_a_question_and_changes_a_state(opens: Opener) -> None:
    seen = await opens("supervisor")
    await seen.page.get_by_role("button", name="End the interaction: Camille Laurent").click()
    await expect(seen.page.get_by_role("alertdialog")).to_contain_text("Alice Martin, Bob Durand")
    assert seen.api.asked == []
    await seen.page.get_by_role("alertdialog").get_by_role("button", name="End", exact=True).click()
    await seen.page.get_by_role("button", name="Change state: Inès Fontaine").click()
    await seen.page.get_by_role("radio", name="Idle · Training").check()
    await seen.page.get_by_role("dialog").get_by_role("button", name="Change state").click()
    await expect(seen.page.get_by_role("dialog")).to_have_count(0)

    await seen.api.receives("POST", "/interactions/one/end", [None])
    await seen.api.receives("PUT", "/agents/ines/state", [{"state": "idle", "reason": "training"}])


async def test_a_filter_stays_over_a_reload(opens: Opener) -> None:
    seen = await opens("supervisor")
    await seen.page.get_by_role("button", name="Queued 1").click()
    await expect(seen.page.get_by_role("button", name="End the interaction")).to_have_count(1)
    place = seen.page.get_by_role("combobox", name="Team or queue")
    await place.select_option("Support", force=True)
    await seen.page.reload()
    await expect(seen.page.get_by_role("button", name="End the interaction")).to_have_count(1)
    await expect(place).to_have_value("queue support")


async def test_an_offer_over_an_open_dialog_can_be_answered(opens: Opener) -> None:
    seen = await opens("available")
    await seen.press("Réglages", "Settings")
    offered = scenes("en")["offer"]
    await seen.api.say("interaction", offered.interactions[0])
    await seen.api.say("offer", offered.offer)

    await expect(seen.button("Accepter", "Accept")).to_have_count(1)
    await seen.press("Accepter", "Accept")
    await expect(seen.button("Accepter", "Accept")).to_have_count(1)
    await seen.api.receives("POST", "/interactions/one/accept", [None])


async def test_figures_on_the_wall_look_stale_when_the_server_is_away(opens: Opener) -> None:
    seen = await opens(replace(scenes("fr")["wallboard"]), "fr", at="/wallboard")
    await expect(seen.page.get_by_text("En direct")).to_be_visible()
    seen.api.is_away = True
    await seen.api.cut()

    await expect(seen.page.locator(".wall.stale")).to_have_count(1, timeout=10_000)
    await expect(seen.page.get_by_role("status")).to_contain_text("Chiffres arrêtés depuis")


async def test_an_agent_chooses_another_password(opens: Opener) -> None:
    seen = await opens("available")
    await seen.press("Réglages", "Settings")
    await seen.page.get_by_role("tab", name="Password").click()
    old, fresh, again = (
        seen.page.get_by_label(name, exact=True) for name in ("Current password", "New password", "New password, once more")
    )
    await old.fill("alice")
    await fresh.fill("three little cats")
    await again.fill("three little dogs")
    await again.press("Enter")
    await expect(seen.page.get_by_role("alert").filter(has_text="not the same in both fields")).to_be_visible()
    await expect(again).to_be_focused()
    await again.fill("three little cats")
    await again.press("Enter")

    await expect(seen.page.get_by_text("Your password is changed.")).to_be_visible()
    await seen.api.receives("PUT", "/me/password", [{"old": "alice", "new": "three little cats"}])
    await expect(old).to_have_value("")


async def test_a_wrong_present_password_is_told_and_nobody_is_logged_out(opens: Opener) -> None:
    seen = await opens("available", "fr")

    async def wrong(route: Route) -> None:
        if route.request.method == "GET":
            await route.continue_()
        else:
            await route.fulfill(status=403, json={"code": "wrong-password", "detail": "The old password is wrong: nothing has changed."})

    await seen.page.route("**/me/password", wrong)
    await seen.press("Réglages", "Settings")
    await seen.page.get_by_role("tab", name="Mot de passe").click()
    await seen.page.get_by_label("Mot de passe actuel").fill("guess")
    await seen.page.get_by_label("Nouveau mot de passe", exact=True).fill("trois petits chats")
    await seen.page.get_by_label("Nouveau mot de passe, une seconde fois").fill("trois petits chats")
    await seen.press("Changer le mot de passe", "Change the password")

    await expect(seen.page.get_by_role("alert").filter(has_text="Le mot de passe actuel est incorrect")).to_be_visible()
    await expect(seen.page.get_by_label("Mot de passe actuel")).to_be_focused()
    await seen.page.keyboard.press("Escape")
    await expect(seen.page.get_by_role("button", name="Se déconnecter")).to_be_visible()


async def test_why_a_password_is_refused_is_read_beside_its_box_on_a_page_of_twice_the_size(opens: Opener) -> None:
    seen = await opens("available", "en", width=640, height=400)
    await seen.press("Menu", "Menu")
    await seen.page.get_by_role("menuitem", name="Settings").click()
    await seen.page.get_by_role("tab", name="Password").click()
    for name, typed in (("Current password", "alice"), ("New password", "three little cats"), ("New password, once more", "three cats")):
        await seen.page.get_by_label(name, exact=True).fill(typed)
    await seen.press("Changer le mot de passe", "Change the password")

    again = seen.page.get_by_label("New password, once more", exact=True)
    await expect(again).to_be_focused()
    await expect(seen.page.get_by_role("alert").filter(has_text="not the same")).to_be_in_viewport(ratio=1)
    await expect(again).to_have_attribute("aria-invalid", "true")
    await expect(seen.page.get_by_label("Current password")).not_to_have_attribute("aria-invalid", "true")


async def test_where_the_administrator_gives_passwords_the_page_says_so(opens: Opener) -> None:
    seen = await opens("available")
    seen.api.may_choose_password = False
    await seen.press("Réglages", "Settings")
    await seen.page.get_by_role("tab", name="Password").click()

    await expect(seen.page.get_by_text("Your administrator gives the passwords here")).to_be_visible()
    await expect(seen.page.get_by_label("Current password")).to_have_count(0)
