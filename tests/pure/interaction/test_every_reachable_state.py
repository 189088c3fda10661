"""An exhaustive walk over the states that one interaction can reach, with every policy. See `walk` for what makes a state.

Two casts: three agents among themselves, and two agents who can ask people outside and other queues as well. A random walk goes on to where
eight parties are together. The number of states is asserted so that a change of the chart is noticed: look at what became possible, then
write the new number down.
"""

from collections import deque
from collections.abc import Iterator
from random import Random

import pytest

from controller.directory.ids import AgentId
from controller.directory.replace import replace
from controller.interaction import chart
from controller.interaction.chart import ACTIONS, COUPLINGS, REACHING, STAGES, Coupling
from controller.interaction.commands import Action, Command, SendDigits
from controller.interaction.facts import Fact, LegAnswered, LegEnded, LegUnstuck
from controller.interaction.interaction import Interaction, Phase
from controller.interaction.parties import customer_is_there, parties, party_of
from controller.interaction.party import Role, Standing
from controller.interaction.refusals import Refused
from controller.interaction.roles import prospects
from tests.pure.interaction.invariants import assert_sound_step
from tests.pure.interaction.walk import AGENTS, BEGINNINGS, Cast, Move, State, Walk, asked, buttons, moves, viewers, walk

pytestmark = pytest.mark.sweep

AMONG_THEMSELVES = Cast(people_outside=False, lines=False)
WITH_ANYBODY = Cast(agents=AGENTS[:2])
STATES_AMONG_THEMSELVES = 4034
STATES_WITH_ANYBODY = 2594
STATES_WITH_OWN_LEG = 5384
DEPTH_WITH_OWN_LEG = 9
BY_TELEPHONE = Cast(agents=AGENTS[:2], people_outside=False, lines=False, dials=True)
STATES_BY_TELEPHONE = 2587
DEPTH_BY_TELEPHONE = 8
DEPTH_WITHOUT_A_COUPLING = 7


def judge(move: Move) -> None:
    """Say what must be true of every step."""
    customer_left = move.by_customer and isinstance(move.cause, LegEnded)
    assert_sound_step(move.before, move.after, customer_left=customer_left)
    ended = move.before.phase is not Phase.ENDED and move.after.phase is Phase.ENDED
    if ended and customer_is_there(move.before) and isinstance(move.cause, LegEnded):
        left = party_of(move.before, move.cause.leg)
        assert left is not None
        alone_with_them = move.before.phase is Phase.HANDED_OUT
        assert alone_with_them or left.role in (Role.CUSTOMER, Role.AGENT_1), "nobody else's telephone drops a customer"


@pytest.fixture(scope="module")
def among_themselves() -> Walk:
    """All states that three agents bring about, when nobody mutes and no hold key is pressed: walked until nothing new is found."""
    return walk(judge, AMONG_THEMSELVES, with_own_leg=False)


@pytest.fixture(scope="module")
def with_anybody() -> Walk:
    """All states that two agents bring about who can ask people outside and other queues as well."""
    return walk(judge, WITH_ANYBODY, with_own_leg=False)


@pytest.fixture(scope="module")
def deep() -> Walk:
    """The same within nine inputs from the beginning, microphones, keypads and hold keys too."""
    return walk(judge, WITH_ANYBODY, depth=DEPTH_WITH_OWN_LEG, with_own_leg=True)


@pytest.fixture(scope="module")
def by_telephone() -> Walk:
    """Two agents, within eight inputs, where whoever consults has dialled: two calls of one telephone, with its hold keys."""
    return walk(judge, BY_TELEPHONE, depth=DEPTH_BY_TELEPHONE, with_own_leg=True)


def test_every_state_that_two_calls_of_one_telephone_bring_about_is_sound(by_telephone: Walk) -> None:
    assert by_telephone.unsound == []
    assert len(by_telephone.states) == STATES_BY_TELEPHONE, f"{len(by_telephone.states)} states"


def test_every_state_that_three_agents_bring_about_is_sound(among_themselves: Walk) -> None:
    found = among_themselves
    assert found.unsound == []
    assert {state[0] for state in found.states} == set(Phase) - {Phase.HANDED_OUT}
    assert len(found.states) == STATES_AMONG_THEMSELVES, f"{len(found.states)} states, the farthest {found.depth - 1} inputs away"


def test_every_state_that_two_agents_and_anybody_bring_about_is_sound(with_anybody: Walk) -> None:
    found = with_anybody
    assert found.unsound == []
    assert {state[0] for state in found.states} == set(Phase)
    assert len(found.states) == STATES_WITH_ANYBODY, f"{len(found.states)} states, the farthest {found.depth - 1} inputs away"


def test_every_state_within_nine_inputs_with_microphones_and_hold_keys_is_sound(deep: Walk) -> None:
    assert deep.unsound == []
    assert len(deep.states) == STATES_WITH_OWN_LEG, f"{len(deep.states)} states"


@pytest.mark.parametrize("walked", ["among_themselves", "with_anybody", "deep", "by_telephone"])
def test_an_agent_or_a_deadline_leads_out_of_every_state_that_has_not_ended(walked: str, request: pytest.FixtureRequest) -> None:
    found: Walk = request.getfixturevalue(walked)

    dead_ends = [state for state, onward in found.onward.items() if not onward and state[0] is not Phase.ENDED]

    assert dead_ends == []


@pytest.mark.parametrize("walked", ["among_themselves", "with_anybody"])
def test_agents_and_time_alone_bring_every_interaction_to_its_end(walked: str, request: pytest.FixtureRequest) -> None:
    """No customer has to give up and no supervisor has to help: buttons, answered telephones and deadlines are enough."""
    found: Walk = request.getfixturevalue(walked)
    backward: dict[State, list[State]] = {}
    for state, onward in found.onward.items():
        for to in onward:
            backward.setdefault(to, []).append(state)
    edge = deque(state for state, interaction in found.states.items() if interaction.is_over)
    comes_to_an_end = set(edge)
    while edge:
        for before in backward.get(edge.popleft(), ()):
            if before not in comes_to_an_end:
                comes_to_an_end.add(before)
                edge.append(before)

    assert comes_to_an_end == set(found.states)


def test_a_button_is_offered_exactly_when_pressing_it_is_accepted(with_anybody: Walk) -> None:
    for interaction in with_anybody.states.values():
        for agent in viewers(interaction, WITH_ANYBODY):
            offered = buttons(interaction, agent)
            tooltips = {
                action: because
                for action, because in prospects(interaction, agent, supervises=agent == "sam").items()
                if because is not None
            }
            assert not set(offered) & set(tooltips)
            for action in Action:
                for press in asked(interaction, agent, action, WITH_ANYBODY):
                    if action in offered:
                        press.of(interaction)
                        continue
                    with pytest.raises(Refused) as no:
                        press.of(interaction)
                    assert no.value.code == ("not-now" if action in tooltips else "not-permitted")
                    assert tooltips.get(action, no.value.because) == no.value.because
                    assert no.value.because.endswith(".")


def test_every_step_of_the_chart_is_taken_in_some_reachable_state(
    among_themselves: Walk, with_anybody: Walk, deep: Walk, by_telephone: Walk
) -> None:
    """A step that no state ever takes would be one too many. Pressing keys and a leg that comes free are left out: they change no state."""
    steps: set[tuple[str, type[Fact | Command]]] = {
        (stage, kind) for stage, row in STAGES.items() for kind, cell in row.items() if cell.take is not None
    }
    steps |= {("action", kind) for kind in (*ACTIONS, *REACHING) if kind is not SendDigits}

    never = steps - among_themselves.cells - with_anybody.cells - deep.cells - by_telephone.cells

    assert {(stage, kind) for stage, kind in never if kind is not LegUnstuck} == set()


class _Noticed(Exception):
    """The judge has objected, so the rest need not be walked."""


def _stop_at_once(move: Move) -> None:
    try:
        judge(move)
    except AssertionError as objection:
        raise _Noticed(str(objection)) from objection


def _walk_each_cast() -> None:
    for cast in (WITH_ANYBODY, BY_TELEPHONE):
        walk(_stop_at_once, cast, depth=DEPTH_WITHOUT_A_COUPLING, with_own_leg=True)


@pytest.mark.parametrize("without", COUPLINGS, ids=lambda coupling: coupling.rule)
def test_no_coupling_is_one_too_many(monkeypatch: pytest.MonkeyPatch, without: Coupling) -> None:
    """Without any one of them something comes about that must not be."""
    monkeypatch.setattr(chart, "COUPLINGS", tuple(coupling for coupling in COUPLINGS if coupling is not without))

    with pytest.raises((AssertionError, _Noticed)):
        _walk_each_cast()


# --- Eight at once -----------------------------------------------------------------------------------------------------

PARTIES_MAX = 8
MANY = Cast(agents=tuple(replace(AGENTS[0], id=AgentId(name), name=name, phone=name) for name in "abcdefghi"), conference_max=PARTIES_MAX)
WALKS, STEPS = 12, 60


def _there(i: Interaction) -> int:
    return sum(party.standing is not Standing.GONE for party in parties(i))


def _drawn_to_company(dice: Random, choices: list[Move]) -> Move:
    """One of them, and rather one by which more people are there: otherwise eight never meet."""
    by = {Action.CONSULT: 20, Action.CONFERENCE: 40}
    weights = [
        by.get(move.cause.action, 1) if isinstance(move.cause, Command) else 40 * isinstance(move.cause, LegAnswered) for move in choices
    ]
    return dice.choices(choices, [weight or 0.5 for weight in weights])[0]


def _random_walk(seed: int) -> Iterator[Move]:
    """Every move that there is at each place of a way that begins anew when all is over."""
    dice = Random(seed)
    now = BEGINNINGS[seed % len(BEGINNINGS)]
    for _ in range(STEPS):
        choices = list(moves(now, MANY, with_own_leg=True))
        yield from choices
        now = _drawn_to_company(dice, choices).after if choices else BEGINNINGS[0]


def test_with_up_to_eight_parties_every_step_is_sound() -> None:
    most = 0
    for seed in range(WALKS):
        for move in _random_walk(seed):
            judge(move)
            most = max(most, _there(move.after))

    assert most == PARTIES_MAX
