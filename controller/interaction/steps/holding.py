"""The owner parks the customer on music and takes them back, by button or by the telephone's own hold key."""

from collections.abc import Callable

from controller.directory.ids import Seconds
from controller.directory.replace import replace
from controller.interaction.commands import HoldCustomer, ResumeCustomer
from controller.interaction.facts import LegHeld, LegUnheld
from controller.interaction.interaction import Interaction, Phase, Step
from controller.interaction.party import Party
from controller.interaction.steps.common import change, enter, owner_of


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
    if party.rings or (party.phone_on_hold is pressed and not party.hold_key_in_doubt):
        return Step(interaction=interaction)
    return Step(interaction=change(interaction, replace(party, phone_on_hold=pressed, hold_key_in_doubt=False)))


def doubt_hold_keys(interaction: Interaction) -> Step:
    """The switch is no longer heard: whoever has pressed a hold key may release it unheard."""
    return _of_hold_keys(interaction, lambda party: replace(party, hold_key_in_doubt=party.phone_on_hold))


def settle_hold_keys(interaction: Interaction) -> Step:
    """The switch is heard again, and has said who is on hold. Of whom it could not say so, the person knows and is believed."""
    return _of_hold_keys(
        interaction,
        lambda party: replace(party, phone_on_hold=False, hold_key_in_doubt=False) if party.hold_key_in_doubt else party,
    )


def _of_hold_keys(interaction: Interaction, seen: Callable[[Party], Party]) -> Step:
    parties = tuple(seen(party) for party in interaction.parties)
    return Step(interaction=interaction if parties == interaction.parties else replace(interaction, parties=parties))


def hold_by_phone(interaction: Interaction, held: LegHeld, now: Seconds) -> Step:
    """The owner's own hold key means the same as the button."""
    return Step(interaction=enter(note_hold_key(interaction, held, now).interaction, Phase.HELD, now))


def resume_by_phone(interaction: Interaction, unheld: LegUnheld, now: Seconds) -> Step:
    """Releasing the key takes the customer back. A release without its press is a telephone that has refreshed its session."""
    owner, _ = owner_of(interaction)
    if not owner.phone_on_hold:
        return Step(interaction=interaction)
    return Step(interaction=enter(note_hold_key(interaction, unheld, now).interaction, Phase.CONNECTED, now))
