"""A story that is judged after every input: what must be true of a whole contact centre at every moment, whatever happens."""

from collections import Counter
from collections.abc import Iterable

from controller.directory.directory import Directory
from controller.directory.ids import AgentId, InteractionId, LegId, QueueId
from controller.floor.outcome import Change, Input, Outcome
from controller.interaction.commands import GiveWrapUp
from controller.interaction.facts import EndCause, LegEnded
from controller.interaction.interaction import ConsultStage, Interaction, OfferWhy, Phase
from controller.interaction.layout import layout
from controller.interaction.legs import legs
from controller.interaction.parties import customer_of, deadlines, parties
from controller.interaction.party import Standing
from controller.routing.desk import DeskState
from tests.pure.interaction.invariants import assert_sound, assert_sound_step
from tests.pure.story import RESOLVED, Story

_PRESSING = (DeskState.ENGAGED, DeskState.OFFERED, DeskState.WRAP_UP)


def _judge_change(change: Change) -> None:
    if change.before is None:
        assert_sound(change.after)
        return
    customer = customer_of(change.before)
    customer_left = isinstance(change.cause, LegEnded) and customer is not None and change.cause.leg == customer.leg
    assert_sound_step(change.before, change.after, customer_left=customer_left)


def _occupations(agent: AgentId, interactions: Iterable[Interaction]) -> Counter[DeskState]:
    """What the interactions make of an agent, counted."""
    found: Counter[DeskState] = Counter()
    for interaction in interactions:
        for party in parties(interaction):
            if party.agent == agent and party.standing is Standing.RINGING:
                found[DeskState.OFFERED] += 1
            elif party.agent == agent and party.standing is Standing.UP:
                found[DeskState.ENGAGED] += 1
        if any(wrap_up.agent == agent and wrap_up.is_owed for wrap_up in interaction.wrap_ups):
            found[DeskState.WRAP_UP] += 1
    return found


class JudgedStory(Story):
    """A contact centre that is looked at after every input."""

    def __init__(self, directory: Directory) -> None:
        self._legs_ever: set[LegId] = set()
        super().__init__(directory)

    def take(self, what: Input) -> Outcome:
        outcome = super().take(what)
        for change in outcome.changes:
            _judge_change(change)
            self._legs_ever.update(party.leg for party in parties(change.after))
        self.judge()
        return outcome

    def judge(self) -> None:
        """Look at everything."""
        self._judge_legs()
        self._judge_desks()
        self._judge_line()
        self._judge_deadlines()

    def _judge_legs(self) -> None:
        whose: dict[LegId, InteractionId] = {}
        for interaction in self.floor.interactions.values():
            assert not interaction.is_over, "what is over is forgotten"
            for place in layout(interaction).places:
                assert place.leg not in whose, "no leg stands in two interactions"
                whose[place.leg] = interaction.id
        named = {party.leg for i in self.floor.interactions.values() if i.phase is not Phase.ENDED for party in parties(i)}
        for leg in self._legs_ever:
            known = self.floor.interaction_of(leg)
            assert known == whose.get(leg) or (known is not None and leg in named), "a fact finds the interaction whose leg it is about"

    def _judge_desks(self) -> None:
        for agent, desk in self.floor.desks.items():
            expected = _occupations(agent, self.floor.interactions.values())
            assert desk.occupied is (min(expected, key=_PRESSING.index) if expected else None), "a desk is what the interactions make of it"
            talks = sum(expected[state] for state in (DeskState.OFFERED, DeskState.ENGAGED))
            assert talks <= 1, "an agent is in one call at a time"
            assert not (talks and expected[DeskState.WRAP_UP]) or self._has_it_back(agent), "who wraps up is given no other call"
        assert set(self.floor.directory.agents) <= set(self.floor.desks)
        assert all(desk.occupied for agent, desk in self.floor.desks.items() if agent not in self.floor.directory.agents)

    def _has_it_back(self, agent: AgentId) -> bool:
        """Whoever handed a customer over and owes a reason is rung when that comes to nothing."""
        offers = [i.offer for i in self.floor.interactions.values() if i.offer is not None]
        return any(offer.why is OfferWhy.RING_BACK and offer.to.agent == agent for offer in offers)

    def _judge_line(self) -> None:
        waiting = [(i, i.queue) for i in self.floor.interactions.values() if i.phase is Phase.QUEUED]
        for interaction, queue in waiting:
            assert queue is not None, "a customer waits in a line"
            assert interaction in self.floor.waiting_in(queue), "who waits is in the line"
            assert not self._free_for(queue) - set(interaction.not_for), "nobody waits while an agent is free"
        for interaction in self.floor.interactions.values():
            consult = interaction.consult
            if consult is not None and consult.stage is ConsultStage.WAITING:
                assert consult.line is not None, "a consult waits in a line"
                assert self.floor.position_of(interaction.id) is not None, "an owner who waits is in the line"
                assert not self._free_for(consult.line.id) - set(consult.not_for), "no consult waits while an agent is free"
            elif interaction.phase is not Phase.QUEUED:
                assert self.floor.position_of(interaction.id) is None, "nobody else is in a line"
        queues = self.floor.directory.queues
        assert sum(len(self.floor.waiting_in(queue)) for queue in queues) == len(waiting), "nobody else is in a line"

    def _free_for(self, queue: QueueId) -> set[AgentId]:
        """Who serves a queue and could be rung at once; while the switch is away, nobody."""
        serving = self.floor.directory.queues[queue].agents if self.floor.switch_is_there else ()
        return {agent for agent in serving if self.floor.desks[agent].may_be_offered_a_call}

    def _judge_deadlines(self) -> None:
        # What a telephone must do by some moment is not judged while nobody hears it.
        heard = self.floor.switch_is_there
        moments = [deadline.at for i in self.floor.interactions.values() for deadline in deadlines(i) if heard]
        moments += [w.over_at for i in self.floor.interactions.values() for w in i.wrap_ups if w.is_owed and w.over_at is not None]
        next_at = self.floor.next_deadline_at()
        assert not moments or (next_at is not None and next_at <= min(moments)), "no moment is missed"

    def judge_the_end(self) -> None:
        """When everybody has hung up and every reason is given, nothing is left and everybody is free."""
        for interaction in tuple(self.floor.interactions.values()):
            self._everybody_hangs_up(interaction.id)
        for interaction in tuple(self.floor.interactions.values()):
            for wrap_up in interaction.wrap_ups:
                if wrap_up.is_owed and wrap_up.over_at is None:  # it takes as long as its agent wants
                    self.take(GiveWrapUp(agent=wrap_up.agent, interaction=interaction.id, reason=RESOLVED))
        self.seconds_pass(3600)
        assert self.floor.interactions == {}
        assert all(desk.occupied is None and desk.interaction is None for desk in self.floor.desks.values())
        assert all(self.floor.interaction_of(leg) is None for leg in self._legs_ever)
        assert self.floor.due(self.now) is None

    def _everybody_hangs_up(self, of: InteractionId) -> None:
        while (now := self.floor.interactions.get(of)) is not None and now.phase is not Phase.ENDED:
            customer = customer_of(now)
            leg = customer.leg if customer.standing is not Standing.GONE else next(leg.id for _, leg in legs(now))
            self.take(LegEnded(leg=leg, cause=EndCause.HUNG_UP))
