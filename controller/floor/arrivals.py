"""Customers who call: taken into the line that their number leads to, or given back to the dialplan with a reason."""

from controller.directory.ids import InteractionId, LegId
from controller.floor.admission import admit, interaction_id, why_full
from controller.floor.taking import Taking
from controller.interaction.facts import CustomerArrived
from controller.interaction.interaction import Step
from controller.interaction.notices import CallTurnedAway, CallWasOver


def arrive(taking: Taking, arrived: CustomerArrived) -> None:
    """Take a customer who has arrived, or turn them away."""
    known = taking.known
    if known.interaction_of(arrived.leg) is not None:
        return
    if arrived.leg in known.leaving:
        is_over_already(taking, arrived.leg)
        return
    entry_point = known.entry_point_of(arrived.dialled)
    if entry_point is None:
        _turn_away(taking, arrived, f"nobody answers at {arrived.dialled}")
        return
    queue = known.directory.queues[entry_point.queue]
    if not queue.agents:
        _turn_away(taking, arrived, f"nobody serves the queue {queue.name}")
        return
    full = why_full(arrived, known.everybody_waiting(), known.customers_there(), known.directory)
    if full is not None:
        _turn_away(taking, arrived, full)
        return
    known.arrivals += 1
    new = admit(interaction_id(taking.now, known.arrivals), arrived, entry_point, known.directory, taking.now)
    taking.store(None, Step(interaction=new))


def is_over_already(taking: Taking, leg: LegId) -> None:
    """Whoever's leg this is belongs to a call that has ended: it is hung up."""
    taking.notices.append(CallWasOver(interaction=InteractionId(""), leg=leg))


def _turn_away(taking: Taking, arrived: CustomerArrived, because: str) -> None:
    taking.notices.append(CallTurnedAway(interaction=InteractionId(""), leg=arrived.leg, because=because))
