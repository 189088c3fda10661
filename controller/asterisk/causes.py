"""Why a leg is gone, in the words of the contact centre, from the numbers of the telephone network. Pure.

Of a telephone that was never answered the numbers say why. Q.850 is what Asterisk always reports; the SIP status says more where the two
disagree, because several SIP statuses share one Q.850 cause. Of a leg that was up they say nothing: telephones put anything into the
`Reason` of a BYE. It has hung up, unless Asterisk ended it by itself.
"""

from controller.interaction.facts import EndCause

_BY_SIP = {
    486: EndCause.BUSY,
    600: EndCause.BUSY,
    603: EndCause.DECLINED,
    403: EndCause.DECLINED,
    607: EndCause.DECLINED,
    408: EndCause.NO_ANSWER,
    480: EndCause.NO_ANSWER,
    487: EndCause.HUNG_UP,
    404: EndCause.UNREACHABLE,
    410: EndCause.UNREACHABLE,
    484: EndCause.UNREACHABLE,
    604: EndCause.UNREACHABLE,
    300: EndCause.FORWARDED,
    301: EndCause.FORWARDED,
    302: EndCause.FORWARDED,
    305: EndCause.FORWARDED,
    380: EndCause.FORWARDED,
    # Asterisk's own word for an answer without SDP is 406.
    406: EndCause.NO_SOUND,
    415: EndCause.NO_SOUND,
    488: EndCause.NO_SOUND,
    606: EndCause.NO_SOUND,
}

_BY_Q850 = {
    0: EndCause.HUNG_UP,
    16: EndCause.HUNG_UP,
    26: EndCause.HUNG_UP,
    31: EndCause.HUNG_UP,
    17: EndCause.BUSY,
    21: EndCause.DECLINED,
    18: EndCause.NO_ANSWER,
    19: EndCause.NO_ANSWER,
    1: EndCause.UNREACHABLE,
    2: EndCause.UNREACHABLE,
    3: EndCause.UNREACHABLE,
    20: EndCause.UNREACHABLE,
    22: EndCause.UNREACHABLE,
    27: EndCause.UNREACHABLE,
    28: EndCause.UNREACHABLE,
    23: EndCause.FORWARDED,
    58: EndCause.NO_SOUND,
    88: EndCause.NO_SOUND,
}


_REFUSED_BY_TRUNK = frozenset({401, 403, 407})
"""A trunk that says so bars the number, or doesn't know us; of a telephone it would be its owner's wish."""
_GIVEN_UP_UNHEARD = (18, 408)
"""Asterisk's own words for a request that nobody answered at all."""


def end_cause_by_trunk(q850: int, sip: int | None, *, has_answered: bool) -> EndCause:
    """Name the reason of a call by a trunk that was never answered. `has_answered`: something had come back from the trunk before."""
    if sip in _REFUSED_BY_TRUNK:
        return EndCause.FAILED
    if (q850, sip) == _GIVEN_UP_UNHEARD and not has_answered:
        return EndCause.TRUNK_SILENT
    return end_cause(q850, sip)


def end_cause(q850: int, sip: int | None = None) -> EndCause:
    """Name the reason. A number that is in neither table is the network's or the switch's failure."""
    if sip is not None and sip in _BY_SIP:
        return _BY_SIP[sip]
    return _BY_Q850.get(q850, EndCause.FAILED)


_SILENT_FOR_TOO_LONG = 44
_ANSWERED_WITHOUT_SDP = (127, 406)
_ASTERISK_ENDS_IT = frozenset({(58, 488), (18, 408), _ANSWERED_WITHOUT_SDP})
"""Q.850 cause and SIP status with which Asterisk gives up a leg without calling it `soft`, measured on Asterisk 22.10: a re-INVITE that it
could not take, a telephone that no longer answers SIP (session timer), and one that has answered without SDP. A BYE that names the same
reason can't be told apart."""


def is_asterisks_doing(*, soft: bool, q850: int, sip: int | None) -> bool:
    """Say whether a leg that was up is hung up by Asterisk itself, and not by a telephone's BYE, from what it says beforehand."""
    return soft or (q850, sip) in _ASTERISK_ENDS_IT


def is_asterisks_end(q850: int, sip: int | None) -> bool:
    """Say the same from what Asterisk says last. 44 is the end of a telephone that was silent for too long."""
    return q850 == _SILENT_FOR_TOO_LONG or (q850, sip) in _ASTERISK_ENDS_IT


def end_cause_of_answered(q850: int, sip: int | None, *, asterisk_ended_it: bool) -> EndCause:
    """Name the reason of a leg that was up: it has hung up, unless Asterisk ended it."""
    if not asterisk_ended_it:
        return EndCause.HUNG_UP
    return EndCause.NO_SOUND if (q850, sip) == _ANSWERED_WITHOUT_SDP else EndCause.FAILED


_OF_REFUSAL = {
    "bad-target": 28,
    "target-unavailable": 17,
    "not-now": 17,
    "too-many-outside-calls": 34,
    "asterisk-unavailable": 34,
}
_REJECTED = 21


def q850_of_refusal(code: str) -> int:
    """Name by which cause a telephone is told that what it dialled is refused: 28 shows as SIP 484, 17 as 486, 34 as 503, 21 as 403."""
    return _OF_REFUSAL.get(code, _REJECTED)
