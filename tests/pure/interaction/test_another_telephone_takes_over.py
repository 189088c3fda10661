"""Another call takes the place of a leg (RFC 3891): whoever it was goes on by it, where they stand and with what they may do."""

import pytest

from controller.directory.ids import THE_SWITCH, InteractionId, LegId
from controller.interaction.facts import CustomerArrived, EndCause, LegEnded, LegReplaced, LegUnheld
from controller.interaction.interaction import Phase
from controller.interaction.layout import Place, layout
from controller.interaction.leg import Origin
from controller.interaction.notices import CallWasOver
from tests.pure.story import Story, conference, connected, consult_offered, consulting, contact_centre

NEW = LegId("1700000000.99")


def takes_over(story: Story, who: str) -> LegId:
    """Another call takes somebody's place, as the switch tells it; the leg that they had."""
    old = story.leg_of(who)
    story.take(LegReplaced(leg=old, by=NEW))
    story.take(LegUnheld(leg=NEW))
    return old


def place(story: Story, leg: LegId) -> Place | None:
    return next((place for place in layout(story.contact.now).places if place.leg == leg), None)


def test_a_customer_goes_on_by_the_new_call_and_the_old_one_is_let_go() -> None:
    story = connected()

    old = takes_over(story, "cora")

    assert story.leg_of("cora") == NEW
    assert place(story, old) is None
    assert story.contact.talking == {"cora", "alice"}
    new = place(story, NEW)
    assert new is not None
    assert (new.is_customer, new.origin, new.took_place) == (True, Origin.CAME, True)


def test_a_customer_on_hold_stays_there() -> None:
    story = consulting()

    takes_over(story, "cora")

    assert story.contact.phase is Phase.CONSULTING
    assert story.contact.on_music == {"cora"}


def test_a_customer_who_hangs_up_the_new_call_has_left_and_the_end_of_the_old_one_means_nothing() -> None:
    story = connected()
    old = takes_over(story, "cora")

    story.call_ends(old)
    assert story.contact.is_in(Phase.CONNECTED)

    story.hangs_up("cora")
    assert story.contact.is_in(Phase.ENDED)


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_everybody_of_a_conference_can_go_on_by_another_telephone(who: str) -> None:
    story = conference()

    takes_over(story, who)

    assert story.contact.phase is Phase.CONFERENCE
    assert story.contact.talking == {"cora", "alice", "bob"}
    new = place(story, NEW)
    assert new is not None
    assert (new.gives_codes, new.origin, new.endpoint) == (True, Origin.DIALLED, None)


def test_an_owner_who_has_pressed_their_hold_key_takes_the_customer_back_by_the_other_telephone() -> None:
    story = connected()
    story.presses_hold_key("alice")
    assert story.contact.is_in(Phase.HELD)

    takes_over(story, "alice")

    assert story.contact.is_in(Phase.CONNECTED)
    assert story.contact.talking == {"cora", "alice"}


def test_a_customer_whom_the_button_has_put_on_hold_stays_there_whichever_telephone_their_owner_takes() -> None:
    story = connected()
    story.presses("alice", "hold")

    takes_over(story, "alice")

    assert story.contact.phase is Phase.HELD


def test_whoever_is_muted_stays_so() -> None:
    story = connected()
    story.presses("alice", "mute")

    takes_over(story, "alice")

    new = place(story, NEW)
    assert new is not None
    assert new.muted


def test_an_offer_that_rings_is_picked_up_by_another_telephone_of_the_same_agent() -> None:
    story = contact_centre()
    story.customer_calls()

    takes_over(story, "alice")

    assert story.contact.phase is Phase.CONNECTED
    assert story.leg_of("alice") == NEW
    assert story.contact.talking == {"cora", "alice"}


def test_a_consult_that_rings_is_picked_up_so_too() -> None:
    story = consult_offered()

    takes_over(story, "bob")

    assert story.contact.phase is Phase.CONSULTING
    assert story.leg_of("bob") == NEW


def test_a_call_that_takes_the_place_of_one_that_is_over_is_over_too() -> None:
    story = connected()
    old = story.leg_of("cora")
    story.hangs_up("cora")

    outcome = story.take(LegReplaced(leg=old, by=NEW))

    assert [notice.leg for notice in outcome.notices if isinstance(notice, CallWasOver)] == [NEW]
    assert not outcome.leaves_a_trace


def test_it_is_kept_across_a_restart_that_nobody_has_brought_the_new_leg_where_it_stands() -> None:
    story = connected()
    takes_over(story, "cora")

    story.controller_is_started_again()

    new = place(story, NEW)
    assert new is not None
    assert new.took_place


def test_the_call_whose_place_was_taken_is_hung_up_by_the_next_process_and_is_no_new_customer() -> None:
    story = connected()
    old = takes_over(story, "cora")
    story.controller_is_started_again()

    # No layout names it, and Asterisk still has the number that it dialled.
    story.take(CustomerArrived(leg=old, number="+33123456789", name="cora", dialled="800", switch=THE_SWITCH))

    assert list(story.floor.interactions) == [story.contact.id]
    assert story.told(CallWasOver) == [CallWasOver(interaction=InteractionId(""), leg=old)]


def test_the_call_whose_place_was_taken_is_counted_among_the_customers_until_it_is_gone() -> None:
    story = connected()
    old = takes_over(story, "cora")
    assert story.floor.customers_there() == 2

    outcome = story.take(LegEnded(leg=old, cause=EndCause.HUNG_UP))

    assert story.floor.customers_there() == 1
    assert outcome.leaves_a_trace, "a replay must come to the same"
    assert not story.floor.state().leaving


def test_of_a_telephone_of_ours_whose_place_was_taken_nobody_waits_for_the_end() -> None:
    story = connected()

    takes_over(story, "alice")

    assert story.floor.customers_there() == 1
