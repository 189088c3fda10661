"""Judges calls to outside: no more than the site's limits allow, none that rings for ever, none that is dialled twice."""

from collections.abc import Iterator

from controller.directory.ids import AgentId, LegId, Seconds
from controller.directory.targets import ColleagueTarget, NumberTarget, Target
from controller.floor.floor import Floor
from controller.floor.outcome import Input, Outcome
from controller.interaction.commands import StartConsult, TransferBlind
from controller.interaction.interaction import Interaction
from controller.interaction.legs import legs, rings
from controller.routing.commands import CallOut
from controller.simulator.broken import Broken, Case
from controller.simulator.parts import SimChannel
from controller.simulator.reach import Since
from controller.simulator.seconds import seconds_of
from controller.simulator.site import EMERGENCY

RINGING_SECONDS_OVER_MAX: Seconds = 5.0
HOUR, DAY = 3600.0, 24 * 3600.0


class OutsideJudge:
    """Counts for itself what is called, and trusts no memory of the floor's."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._made: list[tuple[Seconds, AgentId]] = []
        """Every call to outside that was accepted, but those to emergency numbers."""
        self._dialled: dict[LegId, Since] = {}
        self._seconds: dict[LegId, Seconds] = {}
        """How long each may ring."""

    # --- What the floor says ---------------------------------------------------------------------------------------

    def began_again(self, floor: Floor) -> None:
        """What was not kept has never been."""
        self._made = [(at, agent) for at, agent in self._made if at <= floor.last_at]
        # What rings at a start has at least half of its seconds once more.
        self._dialled = {leg: self._case.reach.begins(self._case.whose[leg][0]) for leg in self._dialled}

    def followed(self, what: Input, outcome: Outcome, floor: Floor) -> None:
        """The floor has taken an input."""
        is_done = any(change.cause is what for change in outcome.changes)
        if is_done and isinstance(what, StartConsult | TransferBlind | CallOut) and _is_limited(what.target):
            self._judge_made(what.agent, floor)
            self._made.append((self._case.at, what.agent))
        if outcome.changes:
            _judge_at_once(floor)
        for change in outcome.changes:
            for leg in _outside(change.after):
                seconds = seconds_of(change.after, leg)
                if seconds is not None:
                    self._seconds[leg] = seconds

    def _judge_made(self, agent: AgentId, floor: Floor) -> None:
        limits, now = floor.directory.dialling.limits, self._case.at
        in_an_hour = sum(by == agent and at > now - HOUR for at, by in self._made)
        in_a_day = sum(by == agent and at > now - DAY for at, by in self._made)
        by_all = sum(at > now - DAY for at, _ in self._made)
        for many, most, of in (
            (in_an_hour, limits.per_hour_and_agent, f"{agent} within an hour"),
            (in_a_day, limits.per_day_and_agent, f"{agent} within a day"),
            (by_all, limits.per_day_and_site, "the site within a day"),
        ):
            if many >= most:
                raise Broken(f"one more call to outside was let pass after {many} of {of}; {most} are allowed")

    # --- What really happens ---------------------------------------------------------------------------------------

    def rung(self, channel: SimChannel) -> None:
        """Somebody outside is called."""
        whose = self._case.whose.get(channel.id)
        if channel.is_outside and whose is not None:
            self._dialled[channel.id] = self._case.reach.begins(whose[0])

    def was_dialled_twice(self, channel: SimChannel) -> None:
        """Asterisk loses such a call, or itself over it."""
        raise Broken(f"{channel.id} ({channel.dialled}, {channel.said or 'nothing heard'}) was dialled twice")

    # --- What lasts ------------------------------------------------------------------------------------------------

    def look(self) -> None:
        """A second has passed. Say what has lasted too long."""
        patience = RINGING_SECONDS_OVER_MAX + self._case.reach.patience
        for leg, since in tuple(self._dialled.items()):
            channel = self._case.channel(leg)
            if channel is None or not channel.is_there or channel.is_up:
                del self._dialled[leg]
                continue
            seconds = self._seconds.get(leg, 0.0)
            if since.in_reach > seconds + patience:
                raise Broken(f"{channel.dialled} has been called by {leg} for {since.in_all:.0f} s, longer than its {seconds:.0f} s")


def _is_limited(target: Target) -> bool:
    return isinstance(target, ColleagueTarget) or (isinstance(target, NumberTarget) and not target.is_emergency)


def _outside(interaction: Interaction) -> Iterator[LegId]:
    """The legs that ring outside."""
    customer = interaction.customer
    if customer.person.endpoint is not None and rings(interaction, customer.leg):
        yield customer.leg.id
    for person, leg in legs(interaction):
        if person is not None and person.agent is None and rings(interaction, leg):
            yield leg.id


def _judge_at_once(floor: Floor) -> None:
    """No more calls with outside at once than are allowed."""
    limits = floor.directory.dialling.limits
    by: dict[AgentId, int] = {}
    for interaction in floor.interactions.values():
        customer = interaction.customer.person
        for person, _ in legs(interaction):
            whose = customer if person is None else person
            if whose.asked_by is not None and whose.endpoint is not None and whose.endpoint.address != EMERGENCY:
                by[whose.asked_by] = by.get(whose.asked_by, 0) + 1
    for agent, many in by.items():
        if many > limits.at_once_per_agent:
            raise Broken(f"{agent} is in {many} calls with outside at once, and {limits.at_once_per_agent} are allowed")
    if sum(by.values()) > limits.at_once_per_site:
        raise Broken(f"{sum(by.values())} calls with outside are up at once, and {limits.at_once_per_site} are allowed")
