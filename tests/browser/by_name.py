"""The Agent Desktop's page as people operate it: by the names that they see and hear, in either language."""

from dataclasses import dataclass
from typing import Any

from playwright.async_api import Locator, Page


@dataclass(kw_only=True)
class ByName:
    """A page in one language."""

    page: Page
    language: str

    def word(self, french: str, english: str) -> str:
        return french if self.language == "fr" else english

    def button(self, french: str, english: str, **options: Any) -> Locator:
        return self.page.get_by_role("button", name=self.word(french, english), exact=True, **options)

    async def press(self, french: str, english: str) -> None:
        await self.button(french, english).click()
