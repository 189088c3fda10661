"""What a target leads to: somebody to ring now, or a line to wait in; or why it can't be reached. One place for every kind of target."""

from collections.abc import Mapping, Set
from dataclasses import dataclass

from controller.dialling.typed import is_dialled
from controller.directory.caller_ids import caller_id_for
from controller.directory.directory import Agent, Directory, Queue
from controller.directory.ids import AgentId, QueueId
from controller.directory.replace import replace
from controller.directory.targets import AgentTarget, ColleagueTarget, EntryPointTarget, NumberTarget, QueueTarget, Target, is_limited
from controller.interaction.interaction import Person, QueueLine, Reach
from controller.interaction.leg import Endpoint
from controller.interaction.refusals import BadTarget, TargetUnavailable
from controller.interaction.steps.moves import person_of
from controller.routing.desk import Desk, DeskState
from controller.routing.telephones import TelephoneKind

BUSY_WITH: Mapping[DeskState, str] = {
    DeskState.LOGGED_OFF: "is not logged in",
    DeskState.IDLE: "is idle",
    DeskState.NOT_ANSWERING: "is not answering the telephone",
    DeskState.OFFERED: "is being called",
    DeskState.ENGAGED: "is on a call",
    DeskState.WRAP_UP: "is wrapping up a call",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who wants to reach somebody, and on behalf of which queue."""

    agent: AgentId
    queue: QueueId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Whom there is, and what they do."""

    directory: Directory
    desks: Mapping[AgentId, Desk]
    closed: Set[QueueId]
    """Queues that the site has no more, and that are there until their last customer is through."""


def reach_of(target: Target, asker: Asker, presence: Presence) -> Reach:
    """Find out what a target leads to. Raises `BadTarget` or `TargetUnavailable`."""
    match target:
        case AgentTarget(agent=agent):
            return _agent(agent, asker, presence)
        case QueueTarget(queue=queue):
            return line_of(_queue(queue, presence))
        case EntryPointTarget(entry_point=name):
            point = presence.directory.entry_points.get(name)
            if point is None:
                raise BadTarget(f"There is no entry point {name!r}.")
            return line_of(_queue(point.queue, presence))
        case _:
            return _outside(target, asker, presence.directory)


def consult_reach_of(target: Target, asker: Asker, presence: Presence) -> Reach:
    """The same for a consult, which needs an agent who is not the one who asks. Raises `BadTarget` or `TargetUnavailable`."""
    reach = reach_of(target, asker, presence)
    if isinstance(reach, QueueLine):
        because = why_nobody_to_consult(presence.directory.queues[reach.id], asker.agent, presence.desks)
        if because is not None:
            raise TargetUnavailable(because)
    return reach


def why_nobody_to_consult(queue: Queue, asker: AgentId, desks: Mapping[AgentId, Desk]) -> str | None:
    """Say why a consult of this queue would wait in vain; None: it would not. Whoever asks is never the answer."""
    others = [agent for agent in queue.agents if agent != asker]
    if not others:
        return f"Nobody but you serves {queue.name}." if queue.agents else f"Nobody serves {queue.name}."
    if all(desks[agent].state is DeskState.LOGGED_OFF for agent in others if agent in desks):
        return f"Nobody else who serves {queue.name} is logged in."
    return None


def line_of(queue: Queue) -> QueueLine:
    """A queue, as far as whoever waits in its line needs to know it."""
    return QueueLine(id=queue.id, name=queue.name, music=queue.music, policy=queue.policy)


def _agent(wanted: AgentId, asker: Asker, presence: Presence) -> Person:
    if wanted == asker.agent:
        raise BadTarget("This is you: choose somebody else.")
    agent, desk = presence.directory.agents.get(wanted), presence.desks.get(wanted)
    if agent is None or desk is None:
        raise BadTarget(f"There is no agent {wanted!r}.")
    if not desk.is_available:
        raise TargetUnavailable(f"{agent.name} {BUSY_WITH[desk.state]}.")
    if not desk.telephones.is_there:
        raise TargetUnavailable(f"{agent.name} can't be rung now: the telephone is not connected.")
    if desk.telephones.is_busy:
        raise TargetUnavailable(f"{agent.name} can't be rung now: the telephone is in another call.")
    return person_of(rung_as(agent, desk))


def rung_as(agent: Agent, desk: Desk) -> Agent:
    """An agent who is to be rung now, and by which telephone."""
    in_browser = desk.telephones.rings is TelephoneKind.BROWSER
    return agent if in_browser is agent.rings_in_browser else replace(agent, rings_in_browser=in_browser)


def queue_named(wanted: QueueId, presence: Presence) -> Queue:
    """Find a queue that the site has. Raises `BadTarget`."""
    queue = presence.directory.queues.get(wanted)
    if queue is None or wanted in presence.closed:
        raise BadTarget(f"There is no queue {wanted!r}.")
    return queue


def _queue(wanted: QueueId, presence: Presence) -> Queue:
    queue = queue_named(wanted, presence)
    if not queue.agents:
        raise TargetUnavailable(f"Nobody serves {queue.name}.")
    return queue


def _outside(target: NumberTarget | ColleagueTarget, asker: Asker, directory: Directory) -> Person:
    if not is_dialled(target.dial, directory.dialling):
        raise BadTarget(f"{target.dial!r} can't be dialled.")
    trunk = directory.dialling.trunk
    if isinstance(target, ColleagueTarget):
        trunk = directory.trunks_of_organisations.get(target.organisation, trunk)
    if not trunk:
        raise TargetUnavailable("This site has no trunk by which calls to outside leave.")
    caller_id = _caller_id(trunk, asker, directory)
    return Person(
        name=target.name or target.shown,
        number=target.shown,
        agent=None,
        endpoint=Endpoint(address=target.dial, trunk=trunk, caller_id=caller_id),
        asked_by=asker.agent if is_limited(target) else None,
    )


def _caller_id(trunk: str, asker: Asker, directory: Directory) -> str:
    line, agent = directory.trunks.get(trunk), directory.agents.get(asker.agent)
    if line is None or agent is None:
        return ""
    return caller_id_for(line, agent, directory.queues.get(asker.queue) if asker.queue is not None else None)
