"""Rule 15: Agent 1 consults a queue. The request stands in its line until one of its agents is free; Agent 1 is never the answer."""

from collections.abc import Callable

import pytest

from controller.directory.directory import Directory
from controller.directory.ids import QueueId
from controller.directory.policy import AfterConsult, ConsultPriority, EndConsult, OwnerHangUp, Policy
from controller.directory.replace import replace
from controller.interaction.facts import EndCause
from controller.interaction.interaction import ConsultStage, Phase
from controller.interaction.notices import AgentDeclined, AgentMissed, OfferMade, OfferWithdrawn
from controller.routing.desk import DeskState
from tests.pure.interaction.situations import consult_of_a_queue
from tests.pure.story import Story, connected, contact_centre, site


def stage(story: Story) -> ConsultStage | None:
    consult = story.contacts["cora"].now.consult
    return consult.stage if consult is not None else None


def rung(policy: Policy | None = None) -> Story:
    """Carol, of Billing, is rung for Alice, who talks with Cora of Support."""
    story = connected(policy, available="alice bob carol")
    story.presses("alice", "consult", to="queue:billing")
    return story


def billing_of(policy: Policy) -> Directory:
    """The demo site, in which Billing has policies of its own."""
    directory = site()
    billing = replace(directory.queues[QueueId("billing")], policy=policy)
    return replace(directory, queues={**directory.queues, billing.id: billing})


# --- Who is rung -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", ["queue:billing", "entry point:accounts"])
def test_the_agent_of_the_queue_who_has_been_available_longest_is_rung(to: str) -> None:
    story = connected(available="alice bob dave carol")

    story.presses("alice", "consult", to=to)

    assert story.contact.ringing == {"dave"}
    assert (story.contact.talking, story.contact.on_music) == ({"alice"}, {"cora"})
    assert story.desk("dave") is DeskState.OFFERED
    last = story.told(OfferMade)[-1]
    assert isinstance(last, OfferMade)
    assert (last.agent, last.consult) == ("dave", True)
    story.answers("dave")
    assert story.contact.talking == {"alice", "dave"}
    assert story.contact.is_in(Phase.CONSULTING)


def test_while_nobody_is_free_the_owner_waits_with_music_and_is_told_where_in_the_line() -> None:
    story = connected()
    story.goes_available("carol")
    story.goes_idle("carol")
    story.customer_calls("carl", number="801")
    story.now += 1

    story.presses("alice", "consult", to="queue:billing", of=story.contacts["cora"])

    cora = story.contacts["cora"]
    assert stage(story) is ConsultStage.WAITING
    assert cora.is_in(Phase.CONSULT_OFFERED)
    assert cora.on_music == {"cora", "alice"}
    assert story.floor.position_of(cora.id) == 2
    story.hangs_up("carl")
    assert story.floor.position_of(cora.id) == 1
    assert cora.now.consult is not None
    assert cora.now.consult.name == "Billing"


def test_the_first_who_becomes_free_is_rung_and_the_owner_hears_it() -> None:
    story = consult_of_a_queue()
    assert story.contact.on_music == {"cora", "alice"}

    story.goes_available("carol")

    assert stage(story) is ConsultStage.RINGING
    assert story.contact.talking == {"alice"}
    assert story.contact.ringing == {"carol"}


def test_who_asks_is_never_the_answer() -> None:
    story = connected()
    story.customer_calls("carl")
    story.answers("bob")
    cora = story.contacts["cora"]
    story.presses("alice", "consult", to="queue:support", of=cora)
    assert stage(story) is ConsultStage.WAITING

    story.presses("bob", "end", of=story.contacts["carl"])
    story.presses("bob", "wrap-up", of=story.contacts["carl"])

    assert cora.ringing == {"bob"}


@pytest.mark.parametrize(
    ("directory", "available", "because"),
    [
        (site(support="alice"), "alice", "Nobody but you serves Support."),
        (site(), "alice", "Nobody else who serves Support is logged in."),
    ],
)
def test_a_queue_of_which_nobody_could_ever_answer_is_not_consulted(directory: Directory, available: str, because: str) -> None:
    story = contact_centre(directory=directory, available=available)
    story.customer_calls()
    story.answers("alice")

    assert story.refuses("alice", "consult", to="queue:support") == "target-unavailable"
    assert story.because == because
    assert story.contact.talking == {"cora", "alice"}


def test_a_queue_that_is_not_there_is_not_consulted() -> None:
    story = connected()

    assert story.refuses("alice", "consult", to="queue:sales") == "bad-target"


# --- Who does not answer -----------------------------------------------------------------------------------------------


def test_whose_telephone_has_just_gone_is_not_charged_and_the_next_one_is_rung() -> None:
    story = connected(available="alice bob carol dave")
    story.presses("alice", "consult", to="queue:billing")

    story.hangs_up("carol", EndCause.UNREACHABLE)

    assert story.contact.ringing == {"dave"}
    assert story.desk("carol") is DeskState.AVAILABLE
    assert story.told(AgentMissed) == []


def test_who_does_not_answer_is_not_answering_and_the_next_one_is_rung() -> None:
    story = connected(available="alice bob carol dave")
    story.presses("alice", "consult", to="queue:billing")
    assert story.contact.ringing == {"carol"}

    story.seconds_pass(30)

    assert story.contact.ringing == {"dave"}
    assert story.desk("carol") is DeskState.NOT_ANSWERING
    assert [told.agent for told in story.told(AgentMissed) if isinstance(told, AgentMissed)] == ["carol"]


@pytest.mark.parametrize("how", ["button", "reject key", "busy"])
def test_who_will_not_is_not_rung_again_for_it_and_nothing_is_held_against_them(how: str) -> None:
    story = rung()

    match how:
        case "button":
            story.presses("carol", "decline")
        case _:
            story.hangs_up("carol", EndCause.DECLINED if how == "reject key" else EndCause.BUSY)

    assert stage(story) is ConsultStage.WAITING
    assert story.desk("carol") is DeskState.AVAILABLE
    assert story.told(AgentDeclined) == []
    story.goes_available("dave")
    assert story.contact.ringing == {"dave"}


def test_who_could_not_be_rung_by_no_fault_of_theirs_is_rung_again_a_moment_later() -> None:
    story = rung()

    story.hangs_up("carol", EndCause.FAILED)
    assert stage(story) is ConsultStage.WAITING
    assert story.desk("carol") is DeskState.AVAILABLE
    story.seconds_pass(3)

    assert story.contact.ringing == {"carol"}


def test_who_answered_and_has_left_ends_the_consult_and_nobody_else_is_rung() -> None:
    story = connected(available="alice bob carol dave")
    story.presses("alice", "consult", to="queue:billing")
    story.answers("carol")

    story.presses("carol", "leave-consult")

    assert story.contact.is_in(Phase.CONNECTED)
    assert story.contact.ringing == set()
    assert story.desk("dave") is DeskState.AVAILABLE


# --- Meanwhile ---------------------------------------------------------------------------------------------------------


def test_the_owner_resumes_the_customer_and_the_request_goes_on_waiting() -> None:
    story = consult_of_a_queue()

    story.presses("alice", "resume")
    assert story.contact.talking == {"cora", "alice"}
    assert story.contact.is_in(Phase.CONSULT_HELD)
    story.goes_available("carol")
    assert story.contact.ringing == {"carol"}
    story.answers("carol")

    assert story.contact.talking == {"cora", "alice"}
    assert story.contact.on_music == {"carol"}
    assert story.contact.now.news == "Carol Petit has answered and waits for you."
    story.presses("alice", "swap")
    assert story.contact.talking == {"alice", "carol"}


def test_the_owner_goes_back_to_waiting() -> None:
    story = consult_of_a_queue()
    story.presses("alice", "resume")

    story.presses("alice", "swap")

    assert story.contact.on_music == {"cora", "alice"}


@pytest.mark.parametrize("meanwhile", ["waits", "resumed"])
@pytest.mark.parametrize("policy", [Policy(), Policy(after_consult=AfterConsult.KEEP_HELD)])
def test_the_owner_cancels_and_is_with_the_customer(meanwhile: str, policy: Policy) -> None:
    story = consult_of_a_queue(policy)
    if meanwhile == "resumed":
        story.presses("alice", "resume")

    story.presses("alice", "cancel-consult")

    assert story.contact.is_in(Phase.CONNECTED)
    assert story.floor.position_of(story.contact.id) is None
    story.goes_available("carol")
    assert story.desk("carol") is DeskState.AVAILABLE


@pytest.mark.parametrize("button", ["transfer", "conference", "end-consult"])
def test_nothing_is_done_with_whom_nobody_is_yet(button: str) -> None:
    story = consult_of_a_queue()
    assert story.refuses("alice", button) == "not-now"
    story.presses("alice", "resume")

    assert story.refuses("alice", button) == "not-now"
    assert story.because == "Nobody in Billing is free yet."


def test_a_request_that_waits_for_too_long_ends_with_a_reason() -> None:
    story = contact_centre(directory=billing_of(Policy(queue_consult_seconds=60)), available="alice carol")
    story.goes_idle("carol")
    story.customer_calls()
    story.answers("alice")
    story.presses("alice", "consult", to="queue:billing")
    story.seconds_pass(59)
    assert stage(story) is ConsultStage.WAITING

    story.seconds_pass(1)

    assert story.contact.is_in(Phase.CONNECTED)
    assert story.contact.talking == {"cora", "alice"}
    assert story.contact.now.news == "Nobody in Billing was free in time."
    assert story.floor.position_of(story.contact.id) is None


def test_the_time_of_a_request_is_counted_from_when_it_was_made_however_often_somebody_is_rung() -> None:
    story = contact_centre(directory=billing_of(Policy(queue_consult_seconds=60)), available="alice carol")
    story.customer_calls()
    story.answers("alice")
    story.presses("alice", "consult", to="queue:billing")
    story.seconds_pass(30)
    assert stage(story) is ConsultStage.WAITING, "Carol has let it ring"

    story.seconds_pass(30)

    assert stage(story) is None


def test_nobody_else_is_rung_for_a_request_whose_time_is_over_when_the_last_one_does_not_answer() -> None:
    story = contact_centre(directory=billing_of(Policy(queue_consult_seconds=20)), available="alice carol dave")
    story.customer_calls()
    story.answers("alice")
    story.presses("alice", "consult", to="queue:billing")
    story.seconds_pass(29)
    assert story.contact.ringing == {"carol"}, "whoever is rung has their time"

    story.seconds_pass(1)

    assert story.contact.is_in(Phase.CONNECTED)
    assert story.contact.ringing == set()
    assert story.contact.now.news == "Carol Petit did not answer."


@pytest.mark.parametrize("meanwhile", ["waits", "rings"])
@pytest.mark.parametrize("how", ["customer", "owner", "owner is rung back", "supervisor"])
def test_nobody_waits_in_the_line_and_nobody_rings_when_it_is_over(meanwhile: str, how: str) -> None:
    policy = Policy(owner_hang_up=OwnerHangUp.RING_BACK) if how == "owner is rung back" else None
    begin: Callable[[Policy | None], Story] = consult_of_a_queue if meanwhile == "waits" else rung
    story = begin(policy)

    match how:
        case "customer":
            story.hangs_up("cora")
        case "supervisor":
            story.presses("sam", "end")
        case _:
            story.hangs_up("alice")

    assert story.floor.position_of(story.contact.id) is None
    assert "carol" not in story.contact.ringing
    withdrawn = [told.agent for told in story.told(OfferWithdrawn) if isinstance(told, OfferWithdrawn)]
    assert withdrawn == (["carol"] if meanwhile == "rings" else [])


def test_whoever_answers_joins_becomes_the_owner_or_is_dropped_like_any_colleague() -> None:
    story = rung(Policy(end_consult=EndConsult.RETURN_TO_CUSTOMER))
    story.answers("carol")
    story.presses("alice", "end-consult")
    assert story.contact.talking == {"cora", "alice"}

    story.presses("alice", "consult", to="queue:billing")
    story.answers("carol")
    story.presses("alice", "transfer")

    assert story.contact.owner == "carol"
    assert story.contact.now.queue == "support", "whose customer it was it is"


# --- Who goes first ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("priority", "first"),
    [
        (ConsultPriority.BY_TIME, "the longer"),
        (ConsultPriority.CUSTOMERS_FIRST, "customer"),
        (ConsultPriority.CONSULTS_FIRST, "consult"),
    ],
)
@pytest.mark.parametrize("longer", ["customer", "consult"])
def test_the_site_says_whether_customers_or_consults_go_first(priority: ConsultPriority, first: str, longer: str) -> None:
    """A waiting consult takes no agent from a customer who has waited longer, unless the site wants it."""
    story = contact_centre(directory=billing_of(Policy(consult_priority=priority)), available="alice carol")
    story.goes_idle("carol")
    cora = story.customer_calls()
    story.answers("alice")
    for who in ("customer", "consult") if longer == "customer" else ("consult", "customer"):
        if who == "customer":
            story.customer_calls("carl", number="801")
        else:
            story.presses("alice", "consult", to="queue:billing", of=cora)
        story.now += 10

    story.goes_available("carol")

    is_served = "consult" if cora.ringing == {"carol"} else "customer"
    assert is_served == (longer if first == "the longer" else first)
    assert len(cora.ringing | story.contacts["carl"].ringing) == 1


def test_a_customer_who_lost_their_agent_goes_first_even_where_consults_do() -> None:
    story = contact_centre(directory=billing_of(Policy(consult_priority=ConsultPriority.CONSULTS_FIRST)), available="alice dave carol")
    story.goes_idle("carol")
    cora = story.customer_calls()
    story.answers("alice")
    carl = story.customer_calls("carl", number="801")
    story.answers("dave")
    story.presses("alice", "consult", to="queue:billing", of=cora)
    story.hangs_up("dave", EndCause.FAILED)

    story.goes_available("carol")

    assert (carl.ringing, cora.ringing) == ({"carol"}, set())


def test_the_place_in_the_line_is_the_time_at_which_it_was_asked_and_not_when_somebody_would_not() -> None:
    story = contact_centre(available="alice carol")
    cora = story.customer_calls()
    story.answers("alice")
    story.presses("alice", "consult", to="queue:billing", of=cora)
    story.now += 5
    carl = story.customer_calls("carl", number="801")
    story.seconds_pass(30)
    assert stage(story) is ConsultStage.WAITING

    story.goes_available("dave")

    assert (cora.ringing, carl.ringing) == ({"dave"}, set())
