"""The transfer key of a telephone: the desktop's transfer, blind and attended, under the same rules and with the same refusals."""

import pytest

from controller.directory.ids import LegId
from controller.directory.policy import Policy, TransferAcceptance
from controller.interaction.facts import AttendedTransferAsked, BlindTransferAsked, EndCause
from controller.interaction.interaction import OfferWhy, Phase
from controller.interaction.notices import TransferAnswered
from tests.pure.interaction.test_second_call import consulting_by_second_call, dialled_bob, first_call
from tests.pure.story import Story, conference, connected, consulting, target


def blind(story: Story, who: str, whom: str) -> str | None:
    """Somebody presses the transfer key and dials; gives why it is not done."""
    means = None if whom.startswith("?") else target(whom)
    story.take(BlindTransferAsked(leg=story.leg_of(who), dialled=whom, target=means, because=whom.removeprefix("?")))
    return said(story)


def joins(story: Story, leg: str, other: str) -> str | None:
    """Somebody presses the transfer key so that two calls are joined; gives why it is not done."""
    story.take(AttendedTransferAsked(leg=LegId(leg), other=LegId(other)))
    return said(story)


def said(story: Story) -> str | None:
    told = story.told(TransferAnswered)[-1]
    assert isinstance(told, TransferAnswered)
    return told.because


def test_the_transfer_key_with_a_number_is_a_blind_transfer() -> None:
    story = connected()

    assert blind(story, "alice", "bob") is None

    assert story.contact.is_in(Phase.TRANSFERRING)
    assert story.contact.ringing == {"bob"}
    assert story.contact.owes_wrap_up == {"alice"}


def test_a_blind_transfer_to_who_is_busy_is_refused_in_the_desktops_words_and_nothing_moves() -> None:
    story = connected()
    story.goes_idle("bob")

    assert blind(story, "alice", "bob") == "Bob Durand is idle."

    assert story.contact.talking == {"alice", "cora"}
    assert story.contact.now.news == "Bob Durand is idle.", "the owner reads it on the desktop"


def test_digits_that_are_nobodys_are_refused_with_why() -> None:
    assert blind(connected(), "alice", "?The number is too short.") == "The number is too short."


@pytest.mark.parametrize("who", ["bob", "cora"])
def test_nobody_but_the_owner_transfers(who: str) -> None:
    story = consulting()
    story.goes_available("carol")

    assert blind(story, who, "carol") is not None
    assert story.contact.is_in(Phase.CONSULTING)
    assert story.contact.now.news == "", "it is not the owner's mistake"


def test_a_member_of_a_conference_transfers_nobody() -> None:
    story = conference()
    story.goes_available("carol")

    assert blind(story, "bob", "carol") == "Only the agent who owns the interaction may do this."


def test_a_transfer_by_a_leg_that_is_nobodys_is_answered_all_the_same() -> None:
    story = connected()

    assert joins(story, "unknown", "unknown too") == "Only our agents' telephones transfer calls."


def test_joining_the_two_calls_transfers_the_customer_to_the_colleague() -> None:
    story = consulting_by_second_call()

    assert joins(story, "second", first_call(story)) is None

    assert story.contact.owner == "bob"
    assert story.contact.talking == {"bob", "cora"}
    assert story.contact.owes_wrap_up == {"alice"}


def test_whichever_call_asks_for_it_joining_is_the_same_and_the_site_may_have_the_colleague_asked() -> None:
    story = consulting_by_second_call(Policy(transfer_acceptance=TransferAcceptance.ASK))

    assert joins(story, first_call(story), "second") is None

    assert story.contact.is_in(Phase.TRANSFER_ASKED)


def test_the_two_calls_are_not_joined_before_the_colleague_has_answered() -> None:
    story = dialled_bob()

    assert joins(story, "second", first_call(story)) == "Bob Durand has not answered yet."
    assert story.contact.is_in(Phase.CONSULT_OFFERED)


@pytest.mark.parametrize("other", ["leg-of-cora", "somebody else's"])
def test_a_telephone_that_names_a_call_which_is_not_its_own_is_refused(other: str) -> None:
    story = consulting_by_second_call()

    assert joins(story, "second", other) == "Your telephone named a call that is not yours."
    assert story.contact.is_in(Phase.CONSULTING)


def test_asterisk_says_at_a_transfer_that_the_held_call_was_taken_back_and_nobody_is_moved_for_it() -> None:
    story = consulting_by_second_call()

    story.call_is_taken_back(first_call(story))

    assert story.contact.is_in(Phase.CONSULTING)
    assert story.contact.talking == {"alice", "bob"}
    assert story.contact.on_music == {"cora"}


def test_a_telephone_that_takes_the_one_back_before_it_holds_the_other_swaps_then() -> None:
    story = consulting_by_second_call()

    story.call_is_taken_back(first_call(story))
    story.call_is_held("second")

    assert story.contact.talking == {"alice", "cora"}


def test_a_telephone_that_hangs_up_because_its_transfer_was_refused_is_rung_back() -> None:
    story = connected()
    story.goes_idle("bob")
    blind(story, "alice", "bob")

    story.now += 0.5
    story.hangs_up("alice")

    offer = story.contact.now.offer
    assert offer is not None
    assert offer.why is OfferWhy.RING_BACK
    assert story.contact.ringing == {"alice"}
    assert story.contact.on_music == {"cora"}


def test_an_agent_who_hangs_up_a_while_after_a_refusal_has_hung_up() -> None:
    story = connected()
    story.goes_idle("bob")
    blind(story, "alice", "bob")

    story.now += 1.5
    story.hangs_up("alice")

    assert story.contact.is_in(Phase.ENDED)


def test_a_second_call_that_goes_because_joining_was_refused_costs_nobody_the_consult() -> None:
    story = consulting_by_second_call()
    joins(story, first_call(story), "leg-of-cora")

    story.call_ends("second")

    assert story.contact.is_in(Phase.CONSULTING)
    assert story.contact.owner == "alice"


def test_of_a_second_call_that_asked_itself_the_same_holds() -> None:
    story = consulting_by_second_call()
    joins(story, "second", "leg-of-cora")

    story.call_ends("second")

    assert story.contact.is_in(Phase.CONSULTING)


@pytest.mark.parametrize("asks", ["the first", "the second"])
@pytest.mark.parametrize("goes_first", ["the first", "the second"])
@pytest.mark.parametrize("cause", [EndCause.HUNG_UP, EndCause.FAILED])
def test_a_telephone_both_of_whose_calls_go_because_joining_was_refused_is_rung_back(asks: str, goes_first: str, cause: EndCause) -> None:
    """Asterisk ends the call that was named, and the telephone the one that asked, whichever is the customer's."""
    story = dialled_bob()
    calls = {"the first": first_call(story), "the second": "second"}
    asking, named = calls.pop(asks), *calls.values()
    joins(story, asking, named)

    story.now += 0.3
    gone, goes_too = (asking, named) if asks == goes_first else (named, asking)
    story.call_ends(gone, cause)
    story.call_ends(goes_too)

    offer = story.contact.now.offer
    assert offer is not None
    assert offer.why is OfferWhy.RING_BACK
    assert story.contact.on_music == {"cora"}


def test_a_telephone_that_was_refused_and_is_lost_is_lost() -> None:
    story = connected()
    story.goes_idle("bob")
    blind(story, "alice", "bob")

    story.hangs_up("alice", EndCause.FAILED)

    offer = story.contact.now.offer
    assert offer is None or offer.why is not OfferWhy.RING_BACK


def test_an_owner_reads_why_what_they_dialled_is_not_done() -> None:
    story = connected()
    story.goes_idle("bob")

    story.dials("alice", "bob")

    assert story.contact.now.news == "Bob Durand is idle."
