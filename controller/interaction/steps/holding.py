"""The owner parks the customer on music and takes them back, by button or by the telephone's own hold key."""

from controller.directory.ids import Seconds
from controller.directory.replace import replace
from controller.interaction.commands import HoldCustomer, ResumeCustomer
from controller.interaction.facts import LegHeld, LegUnheld
from controller.interaction.interaction import Interaction, Phase, Step
from controller.interaction.steps.common import change, enter


def hold_customer(interaction: Interaction, command: HoldCustomer, now: Seconds) -> Step:
    """The customer goes to music."""
    return Step(interaction=enter(interaction, Phase.HELD, now))


def resume_customer(interaction: Interaction, command: ResumeCustomer, now: Seconds) -> Step:
    """The customer comes back."""
    return Step(interaction=enter(interaction, Phase.CONNECTED, now))


def note_hold_key(interaction: Interaction, fact: LegHeld | LegUnheld, now: Seconds) -> Step:
    """Remember whether the key is pressed: while it is, nobody can be brought to this telephone."""
    party = interaction.party_of(fact.leg)
    assert party is not None, "a fact reaches the chart only through its party"
    pressed = isinstance(fact, LegHeld)
    # Some telephones send hold while ringing, and many repeat what they said: neither is news.
    if party.rings or party.phone_on_hold is pressed:
        return Step(interaction=interaction)
    return Step(interaction=change(interaction, replace(party, phone_on_hold=pressed)))


def hold_by_phone(interaction: Interaction, held: LegHeld, now: Seconds) -> Step:
    """The owner's own hold key means the same as the button."""
    return Step(interaction=enter(note_hold_key(interaction, held, now).interaction, Phase.HELD, now))


def resume_by_phone(interaction: Interaction, unheld: LegUnheld, now: Seconds) -> Step:
    """Releasing the key takes the customer back."""
    return Step(interaction=enter(note_hold_key(interaction, unheld, now).interaction, Phase.CONNECTED, now))
