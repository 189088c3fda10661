"""Somebody dials one of our numbers."""

from controller.directory.ids import THE_SWITCH, EntryPointId, LegId, QueueId
from controller.floor.admission import interaction_id
from controller.floor.outcome import Outcome
from controller.interaction.facts import CustomerArrived
from controller.interaction.interaction import Phase
from controller.interaction.notices import CallTurnedAway
from tests.pure.story import contact_centre, everything


def arrival(leg: str = "leg-of-cora", dialled: str = "800") -> CustomerArrived:
    return CustomerArrived(leg=LegId(leg), number="+33123456789", name="cora", dialled=dialled, switch=THE_SWITCH)


def test_the_number_leads_to_an_entry_point_and_its_queue() -> None:
    story = contact_centre(available="")

    contact = story.customer_calls(number="801")

    assert contact.now.entry_point == EntryPointId("accounts")
    assert (contact.now.queue, contact.now.queue_name, contact.now.music) == (QueueId("billing"), "Billing", "billing-music")
    assert contact.is_in(Phase.QUEUED)
    assert contact.party("cora").number == "+33123456789"


def test_a_number_that_is_nobodys_is_turned_away() -> None:
    story = contact_centre()
    before = everything(story.floor)

    outcome = story.take(arrival(dialled="999"))

    (turned_away,) = outcome.notices
    assert isinstance(turned_away, CallTurnedAway)
    assert (turned_away.leg, turned_away.because) == ("leg-of-cora", "nobody answers at 999")
    assert everything(story.floor) == before


def test_an_arrival_that_is_told_twice_is_one_customer() -> None:
    story = contact_centre()
    story.take(arrival())
    before = everything(story.floor)

    assert story.take(arrival()) == Outcome()
    assert everything(story.floor) == before


def test_many_arrivals_in_one_second_are_told_apart() -> None:
    ids = {interaction_id(1_000_000.4, number) for number in range(1000)}

    assert len(ids) == 1000
    assert len({len(one) for one in ids}) == 1


def test_an_id_begins_with_the_second_so_that_later_ones_are_others() -> None:
    assert interaction_id(1_000_000.9, 1) != interaction_id(1_000_001.0, 1)
    assert interaction_id(0.0, 0) == "000"


def test_what_an_input_led_to_is_told_in_order() -> None:
    story = contact_centre()

    outcome = story.take(arrival())

    queued, offered = outcome.changes
    assert queued.before is None
    assert (queued.after.phase, offered.after.phase) == (Phase.QUEUED, Phase.OFFERED)
    assert offered.before is queued.after
    assert queued.cause == arrival()
    assert outcome.desks == ("alice",)
    assert outcome.queues == ("support",)


def test_a_customer_who_calls_again_is_another_interaction() -> None:
    story = contact_centre()
    first = story.customer_calls("cora")
    story.hangs_up("cora")

    again = story.customer_calls("cora", on="another-leg")

    assert again.id != first.id
    assert again.ringing == {"alice"}
