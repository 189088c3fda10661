"""Asterisk will not bring somebody where they belong, or can't ring a telephone: it is tried again, and people are told meanwhile.

A telephone that does not ring yet costs nobody anything: its seconds begin when it does, and if it never does, nobody missed a call.
"""

from controller.directory.ids import Seconds
from controller.directory.policy import Policy
from controller.directory.replace import replace
from controller.interaction.facts import LegStuck, LegUnstuck, Why
from controller.interaction.interaction import Deadline, Interaction, Step
from controller.interaction.layout import Room, room_of
from controller.interaction.notices import MoveFailed
from controller.interaction.party import Party, Role
from controller.interaction.steps.common import change


def note_stuck(interaction: Interaction, fact: LegStuck, now: Seconds) -> Step:
    """Tell it once, however often it is tried. Nobody moves for it: a leg that is stuck stands where it is safe."""
    party = interaction.party_of(fact.leg)
    assert party is not None, "a fact reaches the chart only through its party"
    if party.is_stuck:
        return Step(interaction=interaction)
    because = _sentence(interaction, party)
    stuck = replace(change(interaction, replace(party, is_stuck=True)), news=because)
    return Step(interaction=stuck, tell=(MoveFailed(interaction=interaction.id, leg=party.leg, because=because),))


def note_unstuck(interaction: Interaction, fact: LegUnstuck, now: Seconds) -> Step:
    """It worked: the owner is no longer told that it does not, unless something newer was told meanwhile."""
    party = interaction.party_of(fact.leg)
    assert party is not None, "a fact reaches the chart only through its party"
    if not party.is_stuck:
        return Step(interaction=interaction)
    news = "" if interaction.news in _sentences(party) else interaction.news
    unstuck = replace(change(interaction, replace(party, is_stuck=False)), news=news)
    if party.rings and interaction.deadline is not None:
        until = now + ringing_seconds(interaction.policy, interaction.deadline.why)
        unstuck = replace(unstuck, deadline=Deadline(at=until, why=interaction.deadline.why))
    return Step(interaction=unstuck)


def ringing_seconds(policy: Policy, why: Why) -> Seconds:
    """How long a telephone may ring."""
    match why:
        case Why.OFFER_UNANSWERED:
            return policy.offer_seconds
        case Why.RING_BACK_UNANSWERED:
            return policy.ring_back_seconds
        case Why.CONSULT_UNANSWERED:
            return policy.consult_seconds
        case _:
            raise AssertionError(f"no telephone rings until {why}")


def _sentence(interaction: Interaction, party: Party) -> str:
    if party.rings:
        return _sentences(party)[2]
    connect, hold, _ = _sentences(party)
    return connect if room_of(interaction, party) is Room.TALK else hold


def _sentences(party: Party) -> tuple[str, str, str]:
    whom = "the customer" if party.role is Role.CUSTOMER else party.name
    return (
        f"Asterisk can't connect {whom} just now; trying again.",
        f"Asterisk can't put {whom} on hold just now; trying again.",
        f"Asterisk can't ring {whom} just now; trying again.",
    )
