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


class TransferSound(StrEnum):
    """What the customer hears while a blind transfer rings."""

    MUSIC = "music"
    RINGBACK = "ringback"


class FailedTransfer(StrEnum):
    """Who gets the customer when a blind transfer comes to nothing, where both can."""

    RETURN_TO_AGENT = "return_to_agent"
    FRONT_OF_QUEUE = "front_of_queue"


class ConsultPriority(StrEnum):
    """Who is served first in a queue: its customers, or the agents who want to consult one of its agents."""

    BY_TIME = "by_time"
    CUSTOMERS_FIRST = "customers_first"
    CONSULTS_FIRST = "consults_first"


class BusyPhone(StrEnum):
    """Whether an agent is offered calls whose telephone is in a call that the controller knows nothing of."""

    SKIP = "skip"
    RING = "ring"


class WrapUpExtension(StrEnum):
    """Whether an agent may have more time for a wrap-up."""

    NONE = "none"
    ONCE = "once"
    UNLIMITED = "unlimited"


CONFERENCE_PARTIES_MAX = 8


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
    wrap_up_extension: WrapUpExtension = WrapUpExtension.NONE
    wrap_up_extension_seconds: Seconds = 120.0
    """How much longer a wrap-up that may be extended once takes."""
    wrap_up_unanswered: bool = False
    """An agent owes a reason for a call out that nobody has answered, too."""
    transfer_sound: TransferSound = TransferSound.MUSIC
    failed_transfer: FailedTransfer = FailedTransfer.RETURN_TO_AGENT
    blind_transfer_seconds: Seconds = 20.0
    call_out_seconds: Seconds = 60.0
    """How long a called number may ring."""
    consult_priority: ConsultPriority = ConsultPriority.BY_TIME
    queue_consult_seconds: Seconds = 300.0
    """How long a consult of a queue may wait until one of its agents is free."""
    conference_max: int = CONFERENCE_PARTIES_MAX
    """How many may be in a conference, the customer and the owner included: 3 to 8."""
    outside_only_seconds: Seconds = 3600.0
    """How long a customer and people outside may talk with nobody of ours there: the site's `[dialling]` says it."""
    busy_phone: BusyPhone = BusyPhone.SKIP
    """The site's; an agent may serve several queues, so a queue has none of its own."""
    hold_alarm_seconds: Seconds = 120.0
    """After how long on hold the owner and supervisors are told of a customer, and told again."""
