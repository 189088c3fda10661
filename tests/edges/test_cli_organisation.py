"""`ari-controller organisation`: how many colleagues came, what is wrong with their lists, and who is found."""

import asyncio
import json
import os
import time
from pathlib import Path

import pytest

from controller.directory.dial_plan import listed_numbers
from controller.organisation.kept_lists import COLLEAGUES_FOLDER, KeptLists
from controller.organisation.organisations import Organisations
from controller.organisation.providers import provider_of
from controller.service.site import site_of
from tests.edges.command_line import DEMO, ari_controller
from tests.pure.directory.site_text import SITE

HEADER = "id,name,title,department,number,presence\n"


def site(folder: Path, **lists: str) -> Path:
    """A site whose organisations are these, each with its list."""
    text = SITE
    for name, rows in lists.items():
        (folder / f"{name}.csv").write_text(HEADER + rows)
        text += f'[[organisation]]\nid = "{name}"\nname = "{name.title()}"\nfile = "{name}.csv"\n'
    path = folder / "site.toml"
    path.write_text(text)
    return path


def test_it_tells_how_many_came_and_how_old_their_list_is(tmp_path: Path) -> None:
    path = site(tmp_path, office="a,Anna,,,01 99 00 10 01,\nb,Berta,,,,\nc,,,,,\n")
    long_ago = time.time() - 3 * 3600
    os.utime(tmp_path / "office.csv", (long_ago, long_ago))

    done = ari_controller("organisation", "-c", path)

    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "Office (office.csv): 1 with a business number, 1 without one, who are not listed, 1 left out because of a mistake; "
        "written 3 hours ago.",
        "  line 4: the name is missing",
    ]


def test_the_demos_organisation_has_nine_who_can_be_called() -> None:
    done = ari_controller("organisation", "-c", DEMO)

    assert done.out.startswith("Head office (colleagues.toml): 9 with a business number, 3 without one, who are not listed; written ")


def test_an_organisation_that_can_not_be_fetched_is_exit_code_1_and_the_others_are_told(tmp_path: Path) -> None:
    path = site(tmp_path, office="a,Anna,,,01 99 00 10 01,\n", branch="")
    (tmp_path / "branch.csv").unlink()

    done = ari_controller("organisation", "-c", path)

    assert done.code == 1
    assert done.out.splitlines() == [
        "Office (office.csv): 1 with a business number; written less than a minute ago.",
        "Branch (branch.csv): FAILED: it can't be read: No such file or directory.",
    ]


def test_with_words_it_looks_somebody_up_as_the_desktop_does() -> None:
    by_words = ari_controller("organisation", "-c", DEMO, "REFEV", "juri")
    by_number = ari_controller("organisation", "-c", DEMO, "01", "99", "00", "10", "07")
    nobody = ari_controller("organisation", "-c", DEMO, "zzz")

    assert by_words.out == "Nobody is found.\n"
    assert ari_controller("organisation", "-c", DEMO, "LEFEV", "juri").out.startswith(
        "elodie.lefevre  Élodie Lefèvre  Juriste, Affaires juridiques  +33199001002  busy ("
    )
    assert by_number.out == "lukasz.wisniewski  Łukasz Wiśniewski  Data engineer, Direction technique  +33199001007\n"
    assert (nobody.code, nobody.out, nobody.err) == (0, "Nobody is found.\n", "")


def test_who_is_looked_up_among_those_who_came_and_what_failed_goes_to_standard_error(tmp_path: Path) -> None:
    path = site(tmp_path, office="".join(f"p{n},Person {n},,,01 99 00 {n // 100:02} {n % 100:02},\n" for n in range(60)), branch="")
    (tmp_path / "branch.csv").unlink()

    done = ari_controller("organisation", "-c", path, "person")

    assert (done.code, len(done.out.splitlines())) == (1, 51)
    assert done.out.splitlines()[-1] == "There are more than 50: give more of a name."
    assert done.err == "Branch (branch.csv): FAILED: it can't be read: No such file or directory.\n"


def test_for_programs_it_is_one_json_object(tmp_path: Path) -> None:
    path = site(tmp_path, office="a,Anna,Juriste,,01 99 00 10 01,away\n", branch="")
    (tmp_path / "branch.csv").unlink()
    os.utime(tmp_path / "office.csv", (1_700_000_000, 1_700_000_000))

    states = json.loads(ari_controller("organisation", "-c", path, "--json").out)
    found = json.loads(ari_controller("organisation", "-c", path, "--json", "anna").out)

    assert [(each["id"], each["people"], each["failed"], each["written_at"]) for each in states["organisations"]] == [
        ("office", 1, None, "2023-11-14T22:13:20+00:00"),
        ("branch", 0, "it can't be read: No such file or directory", None),
    ]
    assert "colleagues" not in states
    assert found["colleagues"] == [
        {
            "id": "a",
            "name": "Anna",
            "title": "Juriste",
            "department": "",
            "number": "+33199001001",
            "presence": "away",
            "presence_as_of": "2023-11-14T22:13:20+00:00",
            "organisations": ["Office"],
        }
    ]
    assert found["truncated"] is False


def test_people_who_are_not_offered_are_told_to_the_administrator(tmp_path: Path) -> None:
    path = site(tmp_path, office="a,Anna,,,01 99 00 10 01,\n")
    path.write_text(path.read_text() + "teams = true\n")

    assert ari_controller("organisation", "-c", path).out.endswith(" Nobody is offered: they use Teams, and single_sign_on is off.\n")
    assert ari_controller("organisation", "-c", path, "anna").out == "Nobody is found.\n"


def test_a_site_without_an_organisation_says_so(tmp_path: Path) -> None:
    done = ari_controller("organisation", "-c", site(tmp_path))

    assert (done.code, done.out) == (0, "")
    assert "has no [[organisation]]: there are no colleagues to look up." in done.err


def test_a_bad_site_file_is_told_as_by_every_command(tmp_path: Path) -> None:
    path = site(tmp_path, office="")
    path.write_text(path.read_text() + "knd = 1\n")

    done = ari_controller("organisation", "-c", path)

    assert done.code == 2
    assert "[[organisation]] knd: there is no such key; did you mean 'kind'?" in done.err


# --- Beside what the service knows --------------------------------------------------------------------------------------


async def known_to_the_service(path: Path) -> None:
    """Have a list kept as the service keeps it."""
    site = site_of(path)
    organisations = Organisations(
        site.organisations,
        listed_numbers(site.directory),
        provider_for=lambda one, numbers: provider_of(one, numbers, path.parent),
        clock=time.time,
        kept=KeptLists(path.parent / site.journal / COLLEAGUES_FOLDER),
    )
    await organisations.refresh(60.0)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("a,Anna,,,01 99 00 10 01,\n", "  the service knows 3, and goes on with those until there have been so few for 60 s"),
        ("", "  the service knows 3, and goes on with those until somebody is in it again"),
    ],
)
def test_a_list_that_is_far_shorter_than_the_one_that_the_service_has_is_said_to_be_so(tmp_path: Path, rows: str, said: str) -> None:
    path = site(tmp_path, office="".join(f"{one},Anna,,,01 99 00 10 0{one},\n" for one in (1, 2, 3)))
    asyncio.run(known_to_the_service(path))
    (tmp_path / "office.csv").write_text(HEADER + rows)

    done = ari_controller("organisation", "-c", path)

    assert (done.code, done.out.splitlines()[1:]) == (0, [said])


def test_a_list_that_the_service_has_kept_and_that_can_not_be_read_is_said_not_to_be_compared(tmp_path: Path) -> None:
    path = site(tmp_path, office="a,Anna,,,01 99 00 10 01,\n")
    asyncio.run(known_to_the_service(path))
    next(tmp_path.rglob("office.jsonl")).write_text("nonsense")

    done = ari_controller("organisation", "-c", path)

    assert done.out.splitlines()[1:] == ["  not compared with the list that the service has: the list that was kept is damaged"]
