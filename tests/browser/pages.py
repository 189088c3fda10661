"""One open page as a test sees it: by the roles and names that people see and hear."""

from dataclasses import dataclass, field
from pathlib import Path

from tests.browser.by_name import ByName
from tests.browser.stub_api import DIST, StubApi

TOP = Path(__file__).resolve().parents[2]
SHOTS = TOP / ".cache" / "browser"
"""Pictures of every state, for people to look at; git knows nothing of them."""
AXE = DIST.parent / "node_modules" / "axe-core" / "axe.min.js"

OVERFLOWS = """() => {
  const found = []
  const wide = document.documentElement.clientWidth
  if (document.documentElement.scrollWidth > wide + 1) found.push(`the page is ${document.documentElement.scrollWidth} wide of ${wide}`)
  for (const element of document.querySelectorAll('button, h2, h3, .chip, .ob, .tag, .msg, .say, .opt, .dlg, th, td')) {
    if (element.closest('.scroll, .tabs, .vh')) continue
    const box = element.getBoundingClientRect()
    if (box.width === 0 || box.height === 0) continue
    if (box.right > wide + 1 || box.left < -1) found.push(`${element.className || element.tagName} "${element.textContent.slice(0, 40)}"`)
  }
  return found
}"""

SETTLED = """() => {
  const waits = (place, thing) => document.querySelector(place) !== null && document.querySelector(thing) === null
  return !(
    waits('.main > article[aria-label]', '.story') ||
    waits('.side.r', '.side.r .sec:last-child p.num') ||
    document.querySelector('.connecting, .sk') !== null
  )
}"""


@dataclass(kw_only=True)
class Seen(ByName):
    """A page and the controller behind it."""

    api: StubApi
    complaints: list[str] = field(default_factory=list)
    """What the browser's console said against the page."""

    async def open(self, at: str) -> None:
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda wrong: self.complaints.append(str(wrong)))
        await self.page.goto(self.api.url + at)
        await self.page.locator("main:not(:has(.connecting))").first.wait_for()

    async def settled(self) -> None:
        """Wait until the page has everything that it asks for by itself: the story of a call, colleagues, the list of a dialog."""
        await self.page.wait_for_function(SETTLED)

    async def violations(self, *, only: str = "") -> list[str]:
        """What axe finds against the page as it is now; `only`: by this rule."""
        if not await self.page.evaluate("() => 'axe' in window"):
            # By the protocol: a script tag would be stopped by the page's own policy.
            session = await self.page.context.new_cdp_session(self.page)
            await session.send("Runtime.evaluate", {"expression": AXE.read_text()})
            await session.detach()
        options = {"resultTypes": ["violations"]} | ({"runOnly": [only]} if only else {})
        result = await self.page.evaluate("options => axe.run(document, options)", options)
        return [
            f"{rule['id']}: {node['html'][:160]} ({node['failureSummary'][:200]})"
            for rule in result["violations"]
            for node in rule["nodes"]
        ]

    async def overflows(self) -> list[str]:
        """What sticks out of the page sideways."""
        found: list[str] = await self.page.evaluate(OVERFLOWS)
        return found

    async def shoot(self, name: str) -> None:
        SHOTS.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=SHOTS / f"{name}.{self.language}.png", animations="disabled")
