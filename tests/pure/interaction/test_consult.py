"""Agent 1 asks a colleague: it rings, is answered, declined, cancelled, or comes to nothing."""

from collections.abc import Callable

import pytest

from controller.directory.ids import AgentId
from controller.directory.policy import AfterConsult, EndConsult, Policy
from controller.interaction.facts import EndCause
from controller.interaction.interaction import Phase
from controller.interaction.notices import AgentMissed, OfferMade, OfferWithdrawn
from controller.interaction.parties import consult_asked_at
from controller.routing.desk import DeskState
from tests.pure.story import Story, connected, consult_held, consult_offered, consulting, contact_centre, site


def test_the_customer_hears_music_and_the_owner_hears_it_ring() -> None:
    story = consult_offered()

    assert story.contact.phase is Phase.CONSULT_OFFERED
    assert story.contact.on_music == {"cora"}
    assert story.contact.talking == {"alice"}
    assert story.contact.ringing == {"bob"}
    assert story.desk("bob") is DeskState.OFFERED
    assert consult_asked_at(story.contact.now) == story.now
    assert story.told(OfferMade)[-1] == OfferMade(interaction=story.contact.id, agent=AgentId("bob"), consult=True)


def test_the_agents_talk_and_the_customer_hears_music() -> None:
    story = consulting()

    assert story.contact.phase is Phase.CONSULTING
    assert story.contact.talking == {"alice", "bob"}
    assert story.contact.on_music == {"cora"}
    assert story.desk("bob") is DeskState.ENGAGED


@pytest.mark.parametrize("how", ["button", "telephone"])
def test_the_customer_comes_back_when_the_colleague_declines_and_nothing_is_held_against_the_colleague(how: str) -> None:
    story = consult_offered()

    if how == "button":
        story.presses("bob", "decline")
    else:
        story.hangs_up("bob", EndCause.DECLINED)

    assert story.contact.phase is Phase.CONNECTED
    assert story.contact.talking == {"cora", "alice"}
    assert story.contact.now.news == "Bob Durand declined."
    assert consult_asked_at(story.contact.now) is None
    assert story.desk("bob") is DeskState.AVAILABLE


@pytest.mark.parametrize(
    ("cause", "news", "desk"),
    [
        (EndCause.BUSY, "Bob Durand is busy.", DeskState.AVAILABLE),
        (EndCause.NO_ANSWER, "Bob Durand did not answer.", DeskState.NOT_ANSWERING),
        (EndCause.UNREACHABLE, "Bob Durand could not be reached.", DeskState.AVAILABLE),
        (
            EndCause.FAILED,
            "Bob Durand could not be rung: the network or Asterisk failed, not Bob Durand. Try again in a moment.",
            DeskState.AVAILABLE,
        ),
        (
            EndCause.FORWARDED,
            "Bob Durand's telephone forwards its calls, and forwarding is not followed.",
            DeskState.NOT_ANSWERING,
        ),
        (EndCause.NO_SOUND, "Bob Durand's telephone and Asterisk have no audio codec in common.", DeskState.NOT_ANSWERING),
        (EndCause.HUNG_UP, "Bob Durand could not be reached.", DeskState.AVAILABLE),
    ],
)
def test_the_customer_comes_back_when_the_colleague_cannot_be_rung(cause: EndCause, news: str, desk: DeskState) -> None:
    story = consult_offered()

    story.hangs_up("bob", cause)

    assert story.contact.phase is Phase.CONNECTED
    assert story.contact.talking == {"cora", "alice"}
    assert story.contact.now.news == news
    assert story.desk("bob") is desk


def test_the_customer_comes_back_when_the_colleague_lets_it_ring() -> None:
    story = consult_offered(Policy(consult_seconds=30))

    story.seconds_pass(30)

    assert story.contact.talking == {"cora", "alice"}
    assert story.contact.now.news == "Bob Durand did not answer."
    assert story.desk("bob") is DeskState.NOT_ANSWERING
    assert len(story.told(AgentMissed)) == len(story.told(OfferWithdrawn)) == 1


def test_the_owner_cancels_and_is_back_with_the_customer() -> None:
    story = consult_offered()

    story.presses("alice", "cancel-consult")

    assert story.contact.phase is Phase.CONNECTED
    assert story.contact.talking == {"cora", "alice"}
    assert story.contact.ringing == set()
    assert story.desk("bob") is DeskState.AVAILABLE
    (withdrawn,) = story.told(OfferWithdrawn)
    assert isinstance(withdrawn, OfferWithdrawn)
    assert withdrawn.because == "the consult was cancelled"


def test_a_consult_that_was_answered_is_not_cancelled_but_ended() -> None:
    story = consult_held()

    assert story.refuses("alice", "cancel-consult") == "not-now"
    assert story.because == "Bob Durand has answered: end the consult instead."


def test_a_consult_that_still_rings_is_not_ended_but_cancelled() -> None:
    story = consult_offered()
    story.presses("alice", "resume")

    assert story.refuses("alice", "end-consult") == "not-now"
    assert story.because == "Bob Durand has not answered yet."
    story.presses("alice", "cancel-consult")
    assert story.contact.phase is Phase.CONNECTED


def test_ending_the_consult_ends_the_interaction_and_only_the_owner_wraps_up() -> None:
    story = consulting()

    story.presses("alice", "end-consult")

    assert story.contact.phase is Phase.ENDED
    assert story.contact.talking == story.contact.on_music == set()
    assert story.contact.owes_wrap_up == {"alice"}
    assert story.desk("bob") is DeskState.AVAILABLE


@pytest.mark.parametrize("begin", [consulting, consult_held])
def test_ending_the_consult_drops_only_the_colleague_where_the_site_wants_that(begin: Callable[[Policy], Story]) -> None:
    story = begin(Policy(end_consult=EndConsult.RETURN_TO_CUSTOMER, after_consult=AfterConsult.KEEP_HELD))

    story.presses("alice", "end-consult")

    assert story.contact.phase is Phase.CONNECTED
    assert story.contact.talking == {"cora", "alice"}
    assert story.contact.owes_wrap_up == set()
    assert story.desk("bob") is DeskState.AVAILABLE


def test_hanging_up_the_telephone_ends_it_for_everybody_even_where_the_button_does_not() -> None:
    story = consulting(Policy(end_consult=EndConsult.RETURN_TO_CUSTOMER))

    story.hangs_up("alice")

    assert story.contact.phase is Phase.ENDED
    assert story.contact.owes_wrap_up == {"alice"}


@pytest.mark.parametrize("how", ["button", "telephone"])
def test_the_colleague_leaves_without_wrap_up_and_the_customer_comes_off_hold(how: str) -> None:
    story = consulting()

    if how == "button":
        story.presses("bob", "leave-consult")
    else:
        story.hangs_up("bob")

    assert story.contact.phase is Phase.CONNECTED
    assert story.contact.talking == {"cora", "alice"}
    assert story.contact.owes_wrap_up == set()
    assert story.contact.now.news == "Bob Durand has left."
    assert story.desk("bob") is DeskState.AVAILABLE


def test_the_colleague_who_is_parked_may_leave_and_the_customer_goes_on_talking() -> None:
    story = consult_held(Policy(after_consult=AfterConsult.KEEP_HELD))

    story.presses("bob", "leave-consult")

    assert story.contact.phase is Phase.CONNECTED
    assert story.contact.talking == {"cora", "alice"}


@pytest.mark.parametrize("how", ["leave-consult", "decline", "no answer"])
def test_the_customer_stays_on_music_after_a_consult_where_the_site_wants_that(how: str) -> None:
    story = consult_offered(Policy(after_consult=AfterConsult.KEEP_HELD))
    if how == "leave-consult":
        story.answers("bob")
        story.presses("bob", "leave-consult")
    elif how == "decline":
        story.presses("bob", "decline")
    else:
        story.seconds_pass(30)

    assert story.contact.phase is Phase.HELD
    assert story.contact.on_music == {"cora"}
    story.presses("alice", "resume")
    assert story.contact.talking == {"cora", "alice"}


def test_a_cancelled_consult_brings_the_customer_back_even_where_the_site_keeps_them_held() -> None:
    story = consult_offered(Policy(after_consult=AfterConsult.KEEP_HELD))

    story.presses("alice", "cancel-consult")

    assert story.contact.phase is Phase.CONNECTED


@pytest.mark.parametrize(
    ("prepare", "because"),
    [
        ("idle", "Bob Durand is idle."),
        ("logged off", "Bob Durand is not logged in."),
        ("offered", "Bob Durand is being called."),
        ("engaged", "Bob Durand is on a call."),
        ("wrap-up", "Bob Durand is wrapping up a call."),
        ("not answering", "Bob Durand is not answering the telephone."),
    ],
)
def test_a_colleague_who_is_not_available_cannot_be_consulted(prepare: str, because: str) -> None:
    story = connected()
    contact = story.contact
    match prepare:
        case "idle":
            story.goes_idle("bob")
        case "logged off":
            story.logs_off("bob")
        case _:
            story.customer_calls("carl")
            if prepare == "not answering":
                story.seconds_pass(20)
            elif prepare != "offered":
                story.answers("bob")
            if prepare == "wrap-up":
                story.hangs_up("carl")

    assert story.refuses("alice", "consult", of=contact, to="bob") == "target-unavailable"
    assert story.because == because


def test_nobody_consults_themselves() -> None:
    story = connected()

    assert story.refuses("alice", "consult", to="alice") == "bad-target"


def test_a_second_consult_is_refused_while_the_first_is_there() -> None:
    story = consult_held()

    assert story.refuses("alice", "consult", to="carol") == "not-now"
    assert story.because == "You are already consulting Bob Durand."


def test_one_consult_after_another() -> None:
    story = connected(available="alice bob carol")
    for colleague in ("bob", "carol", "bob"):
        story.presses("alice", "consult", to=colleague)
        story.answers(colleague)
        assert story.contact.agent_2 == colleague
        story.presses(colleague, "leave-consult")
        assert story.contact.agent_2 is None


def test_the_colleague_accepts_on_the_desktop() -> None:
    story = contact_centre(directory=site(answers_remotely="bob"))
    story.customer_calls()
    story.answers("alice")
    story.presses("alice", "consult", to="bob")

    story.presses("bob", "accept")
    assert story.contact.party("bob").told_to_answer
    story.answers("bob")

    assert story.contact.talking == {"alice", "bob"}


def test_the_switch_may_say_twice_that_the_colleague_answered() -> None:
    story = consulting()
    before = story.contact.now

    story.answers("bob")

    assert story.contact.now is before
