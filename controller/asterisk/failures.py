"""What can't be done: THE table of every request to ARI, every way in which it can fail, and what follows. Pure.

The rules that the table keeps:

* Our own trouble is never charged to an agent or a caller, and an outage costs no try.
* Nobody who stands safely in a room, with people or on music, is hung up because a move failed.
* What can't be done ends with somebody told, and with the customer in a right room, in the line, or back in the dialplan.

`course` says what follows one failure; `LAST_RESORT` what follows when Asterisk itself has failed a request `retry.TRIES_MAX` times.
`docs/failures.md` is drawn from here, and a test proves that no request and no failure is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from types import MappingProxyType

from controller.asterisk.errors import (
    AriError,
    Booting,
    CantRing,
    Deaf,
    Foreign,
    Gone,
    NoAnswer,
    NotAllowed,
    NotUnderstood,
    RequestFailed,
    SwitchAway,
    Unreachable,
)


class Asked(StrEnum):
    """Every kind of request that we make. The first ones are planned for an interaction (`plan`), the others asked beside the plan."""

    OPEN_HOLD_ROOM = "open the hold room"
    OPEN_TALK_ROOM = "open the talk room"
    CLOSE_ROOM = "close a room"
    MAKE = "make a leg"
    FIND_CONTACTS = "find an agent's other telephones"
    DIAL = "ring a telephone"
    ANSWER = "answer a caller"
    CHOOSE_MUSIC = "choose music"
    SHOW_PARTY = "show a telephone whom it talks with"
    MOVE_TO_HOLD = "move a leg to the hold room"
    MOVE_TO_TALK = "move a leg to the talk room"
    MUTE = "mute a leg"
    UNMUTE = "unmute a leg"
    RINGING = "begin or end the ringing that a leg hears"
    TAKE_TRANSFERS = "have a leg's transfer key asked of us"
    HANG_UP = "hang up a leg"
    LOOK = "look at a leg, a room or a telephone"
    TRUNK_SIGN = "ask whether a trunk has answered anything"
    RETURN_CALLER = "give a caller back to the dialplan"
    REFUSE_DIALLED = "let a telephone hear that what it dialled is not done"
    TELL_OF_TRANSFER = "tell a telephone what has come of its transfer key"
    HANG_UP_STRAY = "hang up a leg of no interaction"
    DELETE_STRAY = "delete a room of no interaction"
    PUT_OUT = "put a stranger out of a room"
    SEND_DIGITS = "press keys for a leg"
    TONE = "let a leg hear a tone"
    END_TONE = "end a tone that a leg hears"
    ATTACH = "attach: filter, status, marker, state"
    HOLD_KEY = "attach: ask whether a telephone is on hold"
    TRUNK_ANSWER = "attach: ask what a trunk has answered"
    LEASE = "show that we steer"
    TELEPHONES = "follow which telephones are there"
    SOUND = "look whether sound comes from a telephone in the browser that is gone"
    PASSWORD = "give or take away the password of a telephone in the browser"


class Failure(StrEnum):
    """Every way in which a request can fail."""

    AWAY = "lane away: not sent"
    LOST = "lane broke: nobody knows"
    NO_ANSWER = "no answer in time, or a lane that is half open"
    STARTING = "503: Asterisk is starting"
    NOT_ALLOWED = "401 or 403"
    GONE = "what it is about is gone"
    REFUSED = "refused (other 4xx)"
    BROKEN = "Asterisk failed (5xx)"
    UNREACHABLE = "the telephone is not registered, or the trunk is down"
    CANT_RING = "the telephone is registered, and can't be rung"
    NOT_UNDERSTOOD = "an answer that is not ARI"
    UNPROVED = "answered, and not proved in time"
    RESTARTED = "Asterisk restarted"


class Course(StrEnum):
    """What follows one failure."""

    WAIT = "ask again when the lane is back; no try is lost"
    LOOK = "look; if it is not done, ask again; a try is lost if the lane was there"
    TRY = "a try is lost; ask again"
    EXPECT = "the event that tells the end is on its way; look if it does not come"
    DONE = "nothing is left to do"
    UNREACHABLE = "the leg ended: its telephone can't be reached, or its trunk is silent"
    END = "the leg ends by our own trouble; nobody is charged"
    DETACH = "detach at once, and attach again; nothing is ended"
    RESYNC = "the state is read anew; what is gone is told as facts"
    REPORT = "told in the log; not asked again"
    NEVER = "can't happen to this request"


_Row = dict[Failure, Course]

_OUTAGE: _Row = {
    Failure.AWAY: Course.WAIT,
    Failure.STARTING: Course.WAIT,
    Failure.NOT_ALLOWED: Course.WAIT,
    Failure.RESTARTED: Course.RESYNC,
}
"""Alike for whatever is asked: nothing was done, and nobody is to blame. A lane whose connection is refused with 401 or 403 detaches us."""
_LOOKED_AT: _Row = {
    Failure.LOST: Course.LOOK,
    Failure.NO_ANSWER: Course.LOOK,
    Failure.UNPROVED: Course.LOOK,
    Failure.NOT_UNDERSTOOD: Course.LOOK,
}
_NO_TELEPHONE: _Row = {Failure.UNREACHABLE: Course.NEVER, Failure.CANT_RING: Course.NEVER}
_ANSWERED: _Row = {Failure.GONE: Course.EXPECT, Failure.REFUSED: Course.TRY, Failure.BROKEN: Course.TRY}

_PLANNED: _Row = _OUTAGE | _LOOKED_AT | _NO_TELEPHONE | _ANSWERED
_AT_ONCE: _Row = {Failure.UNPROVED: Course.NEVER}
"""The answer is the proof."""
_ERRAND: _Row = {
    **dict.fromkeys(Failure, Course.TRY),
    **_OUTAGE,
    **_NO_TELEPHONE,
    **_AT_ONCE,
    Failure.LOST: Course.WAIT,
    Failure.NO_ANSWER: Course.WAIT,
    Failure.GONE: Course.DONE,
}
"""Asking twice does no harm, so nobody looks before asking again."""
_ATTACHMENT: _Row = {
    **dict.fromkeys(Failure, Course.DETACH),
    **_NO_TELEPHONE,
    **_AT_ONCE,
    Failure.RESTARTED: Course.RESYNC,
}

COURSES: Mapping[Asked, Mapping[Failure, Course]] = MappingProxyType(
    {
        # Where nobody knows whether it was made, it counts as made: at worst a move is refused; the contrary leaves a room behind for ever.
        Asked.OPEN_HOLD_ROOM: {**_PLANNED, **_AT_ONCE, Failure.LOST: Course.DONE, Failure.NO_ANSWER: Course.DONE, Failure.GONE: Course.TRY},
        Asked.OPEN_TALK_ROOM: {**_PLANNED, **_AT_ONCE, Failure.LOST: Course.DONE, Failure.NO_ANSWER: Course.DONE, Failure.GONE: Course.TRY},
        Asked.CLOSE_ROOM: {**_PLANNED, **_AT_ONCE, Failure.GONE: Course.DONE},
        # Not asked again: the next agent, or the same a few seconds later, is a better try than the same telephone at once.
        Asked.MAKE: {
            **_PLANNED,
            Failure.UNREACHABLE: Course.UNREACHABLE,
            Failure.CANT_RING: Course.END,
        },
        # Whatever fails, one telephone rings, and rings now.
        Asked.FIND_CONTACTS: {
            **_PLANNED,
            **_AT_ONCE,
            **dict.fromkeys((Failure.LOST, Failure.NO_ANSWER, Failure.NOT_UNDERSTOOD, Failure.REFUSED, Failure.BROKEN), Course.DONE),
        },
        # Asterisk executes a second `dial` of the same channel, and loses the call or itself over it: so it is asked once and never again.
        Asked.DIAL: {
            **_PLANNED,
            **_AT_ONCE,
            Failure.LOST: Course.END,
            Failure.NO_ANSWER: Course.END,
            Failure.NOT_UNDERSTOOD: Course.END,
            Failure.REFUSED: Course.END,
            Failure.BROKEN: Course.END,
        },
        Asked.ANSWER: _PLANNED | _AT_ONCE,
        Asked.CHOOSE_MUSIC: _PLANNED | _AT_ONCE,
        Asked.SHOW_PARTY: _PLANNED | _AT_ONCE,
        Asked.MOVE_TO_HOLD: _PLANNED,
        Asked.MOVE_TO_TALK: _PLANNED,
        Asked.MUTE: _PLANNED | _AT_ONCE,
        Asked.UNMUTE: _PLANNED | _AT_ONCE,
        Asked.RINGING: {**_PLANNED, **_AT_ONCE, Failure.GONE: Course.DONE},
        Asked.TAKE_TRANSFERS: {**_PLANNED, **_AT_ONCE},
        Asked.HANG_UP: _PLANNED,
        Asked.LOOK: {
            **_PLANNED,
            **_AT_ONCE,
            Failure.LOST: Course.WAIT,
            Failure.NO_ANSWER: Course.WAIT,
            Failure.NOT_UNDERSTOOD: Course.TRY,
            Failure.GONE: Course.DONE,
        },
        # Asked of a trunk from which nothing has been heard for too long; a 5xx is how Asterisk says that nothing has come back.
        Asked.TRUNK_SIGN: {
            **dict.fromkeys(Failure, Course.UNREACHABLE),
            **_OUTAGE,
            **_NO_TELEPHONE,
            **_AT_ONCE,
            Failure.LOST: Course.WAIT,
            Failure.NO_ANSWER: Course.WAIT,
            Failure.GONE: Course.EXPECT,
        },
        Asked.RETURN_CALLER: _ERRAND,
        Asked.REFUSE_DIALLED: _ERRAND,
        # Said again a few times at most: a telephone that never hears is told 503 by Asterisk itself when its leg ends.
        Asked.TELL_OF_TRANSFER: _ERRAND,
        # Its telephone is not rung, and the floor waits, until its end was told or seen.
        Asked.HANG_UP_STRAY: {**_ERRAND, Failure.UNPROVED: Course.LOOK},
        Asked.DELETE_STRAY: _ERRAND,
        Asked.PUT_OUT: _ERRAND,
        # Keys that come late are other keys.
        Asked.SEND_DIGITS: {**dict.fromkeys(Failure, Course.REPORT), **_NO_TELEPHONE, **_AT_ONCE, Failure.GONE: Course.DONE},
        Asked.TONE: {**dict.fromkeys(Failure, Course.REPORT), **_NO_TELEPHONE, **_AT_ONCE, Failure.GONE: Course.DONE},
        Asked.END_TONE: _ERRAND,
        Asked.ATTACH: {**_ATTACHMENT, Failure.UNPROVED: Course.DETACH},
        # Not known, so its agent is believed; the rest of the attachment goes on, and it is asked for again meanwhile.
        Asked.HOLD_KEY: {
            **_ATTACHMENT,
            **dict.fromkeys((Failure.REFUSED, Failure.BROKEN, Failure.NOT_UNDERSTOOD), Course.TRY),
            Failure.GONE: Course.DONE,
        },
        # Not known: Asterisk says so, too, where nothing has come back yet.
        Asked.TRUNK_ANSWER: {
            **_ATTACHMENT,
            **dict.fromkeys((Failure.REFUSED, Failure.BROKEN, Failure.NOT_UNDERSTOOD), Course.REPORT),
            Failure.GONE: Course.DONE,
        },
        # Calls matter more than a second controller that may never come.
        Asked.LEASE: {
            **_ATTACHMENT,
            **dict.fromkeys((Failure.REFUSED, Failure.BROKEN, Failure.GONE, Failure.STARTING), Course.REPORT),
        },
        # The connection is opened anew after a pause, and everything is asked for again.
        Asked.TELEPHONES: {**_ERRAND, Failure.GONE: Course.TRY},
        # Asked again soon while sound comes; a telephone of which nothing is known is taken for silent.
        Asked.SOUND: {**dict.fromkeys(Failure, Course.REPORT), **_OUTAGE, **_NO_TELEPHONE, **_AT_ONCE, Failure.GONE: Course.DONE},
        # Who waits for it is told, and may ask again; what could not be written or taken away is, at the next attach.
        Asked.PASSWORD: {**dict.fromkeys(Failure, Course.REPORT), **_OUTAGE, **_NO_TELEPHONE, **_AT_ONCE, Failure.GONE: Course.DONE},
    }
)


class Means(Enum):
    """What a last resort does. The reconciler and the switch have one piece of code for each."""

    END_LEG = "end the leg"
    KEEP_OR_RETURN = "keep whoever stands in a room, return the caller who stands nowhere"
    RETURN_CALLER = "return the caller"
    DO_WITHOUT = "do without"
    INSIST = "insist"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class LastResort:
    """What follows when Asterisk has failed a request too often, for each whom it concerns."""

    means: Means
    leg: str
    customer: str
    agent: str
    told: str
    """Who is told, and how."""


_ENDS = LastResort(
    means=Means.END_LEG,
    leg="ended by us, cause `failed`: our trouble",
    customer="an offer: back to the front of the line; a consult: back with the owner",
    agent="keeps being available, is offered nothing for a few seconds",
    told="the agent and the supervisors (`OfferFailed`, or the consult's end in words); the log",
)
_MOVES = LastResort(
    means=Means.KEEP_OR_RETURN,
    leg="in a room: stays there, and is asked for again for ever; an agent's in no room, or in the customer's way: ended",
    customer="stays on music or with the owner; in no room, or alone in silence: back to the dialplan",
    agent="whoever is ended keeps being available",
    told="the owner (`MoveFailed`, the interaction's news); the log",
)
_IS_INSISTED_ON = LastResort(
    means=Means.INSIST, leg="asked for again for ever", customer="nothing changes", agent="nothing changes", told="the log, once"
)
_IS_DONE_WITHOUT = LastResort(
    means=Means.DO_WITHOUT, leg="goes on without it", customer="hears other music, or no ringing", agent="nothing changes", told="the log"
)
_DISPLAY = LastResort(
    means=Means.DO_WITHOUT,
    leg="goes on without it",
    customer="nothing changes",
    agent="their telephone goes on showing whom it showed",
    told="the log",
)
_IS_TOLD = LastResort(means=Means.NONE, leg="as it was", customer="nothing changes", agent="nothing changes", told="the log")
_NOTHING = LastResort(means=Means.NONE, leg="as it was", customer="nothing changes", agent="nothing changes", told="the log; `/readyz`")

LAST_RESORT: Mapping[Asked, LastResort] = MappingProxyType(
    {
        Asked.OPEN_HOLD_ROOM: _MOVES,
        Asked.OPEN_TALK_ROOM: _MOVES,
        Asked.CLOSE_ROOM: _IS_INSISTED_ON,
        Asked.MAKE: _ENDS,
        Asked.FIND_CONTACTS: LastResort(
            means=Means.NONE,
            leg="rings alone",
            customer="nothing changes",
            agent="one of their telephones rings",
            told="the log",
        ),
        Asked.DIAL: _ENDS,
        Asked.ANSWER: LastResort(
            means=Means.RETURN_CALLER,
            leg="given back to the dialplan",
            customer="hears ringing, then the dialplan's fallback",
            agent="nothing changes",
            told="the log",
        ),
        Asked.CHOOSE_MUSIC: _IS_DONE_WITHOUT,
        Asked.SHOW_PARTY: _DISPLAY,
        Asked.MOVE_TO_HOLD: _MOVES,
        Asked.MOVE_TO_TALK: _MOVES,
        Asked.MUTE: _IS_INSISTED_ON,
        Asked.UNMUTE: _IS_INSISTED_ON,
        Asked.RINGING: _IS_DONE_WITHOUT,
        Asked.TAKE_TRANSFERS: LastResort(
            means=Means.DO_WITHOUT,
            leg="goes on without it",
            customer="nothing changes",
            agent="Asterisk carries out what their transfer key asks for, and that is taken apart",
            told="the log",
        ),
        Asked.HANG_UP: _IS_INSISTED_ON,
        Asked.LOOK: _IS_TOLD,
        Asked.TRUNK_SIGN: LastResort(
            means=Means.NONE,
            leg="ended by us, cause `trunk silent`",
            customer="nothing changes",
            agent="nobody is charged",
            told="whoever had the number called; the log",
        ),
        Asked.RETURN_CALLER: _IS_INSISTED_ON,
        Asked.REFUSE_DIALLED: _IS_INSISTED_ON,
        Asked.TELL_OF_TRANSFER: LastResort(
            means=Means.NONE,
            leg="as if it had been told",
            customer="nothing changes",
            agent="their telephone shows a transfer that goes on, until its call ends",
            told="the log",
        ),
        Asked.HANG_UP_STRAY: _IS_INSISTED_ON,
        Asked.DELETE_STRAY: _IS_INSISTED_ON,
        Asked.PUT_OUT: _IS_INSISTED_ON,
        Asked.SEND_DIGITS: _IS_TOLD,
        Asked.TONE: _IS_TOLD,
        Asked.END_TONE: _IS_INSISTED_ON,
        Asked.ATTACH: _NOTHING,
        Asked.HOLD_KEY: LastResort(
            means=Means.NONE,
            leg="counts as not on hold",
            customer="nothing changes",
            agent="is believed: they know whether their key is pressed",
            told="the log",
        ),
        Asked.TRUNK_ANSWER: _IS_TOLD,
        Asked.LEASE: _IS_TOLD,
        Asked.TELEPHONES: LastResort(
            means=Means.INSIST,
            leg="as it was",
            customer="nothing changes",
            agent="are taken for reachable or not as they were seen last",
            told="the log, each time",
        ),
        Asked.SOUND: LastResort(
            means=Means.NONE,
            leg="as that of a telephone that is gone and silent: lost after some seconds",
            customer="music until it is back",
            agent="their page is back, or their leg is lost",
            told="the log",
        ),
        Asked.PASSWORD: LastResort(
            means=Means.NONE,
            leg="as it was",
            customer="nothing changes",
            agent="their page is told that there is no telephone yet (503), and asks again",
            told="the log",
        ),
    }
)

_KINDS: tuple[tuple[type[AriError], Failure], ...] = (
    (NoAnswer, Failure.NO_ANSWER),
    (Deaf, Failure.NO_ANSWER),
    (NotUnderstood, Failure.NOT_UNDERSTOOD),
    (Gone, Failure.GONE),
    (Unreachable, Failure.UNREACHABLE),
    (CantRing, Failure.CANT_RING),
    (Foreign, Failure.REFUSED),
    (NotAllowed, Failure.NOT_ALLOWED),
    (Booting, Failure.STARTING),
)


def failure_of(error: AriError) -> Failure:
    """Name how a request failed."""
    if isinstance(error, SwitchAway):
        return Failure.LOST if error.sent else Failure.AWAY
    for kind, failure in _KINDS:
        if isinstance(error, kind):
            return failure
    if isinstance(error, RequestFailed) and error.status < 500:
        return Failure.REFUSED
    # AlreadyThere, where nobody expects it, is a refusal; everything else that has a status is Asterisk's own failure.
    return Failure.BROKEN


def course(asked: Asked, failure: Failure) -> Course:
    """Say what follows."""
    return COURSES[asked][failure]
