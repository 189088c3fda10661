"""An Asterisk that speaks TLS is believed when its certificate is one that this machine trusts, whichever way requests take."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from controller.asterisk import system
from controller.asterisk.errors import SwitchAway
from controller.asterisk.over_asyncari import AsyncariConnection
from controller.asterisk.plain_http import session_for
from controller.asterisk.rest_over_websocket import WebSocketConnection
from controller.asterisk.transport import Connection
from controller.asterisk.ways import Open, way_to
from controller.directory.site import AsteriskAccess, Transport
from tests.edges.ari.fake_asterisk import APP, TRANSPORTS, FakeAsterisk
from tests.edges.ari.following import Follower, following
from tests.security.certificates import self_signed

EITHER_WAY = pytest.mark.parametrize("transport", TRANSPORTS)


@asynccontextmanager
async def asterisk_with_tls(folder: Path, transport: Transport) -> AsyncIterator[tuple[FakeAsterisk, Path]]:
    """An Asterisk with a certificate that it has signed itself; gives that too."""
    certificate, key = self_signed(folder, "asterisk")
    speaks = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    speaks.load_cert_chain(certificate, key)
    asterisk = FakeAsterisk(transport=transport, tls=speaks)
    await asterisk.start()
    try:
        yield asterisk, certificate
    finally:
        await asterisk.stop()


OPENED: dict[str, Open] = {
    "rest-over-websocket": WebSocketConnection.open,
    "asyncari": AsyncariConnection.open,
    "a lane of asyncari": partial(AsyncariConnection.open, hears=False),
}
"""Every kind of connection, each of which must refuse by itself."""


async def _before_connecting(access: AsteriskAccess, app: str) -> Connection:
    async with session_for(access) as session:
        return await (await way_to(session, access)).open(access, app)


@pytest.mark.parametrize("opened", [*OPENED.values(), _before_connecting], ids=[*OPENED, "before connecting"])
async def test_a_certificate_that_nobody_vouches_for_is_refused(opened: Open, tmp_path: Path) -> None:
    async with asterisk_with_tls(tmp_path, "auto") as (asterisk, _):
        with pytest.raises(SwitchAway, match="certificate"):
            await opened(asterisk.access(), APP)

        assert asterisk.urls == []


@EITHER_WAY
async def test_an_authority_of_ones_own_is_enough(transport: Transport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    follower = Follower()
    async with asterisk_with_tls(tmp_path, transport) as (asterisk, certificate):
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        async with following(asterisk.access(), follower) as attachment:
            await follower.until_told("attached")

            for lane in range(2):
                await system.ping(attachment.ari, lane)


@pytest.mark.parametrize("opened", OPENED.values(), ids=OPENED)
async def test_a_certificate_for_another_name_is_refused(opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with asterisk_with_tls(tmp_path, "auto") as (asterisk, certificate):
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        access = asterisk.access()

        with pytest.raises(SwitchAway, match="certificate"):
            await opened(replace(access, url=access.url.replace("127.0.0.1", "localhost")), APP)

        assert asterisk.urls == []
