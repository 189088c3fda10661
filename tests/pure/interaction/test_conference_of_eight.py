"""Rule 17: up to eight talk together. The owner consults again from it, members leave meanwhile, and an heir of ours owns it."""

import pytest

from controller.directory.policy import (
    AfterConsult,
    CustomerGoneInConference,
    EndConsult,
    OwnerHangUp,
    Policy,
    TransferAcceptance,
)
from controller.interaction.facts import EndCause
from controller.interaction.interaction import Phase
from controller.interaction.notices import OfferWithdrawn
from controller.routing.desk import DeskState
from tests.pure.interaction.situations import HIS_NUMBER, OUTSIDE, conference_consults, conference_of_four, outside_consulted
from tests.pure.story import Story, conference

STAY = Policy(customer_gone_in_conference=CustomerGoneInConference.AGENTS_STAY)
AGENTS = ("carol", "dave", "erin", "frank", "grace")
POLICIES = {
    "defaults": Policy(),
    "return to customer": Policy(end_consult=EndConsult.RETURN_TO_CUSTOMER),
    "keep held": Policy(after_consult=AfterConsult.KEEP_HELD),
    "ask": Policy(transfer_acceptance=TransferAcceptance.ASK),
}
every_policy = pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)


def joins(story: Story, who: str, number: str | None = None) -> None:
    """Alice consults somebody from the conference, and brings them into it."""
    if number is None:
        story.goes_available(who)
    story.presses("alice", "consult", to=number or who)
    story.answers(who)
    story.presses("alice", "conference")


def eight(policy: Policy | None = None) -> Story:
    """Cora, Alice and six members."""
    story = conference(policy)
    for who in AGENTS:
        joins(story, who)
    return story


# --- Together ----------------------------------------------------------------------------------------------------------


def test_eight_talk_together_and_each_leaves_in_turn() -> None:
    story = eight()
    everybody = {"cora", "alice", "bob", *AGENTS}
    assert story.contact.talking == everybody
    assert len(everybody) == 8

    for who in ("bob", *AGENTS):
        story.presses(who, "leave-conference")
        everybody.discard(who)
        assert story.contact.talking == everybody
        assert story.desk(who) is DeskState.AVAILABLE

    assert story.contact.is_in(Phase.CONNECTED)
    assert story.contact.owes_wrap_up == set()


def test_a_ninth_is_refused() -> None:
    story = eight()
    story.goes_available("heidi")

    assert story.refuses("alice", "consult", to="heidi") == "not-now"
    assert story.because == "The conference is full: it has 8 parties at most."
    story.hangs_up("bob")
    story.presses("alice", "consult", to="heidi")
    story.answers("heidi")
    story.presses("alice", "conference")

    assert len(story.contact.talking) == 8


@pytest.mark.parametrize("most", [3, 4])
def test_a_site_may_want_smaller_conferences(most: int) -> None:
    story = conference(Policy(conference_max=most))
    if most > 3:
        joins(story, "carol")
    story.goes_available("dave")

    assert story.refuses("alice", "consult", to="dave") == "not-now"
    assert story.because == f"The conference is full: it has {most} parties at most."


def test_a_conference_that_the_customer_has_left_asks_nobody_else() -> None:
    story = conference(STAY)
    story.hangs_up("cora")

    assert story.refuses("alice", "consult", to="carol") == "not-now"
    assert story.because == "The customer has gone."


# --- A consult from a conference ---------------------------------------------------------------------------------------


def test_customer_and_members_hear_music_while_the_owner_consults_and_whoever_is_consulted_hears_none_of_them() -> None:
    story = conference_consults()

    assert story.contact.is_in(Phase.CONSULTING)
    assert story.contact.talking == {"alice", "carol"}
    assert story.contact.on_music == {"cora", "bob"}


def test_they_hear_music_from_before_it_rings() -> None:
    story = conference()
    story.goes_available("carol")

    story.presses("alice", "consult", to="carol")

    assert (story.contact.talking, story.contact.ringing, story.contact.on_music) == ({"alice"}, {"carol"}, {"cora", "bob"})


def test_the_owner_is_with_the_conference_again_while_the_consult_waits() -> None:
    story = conference_consults()

    story.presses("alice", "resume")

    assert story.contact.is_in(Phase.CONSULT_HELD)
    assert story.contact.talking == {"cora", "alice", "bob"}
    assert story.contact.on_music == {"carol"}
    story.presses("alice", "swap")
    assert story.contact.on_music == {"cora", "bob"}


@pytest.mark.parametrize("where", ["consulting", "consult_held"])
def test_the_new_one_joins_the_rest(where: str) -> None:
    story = conference_consults()
    if where == "consult_held":
        story.presses("alice", "resume")

    story.presses("alice", "conference")

    assert story.contact.is_in(Phase.CONFERENCE)
    assert story.contact.talking == {"cora", "alice", "bob", "carol"}
    assert story.contact.members == ["bob", "carol"]


@every_policy
@pytest.mark.parametrize("how", ["end-consult", "leave-consult", "telephone", "cancel", "decline", "lets it ring"])
def test_a_consult_that_is_over_comes_back_to_the_conference_whatever_the_site_wants_of_others(policy: Policy, how: str) -> None:
    if how in ("cancel", "decline", "lets it ring"):
        story = conference(policy)
        story.goes_available("carol")
        story.presses("alice", "consult", to="carol")
    else:
        story = conference_consults(policy)

    match how:
        case "end-consult" | "cancel":
            story.presses("alice", "end-consult" if how == "end-consult" else "cancel-consult")
        case "telephone":
            story.hangs_up("carol")
        case "lets it ring":
            story.seconds_pass(30)
        case _:
            story.presses("carol", how)

    assert story.contact.phase is Phase.CONFERENCE
    assert story.contact.talking == {"cora", "alice", "bob"}
    assert story.contact.owes_wrap_up == set()


@every_policy
@pytest.mark.parametrize("waits", ["rings", "talks", "is parked"])
def test_the_owner_may_not_end_leave_or_drop_before_the_consult_is_over(policy: Policy, waits: str) -> None:
    story = conference(policy)
    story.goes_available("carol")
    story.presses("alice", "consult", to="carol")
    if waits != "rings":
        story.answers("carol")
    if waits == "is parked":
        story.presses("alice", "resume")

    for button in ("end", "leave-conference", "drop", "hold"):
        assert story.refuses("alice", button, to="bob") == "not-now"
    assert story.refuses("alice", "end") == "not-now"
    assert story.because == "You are consulting Carol Petit: end the consult first."


def test_a_member_may_leave_while_the_owner_consults() -> None:
    story = conference_consults()

    story.presses("bob", "leave-conference")

    assert story.contact.is_in(Phase.CONSULTING)
    assert story.desk("bob") is DeskState.AVAILABLE
    story.presses("alice", "resume")
    assert story.contact.talking == {"cora", "alice"}


def test_all_members_may_leave_while_the_owner_consults_and_the_consult_is_an_ordinary_one_then() -> None:
    story = conference_consults(Policy(after_consult=AfterConsult.KEEP_HELD))
    story.hangs_up("bob")

    story.presses("carol", "leave-consult")

    assert story.contact.is_in(Phase.HELD)
    assert story.contact.on_music == {"cora"}


def test_the_new_one_joins_whoever_is_left() -> None:
    story = conference_consults()
    story.hangs_up("bob")

    story.presses("alice", "conference")

    assert story.contact.talking == {"cora", "alice", "carol"}


def test_members_talk_and_mute_themselves_while_the_owner_consults_but_do_nothing_else() -> None:
    story = conference_consults()

    assert story.contact.can("bob") == {"leave-conference", "mute"}
    assert story.refuses("bob", "resume") == "not-permitted"
    assert story.refuses("bob", "leave-consult") == "not-now"


@pytest.mark.parametrize("cause", [EndCause.HUNG_UP, EndCause.FAILED])
@pytest.mark.parametrize("policy", [Policy(), Policy(owner_hang_up=OwnerHangUp.RING_BACK)])
def test_an_owner_who_hangs_up_in_the_consult_leaves_the_customer_with_the_members_and_drops_whom_they_consulted(
    policy: Policy, cause: EndCause
) -> None:
    story = conference_consults(policy)

    story.hangs_up("alice", cause)

    assert story.contact.phase is Phase.CONNECTED
    assert story.contact.owner == "bob"
    assert story.contact.talking == {"cora", "bob"}
    assert story.contact.owes_wrap_up == {"alice"}
    assert story.desk("carol") is DeskState.AVAILABLE


def test_the_telephone_of_whom_the_owner_consulted_stops_when_the_owner_hangs_up() -> None:
    story = conference()
    story.goes_available("carol")
    story.presses("alice", "consult", to="carol")

    story.hangs_up("alice")

    (withdrawn,) = story.told(OfferWithdrawn)
    assert isinstance(withdrawn, OfferWithdrawn)
    assert (withdrawn.agent, withdrawn.because) == ("carol", "the agent who called you has gone")


@pytest.mark.parametrize("policy", [Policy(), Policy(transfer_acceptance=TransferAcceptance.ASK)])
def test_a_transfer_hands_the_conference_to_whom_the_owner_consulted_without_asking_again(policy: Policy) -> None:
    story = conference_consults(policy)

    story.presses("alice", "transfer")

    assert story.contact.is_in(Phase.CONFERENCE)
    assert story.contact.talking == {"cora", "bob", "carol"}
    assert story.contact.owner == "carol"
    assert story.contact.owes_wrap_up == {"alice"}


def test_a_transfer_to_somebody_outside_who_was_consulted_leaves_the_conference_to_who_of_ours_was_there_first() -> None:
    story = conference()
    story.presses("alice", "consult", to=HIS_NUMBER)
    story.answers(OUTSIDE)

    story.presses("alice", "transfer")

    assert story.contact.owner == "bob"
    assert story.contact.talking == {"cora", "bob", OUTSIDE}


@pytest.mark.parametrize(("policy", "phase"), [(Policy(), Phase.ENDED), (STAY, Phase.CONFERENCE)])
def test_the_customer_who_hangs_up_while_the_owner_consults_ends_it_or_leaves_the_agents_together(policy: Policy, phase: Phase) -> None:
    story = conference_consults(policy)

    story.hangs_up("cora")

    assert story.contact.phase is phase
    assert story.contact.talking == ({"alice", "bob"} if policy is STAY else set())
    assert story.desk("carol") is DeskState.AVAILABLE, "nobody is consulted about who has gone"


def test_a_queue_is_consulted_from_a_conference() -> None:
    story = conference()
    story.goes_available("carol")
    story.goes_idle("carol")
    story.presses("alice", "consult", to="queue:billing")
    assert story.contact.on_music == {"cora", "alice", "bob"}
    story.presses("alice", "resume")
    assert story.contact.talking == {"cora", "alice", "bob"}

    story.goes_available("carol")
    story.answers("carol")
    story.presses("alice", "conference")

    assert story.contact.talking == {"cora", "alice", "bob", "carol"}


# --- The heir ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["leave-conference", "transfer", "telephone", "lost"])
def test_the_agent_who_has_been_there_longest_owns_when_the_owner_leaves(how: str) -> None:
    story = conference_of_four()
    joins(story, "carol")
    story.hangs_up("bob")

    match how:
        case "telephone":
            story.hangs_up("alice")
        case "lost":
            story.hangs_up("alice", EndCause.FAILED)
        case _:
            story.presses("alice", how)

    assert story.contact.owner == "carol", "Gabriel was there before her, and is nobody of ours"
    assert story.contact.talking == {"cora", OUTSIDE, "carol"}
    assert story.contact.owes_wrap_up == {"alice"}


def test_the_heir_is_not_told_what_became_of_a_consult_of_the_last_owner() -> None:
    story = conference_of_four()
    story.goes_available("dave")
    story.presses("alice", "consult", to="dave")
    story.presses("dave", "decline")
    assert story.contact.now.news == "Dave Moreau declined."

    story.presses("alice", "leave-conference")

    assert story.contact.owner == "bob"
    assert story.contact.is_in(Phase.CONFERENCE)
    assert story.contact.now.news == ""


def test_the_heir_wraps_up_at_the_end_and_has_an_owners_rights() -> None:
    story = conference()
    joins(story, "carol")
    story.presses("alice", "leave-conference")
    assert story.contact.owner == "bob"
    assert story.contact.can("bob") == {"end", "leave-conference", "drop", "consult", "transfer", "mute", "dtmf"}

    story.presses("bob", "end")

    assert story.contact.owes_wrap_up == {"alice", "bob"}
    assert story.desk("carol") is DeskState.AVAILABLE


def test_one_heir_after_another_until_only_people_outside_are_left() -> None:
    story = conference_of_four()

    story.presses("alice", "leave-conference")
    assert story.contact.owner == "bob"
    story.presses("bob", "leave-conference")

    assert story.contact.phase is Phase.HANDED_OUT
    assert story.contact.talking == {"cora", OUTSIDE}
    assert story.contact.owes_wrap_up == {"alice", "bob"}


@pytest.mark.parametrize("how", ["button", "telephone"])
def test_an_owner_who_leaves_agents_whom_the_customer_has_left_ends_it_for_nobody_else(how: str) -> None:
    story = conference(STAY)
    joins(story, "carol")
    story.hangs_up("cora")
    assert story.contact.talking == {"alice", "bob", "carol"}

    if how == "button":
        story.presses("alice", "leave-conference")
    else:
        story.hangs_up("alice")

    assert story.contact.is_in(Phase.CONFERENCE)
    assert story.contact.talking == {"bob", "carol"}
    assert story.contact.owner == "bob", "who has been there longest"
    assert story.contact.owes_wrap_up == {"alice"}
    story.presses("bob", "leave-conference")
    assert story.contact.phase is Phase.ENDED
    assert story.contact.owes_wrap_up == {"alice", "bob"}
    assert story.desk("carol") is DeskState.AVAILABLE


def test_people_outside_whom_customer_and_agents_have_left_do_not_go_on_alone() -> None:
    story = conference_of_four(STAY)
    story.hangs_up("cora")
    story.presses("alice", "leave-conference")
    assert story.contact.talking == {"bob", OUTSIDE}

    story.presses("bob", "leave-conference")

    assert story.contact.phase is Phase.ENDED
    assert story.contact.talking == set()


def test_an_owner_who_ends_it_ends_it_for_all_who_have_stayed() -> None:
    story = conference(STAY)
    joins(story, "carol")
    story.hangs_up("cora")

    story.presses("alice", "end")

    assert story.contact.phase is Phase.ENDED
    assert story.contact.talking == set()


# --- Members -----------------------------------------------------------------------------------------------------------


def test_the_owner_drops_a_member_and_the_rest_go_on() -> None:
    story = conference_of_four()

    story.presses("alice", "drop", to=OUTSIDE)

    assert story.contact.talking == {"cora", "alice", "bob"}
    story.presses("alice", "drop", to="bob")
    assert story.contact.is_in(Phase.CONNECTED)
    assert story.desk("bob") is DeskState.AVAILABLE
    assert story.contact.owes_wrap_up == set()


@pytest.mark.parametrize("whom", ["cora", "alice", None])
def test_only_members_are_dropped(whom: str | None) -> None:
    story = conference_of_four()

    assert story.refuses("alice", "drop", to=whom) == "bad-target"
    assert story.because == "There is nobody with this leg in the conference."


def test_only_the_owner_drops() -> None:
    story = conference_of_four()

    assert story.refuses("bob", "drop", to=OUTSIDE) == "not-permitted"
    assert story.refuses("sam", "drop", to=OUTSIDE) == "not-permitted"


def test_the_last_member_who_is_dropped_when_the_customer_has_gone_ends_it() -> None:
    story = conference(STAY)
    story.hangs_up("cora")

    story.presses("alice", "drop", to="bob")

    assert story.contact.phase is Phase.ENDED
    assert story.contact.owes_wrap_up == {"alice"}


@pytest.mark.parametrize(("cause", "news"), [(EndCause.HUNG_UP, "has left"), (EndCause.FAILED, "has left")])
def test_a_member_who_is_gone_is_told_of_and_the_others_go_on(cause: EndCause, news: str) -> None:
    story = conference_of_four()

    story.hangs_up(OUTSIDE, cause)

    assert story.contact.talking == {"cora", "alice", "bob"}
    assert story.contact.now.news == f"Gabriel {news}."


def test_with_nobody_but_the_owner_and_the_customer_it_is_an_ordinary_call_again() -> None:
    story = outside_consulted()
    story.presses("alice", "conference")
    story.hangs_up(OUTSIDE)

    assert story.contact.can("alice") == {"hold", "consult", "transfer", "end", "mute", "dtmf"}


def test_two_members_with_hold_keys_pressed_leave_the_customer_with_those_who_hear_them() -> None:
    story = conference_of_four()

    for who in ("bob", OUTSIDE):
        story.presses_hold_key(who)
    assert story.contact.talking == {"cora", "alice", "bob", OUTSIDE}
    story.presses_hold_key("alice")

    assert story.contact.on_music == {"cora"}
