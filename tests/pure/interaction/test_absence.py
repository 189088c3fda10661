"""A page goes in the middle of a call without a goodbye: it comes back, it is loaded anew, or it is gone for good."""

from dataclasses import replace

import pytest

from controller.directory.directory import Directory
from controller.directory.ids import AgentId, LegId
from controller.directory.policy import Policy
from controller.interaction.facts import EndCause, LegAnswered, LegAway, LegBack, LegEnded, TelephonesSeen
from controller.interaction.interaction import Phase
from controller.interaction.layout import RUNG_AGAIN_SECONDS_MAX, Place, layout
from controller.interaction.notices import OfferFailed, OfferMade
from controller.interaction.refusals import Refused
from controller.routing.commands import ReconnectTelephone
from controller.routing.desk import DeskState
from tests.pure.story import Story, contact_centre, site

ALICE = AgentId("alice")


def browsers(policy: Policy | None = None) -> Directory:
    directory = site(policy)
    return replace(directory, agents={name: replace(agent, browser=f"{agent.phone}-web") for name, agent in directory.agents.items()})


def story_of_pages(policy: Policy | None = None) -> Story:
    """Alice and Bob have their telephones in their browsers; a customer is offered to Alice."""
    story = contact_centre(directory=browsers(policy))
    story.take(TelephonesSeen(there=("1001-web", "1002-web")))
    story.customer_calls()
    return story


def connected(policy: Policy | None = None) -> Story:
    story = story_of_pages(policy)
    story.answers("alice")
    return story


def goes_away(story: Story, who: str) -> None:
    story.take(LegAway(leg=story.leg_of(who)))


def comes_back(story: Story, who: str) -> None:
    story.take(LegBack(leg=story.leg_of(who)))


def reconnects(story: Story, who: str) -> LegId:
    """The page is loaded anew; the leg that it had."""
    before = story.leg_of(who)
    story.take(ReconnectTelephone(agent=AgentId(who)))
    return before


def place_of(story: Story, who: str) -> Place:
    return next(place for place in layout(story.contact.now).places if place.leg == story.leg_of(who))


# --- The connection breaks ---------------------------------------------------------------------------------------------


def test_a_customer_whose_agents_page_is_gone_hears_music_and_the_call_goes_on() -> None:
    story = connected()

    goes_away(story, "alice")

    assert story.contact.phase is Phase.CONNECTED
    assert story.contact.on_music == {"cora"}
    assert story.contact.talking == {"alice"}
    assert story.desk("alice") is DeskState.ENGAGED


def test_a_page_that_comes_back_has_its_customer_back() -> None:
    story = connected()
    goes_away(story, "alice")

    comes_back(story, "alice")

    assert story.contact.talking == {"cora", "alice"}


def test_a_customer_on_hold_stays_there_when_the_page_comes_back() -> None:
    story = connected()
    story.presses("alice", "hold")
    goes_away(story, "alice")

    comes_back(story, "alice")

    assert story.contact.phase is Phase.HELD
    assert story.contact.on_music == {"cora"}


def test_in_a_conference_the_customer_stays_with_whoever_is_left() -> None:
    story = connected()
    story.presses("alice", "consult", to="bob")
    story.answers("bob")
    story.presses("alice", "conference")

    goes_away(story, "bob")

    assert story.contact.talking == {"cora", "alice", "bob"}


def test_what_is_told_twice_changes_nothing() -> None:
    story = connected()
    goes_away(story, "alice")
    revision = story.contact.now.revision

    assert not story.take(LegAway(leg=story.leg_of("alice"))).leaves_a_trace
    assert story.contact.now.revision == revision


def test_a_page_that_only_rings_is_not_away_from_anything() -> None:
    story = story_of_pages()

    goes_away(story, "alice")

    assert not story.contact.now.offer or not story.contact.now.offer.leg.is_away
    assert story.contact.ringing == {"alice"}


def test_a_leg_that_was_let_go_is_away_from_nothing() -> None:
    story = connected()

    assert not story.take(LegAway(leg=LegId("ix-of-nobody"))).leaves_a_trace


@pytest.mark.parametrize("cause", [EndCause.FAILED, EndCause.HUNG_UP, EndCause.NO_ANSWER])
def test_a_page_that_is_gone_for_good_has_not_hung_up_whatever_asterisk_calls_it(cause: EndCause) -> None:
    story = connected()
    goes_away(story, "alice")

    story.hangs_up("alice", cause)

    assert story.contact.ringing == {"bob"}, "the customer is served first"
    assert story.told(OfferFailed) == [OfferFailed(interaction=story.contact.id, agent=ALICE, because="telephone lost")]
    assert story.desk("alice") is DeskState.WRAP_UP


def test_the_customer_may_hang_up_while_the_page_is_away() -> None:
    story = connected()
    goes_away(story, "alice")

    story.hangs_up("cora")

    assert story.contact.phase is Phase.ENDED


# --- The page is loaded anew -------------------------------------------------------------------------------------------


def test_a_page_that_is_loaded_anew_is_rung_anew_and_told_to_answer_while_the_customer_hears_music() -> None:
    story = connected()

    before = reconnects(story, "alice")

    place = place_of(story, "alice")
    assert place.leg != before
    assert before not in {place.leg for place in layout(story.contact.now).places}, "the old leg is let go"
    assert place.endpoint is not None
    assert (place.endpoint.address, place.told_to_answer, place.ring_seconds_max) == ("1001-web", True, RUNG_AGAIN_SECONDS_MAX)
    assert story.contact.on_music == {"cora"}
    assert story.contact.phase is Phase.CONNECTED


def test_when_it_has_answered_everything_is_as_it_was() -> None:
    story = connected()
    before = reconnects(story, "alice")
    story.take(LegEnded(leg=before, cause=EndCause.HUNG_UP))

    story.answers("alice")

    assert story.contact.talking == {"cora", "alice"}
    assert place_of(story, "alice").endpoint is None, "it can't be made any more"
    assert story.told(OfferMade) == [OfferMade(interaction=story.contact.id, agent=ALICE, consult=False)], "nobody is offered anything"


def test_the_end_of_the_leg_that_was_is_nobodys_decision() -> None:
    story = connected()
    before = reconnects(story, "alice")

    story.take(LegEnded(leg=before, cause=EndCause.HUNG_UP))

    assert story.contact.phase is Phase.CONNECTED
    assert story.contact.owner == "alice"


@pytest.mark.parametrize("cause", [EndCause.NO_ANSWER, EndCause.BUSY, EndCause.UNREACHABLE, EndCause.DECLINED])
def test_a_page_that_does_not_answer_anew_has_lost_its_customer_to_the_next_agent(cause: EndCause) -> None:
    story = connected()
    reconnects(story, "alice")

    story.hangs_up("alice", cause)

    assert story.contact.ringing == {"bob"}
    assert story.told(OfferFailed) == [OfferFailed(interaction=story.contact.id, agent=ALICE, because="telephone lost")]


def test_a_page_that_rang_rings_anew_and_answers_only_when_somebody_does() -> None:
    story = story_of_pages()
    deadline = story.floor.next_deadline_at()

    before = reconnects(story, "alice")

    assert place_of(story, "alice").leg != before
    assert not place_of(story, "alice").told_to_answer
    assert story.contact.ringing == {"alice"}
    assert story.floor.next_deadline_at() == deadline
    story.answers("alice")
    assert story.contact.talking == {"cora", "alice"}


def test_a_page_that_was_to_answer_by_itself_is_told_so_anew() -> None:
    story = story_of_pages()
    story.presses("alice", "accept")

    reconnects(story, "alice")

    assert place_of(story, "alice").told_to_answer
    assert story.contact.ringing == {"alice"}


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_in_a_consult_either_page_may_be_loaded_anew(who: str) -> None:
    story = connected()
    story.presses("alice", "consult", to="bob")
    story.answers("bob")

    reconnects(story, who)
    story.answers(who)

    assert story.contact.phase is Phase.CONSULTING
    assert story.contact.talking == {"alice", "bob"}
    assert story.contact.on_music == {"cora"}


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_in_a_conference_too(who: str) -> None:
    story = connected()
    story.presses("alice", "consult", to="bob")
    story.answers("bob")
    story.presses("alice", "conference")

    reconnects(story, who)
    assert "cora" in story.contact.talking, "the other one is still there"
    story.answers(who)

    assert story.contact.phase is Phase.CONFERENCE
    assert story.contact.talking == {"cora", "alice", "bob"}


def test_who_is_asked_to_take_the_customer_may_load_the_page_anew() -> None:
    story = connected(Policy(transfer_acceptance="ask"))  # type: ignore[arg-type]  # as the site file writes it
    story.presses("alice", "consult", to="bob")
    story.answers("bob")
    story.presses("alice", "transfer")

    reconnects(story, "bob")
    story.answers("bob")
    story.presses("bob", "accept-transfer")

    assert story.contact.owner == "bob"
    assert story.contact.talking == {"cora", "bob"}


def test_a_microphone_that_was_closed_is_closed_again() -> None:
    story = connected()
    story.presses("alice", "mute")

    reconnects(story, "alice")

    assert place_of(story, "alice").muted


def test_a_page_may_be_loaded_anew_twice_in_a_row() -> None:
    story = connected()
    first = reconnects(story, "alice")
    second = reconnects(story, "alice")

    assert len({first, second, story.leg_of("alice")}) == 3
    story.answers("alice")
    assert story.contact.talking == {"cora", "alice"}


def test_an_answer_that_is_told_twice_is_no_second_one() -> None:
    story = connected()
    reconnects(story, "alice")
    story.answers("alice")

    assert not story.take(LegAnswered(leg=story.leg_of("alice"))).leaves_a_trace


def test_who_is_in_no_call_has_nothing_to_be_put_back_into() -> None:
    story = contact_centre(directory=browsers())

    with pytest.raises(Refused) as refused:
        reconnects_nobody(story)

    assert refused.value.code == "not-now"
    assert refused.value.because == "You are in no call on the telephone in your browser."


def test_a_call_on_the_desk_telephone_is_left_alone() -> None:
    story = contact_centre(directory=browsers())
    story.customer_calls()
    story.answers("alice")
    assert story.contact.now.owner is not None

    with pytest.raises(Refused) as refused:
        reconnects_nobody(story)

    assert refused.value.code == "not-now"


def test_while_asterisk_is_away_nothing_can_be_rung() -> None:
    story = connected()
    story.switch_is_lost()

    with pytest.raises(Refused) as refused:
        reconnects_nobody(story)

    assert refused.value.code == "asterisk-unavailable"


def reconnects_nobody(story: Story) -> None:
    story.take(ReconnectTelephone(agent=ALICE))


def test_a_controller_that_starts_again_knows_who_is_rung_anew() -> None:
    story = connected()
    reconnects(story, "alice")

    story.controller_is_started_again()
    story.answers("alice")

    assert story.contact.talking == {"cora", "alice"}
