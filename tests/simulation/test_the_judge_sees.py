"""A judge that never finds anything proves nothing: each promise is broken on purpose once, and the judge must notice.

That it sees nothing where there is no mistake is in `test_seeds`.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from controller.asterisk import plan as planning
from controller.asterisk import reconcile
from controller.asterisk.plan import CloseRoom, Move, Request
from controller.asterisk.seen import Seen
from controller.asterisk.switch import AriSwitch
from controller.floor import floor as whole_floor
from controller.floor.deadlines import Deadlines
from controller.floor.outcome import Outcome
from controller.interaction import layout as places
from controller.interaction import steps
from controller.interaction.interaction import Interaction, Phase
from controller.interaction.layout import Layout, Room
from controller.routing.desk import Desk, DeskState
from controller.service import keeping
from controller.simulator.world import Verdict, simulate

SEEDS = 40
INPUTS = 150


def first_broken(saying: str) -> Verdict:
    """The first of a few seeds of which the judge says so."""
    verdicts = (simulate(seed, INPUTS, further=False) for seed in range(SEEDS))
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
    monkeypatch.setattr(whole_floor, "check", lambda interaction: None)

    assert first_broken("hears the consult").broken


def test_a_wrap_up_that_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "owe", lambda interaction, agent, now: interaction)

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


def test_an_input_that_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_leaves_a_trace", lambda what, outcome: bool(outcome.changes))

    assert first_broken("another state").broken


def test_a_change_that_desktops_are_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_desks(writing: Any) -> Outcome:
        return Outcome(changes=tuple(writing.changes), queues=tuple(writing.queues), notices=tuple(writing.notices), unseen=True)

    monkeypatch.setattr(whole_floor._Writing, "outcome", without_desks)

    assert first_broken("desktop shows").broken


def test_a_mistake_in_the_core(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(interaction: Interaction) -> None:
        assert interaction.phase is not Phase.CONFERENCE, "this core knows no conference"

    monkeypatch.setattr(whole_floor, "check", refuse)

    assert first_broken("the core made a mistake").broken
