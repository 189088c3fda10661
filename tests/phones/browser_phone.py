"""A telephone in a real browser: Chromium with a page of the desktop's own origin, logged on as an agent, and a SIP user agent in it.

It knows nothing of the Agent Desktop's page, so that it shows what any page could do with the API alone.
"""

import asyncio
import math
import tempfile
import time
import wave
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from tests.phones.digest import authorization
from tests.phones.tones import PHONE_TONES_HZ, TONES_HZ

SCRIPT = Path(__file__).with_suffix(".js")
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--no-sandbox",
    "--disable-dev-shm-usage",
]
SECONDS_MAX = 10.0
MICROPHONE_RATE_HZ = 48_000
MICROPHONE_AMPLITUDE = 16_384
HEARD_WITHIN_HZ = 30.0


class BrowserPhone:
    """One page of one agent. `happened` are the things that the telephone has told, with their moment."""

    def __init__(self, page: Page, agent: str) -> None:
        self.page = page
        self.agent = agent
        self.happened: list[Mapping[str, Any]] = []
        self._changed = asyncio.Event()

    async def open(self, url: str) -> None:
        """Open the desktop's origin, without its page."""
        await self.page.expose_function("happened", self._note)
        await self.page.expose_function("digest", _digest)
        await self.load(url)

    async def load(self, url: str) -> None:
        """Load the page, or load it anew: whatever telephone there was is gone without a goodbye."""
        await self.page.goto(f"{url}/healthz")
        await self.page.evaluate(SCRIPT.read_text())

    async def log_on(self, **body: str) -> None:
        """Log on; the browser keeps the cookie."""
        status, _ = await self.ask("POST", "/session", {"agent": self.agent, "password": self.agent, **body})
        assert status == 201, status

    async def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Ask the API as the page would."""
        script = """async ([method, path, body]) => {
            const sent = body === null ? {} : {headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)}
            const answer = await fetch('/api/v1' + path, {method, ...sent})
            const text = await answer.text()
            return [answer.status, text ? JSON.parse(text) : null]
        }"""
        status, answer = await self.page.evaluate(script, [method, path, body])
        return int(status), answer

    async def register(self, *, password: str | None = None, register_as: str | None = None) -> Mapping[str, Any]:
        """Become the agent's telephone, with the login's own password or another; gives what the server says of it in the end."""
        status, told = await self.ask("GET", "/me/telephone")
        assert status == 200, told
        return await self.register_with(told, password=password, register_as=register_as)

    async def register_with(
        self, told: Mapping[str, Any], *, password: str | None = None, register_as: str | None = None
    ) -> Mapping[str, Any]:
        """The same with what the API has told before."""
        since = time.time()
        started = "([user, password, path, tone, as]) => phone.start(user, password, path, tone, as ?? undefined)"
        tone = PHONE_TONES_HZ[self.agent]
        await self.page.evaluate(started, [told["user"], password or told["password"], told["websocket"], tone, register_as])
        return await self.until("registered", "refused", "closed", since=since)

    async def answer(self) -> None:
        """Pick up."""
        await self.page.evaluate("phone.answer()")

    async def break_connection(self) -> None:
        """Have the WebSocket broken; the page lives."""
        await self.page.evaluate("phone.break()")

    async def until(self, *what: str, since: float = 0.0, seconds_max: float = SECONDS_MAX) -> Mapping[str, Any]:
        """Wait until one of these has happened."""
        try:
            async with asyncio.timeout(seconds_max):
                while True:
                    self._changed.clear()
                    for told in self.happened:
                        if told["what"] in what and told["at"] >= since:
                            return told
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"{self.agent}: none of {what} happened, but {self.happened}") from None

    async def until_hears(self, who: str, *, seconds_max: float = SECONDS_MAX) -> None:
        """Wait until the loudest that it hears is somebody's tone."""
        hz = 0.0
        try:
            async with asyncio.timeout(seconds_max):
                while True:
                    hz = await self.page.evaluate("phone.hears()")
                    if abs(hz - TONES_HZ[who]) <= HEARD_WITHIN_HZ:
                        return
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"{self.agent} does not hear {who}, but {hz:.0f} Hz; {self.happened}") from None

    def _note(self, told: Mapping[str, Any]) -> None:
        self.happened.append(told)
        self._changed.set()


def _digest(challenge: str, user: str, password: str) -> str:
    return authorization(challenge, method="REGISTER", uri="sip:asterisk", user=user, password=password, client_nonce="0a4f113b")


@asynccontextmanager
async def chromium(*, speaks: str | None = None) -> AsyncIterator[Browser]:
    """Debian's Chromium, as long as the test needs it.

    `speaks`: whose tone its microphone gives, to every page of this browser; None: Chromium's own beeps.
    """
    with tempfile.TemporaryDirectory() as folder:
        spoken = []
        if speaks is not None:
            sound = Path(folder) / f"{speaks}.wav"
            _write_tone(sound, PHONE_TONES_HZ[speaks])
            spoken = [f"--use-file-for-fake-audio-capture={sound}"]
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *spoken])
            try:
                yield browser
            finally:
                await browser.close()


def _write_tone(path: Path, hz: int) -> None:
    """A second of it, which Chromium plays again and again: whole waves, so that it has no seam."""
    turn = 2 * math.pi * hz / MICROPHONE_RATE_HZ
    samples = (round(MICROPHONE_AMPLITUDE * math.sin(turn * n)) for n in range(MICROPHONE_RATE_HZ))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(MICROPHONE_RATE_HZ)
        file.writeframes(b"".join(sample.to_bytes(2, "little", signed=True) for sample in samples))


@asynccontextmanager
async def browser_phone(browser: Browser, url: str, agent: str) -> AsyncIterator[BrowserPhone]:
    """A browser window of an agent, with nobody logged on."""
    # Its own policy would let a page of JSON do nothing at all.
    context = await browser.new_context(bypass_csp=True)
    try:
        phone = BrowserPhone(await context.new_page(), agent)
        await phone.open(url)
        yield phone
    finally:
        await context.close()
