"""From what a journal kept to the contact centre as it was. Pure: the same journal gives the same floor, byte for byte."""

from dataclasses import dataclass, replace

from controller.directory.directory import Directory
from controller.floor.floor import Floor
from controller.floor.state import FloorState
from controller.interaction.refusals import Refused
from controller.journal.journal import Kept

NOTHING = Directory(agents={}, queues={}, entry_points={}, wrap_up_reasons={})
"""What a contact centre is made of before it has read its first site file."""


MISTAKES = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)
"""What pure code raises when it is wrong, or when it is given what it does not expect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtBack:
    """A floor as its journal has it."""

    floor: Floor
    replayed: int
    """How many inputs were followed."""
    damage: str = ""
    """What of the journal could not be used, as sentences; empty: all of it was."""
    is_partial: bool = False
    """Something that the journal gave back was left out: keep the journal as it is for somebody to look at, and begin a new one."""


def bring_back(kept: Kept) -> BroughtBack:
    """Replay. A start must never fail because of what is in a journal: what can't be used is left out, and spoken of.

    An input that today's rules refuse has changed nothing, so it is passed over. One at which we make a mistake ends the replay before it:
    what would come of the rest nobody knows. Of a kept state the interactions that are sound are brought back.
    """
    floor, broken = _beginning(kept.state)
    if floor is None:
        return BroughtBack(floor=Floor(NOTHING), replayed=0, damage=_sentences(kept.damage, broken), is_partial=True)
    refused: list[str] = []
    for number, taken in enumerate(kept.inputs):
        kind = type(taken.what).__name__
        try:
            floor.take(taken.what, taken.at)
        except Refused as no:
            refused.append(f"{kind}: {no.because}")
        except MISTAKES as mistake:
            # It may have changed something before it failed, so all that came before it is followed once more.
            before = bring_back(replace(kept, inputs=kept.inputs[:number]))
            left = len(kept.inputs) - number - 1
            ended = f"{kind} can't be followed any more ({_named(mistake)}); it and the last {left} inputs were left out."
            return replace(before, damage=_sentences(before.damage, ended), is_partial=True)
    passed_over = f"{len(refused)} inputs are refused by now and were passed over, the first of them {refused[0]}" if refused else ""
    return BroughtBack(
        floor=floor,
        replayed=len(kept.inputs) - len(refused),
        damage=_sentences(kept.damage, broken, passed_over),
        is_partial=bool(broken or refused),
    )


def _beginning(state: FloorState | None) -> tuple[Floor | None, str]:
    """Where the replay begins, and what of the kept state is broken; None: there is nothing to begin with."""
    if state is None:
        return Floor(NOTHING), ""
    try:
        return Floor.from_state(state), ""
    except MISTAKES as mistake:
        because = _named(mistake)
    sound = tuple(interaction for interaction in state.interactions if _is_sound(replace(state, interactions=(interaction,))))
    less = replace(state, interactions=sound)
    if not _is_sound(less):
        return None, f"The kept state is broken ({because}), and without it no input means anything: all was left out."
    return Floor.from_state(
        less
    ), f"{len(state.interactions) - len(sound)} interactions of the kept state are broken ({because}) and were left out."


def _is_sound(state: FloorState) -> bool:
    try:
        Floor.from_state(state)
    except MISTAKES:
        return False
    return True


def _named(mistake: Exception) -> str:
    return f"{type(mistake).__name__}: {mistake}"


def _sentences(*them: str) -> str:
    return " ".join(filter(None, them))
