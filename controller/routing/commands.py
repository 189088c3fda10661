"""What an agent says about themselves, whatever interaction they are in."""

from dataclasses import dataclass

from controller.directory.ids import AgentId, CommandKey, QueueId, Seconds
from controller.directory.targets import Target
from controller.routing.telephones import TelephoneKind


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskCommand:
    """An agent says something about their own presence."""

    agent: AgentId
    key: CommandKey | None = None
    """Sent twice with the same one, it acts once. None: it acts whenever it is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOn(DeskCommand):
    """I am here; I take no calls before I say so."""

    session: str = ""
    """How the desktop knows its session again; never the token that it was given. Empty: no desktop."""
    until: Seconds = 0.0
    """When that token stops being good."""
    telephone: TelephoneKind | None = None
    """Which telephone is to ring; None: the one in the browser while a page is open, otherwise the one on the desk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconnectTelephone(DeskCommand):
    """My page was loaded anew in the middle of a call: ring my telephone in the browser anew, and put me back where I was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOff(DeskCommand):
    """This desktop is closed. With the last one I am gone, once my call and its wrap-up are over."""

    session: str = ""
    """Whose token is no longer good; empty: all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoAvailable(DeskCommand):
    """I take calls, once my call and its wrap-up are over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoIdle(DeskCommand):
    """I take no calls, once my call and its wrap-up are over."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOut(DeskCommand):
    """Call somebody: my own telephone is rung first."""

    target: Target
    queue: QueueId | None = None
    """For which queue: its policies hold, and its number is shown. None: the site's."""
