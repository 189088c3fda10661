"""What must be true of every interaction after every input. A breach is our mistake, so these are assertions, never refusals."""

from controller.interaction.chart import COUPLINGS
from controller.interaction.interaction import ConsultStage, Interaction, Phase, TalksTo
from controller.interaction.layout import Room, rooms
from controller.interaction.legs import legs


def check(i: Interaction) -> None:
    """Assert what no input may ever break."""
    phase = i.phase  # a combination of stages that has no name is one that must not be
    stands, there = rooms(i), [leg for _, leg in legs(i)]
    assert len({leg.id for leg in there}) == len(there), f"{i.id}: a leg stands in two places"
    assert len(stands) == len(there), f"{i.id}: {phase}, and somebody has no room, or nobody has one"
    second = i.owner.second if i.owner is not None else None
    agents = [person.agent for person, leg in legs(i) if person is not None and person.agent is not None and leg is not second]
    assert len(set(agents)) == len(agents), f"{i.id}: an agent is in it twice"
    unsettled = [coupling.rule for coupling in COUPLINGS if coupling.applies(i)]
    assert not unsettled, f"{i.id}: {phase}, and it has not come to rest: {unsettled}"

    with_somebody = bool(i.members) if i.owner is None else i.owner.talks_to is TalksTo.CUSTOMER
    assert stands.get(i.customer.leg.id) is not Room.TALK or with_somebody, (
        f"{i.id}: the customer is in the talk room, and nobody is with them"
    )
    consult = i.consult
    assert consult is None or (consult.leg is None) is (consult.person is None), f"{i.id}: a telephone of nobody is consulted"
    assert consult is None or (consult.leg is None) is (consult.stage is ConsultStage.WAITING), (
        f"{i.id}: who waits for an agent has none yet"
    )
    waits = consult is not None and consult.stage is not ConsultStage.UP
    assert not waits or (consult is not None and consult.deadline is not None), f"{i.id}: something rings, or waits, without a deadline"
    assert phase is not Phase.QUEUED or i.queue is not None, f"{i.id}: the customer waits in no line"
    assert phase is not Phase.HANDED_OUT or i.customer.deadline is not None, f"{i.id}: people outside have the customer for ever"
