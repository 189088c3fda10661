"""Why a command was not accepted. A refused command has changed nothing.

Refused                     a command that cannot be done; `because` is a sentence a person can act on
├── NotPermitted            the role table gives this role that action in no phase
├── NotNow                  this role may do it, but not in this phase
├── Stale                   the interaction has moved on since the person looked
├── TargetUnavailable       whoever is asked for cannot be rung now
├── BadTarget               there is no such colleague, queue, reason or digit
├── TooManyOutsideCalls     the site, or this agent, has called outside too often
├── ReusedKey              its key came with another command before
├── UnknownInteraction      there is no such interaction, or it is not theirs to see
└── SwitchAway              Asterisk is not there, so nothing was done
"""

from typing import ClassVar


class Refused(Exception):
    """A command that cannot be done. `code` is the machine's word for it (the API's `code`)."""

    code: ClassVar[str]

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


class NotPermitted(Refused):
    """The role table gives this role that action in no phase."""

    code = "not-permitted"


class NotNow(Refused):
    """This role may do it, but not in this phase."""

    code = "not-now"


class Stale(Refused):
    """The interaction has moved on since the person looked."""

    code = "stale"


class TargetUnavailable(Refused):
    """The colleague cannot be rung now."""

    code = "target-unavailable"


class BadTarget(Refused):
    """There is no such colleague, reason or digit."""

    code = "bad-target"


class TooManyOutsideCalls(Refused):
    """The site, or this agent, has called outside too often, or is in too many calls with outside."""

    code = "too-many-outside-calls"


class ReusedKey(Refused):
    """Its key came with another command before, so nobody can tell which of the two is meant."""

    code = "reused-key"


class UnknownInteraction(Refused):
    """There is no such interaction, or it is not theirs to see."""

    code = "unknown-interaction"


class SwitchAway(Refused):
    """Asterisk is not there, so nothing was done."""

    code = "asterisk-unavailable"
