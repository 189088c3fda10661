"""How long a telephone that rings may do so, as the judges read it off an interaction's own policies."""

from controller.directory.ids import LegId, Seconds
from controller.interaction.facts import Why
from controller.interaction.interaction import ConsultStage, Deadline, Interaction
from controller.interaction.legs import is_leg_of


def deadline_of(interaction: Interaction, leg: LegId) -> Deadline | None:
    """What is waited for of this leg; None: nothing."""
    offer, consult, customer = interaction.offer, interaction.consult, interaction.customer
    if offer is not None and offer.leg.id == leg:
        return offer.deadline
    if consult is not None and is_leg_of(consult, leg) and consult.stage is ConsultStage.RINGING:
        return consult.deadline
    return customer.deadline if customer.leg.id == leg else None


def seconds_of(interaction: Interaction, leg: LegId) -> Seconds | None:
    """How long this leg may ring, or its agent think about it; None: it does neither."""
    deadline, policy = deadline_of(interaction, leg), interaction.policy
    if deadline is None:
        return None
    return {
        Why.OFFER_UNANSWERED: policy.offer_seconds,
        Why.OWN_PHONE_UNANSWERED: policy.offer_seconds,
        Why.CONSULT_UNANSWERED: policy.consult_seconds,
        Why.RING_BACK_UNANSWERED: policy.ring_back_seconds,
        Why.TRANSFER_UNANSWERED: policy.transfer_seconds,
        Why.BLIND_TRANSFER_UNANSWERED: policy.blind_transfer_seconds,
        Why.NUMBER_UNANSWERED: policy.call_out_seconds,
    }.get(deadline.why)
