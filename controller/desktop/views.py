"""The floor as one viewer sees it. Pure: what is goes in, what is shown comes out.

Who may see an interaction is decided here and nowhere else. What may be done is not: that is the role table's.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from controller.desktop import shapes
from controller.dialling.shown import shown_number
from controller.directory.directory import Queue
from controller.directory.ids import AgentId, QueueId, Seconds
from controller.floor.floor import Floor
from controller.interaction.commands import Action
from controller.interaction.interaction import Interaction, Phase, WrapUp
from controller.interaction.layout import Room, room_of
from controller.interaction.parties import agent_2_of, consult_asked_at, customer_of, deadlines, owner_of, parties
from controller.interaction.party import Party, Role, Standing
from controller.interaction.roles import prospects

SWITCH_AWAY = "Asterisk can't be reached now: calls that are up go on. Try again in a moment."

_CONSULT_PHASES = frozenset({Phase.CONSULT_OFFERED, Phase.CONSULTING, Phase.CONSULT_HELD, Phase.TRANSFER_ASKED})


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


def seen_by_all(interaction: Interaction, region: str) -> SeenByAll:
    """Look at an interaction's people once for all its viewers."""
    return SeenByAll(
        customer=_customer(interaction, region),
        agents=tuple(_agent(interaction, party) for party in parties(interaction) if party.role is not Role.CUSTOMER),
        consult=_consult(interaction),
    )


def interaction_view(floor: Floor, interaction: Interaction, viewer: AgentId, shared: SeenByAll) -> shapes.Interaction:
    """One interaction; the viewer may have nothing to do with it any more, and then it says so."""
    role = floor.role_of(interaction, viewer)
    may, may_not = _actions(floor, interaction, role, viewer)
    owner = owner_of(interaction)
    return shapes.Interaction(
        id=interaction.id,
        revision=interaction.revision,
        phase=interaction.phase,
        queue=interaction.queue,
        entry_point=interaction.entry_point,
        direction=interaction.direction,
        my_role=role,
        owner=owner.agent if owner else None,
        started_at=moment(interaction.started_at),
        phase_since=moment(interaction.phase_since),
        customer=shared.customer,
        agents=shared.agents,
        consult=shared.consult,
        recording="off",
        news=interaction.news if role in (Role.AGENT_1, Role.SUPERVISOR) else "",
        allowed=may,
        refused=may_not,
        gone=not sees(floor, interaction, viewer),
    )


def _actions(floor: Floor, interaction: Interaction, role: Role | None, viewer: AgentId) -> tuple[tuple[Action, ...], dict[Action, str]]:
    """What this viewer could do now, and why not the rest of what their role ever does."""
    may: list[Action] = []
    may_not: dict[Action, str] = {}
    if role is None:
        return (), may_not
    for action, because in prospects(interaction, role, viewer, supervises=floor.supervises(viewer)).items():
        # A wrap-up needs no telephone; everything else waits for Asterisk.
        if not floor.switch_is_there and action is not Action.WRAP_UP:
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
    customer = customer_of(interaction)
    if customer is None:
        return shapes.Customer(number="", name="", leg="gone", muted=False)
    return shapes.Customer(
        number=shown_number(_readable(customer.number), region),
        name=_readable(customer.name),
        leg=_leg(interaction, customer),
        muted=customer.muted,
    )


def _readable(text: str) -> str:
    """A caller may send anything as name and number, even what is no character; JSON can't carry that."""
    return text if text.isascii() else text.encode(errors="replace").decode()


def _agent(interaction: Interaction, party: Party) -> shapes.Agent:
    return shapes.Agent(
        agent=party.agent,
        name=party.name,
        number=party.number,
        role=party.role,
        leg=_leg(interaction, party),
        muted=party.muted,
    )


def _consult(interaction: Interaction) -> shapes.Consult | None:
    agent_2, asked_at = agent_2_of(interaction), consult_asked_at(interaction)
    if agent_2 is None or asked_at is None or interaction.phase not in _CONSULT_PHASES:
        return None
    return shapes.Consult(kind="agent", name=agent_2.name, asked_at=moment(asked_at))


# --- The agent ---------------------------------------------------------------------------------------------------------


def me_view(floor: Floor, viewer: AgentId) -> shapes.Me:
    """The agent who asks."""
    agent, desk = floor.directory.agents[viewer], floor.desks[viewer]
    return shapes.Me(
        agent=agent.id,
        name=agent.name,
        role="supervisor" if agent.supervisor else "agent",
        state=desk.state,
        idle_reason=desk.reason or None,
        next_state=desk.chosen if desk.chosen is not desk.state else None,
        interaction=desk.interaction,
        wrap_ups=tuple(_wrap_ups(floor, viewer)),
    )


def _wrap_ups(floor: Floor, viewer: AgentId) -> Iterator[shapes.WrapUp]:
    for interaction in floor.interactions_of(viewer):
        owed = interaction.owes_wrap_up(viewer)
        if owed is not None:
            yield wrap_up_view(interaction, owed)


def wrap_up_view(interaction: Interaction, owed: WrapUp) -> shapes.WrapUp:
    """A reason that is owed."""
    return shapes.WrapUp(interaction=interaction.id, asked_at=moment(owed.asked_at), over_at=moment(owed.over_at))


def offer_view(interaction: Interaction, *, consult: bool) -> shapes.Offer:
    """A telephone that rings."""
    deadline = next(iter(deadlines(interaction)), None)
    return shapes.Offer(interaction=interaction.id, consult=consult, over_at=moment(deadline.at) if deadline else None)


# --- Queues ------------------------------------------------------------------------------------------------------------


def queue_view(floor: Floor, queue: Queue, now: Seconds) -> shapes.Queue:
    """A queue as it is at this moment."""
    waiting = floor.waiting_in(queue.id)
    since = min((customer.waits_since for customer in waiting), default=None)
    states = Counter(floor.desks[agent].state for agent in queue.agents)
    return shapes.Queue(
        id=queue.id,
        name=queue.name,
        waiting=len(waiting),
        longest_wait=round(max(0.0, now - since), 3) if since is not None else 0.0,
        waiting_since=moment(since) if since is not None else None,
        agents=dict(states),
    )


def queue_gone_view(queue: QueueId, name: str) -> shapes.QueueGone:
    """A queue that the site has no more."""
    return shapes.QueueGone(id=queue, name=name, waiting=0, longest_wait=0.0, waiting_since=None, agents={}, gone=True)


def queues_view(floor: Floor, now: Seconds) -> tuple[shapes.Queue, ...]:
    """All queues, in the site's order."""
    return tuple(queue_view(floor, queue, now) for queue in floor.directory.queues.values())
