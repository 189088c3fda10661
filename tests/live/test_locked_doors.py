"""Doors that must be shut: SIP and ARI from elsewhere or without the password, names and numbers that try to break out, containers."""

import re

import aiohttp
import pytest

from tests.live.raw_caller import RawCaller
from tests.live.scene import Scene, until
from tests.phones import Account, StubPhone

ELSEWHERE = "127.0.0.2"
"""An address of this machine that acl.conf and ari.conf do not permit."""
AN_ORDINARY_CALL = (180, 183, 200)
REFUSED = (400, 404, 416, 484)
NO_SIP = 0
"""Asterisk does not answer what it can't read."""
NAMES = {
    "quotes": rb'"Cora \" <sip:evil@example.com>;x=\""',
    "a function": b'"${SHELL(touch /tmp/evil)}"',
    "another channel": b'"1001&SIP/x"',
    "arguments": b'"800,evil|evil"',
    "a header": rb'"Cora\\r\\nX-Evil: 1"',
    "bytes that are no text": b'"\xff\xfe\x80"',
    "half a letter": b'"\xed\xa0\x80"',
    "much": b'"' + b"N" * 3_000 + b'"',
    "no quotes at all": b"Cora",
}
ONE_NAME_AND_ONE_ADDRESS = re.compile(r'From: ("([^"\\]|\\.)*" |[A-Za-z]+ )?<sip:outside@[0-9.:]+>;tag=[0-9a-f-]+')
"""As RFC 3261 writes them: a quotation ends with the first quote that has no backslash before it."""

NUMBERS = [
    "801,evil",
    "${SHELL(touch%20/tmp/evil)}",
    "$%7BSHELL(touch%20/tmp/evil)%7D",
    "801&SIP/x",
    "801%0d%0aX-Evil:1",
    "../801",
    "8" * 500,
    "s",
    "h",
    "i",
    "t",
    "801%00",
    "+801",
]


class WatchfulPhone(StubPhone):
    """Keeps every invitation as it came."""

    def __init__(self, account: Account) -> None:
        super().__init__(account, status=None, rings=True)
        self.invitations: list[str] = []

    def receive(self, text: str) -> None:
        if text.startswith("INVITE "):
            self.invitations.append(text)
        super().receive(text)


# --- SIP ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("user", ["1001", "2001", "outside", "nobody", "anonymous"])
@pytest.mark.parametrize("method", ["REGISTER", "INVITE", "OPTIONS"])
async def test_without_a_password_no_telephone_gets_further_and_nobody_learns_which_exist(scene: Scene, user: str, method: str) -> None:
    async with RawCaller.on("127.0.0.1", scene.stack.sip_port, user) as caller:
        assert await caller.ask(method, "800") == 401


async def test_a_wrong_password_opens_nothing(scene: Scene) -> None:
    async with RawCaller.on("127.0.0.1", scene.stack.sip_port, "1001", "phone-1002") as caller:
        assert await caller.ask("REGISTER", "1001") == 401


async def test_from_an_address_that_is_not_permitted_not_even_the_right_password_helps(scene: Scene) -> None:
    async with RawCaller.on(ELSEWHERE, scene.stack.sip_port, "2001", "phone-2001") as caller:
        assert await caller.ask("INVITE", "800") == 403


async def test_an_agents_telephone_reaches_nothing_but_the_controller(scene: Scene) -> None:
    """What is a number or a code is the controller's to decide (`test_transfer_key`, `test_feature_codes`); nothing else leads anywhere."""
    async with RawCaller.on("127.0.0.1", scene.stack.sip_port, "1001", "phone-1001") as caller:
        for dialled in ("s", "customers", "transfer"):
            assert await caller.ask("INVITE", dialled) == 404


# --- ARI ---------------------------------------------------------------------------------------------------------------


async def test_ari_answers_nobody_from_elsewhere_and_nobody_without_the_password(scene: Scene) -> None:
    url = f"{scene.stack.ari_url}/asterisk/info"
    right, wrong = ({"Authorization": aiohttp.encode_basic_auth("controller", password)} for password in ("controller", "another"))
    connector = aiohttp.TCPConnector(local_addr=(ELSEWHERE, 0))
    async with aiohttp.ClientSession(connector=connector) as elsewhere, elsewhere.get(url, headers=right) as reply:
        assert reply.status == 403
    for headers, status in ((right, 200), (wrong, 401), ({}, 401)):
        async with scene.http.get(url, headers=headers) as reply:
            assert reply.status == status


# --- Names and numbers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
async def test_a_name_that_tries_to_break_out_is_a_name_on_the_rung_telephone(scene: Scene, name: bytes) -> None:
    await scene.dave.available()
    account = Account("1004", "phone-1004", registrar_port=scene.stack.sip_port)
    async with WatchfulPhone(account) as telephone:
        async with RawCaller.on("127.0.0.1", scene.stack.sip_port, "outside", "phone-outside") as caller:
            assert await caller.ask("INVITE", "801", name) in AN_ORDINARY_CALL
            await telephone.called()
            (invitation,) = telephone.invitations[:1]
            await caller.cancel()
        await until("the call is over", lambda: all(call.cancelled_at for call in telephone.calls))

    head = invitation.partition("\r\n\r\n")[0].split("\r\n")
    sender = next(line for line in head if line.startswith("From:"))
    assert not any(line.lower().startswith("x-evil") for line in head)
    assert ONE_NAME_AND_ONE_ADDRESS.fullmatch(sender), sender
    assert scene.stack.asterisk.exec(["ls", "/tmp/evil"]).exit_code != 0


@pytest.mark.parametrize("number", NUMBERS)
async def test_a_number_that_tries_to_break_out_is_refused_or_an_ordinary_call(scene: Scene, number: str) -> None:
    async with RawCaller.on("127.0.0.1", scene.stack.sip_port, "outside", "phone-outside") as caller:
        try:
            status = await caller.ask("INVITE", number, b'"Cora"')
        except TimeoutError:
            status = NO_SIP
        await caller.cancel()

    assert status in (*AN_ORDINARY_CALL, *REFUSED, NO_SIP), status
    await until("nothing is left", lambda: "0 active channels" in scene.stack.asterisk_cli("core show channels count"))
    assert scene.stack.asterisk.exec(["ls", "/tmp/evil"]).exit_code != 0


# --- Containers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["asterisk", "controller"])
async def test_nothing_runs_as_root_or_with_a_capability_or_can_get_one(scene: Scene, part: str) -> None:
    container = getattr(scene.stack, part)
    status = dict(line.split(":\t", 1) for line in container.exec(["cat", "/proc/1/status"]).output.decode().splitlines() if ":\t" in line)

    assert "0" not in status["Uid"].split()
    assert {status[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
    assert status["NoNewPrivs"] == "1"
