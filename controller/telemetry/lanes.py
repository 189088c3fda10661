"""What each person of an interaction did from when to when: queued, rang, talked, held … Pure arithmetic on recorded steps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from controller.directory.ids import Seconds
from controller.interaction.interaction import Phase
from controller.interaction.layout import Room
from controller.interaction.party import Role, Standing
from controller.telemetry.steps import RecordedParty, RecordedStep


class Doing(StrEnum):
    """What somebody does for a while."""

    QUEUED = "queued"
    RANG = "rang"
    TALKED = "talked"
    HELD = "held"
    CONSULTED = "consulted"
    CONFERENCED = "conferenced"
    WRAPPED_UP = "wrapped up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A while in which somebody did one thing."""

    doing: Doing
    began_at: Seconds
    ended_at: Seconds

    @property
    def seconds(self) -> Seconds:
        return self.ended_at - self.began_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One person's way through an interaction, whatever their role was at the time."""

    key: str
    """The agent's id; `customer`; or the name of somebody who is not one of ours."""
    name: str
    segments: list[Segment] = field(default_factory=list)


def lanes_of(steps: Sequence[RecordedStep], until: Seconds | None = None) -> list[Lane]:
    """Say what everybody did, in the order in which they came. What still goes on is counted to `until`; None: to the last step."""
    lanes: dict[str, Lane] = {}
    if not steps:
        return []
    until = max(until or 0.0, steps[-1].at)
    for step, ended_at in zip(steps, [*(step.at for step in steps[1:]), until], strict=True):
        for party in step.parties:
            lane = lanes.setdefault(party.key, Lane(key=party.key, name=party.name))
            doing = doing_of(step.after, party)
            if doing is not None:
                _add(lane, Segment(doing=doing, began_at=step.at, ended_at=ended_at))
    for agent, segment in _wrap_ups(steps, until):
        lanes.setdefault(agent, Lane(key=agent, name=agent)).segments.append(segment)
    return list(lanes.values())


def doing_of(phase: Phase, party: RecordedParty) -> Doing | None:
    """Say what somebody does in this phase; None: nothing that counts, their leg is gone."""
    if party.room is None or party.standing is Standing.GONE:
        return None
    if party.standing is Standing.RINGING:
        return Doing.RANG
    if party.room is Room.HOLD:
        return Doing.QUEUED if phase in (Phase.QUEUED, Phase.OFFERED) else Doing.HELD
    match phase:
        case Phase.CONFERENCE:
            return Doing.CONFERENCED
        case Phase.CONSULT_OFFERED | Phase.CONSULTING | Phase.TRANSFER_ASKED:
            return Doing.CONSULTED
        case Phase.HELD if party.role is Role.AGENT_1:
            return Doing.HELD  # alone in the talk room: the one who holds
        case _:
            return Doing.TALKED


def _add(lane: Lane, segment: Segment) -> None:
    """Add a segment, as one with the last when it goes on without a break. One of no length is left out: a step followed at once."""
    last = lane.segments[-1] if lane.segments else None
    if last is not None and last.doing is segment.doing and last.ended_at == segment.began_at:
        lane.segments[-1] = Segment(doing=last.doing, began_at=last.began_at, ended_at=segment.ended_at)
    elif segment.seconds > 0:
        lane.segments.append(segment)


def _wrap_ups(steps: Sequence[RecordedStep], until: Seconds) -> Iterator[tuple[str, Segment]]:
    asked = dict.fromkeys((wrap_up.agent, wrap_up.asked_at) for step in steps for wrap_up in step.wrap_ups)
    for agent, asked_at in asked:
        given = (
            step.at
            for step in steps
            for wrap_up in step.wrap_ups
            if (wrap_up.agent, wrap_up.asked_at) == (agent, asked_at) and wrap_up.reason is not None
        )
        yield agent, Segment(doing=Doing.WRAPPED_UP, began_at=asked_at, ended_at=next(given, until))
