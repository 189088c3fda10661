"""What must be true of every interaction after every input. A breach is our mistake, so these are assertions, never refusals."""

from controller.interaction.chart import COUPLINGS
from controller.interaction.interaction import ConsultStage, Interaction, TalksTo
from controller.interaction.layout import Room, rooms
from controller.interaction.legs import legs


def check(i: Interaction) -> None:
    """Assert what no input may ever break."""
    phase = i.phase  # a combination of stages that has no name is one that must not be
    stands, there = rooms(i), [leg for _, leg in legs(i)]
    assert len({leg.id for leg in there}) == len(there), f"{i.id}: a leg stands in two places"
    assert len(stands) == len(there), f"{i.id}: {phase}, and somebody has no room, or nobody has one"
    agents = [person.agent for person, _ in legs(i) if person is not None and person.agent is not None]
    assert len(set(agents)) == len(agents), f"{i.id}: an agent is in it twice"
    unsettled = [coupling.rule for coupling in COUPLINGS if coupling.applies(i)]
    assert not unsettled, f"{i.id}: {phase}, and it has not come to rest: {unsettled}"

    talks = i.owner is not None and i.owner.talks_to is TalksTo.CUSTOMER
    assert stands.get(i.customer.leg.id) is not Room.TALK or talks, f"{i.id}: the customer talks without the owner"
    rings = i.consult is not None and i.consult.stage is ConsultStage.RINGING
    assert not rings or (i.consult is not None and i.consult.deadline is not None), f"{i.id}: something rings without a deadline"
