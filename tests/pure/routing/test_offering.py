"""A customer calls and is offered to an agent."""

import pytest

from controller.directory.ids import AgentId, QueueId
from controller.directory.policy import Policy
from controller.interaction.facts import EndCause
from controller.interaction.interaction import Phase
from controller.interaction.notices import AgentDeclined, AgentMissed, OfferMade, OfferWithdrawn
from controller.routing.desk import DeskState
from tests.pure.story import agent, contact_centre, site


def test_a_customer_hears_music_while_the_agents_telephone_rings() -> None:
    story = contact_centre()

    contact = story.customer_calls()

    assert contact.phase is Phase.OFFERED
    assert contact.on_music == {"cora"}
    assert contact.ringing == {"alice"}
    assert story.desk("alice") is DeskState.OFFERED
    assert story.notices == [OfferMade(interaction=contact.id, agent=AgentId("alice"), consult=False)]


def test_an_agent_who_answers_talks_with_the_customer() -> None:
    story = contact_centre()
    contact = story.customer_calls()

    story.answers("alice")

    assert contact.phase is Phase.CONNECTED
    assert contact.talking == {"cora", "alice"}
    assert contact.owner == "alice"
    assert story.desk("alice") is DeskState.ENGAGED


def test_the_agent_who_has_been_available_longest_is_offered_the_customer() -> None:
    story = contact_centre(available="bob alice")

    assert story.customer_calls().ringing == {"bob"}


def test_an_agent_who_was_on_a_call_is_behind_those_who_waited() -> None:
    story = contact_centre()
    first = story.customer_calls("cora")
    story.answers("alice")
    story.hangs_up("cora")
    story.seconds_pass(1)
    story.presses("alice", "wrap-up", of=first)

    assert story.customer_calls("carl").ringing == {"bob"}


def test_an_agents_wait_begins_when_the_wrap_up_is_over() -> None:
    story = contact_centre()
    first, second = story.customer_calls("cora"), story.customer_calls("carl")
    story.answers("alice")
    story.answers("bob")
    story.hangs_up("cora")
    story.seconds_pass(10)
    story.hangs_up("carl")
    story.seconds_pass(10)
    story.presses("bob", "wrap-up", of=second)
    story.seconds_pass(10)
    story.presses("alice", "wrap-up", of=first)

    assert story.customer_calls("cleo").ringing == {"bob"}


def test_an_offer_that_came_to_nothing_does_not_cost_an_agent_their_place() -> None:
    story = contact_centre()
    story.customer_calls("cora")
    story.seconds_pass(5)
    story.hangs_up("cora")

    assert story.customer_calls("carl").ringing == {"alice"}


def test_saying_available_again_does_not_cost_an_agent_their_place() -> None:
    story = contact_centre()
    story.goes_available("alice")

    assert story.customer_calls().ringing == {"alice"}


def test_an_agent_who_lets_the_telephone_ring_is_not_answering_and_the_next_agent_is_offered_the_customer() -> None:
    story = contact_centre(Policy(offer_seconds=20))
    contact = story.customer_calls()

    story.seconds_pass(20)

    assert story.desk("alice") is DeskState.NOT_ANSWERING
    assert contact.ringing == {"bob"}
    assert len(story.told(AgentMissed)) == len(story.told(OfferWithdrawn)) == 1


def test_an_agent_who_answers_in_the_last_second_is_connected() -> None:
    story = contact_centre(Policy(offer_seconds=20))
    contact = story.customer_calls()
    story.seconds_pass(19)
    story.answers("alice")

    story.seconds_pass(60)

    assert contact.phase is Phase.CONNECTED
    assert story.desk("alice") is DeskState.ENGAGED


def test_an_agent_who_declines_is_idle_and_the_next_agent_is_offered_the_customer() -> None:
    story = contact_centre()
    contact = story.customer_calls()

    story.presses("alice", "decline")

    assert story.desk("alice") is DeskState.IDLE
    assert contact.ringing == {"bob"}
    assert len(story.told(AgentDeclined)) == 1


def test_declining_on_the_telephone_is_declining() -> None:
    story = contact_centre()
    contact = story.customer_calls()

    story.hangs_up("alice", EndCause.DECLINED)

    assert story.desk("alice") is DeskState.IDLE
    assert contact.ringing == {"bob"}


@pytest.mark.parametrize("cause", [EndCause.BUSY, EndCause.FORWARDED, EndCause.NO_ANSWER, EndCause.HUNG_UP])
def test_an_agent_whose_telephone_refuses_in_its_own_ways_is_not_answering(cause: EndCause) -> None:
    story = contact_centre()
    contact = story.customer_calls()

    story.hangs_up("alice", cause)

    assert story.desk("alice") is DeskState.NOT_ANSWERING
    assert contact.ringing == {"bob"}


def test_a_customer_whom_nobody_answers_waits_with_music_until_somebody_is_available_again() -> None:
    story = contact_centre()
    contact = story.customer_calls()
    story.hangs_up("alice", EndCause.NO_ANSWER)
    story.hangs_up("bob", EndCause.BUSY)
    assert contact.phase is Phase.QUEUED
    assert contact.on_music == {"cora"}

    story.goes_available("bob")

    assert contact.ringing == {"bob"}


def test_what_an_agent_chose_while_the_telephone_rang_is_not_overwritten_by_missing_the_call() -> None:
    story = contact_centre()
    story.customer_calls()
    story.logs_off("alice")
    assert story.desk("alice") is DeskState.OFFERED

    story.seconds_pass(20)

    assert story.desk("alice") is DeskState.LOGGED_OFF


def test_the_line_is_empty_again_when_the_customer_gives_up() -> None:
    story = contact_centre(available="")
    contact = story.customer_calls()

    story.hangs_up("cora")

    assert contact.is_over
    assert story.floor.waiting_in(QueueId("support")) == []
    story.goes_available("alice")
    assert story.desk("alice") is DeskState.AVAILABLE


def test_the_telephone_stops_ringing_when_the_customer_gives_up() -> None:
    story = contact_centre()
    contact = story.customer_calls()

    story.hangs_up("cora")

    assert contact.is_over
    assert contact.ringing == set()
    assert story.desk("alice") is DeskState.AVAILABLE
    (withdrawn,) = story.told(OfferWithdrawn)
    assert isinstance(withdrawn, OfferWithdrawn)
    assert withdrawn.because == "the customer hung up"


def test_an_agent_accepts_on_the_desktop_and_the_telephone_is_rung_anew_to_answer_by_itself() -> None:
    story = contact_centre(directory=site(answers_remotely="alice"))
    contact = story.customer_calls()
    rang = story.leg_of("alice")

    story.presses("alice", "accept")

    assert contact.party("alice").told_to_answer
    assert story.leg_of("alice") != rang
    assert story.floor.interaction_of(rang) is None
    assert story.refuses("alice", "accept") == "not-now"
    story.answers("alice")
    assert contact.talking == {"cora", "alice"}


def test_a_telephone_that_cannot_be_told_to_answer_says_so() -> None:
    story = contact_centre()
    story.customer_calls()

    assert story.refuses("alice", "accept") == "not-now"
    assert story.because == "Your telephone can't be answered from here: pick it up."


def test_a_telephone_that_is_told_to_answer_has_all_its_seconds_again_and_no_more() -> None:
    story = contact_centre(Policy(offer_seconds=20), directory=site(answers_remotely="alice"))
    contact = story.customer_calls()
    story.seconds_pass(19)
    story.presses("alice", "accept")

    story.seconds_pass(19)
    assert contact.ringing == {"alice"}

    story.seconds_pass(1)
    assert contact.ringing == {"bob"}


def test_no_leg_name_is_used_twice() -> None:
    story = contact_centre(available="alice")
    story.customer_calls()
    first = story.leg_of("alice")
    story.seconds_pass(20)
    story.goes_available("alice")

    assert story.leg_of("alice") != first
    assert story.leg_of("alice").startswith(f"ix-{story.contact.id}-{agent('alice').id}-")


@pytest.mark.parametrize("known", ["alice", "bob"])
def test_only_the_agent_who_is_offered_the_customer_may_decline(known: str) -> None:
    story = contact_centre()
    story.customer_calls()

    if known == "bob":
        assert story.refuses("bob", "decline") == "unknown-interaction"
    else:
        story.presses("alice", "decline")
