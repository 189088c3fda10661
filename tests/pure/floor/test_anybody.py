"""Whoever is asked for by two at once, or leaves the site file while somebody waits for them."""

from dataclasses import replace

import pytest

from controller.directory.directory import Directory
from controller.directory.ids import THE_SWITCH, AgentId, LegId, QueueId
from controller.interaction.facts import CustomerArrived, EndCause
from controller.interaction.interaction import ConsultStage, Phase
from controller.interaction.notices import CallTurnedAway
from controller.routing.desk import DeskState
from tests.pure.interaction.situations import HIS_NUMBER, consult_of_a_queue
from tests.pure.story import Story, contact_centre, site

BILLING = QueueId("billing")


def two_calls() -> Story:
    """Alice talks with Cora, Bob with Carl; Carol is available."""
    story = contact_centre(available="alice bob carol")
    story.customer_calls("cora")
    story.answers("alice")
    story.customer_calls("carl")
    story.answers("bob")
    return story


def without(*gone: str, directory: Directory | None = None) -> Directory:
    """The demo site without these agents and without Billing."""
    whole = directory or site(billing="")
    return replace(whole, agents={name: agent for name, agent in whole.agents.items() if name not in gone})


# --- At once -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["consult", "transfer"])
def test_of_two_who_ask_for_the_same_agent_in_the_same_moment_one_is_refused_with_a_reason(how: str) -> None:
    story = two_calls()
    cora, carl = story.contacts["cora"], story.contacts["carl"]

    story.presses("alice", "consult", to="carol", of=cora)

    assert story.refuses("bob", how, to="carol", of=carl) == "target-unavailable"
    assert story.because == "Carol Petit is being called."
    assert carl.talking == {"carl", "bob"}, "nobody is put on hold for it"


def test_of_two_who_consult_the_same_queue_the_second_waits_for_the_next_one_who_is_free() -> None:
    story = two_calls()
    cora, carl = story.contacts["cora"], story.contacts["carl"]
    story.presses("alice", "consult", to="queue:billing", of=cora)
    story.presses("bob", "consult", to="queue:billing", of=carl)
    assert (cora.ringing, carl.ringing) == ({"carol"}, set())
    assert (story.floor.position_of(cora.id), story.floor.position_of(carl.id)) == (None, 1)

    story.goes_available("dave")

    assert carl.ringing == {"dave"}


def test_two_who_consult_one_anothers_queue_ring_nobody_and_are_told_so_at_last() -> None:
    """Each is on a call, and so not free for the other."""
    story = contact_centre()
    cora = story.customer_calls("cora")
    story.answers("alice")
    carl = story.customer_calls("carl")
    story.answers("bob")
    story.presses("alice", "consult", to="queue:support", of=cora)
    story.presses("bob", "consult", to="queue:support", of=carl)

    story.seconds_pass(300)

    for contact, who in ((cora, "alice"), (carl, "bob")):
        assert contact.talking == {contact.party(who).agent, "cora" if contact is cora else "carl"}
        assert contact.now.news == "Nobody in Support was free in time."


def test_an_agent_who_is_rung_for_a_consult_is_not_rung_for_a_customer_as_well() -> None:
    story = consult_of_a_queue()
    arrived = CustomerArrived(leg=LegId("leg-of-carl"), number="", name="carl", dialled="801", switch=THE_SWITCH)
    story.take(arrived)

    story.goes_available("carol")

    assert story.contact.ringing == {"carol"}
    assert len(story.floor.waiting_in(BILLING)) == 1


# --- Another site file -------------------------------------------------------------------------------------------------


def test_a_consult_that_waits_in_a_queue_that_goes_is_served_by_its_agents_all_the_same() -> None:
    story = consult_of_a_queue()
    story.site_is_reloaded(site(billing=""))
    assert BILLING in story.floor.directory.queues
    assert story.contact.now.consult is not None
    assert story.contact.now.consult.stage is ConsultStage.WAITING

    story.goes_available("carol")

    assert story.contact.ringing == {"carol"}


def test_nobody_else_consults_or_is_transferred_to_a_queue_that_goes() -> None:
    story = consult_of_a_queue()
    cora = story.contact
    story.customer_calls("carl")
    story.answers("bob")
    story.site_is_reloaded(site(billing=""))

    for button in ("consult", "transfer"):
        assert story.refuses("bob", button, to="queue:billing", of=story.contacts["carl"]) == "bad-target"
    assert cora.is_in(Phase.CONSULT_OFFERED)


@pytest.mark.parametrize("how", ["cancel", "served", "customer"])
def test_a_queue_that_goes_is_forgotten_when_the_consult_that_needs_it_is_over(how: str) -> None:
    story = consult_of_a_queue()
    story.site_is_reloaded(site(billing=""))

    match how:
        case "cancel":
            story.presses("alice", "cancel-consult")
        case "customer":
            story.hangs_up("cora")
        case _:
            story.goes_available("carol")
            story.answers("carol")
            assert BILLING in story.floor.directory.queues, "whoever is consulted came from it"
            story.presses("carol", "leave-consult")

    assert BILLING not in story.floor.directory.queues


def test_a_consult_that_waits_in_a_queue_that_goes_with_its_agents_is_over_at_once_and_the_customer_is_back() -> None:
    story = consult_of_a_queue()

    story.site_is_reloaded(without("carol", "dave"))

    assert story.contact.is_in(Phase.CONNECTED)
    assert story.contact.talking == {"cora", "alice"}
    assert story.contact.now.news == "Nobody in Billing was free in time."
    assert BILLING not in story.floor.directory.queues


def test_a_customer_who_was_transferred_to_a_queue_that_goes_with_its_agents_goes_back_to_the_dialplan() -> None:
    story = contact_centre()
    story.customer_calls()
    story.answers("alice")
    leg = story.leg_of("cora")
    story.presses("alice", "transfer", to="queue:billing")

    story.site_is_reloaded(without("carol", "dave"))

    assert story.contact.is_in(Phase.ENDED)
    assert [told.leg for told in story.told(CallTurnedAway) if isinstance(told, CallTurnedAway)] == [leg]
    assert story.contact.owes_wrap_up == {"alice"}


def test_an_agent_who_left_the_house_is_not_rung_back_when_their_transfer_comes_to_nothing() -> None:
    story = contact_centre()
    story.customer_calls()
    story.answers("alice")
    story.presses("alice", "transfer", to=HIS_NUMBER)
    story.presses("alice", "wrap-up")
    story.site_is_reloaded(without("alice", directory=site(support="bob")))
    story.goes_idle("bob")

    story.hangs_up("Gabriel", EndCause.BUSY)

    assert story.contact.is_in(Phase.QUEUED)
    assert story.contact.now.first_in_line
    assert AgentId("alice") not in story.floor.desks


def test_a_call_that_was_handed_out_outlives_the_site_file_that_it_began_with() -> None:
    story = contact_centre()
    story.customer_calls()
    story.answers("alice")
    story.presses("alice", "transfer", to=HIS_NUMBER)
    story.answers("Gabriel")
    story.presses("alice", "wrap-up")

    story.site_is_reloaded(without("alice", "bob", directory=site(support="carol")))
    assert story.contact.talking == {"cora", "Gabriel"}
    story.hangs_up("Gabriel", EndCause.FAILED)

    assert story.contact.is_in(Phase.QUEUED)
    assert story.desk("carol") is DeskState.LOGGED_OFF
