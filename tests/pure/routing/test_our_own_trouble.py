"""A telephone that the network or Asterisk could not ring is nobody's fault: not the agent's, not the customer's, not the colleague's."""

from dataclasses import replace

import pytest

from controller.directory.ids import AgentId
from controller.directory.policy import Policy, TransferAcceptance
from controller.interaction.facts import AgentRested, EndCause, TelephonesSeen
from controller.interaction.interaction import Phase
from controller.interaction.notices import AgentMissed, OfferFailed
from controller.routing.desk import REST_SECONDS, REST_SECONDS_MAX, DeskState
from tests.pure.story import Story, consult_offered, consulting, contact_centre, site


def offer_failed(available: str = "alice") -> Story:
    """Cora calls, and Alice's telephone can't be rung."""
    story = contact_centre(available=available)
    story.customer_calls()
    story.hangs_up("alice", EndCause.FAILED)
    return story


def test_the_agent_stays_available_and_the_customer_is_at_the_front_of_the_line_with_music() -> None:
    story = offer_failed()

    assert story.desk("alice") is DeskState.AVAILABLE
    assert story.contact.phase is Phase.QUEUED
    assert story.contact.now.first_in_line
    assert story.contact.on_music == {"cora"}
    assert story.told(AgentMissed) == []
    (failed,) = story.told(OfferFailed)
    assert isinstance(failed, OfferFailed)
    assert failed.agent == "alice"
    assert story.contact.now.news == "Alice Martin could not be rung: the network or Asterisk failed. The customer is offered again."


def test_the_next_agent_is_offered_the_customer_at_once() -> None:
    assert offer_failed("alice bob").contact.ringing == {"bob"}


def test_the_agent_is_rung_again_after_a_moment_when_nobody_else_is_there() -> None:
    story = offer_failed()
    story.seconds_pass(REST_SECONDS - 0.1)
    assert story.contact.ringing == set()

    story.seconds_pass(0.1)

    assert story.contact.ringing == {"alice"}


def pauses(story: Story, times: int) -> list[float]:
    """Alice's telephone can't be rung so many times more; gives how long it was left alone before each time."""
    waited = []
    for _ in range(times):
        since = story.now
        while story.contact.ringing != {"alice"}:
            story.seconds_pass(0.5)
        waited.append(story.now - since)
        story.hangs_up("alice", EndCause.FAILED)
    return waited


def test_a_telephone_that_can_not_be_rung_again_and_again_is_left_alone_twice_as_long_each_time_up_to_a_limit() -> None:
    """One that answers every call with 404, say: who waits is not offered to it every three seconds for ever."""
    assert pauses(offer_failed(), 6) == [REST_SECONDS, 2 * REST_SECONDS, 4 * REST_SECONDS, 8 * REST_SECONDS, *[REST_SECONDS_MAX] * 2]


def test_a_call_on_that_telephone_begins_anew() -> None:
    story = offer_failed()
    pauses(story, 2)
    story.seconds_pass(REST_SECONDS_MAX)
    story.answers("alice")
    story.hangs_up("cora")
    story.presses("alice", "wrap-up", reason="resolved")
    story.customer_calls("cora")
    story.hangs_up("alice", EndCause.FAILED)

    assert pauses(story, 1) == [REST_SECONDS]


def test_an_agent_who_says_that_they_are_available_begins_anew() -> None:
    story = offer_failed()
    pauses(story, 2)
    story.goes_idle("alice")
    story.goes_available("alice")
    story.seconds_pass(REST_SECONDS_MAX)
    story.hangs_up("alice", EndCause.FAILED)

    assert pauses(story, 1) == [REST_SECONDS]


def test_a_telephone_that_registers_again_begins_anew() -> None:
    story = offer_failed()
    pauses(story, 2)
    story.take(TelephonesSeen(away=("1001",)))
    story.take(TelephonesSeen(there=("1001",)))
    story.seconds_pass(REST_SECONDS_MAX)
    story.hangs_up("alice", EndCause.FAILED)

    assert pauses(story, 1) == [REST_SECONDS]


def test_another_customer_is_not_offered_to_a_telephone_that_rests() -> None:
    story = offer_failed()

    assert story.customer_calls("carl").is_in(Phase.QUEUED)


def test_the_agents_own_place_is_kept_while_the_telephone_rests() -> None:
    story = offer_failed()
    story.hangs_up("cora")
    story.goes_available("bob")
    story.seconds_pass(REST_SECONDS)

    assert story.customer_calls("carl").ringing == {"alice"}


def test_a_resting_telephone_is_rung_again_after_the_program_was_started_again() -> None:
    story = offer_failed()
    story.controller_is_started_again()

    story.seconds_pass(REST_SECONDS)

    assert story.contact.ringing == {"alice"}


def test_a_resting_telephone_of_an_agent_who_has_left_the_site_file_is_forgotten() -> None:
    story = offer_failed()
    without_alice = site()
    agents = {agent: who for agent, who in without_alice.agents.items() if agent != "alice"}
    queues = {key: replace(queue, agents=tuple(a for a in queue.agents if a != "alice")) for key, queue in without_alice.queues.items()}
    story.site_is_reloaded(replace(without_alice, agents=agents, queues=queues))

    story.seconds_pass(REST_SECONDS)

    assert AgentId("alice") not in story.floor.desks
    assert story.floor.due(story.now) is None


def test_an_agent_who_goes_idle_while_the_telephone_rests_is_idle() -> None:
    story = offer_failed()
    story.goes_idle("alice")

    story.seconds_pass(REST_SECONDS)

    assert story.desk("alice") is DeskState.IDLE
    assert story.contact.ringing == set()


def test_a_moment_of_rest_is_over_when_it_was_told_and_not_before() -> None:
    story = offer_failed()
    assert story.floor.due(story.now) is None

    story.now += REST_SECONDS

    assert story.floor.due(story.now) == AgentRested(agent=AgentId("alice"))


def test_a_telephone_that_goes_between_the_choice_and_the_ringing_is_not_charged_to_its_agent_and_the_next_one_is_rung() -> None:
    story = contact_centre()
    story.customer_calls()

    story.hangs_up("alice", EndCause.UNREACHABLE)

    assert story.contact.ringing == {"bob"}
    assert story.desk("alice") is DeskState.AVAILABLE
    assert story.told(AgentMissed) == []
    assert story.told(OfferFailed) == [
        OfferFailed(interaction=story.contact.id, agent=AgentId("alice"), because="the telephone is not connected")
    ]
    assert story.contact.now.news == ""


def test_who_looks_on_reads_that_a_telephone_was_not_connected() -> None:
    story = contact_centre(available="alice")
    story.customer_calls()

    story.hangs_up("alice", EndCause.UNREACHABLE)

    assert story.contact.now.news == "Alice Martin could not be rung: the telephone is not connected. The customer is offered again."


def test_a_consult_that_could_not_be_rung_is_not_charged_to_the_colleague() -> None:
    story = consult_offered()

    story.hangs_up("bob", EndCause.FAILED)

    assert story.contact.talking == {"cora", "alice"}
    assert "not Bob Durand" in story.contact.now.news
    assert story.desk("bob") is DeskState.AVAILABLE
    assert story.told(AgentMissed) == []
    story.presses("alice", "consult", to="bob")
    assert story.contact.ringing == {"bob"}


def test_agent_2_whose_telephone_is_lost_while_they_are_asked_has_refused_nothing() -> None:
    story = consulting(Policy(transfer_acceptance=TransferAcceptance.ASK))
    story.presses("alice", "transfer")

    story.hangs_up("bob", EndCause.FAILED)
    assert story.contact.is_in(Phase.QUEUED)
    assert story.desk("bob") is DeskState.AVAILABLE

    story.seconds_pass(REST_SECONDS)
    assert story.contact.ringing == {"bob"}


@pytest.mark.parametrize("how", ["hangs up", "declines"])
def test_agent_2_who_would_not_have_the_customer_is_not_offered_them_again_while_somebody_else_may_take_them(how: str) -> None:
    policy = Policy(transfer_acceptance=TransferAcceptance.ASK)
    story = contact_centre(directory=site(policy, support="alice bob carol dave"), available="alice bob carol dave")
    story.customer_calls()
    story.answers("alice")
    story.presses("alice", "consult", to="bob")
    story.answers("bob")
    story.presses("alice", "transfer")
    if how == "hangs up":
        story.hangs_up("bob")
    else:
        story.presses("bob", "decline-transfer")
    offered = [story.contact.owner]
    story.seconds_pass(policy.offer_seconds)
    offered.append(story.contact.owner)

    assert offered == ["carol", "dave"]


def test_who_would_not_have_the_customer_is_forgotten_once_somebody_has_answered() -> None:
    policy = Policy(transfer_acceptance=TransferAcceptance.ASK)
    story = contact_centre(directory=site(policy, support="alice bob carol"), available="alice bob carol")
    story.customer_calls()
    story.answers("alice")
    story.presses("alice", "consult", to="bob")
    story.answers("bob")
    story.presses("alice", "transfer")
    story.presses("bob", "decline-transfer")
    story.answers("carol")

    story.hangs_up("carol", EndCause.FAILED)

    assert story.contact.ringing == {"bob"}
