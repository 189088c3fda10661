"""Another site file while calls are up: what is taken out stays until the customers who need it are through."""

from collections.abc import Iterable
from dataclasses import replace

from controller.directory.directory import Directory, Queue
from controller.directory.ids import QueueId
from controller.floor.desks import with_right_telephone
from controller.floor.keys import forget_old
from controller.floor.taking import Taking
from controller.floor.waiting import lines_of, queues_of
from controller.interaction.advance import had_last, ring_back, take_fact, turn_away
from controller.interaction.facts import DeadlinePassed, Why
from controller.interaction.interaction import Interaction, Step
from controller.routing.desk import Desk


def reload(taking: Taking, directory: Directory) -> None:
    """Take over another site file. Who left keeps their desk until their call is over; who is new gets one."""
    known = taking.known
    in_use = {queue for interaction in known.interactions.values() for queue in queues_of(interaction)}
    # Those that are gone are named as well: whoever watches them is to know.
    taking.queues.update(dict.fromkeys(known.directory.queues))
    known.leavers = {
        agent.id: agent
        for agent in (*known.leavers.values(), *known.directory.agents.values())
        if agent.id not in directory.agents and known.desks[agent.id].occupied is not None
    }
    known.take_over(_with_lines_in_use(directory, known.directory, in_use))
    known.closed_queues = known.directory.queues.keys() - directory.queues.keys()
    for agent in directory.agents:
        known.desks.setdefault(agent, Desk(agent=agent))
    for agent, desk in tuple(known.desks.items()):
        if agent not in directory.agents and desk.occupied is None:
            del known.desks[agent]
    known.desks = {desk.agent: with_right_telephone(known, desk, taking.now) for desk in known.desks.values()}
    known.lines = lines_of(known.directory.queues, known.desks.values(), known.interactions.values())
    for keys in known.accepted_keys.values():
        forget_old(keys, taking.now)
    known.accepted_keys = {agent: keys for agent, keys in known.accepted_keys.items() if keys and agent in directory.agents}
    taking.desks.update(dict.fromkeys(known.desks))
    taking.queues.update(dict.fromkeys(known.directory.queues))
    _end_endless_wrap_ups_of_who_left(taking)


def _with_lines_in_use(new: Directory, old: Directory, in_use: Iterable[QueueId]) -> Directory:
    """Add to a site file the queues that live interactions came from and that it has no more, with the agents it still has."""
    kept = {
        queue: replace(old.queues[queue], agents=tuple(agent for agent in old.queues[queue].agents if agent in new.agents))
        for queue in in_use
        if queue not in new.queues
    }
    return replace(new, queues={**new.queues, **kept})


def _end_endless_wrap_ups_of_who_left(taking: Taking) -> None:
    """Who has asked for as much time as they need, and has left the site file, will never give their reason."""
    known = taking.known
    for interaction in tuple(known.interactions.values()):
        for wrap_up in interaction.wrap_ups:
            if wrap_up.is_owed and wrap_up.over_at is None and wrap_up.agent not in known.directory.agents:
                over = DeadlinePassed(interaction=interaction.id, why=Why.WRAP_UP_OVER, agent=wrap_up.agent)
                taking.fact_of(interaction.id, over)


def turn_away_who_waits_in_vain(taking: Taking) -> None:
    """A queue that has no agents any more: customers who wait there go back to the dialplan, and consults are over."""
    known = taking.known
    for queue in [known.directory.queues[changed] for changed in taking.queues if changed in known.directory.queues]:
        if not queue.agents:
            for request in known.lines.waiting_in(queue.id):
                interaction = known.interactions[request.interaction]
                if request.is_customer:
                    taking.store(interaction, _without_a_line(taking, interaction, queue))
                else:
                    step = take_fact(interaction, DeadlinePassed(interaction=interaction.id, why=Why.NO_AGENT_FREE), taking.now)
                    taking.store(interaction, step)


def _without_a_line(taking: Taking, waits: Interaction, queue: Queue) -> Step:
    """Whoever has just lost this customer is rung again, if they can be; else the customer goes back to the dialplan."""
    befores = (change.before for change in reversed(taking.changes) if change.after is waits and change.before is not None)
    had = next((had_last(before) for before in befores), None)
    if had is not None and had.person.agent is not None and not taking.known.is_taken(had.person.agent, waits.id, has_hung_up=False):
        return ring_back(waits, had, taking.now)
    return turn_away(waits, f"nobody serves the queue {queue.name} any more", taking.now)


def forget_closed_queues(taking: Taking) -> None:
    """A closed queue goes with the last interaction that belongs to it."""
    known = taking.known
    left = {queue for change in taking.changes for queue in queues_of(change.before) - _queues_in_use(change.after)}
    for queue in left & known.closed_queues:
        if not any(queue in _queues_in_use(interaction) for interaction in known.interactions.values()):
            known.closed_queues.discard(queue)
            known.take_over(_without_queue(known.directory, queue))
            taking.queues[queue] = None


def _queues_in_use(interaction: Interaction) -> set[QueueId]:
    return set() if interaction.is_over else queues_of(interaction)


def _without_queue(directory: Directory, queue: QueueId) -> Directory:
    """The same without a queue that was closed and whose last customer is through."""
    return replace(directory, queues={known: kept for known, kept in directory.queues.items() if known != queue})
