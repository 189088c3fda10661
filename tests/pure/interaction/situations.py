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


OUTSIDE = "Gabriel"
"""Somebody outside, whose number the site knows."""
HIS_NUMBER = "Gabriel:+33199002001"


def consult_of_a_queue(policy: Policy | None = None) -> Story:
    """Alice and Cora hear music, and nobody of Billing is free."""
    story = connected(policy)
    story.goes_available("carol")
    story.goes_idle("carol")
    story.presses("alice", "consult", to="queue:billing")
    return story


def outside_rings(policy: Policy | None = None) -> Story:
    """Cora hears music, Alice hears how Gabriel's telephone rings."""
    story = connected(policy)
    story.presses("alice", "consult", to=HIS_NUMBER)
    return story


def outside_consulted(policy: Policy | None = None) -> Story:
    """Alice talks with Gabriel, Cora hears music."""
    story = outside_rings(policy)
    story.answers(OUTSIDE)
    return story


def conference_of_four(policy: Policy | None = None) -> Story:
    """Alice, Bob, Gabriel and Cora talk together."""
    story = conference(policy)
    story.presses("alice", "consult", to=HIS_NUMBER)
    story.answers(OUTSIDE)
    story.presses("alice", "conference")
    return story


def conference_consults(policy: Policy | None = None) -> Story:
    """Alice talks with Carol; Bob and Cora, who are in a conference with Alice, hear music."""
    story = conference(policy)
    story.goes_available("carol")
    story.presses("alice", "consult", to="carol")
    story.answers("carol")
    return story


def transferring(policy: Policy | None = None) -> Story:
    """Alice has left, Bob's telephone rings, Cora hears music."""
    story = connected(policy)
    story.presses("alice", "transfer", to="bob")
    return story


def transferring_outside(policy: Policy | None = None) -> Story:
    """Alice has left, Gabriel's telephone rings, Cora hears music."""
    story = connected(policy)
    story.presses("alice", "transfer", to=HIS_NUMBER)
    return story


def handed_out(policy: Policy | None = None) -> Story:
    """Cora talks with Gabriel, and nobody of ours is there."""
    story = outside_consulted(policy)
    story.presses("alice", "transfer")
    return story


def dialling(policy: Policy | None = None) -> Story:
    """Alice calls Cora, and hears how her telephone rings."""
    story = contact_centre(policy)
    story.calls_out("alice", "cora:+33123456789", queue="support")
    story.answers("alice")
    return story


def called(policy: Policy | None = None) -> Story:
    """Alice has called Cora, and talks with her."""
    story = dialling(policy)
    story.answers("cora")
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
    "consult of a queue": consult_of_a_queue,
    "outside rings": outside_rings,
    "outside consulted": outside_consulted,
    "conference of four": conference_of_four,
    "conference consults": conference_consults,
    "transferring": transferring,
    "transferring outside": transferring_outside,
    "handed_out": handed_out,
    "dialling": dialling,
    "called": called,
}

_WRAP_UPS: Mapping[str, set[str]] = {"queued": set(), "offered": set(), "dialling": set(), "transferred": {"alice", "bob"}}


def who_wraps_up(situation: str) -> set[str]:
    """Who owes a reason when the interaction ends in this situation."""
    return _WRAP_UPS.get(situation, {"alice"})
