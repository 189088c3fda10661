"""What must be true of every interaction after every input. A breach is our mistake, so these are assertions, never refusals."""

from controller.interaction.interaction import Interaction, Phase
from controller.interaction.layout import Room, room_of
from controller.interaction.parties import deadlines, parties
from controller.interaction.party import Role

_NEEDS_OWNER = frozenset(Phase) - {Phase.QUEUED, Phase.ENDED}
_NEEDS_AGENT_2 = frozenset({Phase.CONSULT_OFFERED, Phase.CONSULTING, Phase.CONSULT_HELD, Phase.TRANSFER_ASKED, Phase.CONFERENCE})


def check(interaction: Interaction) -> None:
    """Assert what no input may ever break."""
    phase = interaction.phase
    roles = [party.role for party in parties(interaction)]
    legs = [party.leg for party in parties(interaction)]
    assert len(set(roles)) == len(roles), f"{interaction.id}: a role is held twice"
    assert len(set(legs)) == len(legs), f"{interaction.id}: a leg stands in two places"
    assert phase not in _NEEDS_OWNER or Role.AGENT_1 in roles, f"{interaction.id}: {phase} without an owner"
    assert (Role.AGENT_2 in roles) == (phase in _NEEDS_AGENT_2), f"{interaction.id}: {phase} and Agent 2 disagree"
    assert Role.CUSTOMER in roles, f"{interaction.id}: {phase} without a customer"

    rooms = {party.role: room_of(interaction, party) for party in parties(interaction)}
    if phase is Phase.ENDED:
        assert not any(rooms.values()), f"{interaction.id}: ended, and a leg is still wanted"
        return
    alone_with_agent_2 = rooms.get(Role.CUSTOMER) is Room.TALK and rooms.get(Role.AGENT_1) is not Room.TALK
    assert not alone_with_agent_2, f"{interaction.id}: the customer talks without the owner"
    rings = any(party.rings for party in parties(interaction))
    assert not rings or deadlines(interaction), f"{interaction.id}: something rings without a deadline"
    assert phase is not Phase.TRANSFER_ASKED or deadlines(interaction), f"{interaction.id}: a transfer waits for ever"
