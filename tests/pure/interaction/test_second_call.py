"""The telephone's own two calls: the customer on hold, and a second call to a colleague, is a consult from its first moment."""

import pytest

from controller.directory.policy import AfterConsult, EndConsult, OwnerHangUp, Policy
from controller.interaction.facts import EndCause
from controller.interaction.interaction import Phase
from controller.interaction.layout import Display, Room, layout
from controller.interaction.leg import Origin
from tests.pure.story import Story, connected

BACK = Policy(end_consult=EndConsult.RETURN_TO_CUSTOMER)


def consulting_by_second_call(policy: Policy | None = None) -> Story:
    """Alice has put Cora on hold at her telephone, dialled Bob, and he has answered."""
    story = dialled_bob(policy)
    story.answers("bob")
    return story


def dialled_bob(policy: Policy | None = None) -> Story:
    """Alice has put Cora on hold at her telephone, and dialled Bob, whose telephone rings."""
    story = connected(policy)
    story.call_is_held(story.leg_of("alice"))
    story.dials("alice", "bob", on="second")
    return story


def first_call(story: Story) -> str:
    owner = story.contact.now.owner
    assert owner is not None
    return owner.leg.id


def shown(story: Story) -> dict[str, Display | None]:
    return {str(place.leg): place.shows for place in layout(story.contact.now).places}


def rooms(story: Story) -> dict[str, Room]:
    return {str(place.leg): place.room for place in layout(story.contact.now).places}


def test_a_colleague_whom_the_owner_dials_is_consulted_and_the_customer_hears_music() -> None:
    story = dialled_bob()

    assert story.contact.is_in(Phase.CONSULT_OFFERED)
    assert story.contact.on_music == {"cora"}
    assert story.contact.ringing == {"bob"}


def test_the_owner_talks_by_the_second_call_and_the_first_one_is_in_nobodys_way() -> None:
    story = consulting_by_second_call()

    assert story.contact.is_in(Phase.CONSULTING)
    assert rooms(story)["second"] is Room.TALK
    assert rooms(story)[first_call(story)] is Room.HOLD
    assert rooms(story)[story.leg_of("bob")] is Room.TALK


def test_a_second_call_can_be_made_again_by_nobody_but_its_agent() -> None:
    story = consulting_by_second_call()

    (second,) = (place for place in layout(story.contact.now).places if place.leg == "second")

    assert second.origin is Origin.DIALLED
    assert second.endpoint is None


def test_each_of_the_two_calls_shows_with_whom_it_is() -> None:
    story = consulting_by_second_call()

    assert shown(story)["second"] == Display(name="Bob Durand", number="1002")
    assert shown(story)[first_call(story)] == Display(name="cora", number="+33123456789")


def test_taking_the_first_call_back_swaps_to_the_customer_and_the_second_one_swaps_back() -> None:
    story = consulting_by_second_call()
    first = first_call(story)

    story.call_is_held("second")
    story.call_is_taken_back(first)

    assert story.contact.is_in(Phase.CONSULT_HELD)
    assert rooms(story)[first] is Room.TALK
    assert rooms(story)["second"] is Room.HOLD
    assert story.contact.talking == {"alice", "cora"}
    assert shown(story)["second"] == Display(name="Bob Durand", number="1002")

    story.call_is_held(first)
    story.call_is_taken_back("second")

    assert story.contact.is_in(Phase.CONSULTING)
    assert story.contact.talking == {"alice", "bob"}


def test_the_customer_can_be_taken_back_while_the_colleague_still_rings() -> None:
    story = dialled_bob()

    story.call_is_held("second")
    story.call_is_taken_back(first_call(story))

    assert story.contact.is_in(Phase.CONSULT_HELD)
    assert story.contact.talking == {"alice", "cora"}


def test_a_refreshed_session_of_one_of_the_calls_is_no_key() -> None:
    story = consulting_by_second_call()

    story.call_is_taken_back("second")

    assert story.contact.is_in(Phase.CONSULTING)


def test_the_buttons_of_the_desktop_bring_the_customer_to_the_call_that_is_active() -> None:
    story = consulting_by_second_call()

    story.presses("alice", "swap")

    assert rooms(story)["second"] is Room.TALK
    assert story.contact.talking == {"alice", "cora"}


def test_whoever_has_swapped_by_desktop_talks_with_the_same_when_asterisk_was_away_and_says_again_which_call_is_on_hold() -> None:
    story = consulting_by_second_call()
    story.presses("alice", "swap")

    story.switch_is_lost()
    story.call_is_held(first_call(story))
    story.call_is_taken_back("second")
    story.switch_is_found()

    assert story.contact.talking == {"alice", "cora"}
    assert story.contact.on_music == {"bob"}


def test_whoever_has_swapped_by_hold_keys_while_asterisk_was_away_talks_with_the_other() -> None:
    story = consulting_by_second_call()

    story.switch_is_lost()
    story.call_is_taken_back(first_call(story))
    story.call_is_held("second")
    story.switch_is_found()

    assert story.contact.talking == {"alice", "cora"}


def test_whoever_has_swapped_by_desktop_talks_by_the_same_call_while_asterisk_says_that_the_other_was_taken_back() -> None:
    story = consulting_by_second_call()
    story.presses("alice", "swap")

    story.call_is_taken_back(first_call(story))

    assert rooms(story)["second"] is Room.TALK
    assert rooms(story)[first_call(story)] is Room.HOLD
    assert story.contact.talking == {"alice", "cora"}


def test_a_telephone_that_has_held_neither_call_talks_by_the_one_that_is_meant() -> None:
    story = connected()
    story.dials("alice", "bob", on="second")
    story.answers("bob")
    assert rooms(story)["second"] is Room.TALK

    story.presses("alice", "swap")

    assert rooms(story)[first_call(story)] is Room.TALK


def test_muting_mutes_both_calls() -> None:
    story = consulting_by_second_call()

    story.presses("alice", "mute")

    muted = {str(place.leg) for place in layout(story.contact.now).places if place.muted}
    assert muted == {"second", first_call(story)}


def test_putting_down_the_second_call_while_it_rings_cancels_the_consult() -> None:
    story = dialled_bob()
    first = first_call(story)

    story.call_ends("second")

    assert story.contact.is_in(Phase.HELD), "her telephone still has the first call on hold"
    story.call_is_taken_back(first)
    assert story.contact.talking == {"alice", "cora"}


def test_putting_down_the_second_call_ends_the_consult_as_the_site_wants_it() -> None:
    story = consulting_by_second_call(BACK)
    story.call_ends("second")
    assert story.contact.is_in(Phase.HELD)

    ended = consulting_by_second_call()
    ended.call_ends("second")
    assert ended.contact.is_in(Phase.ENDED)
    assert ended.contact.owes_wrap_up == {"alice"}


def test_a_second_call_that_is_lost_costs_nobody_the_consult() -> None:
    story = consulting_by_second_call()

    story.call_ends("second", EndCause.FAILED)

    assert story.contact.is_in(Phase.CONSULTING)
    assert rooms(story)[first_call(story)] is Room.TALK


def test_putting_down_the_call_that_is_on_hold_hangs_up_on_nobody() -> None:
    story = consulting_by_second_call()

    story.call_ends(first_call(story))

    assert story.contact.is_in(Phase.CONSULTING)
    assert story.contact.talking == {"alice", "bob"}
    assert story.contact.on_music == {"cora"}
    assert set(rooms(story)) == {"second", "leg-of-cora", story.leg_of("bob")}


def test_putting_down_the_call_with_the_customer_ends_the_interaction() -> None:
    story = consulting_by_second_call()
    story.call_is_held("second")
    story.call_is_taken_back(first_call(story))

    story.call_ends(first_call(story))

    assert story.contact.is_in(Phase.ENDED)


def test_an_owner_whose_first_call_is_lost_goes_on_by_the_second() -> None:
    story = consulting_by_second_call(Policy(owner_hang_up=OwnerHangUp.RING_BACK))
    story.call_is_held("second")
    story.call_is_taken_back(first_call(story))

    story.call_ends(first_call(story), EndCause.FAILED)

    assert story.contact.is_in(Phase.CONSULT_HELD)
    assert story.contact.owner == "alice"


def test_when_the_colleague_leaves_the_customer_comes_to_the_call_that_is_active() -> None:
    story = consulting_by_second_call()

    story.hangs_up("bob")

    assert story.contact.is_in(Phase.CONNECTED)
    assert story.contact.talking == {"alice", "cora"}
    assert set(rooms(story)) == {"second", "leg-of-cora"}, "her telephone's first call is let go"


def test_where_the_site_keeps_the_customer_on_hold_they_stay_there() -> None:
    story = consulting_by_second_call(Policy(after_consult=AfterConsult.KEEP_HELD))

    story.hangs_up("bob")

    assert story.contact.is_in(Phase.HELD)


def test_a_transfer_lets_both_calls_go_and_the_colleague_owns() -> None:
    story = consulting_by_second_call()

    story.presses("alice", "transfer")

    assert story.contact.owner == "bob"
    assert story.contact.owes_wrap_up == {"alice"}
    assert set(rooms(story)) == {"leg-of-cora", story.leg_of("bob")}


def test_a_conference_goes_on_by_the_call_that_is_active() -> None:
    story = consulting_by_second_call()

    story.presses("alice", "conference")

    assert story.contact.talking == {"alice", "bob", "cora"}
    assert rooms(story) == {"second": Room.TALK, "leg-of-cora": Room.TALK, story.leg_of("bob"): Room.TALK}


@pytest.mark.parametrize("whom", ["queue:billing", "+33199002001"])
def test_a_queue_and_a_number_outside_can_be_dialled_too(whom: str) -> None:
    story = connected()
    story.goes_available("carol")
    story.goes_idle("carol")

    story.dials("alice", whom, on="second")

    assert story.contact.is_in(Phase.CONSULT_OFFERED)


def test_the_customer_who_hangs_up_ends_both_calls() -> None:
    story = consulting_by_second_call()

    story.hangs_up("cora")

    assert rooms(story) == {}
    assert story.contact.owes_wrap_up == {"alice"}
