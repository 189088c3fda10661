"""The real service, sent tokens in every header and rubbish without end: no header is in its log, and the log stays short."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from controller.telemetry.logs import LINES_PER_MINUTE_MAX
from tests.edges.ari.fake_asterisk import fake_asterisk
from tests.security.a_service import Service, service
from tests.security.raw import request, upgrade

pytestmark = pytest.mark.long

SECRET = "Kakadu6612Token"
READ_HERE = (
    "Accept-Encoding",
    "Authorization",
    "Connection",
    "Content-Encoding",
    "Content-Length",
    "Content-Type",
    "Cookie",
    "Expect",
    "Host",
    "Idempotency-Key",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "Origin",
    "Range",
    "Sec-WebSocket-Extensions",
    "Sec-WebSocket-Key",
    "Sec-WebSocket-Key1",
    "Sec-WebSocket-Protocol",
    "Sec-WebSocket-Version",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
)
SENT_BY_BROWSERS_AND_PROXIES = (
    "Accept",
    "Accept-Language",
    "Access-Control-Request-Headers",
    "Forwarded",
    "From",
    "Keep-Alive",
    "Max-Forwards",
    "Proxy-Authorization",
    "Referer",
    "User-Agent",
    "Via",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Real-IP",
    f"X-{SECRET}",
)
VALUES = (
    SECRET,
    f"Bearer {SECRET}",
    f"{SECRET}={SECRET}; a@b={SECRET}",
    f'"{SECRET}',
    f"{SECRET}, {SECRET}",
    f"{SECRET}\x01",
    f"{SECRET}\r\n folded",
)


@pytest.fixture(params=["text", "json"])
async def here(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Service]:
    async with fake_asterisk() as asterisk:
        asterisk.replies.update({"GET channels": (200, []), "GET bridges": (200, [])})
        async with service(tmp_path, asterisk_url=f"http://127.0.0.1:{asterisk.port}", changes={}, form=request.param) as it:
            yield it


async def say(here: Service, words: bytes) -> None:
    """Send it, wait for an answer, and go."""
    reader, writer = await asyncio.open_connection("127.0.0.1", here.port)
    writer.write(words)
    try:
        async with asyncio.timeout(0.5):
            here.answers.append((await reader.read(8192)).decode(errors="replace"))
    except TimeoutError:
        pass  # half a request, as it was read
    writer.close()


async def test_no_word_of_any_header_is_in_any_log_or_kept(here: Service) -> None:
    async with aiohttp.ClientSession() as http:
        _, text = await here.ask(http, "POST", "/api/v1/session", json={"agent": "alice", "password": "alice"})
    token = text.partition('"token":"')[2].partition('"')[0]
    mine = f"Authorization: Bearer {token}"
    for name in (*READ_HERE, *SENT_BY_BROWSERS_AND_PROXIES):
        also = [] if name == "Authorization" else [mine]
        odd = [f"{name}: {value}" for value in VALUES]
        many = [upgrade(*also, line) for line in odd] + [request("GET", "/api/v1/me", *also, line) for line in odd]
        many += [request("PUT", "/api/v1/me/state", *also, line, body='{"state": "idle"}') for line in odd]
        many += [request("POST", "/api/v1/session", line, body="{") for line in odd] + [request("GET", "/nothing", line) for line in odd]
        await asyncio.gather(*(say(here, words) for words in many))
    await here.stop()

    assert SECRET not in here.said
    assert token not in here.said
    assert len(here.answers) > len(READ_HERE) * len(VALUES)
    assert [path.name for path in here.state.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()] == []


RUBBISH = {
    "packed bodies that are none": request("PUT", "/api/v1/me/state", "Content-Encoding: gzip", body="not packed at all"),
    "chunks that are none": request("PUT", "/api/v1/me/state", "Transfer-Encoding: chunked") + b"zz\r\n",
    "no HTTP at all": b"\x01rubbish\r\n\r\n",
    "long paths": request("GET", "/" + "x" * 8000),
}


@pytest.mark.parametrize("kind", RUBBISH)
async def test_rubbish_without_end_makes_so_many_short_lines_and_no_more(here: Service, kind: str) -> None:
    before = here.said.count("\n")

    for _ in range(10):
        await asyncio.gather(*(say(here, RUBBISH[kind]) for _ in range(50)))
    await here.stop()

    lines = here.said.splitlines()[before:]
    # What the service says of itself meanwhile (it starts, looks for Asterisk, stops) is not theirs.
    assert sum("remote" in line for line in lines) <= LINES_PER_MINUTE_MAX
    assert max(len(line) for line in lines) < 500
    assert "Traceback" not in here.said
