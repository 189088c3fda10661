"""`ari-controller check --live`: what it says of each Asterisk that it may meet, and of what is none."""

import asyncio
import base64
import hashlib
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from controller.asterisk import questions
from controller.asterisk.capabilities import TABLE
from controller.asterisk.preflight import MODULES, MODULES_OF_BROWSERS, Finding, Result, preflight
from controller.asterisk.system import PASSWORDS
from controller.directory.site import AsteriskAccess
from tests.edges.command_line import DEMO, ari_controller_process
from tests.pure.directory.site_text import SITE, read

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]

ENDPOINTS: list[dict[str, Any]] = [
    {"technology": "PJSIP", "resource": phone, "state": "online", "channel_ids": []} for phone in ("1001", "1002")
]


PJSIP = "asterisk/config/dynamic/res_pjsip/"
DESK = {"direct_media": "false", "allow": "(ulaw)", "aors": "1001", "timers": "always", "rtp_timeout": "3600", "trust_id_inbound": "no"}
PLACE = {"max_contacts": "1", "qualify_frequency": "10"}
WEB = {"webrtc": "yes", "auth": "1001-web", "aors": "1001-web", "allow": "(ulaw)"}
SITE_WITH_BROWSER = SITE.replace('phone = "1001"', 'phone = "1001"\nbrowser = "1001-web"')


class Asterisk:
    """What ARI answers, as much as is asked of it before anything else."""

    def __init__(self) -> None:
        self.version = "22.10.1+dfsg"
        self.modules = {f"{name}.so": "Running" for name in (*MODULES, *MODULES_OF_BROWSERS)}
        self.endpoints: list[dict[str, Any]] = list(ENDPOINTS)
        self.status: dict[str, int] = {}
        """Which paths are refused, and how."""
        self.may_write = True
        self.config: dict[str, Any] = {"max_channels": 450}
        self.asked: list[str] = []
        self.objects: dict[str, dict[str, str]] = {}
        """The attributes of each object of PJSIP, such as `aor/1001`."""
        self.keeps_passwords = True
        self.passwords: set[str] = set()
        self.speaks_sip = True

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer one question."""
        path = request.path.removeprefix("/ari/")
        self.asked.append(f"{request.method} {path}")
        if request.headers.get("Authorization") != "Basic " + base64.b64encode(b"controller:secret-of-ari").decode():
            return _json({"message": "Authentication required"}, 401)
        if path in self.status:
            return _json({"message": "no"}, self.status[path])
        match request.method, path:
            case "GET", "asterisk/info":
                return _json({"system": {"version": self.version, "entity_id": "02:00"}, "config": self.config, "and": "more"})
            case "GET", "asterisk/modules":
                return _json([{"name": name, "status": status, "use_count": 0} for name, status in self.modules.items()])
            case "GET", "endpoints/PJSIP":
                return _json(self.endpoints)
            case "GET", _ if path.startswith(PJSIP):
                told = self.objects.get(path.removeprefix(PJSIP))
                known = [{"attribute": key, "value": value} for key, value in (told or {}).items()]
                return _json(known) if told is not None else _json({"message": "not found"}, 404)
            case "PUT", _ if path.startswith(PASSWORDS):
                if not self.keeps_passwords:
                    return _json({"message": "Cannot create sorcery objects of type 'auth'"}, 403)
                self.passwords.add(path)
                return _json((await request.json())["fields"])
            case "DELETE", _ if path.startswith(PASSWORDS):
                self.passwords.remove(path)
                return web.Response(status=204, headers={"Server": "Asterisk/22.10.1"})
            case "GET", "/ws" if self.speaks_sip:
                socket = web.WebSocketResponse(protocols=("sip",))
                await socket.prepare(request)
                await socket.receive()
                return socket
            case "GET", "/ws":
                return _json({"message": "Not Found"}, 404)
            case "DELETE", _:
                return _json({"message": "Bridge not found"}, 404 if self.may_write else 403)
        raise AssertionError(f"nobody should ask for {request.method} {path}")


def _json(body: Any, status: int = 200) -> web.Response:
    return web.json_response(body, status=status, headers={"Server": "Asterisk/22.10.1"})


@asynccontextmanager
async def served(answer: Answer) -> AsyncIterator[str]:
    """Have these answers given at an address of loopback."""
    runner = web.ServerRunner(web.Server(answer))  # type: ignore[arg-type]  # its own type wants a BaseRequest
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def access(url: str) -> AsteriskAccess:
    return read(SITE.replace("[asterisk]\n", f'[asterisk]\nurl = "{url}"\n')).asterisk


async def found_at(url: str) -> list[Finding]:
    return await preflight(access(url), read(SITE).directory)


async def found(asterisk: Asterisk) -> dict[str, Finding]:
    async with served(asterisk.answer) as url:
        return {finding.check: finding for finding in await found_at(url)}


async def only_finding(answer: Answer) -> str:
    """What is said where nothing more could be asked."""
    async with served(answer) as url:
        (finding,) = await found_at(url)
    assert (finding.check, finding.result) == ("reachable", Result.FAILED)
    return finding.sentence.replace(url, "URL")


def unused_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


async def test_an_asterisk_that_is_fit_has_nothing_but_the_ports_and_the_music_left_unchecked() -> None:
    findings = await found(Asterisk())

    assert {check: finding.result for check, finding in findings.items()} == {
        "reachable": Result.OK,
        "version": Result.OK,
        "Refer-Sub: false": Result.LACKS,
        "transport": Result.OK,
        "transfer key": Result.OK,
        "user": Result.OK,
        "modules": Result.OK,
        "agent alice": Result.OK,
        "agent bob": Result.OK,
        "callers": Result.OK,
        "rtp ports": Result.NOT_CHECKED,
        "music classes": Result.NOT_CHECKED,
    }
    assert "must be 1000 ports apart" in findings["rtp ports"].sentence
    assert "`asterisk -rx 'moh show classes'` must list: code-done, code-refused, default" in findings["music classes"].sentence


async def test_asking_changes_nothing() -> None:
    asterisk = Asterisk()

    await found(asterisk)

    assert [asked for asked in asterisk.asked if not asked.startswith("GET")] == ["DELETE bridges/ix-preflight-no-such-room"]


# --- Not there ---------------------------------------------------------------------------------------------------------


async def test_nobody_listening_is_said_with_where_to_look() -> None:
    (finding,) = await found_at(f"http://127.0.0.1:{unused_port()}")

    assert finding.result is Result.FAILED
    assert finding.sentence.startswith("nothing listens at http://127.0.0.1:")
    assert "http.conf" in finding.sentence


async def test_a_wrong_password_is_said() -> None:
    async with served(Asterisk().answer) as url:
        directory = read(SITE).directory
        wrong = read(SITE.replace("secret-of-ari", "wrong").replace("[asterisk]\n", f'[asterisk]\nurl = "{url}"\n')).asterisk
        (finding,) = await preflight(wrong, directory)

    assert finding.sentence.startswith(f"wrong user or password for {url}: compare asterisk.username and password with ari.conf")
    assert "secret" not in finding.sentence


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (403, "URL lets this machine not in: look at permit and deny in ari.conf and http.conf"),
        (404, "URL is an Asterisk, but ARI is not there: load res_ari.so, and set enabled = yes in ari.conf"),
        (503, "Asterisk is starting: try again in a few seconds"),
        (500, "URL is an Asterisk, but answers 500 to ARI"),
    ],
)
async def test_an_asterisk_that_refuses_is_said_with_what_to_do(status: int, said: str) -> None:
    asterisk = Asterisk()
    asterisk.status["asterisk/info"] = status

    assert await only_finding(asterisk.answer) == said


@pytest.mark.parametrize("status", [200, 302, 404, 503])
async def test_another_web_server_is_not_taken_for_an_asterisk(status: int) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(text="It works!", status=status, headers={"Server": "nginx", "Location": "/elsewhere"})

    said = await only_finding(answer)

    assert said.startswith(("URL is not an Asterisk", "URL answers, but not as ARI does: is this an Asterisk? (nginx)"))


async def test_what_speaks_no_http_is_not_taken_for_an_asterisk() -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"Asterisk Call Manager/9.0.0\r\n")
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        (finding,) = await found_at(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")

    assert "does not speak HTTP as ARI does" in finding.sentence


async def test_tls_where_there_is_none_is_said() -> None:
    async with served(Asterisk().answer) as url:
        (finding,) = await found_at(url.replace("http:", "https:"))

    assert "speaks no TLS" in finding.sentence


@pytest.fixture
def no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no host name be known, without asking the network."""

    def getaddrinfo(*asked: object, **more: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


@pytest.mark.usefixtures("no_names")
async def test_a_host_that_nobody_knows_is_said() -> None:
    findings = await found_at("https://asterisk.invalid:8089")

    assert [finding.sentence for finding in findings] == [
        "the host of https://asterisk.invalid:8089 is not known to this machine: look at asterisk.url"
    ]


async def test_an_asterisk_that_is_stuck_is_said_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "SECONDS_MAX", 0.1)
    over = asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        await over.wait()
        return web.Response()

    async with served(answer) as url:
        (finding,) = await found_at(url)
        over.set()

    assert "did not answer in 0.1 s" in finding.sentence


async def test_an_answer_without_an_end_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "ANSWER_BYTES_MAX", 1000)

    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"[" * 100_000)

    assert await only_finding(answer) == "URL answers without an end: look at asterisk.url"


# --- There, but not fit ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "result", "said"),
    [
        ("22.10.1", Result.OK, "Asterisk 22.10.1"),
        ("22.11.0-rc1", Result.OK, "Asterisk 22.11.0"),
        ("22.10.0", Result.WARNING, "GHSA-wcvv-g26m-wx5c"),
        ("20.20.0", Result.WARNING, "GHSA-wcvv-g26m-wx5c"),
        ("20.20.1", Result.WARNING, "proved with Asterisk 22.10 and 16.28 only"),
        ("20.9.3~dfsg", Result.WARNING, "Asterisk 20.9.3: the controller is proved with Asterisk 22.10 and 16.28 only"),
        ("18.26.4", Result.WARNING, "proved with Asterisk 22.10 and 16.28 only"),
        ("23.4.1", Result.WARNING, "proved with Asterisk 22.10 and 16.28 only"),
        ("16.28.0~dfsg-0+deb11u4", Result.OK, "Asterisk 16.28.0"),
        ("16.27.0", Result.FAILED, "Asterisk 16.27.0 is too old: 16.28.0 or later"),
        ("13.38.3", Result.FAILED, "too old"),
        ("GIT-22-abcdef", Result.WARNING, "says no number: it counts as 16.28.0"),
    ],
)
async def test_the_version_is_compared_with_the_first_that_is_fit(version: str, result: Result, said: str) -> None:
    asterisk = Asterisk()
    asterisk.version = version

    finding = (await found(asterisk))["version"]

    assert finding.result is result
    assert said in finding.sentence


@pytest.mark.parametrize(
    ("version", "lacks"),
    [
        ("22.11.0", []),
        ("22.10.1", ["Refer-Sub: false"]),
        ("16.28.0~dfsg-0+deb11u4", [row.name for row in TABLE.values() if row.part_of is None]),
    ],
)
async def test_what_a_release_lacks_is_listed_with_what_the_controller_then_does(version: str, lacks: list[str]) -> None:
    asterisk = Asterisk()
    asterisk.version = version

    listed = [finding for finding in (await found(asterisk)).values() if finding.result is Result.LACKS]

    assert [finding.check for finding in listed] == lacks
    assert all(len(finding.sentence.split()) > 5 for finding in listed)


@pytest.mark.parametrize(
    ("wanted", "version", "result", "said"),
    [
        ("auto", "22.10.1", Result.OK, "commands take the WebSocket"),
        ("auto", "16.28.0", Result.OK, "plain HTTP, by the library asyncari, since this release has no REST over WebSocket"),
        ("asyncari", "22.10.1", Result.OK, "plain HTTP, by the library asyncari, as the site file wants it"),
        ("rest-over-websocket", "22.10.1", Result.OK, "commands take the WebSocket"),
        ("rest-over-websocket", "20.9.3", Result.FAILED, 'Asterisk 20.9.3 has no REST over WebSocket: say transport = "auto"'),
    ],
)
async def test_the_way_that_commands_take_is_said(wanted: str, version: str, result: Result, said: str) -> None:
    asterisk = Asterisk()
    asterisk.version = version

    async with served(asterisk.answer) as url:
        site = read(SITE.replace("[asterisk]\n", f'[asterisk]\nurl = "{url}"\ntransport = "{wanted}"\n'))
        findings = {finding.check: finding for finding in await preflight(site.asterisk, site.directory)}

    assert findings["transport"].result is result
    assert said in findings["transport"].sentence


@pytest.mark.parametrize(
    ("wanted", "version", "result", "said"),
    [
        ("auto", "22.11.0", Result.OK, "(ari-only), as on every release that no telephone can end by it"),
        (
            "auto",
            "22.10.1",
            Result.OK,
            "(core, TRANSFER_CONTEXT) and the controller takes that apart and decides, since a telephone that sends",
        ),
        ("auto", "16.28.0", Result.OK, "decides, since this release has no ari-only"),
        ("core", "22.11.0", Result.OK, "decides, as the site file wants it"),
        (
            "ari-only",
            "22.10.1",
            Result.WARNING,
            "as the site file wants it: a telephone that sends `Refer-Sub: false` would end this release",
        ),
        ("ari-only", "16.28.0", Result.WARNING, 'this release has no ari-only (20.13, 21.8 and 22.3 have): say transfers = "auto"'),
    ],
)
async def test_who_carries_out_what_the_transfer_key_asks_for_is_said_with_why(
    wanted: str, version: str, result: Result, said: str
) -> None:
    asterisk = Asterisk()
    asterisk.version = version

    async with served(asterisk.answer) as url:
        site = read(SITE.replace("[asterisk]\n", f'[asterisk]\nurl = "{url}"\ntransfers = "{wanted}"\n'))
        findings = {finding.check: finding for finding in await preflight(site.asterisk, site.directory)}

    assert findings["transfer key"].result is result
    assert said in findings["transfer key"].sentence


async def test_a_user_who_may_only_read_is_said() -> None:
    asterisk = Asterisk()
    asterisk.may_write = False

    finding = (await found(asterisk))["user"]

    assert finding.result is Result.FAILED
    assert "set read_only = no" in finding.sentence


async def test_every_module_that_is_missing_or_not_running_is_said() -> None:
    asterisk = Asterisk()
    del asterisk.modules["bridge_holding.so"]
    asterisk.modules["res_musiconhold.so"] = "Not Running"

    findings = await found(asterisk)

    assert "modules" not in findings
    assert findings["module bridge_holding"].sentence == "not running (the hold room): load = bridge_holding.so in modules.conf"
    assert findings["module res_musiconhold"].result is Result.FAILED


async def test_an_agent_without_an_endpoint_fails_and_one_whose_telephone_is_off_is_warned_about() -> None:
    asterisk = Asterisk()
    asterisk.endpoints = [{"technology": "PJSIP", "resource": "1002", "state": "offline"}]

    findings = await found(asterisk)

    assert findings["agent alice"].result is Result.FAILED
    assert findings["agent alice"].sentence.startswith("there is no PJSIP endpoint '1001': add it to pjsip.conf")
    assert findings["agent bob"].result is Result.WARNING
    assert findings["agent bob"].sentence == "PJSIP/1002 is offline: no telephone is registered, so none will ring"


@pytest.mark.parametrize(
    ("endpoint", "result", "said"),
    [
        ({"resource": "outside", "state": "online"}, Result.OK, "PJSIP/outside can be reached"),
        ({"resource": "outside", "state": "offline"}, Result.WARNING, "PJSIP/outside is offline: no call can leave by it"),
        (
            {"resource": "outsid", "state": "online"},
            Result.FAILED,
            "there is no PJSIP endpoint 'outside': add it to pjsip.conf, or correct",
        ),
    ],
)
async def test_a_trunk_is_looked_for_among_the_endpoints(endpoint: dict[str, str], result: Result, said: str) -> None:
    asterisk = Asterisk()
    asterisk.endpoints.append({"technology": "PJSIP", **endpoint})

    async with served(asterisk.answer) as url:
        findings = await preflight(access(url), read(SITE + '[[trunk]]\nname = "outside"\n').directory)

    (trunk,) = (finding for finding in findings if finding.check == "trunk outside")
    assert trunk.result is result
    assert said in trunk.sentence


async def test_a_site_whose_customers_hear_it_ring_while_they_are_passed_on_needs_the_class_for_that() -> None:
    text = SITE + '[policy]\ntransfer_sound = "ringback"\n'
    async with served(Asterisk().answer) as url:
        findings = {finding.check: finding for finding in await preflight(access(url), read(text).directory)}

    assert "must list: code-done, code-refused, default, ringback" in findings["music classes"].sentence


@pytest.mark.parametrize("path", ["asterisk/modules", "endpoints/PJSIP"])
async def test_one_question_that_is_refused_does_not_hide_the_others(path: str) -> None:
    asterisk = Asterisk()
    asterisk.status[path] = 500

    findings = await found(asterisk)

    failed = [finding for finding in findings.values() if finding.result is Result.FAILED]
    assert [finding.check for finding in failed] == [{"asterisk/modules": "modules", "endpoints/PJSIP": "telephones"}[path]]
    assert "music classes" in findings


async def test_an_asterisk_that_goes_away_in_the_middle_is_said() -> None:
    asterisk = Asterisk()

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.method == "DELETE" and request.transport is not None:
            request.transport.close()
        return await asterisk.answer(request)

    async with served(answer) as url:
        findings = {finding.check: finding for finding in await found_at(url)}

    assert findings["user"].result is Result.FAILED


@pytest.mark.usefixtures("no_names")
async def test_a_password_that_would_cross_the_network_in_the_clear_is_warned_about() -> None:
    first, *_ = await found_at("http://asterisk.invalid:8088")

    assert (first.check, first.result) == ("encrypted", Result.WARNING)
    assert "use https://" in first.sentence


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
async def test_nothing_needs_encryption_on_loopback(host: str) -> None:
    assert "encrypted" not in [finding.check for finding in await found_at(f"http://{host}:{unused_port()}")]


@pytest.mark.parametrize(
    ("config", "result", "said"),
    [
        ({}, Result.WARNING, "any number of callers may take the legs that agents are rung on: maxcalls = 498 in asterisk.conf"),
        ({"max_channels": 499}, Result.WARNING, "lets 499 callers in, and 500 legs less 2 for agents are 498: maxcalls = 498"),
        ({"max_channels": 498}, Result.OK, "498 may be there at once"),
        ({"max_channels": 398}, Result.OK, "398 may be there at once"),
        ({"max_channels": 397}, Result.WARNING, "lets 397 callers in, fewer than the 398 that legs_max = 500 is for"),
    ],
)
async def test_callers_must_leave_a_leg_for_every_agent(config: dict[str, int], result: Result, said: str) -> None:
    asterisk = Asterisk()
    asterisk.config = config

    finding = (await found(asterisk))["callers"]

    assert finding.result is result
    assert said in finding.sentence


# --- Telephones in the browser -----------------------------------------------------------------------------------------


async def of_browsers(asterisk: Asterisk) -> dict[str, Finding]:
    async with served(asterisk.answer) as url:
        site = read(SITE_WITH_BROWSER.replace("[asterisk]\n", f'[asterisk]\nurl = "{url}"\n'))
        findings = {finding.check: finding for finding in await preflight(site.asterisk, site.directory)}
    return {check: finding for check, finding in findings.items() if "browser" in check or "module" in check}


async def test_an_asterisk_that_is_fit_for_browsers_leaves_unchecked_only_what_ari_does_not_tell() -> None:
    asterisk = Asterisk()
    asterisk.objects["endpoint/1001-web"] = WEB

    findings = await of_browsers(asterisk)

    assert {check: finding.result for check, finding in findings.items()} == {
        "modules": Result.OK,
        "browser alice": Result.OK,
        "browser passwords": Result.OK,
        "browser sip": Result.OK,
        "browser sound": Result.NOT_CHECKED,
        "browser sessions": Result.NOT_CHECKED,
    }
    assert "in http.conf it must be 102 or more" in findings["browser sessions"].sentence
    assert "[ice_host_candidates]" in findings["browser sound"].sentence
    assert asterisk.passwords == set(), "the password of nobody was taken away again"


async def test_modules_that_only_browsers_need_are_asked_for_where_an_agent_has_one() -> None:
    asterisk = Asterisk()
    asterisk.objects["endpoint/1001-web"] = WEB
    del asterisk.modules["res_srtp.so"]

    assert (await found(asterisk))["modules"].result is Result.OK
    missing = (await of_browsers(asterisk))["module res_srtp"]
    assert missing.sentence == "not running (sound of telephones in the browser): load = res_srtp.so in modules.conf"


@pytest.mark.parametrize(
    ("endpoint", "result", "said"),
    [
        (None, Result.FAILED, "there is no PJSIP endpoint '1001-web': add it to pjsip.conf, or correct the browser of 'alice'"),
        ({**WEB, "webrtc": "no"}, Result.FAILED, "can't be a telephone in the browser: it needs webrtc = yes in pjsip.conf"),
        ({**WEB, "auth": "1001"}, Result.FAILED, "it needs auth = 1001-web in pjsip.conf"),
        ({**WEB, "auth": "", "aors": ""}, Result.FAILED, "it needs auth = 1001-web, aors = 1001-web in pjsip.conf"),
        ({**WEB, "allow": "(opus,ulaw)"}, Result.WARNING, "with more than one codec Asterisk converts every packet"),
    ],
)
async def test_an_endpoint_that_no_browser_can_be_is_said(endpoint: dict[str, str] | None, result: Result, said: str) -> None:
    asterisk = Asterisk()
    if endpoint is not None:
        asterisk.objects["endpoint/1001-web"] = endpoint

    finding = (await of_browsers(asterisk))["browser alice"]

    assert finding.result is result
    assert said in finding.sentence


async def test_an_asterisk_that_keeps_no_passwords_is_said() -> None:
    asterisk = Asterisk()
    asterisk.keeps_passwords = False

    finding = (await of_browsers(asterisk))["browser passwords"]

    assert finding.result is Result.FAILED
    assert "(it answers 403): sorcery.conf needs auth = memory in [res_pjsip]" in finding.sentence


async def test_an_asterisk_that_takes_no_sip_over_websocket_is_said() -> None:
    asterisk = Asterisk()
    asterisk.speaks_sip = False

    finding = (await of_browsers(asterisk))["browser sip"]

    assert finding.result is Result.FAILED
    assert "takes no SIP at /ws (404): load res_http_websocket.so" in finding.sentence


async def test_an_agent_who_has_a_browser_needs_no_desk_telephone() -> None:
    asterisk = Asterisk()
    asterisk.endpoints = [{"technology": "PJSIP", "resource": "1002", "state": "online"}]
    async with served(asterisk.answer) as url:
        site = read(SITE_WITH_BROWSER.replace("[asterisk]\n", f'[asterisk]\nurl = "{url}"\n'))
        findings = {finding.check: finding for finding in await preflight(site.asterisk, site.directory)}

    assert findings["agent alice"].result is Result.OK
    assert findings["agent alice"].sentence == "has no desk telephone ('1001' is no PJSIP endpoint), and one in the browser"


# --- As a command ------------------------------------------------------------------------------------------------------


async def test_the_command_prints_a_line_for_each_check_and_gives_0_where_nothing_failed() -> None:
    asterisk = Asterisk()
    asterisk.endpoints = [{"resource": phone, "state": "offline"} for phone in ("1001", "1002", "1003", "1004", "1009", "outside")]
    asterisk.objects = {
        f"endpoint/{p}-web": {**WEB, "auth": f"{p}-web", "aors": f"{p}-web"} for p in ("1001", "1002", "1003", "1004", "1009")
    }

    async with served(_as_the_demos(asterisk)) as url:
        done = await ari_controller_process("check", "-c", DEMO, "--live", environ={"ASTERISK_URL": url})

    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == "ok           site file          5 agents, 2 queues, 2 entry points, 3 wrap-up reasons"
    assert lines[1] == "ok           caller ids         8 of the trunk 'outside', +33199000000 by default"
    assert lines[2] == f"ok           reachable          ARI answers at {url}"
    assert lines[9] == "warning      agent alice        PJSIP/1001 is offline: no telephone is registered, so none will ring"
    assert lines[14].startswith("warning      trunk outside      PJSIP/outside is offline: no call can leave by it. Look at its contact: ")
    assert lines[-3].startswith("not checked  music classes      ")


async def test_the_command_gives_1_where_a_check_failed() -> None:
    async with served(_as_the_demos(Asterisk())) as url:
        done = await ari_controller_process("check", "-c", DEMO, "--live", environ={"ASTERISK_URL": url})

    assert done.code == 1
    assert "FAILED       browser carol      there is no PJSIP endpoint '1003-web'" in done.out


async def test_programs_get_the_findings_as_json() -> None:
    environ = {"ASTERISK_URL": f"http://127.0.0.1:{unused_port()}"}

    done = await ari_controller_process("check", "-c", DEMO, "--live", "--json", environ=environ)

    answer = json.loads(done.out)
    assert (done.code, answer["ok"]) == (1, False)
    assert [(finding["check"], finding["result"]) for finding in answer["findings"]] == [
        ("site file", "ok"),
        ("caller ids", "ok"),
        ("reachable", "failed"),
    ]


def _as_the_demos(asterisk: Asterisk) -> Answer:
    """Let the demo's user in."""

    async def answer(request: web.Request) -> web.StreamResponse:
        right = "Basic " + base64.b64encode(b"controller:secret-of-ari").decode()
        return await asterisk.answer(request.clone(headers={**request.headers, "Authorization": right}))

    return answer


# --- Each telephone ----------------------------------------------------------------------------------------------------


async def said_of(asterisk: Asterisk, agent: str) -> list[tuple[Result, str]]:
    """What is said of an agent's telephone where each is looked into."""
    async with served(asterisk.answer) as url:
        findings = await preflight(access(url), read(SITE).directory, each_telephone=True)
    return [(finding.result, finding.sentence) for finding in findings if finding.check == f"agent {agent}"]


def with_telephones() -> Asterisk:
    asterisk = Asterisk()
    desks = {"endpoint/1001": DESK, "endpoint/1002": {**DESK, "aors": "1002"}}
    asterisk.objects = {**desks, "aor/1001": PLACE, "aor/1002": PLACE}
    return asterisk


async def test_of_each_telephone_it_is_told_where_it_is_registered_and_what_it_is() -> None:
    asterisk = with_telephones()
    near, far, written = "sip:1001@192.0.2.4:5060", "sip:1001@10.0.0.7:5060", "sip:1001@192.0.2.9"
    asterisk.objects["aor/1001"] = {**PLACE, "contact": ",".join((near, far, written))}
    known = {
        near: {"user_agent": "Yealink SIP-T46U 108.86", "via_addr": "192.0.2.4", "via_port": "5060"},
        far: {"via_addr": "198.51.100.3", "via_port": "40001"},
    }
    asterisk.objects |= {f"contact/1001;@{hashlib.md5(uri.encode()).hexdigest()}": said for uri, said in known.items()}

    assert await said_of(asterisk, "alice") == [
        (
            Result.OK,
            f"PJSIP/1001 is registered: {near}, Yealink SIP-T46U 108.86; {far}, seen from 198.51.100.3:40001; {written}",
        )
    ]
    assert await said_of(asterisk, "bob") == [(Result.OK, "PJSIP/1002 is registered")], "Asterisk tells no more of it"


@pytest.mark.parametrize(
    ("endpoint", "place", "said"),
    [
        (
            {"direct_media": "true"},
            {},
            "sound would pass Asterisk by, and a move to another room",
        ),
        (
            {"allow": "(alaw,ulaw)"},
            {},
            "with several codecs (alaw,ulaw) Asterisk may have to convert",
        ),
        ({"timers": "no", "rtp_timeout": "0"}, {}, "a telephone that dies in a call is never noticed: timers = always"),
        ({"trust_id_inbound": "yes"}, {}, "the telephone may say itself who is calling: trust_id_inbound = no in [1001]"),
        ({"allow_transfer": "false"}, {}, "its transfer key is refused, and nobody hears of it: allow_transfer = yes in [1001]"),
        ({"aors": ""}, {}, "no telephone can register, since it has no AOR: aors = 1001 in [1001]"),
        ({"aors": "nowhere"}, {}, "no telephone can register, since it has no AOR"),
        ({}, {"max_contacts": "0"}, "no telephone can register: max_contacts = 1 in the AOR [1001]"),
        (
            {},
            {"qualify_frequency": "0"},
            "that it has gone is not noticed, and calls ring nobody: qualify_frequency",
        ),
    ],
)
async def test_what_of_a_telephones_settings_makes_calls_go_wrong_is_said_with_the_line_to_write(
    endpoint: dict[str, str], place: dict[str, str], said: str
) -> None:
    asterisk = with_telephones()
    asterisk.objects["endpoint/1001"] = {**DESK, **endpoint}
    asterisk.objects["aor/1001"] = {**PLACE, **place}

    right, (result, sentence) = await said_of(asterisk, "alice")

    assert right == (Result.OK, "PJSIP/1001 is registered")
    assert result is Result.WARNING
    assert sentence.startswith(f"PJSIP/1001: {said}")


@pytest.mark.parametrize(
    ("endpoint", "place"),
    [({"timers": "no", "rtp_timeout": "30"}, {}), ({}, {"max_contacts": "0", "contact": "sip:1001@192.0.2.4"})],
    ids=["no sound ends a call", "it stands in the file"],
)
async def test_what_is_right_in_another_way_is_right(endpoint: dict[str, str], place: dict[str, str]) -> None:
    asterisk = with_telephones()
    asterisk.objects["endpoint/1001"] = {**DESK, **endpoint}
    asterisk.objects["aor/1001"] = {**PLACE, **place}

    ((result, sentence),) = await said_of(asterisk, "alice")
    assert (result, sentence.startswith("PJSIP/1001 is registered")) == (Result.OK, True)


async def test_a_telephone_that_is_not_there_is_told_once() -> None:
    asterisk = with_telephones()
    asterisk.endpoints = [{"technology": "PJSIP", "resource": "1002", "state": "offline", "channel_ids": []}]

    assert [result for result, _ in await said_of(asterisk, "alice")] == [Result.FAILED]
    assert [result for result, _ in await said_of(asterisk, "bob")] == [Result.WARNING]


async def test_with_strict_a_warning_is_a_failure(tmp_path: Path) -> None:
    asterisk = with_telephones()
    asterisk.endpoints = [{**each, "state": "offline"} for each in ENDPOINTS]
    async with served(asterisk.answer) as url:
        (tmp_path / "site.toml").write_text(SITE.replace("[asterisk]\n", f'[asterisk]\nurl = "{url}"\n'))
        lenient = await ari_controller_process("check", "-c", tmp_path / "site.toml", "--live")
        strict = await ari_controller_process("check", "-c", tmp_path / "site.toml", "--live", "--strict")

    assert (lenient.code, strict.code) == (0, 1)
    assert strict.out == lenient.out
