"""What can go wrong with a phone or the ear, as one tree.

PhoneFailed
├── PhoneNotInstalled   no baresip on this machine
├── NoFreePorts         every block of ports is in use
├── PhoneDidNotStart    the process ended, or its control port or registration never came
├── PhoneRefused        the phone understood a command and would not do it
└── PhoneTimeout        the awaited thing did not happen in time; the last events are in the message
EarFailed
├── EarNotAllowed       no CAP_NET_RAW
├── EarMissedPackets    the kernel dropped packets in the window asked about, so no answer would be true
├── EarForgot           the window begins before the oldest packet that is kept
└── HeardSomethingElse  (an AssertionError) the phone did not hear what it should; a timeline is in the message
"""


class PhoneFailed(Exception):
    """A soft phone failed."""


class PhoneNotInstalled(PhoneFailed):
    """There is no `baresip` to start."""


class NoFreePorts(PhoneFailed):
    """Every block of ports between the first and the last is in use."""


class PhoneDidNotStart(PhoneFailed):
    """The phone's process did not come up or did not register."""


class PhoneRefused(PhoneFailed):
    """The phone answered a command with an error."""


class PhoneTimeout(PhoneFailed):
    """What was awaited of a phone did not happen in time."""


class EarFailed(Exception):
    """The ear can't answer."""


class EarNotAllowed(EarFailed):
    """Listening to the wire needs the capability CAP_NET_RAW."""


class EarMissedPackets(EarFailed):
    """The kernel dropped packets before the ear could read them."""


class EarForgot(EarFailed):
    """The question is about a time whose packets are no longer kept."""


class HeardSomethingElse(EarFailed, AssertionError):
    """A phone did not hear what it should."""
