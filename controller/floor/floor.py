"""The contact centre as a whole. One input at a time; what is refused has changed nothing.

It holds what is: interactions, desks, whose leg is whose. It decides nothing by itself: what happens to an interaction is the
chart's business, who is served next is routing's.
"""

from collections.abc import Callable, Iterable, Mapping

from controller.dialling.one_number import canonical_number
from controller.directory.directory import Directory, EntryPoint
from controller.directory.ids import AgentId, CommandKey, InteractionId, LegId, QueueId, Seconds
from controller.directory.replace import replace
from controller.floor.admission import admit, interaction_id, why_full
from controller.floor.deadlines import Deadlines
from controller.floor.invariants import check
from controller.floor.keys import AcceptedKeys, brought_back, forget_old, is_accepted, remember, to_keep
from controller.floor.occupation import agents_in, most_pressing, occupation_in
from controller.floor.outcome import Change, Input, Outcome, SiteReloaded
from controller.floor.reload import keep_lines_in_use, without_queue
from controller.floor.state import FloorState
from controller.floor.waiting import lines_of, waiting
from controller.interaction.advance import take_command, take_fact, take_switch_found, take_switch_lost, turn_away
from controller.interaction.commands import Command, GiveWrapUp, StartConsult
from controller.interaction.facts import (
    AgentChosen,
    AgentRested,
    CustomerArrived,
    DeadlinePassed,
    Fact,
    LegEnded,
    LegFact,
    SwitchFound,
    SwitchLost,
)
from controller.interaction.interaction import Interaction, Phase, Step
from controller.interaction.legs import legs
from controller.interaction.notices import AgentDeclined, AgentMissed, CallTurnedAway, CallWasOver, Notice, OfferFailed
from controller.interaction.parties import role_of
from controller.interaction.party import Role
from controller.interaction.refusals import BadTarget, SwitchAway, TargetUnavailable, UnknownInteraction
from controller.routing.commands import DeskCommand, GoAvailable, GoIdle, LogOff, LogOn
from controller.routing.desk import Desk, DeskState, DesktopSession, choose, log_off, log_on, occupy, rest

REST_SECONDS = 3.0
"""How long a telephone is left alone that could not be rung: others are offered the customer first, and a fault may pass."""

BUSY_WITH: Mapping[DeskState, str] = {
    DeskState.LOGGED_OFF: "is not logged on",
    DeskState.IDLE: "is idle",
    DeskState.NOT_ANSWERING: "is not answering the telephone",
    DeskState.OFFERED: "is being called",
    DeskState.ENGAGED: "is on a call",
    DeskState.WRAP_UP: "is wrapping up a call",
}


class Floor:
    """All that is known of the contact centre at one moment. Read it freely; only `take` changes it."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self.interactions: dict[InteractionId, Interaction] = {}
        self.desks: dict[AgentId, Desk] = {agent: Desk(agent=agent) for agent in directory.agents}
        self.switch_is_there = False
        self.supervisors = directory.supervisors()
        self.last_at: Seconds = 0.0
        """When the last input that left a trace was taken; 0: none was."""
        self._queues_of = directory.queues_of_agents()
        self._entry_points = directory.entry_points_by_number()
        self._closed: set[QueueId] = set()
        """Queues that the site has no more and whose customers are not through."""
        self._lines = lines_of(directory.queues)
        self._legs: dict[LegId, InteractionId] = {}
        self._leaving: dict[LegId, None] = {}
        self._agents_in: dict[AgentId, dict[InteractionId, DeskState]] = {}
        self._deadlines = Deadlines()
        self._resting: dict[AgentId, Seconds] = {}
        self._arrivals = 0
        self._accepted: dict[AgentId, AcceptedKeys] = {}

    @classmethod
    def from_state(cls, state: FloorState) -> "Floor":
        """Bring back a contact centre as it was; what follows from the state is derived anew."""
        floor = cls(state.directory)
        floor.desks = {desk.agent: desk for desk in state.desks}
        floor._lines = lines_of(state.directory.queues, state.desks)
        floor._resting = {desk.agent: desk.rests_until for desk in state.desks if desk.rests_until is not None}
        floor.switch_is_there = state.switch_is_there
        floor.last_at = state.at
        floor._arrivals = state.arrivals
        floor._leaving = dict.fromkeys(state.leaving)
        floor._closed = set(state.closed)
        floor._accepted = {agent: brought_back(keys) for agent, keys in state.accepted.items()}
        for interaction in state.interactions:
            check(interaction)
            floor._remember(None, interaction)
        return floor

    def state(self) -> FloorState:
        """All that must be kept of this moment."""
        return FloorState(
            directory=self.directory,
            interactions=tuple(self.interactions.values()),
            desks=tuple(self.desks.values()),
            arrivals=self._arrivals,
            switch_is_there=self.switch_is_there,
            at=self.last_at,
            leaving=tuple(self._leaving),
            closed=tuple(sorted(self._closed)),
            accepted={agent: to_keep(keys) for agent, keys in self._accepted.items()},
        )

    # --- Reading ---------------------------------------------------------------------------------------------------

    def waiting_in(self, queue: QueueId) -> list[Interaction]:
        """The customers of a queue's line, in the order in which they are served."""
        return [self.interactions[waiting] for waiting in self._lines.waiting_in(queue)]

    def interaction_of(self, leg: LegId) -> InteractionId | None:
        """Whose leg this is; None: nobody's, or an interaction's that is over."""
        return self._legs.get(leg)

    def stuck_legs(self) -> list[LegId]:
        """Legs of which was told that Asterisk will not bring them where they belong, or ring them."""
        return [leg.id for interaction in self.interactions.values() for _, leg in legs(interaction) if leg.is_stuck]

    def interactions_of(self, agent: AgentId) -> list[Interaction]:
        """The interactions that an agent is in, oldest first: a leg of theirs is there, or they owe a wrap-up reason."""
        return _oldest_first(self.interactions[key] for key in self._agents_in.get(agent, ()))

    def everybodys_interactions(self) -> list[Interaction]:
        """All interactions, oldest first."""
        return _oldest_first(self.interactions.values())

    def role_of(self, interaction: Interaction, agent: AgentId) -> Role | None:
        """What an agent is to an interaction; a supervisor who is no party sees it all the same."""
        role = role_of(interaction, agent)
        return Role.SUPERVISOR if role is None and self.supervises(agent) else role

    def supervises(self, agent: AgentId) -> bool:
        """Say whether an agent is a supervisor, whatever they are to an interaction."""
        return agent in self.supervisors

    def has_accepted(self, agent: AgentId, key: CommandKey, now: Seconds) -> bool:
        """Whether this agent's command with this key was accepted before. Raises `ReusedKey` when that was another command."""
        return is_accepted(self._accepted.get(agent, {}), key, now)

    def next_deadline_at(self) -> Seconds | None:
        """When to call `due` next; None: nothing is waited for."""
        moments = [*self._resting.values()]
        if (deadline := self._deadlines.next_at(switch_is_there=self.switch_is_there)) is not None:
            moments.append(deadline)
        return min(moments, default=None)

    def due(self, now: Seconds) -> DeadlinePassed | AgentRested | None:
        """The next moment that has come, to be given to `take`; None: none has."""
        for agent, until in self._resting.items():
            if until <= now:
                return AgentRested(agent=agent)
        return self._deadlines.due(now, self.interactions, switch_is_there=self.switch_is_there)

    # --- The one door ----------------------------------------------------------------------------------------------

    def take(self, what: Input, now: Seconds) -> Outcome:
        """Follow a fact or do what a command asks; one whose key was accepted before does nothing more.

        Raises a `Refused`, and then nothing has changed.
        """
        writing = _Writing()
        match what:
            case Command() | DeskCommand():
                if what.key is not None and self.has_accepted(what.agent, what.key, now):
                    return Outcome()
                if isinstance(what, Command):
                    self._command(what, now, writing)
                else:
                    self._desk_command(what, now, writing)
                if what.key is not None:
                    remember(self._accepted.setdefault(what.agent, {}), what.key, now)
                    writing.unseen = True
            case SiteReloaded():
                self._reload(what.directory, now, writing)
            case _:
                self._fact(what, now, writing)
        self._turn_away_who_waits_in_vain(what, now, writing)
        self._assign(what, now, writing)
        self._forget_closed_queues(writing)
        outcome = writing.outcome()
        if outcome.leaves_a_trace:
            self.last_at = max(self.last_at, now)
        return outcome

    def _command(self, command: Command, now: Seconds, writing: "_Writing") -> None:
        interaction = self.interactions.get(command.interaction)
        role = self.role_of(interaction, command.agent) if interaction else None
        if interaction is None or role is None:
            raise UnknownInteraction("There is no such interaction, or it is not yours.")
        step = take_command(interaction, command, role, now, supervises=self.supervises(command.agent))
        self._check_targets(command)
        self._store(interaction, step, command, now, writing)

    def _check_targets(self, command: Command) -> None:
        """Refuse what the interaction alone can't judge: colleagues and reasons, and whether the switch is there at all."""
        if isinstance(command, GiveWrapUp):
            if command.reason not in self.directory.wrap_up_reasons:
                known = ", ".join(self.directory.wrap_up_reasons)
                raise BadTarget(f"There is no wrap-up reason {command.reason!r}; there are: {known}.")
            return
        if not self.switch_is_there:
            raise SwitchAway("Asterisk can't be reached now; nothing was done. Calls that are up go on; try again in a moment.")
        if isinstance(command, StartConsult):
            self._check_colleague(command)

    def _check_colleague(self, command: StartConsult) -> None:
        target = command.target
        if target.id == command.agent:
            raise BadTarget("You can't consult yourself.")
        desk = self.desks.get(target.id)
        if desk is None or target.id not in self.directory.agents:
            raise BadTarget(f"There is no agent {target.id!r}.")
        if not desk.is_available:
            raise TargetUnavailable(f"{target.name} {BUSY_WITH[desk.state]}.")

    def _desk_command(self, command: DeskCommand, now: Seconds, writing: "_Writing") -> None:
        desk = self.desks.get(command.agent)
        if desk is None:
            raise BadTarget(f"There is no agent {command.agent!r}.")
        match command:
            case LogOn(session=key, until=until):
                session = DesktopSession(key=key, until=until) if key else None
                self._set_desk(log_on(desk, session, now), writing)
            case LogOff(session=key):
                self._set_desk(log_off(desk, key, now), writing)
            case GoAvailable():
                self._set_desk(choose(desk, DeskState.AVAILABLE, now), writing)
            case GoIdle(reason=reason):
                if reason and self.directory.idle_reasons and reason not in self.directory.idle_reasons:
                    known = ", ".join(self.directory.idle_reasons)
                    raise BadTarget(f"There is no idle reason {reason!r}; there are: {known}.")
                self._set_desk(choose(desk, DeskState.IDLE, now, reason=reason), writing)
            case _:
                raise AssertionError(f"{type(command).__name__} has no meaning here")

    def _fact(self, fact: Fact, now: Seconds, writing: "_Writing") -> None:
        match fact:
            case SwitchLost():
                self.switch_is_there = False
                self._of_every_interaction(take_switch_lost, fact, now, writing)
            case SwitchFound():
                self.switch_is_there = True
                self._of_every_interaction(take_switch_found, fact, now, writing)
            case AgentRested(agent=agent):
                self._rest(agent, None, writing)
            case CustomerArrived():
                self._admit(fact, now, writing)
            case LegFact(leg=leg):
                self._interaction_fact(self._legs.get(leg), fact, now, writing)
                if isinstance(fact, LegEnded) and leg in self._leaving:
                    del self._leaving[leg]
                    writing.unseen = True
            case DeadlinePassed(interaction=of) | AgentChosen(interaction=of):
                self._interaction_fact(of, fact, now, writing)
            case _:
                raise AssertionError(f"{type(fact).__name__} has no meaning here")

    def _of_every_interaction(self, take: Callable[[Interaction, Seconds], Step], fact: Fact, now: Seconds, writing: "_Writing") -> None:
        for interaction in tuple(self.interactions.values()):
            self._store(interaction, take(interaction, now), fact, now, writing)

    def _interaction_fact(self, of: InteractionId | None, fact: Fact, now: Seconds, writing: "_Writing") -> None:
        interaction = self.interactions.get(of) if of is not None else None
        if interaction is not None:
            self._store(interaction, take_fact(interaction, fact, now), fact, now, writing)

    def _admit(self, arrived: CustomerArrived, now: Seconds, writing: "_Writing") -> None:
        if arrived.leg in self._legs:
            return
        if arrived.leg in self._leaving:
            writing.notices.append(CallWasOver(interaction=InteractionId(""), leg=arrived.leg))
            return
        entry_point = self._entry_point_of(arrived.dialled)
        if entry_point is None:
            writing.notices.append(_turn_away(arrived, f"nobody answers at {arrived.dialled}"))
            return
        queue = self.directory.queues[entry_point.queue]
        if not queue.agents:
            writing.notices.append(_turn_away(arrived, f"nobody serves the queue {queue.name}"))
            return
        full = why_full(arrived, self._everybody_waiting(), self._customers_there(), self.directory)
        if full is not None:
            writing.notices.append(_turn_away(arrived, full))
            return
        self._arrivals += 1
        new = admit(interaction_id(now, self._arrivals), arrived, entry_point, self.directory, now)
        self._store(None, Step(interaction=new), arrived, now, writing)

    def _everybody_waiting(self) -> list[Interaction]:
        return [interaction for queue in self._lines.queues for interaction in self.waiting_in(queue)]

    def _customers_there(self) -> int:
        return sum(interaction.customer_is_there for interaction in self.interactions.values()) + len(self._leaving)

    def _entry_point_of(self, dialled: str) -> EntryPoint | None:
        found = self._entry_points.get(dialled)
        return found or self._entry_points.get(canonical_number(dialled, self.directory.region))

    def _reload(self, directory: Directory, now: Seconds, writing: "_Writing") -> None:
        """Take over another site file. Who left keeps their desk until their call is over; who is new gets one."""
        in_use = (interaction.queue for interaction in self.interactions.values())
        # Those that are gone are named as well: whoever watches them is to know.
        writing.queues.update(dict.fromkeys(self.directory.queues))
        self._take_over(keep_lines_in_use(directory, self.directory, in_use))
        self._closed = self.directory.queues.keys() - directory.queues.keys()
        for agent in directory.agents:
            self.desks.setdefault(agent, Desk(agent=agent))
        for agent, desk in tuple(self.desks.items()):
            if agent not in directory.agents and desk.occupied is None:
                del self.desks[agent]
        self._lines = lines_of(self.directory.queues, self.desks.values(), self.interactions.values())
        for keys in self._accepted.values():
            forget_old(keys, now)
        self._accepted = {agent: keys for agent, keys in self._accepted.items() if keys and agent in directory.agents}
        writing.desks.update(dict.fromkeys(self.desks))
        writing.queues.update(dict.fromkeys(self.directory.queues))

    def _take_over(self, directory: Directory) -> None:
        self.directory = directory
        self.supervisors = directory.supervisors()
        self._queues_of = directory.queues_of_agents()
        self._entry_points = directory.entry_points_by_number()

    # --- Writing ---------------------------------------------------------------------------------------------------

    def _store(self, before: Interaction | None, step: Step, cause: Input, now: Seconds, writing: "_Writing") -> None:
        after = step.interaction
        writing.notices.extend(step.tell)
        if after is before:
            return
        check(after)
        self._remember(before, after)
        if before is not None and after.revision == before.revision:
            writing.unseen = True  # a hold key that concerns nobody else
            return
        if (before is not None and before.phase is Phase.QUEUED) != (after.phase is Phase.QUEUED):
            writing.queues[after.queue] = None
        writing.changes.append(Change(before=before, after=after, cause=cause, followed=step.followed))
        self._mark_missing(step.tell, now, writing)
        self._occupy_desks(before, after, now, writing)

    def _remember(self, before: Interaction | None, after: Interaction) -> None:
        """Take over an interaction as it is now, and what follows: whose leg is whose, who waits, what comes when, who is in what."""
        kept = {leg.id for _, leg in legs(after)}
        for _, leg in legs(before) if before else ():
            if leg.id not in kept:
                self._legs.pop(leg.id, None)
        self._legs.update(dict.fromkeys(kept, after.id))
        if after.phase is Phase.ENDED and before is not None and before.phase is not Phase.ENDED and before.customer_is_there:
            self._leaving[before.customer.leg.id] = None
        if after.phase is Phase.QUEUED:
            self._lines.join(waiting(after))
        else:
            self._lines.leave(after.id)
        self._deadlines.note(before, after)
        for agent in agents_in(before) | agents_in(after):
            occupation = occupation_in(after, agent)
            in_these = self._agents_in.setdefault(agent, {})
            if occupation is None:
                in_these.pop(after.id, None)
            else:
                in_these[after.id] = occupation
        if after.is_over:
            self.interactions.pop(after.id, None)
        else:
            self.interactions[after.id] = after

    def _mark_missing(self, tell: Iterable[Notice], now: Seconds, writing: "_Writing") -> None:
        """An agent who missed or declined a call is given no other before they say so."""
        for notice in tell:
            match notice:
                case AgentMissed(agent=agent, because=because):
                    self._choose_for(agent, DeskState.NOT_ANSWERING, because, now, writing)
                case AgentDeclined(agent=agent):
                    self._choose_for(agent, DeskState.IDLE, "declined a call", now, writing)
                case OfferFailed(agent=agent):
                    self._rest(agent, now + REST_SECONDS, writing)
                case _:
                    pass  # every other notice is for people only

    def _rest(self, agent: AgentId, until: Seconds | None, writing: "_Writing") -> None:
        """Leave a telephone alone until then; None: no longer."""
        self._resting.pop(agent, None)
        desk = self.desks.get(agent)
        if desk is None:
            return  # they have left the site file meanwhile
        if until is not None:
            self._resting[agent] = until
        self._set_desk(rest(desk, until), writing)

    def _choose_for(self, agent: AgentId, state: DeskState, reason: str, now: Seconds, writing: "_Writing") -> None:
        desk = self.desks[agent]
        # Somebody who has logged off, or chose to be idle, meanwhile has said what they want.
        if desk.chosen is DeskState.AVAILABLE:
            self._set_desk(choose(desk, state, now, reason=reason), writing)

    def _occupy_desks(self, before: Interaction | None, after: Interaction, now: Seconds, writing: "_Writing") -> None:
        for agent in sorted(agents_in(before) | agents_in(after)):
            # Somebody who has left the site file may still be named by what they once owned.
            if agent in self.desks:
                interaction, occupied = most_pressing(self._agents_in[agent])
                self._set_desk(occupy(self.desks[agent], occupied, interaction, now), writing)
                self._clear_desk_of_who_left(agent, writing)

    def _clear_desk_of_who_left(self, agent: AgentId, writing: "_Writing") -> None:
        if agent not in self.directory.agents and self.desks[agent].occupied is None:
            del self.desks[agent]
            writing.desks.pop(agent, None)

    def _set_desk(self, desk: Desk, writing: "_Writing") -> None:
        known = self.desks[desk.agent]
        if known is desk:
            return
        self.desks[desk.agent] = desk
        self._lines.note(desk)
        if known == replace(desk, sessions=known.sessions):
            writing.unseen = True  # one more or one less desktop of the same agent
            return
        writing.desks[desk.agent] = None
        writing.queues.update(dict.fromkeys(self._queues_of.get(desk.agent, ())))

    def _turn_away_who_waits_in_vain(self, cause: Input, now: Seconds, writing: "_Writing") -> None:
        """A queue that has no agents any more: whoever waits there goes back to the dialplan."""
        for queue in [self.directory.queues[changed] for changed in writing.queues if changed in self.directory.queues]:
            if not queue.agents:
                for interaction in self.waiting_in(queue.id):
                    step = turn_away(interaction, f"nobody serves the queue {queue.name} any more", now)
                    self._store(interaction, step, cause, now, writing)
                    # Their telephone call goes on in the dialplan, where it is not ours to hang up.
                    self._leaving.pop(interaction.customer.leg.id)

    def _forget_closed_queues(self, writing: "_Writing") -> None:
        """A closed queue goes with its last customer."""
        over = {change.after.queue for change in writing.changes if change.after.is_over}
        for queue in over & self._closed:
            in_use = any(interaction.queue == queue for interaction in self.interactions.values())
            if not in_use:
                self._closed.discard(queue)
                self._take_over(without_queue(self.directory, queue))
                writing.queues[queue] = None

    # --- Routing ---------------------------------------------------------------------------------------------------

    def _assign(self, cause: Input, now: Seconds, writing: "_Writing") -> None:
        """Offer waiting customers to free agents, wherever either may have changed; elsewhere nobody could be given anybody before."""
        if not len(self._lines) or not self.switch_is_there:
            return
        # What changed while the switch was away is made up for when it comes back.
        changed = self._lines.queues if isinstance(cause, SwitchFound) else writing.queues
        for chosen_for, agent in tuple(self._lines.assignments(changed)):
            chosen = AgentChosen(interaction=chosen_for, agent=self.directory.agents[agent])
            self._interaction_fact(chosen_for, chosen, now, writing)


class _Writing:
    """What one input has changed so far; dicts keep order and forget repetition."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.desks: dict[AgentId, None] = {}
        self.queues: dict[QueueId, None] = {}
        self.notices: list[Notice] = []
        self.unseen = False

    def outcome(self) -> Outcome:
        return Outcome(
            changes=tuple(self.changes),
            desks=tuple(self.desks),
            queues=tuple(self.queues),
            notices=tuple(self.notices),
            unseen=self.unseen,
        )


def _oldest_first(interactions: Iterable[Interaction]) -> list[Interaction]:
    return sorted(interactions, key=lambda interaction: interaction.started_at)


def _turn_away(arrived: CustomerArrived, because: str) -> CallTurnedAway:
    return CallTurnedAway(interaction=InteractionId(""), leg=arrived.leg, because=because)
