"""Asterisk's channels and bridges as ARI describes them, in events and in answers: only the fields that we use, everything else passes.

Must never reject what Asterisk sends because a field is missing that we can do without.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from controller.directory.ids import LegId


class FromAsterisk(BaseModel):
    """A JSON object that Asterisk sends. Unknown fields are ignored: every release of Asterisk adds some."""

    model_config = ConfigDict(extra="ignore", frozen=True)


CALLER_LETTERS_MAX = 80
"""Of a caller's name, and of a number. A SIP message has room for 60,000, and they go into logs, the journal and other SIP messages."""


def _in_one_line(text: str) -> str:
    """Cut short, and without what can't be seen: it would be a line break, or turn the writing round, on somebody's display."""
    text = text[:CALLER_LETTERS_MAX]
    return text if text.isprintable() else "".join(letter if letter.isprintable() else " " for letter in text)


def _unquoted(text: str) -> str:
    """Take away the backslashes that SIP puts before quotes and backslashes within a quoted name (RFC 3261, 25.1): Asterisk keeps them."""
    return _QUOTED_PAIR.sub(r"\1", text) if "\\" in text else text


_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)

Said = Annotated[str, AfterValidator(_in_one_line)]
"""What a caller says of themselves, and may say anything."""
SaidName = Annotated[str, AfterValidator(_unquoted), AfterValidator(_in_one_line)]


class Party(FromAsterisk):
    """Who a channel says it is. Empty where Asterisk does not know."""

    name: SaidName = ""
    number: Said = ""


class DialplanPlace(FromAsterisk):
    """What the dialplan does with a channel; in Stasis `app_name` is `Stasis` and `app_data` holds the application and its arguments."""

    app_name: str = ""
    app_data: str = ""


class Sound(FromAsterisk):
    """How much sound has gone both ways, as far as we look at it."""

    rxcount: int
    """Packets that have come from the telephone since its leg was made."""


class Channel(FromAsterisk):
    """One channel: what everybody outside this folder calls a leg."""

    id: LegId
    name: str = ""
    """`PJSIP/1001-0000002a`: technology, endpoint, and a number of Asterisk's own."""
    state: str = ""
    """`Down`, `Rsrvd`, `OffHook`, `Dialing`, `Ring`, `Ringing`, `Up`, `Busy` …"""
    caller: Party = Party()
    dialplan: DialplanPlace = DialplanPlace()

    @property
    def is_up(self) -> bool:
        """Somebody has answered."""
        return self.state == "Up"

    @property
    def endpoint(self) -> str:
        """The PJSIP endpoint that it belongs to; empty: none that we know."""
        technology, _, rest = self.name.partition("/")
        return rest.rpartition("-")[0] if technology == "PJSIP" else ""

    @property
    def is_ringing(self) -> bool:
        """Its telephone rings."""
        return self.state == "Ringing"

    @property
    def application(self) -> str | None:
        """The Stasis application in which this channel is; None: it is not in Stasis."""
        return self.dialplan.app_data.split(",", 1)[0] if self.dialplan.app_name == "Stasis" else None


class Bridge(FromAsterisk):
    """One bridge: what everybody outside this folder calls a room."""

    id: str
    name: str = ""
    """Whose it is: see `seen.bridge_name`."""
    channels: frozenset[LegId] = frozenset()


class Variable(FromAsterisk):
    """The value of a channel variable or function."""

    value: str = ""


def _nothing_for_null(value: object) -> object:
    return () if value is None else value


Words = Annotated[tuple[str, ...], BeforeValidator(_nothing_for_null)]
"""A list of words; Asterisk writes an empty one as null in places."""


class Endpoint(FromAsterisk):
    """One telephone as Asterisk's registrar knows it."""

    resource: str = ""
    """Its name."""
    state: str = "unknown"
    """`online`, `offline` or `unknown`."""
    channel_ids: tuple[str, ...] = ()
    """The channels of its calls, whoever's they are."""

    @property
    def is_online(self) -> bool:
        """It is registered, and answers as far as Asterisk asks."""
        return self.state == "online"

    @property
    def can_be_rung(self) -> bool:
        """Asterisk does not know that it can't."""
        return self.state != "offline"
