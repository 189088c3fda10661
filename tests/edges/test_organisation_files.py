"""Lists of colleagues as administrators and exports write them, read by the program that reads them in the service."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from controller.dialling.listed_number import ListedNumbers
from controller.dialling.rules import ExtensionRange
from controller.directory.colleagues import Colleague
from controller.organisation import file_provider
from controller.organisation.child import run_child
from controller.organisation.file_provider import FileProvider
from controller.organisation.provider import Fetched, ProviderFailed, Unchanged
from controller.organisation.reading import COLLEAGUES_MAX
from tests.edges.command_line import DEMO

NUMBERS = ListedNumbers(region="FR", extensions=(ExtensionRange("200", "299"),))
SECONDS_MAX = 60
HEADER = "id,name,title,department,number,presence\n"


def provider(path: Path, *, seconds_max: float = SECONDS_MAX) -> FileProvider:
    return FileProvider(path, numbers=NUMBERS, seconds_max=seconds_max)


async def read(path: Path) -> tuple[list[Colleague], Fetched]:
    people: list[Colleague] = []
    fetched = await provider(path).fetch(people.extend, None)
    assert isinstance(fetched, Fetched)
    return people, fetched


async def why_not(path: Path, *, seconds_max: float = SECONDS_MAX) -> str:
    with pytest.raises(ProviderFailed) as failed:
        await provider(path, seconds_max=seconds_max).fetch(lambda people: None, None)
    return failed.value.because


def written(folder: Path, text: str | bytes, name: str = "colleagues.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


# --- Lists that are right ----------------------------------------------------------------------------------------------


async def test_of_the_demos_twelve_colleagues_nine_have_a_number_and_all_but_one_a_presence() -> None:
    people, fetched = await read(DEMO.parent / "colleagues.toml")

    assert (len(people), fetched.without_number, fetched.mistakes, fetched.notes) == (9, 3, 0, ())
    assert [person.id for person in people if not person.presence] == ["lukasz.wisniewski"]
    said = {str(person.id): (person.name, person.title, person.department, person.number) for person in people}
    assert said["marie.durand"] == ("Marie Durand", "Experte réseau", "Direction technique", "+33199001001")
    assert said["elodie.lefevre"] == ("Élodie Lefèvre", "Juriste", "Affaires juridiques", "+33199001002")
    assert said["soren.koch"] == ("Søren Koch", "", "Facturation", "+33199001003")
    assert sorted(person.number for person in people) == [f"+3319900100{number}" for number in range(1, 10)]
    assert [person.id for person in people][:3] == ["aoife.obrien", "elodie.lefevre", "fatima.benali"], "in the order of their names"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
async def test_a_list_may_be_what_a_spreadsheet_saves(tmp_path: Path, delimiter: str, line_end: str) -> None:
    lines = ("\ufeffId,Name,Number,Presence", 'p1,"Durand, ""Marie""",01 99 00 10 01,away', "", "p2,Élodie,204,", "p3,Short")
    rows = [line.replace(",", delimiter).replace(f"Durand{delimiter}", "Durand,") for line in lines]

    people, fetched = await read(written(tmp_path, line_end.join(rows)))

    assert [(person.id, person.name, person.number, person.presence) for person in people] == [
        ("p1", 'Durand, "Marie"', "+33199001001", "away"),
        ("p2", "Élodie", "204", ""),
    ]
    assert fetched.without_number == 1


async def test_a_first_name_that_is_no_part_of_the_name_is_searched_too(tmp_path: Path) -> None:
    people, _ = await read(written(tmp_path, "id,name,first_name,number\na,Durand,Marie,204\nb,Marie Koch,marie,205\nc,,Yuki,206\n"))

    assert [(person.name, person.searched) for person in people] == [
        ("Durand", "durand\nmarie"),
        ("Marie Koch", "marie koch"),
        ("Yuki", "yuki"),
    ]


async def test_presence_is_as_old_as_the_list(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + "a,Anna,,,204,away\n")
    os.utime(path, (1_700_000_000, 1_700_000_000))

    _, fetched = await read(path)

    assert fetched.written_at == 1_700_000_000


async def test_a_list_that_is_as_it_was_is_not_read_again(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + "a,Anna,,,204,\n")
    anna = provider(path)
    people: list[Colleague] = []

    first = await anna.fetch(people.extend, None)
    second = await anna.fetch(people.extend, None)
    written(tmp_path, HEADER + "a,Anna,,,204,\nb,Berta,,,205,\n")
    third = await anna.fetch(people.extend, None)

    assert (isinstance(first, Fetched), isinstance(second, Unchanged), isinstance(third, Fetched)) == (True, True, True)
    assert [person.id for person in people] == ["a", "a", "b"]


async def test_a_list_that_could_not_be_read_is_read_again_although_it_is_as_it_was_before(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + "a,Anna,,,204,\n")
    anna, aside = provider(path), tmp_path / "aside"
    await anna.fetch(lambda people: None, None)

    path.rename(aside)
    with pytest.raises(ProviderFailed):
        await anna.fetch(lambda people: None, None)
    aside.rename(path)

    assert isinstance(await anna.fetch(lambda people: None, None), Fetched)


# --- Mistakes in a list ------------------------------------------------------------------------------------------------


async def test_somebody_of_whom_something_is_wrong_is_left_out_and_the_others_are_there(tmp_path: Path) -> None:
    rows = (
        "a,Anna,,,204,",
        ",Berta,,,205,",
        "c,,,,206,",
        "a,Anna again,,,207,",
        "no spaces,Dora,,,208,",
        f"e,{'E' * 201},,,209,",
        "f,Fatima,,,210,",
        "g,Greta,,,,",
        "g,Greta again,,,211,",
    )

    people, fetched = await read(written(tmp_path, HEADER + "\n".join(rows)))

    assert [person.id for person in people] == ["a", "f"]
    assert (fetched.mistakes, fetched.without_number) == (6, 1)
    assert fetched.notes == (
        "line 3: the id is missing",
        "line 4: the name is missing",
        "line 5: the id 'a' is taken by somebody above",
        "line 6: the id must be letters, digits and . _ - @, at most 128",
        "line 7: name is longer than 200 letters",
    )


async def test_what_nobody_knows_in_a_list_is_said_and_stops_nothing(tmp_path: Path) -> None:
    toml = '[[colleague]]\nid = "a"\nname = "A"\nnumber = ["-", "204"]\ntitel = "x"\nroom = 3\n[[coleague]]\nid = "b"\n'

    people, fetched = await read(written(tmp_path, toml, "a.toml"))
    _, of_csv = await read(written(tmp_path, "id,name,number,titel,,room\na,A,204,x,,3\n"))

    assert [person.number for person in people] == ["204"]
    assert fetched.notes == (
        "there is no table 'coleague'; did you mean 'colleague'?",
        "nobody knows what 'titel' means; did you mean 'title'?",
        "nobody knows what 'room' means; there are id, name, first_name, title, department, number, presence",
    )
    assert of_csv.notes[0] == "nobody knows what the column 'titel' means; did you mean 'title'?"


async def test_a_value_that_is_no_text_is_a_mistake_of_that_person(tmp_path: Path) -> None:
    toml = '[[colleague]]\nid = "a"\nname = "A"\nnumber = 204\n[[colleague]]\nid = 1\nname = "B"\n[[colleague]]\nid = "c"\nname = "C"\n'

    _, fetched = await read(written(tmp_path, toml, "a.toml"))

    assert fetched.notes == ("colleague 1: number must be a text in quotes", "colleague 2: id must be a text in quotes")
    assert fetched.without_number == 1


async def test_a_name_is_shown_in_one_line_without_what_a_terminal_would_obey(tmp_path: Path) -> None:
    people, _ = await read(written(tmp_path, 'id,name,number\na," Anna\n\x1b[31m  Bell",204\n'))

    assert people[0].name == "Anna [31m Bell"


# --- Files that are no list --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.toml", "[[colleague]\n", "this is not TOML: "),
        ("a.toml", 'id = "a"\nid = "b"\n', "this is not TOML: Cannot overwrite a value (at line 2"),
        ("a.toml", "a = " + "[" * 5000, "brackets stand within brackets too deeply: this is no list of colleagues"),
        ("a.toml", "a = 1" + "0" * 5000, "this is not TOML: "),
        ("a.toml", '[colleague]\nid = "a"', "write each person as a table [[colleague]], with two pairs of brackets"),
        ("a.toml", "colleague = [3]", "write each person as a table [[colleague]], with two pairs of brackets"),
        ("a.csv", "", "its first line must name the columns, at least id and name, such as id,name,first_name,title"),
        ("a.csv", "identifier;name\n", "at least id and name, such as id;name;first_name"),
        ("a.csv", 'id,name\na,"A\nb,B\n', "line 2: this is not CSV: unexpected end of data"),
        ("a.csv", '"id', "line 1: this is not CSV: unexpected end of data"),
        ("a.csv", "id,name\na,A\nb," + "B" * 200_000, "line 3: this is not CSV: field larger than field limit (131072)"),
        ("a.csv", b"id,name\na,\xc9lodie\n", "line 2 is no text in UTF-8: save it as UTF-8 (in a spreadsheet: CSV UTF-8)"),
        ("a.csv", "id,name".encode("utf-16"), "line 1 is no text in UTF-8"),
        ("a.csv", "id,name\n" + "".join(f"p{n},P\n" for n in range(COLLEAGUES_MAX + 1)), "there may be 100000 people and no more"),
    ],
)
async def test_a_broken_list_is_refused_in_a_sentence(tmp_path: Path, name: str, text: str | bytes, said: str) -> None:
    assert said in await why_not(written(tmp_path, text, name))


async def test_a_list_of_50_mb_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.toml"
    with path.open("wb") as file:
        file.truncate(50_000_000)

    assert await why_not(path) == "it is longer than 20 MB: no list of 100000 people is"


async def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    folder, pipe = tmp_path / "folder.csv", tmp_path / "pipe.csv"
    folder.mkdir()
    os.mkfifo(pipe)

    assert await why_not(tmp_path / "nowhere.csv") == "it can't be read: No such file or directory"
    assert await why_not(folder) == "it can't be read: Is a directory"
    assert await why_not(pipe) == "it is no ordinary file"
    assert await why_not(Path("/dev/zero")) == "it is no ordinary file"


# --- The program that reads --------------------------------------------------------------------------------------------


async def test_a_fetch_that_takes_too_long_is_ended_and_leaves_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    because = await why_not(written(tmp_path, HEADER), seconds_max=0.001)

    assert because == "it did not come within 0.001 s"


def a_module(folder: Path, monkeypatch: pytest.MonkeyPatch, program: str) -> str:
    """A program in the reader's place."""
    (folder / "in_its_place.py").write_text(program)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return "in_its_place"


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import sys; sys.exit(3)", "the program that fetches it ended before it was done (exit code 3)"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "ended before it was done (signal 9)"),
        ("print('[\"a\", ')", "the program that fetches it said something that nobody understands"),
        ("print('[\"a\"]')", "the program that fetches it said something that nobody understands"),
        ("print('x' * 1_000_000)", "the program that fetches it said something without end"),
        ('print(\'{"failed": "no"}\')', "no"),
    ],
)
async def test_a_program_that_does_not_come_to_its_end_has_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, said: str
) -> None:
    with pytest.raises(ProviderFailed, match=said.replace("(", r"\(").replace(")", r"\)")):
        await run_child(a_module(tmp_path, monkeypatch, program), {}, lambda people: None, seconds_max=SECONDS_MAX)


async def test_a_machine_that_starts_no_more_programs_is_a_failure_like_any_other(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))

    assert await why_not(tmp_path / "a.csv") == "the program that fetches it can't be started: No such file or directory"


async def test_a_fetch_that_nobody_waits_for_any_more_leaves_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark, is_there = tmp_path / "pid", asyncio.Event()
    program = f"""\
import os, time
open({str(mark)!r}, "w").write(str(os.getpid()))
print('["a", "A", "", "", "204", "", "a"]', flush=True)
time.sleep(60)
"""
    monkeypatch.setattr(file_provider, "READER", a_module(tmp_path, monkeypatch, program))
    fetching = asyncio.create_task(provider(tmp_path / "a.csv").fetch(lambda people: is_there.set(), None))
    async with asyncio.timeout(SECONDS_MAX):
        await is_there.wait()

    fetching.cancel()
    await asyncio.wait([fetching])

    assert fetching.cancelled()
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)
