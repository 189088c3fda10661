"""Soft phones that a test drives, and an ear that measures on the wire who hears whom.

Standard library only: the same package runs inside the phones container, where nothing else is installed.
It must never know anything of the controller.
"""

from tests.phones.answering_phone import AnsweringPhone
from tests.phones.calls import Call, CallState
from tests.phones.ear import Ear
from tests.phones.far_call import FarCall
from tests.phones.far_end import FarEnd
from tests.phones.hearing import Gap, HeardPacket
from tests.phones.soft_phone import Account, SoftPhone
from tests.phones.stub_phone import RefusedCall, StubPhone
from tests.phones.tones import KEYS, MUSIC, OTHER, PHONE_TONES_HZ, TONES_HZ

__all__ = [
    "KEYS",
    "MUSIC",
    "OTHER",
    "PHONE_TONES_HZ",
    "TONES_HZ",
    "Account",
    "AnsweringPhone",
    "Call",
    "CallState",
    "Ear",
    "FarCall",
    "FarEnd",
    "Gap",
    "HeardPacket",
    "RefusedCall",
    "SoftPhone",
    "StubPhone",
]
