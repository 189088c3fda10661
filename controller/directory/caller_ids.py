"""Which number a call to outside comes from. A number that its trunk does not own would be refused on the way, or be a lie."""

from controller.dialling.rules import Trunk
from controller.directory.directory import Agent, Queue


def caller_id_for(trunk: Trunk, agent: Agent, queue: Queue | None) -> str:
    """Choose the agent's own, else that of the queue, else the trunk's default: the first that the trunk owns.

    `queue` is the one that the call belongs to; None: it belongs to none. Empty: the trunk owns no number, and decides by itself.
    """
    wanted = (agent.caller_id, queue.caller_id if queue is not None else "", trunk.default_caller_id)
    return next((number for number in wanted if trunk.owns(number)), "")
