"""Another site file while calls are up: what is taken out stays until the customers who need it are through."""

from collections.abc import Iterable
from dataclasses import replace

from controller.directory.directory import Directory
from controller.directory.ids import QueueId


def keep_lines_in_use(new: Directory, old: Directory, in_use: Iterable[QueueId]) -> Directory:
    """Add to a site file the queues that live interactions came from and that it has no more, with the agents it still has."""
    kept = {
        queue: replace(old.queues[queue], agents=tuple(agent for agent in old.queues[queue].agents if agent in new.agents))
        for queue in in_use
        if queue not in new.queues
    }
    return replace(new, queues={**new.queues, **kept})


def without_queue(directory: Directory, queue: QueueId) -> Directory:
    """The same without a queue that was closed and whose last customer is through."""
    return replace(directory, queues={known: kept for known, kept in directory.queues.items() if known != queue})
