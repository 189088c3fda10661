"""Every state that one interaction can be in, with some agents who are alike: what can come in a state, and when two states are the same.

Time, names of legs, revisions, sentences and what Asterisk is slow to do are left out of what makes a state. Agents are told apart only by
what they are to the interaction, for nothing in the core depends on a name; people outside are not told apart at all.

Policies: each step asks at most one policy, so every input is tried under the defaults and under all that is not the default. What
is reached so contains what is reached under each combination of them.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from controller.directory.directory import Agent
from controller.directory.ids import THE_SWITCH, AgentId, EntryPointId, InteractionId, LegId, QueueId, ReasonId
from controller.directory.policy import (
    AfterConsult,
    CustomerGoneInConference,
    EndConsult,
    FailedTransfer,
    OwnerHangUp,
    Policy,
    TransferAcceptance,
    WrapUpExtension,
)
from controller.directory.replace import replace
from controller.directory.targets import AgentTarget, NumberTarget, QueueTarget, Target
from controller.interaction.advance import take_command, take_fact, take_second_call
from controller.interaction.chart import STAGES, row_about
from controller.interaction.commands import Action, Command, DropMember, GiveWrapUp, SendDigits, StartConsult, TransferBlind
from controller.interaction.facts import (
    AgentChosen,
    AgentTaken,
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
from controller.interaction.interaction import (
    ConsultStage,
    Customer,
    CustomerStage,
    Interaction,
    Leg,
    OfferWhy,
    Person,
    Phase,
    QueueLine,
    Reach,
)
from controller.interaction.leg import Endpoint, Origin
from controller.interaction.legs import legs, rings
from controller.interaction.parties import deadlines, roles_of
from controller.interaction.roles import allowed
from controller.interaction.steps.customer import call_out
from controller.interaction.steps.moves import person_of
from tests.pure.story import COMMANDS

AGENTS = tuple(Agent(id=AgentId(name), name=name, phone=name, answers_remotely=True) for name in ("ana", "ben", "cleo"))
SUPERVISOR = AgentId("sam")
DIALLED = (LegId("dialled"), LegId("dialled again"))
"""The second call of the owner's telephone, and one more when that has taken the place of the first."""
NOW = 1.0

DEFAULTS = Policy(wrap_up_default=ReasonId("resolved"))
OTHERS = replace(
    DEFAULTS,
    transfer_acceptance=TransferAcceptance.ASK,
    end_consult=EndConsult.RETURN_TO_CUSTOMER,
    owner_hang_up=OwnerHangUp.RING_BACK,
    after_consult=AfterConsult.KEEP_HELD,
    customer_gone_in_conference=CustomerGoneInConference.AGENTS_STAY,
    failed_transfer=FailedTransfer.FRONT_OF_QUEUE,
    wrap_up_extension=WrapUpExtension.UNLIMITED,
    wrap_up_unanswered=True,
)

NUMBER = NumberTarget(dial="+33199002001", shown="+33 1 99 00 20 01")
LINE = QueueLine(id=QueueId("q2"), name="q2", music="m2", policy=DEFAULTS)

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


def outsider(asked_by: AgentId) -> Person:
    """Somebody outside."""
    endpoint = Endpoint(address=NUMBER.dial, trunk="outside")
    return Person(name="Gabriel", number=NUMBER.shown, agent=None, endpoint=endpoint, asked_by=asked_by)


def _called(queue: QueueId | None) -> Interaction:
    """A call out at its beginning: its agent's own telephone rings."""
    customer = Customer(
        stage=CustomerStage.TO_DIAL,
        person=outsider(AGENTS[0].id),
        leg=Leg(id=LegId("c"), origin=Origin.MADE, switch=THE_SWITCH),
    )
    new = replace(BEGINNING, queue=queue, entry_point=None, customer=customer, direction="outbound")
    return call_out(new, person_of(AGENTS[0]), NOW)


BEGINNINGS = (BEGINNING, _called(BEGINNING.queue), _called(None))
"""Somebody calls us, or is called for a queue, or for none."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who can be part of it beside the customer."""

    agents: tuple[Agent, ...] = AGENTS
    people_outside: bool = True
    lines: bool = True
    """Another queue can be asked, or be given the customer."""
    conference_max: int = 4
    dials: bool = False
    """Owners consult by dialling from their telephone, and never by the button."""


State = tuple[object, ...]


def state_of(i: Interaction) -> State:
    """What makes two interactions the same: how far each part is, who is what, whose leg is how, what is waited for, what is owed."""
    marks: dict[AgentId, set[str]] = {}

    def part(name: str, person: Person, leg: Leg) -> State:
        if person.agent is not None:
            marks.setdefault(person.agent, set()).add(name)
        return name, person.agent is not None, leg.muted, leg.phone_on_hold, leg.told_to_answer

    parts: list[State] = [(i.customer.stage, i.customer.leg.phone_on_hold)]
    if i.offer is not None:
        known = (i.offer.why, i.offer.owes_wrap_up, i.offer.consulted_since is None)
        parts.append((*part("offered", i.offer.to, i.offer.leg), *known))
    if i.owner is not None:
        second = i.owner.second
        parts.append(
            (*part("owner", i.owner.person, i.owner.leg), i.owner.talks_to, second is not None and (second.muted, second.phone_on_hold))
        )
    if i.consult is not None:
        parts.append((i.consult.stage, i.consult.line is not None))
        if i.consult.person is not None and i.consult.leg is not None:
            parts.append(part("consulted", i.consult.person, i.consult.leg))
        for agent in i.consult.not_for:
            marks.setdefault(agent, set()).add("would not be consulted")
    parts += [part(f"member {place}", member.person, member.leg) for place, member in enumerate(i.members)]
    if i.former is not None and i.former.person.agent is not None:
        marks.setdefault(i.former.person.agent, set()).add("former")
    for wrap_up in i.wrap_ups:
        mark = "gave" if not wrap_up.is_owed else "takes longer" if wrap_up.extended else "owes"
        marks.setdefault(wrap_up.agent, set()).add(mark)
    for agent in i.not_for:
        marks.setdefault(agent, set()).add("not for")
    known_as = tuple(sorted("/".join(sorted(each)) for each in marks.values()))
    waited_for = tuple(deadline.why for deadline in deadlines(i))
    return i.phase, tuple(parts), known_as, waited_for, i.first_in_line, i.queue is not None


def is_free(i: Interaction, agent: Agent) -> bool:
    """No part of it and owing it nothing, so that routing or a colleague may ring them."""
    there = any(person is not None and person.agent == agent.id for person, _ in legs(i))
    return not there and i.owes_wrap_up(agent.id) is None


_CAUSES_UP = (EndCause.HUNG_UP, EndCause.FAILED)
_CAUSES_RINGING = (EndCause.HUNG_UP, EndCause.FAILED, EndCause.BUSY, EndCause.DECLINED)


def facts(i: Interaction, cast: Cast) -> Iterator[Fact]:
    """All that can happen to it now."""
    for _, leg in legs(i):
        yield LegAnswered(leg=leg.id)
        yield LegHeld(leg=leg.id)
        yield LegUnheld(leg=leg.id)
        yield LegUnstuck(leg=leg.id) if leg.is_stuck else LegStuck(leg=leg.id)
        for cause in _CAUSES_RINGING if rings(i, leg) else _CAUSES_UP:
            yield LegEnded(leg=leg.id, cause=cause)
    for deadline in deadlines(i):
        yield DeadlinePassed(interaction=i.id, why=deadline.why)
    for wrap_up in i.wrap_ups:
        if wrap_up.is_owed and wrap_up.over_at is not None:
            yield DeadlinePassed(interaction=i.id, why=Why.WRAP_UP_OVER, agent=wrap_up.agent)
    if i.offer is not None and i.offer.why is OfferWhy.RING_BACK:
        yield AgentTaken(interaction=i.id)
    waits = i.consult is not None and i.consult.stage is ConsultStage.WAITING
    would_not = i.consult.not_for if i.consult is not None else ()
    if waits or i.phase is Phase.QUEUED:
        for agent in cast.agents:
            if is_free(i, agent) and agent.id not in would_not:
                yield AgentChosen(interaction=i.id, agent=agent)


def _targets(i: Interaction, asker: AgentId, cast: Cast) -> Iterator[tuple[Target, Reach]]:
    """Whom somebody can ask for now. Agents who are free are alike to who asks, but not to who has had it before."""
    for agent in cast.agents:
        if is_free(i, agent):
            yield AgentTarget(agent=agent.id), person_of(agent)
    if cast.lines:
        yield QueueTarget(queue=LINE.id), LINE
    if cast.people_outside:
        yield NUMBER, outsider(asker)


@dataclass(frozen=True, slots=True)
class Asked:
    """A button that was pressed."""

    command: Command
    reach: Reach | None = None
    """What its target leads to; None: it names nobody."""
    is_dialled: bool = False
    """It was no button: they have dialled from their telephone, whose second call it is."""

    def of(self, i: Interaction) -> Interaction:
        """Do it. Raises a `Refused`."""
        reach = self.reach
        find = None if reach is None else lambda: reach
        if self.is_dialled:
            assert isinstance(self.command, StartConsult), "whoever dials on a call consults"
            assert find is not None, "somebody is dialled"
            taken = {leg.id for _, leg in legs(i)}
            new = next(name for name in DIALLED if name not in taken)
            return take_second_call(i, self.command, Leg(id=new, origin=Origin.DIALLED, switch=THE_SWITCH), NOW, reach=find).interaction
        return take_command(i, self.command, NOW, supervises=self.command.agent == SUPERVISOR, reach=find).interaction


def asked(i: Interaction, agent: AgentId, action: Action, cast: Cast) -> Iterator[Asked]:
    """Somebody presses a button, whomever it can name. Nobody is free to be asked: nothing."""
    match action:
        case Action.DTMF:
            yield Asked(SendDigits(agent=agent, interaction=i.id, digits="1"))
        case Action.WRAP_UP:
            yield Asked(GiveWrapUp(agent=agent, interaction=i.id, reason=ReasonId("resolved")))
        case Action.CONSULT:
            for target, reach in _targets(i, agent, cast):
                yield Asked(StartConsult(agent=agent, interaction=i.id, target=target), reach, is_dialled=cast.dials)
        case Action.TRANSFER if i.consult is None and not i.members:
            for target, reach in _targets(i, agent, cast):
                yield Asked(TransferBlind(agent=agent, interaction=i.id, target=target), reach)
        case Action.DROP:
            for leg in [member.leg.id for member in i.members] or [i.customer.leg.id]:
                yield Asked(DropMember(agent=agent, interaction=i.id, leg=leg))
        case _:
            yield Asked(COMMANDS[action](agent=agent, interaction=i.id))


def viewers(i: Interaction, cast: Cast) -> Iterator[AgentId]:
    """Everybody who may see it."""
    yield from (agent.id for agent in cast.agents if roles_of(i, agent.id))
    yield SUPERVISOR


def buttons(i: Interaction, agent: AgentId) -> tuple[Action, ...]:
    """What somebody's buttons offer."""
    return allowed(i, agent, supervises=agent == SUPERVISOR)


_MOVES_NOBODY = (Action.MUTE, Action.UNMUTE, Action.DTMF)


@dataclass(frozen=True)
class Move:
    """One input that was taken, and where it led."""

    before: Interaction
    cause: Fact | Command
    after: Interaction

    @property
    def by_customer(self) -> bool:
        """Only the customer's own telephone does this."""
        return isinstance(self.cause, LegFact) and self.cause.leg == self.before.customer.leg.id

    @property
    def by_agents_or_time(self) -> bool:
        """A button, a key, a telephone that is answered, routing that found an agent, or a deadline.

        No customer who gives up, no supervisor, no accident.
        """
        match self.cause:
            case Command():
                return self.cause.agent != SUPERVISOR and self.cause.action not in _MOVES_NOBODY
            case LegEnded() | LegHeld() | LegStuck() | LegUnstuck() | AgentTaken():
                return False
            case LegAnswered():
                return True
            case _:
                return not self.by_customer

    @cached_property
    def cell(self) -> tuple[str, type[Fact | Command]]:
        """What the chart is asked by this input: a stage of one of its parts and a kind of fact, or an action."""
        if isinstance(self.cause, Command):
            return "action", type(self.cause)
        row = row_about(self.before, self.cause)
        return next(stage for stage, known in STAGES.items() if known is row), type(self.cause)


def under_policy(i: Interaction, policy: Policy) -> Interaction:
    """The same where all steps ask this policy, also those of a reason that is owed, which ask the policy of then."""
    return replace(i, policy=policy, wrap_ups=tuple(replace(wrap_up, policy=policy) for wrap_up in i.wrap_ups))


def moves(i: Interaction, cast: Cast, *, with_own_leg: bool) -> Iterator[Move]:
    """Everything that changes it, under either set of policies, and what comes of it; refusals and what is ignored are left out."""
    for policy in (DEFAULTS, OTHERS):
        under = under_policy(i, replace(policy, conference_max=cast.conference_max))
        for fact in facts(under, cast):
            if with_own_leg or not isinstance(fact, LegHeld | LegUnheld | LegStuck | LegUnstuck):
                after = take_fact(under, fact, NOW).interaction
                if after is not under:
                    yield Move(under, fact, after)
        for agent in viewers(under, cast):
            for action in buttons(under, agent):
                if with_own_leg or action not in _MOVES_NOBODY:
                    yield from (Move(under, each.command, each.of(under)) for each in asked(under, agent, action, cast))


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


def walk(
    judge: Callable[[Move], None],
    cast: Cast,
    *,
    begins: Iterable[Interaction] = BEGINNINGS,
    depth: int | None = None,
    with_own_leg: bool,
) -> Walk:
    """Walk breadth first, every step before the judge; without a depth, until nothing new is found."""
    found = Walk(states={state_of(one): one for one in begins}, onward={}, cells=set(), unsound=[], depth=0)
    edge = list(found.states)
    while edge and found.depth != depth:
        reached: list[State] = []
        for state in edge:
            found.onward[state] = set()
            for move in moves(found.states[state], cast, with_own_leg=with_own_leg):
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
