"""The recorded steps on disk: bounded, private, and never a reason for a call to fail."""

import contextlib
import stat
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from controller.floor.outcome import Input
from controller.interaction.facts import EndCause, LegEnded, LegHeld, LegUnheld
from controller.interaction.interaction import Phase
from controller.interaction.layout import Room
from controller.interaction.party import Role, Standing
from controller.telemetry import step_file
from controller.telemetry.step_file import StepFile, recent_interactions, steps_of
from controller.telemetry.steps import RecordedParty, RecordedStep
from tests.edges.recorded_call import record
from tests.pure.story import connected


def step(interaction: str, revision: int = 1) -> RecordedStep:
    customer = RecordedParty(role=Role.CUSTOMER, name="2001", room=Room.HOLD, standing=Standing.UP)
    return RecordedStep(
        at=1.0 * revision,
        interaction=interaction,
        revision=revision,
        input="x",
        before=None,
        after=Phase.QUEUED,
        tell=(),
        parties=(customer,),
    )


def recorded(folder: Path, *steps: RecordedStep, file_bytes_max: int = step_file.FILE_BYTES_MAX) -> None:
    """Record these as one service does from its start to its end."""
    with contextlib.closing(StepFile(folder, file_bytes_max=file_bytes_max)) as file:
        for one in steps:
            file.record(one)


def test_what_was_recorded_is_read_back_in_order(tmp_path: Path) -> None:
    recorded(tmp_path / "deep" / "folder", step("a", 1), step("b", 1), step("a", 2), step("b", 2))

    assert steps_of(tmp_path / "deep" / "folder", "a") == [step("a", 1), step("a", 2)]
    assert steps_of(tmp_path / "deep" / "folder", "c") == []


def test_only_the_services_user_may_read_the_steps(tmp_path: Path) -> None:
    record(tmp_path / "state")

    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "state" / "steps.jsonl").stat().st_mode) == 0o600


def test_an_id_that_is_the_beginning_of_another_is_not_taken_for_it(tmp_path: Path) -> None:
    recorded(tmp_path, step("ab"))

    assert steps_of(tmp_path, "a") == []


def test_full_files_are_turned_over_and_the_oldest_is_dropped(tmp_path: Path) -> None:
    size = len(step("i0000").model_dump_json()) + 1
    recorded(tmp_path, *(step(f"i{number:04}") for number in range(200)), file_bytes_max=10 * size)

    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["steps.jsonl", *(f"steps.jsonl.{number}" for number in range(1, step_file.FILES_MAX))]
    assert all(path.stat().st_size <= 10 * size for path in tmp_path.iterdir())
    assert steps_of(tmp_path, "i0000") == []
    assert steps_of(tmp_path, "i0130") == [step("i0130")]
    assert recent_interactions(tmp_path, 3) == ["i0199", "i0198", "i0197"]
    assert recent_interactions(tmp_path, 25)[-1] == "i0175"


def test_a_restart_goes_on_where_the_file_ended(tmp_path: Path) -> None:
    recorded(tmp_path, step("a", 1))
    recorded(tmp_path, step("a", 2))

    assert len(steps_of(tmp_path, "a")) == 2


def test_a_line_that_a_crash_cut_short_hides_no_other(tmp_path: Path) -> None:
    recorded(tmp_path, step("a", 1))
    with (tmp_path / "steps.jsonl").open("a") as file:
        file.write('{"interaction":"a","revision":2,"at\n')
    recorded(tmp_path, step("a", 3))

    assert [found.revision for found in steps_of(tmp_path, "a")] == [1, 3]


def test_a_step_of_a_later_version_is_read_as_far_as_it_is_known(tmp_path: Path) -> None:
    line = step("a").model_dump_json().replace('"tell"', '"colour":"red","tell"')
    (tmp_path / "steps.jsonl").write_text(line + "\n")

    assert steps_of(tmp_path, "a") == [step("a")]


def test_a_disk_that_takes_no_more_is_said_once_and_so_is_its_recovery(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.write_text("in the way")
    steps = StepFile(folder)

    with capture_logs() as said:
        steps.record(step("a", 1))
        steps.record(step("a", 2))
        folder.unlink()
        steps.record(step("a", 3))
    lost = steps.lost
    steps.close()

    assert [(line["log_level"], line["event"]) for line in said] == [
        ("error", "steps are not recorded"),
        ("info", "steps are recorded again"),
    ]
    assert (said[1]["lost"], lost) == (2, 0)
    assert [found.revision for found in steps_of(folder, "a")] == [3]


@pytest.mark.parametrize("interaction", ["", '"', "..", "a\n"])
def test_no_interaction_that_somebody_types_is_more_than_unknown(tmp_path: Path, interaction: str) -> None:
    record(tmp_path)

    assert steps_of(tmp_path, interaction) == []


class Held:
    """Alice talks with a customer; her telephone's hold key is pressed and released, and all steps are recorded."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.story = connected()
        self.contact = self.story.contact
        self.file = StepFile(folder, clock=lambda: self.story.now)

    def takes(self, what: Input) -> None:
        self.file.tell(what, self.story.take(what))

    def presses_and_releases(self, times: int, *, seconds: float) -> None:
        leg = self.story.leg_of("alice")
        for _ in range(times):
            for fact in (LegHeld(leg=leg), LegUnheld(leg=leg)):
                self.story.now += seconds
                self.takes(fact)

    def recorded(self) -> list[str]:
        self.file.close()
        return [step.input for step in steps_of(self.folder, self.contact.id)]


def test_a_hold_key_that_is_pressed_now_and_then_is_recorded_each_time(tmp_path: Path) -> None:
    call = Held(tmp_path)

    call.presses_and_releases(20, seconds=3.0)

    assert call.recorded() == ["Alice Martin presses the hold key", "Alice Martin releases the hold key"] * 20


def test_a_hold_key_that_flaps_is_recorded_a_few_times_and_then_together(tmp_path: Path) -> None:
    call = Held(tmp_path)

    call.presses_and_releases(60, seconds=0.25)
    call.takes(LegEnded(leg=call.story.leg_of("cora"), cause=EndCause.HUNG_UP))

    first, last = call.recorded()[:4], call.recorded()[4:]
    assert first == ["Alice Martin presses the hold key", "Alice Martin releases the hold key"] * 2
    assert last == [
        "Alice Martin presses the hold key: hold keys were pressed or released 41 times in 10 s",
        "Alice Martin releases the hold key: hold keys were pressed or released 41 times in 10 s",
        "Alice Martin releases the hold key: hold keys were pressed or released 34 times in 8 s",
        "cora hangs up",
    ]


def test_a_key_press_that_flaps_for_an_hour_does_not_fill_the_record(tmp_path: Path) -> None:
    call = Held(tmp_path)

    call.presses_and_releases(5 * 3600 // 2, seconds=0.2)

    assert len(call.recorded()) < 400


def test_what_was_not_told_of_a_flapping_key_is_written_when_the_service_ends(tmp_path: Path) -> None:
    call = Held(tmp_path)

    call.presses_and_releases(3, seconds=0.2)

    assert len(call.recorded()) == 5
    assert steps_of(tmp_path, call.contact.id)[-1].revision == call.contact.now.revision
