"""What routing is told of interactions: who waits, and at which place."""

from collections.abc import Iterable, Mapping

from controller.directory.directory import Queue
from controller.directory.ids import QueueId
from controller.directory.policy import ConsultPriority
from controller.interaction.interaction import ConsultStage, Interaction, Phase
from controller.routing.assignment import Lines, Rank, Request
from controller.routing.desk import Desk

_RANK = {
    ConsultPriority.BY_TIME: Rank.BY_TIME,
    ConsultPriority.CUSTOMERS_FIRST: Rank.AFTER_CUSTOMERS,
    ConsultPriority.CONSULTS_FIRST: Rank.BEFORE_CUSTOMERS,
}


def request_of(interaction: Interaction) -> Request | None:
    """Say for whom an interaction wants an agent; None: for nobody."""
    consult = interaction.consult
    if consult is not None and consult.stage is ConsultStage.WAITING:
        assert consult.line is not None, "it waits in a line"
        return Request(
            interaction=interaction.id,
            queue=consult.line.id,
            since=consult.asked_at,
            rank=_RANK[consult.line.policy.consult_priority],
            is_customer=False,
            not_for=consult.not_for,
        )
    if interaction.phase is not Phase.QUEUED:
        return None
    assert interaction.queue is not None, "a customer waits in a line"
    return Request(
        interaction=interaction.id,
        queue=interaction.queue,
        since=interaction.waiting_since,
        rank=Rank.LOST_AN_AGENT if interaction.first_in_line else Rank.BY_TIME,
        is_customer=True,
        not_for=interaction.not_for,
    )


def lines_of(queues: Mapping[QueueId, Queue], desks: Iterable[Desk] = (), interactions: Iterable[Interaction] = ()) -> Lines:
    """Make the lines of these queues, with whoever is free and whoever waits."""
    lines = Lines(queues)
    for desk in desks:
        lines.note(desk)
    for interaction in interactions:
        request = request_of(interaction)
        if request is not None:
            lines.join(request)
    return lines


def queues_of(interaction: Interaction | None) -> set[QueueId]:
    """Name the queues that an interaction belongs to: they stay, even if the site has them no more, until it is through."""
    if interaction is None:
        return set()
    queues = set() if interaction.queue is None else {interaction.queue}
    if interaction.consult is not None and interaction.consult.line is not None:
        queues.add(interaction.consult.line.id)
    return queues
