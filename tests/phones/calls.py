"""What a phone knows of its calls, told by its events.

Pure: events in, calls as they stand. It must never forget a closed call: tests ask why it closed.
"""

from dataclasses import dataclass, field
from enum import Enum, auto

from tests.phones.control import PhoneEvent


class CallState(Enum):
    """How far a call has come, seen from this phone."""

    DIALLING = auto()
    """Outgoing; nothing came back yet."""
    RINGING = auto()
    """Incoming and this phone rings; or outgoing and the far end says that it rings."""
    ESTABLISHED = auto()
    CLOSED = auto()


@dataclass(slots=True, eq=False)
class Call:
    """One call at one phone. Times are wall-clock seconds, None until it happened."""

    id: str
    """The SIP Call-ID; empty for an outgoing call to which nobody has replied yet."""
    incoming: bool
    peer: str
    began_at: float
    state: CallState
    ringing_at: float | None = None
    established_at: float | None = None
    closed_at: float | None = None
    closed_because: str = ""
    """The phone's own words, such as `486 Rejected` or `Connection reset by peer` (the other side hung up)."""
    keys: str = ""
    """The telephone keys that the other side sent."""
    remote_answers: int = 0
    """How many of our offers (dial, hold, resume) the other side has answered."""

    def __str__(self) -> str:
        way = "from" if self.incoming else "to"
        because = f" ({self.closed_because})" if self.closed_because else ""
        return f"{self.state.name.lower()} {way} {self.peer}{because}"


@dataclass(slots=True)
class CallLog:
    """Every call of a phone, in order of appearance."""

    calls: list[Call] = field(default_factory=list)

    @property
    def live(self) -> list[Call]:
        """The calls that are not closed."""
        return [call for call in self.calls if call.state is not CallState.CLOSED]

    def take(self, event: PhoneEvent) -> None:
        """Note what an event says; events that are not about a call change nothing."""
        if not event.direction:
            return
        call = self._call_of(event)
        match event.type:
            case "CALL_INCOMING" | "CALL_RINGING" | "CALL_PROGRESS" if call.state is not CallState.ESTABLISHED:
                call.state = CallState.RINGING
                call.ringing_at = call.ringing_at or event.at
            case "CALL_ESTABLISHED":
                call.state = CallState.ESTABLISHED
                call.established_at = event.at
            case "CALL_CLOSED":
                call.state = CallState.CLOSED
                call.closed_at, call.closed_because = event.at, event.param
            case "CALL_DTMF_START":
                call.keys += event.param
            case "CALL_REMOTE_SDP" if event.param == "answer":
                call.remote_answers += 1
            case "TRANSFER_FAILED":
                # baresip 1.0 then drops the call (it sends BYE) and says nothing more about it.
                call.state = CallState.CLOSED
                call.closed_at, call.closed_because = event.at, f"transfer refused: {event.param}"

    def close_every_call(self, because: str, at: float) -> None:
        """Note that the phone is gone and its calls with it; it could not say so itself."""
        for call in self.live:
            call.state, call.closed_at, call.closed_because = CallState.CLOSED, at, because

    def _call_of(self, event: PhoneEvent) -> Call:
        for call in reversed(self.calls):
            # baresip names an outgoing call only once something came back for it.
            unnamed = call in self.live and not call.incoming and event.direction == "outgoing" and not call.id
            if call.id == event.call_id != "" or unnamed:
                call.id = event.call_id
                return call
        call = Call(
            id=event.call_id,
            incoming=event.direction == "incoming",
            peer=event.peer,
            began_at=event.at,
            state=CallState.DIALLING,
        )
        self.calls.append(call)
        return call
