"""Whom to tell that a telephone rings, or is to stop, and who owes a reason: read off what is different after a step.

No step says it by hand: whoever ends a consult need not know whether a telephone stops ringing by it. What a step does say is a verdict on
somebody (`AgentMissed`, `AgentDeclined`, `OfferFailed`), which no difference shows.
"""

from collections.abc import Iterator

from controller.directory.ids import AgentId
from controller.interaction.commands import CancelConsult, Command, DeclineOffer
from controller.interaction.facts import DeadlinePassed, EndCause, Fact, LegEnded
from controller.interaction.interaction import Interaction, Phase
from controller.interaction.notices import OfferMade, OfferWithdrawn, WrapUpAsked
from controller.interaction.parties import parties
from controller.interaction.party import Party, Role


def offers_withdrawn(before: Interaction, cause: Fact | Command, after: Interaction) -> Iterator[OfferWithdrawn]:
    """Say whose telephone is to stop ringing and why. Who has answered, or would not, needs not be told."""
    still = {party.agent for party in parties(after) if party.rings or party.is_up}
    for agent, party in _rung(before).items():
        because = _because(cause, party, after) if agent not in still else None
        if because is not None:
            yield OfferWithdrawn(interaction=after.id, agent=agent, because=because)


def offers_made(before: Interaction, after: Interaction) -> Iterator[OfferMade]:
    """Say whose telephone begins to ring. One that is rung anew, so that it answers by itself, has rung before."""
    rang = _rung(before)
    for agent, party in _rung(after).items():
        if agent not in rang:
            yield OfferMade(interaction=after.id, agent=agent, consult=party.role is Role.AGENT_2)


def wrap_ups_asked(before: Interaction, after: Interaction) -> Iterator[WrapUpAsked]:
    """Say who owes a reason from now on."""
    for wrap_up in after.wrap_ups:
        if wrap_up.is_owed and wrap_up not in before.wrap_ups:
            yield WrapUpAsked(interaction=after.id, agent=wrap_up.agent)


def _rung(interaction: Interaction) -> dict[AgentId, Party]:
    return {party.agent: party for party in parties(interaction) if party.rings and party.agent is not None}


def _because(cause: Fact | Command, rung: Party, after: Interaction) -> str | None:
    """Why a telephone is to stop; None: by its own agent's doing."""
    match cause:
        case LegEnded(leg=rung.leg):
            return "it could not be rung" if cause.cause is EndCause.FAILED else None
        case DeclineOffer(agent=rung.agent):
            return None
        case DeadlinePassed():
            return "it could not be rung" if rung.is_stuck else "not answered in time"
        case CancelConsult():
            return "the consult was cancelled"
        case _ if rung.role is Role.AGENT_2:
            return "the interaction has ended" if after.phase is Phase.ENDED else "the agent who called you has gone"
        case Command():
            return "a supervisor ended the call"
        case _:
            return "the customer hung up"
