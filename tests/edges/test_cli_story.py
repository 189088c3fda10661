"""`ari-controller story`: the life of an interaction for somebody who was not there."""

import contextlib
import json
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from controller.directory.replace import replace
from controller.floor.story import Story
from controller.interaction.facts import EndCause, EndCodes, LegAnswered, LegEnded
from controller.telemetry.step_file import StepFile
from controller.telemetry.stories import read_story
from controller.telemetry.story_svg import story_picture
from controller.telemetry.story_text import segment_lines, story_lines
from tests.edges.command_line import DEMO, Done, ari_controller
from tests.edges.recorded_call import ALICE, Call, record

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("journal") / "state"


@pytest.fixture(scope="module")
def interaction(folder: Path) -> str:
    return record(folder)


def story(folder: Path, *arguments: str | Path) -> Done:
    return ari_controller("story", *arguments, "-c", DEMO, environ={"STATE_FOLDER": str(folder), "TZ": "UTC"})


def arrival(call: Call, folder: Path, name: str = "Zoë Client") -> Story:
    """Let a customer call, and give what is recorded of it."""
    with contextlib.closing(StepFile(folder, clock=lambda: call.now)) as file:
        call.audiences.append(file)
        recorded = read_story(folder, call.arrive(name))
    assert recorded is not None
    return recorded


def test_each_step_is_a_line_with_its_time_its_phase_and_who_stands_where(folder: Path, interaction: str) -> None:
    done = story(folder, interaction)

    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == f"Interaction {interaction}, queue support, 2026-11-22 10:00:00 UTC"
    steps = [line.split(maxsplit=3)[1:] for line in lines if line[:3] == "10:"]
    assert [(after, phase) for after, phase, _ in steps] == [
        ("0.000s", "queued"),
        ("0.000s", "offered"),
        ("4.200s", "connected"),
        ("16.200s", "consult_offered"),
        ("19.300s", "consulting"),
        ("28.300s", "consult_held"),
        ("33.300s", "consulting"),
        ("36.300s", "conference"),
        ("42.300s", "connected"),
        ("45.300s", "connected"),
        ("46.300s", "held"),
        ("50.300s", "connected"),
        ("57.300s", "ended"),
        ("62.300s", "ended"),
    ]
    said = [" ".join(line.split()[3:]) for line in lines if line[:3] == "10:"]
    assert said[3] == "alice consults bob talk: Alice Martin, Bob Durand (ringing) hold: Zoë Client"
    assert said[5] == "alice swaps talk: Zoë Client, Alice Martin hold: Bob Durand"
    assert "- alice is asked for a wrap-up reason" in done.out


def test_a_step_that_a_crash_would_have_undone_is_marked(tmp_path: Path) -> None:
    """The journal could not be written when it happened; the record could, for it needs less room."""
    call = Call()
    steps = StepFile(tmp_path, clock=lambda: call.now, is_kept=lambda: call.journal_fails_for is None)
    with contextlib.closing(steps):
        call.audiences.append(steps)
        interaction = call.arrive()
        call.journal_fails_for = 0.0
        call.take(LegAnswered(leg=call.leg(interaction, ALICE)))

    done = story(tmp_path, interaction)

    lines = [" ".join(line.split()) for line in done.out.splitlines()]
    mark = "(not on disk when it was told: a crash would have undone it)"
    assert lines.count(mark) == 1
    assert "Alice Martin answers" in lines[lines.index(mark) - 1]
    assert [step["kept"] for step in json.loads(story(tmp_path, interaction, "--json").out)["steps"]] == [True, True, False]


def test_steps_that_could_not_be_recorded_are_a_gap_that_is_told(tmp_path: Path) -> None:
    call = Call()
    before, *_, last = arrival(call, tmp_path / "whole").steps
    with contextlib.closing(StepFile(tmp_path)) as file:
        file.record(before)
        file.record(replace(last, revision=5))

    lines = [line.strip() for line in story(tmp_path, before.interaction).out.splitlines()]

    gap = lines.index("(3 steps are not recorded: the disk was full, or they are too old)")
    assert "is chosen for the customer" in lines[gap + 1]


def test_the_story_ends_with_the_seconds_of_each_person(folder: Path, interaction: str) -> None:
    lines = story(folder, interaction).out.splitlines()

    assert lines[-3:] == [
        "Zoë Client: queued 4.2 s, talked 12.0 s, held 12.1 s, talked 5.0 s, held 3.0 s, conferenced 6.0 s, talked 4.0 s, held 4.0 s, "
        "talked 7.0 s",
        "Alice Martin: rang 4.2 s, talked 12.0 s, dialling 3.1 s, consulted 9.0 s, talked 5.0 s, consulted 3.0 s, conferenced 6.0 s, "
        "wrapped up 3.0 s",
        "Bob Durand: rang 3.1 s, consulted 9.0 s, held 5.0 s, consulted 3.0 s, conferenced 6.0 s, talked 4.0 s, held 4.0 s, talked 7.0 s, "
        "wrapped up 5.0 s",
    ]


def test_what_everybody_did_is_a_line_each_with_its_moments_its_owner_and_with_whom(folder: Path, interaction: str) -> None:
    done = story(folder, interaction, "--segments")

    assert (done.code, done.err) == (0, "")
    lines = [" ".join(line.split()) for line in done.out.splitlines()]
    assert lines[0] == f"Interaction {interaction}, queue support, 2026-11-22 10:00:00 UTC"
    assert len(lines) == 3 + 9 + 8 + 9
    assert lines[2:5] == [
        "who did from to seconds owner with",
        "Zoë Client queued 10:00:00.000 10:00:04.200 4.200",
        "Zoë Client talked 10:00:04.200 10:00:16.200 12.000 Alice Martin",
    ]
    assert "Alice Martin consulted 10:00:19.300 10:00:28.300 9.000 owner Bob Durand" in lines
    assert "Bob Durand conferenced 10:00:36.300 10:00:42.300 6.000 Zoë Client, Alice Martin" in lines
    assert "Bob Durand talked 10:00:42.300 10:00:46.300 4.000 owner Zoë Client" in lines


def test_what_goes_on_is_told_up_to_now(tmp_path: Path) -> None:
    call = Call()
    recorded = arrival(call, tmp_path)
    now = read_story(tmp_path, recorded.interaction, until=call.now + 3)
    assert now is not None

    assert [" ".join(line.split()) for line in segment_lines(now)][3:] == [
        f"Zoë Client queued {datetime.fromtimestamp(call.now):%H:%M:%S}.000 goes on 3.000",
        f"Alice Martin rang {datetime.fromtimestamp(call.now):%H:%M:%S}.000 goes on 3.000",
    ]


def test_pressed_keys_and_notes_are_in_no_story(folder: Path, interaction: str) -> None:
    recorded = (folder / "steps.jsonl").read_text()

    assert "4711" not in recorded
    assert "a secret of hers" not in recorded
    assert "4711" not in story(folder, interaction).out


def test_programs_get_the_steps_and_the_segments_as_json(folder: Path, interaction: str) -> None:
    done = story(folder, interaction, "--json")

    answer = json.loads(done.out)
    assert (answer["interaction"], answer["queue"], len(answer["steps"])) == (interaction, "support", 14)
    assert (answer["steps"][0]["from"], answer["steps"][0]["to"], answer["steps"][0]["revision"]) == (None, "queued", 1)
    assert answer["steps"][0]["parties"][0]["room"] == "hold"
    assert answer["segments"][1] == {
        "who": "customer",
        "name": "Zoë Client",
        "agent": None,
        "doing": "talked",
        "from": "2026-11-22T10:00:04.200000Z",
        "to": "2026-11-22T10:00:16.200000Z",
        "seconds": 12.0,
        "owner": False,
        "with": ["alice"],
    }


def test_the_picture_may_go_to_standard_output_and_needs_nothing_from_elsewhere(folder: Path, interaction: str) -> None:
    done = story(folder, interaction, "--svg", "-")

    assert done.out.startswith("<svg ")
    assert done.out.replace('xmlns="http://www.w3.org/2000/svg"', "").count("http") == 0


def test_a_picture_that_cannot_be_written_is_said(folder: Path, interaction: str, tmp_path: Path) -> None:
    done = story(folder, interaction, "--svg", tmp_path / "nowhere" / "story.svg")

    assert done.code == 2
    assert "can't be written: No such file or directory" in done.err


def test_the_unique_id_of_any_channel_that_had_a_part_leads_to_the_interaction(folder: Path, interaction: str) -> None:
    legs = {party["leg_id"] for step in json.loads(story(folder, interaction, "--json").out)["steps"] for party in step["parties"]}

    assert len(legs) == 3, "customer, alice, bob"
    for leg in legs:
        assert story(folder, leg).out == story(folder, interaction).out


def test_an_unknown_interaction_is_exit_code_1_and_names_the_latest(folder: Path, interaction: str) -> None:
    done = story(folder, "nobody")

    assert (done.code, done.out) == (1, "")
    assert done.err == (
        f"Nothing is recorded of an interaction 'nobody' in {folder}; the latest are {interaction}. "
        "The record begins at 2026-11-22 10:00: steps are kept up to 128 MB.\n"
    )


def test_where_nothing_is_recorded_yet_that_is_said(tmp_path: Path) -> None:
    done = story(tmp_path / "empty", "nobody")

    assert done.code == 1
    assert done.err.endswith("; nothing is recorded there yet.\n")


def test_a_journal_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "steps.jsonl").mkdir()

    done = story(tmp_path, "nobody")

    assert (done.code, done.err) == (1, f"{tmp_path / 'steps.jsonl'} can't be read: Is a directory\n")


def test_a_bad_site_file_is_exit_code_2(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text("")

    assert ari_controller("story", "x", "-c", tmp_path / "site.toml").code == 2


def test_a_drawn_story_is_written_into_the_file(folder: Path, interaction: str, tmp_path: Path) -> None:
    done = story(folder, interaction, "--svg", tmp_path / "story.svg")

    assert (done.code, done.out) == (0, f"Drawn into {tmp_path / 'story.svg'}.\n")
    assert ElementTree.parse(tmp_path / "story.svg").getroot().tag == f"{SVG}svg"


def test_a_callers_name_can_neither_steer_a_terminal_nor_break_a_picture(tmp_path: Path) -> None:
    recorded = arrival(Call(), tmp_path, name='\x1b[2J</text><script>"&\x00\ud800')

    assert all(line.isprintable() for line in (*story_lines(recorded), *segment_lines(recorded)))
    assert "script" not in [element.tag for element in ElementTree.fromstring(story_picture(recorded).svg).iter()]


def test_the_numbers_of_the_telephone_network_stand_beside_what_they_mean(tmp_path: Path) -> None:
    call = Call()
    with contextlib.closing(StepFile(tmp_path, clock=lambda: call.now)) as file:
        call.audiences.append(file)
        interaction = call.arrive()
        busy = EndCodes(q850=17, sip=486)
        call.take(LegEnded(leg=call.leg(interaction, ALICE), cause=EndCause.BUSY, codes=busy), after=2)
        call.take(LegEnded(leg=call.leg(interaction, None), cause=EndCause.HUNG_UP, codes=EndCodes(q850=16, sip=None)), after=3)

    told = story(tmp_path, interaction).out

    assert "Alice Martin is busy (SIP 486, Q.850 17)" in told
    assert "Zoë Client hangs up (Q.850 16)" in told
