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
    """An agent let the telephone ring, or it is busy or forwards its calls: they get no more calls until they say so."""

    agent: AgentId
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferFailed(Notice):
    """An agent's telephone could not be rung, or was lost, and nothing says that it was the agent's doing: they stay available."""

    agent: AgentId
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoTelephone(Notice):
    """An agent is available, and the telephone that is to ring is not connected: no call can reach them until it is. Of no interaction."""

    agent: AgentId


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
class CustomerForgotten(Notice):
    """A customer has been on hold for long, and their owner is reminded of them."""

    agent: AgentId
    seconds: float
    """For how long by now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitsPressed(Notice):
    """The owner pressed keys that this leg's telephone is to hear."""

    leg: LegId
    digits: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRefused(Notice):
    """An agent's keys came to nothing: a code that does not exist, was not finished, or is not for now. Only they hear a tone for it."""

    agent: AgentId
    leg: LegId
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeDone(Notice):
    """A code that an agent has dialled as a number is done: they hear so, and the call that they dialled is over."""

    agent: AgentId
    leg: LegId


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTurnedAway(Notice):
    """A caller dialled a number that is nobody's, or the house is full: their leg goes back to the dialplan."""

    leg: LegId
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DialRefused(Notice):
    """What an agent dialled from their telephone is not done: they hear it, and are told why."""

    leg: LegId
    agent: AgentId | None
    """None: it is the telephone of nobody of ours."""
    dialled: str
    code: str
    """The machine's word for why (see `refusals`)."""
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferAnswered(Notice):
    """The transfer key of a telephone was pressed, and this has come of it."""

    leg: LegId
    agent: AgentId | None
    """None: the telephone is nobody's of ours."""
    because: str | None
    """Why it is not done; None: it is."""
    code: str | None = None
    """The machine's word for why (see `refusals`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallWasOver(Notice):
    """A customer's leg is found that no interaction names any more: it is to be hung up, not served again."""

    leg: LegId
