"""Which interaction a call to outside has begun, by the key that it was asked with: whoever asks again is shown the same one.

That a key acts once is the floor's promise, across a restart too. What it led to is kept here, by one process.
"""

from controller.directory.ids import AgentId, CommandKey, InteractionId
from controller.floor.outcome import Input, Outcome
from controller.routing.commands import CallOut

CALLS_REMEMBERED_MAX = 1000


class CallsBegun:
    """The latest of all agents."""

    def __init__(self) -> None:
        self._begun: dict[tuple[AgentId, CommandKey], InteractionId] = {}

    def note(self, what: Input, outcome: Outcome) -> None:
        """Remember what an input has begun, if it is a call with a key."""
        if isinstance(what, CallOut) and what.key is not None and outcome.changes:
            while len(self._begun) >= CALLS_REMEMBERED_MAX:
                del self._begun[next(iter(self._begun))]
            self._begun[what.agent, what.key] = outcome.changes[0].after.id

    def with_key(self, agent: AgentId, key: CommandKey | None) -> InteractionId | None:
        """Say what a call with this key has begun; None: it is not known any more."""
        return self._begun.get((agent, key)) if key is not None else None
