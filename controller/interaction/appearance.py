"""Whether a step shows to anybody: what changes nothing that a person sees or may do makes no desktop out of date."""

from controller.directory.ids import AgentId
from controller.directory.replace import replace
from controller.interaction.interaction import Interaction
from controller.interaction.layout import layout, without_keys_of_others
from controller.interaction.legs import with_legs
from controller.interaction.parties import parties
from controller.interaction.roles import prospects


def looks_the_same(before: Interaction, after: Interaction) -> bool:
    """Say whether nobody is shown anything else, nobody may do anything else, and everybody is shown where they stood.

    Of all that an interaction holds only keys of telephones can be pressed without showing: the hold key of the customer's own, for one.
    Whoever is left alone by it hears music meanwhile, but no desktop has changed, and nobody's click comes too late.
    """
    if before.phase is not after.phase or _without_hold_keys(before) != _without_hold_keys(after):
        return False
    return layout(without_keys_of_others(before)) == layout(without_keys_of_others(after)) and _rights(before) == _rights(after)


def _without_hold_keys(interaction: Interaction) -> Interaction:
    return with_legs(interaction, lambda leg: replace(leg, phone_on_hold=False, transfer_refused_at=None))


def _rights(interaction: Interaction) -> dict[AgentId, object]:
    """What each agent on the line may do, and why not the rest."""
    return {party.agent: prospects(interaction, party.agent) for party in parties(interaction) if party.agent is not None}
