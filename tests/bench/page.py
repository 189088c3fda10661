"""The Agent Desktop's page in a real Chromium, as an agent notices it: how soon an answer is heard, how long a reload leaves the customer
without the agent, how soon a press shows, how soon the page is usable, and what its first load weighs.

Moments in the page are taken in the page, those of the sound by the ear: both are this machine's clock, so the time that Playwright takes
to give a command is in none of them.
"""

import statistics
import time
from itertools import pairwise
from typing import Any

from playwright.async_api import Browser, Page

from tests.bench.figures import Figure, median_and_p95
from tests.bench.stage import QUEUE_NUMBER, hear, say
from tests.live.agent_page import AgentPage
from tests.live.scene import Scene
from tests.phones.browser_phone import chromium

ANSWER_MEDIAN_MAX_MS = 120
RELOAD_MAX_MS = 600
USABLE_MAX_MS = 1000
WEIGHT_MAX_KB = 300
CLICK_MEDIAN_MAX_MS = 100
LOADS_MAX = 10
SETTLED_SECONDS = 0.6
"""A place whose action has just changed takes no press for 0.4 s."""

NOTE_PRESSES = "addEventListener('click', () => { window.pressedAt = Date.now() }, {capture: true})"
NOTE_USABLE = """window.usableAfter = new Promise((done) => {
    new MutationObserver((_, observer) => {
        if (!document.querySelector('.statebtn')) return
        observer.disconnect()
        done(performance.now())
    }).observe(document, {childList: true, subtree: true})
})"""
"""Milliseconds from the beginning of the load; the selector of the state is there once the server has said everything."""
WATCH_PLACE = """label => {
    window.tookUntilShown = new Promise((done) => {
        let began = 0
        addEventListener('click', () => { began = performance.now() }, {capture: true, once: true})
        const observer = new MutationObserver(() => {
            if (began === 0 || document.querySelector('.ob .lb')?.textContent !== label) return
            observer.disconnect()
            done(performance.now() - began)
        })
        observer.observe(document.body, {childList: true, subtree: true, characterData: true})
    })
}"""


async def page(scene: Scene, repetitions: int) -> list[Figure]:
    """Measure all of it with Alice at a page."""
    figures: list[Figure] = []
    async with chromium(speaks="alice") as browser:
        figures += await _loads(scene, browser)
        alice = await AgentPage.opened(browser, scene.stack.desktop_url, "alice", "en")
        try:
            await alice.log_in()
            await alice.page.evaluate(NOTE_PRESSES)
            scene.pages["alice"] = alice
            figures += median_and_p95("answer pressed to sound", await _answers(scene, alice, repetitions), ANSWER_MEDIAN_MAX_MS, None)
            figures += median_and_p95(
                "press to the button's new state", await _presses(scene, alice, repetitions), CLICK_MEDIAN_MAX_MS, None
            )
            figures += await _reloads(scene, alice, repetitions)
        finally:
            scene.pages.clear()
            await alice.close()
    return figures


async def _called(scene: Scene, alice: AgentPage) -> None:
    """Alice's page rings for a customer."""
    await scene.bob.idle()
    await scene.alice.available()
    await scene.queued(QUEUE_NUMBER)
    await alice.rings()


async def _answers(scene: Scene, alice: AgentPage, repetitions: int) -> list[float]:
    say(f"page: {repetitions} answers")
    took = []
    for _ in range(repetitions):
        await _called(scene, alice)
        rung_at = time.time()
        await alice.press("Accepter", "Accept")
        heard = await scene.ear.wait_for_first("customer", "alice", after=rung_at)
        took.append(heard.at - await alice.page.evaluate("window.pressedAt") / 1000)
        await hear(scene, {"customer": {"alice"}})
        await scene.close()
    return took


async def _presses(scene: Scene, alice: AgentPage, repetitions: int) -> list[float]:
    """Hold and resume in turns: from the press until the place has its other name, which is the server's word."""
    say(f"page: {repetitions} presses")
    await _called(scene, alice)
    await alice.press("Accepter", "Accept")
    await alice.button("Mettre en attente", "Hold").wait_for()
    took = []
    for number in range(repetitions):
        (pressed, then) = ("Hold", "Resume") if number % 2 == 0 else ("Resume", "Hold")
        await alice.page.wait_for_timeout(1000 * SETTLED_SECONDS)
        await alice.page.evaluate(WATCH_PLACE, then)
        await alice.page.get_by_role("button", name=pressed, exact=True).click()
        took.append(await alice.page.evaluate("window.tookUntilShown") / 1000)
    await scene.close()
    return took


async def _reloads(scene: Scene, alice: AgentPage, repetitions: int) -> list[Figure]:
    loads = min(repetitions, LOADS_MAX)
    say(f"page: {loads} reloads in a call")
    await _called(scene, alice)
    await alice.press("Accepter", "Accept")
    await hear(scene, {"customer": {"alice"}})
    took = []
    for _ in range(loads):
        since = time.time()
        await alice.page.reload()
        await alice.telephone_is_ready()
        await hear(scene, {"customer": {"alice"}})
        # Until here packets have held her voice; the longest time between two of them is that of the reload.
        voiced = [packet.at for packet in scene.ear.containing("customer", "alice", since)]
        took.append(max(later - earlier for earlier, later in pairwise([since, *voiced])))
    await scene.close()
    return median_and_p95("reload in a call: the customer without the agent", took, RELOAD_MAX_MS, None)


async def _loads(scene: Scene, browser: Browser) -> list[Figure]:
    """The first load of a browser that knows nothing, and loads after it."""
    say(f"page: {LOADS_MAX} loads")
    alice = await AgentPage.opened(browser, scene.stack.desktop_url, "alice", "en")
    await alice.log_in()
    cookies: Any = await alice.page.context.cookies()
    context = await browser.new_context(locale="en-GB", permissions=["microphone"])
    await context.add_cookies(cookies)
    await context.add_init_script(NOTE_USABLE)
    fresh = await context.new_page()
    weight = await _weight(fresh, scene.stack.desktop_url)
    warm = []
    for _ in range(LOADS_MAX):
        await fresh.reload()
        warm.append(await fresh.evaluate("window.usableAfter"))
    await context.close()
    await alice.close()
    return [
        Figure(
            name="page usable after load, warm, median", value=statistics.median(warm), unit="ms", target=USABLE_MAX_MS, samples=LOADS_MAX
        ),
        Figure(name="page's first load, everything, as it was sent", value=weight / 1000, unit="kB", target=WEIGHT_MAX_KB, samples=1),
    ]


async def _weight(fresh: Page, url: str) -> float:
    """How many bytes came over the network until the page was the agent's telephone."""
    session = await fresh.context.new_cdp_session(fresh)
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    await session.send("Network.enable")
    await fresh.goto(url)
    await fresh.locator(".phone").get_by_text("in this page").or_(fresh.locator(".banner")).first.wait_for()
    await fresh.wait_for_load_state("networkidle")
    return sum(sizes)
