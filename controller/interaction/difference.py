"""Whom to tell that a telephone rings, or is to stop, and who owes a reason: read off what is different after a step.

No step says it by hand: whoever ends a consult need not know whether a telephone stops ringing by it. What a step does say is a verdict on
somebody (`AgentMissed`, `AgentDeclined`, `OfferFailed`), which no difference shows.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from controller.directory.ids import AgentId
from controller.interaction.commands import CancelConsult, Command, DeclineOffer
from controller.interaction.facts import AgentTaken, DeadlinePassed, Fact, LegEnded
from controller.interaction.interaction import ConsultStage, Interaction, Leg, OfferWhy, Phase
from controller.interaction.legs import legs
from controller.interaction.notices import OfferMade, OfferWithdrawn, WrapUpAsked
from controller.interaction.steps.moves import COULD_NOT_BE_RUNG


def offers_withdrawn(before: Interaction, cause: Fact | Command, after: Interaction) -> Iterator[OfferWithdrawn]:
    """Say whose telephone is to stop ringing and why. Who has answered, or would not, needs not be told."""
    rang = _rung(before)
    still = {person.agent for person, _ in legs(after) if person is not None} if rang else set()
    for agent, rung in rang.items():
        because = _because(cause, rung, after) if agent not in still else None
        if because is not None:
            yield OfferWithdrawn(interaction=after.id, agent=agent, because=because)


def offers_made(before: Interaction, after: Interaction) -> Iterator[OfferMade]:
    """Say whose telephone begins to ring. One that is rung anew, so that it answers by itself, has rung before."""
    rang = _rung(before)
    for agent, rung in _rung(after).items():
        if agent not in rang:
            yield OfferMade(interaction=after.id, agent=agent, consult=rung.for_consult)


def wrap_ups_asked(before: Interaction, after: Interaction) -> Iterator[WrapUpAsked]:
    """Say who owes a reason from now on."""
    for wrap_up in after.wrap_ups:
        if wrap_up.is_owed and wrap_up not in before.wrap_ups:
            yield WrapUpAsked(interaction=after.id, agent=wrap_up.agent)


_ARE_NO_OFFERS = (OfferWhy.ASKED, OfferWhy.OWN_PHONE)
"""Nobody is offered anything: they are on the line already, or it is their own call that their telephone rings for."""


@dataclass(frozen=True, slots=True)
class _Rung:
    """A telephone of ours that rings."""

    agent: AgentId
    leg: Leg
    for_consult: bool


def _rung(i: Interaction) -> dict[AgentId, _Rung]:
    found: dict[AgentId, _Rung] = {}
    if i.offer is not None and i.offer.why not in _ARE_NO_OFFERS and i.offer.to.agent is not None:
        found[i.offer.to.agent] = _Rung(i.offer.to.agent, i.offer.leg, for_consult=False)
    consult = i.consult
    if consult is not None and consult.person is not None and consult.leg is not None and consult.stage is ConsultStage.RINGING:
        agent = consult.person.agent
        if agent is not None:
            found[agent] = _Rung(agent, consult.leg, for_consult=True)
    return found


def _because(cause: Fact | Command, rung: _Rung, after: Interaction) -> str | None:
    """Why a telephone is to stop; None: by its own agent's doing."""
    match cause:
        case LegEnded(leg=rung.leg.id):
            return "it could not be rung" if cause.cause in COULD_NOT_BE_RUNG else None
        case DeclineOffer(agent=rung.agent) | AgentTaken():
            return None  # whoever is taken was not told that they are rung
        case DeadlinePassed():
            return "it could not be rung" if rung.leg.is_stuck else "not answered in time"
        case CancelConsult():
            return "the consult was cancelled"
        case _ if rung.for_consult:
            return "the interaction has ended" if after.phase is Phase.ENDED else "the agent who called you has gone"
        case Command():
            return "a supervisor ended the call"
        case _:
            return "the customer hung up"
