"""Connected desktops hear everything that changes, in order, and come back without a gap."""

import asyncio
import socket
from collections.abc import AsyncIterator

import aiohttp
import pytest
from pydantic import TypeAdapter

from controller.desktop import shapes
from controller.desktop.limits import Limits
from controller.directory.ids import AgentId
from controller.interaction.facts import LegHeld, LegUnheld
from controller.routing.commands import GoIdle
from tests.edges.desktop_world import API, PATIENCE_SECONDS, Desktop, World

FRAMES_PER_FLOOD = 250
NAME_LETTERS = 60_000
FLOOD_BYTES = 2 * FRAMES_PER_FLOOD * NAME_LETTERS
"""Well beyond what the kernel takes for a reader who does not read."""

FRAME: TypeAdapter[shapes.Frame] = TypeAdapter(shapes.Frame)


async def test_the_first_frame_is_everything_the_agent_sees(world: World, alice: Desktop) -> None:
    call = await world.connected(alice)

    snapshot = await (await alice.listen()).hear()

    FRAME.validate_python(snapshot, strict=False)
    assert snapshot["type"] == "snapshot"
    assert (snapshot["me"]["agent"], snapshot["me"]["state"], snapshot["me"]["interaction"]) == ("alice", "engaged", call)
    assert [interaction["id"] for interaction in snapshot["interactions"]] == [call]
    assert [queue["id"] for queue in snapshot["queues"]] == ["support", "billing"]


async def test_a_call_is_told_from_the_ringing_to_the_wrap_up(world: World, alice: Desktop) -> None:
    await alice.go("available")
    listening = await alice.listen()
    await listening.hear()

    call = world.customer_calls()
    ringing = await listening.hear_all_until("queue")
    kinds = [frame["type"] for frame in ringing]
    assert kinds == ["interaction", "offer", "me", "queue"]
    assert ringing[0]["interaction"]["phase"] == "offered"
    assert ringing[1]["offer"] == {"interaction": call, "consult": False, "why": "line", "over_at": "2027-01-15T08:00:20Z"}
    assert (ringing[2]["me"]["state"], ringing[2]["me"]["next_state"]) == ("offered", "available")
    assert ringing[3]["queue"]["agents"] == {"offered": 1, "logged_off": 1}

    world.picks_up(call, "alice")
    assert (await listening.hear_until("interaction"))["interaction"]["phase"] == "connected"
    world.customer_hangs_up(call)
    ended = await listening.hear_all_until("wrap_up")
    assert [frame["interaction"]["phase"] for frame in ended if frame["type"] == "interaction"] == ["ended"]
    assert ended[-1]["wrap_up"] == {
        "interaction": call,
        "asked_at": "2027-01-15T08:00:00Z",
        "over_at": "2027-01-15T08:02:00Z",
        "default": "",
        "extended": False,
    }
    assert (await listening.hear_until("me"))["me"]["wrap_ups"] == [ended[-1]["wrap_up"]]

    await alice.do("wrap-up", call, {"reason": "resolved"})
    last = await listening.hear_until("interaction")
    assert (last["interaction"]["gone"], last["interaction"]["allowed"]) == (True, [])
    me = (await listening.hear_until("me"))["me"]
    assert (me["state"], me["interaction"], me["wrap_ups"]) == ("available", None, [])
    for frame in (*ringing, *ended, last):
        FRAME.validate_python(frame)


async def test_a_consulted_agent_hears_the_offer_and_that_it_is_gone(world: World, alice: Desktop, bob: Desktop) -> None:
    call = await world.connected(alice)
    await bob.go("available")
    listening = await bob.listen()
    await listening.hear()

    await alice.do("consult", call, {"target": {"kind": "agent", "id": "bob"}})
    offer = (await listening.hear_until("offer"))["offer"]
    assert (offer["consult"], offer["why"], offer["over_at"]) == (True, "consult", "2027-01-15T08:00:30Z")
    await alice.do("cancel-consult", call)

    gone = (await listening.hear_until("interaction"))["interaction"]
    assert (gone["gone"], gone["my_role"], gone["allowed"]) == (True, None, [])
    await alice.do("hold", call)
    world.happens(GoIdle(agent=AgentId("bob")))
    frames = await listening.hear_all_until("me")
    while frames[-1]["me"]["state"] != "idle":
        frames += await listening.hear_all_until("me")
    assert "interaction" not in {frame["type"] for frame in frames}


async def test_a_supervisor_hears_of_every_interaction_and_others_do_not(world: World, alice: Desktop, bob: Desktop, sam: Desktop) -> None:
    supervisor, colleague = await sam.listen(), await bob.listen()
    await supervisor.hear()
    await colleague.hear()

    call = await world.connected(alice)
    await alice.do("end", call)

    phases = [(await supervisor.hear_until("interaction"))["interaction"]["phase"] for _ in range(4)]
    assert phases == ["queued", "offered", "connected", "ended"]
    await bob.go("available")
    kinds = {frame["type"] for frame in await colleague.hear_all_until("me")}
    assert kinds == {"queue", "me"}


async def test_when_asterisk_goes_away_every_desktop_gets_its_buttons_anew(world: World, alice: Desktop) -> None:
    await world.connected(alice)
    listening = await alice.listen()
    await listening.hear()

    world.switch_goes_away()
    assert (await listening.hear())["interaction"]["allowed"] == []
    world.switch_comes_back()
    assert "hold" in (await listening.hear())["interaction"]["allowed"]


async def test_two_tabs_hear_the_same_under_the_same_numbers(world: World, alice: Desktop) -> None:
    first, second = await alice.listen(), await (await world.desktop("alice")).listen()
    assert await first.hear() == await second.hear()

    await alice.go("available")

    assert await first.hear_all_until("queue") == await second.hear_all_until("queue")


# --- Slow readers, many readers, the end --------------------------------------------------------------------------------


@pytest.fixture
async def strict() -> AsyncIterator[World]:
    """A server with short patience, and with memory for a flood."""
    here = World(Limits(unread_bytes_max=1000, kept_bytes_max=FLOOD_BYTES, close_seconds=2.0))
    await here.start()
    yield here
    await here.stop()


def flood(world: World, call: str, frames: int = FRAMES_PER_FLOOD) -> None:
    """Show a customer of an endless name again and again, without giving any reader the time to read."""
    leg = world.party(call, "alice").leg
    for _ in range(frames // 2):
        world.happens(LegHeld(leg=leg))
        world.happens(LegUnheld(leg=leg))


async def test_a_reader_that_falls_behind_is_closed_with_4008_and_comes_back_without_a_gap(strict: World) -> None:
    alice = await strict.desktop("alice")
    call = await strict.connected(alice, name="C" * NAME_LETTERS)
    slow = await alice.listen()
    last = (await slow.hear())["seq"]

    flood(strict, call)

    assert await slow.closed_with() == 4008
    back = await alice.listen(after=last)
    back.last_seq = last
    assert [(await back.hear())["seq"] for _ in range(FRAMES_PER_FLOOD)] == list(range(last + 1, last + 1 + FRAMES_PER_FLOOD))


async def test_a_slow_reader_delays_nobody_else(strict: World) -> None:
    alice, bob = await strict.desktop("alice"), await strict.desktop("bob")
    call = await strict.connected(alice, name="C" * NAME_LETTERS)
    slow, quick = await alice.listen(), await bob.listen()
    await slow.hear()
    await quick.hear()

    flood(strict, call)
    await bob.go("available")

    assert (await quick.hear_until("me"))["me"]["state"] == "available"


async def test_a_reader_to_whom_everything_is_told_anew_is_not_slow(strict: World) -> None:
    sam, alice = await strict.desktop("sam"), await strict.desktop("alice")
    await strict.connected(alice, name="C" * NAME_LETTERS)
    for caller in range(100):
        strict.customer_calls(number=f"01234567{caller:02}", name="C" * NAME_LETTERS)
    listening = await sam.listen(max_msg_size=0)
    await listening.hear()

    for _ in range(2):
        strict.switch_goes_away()
        strict.switch_comes_back()

    assert [(await listening.hear())["type"] for _ in range(4 * 101)] == ["interaction"] * 4 * 101


@pytest.mark.long
async def test_a_reader_that_never_reads_again_is_cut_off(strict: World) -> None:
    alice = await strict.desktop("alice")
    call = await strict.connected(alice, name="C" * NAME_LETTERS)
    with await deaf_reader(alice):
        async with asyncio.timeout(4 * PATIENCE_SECONDS):
            while strict.server.sockets_of(AgentId("alice")) == 1:
                flood(strict, call, frames=10)
                await alice.get("/me")
        assert strict.server.sockets_of(AgentId("alice")) == 0


async def deaf_reader(desktop: Desktop) -> socket.socket:
    """A WebSocket of which nothing is ever read but the first line."""
    loop, port = asyncio.get_running_loop(), desktop.world.server.port
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.setblocking(False)
    await loop.sock_connect(deaf, ("127.0.0.1", port))
    headers = {**desktop.headers, **websocket_headers(), "Host": f"127.0.0.1:{port}"}
    lines = [f"GET {API}/events HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    await loop.sock_sendall(deaf, "\r\n".join(lines).encode())
    assert b" 101 " in await loop.sock_recv(deaf, 64)
    return deaf


@pytest.fixture
async def pinging() -> AsyncIterator[World]:
    here = World(Limits(ping_seconds=0.05))
    await here.start()
    yield here
    await here.stop()


async def test_a_desktop_is_pinged_and_one_that_does_not_answer_is_let_go(pinging: World) -> None:
    alice = await pinging.desktop("alice")
    silent = await alice.listen(autoping=False)
    await silent.hear()

    ping = await silent.socket.receive(timeout=PATIENCE_SECONDS)

    assert ping.type is aiohttp.WSMsgType.PING
    assert await silent.closed_with() == aiohttp.WSCloseCode.ABNORMAL_CLOSURE


async def test_only_so_many_desktops_of_one_agent_listen_at_once(alice: Desktop) -> None:
    open_ones = [await alice.listen() for _ in range(Limits().sockets_per_agent_max)]

    refused = await alice.get("/events", headers=websocket_headers())
    assert (refused.status, refused.code, refused.headers["Retry-After"]) == (429, "too-many-sockets", "5")

    await open_ones[0].socket.close()
    assert (await (await alice.listen()).hear())["type"] == "snapshot"


def websocket_headers() -> dict[str, str]:
    return {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }


async def test_what_a_desktop_says_over_the_websocket_changes_nothing(world: World, alice: Desktop) -> None:
    listening = await alice.listen()
    await listening.hear()

    await listening.socket.send_str("hello")
    await listening.socket.send_bytes(b"\x00\xff")
    await alice.go("available")

    assert (await listening.hear())["type"] == "me"


async def test_a_desktop_that_says_far_too_much_is_closed(alice: Desktop) -> None:
    listening = await alice.listen()
    await listening.hear()

    await listening.socket.send_str("x" * 10_000)

    assert await listening.closed_with() == aiohttp.WSCloseCode.MESSAGE_TOO_BIG
    assert (await alice.get("/me")).status == 200


async def test_logging_off_closes_the_websockets_of_that_session_alone(world: World, alice: Desktop) -> None:
    other = await world.desktop("alice")
    mine, others = await alice.listen(), await other.listen()
    await mine.hear()
    await others.hear()

    await alice.ask("DELETE", "/session")

    assert await mine.closed_with() == 4001
    await other.go("available")
    assert (await others.hear())["type"] == "me"


async def test_a_server_that_stops_says_goodbye(world: World, alice: Desktop) -> None:
    listening = await alice.listen()
    await listening.hear()

    closed, _ = await asyncio.gather(listening.closed_with(), world.server.stop())

    assert closed == 1001
