"""What an agent says about themselves, whatever interaction they are in."""

from dataclasses import dataclass

from controller.directory.ids import AgentId, CommandKey, Seconds


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
