"""Looking somebody up on the page among fifty thousand colleagues: from the last letter until the page shows who is found."""

import asyncio
import tempfile
from pathlib import Path

import aiohttp

from tests.bench.figures import Figure
from tests.bench.organisation import COLLEAGUES, SEED, write_colleagues
from tests.bench.stage import say
from tests.live.agent_page import AgentPage
from tests.live.scene import ready, until
from tests.live.site import DEMO
from tests.live.stack import READY_SECONDS_MAX, running_stack
from tests.phones.browser_phone import chromium

WORST_MAX_MS = 200
QUERIES = ("departement 117", "departement 42", "durand 77", "marie 139", "koch 8", "zoë 299", "petit 55", "+33 1 99 02 34 56")
"""Whom the last letter changes."""
ROUNDS = 4
SETTLED_MS = 600
FETCHED_SECONDS_MAX = 60.0
SHOWN_SECONDS_MAX = 10.0
WATCH_FOUND = """() => {
    const found = () => [...document.querySelectorAll('.opt .nm')].map((each) => each.textContent).join()
    const before = found()
    window.tookUntilShown = new Promise((done) => {
        let began = 0
        addEventListener('input', () => { began = performance.now() }, {capture: true, once: true})
        const observer = new MutationObserver(() => {
            if (began === 0 || found() === before) return
            observer.disconnect()
            done(performance.now() - began)
        })
        observer.observe(document.body, {childList: true, subtree: true, characterData: true})
    })
}"""


async def page_search() -> list[Figure]:
    """Measure it in the dialog for a new call."""
    say(f"page: looking up one of {COLLEAGUES} colleagues")
    took = []
    with tempfile.TemporaryDirectory() as folder:
        write_colleagues(Path(folder) / "colleagues.csv", seed=SEED)
        site = DEMO.read_text().replace('file = "colleagues.toml"', 'file = "colleagues.csv"')
        with running_stack(Path(folder), site=site) as stack:
            async with aiohttp.ClientSession() as http, chromium() as browser:
                await ready(stack, http, READY_SECONDS_MAX)
                alice = await AgentPage.opened(browser, stack.desktop_url, "alice", "en")
                await alice.log_in()
                await alice.press("Nouvel appel", "New call")
                await alice.page.get_by_role("tab", name="Organization").click()
                box = alice.page.get_by_role("searchbox")
                found = alice.page.locator(".opt .nm")

                async def is_fetched() -> bool:
                    await alice.press("Actualiser la liste", "Refresh the list")
                    await box.fill("durand")
                    await alice.page.wait_for_timeout(SETTLED_MS)
                    return await found.count() > 1

                await until("everybody is there", is_fetched, seconds_max=FETCHED_SECONDS_MAX)
                for query in QUERIES * ROUNDS:
                    await box.fill(query[:-1])
                    await alice.page.wait_for_timeout(SETTLED_MS)
                    await alice.page.evaluate(WATCH_FOUND)
                    await box.press_sequentially(query[-1])
                    async with asyncio.timeout(SHOWN_SECONDS_MAX):
                        took.append(await alice.page.evaluate("window.tookUntilShown"))
                await alice.close()
    took.sort()
    return [
        Figure(name=f"page: search in {COLLEAGUES} colleagues, worst", value=took[-1], unit="ms", target=WORST_MAX_MS, samples=len(took)),
        Figure(name="page: the same, median", value=took[len(took) // 2], unit="ms", target=None, samples=len(took)),
    ]
