"""Rule 12: Agent 1 hands the customer over to somebody who was not asked, and leaves. The customer hears music until somebody answers."""

import pytest

from controller.directory.directory import Directory
from controller.directory.ids import AgentId
from controller.directory.policy import FailedTransfer, OwnerHangUp, Policy
from controller.directory.replace import replace
from controller.interaction.facts import EndCause
from controller.interaction.interaction import Phase
from controller.interaction.notices import AgentDeclined, AgentMissed, CallTurnedAway, OfferFailed, OfferMade, OfferWithdrawn, WrapUpAsked
from controller.routing.desk import DeskState
from tests.pure.interaction.situations import HIS_NUMBER, OUTSIDE, transferring, transferring_outside
from tests.pure.story import Story, connected, contact_centre, site

FRONT = Policy(failed_transfer=FailedTransfer.FRONT_OF_QUEUE)
WAYS_TO_FAIL = {
    "button": "Bob Durand declined. The customer comes back to you.",
    "reject key": "Bob Durand declined. The customer comes back to you.",
    "busy": "Bob Durand is busy. The customer comes back to you.",
    "unreachable": "Bob Durand could not be reached. The customer comes back to you.",
    "lost": "Bob Durand could not be reached. The customer comes back to you.",
    "lets it ring": "Bob Durand did not answer. The customer comes back to you.",
}


def fails(story: Story, how: str) -> None:
    """Bob, who is rung for Cora, does not take her."""
    match how:
        case "button":
            story.presses("bob", "decline")
        case "lets it ring":
            story.seconds_pass(story.contact.now.policy.blind_transfer_seconds)
        case _:
            causes = {"reject key": "DECLINED", "busy": "BUSY", "unreachable": "UNREACHABLE", "lost": "FAILED"}
            story.hangs_up("bob", EndCause[causes[how]])


def without_a_queue(policy: Policy | None = None) -> Story:
    """Alice has called Cora for no queue, and transfers her to Bob."""
    story = contact_centre(policy)
    story.calls_out("alice", "cora:+33199002002")
    story.answers("alice")
    story.answers("cora")
    story.presses("alice", "transfer", to="bob")
    return story


# --- To an agent of ours -----------------------------------------------------------------------------------------------


def test_the_owner_leaves_and_wraps_up_at_once_and_the_customer_hears_music_until_it_is_answered() -> None:
    story = transferring()

    assert story.contact.phase is Phase.TRANSFERRING
    assert story.contact.on_music == {"cora"}
    assert story.contact.ringing == {"bob"}
    assert story.contact.owes_wrap_up == {"alice"}
    assert story.desk("alice") is DeskState.WRAP_UP
    assert story.desk("bob") is DeskState.OFFERED
    assert story.told(OfferMade)[-1] == OfferMade(interaction=story.contact.id, agent=AgentId("bob"), consult=False)


def test_whoever_answers_owns_the_call_and_wraps_up_at_its_end() -> None:
    story = transferring()

    story.answers("bob")

    assert story.contact.is_in(Phase.CONNECTED)
    assert story.contact.talking == {"cora", "bob"}
    assert story.contact.owner == "bob"
    story.presses("bob", "end")
    assert story.contact.owes_wrap_up == {"alice", "bob"}


def test_a_held_customer_is_transferred_as_well() -> None:
    story = connected()
    story.presses("alice", "hold")

    story.presses("alice", "transfer", to="bob")
    story.answers("bob")

    assert story.contact.talking == {"cora", "bob"}


def test_whoever_is_rung_may_answer_on_the_desktop() -> None:
    story = contact_centre(directory=site(answers_remotely="bob"))
    story.customer_calls()
    story.answers("alice")
    story.presses("alice", "transfer", to="bob")
    assert story.contact.can("bob") == {"accept", "decline"}

    story.presses("bob", "accept")

    assert story.contact.party("bob").told_to_answer


@pytest.mark.parametrize("how", WAYS_TO_FAIL)
def test_the_customer_comes_back_to_who_transferred_and_they_are_told_why(how: str) -> None:
    story = transferring()

    fails(story, how)

    assert story.contact.is_in(Phase.OFFERED)
    assert story.contact.on_music == {"cora"}
    assert story.contact.ringing == {"alice"}
    assert story.contact.now.news == WAYS_TO_FAIL[how]


@pytest.mark.parametrize("how", WAYS_TO_FAIL)
def test_the_customer_goes_to_the_front_of_the_line_where_the_site_wants_that(how: str) -> None:
    story = transferring(FRONT)

    fails(story, how)

    assert story.contact.is_in(Phase.QUEUED)
    assert story.contact.now.first_in_line
    assert story.contact.on_music == {"cora"}


@pytest.mark.parametrize(
    ("how", "verdict", "desk"),
    [
        ("button", AgentDeclined, DeskState.IDLE),
        ("reject key", AgentDeclined, DeskState.IDLE),
        ("busy", AgentMissed, DeskState.NOT_ANSWERING),
        ("lets it ring", AgentMissed, DeskState.NOT_ANSWERING),
        ("lost", OfferFailed, DeskState.AVAILABLE),
    ],
)
def test_whoever_did_not_take_the_customer_is_what_the_way_in_which_they_did_not_makes_of_them(
    how: str, verdict: type[AgentDeclined] | type[AgentMissed] | type[OfferFailed], desk: DeskState
) -> None:
    story = transferring()

    fails(story, how)

    assert [notice.agent for notice in story.notices if isinstance(notice, verdict)] == ["bob"]
    assert story.desk("bob") is desk


def test_who_transferred_and_has_the_customer_again_owes_no_reason_before_the_end() -> None:
    story = transferring()
    fails(story, "busy")
    assert story.contact.owes_wrap_up == {"alice"}

    story.answers("alice")

    assert story.contact.talking == {"cora", "alice"}
    assert story.contact.owes_wrap_up == set()
    story.presses("alice", "end")
    assert story.contact.owes_wrap_up == {"alice"}


def test_who_has_given_the_reason_meanwhile_is_rung_back_all_the_same_and_owes_another_one_at_the_end() -> None:
    story = transferring()
    story.presses("alice", "wrap-up", reason="follow-up")
    fails(story, "busy")
    assert story.contact.ringing == {"alice"}

    story.answers("alice")
    story.presses("alice", "end")

    assert story.contact.owes_wrap_up == {"alice"}
    assert story.contact.wrapped_up == {"alice": "follow-up"}


def test_who_transferred_and_does_not_answer_either_costs_the_customer_a_wait_at_the_front_of_the_line() -> None:
    story = transferring()
    fails(story, "busy")

    story.seconds_pass(story.contact.now.policy.ring_back_seconds)

    assert story.contact.is_in(Phase.QUEUED)
    assert story.contact.now.first_in_line
    assert story.contact.on_music == {"cora"}
    assert story.contact.owes_wrap_up == {"alice"}
    assert len(story.told(WrapUpAsked)) == 1, "one reason for one time that she had the customer"


def test_who_transferred_may_give_the_reason_while_it_rings_and_while_they_are_rung_back() -> None:
    story = transferring()
    assert story.contact.can("alice") == {"wrap-up"}
    fails(story, "busy")
    assert story.contact.can("alice") == {"decline", "wrap-up"}

    story.presses("alice", "wrap-up")

    assert story.contact.can("alice") == {"decline"}
    assert story.contact.ringing == {"alice"}


@pytest.mark.parametrize("taken_by", ["another call", "a reason for another call", "a consult", "a call out", "logged off"])
def test_who_transferred_and_is_taken_meanwhile_is_not_rung_and_the_customer_goes_to_the_front_of_the_line(taken_by: str) -> None:
    story = transferring()
    cora = story.contact
    story.presses("alice", "wrap-up")
    match taken_by:
        case "another call":
            story.customer_calls("carl")
            story.answers("alice")
        case "a reason for another call":
            story.customer_calls("carl")
            story.answers("alice")
            story.presses("alice", "end", of=story.contacts["carl"])
        case "a consult":
            story.goes_available("carol")
            story.customer_calls("carl", number="801")
            story.answers("carol")
            story.presses("carol", "consult", to="alice", of=story.contacts["carl"])
        case "a call out":
            story.calls_out("alice", "+33199002003")
        case _:
            story.logs_off("alice")

    story.hangs_up("bob", EndCause.BUSY)

    assert cora.is_in(Phase.QUEUED)
    assert cora.now.first_in_line
    assert cora.on_music == {"cora"}
    assert cora.ringing == set()
    told_alice = [type(told) for told in story.notices if told.interaction == cora.id and getattr(told, "agent", "") == "alice"]
    assert told_alice == [OfferMade, WrapUpAsked], "of a telephone that does not ring she is told nothing"


def test_the_telephone_of_who_was_transferred_to_stops_when_the_customer_gives_up() -> None:
    story = transferring()

    story.hangs_up("cora")

    assert [told.agent for told in story.told(OfferWithdrawn) if isinstance(told, OfferWithdrawn)] == ["bob"]
    assert story.contact.owes_wrap_up == {"alice"}
    assert story.desk("bob") is DeskState.AVAILABLE


@pytest.mark.parametrize("policy", [Policy(), Policy(owner_hang_up=OwnerHangUp.RING_BACK)])
def test_the_telephone_that_who_transferred_puts_down_late_ends_nothing(policy: Policy) -> None:
    story = connected(policy)
    late = story.leg_of("alice")

    story.presses("alice", "transfer", to="bob")

    assert story.floor.interaction_of(late) is None
    assert story.contact.ringing == {"bob"}


def test_somebody_who_is_not_available_is_not_transferred_to() -> None:
    story = connected()
    story.goes_idle("bob")

    assert story.refuses("alice", "transfer", to="bob") == "target-unavailable"
    assert story.because == "Bob Durand is idle."
    assert story.contact.talking == {"cora", "alice"}
    assert story.refuses("alice", "transfer", to="alice") == "bad-target"


def test_whoever_consults_transfers_to_whom_they_have_asked_and_to_nobody_else() -> None:
    story = connected(available="alice bob carol")
    story.presses("alice", "consult", to="bob")
    story.answers("bob")

    assert story.refuses("alice", "transfer", to="carol") == "not-now"
    assert story.because == "Bob Durand is on the call: transfer without saying to whom, or be alone with the customer first."


def test_a_transfer_without_saying_to_whom_is_none_where_nobody_else_is_there() -> None:
    story = connected()

    assert story.refuses("alice", "transfer") == "not-now"


# --- Without a queue ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", [Policy(), FRONT])
def test_without_a_queue_the_customer_comes_back_to_who_transferred_whatever_the_site_wants(policy: Policy) -> None:
    story = without_a_queue(policy)

    fails(story, "busy")

    assert story.contact.ringing == {"alice"}


@pytest.mark.parametrize("how", ["lets it ring", "declines", "is on another call"])
def test_without_a_queue_and_without_who_transferred_the_customer_goes_to_the_dialplans_fallback(how: str) -> None:
    story = without_a_queue()
    cora, leg = story.contact, story.leg_of("cora")
    if how == "is on another call":
        story.presses("alice", "wrap-up")
        story.customer_calls("carl")
        story.answers("alice")
    story.hangs_up("bob", EndCause.BUSY)
    if how == "lets it ring":
        story.seconds_pass(20)
    elif how == "declines":
        story.presses("alice", "decline")

    assert cora.is_in(Phase.ENDED)
    assert [(told.leg, told.interaction) for told in story.told(CallTurnedAway) if isinstance(told, CallTurnedAway)] == [(leg, cora.id)]
    assert not story.floor.state().leaving, "their call goes on where it is not ours to hang up"


# --- To a queue or an entry point --------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", ["queue:billing", "entry point:accounts"])
def test_the_customer_joins_the_line_of_the_queue_and_is_offered_to_its_agents(to: str) -> None:
    story = connected(available="alice bob carol")

    story.presses("alice", "transfer", to=to)

    assert story.contact.owes_wrap_up == {"alice"}
    assert story.contact.now.queue_name == "Billing"
    assert story.contact.now.entry_point == ("accounts" if to.startswith("entry") else "main")
    assert story.contact.ringing == {"carol"}
    story.answers("carol")
    assert story.contact.talking == {"cora", "carol"}


def test_the_queues_own_policies_hold_from_then_on() -> None:
    directory = site()
    billing = replace(directory.queues[next(q for q in directory.queues if q == "billing")], policy=Policy(offer_seconds=7))
    story = contact_centre(directory=replace(directory, queues={**directory.queues, billing.id: billing}), available="alice carol")
    story.customer_calls()
    story.answers("alice")
    story.presses("alice", "transfer", to="queue:billing")

    story.seconds_pass(7)

    assert story.contact.is_in(Phase.QUEUED)
    assert story.desk("carol") is DeskState.NOT_ANSWERING


def waited(seconds: float) -> Story:
    """Cora has waited so long, and talks with Alice."""
    story = contact_centre(available="")
    story.customer_calls()
    story.now += seconds
    story.goes_available("alice")
    story.answers("alice")
    return story


@pytest.mark.parametrize(("seconds", "first"), [(40, "cora"), (20, "carl")])
def test_a_customer_stands_in_the_other_line_as_if_they_had_waited_there_so_long_as_they_have_waited_in_all(
    seconds: float, first: str
) -> None:
    story = waited(seconds)
    cora = story.contact
    story.now += 100  # what they talk is no waiting
    carl = story.customer_calls("carl", number="801")
    story.now += 30

    story.presses("alice", "transfer", to="queue:billing", of=cora)
    story.goes_available("carol")

    assert {"cora": cora, "carl": carl}[first].ringing == {"carol"}


@pytest.mark.parametrize(("seconds", "first"), [(60, "cora"), (40, "carl")])
def test_waiting_in_one_line_after_another_is_added_up_and_counted_once(seconds: float, first: str) -> None:
    story = waited(seconds)
    cora = story.contact
    story.presses("alice", "transfer", to="queue:billing", of=cora)
    story.now += 10
    story.goes_available("carol")
    story.answers("carol")
    carl = story.customer_calls("carl")
    story.now += 55

    story.presses("carol", "transfer", to="queue:support", of=cora)
    story.goes_available("bob")

    assert {"cora": cora, "carl": carl}[first].ringing == {"bob"}


def test_a_customer_who_is_transferred_to_a_line_is_not_offered_to_who_transferred_while_anybody_else_serves_it() -> None:
    story = connected()
    story.customer_calls("carl")
    story.answers("bob")
    cora, carl = story.contacts["cora"], story.contacts["carl"]
    story.presses("alice", "transfer", to="queue:support", of=cora)
    story.presses("alice", "wrap-up", of=cora)
    assert story.desk("alice") is DeskState.AVAILABLE
    assert cora.ringing == set()

    story.presses("bob", "end", of=carl)
    story.presses("bob", "wrap-up", of=carl)

    assert cora.ringing == {"bob"}


def test_a_customer_who_came_back_in_vain_is_not_offered_to_who_transferred_while_anybody_else_serves_the_line() -> None:
    story = transferring()
    cora = story.contact
    story.presses("alice", "wrap-up")
    story.customer_calls("carl")
    story.answers("alice")
    story.hangs_up("bob", EndCause.FAILED)  # our own trouble: they are rung again after a moment
    assert cora.is_in(Phase.QUEUED)

    story.presses("alice", "end", of=story.contacts["carl"])
    story.presses("alice", "wrap-up", of=story.contacts["carl"])
    assert story.desk("alice") is DeskState.AVAILABLE
    story.seconds_pass(5)

    assert cora.ringing == {"bob"}


def test_a_customer_who_is_transferred_to_a_line_is_offered_to_who_transferred_when_nobody_else_serves_it() -> None:
    story = connected()
    story.goes_idle("bob")
    story.presses("alice", "transfer", to="queue:support")

    story.presses("alice", "wrap-up")

    assert story.contact.ringing == {"alice"}


def test_nobody_is_transferred_to_a_queue_that_is_not_there_or_that_nobody_serves() -> None:
    directory = site()
    nobody = replace(directory.queues[next(q for q in directory.queues if q == "billing")], agents=())
    story = contact_centre(directory=replace(directory, queues={**directory.queues, nobody.id: nobody}))
    story.customer_calls()
    story.answers("alice")

    assert story.refuses("alice", "transfer", to="queue:billing") == "target-unavailable"
    assert story.because == "Nobody serves Billing."
    assert story.refuses("alice", "transfer", to="queue:sales") == "bad-target"
    assert story.refuses("alice", "transfer", to="entry point:sales") == "bad-target"


def test_a_queue_whose_agents_are_all_away_takes_a_customer_all_the_same() -> None:
    """As it would have taken them from outside."""
    story = connected()

    story.presses("alice", "transfer", to="queue:billing")

    assert story.contact.is_in(Phase.QUEUED)


# --- To somebody outside -----------------------------------------------------------------------------------------------


def test_a_number_outside_that_answers_has_the_customer() -> None:
    story = transferring_outside()
    assert (story.contact.on_music, story.contact.ringing) == ({"cora"}, {OUTSIDE})

    story.answers(OUTSIDE)

    assert story.contact.is_in(Phase.HANDED_OUT)
    assert story.contact.talking == {"cora", OUTSIDE}


@pytest.mark.parametrize(
    ("cause", "news"),
    [
        (EndCause.BUSY, "Gabriel is busy."),
        (EndCause.DECLINED, "Gabriel declined."),
        (EndCause.NO_ANSWER, "Gabriel did not answer."),
        (EndCause.UNREACHABLE, "Gabriel: the number is not in service."),
        (EndCause.FAILED, "Gabriel could not be called: the network has no free line, or failed. Try again in a moment."),
        (EndCause.TRUNK_SILENT, "Gabriel could not be called: the trunk to outside does not answer."),
    ],
)
def test_a_number_outside_that_does_not_answer_gives_the_customer_back_and_the_reason_in_words(cause: EndCause, news: str) -> None:
    story = transferring_outside()

    story.hangs_up(OUTSIDE, cause)

    assert story.contact.ringing == {"alice"}
    assert story.contact.now.news == f"{news} The customer comes back to you."
    assert story.told(AgentMissed) == story.told(OfferFailed) == [], "nobody outside is judged"


def test_a_number_outside_that_rings_for_too_long_gives_the_customer_back() -> None:
    story = transferring_outside(Policy(blind_transfer_seconds=15))
    story.seconds_pass(14)
    assert story.contact.ringing == {OUTSIDE}

    story.seconds_pass(1)

    assert story.contact.ringing == {"alice"}


def test_a_number_outside_that_fails_costs_the_customer_a_wait_at_the_front_of_the_line_where_the_site_wants_that() -> None:
    story = transferring_outside(FRONT)
    story.presses("alice", "wrap-up")

    story.hangs_up(OUTSIDE, EndCause.BUSY)

    assert story.contact.ringing == {"bob"}, "and not who transferred"


def elsewhere() -> Directory:
    """A site without a trunk."""
    directory = site()
    return replace(directory, dialling=replace(directory.dialling, trunk=""))


def test_without_a_trunk_nobody_is_transferred_outside() -> None:
    story = contact_centre(directory=elsewhere())
    story.customer_calls()
    story.answers("alice")

    assert story.refuses("alice", "transfer", to=HIS_NUMBER) == "target-unavailable"
    assert story.because == "This site has no trunk by which calls to outside leave."
    assert story.refuses("alice", "consult", to=HIS_NUMBER) == "target-unavailable"
