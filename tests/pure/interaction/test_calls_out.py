"""Rule 16: an agent calls somebody, their own telephone first. The called one is the customer, and the rules are the same."""

import pytest

from controller.directory.directory import Directory
from controller.directory.ids import AgentId, ColleagueId, CommandKey, OrganisationId, QueueId
from controller.directory.policy import OwnerHangUp, Policy
from controller.directory.replace import replace
from controller.directory.targets import ColleagueTarget
from controller.interaction.facts import EndCause, LegStuck, LegUnstuck
from controller.interaction.interaction import Phase
from controller.interaction.notices import AgentMissed, CallTurnedAway, OfferFailed, OfferMade, OfferWithdrawn
from controller.interaction.refusals import Refused
from controller.routing.commands import CallOut
from controller.routing.desk import DeskState
from tests.pure.interaction.situations import HIS_NUMBER, OUTSIDE, called, dialling
from tests.pure.story import Story, connected, contact_centre, site, target

CORA = "cora:+33199002002"
OWES = Policy(wrap_up_unanswered=True)


def own_phone_rings(policy: Policy | None = None, *, queue: str | None = "support") -> Story:
    """Alice wants to call Cora, and her own telephone rings."""
    story = contact_centre(policy)
    story.calls_out("alice", CORA, queue=queue)
    return story


def refuses_to_call(story: Story, who: str, whom: str, *, queue: str | None = None) -> str:
    """Call somebody, which must be refused, and say with which code."""
    with pytest.raises(Refused) as refused:
        story.calls_out(who, whom, queue=queue)
    story.because = refused.value.because
    return refused.value.code


# --- The own telephone -------------------------------------------------------------------------------------------------


def test_the_agents_own_telephone_rings_first_and_nobody_else() -> None:
    story = own_phone_rings()

    assert story.contact.is_in(Phase.DIALLING)
    assert story.contact.ringing == {"alice"}
    assert story.desk("alice") is DeskState.OFFERED
    assert story.contact.now.direction == "outbound"
    assert story.told(OfferMade) == [], "it is their own call, and nobody offers it to them"


def test_a_telephone_that_can_is_told_to_answer_by_itself() -> None:
    story = contact_centre(directory=site(answers_remotely="alice"))
    story.calls_out("alice", CORA)

    assert story.contact.party("alice").told_to_answer


@pytest.mark.parametrize("how", ["lets it ring", "reject key", "lost", "end", "supervisor"])
def test_an_agent_who_does_not_answer_their_own_telephone_has_called_nobody_and_owes_nothing(how: str) -> None:
    story = own_phone_rings(OWES)

    match how:
        case "lets it ring":
            story.seconds_pass(20)
        case "reject key":
            story.hangs_up("alice", EndCause.DECLINED)
        case "lost":
            story.hangs_up("alice", EndCause.FAILED)
        case "end":
            story.presses("alice", "end")
        case _:
            story.presses("sam", "end")

    assert story.contact.is_in(Phase.ENDED)
    assert story.contact.is_over
    assert story.desk("alice") is DeskState.AVAILABLE
    assert story.told(AgentMissed) == story.told(OfferFailed) == story.told(OfferWithdrawn) == []


# --- The number --------------------------------------------------------------------------------------------------------


def test_then_the_number_is_called_and_the_agent_hears_it_ring() -> None:
    story = dialling()

    assert story.contact.is_in(Phase.DIALLING)
    assert (story.contact.talking, story.contact.ringing, story.contact.on_music) == ({"alice"}, {"cora"}, set())
    assert story.desk("alice") is DeskState.ENGAGED


def test_whoever_answers_is_the_customer_and_the_agent_owns_the_call() -> None:
    story = called()

    assert story.contact.is_in(Phase.CONNECTED)
    assert story.contact.talking == {"cora", "alice"}
    assert story.contact.can("alice") == {"hold", "consult", "transfer", "end", "mute", "dtmf"}
    story.presses("alice", "end")
    assert story.contact.owes_wrap_up == {"alice"}


@pytest.mark.parametrize(
    ("cause", "news"),
    [
        (EndCause.BUSY, "cora is busy."),
        (EndCause.DECLINED, "cora declined."),
        (EndCause.NO_ANSWER, "cora did not answer."),
        (EndCause.UNREACHABLE, "cora: the number is not in service."),
        (EndCause.FAILED, "cora could not be called: the network has no free line, or failed. Try again in a moment."),
        (EndCause.TRUNK_SILENT, "cora could not be called: the trunk to outside does not answer."),
    ],
)
@pytest.mark.parametrize(("policy", "owes"), [(Policy(), set[str]()), (OWES, {"alice"})])
def test_nobody_who_is_not_reached_is_wrapped_up_unless_the_site_wants_that(
    cause: EndCause, news: str, policy: Policy, owes: set[str]
) -> None:
    story = dialling(policy)

    story.hangs_up("cora", cause)

    assert story.contact.is_in(Phase.ENDED)
    assert story.contact.now.news == news
    assert story.contact.owes_wrap_up == owes
    assert story.desk("alice") is (DeskState.WRAP_UP if owes else DeskState.AVAILABLE)


def test_a_number_that_rings_for_too_long_was_not_reached() -> None:
    story = dialling(Policy(call_out_seconds=45))
    story.seconds_pass(44)
    assert story.contact.is_in(Phase.DIALLING)

    story.seconds_pass(1)

    assert story.contact.is_in(Phase.ENDED)
    assert story.contact.now.news == "cora did not answer."


@pytest.mark.parametrize("how", ["button", "telephone", "lost", "supervisor"])
@pytest.mark.parametrize("policy", [Policy(), Policy(owner_hang_up=OwnerHangUp.RING_BACK)])
def test_an_agent_who_gives_up_stops_the_ringing_and_owes_nothing(how: str, policy: Policy) -> None:
    story = dialling(policy)

    match how:
        case "button":
            story.presses("alice", "end")
        case "telephone":
            story.hangs_up("alice")
        case "lost":
            story.hangs_up("alice", EndCause.FAILED)
        case _:
            story.presses("sam", "end")

    assert story.contact.is_in(Phase.ENDED)
    assert story.contact.is_over


def test_a_number_that_asterisk_could_not_ring_has_all_its_seconds_again_when_it_can() -> None:
    story = dialling(Policy(call_out_seconds=60))
    story.take(LegStuck(leg=story.leg_of("cora")))
    assert story.contact.now.news == "Asterisk can't ring the customer just now; trying again."
    story.seconds_pass(50)

    story.take(LegUnstuck(leg=story.leg_of("cora")))
    story.seconds_pass(59)

    assert story.contact.is_in(Phase.DIALLING)


def test_of_a_number_that_asterisk_could_not_ring_nobody_says_that_it_was_not_answered() -> None:
    story = dialling(Policy(call_out_seconds=60))
    story.take(LegStuck(leg=story.leg_of("cora")))

    story.seconds_pass(60)

    assert story.contact.is_in(Phase.ENDED)
    assert story.contact.now.news == "cora could not be called: the network has no free line, or failed. Try again in a moment."


def test_while_it_rings_an_agent_may_mute_and_give_up_and_nothing_else() -> None:
    story = dialling()

    assert story.contact.can("alice") == {"end", "mute"}
    for button in ("hold", "consult", "transfer"):
        assert story.refuses("alice", button) == "not-now"


# --- Afterwards it is a call as any other -----------------------------------------------------------------------------


def test_a_called_customer_who_loses_their_agent_goes_to_the_front_of_the_queue_for_which_they_were_called() -> None:
    story = called()

    story.hangs_up("alice", EndCause.FAILED)

    assert story.contact.now.first_in_line
    assert story.contact.ringing == {"bob"}
    assert story.contact.owes_wrap_up == {"alice"}


def test_a_called_customer_of_no_queue_who_loses_their_agent_is_given_back_to_them() -> None:
    story = own_phone_rings(queue=None)
    story.answers("alice")
    story.answers("cora")

    story.hangs_up("alice", EndCause.FAILED)

    assert story.contact.ringing == {"alice"}
    assert story.contact.on_music == {"cora"}


def test_a_called_customer_is_consulted_about_transferred_and_handed_out_as_any_other() -> None:
    story = called()
    story.presses("alice", "consult", to="bob")
    story.answers("bob")
    assert (story.contact.talking, story.contact.on_music) == ({"alice", "bob"}, {"cora"})
    story.presses("alice", "transfer")
    assert story.contact.talking == {"cora", "bob"}

    story.presses("bob", "transfer", to=HIS_NUMBER)
    story.answers("Gabriel")

    assert story.contact.is_in(Phase.HANDED_OUT)
    assert story.contact.owes_wrap_up == {"alice", "bob"}


@pytest.mark.parametrize(("queue", "music"), [("billing", "billing-music"), (None, "default")])
def test_the_policies_and_the_music_are_the_queues_or_the_sites(queue: str | None, music: str) -> None:
    story = own_phone_rings(Policy(call_out_seconds=33), queue=queue)

    assert story.contact.now.music == music
    assert story.contact.now.policy.call_out_seconds == 33
    assert story.contact.now.queue_name == (queue or "").title()


# --- Who may -----------------------------------------------------------------------------------------------------------


def forbidden(who: str) -> Directory:
    """The demo site, in which one agent may not call out."""
    directory = site()
    agent = replace(directory.agents[AgentId(who)], may_call_out=False)
    return replace(directory, agents={**directory.agents, agent.id: agent})


def test_an_agent_who_may_not_call_out_does_not_but_consults_and_transfers_to_outside() -> None:
    story = contact_centre(directory=forbidden("alice"))
    assert refuses_to_call(story, "alice", CORA) == "not-permitted"
    assert story.because == "You may not call out: ask your administrator."

    story.customer_calls("carl")
    story.answers("alice")
    story.presses("alice", "consult", to=HIS_NUMBER)
    story.answers("Gabriel")
    story.presses("alice", "transfer")

    assert story.contact.is_in(Phase.HANDED_OUT)


def test_an_emergency_number_is_called_by_whoever_still_owes_a_reason() -> None:
    story = connected()
    story.presses("alice", "end")
    assert refuses_to_call(story, "alice", CORA) == "not-now"

    story.calls_out("alice", "112")

    assert story.contacts["112"].ringing == {"alice"}


def test_an_emergency_number_is_called_by_whoever_may_not_call_out_as_well() -> None:
    story = contact_centre(directory=forbidden("alice"))

    contact = story.calls_out("alice", "112")

    assert contact.ringing == {"alice"}


@pytest.mark.parametrize("busy", ["logged off", "offered", "on a call", "wraps up"])
def test_an_agent_who_is_in_something_calls_nobody(busy: str) -> None:
    story = contact_centre(available="alice")
    if busy == "logged off":
        story.logs_off("alice")
    else:
        story.customer_calls("carl")
    if busy in ("on a call", "wraps up"):
        story.answers("alice")
    if busy == "wraps up":
        story.hangs_up("carl")

    assert refuses_to_call(story, "alice", CORA) == "not-now"
    assert story.because == "You can call out when you are logged in and on no call, and have no wrap-up to give."


def test_an_idle_agent_calls_out() -> None:
    story = contact_centre()
    story.goes_idle("alice")

    contact = story.calls_out("alice", CORA)

    assert contact.ringing == {"alice"}


@pytest.mark.parametrize("whom", ["bob", "queue:billing", "entry point:accounts"])
def test_a_call_out_goes_to_a_number_or_somebody_of_an_organisation(whom: str) -> None:
    story = contact_centre()

    assert refuses_to_call(story, "alice", whom) == "bad-target"
    assert refuses_to_call(story, "alice", CORA, queue="sales") == "bad-target"
    assert story.calls_out("alice", "colleague:Marie Durand").ringing == {"alice"}


@pytest.mark.parametrize("dial", ["+33*21#", "1,w", "1/x@y", "+", "12345678901234567890", ""])
def test_nothing_but_a_number_is_ever_dialled(dial: str) -> None:
    story = contact_centre()
    marie = ColleagueTarget(
        colleague=ColleagueId("marie.durand"), name="Marie Durand", dial=dial, shown=dial, organisation=OrganisationId("head-office")
    )

    with pytest.raises(Refused) as refused:
        story.take(CallOut(agent=AgentId("alice"), target=marie))

    assert (refused.value.code, refused.value.because) == ("bad-target", f"{dial!r} can't be dialled.")


def test_nobody_calls_out_while_asterisk_is_away() -> None:
    story = contact_centre()
    story.switch_is_lost()

    assert refuses_to_call(story, "alice", CORA) == "asterisk-unavailable"


def test_a_call_out_that_is_sent_twice_with_the_same_key_rings_once() -> None:
    story = contact_centre()
    command = CallOut(agent=AgentId("alice"), target=target(CORA), key=CommandKey("1234567890abcdef.1"))
    story.take(command)
    before = dict(story.floor.interactions)

    outcome = story.take(command)

    assert outcome.changes == ()
    assert story.floor.interactions == before


# --- A queue that nobody serves any more --------------------------------------------------------------------------------


def for_a_queue_without_agents() -> Story:
    """Alice has called Cora for Support, which has lost all its agents meanwhile."""
    story = contact_centre()
    story.calls_out("alice", CORA, queue="support")
    story.answers("alice")
    story.answers("cora")
    nobody = replace(story.floor.directory.queues[QueueId("support")], agents=())
    story.site_is_reloaded(replace(site(), queues={nobody.id: nobody}))
    return story


def test_whoever_called_out_for_a_queue_without_agents_and_is_lost_is_rung_again() -> None:
    story = for_a_queue_without_agents()

    story.hangs_up("alice", EndCause.FAILED)

    assert story.contact.is_in(Phase.OFFERED)
    assert story.contact.ringing == {"alice"}
    assert story.contact.on_music == {"cora"}
    assert story.told(OfferMade)[-1] == OfferMade(interaction=story.contact.id, agent=AgentId("alice"), consult=False)
    story.answers("alice")
    assert story.contact.talking == {"cora", "alice"}
    assert story.contact.owes_wrap_up == set()


def test_whom_nobody_of_ours_can_have_again_goes_back_to_the_dialplan() -> None:
    story = for_a_queue_without_agents()
    story.hangs_up("alice", EndCause.FAILED)

    story.hangs_up("alice", EndCause.BUSY)

    assert story.contact.phase is Phase.ENDED
    assert len(story.told(CallTurnedAway)) == 1


def test_whoever_is_lost_and_has_logged_off_is_not_rung_again() -> None:
    story = for_a_queue_without_agents()
    story.logs_off("alice")

    story.hangs_up("alice", EndCause.FAILED)

    assert story.contact.phase is Phase.ENDED
    assert len(story.told(CallTurnedAway)) == 1


def test_whoever_has_handed_a_customer_to_somebody_outside_who_is_lost_is_rung_again() -> None:
    story = for_a_queue_without_agents()
    story.presses("alice", "transfer", to=HIS_NUMBER)
    story.answers(OUTSIDE)

    story.hangs_up(OUTSIDE, EndCause.FAILED)

    assert story.contact.ringing == {"alice"}
