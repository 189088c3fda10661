"""Calls to outside: who has made how many, and which one is too many. Emergency calls are not counted here and pass every limit.

The limits are against toll fraud: a stolen password, or a telephone that is left alone, must not empty anybody's account over a weekend.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from controller.dialling.rules import OutsideLimits
from controller.directory.ids import AgentId, LegId, Seconds
from controller.interaction.interaction import CustomerStage, Interaction
from controller.interaction.legs import legs
from controller.interaction.refusals import TooManyOutsideCalls

HOUR, DAY = 3600.0, 24 * 3600.0
DIALLED_MAX = 10
"""So many of the numbers that an agent dialled last are remembered for longer than a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideCall:
    """Somebody outside was called."""

    at: Seconds
    dialled: str = ""
    """The number that the agent dialled, as people write it; empty: they chose somebody by name."""


OutsideCalls = tuple[OutsideCall, ...]
"""One agent's, oldest first."""


def with_call(before: OutsideCalls, call: OutsideCall) -> OutsideCalls:
    """Note one more, and forget what no limit and no list asks for any more."""
    calls = (*before, call)
    to_remember = set(last_dialled(calls))
    kept: list[OutsideCall] = []
    for each in reversed(calls):
        # Of a number that was dialled every day for years the last time is enough.
        if call.at - each.at < DAY or each.dialled in to_remember:
            kept.append(each)
        to_remember.discard(each.dialled)
    return tuple(reversed(kept))


def last_dialled(calls: OutsideCalls) -> tuple[str, ...]:
    """The numbers that an agent dialled last, the newest first, each once."""
    newest_first = dict.fromkeys(call.dialled for call in reversed(calls) if call.dialled)
    return tuple(newest_first)[:DIALLED_MAX]


def outside_legs(interaction: Interaction | None) -> Iterator[tuple[LegId, AgentId]]:
    """Every leg that leads outside because an agent of ours wanted it, and which agent; of a call out from when it is wanted."""
    if interaction is None:
        return
    customer = interaction.customer
    # Also before there is a leg: while the own telephones of ten agents ring, all ten would be let pass.
    if customer.person.asked_by is not None and customer.stage is not CustomerStage.GONE:
        yield customer.leg.id, customer.person.asked_by
    for person, leg in legs(interaction):
        if person is not None and person.asked_by is not None:
            yield leg.id, person.asked_by


def check_limits(
    agent: AgentId, limits: OutsideLimits, up: Mapping[LegId, AgentId], made: Mapping[AgentId, OutsideCalls], now: Seconds
) -> None:
    """Look whether this agent may call outside once more. `up`: the legs that lead outside now. Raises `TooManyOutsideCalls`."""
    mine = made.get(agent, ())
    by_me = sum(asked_by == agent for asked_by in up.values())
    in_an_hour, in_a_day = _since(mine, now - HOUR), _since(mine, now - DAY)
    by_all = sum(_since(calls, now - DAY) for calls in made.values())
    for many, most, said in (
        (by_me, limits.at_once_per_agent, f"You are in {by_me} calls with outside already: end one first."),
        (len(up), limits.at_once_per_site, "So many calls with outside are up that there is no room for one more: try again in a moment."),
        (
            in_an_hour,
            limits.per_hour_and_agent,
            f"You have called outside {in_an_hour} times within the hour, which is as often as this site allows.",
        ),
        (
            in_a_day,
            limits.per_day_and_agent,
            f"You have called outside {in_a_day} times within a day, which is as often as this site allows.",
        ),
        (by_all, limits.per_day_and_site, "This site has called outside as often as it may within a day: ask your administrator."),
    ):
        if many >= most:
            raise TooManyOutsideCalls(said)


def _since(calls: OutsideCalls, moment: Seconds) -> int:
    return sum(call.at > moment for call in calls)
