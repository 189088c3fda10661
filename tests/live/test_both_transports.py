"""One promise for both ways to a real Asterisk, and for the oldest release: requests, events, order, losses, certificates, passwords.

`tests/edges/ari/` asks the same of a scripted Asterisk, and more; here the other side is the real one.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from controller.asterisk import bridges, channels, stay, system
from controller.asterisk.attachment import Attachment
from controller.asterisk.errors import AlreadyThere, Gone, NotAllowed, Replaced, SwitchAway, Unreachable
from controller.asterisk.events import ChannelDestroyed, KnownEvent, StasisEnd, StasisStart
from controller.asterisk.plain_http import session_for
from controller.asterisk.ways import way_to
from controller.directory.ids import LegId
from controller.directory.site import AsteriskAccess, Transport
from tests.edges.ari.following import Follower
from tests.live.lone_switch import is_started
from tests.live.scene import until
from tests.live.stack import running_asterisk
from tests.live.wire_cutter import WireCutter
from tests.security.certificates import self_signed

APP = "both-transports"
SILENT_LEG = "Local/s@customers-fallback"
"""A leg without a telephone: the dialplan's good-bye."""
GREETING = "bon jour, é & ="
IN_A_ROW = 40
HALF_OPEN_SECONDS_MAX = 2 * (1.0 + stay.MARK_SECONDS_MAX) + 4.0
"""Two markers, a second apart here, and some room for a busy machine."""


@dataclass(frozen=True, slots=True)
class Real:
    """A real Asterisk, and the way that is to be taken to it."""

    image: str
    transport: Transport
    port: int
    restart: "RestartAsterisk"

    def access(self, *, port: int = 0, password: str = "controller", app: str = APP) -> AsteriskAccess:
        """How to reach it; `port`: of what stands in between."""
        url = f"http://127.0.0.1:{port or self.port}"
        return AsteriskAccess(url=url, app=app, username="controller", password=password, transport=self.transport, lanes=2)


class RestartAsterisk:
    """Kills it outright and starts it again."""

    def __init__(self, container: object) -> None:
        self._container = container

    async def __call__(self) -> None:
        wrapped = self._container.get_wrapped_container()  # type: ignore[attr-defined]  # testcontainers has no types
        await asyncio.to_thread(wrapped.kill)
        await asyncio.to_thread(wrapped.start)


@pytest.fixture(
    scope="module",
    params=[("asterisk", "rest-over-websocket"), ("asterisk", "asyncari"), ("asterisk16", "asyncari")],
    ids=["22 over the WebSocket", "22 over asyncari", "16 over asyncari"],
)
async def real(request: pytest.FixtureRequest) -> AsyncIterator[Real]:
    image, transport = request.param
    with running_asterisk(image) as (container, _, port):
        await is_started(container)
        yield Real(image, transport, port, RestartAsterisk(container))


class Heard(Follower):
    """Keeps the events themselves beside the story."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[KnownEvent] = []

    def heard(self, event: KnownEvent) -> None:
        self.events.append(event)
        super().heard(event)

    def of(self, leg: str) -> list[str]:
        """What was heard of one leg's coming and going, in order."""
        told = (StasisStart, StasisEnd, ChannelDestroyed)
        return [type(event).__name__ for event in self.events if isinstance(event, told) and event.channel.id == leg]


@asynccontextmanager
async def attached(access: AsteriskAccess) -> AsyncIterator[tuple[Attachment, Heard]]:
    """Be attached until the end of the block."""
    heard = Heard()
    attachment = Attachment(access, heard, instance="both")
    running = asyncio.create_task(attachment.run())
    try:
        await until("attached", lambda: heard.story[-1:] == ["attached"])
        yield attachment, heard
    finally:
        running.cancel()
        await asyncio.wait({running})


async def _makes_a_leg(attachment: Attachment, heard: Heard, leg: LegId) -> None:
    await channels.create(attachment.ari, 0, leg, endpoint=SILENT_LEG, app=APP, variables={"GREETING": GREETING})
    await until(f"{leg} has come", lambda: heard.of(leg) == ["StasisStart"])


async def _is(attachment: Attachment, leg: LegId, name: str, value: str) -> bool:
    """Whether a leg has this variable with this value."""
    try:
        found = await attachment.ari.request("GET", f"channels/{leg}/variable", query={"variable": name})
    except Gone:
        return False
    return bool(json.loads(found.body)["value"] == value)


async def test_requests_are_done_with_the_ids_that_we_choose_and_each_failure_is_told_apart(real: Real) -> None:
    async with attached(real.access()) as (attachment, heard):
        leg, odd = LegId("ix-t1-alice-1"), "ix-t1/é 1;2-talk"
        await _makes_a_leg(attachment, heard, leg)
        await bridges.create(attachment.ari, 0, odd, kind=bridges.TALK, name="t1 talk")
        await bridges.add_channel(attachment.ari, 0, odd, leg)

        assert (await channels.get(attachment.ari, 0, leg)).id == leg
        assert await _is(attachment, leg, "GREETING", GREETING)
        assert (await bridges.get(attachment.ari, 0, odd)).channels == {leg}
        with pytest.raises(AlreadyThere):
            await channels.create(attachment.ari, 0, leg, endpoint=SILENT_LEG, app=APP)
        with pytest.raises(Unreachable):
            await channels.create(attachment.ari, 1, LegId("ix-t1-nobody-1"), endpoint="PJSIP/nobody", app=APP)
        await channels.hang_up(attachment.ari, 0, leg, reason="normal")
        await until("it has gone", lambda: heard.of(leg)[-1:] == ["ChannelDestroyed"])
        with pytest.raises(Gone):
            await channels.hang_up(attachment.ari, 0, leg, reason="normal")
        await bridges.delete(attachment.ari, 0, odd)
        with pytest.raises(Gone):
            await bridges.get(attachment.ari, 0, odd)


async def test_events_are_heard_in_asterisks_order_and_those_that_nobody_wants_are_not(real: Real) -> None:
    async with attached(real.access()) as (attachment, heard):
        legs = [LegId(f"ix-t2-leg-{number}") for number in range(5)]
        for leg in legs:
            await _makes_a_leg(attachment, heard, leg)
            await channels.set_variable(attachment.ari, 0, leg, "SAID", "once")
        for leg in legs:
            await channels.hang_up(attachment.ari, 0, leg, reason="normal")
        await until("all have gone", lambda: all(heard.of(leg)[-1:] == ["ChannelDestroyed"] for leg in legs))

        assert {tuple(heard.of(leg)) for leg in legs} == {("StasisStart", "StasisEnd", "ChannelDestroyed")}
        assert "heard a ChannelVarset" not in heard.story
        assert attachment.misread == {}


async def test_requests_of_one_lane_are_executed_in_the_order_in_which_they_were_asked(real: Real) -> None:
    async with attached(real.access()) as (attachment, heard):
        leg = LegId("ix-t3-leg-1")
        await _makes_a_leg(attachment, heard, leg)

        async with asyncio.TaskGroup() as together:
            for number in range(IN_A_ROW):
                together.create_task(channels.set_variable(attachment.ari, 1, leg, "ORDER", str(number)))

        # 16 answers before the channel has done it, and then says 404 of a variable that is on its way.
        await until("the last one counts", lambda: _is(attachment, leg, "ORDER", str(IN_A_ROW - 1)))
        assert await _is(attachment, leg, "ORDER", str(IN_A_ROW - 1)), "and goes on counting"
        await channels.hang_up(attachment.ari, 0, leg, reason="normal")


async def test_a_cut_line_is_told_once_and_mended_and_legs_live_on(real: Real) -> None:
    async with WireCutter(target_port=real.port) as line, attached(real.access(port=line.port)) as (attachment, heard):
        leg = LegId("ix-t4-leg-1")
        await _makes_a_leg(attachment, heard, leg)

        await line.cut()
        await until("the loss is told", lambda: heard.story[-1] == "lost")
        with pytest.raises(SwitchAway):
            await system.ping(attachment.ari, 0)
        line.mend()
        await until("it is attached again", lambda: heard.story[-1] == "attached", seconds_max=15.0)

        assert (await channels.get(attachment.ari, 0, leg)).id == leg
        await channels.hang_up(attachment.ari, 0, leg, reason="normal")
        await until("its end is heard", lambda: "ChannelDestroyed" in heard.of(leg) or "StasisEnd" in heard.of(leg))
        assert heard.story.count("lost") == 1


async def test_a_line_that_falls_silent_is_noticed(real: Real) -> None:
    async with WireCutter(target_port=real.port) as line, attached(real.access(port=line.port)) as (attachment, heard):
        line.fall_silent()

        await until("the loss is told", lambda: "lost" in heard.story, seconds_max=15.0)
        await until("it is attached again", lambda: heard.story[-1] == "attached", seconds_max=15.0)
        await system.ping(attachment.ari, 0)


async def test_an_event_socket_that_falls_silent_alone_is_noticed_while_requests_are_answered(
    real: Real, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half open: nothing comes any more, and nobody says so. Only markers show it where the library sends no pings of its own."""
    monkeypatch.setattr(stay, "MARK_EVERY_SECONDS", 1.0)
    async with WireCutter(target_port=real.port) as line, attached(real.access(port=line.port)) as (attachment, heard):
        leg = LegId("ix-t7-leg-1")
        await _makes_a_leg(attachment, heard, leg)

        line.fall_silent_where(rf"^GET /ari/events\?(.*&)?app={APP}[& ]".encode())
        assert (await channels.get(attachment.ari, 0, leg)).id == leg
        await until("the loss is told", lambda: "lost" in heard.story, seconds_max=HALF_OPEN_SECONDS_MAX)
        await until("it is attached again", lambda: heard.story[-1] == "attached", seconds_max=15.0)
        assert (await channels.get(attachment.ari, 0, leg)).id == leg, "nobody has lost a call by it"
        await channels.hang_up(attachment.ari, 0, leg, reason="normal")


async def test_an_asterisk_that_restarts_is_known_for_another_one(real: Real) -> None:
    async with attached(real.access()) as (attachment, heard):
        leg = LegId("ix-t5-leg-1")
        await _makes_a_leg(attachment, heard, leg)

        await real.restart()
        await until("it is attached again", lambda: heard.story[-1] == "restarted", seconds_max=30.0)

        assert heard.story[-2:] == ["lost", "restarted"]
        with pytest.raises(Gone):
            await channels.get(attachment.ari, 0, leg)


async def test_another_controller_ends_it_for_good(real: Real) -> None:
    access = real.access(app=f"{APP}-2")
    heard = Heard()
    running = asyncio.create_task(Attachment(access, heard, instance="former").run())
    await until("attached", lambda: heard.story == ["attached"])
    async with session_for(access) as session:
        way = await way_to(session, access)

    newer = await way.open(access, access.app)

    async with asyncio.timeout(5):
        assert isinstance(await running, Replaced)
    assert heard.story == ["attached", "replaced"]
    await newer.close()


async def test_a_wrong_password_is_refused_on_every_connection(real: Real) -> None:
    right, wrong = real.access(), real.access(password="wrong")
    async with session_for(right) as session:
        way = await way_to(session, right)
    async with session_for(wrong) as session:
        with pytest.raises(NotAllowed):
            await way_to(session, wrong)
    for opened in (way.open, way.open_lane):
        with pytest.raises(NotAllowed):
            await opened(wrong, f"{APP}-3")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return self_signed(tmp_path_factory.mktemp("tls"), "asterisk")


@asynccontextmanager
async def _with_tls(port: int, certificate: tuple[Path, Path]) -> AsyncIterator[int]:
    """Stand before an Asterisk and speak TLS; gives the port."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)

    async def pass_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65_536):
                sink.write(data)
                await sink.drain()
        except ConnectionError:
            pass  # one side has gone: so does the other
        finally:
            sink.transport.abort()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(pass_on(reader, there_writer), pass_on(there_reader, writer))

    async with await asyncio.start_server(connected, "127.0.0.1", 0, ssl=context) as server:
        yield server.sockets[0].getsockname()[1]
        server.close()


async def test_tls_is_believed_with_an_authority_of_ones_own_and_refused_without(
    real: Real, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with _with_tls(real.port, certificate) as port:
        access = replace(real.access(), url=f"https://127.0.0.1:{port}")
        async with session_for(access) as session:
            with pytest.raises(SwitchAway, match="certificate is not trusted"):
                await way_to(session, access)

        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        async with attached(access) as (attachment, heard):
            leg = LegId("ix-t6-leg-1")
            await _makes_a_leg(attachment, heard, leg)
            await channels.hang_up(attachment.ari, 0, leg, reason="normal")
            await until("its end is heard", lambda: heard.of(leg)[-1:] == ["ChannelDestroyed"])
