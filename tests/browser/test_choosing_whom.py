"""The dialog that asks whom: for a consult, a blind transfer and a new call."""

from playwright.async_api import expect

from tests.browser.conftest import Opener
from tests.browser.pages import Seen
from tests.browser.scenes import ago
from tests.browser.test_every_state import paste


async def _confirm(seen: Seen, french: str, english: str) -> None:
    await seen.page.get_by_role("dialog").get_by_role("button", name=seen.word(french, english), exact=True).click()


async def test_by_keyboard_alone_somebody_is_searched_chosen_and_consulted(opens: Opener) -> None:
    seen = await opens("connected")
    await seen.button("Consulter", "Consult").focus()
    await seen.page.keyboard.press("Enter")
    await expect(seen.page.get_by_role("searchbox", name="Search", exact=True)).to_be_focused()

    await seen.page.keyboard.type("ines")
    await expect(seen.page.get_by_role("option")).to_have_count(0)
    await seen.page.keyboard.press("Control+A")
    await seen.page.keyboard.type("fontaine")
    await expect(seen.page.get_by_role("option")).to_have_count(1)
    await seen.page.keyboard.press("ArrowDown")
    await seen.page.keyboard.press("Enter")
    await expect(seen.page.get_by_role("option", selected=True)).to_contain_text("Inès Fontaine")
    await seen.page.get_by_role("dialog").get_by_role("button", name="Consult", exact=True).focus()
    await seen.page.keyboard.press("Enter")

    await expect(seen.page.get_by_role("dialog")).to_have_count(0)
    await seen.api.receives("POST", "/interactions/one/consult", [{"target": {"kind": "agent", "id": "ines"}}])


async def test_escape_closes_at_once_and_the_focus_is_back_where_it_was(opens: Opener) -> None:
    seen = await opens("connected")
    await seen.button("Consulter", "Consult").focus()
    await seen.page.keyboard.press("Enter")
    await seen.page.keyboard.type("bob")
    await seen.page.keyboard.press("Escape")

    await expect(seen.page.get_by_role("dialog")).to_have_count(0)
    await expect(seen.button("Consulter", "Consult")).to_be_focused()


async def test_a_row_that_cant_be_asked_is_shown_and_says_why(opens: Opener) -> None:
    seen = await opens("connected")
    await seen.press("Consulter", "Consult")
    await seen.page.get_by_role("option", name="Carol Petit").click()
    consult = seen.page.get_by_role("dialog").get_by_role("button", name="Consult", exact=True)

    await expect(consult).to_have_attribute("aria-disabled", "true")
    await expect(consult).to_have_accessible_description("On a call.")
    await consult.click(force=True)
    assert seen.api.asked == []


async def test_a_pasted_number_is_cleaned_where_one_sees_it(opens: Opener) -> None:
    seen = await opens("connected", "fr")
    await seen.press("Consulter", "Consult")
    await seen.page.get_by_role("tab", name="Numéro à composer").click()
    await paste(seen, "tél. 01 99 00 42 18 / poste 3")

    await expect(seen.page.get_by_role("textbox", name="Numéro à composer")).to_have_value("01990042183")
    await expect(seen.page.locator(".chars del").first).to_have_text("tél.")
    await expect(seen.page.get_by_text("ils sont maintenant réunis")).to_be_visible()
    await _confirm(seen, "Consulter", "Consult")
    await expect(seen.page.get_by_role("dialog")).to_have_count(0)
    await seen.api.receives("POST", "/interactions/one/consult", [{"target": {"kind": "number", "number": "01990042183"}}])


async def test_a_refused_number_is_not_called(opens: Opener) -> None:
    seen = await opens("connected")
    await seen.press("Consulter", "Consult")
    await seen.page.get_by_role("tab", name="Dial Number").click()
    await seen.page.get_by_role("textbox", name="Dial Number").fill("0 899 70 12 34")

    consult = seen.page.get_by_role("dialog").get_by_role("button", name="Consult", exact=True)
    await expect(consult).to_have_accessible_description("Premium-rate numbers are not allowed here. Ask your supervisor.")
    await consult.click(force=True)
    assert seen.api.asked == []


async def test_lists_are_kept_when_the_tab_changes_and_refreshed_by_hand(opens: Opener) -> None:
    seen = await opens("connected")
    await seen.press("Consulter", "Consult")
    await seen.page.get_by_role("searchbox", name="Search", exact=True).fill("bob")
    await expect(seen.page.get_by_role("option")).to_have_count(1)
    await seen.page.get_by_role("tab", name="Queue").click()
    await seen.page.get_by_role("tab", name="Agent").click()
    await expect(seen.page.get_by_role("searchbox", name="Search", exact=True)).to_have_value("bob")

    async with seen.page.expect_request(lambda request: "refresh=true" in request.url and "q=bob" in request.url):
        await seen.press("Actualiser la liste", "Refresh the list")


async def test_a_blind_transfer_and_a_new_call_use_the_same_dialog(opens: Opener) -> None:
    seen = await opens("connected")
    await seen.press("Transférer", "Transfer")
    await seen.page.get_by_role("tab", name="Queue").click()
    await seen.page.get_by_role("option", name="Billing").click()
    await _confirm(seen, "Transférer", "Transfer")
    await expect(seen.page.get_by_role("dialog")).to_have_count(0)
    await seen.api.receives("POST", "/interactions/one/transfer", [{"target": {"kind": "queue", "id": "billing"}}])

    idle = await opens("available")
    await idle.press("Nouvel appel", "New call")
    await idle.page.get_by_role("textbox", name="Dial Number").fill("0199004218")
    await _confirm(idle, "Appeler", "Call")
    await expect(idle.page.get_by_role("dialog")).to_have_count(0)
    await idle.api.receives("POST", "/interactions", [{"target": {"kind": "number", "number": "0199004218"}}])


async def test_a_new_call_offers_nobody_whom_the_server_would_refuse(opens: Opener) -> None:
    seen = await opens("available")
    await seen.press("Nouvel appel", "New call")

    await expect(seen.page.get_by_role("tab")).to_have_text(["Dial Number", "Organization"])


async def test_the_servers_refusal_stays_in_the_dialog(opens: Opener) -> None:
    seen = await opens("connected")
    seen.api.answers["/interactions/one/consult"] = (409, {"code": "target-unavailable", "detail": "Bob Durand has just taken a call."})
    await seen.press("Consulter", "Consult")
    await seen.page.get_by_role("option", name="Bob Durand").click()
    await _confirm(seen, "Consulter", "Consult")

    await expect(seen.page.get_by_role("dialog")).to_contain_text("Bob Durand has just taken a call.")
    await expect(seen.page.locator(".banner")).to_have_count(0)
    await seen.press("Fermer", "Close")
    await expect(seen.page.locator(".banner")).to_have_count(0)


async def test_the_sites_numbers_and_the_agents_own_stand_in_two_groups(opens: Opener) -> None:
    seen = await opens("connected")
    await seen.press("Consulter", "Consult")
    await seen.page.get_by_role("tab", name="Dial Number").click()

    await expect(seen.page.get_by_role("group", name="The site's numbers").get_by_role("option")).to_have_count(2)
    own = seen.page.get_by_role("group", name="Dialled by you").get_by_role("option")
    await expect(own).to_have_text("+33 1 99 00 42 18")
    await own.click()
    await expect(seen.page.get_by_role("textbox", name="Dial Number")).to_have_value("+33199004218")


async def test_of_each_organisation_that_fails_it_is_said_what_is_wrong_and_what_was_answered(opens: Opener) -> None:
    seen = await opens("connected", "fr")
    because = (
        "The people of Head office could not be fetched again, and the list is 25 minutes old: ldap.example.com does not answer.\n"
        "The presence of the people of Lyon is not known at the moment: Microsoft Graph refuses."
    )
    seen.api.answers["/directory"] = (200, {"entries": [], "as_of": ago(1500), "stale": True, "because": because, "truncated": False})
    await seen.press("Consulter", "Consult")
    await seen.page.get_by_role("tab", name="Organisation").click()

    told = seen.page.locator(".msg.hold")
    await expect(told).to_contain_text("n’a pas pu être rechargée et date de 25 min\u00a0: ldap.example.com does not answer.")
    await expect(told).to_contain_text("Lyon\u00a0: la présence des personnes est inconnue pour le moment\u00a0: Microsoft Graph refuses.")
