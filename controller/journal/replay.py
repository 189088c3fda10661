"""From what a journal kept to the contact centre as it was. Pure: the same journal gives the same floor, byte for byte."""

from dataclasses import dataclass

from controller.directory.directory import Directory
from controller.floor.floor import Floor
from controller.interaction.refusals import Refused
from controller.journal.journal import Kept

NOTHING = Directory(agents={}, queues={}, entry_points={}, wrap_up_reasons={})
"""What a contact centre is made of before it has read its first site file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtBack:
    """A floor as its journal has it."""

    floor: Floor
    replayed: int
    damage: str = ""
    """What of the journal could not be used, as a sentence; empty: all of it was."""


def bring_back(kept: Kept) -> BroughtBack:
    """Replay. What an older version accepted and this one refuses is passed over, for a refusal changes nothing.

    An input that shows a mistake of ours ends it there, with all that came before.
    """
    floor = Floor.from_state(kept.state) if kept.state is not None else Floor(NOTHING)
    refused: list[str] = []
    for number, taken in enumerate(kept.inputs):
        kind = type(taken.what).__name__
        try:
            floor.take(taken.what, taken.at)
        except Refused as no:
            refused.append(f"{kind} ({no})")
        except AssertionError as error:
            left = len(kept.inputs) - number
            sentence = f"{kind} is not accepted any more ({error}); the last {left} inputs of the journal were left out."
            return BroughtBack(floor=floor, replayed=number, damage=" ".join(filter(None, (kept.damage, *_said(refused), sentence))))
    return BroughtBack(floor=floor, replayed=len(kept.inputs), damage=" ".join(filter(None, (kept.damage, *_said(refused)))))


def _said(refused: list[str]) -> tuple[str, ...]:
    if not refused:
        return ()
    return (f"{len(refused)} inputs are refused by this version and were passed over, the first of them {refused[0]}.",)
