"""What a site may decide about the rules. Policies narrow what happens; they never give anybody a right that the role table does not."""

from dataclasses import dataclass
from enum import StrEnum

from controller.directory.ids import ReasonId, Seconds

NO_REASON = ReasonId("")


class TransferAcceptance(StrEnum):
    """Whether Agent 2, who has already accepted the consult, is asked again before the customer is handed over."""

    AUTOMATIC = "automatic"
    ASK = "ask"


class EndConsult(StrEnum):
    """Whom "end consult" drops: everybody, or Agent 2 only."""

    END_INTERACTION = "end_interaction"
    RETURN_TO_CUSTOMER = "return_to_customer"


class OwnerHangUp(StrEnum):
    """What it means when the owner hangs up the telephone while the customer is there."""

    END_INTERACTION = "end_interaction"
    RING_BACK = "ring_back"


class AfterConsult(StrEnum):
    """Where the customer goes when a consult is over without a transfer."""

    RESUME_CUSTOMER = "resume_customer"
    KEEP_HELD = "keep_held"


class CustomerGoneInConference(StrEnum):
    """Whether the two agents stay together when the customer leaves a conference."""

    END_INTERACTION = "end_interaction"
    AGENTS_STAY = "agents_stay"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerLimits:
    """How many callers are taken at once, so that there is always a leg left to ring an agent on."""

    legs_max: int = 500
    """How many legs Asterisk has sound for at once: two ports of rtp.conf's range for each."""
    waiting_per_number_max: int = 10
    """How many may wait from one number."""
    waiting_per_line_max: int = 250
    """How many may wait that came in by one PJSIP endpoint."""

    def callers_max(self, agents: int) -> int:
        """How many callers may be in Asterisk at once, whoever serves them: a leg for each agent's telephone is kept back.

        Where there are very many agents, it is two legs in five: they can't all talk with somebody at once.
        """
        return self.legs_max - min(agents, self.legs_max * 2 // 5)

    def customers_max(self, agents: int) -> int:
        """How many customers the controller takes at once: a fifth of the legs is for callers whom only the dialplan serves."""
        return self.callers_max(agents) - self.legs_max // 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One queue's policies: the site's, with the queue's own on top. Times are in seconds."""

    transfer_acceptance: TransferAcceptance = TransferAcceptance.AUTOMATIC
    end_consult: EndConsult = EndConsult.END_INTERACTION
    owner_hang_up: OwnerHangUp = OwnerHangUp.END_INTERACTION
    after_consult: AfterConsult = AfterConsult.RESUME_CUSTOMER
    customer_gone_in_conference: CustomerGoneInConference = CustomerGoneInConference.END_INTERACTION
    offer_seconds: Seconds = 20.0
    consult_seconds: Seconds = 30.0
    transfer_seconds: Seconds = 20.0
    ring_back_seconds: Seconds = 20.0
    wrap_up_seconds: Seconds = 120.0
    wrap_up_default: ReasonId = NO_REASON
    """The reason that is noted when nobody gives one in time; empty: the first of the site's reasons."""
