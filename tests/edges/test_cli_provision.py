"""`ari-controller phones --provision`: each file once, to whoever shows its token, and every fetch is told."""

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from controller.cli.provision import REQUESTS_AT_ONCE, CantProvision, Provisioning, serving
from controller.provisioning.telephones import telephones_of
from controller.service.site import site_of
from tests.edges.command_line import ari_controller
from tests.pure.directory.site_text import SITE

MAC = "001565abcdef"
PASSWORDS = {"1001": "password-of-1001", "1002": "password-of-1002"}
SECONDS_MAX = 10.0


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "site.toml"
    known = '[telephones]\nserver = "pbx.example"\nzoiper_provider_id = "abc123"\n'
    path.write_text(SITE.replace('phone = "1002"', f'phone = "1002"\nmac = "{MAC}"') + known)
    return path


@dataclass
class World:
    """Somebody who serves files, and somebody who asks for them."""

    http: aiohttp.ClientSession
    lines: list[str] = field(default_factory=list)
    now: float = 0.0
    given: Provisioning = field(init=False)
    base: str = field(init=False)
    serves: "asyncio.Task[None]" = field(init=False)

    async def ask(self, path: str, agent: str = "Yealink SIP-T46G 28.83") -> tuple[int, str]:
        async with self.http.get(f"{self.base}/{path}", headers={"User-Agent": agent}) as answer:
            return answer.status, await answer.text()

    def token(self, endpoint: str) -> str:
        return self.given.fetching[endpoint].token


@asynccontextmanager
async def served(site: Path, minutes: float = 60.0) -> AsyncIterator[World]:
    read = site_of(site)
    at = serving("127.0.0.1:0", None, minutes, read, site.parent)
    telephones = tuple(telephones_of(read.directory, read.telephones.macs))
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    async with aiohttp.ClientSession() as http:
        world = World(http)
        world.given = Provisioning(read, telephones, PASSWORDS, at, clock=lambda: world.now, tell=world.lines.append)
        world.serves = asyncio.create_task(world.given.run(at, port.set_result))
        world.base = f"http://127.0.0.1:{await asyncio.wait_for(port, SECONDS_MAX)}"
        try:
            yield world
        finally:
            world.serves.cancel()
            await asyncio.wait({world.serves})


async def test_whoever_shows_the_token_has_the_file_once_and_it_is_told(site: Path) -> None:
    async with served(site) as world:
        first = await world.ask(f"{world.token('1001')}/0004f2000001.cfg")
        again = await world.ask(f"{world.token('1001')}/0004f2000001.cfg")

        assert first[0] == 200
        assert "account.1.password = password-of-1001" in first[1]
        assert again[0] == 404
        assert "1001 (Alice Martin) has fetched its Yealink file as 0004f2000001" in world.lines[0]
        assert "refused a Yealink file as 0004f2000001" in world.lines[1]


async def test_no_token_and_no_password_is_ever_told(site: Path) -> None:
    async with served(site) as world:
        await world.ask(f"{world.token('1001')}/linphone.xml")
        await world.ask(f"{world.token('1001')}/linphone.xml")
        await world.ask("guessed/linphone.xml")

        told = "\n".join(world.lines)
        assert len(world.lines) == 3
        assert not [secret for secret in (*PASSWORDS.values(), world.token("1001"), "guessed") if secret in told]


async def test_what_a_telephone_calls_itself_can_not_forge_a_line(site: Path) -> None:
    async with served(site) as world:
        await world.ask(f"{world.token('1001')}/linphone.xml", "x\u0085127.0.0.1: 1002 has fetched")

        assert "\u0085" not in world.lines[0]


async def test_a_telephone_is_known_by_its_hardware_address_at_the_one_address_for_all(site: Path) -> None:
    async with served(site) as world:
        shared = world.given.shared_url.rstrip("/").rpartition("/")[2]

        stranger = await world.ask(f"{shared}/cfg000b82000001.xml")
        status, text = await world.ask(f"{shared}/cfg{MAC}.xml")

        assert stranger[0] == 404
        assert status == 200
        assert "password-of-1002" in text


async def test_files_that_nobody_has_are_not_there_and_nothing_is_said_of_them(site: Path) -> None:
    async with served(site) as world:
        assert (await world.ask(f"{world.token('1001')}/y000000000028.cfg"))[0] == 404
        assert (await world.ask(f"{world.token('1001')}/%2e%2e%2fsite.toml"))[0] == 404
        assert world.lines == []


async def test_a_poly_telephone_is_led_to_its_file(site: Path) -> None:
    poly = "FileTransport PolycomVVX-VVX_410-UA/5.9.0"
    async with served(site) as world:
        status, master = await world.ask(f"{world.token('1001')}/0004f2000001.cfg", poly)
        assert (status, "reg-[PHONE_MAC_ADDRESS].cfg" in master) == (200, True)

        status, own = await world.ask(f"{world.token('1001')}/reg-0004f2000001.cfg", poly)

        assert (status, "password-of-1001" in own) == (200, True)


async def test_no_cache_keeps_a_file(site: Path) -> None:
    async with (
        served(site) as world,
        world.http.get(f"{world.base}/{world.token('1001')}/linphone.xml") as answer,
    ):
        assert answer.headers["Cache-Control"] == "no-store"


async def test_after_its_time_a_token_is_good_for_nothing(site: Path) -> None:
    async with served(site, minutes=1) as world:
        world.now = 61.0

        assert (await world.ask(f"{world.token('1001')}/linphone.xml"))[0] == 404


async def test_whoever_asks_too_fast_is_told_to_wait(site: Path) -> None:
    async with served(site) as world:
        for _ in range(REQUESTS_AT_ONCE):
            assert (await world.ask("guessed/linphone.xml"))[0] == 404

        assert (await world.ask(f"{world.token('1001')}/linphone.xml"))[0] == 429

        world.now = 10.0
        assert (await world.ask(f"{world.token('1001')}/linphone.xml"))[0] == 200


async def test_it_ends_when_every_telephone_has_its_files(site: Path) -> None:
    async with served(site) as world:
        await world.ask(f"{world.token('1001')}/linphone.xml")
        await world.ask(f"{world.token('1002')}/{MAC}.cfg")

        await asyncio.wait_for(world.serves, SECONDS_MAX)

        assert world.lines[-1] == "Every telephone has its files."


# --- Where it is served ------------------------------------------------------------------------------------------------


def where(site: Path, asked: str, url: str | None = None, minutes: float = 5.0) -> str:
    return serving(asked, url, minutes, site_of(site), site.parent).url


def test_passwords_do_not_cross_a_network_in_the_clear(site: Path) -> None:
    done = ari_controller("phones", "-c", site, "--provision", "0.0.0.0:8089")

    assert done.code == 2
    assert done.err.startswith("Passwords would cross the network in the clear, because 0.0.0.0:8089 is open to other machines:")


def test_behind_a_proxy_telephones_are_told_the_proxys_address(site: Path) -> None:
    assert where(site, "127.0.0.1:8089") == "http://127.0.0.1:8089/"
    assert where(site, "127.0.0.1:8089", "https://provision.example/telephones") == "https://provision.example/telephones/"
    assert where(site, "127.0.0.1:8089", "http://localhost:9000") == "http://localhost:9000/"


@pytest.mark.parametrize(
    ("asked", "url", "minutes", "because"),
    [
        ("8089", None, 5.0, "must be an address and a port"),
        ("127.0.0.1:8089", "ftp://x", 5.0, "--url must be an address"),
        ("127.0.0.1:8089", "https://", 5.0, "--url must be an address"),
        ("127.0.0.1:8089", "http://[", 5.0, "--url must be an address"),
        ("127.0.0.1:8089", "http://provision.example/", 5.0, "Passwords would cross the network in the clear by http://provision.example/"),
        ("127.0.0.1:8089", None, 0.0, "--minutes must be more than 0"),
        ("127.0.0.1:8089", None, float("nan"), "--minutes must be more than 0"),
    ],
)
def test_what_can_not_be_served_so_is_told(site: Path, asked: str, url: str | None, minutes: float, because: str) -> None:
    with pytest.raises(CantProvision, match=because):
        where(site, asked, url, minutes)


def test_a_certificate_that_can_not_be_used_is_told(site: Path) -> None:
    site.write_text('desktop.tls = { certificate = "none.crt", key = "none.key" }\n' + site.read_text())

    done = ari_controller("phones", "-c", site, "--provision", "0.0.0.0:8089")

    assert done.code == 2
    assert "none.crt can't be read" in done.err


# --- Sheets with codes -------------------------------------------------------------------------------------------------


@asynccontextmanager
async def command(*arguments: str | Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """The command as a process that serves."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "controller.cli.main", *map(str, arguments), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_sheet_has_the_code_that_linphone_scans_and_it_works_once(site: Path, tmp_path: Path) -> None:
    async with command("phones", "-c", site, "--sheets", tmp_path / "sheets", "--provision", "127.0.0.1:0", "--minutes", "1") as process:
        assert process.stderr is not None
        said = ""
        while "Files are served" not in said:
            said = (await asyncio.wait_for(process.stderr.readline(), SECONDS_MAX)).decode()
        port = re.findall(r":(\d+) for", said)[0]
        page = (tmp_path / "sheets" / "alice.html").read_text()
        token = re.findall(r"<code>http://127.0.0.1:0/([^/]+)/</code>", page)[0]
        async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}/{token}/linphone.xml") as answer:
            text = await answer.text()

    assert json.loads((site.parent / "state" / "telephone-passwords.json").read_text())["1001"] in text
    assert "<svg" in page
    assert (
        f'<img src="https://oem.zoiper.com/qr.php?provider_id=abc123&amp;u=&amp;p=&amp;h=pbx.example%3A5060&amp;t={token}&amp;tr=0"' in page
    )
