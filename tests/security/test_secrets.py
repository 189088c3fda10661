"""The real service, led through logins, mistakes, errors and a failing Asterisk: no secret in anything that it says, answers or keeps."""

import asyncio
import stat
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from controller.directory.passwords import HASHER
from tests.edges.ari.fake_asterisk import FakeAsterisk, channel, fake_asterisk, state_change
from tests.edges.command_line import DEMO, ari_controller
from tests.security.a_service import Service, service

pytestmark = pytest.mark.long

ARI_PASSWORD = "ari-Kolibri7731"
ALICES_PASSWORD = "alice-Papagei4419"
MISTYPED = "alice-Papagei441"
TYPED_AS_NAME = "bob-Sittich9902"
NOTE = "the customer's card ends in 5521-Spatz"
DIGITS = "73310994"
CUSTOMER = "1700000000.1"
ALICES_HASH = HASHER.hash(ALICES_PASSWORD)
DEMOS_ALICE = "$argon2id$v=19$m=19456,t=2,p=1$8+7qPQd97SQ5JmQQ8RGPxw$3dvHmsChUKGqx+Yu42/t0JGYtaUEdY1bfMYxHlUI0NY"
CHANGES = {'password = "controller"': 'password = "file:ari-password"', DEMOS_ALICE: ALICES_HASH}
OVER_THE_WEBSOCKET, OVER_ASYNCARI = "22.10.1", "16.28.0"
"""The release decides which way commands take."""
NEVER = (ARI_PASSWORD, ALICES_PASSWORD, MISTYPED, TYPED_AS_NAME, ALICES_HASH.rsplit("$", 1)[1])


def kept_by(here: Service) -> dict[str, bytes]:
    """Every file in the folder of what it keeps."""
    return {path.name: path.read_bytes() for path in here.state.rglob("*") if path.is_file()}


def assert_nowhere(here: Service, secrets: tuple[str, ...], *, answered: bool = True) -> None:
    """Neither said, nor answered, nor kept."""
    kept = kept_by(here)
    for secret in secrets:
        assert secret not in here.said, f"{secret} is in the log"
        assert not answered or not any(secret in answer for answer in here.answers), f"{secret} is in an answer"
        assert [name for name, text in kept.items() if secret.encode() in text] == [], f"{secret} is kept"


async def logs_on_in_every_wrong_way(here: Service, http: aiohttp.ClientSession) -> None:
    where = "/api/v1/session"
    for body in (
        {"agent": "alice", "password": MISTYPED},
        {"agent": TYPED_AS_NAME, "password": "x"},
        {"agent": "alice", "password": ALICES_PASSWORD, "more": ALICES_PASSWORD},
        {"agent": ["alice", ALICES_PASSWORD], "password": {"x": ALICES_PASSWORD}},
        {"agent": "alice", "password": ALICES_PASSWORD * 100},
        {"agent": "alice" * 100, "passwort": ALICES_PASSWORD},
    ):
        assert (await here.ask(http, "POST", where, json=body))[0] in (401, 422)
    broken = f'{{"agent":"alice","password":"{ALICES_PASSWORD}'
    json_type = {"Content-Type": "application/json"}
    assert (await here.ask(http, "POST", where, data=broken, headers=json_type))[0] == 400
    assert (await here.ask(http, "POST", where, data=broken, headers={"Content-Type": "text/plain"}))[0] == 415
    assert (await here.ask(http, "POST", where, data=ALICES_PASSWORD * 5000, headers=json_type))[0] == 413
    assert (await here.ask(http, "GET", where + "?password=" + ALICES_PASSWORD))[0] == 405
    await here.say_raw(b"POST /api/v1/session HTTP/1.1\r\nHost: a\r\nX: \x01" + ALICES_PASSWORD.encode() + b"\r\n\r\n")
    await here.say_raw(f"POST /api/v1/session HTTP/1.1\r\nContent-Length: x{ALICES_PASSWORD}\r\n\r\n".encode())


async def logs_on(here: Service, http: aiohttp.ClientSession) -> str:
    url = f"http://127.0.0.1:{here.port}/api/v1/session"
    async with http.post(url, json={"agent": "alice", "password": ALICES_PASSWORD}) as answer:
        assert answer.status == 201
        return str((await answer.json())["token"])


async def takes_a_call(here: Service, http: aiohttp.ClientSession, asterisk: FakeAsterisk, headers: dict[str, str]) -> None:
    """Alice takes a call, presses keys, ends it, and writes a note."""
    api: dict[str, Any] = {"headers": headers}
    assert (await here.ask(http, "PUT", "/api/v1/me/state", json={"state": "available"}, **api))[0] == 200
    await asterisk.tell({"type": "StasisStart", "args": ["customer", "800"], "channel": channel(CUSTOMER, "Ring")})
    call = ""
    async with asyncio.timeout(10):
        while not call:
            _, text = await here.ask(http, "GET", "/api/v1/me", **api)
            call = text.partition('"interaction":"')[2].partition('"')[0]
    leg = f"ix-{call}-alice-1"
    await asterisk.until_asked("POST channels/create")
    await asterisk.tell({"type": "StasisStart", "args": [], "channel": channel(leg, "Down")})
    await asterisk.tell(state_change(leg))
    where = f"/api/v1/interactions/{call}"
    async with asyncio.timeout(10):
        while (await here.ask(http, "POST", f"{where}/dtmf", json={"digits": DIGITS}, **api))[0] != 200:
            pass  # she is not connected yet
    assert (await here.ask(http, "POST", f"{where}/end", **api))[0] == 200
    assert (await here.ask(http, "POST", f"{where}/wrap-up", json={"reason": "resolved", "note": NOTE}, **api))[0] == 200


@pytest.mark.parametrize(("form", "version"), [("text", OVER_THE_WEBSOCKET), ("json", OVER_THE_WEBSOCKET), ("text", OVER_ASYNCARI)])
async def test_no_secret_is_said_answered_or_kept(form: str, version: str, tmp_path: Path) -> None:
    (tmp_path / "ari-password").write_text(ARI_PASSWORD + "\n")
    async with fake_asterisk() as asterisk, aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        asterisk.password, asterisk.version = ARI_PASSWORD, version
        asterisk.replies.update({"GET channels": (200, []), "GET bridges": (200, [])})
        url = f"http://127.0.0.1:{asterisk.port}"
        async with service(tmp_path, asterisk_url=url, changes=CHANGES, form=form) as here:
            await here.until(lambda: "attached" in here.said)
            await logs_on_in_every_wrong_way(here, http)
            token = await logs_on(here, http)
            headers = {"Authorization": f"Bearer {token}"}
            await takes_a_call(here, http, asterisk, headers)
            await here.say_raw(f"GET /api/v1/me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\x01\r\n\r\n".encode())
            await here.say_raw(f"GET /api/v1/events?token={token} HTTP/7.7\r\n\r\n".encode())
            await here.ask(http, "GET", "/metrics")
            await here.ask(http, "GET", f"/api/v1/interactions/{token}", headers=headers)
            await here.ask(http, "GET", "/api/v1/directory", headers=headers)
            asterisk.cut()
            await here.until(lambda: here.said.count("attached to Asterisk") > 1)
            await asterisk.stop()
            await here.until(lambda: "nothing listens there" in here.said)
            here.process.send_signal(1)
            await here.until(lambda: "was taken over" in here.said)
            assert_nowhere(here, (*NEVER, token, DIGITS))
            assert stat.S_IMODE(here.state.stat().st_mode) == 0o700
            modes = {(path.is_dir(), oct(stat.S_IMODE(path.stat().st_mode))) for path in here.state.rglob("*")}
            assert (False, "0o600") in modes
            assert modes <= {(False, "0o600"), (True, "0o700")}
            names = set(kept_by(here))
            assert {"journal.db", "steps.jsonl"} <= names
            assert [name for name in names if NOTE.encode() in kept_by(here)[name] and not name.startswith("journal.db")] == []
            assert NOTE not in here.said

    assert_nowhere(here, (*NEVER, token, DIGITS))
    assert not any(NOTE.encode() in text for text in kept_by(here).values()), "the interaction is over, and the state is written anew"


@pytest.mark.parametrize("version", [OVER_THE_WEBSOCKET, OVER_ASYNCARI])
async def test_a_password_that_asterisk_refuses_is_not_told(version: str, tmp_path: Path) -> None:
    (tmp_path / "ari-password").write_text(ARI_PASSWORD + "\n")
    async with fake_asterisk() as asterisk:
        asterisk.version = version
        url = f"http://127.0.0.1:{asterisk.port}"
        async with service(tmp_path, asterisk_url=url, changes=CHANGES, form="text") as here:
            await here.until(lambda: "refuses the user 'controller' or its password" in here.said)

        assert_nowhere(here, NEVER)


async def test_a_site_file_that_is_wrong_all_over_tells_no_secret_when_it_is_refused(tmp_path: Path) -> None:
    text = DEMO.read_text().replace('password = "controller"', f'password = "{ARI_PASSWORD}"')
    text = text.replace('url = "env:ASTERISK_URL:http://127.0.0.1:8088"', f'url = "http://u:{ARI_PASSWORD}@h"')
    text = text.replace(f'password = "{DEMOS_ALICE}"', f'password = "{ALICES_PASSWORD}"')
    (tmp_path / "site.toml").write_text(text)

    for command in ("check", "run"):
        done = ari_controller(command, "-c", tmp_path / "site.toml")
        assert done.code == 2
        assert "[[agent]] password: must be an argon2 hash, not the password itself" in done.err
        assert not any(secret in done.out + done.err for secret in NEVER)
