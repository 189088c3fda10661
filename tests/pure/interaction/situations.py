"""Every situation of a customer's call, by name, so that a test can say "in every phase"."""

from collections.abc import Callable, Mapping

from controller.directory.policy import Policy, TransferAcceptance
from tests.pure.story import Story, conference, connected, consult_held, consult_offered, consulting, contact_centre


def queued(policy: Policy | None = None) -> Story:
    """Cora waits, nobody is available."""
    story = contact_centre(policy, available="")
    story.customer_calls()
    return story


def offered(policy: Policy | None = None) -> Story:
    """Alice's telephone rings for Cora."""
    story = contact_centre(policy)
    story.customer_calls()
    return story


def held(policy: Policy | None = None) -> Story:
    """Alice has parked Cora."""
    story = connected(policy)
    story.presses("alice", "hold")
    return story


def consult_rings_on(policy: Policy | None = None) -> Story:
    """Alice is back with Cora while Bob's telephone rings on."""
    story = consult_offered(policy)
    story.presses("alice", "resume")
    return story


def transfer_asked(policy: Policy | None = None) -> Story:
    """Alice has left, Bob is asked, Cora hears music."""
    story = consulting(policy or Policy(transfer_acceptance=TransferAcceptance.ASK))
    story.presses("alice", "transfer")
    return story


def transferred(policy: Policy | None = None) -> Story:
    """Bob is the owner, Alice wraps up."""
    story = consulting(policy)
    story.presses("alice", "transfer")
    return story


BEGINNINGS: Mapping[str, Callable[..., Story]] = {
    "queued": queued,
    "offered": offered,
    "connected": connected,
    "held": held,
    "consult_offered": consult_offered,
    "consulting": consulting,
    "consult_held": consult_held,
    "consult rings on": consult_rings_on,
    "transfer_asked": transfer_asked,
    "conference": conference,
    "transferred": transferred,
}

_WRAP_UPS: Mapping[str, set[str]] = {"queued": set(), "offered": set(), "transferred": {"alice", "bob"}}


def who_wraps_up(situation: str) -> set[str]:
    """Who owes a reason when the interaction ends in this situation."""
    return _WRAP_UPS.get(situation, {"alice"})
