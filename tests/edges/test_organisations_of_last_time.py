"""The last list of each organisation is kept, so that a start needs no source to know anybody."""

import asyncio
import os
import stat
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from controller.dialling.listed_number import ListedNumbers
from controller.directory.colleagues import Colleague
from controller.directory.organisation import FileSource, GraphSource, Organisation
from controller.organisation.file_provider import FileProvider
from controller.organisation.kept_lists import KeptLists
from controller.organisation.organisations import Organisations
from controller.organisation.provider import Fetched, KeepAs, ProviderFailed, Take
from tests.pure.directory.people import NUMBERS, organisation

SECONDS_MAX = 60.0
NOW = 2_000_000_000.0
HEAD_OFFICE = organisation()
HEADER = "id,name,title,number,presence\n"
ROWS = "a,Élodie,Juriste,01 99 00 10 01,away\nb,Berta,,01 99 00 10 02,\nc,Carl,,,\n"


class Dead:
    """A source that can't be asked."""

    presence = None

    def __init__(self) -> None:
        self.is_asked = asyncio.Event()

    async def fetch(self, take: Take, keep: KeepAs | None) -> Fetched:
        self.is_asked.set()
        raise ProviderFailed("it does not answer")


def process(folder: Path, *sites: Organisation, is_dead: bool = False, numbers: ListedNumbers = NUMBERS) -> Organisations:
    """What one process of the service knows; another one in the same folder is the next start."""

    def provider_for(one: Organisation, numbers: ListedNumbers) -> FileProvider | Dead:
        assert isinstance(one.source, FileSource)
        return Dead() if is_dead else FileProvider(folder / one.source.file, numbers=numbers, seconds_max=SECONDS_MAX)

    kept = KeptLists(folder / "state" / "colleagues")
    return Organisations(sites or (HEAD_OFFICE,), numbers, provider_for=provider_for, clock=lambda: NOW, kept=kept)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "head-office.csv").write_text(HEADER + ROWS)
    return tmp_path


def kept_file(folder: Path) -> Path:
    return folder / "state" / "colleagues" / "head-office.jsonl"


async def people(organisations: Organisations) -> list[Colleague]:
    return [listed.colleague for listed in (await organisations.search("", 50)).colleagues]


async def names(organisations: Organisations) -> Sequence[str]:
    return [colleague.name for colleague in await people(organisations)]


async def test_a_start_whose_source_is_down_knows_everybody_of_last_time_and_how_old_that_is(folder: Path) -> None:
    before = process(folder)
    await before.refresh(SECONDS_MAX)
    after = process(folder, is_dead=True)

    with capture_logs() as logged:
        await after.refresh(SECONDS_MAX)

    then, now = before.states()[0], after.states()[0]
    assert await people(after) == await people(before)
    assert (now.people, now.without_number, now.written_at) == (2, 1, then.written_at)
    assert now.fetched_at == pytest.approx(os.stat(kept_file(folder)).st_mtime, abs=5)
    assert (now.is_of_last_time, now.is_stale(NOW), now.failed_because) == (True, True, "it does not answer")
    assert [line["event"] for line in logged] == [
        "colleagues of last time are known until others come",
        "colleagues could not be fetched; who was known stays",
    ]


async def test_who_comes_takes_the_place_of_those_of_last_time(folder: Path) -> None:
    await process(folder).refresh(SECONDS_MAX)
    (folder / "head-office.csv").write_text(HEADER + "d,Dora,,01 99 00 10 04,\n")
    after = process(folder)

    await after.refresh(SECONDS_MAX)

    assert await names(after) == ["Dora"]
    assert (after.states()[0].is_of_last_time, after.states()[0].is_stale(NOW)) == (False, False)


async def test_a_fetch_that_fails_or_brings_nobody_leaves_what_is_kept(folder: Path) -> None:
    organisations = process(folder)
    await organisations.refresh(SECONDS_MAX)
    for text in (HEADER, "nonsense"):
        (folder / "head-office.csv").write_text(text)
        await organisations.refresh(SECONDS_MAX)
        assert organisations.states()[0].failed_because

    after = process(folder, is_dead=True)
    await after.refresh(SECONDS_MAX)

    assert await names(after) == ["Berta", "Élodie"]


async def test_nobody_but_the_controller_can_read_what_is_kept(folder: Path) -> None:
    await process(folder).refresh(SECONDS_MAX)

    assert stat.S_IMODE(kept_file(folder).stat().st_mode) == 0o600
    assert stat.S_IMODE(kept_file(folder).parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("site", "numbers"),
    [(replace(HEAD_OFFICE, source=FileSource(file="other.csv")), NUMBERS), (HEAD_OFFICE, ListedNumbers(region="GB"))],
)
async def test_a_list_of_another_source_or_with_other_numbers_is_not_taken_for_it(
    folder: Path, site: Organisation, numbers: ListedNumbers
) -> None:
    await process(folder).refresh(SECONDS_MAX)
    after = process(folder, site, is_dead=True, numbers=numbers)

    await after.refresh(SECONDS_MAX)

    assert await names(after) == []
    assert after.states()[0].fetched_at is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: "\n".join(text.splitlines()[:-1]),
        lambda text: text.replace('"Berta"', "3"),
        lambda text: text.replace('"fetched_at"', '"fetched"'),
    ],
)
async def test_a_list_that_is_damaged_is_not_used_and_that_is_told(folder: Path, damage: Callable[[str], str]) -> None:
    await process(folder).refresh(SECONDS_MAX)
    kept_file(folder).write_text(damage(kept_file(folder).read_text()))
    after = process(folder, is_dead=True)

    with capture_logs() as logged:
        await after.refresh(SECONDS_MAX)

    assert await names(after) == []
    assert logged[0]["event"] == "colleagues of last time are not known"
    assert logged[0]["because"] == "the list that was kept is damaged"


async def test_a_list_that_a_newer_version_kept_is_not_read(folder: Path) -> None:
    await process(folder).refresh(SECONDS_MAX)
    kept_file(folder).write_text(kept_file(folder).read_text().replace('{"form": 1,', '{"form": 2,', 1))
    after = process(folder, is_dead=True)

    await after.refresh(SECONDS_MAX)

    assert await names(after) == []


async def test_of_an_organisation_that_the_site_has_no_more_or_may_not_ask_nobody_is_kept(folder: Path) -> None:
    branch, tenant = organisation("branch"), organisation("tenant")
    for name in ("branch", "tenant"):
        (folder / f"{name}.csv").write_text(HEADER + ROWS)
    await process(folder, HEAD_OFFICE, branch, tenant).refresh(SECONDS_MAX)
    assert len(list(kept_file(folder).parent.iterdir())) == 3
    not_asked = replace(tenant, source=GraphSource(tenant="x", client_id="x", secret_file="x"), is_teams=True)

    source = Dead()
    kept = KeptLists(kept_file(folder).parent)
    organisations = Organisations([branch, not_asked], NUMBERS, provider_for=lambda *_: source, clock=lambda: NOW, kept=kept)
    running = asyncio.create_task(organisations.run())
    await asyncio.wait_for(source.is_asked.wait(), SECONDS_MAX)
    running.cancel()
    await asyncio.wait([running])

    assert [path.name for path in kept_file(folder).parent.iterdir()] == ["branch.jsonl"]


async def test_a_folder_that_can_not_be_made_costs_the_next_start_and_nothing_else(folder: Path) -> None:
    (folder / "state").write_text("in the way")
    organisations = process(folder)

    with capture_logs() as logged:
        await organisations.refresh(SECONDS_MAX)
        await organisations.refresh(SECONDS_MAX)

    assert await names(organisations) == ["Berta", "Élodie"]
    said = [line["because"] for line in logged if line["event"] == "colleagues are not kept for the next start"]
    assert said == ["Not a directory"]


async def test_a_file_that_can_not_be_written_costs_the_next_start_and_nothing_else(folder: Path) -> None:
    (kept_file(folder).parent / "head-office.jsonl.new").mkdir(parents=True)
    organisations = process(folder)

    with capture_logs() as logged:
        await organisations.refresh(SECONDS_MAX)

    assert await names(organisations) == ["Berta", "Élodie"]
    assert [line["because"] for line in logged if line["event"] == "colleagues are not kept for the next start"] == ["Is a directory"]
