"""An agent at the Agent Desktop's page, in a real Chromium: all is done by the names of its controls, and sound is heard in the page."""

import asyncio
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Error, Locator, expect

from tests.browser.by_name import ByName
from tests.phones.tones import TONES_HZ

SCRIPT = Path(__file__).with_suffix(".js")
SECONDS_MAX = 5.0
WAIT_MS_MAX = 10_000
LOOK_SECONDS = 0.1
"""The page's ear looks at the last 85 ms, so that two looks have nothing in common."""
LOOKS = 3
"""So many in a row must say the same."""
LOCALES = {"fr": "fr-FR", "en": "en-GB"}


@dataclass(kw_only=True)
class AgentPage(ByName):
    """One tab of one agent."""

    agent: str
    url: str
    has_checked_microphone: bool = False

    @classmethod
    async def opened(cls, browser: Browser, url: str, agent: str, language: str) -> "AgentPage":
        """Open a browser window at the desktop, with nobody logged in."""
        context = await browser.new_context(locale=LOCALES[language], permissions=["microphone"], reduced_motion="reduce")
        context.set_default_timeout(WAIT_MS_MAX)
        await context.add_init_script(path=SCRIPT)
        opened = cls(page=await context.new_page(), language=language, agent=agent, url=url)
        await opened.page.goto(url)
        return opened

    async def another_tab(self) -> "AgentPage":
        """The same login in one more tab of the same window."""
        tab = AgentPage(page=await self.page.context.new_page(), language=self.language, agent=self.agent, url=self.url)
        await tab.page.goto(self.url)
        return tab

    async def close(self) -> None:
        """Log out and close the window, whatever became of its tabs."""
        with suppress(Error):  # the browser may have been killed
            await self.page.context.request.delete(f"{self.url}/api/v1/session", headers={"Origin": self.url})
        with suppress(Error):
            await self.page.context.close()

    # --- What the agent does -----------------------------------------------------------------------------------------------

    async def log_in(self) -> None:
        """Log in, and wait until the telephone in the page is there."""
        await self.page.get_by_role("textbox", name=self.word("Identifiant", "Agent ID")).fill(self.agent)
        await self.page.get_by_label(self.word("Mot de passe", "Password"), exact=True).fill(self.agent)
        await self.press("Se connecter", "Log in")
        await self.telephone_is_ready()

    async def choose(self, french: str, english: str) -> None:
        """Choose a state in the selector; the first "available" of a window asks for the microphone to be checked."""
        await self.state.click()
        await self.page.get_by_role("menuitemradio", name=self.word(french, english), exact=True).click()
        if english == "Available" and not self.has_checked_microphone:
            await self.press("Me rendre disponible", "Make me available")
            self.has_checked_microphone = True
        await expect(self.state).to_contain_text(self.word(french, english))

    async def available(self) -> None:
        await self.choose("Disponible", "Available")

    async def consult(self, colleague: str) -> None:
        """Ask somebody, in the dialog."""
        await self.press("Consulter", "Consult")
        dialog = self.dialog("Demande de consultation", "Consult Request")
        await dialog.get_by_role("option", name=colleague).click()
        await dialog.get_by_role("button", name=self.word("Consulter", "Consult"), exact=True).click()

    async def wraps_up(self, reason: str = "Resolved") -> None:
        """Give a reason in the dialog, which is there or comes, and goes."""
        dialog = self.wrap_up_dialog
        await dialog.get_by_role("option", name=reason).click()
        await self.press("Appliquer le motif", "Submit Wrap Up")
        await expect(dialog).to_have_count(0)

    # --- What the page shows ---------------------------------------------------------------------------------------------

    @property
    def state(self) -> Locator:
        return self.page.get_by_role("button", name=self.word("État", "State"))

    def dialog(self, french: str, english: str) -> Locator:
        return self.page.get_by_role("dialog", name=self.word(french, english), exact=True)

    @property
    def wrap_up_dialog(self) -> Locator:
        return self.dialog("Raisons du post-appel", "Wrap Up Reasons")

    async def says(self, french: str, english: str) -> None:
        """Wait until the sentence that says what is so begins or goes on like this."""
        await expect(self.page.locator(".say")).to_contain_text(self.word(french, english))

    async def rings(self) -> None:
        """Wait until a call can be answered in this page."""
        button = self.button("Accepter", "Accept")
        await button.wait_for()
        await expect(button).to_be_enabled()

    async def refuses(self, button: tuple[str, str], because: tuple[str, str]) -> None:
        """A button is there, can be reached, takes no press, and says why."""
        found = self.button(*button)
        await expect(found).to_have_attribute("aria-disabled", "true")
        await expect(found).to_have_accessible_description(self.word(*because))

    async def has_not(self, *buttons: tuple[str, str]) -> None:
        """None of these is a button of this page now."""
        for button in buttons:
            await expect(self.button(*button)).to_have_count(0)

    async def telephone_is_ready(self) -> None:
        """Wait until the page is the agent's telephone and the server knows."""
        sign = self.page.locator(".phone")
        await expect(sign).to_contain_text(self.word("dans cette page", "in this page"))
        await expect(sign).to_contain_text(self.word("Téléphone prêt", "Telephone ready"))

    # --- What the agent hears --------------------------------------------------------------------------------------------

    async def hears(self) -> frozenset[str]:
        """The tones that sound in the page now."""
        return frozenset(await self.page.evaluate("known => window.heard(known)", dict(TONES_HZ)))

    async def until_hears(self, tones: Collection[str], *, seconds_max: float = SECONDS_MAX) -> None:
        """Wait until the page hears exactly these, steadily; an empty collection means nothing at all."""
        wanted, looks = frozenset(tones), [frozenset({"nothing yet"})]
        try:
            async with asyncio.timeout(seconds_max):
                while any(look != wanted for look in looks[-LOOKS:]) or len(looks) < LOOKS:
                    looks.append(await self.hears())
                    await asyncio.sleep(LOOK_SECONDS)
        except TimeoutError:
            heard = ["+".join(sorted(look)) or "nothing" for look in looks[1:]]
            raise AssertionError(f"{self.agent} should hear {sorted(wanted)} in the page, but heard: {heard}") from None
