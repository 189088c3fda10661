"""A whole call without a mouse, in both languages: from the login to the reason, with the focus where one expects it."""

from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.edges.desktop_world import World

TABS_MAX = 40


@dataclass(frozen=True)
class Keyboard:
    """One page and nothing but its keys."""

    page: Page
    language: str

    def word(self, french: str, english: str) -> str:
        return french if self.language == "fr" else english

    def button(self, french: str, english: str) -> Locator:
        return self.page.get_by_role("button", name=self.word(french, english), exact=True)

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def types(self, text: str) -> None:
        await self.page.keyboard.type(text)

    async def tabs_to(self, wanted: Locator) -> None:
        """Go on with Tab until it is reached."""
        for _ in range(TABS_MAX):
            if await wanted.count() and await wanted.evaluate("one => one === document.activeElement"):
                return
            await self.press("Tab")
        raise AssertionError(f"{wanted} is not reached by Tab")

    async def presses(self, focused: Locator) -> None:
        """Press what has the focus, as soon as it takes a press: an action that has just changed does not at once."""
        await expect(focused).to_be_focused()
        await expect(focused).not_to_have_attribute("aria-disabled", "true")
        await self.press("Enter")

    async def says(self, french: str, english: str) -> None:
        await expect(self.page.locator(".say")).to_contain_text(self.word(french, english))


async def _is_available(world: World, browser: Browser, agent: str) -> Page:
    """A colleague, by mouse."""
    page = await (await browser.new_context(locale="en-GB", reduced_motion="reduce")).new_page()
    await page.goto(world.url)
    await page.get_by_role("textbox", name="Agent ID").fill(agent)
    await page.get_by_label("Password", exact=True).fill(agent)
    await page.get_by_role("radio", name="Desk phone").check()
    await page.get_by_role("button", name="Log in").click()
    await page.get_by_role("button", name="State").click()
    await page.get_by_role("menuitemradio", name="Available", exact=True).click()
    await expect(page.get_by_role("button", name="State")).to_contain_text("Available")
    return page


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_a_call_is_lived_from_the_login_to_the_reason_by_keyboard_alone(world: World, chromium: Browser, language: str) -> None:
    context = await chromium.new_context(locale="fr-FR" if language == "fr" else "en-GB", reduced_motion="reduce")
    context.set_default_timeout(5000)
    page = await context.new_page()
    keys = Keyboard(page, language)
    await page.goto(world.url)

    # The login: the first box has the focus.
    await expect(page.get_by_role("textbox", name=keys.word("Identifiant", "Agent ID"))).to_be_focused()
    await keys.types("alice")
    await keys.press("Tab")
    await keys.types("alice")
    await keys.press("Tab", "ArrowDown")
    await expect(page.get_by_role("radio", name=keys.word("Poste fixe", "Desk phone"))).to_be_checked()
    await keys.press("Enter")

    # The state: the first thing that Tab reaches, and it has the focus again after the choice.
    state = page.get_by_role("button", name=keys.word("État", "State"))
    await expect(state).to_be_visible()
    await keys.press("Tab")
    await expect(state).to_be_focused()
    await keys.press("Enter")
    await expect(page.get_by_role("menuitemradio").first).to_be_visible()
    await keys.press("Home", "Enter")
    await expect(state).to_contain_text(keys.word("Disponible", "Available"))
    await expect(state).to_be_focused()

    # An offer takes no focus; the telephone on the desk is picked up.
    interaction = world.customer_calls(name="Cora")
    await expect(page.get_by_role("heading", name="Cora")).to_be_visible()
    await expect(state).to_be_focused()
    world.picks_up(interaction, "alice")
    await keys.says("Vous parlez avec le client.", "You are talking with the customer.")
    bob = await _is_available(world, chromium, "bob")

    # The consult: from its button into the search box, and back to the same place.
    await keys.tabs_to(keys.button("Mettre en attente", "Hold"))
    await keys.press("ArrowRight")
    await keys.presses(keys.button("Consulter", "Consult"))
    await expect(page.get_by_role("searchbox", name=keys.word("Rechercher", "Search"), exact=True)).to_be_focused()
    await keys.types("durand")
    await expect(page.get_by_role("option")).to_have_count(1)
    await keys.press("ArrowDown", "Enter")
    await expect(page.get_by_role("option", selected=True)).to_contain_text("Bob Durand")
    await keys.tabs_to(page.get_by_role("dialog").get_by_role("button", name=keys.word("Consulter", "Consult"), exact=True))
    await keys.press("Enter")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await keys.says("Ça sonne chez Bob Durand.", "Bob Durand's telephone is ringing.")
    await expect(keys.button("Annuler la consultation", "Cancel Consult")).to_be_focused()
    world.picks_up(interaction, "bob")
    await keys.says("Vous parlez avec Bob Durand.", "You are talking with Bob Durand.")

    # To and fro: the focus stays on its place.
    await keys.press("ArrowLeft")
    await keys.presses(keys.button("Reprise", "Resume"))
    await keys.says("Vous parlez avec le client. Bob Durand est en attente", "You are talking with the customer. Bob Durand is on hold")
    await keys.press("ArrowRight")
    await keys.presses(keys.button("Changer d’interlocuteur", "Switch"))
    await keys.says("Vous parlez avec Bob Durand.", "You are talking with Bob Durand.")
    await expect(keys.button("Changer d’interlocuteur", "Switch")).to_be_focused()
    await keys.press("ArrowRight", "ArrowRight")
    await keys.presses(keys.button("Conférence", "Conference"))
    await keys.says("Vous, le client et Bob Durand parlez ensemble.", "You, the customer and Bob Durand are talking together.")

    # A refused button is reached all the same, and says why.
    await expect(keys.button("Conférence", "Conference")).to_be_focused()
    await expect(keys.button("Conférence", "Conference")).to_have_attribute("aria-disabled", "true")
    await keys.press("End")
    await keys.presses(keys.button("Terminer", "End"))

    # The reason: into the search box, and from there with the keys that every form has.
    reasons = page.get_by_role("dialog", name=keys.word("Raisons du post-appel", "Wrap Up Reasons"))
    await expect(reasons.get_by_role("searchbox")).to_be_focused()
    await keys.types("follow")
    await keys.press("ArrowDown", "Enter")
    await expect(page.get_by_role("option", selected=True)).to_contain_text("Follow-Up")
    await keys.tabs_to(page.get_by_role("textbox", name="Note"))
    await keys.types("Tomorrow")
    await keys.tabs_to(reasons.get_by_role("button", name=keys.word("Appliquer le motif", "Submit Wrap Up"), exact=True))
    await keys.press("Enter")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.locator(".hist li")).to_contain_text("Support · Follow-Up")

    # The call with its buttons is gone: the focus is where the next thing is done.
    await expect(state).to_be_focused()
    await bob.context.close()
    await context.close()
