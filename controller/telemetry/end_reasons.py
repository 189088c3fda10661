"""Why a call is over, in one word of a few: what monitoring counts."""

from collections.abc import Iterable
from enum import StrEnum

from controller.floor.outcome import Change
from controller.interaction.commands import Command
from controller.interaction.facts import DeadlinePassed, EndCause, LegEnded
from controller.interaction.interaction import Interaction, Phase
from controller.interaction.notices import CallTurnedAway, Notice
from controller.interaction.parties import parties, party_of


class EndReason(StrEnum):
    """Who or what ended it for the customer."""

    CUSTOMER = "customer"
    """The customer hung up, after an agent had answered."""
    ABANDONED = "abandoned"
    """The customer hung up before any agent had answered."""
    AGENT = "agent"
    """An agent hung up, or ended it on the desktop."""
    SUPERVISOR = "supervisor"
    OUTSIDE = "outside"
    """Somebody outside hung up, to whom the customer had been handed."""
    NOT_REACHED = "not_reached"
    """A call out that nobody answered."""
    TURNED_BACK = "turned_back"
    """The customer was given back to the dialplan."""
    TIME_LIMIT = "time_limit"
    """People outside had the customer for as long as the site allows."""
    LOST = "lost"
    """The network, a telephone or Asterisk failed: nobody chose to end it."""


_WAITING = (Phase.QUEUED, Phase.OFFERED)


def end_reason(change: Change, notices: Iterable[Notice]) -> EndReason | None:
    """Say why this change has ended the call; None: it has not, or it was over before."""
    before, after = change.before, change.after
    if after.phase is not Phase.ENDED or (before is not None and before.phase is Phase.ENDED):
        return None
    if before is None or any(isinstance(notice, CallTurnedAway) and notice.interaction == after.id for notice in notices):
        return EndReason.TURNED_BACK
    match change.cause:
        case LegEnded():
            return _of_leg(before, change.cause)
        case Command():
            is_party = any(party.agent == change.cause.agent for party in parties(before))
            return EndReason.AGENT if is_party else EndReason.SUPERVISOR
        case DeadlinePassed():
            return EndReason.NOT_REACHED if before.phase is Phase.DIALLING else EndReason.TIME_LIMIT
        case _:
            return EndReason.LOST


def _of_leg(before: Interaction, ended: LegEnded) -> EndReason:
    is_rung = before.offer is not None and ended.leg == before.offer.leg.id
    is_customer = ended.leg == before.customer.leg.id
    if before.phase is Phase.DIALLING and (is_customer or is_rung):
        return EndReason.NOT_REACHED
    if ended.cause is not EndCause.HUNG_UP:
        return EndReason.LOST
    if is_customer:
        return EndReason.ABANDONED if before.phase in _WAITING else EndReason.CUSTOMER
    party = party_of(before, ended.leg)
    return EndReason.AGENT if party is not None and party.agent is not None else EndReason.OUTSIDE
