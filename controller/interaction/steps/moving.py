"""Asterisk will not bring somebody where they belong: it is tried again, and the owner is told meanwhile."""

from controller.directory.ids import Seconds
from controller.directory.replace import replace
from controller.interaction.facts import LegStuck, LegUnstuck
from controller.interaction.interaction import Interaction, Party, Role, Step
from controller.interaction.layout import Room, room_of
from controller.interaction.notices import MoveFailed
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
    return Step(interaction=replace(change(interaction, replace(party, is_stuck=False)), news=news))


def _sentence(interaction: Interaction, party: Party) -> str:
    connect, hold = _sentences(party)
    return connect if room_of(interaction, party) is Room.TALK else hold


def _sentences(party: Party) -> tuple[str, str]:
    whom = "the customer" if party.role is Role.CUSTOMER else party.name
    return f"Asterisk can't connect {whom} just now; trying again.", f"Asterisk can't put {whom} on hold just now; trying again."
