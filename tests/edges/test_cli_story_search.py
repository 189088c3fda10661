"""`ari-controller story` without an id: which interactions there were, by number, agent, queue and time."""

import contextlib
import json
import time
from datetime import datetime
from pathlib import Path

import pytest

from controller.cli.story import since
from controller.interaction.facts import EndCause, LegEnded
from controller.telemetry.step_file import StepFile
from tests.edges.command_line import DEMO, Done, ari_controller
from tests.edges.recorded_call import ALICE, BOB, Call, play


def story(folder: Path, *arguments: str) -> Done:
    return ari_controller("story", *arguments, "-c", DEMO, environ={"STATE_FOLDER": str(folder), "TZ": "UTC"})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three calls: a consult at 10:00, and two whose callers hang up before anybody answers, at 10:31 and 11:31."""
    folder = tmp_path_factory.mktemp("journal")
    call = Call()
    with contextlib.closing(StepFile(folder, clock=lambda: call.now)) as file:
        call.audiences.append(file)
        play(call)
        call.now += 1800
        second = call.arrive("Yves Second", "+33199001234")
        call.take(LegEnded(leg=call.leg(second, None), cause=EndCause.HUNG_UP), after=3)
        call.now += 3600
        third = call.arrive("", "0199005678")
        call.take(LegEnded(leg=call.leg(third, None), cause=EndCause.HUNG_UP), after=7.5)
    return folder


def customers(done: Done) -> list[str]:
    assert (done.code, done.err) == (0, "")
    return [line.split("support")[1].split("  ")[1].strip() for line in done.out.splitlines()]


def test_without_an_id_the_latest_are_listed_a_line_for_each(folder: Path) -> None:
    done = story(folder)

    assert (done.code, done.err) == (0, "")
    latest, second, first = done.out.splitlines()
    assert first.startswith("2026-11-22 10:00:00  ")
    assert "support  Zoë Client" in first
    assert "alice, bob" in first
    assert first.endswith("    62.3 s  ended")
    assert latest.split()[1] != second.split()[1]
    assert latest.endswith("     7.5 s  ended")


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (("--number", "2001"), ["Zoë Client"]),
        (("--number", "01 99 00 12 34"), ["Yves Second"]),
        (("--number", "+33 (0)1 99 00 56 78"), ["0199005678"]),
        (("--number", "800", "--last", "1"), ["0199005678"]),
        (("--agent", "bob", "--number", "2001"), ["Zoë Client"]),
        (("--queue", "support", "--last", "2"), ["0199005678", "Yves Second"]),
        (("--since", "2026-11-22T10:30"), ["0199005678", "Yves Second"]),
        (("--since", "2026-11-22T11:00"), ["0199005678"]),
    ],
)
def test_what_is_looked_for_is_found(folder: Path, arguments: tuple[str, ...], found: list[str]) -> None:
    assert customers(story(folder, *arguments)) == found


@pytest.mark.parametrize("arguments", [("--number", "999999"), ("--agent", "nobody"), ("--queue", "billing"), ("--since", "1m")])
def test_what_is_not_there_is_exit_code_1(folder: Path, arguments: tuple[str, ...]) -> None:
    done = story(folder, *arguments)

    assert (done.code, done.out) == (1, "")
    assert done.err == f"Nothing of that kind is recorded in {folder}.\n"


def test_programs_get_the_same_as_json(folder: Path) -> None:
    done = story(folder, "--number", "2001", "--json")

    (found,) = json.loads(done.out)["interactions"]
    assert {key: found[key] for key in ("began_at", "queue", "customer", "agents", "phase")} == {
        "began_at": "2026-11-22T10:00:00+00:00",
        "queue": "support",
        "customer": "Zoë Client",
        "agents": [ALICE, BOB],
        "phase": "ended",
    }
    assert {"2001", "800"} <= {*found["numbers"]}


def test_older_files_are_not_read_where_they_can_hold_nothing_of_it(tmp_path: Path) -> None:
    call = Call()
    with contextlib.closing(StepFile(tmp_path, clock=lambda: call.now, file_bytes_max=2000)) as file:
        call.audiences.append(file)
        play(call)
        call.now += 86_400
        call.arrive("Late")
    oldest = max(tmp_path.glob("steps.jsonl.*"))
    oldest.unlink()
    oldest.mkdir()  # to read it would fail

    assert "Late" in story(tmp_path, "--since", "2026-11-23").out
    assert story(tmp_path).code == 1


def test_an_id_and_a_search_do_not_go_together(folder: Path) -> None:
    both = story(folder, "x", "--agent", "alice")
    drawn = story(folder, "--svg", "x.svg")

    assert (both.code, drawn.code) == (2, 2)
    assert "leave the id out" in both.err
    assert "say which" in drawn.err


@pytest.mark.parametrize("wrong", [("--since", "yesterday"), ("--since", "x2h"), ("--last", "0"), ("--last", "many")])
def test_what_is_no_time_and_no_number_is_bad_usage(folder: Path, wrong: tuple[str, ...]) -> None:
    assert story(folder, *wrong).code == 2


def test_a_time_may_be_written_in_each_of_the_usual_ways() -> None:
    now = time.time()

    assert [now - since(written) for written in ("30m", "2h", "3d")] == pytest.approx([1800, 7200, 259_200], abs=5)
    today = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    assert since("00:00") == today.timestamp()
    assert since(f"{today:%Y-%m-%d}") == today.timestamp()
    assert since(f"{today:%Y-%m-%d}T10:30") == today.replace(hour=10, minute=30).timestamp()


# --- How far back ------------------------------------------------------------------------------------------------------


def weeks(folder: Path, count: int) -> None:
    """A call each week, the first on the 22nd of November."""
    call = Call()
    with contextlib.closing(StepFile(folder, clock=lambda: call.now)) as file:
        call.audiences.append(file)
        for number in range(count):
            interaction = call.arrive(f"Caller {number}")
            call.take(LegEnded(leg=call.leg(interaction, None), cause=EndCause.HUNG_UP), after=3)
            call.now += 7 * 86_400


def test_without_a_time_the_last_seven_days_of_the_record_are_looked_at_and_it_says_so(tmp_path: Path) -> None:
    weeks(tmp_path, 3)

    done = story(tmp_path, "--queue", "support")
    further = story(tmp_path, "--queue", "support", "--since", "2026-11-22")

    assert [word in done.out for word in ("Caller 0", "Caller 1", "Caller 2")] == [False, False, True]
    assert done.err == "Looked at what was since 2026-11-29 10:00: --since 90d looks further back.\n"
    assert len(further.out.splitlines()) == 3


def test_who_looks_further_back_than_the_record_reaches_is_told_where_it_begins(tmp_path: Path) -> None:
    weeks(tmp_path, 2)

    done = story(tmp_path, "--since", "2026-09-01")

    assert len(done.out.splitlines()) == 2
    assert done.err == "The record begins at 2026-11-22 10:00: steps are kept up to 128 MB.\n"
