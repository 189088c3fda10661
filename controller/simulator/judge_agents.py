"""Judges what becomes of agents: whose telephone rings too long, who is made unavailable without a fault, who is not asked for a reason."""

from controller.asterisk.seen import first_of, made_for
from controller.directory.ids import AgentId, InteractionId, LegId, Seconds
from controller.floor.floor import Floor
from controller.floor.outcome import Change, Input, Outcome
from controller.interaction.commands import Command
from controller.interaction.facts import AgentChosen, AgentDialled, DigitPressed, LegUnheld
from controller.interaction.interaction import Interaction, OfferWhy, Phase
from controller.interaction.parties import owner_of, parties, party_of
from controller.interaction.party import Party, Standing
from controller.interaction.refusals import Refused
from controller.routing.commands import DeskCommand, LogOn
from controller.routing.desk import DeskState
from controller.simulator.broken import Broken, Case
from controller.simulator.parts import End, SimChannel
from controller.simulator.reach import Since
from controller.simulator.seconds import seconds_of

RINGING_SECONDS_OVER_MAX: Seconds = 5.0
"""By how much a telephone may ring longer than its seconds."""
TOLD_SECONDS_MAX: Seconds = 3.5
"""How long after their page has gone an agent may still be taken for there: what is told waits behind a slow disk, for 3 s."""
_LOG_ON = (LogOn, DigitPressed, AgentDialled)
"""By a page, or by a code of the telephone."""
BUSY_SECONDS_MAX: Seconds = 5.0
"""How long a call without us may be told of and not known: what is told waits behind a slow disk."""
UNNOTICED_SECONDS_MAX: Seconds = 2.0
"""How long a key that was released may still count as pressed: the event is on its way."""
FAULTS = frozenset({End.IN_OWN_CALL, End.DECLINED, End.UNANSWERED, End.LOST})
"""Ends of a telephone's leg for which its agent may get no more calls. That it was not registered when it was to ring is none: the network
may have been away for a moment, and whoever sits there has done nothing."""
HOLD_KEY = "hold key"
"""What the refusal says that asks an agent to release their telephone's own key."""


class AgentJudge:
    """Remembers of agents only what it needs to judge."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._chosen: dict[AgentId, DeskState] = {}
        self._rung: dict[tuple[InteractionId, AgentId], tuple[LegId, Since]] = {}
        """Telephones that ring, since when, however often the leg was made anew."""
        self._seconds: dict[tuple[InteractionId, AgentId], Seconds] = {}
        """How long each may ring."""
        self._asked: dict[InteractionId, Since] = {}
        """Transfers that wait for a yes."""
        self._owed: dict[tuple[InteractionId, AgentId], tuple[Seconds, Since]] = {}
        """Wrap-ups, with how long each may be owed."""
        self._default: dict[tuple[InteractionId, AgentId, Seconds], str] = {}
        """Of wrap-ups, by when they were asked for: what is noted where nobody gives a reason."""
        self._beside_answered: dict[LegId, Since] = {}
        """Telephones that ring although another one of the same agent has been picked up for the same leg."""
        self.let_go: dict[LegId, Since] = {}
        """Legs of agents that no layout names any more; they may still be there for a moment."""

    # --- What the floor says ---------------------------------------------------------------------------------------

    def began_again(self, floor: Floor) -> None:
        """What was not kept has never been."""
        self._chosen = {agent: desk.chosen for agent, desk in floor.desks.items()}
        for leg, whose in self._case.whose.items():
            self.let_go.setdefault(leg, self._case.reach.begins(whose[0]))
        self._owed.clear()
        self._rung.clear()
        for interaction in floor.interactions.values():
            self._note(interaction)
            for party in parties(interaction):
                for channel in self._case.telephones(party.leg) if party.rings else ():
                    if channel.is_there and channel.rang_at is not None:
                        self.rung(channel)

    def followed(self, what: Input, outcome: Outcome, floor: Floor) -> None:
        """The floor has taken an input."""
        for agent in outcome.desks:
            self._judge_choice(agent, what, outcome, floor)
        for change in outcome.changes:
            if isinstance(change.cause, AgentChosen):
                self._judge_busy(change.cause)
            if change.before is not None:
                _judge_wrap_up(change.before, change.after)
                self._judge_default(change.before, change.after)
                _judge_release(change, change.before)
                self._forget(change.before, change.after)
            self._note(change.after)
        if outcome.changes:
            _judge_offers(floor)

    def _judge_default(self, before: Interaction, after: Interaction) -> None:
        """Where nobody gives a reason that of the queue is noted for which the agent had the customer, wherever the customer is by then."""
        for wrap_up in after.wrap_ups:
            of = (after.id, wrap_up.agent, wrap_up.asked_at)
            default = self._default.setdefault(of, before.policy.wrap_up_default)
            if wrap_up.by_deadline and wrap_up.reason != default:
                raise Broken(f"{wrap_up.reason} was noted for {wrap_up.agent} in {after.id}, who served a queue whose default is {default}")
        if after.is_over:
            for of in [of for of in self._default if of[0] == after.id]:
                del self._default[of]

    def _judge_busy(self, chosen: AgentChosen) -> None:
        """Nobody is rung at a telephone that is in a call already; the one in the browser may be while the one on the desk is."""
        assert self._case.exchange is not None, "an exchange is there before anybody calls"
        since = self._case.exchange.own_calls.get(chosen.agent.rung)
        told = self._case.busy_told_at.get(chosen.agent.rung)
        if since is None or told is None or told < since:
            return
        if self._case.reach.now - told > BUSY_SECONDS_MAX + self._case.reach.patience:
            because = f"{chosen.agent.id} was chosen for {chosen.interaction}, {self._case.reach.now - since:.0f} s into a call without us"
            raise Broken(because)

    def _forget(self, before: Interaction, after: Interaction) -> None:
        for party in parties(before):
            self.let_go.setdefault(party.leg, self._case.reach.begins(before.id))
            if party.rings and party.agent is not None and not any(p.agent == party.agent and p.rings for p in parties(after)):
                self._rung.pop((before.id, party.agent), None)

    def _note(self, interaction: Interaction) -> None:
        if interaction.phase is Phase.TRANSFER_ASKED:
            self._asked.setdefault(interaction.id, self._case.reach.begins(interaction.id))
        else:
            self._asked.pop(interaction.id, None)
        owed = {w.agent: w.over_at - w.asked_at for w in interaction.wrap_ups if w.is_owed and w.over_at is not None}
        for of in [of for of in self._owed if of[0] == interaction.id and of[1] not in owed]:
            del self._owed[of]  # given, or withdrawn because its agent has the customer again
        for agent, seconds in owed.items():
            self._note_wrap_up((interaction.id, agent), seconds)
        for party in parties(interaction):
            if interaction.phase is not Phase.ENDED and party.standing is not Standing.GONE:
                self.let_go.pop(party.leg, None)
            if party.agent is not None and not party.rings:
                self._rung.pop((interaction.id, party.agent), None)  # also whose page was loaded anew, and rung anew for it
            rings_for = seconds_of(interaction, party.leg) if party.rings else None
            if party.agent is not None and rings_for is not None:
                self._seconds[interaction.id, party.agent] = rings_for

    def _note_wrap_up(self, of: tuple[InteractionId, AgentId], seconds: Seconds) -> None:
        if of not in self._owed or self._owed[of][0] != seconds:
            self._owed[of] = (seconds, self._case.reach.begins(of[0]))

    def _judge_choice(self, agent: AgentId, what: Input, outcome: Outcome, floor: Floor) -> None:
        """Whoever was available and is so no more has either said so or let us down."""
        before, desk = self._chosen.get(agent), floor.desks.get(agent)
        if desk is None:
            self._chosen.pop(agent, None)
            return
        now = self._chosen[agent] = desk.chosen
        if before is DeskState.LOGGED_OFF and now is not before and not isinstance(what, _LOG_ON):
            raise Broken(f"{agent} is {now} and has not logged in: nobody sits at that desk")
        if before is not DeskState.AVAILABLE or now in (DeskState.AVAILABLE, DeskState.LOGGED_OFF):
            return
        if isinstance(what, DeskCommand | Command) and what.agent == agent:
            return
        for change in outcome.changes:
            party = _live_party(change.before, agent)
            if change.before is not None and party is not None:
                innocent = self._innocent(change.before, party, agent)
                if innocent is not None:
                    raise Broken(f"{agent} was made {now} in {change.before.id} without a fault of theirs ({desk.reason}): {innocent}")
                return

    def _innocent(self, before: Interaction, party: Party, agent: AgentId) -> str | None:
        """Say why an agent is not to blame; None: they are."""
        channel = self._case.channel(party.leg)
        if party.is_up and before.phase is Phase.TRANSFER_ASKED and before.id in self._asked:
            asked = self._asked[before.id].in_all
            return f"they had {asked:.0f} s to accept" if self._is_short(asked, before.policy.transfer_seconds) else None
        if party.leg in self._case.exchange_says_unregistered:
            return "their telephone was not registered when it was to ring"
        away = self._case.away_since(party.phone)
        if away is not None and self._case.reach.now - max(away, self._case.attached_at) > TOLD_SECONDS_MAX:
            return "their page is closed"
        if channel is None:
            is_short = self._is_short(0.0, self._seconds.get((before.id, agent), 0.0))
            return "their telephone was never rung" if is_short else None
        telephones = self._case.telephones(party.leg)
        if any(telephone.end in FAULTS for telephone in telephones):
            return None
        if party.is_up:
            return f"their telephone was up, and {channel.end or 'still is'}"
        leg, since = self._rung.get((before.id, agent), (None, None))
        if since is None or leg is None:
            return f"their telephone never rang ({channel.end or channel.state})"
        since_at = min([since.at, *(telephone.rang_at for telephone in telephones if telephone.rang_at is not None)])
        until = max(self._case.reach.now if telephone.ended_at is None else telephone.ended_at for telephone in telephones)
        rang = until - since_at
        seconds = self._seconds.get((before.id, agent), 0.0)
        return f"their telephone rang {rang:.0f} s of {seconds:.0f}" if self._is_short(rang, seconds) else None

    def _is_short(self, lasted: Seconds, seconds: Seconds) -> bool:
        """Less than half of what was promised. After a start nobody knows how long the controller was away, if the clock went forward."""
        began_since = self._case.clock_was_put_forward and self._case.reach.now - self._case.began_at < max(lasted, seconds / 2)
        return lasted < seconds / 2 and not began_since

    def refused(self, what: Input, refused: Refused, floor: Floor) -> None:
        """Nobody can release a key that is not pressed. While Asterisk is away nothing can be done anyhow."""
        if not isinstance(what, Command) or HOLD_KEY not in refused.because or not floor.switch_is_there:
            return
        interaction = floor.interactions.get(what.interaction)
        party = _live_party(interaction, what.agent)
        channel = self._case.channel(party.leg) if party is not None else None
        if channel is None or not channel.is_there or channel.on_hold or channel.held_at is None:
            return
        released = self._case.reach.now - channel.held_at
        if released > UNNOTICED_SECONDS_MAX + self._case.reach.patience and channel.held_at < self._case.attached_at:
            raise Broken(f"{what.agent} can't {what.action} in {what.interaction}: a hold key that was released {released:.0f} s ago")

    # --- What really happens ---------------------------------------------------------------------------------------

    def rung(self, channel: SimChannel) -> None:
        """A telephone begins to ring."""
        whose, agent = self._case.whose.get(first_of(channel.id)), self._case.agent_of.get(first_of(channel.id))
        if whose is None or agent is None:
            return
        # What has ended keeps the state that it had: one that was picked up and hung up while nobody heard it ends no ringing beside it.
        if first_of(channel.id) in self.let_go or any(other.is_there and other.is_up for other in self._case.telephones(channel.id)):
            return  # it was on its way when another telephone of the same agent was picked up
        _, since = self._rung.get((whose[0], agent), (None, None))
        if since is None or channel.told_to_answer:  # whoever has accepted has all their seconds again
            since = self._case.reach.begins(whose[0])
        self._rung[whose[0], agent] = (channel.id, since)

    # --- What lasts ------------------------------------------------------------------------------------------------

    def look(self) -> None:
        """A second has passed. Say what has lasted too long."""
        patience = RINGING_SECONDS_OVER_MAX + self._case.reach.patience
        for (interaction, agent), (leg, since) in self._rung.items():
            channel = self._case.channel(leg)
            if channel is None or channel.state != "Ringing" or not channel.is_there:
                continue
            seconds = self._seconds.get((interaction, agent), 0.0)
            if since.in_reach > seconds + patience:
                raise Broken(f"{agent}'s telephone has rung {since.in_all:.0f} s for {interaction}, longer than its {seconds:.0f} s")
        for (interaction, agent), (seconds, since) in self._owed.items():
            if since.in_reach > seconds + patience:
                raise Broken(f"{agent} has owed the reason of {interaction} for {since.in_all:.0f} s, longer than its {seconds:.0f} s")
        assert self._case.exchange is not None, "an exchange is there before anybody calls"
        picked_up = {first_of(channel.id) for channel in self._case.exchange.channels.values() if channel.endpoint and channel.is_up}
        for channel in self._case.exchange.channels.values():
            rings = channel.state == "Ringing" or (channel.is_outside and channel.rings)
            gone = self.let_go.get(channel.id, self.let_go.get(first_of(channel.id))) if rings else None
            if rings and first_of(channel.id) in picked_up:
                gone = self._beside_answered.setdefault(channel.id, self._case.reach.begins(made_for(channel.id) or InteractionId("")))
            if gone is not None and gone.in_reach > patience:
                raise Broken(f"telephone {channel.endpoint} rings {gone.in_all:.0f} s after nobody wants {channel.id} any more")


def _live_party(interaction: Interaction | None, agent: AgentId) -> Party | None:
    if interaction is None:
        return None
    return next((party for party in parties(interaction) if party.agent == agent and party.standing is not Standing.GONE), None)


def _judge_offers(floor: Floor) -> None:
    in_call: dict[AgentId, InteractionId] = {}
    for interaction in floor.interactions.values():
        for party in parties(interaction):
            if party.agent is None or party.standing is Standing.GONE:
                continue
            if party.agent in in_call:
                raise Broken(f"{party.agent} is in {in_call[party.agent]} and in {interaction.id} at the same time")
            in_call[party.agent] = interaction.id


def _judge_wrap_up(before: Interaction, after: Interaction) -> None:
    """Whoever had the customer owes a reason once they have them no more, however the call left them (rule 23).

    While their telephone is rung back they have them still; if that comes to nothing they owe it then.
    """
    owner = owner_of(before)
    offer = before.offer
    is_rung_back = offer is not None and offer.why is OfferWhy.RING_BACK and offer.owes_wrap_up
    _judge_who_is_asked(before, after, owner)
    if owner is None or owner.agent is None:
        return
    if before.phase is Phase.DIALLING and not before.policy.wrap_up_unanswered:
        return
    if not owner.is_up and not (is_rung_back and owner.rings):
        return
    has = owner_of(after)
    has_left = has is None or has.agent != owner.agent or has.standing is Standing.GONE
    if not has_left or after.owes_wrap_up(owner.agent) is not None or len(after.wrap_ups) > len(before.wrap_ups):
        return
    how = "was rung back in vain" if is_rung_back else "had the customer, has left"
    raise Broken(f"{owner.agent} {how} and is asked for no wrap-up reason: {before.id}, {before.phase}, is now {after.phase}")


def _judge_who_is_asked(before: Interaction, after: Interaction, owner: Party | None) -> None:
    """Nobody else owes a reason, and none that is owed is forgotten."""
    had = owner.agent if owner is not None else None
    for asked in after.wrap_ups[len(before.wrap_ups) :]:
        if asked.agent != had:
            raise Broken(f"{asked.agent} is asked for a wrap-up reason of {before.id}, {before.phase}, and did not have the customer")
        if before.phase is Phase.DIALLING and not before.policy.wrap_up_unanswered:
            raise Broken(f"{asked.agent} is asked for a wrap-up reason of {before.id}, a call out that nobody has answered")
    for owed in before.wrap_ups:
        is_kept = any(wrap_up.agent == owed.agent and wrap_up.asked_at == owed.asked_at for wrap_up in after.wrap_ups)
        if owed.is_owed and not is_kept and (after.owner is None or after.owner.agent != owed.agent):
            raise Broken(f"{owed.agent} owed the reason of {before.id}, and owes it no more without having given it")


def _judge_release(change: Change, before: Interaction) -> None:
    """A release counts only after its press (rule 19)."""
    if not isinstance(change.cause, LegUnheld) or before.phase is change.after.phase:
        return
    party = party_of(before, change.cause.leg)
    if party is not None and not party.phone_on_hold:
        raise Broken(f"{before.id} went from {before.phase} to {change.after.phase} by the release of a key that was not pressed")
