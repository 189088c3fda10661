"""What each release of Asterisk can do, and what the controller does where a release can't.

Decided by the release's number and never by trying: 16.28 accepts what it does not know with 200 or 204 and does nothing, and reads a
request over WebSocket without ever answering it. A release whose number can't be read counts as the oldest that is served, since what
works there works everywhere.

Must never do I/O: whoever asks Asterisk for its number is `system` or `preflight`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Literal, Self

from controller.directory.site import Transfers, Transport


@dataclass(frozen=True, slots=True, order=True)
class Release:
    """A release's number. Features come with a minor release, and to several branches at once: 20.14, 21.9 and 22.4 are of one age."""

    branch: int
    minor: int
    patch: int = 0

    @classmethod
    def read(cls, version: str) -> Self | None:
        """Read what Asterisk says of itself: `22.10.1~dfsg+~cs6.15`, `certified/18.9-cert5`. None: it says no number (`GIT-22-1a2b3c`).

        A certified release is as old as the number that it is made from, though some mended faults are in it.
        """
        numbers = re.search(r"(?<![\w.])(\d{1,3})\.(\d{1,3})(?:\.(\d{1,3}))?", version)
        return cls(*(int(number) for number in numbers.groups(default="0"))) if numbers else None

    def __str__(self) -> str:
        return f"{self.branch}.{self.minor}.{self.patch}"


OLDEST_SERVED = Release(16, 28)
"""The whole flow was heard to be right on it."""
PROVED_BRANCHES = frozenset({16, 22})
"""Others were never run by us; what is said of them here stands in their change logs."""

Since = Mapping[int, tuple[int, int]]
"""The first minor release of each branch that has something, and its patch. Later branches have it from their beginning, others never."""

READ_ONLY_HOLDS: Since = {20: (20, 1), 22: (10, 1), 23: (4, 1)}
"""Until these, whoever may only read can steer calls over the WebSocket (GHSA-wcvv-g26m-wx5c), where there is REST over WebSocket."""


class Capability(Enum):
    """Something that not every release that is served can do."""

    REST_OVER_WEBSOCKET = auto()
    ARI_TRANSFERS = auto()
    """`PJSIP_TRANSFER_HANDLING()=ari-only`, `ChannelTransfer` and `transfer_progress`. Older releases accept the setting and ignore it."""
    REFER_SUB_FALSE = auto()
    """A REFER with `Refer-Sub: false` under `ari-only` does no harm; before, it ends Asterisk with a segmentation fault (issue 2021)."""
    TECH_CAUSE = auto()
    """`tech_cause`, the SIP status, in `ChannelHangupRequest` and `ChannelDestroyed`."""
    BRIDGE_VARIABLES = auto()
    """Variables of bridges, `report_events`, and several variables of a channel in one request."""
    FAST_FIRST_MOVE = auto()
    """A channel that was made and not dialled is moved in 2 ms instead of 200 (issue 801)."""
    INHIBIT_CONNECTED_LINE = auto()
    """`inhibitConnectedLineUpdates` of `addChannel`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table."""

    name: str
    """As `check --live` calls it."""
    since: Since
    without: str
    """What the controller does on a release that lacks it."""
    part_of: Capability | None = None
    """Without that one this one is no question."""


TABLE: Mapping[Capability, Row] = {
    Capability.REST_OVER_WEBSOCKET: Row(
        name="REST over WebSocket",
        since={20: (14, 0), 21: (9, 0), 22: (4, 0)},
        without="commands take plain HTTP, by the library asyncari: the same calls, at several times the processor time per command",
    ),
    Capability.ARI_TRANSFERS: Row(
        name="transfers by ARI",
        since={20: (13, 0), 21: (8, 0), 22: (3, 0)},
        without="a telephone's transfer key can only be followed through the dialplan, by TRANSFER_CONTEXT, and is told 200 in any case",
    ),
    Capability.REFER_SUB_FALSE: Row(
        name="Refer-Sub: false",
        since={20: (21, 0), 22: (11, 0), 23: (5, 0)},
        without="a telephone that sends `Refer-Sub: false` would end this Asterisk under ari-only: transfers go by core, unless [asterisk] "
        'has transfers = "ari-only"',
        part_of=Capability.ARI_TRANSFERS,
    ),
    Capability.TECH_CAUSE: Row(
        name="tech_cause",
        since={20: (17, 0), 21: (12, 0), 22: (7, 0), 23: (1, 0)},
        without="why a telephone was not reached is known by the Q.850 cause alone, so that some SIP statuses can't be told apart",
    ),
    Capability.BRIDGE_VARIABLES: Row(
        name="bridge variables",
        since={20: (20, 0), 22: (10, 0), 23: (4, 0)},
        without="rooms are known again by their ids and the journal, which is all that the controller uses on any release",
    ),
    Capability.FAST_FIRST_MOVE: Row(
        name="first addChannel",
        since={18: (25, 0), 20: (10, 0), 21: (5, 0)},
        without="every telephone rings up to 0.2 s later, since a leg that was just made takes so long to enter its room",
    ),
    Capability.INHIBIT_CONNECTED_LINE: Row(
        name="connected line",
        since={18: (0, 0)},
        without="a telephone may show for a moment whom Asterisk believes it to talk with, before it is told the right name",
    ),
}


def transport_for(wanted: Transport, release: Release | None) -> Literal["rest-over-websocket", "asyncari"] | None:
    """Choose the way that requests take; None: the way that is wanted is none for this release."""
    has_rest_over_websocket = can(release, Capability.REST_OVER_WEBSOCKET)
    match wanted:
        case "auto":
            return "rest-over-websocket" if has_rest_over_websocket else "asyncari"
        case "rest-over-websocket" if release is not None and not has_rest_over_websocket:
            return None
        case _:
            return wanted


def transfers_by(wanted: Transfers, release: Release | None) -> Literal["core", "ari-only"]:
    """Choose who carries out what a transfer key asks for.

    By itself only what no telephone can bring down. Whoever names `ari-only` says that none of theirs sends `Refer-Sub: false`; a release
    that has it not accepts the setting and goes on by `core`, and so do we.
    """
    if wanted == "core" or not can(release, Capability.ARI_TRANSFERS):
        return "core"
    return "ari-only" if wanted == "ari-only" or can(release, Capability.REFER_SUB_FALSE) else "core"


def can(release: Release | None, capability: Capability) -> bool:
    """Say whether a release has it; None, one whose number can't be read, has nothing that is not everywhere."""
    return release is not None and is_since(release, TABLE[capability].since)


def is_since(release: Release, since: Since) -> bool:
    """Say whether a release is one of these, or later on its branch, or of a later branch than all of them."""
    first = since.get(release.branch)
    return (release.minor, release.patch) >= first if first is not None else release.branch > max(since)


def lacking(release: Release | None) -> Iterator[Row]:
    """Tell what a release can't do."""
    lacked = {capability: row for capability, row in TABLE.items() if not can(release, capability)}
    return (row for row in lacked.values() if row.part_of not in lacked)
