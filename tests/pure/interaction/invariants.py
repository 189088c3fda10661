"""What must be true of an interaction at every moment, and of every step, said anew and apart from the core's own assertions."""

from controller.directory.ids import LegId
from controller.interaction.interaction import Interaction, Phase
from controller.interaction.layout import Room, layout
from controller.interaction.parties import agent_2_of, customer_is_there, customer_of, deadlines, owner_of, parties, role_of
from controller.interaction.party import Role, Standing
from controller.interaction.roles import prospects


def assert_sound(interaction: Interaction) -> None:
    """What must be true at every moment."""
    places = layout(interaction).places
    rooms = {place.leg: place.room for place in places}
    assert len(rooms) == len(places), "no leg stands in two rooms"

    there = {party.leg for party in parties(interaction) if party.standing is not Standing.GONE}
    assert set(rooms) == there, "who is there has a room, and no room has anybody else"
    if interaction.phase is Phase.ENDED:
        assert not rooms, "an ended interaction wants no leg"

    _assert_customer_is_in_good_hands(interaction, rooms)
    _assert_wrap_ups(interaction)

    rings = any(party.rings for party in parties(interaction))
    waits = rings or interaction.phase is Phase.TRANSFER_ASKED
    assert bool(deadlines(interaction)) == waits, "what rings or is asked has a deadline, and nothing else has"


def _assert_customer_is_in_good_hands(interaction: Interaction, rooms: dict[LegId, Room]) -> None:
    customer, owner, agent_2 = customer_of(interaction), owner_of(interaction), agent_2_of(interaction)
    assert customer is not None, "the customer is always named"
    if rooms.get(customer.leg) is not Room.TALK:
        assert interaction.phase is not Phase.CONNECTED, "connected means that they hear one another"
        return
    owner_talks = owner is not None and rooms.get(owner.leg) is Room.TALK and owner.is_up
    assert owner_talks, "the customer talks only with the owner there"
    hears = [p for p in (owner, agent_2) if p and p.is_up and rooms.get(p.leg) is Room.TALK and not p.phone_on_hold]
    assert hears, "the customer is never in silence"


def _assert_wrap_ups(interaction: Interaction) -> None:
    owing = [wrap_up.agent for wrap_up in interaction.wrap_ups if wrap_up.is_owed]
    assert len(set(owing)) == len(owing), "nobody owes two reasons for one interaction"
    talking = {party.agent for party in parties(interaction) if party.standing is not Standing.GONE}
    assert not talking & set(owing), "nobody wraps up what they are still part of"


def _buttons(interaction: Interaction) -> list[object]:
    return [(party.agent, prospects(interaction, party.role, party.agent)) for party in parties(interaction) if party.agent is not None]


def assert_sound_step(before: Interaction, after: Interaction, *, customer_left: bool) -> None:
    """What must be true of every step."""
    assert_sound(after)
    if after.revision == before.revision:
        assert (after.phase, layout(after)) == (before.phase, layout(before)), "who stands elsewhere is a new revision"
        assert _buttons(after) == _buttons(before), "other rights are a new revision"
    else:
        assert after.revision == before.revision + 1, "every change is the next revision"
    assert after.legs_made >= before.legs_made, "no name of a leg is used twice"

    asked = [wrap_up.agent for wrap_up in after.wrap_ups[len(before.wrap_ups) :]]
    had = owner_of(before)
    owner = had.agent if had else None
    assert asked in ([], [owner]), "only who owned it is asked for a reason"

    was_there = customer_is_there(before)
    if was_there and not customer_left and after.phase is not Phase.ENDED:
        assert customer_is_there(after), "nobody but the customer ends the customer's call without ending the interaction"
    if before.phase is Phase.ENDED:
        assert after.phase is Phase.ENDED, "what has ended stays ended"
    if after.phase is Phase.ENDED and was_there and before.phase is not Phase.ENDED:
        had_them = had is not None and had.is_up
        assert not had_them or asked == [owner], "an owner who had the customer wraps up"
    assert role_of(after, owner) is not Role.AGENT_2 if owner else True, "an owner never becomes Agent 2 in one step"
