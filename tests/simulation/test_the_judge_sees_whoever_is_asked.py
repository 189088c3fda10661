"""Each promise about whoever is asked, and about customers who are handed on, is broken on purpose once, and the judge must notice."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from controller.asterisk import plan as planning
from controller.asterisk import reconcile
from controller.asterisk.plan import HangUp, Request, ShowParty
from controller.asterisk.seen import Seen
from controller.dialling.rules import OutsideLimits
from controller.directory.directory import Directory
from controller.directory.ids import AgentId, LegId, QueueId, Seconds
from controller.directory.policy import FailedTransfer, Policy
from controller.directory.targets import AgentTarget, NumberTarget, QueueTarget
from controller.floor import known, reload, taking, waiting
from controller.floor.deadlines import Deadlines
from controller.floor.floor import Floor
from controller.floor.state import FloorState
from controller.interaction import layout as places
from controller.interaction.commands import (
    CancelConsult,
    GiveWrapUp,
    HoldCustomer,
    LeaveConference,
    MuteSelf,
    StartConference,
    StartConsult,
    TransferBlind,
    TransferCustomer,
)
from controller.interaction.facts import DeadlinePassed, Why
from controller.interaction.interaction import CustomerStage, Interaction, Member, OfferWhy, Owner, Phase, Step, WrapUp
from controller.interaction.layout import Layout, Room
from controller.interaction.notices import Notice
from controller.interaction.steps import consult, customer, members, moves, offer
from controller.routing.assignment import Lines, Rank
from controller.routing.commands import CallOut
from controller.simulator.broken import Broken
from controller.simulator.parts import LOST, End, SimChannel
from controller.simulator.site import REASONS, with_trunk
from controller.simulator.world import quiet_logs
from tests.pure.story import site
from tests.simulation.quiet import QuietWorld

ALICE = AgentId("alice")
POLICY = Policy(outside_only_seconds=20.0, queue_consult_seconds=15.0, hold_alarm_seconds=20.0, blind_transfer_seconds=8.0)


def reached(policy: Policy = POLICY, **limits: int) -> Directory:
    """The demo site with a trunk, whose agents may call out."""
    directory = with_trunk(site(), Random(0), tight=False)
    wanted = replace(policy, wrap_up_default=REASONS[0])
    return replace(
        directory,
        agents={name: replace(agent, may_call_out=True) for name, agent in directory.agents.items()},
        queues={name: replace(queue, policy=wanted) for name, queue in directory.queues.items()},
        policy=wanted,
        dialling=replace(directory.dialling, limits=replace(OutsideLimits(), **limits)),
    )


def number(digit: int) -> NumberTarget:
    """Of whom the last digit says what they do: 1 is heard and answers, 2 is busy, 5 rings for ever, 7 answers."""
    return NumberTarget(dial=f"+3319900100{digit}", shown=f"+33 1 99 00 10 0{digit}")


@pytest.fixture
def world() -> Iterator[QuietWorld]:
    with quiet_logs():
        quiet = QuietWorld(reached())
        yield quiet
        quiet.breaks_off()


def forget_deadlines(monkeypatch: pytest.MonkeyPatch) -> None:
    """No moment that anything waits for ever comes."""
    monkeypatch.setattr(Deadlines, "note", lambda self, before, after: None)


def without(kind: type[Request], monkeypatch: pytest.MonkeyPatch) -> None:
    """A controller that never asks for this."""

    def some(layout: Layout, seen: Seen) -> list[Request]:
        return [request for request in planning.plan(layout, seen) if not isinstance(request, kind)]

    monkeypatch.setattr(reconcile, "plan", some)


def is_hung_up(i: Interaction, now: Seconds, tell: tuple[Notice, ...] = (), **_: object) -> Step:
    """What a careless core does with a customer whom nobody has."""
    return Step(interaction=moves.end_all(replace(i, offer=None), now))


def alices(interaction: Interaction) -> Owner:
    """Alice's part, who has the customer."""
    assert interaction.owner is not None, "she has answered"
    return interaction.owner


def confers(world: QuietWorld) -> None:
    """Alice, the customer and somebody outside."""
    world.is_answered()
    world.presses(StartConsult, target=number(7))
    world.rest(8.0)
    world.presses(StartConference)
    assert world.interaction.phase is Phase.CONFERENCE


# --- Days on which all is well -------------------------------------------------------------------------------------------


def test_a_conference_a_consult_from_it_and_a_call_that_is_handed_out_are_sound(world: QuietWorld) -> None:
    confers(world)
    world.presses(StartConsult, target=number(1))
    world.rest(8.0)
    world.presses(StartConference)
    world.presses(TransferCustomer)

    assert world.interaction.phase is Phase.HANDED_OUT
    assert len(world.interaction.members) == 2
    world.rest(60.0)
    assert not world.exchange.channels, "outside only for too long"


# --- Who hears whom ------------------------------------------------------------------------------------------------------


def test_a_conference_that_hears_the_consult(world: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    confers(world)
    world.comes("bob")
    rooms = places.rooms

    def members_stay(i: Interaction) -> dict[LegId, Room]:
        return {**rooms(i), **{member.leg.id: Room.TALK for member in i.members}}

    monkeypatch.setattr(places, "rooms", members_stay)
    with pytest.raises(Broken, match=r"the conference of .* hears the consult"):
        world.presses(StartConsult, target=AgentTarget(agent=AgentId("bob")))


def test_a_customer_who_stands_in_the_room_in_which_a_number_rings(world: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world.is_answered()
    monkeypatch.setattr(places, "_customer_room", lambda interaction: Room.TALK)
    monkeypatch.setattr(taking, "check", lambda interaction: None)

    with pytest.raises(Broken, match=r"the customer of .* hears the consult"):
        world.presses(TransferBlind, target=number(1))


def test_a_member_who_hears_what_the_network_plays(world: QuietWorld) -> None:
    world.is_answered()
    world.ask(StartConsult(agent=ALICE, interaction=world.interaction.id, target=number(6)))
    world.rest(0.15)
    ringing = world.outside_leg()
    world.judge._have_met.add(ringing.id)  # so that nobody minds that they stand together
    customer = world.exchange.channels[world.interaction.customer.leg.id]
    talk = ringing.bridge
    assert talk is not None, "it rings where Alice hears it"
    talk.channels[customer.id] = customer

    with pytest.raises(Broken, match=r"hears what .* plays before it answers"):
        world.rest(3.0)


# --- Customers who are handed on -----------------------------------------------------------------------------------------


def test_a_customer_of_a_blind_transfer_who_is_dropped(world: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world.is_answered()
    monkeypatch.setattr(offer, "hand_on", is_hung_up)

    with pytest.raises(Broken, match="it was transferring, and LegEnded ends no call"):
        world.presses(TransferBlind, target=number(2))


def test_a_customer_of_a_blind_transfer_who_is_dropped_in_time(world: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world.is_answered()
    monkeypatch.setattr(offer, "hand_on", is_hung_up)

    world.presses(TransferBlind, target=number(5))
    with pytest.raises(Broken, match="it was transferring, and DeadlinePassed ends no call"):
        world.rest(20.0)


def test_a_customer_of_a_blind_transfer_who_hears_nothing(world: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world.is_answered()
    world.comes("bob")
    monkeypatch.setattr(places, "_customer_room", lambda interaction: Room.TALK)
    monkeypatch.setattr(taking, "check", lambda interaction: None)
    monkeypatch.setattr(Deadlines, "note", lambda self, before, after: None)

    world.presses(TransferBlind, target=AgentTarget(agent=AgentId("bob")))
    with pytest.raises(Broken, match="stands alone in the talk room"):
        world.rest(20.0)


def test_a_customer_of_a_blind_transfer_who_is_given_to_the_dialplan(world: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world.is_answered()
    monkeypatch.setattr(moves, "HAND_ON", dict.fromkeys((None, *OfferWhy), (moves.To.FALLBACK,)))

    with pytest.raises(Broken, match=r"was given to the dialplan .*, and support is served"):
        world.presses(TransferBlind, target=number(2))


def test_a_customer_who_is_offered_to_whoever_has_transferred_them(world: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world.is_answered()
    first = world.interaction.id
    world.comes("bob")
    world.exchange.calls("2002", "800")
    world.rest(1.0)
    world.picks_up("bob")
    monkeypatch.setattr(Lines, "_not_for", lambda self, request: ())

    world.ask(TransferBlind(agent=ALICE, interaction=first, target=QueueTarget(queue=next(iter(world.directory.queues)))))
    world.rest(1.0)
    world.ask(GiveWrapUp(agent=ALICE, interaction=first, reason=REASONS[0]))
    with pytest.raises(Broken, match="is offered to alice, who has just transferred it, and bob serve support as well"):
        world.rest(1.0)


def test_a_customer_is_offered_to_whoever_has_transferred_them_where_the_only_other_agent_has_no_telephone(world: QuietWorld) -> None:
    world.is_answered()
    first = world.interaction.id
    world.comes("bob")
    world.loses_telephone("bob")

    world.ask(TransferBlind(agent=ALICE, interaction=first, target=QueueTarget(queue=next(iter(world.directory.queues)))))
    world.rest(1.0)
    world.ask(GiveWrapUp(agent=ALICE, interaction=first, reason=REASONS[0]))
    world.rest(1.0)

    offer = world.floor.interactions[first].offer
    assert offer is not None
    assert offer.to.agent == ALICE


def test_an_agent_who_is_rung_back_while_they_are_on_another_call(world: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Floor, "is_taken", lambda self, agent, of, has_hung_up: False)
    world.is_answered()
    first = world.interaction.id
    world.presses(TransferBlind, target=number(5))
    world.presses(GiveWrapUp, reason=REASONS[0])
    world.exchange.calls("2002", "800")
    world.rest(1.0)
    world.picks_up("alice")

    assert world.floor.interactions[first].policy.failed_transfer is FailedTransfer.RETURN_TO_AGENT
    with pytest.raises(Broken, match=r"alice is in .* at the same time"):
        world.rest(20.0)


# --- People outside ------------------------------------------------------------------------------------------------------


def test_a_customer_who_is_left_with_people_outside_for_ever(world: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world.is_answered()
    forget_deadlines(monkeypatch)

    world.presses(TransferBlind, target=number(7))
    with pytest.raises(Broken, match="has been with people outside only for"):
        world.rest(60.0)


def test_a_customer_who_is_hung_up_because_whoever_is_outside_was_lost(world: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world.is_answered()
    world.presses(TransferBlind, target=number(7))
    world.rest(8.0)
    monkeypatch.setattr(members, "hand_on", is_hung_up)

    world.exchange.hangs_up(world.outside_leg(), LOST)
    with pytest.raises(Broken, match=r"hung up by us without a rule: .* the telephone was lost"):
        world.rest(1.0)


def test_somebody_outside_who_owns(world: QuietWorld) -> None:
    world.is_answered()
    owner = world.interaction.owner
    assert owner is not None, "Alice has answered"
    outside = replace(owner, person=replace(owner.person, agent=None))

    with pytest.raises(Broken, match="who is outside, owns"):
        world.becomes(replace(world.interaction, owner=outside), MuteSelf(agent=ALICE, interaction=world.interaction.id))


def test_a_number_that_rings_longer_than_its_seconds(world: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world.is_answered()
    forget_deadlines(monkeypatch)

    world.presses(TransferBlind, target=number(5))
    with pytest.raises(Broken, match=r"has been called by .* longer than its 8 s"):
        world.rest(60.0)


def test_a_number_that_rings_on_when_nobody_wants_it_any_more(world: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world.is_answered()
    world.presses(StartConsult, target=number(5))
    world.rest(2.0)
    without(HangUp, monkeypatch)

    world.presses(CancelConsult)
    with pytest.raises(Broken, match="after nobody wants"):
        world.rest(30.0)


def test_a_number_that_is_dialled_twice(world: QuietWorld) -> None:
    world.is_answered()
    world.presses(StartConsult, target=number(1))
    world.rest(1.0)

    with pytest.raises(Broken, match="was dialled twice"):
        world.exchange.execute("POST", f"channels/{world.outside_leg().id}/dial", {"timeout": "60"}, None)


# --- Wrap-ups ------------------------------------------------------------------------------------------------------------


def test_somebody_who_is_asked_for_a_reason_and_has_had_no_customer(world: QuietWorld) -> None:
    world.is_answered()
    asked = WrapUp(agent=AgentId("carol"), asked_at=0.0, over_at=30.0)

    with pytest.raises(Broken, match=r"carol is asked for a wrap-up reason .* did not have the customer"):
        world.becomes(replace(world.interaction, wrap_ups=(asked,)), MuteSelf(agent=ALICE, interaction=world.interaction.id))


def test_a_reason_that_was_owed_and_is_forgotten(world: QuietWorld) -> None:
    world.is_answered()
    world.presses(TransferBlind, target=number(5))
    assert world.interaction.owes_wrap_up(ALICE)

    with pytest.raises(Broken, match=r"alice owed the reason .* without having given it"):
        world.becomes(replace(world.interaction, wrap_ups=()), MuteSelf(agent=ALICE, interaction=world.interaction.id))


def test_a_default_of_another_queue_than_the_one_that_was_served(world: QuietWorld) -> None:
    world.is_answered()
    before = world.interaction
    asked = WrapUp(agent=ALICE, asked_at=world.wall_clock(), over_at=world.wall_clock() + 30.0)
    left = replace(before, owner=None, former=Member(person=alices(before).person, leg=alices(before).leg), wrap_ups=(asked,))
    world.becomes(left, TransferBlind(agent=ALICE, interaction=before.id, target=QueueTarget(queue=QueueId("billing"))))
    noted = replace(left, wrap_ups=(replace(asked, reason=REASONS[1], by_deadline=True),))

    with pytest.raises(Broken, match=f"{REASONS[1]} was noted for alice in .*, who served a queue whose default is {REASONS[0]}"):
        world.becomes(noted, DeadlinePassed(interaction=before.id, why=Why.WRAP_UP_OVER, agent=ALICE), of=left)


def test_agents_who_stay_without_the_customer_and_whom_an_owner_who_leaves_ends(world: QuietWorld) -> None:
    world.is_answered()
    owner = alices(world.interaction)
    bob = Member(person=replace(owner.person, agent=AgentId("bob")), leg=replace(owner.leg, id=LegId("bob-1")))
    carol = Member(person=replace(owner.person, agent=AgentId("carol")), leg=replace(owner.leg, id=LegId("carol-1")))
    gone = replace(world.interaction.customer, stage=CustomerStage.GONE)
    stay = replace(world.interaction, customer=gone, members=(bob, carol))
    asked = WrapUp(agent=ALICE, asked_at=world.wall_clock(), over_at=world.wall_clock() + 30.0)
    ended = replace(stay, owner=None, members=(), wrap_ups=(asked,))

    with pytest.raises(Broken, match=r"alice has left .*, whose agents stay together, and has ended it for the others"):
        world.becomes(ended, LeaveConference(agent=ALICE, interaction=stay.id), of=stay)


def test_a_customer_who_is_given_away_although_whoever_had_them_could_be_rung(world: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reload, "had_last", lambda before: None)
    world.is_answered()
    nobody = {name: replace(queue, agents=()) for name, queue in world.directory.queues.items()}
    world.directory = replace(world.directory, queues=nobody)
    world.ask_to_reload()

    world.exchange.hangs_up(world.telephone, LOST)
    with pytest.raises(Broken, match=r"was given to the dialplan .*, and alice, who had them, was not rung"):
        world.rest(1.0)


def test_a_call_out_that_nobody_answers_and_that_owes_a_reason(world: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(customer, "leave", moves.vacate)
    world.ask(CallOut(agent=ALICE, target=number(2)))
    world.rest(1.0)

    with pytest.raises(Broken, match="a call out that nobody has answered"):
        world.picks_up("alice")


# --- Lines ---------------------------------------------------------------------------------------------------------------


def asks_billing(world: QuietWorld) -> None:
    """Alice consults a queue of which somebody is logged on, and busy."""
    world.is_answered()
    world.comes("carol")
    world.exchange.calls("2003", "801")
    world.rest(1.0)
    world.picks_up("carol")
    first = next(i for i in world.floor.interactions.values() if i.queue == "support")
    billing = next(queue for queue in world.directory.queues if queue == "billing")
    world.ask(StartConsult(agent=ALICE, interaction=first.id, target=QueueTarget(queue=billing)))
    world.rest(1.0)


def test_a_consult_that_takes_an_agent_from_a_customer_who_has_waited_longer(world: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "_RANK", dict.fromkeys(waiting._RANK, Rank.BEFORE_CUSTOMERS))
    world.is_answered()
    world.comes("carol")
    for caller in ("2003", "2004"):  # Carol has the first, the second waits
        world.exchange.calls(caller, "801")
        world.rest(1.0)
    world.picks_up("carol")
    asks = next(i for i in world.floor.interactions.values() if i.queue == "support")
    billing = next(queue for queue in world.directory.queues if queue == "billing")
    world.ask(StartConsult(agent=ALICE, interaction=asks.id, target=QueueTarget(queue=billing)))
    world.rest(1.0)

    with pytest.raises(Broken, match=r"takes dave, and the customer of .* goes first"):
        world.comes("dave")


def test_a_consult_that_waits_in_its_line_for_ever(world: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    forget_deadlines(monkeypatch)

    asks_billing(world)
    with pytest.raises(Broken, match=r"the consult of Billing .* longer than its 15 s"):
        world.rest(60.0)


def test_a_consult_that_whoever_asks_is_to_answer(world: QuietWorld) -> None:
    asks_billing(world)
    asks = next(i for i in world.floor.interactions.values() if i.queue == "support")
    monday = consult._ring_for(asks, consult.consult_of(asks), moves.person_of(world.directory.agents[ALICE]), world.floor.last_at)

    with pytest.raises(Broken, match="is answered by alice"):
        world.becomes(monday, MuteSelf(agent=ALICE, interaction=asks.id), of=asks)


# --- Conferences ---------------------------------------------------------------------------------------------------------


def test_a_conference_that_is_larger_than_its_policy(world: QuietWorld) -> None:
    confers(world)
    (member,) = world.interaction.members
    more = [Member(person=member.person, leg=replace(member.leg, id=LegId(f"ix-x-out-{n}"))) for n in range(7)]

    with pytest.raises(Broken, match="is a conference of 9, and its policy allows 8"):
        world.becomes(replace(world.interaction, members=tuple(more)), MuteSelf(agent=ALICE, interaction=world.interaction.id))


def test_a_consult_from_a_conference_that_ends_it(world: QuietWorld) -> None:
    confers(world)
    world.presses(StartConsult, target=number(5))
    ended = replace(moves.end_all(world.interaction, world.floor.last_at), consult=None, members=())

    with pytest.raises(Broken, match=r"the consult over the conference .* has ended it"):
        world.becomes(ended, CancelConsult(agent=ALICE, interaction=world.interaction.id))


# --- Limits --------------------------------------------------------------------------------------------------------------


def calls_and_ends(world: QuietWorld) -> None:
    """Alice calls a number that is busy."""
    world.ask(CallOut(agent=ALICE, target=number(2)))
    world.rest(1.0)
    world.picks_up("alice")
    world.rest(2.0)


def calls_outside_and_forgets(world: QuietWorld) -> SimChannel:
    """Somebody outside has answered Alice, whose controller can keep nothing of it, and is killed; so is the next one, at once."""
    world.disk.is_full = True
    world.ask(CallOut(agent=ALICE, target=number(5)))
    world.rest(1.0)
    world.picks_up("alice")
    world.rest(1.0)
    called = world.outside_leg()
    world.exchange.picks_up(called)
    world.rest(1.0)
    world.kill()
    while world.desktop() is None:
        world.rest(0.001)
    world.kill()
    return called


def test_whoever_was_called_by_a_controller_that_forgot_them_is_let_go_although_the_next_one_was_killed_too(world: QuietWorld) -> None:
    called = calls_outside_and_forgets(world)

    world.rest(10.0)

    assert called.end is End.BY_US


@pytest.fixture
def limited() -> Iterator[QuietWorld]:
    """A site in which each agent may call outside twice an hour, and once at a time."""
    with quiet_logs():
        quiet = QuietWorld(reached(per_hour_and_agent=2, at_once_per_agent=1))
        yield quiet
        quiet.breaks_off()


def test_one_call_outside_too_many(limited: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "check_limits", lambda *_: None)
    calls_and_ends(limited)
    calls_and_ends(limited)

    with pytest.raises(Broken, match="one more call to outside was let pass after 2 of alice within an hour"):
        calls_and_ends(limited)


def test_a_limit_that_a_restart_lifts(limited: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    state = Floor.state

    def without_calls(floor: Floor) -> FloorState:
        return replace(state(floor), outside_calls={})

    monkeypatch.setattr(Floor, "state", without_calls)
    calls_and_ends(limited)
    calls_and_ends(limited)
    limited.stop()
    limited.rest(10.0)

    with pytest.raises(Broken, match="one more call to outside was let pass after 2 of alice within an hour"):
        calls_and_ends(limited)


def test_a_limit_that_holds_over_a_restart_is_sound(limited: QuietWorld) -> None:
    calls_and_ends(limited)
    calls_and_ends(limited)
    limited.stop()
    limited.rest(10.0)
    limited.handsets.ringing.clear()
    limited.ask(CallOut(agent=ALICE, target=number(2)))
    limited.rest(2.0)

    assert not limited.handsets.ringing, "it was refused"


def test_too_many_calls_outside_at_once(limited: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "check_limits", lambda *_: None)
    confers(limited)

    with pytest.raises(Broken, match="alice is in 2 calls with outside at once, and 1 are allowed"):
        limited.presses(StartConsult, target=number(5))


# --- What people are told ------------------------------------------------------------------------------------------------


def test_a_customer_who_is_forgotten_on_hold(world: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world.is_answered()
    forget_deadlines(monkeypatch)

    world.presses(HoldCustomer)
    with pytest.raises(Broken, match=r"has been on hold for .* and nobody was told"):
        world.rest(60.0)


def test_a_customer_on_hold_of_whom_somebody_is_told_again_and_again_is_sound(world: QuietWorld) -> None:
    world.is_answered()
    world.presses(HoldCustomer)
    world.rest(120.0)

    assert world.interaction.phase is Phase.HELD


def test_a_display_that_names_the_wrong_one_after_a_transfer(world: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world.is_answered()
    world.comes("bob")
    world.presses(StartConsult, target=AgentTarget(agent=AgentId("bob")))
    world.picks_up("bob")
    without(ShowParty, monkeypatch)

    world.presses(TransferCustomer)
    with pytest.raises(Broken, match=r"ix-.*-bob-2 .* connected, shows .* and talks with"):
        world.rest(30.0)
