"""All that is known of the contact centre at one moment: what is kept, what follows from it, and what can be read of it."""

from collections.abc import Iterable
from typing import Self

from controller.dialling.one_number import canonical_number
from controller.dialling.rules import DialPlan
from controller.directory.dial_plan import dial_plan
from controller.directory.directory import Agent, Directory, EntryPoint
from controller.directory.ids import AgentId, CommandKey, InteractionId, LegId, QueueId, Seconds
from controller.directory.targets import Target, is_limited
from controller.floor.deadlines import Deadlines
from controller.floor.invariants import check
from controller.floor.keypads import Keypads
from controller.floor.keys import AcceptedKeys, brought_back, is_accepted, to_keep
from controller.floor.occupation import agents_in, occupation_in
from controller.floor.outside_calls import OutsideCalls, check_limits, last_dialled, outside_legs
from controller.floor.reach import Presence
from controller.floor.state import FloorState
from controller.floor.waiting import lines_of, request_of
from controller.floor.waits import RecentWaits
from controller.interaction.facts import AgentRested, CodeTimedOut, DeadlinePassed
from controller.interaction.interaction import Interaction
from controller.interaction.legs import legs
from controller.interaction.parties import party_with, role_of
from controller.interaction.party import Role
from controller.interaction.refusals import SwitchAway, TooManyOutsideCalls
from controller.routing.desk import Desk, DeskState
from controller.routing.telephones import TelephoneKind


class Known:
    """What is kept, and what is derived from it. It decides nothing. Read it freely; only `Floor.take` and what it calls change it."""

    def __init__(self, directory: Directory, leavers: Iterable[Agent] = ()) -> None:
        self.interactions: dict[InteractionId, Interaction] = {}
        self.desks: dict[AgentId, Desk] = {agent: Desk(agent=agent) for agent in directory.agents}
        self.switch_is_there = False
        self.last_at: Seconds = 0.0
        """When the last input that left a trace was taken; 0: none was."""
        self.leavers = {agent.id: agent for agent in leavers}
        """Agents whom the site has no more and who are in a call still; until then their telephones are theirs."""
        self.closed_queues: set[QueueId] = set()
        """Queues that the site has no more and whose customers are not through."""
        self.lines = lines_of(directory.queues)
        self.leaving: dict[LegId, None] = {}
        """Customers' legs that no interaction names any more, because it ended or another call took their place, until they are gone."""
        self.resting: dict[AgentId, Seconds] = {}
        """Agents whose telephone could not be rung, and until when it is left alone."""
        self.arrivals = 0
        """How many interactions have begun."""
        self.recent_waits = RecentWaits()
        self.accepted_keys: dict[AgentId, AcceptedKeys] = {}
        self.outside_calls: dict[AgentId, OutsideCalls] = {}
        self.keypads = Keypads()
        self._interaction_by_leg: dict[LegId, InteractionId] = {}
        self._outside_legs: dict[LegId, AgentId] = {}
        self._occupations: dict[AgentId, dict[InteractionId, DeskState]] = {}
        self._deadlines = Deadlines()
        self.take_over(directory)

    def take_over(self, directory: Directory) -> None:
        """Be made of another site file from now on; interactions and desks are as before."""
        self.directory = directory
        self.supervisors = directory.supervisors()
        self.queues_of_agents = directory.queues_of_agents()
        self._entry_points = directory.entry_points_by_number()
        self._agents_by_telephone = _agents_by_telephone((*self.leavers.values(), *directory.agents.values()))
        self._plan: DialPlan | None = None

    @classmethod
    def from_state(cls, state: FloorState) -> Self:
        """Bring back a contact centre as it was; what follows from the state is derived anew."""
        known = cls(state.directory, state.leavers)
        known.desks = {desk.agent: desk for desk in state.desks}
        known.lines = lines_of(state.directory.queues, state.desks)
        known.resting = {desk.agent: desk.rests_until for desk in state.desks if desk.rests_until is not None}
        known.switch_is_there = state.switch_is_there
        known.last_at = state.at
        known.arrivals = state.arrivals
        known.leaving = dict.fromkeys(state.leaving)
        known.closed_queues = set(state.closed)
        known.accepted_keys = {agent: brought_back(keys) for agent, keys in state.accepted.items()}
        known.outside_calls = dict(state.outside_calls)
        for interaction in state.interactions:
            check(interaction)
            known.remember(None, interaction)
        return known

    def state(self) -> FloorState:
        """All that must be kept of this moment."""
        return FloorState(
            directory=self.directory,
            interactions=tuple(self.interactions.values()),
            desks=tuple(self.desks.values()),
            arrivals=self.arrivals,
            switch_is_there=self.switch_is_there,
            at=self.last_at,
            leaving=tuple(self.leaving),
            closed=tuple(sorted(self.closed_queues)),
            leavers=tuple(self.leavers.values()),
            accepted={agent: to_keep(keys) for agent, keys in self.accepted_keys.items()},
            outside_calls=dict(self.outside_calls),
        )

    def remember(self, before: Interaction | None, after: Interaction) -> None:
        """Take over an interaction as it is now, and what follows: whose leg is whose, who waits, what comes when, who is in what."""
        kept = {leg.id for _, leg in legs(after)}
        for _, leg in legs(before) if before else ():
            if leg.id not in kept:
                self._interaction_by_leg.pop(leg.id, None)
                self.keypads.forget(leg.id)
        self._interaction_by_leg.update(dict.fromkeys(kept, after.id))
        if before is not None and before.customer_is_there and before.customer.leg.id not in kept:
            self.leaving[before.customer.leg.id] = None
        request = request_of(after)
        if request is not None:
            self.lines.join(request)
        else:
            self.lines.leave(after.id)
        for outside, _ in outside_legs(before):
            self._outside_legs.pop(outside, None)
        self._outside_legs.update(outside_legs(after))
        self._deadlines.note(before, after)
        for agent in agents_in(before) | agents_in(after):
            occupation = occupation_in(after, agent)
            in_these = self._occupations.setdefault(agent, {})
            if occupation is None:
                in_these.pop(after.id, None)
            else:
                in_these[after.id] = occupation
        if after.is_over:
            self.interactions.pop(after.id, None)
        else:
            self.interactions[after.id] = after

    # --- Interactions ----------------------------------------------------------------------------------------------

    def interaction_of(self, leg: LegId) -> InteractionId | None:
        """Whose leg this is; None: nobody's, or an interaction's that is over."""
        return self._interaction_by_leg.get(leg)

    def interactions_of(self, agent: AgentId) -> list[Interaction]:
        """The interactions that an agent is in, oldest first: a leg of theirs is there, or they owe a wrap-up reason."""
        return _oldest_first(self.interactions[key] for key in self._occupations.get(agent, ()))

    def everybodys_interactions(self) -> list[Interaction]:
        """All interactions, oldest first."""
        return _oldest_first(self.interactions.values())

    def call_of(self, agent: AgentId) -> Interaction | None:
        """The interaction in which an agent has a leg: the one that they own, if there are several; None: none."""
        theirs = [of for of in self.interactions_of(agent) if party_with(of, agent) is not None]
        return next((of for of in theirs if of.owner is not None and of.owner.agent == agent), next(iter(theirs), None))

    def owed_by(self, agent: AgentId) -> Interaction | None:
        """An interaction of which an agent owes a wrap-up reason; None: none."""
        in_these = (self.interactions[each] for each in sorted(self._occupations.get(agent, {})))
        return next((each for each in in_these if each.owes_wrap_up(agent) is not None), None)

    def stuck_legs(self) -> list[LegId]:
        """Legs of which was told that Asterisk will not bring them where they belong, or ring them."""
        return [leg.id for interaction in self.interactions.values() for _, leg in legs(interaction) if leg.is_stuck]

    def customers_there(self) -> int:
        """How many customers have a leg, those that are about to be let go included."""
        return sum(interaction.customer_is_there for interaction in self.interactions.values()) + len(self.leaving)

    # --- Lines -----------------------------------------------------------------------------------------------------

    def waiting_in(self, queue: QueueId) -> list[Interaction]:
        """The customers of a queue's line, in the order in which they are served."""
        return [self.interactions[request.interaction] for request in self.lines.waiting_in(queue) if request.is_customer]

    def everybody_waiting(self) -> list[Interaction]:
        """The customers of all lines, in no order that matters."""
        return [self.interactions[request.interaction] for request in self.lines.everybody if request.is_customer]

    def position_of(self, interaction: InteractionId) -> int | None:
        """At which place of a line an interaction waits, for its customer or for a consult, from 1; None: in none."""
        return self.lines.position_of(interaction)

    def usual_wait(self, queue: QueueId) -> Seconds | None:
        """How long whoever had to wait in this queue has waited lately until there was an agent; None: too few have."""
        return self.recent_waits.usual(queue, self.last_at)

    def entry_point_of(self, dialled: str) -> EntryPoint | None:
        """Where a dialled number leads; None: nowhere."""
        found = self._entry_points.get(dialled)
        return found or self._entry_points.get(canonical_number(dialled, self.directory.region))

    # --- Agents ----------------------------------------------------------------------------------------------------

    @property
    def presence(self) -> Presence:
        """Whom there is, and what they do."""
        return Presence(directory=self.directory, desks=self.desks, closed=self.closed_queues)

    def role_of(self, interaction: Interaction, agent: AgentId) -> Role | None:
        """What an agent is to an interaction, in a word; a supervisor who is no party sees it all the same."""
        role = role_of(interaction, agent)
        return Role.SUPERVISOR if role is None and self.supervises(agent) else role

    def supervises(self, agent: AgentId) -> bool:
        """Say whether an agent is a supervisor, whatever they are to an interaction."""
        return agent in self.supervisors

    def occupations_of(self, agent: AgentId) -> dict[InteractionId, DeskState]:
        """What each of an agent's interactions makes of them."""
        return self._occupations.get(agent, {})

    def who_is(self, agent: AgentId) -> Agent | None:
        """What the site says of an agent, or said before they left in the middle of a call; None: there is no such agent."""
        return self.directory.agents.get(agent) or self.leavers.get(agent)

    def forget_leaver(self, agent: AgentId) -> None:
        """The last call of an agent whom the site has no more is over."""
        if self.leavers.pop(agent, None) is not None:
            self.take_over(self.directory)

    def browsers_in_calls(self) -> set[str]:
        """The telephones in browsers that have a leg in an interaction, by their PJSIP endpoints."""
        people = (person for interaction in self.interactions.values() for person, _ in legs(interaction))
        addresses = {person.endpoint.address for person in people if person is not None and person.endpoint is not None}
        return {address for address in addresses if self.whose_telephone(address)[1] is TelephoneKind.BROWSER}

    def whose_telephone(self, endpoint: str) -> tuple[AgentId | None, TelephoneKind]:
        """Whose a PJSIP endpoint is, and which of their two telephones; None: nobody's of ours."""
        return self._agents_by_telephone.get(endpoint, (None, TelephoneKind.DESK))

    def is_taken(self, agent: AgentId, of: InteractionId, *, has_hung_up: bool) -> bool:
        """Whether an agent can't be rung back: they are in another call, or owe a reason for one.

        Whoever has only hung up their telephone is rung even if they have just logged off.
        """
        if agent not in self.directory.agents:
            return True
        if any(other != of for other in self.occupations_of(agent)):
            return True
        return not has_hung_up and self.desks[agent].chosen is DeskState.LOGGED_OFF

    def telephone_is_away(self, interaction: Interaction | None, agent: AgentId) -> bool:
        """Whether the telephone that an agent has in an interaction, of both of theirs, is not there."""
        theirs = (
            [person for person, _ in legs(interaction) if person is not None and person.agent == agent] if interaction is not None else []
        )
        addresses = [person.endpoint.address for person in theirs if person.endpoint is not None]
        return agent in self.desks and any(not self._is_there(agent, address) for address in addresses)

    def _is_there(self, agent: AgentId, address: str) -> bool:
        _, kind = self.whose_telephone(address)
        telephones = self.desks[agent].telephones
        return telephones.browser_is_there if kind is TelephoneKind.BROWSER else telephones.desk_is_there

    def has_accepted(self, agent: AgentId, key: CommandKey, now: Seconds) -> bool:
        """Whether this agent's command with this key was accepted before. Raises `ReusedKey` when that was another command."""
        return is_accepted(self.accepted_keys.get(agent, {}), key, now)

    # --- Calls to outside ------------------------------------------------------------------------------------------

    def dialled_by(self, agent: AgentId) -> tuple[str, ...]:
        """The numbers outside that an agent dialled last, the newest first."""
        return last_dialled(self.outside_calls.get(agent, ()))

    def check_outside(self, agent: AgentId, target: Target, now: Seconds) -> None:
        """Look whether an agent may call this target, where it is outside, once more. Raises `TooManyOutsideCalls`."""
        if is_limited(target):
            check_limits(agent, self.directory.dialling.limits, self._outside_legs, self.outside_calls, now)

    def why_no_outside_call(self, agent: AgentId, now: Seconds) -> str | None:
        """Say why an agent may not call outside once more; None: they may."""
        try:
            check_limits(agent, self.directory.dialling.limits, self._outside_legs, self.outside_calls, now)
        except TooManyOutsideCalls as refused:
            return refused.because
        return None

    @property
    def dial_plan(self) -> DialPlan:
        """What decides what a number means; gathered when the first one is dialled."""
        if self._plan is None:
            self._plan = dial_plan(self.directory)
        return self._plan

    def check_switch(self) -> None:
        """Raises `SwitchAway` where nothing can be done to a call now."""
        if not self.switch_is_there:
            raise SwitchAway("Asterisk can't be reached now; nothing was done. Calls that are up go on; try again in a moment.")

    # --- What comes by itself --------------------------------------------------------------------------------------

    def next_deadline_at(self) -> Seconds | None:
        """When to call `due` next; None: nothing is waited for."""
        moments = [*self.resting.values()]
        if (key_at := self.keypads.next_at()) is not None:
            moments.append(key_at)
        if (deadline := self._deadlines.next_at(switch_is_there=self.switch_is_there)) is not None:
            moments.append(deadline)
        return min(moments, default=None)

    def due(self, now: Seconds) -> DeadlinePassed | AgentRested | CodeTimedOut | None:
        """The next moment that has come, to be given to `Floor.take`; None: none has."""
        if (leg := self.keypads.due(now)) is not None:
            return CodeTimedOut(leg=leg)
        for agent, until in self.resting.items():
            if until <= now:
                return AgentRested(agent=agent)
        return self._deadlines.due(now, self.interactions, switch_is_there=self.switch_is_there)


def _oldest_first(interactions: Iterable[Interaction]) -> list[Interaction]:
    return sorted(interactions, key=lambda interaction: interaction.started_at)


def _agents_by_telephone(agents: Iterable[Agent]) -> dict[str, tuple[AgentId, TelephoneKind]]:
    """Whose each PJSIP endpoint is, and which of their telephones; the last one who has it."""
    found: dict[str, tuple[AgentId, TelephoneKind]] = {}
    for agent in agents:
        found[agent.phone] = (agent.id, TelephoneKind.DESK)
        if agent.browser:
            found[agent.browser] = (agent.id, TelephoneKind.BROWSER)
    return found
