"""How something is asked of Asterisk beside the plans of the interactions."""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass

from controller.asterisk.failures import Asked
from controller.directory.ids import InteractionId, Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Errands:
    """What the switch lends to whoever does something beside the plans."""

    spawn: Callable[[Coroutine[None, None, object], str], None]
    """Begins it, under a name."""
    insist: Callable[[Asked, str, Callable[[], Awaitable[None]]], Awaitable[bool]]
    """Asks until it is done, or until there is nothing left to do it to."""
    pause: Callable[[Seconds], Awaitable[None]]
    look: Callable[[InteractionId | None], None]
    """Something is not as it was in this interaction."""
