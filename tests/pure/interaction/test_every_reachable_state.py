"""An exhaustive walk over the states that one interaction can reach, with three agents and every policy. See `walk` for what makes a state.

The number of states is asserted so that a change of the chart is noticed: look at what became possible, then write the new number down.
"""

from collections import deque

import pytest

from controller.interaction import chart
from controller.interaction.advance import take_command
from controller.interaction.chart import ACTIONS, COUPLINGS, STAGES, Coupling
from controller.interaction.commands import Action, Command, SendDigits
from controller.interaction.facts import Fact, LegEnded, LegUnstuck
from controller.interaction.interaction import Phase
from controller.interaction.parties import customer_is_there, party_of
from controller.interaction.party import Role
from controller.interaction.refusals import Refused
from controller.interaction.roles import allowed, refused
from tests.pure.interaction.invariants import assert_sound_step
from tests.pure.interaction.walk import NOW, Move, State, Walk, command, viewers, walk

pytestmark = pytest.mark.long

STATES = 844
STATES_WITH_OWN_LEG = 948
DEPTH_WITH_OWN_LEG = 9
DEPTH_WITHOUT_A_COUPLING = 7


def judge(move: Move) -> None:
    """Say what must be true of every step."""
    customer_left = move.by_customer and isinstance(move.cause, LegEnded)
    assert_sound_step(move.before, move.after, customer_left=customer_left)
    ended = move.before.phase is not Phase.ENDED and move.after.phase is Phase.ENDED
    if ended and customer_is_there(move.before) and isinstance(move.cause, LegEnded):
        left = party_of(move.before, move.cause.leg)
        assert left is not None
        assert left.role in (Role.CUSTOMER, Role.AGENT_1), "nobody else's telephone drops a customer"


@pytest.fixture(scope="module")
def closed() -> Walk:
    """All states there are, when nobody mutes and no hold key is pressed: walked until nothing new is found."""
    return walk(judge, with_own_leg=False)


@pytest.fixture(scope="module")
def deep() -> Walk:
    """All states within nine inputs from the arrival, microphones, keypads and hold keys too."""
    return walk(judge, depth=DEPTH_WITH_OWN_LEG, with_own_leg=True)


def test_every_state_there_is_without_microphones_and_hold_keys_is_sound(closed: Walk) -> None:
    assert closed.unsound == []
    assert {state[0] for state in closed.states} == set(Phase)
    assert len(closed.states) == STATES, f"{len(closed.states)} states, the farthest {closed.depth - 1} inputs from the arrival"


def test_every_state_within_nine_inputs_with_microphones_and_hold_keys_is_sound(deep: Walk) -> None:
    assert deep.unsound == []
    assert len(deep.states) == STATES_WITH_OWN_LEG, f"{len(deep.states)} states"


def test_an_agent_or_a_deadline_leads_out_of_every_state_that_has_not_ended(closed: Walk, deep: Walk) -> None:
    for walked in (closed, deep):
        dead_ends = [state for state, onward in walked.onward.items() if not onward and state[0] is not Phase.ENDED]
        assert dead_ends == []


def test_agents_and_time_alone_bring_every_interaction_to_its_end(closed: Walk) -> None:
    """No customer has to give up and no supervisor has to help: buttons, answered telephones and deadlines are enough."""
    backward: dict[State, list[State]] = {}
    for state, onward in closed.onward.items():
        for to in onward:
            backward.setdefault(to, []).append(state)
    edge = deque(state for state, interaction in closed.states.items() if interaction.is_over)
    comes_to_an_end = set(edge)
    while edge:
        for before in backward.get(edge.popleft(), ()):
            if before not in comes_to_an_end:
                comes_to_an_end.add(before)
                edge.append(before)

    assert comes_to_an_end == set(closed.states)


def test_a_button_is_offered_exactly_when_pressing_it_is_accepted(deep: Walk) -> None:
    for interaction in deep.states.values():
        for agent, role in viewers(interaction):
            buttons = allowed(interaction, role, agent)
            tooltips = refused(interaction, role, agent)
            assert not set(buttons) & set(tooltips)
            for action in Action:
                asked = command(interaction, agent, action)
                if asked is None:
                    continue
                if action in buttons:
                    take_command(interaction, asked, role, NOW)
                    continue
                with pytest.raises(Refused) as no:
                    take_command(interaction, asked, role, NOW)
                assert no.value.code == ("not-now" if action in tooltips else "not-permitted")
                assert tooltips.get(action, no.value.because) == no.value.because
                assert no.value.because.endswith(".")


def test_every_step_of_the_chart_is_taken_in_some_reachable_state(closed: Walk, deep: Walk) -> None:
    """A step that no state ever takes would be one too many. Pressing keys and a leg that comes free are left out: they change no state."""
    steps: set[tuple[str, type[Fact | Command]]] = {
        (stage, kind) for stage, row in STAGES.items() for kind, cell in row.items() if cell.take is not None
    }
    steps |= {("action", kind) for kind in ACTIONS if kind is not SendDigits}

    assert {(stage, kind) for stage, kind in steps - closed.cells - deep.cells if kind is not LegUnstuck} == set()


@pytest.mark.parametrize("without", COUPLINGS, ids=lambda coupling: coupling.rule)
def test_no_coupling_is_one_too_many(monkeypatch: pytest.MonkeyPatch, without: Coupling) -> None:
    """Without any one of them something comes about that must not be."""
    monkeypatch.setattr(chart, "COUPLINGS", tuple(coupling for coupling in COUPLINGS if coupling is not without))

    with pytest.raises(AssertionError):
        assert walk(judge, depth=DEPTH_WITHOUT_A_COUPLING, with_own_leg=True).unsound == []
