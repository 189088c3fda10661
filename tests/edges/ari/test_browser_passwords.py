"""The passwords of telephones in the browser: given over ARI, given again to an Asterisk that has forgotten them, and taken away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from controller.asterisk.dial_string import Dialable
from controller.asterisk.switch import AriSwitch
from controller.asterisk.system import PASSWORDS
from controller.interaction.facts import Fact, SwitchFound
from controller.interaction.refusals import SwitchAway
from tests.edges.ari.fake_asterisk import SECONDS_MAX, Asked, FakeAsterisk, fake_asterisk

PUT, DELETE = f"PUT {PASSWORDS}1001-web", f"DELETE {PASSWORDS}1001-web"


class Running:
    """A switch that runs beside a scripted Asterisk."""

    def __init__(self, asterisk: FakeAsterisk) -> None:
        self.found = 0
        self._changed = asyncio.Event()
        self.switch = AriSwitch(asterisk.access(), post=self._post, instance="here", dialable=Dialable())
        self.passwords = self.switch.browser_passwords

    def _post(self, fact: Fact) -> None:
        self.found += isinstance(fact, SwitchFound)
        self._changed.set()

    async def until_found(self, times: int = 1) -> None:
        async with asyncio.timeout(SECONDS_MAX):
            while self.found < times:
                self._changed.clear()
                await self._changed.wait()


@asynccontextmanager
async def running(asterisk: FakeAsterisk) -> AsyncIterator[Running]:
    asterisk.replies |= {"GET channels": (200, []), "GET bridges": (200, []), PUT: (200, [])}
    here = Running(asterisk)
    task = asyncio.create_task(here.switch.run())
    try:
        yield here
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _written(asked: Asked) -> dict[str, str]:
    return {field["attribute"]: field["value"] for field in asked.body["fields"]}


async def test_a_password_is_written_for_the_telephone_of_that_name() -> None:
    async with fake_asterisk() as asterisk, running(asterisk) as here:
        await here.until_found()
        await here.passwords.give("1001-web", "one of this login")

        assert _written(asterisk.asked_for(PUT)[-1]) == {"auth_type": "userpass", "username": "1001-web", "password": "one of this login"}


async def test_an_asterisk_that_comes_back_is_given_the_newest_password_again() -> None:
    async with fake_asterisk() as asterisk, running(asterisk) as here:
        await here.until_found()
        await here.passwords.give("1001-web", "an old one")
        await here.passwords.give("1001-web", "the newest")
        await asterisk.stop()
        await asterisk.start()
        await here.until_found(2)
        again = await asterisk.until_asked(PUT, times=3)

        assert _written(again)["password"] == "the newest"


async def test_what_is_taken_away_is_not_given_again() -> None:
    async with fake_asterisk() as asterisk, running(asterisk) as here:
        await here.until_found()
        await here.passwords.give("1001-web", "gone soon")
        here.passwords.take_away("1001-web")
        await asterisk.until_asked(DELETE)
        here.passwords.take_away("1002-web")
        await asterisk.stop()
        await asterisk.start()
        await here.until_found(2)
        here.passwords.take_away("1003-web")
        await asterisk.until_asked(f"DELETE {PASSWORDS}1003-web")

        assert len(asterisk.asked_for(PUT)) == 1


async def test_what_is_taken_away_while_asterisk_is_not_there_is_taken_away_when_it_is_back() -> None:
    async with fake_asterisk() as asterisk, running(asterisk) as here:
        here.passwords.take_away("1001-web")
        await here.until_found()
        await asterisk.until_asked(DELETE)


async def test_a_telephone_that_has_no_password_to_take_away_is_no_trouble() -> None:
    async with fake_asterisk() as asterisk, running(asterisk) as here:
        asterisk.replies[DELETE] = (404, {"message": "Object with id '1001-web' not found"})
        await here.until_found()
        here.passwords.take_away("1001-web")
        here.passwords.take_away("1002-web")
        await asterisk.until_asked(f"DELETE {PASSWORDS}1002-web")

        assert len(asterisk.asked_for(DELETE)) == 1


async def test_what_asterisk_would_not_take_away_is_tried_again_with_the_next() -> None:
    async with fake_asterisk() as asterisk, running(asterisk) as here:
        asterisk.replies[DELETE] = (500, {"message": "busy"})
        await here.until_found()
        here.passwords.take_away("1001-web")
        await asterisk.until_asked(DELETE)
        del asterisk.replies[DELETE]
        here.passwords.take_away("1002-web")
        await asterisk.until_asked(DELETE, times=2)
        await asterisk.until_asked(f"DELETE {PASSWORDS}1002-web")


async def test_while_asterisk_is_away_nobody_is_told_that_the_password_works() -> None:
    async with fake_asterisk(booting=True) as asterisk, running(asterisk) as here:
        with pytest.raises(SwitchAway, match="no password yet: try again"):
            await here.passwords.give("1001-web", "too early")
        asterisk.booting = False
        await here.until_found()
        later = await asterisk.until_asked(PUT)

        assert _written(later)["password"] == "too early"


async def test_the_log_never_has_a_password(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
    async with fake_asterisk() as asterisk, running(asterisk) as here:
        asterisk.replies[PUT] = (500, {"message": "can't keep hush-hush", "fields": ["hush-hush"]})
        await here.until_found()
        with pytest.raises(SwitchAway) as refused:
            await here.passwords.give("1001-web", "hush-hush")

    said = capsys.readouterr()
    assert "hush-hush" not in str(refused.value) + caplog.text + said.out + said.err
