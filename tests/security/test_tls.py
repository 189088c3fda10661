"""The desktop over TLS: what browsers are told, what is refused, and certificates that are renewed or wrong."""

import asyncio
import os
import shutil
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import uvloop

from controller.desktop.limits import Limits
from controller.desktop.tls import BadCertificate, Tls
from tests.edges.command_line import ROOT
from tests.edges.desktop_world import API, PATIENCE_SECONDS, World
from tests.security.certificates import self_signed
from tests.security.raw import connected

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="the openssl command makes the certificates")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tls")


@pytest.fixture(scope="module")
def desktop(folder: Path) -> tuple[Path, Path]:
    return self_signed(folder, "desktop")


@pytest.fixture
async def secure(desktop: tuple[Path, Path]) -> AsyncIterator[World]:
    here = World(tls=Tls(*desktop))
    await here.start()
    yield here
    await here.stop()


def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificate)


async def test_over_tls_the_cookie_is_secure_and_browsers_are_told_to_stay(secure: World, desktop: tuple[Path, Path]) -> None:
    browser = secure.browser()

    reply = await browser.ask("POST", "/session", json={"agent": "alice", "password": "alice"}, ssl=trusting(desktop[0]))

    assert reply.status == 201
    assert "Secure" in reply.headers["Set-Cookie"]
    assert reply.headers["Strict-Transport-Security"] == "max-age=31536000"


async def test_over_tls_a_page_that_came_without_it_may_change_nothing(secure: World, desktop: tuple[Path, Path]) -> None:
    browser, tls = secure.browser(), trusting(desktop[0])
    await browser.ask("POST", "/session", json={"agent": "alice", "password": "alice"}, ssl=tls)
    state = {"state": "available"}

    refused = await browser.ask("PUT", "/me/state", headers={"Origin": secure.url.replace("https", "http")}, json=state, ssl=tls)
    accepted = await browser.ask("PUT", "/me/state", headers={"Origin": secure.url}, json=state, ssl=tls)

    assert (refused.status, refused.code, accepted.status) == (403, "bad-origin", 200)


async def test_events_come_over_tls(secure: World, desktop: tuple[Path, Path]) -> None:
    browser, tls = secure.browser(), trusting(desktop[0])
    await browser.ask("POST", "/session", json={"agent": "alice", "password": "alice"}, ssl=tls)

    listening = await browser.listen(headers={"Origin": secure.url}, ssl=tls)

    assert (await listening.hear())["type"] == "snapshot"


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
async def test_tls_before_1_2_is_refused(secure: World, desktop: tuple[Path, Path]) -> None:
    old = trusting(desktop[0])
    old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")

    with pytest.raises(aiohttp.ClientConnectorError):
        await secure.browser().get("/me", ssl=old)


async def test_plain_http_gets_no_answer_where_tls_is_spoken(secure: World) -> None:
    with pytest.raises(aiohttp.ClientError):
        await secure.browser().http.get(secure.url.replace("https", "http") + API + "/me")


@pytest.mark.parametrize("is_ready", [True, False])
async def test_the_containers_health_check_asks_over_tls_where_tls_is_spoken(secure: World, is_ready: bool) -> None:
    secure.ready = is_ready

    process = await asyncio.create_subprocess_exec(
        ROOT / "docker/controller/healthy", env={**os.environ, "DESKTOP_LISTEN": secure.url.removeprefix("https://")}
    )

    assert await process.wait() == (0 if is_ready else 1)


async def test_a_renewed_certificate_is_taken_over_without_a_restart(folder: Path) -> None:
    certificate, key = self_signed(folder, "renewed")
    here = World(tls=Tls(certificate, key))
    await here.start()
    try:
        newer_certificate, newer_key = self_signed(folder, "newer")
        shutil.copy(newer_certificate, certificate)
        with pytest.raises(BadCertificate, match="no certificate in PEM form with its own key"):
            here.server.use_certificate()  # the key has not been copied yet
        shutil.copy(newer_key, key)
        here.server.use_certificate()

        assert (await here.browser().get("/me", ssl=trusting(newer_certificate))).status == 401
    finally:
        await here.stop()


async def test_a_renewal_that_failed_leaves_the_old_certificate(folder: Path, desktop: tuple[Path, Path]) -> None:
    certificate, key = folder / "copied.crt", folder / "copied.key"
    shutil.copy(desktop[0], certificate)
    shutil.copy(desktop[1], key)
    here = World(tls=Tls(certificate, key))
    await here.start()
    try:
        key.write_text("nothing")
        with pytest.raises(BadCertificate):
            here.server.use_certificate()

        assert (await here.browser().get("/me", ssl=trusting(desktop[0]))).status == 401
    finally:
        await here.stop()


def test_a_key_that_is_encrypted_is_refused_and_nobody_is_asked_for_its_password(folder: Path) -> None:
    with pytest.raises(BadCertificate, match="is encrypted: decrypt it"):
        Tls(*self_signed(folder, "encrypted", key_password="hunter22"))


def test_a_key_of_another_certificate_is_refused(folder: Path, desktop: tuple[Path, Path]) -> None:
    with pytest.raises(BadCertificate, match="no certificate in PEM form with its own key"):
        Tls(desktop[0], self_signed(folder, "another")[1])


def test_a_certificate_that_is_not_there_is_named(folder: Path, desktop: tuple[Path, Path]) -> None:
    with pytest.raises(BadCertificate, match=r"nowhere\.crt can't be read: No such file or directory"):
        Tls(folder / "nowhere.crt", desktop[1])


# --- Handshakes --------------------------------------------------------------------------------------------------------

CLIENT_HELLO_BEGINS = b"\x16\x03\x01\x02\x00\x01"


@pytest.mark.parametrize(
    "said", [b"", CLIENT_HELLO_BEGINS, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"], ids=["nothing", "half", "no TLS"]
)
async def test_a_handshake_that_does_not_end_does_not_stay(
    desktop: tuple[Path, Path], said: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    world = World(Limits(handshake_seconds_max=0.1), tls=Tls(*desktop))
    await world.start()
    async with connected(world) as raw:
        await raw.say(said)
        assert b"HTTP/1.1" not in await raw.rest()
    assert (await world.browser().ask("GET", "/healthz", prefix="", ssl=trusting(desktop[0]))).status == 200
    await world.stop()

    assert caplog.text == ""


async def say_over_tls(world: World, certificate: Path, words: bytes) -> bytes:
    """Send words together with the last of the handshake, as browsers do to save time."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = trusting(certificate).wrap_bio(incoming, outgoing, server_hostname="127.0.0.1")
    async with connected(world) as raw, asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                await raw.say(outgoing.read())
                incoming.write(await raw.reader.read(65536))
        tls.write(words)
        await raw.say(outgoing.read())
        while True:
            try:
                return tls.read(65536)
            except ssl.SSLWantReadError:
                incoming.write(await raw.reader.read(65536))


def test_a_request_that_comes_with_the_end_of_the_handshake_is_answered_under_either_event_loop(desktop: tuple[Path, Path]) -> None:
    async def ask() -> bytes:
        world = World(tls=Tls(*desktop))
        await world.start()
        try:
            return await say_over_tls(world, desktop[0], b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        finally:
            await world.stop()

    for run in (asyncio.run, uvloop.run):
        assert run(ask()).startswith(b"HTTP/1.1 200")
