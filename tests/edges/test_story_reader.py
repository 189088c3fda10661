"""Stories are read beside the calls: in a thread of its own, a few at a time, and nobody waits for ever."""

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from controller.directory.ids import InteractionId
from controller.floor.ports import StoryUnreadable
from controller.floor.story import Doing, Story
from controller.service import stories
from controller.service.stories import READINGS_MAX, StoryReader
from tests.edges.ari.fake_asterisk import fake_asterisk
from tests.edges.recorded_call import record
from tests.live.desk import AgentDesk
from tests.live.service import running_service, write_site

PATIENCE_SECONDS = 60.0
"""However busy the machine is."""


class Disk:
    """A slow reader: whoever shows a story waits until the test lets them."""

    def __init__(self) -> None:
        self.has_begun = threading.Event()
        self.goes_on = threading.Event()

    def show(self, story: Story) -> str:
        self.has_begun.set()
        assert self.goes_on.wait(PATIENCE_SECONDS)
        return story.interaction


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("journal")


@pytest.fixture(scope="module")
def interaction(folder: Path) -> InteractionId:
    return record(folder)


@pytest_asyncio.fixture
async def reader(folder: Path) -> AsyncIterator[StoryReader]:
    reader = StoryReader(folder, seconds_max=PATIENCE_SECONDS)
    yield reader
    reader.close()


async def test_a_story_is_read_from_the_journals_folder(reader: StoryReader, interaction: InteractionId) -> None:
    told = await reader.tell(interaction, None, lambda story: [segment.doing for segment in story.segments if segment.who == "bob"])

    assert told is not None
    assert told[0] is Doing.RANG
    picture = await reader.draw(interaction, None)
    assert picture is not None
    assert interaction in picture.svg
    assert picture.style in picture.svg


async def test_of_an_unknown_interaction_there_is_none(reader: StoryReader) -> None:
    assert await reader.tell(InteractionId("nobody"), None, lambda story: story) is None
    assert await reader.draw(InteractionId("\ud800"), None) is None


async def test_a_story_is_counted_up_to_now_while_it_goes_on(reader: StoryReader, interaction: InteractionId) -> None:
    story = await reader.tell(interaction, None, lambda story: story)
    assert story is not None
    later = await reader.tell(interaction, story.steps[-1].at + 60, lambda story: story)
    assert later is not None

    assert later.steps == story.steps
    assert not story.is_partial


async def test_the_newest_steps_of_a_very_long_story_are_told_and_it_says_so(
    reader: StoryReader, interaction: InteractionId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stories, "STEPS_MAX", 5)

    story = await reader.tell(interaction, None, lambda story: story)

    assert story is not None
    assert (len(story.steps), story.is_partial) == (5, True)


async def test_whoever_comes_while_too_many_wait_is_told_to_come_again(reader: StoryReader, interaction: InteractionId) -> None:
    disk = Disk()
    waiting = [asyncio.create_task(reader.tell(interaction, None, disk.show)) for _ in range(READINGS_MAX)]
    await asyncio.to_thread(disk.has_begun.wait, PATIENCE_SECONDS)

    with pytest.raises(StoryUnreadable, match="Too many stories are being read"):
        await reader.tell(interaction, None, disk.show)

    disk.goes_on.set()
    assert await asyncio.gather(*waiting) == [interaction] * READINGS_MAX
    assert await reader.tell(interaction, None, disk.show) == interaction


async def test_a_reader_who_has_gone_makes_room_for_another(reader: StoryReader, interaction: InteractionId) -> None:
    disk = Disk()
    waiting = [asyncio.create_task(reader.tell(interaction, None, disk.show)) for _ in range(READINGS_MAX)]
    await asyncio.to_thread(disk.has_begun.wait, PATIENCE_SECONDS)

    waiting[-1].cancel()
    await asyncio.wait([waiting[-1]])
    another = asyncio.create_task(reader.tell(interaction, None, disk.show))
    disk.goes_on.set()

    assert await another == interaction
    await asyncio.gather(*waiting[:-1])


async def test_nobody_waits_for_ever_for_a_disk(folder: Path, interaction: InteractionId) -> None:
    reader, disk = StoryReader(folder, seconds_max=0.05), Disk()

    with pytest.raises(StoryUnreadable, match="The disk takes too long"):
        await reader.tell(interaction, None, disk.show)

    disk.goes_on.set()
    reader.close()


async def test_a_folder_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "steps.jsonl").mkdir()
    reader = StoryReader(tmp_path)

    with pytest.raises(StoryUnreadable, match="can't be read: Is a directory"):
        await reader.draw(InteractionId("t3k9x200"), None)

    reader.close()


async def test_a_running_service_tells_what_was_recorded_before_its_start(tmp_path: Path) -> None:
    interaction = record(tmp_path / "state")

    async with fake_asterisk() as asterisk, running_service(write_site(tmp_path), ari_port=asterisk.port) as service:
        asterisk.replies = {"GET channels": (200, []), "GET bridges": (200, [])}
        await service.says("the desktop listens")
        async with aiohttp.ClientSession() as http:
            sam = AgentDesk(http, service.url, "sam")
            await sam.log_in()
            told = await sam.call("GET", f"/interactions/{interaction}/story")
            of_nobody = await sam.call("GET", "/interactions/nobody/story")

    assert (told.status, told.body["interaction"], len(told.body["steps"])) == (200, interaction, 14)
    assert (of_nobody.status, of_nobody.code) == (404, "unknown-interaction")
