"""Which number a call to outside comes from."""

import pytest

from controller.dialling.rules import Trunk
from controller.directory.caller_ids import caller_id_for
from controller.directory.directory import Agent, Queue
from controller.directory.ids import AgentId, QueueId

DEFAULT, BOBS, SUPPORTS, ANOTHERS = "+33199000000", "+33199000002", "+33199000080", "+33199009999"
TRUNK = Trunk(name="outside", caller_ids=(DEFAULT, BOBS, SUPPORTS), default_caller_id=DEFAULT)


def agent(caller_id: str) -> Agent:
    """Bob, who calls from this number."""
    return Agent(id=AgentId("bob"), name="Bob Durand", phone="1002", caller_id=caller_id)


def queue(caller_id: str) -> Queue:
    """Support, whose calls come from this number."""
    return Queue(id=QueueId("support"), name="Support", agents=(AgentId("bob"),), caller_id=caller_id)


@pytest.mark.parametrize(
    ("agents", "queues", "expected"),
    [
        (BOBS, SUPPORTS, BOBS),
        ("", SUPPORTS, SUPPORTS),
        (BOBS, "", BOBS),
        ("", "", DEFAULT),
        (ANOTHERS, SUPPORTS, SUPPORTS),
        (ANOTHERS, ANOTHERS, DEFAULT),
        ("", ANOTHERS, DEFAULT),
    ],
)
def test_a_call_comes_from_its_agents_number_or_its_queues_or_the_default_but_only_from_one_that_the_trunk_owns(
    agents: str, queues: str, expected: str
) -> None:
    assert caller_id_for(TRUNK, agent(agents), queue(queues)) == expected


@pytest.mark.parametrize(("agents", "expected"), [(BOBS, BOBS), ("", DEFAULT), (ANOTHERS, DEFAULT)])
def test_a_call_of_no_queue_comes_from_its_agents_number_or_the_default(agents: str, expected: str) -> None:
    assert caller_id_for(TRUNK, agent(agents), None) == expected


def test_a_trunk_that_owns_no_number_decides_by_itself() -> None:
    assert caller_id_for(Trunk(name="outside"), agent(BOBS), queue(SUPPORTS)) == ""


def test_a_default_that_the_trunk_does_not_own_is_told_by_no_call() -> None:
    assert caller_id_for(Trunk(name="outside", caller_ids=(SUPPORTS,), default_caller_id=DEFAULT), agent(BOBS), None) == ""
