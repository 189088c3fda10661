"""Every state that one interaction can be in, with three agents who are alike: what can come in a state, and when two states are the same.

Time, names of legs, revisions, sentences and what Asterisk is slow to do are left out of what makes a state. Agents are told apart only by
what they are to the interaction, for nothing in the core depends on a name.

Policies: each step asks at most one policy, so every input is tried under the defaults and under all that is not the default. What
is reached so contains what is reached under each of the 32 combinations.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from controller.directory.directory import Agent
from controller.directory.ids import THE_SWITCH, AgentId, EntryPointId, InteractionId, LegId, QueueId, ReasonId
from controller.directory.policy import (
    AfterConsult,
    CustomerGoneInConference,
    EndConsult,
    OwnerHangUp,
    Policy,
    TransferAcceptance,
)
from controller.interaction.advance import take_command, take_fact
from controller.interaction.chart import STAGES, row_about
from controller.interaction.commands import Action, Command, GiveWrapUp, SendDigits, StartConsult
from controller.interaction.facts import (
    AgentChosen,
    DeadlinePassed,
    EndCause,
    Fact,
    LegAnswered,
    LegEnded,
    LegFact,
    LegHeld,
    LegStuck,
    LegUnheld,
    LegUnstuck,
    Why,
)
from controller.interaction.interaction import Customer, CustomerStage, Interaction, Leg, Person, Phase
from controller.interaction.leg import Origin
from controller.interaction.parties import consult_asked_at, customer_of, deadlines, parties, role_of
from controller.interaction.party import Role, Standing
from controller.interaction.roles import allowed
from tests.pure.story import COMMANDS

AGENTS = tuple(Agent(id=AgentId(name), name=name, phone=name, answers_remotely=True) for name in ("ana", "ben", "cleo"))
SUPERVISOR = AgentId("sam")
NOW = 1.0

DEFAULTS = Policy(wrap_up_default=ReasonId("resolved"))
OTHERS = replace(
    DEFAULTS,
    transfer_acceptance=TransferAcceptance.ASK,
    end_consult=EndConsult.RETURN_TO_CUSTOMER,
    owner_hang_up=OwnerHangUp.RING_BACK,
    after_consult=AfterConsult.KEEP_HELD,
    customer_gone_in_conference=CustomerGoneInConference.AGENTS_STAY,
)

BEGINNING = Interaction(
    id=InteractionId("i"),
    phase_since=NOW,
    started_at=NOW,
    queue=QueueId("q"),
    queue_name="q",
    entry_point=EntryPointId("e"),
    music="m",
    policy=DEFAULTS,
    customer=Customer(
        stage=CustomerStage.THERE,
        person=Person(name="cora", number="", agent=None, endpoint=None),
        leg=Leg(id=LegId("c"), origin=Origin.CAME, switch=THE_SWITCH),
    ),
    waiting_since=NOW,
)

State = tuple[object, ...]


def state_of(interaction: Interaction) -> State:
    """What makes two interactions the same: who is what, whose leg is how, what is waited for, what is owed."""
    seen: dict[AgentId, list[object]] = {}
    people: dict[Role, State] = {}
    for party in parties(interaction):
        people[party.role] = (party.standing, party.muted, party.phone_on_hold, party.told_to_answer)
        if party.agent is not None:
            seen.setdefault(party.agent, [""]).append(party.role)
    for wrap_up in interaction.wrap_ups:
        marks = seen.setdefault(wrap_up.agent, [""])
        mark = "owes" if wrap_up.is_owed else "gave"
        if mark not in marks:
            marks.append(mark)
    for agent in interaction.not_for:
        marks = seen.setdefault(agent, [""])
        if "not for" not in marks:
            marks.append("not for")
    return (
        interaction.phase,
        tuple(sorted(people.items())),
        tuple(sorted("/".join(str(mark) for mark in marks) for marks in seen.values())),
        tuple(deadline.why for deadline in deadlines(interaction)),
        interaction.first_in_line,
        consult_asked_at(interaction) is None,
    )


def is_free(interaction: Interaction, agent: Agent) -> bool:
    """No part of it and owing it nothing, so that routing or a colleague may ring them."""
    return role_of(interaction, agent.id) in (None, Role.FORMER) and interaction.owes_wrap_up(agent.id) is None


_CAUSES_UP = (EndCause.HUNG_UP, EndCause.FAILED)
_CAUSES_RINGING = (EndCause.HUNG_UP, EndCause.FAILED, EndCause.BUSY, EndCause.DECLINED)


def facts(interaction: Interaction) -> Iterator[Fact]:
    """All that can happen to it now."""
    for party in parties(interaction):
        if party.standing is Standing.GONE:
            continue
        yield LegAnswered(leg=party.leg)
        yield LegHeld(leg=party.leg)
        yield LegUnheld(leg=party.leg)
        yield LegUnstuck(leg=party.leg) if party.is_stuck else LegStuck(leg=party.leg)
        for cause in _CAUSES_RINGING if party.rings else _CAUSES_UP:
            yield LegEnded(leg=party.leg, cause=cause)
    for deadline in deadlines(interaction):
        yield DeadlinePassed(interaction=interaction.id, why=deadline.why)
    for wrap_up in interaction.wrap_ups:
        if wrap_up.is_owed:
            yield DeadlinePassed(interaction=interaction.id, why=Why.WRAP_UP_OVER, agent=wrap_up.agent)
    if interaction.phase is Phase.QUEUED:
        for agent in AGENTS:
            if is_free(interaction, agent):
                yield AgentChosen(interaction=interaction.id, agent=agent)


def command(interaction: Interaction, agent: AgentId, action: Action) -> Command | None:
    """Somebody presses a button. None: the floor refuses to consult a colleague who is not free, and here nobody is."""
    match action:
        case Action.DTMF:
            return SendDigits(agent=agent, interaction=interaction.id, digits="1")
        case Action.WRAP_UP:
            return GiveWrapUp(agent=agent, interaction=interaction.id, reason=ReasonId("resolved"))
        case Action.CONSULT:
            target = next((free for free in AGENTS if is_free(interaction, free)), None)
            return StartConsult(agent=agent, interaction=interaction.id, target=target) if target else None
        case _:
            return COMMANDS[action](agent=agent, interaction=interaction.id)


def viewers(interaction: Interaction) -> Iterator[tuple[AgentId, Role]]:
    """Everybody who may see it, and as what."""
    for agent in AGENTS:
        role = role_of(interaction, agent.id)
        if role is not None:
            yield agent.id, role
    yield SUPERVISOR, Role.SUPERVISOR


_MOVES_NOBODY = (Action.MUTE, Action.UNMUTE, Action.DTMF)


@dataclass(frozen=True, slots=True)
class Move:
    """One input that was taken, and where it led."""

    before: Interaction
    cause: Fact | Command
    after: Interaction

    @property
    def by_customer(self) -> bool:
        """Only the customer's own telephone does this."""
        customer = customer_of(self.before)
        return isinstance(self.cause, LegFact) and customer is not None and self.cause.leg == customer.leg

    @property
    def by_agents_or_time(self) -> bool:
        """An agent's button, key or telephone, routing that found an agent, or a deadline: no customer, no supervisor, no accident."""
        match self.cause:
            case Command():
                return self.cause.agent != SUPERVISOR and self.cause.action not in _MOVES_NOBODY
            case LegEnded() | LegHeld() | LegStuck() | LegUnstuck():
                return False
            case _:
                return not self.by_customer

    @property
    def cell(self) -> tuple[str, type[Fact | Command]]:
        """What the chart is asked by this input: a stage of one of its parts and a kind of fact, or an action."""
        if isinstance(self.cause, Command):
            return "action", type(self.cause)
        row = row_about(self.before, self.cause)
        return next(stage for stage, known in STAGES.items() if known is row), type(self.cause)


def moves(interaction: Interaction, *, with_own_leg: bool) -> Iterator[Move]:
    """Everything that changes it, under either set of policies, and what comes of it; refusals and what is ignored are left out."""
    for policy in (DEFAULTS, OTHERS):
        under = replace(interaction, policy=policy)
        for fact in facts(under):
            if with_own_leg or not isinstance(fact, LegHeld | LegUnheld | LegStuck | LegUnstuck):
                after = take_fact(under, fact, NOW).interaction
                if after is not under:
                    yield Move(under, fact, after)
        for agent, role in viewers(under):
            for action in allowed(under, role, agent):
                asked = command(under, agent, action)
                if asked is not None and (with_own_leg or action not in _MOVES_NOBODY):
                    yield Move(under, asked, take_command(under, asked, role, NOW).interaction)


@dataclass
class Walk:
    """What was found."""

    states: dict[State, Interaction]
    """Every state, once, and one interaction that is in it."""
    onward: dict[State, set[State]]
    """Where agents and time alone lead from a state."""
    cells: set[tuple[str, type[Fact | Command]]]
    """What of the chart was asked."""
    unsound: list[str]
    """What the judge objected to."""
    depth: int


def walk(judge: Callable[[Move], None], *, depth: int | None = None, with_own_leg: bool) -> Walk:
    """Walk breadth first, every step before the judge; without a depth, until nothing new is found."""
    found = Walk(states={state_of(BEGINNING): BEGINNING}, onward={}, cells=set(), unsound=[], depth=0)
    edge = list(found.states)
    while edge and found.depth != depth:
        reached: list[State] = []
        for state in edge:
            found.onward[state] = set()
            for move in moves(found.states[state], with_own_leg=with_own_leg):
                to = _look_at(found, judge, state, move)
                if to not in found.states:
                    found.states[to] = move.after
                    reached.append(to)
        edge = reached
        found.depth += 1
    return found


def _look_at(found: Walk, judge: Callable[[Move], None], state: State, move: Move) -> State:
    try:
        judge(move)
    except AssertionError as objection:
        found.unsound.append(f"{move.before.phase}, {move.cause}: {objection}")
    to = state_of(move.after)
    found.cells.add(move.cell)
    if move.by_agents_or_time and to != state:
        found.onward[state].add(to)
    return to
