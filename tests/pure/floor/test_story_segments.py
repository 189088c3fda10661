"""What everybody did in an interaction and for how long: talk is credited to whoever talked, and music is no talk."""

import os
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from controller.directory.directory import Directory
from controller.directory.ids import LegId
from controller.directory.policy import CustomerGoneInConference, EndConsult, OwnerHangUp, Policy, TransferAcceptance
from controller.directory.replace import replace
from controller.floor.segments import segments_of
from controller.floor.story import CUSTOMER, Doing
from tests.pure.floor.judge import JudgedStory
from tests.pure.floor.random_days import Day, Happening, happenings, sites
from tests.pure.floor.told import TALK, TellingStory, did, somebody, step, telling

new_days = int(os.environ.get("RANDOM_DAYS", "0"))


# --- Calls as they are lived -----------------------------------------------------------------------------------------------


def test_the_customer_queues_while_the_agent_is_rung_and_then_they_talk() -> None:
    story = telling()

    assert story.did(CUSTOMER) == "queued 10, talked 10"
    assert story.did("alice") == "rang 10, talked 10*"


def test_after_a_transfer_the_talk_is_the_new_owners_and_the_former_one_wraps_up() -> None:
    story = telling()
    story.presses("alice", "consult", to="bob")
    story.seconds_pass(3)
    story.answers("bob")
    story.seconds_pass(7)
    story.presses("alice", "transfer")
    story.seconds_pass(60)

    assert story.did("alice") == "rang 10, talked 10*, dialling 3*, consulted 7*, wrapped up 60"
    assert story.did("bob") == "rang 3, consulted 7, talked 60*"
    assert story.did(CUSTOMER) == "queued 10, talked 10, held 10, talked 60"


def test_at_the_moment_of_a_transfer_the_new_segments_have_begun() -> None:
    story = telling()
    story.presses("alice", "consult", to="bob")
    story.answers("bob")
    story.seconds_pass(7)
    story.presses("alice", "transfer")

    last = {segment.who: segment for segment in story.segments()}
    assert {who: (segment.doing, segment.owns, segment.goes_on) for who, segment in last.items()} == {
        CUSTOMER: (Doing.TALKED, False, True),
        "alice": (Doing.WRAPPED_UP, False, True),
        "bob": (Doing.TALKED, True, True),
    }
    assert last["bob"].others == (CUSTOMER,)


def test_two_agents_who_exchange_their_roles_keep_their_own_seconds() -> None:
    """Alice consults Bob and transfers, then Bob consults Alice and transfers back."""
    story = telling()
    story.presses("alice", "consult", to="bob")
    story.answers("bob")
    story.seconds_pass(5)
    story.presses("alice", "transfer")
    story.seconds_pass(20)
    story.presses("alice", "wrap-up")
    story.seconds_pass(2)
    story.presses("bob", "consult", to="alice")
    story.answers("alice")
    story.seconds_pass(4)
    story.presses("bob", "transfer")
    story.seconds_pass(30)

    assert story.did("alice") == "rang 10, talked 10*, consulted 5*, wrapped up 20, consulted 4, talked 30*"
    assert story.did("bob") == "consulted 5, talked 22*, consulted 4*, wrapped up 30"


def test_who_waits_with_music_while_the_others_talk_is_held() -> None:
    story = telling()
    story.presses("alice", "consult", to="bob")
    story.answers("bob")
    story.seconds_pass(5)
    story.presses("alice", "resume")
    story.seconds_pass(6)
    story.presses("alice", "swap")
    story.seconds_pass(7)

    assert story.did("bob") == "consulted 5, held 6, consulted 7"
    assert story.did(CUSTOMER) == "queued 10, talked 10, held 5, talked 6, held 7"


def test_whoever_holds_the_customer_talks_with_nobody() -> None:
    story = telling()
    story.presses("alice", "hold")
    story.seconds_pass(5)

    assert story.did("alice") == "rang 10, talked 10*, held 5*"


def test_a_pressed_hold_key_is_no_talk_for_either_side() -> None:
    story = telling()
    story.presses_hold_key("alice")
    story.seconds_pass(5)
    story.releases_hold_key("alice")
    story.seconds_pass(1)

    assert story.did("alice") == "rang 10, talked 10*, held 5*, talked 1*"
    assert story.did(CUSTOMER) == "queued 10, talked 10, held 5, talked 1"


def test_an_agent_on_hold_by_their_own_key_leaves_the_other_alone() -> None:
    story = telling()
    story.presses("alice", "consult", to="bob")
    story.answers("bob")
    story.seconds_pass(5)
    story.presses_hold_key("bob")
    story.seconds_pass(8)

    assert story.did("alice") == "rang 10, talked 10*, consulted 5*, held 8*"
    assert story.did("bob") == "consulted 5, held 8"


def test_a_customer_who_puts_the_agent_on_hold_is_no_talk_although_nobody_is_moved_for_it() -> None:
    story = telling()
    story.presses_hold_key("cora")
    story.seconds_pass(8)
    story.releases_hold_key("cora")
    story.seconds_pass(2)

    assert story.did("alice") == "rang 10, talked 10*, held 8*, talked 2*"
    assert story.did(CUSTOMER) == "queued 10, talked 10, held 8, talked 2"


def test_in_a_conference_everybody_confers_and_its_new_owner_is_told_apart() -> None:
    story = telling()
    story.presses("alice", "consult", to="bob")
    story.answers("bob")
    story.seconds_pass(5)
    story.presses("alice", "conference")
    story.seconds_pass(9)
    story.presses("alice", "leave-conference")
    story.seconds_pass(11)

    assert story.did("alice") == "rang 10, talked 10*, consulted 5*, conferenced 9*, wrapped up 11"
    assert story.did("bob") == "consulted 5, conferenced 9, talked 11*"
    conferenced = next(segment for segment in story.segments() if segment.doing is Doing.CONFERENCED)
    assert conferenced.others == ("alice", "bob")


def test_agents_who_outstay_the_customer_of_a_conference_confer_on() -> None:
    story = telling(Policy(customer_gone_in_conference=CustomerGoneInConference.AGENTS_STAY))
    story.presses("alice", "consult", to="bob")
    story.answers("bob")
    story.presses("alice", "conference")
    story.seconds_pass(9)
    story.hangs_up("cora")
    story.seconds_pass(4)

    assert story.did("alice") == "rang 10, talked 10*, conferenced 13*"
    assert story.did(CUSTOMER) == "queued 10, talked 10, conferenced 9"


def test_who_is_asked_to_take_the_customer_does_not_talk_yet() -> None:
    story = telling(Policy(transfer_acceptance=TransferAcceptance.ASK))
    story.presses("alice", "consult", to="bob")
    story.answers("bob")
    story.seconds_pass(5)
    story.presses("alice", "transfer")
    story.seconds_pass(6)
    story.presses("bob", "accept-transfer")
    story.seconds_pass(7)

    assert story.did("bob") == "consulted 5, asked 6, talked 7*"
    assert story.did(CUSTOMER) == "queued 10, talked 10, held 5, transferring 6, talked 7"


def test_a_wrap_up_ends_when_its_reason_is_given() -> None:
    story = telling()
    story.hangs_up("cora")
    story.seconds_pass(12)
    story.presses("alice", "wrap-up")

    assert story.did("alice") == "rang 10, talked 10*, wrapped up 12"
    assert not any(segment.goes_on for segment in story.segments())


def test_an_owner_who_is_rung_back_rings_and_does_not_wrap_up() -> None:
    story = telling(Policy(owner_hang_up=OwnerHangUp.RING_BACK, end_consult=EndConsult.RETURN_TO_CUSTOMER))
    story.hangs_up("alice")
    story.seconds_pass(4)
    story.answers("alice")
    story.seconds_pass(6)

    assert story.did("alice") == "rang 10, talked 10*, rang 4, talked 6*"
    assert story.did(CUSTOMER) == "queued 10, talked 10, queued 4, talked 6"


def test_who_only_rang_is_in_the_story() -> None:
    story = telling()
    story.presses("alice", "consult", to="bob")
    story.seconds_pass(5)
    story.presses("alice", "cancel-consult")
    story.seconds_pass(5)

    assert story.did("bob") == "rang 5"


# --- What was recorded, by whatever version ----------------------------------------------------------------------------------

CORA_TALKS = "cora customer talk up"
CORA_HEARS_MUSIC = "cora customer hold up"
ALICE = "alice owner talk up"


def test_nothing_recorded_is_nothing_done() -> None:
    assert segments_of([]) == ()
    assert segments_of([], until=5.0) == ()


def test_two_people_outside_with_one_name_are_two() -> None:
    first = somebody("+33 other talk up")
    second = replace(first, leg=LegId("another-leg"))
    alone = step(0, "conference", CORA_TALKS, ALICE)
    steps = (replace(alone, parties=(*alone.parties, first, second)), replace(alone, at=5.0, parties=(*alone.parties, second)))

    assert did("leg-of-+33", *steps, until=20) == "conferenced 5"
    assert did("another-leg", *steps, until=20) == "conferenced 20"


def test_somebody_who_is_named_twice_is_counted_once() -> None:
    assert did("alice", step(0, "connected", CORA_TALKS, ALICE, ALICE), until=5) == "talked 5*"


def test_a_blind_transfer_is_a_time_of_its_own_for_the_customer() -> None:
    steps = (
        step(0, "connected", CORA_TALKS, ALICE),
        step(10, "transferring", CORA_HEARS_MUSIC, "bob asked talk rings", owe="alice"),
        step(14, "connected", CORA_TALKS, "bob owner talk up", owe="alice"),
        step(20, "connected", CORA_TALKS, "bob owner talk up"),
    )

    assert did(CUSTOMER, *steps, until=30) == "talked 10, transferring 4, talked 16"
    assert did("alice", *steps, until=30) == "talked 10*, wrapped up 10"
    assert did("bob", *steps, until=30) == "rang 4, talked 16*"


@pytest.mark.parametrize("room", ["talk", "hold"])
def test_a_customer_who_hears_ringing_during_a_blind_transfer_talks_with_nobody(room: str) -> None:
    steps = (step(0, "transferring", f"cora customer {room} up", "+33 asked talk rings"),)

    assert did(CUSTOMER, *steps, until=4) == "transferring 4"
    assert did("leg-of-+33", *steps, until=4) == "rang 4"


def test_a_failed_blind_transfer_withdraws_the_wrap_up() -> None:
    steps = (
        step(0, "connected", CORA_TALKS, ALICE),
        step(10, "transferring", CORA_HEARS_MUSIC, "bob asked talk rings", owe="alice"),
        step(14, "offered", CORA_HEARS_MUSIC, "alice asked talk rings", owe="alice"),
        step(16, "connected", CORA_TALKS, ALICE),
    )

    assert did("alice", *steps, until=20) == "talked 10*, wrapped up 4, rang 2, talked 4*"


def test_an_outbound_call_is_dialling_until_the_customer_answers() -> None:
    steps = (
        step(0, "dialling", "cora customer nowhere gone", "alice asked talk rings", queue=""),
        step(2, "dialling", "cora customer talk rings", ALICE, queue=""),
        step(7, "connected", CORA_TALKS, ALICE, queue=""),
    )

    assert did("alice", *steps, until=10) == "rang 2, dialling 5*, talked 3*"
    assert did(CUSTOMER, *steps, until=10) == "rang 5, talked 3"


def test_an_owner_whose_outbound_call_has_no_leg_yet_is_dialling() -> None:
    assert did("alice", step(0, "dialling", "cora customer nowhere gone", ALICE), until=1) == "dialling 1*"


@pytest.mark.parametrize("room", ["talk", "hold"])
def test_who_consults_a_queue_waits_until_one_of_its_agents_is_rung(room: str) -> None:
    steps = (
        step(0, "consult_offered", CORA_HEARS_MUSIC, f"alice owner {room} up"),
        step(30, "consult_offered", CORA_HEARS_MUSIC, ALICE, "bob other talk rings"),
        step(33, "consulting", CORA_HEARS_MUSIC, ALICE, "bob other talk up"),
    )

    assert did("alice", *steps, until=40) == "waiting 30*, dialling 3*, consulted 7*"
    assert did(CUSTOMER, *steps, until=40) == "held 40"


def test_members_of_a_conference_are_held_while_its_owner_consults() -> None:
    steps = (
        step(0, "conference", CORA_TALKS, ALICE, "bob other talk up", "+33 other talk up"),
        step(5, "consulting", CORA_HEARS_MUSIC, ALICE, "carol other talk up", "bob other hold up", "+33 other hold up"),
        step(9, "consult_held", CORA_TALKS, ALICE, "carol other hold up", "bob other talk up", "+33 other talk up"),
    )

    assert did("bob", *steps, until=10) == "conferenced 5, held 4, conferenced 1"
    assert did("leg-of-+33", *steps, until=10) == "conferenced 5, held 4, conferenced 1"
    assert did("alice", *steps, until=10) == "conferenced 5*, consulted 4*, conferenced 1*"
    assert did("carol", *steps, until=10) == "consulted 4, held 1"


def test_a_customer_who_is_handed_out_talks_and_nobody_of_ours_has_them() -> None:
    steps = (
        step(0, "consulting", CORA_HEARS_MUSIC, ALICE, "+33 other talk up"),
        step(5, "handed_out", CORA_TALKS, "+33 other talk up", owe="alice"),
    )

    assert did(CUSTOMER, *steps, until=10) == "held 5, handed out 5"
    assert did("leg-of-+33", *steps, until=10) == "consulted 5, handed out 5"
    assert did("alice", *steps, until=10) == "consulted 5*, wrapped up 5"


def test_somebody_outside_never_owns_the_customer_although_they_are_rung_to_take_them() -> None:
    assert did("leg-of-+33", step(0, "connected", CORA_TALKS, "+33 owner talk up"), until=5) == "talked 5"


def test_somebody_of_whom_no_leg_was_recorded_goes_by_their_name() -> None:
    consulting = step(0, "consulting", CORA_HEARS_MUSIC, ALICE)
    otto = replace(somebody("+Otto other talk up"), leg=None, name="Otto")

    assert did("Otto", replace(consulting, parties=(*consulting.parties, otto)), until=5) == "consulted 5"


def test_an_agent_whose_id_is_the_word_customer_is_not_taken_for_one() -> None:
    steps = [step(0, "connected", CORA_TALKS, "customer owner talk up", owe="")]

    assert [(segment.agent, segment.doing, segment.others) for segment in segments_of(steps, 5)] == [
        (None, Doing.TALKED, ("customer",)),
        ("customer", Doing.TALKED, ("customer",)),
    ]


def test_a_clock_that_was_put_back_makes_no_time() -> None:
    steps = (
        step(0, "queued", CORA_HEARS_MUSIC),
        step(10, "connected", CORA_TALKS, ALICE),
        step(4, "held", CORA_HEARS_MUSIC, ALICE),
        step(12, "connected", CORA_TALKS, ALICE),
    )

    assert did(CUSTOMER, *steps, until=3) == "queued 10, held 2, talked 0"


def test_a_wrap_up_of_somebody_whose_part_is_not_recorded_goes_by_their_id() -> None:
    (owed,) = segments_of([step(0, "ended", owe="alice")], until=5)

    assert (owed.who, owed.name, owed.doing, owed.seconds) == ("alice", "alice", Doing.WRAPPED_UP, 5)


# --- Whatever happens --------------------------------------------------------------------------------------------------------


class _JudgedAndTold(TellingStory, JudgedStory):
    """Both."""


class _TellingDay(Day):
    def __init__(self, directory: Directory) -> None:
        super().__init__(directory)
        self.told = _JudgedAndTold(directory)
        self.story = self.told
        self.told.goes_available(*list(directory.agents)[:3])


@settings(
    max_examples=new_days or 40,
    derandomize=not new_days,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(sites, st.lists(happenings, min_size=15, max_size=70))
def test_segments_never_overlap_and_fill_the_time_on_the_line_talked_and_owned(directory: Directory, day_of: list[Happening]) -> None:
    day = _TellingDay(directory)
    for happening in day_of:
        day.goes_on(happening)
        day.told.seconds_pass(1)
    story = day.told
    story.look()

    for interaction in {recorded.interaction for recorded in story.steps}:
        segments = story.segments(interaction)
        for who in {segment.who for segment in segments}:
            theirs = [segment for segment in segments if segment.who == who]
            key = interaction, who
            assert all(earlier.ended_at <= later.began_at for earlier, later in pairwise(theirs))
            on_the_line = sum(segment.seconds for segment in theirs if segment.doing is not Doing.WRAPPED_UP)
            assert on_the_line == pytest.approx(story.on_the_line[key])
            assert sum(segment.seconds for segment in theirs if segment.doing in TALK) == pytest.approx(story.talked[key])
            assert sum(segment.seconds for segment in theirs if segment.owns) == pytest.approx(story.owned[key])
