"""`ari-controller check --live`: what it says of each Asterisk that it may meet, and of what is none."""

import asyncio
import base64
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from controller.asterisk import preflight as questions
from controller.asterisk.preflight import MODULES, Finding, Result, preflight
from controller.directory.site import AsteriskAccess
from tests.edges.command_line import DEMO, ari_controller_process
from tests.pure.directory.site_text import SITE, read

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]

ENDPOINTS: list[dict[str, Any]] = [
    {"technology": "PJSIP", "resource": phone, "state": "online", "channel_ids": []} for phone in ("1001", "1002")
]


class Asterisk:
    """What ARI answers, as much as is asked of it before anything else."""

    def __init__(self) -> None:
        self.version = "22.10.1+dfsg"
        self.modules = {f"{name}.so": "Running" for name in MODULES}
        self.endpoints: list[dict[str, Any]] = list(ENDPOINTS)
        self.status: dict[str, int] = {}
        """Which paths are refused, and how."""
        self.may_write = True
        self.config: dict[str, Any] = {"max_channels": 450}
        self.asked: list[str] = []

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
        "user": Result.OK,
        "modules": Result.OK,
        "agent alice": Result.OK,
        "agent bob": Result.OK,
        "callers": Result.OK,
        "rtp ports": Result.NOT_CHECKED,
        "music classes": Result.NOT_CHECKED,
    }
    assert "must be 1000 ports apart" in findings["rtp ports"].sentence
    assert "`asterisk -rx 'moh show classes'` must list: default" in findings["music classes"].sentence


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
        ("22.9.0", Result.FAILED, "Asterisk 22.9.0 is too old: 22.10.1 or later"),
        ("20.9.3~dfsg", Result.FAILED, "Asterisk 20.9.3 is too old"),
        ("23.1.0", Result.WARNING, "proved with Asterisk 22 only"),
        ("GIT-22-abcdef", Result.WARNING, "says no number; 22.10.1 or later"),
    ],
)
async def test_the_version_is_compared_with_the_first_that_is_fit(version: str, result: Result, said: str) -> None:
    asterisk = Asterisk()
    asterisk.version = version

    finding = (await found(asterisk))["version"]

    assert finding.result is result
    assert said in finding.sentence


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


# --- As a command ------------------------------------------------------------------------------------------------------


async def test_the_command_prints_a_line_for_each_check_and_gives_0_where_nothing_failed() -> None:
    asterisk = Asterisk()
    asterisk.endpoints = [{"resource": phone, "state": "offline"} for phone in ("1001", "1002", "1003", "1004", "1009")]

    async with served(_as_the_demos(asterisk)) as url:
        done = await ari_controller_process("check", "-c", DEMO, "--live", environ={"ASTERISK_URL": url})

    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == "ok           site file      5 agents, 2 queues, 2 entry points, 3 wrap-up reasons"
    assert lines[1] == f"ok           reachable      ARI answers at {url}"
    assert lines[5] == "warning      agent alice    PJSIP/1001 is offline: no telephone is registered, so none will ring"
    assert lines[-1].startswith("not checked  music classes  ")


async def test_the_command_gives_1_where_a_check_failed() -> None:
    async with served(_as_the_demos(Asterisk())) as url:
        done = await ari_controller_process("check", "-c", DEMO, "--live", environ={"ASTERISK_URL": url})

    assert done.code == 1
    assert "FAILED       agent carol    there is no PJSIP endpoint '1003'" in done.out


async def test_programs_get_the_findings_as_json() -> None:
    environ = {"ASTERISK_URL": f"http://127.0.0.1:{unused_port()}"}

    done = await ari_controller_process("check", "-c", DEMO, "--live", "--json", environ=environ)

    answer = json.loads(done.out)
    assert (done.code, answer["ok"]) == (1, False)
    assert [(finding["check"], finding["result"]) for finding in answer["findings"]] == [("site file", "ok"), ("reachable", "failed")]


def _as_the_demos(asterisk: Asterisk) -> Answer:
    """Let the demo's user in."""

    async def answer(request: web.Request) -> web.StreamResponse:
        right = "Basic " + base64.b64encode(b"controller:secret-of-ari").decode()
        return await asterisk.answer(request.clone(headers={**request.headers, "Authorization": right}))

    return answer
