"""What somebody is told because of a step. Past tense; a notice asks for nothing and nobody can refuse it."""

from dataclasses import dataclass

from controller.directory.ids import AgentId, InteractionId, LegId


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something worth telling about one interaction."""

    interaction: InteractionId


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferMade(Notice):
    """An agent's telephone rings: for a customer, or for a consult."""

    agent: AgentId
    consult: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferWithdrawn(Notice):
    """The telephone of an agent who was offered something is to stop ringing."""

    agent: AgentId
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentMissed(Notice):
    """An agent let the telephone ring, or it could not be rung: they get no more calls until they say so."""

    agent: AgentId
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferFailed(Notice):
    """An agent's telephone could not be rung, or was lost, and nothing says that it was the agent's doing: they stay available."""

    agent: AgentId
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveFailed(Notice):
    """Asterisk will not bring a leg where it belongs; it stands safely where it is, and is tried again."""

    leg: LegId
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentDeclined(Notice):
    """An agent would not take a customer: they are idle until they say otherwise."""

    agent: AgentId


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUpAsked(Notice):
    """An agent owes a reason."""

    agent: AgentId


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitsPressed(Notice):
    """The owner pressed keys that this leg's telephone is to hear."""

    leg: LegId
    digits: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTurnedAway(Notice):
    """A caller dialled a number that is nobody's, or the house is full: their leg goes back to the dialplan."""

    leg: LegId
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallWasOver(Notice):
    """A caller's leg is found that was let go when its interaction ended: it is to be hung up, not served again."""

    leg: LegId
