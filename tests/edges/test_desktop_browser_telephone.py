"""The telephone in the browser: who gets its password, whose page carries its SIP, and what the end of a login does to both."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
import pytest

from controller.desktop.limits import Limits
from controller.desktop.routes.sip import is_its_own
from controller.directory.ids import THE_SWITCH, AgentId
from controller.floor.floor import Floor
from controller.interaction.facts import SwitchFound, TelephonesSeen
from controller.routing.commands import GoAvailable, LogOff, LogOn
from tests.edges.browser_telephones import SipServer, sip_server
from tests.edges.desktop_world import API, PATIENCE_SECONDS, UNHURRIED, Desktop, InMemoryInbox, World

REGISTER = "REGISTER sip:asterisk SIP/2.0\r\nFrom: <sip:{0}@asterisk>;tag=1\r\nTo: <sip:{0}@asterisk>\r\nCSeq: 1 REGISTER\r\n\r\n"

UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Protocol": "sip",
}
IN_A_CALL = "INFO sip:asterisk SIP/2.0\r\nTo: <sip:2001@asterisk>;tag=7\r\n\r\n"


@pytest.fixture
async def asterisk() -> AsyncIterator[SipServer]:
    async with sip_server() as server:
        yield server


@pytest.fixture
async def world(asterisk: SipServer) -> AsyncIterator[World]:
    here = World(sip_url=asterisk.url)
    await here.start()
    yield here
    await here.stop()


async def opened(desktop: Desktop, *, protocols: tuple[str, ...] = ("sip",), **headers: str) -> aiohttp.ClientWebSocketResponse:
    """A page opens its WebSocket for SIP."""
    sent = {**desktop.headers, "Origin": desktop.world.url, **headers}
    return await desktop.http.ws_connect(f"{desktop.world.url}{API}/sip", protocols=protocols, headers=sent)


async def refused(desktop: Desktop, **what: Any) -> int:
    with pytest.raises(aiohttp.WSServerHandshakeError) as no:
        await opened(desktop, **what)
    return no.value.status


async def closed_with(socket: aiohttp.ClientWebSocketResponse) -> int | None:
    message = await socket.receive(timeout=PATIENCE_SECONDS)
    assert message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED), message
    return socket.close_code


async def telephone_of(desktop: Desktop, query: str = "") -> Mapping[str, Any]:
    reply = await desktop.get(f"/me/telephone{query}")
    assert reply.status == 200, reply.text
    told: Mapping[str, Any] = reply.json
    return told


# --- The password ------------------------------------------------------------------------------------------------------


async def test_a_login_is_given_a_password_of_its_own_and_asterisk_the_same(world: World) -> None:
    alice = await world.by_cookie("alice")

    told = await telephone_of(alice)

    assert (told["user"], told["websocket"], told["elsewhere"]) == ("1001-web", "/api/v1/sip", False)
    assert world.passwords.known == {"1001-web": told["password"]}
    assert len(told["password"]) == 64
    assert told["expires_at"] is not None


async def test_a_page_is_told_which_telephone_stands_on_the_desk(world: World) -> None:
    told = await telephone_of(await world.by_cookie("alice"))

    assert told["desk"] == "1001"


async def test_asking_again_gives_the_same_password_and_another_login_gives_another(world: World) -> None:
    alice, alice_at_home = await world.by_cookie("alice"), await world.by_cookie("alice")

    first, again = await telephone_of(alice), await telephone_of(alice)
    at_home = await telephone_of(alice_at_home)

    assert first["password"] == again["password"] != at_home["password"]
    assert world.passwords.known == {"1001-web": at_home["password"]}, "the newest one counts"


async def test_who_has_no_telephone_in_the_browser_is_given_no_password(world: World) -> None:
    told = await telephone_of(await world.by_cookie("carol"))

    assert (told["kind"], told["user"], told["password"], told["websocket"], told["expires_at"]) == ("desk", None, None, None, None)
    assert world.passwords.known == {}


async def test_while_asterisk_is_away_no_password_is_promised(world: World) -> None:
    alice = await world.by_cookie("alice")
    world.passwords.is_there = False

    reply = await alice.get("/me/telephone")

    assert (reply.status, reply.code) == (503, "asterisk-unavailable")


async def test_a_password_is_over_with_its_login(world: World) -> None:
    alice = await world.by_cookie("alice")
    await telephone_of(alice)

    await alice.ask("DELETE", "/session", headers={"Origin": world.url})

    assert world.passwords.known == {}


async def test_a_password_is_over_when_the_login_has_lasted_too_long(world: World) -> None:
    alice = await world.by_cookie("alice")
    await telephone_of(alice)

    world.passes(13 * 3600)
    await world.server.sweep()

    assert world.passwords.known == {}


async def test_the_end_of_a_login_that_had_no_telephone_takes_none_away(world: World) -> None:
    alice, script = await world.by_cookie("alice"), await world.desktop("alice")
    told = await telephone_of(alice)

    await script.ask("DELETE", "/session")

    assert world.passwords.known == {"1001-web": told["password"]}


async def test_what_an_earlier_process_left_to_nobody_is_taken_away_at_the_start(world: World) -> None:
    assert sorted(world.passwords.taken) == ["1001-web", "1002-web", "1004-web"]


async def test_nobody_reads_a_token_in_the_password(world: World) -> None:
    alice = await world.desktop("alice")

    told = await telephone_of(alice)

    assert told["password"] not in alice.headers["Authorization"]


# --- Which telephone rings ---------------------------------------------------------------------------------------------


async def test_the_agent_is_told_which_telephone_rings_and_whether_it_is_there(world: World) -> None:
    alice = await world.by_cookie("alice")
    assert (await alice.get("/me")).json["telephone"] == {"kind": "desk", "registered": True, "since": None}
    listening = await alice.listen(headers={"Origin": world.url})
    assert (await listening.hear())["me"]["telephone"]["kind"] == "desk"

    world.happens(TelephonesSeen(there=("1001-web",)))

    told = (await listening.hear_until("me"))["me"]["telephone"]
    assert (told["kind"], told["registered"]) == ("browser", True)
    assert (await telephone_of(alice))["kind"] == "browser"


@pytest.mark.parametrize(("chosen", "registered"), [("browser", False), ("desk", True)])
async def test_a_login_may_choose_the_telephone(world: World, chosen: str, registered: bool) -> None:
    body = {"agent": "alice", "password": "alice", "telephone": chosen}
    alice = world.browser()
    assert (await alice.ask("POST", "/session", json=body)).status == 201

    told = await telephone_of(alice)

    assert (told["kind"], told["registered"]) == (chosen, registered)
    assert told["password"] is not None


async def test_who_has_no_telephone_in_the_browser_can_not_choose_it(world: World) -> None:
    reply = await world.browser().ask("POST", "/session", json={"agent": "carol", "password": "carol", "telephone": "browser"})

    assert (reply.status, reply.code) == (409, "no-telephone")
    assert world.floor.desks[AgentId("carol")].sessions == ()


# --- The WebSocket -----------------------------------------------------------------------------------------------------


async def test_what_the_page_says_reaches_asterisk_and_what_asterisk_says_reaches_the_page(world: World, asterisk: SipServer) -> None:
    socket = await opened(await world.by_cookie("alice"))
    assert socket.protocol == "sip"

    await socket.send_str(IN_A_CALL)

    assert await socket.receive_str(timeout=PATIENCE_SECONDS) == IN_A_CALL.upper()
    assert asterisk.heard == [IN_A_CALL]
    await socket.close()


async def test_nobody_gets_to_asterisk_without_a_login(world: World, asterisk: SipServer) -> None:
    assert await refused(world.browser()) == 401
    assert asterisk.open == []


async def test_another_page_can_not_use_an_agents_cookie(world: World, asterisk: SipServer) -> None:
    alice = await world.by_cookie("alice")

    assert await refused(alice, Origin="https://elsewhere.example") == 403
    assert await refused(alice, Origin="") == 403
    assert asterisk.open == []


async def test_who_has_no_telephone_in_the_browser_gets_no_websocket(world: World) -> None:
    reply = await (await world.by_cookie("carol")).get("/sip", headers={"Origin": world.url})

    assert (reply.status, reply.code) == (409, "no-telephone")


async def test_a_websocket_that_does_not_speak_sip_is_refused(world: World) -> None:
    alice = await world.by_cookie("alice")

    assert await refused(alice, protocols=("xmpp",)) == 426
    assert (await alice.get("/sip", headers={"Origin": world.url})).code == "upgrade-required"


async def test_an_asterisk_that_is_away_is_said_before_the_websocket_opens(world: World) -> None:
    here = World()
    await here.start()
    try:
        assert await refused(await here.by_cookie("alice")) == 503
    finally:
        await here.stop()


async def test_a_page_that_closes_is_gone_for_asterisk_at_once(world: World, asterisk: SipServer) -> None:
    socket = await opened(await world.by_cookie("alice"))
    await asterisk.until_open(1)

    await socket.close()

    await asterisk.until_open(0)


async def test_a_browser_that_dies_is_gone_for_asterisk_at_once(world: World, asterisk: SipServer) -> None:
    socket = await opened(await world.by_cookie("alice"))
    await asterisk.until_open(1)

    socket._response.connection.transport.abort()  # type: ignore[union-attr]  # nothing but its own insides can die so suddenly

    await asterisk.until_open(0)


async def test_a_page_is_told_when_asterisk_goes_away(world: World, asterisk: SipServer) -> None:
    socket = await opened(await world.by_cookie("alice"))
    await asterisk.until_open(1)

    await asterisk.open[0].close()

    assert await closed_with(socket) == 1001


async def test_a_page_that_sends_what_is_no_text_is_closed(world: World) -> None:
    socket = await opened(await world.by_cookie("alice"))

    await socket.send_bytes(b"\x00")

    assert await closed_with(socket) == 1003


async def test_so_many_pages_that_asterisk_would_have_no_place_for_the_controller_are_refused(asterisk: SipServer) -> None:
    here = World(sip_url=asterisk.url, limits=Limits(requests_at_once_max=UNHURRIED.requests_at_once_max, sip_sockets_max=1))
    await here.start()
    try:
        alice = await here.by_cookie("alice")
        first = await opened(alice)
        assert await refused(await here.by_cookie("bob")) == 429
        second = await opened(alice)
        assert await closed_with(first) == 4009, "the same agent's page takes the place of its own"
        await second.close()
    finally:
        await here.stop()


async def test_an_agent_whose_page_opens_one_websocket_after_the_other_takes_no_more_than_two_of_asterisks_sessions(
    world: World, asterisk: SipServer
) -> None:
    alice = await world.by_cookie("alice")
    asterisk.takes_sockets.clear()
    opening = [asyncio.create_task(opened(alice)) for _ in range(2)]
    await asterisk.until_asked(2)

    reply = await alice.get("/sip", headers={"Origin": world.url, **UPGRADE})

    assert (reply.status, reply.code) == (429, "too-many-sockets")
    assert reply.json["detail"] == "Your telephone is being opened in too many windows at once: try again in a moment."
    assert reply.headers["Retry-After"] == "5"
    assert asterisk.asked == 2
    asterisk.takes_sockets.set()
    for socket in await asyncio.gather(*opening):
        await socket.close()
    await asterisk.until_open(0)
    await (await opened(alice)).close()


async def test_pages_that_take_anothers_place_are_bounded_as_well(asterisk: SipServer) -> None:
    limits = Limits(requests_at_once_max=UNHURRIED.requests_at_once_max, sip_sockets_max=1, sip_sockets_replaced_max=0)
    here = World(sip_url=asterisk.url, limits=limits)
    await here.start()
    try:
        alice = await here.by_cookie("alice")
        first = await opened(alice)
        assert await refused(alice) == 429
        await first.close()
    finally:
        await here.stop()


# --- One telephone, several windows ------------------------------------------------------------------------------------


async def test_a_page_that_is_loaded_anew_takes_the_place_of_what_it_was(world: World, asterisk: SipServer) -> None:
    alice = await world.by_cookie("alice")
    before = await opened(alice)

    after = await opened(alice)

    assert await closed_with(before) == 4009
    await asterisk.until_open(1)
    await after.close()


async def test_another_login_leaves_the_telephone_where_it_is_and_takes_it_over_when_told_so(world: World) -> None:
    alice, elsewhere = await world.by_cookie("alice"), await world.by_cookie("alice")
    first = await telephone_of(alice)
    socket = await opened(alice)

    told = await telephone_of(elsewhere)
    assert (told["elsewhere"], told["password"], told["user"]) == (True, None, None)
    assert world.passwords.known == {"1001-web": first["password"]}
    assert await refused(elsewhere) == 409

    taken = await telephone_of(elsewhere, "?take=true")
    assert await closed_with(socket) == 4009
    assert world.passwords.known == {"1001-web": taken["password"]}
    assert await refused(alice) == 409, "it does not take it back by itself"
    await (await opened(elsewhere)).close()


async def test_a_telephone_whose_window_is_closed_may_be_had_by_the_next_login(world: World) -> None:
    alice, elsewhere = await world.by_cookie("alice"), await world.by_cookie("alice")
    await telephone_of(alice)

    told = await telephone_of(elsewhere)

    assert told["password"] is not None


@pytest.mark.parametrize("site", ["same-site", "cross-site", "none"])
async def test_another_page_can_not_take_the_telephone_by_an_agents_cookie(world: World, site: str) -> None:
    alice, elsewhere = await world.by_cookie("alice"), await world.by_cookie("alice")
    told = await telephone_of(alice)
    socket = await opened(alice)

    reply = await elsewhere.get("/me/telephone?take=true", headers={"Sec-Fetch-Site": site})

    assert (reply.status, reply.code) == (403, "bad-origin")
    assert world.passwords.known == {"1001-web": told["password"]}
    assert (await elsewhere.get("/me/telephone", headers={"Sec-Fetch-Site": "same-origin"})).json["elsewhere"] is True
    await socket.close()


async def test_take_is_true_or_false(world: World) -> None:
    reply = await (await world.by_cookie("alice")).get("/me/telephone?take=yes")

    assert (reply.status, reply.code) == (422, "bad-query")


# --- The end of a login ------------------------------------------------------------------------------------------------


async def test_who_logs_off_has_no_telephone_any_more(world: World, asterisk: SipServer) -> None:
    alice = await world.by_cookie("alice")
    await telephone_of(alice)
    socket = await opened(alice)

    await alice.ask("DELETE", "/session", headers={"Origin": world.url})

    assert await closed_with(socket) == 4001
    await asterisk.until_open(0)
    assert await refused(alice) == 401


async def test_a_login_that_ends_in_a_call_keeps_the_telephone_until_the_call_is_over(world: World, asterisk: SipServer) -> None:
    alice = await world.desktop("alice")
    password = (await telephone_of(alice))["password"]
    socket = await opened(alice)
    interaction = await world.connected(alice)

    await alice.ask("DELETE", "/session")
    await socket.send_str(IN_A_CALL)
    await socket.receive_str(timeout=PATIENCE_SECONDS)
    assert world.passwords.known == {"1001-web": password}

    world.customer_hangs_up(interaction)
    assert await closed_with(socket) == 4001
    assert world.passwords.known == {}


async def test_a_page_whose_login_has_ended_in_a_call_connects_again_until_the_call_is_over(world: World) -> None:
    alice = await world.by_cookie("alice")
    await telephone_of(alice)
    socket = await opened(alice)
    await alice.ask("PUT", "/me/state", json={"state": "available"}, headers={"Origin": world.url})
    interaction = world.customer_calls()
    world.picks_up(interaction, "alice")
    await alice.ask("DELETE", "/session", headers={"Origin": world.url})
    await socket.close()

    again = await opened(alice)

    await again.send_str(IN_A_CALL)
    await again.receive_str(timeout=PATIENCE_SECONDS)
    assert (await alice.get("/me")).status == 401, "it is good for nothing else"
    assert await refused(alice, Origin="https://elsewhere.example") == 403
    world.customer_hangs_up(interaction)
    assert await closed_with(again) == 4001
    assert await refused(alice) == 401


async def test_a_page_whose_login_has_ended_in_a_call_connects_again_after_a_start_of_the_controller(asterisk: SipServer) -> None:
    before = World(sip_url=asterisk.url)
    await before.start()
    alice = await before.desktop("alice")
    await telephone_of(alice)
    interaction = await before.connected(alice)
    await alice.ask("DELETE", "/session")
    await before.stop()
    here = World(sip_url=asterisk.url, inbox=InMemoryInbox(Floor.from_state(before.floor.state())))
    await here.start()
    try:
        page = here.browser_of(alice)
        socket = await opened(page)
        assert "1001-web" not in here.passwords.taken

        here.customer_hangs_up(interaction)

        assert await closed_with(socket) == 4001
        assert "1001-web" in here.passwords.taken
        assert await refused(page) == 401
    finally:
        await here.stop()


async def test_whoever_logs_in_again_on_a_page_whose_login_ended_in_a_call_has_its_telephone_at_once(world: World) -> None:
    world.happens(TelephonesSeen(there=("1001-web",)))
    alice = await world.desktop("alice")
    first = (await telephone_of(alice))["password"]
    socket = await opened(alice)
    interaction = await world.connected(alice)
    await alice.ask("DELETE", "/session")

    again = await world.desktop("alice")
    told = await telephone_of(again)

    assert (told["elsewhere"], told["registered"], told["kind"]) == (False, True, "browser")
    assert (await again.get("/me")).json["telephone"]["registered"] is True
    assert world.passwords.known == {"1001-web": told["password"]} != {"1001-web": first}
    await socket.send_str(IN_A_CALL)
    await socket.receive_str(timeout=PATIENCE_SECONDS)
    world.customer_hangs_up(interaction)
    await socket.send_str(IN_A_CALL)
    await socket.receive_str(timeout=PATIENCE_SECONDS)
    assert world.passwords.known == {"1001-web": told["password"]}, "the end of the call ends the telephone of the login before only"
    await again.ask("DELETE", "/session")
    assert await closed_with(socket) == 4001
    assert world.passwords.known == {}


async def test_whoever_logs_in_elsewhere_takes_the_telephone_from_a_window_whose_login_has_ended(world: World) -> None:
    alice = await world.desktop("alice")
    await telephone_of(alice)
    socket = await opened(alice)
    await world.connected(alice)
    await alice.ask("DELETE", "/session")
    elsewhere = await world.desktop("alice")
    await telephone_of(elsewhere)

    taken = await opened(elsewhere)

    assert await closed_with(socket) == 4009
    await taken.close()


async def talking_without_a_login(asterisk: SipServer) -> tuple[World, str]:
    """Alice's login has ended in a call, which goes on, and the controller is started again."""
    here = World(sip_url=asterisk.url)
    here.happens(SwitchFound(switch=THE_SWITCH))
    here.happens(LogOn(agent=AgentId("alice")))
    here.happens(GoAvailable(agent=AgentId("alice")))
    interaction = here.customer_calls()
    here.picks_up(interaction, "alice")
    here.happens(LogOff(agent=AgentId("alice")))
    await here.start()
    return here, interaction


async def test_whoever_talks_without_a_login_keeps_the_password_across_a_start_until_the_call_is_over(asterisk: SipServer) -> None:
    here, interaction = await talking_without_a_login(asterisk)
    try:
        assert here.passwords.taken == ["1002-web", "1004-web"]

        here.customer_hangs_up(interaction)

        assert here.passwords.taken == ["1002-web", "1004-web", "1001-web"]
    finally:
        await here.stop()


@pytest.mark.parametrize("asks", [True, False])
async def test_whoever_talks_without_a_login_across_a_start_has_a_telephone_that_stays_as_soon_as_they_log_in(
    asterisk: SipServer, asks: bool
) -> None:
    here, interaction = await talking_without_a_login(asterisk)
    try:
        alice = await here.desktop("alice")
        if asks:
            assert here.passwords.known == {"1001-web": (await telephone_of(alice))["password"]}
        socket = await opened(alice)
        assert (await alice.get("/me")).json["interaction"] == interaction

        here.customer_hangs_up(interaction)

        await socket.send_str(IN_A_CALL)
        await socket.receive_str(timeout=PATIENCE_SECONDS)
        assert "1001-web" not in here.passwords.taken
        await socket.close()
    finally:
        await here.stop()


async def test_an_agent_who_leaves_the_site_has_no_telephone_any_more(world: World) -> None:
    alice = await world.by_cookie("alice")
    await telephone_of(alice)
    socket = await opened(alice)

    world.agent_leaves_the_site("alice")

    assert await closed_with(socket) == 4001
    assert world.passwords.known == {}


async def test_a_colleague_who_leaves_the_site_in_a_consult_has_no_telephone_when_it_is_over(world: World) -> None:
    alice, bob = await world.desktop("alice"), await world.desktop("bob")
    await telephone_of(bob)
    socket = await opened(bob)
    interaction = await world.consulting(alice, bob)

    world.agent_leaves_the_site("bob")
    assert "1002-web" in world.passwords.known, "the call goes on"
    world.hangs_up(interaction, "bob")

    assert await closed_with(socket) == 4001
    assert "1002-web" not in world.passwords.known


async def test_a_page_that_came_back_after_a_start_loses_its_telephone_with_its_login_although_another_login_stays(world: World) -> None:
    alice, _ = await world.by_cookie("alice"), await world.desktop("alice")
    socket = await opened(alice)  # with the password of before: nobody has asked this process for one
    world.passwords.taken.clear()

    await alice.ask("DELETE", "/session", headers={"Origin": world.url})

    assert await closed_with(socket) == 4001
    assert world.passwords.taken == ["1001-web"]


async def test_a_password_of_before_a_start_is_over_with_the_first_login_that_ends(world: World) -> None:
    alice, _ = await world.by_cookie("alice"), await world.desktop("alice")
    world.passwords.taken.clear()

    await alice.ask("DELETE", "/session", headers={"Origin": world.url})

    assert world.passwords.taken == ["1001-web"], "it may be the password of this one"


async def test_a_controller_that_stops_leaves_passwords_so_that_pages_come_back_with_them(world: World, asterisk: SipServer) -> None:
    alice = await world.by_cookie("alice")
    told = await telephone_of(alice)
    socket = await opened(alice)

    _, code = await asyncio.gather(world.server.stop(), closed_with(socket))

    assert code == 1001
    assert world.passwords.known == {"1001-web": told["password"]}


# --- Whose telephone ---------------------------------------------------------------------------------------------------


async def test_a_page_that_registers_anothers_telephone_is_closed_and_asterisk_hears_nothing(world: World, asterisk: SipServer) -> None:
    socket = await opened(await world.by_cookie("alice"))

    await socket.send_str(REGISTER.format("1002-web"))

    assert await closed_with(socket) == 1008
    assert asterisk.heard == []


async def test_a_page_registers_its_own_telephone(world: World, asterisk: SipServer) -> None:
    socket = await opened(await world.by_cookie("alice"))

    await socket.send_str(REGISTER.format("1001-web"))
    await socket.receive_str(timeout=PATIENCE_SECONDS)

    assert asterisk.heard == [REGISTER.format("1001-web")]
    await socket.close()


@pytest.mark.parametrize(
    ("to", "its_own"),
    [
        ("To: <sip:1001-web@asterisk>", True),
        ("t: sip:1001-web@asterisk", True),
        ('To: "Alice Martin" <sip:1001-web@asterisk>', True),
        ("To: Alice <sips:1001-web@asterisk>;tag=7", True),
        ("To: <sip:1002-web@asterisk>", False),
        ('To: "sip:1001-web@x" <sip:1002-web@asterisk>', False),
        ('To: "a\\" <sip:1001-web@x>" <sip:1002-web@asterisk>', False),
        ("To: <sip:1001-web@asterisk>\r\nTo: <sip:1002-web@asterisk>", False),
        ("To:\r\n <sip:1001-web@asterisk>", False),
        ("From: <sip:1001-web@asterisk>", False),
        ("To: <sip:1001-webs@asterisk>", False),
    ],
)
def test_whose_telephone_a_register_is_about(to: str, its_own: bool) -> None:
    assert is_its_own(f"REGISTER sip:asterisk SIP/2.0\r\n{to}\r\nCSeq: 1 REGISTER\r\n\r\n", "1001-web") is its_own


@pytest.mark.parametrize(
    "message",
    [
        REGISTER.format("1001-web").replace("REGISTER", "register"),
        REGISTER.format("1002-web").replace("REGISTER sip", "register sip"),
        REGISTER.format("1002-web").replace("REGISTER sip", "REG sip"),
        REGISTER.format("1002-web").replace("\r\n", "\n"),
        "OPTIONS sip:asterisk SIP/2.0\r\nTo: <sip:a@b>;tag=1\r\nContent-Length: 0\r\n\r\n" + REGISTER.format("1001-web"),
        "OPTIONS sip:asterisk SIP/2.0\r\nTo: <sip:a@b>;tag=1\r\nContent-Length: 1\r\n\r\nx" + REGISTER.format("1002-web"),
        "SIP/2.0 200 OK\r\nTo: <sip:a@b>;tag=1\r\n\r\n" + REGISTER.format("1002-web"),
        "REGISTER sip:asterisk SIP/2.0\r\nTo:\r\n <sip:1002-web@asterisk>\r\nContent-Length: 27\r\n\r\nTo: <sip:1001-web@asterisk>",
        "INVITE sip:800@asterisk SIP/2.0\r\nFrom: <sip:2001@asterisk>;tag=1\r\nTo: <sip:800@asterisk>\r\n\r\n",
        "INVITE sip:800@asterisk SIP/2.0\r\nTo: <sip:800@asterisk;tag=1>\r\n\r\n",
        'INVITE sip:800@asterisk SIP/2.0\r\nTo: <sip:800@asterisk>;x="<>;tag=1"\r\n\r\n',
        "INVITE sip:800@asterisk SIP/2.0\r\n\r\n",
        "hello",
    ],
)
def test_what_asterisk_would_take_for_more_than_a_browser_says_is_not_let_through(message: str) -> None:
    assert is_its_own(message, "1001-web") is False


@pytest.mark.parametrize(
    "message",
    [
        "SIP/2.0 200 OK\r\nTo: <sip:1001-web@asterisk>;tag=2\r\nContent-Length: 5\r\n\r\nv=0\r\n",
        "SIP/2.0 486 \r\nTo: <sip:1001-web@asterisk>;tag=2\r\nContent-Length: 0\r\n\r\n",
        "BYE sip:asterisk@127.0.0.1:5060;transport=ws SIP/2.0\r\nTo: <sip:+33199000001@127.0.0.1>;tag=as7\r\nContent-Length: 0\r\n\r\n",
        'INVITE sip:asterisk@127.0.0.1 SIP/2.0\r\nTo: "C <a> \\"b\\"" <sip:1;ext=2@127.0.0.1>;tag=7\r\nContent-Length: 2\r\n\r\né',
        "ACK sip:asterisk SIP/2.0\r\nt: <sip:127.0.0.1>;tag=7\r\nl: 0\r\n\r\n",
        "\r\n\r\n",
    ],
)
def test_an_answer_and_what_belongs_to_a_call_are_let_through(message: str) -> None:
    assert is_its_own(message, "1001-web") is True


# --- A page that is loaded anew in a call ------------------------------------------------------------------------------


async def test_a_page_that_was_loaded_anew_in_a_call_is_rung_anew(world: World) -> None:
    alice = await world.by_cookie("alice")
    world.happens(TelephonesSeen(there=("1001-web",)))
    await alice.ask("PUT", "/me/state", json={"state": "available"}, headers={"Origin": world.url})
    interaction = world.customer_calls()
    world.picks_up(interaction, "alice")
    before = world.party(interaction, "alice").leg

    reply = await alice.ask("POST", "/me/telephone/reconnect", headers={"Origin": world.url})

    assert (reply.status, reply.json["interaction"], reply.json["state"]) == (200, interaction, "engaged")
    assert world.party(interaction, "alice").leg != before


async def test_a_reconnect_that_is_sent_twice_rings_once(world: World) -> None:
    alice = await world.desktop("alice")
    world.happens(TelephonesSeen(there=("1001-web",)))
    interaction = await world.connected(alice)
    once = {"Idempotency-Key": "loaded-1"}
    await alice.ask("POST", "/me/telephone/reconnect", headers=once)
    leg = world.party(interaction, "alice").leg

    reply = await alice.ask("POST", "/me/telephone/reconnect", headers=once)

    assert (reply.status, world.party(interaction, "alice").leg) == (200, leg)


async def test_who_is_in_no_call_is_told_so(world: World) -> None:
    reply = await (await world.desktop("alice")).ask("POST", "/me/telephone/reconnect")

    assert (reply.status, reply.code) == (409, "not-now")
