"""What everybody did in an interaction, and for how long, from what is recorded of it: arithmetic on steps.

What somebody does follows from whom they hear, as the rooms say. The phase is asked only where somebody hears nobody: it says why. So talk
is never music, and nobody's talk is credited to somebody who had left.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from controller.directory.ids import AgentId, Seconds
from controller.directory.replace import replace
from controller.floor.story import Doing, Segment, StoryParty, StoryStep
from controller.interaction.layout import Room
from controller.interaction.party import Role, Standing

_WAITS_FOR_AN_AGENT = frozenset({"queued", "offered"})
_IS_HANDED_OVER = frozenset({"transferring", "transfer_asked"})

TWO = 2
"""So many talk; more confer."""

_Whose = tuple[bool, str]
"""Whether it is the customer, and who: an agent's id may be any word."""


@dataclass(slots=True)
class _Lane:
    """One person's way through an interaction, whatever their role was at the time."""

    name: str
    agent: AgentId | None
    segments: list[Segment] = field(default_factory=list)


def segments_of(steps: Sequence[StoryStep], until: Seconds | None = None) -> tuple[Segment, ...]:
    """Say what everybody did. What one person did never overlaps, and fills the time for which they were on the line.

    `until`: now, where the interaction still goes on, so that what is not over is counted up to now; None: it ends with its last step.
    """
    lanes: dict[_Whose, _Lane] = {}
    # A clock that was put back between two steps makes no time: nothing lasts less than 0 s.
    moments = list(accumulate((step.at for step in steps), max))
    ends = [*moments[1:], max(until or 0.0, *moments[-1:])] if moments else []
    for number, (step, began_at, ended_at) in enumerate(zip(steps, moments, ends, strict=True), start=1):
        goes_on = until is not None and number == len(steps)
        for whose, segment in _during(step, began_at, ended_at):
            lane = lanes.setdefault(whose, _Lane(segment.name, segment.agent))
            lane.name = segment.name or lane.name
            _add(lane.segments, replace(segment, goes_on=goes_on))
    return tuple(replace(segment, name=lane.name or segment.who) for lane in lanes.values() for segment in lane.segments)


def _during(step: StoryStep, began_at: Seconds, ended_at: Seconds) -> Iterator[tuple[_Whose, Segment]]:
    """What each person did from this step to the next."""
    seen: set[_Whose] = set()
    for party in step.parties:
        whose, doing = _whose(party), doing_of(step, party)
        if doing is None or whose in seen:
            continue
        seen.add(whose)
        yield (
            whose,
            Segment(
                who=party.who,
                name=party.name,
                agent=party.agent,
                doing=doing,
                began_at=began_at,
                ended_at=ended_at,
                owns=party.owns,
                others=tuple(other.who for other in _heard(step, party)),
            ),
        )
    for wrap_up in step.wrap_ups:
        # Whoever is on the line again wraps up when they have left it.
        if wrap_up.reason is None and (False, wrap_up.agent) not in seen:
            seen.add((False, wrap_up.agent))
            name = next((party.name for party in step.parties if party.agent == wrap_up.agent), "")
            owed = Segment(who=wrap_up.agent, name=name, agent=wrap_up.agent, doing=Doing.WRAPPED_UP, began_at=began_at, ended_at=ended_at)
            yield (False, wrap_up.agent), owed


def _whose(party: StoryParty) -> _Whose:
    return party.role is Role.CUSTOMER, party.who


def _add(segments: list[Segment], segment: Segment) -> None:
    """Add a segment, as one with the last when it goes on without a break. One of no length is left out: a step followed at once."""
    if segment.seconds == 0 and not segment.goes_on:
        return
    last = segments[-1] if segments else None
    if last is not None and (last.doing, last.owns, last.ended_at) == (segment.doing, segment.owns, segment.began_at):
        others = (*last.others, *(other for other in segment.others if other not in last.others))
        segments[-1] = replace(segment, began_at=last.began_at, others=others)
    else:
        segments.append(segment)


def doing_of(step: StoryStep, party: StoryParty) -> Doing | None:
    """Say what somebody does after a step; None: nothing that counts, they are not on the line."""
    if not party.is_there:
        return None
    if party.standing is Standing.RINGING:
        return Doing.RANG
    heard = _heard(step, party)
    if heard:
        return _in_company(step, (party, *heard))
    return _customer_alone(step) if party.role is Role.CUSTOMER else _colleague_alone(step, party)


def _heard(step: StoryStep, party: StoryParty) -> tuple[StoryParty, ...]:
    """Whom somebody hears, and is heard by unless they are muted: people in one room who talk, and none in the room with music."""
    if not _can_talk(party):
        return ()
    return tuple(other for other in step.parties if other.room is party.room and _can_talk(other) and _whose(other) != _whose(party))


def _can_talk(party: StoryParty) -> bool:
    return party.is_there and party.standing is Standing.UP and party.room is not Room.HOLD and not party.on_hold


def _in_company(step: StoryStep, people: Sequence[StoryParty]) -> Doing:
    if step.after == "handed_out":
        return Doing.HANDED_OUT
    if step.after == "conference" or len(people) > TWO:
        return Doing.CONFERENCED
    return Doing.TALKED if any(one.role is Role.CUSTOMER for one in people) else Doing.CONSULTED


def _customer_alone(step: StoryStep) -> Doing:
    if step.after in _WAITS_FOR_AN_AGENT:
        return Doing.QUEUED
    return Doing.TRANSFERRING if step.after in _IS_HANDED_OVER else Doing.HELD


def _colleague_alone(step: StoryStep, party: StoryParty) -> Doing:
    if step.after == "transfer_asked":
        return Doing.ASKED
    if not party.owns:
        return Doing.HELD
    rings = any(other.room is party.room and other.standing is Standing.RINGING for other in step.parties)
    if rings or step.after == "dialling":
        return Doing.DIALLING
    return Doing.WAITING if step.after == "consult_offered" else Doing.HELD
