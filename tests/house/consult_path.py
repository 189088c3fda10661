"""Which files a consult passes: from the desktop's request through the floor to the message that makes the colleague's leg, and back.

    python -m tests.house.consult_path

prints them. The parts are the real ones: the desktop's server, the loop with its journal on disk, the floor, the switch; only Asterisk is a
program that answers. A file counts when a function of it is called on the way; one that only defines values is passed by nobody.
"""

import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import aiohttp
from aiohttp import web

from controller.asterisk.dial_string import Dialable
from controller.asterisk.seen import bridge_name
from controller.asterisk.switch import AriSwitch
from controller.desktop.server import DesktopServer
from controller.floor.floor import Floor
from controller.journal.sqlite_journal import SqliteJournal
from controller.service.clock import SteadyClock
from controller.service.keeping import Keeper
from controller.service.loop import Loop
from controller.simulator.world import quiet_logs
from tests.edges.ari.fake_asterisk import APP, Asked, FakeAsterisk, Json, channel, state_change
from tests.edges.colleagues_in_memory import ColleaguesInMemory
from tests.edges.desktop_world import API, HASHES, UNHURRIED, directory
from tests.edges.stories_in_memory import StoriesInMemory
from tests.house.sources import TOP

FILES_MAX = 25
TIMES = 3
"""What happens beside it, such as a ping, falls into one of them and not into all."""
SECONDS_MAX = 5.0
CREATE = "POST channels/create"


class ObedientAsterisk(FakeAsterisk):
    """Does what it is asked, and says so; whoever is rung answers at once, but for Bob."""

    async def _take(self, socket: web.WebSocketResponse, app: str, message: Json) -> None:
        await super()._take(socket, app, message)
        for event in _events_of(self.asked[-1]):
            await self.tell(event)


def _events_of(asked: Asked) -> Iterator[Json]:
    method, path = asked.what.split(" ")
    match [method, *path.split("/")]:
        case ["POST", "channels", "create"]:
            yield {"type": "StasisStart", "application": APP, "channel": channel(asked.query["channelId"], "Down"), "args": []}
        case ["POST", "channels", leg, "dial"] if "-bob-" not in leg:
            yield state_change(leg)
        case ["POST", "channels", leg, "answer"]:
            yield state_change(leg)
        case ["DELETE", "channels", leg]:
            yield {"type": "ChannelDestroyed", "application": APP, "channel": channel(leg), "cause": 16}
        case ["POST", "bridges", bridge, "addChannel" | "removeChannel" as moves]:
            leg, kind = asked.query["channel"], "ChannelEnteredBridge" if moves == "addChannel" else "ChannelLeftBridge"
            shown = {"id": bridge, "name": bridge_name(APP), "channels": [leg] if moves == "addChannel" else []}
            yield {"type": kind, "application": APP, "bridge": shown, "channel": channel(leg)}
        case _:
            pass  # the answer is all there is to say


@dataclass(slots=True)
class Centre:
    """A contact centre in which Alice and Bob are available."""

    asterisk: FakeAsterisk
    http: aiohttp.ClientSession
    url: str
    _customers: int = 0

    async def connected(self, alice: dict[str, str]) -> str:
        """A customer calls and talks with Alice; gives the interaction."""
        self._customers += 1
        await self.asterisk.tell(
            {"type": "StasisStart", "application": APP, "channel": channel(f"1795.{self._customers}", "Ring"), "args": ["customer", "800"]}
        )
        async with asyncio.timeout(SECONDS_MAX):
            while True:
                listed = (await self.ask("GET", "/interactions", alice))["interactions"]
                for interaction in listed:
                    if interaction["phase"] == "connected":
                        return str(interaction["id"])
                await asyncio.sleep(0.01)

    async def ask(self, method: str, path: str, who: dict[str, str], body: Json | None = None) -> Json:
        """Ask the API; it must not refuse."""
        async with self.http.request(method, self.url + API + path, json=body, headers=who) as answer:
            said: Json = await answer.json()
            assert answer.status < 300, said
            return said

    async def logs_on(self, agent: str) -> dict[str, str]:
        """Log an agent on, who is available then; gives what every request of theirs needs."""
        opened = await self.ask("POST", "/session", {}, {"agent": agent, "password": agent})
        who = {"Authorization": f"Bearer {opened['token']}"}
        await self.ask("PUT", "/me/state", who, {"state": "available"})
        return who


@asynccontextmanager
async def centre(folder: Path) -> AsyncIterator[Centre]:
    """Wire the parts together as `service/run.py` does, without its logs and figures."""
    asterisk = ObedientAsterisk()
    asterisk.replies = {"GET channels": (200, []), "GET bridges": (200, [])}
    await asterisk.start()
    journal = SqliteJournal(folder)
    journal.open()
    clock = SteadyClock(not_before=0.0)
    loop = Loop(Floor(directory()), clock=clock, keeper=Keeper(journal))
    switch = AriSwitch(asterisk.access(), post=loop.post, instance="x", dialable=Dialable())
    desktop = DesktopServer(
        loop,
        clock,
        host="127.0.0.1",
        port=0,
        session_hours=1.0,
        passwords=HASHES,
        metrics_text=str,
        is_ready=lambda: switch.away_because is None,
        colleagues=ColleaguesInMemory(),
        stories=StoriesInMemory(),
        browser_passwords=switch.browser_passwords,
        sip_url="http://127.0.0.1:9/ws",
        limits=UNHURRIED,
    )
    loop.serve(switch, (desktop,))
    await desktop.start()
    running = [asyncio.create_task(loop.run()), asyncio.create_task(switch.run())]
    try:
        await asterisk.until(lambda: APP in asterisk.sockets)  # on a busy machine the first event could come before anybody listens
        async with aiohttp.ClientSession() as http:
            yield Centre(asterisk, http, f"http://127.0.0.1:{desktop.port}")
    finally:
        await desktop.stop()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        journal.close()
        await asterisk.stop()


@contextmanager
def called() -> Iterator[set[str]]:
    """Note which files of the controller have a function called, in the thread of the event loop."""
    files: set[str] = set()
    controller = f"{TOP}/controller/"

    def note(frame: FrameType, event: str, argument: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(controller):
            files.add(frame.f_code.co_filename.removeprefix(f"{TOP}/"))

    sys.setprofile(note)
    try:
        yield files
    finally:
        sys.setprofile(None)


async def files_of_a_consult() -> list[str]:
    """Consult a few times, and name what each of them has passed."""
    passed: list[set[str]] = []
    with tempfile.TemporaryDirectory() as folder, quiet_logs():
        async with centre(Path(folder)) as here:
            alice = await here.logs_on("alice")
            for _ in range(TIMES):
                interaction = await here.connected(alice)
                bob = await here.logs_on("bob")
                before = len(here.asterisk.asked_for(CREATE))
                with called() as files:
                    target = {"target": {"kind": "agent", "id": "bob"}}
                    await here.ask("POST", f"/interactions/{interaction}/consult", alice, target)
                    await here.asterisk.until_asked(CREATE, before + 1)
                passed.append(files)
                await here.ask("POST", f"/interactions/{interaction}/cancel-consult", alice, {})
                await here.ask("POST", f"/interactions/{interaction}/end", alice, {})
                await here.ask("POST", f"/interactions/{interaction}/wrap-up", alice, {"reason": "resolved"})
                await here.ask("PUT", "/me/state", bob, {"state": "idle"})
    return sorted(set.intersection(*passed))


def main() -> None:
    files = asyncio.run(files_of_a_consult())
    for folder, count in sorted(Counter(file.split("/")[1] for file in files).items()):
        files.append(f"{count:3} in {folder}")
    sys.stdout.write("\n".join([*files, f"{sum(file.endswith('.py') for file in files)} files; they must be {FILES_MAX} at most"]) + "\n")


if __name__ == "__main__":
    main()
