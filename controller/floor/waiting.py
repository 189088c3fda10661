"""What routing is told of interactions: who waits, and at which place."""

from collections.abc import Iterable, Mapping

from controller.directory.directory import Queue
from controller.directory.ids import QueueId
from controller.interaction.interaction import Interaction, Phase
from controller.routing.assignment import Lines, Waiting
from controller.routing.desk import Desk


def waiting(interaction: Interaction) -> Waiting:
    """Say who waits, for an interaction in a line."""
    return Waiting(
        interaction=interaction.id,
        queue=interaction.queue,
        since=interaction.waiting_since,
        first=interaction.first_in_line,
        not_for=interaction.not_for,
    )


def lines_of(queues: Mapping[QueueId, Queue], desks: Iterable[Desk] = (), interactions: Iterable[Interaction] = ()) -> Lines:
    """Make the lines of these queues, with whoever is free and whoever waits."""
    lines = Lines(queues)
    for desk in desks:
        lines.note(desk)
    for interaction in interactions:
        if interaction.phase is Phase.QUEUED:
            lines.join(waiting(interaction))
    return lines
