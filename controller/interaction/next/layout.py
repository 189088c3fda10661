"""Who stands in which room, from the stages alone. No step says "move this leg"."""

from controller.directory.ids import LegId
from controller.interaction.layout import Room
from controller.interaction.next.model import CustomerStage, Interaction, TalksTo


def rooms(i: Interaction) -> dict[LegId, Room]:
    """Say of every leg that is to exist where it belongs; a leg that is not named is to be hung up."""
    stands: dict[LegId, Room] = {}
    if i.customer.stage is CustomerStage.THERE:
        stands[i.customer.leg.id] = _customer_room(i)
    if i.offer is not None:
        stands[i.offer.leg.id] = Room.TALK  # alone in it: the customer hears music until they have somebody
    if i.owner is None:
        return stands
    stands[i.owner.leg.id] = Room.TALK
    if i.consult is not None:
        # With the owner exactly while the owner talks to them, so that Agent 1 hears the ringing and the customer never does.
        stands[i.consult.leg.id] = Room.TALK if i.owner.talks_to is TalksTo.CONSULT else Room.HOLD
    for member in i.members:
        stands[member.leg.id] = Room.TALK if i.owner.talks_to is TalksTo.CUSTOMER else Room.HOLD
    return stands


def _customer_room(i: Interaction) -> Room:
    """With whoever talks to them and hears them.

    A telephone whose own hold key is pressed sends nothing, and Asterisk's music for the other end is lost as soon as anybody moves: the
    customer waits in the hold room, where there is always music.
    """
    if i.owner is None or i.owner.talks_to is not TalksTo.CUSTOMER:
        return Room.HOLD
    beside = (i.owner.leg, *(member.leg for member in i.members))
    return Room.TALK if any(not leg.phone_on_hold for leg in beside) else Room.HOLD
