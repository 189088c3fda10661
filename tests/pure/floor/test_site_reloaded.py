"""The administrator changes the site file while calls are up."""

from dataclasses import replace

import pytest

from controller.directory.directory import Directory
from controller.directory.ids import THE_SWITCH, AgentId, LegId, QueueId
from controller.directory.policy import EndConsult, Policy, WrapUpExtension
from controller.interaction.facts import CustomerArrived, EndCause
from controller.interaction.interaction import Phase
from controller.interaction.notices import CallTurnedAway
from controller.interaction.refusals import Refused
from controller.routing.commands import GoAvailable
from controller.routing.desk import DeskState
from tests.pure.story import connected, consult_offered, consulting, contact_centre, everything, site


def without_agents(*gone: str, support: str = "alice bob", billing: str = "carol dave") -> Directory:
    """The demo site after somebody has left the house."""
    directory = site(support=support, billing=billing)
    return replace(directory, agents={name: agent for name, agent in directory.agents.items() if name not in gone})


def test_a_new_agent_gets_a_desk_and_serves() -> None:
    story = contact_centre(directory=without_agents("bob", support="alice"), available="")
    contact = story.customer_calls()
    assert AgentId("bob") not in story.floor.desks

    story.site_is_reloaded(site())
    story.goes_available("bob")

    assert contact.ringing == {"bob"}


def test_a_customer_who_waits_is_offered_to_an_agent_who_now_serves_the_queue() -> None:
    story = contact_centre(available="carol")
    contact = story.customer_calls()

    story.site_is_reloaded(site(support="alice bob carol"))

    assert contact.ringing == {"carol"}


def test_an_agent_who_has_left_the_house_has_no_desk() -> None:
    story = contact_centre()

    story.site_is_reloaded(without_agents("bob", support="alice"))

    assert AgentId("bob") not in story.floor.desks


def test_an_agent_who_left_the_site_file_finishes_the_call_and_has_no_desk_afterwards() -> None:
    story = connected()
    story.site_is_reloaded(without_agents("alice", support="bob"))
    assert story.desk("alice") is DeskState.ENGAGED
    assert story.contact.can("alice") == {"hold", "consult", "transfer", "end", "mute", "dtmf"}

    story.presses("alice", "end")
    story.presses("alice", "wrap-up")

    assert story.contact.is_over
    assert AgentId("alice") not in story.floor.desks


def test_an_agent_who_left_the_site_file_and_misses_an_offer_has_no_desk_afterwards() -> None:
    story = contact_centre()
    contact = story.customer_calls()
    story.site_is_reloaded(without_agents("alice", support="bob"))

    story.hangs_up("alice", EndCause.BUSY)

    assert AgentId("alice") not in story.floor.desks
    assert contact.ringing == {"bob"}


def test_an_agent_who_left_the_site_file_with_a_wrap_up_that_has_no_end_owes_it_no_more() -> None:
    story = connected(Policy(wrap_up_extension=WrapUpExtension.UNLIMITED))
    story.hangs_up("cora")
    story.presses("alice", "extend-wrap-up")

    story.site_is_reloaded(without_agents("alice", support="bob"))

    assert story.contact.wrapped_up == {"alice": "resolved"}
    assert story.contact.is_over
    assert AgentId("alice") not in story.floor.desks


def test_an_agent_who_left_the_site_file_is_not_offered_anybody_nor_consulted() -> None:
    story = consult_offered()
    story.customer_calls("carl")
    story.site_is_reloaded(without_agents("bob", support="alice"))
    contact = story.contacts["cora"]
    story.presses("bob", "decline", of=contact)

    assert contact.talking == {"cora", "alice"}
    assert story.refuses("alice", "consult", to="bob", of=contact) == "bad-target"
    assert story.contacts["carl"].phase is Phase.QUEUED


def test_a_call_whose_former_owner_left_the_house_goes_on() -> None:
    story = consulting()
    story.presses("alice", "transfer")
    story.presses("alice", "wrap-up")
    story.site_is_reloaded(without_agents("alice", support="bob"))

    story.presses("bob", "hold")
    story.presses("bob", "resume")
    story.hangs_up("cora")

    assert story.contact.owes_wrap_up == {"bob"}


def test_somebody_who_left_the_house_is_refused_and_nothing_has_changed() -> None:
    story = connected()
    story.site_is_reloaded(without_agents("sam"))
    assert story.refuses("sam", "end") == "unknown-interaction"
    before = everything(story.floor)

    with pytest.raises(Refused) as refused:
        story.says("sam", GoAvailable)

    assert refused.value.code == "bad-target"
    assert everything(story.floor) == before


def test_customers_of_a_queue_that_was_taken_out_are_served_by_its_agents_all_the_same() -> None:
    story = contact_centre(available="")
    contact = story.customer_calls(number="801")
    story.site_is_reloaded(site(billing=""))

    story.goes_available("alice", "carol")

    assert contact.ringing == {"carol"}


def test_a_customer_who_loses_an_agent_goes_back_to_a_line_that_was_taken_out_meanwhile() -> None:
    story = contact_centre(available="carol dave")
    contact = story.customer_calls(number="801")
    story.answers("carol")
    story.site_is_reloaded(site(billing=""))

    story.hangs_up("carol", EndCause.FAILED)

    assert contact.ringing == {"dave"}


def test_a_queue_that_was_taken_out_keeps_no_agent_who_left_the_house() -> None:
    story = contact_centre(available="carol dave")
    story.customer_calls(number="801")
    directory = replace(site(billing=""), agents={name: agent for name, agent in site().agents.items() if name != "dave"})

    story.site_is_reloaded(directory)
    assert story.floor.directory.queues[QueueId("billing")].agents == (AgentId("carol"),)
    story.presses("carol", "decline")

    assert story.contact.phase is Phase.QUEUED


def test_a_queue_that_was_taken_out_is_forgotten_with_its_last_customer() -> None:
    story = contact_centre(available="")
    story.customer_calls("cora", number="801")
    story.customer_calls("carl", number="801")
    story.site_is_reloaded(site(billing=""))
    assert QueueId("billing") in story.floor.directory.queues

    story.hangs_up("cora")
    assert QueueId("billing") in story.floor.directory.queues
    story.hangs_up("carl")

    assert QueueId("billing") not in story.floor.directory.queues


def test_a_queue_that_the_site_has_again_is_not_forgotten() -> None:
    story = contact_centre(available="")
    story.customer_calls(number="801")
    story.site_is_reloaded(site(billing=""))
    story.site_is_reloaded(site())

    story.hangs_up("cora")

    assert QueueId("billing") in story.floor.directory.queues


def test_a_customer_who_waits_in_a_queue_that_was_taken_out_with_its_agents_goes_back_to_the_dialplan() -> None:
    story = contact_centre(available="")
    contact = story.customer_calls(number="801")
    leg = story.leg_of("cora")

    story.site_is_reloaded(without_agents("carol", "dave", billing=""))

    because = "nobody serves the queue Billing any more"
    assert story.told(CallTurnedAway) == [CallTurnedAway(interaction=contact.id, leg=leg, because=because)]
    assert contact.is_over
    assert not story.floor.state().leaving
    assert QueueId("billing") not in story.floor.directory.queues


def test_a_customer_who_talks_when_the_queue_is_taken_out_with_its_agents_goes_back_to_the_dialplan_when_the_agent_is_lost() -> None:
    story = contact_centre(available="carol")
    contact = story.customer_calls(number="801")
    story.answers("carol")
    story.site_is_reloaded(without_agents("carol", "dave", billing=""))
    assert contact.is_in(Phase.CONNECTED)

    story.hangs_up("carol", EndCause.FAILED)

    assert contact.is_in(Phase.ENDED)
    assert [told.interaction for told in story.told(CallTurnedAway)] == [contact.id]


def test_a_customer_who_waits_in_a_queue_that_has_lost_all_its_agents_goes_back_to_the_dialplan() -> None:
    story = contact_centre(available="")
    contact = story.customer_calls(number="801")
    directory = without_agents("carol", "dave")
    billing = replace(directory.queues[QueueId("billing")], agents=())

    story.site_is_reloaded(replace(directory, queues={**directory.queues, billing.id: billing}))

    assert contact.is_in(Phase.ENDED)
    assert [told.interaction for told in story.told(CallTurnedAway)] == [contact.id]
    arrived = CustomerArrived(leg=LegId("leg-of-carl"), number="", name="carl", dialled="801", switch=THE_SWITCH)
    assert [told.because for told in story.take(arrived).notices if isinstance(told, CallTurnedAway)] == ["nobody serves the queue Billing"]


def test_a_call_keeps_the_policies_that_it_began_with() -> None:
    story = consulting()
    story.site_is_reloaded(site(Policy(end_consult=EndConsult.RETURN_TO_CUSTOMER)))

    story.presses("alice", "end-consult")

    assert story.contact.phase is Phase.ENDED
