"""The phase: the name, for people and for the API, of a combination of stages. Nobody sets it and no step asks for it."""

from controller.interaction.interaction import Phase
from controller.interaction.next.model import ConsultStage, CustomerStage, Interaction, OfferWhy, TalksTo


def phase(i: Interaction) -> Phase:
    """Name the combination of stages. A combination that has no line here is a mistake of ours.

    | customer | offer           | owner talks to | consult | members | phase           |
    |----------|-----------------|----------------|---------|---------|-----------------|
    | there    | line, ring-back |                |         |         | offered         |
    | there    | asked           |                |         |         | transfer_asked  |
    | there    |                 |                |         |         | queued          |
    | gone     |                 |                |         |         | ended           |
    | there    |                 | customer       |         |         | connected       |
    | there    |                 | nobody         |         |         | held            |
    | there    |                 | consult        | ringing |         | consult_offered |
    | there    |                 | consult        | up      |         | consulting      |
    | there    |                 | customer       | any     |         | consult_held    |
    | any      |                 | customer       |         | some    | conference      |
    """
    there = i.customer.stage is CustomerStage.THERE
    match i.offer, i.owner, i.consult:
        case None, None, None if not i.members:
            return Phase.QUEUED if there else Phase.ENDED
        case offer, None, None if offer is not None and there and not i.members:
            return Phase.TRANSFER_ASKED if offer.why is OfferWhy.ASKED else Phase.OFFERED
        case None, owner, None if owner is not None:
            if owner.talks_to is TalksTo.CUSTOMER and i.members:
                return Phase.CONFERENCE
            if owner.talks_to is not TalksTo.CONSULT and there and not i.members:
                return Phase.HELD if owner.talks_to is TalksTo.NOBODY else Phase.CONNECTED
        case None, owner, consult if owner is not None and consult is not None and there and not i.members:
            if owner.talks_to is TalksTo.CUSTOMER:
                return Phase.CONSULT_HELD
            if owner.talks_to is TalksTo.CONSULT:
                return Phase.CONSULTING if consult.stage is ConsultStage.UP else Phase.CONSULT_OFFERED
    raise AssertionError(f"no phase is: {i}")
