"""Which commands were accepted, by the keys that they came with: one that is sent again, even to the next process, acts no more.

Only what was accepted is remembered. A refused command has changed nothing, so it may be tried again with its key.
"""

from dataclasses import dataclass

from controller.directory.ids import CommandKey, Seconds
from controller.interaction.refusals import ReusedKey

KEY_SECONDS = 24 * 3600.0
"""How long a key is remembered: longer than any shift, and so than any page that could still send a command again."""
KEYS_PER_AGENT_MAX = 1_000
"""Some two hundred consult calls; beyond it the oldest is forgotten. 200 agents with 300 commands each are 2.5 MB of a kept state."""


@dataclass(frozen=True, slots=True)
class AcceptedKey:
    """The key of a command that was accepted, and when."""

    key: CommandKey
    at: Seconds


AcceptedKeys = dict[str, AcceptedKey]
"""One agent's keys by their words, oldest first."""


def is_accepted(mine: AcceptedKeys, key: CommandKey, now: Seconds) -> bool:
    """Whether a command with this key was accepted not long ago. Raises `ReusedKey` when that was another command."""
    first = mine.get(_word(key))
    if first is None or now - first.at >= KEY_SECONDS:
        return False
    if first.key != key:
        raise ReusedKey("This Idempotency-Key was sent before with another path or body: make a new one for each command.")
    return True


def remember(mine: AcceptedKeys, key: CommandKey, now: Seconds) -> None:
    """Note that a command was accepted, and forget what is too old or too much."""
    mine.pop(_word(key), None)
    forget_old(mine, now)
    if len(mine) >= KEYS_PER_AGENT_MAX:
        del mine[next(iter(mine))]
    mine[_word(key)] = AcceptedKey(key, now)


def forget_old(mine: AcceptedKeys, now: Seconds) -> None:
    """Forget the keys whose time is over."""
    while mine:
        word, oldest = next(iter(mine.items()))
        if now - oldest.at < KEY_SECONDS:
            return
        del mine[word]


def brought_back(kept: dict[CommandKey, Seconds]) -> AcceptedKeys:
    """One agent's keys as a state holds them."""
    return {_word(key): AcceptedKey(key, at) for key, at in kept.items()}


def to_keep(mine: AcceptedKeys) -> dict[CommandKey, Seconds]:
    """One agent's keys as a state holds them."""
    return {accepted.key: accepted.at for accepted in mine.values()}


def _word(key: CommandKey) -> str:
    return key.partition(".")[0]
