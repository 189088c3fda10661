"""The floor as one viewer sees it. Pure: what is goes in, what is shown comes out.

Who may see an interaction is decided here and nowhere else. What may be done is not: that is the role table's.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from controller.desktop import shapes
from controller.dialling.shown import shown_number
from controller.directory.directory import Queue
from controller.directory.ids import AgentId, QueueId, Seconds
from controller.directory.targets import AgentTarget, ColleagueTarget, EntryPointTarget, NumberTarget, QueueTarget, Target
from controller.floor.floor import Floor
from controller.interaction.commands import Action
from controller.interaction.facts import Why
from controller.interaction.interaction import Consult, ConsultStage, CustomerStage, Interaction, OfferWhy, Phase, TalksTo, WrapUp
from controller.interaction.layout import Room, room_of
from controller.interaction.parties import consult_asked_at, customer_of, owner_of, parties
from controller.interaction.party import Party, Role, Standing
from controller.interaction.roles import prospects
from controller.routing.desk import Desk, DeskState
from controller.routing.telephones import Telephones

SWITCH_AWAY = "Asterisk can't be reached now: calls that are up go on. Try again in a moment."

_OFFERED_WHY: Mapping[OfferWhy, shapes.OfferWhy] = {
    OfferWhy.LINE: "line",
    OfferWhy.RING_BACK: "ring_back",
    OfferWhy.TRANSFER: "transfer",
}
"""Why a telephone is offered a customer. Whoever is asked is on the line already, and their own call out is no offer."""


def moment(at: Seconds) -> datetime:
    """A moment as the API writes it."""
    return datetime.fromtimestamp(at, UTC)


def viewers(floor: Floor, interaction: Interaction) -> set[AgentId]:
    """Say whose to see an interaction is: a live party's, theirs who owe a wrap-up, any supervisor's while it lasts."""
    concerned = {agent for agent in _concerned(interaction) if agent in floor.directory.agents}
    if not interaction.is_over:
        concerned.update(floor.supervisors)
    return concerned


def _concerned(interaction: Interaction) -> Iterator[AgentId]:
    yield from (party.agent for party in parties(interaction) if party.agent is not None and party.standing is not Standing.GONE)
    yield from (wrap_up.agent for wrap_up in interaction.wrap_ups if wrap_up.is_owed)


def sees(floor: Floor, interaction: Interaction, viewer: AgentId) -> bool:
    """Say whether an interaction is this agent's to see."""
    if viewer in floor.supervisors and not interaction.is_over:
        return True
    return viewer in floor.directory.agents and viewer in _concerned(interaction)


def seen_by(floor: Floor, viewer: AgentId) -> Iterator[Interaction]:
    """Every interaction that this agent sees, oldest first."""
    # Of a thousand interactions nearly all are others'; only a supervisor has to look at each.
    looks_at = floor.everybodys_interactions() if viewer in floor.supervisors else floor.interactions_of(viewer)
    yield from (interaction for interaction in looks_at if sees(floor, interaction, viewer))


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenByAll:
    """The people of an interaction, who look the same to every viewer."""

    customer: shapes.Customer
    agents: tuple[shapes.Agent, ...]
    consult: shapes.Consult | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """A consult waits in the line of a queue."""

    position: int
    """At which place, counted from 1."""
    expected_seconds: Seconds | None
    """From when it was asked for; None: nobody knows."""


def waits_of(floor: Floor, interaction: Interaction) -> Waits | None:
    """Say how an interaction's consult waits in a queue's line; None: it has none that waits."""
    consult = interaction.consult
    if consult is None or consult.line is None or consult.stage is not ConsultStage.WAITING:
        return None
    position = floor.position_of(interaction.id)
    return Waits(position=position, expected_seconds=floor.usual_wait(consult.line.id)) if position is not None else None


def seen_by_all(interaction: Interaction, region: str, waits: Waits | None) -> SeenByAll:
    """Look at an interaction's people once for all its viewers; `waits`: at which place of which line its consult waits, and how long."""
    return SeenByAll(
        customer=_customer(interaction, region),
        agents=tuple(_agent(interaction, party) for party in parties(interaction) if party.role is not Role.CUSTOMER),
        consult=_consult(interaction, waits),
    )


def interaction_view(floor: Floor, interaction: Interaction, viewer: AgentId, shared: SeenByAll) -> shapes.Interaction:
    """One interaction; the viewer may have nothing to do with it any more, and then it says so."""
    role = floor.role_of(interaction, viewer)
    may, may_not = _actions(floor, interaction, role, viewer)
    is_told = role in (Role.AGENT_1, Role.SUPERVISOR)
    return shapes.Interaction(
        id=interaction.id,
        revision=interaction.revision,
        phase=interaction.phase,
        queue=interaction.queue,
        entry_point=interaction.entry_point,
        direction=interaction.direction,
        my_role=_VIEWER_ROLE[role] if role is not None else None,
        owner=_owner(interaction),
        started_at=moment(interaction.started_at),
        phase_since=moment(interaction.phase_since),
        customer=shared.customer,
        agents=shared.agents,
        consult=shared.consult,
        recording="off",
        news=interaction.news if is_told else "",
        hold_alarm=is_told and is_forgotten(interaction),
        allowed=may,
        refused=may_not,
        gone=not sees(floor, interaction, viewer),
    )


_VIEWER_ROLE: Mapping[Role, shapes.ViewerRole] = {
    Role.AGENT_1: "agent1",
    Role.AGENT_2: "agent2",
    Role.FORMER: "former",
    Role.SUPERVISOR: "supervisor",
}


def _owner(interaction: Interaction) -> AgentId | None:
    """Who has the customer, or is rung or was the last to have them; None: nobody, or somebody outside."""
    owner = owner_of(interaction) if interaction.phase is not Phase.HANDED_OUT else None
    return owner.agent if owner is not None else None


def is_forgotten(interaction: Interaction) -> bool:
    """Say whether the customer has been on hold for so long that somebody was told: the moment to tell it again comes later than that."""
    since, again = interaction.customer.held_since, interaction.customer.deadline
    if since is None or again is None or again.why is not Why.HELD_FOR_LONG:
        return False
    return again.at > since + interaction.policy.hold_alarm_seconds


def _actions(floor: Floor, interaction: Interaction, role: Role | None, viewer: AgentId) -> tuple[tuple[Action, ...], dict[Action, str]]:
    """What this viewer could do now, and why not the rest of what their role ever does."""
    may: list[Action] = []
    may_not: dict[Action, str] = {}
    if role is None:
        return (), may_not
    for action, because in prospects(interaction, viewer, supervises=floor.supervises(viewer)).items():
        # A wrap-up needs no telephone; everything else waits for Asterisk.
        if not floor.switch_is_there and action not in (Action.WRAP_UP, Action.EXTEND_WRAP_UP):
            may_not[action] = SWITCH_AWAY
        elif because is None:
            may.append(action)
        else:
            may_not[action] = because
    return tuple(may), may_not


def _leg(interaction: Interaction, party: Party) -> shapes.Leg:
    if party.rings:
        return "ringing"
    match room_of(interaction, party):
        case Room.TALK:
            return "talking"
        case Room.HOLD:
            return "held"
        case None:
            return "gone"


def _customer(interaction: Interaction, region: str) -> shapes.Customer:
    customer, since = customer_of(interaction), interaction.customer.held_since
    return shapes.Customer(
        number=shown_number(_readable(customer.number), region),
        name=_readable(customer.name),
        leg=None if interaction.customer.stage is CustomerStage.TO_DIAL else _leg(interaction, customer),
        muted=customer.muted,
        held_since=moment(since) if since is not None else None,
    )


def _readable(text: str) -> str:
    """A caller may send anything as name and number, even what is no character; JSON can't carry that."""
    return text if text.isascii() else text.encode(errors="replace").decode()


def _agent(interaction: Interaction, party: Party) -> shapes.Agent:
    return shapes.Agent(
        agent=party.agent,
        name=party.name,
        number=party.number,
        role="agent1" if party.role is Role.AGENT_1 else "agent2",
        leg=_leg(interaction, party),
        muted=party.muted,
        leg_id=party.leg,
    )


def _consult(interaction: Interaction, waits: Waits | None) -> shapes.Consult | None:
    consult = interaction.consult
    if consult is None:
        return _former_consult(interaction)
    return shapes.Consult(
        kind=consult.target.kind,
        id=_id_of(consult.target),
        number=consult.target.shown if isinstance(consult.target, NumberTarget | ColleagueTarget) else None,
        name=consult.name,
        stage=_stage_of(interaction, consult),
        position=waits.position if waits is not None else None,
        expected_wait_seconds=waits.expected_seconds if waits is not None else None,
        asked_at=moment(consult.asked_at),
    )


def _former_consult(interaction: Interaction) -> shapes.Consult | None:
    """Whoever was consulted is still shown so while they are asked to take the customer over: they wait."""
    asked, since = interaction.offer, consult_asked_at(interaction)
    if asked is None or since is None:
        return None
    return shapes.Consult(
        kind="agent",
        id=asked.to.agent,
        number=None,
        name=asked.to.name,
        stage="held",
        position=None,
        expected_wait_seconds=None,
        asked_at=moment(since),
    )


def _stage_of(interaction: Interaction, consult: Consult) -> shapes.ConsultStage:
    match consult.stage:
        case ConsultStage.WAITING:
            return "waiting"
        case ConsultStage.RINGING:
            return "ringing"
        case ConsultStage.UP:
            talks = interaction.owner is not None and interaction.owner.talks_to is TalksTo.CONSULT
            return "talking" if talks else "held"


def _id_of(target: Target) -> str | None:
    match target:
        case AgentTarget(agent=agent):
            return agent
        case QueueTarget(queue=queue):
            return queue
        case EntryPointTarget(entry_point=entry_point):
            return entry_point
        case ColleagueTarget(colleague=colleague):
            return colleague
        case NumberTarget():
            return None


# --- The agent ---------------------------------------------------------------------------------------------------------


def me_view(floor: Floor, viewer: AgentId) -> shapes.Me:
    """The agent who asks."""
    agent, desk = floor.directory.agents[viewer], floor.desks[viewer]
    is_busy = desk.occupied is not None
    return shapes.Me(
        agent=agent.id,
        name=agent.name,
        role="supervisor" if agent.supervisor else "agent",
        state=desk.state,
        idle_reason=None if is_busy else desk.reason or None,
        next_state=desk.chosen if is_busy else None,
        next_reason=(desk.reason or None) if is_busy else None,
        interaction=desk.interaction,
        wrap_ups=tuple(_wrap_ups(floor, viewer)),
        state_since=moment_if_known(desk.state_since),
        telephone=telephone_view(desk.telephones),
    )


def telephone_view(telephones: Telephones) -> shapes.TelephoneState:
    """The telephone that rings for somebody."""
    since = moment_if_known(telephones.since)
    return shapes.TelephoneState(kind=telephones.rings, registered=telephones.is_there, since=since)


def agent_view(floor: Floor, of: AgentId) -> shapes.AgentPresence:
    """One agent, for supervisors."""
    agent, desk = floor.directory.agents[of], floor.desks[of]
    is_busy = desk.occupied is not None
    return shapes.AgentPresence(
        agent=agent.id,
        name=agent.name,
        team=agent.team,
        role="supervisor" if agent.supervisor else "agent",
        state=desk.state,
        state_since=moment_if_known(desk.state_since),
        idle_reason=None if is_busy else desk.reason or None,
        next_state=desk.chosen if is_busy else None,
        next_reason=(desk.reason or None) if is_busy else None,
        interaction=desk.interaction,
        telephone=telephone_view(desk.telephones),
    )


def agents_view(floor: Floor) -> tuple[shapes.AgentPresence, ...]:
    """Everybody, in the site's order."""
    return tuple(agent_view(floor, agent) for agent in floor.directory.agents)


def agent_gone_view(agent: AgentId, name: str) -> shapes.AgentPresence:
    """Somebody whom the site has no more."""
    return shapes.AgentPresence(
        agent=agent,
        name=name,
        team="",
        role="agent",
        state=DeskState.LOGGED_OFF,
        state_since=None,
        idle_reason=None,
        next_state=None,
        next_reason=None,
        interaction=None,
        telephone=telephone_view(Telephones(desk_is_there=False)),
        gone=True,
    )


def moment_if_known(at: Seconds) -> datetime | None:
    """0 stands for what nobody has noted."""
    return moment(at) if at else None


def _wrap_ups(floor: Floor, viewer: AgentId) -> Iterator[shapes.WrapUp]:
    for interaction in floor.interactions_of(viewer):
        owed = interaction.owes_wrap_up(viewer)
        if owed is not None:
            yield wrap_up_view(interaction, owed)


def wrap_up_view(interaction: Interaction, owed: WrapUp) -> shapes.WrapUp:
    """A reason that is owed."""
    return shapes.WrapUp(
        interaction=interaction.id,
        asked_at=moment(owed.asked_at),
        over_at=moment(owed.over_at) if owed.over_at is not None else None,
        default=interaction.policy_of(owed).wrap_up_default,
        extended=owed.extended,
    )


def offer_view(interaction: Interaction, *, consult: bool) -> shapes.Offer:
    """A telephone that rings."""
    rung = interaction.consult if consult else interaction.offer
    over_at = moment(rung.deadline.at) if rung is not None and rung.deadline is not None else None
    why = "consult" if consult or interaction.offer is None else _OFFERED_WHY[interaction.offer.why]
    return shapes.Offer(interaction=interaction.id, consult=consult, why=why, over_at=over_at)


# --- Queues ------------------------------------------------------------------------------------------------------------


def queue_view(floor: Floor, queue: Queue, now: Seconds) -> shapes.Queue:
    """A queue as it is at this moment."""
    waiting = floor.waiting_in(queue.id)
    since = min((customer.waits_since for customer in waiting), default=None)
    states = Counter(_state_in_queue(floor.desks[agent]) for agent in queue.agents)
    return shapes.Queue(
        id=queue.id,
        name=queue.name,
        waiting=len(waiting),
        longest_wait=round(max(0.0, now - since), 3) if since is not None else 0.0,
        waiting_since=moment(since) if since is not None else None,
        agents=dict(states),
    )


def _state_in_queue(desk: Desk) -> DeskState | Literal["no_telephone"]:
    """Only whoever can be rung is available to a queue."""
    return "no_telephone" if desk.lacks_telephone else desk.state


def queue_gone_view(queue: QueueId, name: str) -> shapes.QueueGone:
    """A queue that the site has no more."""
    return shapes.QueueGone(id=queue, name=name, waiting=0, longest_wait=0.0, waiting_since=None, agents={}, gone=True)


def queues_view(floor: Floor, now: Seconds) -> tuple[shapes.Queue, ...]:
    """All queues, in the site's order."""
    return tuple(queue_view(floor, queue, now) for queue in floor.directory.queues.values())
