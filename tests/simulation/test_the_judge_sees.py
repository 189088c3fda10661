"""A judge that never finds anything proves nothing: each promise is broken on purpose once, and the judge must notice.

That it sees nothing where there is no mistake is in `test_seeds`.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from controller.asterisk import plan as planning
from controller.asterisk import reconcile
from controller.asterisk import switch as switching
from controller.asterisk.plan import CloseRoom, HangUp, Move, Request
from controller.asterisk.seen import Progress, Seen, SeenLeg, first_of
from controller.asterisk.strangers import Strangers
from controller.asterisk.switch import AriSwitch
from controller.floor import taking
from controller.floor.deadlines import Deadlines
from controller.floor.outcome import Outcome
from controller.interaction import layout as places
from controller.interaction.interaction import Interaction, Phase
from controller.interaction.layout import Layout, Room
from controller.interaction.steps import moves, owner
from controller.routing.desk import Desk, DeskState
from controller.routing.telephones import Telephones
from controller.service import keeping
from controller.simulator.world import Verdict, simulate

SEEDS = 40
INPUTS = 150


def first_broken(saying: str, *, further: bool = False, anybody: bool = False) -> Verdict:
    """The first of a few seeds of which the judge says so. `further`: on days with several telephones and calls without us, too.

    `anybody`: on days with people outside, transfer keys, and calls that take another's place.
    """
    verdicts = (simulate(seed, INPUTS, further=further, anybody=anybody) for seed in range(SEEDS))
    return next((verdict for verdict in verdicts if saying in verdict.broken), Verdict(seed=-1, inputs=0, inputs_in_all=0))


def test_whoever_arrives_in_the_talk_room_before_others_have_left_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def arrivals_first(layout: Layout, seen: Seen) -> list[Request]:
        return sorted(planning.plan(layout, seen), key=lambda request: not (isinstance(request, Move) and request.room is Room.TALK))

    monkeypatch.setattr(planning, "_does_not_belong", lambda leg, wanted: False)
    monkeypatch.setattr(reconcile, "plan", arrivals_first)

    assert first_broken("hears the consult").broken


def test_a_customer_who_is_left_in_the_talk_room_of_a_consult(monkeypatch: pytest.MonkeyPatch) -> None:
    customer_room = places._customer_room
    monkeypatch.setattr(places, "_customer_room", lambda i: Room.TALK if i.phase is Phase.CONSULTING else customer_room(i))
    monkeypatch.setattr(taking, "check", lambda interaction: None)

    assert first_broken("hears the consult").broken


def test_a_wrap_up_that_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moves, "owe", lambda interaction, agent, now: interaction)

    assert first_broken("no wrap-up").broken


def test_a_wrap_up_whose_time_never_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_wrap_ups(note: Callable[..., None]) -> Callable[..., None]:
        return lambda self, before, after: note(self, before, replace(after, wrap_ups=()))

    monkeypatch.setattr(Deadlines, "note", without_wrap_ups(Deadlines.note))

    assert first_broken("has owed the reason").broken


def test_a_customer_whose_arrival_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AriSwitch, "_customer_arrived", lambda self, channel, dialled: None)

    assert first_broken("of no interaction has not been answered").broken


def test_a_room_that_is_never_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_closing(layout: Layout, seen: Seen) -> list[Request]:
        return [request for request in planning.plan(layout, seen) if not isinstance(request, CloseRoom)]

    monkeypatch.setattr(reconcile, "plan", without_closing)

    assert first_broken("left behind").broken


def test_an_agent_who_is_offered_two_customers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Desk, "is_available", property(lambda desk: desk.chosen is DeskState.AVAILABLE))

    assert first_broken("at the same time").broken


def test_a_telephone_that_rings_on_although_another_one_was_picked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_the_others(layout: Layout, seen: Seen) -> list[Request]:
        picked_up = {first_of(leg.leg) for leg in seen.legs_of(layout.interaction) if leg.progress is Progress.UP}
        requests = planning.plan(layout, seen)
        return [r for r in requests if not (isinstance(r, HangUp) and first_of(r.leg) in picked_up and seen.legs[r.leg].room is None)]

    monkeypatch.setattr(reconcile, "plan", without_the_others)

    assert first_broken("after nobody wants", further=True).broken


def test_an_agent_who_is_rung_while_they_are_in_a_call_without_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Telephones, "is_busy", property(lambda telephones: False))

    assert first_broken("into a call without us", further=True).broken


def test_an_input_that_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_leaves_a_trace", lambda what, outcome: bool(outcome.changes))

    assert first_broken("another state").broken


def test_a_change_that_desktops_are_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_desks(of: Any) -> Outcome:
        return Outcome(changes=tuple(of.changes), queues=tuple(of.queues), notices=tuple(of.notices), unseen=True)

    monkeypatch.setattr(taking.Taking, "outcome", without_desks)

    assert first_broken("desktop shows").broken


def test_a_mistake_in_the_core(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(interaction: Interaction) -> None:
        assert interaction.phase is not Phase.CONFERENCE, "this core knows no conference"

    monkeypatch.setattr(taking, "check", refuse)

    assert first_broken("the core made a mistake").broken


def test_a_stranger_who_is_left_in_a_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Strangers, "put_out", lambda self, channel, bridge: None)

    assert first_broken("nobody of ours has brought it there", anybody=True).broken


def test_a_customer_who_goes_on_by_another_call_and_is_taken_for_a_stranger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(switching, "_may_take", lambda place, replaced, newcomer, old: False)

    assert first_broken("was hung up by us, and belonged to no interaction", anybody=True).broken


def test_a_call_that_took_a_place_and_is_left_where_it_stands_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def as_if_brought(**known: Any) -> SeenLeg:
        return SeenLeg(**{**known, "is_in_by_itself": False})

    monkeypatch.setattr(switching, "SeenLeg", as_if_brought)

    assert first_broken("nobody of ours has brought it there", anybody=True).broken


def test_a_habit_of_a_telephone_that_is_taken_for_its_agents_wish(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owner, "_is_a_habit", lambda leg, now: False)

    assert first_broken("since its transfer was refused", anybody=True).broken
