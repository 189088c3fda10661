"""One input while it is taken: what it has changed so far, and what every change brings with it."""

from collections.abc import Iterable, Iterator

from controller.directory.ids import AgentId, InteractionId, QueueId, Seconds
from controller.directory.replace import replace
from controller.directory.targets import NumberTarget, Target, is_limited
from controller.floor.invariants import check
from controller.floor.known import Known
from controller.floor.occupation import agents_in, most_pressing
from controller.floor.outcome import Change, Input, Outcome
from controller.floor.outside_calls import OutsideCall, with_call
from controller.floor.waiting import request_of
from controller.interaction.advance import take_fact
from controller.interaction.facts import AgentTaken, EndCause, Fact
from controller.interaction.interaction import Interaction, OfferWhy, Step
from controller.interaction.legs import legs
from controller.interaction.notices import AgentDeclined, AgentMissed, CallTurnedAway, NoTelephone, Notice, OfferFailed, OfferMade
from controller.interaction.steps.moves import COULD_NOT_BE_RUNG
from controller.routing.desk import Desk, DeskState, choose, occupy, rest_after_failure, rested


class Taking:
    """One input, what is known, and what the input has changed of it. Dicts keep order and forget repetition."""

    def __init__(self, known: Known, cause: Input, now: Seconds) -> None:
        self.known = known
        self.cause = cause
        self.now = now
        self.changes: list[Change] = []
        self.unshown: list[Change] = []
        self.desks: dict[AgentId, None] = {}
        self.queues: dict[QueueId, None] = {}
        self.notices: list[Notice] = []
        self.unseen = False
        self.kept_as: Input | None = None

    def outcome(self) -> Outcome:
        """All that the input has led to."""
        return Outcome(
            changes=tuple(self.changes),
            unshown=tuple(self.unshown),
            desks=tuple(self.desks),
            queues=tuple(self.queues),
            notices=tuple(self.notices),
            unseen=self.unseen,
            kept_as=self.kept_as,
        )

    # --- Interactions ----------------------------------------------------------------------------------------------

    def fact_of(self, interaction_id: InteractionId | None, fact: Fact) -> None:
        """Have an interaction follow a fact; one that is over, or was never there, has nothing to follow."""
        interaction = self.known.interactions.get(interaction_id) if interaction_id is not None else None
        if interaction is not None:
            self.store(interaction, take_fact(interaction, fact, self.now), cause=fact)

    def store(self, before: Interaction | None, step: Step, *, cause: Input | None = None) -> None:
        """Take over what an interaction has become, with all that follows for lines, desks and those who are told.

        `before`: None: it is new. `cause`: what it follows from, if not the input itself: a command that keys stood for, for one.
        """
        step = self._without_blame(before, self._past_who_is_taken(before, step))
        after = step.interaction
        self.notices.extend(step.tell)
        if after is before:
            return
        check(after)
        self.known.remember(before, after)
        cause = cause or self.cause
        change = Change(before=before, after=after, cause=cause, followed=step.followed)
        if before is not None and after.revision == before.revision:
            self.unseen = True  # a customer's own hold key
            self.unshown.append(change)
            return
        self.known.recent_waits.note(before, cause, self.now)
        self.queues.update(dict.fromkeys(_lines_changed(before, after)))
        self.changes.append(change)
        self._mark_missing(step.tell)
        self._occupy_desks(before, after)
        for notice in step.tell:
            if isinstance(notice, CallTurnedAway):
                # Their telephone call goes on in the dialplan, where it is not ours to hang up.
                self.known.leaving.pop(notice.leg, None)

    def _past_who_is_taken(self, before: Interaction | None, step: Step) -> Step:
        """Whoever is to be rung back and is on another call, or has gone, is neither rung nor told: their customer goes on at once."""
        interaction, offer = step.interaction, step.interaction.offer
        if offer is None or offer.why is not OfferWhy.RING_BACK or offer.to.agent is None:
            return step
        was_rung_before = before is not None and any(leg.id == offer.leg.id for _, leg in legs(before))
        if was_rung_before or not self.known.is_taken(offer.to.agent, interaction.id, has_hung_up=offer.owes_wrap_up):
            return step
        on = take_fact(interaction, AgentTaken(interaction=interaction.id), self.now)
        told = tuple(notice for notice in step.tell if not (isinstance(notice, OfferMade) and notice.agent == offer.to.agent))
        return Step(interaction=on.interaction, tell=(*told, *on.tell), followed=(*step.followed, *on.followed))

    def _without_blame(self, before: Interaction | None, step: Step) -> Step:
        """Whose telephone has gone while it rang has let nothing ring: they stay available, for when it is there again."""
        missed = [told for told in step.tell if isinstance(told, AgentMissed) and self.known.telephone_is_away(before, told.agent)]
        if not missed:
            return step
        because = COULD_NOT_BE_RUNG[EndCause.UNREACHABLE]
        fair = {id(told): OfferFailed(interaction=told.interaction, agent=told.agent, because=because) for told in missed}
        return replace(step, tell=tuple(fair.get(id(told), told) for told in step.tell))

    def note_outside_call(self, agent: AgentId, target: Target) -> None:
        """Count a call outside against its agent's limits."""
        if is_limited(target):
            dialled = target.shown if isinstance(target, NumberTarget) else ""
            calls = self.known.outside_calls
            calls[agent] = with_call(calls.get(agent, ()), OutsideCall(at=self.now, dialled=dialled))

    # --- Desks -----------------------------------------------------------------------------------------------------

    def set_desk(self, desk: Desk) -> None:
        """Take over what an agent's desk has become."""
        known = self.known.desks[desk.agent]
        if known is desk:
            return
        self.known.desks[desk.agent] = desk
        self.known.lines.note(desk)
        if _waits_in_vain(desk) and not _waits_in_vain(known):
            self.notices.append(NoTelephone(interaction=InteractionId(""), agent=desk.agent))
        if known == replace(desk, sessions=known.sessions):
            self.unseen = True  # one more or one less desktop of the same agent
            return
        self.desks[desk.agent] = None
        self.queues.update(dict.fromkeys(self.known.queues_of_agents.get(desk.agent, ())))

    def leave_alone(self, agent: AgentId) -> None:
        """Leave a telephone alone for a while that could not be rung."""
        desk = rest_after_failure(self.known.desks[agent], self.now)
        assert desk.rests_until is not None, "it rests"
        self.known.resting[agent] = desk.rests_until
        self.set_desk(desk)

    def has_rested(self, agent: AgentId) -> None:
        """A telephone may be rung again."""
        self.known.resting.pop(agent, None)
        desk = self.known.desks.get(agent)
        if desk is not None:  # they may have left the site file meanwhile
            self.set_desk(rested(desk))

    def _mark_missing(self, tell: Iterable[Notice]) -> None:
        """An agent who missed or declined a call is given no other before they say so."""
        for notice in tell:
            match notice:
                case AgentMissed(agent=agent, because=because):
                    self._choose_for(agent, DeskState.NOT_ANSWERING, because)
                case AgentDeclined(agent=agent):
                    self._choose_for(agent, DeskState.IDLE, "declined a call")
                case OfferFailed(agent=agent):
                    self.leave_alone(agent)
                case _:
                    pass  # every other notice is for people only

    def _choose_for(self, agent: AgentId, state: DeskState, reason: str) -> None:
        desk = self.known.desks[agent]
        # Somebody who has logged off, or chose to be idle, meanwhile has said what they want.
        if desk.chosen is DeskState.AVAILABLE:
            self.set_desk(choose(desk, state, self.now, reason=reason))

    def _occupy_desks(self, before: Interaction | None, after: Interaction) -> None:
        for agent in sorted(agents_in(before) | agents_in(after)):
            # Somebody who has left the site file may still be named by what they once owned.
            if agent in self.known.desks:
                interaction, occupied = most_pressing(self.known.occupations_of(agent))
                self.set_desk(occupy(self.known.desks[agent], occupied, interaction, self.now))
                self._clear_desk_of_who_left(agent)

    def _clear_desk_of_who_left(self, agent: AgentId) -> None:
        if agent not in self.known.directory.agents and self.known.desks[agent].occupied is None:
            del self.known.desks[agent]
            self.known.forget_leaver(agent)
            self.desks.pop(agent, None)


def _lines_changed(before: Interaction | None, after: Interaction) -> Iterator[QueueId]:
    """Name the queues in whose line this interaction waits now and did not before, or the other way round."""
    was, now = request_of(before) if before is not None else None, request_of(after)
    if (was is None) != (now is None) or (was is not None and now is not None and was.queue != now.queue):
        yield from (request.queue for request in (was, now) if request is not None)


def _waits_in_vain(desk: Desk) -> bool:
    return desk.is_available and not desk.telephones.is_there
