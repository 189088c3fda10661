"""What one input did to the contact centre, for everybody who has to act on it or wants to see it."""

from dataclasses import dataclass

from controller.directory.directory import Directory
from controller.directory.ids import AgentId, QueueId
from controller.interaction.commands import Command
from controller.interaction.facts import Fact
from controller.interaction.interaction import Interaction
from controller.interaction.notices import Notice
from controller.routing.commands import DeskCommand


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteReloaded:
    """The administrator changed the site file: from now on the contact centre is made of this."""

    directory: Directory


Input = Fact | Command | DeskCommand | SiteReloaded


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One interaction before and after; `before` is None when it is new."""

    before: Interaction | None
    after: Interaction
    cause: Input
    followed: tuple[str, ...] = ()
    """By which rules of the chart other parts of it have followed the one that the input is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """All that one input led to."""

    changes: tuple[Change, ...] = ()
    """In order; one interaction can be in it twice (returned to the line, then offered to the next agent)."""
    desks: tuple[AgentId, ...] = ()
    """Agents whose presence is another."""
    queues: tuple[QueueId, ...] = ()
    """Queues whose line or whose agents' states are others."""
    notices: tuple[Notice, ...] = ()
    unshown: tuple[Change, ...] = ()
    """Changes that no desktop shows, such as a customer's own hold key: for the switch, and for a record of who heard whom."""
    unseen: bool = False
    """Something changed that nobody is shown, and that must be remembered all the same."""
    kept_as: Input | None = None
    """The command that it came to, if it was the last key of one: what is kept, so that no replay depends on keys, nor on how numbers were
    read when they were pressed. None: the input itself."""

    @property
    def leaves_a_trace(self) -> bool:
        """What must be remembered is another than before; an input that only led to notices (pressed keys, for one) changed nothing."""
        return bool(self.changes or self.desks or self.unseen)
