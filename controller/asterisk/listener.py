"""What the attachment promises to whoever follows what happens in Asterisk."""

from typing import Protocol

from controller.asterisk.events import KnownEvent


class Listener(Protocol):
    """Who wants to hear. An `AriError` from `heard` or `attached` gives the connection up: the next one begins with reading the state."""

    def heard(self, event: KnownEvent) -> None:
        """Something happened. Events come in Asterisk's order. Must not block."""

    async def attached(self, *, restarted: bool) -> None:
        """We hear Asterisk: read its state now. Commands work; events wait, and are heard after this returns.

        `restarted`: Asterisk has lost everything since we were attached last. Is cancelled when the connection is lost meanwhile.
        """

    def lost(self, because: str) -> None:
        """We no longer hear Asterisk, and commands fail until `attached` again. Calls go on there."""

    def replaced(self) -> None:
        """Another controller has taken over. Stop acting; nothing comes after this."""
