"""Rules 13 and 14: somebody outside has a telephone and nothing else. They answer, talk and hang up, and never own nor wrap up."""

from collections.abc import Callable

import pytest

from controller.directory.policy import AfterConsult, EndConsult, OwnerHangUp, Policy, TransferAcceptance
from controller.interaction.facts import EndCause
from controller.interaction.interaction import Phase
from controller.interaction.notices import AgentMissed, CallTurnedAway, OfferFailed, OfferMade, OfferWithdrawn
from controller.routing.desk import DeskState
from tests.pure.interaction.situations import (
    HIS_NUMBER,
    OUTSIDE,
    conference_of_four,
    handed_out,
    outside_consulted,
    outside_rings,
    transferring_outside,
)
from tests.pure.story import Story, contact_centre


def conference_with_outside(policy: Policy | None = None) -> Story:
    """Alice, Gabriel and Cora talk together."""
    story = outside_consulted(policy)
    story.presses("alice", "conference")
    return story


def handed_out_without_a_queue() -> Story:
    """Alice has called Cora for no queue, and handed her over to Gabriel."""
    story = contact_centre()
    story.calls_out("alice", "cora:+33199002002")
    story.answers("alice")
    story.answers("cora")
    story.presses("alice", "transfer", to=HIS_NUMBER)
    story.answers(OUTSIDE)
    return story


# --- Consulted ---------------------------------------------------------------------------------------------------------


def test_the_owner_hears_the_far_end_ring_and_the_customer_only_ever_music() -> None:
    story = outside_rings()

    assert story.contact.is_in(Phase.CONSULT_OFFERED)
    assert (story.contact.talking, story.contact.ringing, story.contact.on_music) == ({"alice"}, {OUTSIDE}, {"cora"})
    assert [told.agent for told in story.told(OfferMade) if isinstance(told, OfferMade)] == ["alice"], "nobody of ours is offered anything"


def test_a_number_that_answers_talks_with_the_owner() -> None:
    story = outside_consulted()

    assert story.contact.is_in(Phase.CONSULTING)
    assert (story.contact.talking, story.contact.on_music) == ({"alice", OUTSIDE}, {"cora"})


def test_a_number_that_answers_while_the_owner_is_with_the_customer_waits_with_music() -> None:
    story = outside_rings()
    story.presses("alice", "resume")
    assert story.contact.talking == {"cora", "alice"}

    story.answers(OUTSIDE)

    assert (story.contact.talking, story.contact.on_music) == ({"cora", "alice"}, {OUTSIDE})
    assert story.contact.now.news == "Gabriel has answered and waits for you."
    story.presses("alice", "swap")
    assert (story.contact.talking, story.contact.on_music) == ({"alice", OUTSIDE}, {"cora"})


@pytest.mark.parametrize(
    ("cause", "news"),
    [
        (EndCause.BUSY, "Gabriel is busy."),
        (EndCause.DECLINED, "Gabriel declined."),
        (EndCause.NO_ANSWER, "Gabriel did not answer."),
        (EndCause.UNREACHABLE, "Gabriel: the number is not in service."),
        (EndCause.NO_SOUND, "Gabriel's telephone and Asterisk have no audio codec in common."),
        (EndCause.FAILED, "Gabriel could not be called: the network has no free line, or failed. Try again in a moment."),
        (EndCause.TRUNK_SILENT, "Gabriel could not be called: the trunk to outside does not answer."),
    ],
)
def test_a_number_that_does_not_answer_gives_the_customer_back_and_the_reason_in_words(cause: EndCause, news: str) -> None:
    story = outside_rings()

    story.hangs_up(OUTSIDE, cause)

    assert story.contact.talking == {"cora", "alice"}
    assert story.contact.now.news == news
    assert story.told(AgentMissed) == story.told(OfferFailed) == [], "nobody outside is judged"


def test_a_number_that_rings_for_too_long_gives_the_customer_back() -> None:
    story = outside_rings(Policy(consult_seconds=25))

    story.seconds_pass(25)

    assert story.contact.talking == {"cora", "alice"}
    assert story.contact.now.news == "Gabriel did not answer."
    assert story.told(OfferWithdrawn) == []


def test_the_owner_cancels_and_a_number_that_answers_afterwards_is_nobodys() -> None:
    story = outside_rings()
    late = story.leg_of(OUTSIDE)

    story.presses("alice", "cancel-consult")

    assert story.contact.talking == {"cora", "alice"}
    assert story.floor.interaction_of(late) is None


@pytest.mark.parametrize(("policy", "phase"), [(Policy(), Phase.CONNECTED), (Policy(after_consult=AfterConsult.KEEP_HELD), Phase.HELD)])
@pytest.mark.parametrize(("cause", "news"), [(EndCause.HUNG_UP, "Gabriel has left."), (EndCause.FAILED, "Gabriel has been cut off.")])
def test_somebody_outside_who_hangs_up_leaves_the_consult(cause: EndCause, news: str, policy: Policy, phase: Phase) -> None:
    story = outside_consulted(policy)

    story.hangs_up(OUTSIDE, cause)

    assert story.contact.phase is phase
    assert story.contact.now.news == news


@pytest.mark.parametrize("begin", [outside_rings, outside_consulted])
@pytest.mark.parametrize("who", ["cora", "alice"])
def test_somebody_outside_is_dropped_when_the_customer_or_the_owner_hangs_up(begin: Callable[[], Story], who: str) -> None:
    story = begin()

    story.hangs_up(who)

    assert story.contact.phase is Phase.ENDED
    assert story.contact.owes_wrap_up == {"alice"}


def test_ending_the_consult_drops_somebody_outside_like_anybody() -> None:
    story = outside_consulted(Policy(end_consult=EndConsult.RETURN_TO_CUSTOMER))

    story.presses("alice", "end-consult")

    assert story.contact.talking == {"cora", "alice"}


def test_an_owner_who_is_rung_back_does_not_find_somebody_outside_again() -> None:
    story = outside_consulted(Policy(owner_hang_up=OwnerHangUp.RING_BACK))

    story.hangs_up("alice")

    assert story.contact.ringing == {"alice"}
    assert story.contact.on_music == {"cora"}


def test_a_colleague_of_an_organisation_is_somebody_outside() -> None:
    story = contact_centre()
    story.customer_calls()
    story.answers("alice")
    story.presses("alice", "consult", to="colleague:Marie Durand")
    story.answers("Marie Durand")

    story.presses("alice", "transfer")

    assert story.contact.is_in(Phase.HANDED_OUT)
    assert story.contact.talking == {"cora", "Marie Durand"}


# --- Handed out --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", [Policy(), Policy(transfer_acceptance=TransferAcceptance.ASK)])
def test_a_transfer_to_somebody_outside_asks_them_nothing_and_the_owner_wraps_up(policy: Policy) -> None:
    story = handed_out(policy)

    assert story.contact.is_in(Phase.HANDED_OUT)
    assert story.contact.talking == {"cora", OUTSIDE}
    assert story.contact.now.owner is None
    assert story.contact.owes_wrap_up == {"alice"}
    assert story.desk("alice") is DeskState.WRAP_UP


@pytest.mark.parametrize("how", ["leave-conference", "transfer", "telephone", "lost"])
def test_a_conference_with_people_outside_only_is_handed_out_when_its_owner_leaves(how: str) -> None:
    story = conference_with_outside()

    match how:
        case "telephone":
            story.hangs_up("alice")
        case "lost":
            story.hangs_up("alice", EndCause.FAILED)
        case _:
            story.presses("alice", how)

    assert story.contact.phase is Phase.HANDED_OUT
    assert story.contact.talking == {"cora", OUTSIDE}
    assert story.contact.owes_wrap_up == {"alice"}


@pytest.mark.parametrize("who", ["cora", OUTSIDE])
def test_what_is_handed_out_ends_when_either_hangs_up(who: str) -> None:
    story = handed_out()

    story.hangs_up(who)

    assert story.contact.phase is Phase.ENDED
    assert story.contact.owes_wrap_up == {"alice"}, "and nobody owes another reason"
    story.presses("alice", "wrap-up")
    assert story.contact.is_over


def test_what_is_handed_out_ends_when_a_supervisor_ends_it() -> None:
    story = handed_out()
    assert story.contact.can("sam") == {"end"}

    story.presses("sam", "end")

    assert story.contact.phase is Phase.ENDED


def test_what_is_handed_out_is_none_of_the_former_owners_business_but_for_the_reason() -> None:
    story = handed_out()

    assert story.contact.can("alice") == {"wrap-up"}
    assert story.refuses("alice", "end") == "not-permitted"
    assert story.because == "You have handed this interaction over."


def test_what_is_handed_out_ends_at_last() -> None:
    story = handed_out(Policy(outside_only_seconds=1800))
    story.seconds_pass(1799)
    assert story.contact.is_in(Phase.HANDED_OUT)

    story.seconds_pass(1)

    assert story.contact.is_in(Phase.ENDED)
    assert story.contact.is_over, "the reason was noted when its time was over"


def test_somebody_outside_who_is_lost_costs_the_customer_a_wait_at_the_front_of_the_line() -> None:
    story = handed_out()
    story.goes_idle("bob")

    story.hangs_up(OUTSIDE, EndCause.FAILED)

    assert story.contact.is_in(Phase.QUEUED)
    assert story.contact.now.first_in_line
    assert story.contact.on_music == {"cora"}
    assert story.contact.owes_wrap_up == {"alice"}
    story.goes_available("bob")
    assert story.contact.ringing == {"bob"}


def test_without_a_queue_the_former_owner_is_rung_when_somebody_outside_is_lost() -> None:
    story = handed_out_without_a_queue()

    story.hangs_up(OUTSIDE, EndCause.FAILED)

    assert story.contact.ringing == {"alice"}
    assert story.contact.on_music == {"cora"}
    story.answers("alice")
    assert story.contact.talking == {"cora", "alice"}
    assert story.contact.owes_wrap_up == set()


def test_without_a_queue_and_without_the_former_owner_the_customer_goes_to_the_dialplans_fallback() -> None:
    story = handed_out_without_a_queue()
    leg = story.leg_of("cora")
    story.hangs_up(OUTSIDE, EndCause.FAILED)

    story.presses("alice", "decline")

    assert story.contact.is_in(Phase.ENDED)
    assert [told.leg for told in story.told(CallTurnedAway) if isinstance(told, CallTurnedAway)] == [leg]


def test_a_former_owner_who_is_on_another_call_is_not_rung_for_who_was_lost_outside() -> None:
    story = handed_out_without_a_queue()
    story.presses("alice", "wrap-up", of=story.contact)
    cora = story.contact
    story.goes_idle("bob")
    story.customer_calls("carl")
    story.answers("alice")

    story.hangs_up(OUTSIDE, EndCause.FAILED)

    assert cora.is_in(Phase.ENDED)
    assert len(story.told(CallTurnedAway)) == 1


def two_outside() -> Story:
    """Cora talks with Gabriel and Marie, and nobody of ours is there."""
    story = conference_with_outside()
    story.presses("alice", "consult", to="colleague:Marie Durand")
    story.answers("Marie Durand")
    story.presses("alice", "conference")
    story.presses("alice", "leave-conference")
    return story


@pytest.mark.parametrize("cause", [EndCause.HUNG_UP, EndCause.FAILED])
def test_of_two_outside_one_may_go_and_the_other_has_the_customer(cause: EndCause) -> None:
    story = two_outside()
    assert story.contact.talking == {"cora", OUTSIDE, "Marie Durand"}

    story.hangs_up(OUTSIDE, cause)

    assert story.contact.is_in(Phase.HANDED_OUT)
    assert story.contact.talking == {"cora", "Marie Durand"}
    story.hangs_up("Marie Durand")
    assert story.contact.is_in(Phase.ENDED)


def test_a_customer_who_hears_nobody_because_of_a_hold_key_outside_hears_music() -> None:
    """Asterisk tells of a trunk that puts the call on hold as of any telephone."""
    story = handed_out()

    story.presses_hold_key(OUTSIDE)
    assert (story.contact.talking, story.contact.on_music) == ({OUTSIDE}, {"cora"})
    story.releases_hold_key(OUTSIDE)

    assert story.contact.talking == {"cora", OUTSIDE}


def test_somebody_outside_is_a_member_of_a_conference_and_never_its_owner() -> None:
    story = conference_of_four()
    assert story.contact.members == ["bob", OUTSIDE]

    story.presses("alice", "leave-conference")

    assert story.contact.owner == "bob"
    assert story.contact.talking == {"cora", "bob", OUTSIDE}
    story.hangs_up(OUTSIDE)
    assert story.contact.is_in(Phase.CONNECTED)


def test_a_transfer_that_somebody_outside_answers_is_not_taken_back_by_a_late_deadline() -> None:
    story = transferring_outside()
    story.answers(OUTSIDE)

    story.seconds_pass(60)

    assert story.contact.talking == {"cora", OUTSIDE}
