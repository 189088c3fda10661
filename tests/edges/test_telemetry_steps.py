"""The recorded steps on disk: bounded, private, and never a reason for a call to fail."""

import contextlib
import os
import stat
from collections.abc import Callable, Iterator
from io import FileIO
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from controller.directory.ids import AgentId, InteractionId
from controller.directory.replace import replace
from controller.floor.outcome import Input
from controller.floor.story import StoryParty, StoryStep, StoryWrapUp
from controller.interaction.facts import EndCause, LegEnded, LegHeld, LegUnheld
from controller.interaction.interaction import Phase
from controller.interaction.layout import Room
from controller.interaction.party import Role, Standing
from controller.telemetry import step_file
from controller.telemetry.step_file import StepFile, recent_interactions, steps_of
from controller.telemetry.steps import line_of
from tests.edges.recorded_call import record
from tests.pure.story import connected


def step(interaction: str, revision: int = 1) -> StoryStep:
    customer = StoryParty(role=Role.CUSTOMER, name="2001", room=Room.HOLD, standing=Standing.UP)
    return StoryStep(
        at=1.0 * revision,
        interaction=InteractionId(interaction),
        revision=revision,
        input="x",
        before=None if revision == 1 else Phase.QUEUED,
        after=Phase.QUEUED,
        parties=(customer,),
    )


def recorded(
    folder: Path,
    *steps: StoryStep,
    file_bytes_max: int = step_file.FILE_BYTES_MAX,
    bytes_max: int | None = None,
    days: int | None = None,
) -> None:
    """Record these as one service does from its start to its end."""
    with contextlib.closing(StepFile(folder, file_bytes_max=file_bytes_max, bytes_max=bytes_max, days=days)) as file:
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
    size = len(line_of(step("i0000")))
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
    line = line_of(step("a")).replace(b'"tell"', b'"colour":"red","tell"').replace(b'"queued"', b'"dreaming"')
    (tmp_path / "steps.jsonl").write_bytes(line)

    assert steps_of(tmp_path, "a") == [replace(step("a"), after="dreaming")]


def test_a_step_of_the_first_version_is_still_read(tmp_path: Path) -> None:
    (tmp_path / "steps.jsonl").write_text(
        '{"at":7.5,"interaction":"t3k9x200","revision":3,"input":"alice accepts","from":"offered","to":"connected","tell":[],'
        '"parties":[{"role":"customer","name":"Zoe","agent":null,"room":"talk","standing":"up","muted":false},'
        '{"role":"agent1","name":"Alice Martin","agent":"alice","room":"talk","standing":"up","muted":true}],'
        '"queue":"support","wrap_ups":[{"agent":"bob","asked_at":6.0,"reason":null}],"kept":true}\n'
    )

    assert steps_of(tmp_path, "t3k9x200") == [
        StoryStep(
            at=7.5,
            interaction=InteractionId("t3k9x200"),
            revision=3,
            input="alice accepts",
            before="offered",
            after="connected",
            parties=(
                StoryParty(role=Role.CUSTOMER, name="Zoe", room=Room.TALK, standing=Standing.UP),
                StoryParty(
                    role=Role.AGENT_1, name="Alice Martin", agent=AgentId("alice"), room=Room.TALK, standing=Standing.UP, muted=True
                ),
            ),
            queue="support",
            wrap_ups=(StoryWrapUp(agent=AgentId("bob"), asked_at=6.0, reason=None),),
        )
    ]


def test_what_happened_after_a_crash_comes_after_what_it_has_undone(tmp_path: Path) -> None:
    """Revisions begin again where the journal ended; the record tells both, as they happened."""
    recorded(tmp_path, step("a", 1), step("a", 2), step("a", 3))
    again = replace(step("a", 2), at=9.0)
    recorded(tmp_path, again)

    assert steps_of(tmp_path, "a") == [step("a", 1), step("a", 2), step("a", 3), again]


def test_of_a_long_story_the_newest_steps_are_read(tmp_path: Path) -> None:
    size = len(line_of(step("i0000")))
    recorded(tmp_path, *(step("a", number) for number in range(1, 31)), file_bytes_max=10 * size)

    assert [found.revision for found in steps_of(tmp_path, "a", steps_max=12)] == list(range(19, 31))
    assert [found.revision for found in steps_of(tmp_path, "a", steps_max=20)] == list(range(11, 31))


def test_a_file_that_is_turned_over_while_it_is_read_is_neither_missed_nor_read_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = len(line_of(step("i0000")))
    later = [step("a", number) for number in range(2, 31)]
    recorded(tmp_path, step("a", 1), *later[:-1], file_bytes_max=10 * size)
    read = step_file._lines_with

    def read_while_it_is_written(needle: bytes, file: FileIO) -> Iterator[bytes]:
        yield from read(needle, file)
        monkeypatch.setattr(step_file, "_lines_with", read)
        recorded(tmp_path, later[-1], file_bytes_max=10, bytes_max=1_000_000)

    monkeypatch.setattr(step_file, "_lines_with", read_while_it_is_written)

    assert [found.revision for found in steps_of(tmp_path, "a")] == list(range(1, 30))
    assert [found.revision for found in steps_of(tmp_path, "a")] == list(range(1, 31))


def test_lines_longer_than_a_piece_are_found_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step_file, "PIECE_BYTES", 7)
    recorded(tmp_path, step("a", 1), step("b", 1), step("a", 2))

    assert [found.revision for found in steps_of(tmp_path, "a")] == [1, 2]


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


# --- For so many days --------------------------------------------------------------------------------------------------

DAY = 86_400.0


class Kept:
    """A service that keeps steps for some days, in a folder whose files are as old as its clock says."""

    def __init__(self, folder: Path, days: int | None) -> None:
        self.folder = folder
        self.now = 1_000_000.0
        self.file = StepFile(folder, clock=lambda: self.now, days=days)

    def records(self, interaction: str) -> None:
        self.file.record(replace(step(interaction), at=self.now))
        os.utime(self.folder / "steps.jsonl", (self.now, self.now))

    def hour_passes(self) -> None:
        step_file.remove(self.file.expired())

    def known(self) -> list[str]:
        return recent_interactions(self.folder, 100)


@pytest.fixture
def keep(tmp_path: Path) -> Iterator[Callable[[int | None], Kept]]:
    """Have a service that keeps steps for so many days; it ends with the test."""
    with contextlib.ExitStack() as services:

        def begin(days: int | None) -> Kept:
            kept = Kept(tmp_path, days)
            services.callback(kept.file.close)
            return kept

        yield begin


def test_steps_that_are_older_than_the_site_keeps_them_are_gone_a_day_later_at_most(
    tmp_path: Path, keep: Callable[[int | None], Kept]
) -> None:
    kept = keep(3)
    for day in range(8):
        kept.records(f"i{day}")
        kept.hour_passes()
        assert set(kept.known()) >= {f"i{day}" for day in range(max(0, day - 2), day + 1)}, "nothing that is younger is removed"
        kept.now += DAY

    kept.hour_passes()

    assert kept.known() == ["i7", "i6"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["steps.jsonl.1", "steps.jsonl.2"]


def test_the_last_steps_before_a_silence_are_removed_as_well(tmp_path: Path, keep: Callable[[int | None], Kept]) -> None:
    kept = keep(2)
    kept.records("a")
    kept.file.close()
    kept.now += 5 * DAY

    kept.hour_passes()

    assert kept.known() == []
    assert list(tmp_path.iterdir()) == []
    kept.records("b")
    assert kept.known() == ["b"]


def test_without_a_number_of_days_nothing_is_removed_for_its_age(tmp_path: Path, keep: Callable[[int | None], Kept]) -> None:
    kept = keep(None)
    kept.records("a")
    kept.now += 5_000 * DAY
    kept.records("b")

    kept.hour_passes()

    assert kept.known() == ["b", "a"]
    assert [path.name for path in tmp_path.iterdir()] == ["steps.jsonl"]


def test_a_site_that_keeps_steps_for_less_long_is_obeyed_from_the_next_hour_on(keep: Callable[[int | None], Kept]) -> None:
    kept = keep(None)
    kept.records("a")
    kept.now += 3 * DAY
    kept.file.use(bytes_max=128_000_000, days=2)

    kept.records("b")
    kept.hour_passes()

    assert kept.known() == ["b"]


def test_a_file_that_a_crash_left_to_be_removed_is_removed_and_read_by_nobody(tmp_path: Path, keep: Callable[[int | None], Kept]) -> None:
    kept = keep(3)
    kept.records("a")
    (tmp_path / "steps.jsonl.expired-7-1").write_bytes(line_of(step("old")))

    before = kept.known()
    kept.hour_passes()

    assert before == kept.known() == ["a"]
    assert [path.name for path in tmp_path.iterdir()] == ["steps.jsonl"]


def test_a_folder_whose_old_steps_can_not_be_removed_is_said_and_nothing_else_happens(
    keep: Callable[[int | None], Kept], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = keep(1)
    kept.records("a")
    kept.now += 5 * DAY

    def refused(*_: object, **__: object) -> None:
        raise OSError(1, "Operation not permitted")

    with monkeypatch.context() as disk, capture_logs() as said:
        disk.setattr(Path, "rename", refused)
        assert kept.file.expired() == []
    with monkeypatch.context() as disk, capture_logs() as said_later:
        expired = kept.file.expired()
        disk.setattr(Path, "unlink", refused)
        step_file.remove(expired)

    assert [line["because"] for line in (*said, *said_later)] == ["Operation not permitted"] * 2


def test_small_files_of_many_days_are_all_kept_and_their_size_together_is_bounded(tmp_path: Path) -> None:
    size = len(line_of(replace(step("i0000"), at=1_000 * DAY)))
    for number in range(40):
        recorded(tmp_path, replace(step(f"i{number:04}"), at=(1_000 + number) * DAY), days=90, bytes_max=25 * size, file_bytes_max=5 * size)

    assert len(recent_interactions(tmp_path, 100)) == 21, "20 older ones, and room for a full one"
