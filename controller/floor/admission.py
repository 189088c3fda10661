"""A customer who has just arrived, or whom an agent calls, becomes an interaction."""

from collections.abc import Collection

from controller.dialling.one_number import canonical_number
from controller.directory.directory import Agent, Directory, EntryPoint, Queue
from controller.directory.ids import THE_SWITCH, InteractionId, LegId, Seconds
from controller.interaction.facts import CustomerArrived
from controller.interaction.interaction import Customer, CustomerStage, Interaction, Leg, Person
from controller.interaction.leg import Origin
from controller.interaction.legs import OUTSIDE
from controller.interaction.steps.customer import call_number, call_out
from controller.interaction.steps.moves import person_of

MUSIC = "default"
"""The music class of calls that belong to no queue."""
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_ARRIVALS_PER_ID = 36 * 36


def interaction_id(now: Seconds, arrival: int) -> InteractionId:
    """Name an interaction so that a person can read it to another: the second it began, and which arrival it was, in base 36.

    It is made of the time, so that a controller that has lost its memory does not give an id to two calls.
    """
    return InteractionId(_base36(int(now)) + _base36(arrival % _ARRIVALS_PER_ID).rjust(2, "0"))


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"


def why_full(arrived: CustomerArrived, waiting: Collection[Interaction], customers: int, directory: Directory) -> str | None:
    """Say why this caller can't be taken beside those who are there; None: they can.

    A caller who hides their number is counted with nobody: many do, and they are not one.
    """
    if customers >= directory.customers_max:
        return f"{customers} customers are there, and the remaining legs are for agents' telephones"
    limits = directory.limits
    number = canonical_number(arrived.number, directory.region)
    if any(letter.isdigit() for letter in number):
        same = sum(number == canonical_number(_number_of(other), directory.region) for other in waiting)
        if same >= limits.waiting_per_number_max:
            return f"{same} calls from {number} wait already"
    if arrived.line:
        same = sum(arrived.line == other.line for other in waiting)
        if same >= limits.waiting_per_line_max:
            return f"{same} calls by PJSIP/{arrived.line} wait already"
    return None


def _number_of(interaction: Interaction) -> str:
    return interaction.customer.person.number


def admit(new_id: InteractionId, arrived: CustomerArrived, entry_point: EntryPoint, directory: Directory, now: Seconds) -> Interaction:
    """Put a customer into the line that their number leads to, on music."""
    queue = directory.queues[entry_point.queue]
    leg = Leg(id=arrived.leg, origin=Origin.CAME, switch=arrived.switch)
    person = Person(name=arrived.name, number=arrived.number, agent=None, endpoint=None)
    return Interaction(
        id=new_id,
        phase_since=now,
        started_at=now,
        waiting_since=now,
        queue=queue.id,
        queue_name=queue.name,
        entry_point=entry_point.id,
        music=queue.music,
        policy=queue.policy,
        customer=Customer(stage=CustomerStage.THERE, person=person, leg=leg),
        line=arrived.line,
    )


def begin_call_out(
    new_id: InteractionId,
    agent: Agent,
    called: Person,
    queue: Queue | None,
    directory: Directory,
    now: Seconds,
    *,
    dialled_by: Leg | None = None,
) -> Interaction:
    """Call somebody: the agent's own telephone first. The queue's policies hold, or the site's.

    `dialled_by`: the leg of the telephone that its agent has dialled from; None: it is rung.
    """
    new = Interaction(
        id=new_id,
        phase_since=now,
        started_at=now,
        waiting_since=now,
        queue=queue.id if queue is not None else None,
        queue_name=queue.name if queue is not None else "",
        entry_point=None,
        music=queue.music if queue is not None else MUSIC,
        policy=queue.policy if queue is not None else directory.policy,
        customer=Customer(
            stage=CustomerStage.TO_DIAL,
            person=called,
            leg=Leg(id=LegId(f"ix-{new_id}-{OUTSIDE}-0"), origin=Origin.MADE, switch=THE_SWITCH),
        ),
        direction="outbound",
    )
    person = person_of(agent)
    return call_out(new, person, now) if dialled_by is None else call_number(new, person, dialled_by, now)
