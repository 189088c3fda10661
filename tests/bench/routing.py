"""What choosing agents costs: an input in a contact centre of ten thousand agents, in which hundreds wait, customers and consults."""

import time
from collections.abc import Iterator

from controller.directory.directory import Agent, Directory, EntryPoint, Queue
from controller.directory.ids import THE_SWITCH, AgentId, EntryPointId, LegId, QueueId, SwitchId
from controller.directory.targets import QueueTarget
from controller.floor.floor import Floor
from controller.floor.outcome import Input
from controller.interaction.commands import StartConsult
from controller.interaction.facts import CustomerArrived, EndCause, LegAnswered, LegEnded, SwitchFound
from controller.interaction.parties import owner_of
from controller.routing.commands import GoAvailable, GoIdle, LogOn
from tests.bench.figures import Figure
from tests.bench.stage import say

AGENTS = 10_000
QUEUES = 500
WAITING = 400
CONSULTS = 40
"""Agents who have a customer and consult a queue in which nobody is free, beside its customers."""
FREE_PER_QUEUE = 5
ROUNDS = 500
INPUT_MAX_MICROSECONDS = 100
NOW = 1_800_000_000.0


async def routing() -> list[Figure]:
    """Measure inputs that change who is free or who waits, where others wait in vain."""
    say(f"routing: {AGENTS} agents in {QUEUES} queues, {WAITING} customers and {CONSULTS} consults waiting")
    floor = _floor()
    _begin_consults(floor)
    for number in range(WAITING):
        floor.take(_arrives(number, queue=number), NOW)
    inputs = list(_inputs())
    began = time.perf_counter()
    for what in inputs:
        floor.take(what, NOW)
    spent = time.perf_counter() - began
    return [
        Figure(
            name=f"an input while {WAITING + CONSULTS} wait for {AGENTS} agents",
            value=1_000_000 * spent / len(inputs),
            unit="us",
            target=INPUT_MAX_MICROSECONDS,
            samples=len(inputs),
        )
    ]


def _floor() -> Floor:
    """Everybody is logged on; where nobody is to wait, some are free."""
    each = AGENTS // QUEUES
    names = [AgentId(f"agent-{number}") for number in range(AGENTS)]
    queues = [
        Queue(id=QueueId(f"q{number}"), name=f"Queue {number}", agents=tuple(names[number * each : (number + 1) * each]))
        for number in range(QUEUES)
    ]
    floor = Floor(
        Directory(
            agents={name: Agent(id=name, name=name, phone=name) for name in names},
            queues={queue.id: queue for queue in queues},
            entry_points={
                EntryPointId(f"e{number}"): EntryPoint(
                    id=EntryPointId(f"e{number}"), name=f"Entry {number}", numbers=(str(1000 + number),), queue=queue.id
                )
                for number, queue in enumerate(queues)
            },
            wrap_up_reasons={},
        )
    )
    floor.take(SwitchFound(switch=THE_SWITCH), NOW)
    for name in names:
        floor.take(LogOn(agent=name), NOW)
    for queue in queues[WAITING:]:
        for agent in queue.agents[:FREE_PER_QUEUE]:
            floor.take(GoAvailable(agent=agent), NOW)
    return floor


def _begin_consults(floor: Floor) -> None:
    each = AGENTS // QUEUES
    for number in range(CONSULTS):
        calm = WAITING + number
        caller, agent = _arrives(100_000 + number, calm), AgentId(f"agent-{calm * each}")
        floor.take(caller, NOW)
        of = floor.interaction_of(caller.leg)
        assert of is not None, "the customer was let in"
        owner = owner_of(floor.interactions[of])
        assert owner is not None, "somebody is free"
        assert owner.agent == agent, "the first has been free longest"
        floor.take(LegAnswered(leg=owner.leg), NOW)
        floor.take(StartConsult(agent=agent, interaction=of, target=QueueTarget(queue=QueueId(f"q{number}"))), NOW)


def _inputs() -> Iterator[Input]:
    """An agent comes and goes where nobody waits; a customer waits in vain and hangs up; another is offered to somebody and hangs up."""
    each = AGENTS // QUEUES
    for number in range(ROUNDS):
        busy, calm = number % WAITING, WAITING + number % (QUEUES - WAITING)
        someone = AgentId(f"agent-{(calm + 1) * each - 1}")
        yield GoAvailable(agent=someone)
        yield GoIdle(agent=someone)
        for queue in (busy, calm):
            caller = _arrives(WAITING + 2 * number + (queue == calm), queue)
            yield caller
            yield LegEnded(leg=caller.leg, cause=EndCause.HUNG_UP)


def _arrives(number: int, queue: int) -> CustomerArrived:
    return CustomerArrived(leg=LegId(f"caller-{number}"), number="", name="", dialled=str(1000 + queue), switch=SwitchId("asterisk"))
