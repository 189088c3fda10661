"""One aligned line for each input, as the service's log would have it, with what the switch is to do about it."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from controller.directory.ids import LegId, Seconds
from controller.directory.targets import AgentTarget, ColleagueTarget, EntryPointTarget, NumberTarget, QueueTarget, Target
from controller.floor.floor import Floor
from controller.floor.outcome import Change, Input, Outcome
from controller.interaction.commands import Command, DropMember, GiveWrapUp, SendDigits, StartConsult, TransferBlind
from controller.interaction.facts import AgentChosen, CustomerArrived, DeadlinePassed, LegEnded, LegFact
from controller.interaction.interaction import Interaction
from controller.interaction.layout import Place, layout
from controller.interaction.notices import (
    AgentDeclined,
    AgentMissed,
    CallTurnedAway,
    CallWasOver,
    Notice,
    OfferFailed,
    OfferMade,
    OfferWithdrawn,
    WrapUpAsked,
)
from controller.interaction.parties import parties, party_of
from controller.interaction.party import Party, Role
from controller.interaction.refusals import Refused
from controller.routing.commands import CallOut, DeskCommand, GoIdle
from controller.simulator.world import Watcher


class Lines(Watcher):
    """Writes what it is shown; `write` takes a line."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write

    def took(self, wall: Seconds, what: Input, result: Outcome | Refused, floor: Floor) -> None:
        for line in lines_of(wall, what, result, floor):
            self._write(line)

    def happened(self, wall: Seconds, what: str) -> None:
        self._write(f"{_clock(wall)} {'':<9} {'':<15} {what.upper()}")


def lines_of(wall: Seconds, what: Input, result: Outcome | Refused, floor: Floor) -> Iterator[str]:
    """A line for what came; a second one where it led to an offer, or touched another interaction."""
    if isinstance(result, Refused):
        yield _line(wall, str(getattr(what, "interaction", "")), "", _named(what, None), f"refused: {result.code}", ())
        return
    for change in result.changes:
        before = change.before
        told = [_told(notice) for notice in result.notices if notice.interaction == change.after.id and change is _last(result, change)]
        effects = [*_moves(before, change.after), *filter(None, told)]
        yield _line(wall, change.after.id, _phase(before), _named(change.cause, before), f"-> {_phase(change.after)}", effects)
    if not result.changes:
        whose = floor.interaction_of(what.leg) if isinstance(what, LegFact) else getattr(what, "interaction", "")
        told = [_told(notice) for notice in result.notices]
        yield _line(wall, str(whose or ""), "", _named(what, None), "", tuple(filter(None, told)))


def _last(outcome: Outcome, change: Change) -> Change:
    return [other for other in outcome.changes if other.after.id == change.after.id][-1]


def _line(wall: Seconds, interaction: str, phase: str, came: str, led_to: str, effects: Iterable[str]) -> str:
    return f"{_clock(wall)} {interaction:<9} {phase:<15} {came:<46} {led_to:<26} {'; '.join(effects)}".rstrip()


def _clock(wall: Seconds) -> str:
    return f"{datetime.fromtimestamp(wall, UTC):%H:%M:%S.%f}"[:-3]


def _phase(interaction: Interaction | None) -> str:
    return interaction.phase.name if interaction is not None else ""


def _named(what: Input, before: Interaction | None) -> str:
    return f"{type(what).__name__}({_about(what, before)})"


def _about(what: Input, before: Interaction | None) -> str:
    match what:
        case CustomerArrived():
            return f"{what.leg}, {what.dialled}"
        case LegEnded():
            return f"{_who(what.leg, before)}, {what.cause.value}"
        case LegFact():
            return _who(what.leg, before)
        case DeadlinePassed():
            return what.why.value + (f", {what.agent}" if what.agent else "")
        case AgentChosen():
            return what.agent.id
        case StartConsult() | TransferBlind() | CallOut():
            return f"{what.agent}, {_target(what.target)}"
        case DropMember():
            return f"{what.agent}, {_who(what.leg, before)}"
        case GiveWrapUp():
            return f"{what.agent}, {what.reason}"
        case SendDigits():
            return f"{what.agent}, {len(what.digits)} keys"
        case GoIdle(reason=reason) if reason:
            return f"{what.agent}, {reason}"
        case Command() | DeskCommand():
            return what.agent
        case _:
            return ""


def _who(leg: LegId, before: Interaction | None) -> str:
    party = party_of(before, leg) if before is not None else None
    return _name(party) if party is not None else leg


def _target(target: Target) -> str:
    match target:
        case AgentTarget(agent=name) | QueueTarget(queue=name) | EntryPointTarget(entry_point=name):
            return str(name)
        case NumberTarget() | ColleagueTarget():
            return target.dial


def _name(party: Party) -> str:
    if party.role is Role.CUSTOMER:
        return "customer"
    return str(party.agent or party.phone)


def _moves(before: Interaction | None, after: Interaction) -> Iterator[str]:
    """What the switch is to do: the difference of two layouts."""
    had, has = _places(before), _places(after)
    for leg, (place, name) in had.items():
        if leg not in has:
            yield f"hang up {name}"
        elif has[leg][0].room is not place.room:
            yield f"{name} to {has[leg][0].room.value}"
        elif has[leg][0].muted is not place.muted:
            yield f"{'mute' if has[leg][0].muted else 'unmute'} {name}"
    for leg, (place, name) in has.items():
        if leg not in had:
            yield f"ring {name}" if place.endpoint is not None else f"{name} to {place.room.value}"


def _places(interaction: Interaction | None) -> dict[LegId, tuple[Place, str]]:
    if interaction is None:
        return {}
    names = {party.leg: _name(party) for party in parties(interaction)}
    second = interaction.owner.other_leg if interaction.owner is not None else None
    if second is not None and interaction.owner is not None:
        names[second.id] = f"{names[interaction.owner.active_leg.id]}'s other call"
    return {place.leg: (place, names[place.leg]) for place in layout(interaction).places}


def _told(notice: Notice) -> str:
    match notice:
        case OfferMade() | OfferWithdrawn() | OfferFailed() | AgentMissed() | AgentDeclined() | WrapUpAsked():
            return f"tell {notice.agent}"
        case CallTurnedAway() | CallWasOver():
            return f"let go of {notice.leg}"
        case _:
            return ""
