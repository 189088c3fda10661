"""Judges what becomes of callers: nobody is hung up without a rule, given back without need, or left in silence."""

from controller.asterisk.seen import bridge_id, room_named
from controller.directory.ids import AgentId, InteractionId, LegId, Seconds
from controller.floor.floor import Floor
from controller.floor.outcome import Change, Outcome
from controller.interaction.facts import DeadlinePassed, LegEnded
from controller.interaction.interaction import ConsultStage, CustomerStage, Interaction, Phase
from controller.interaction.layout import Room, layout
from controller.interaction.notices import CallTurnedAway, OfferMade, OfferWithdrawn, TransferAnswered, WrapUpAsked
from controller.interaction.parties import customer_of, parties, party_of
from controller.interaction.party import Role
from controller.interaction.steps.owner import HABIT_SECONDS_MAX
from controller.routing.desk import DeskState
from controller.simulator.broken import Broken, Case
from controller.simulator.parts import End, SimChannel
from controller.simulator.reach import Since

SILENCE_SECONDS_MAX: Seconds = 10.0
TRIED_SECONDS_MIN: Seconds = 0.9
"""Nobody is given back to the dialplan sooner after they stand in silence: what has failed once must be asked again before."""
TELLING_SECONDS_MAX: Seconds = 15.0
"""How long after something can't be had somebody may still not know."""
REFUSED_SECONDS_MAX: Seconds = 5.0
"""How long a controller whose password is refused may still take callers."""
LEFT_ALONE = "is left alone with somebody on hold, or whose page is gone, and hears no music"
NOBODYS = InteractionId("")
"""What is asked for a caller of no interaction goes over one lane, the first."""
_IS_BEING_HANDED_ON = (Phase.QUEUED, Phase.OFFERED, Phase.TRANSFERRING, Phase.TRANSFER_ASKED)
"""Nobody has the customer, and somebody is to get them."""
_IS_NO_WISH = (LegEnded, DeadlinePassed)
"""What ends no call of a customer whom nobody has, unless they have hung up themselves."""
_NO_NEWS = (OfferMade, OfferWithdrawn, WrapUpAsked)
"""Notices of the daily round: they tell nobody that something can't be had."""


class CustomerJudge:
    """Remembers of callers only what it needs to judge."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._no_rule: dict[LegId, str] = {}
        """Customers whom the floor believes gone, or whose interaction it ended, without a rule; and why that is none."""
        self._turned_away: set[LegId] = set()
        self._transfer_refused_at: dict[LegId, Seconds] = {}
        """When the transfer was refused last that a telephone had asked for, by the controller's own time."""
        self._no_room: set[InteractionId] = set()
        self._silent: dict[LegId, tuple[InteractionId, Since]] = {}
        """Callers who hear nothing, of which interaction, and since when."""
        self._stuck: dict[InteractionId, Since] = {}
        self._cant: dict[tuple[InteractionId, str], Since] = {}
        self._refused_since: Seconds | None = None
        """Since when Asterisk refuses all lanes of a controller that believes itself attached; None: it does not."""

    # --- What the floor says ---------------------------------------------------------------------------------------

    def followed(self, outcome: Outcome, floor: Floor) -> None:
        """The floor has taken an input."""
        for notice in outcome.notices:
            if isinstance(notice, CallTurnedAway):
                self._turned_away.add(notice.leg)
                _judge_turned_away(notice, outcome, floor)
            if isinstance(notice, TransferAnswered) and notice.because is not None:
                self._transfer_refused_at[notice.leg] = self._case.at
            if not isinstance(notice, _NO_NEWS):
                self._somebody_knows(notice.interaction)
        for change in outcome.changes:
            if isinstance(change.cause, LegEnded) or change.after.phase is Phase.ENDED or change.after.news:
                self._somebody_knows(change.after.id)
            if change.after.phase is Phase.ENDED and change.before is not None and change.before.phase is not Phase.ENDED:
                self._note_end(change, change.before)

    def _somebody_knows(self, interaction: InteractionId) -> None:
        for known in [key for key in self._cant if key[0] == interaction]:
            del self._cant[known]

    def _note_end(self, change: Change, before: Interaction) -> None:
        """Commands, deadlines and hang-ups end an interaction by a rule; a leg that only the controller believes gone does not."""
        whose = customer_of(before)
        if whose is not None:
            self._no_rule.pop(whose.leg, None)  # what a process that was killed believed counts no more
        if whose is None:
            return
        if before.phase is Phase.DIALLING:
            return  # nobody has answered, so nobody is hung up on
        by_customer = isinstance(change.cause, LegEnded) and change.cause.leg == whose.leg
        ends_no_call = isinstance(change.cause, _IS_NO_WISH) and not by_customer and whose.leg not in self._turned_away
        if before.phase in _IS_BEING_HANDED_ON and ends_no_call:
            self._no_rule[whose.leg] = f"it was {before.phase}, and {type(change.cause).__name__} ends no call"
            return
        if not isinstance(change.cause, LegEnded):
            return
        leg, customer = self._case.channel(change.cause.leg), whose.leg
        if leg is not None and leg.hung_up_by_itself and self._was_refused_before(leg):
            self._no_rule[customer] = f"{leg.id} hung up by itself, since its transfer was refused"
            return
        party = party_of(before, change.cause.leg)
        if leg is not None and leg.is_there:
            self._no_rule[customer] = f"{change.cause.leg} is taken for gone and is there"
        elif leg is not None and party is not None and party.role is not Role.CUSTOMER and not self._may_have_hung_up(leg):
            self._no_rule[customer] = f"{change.cause.leg} is taken for hung up, and {leg.end}"

    def _was_refused_before(self, leg: SimChannel) -> bool:
        refused_at = self._transfer_refused_at.get(leg.id)
        return refused_at is not None and self._case.at - refused_at <= HABIT_SECONDS_MAX

    def _may_have_hung_up(self, leg: SimChannel) -> bool:
        if leg.end is End.BY_US:
            return self._case.may_be_forgotten(leg)
        return leg.end is End.HUNG_UP or self._case.nobody_heard(leg)

    # --- What really happens ---------------------------------------------------------------------------------------

    def was_hung_up_by_us(self, channel: SimChannel) -> None:
        """The controller asks for the end of a channel."""
        if not self._case.is_customer(channel):
            return
        if channel.replaced_by is not None and channel.replaced_by.id in self._case.whose:
            return  # they go on by another call, and the one that they had is ended
        whose = self._case.whose.get(channel.id)
        if whose is None and self._case.took_place_in_vain(channel):
            return
        if whose is None:
            raise Broken(f"the caller {channel.id} was hung up by us, and belonged to no interaction")
        if channel.id in self._no_rule:
            raise Broken(f"the customer of {whose[0]} was hung up by us without a rule: {self._no_rule[channel.id]}")
        if channel.endpoint and self._case.may_be_forgotten(channel):
            return  # called by a process that could not keep that it did, so that no later one can know who they are
        if self._case.phase[whose[0]] is not Phase.ENDED:
            raise Broken(f"the customer of {whose[0]}, {self._case.phase[whose[0]]}, was hung up by us without a rule")

    def fell_back(self, channel: SimChannel) -> None:
        """A caller is the dialplan's from now on. That the floor must hear of it is `_why_gone`."""
        whose = self._case.whose.get(channel.id)
        if channel.id in self._turned_away:
            return
        if whose is None:
            if channel.in_stasis:
                raise Broken(f"the caller {channel.id} was given back to the dialplan, and nobody has turned them away")
            return
        if whose[0] in self._no_room:
            return
        if channel.id not in self._silent:
            raise Broken(f"the customer of {whose[0]} was given back to the dialplan, and could have had a room")
        silent = self._silent[channel.id][1].in_all
        if silent < TRIED_SECONDS_MIN:
            raise Broken(f"the customer of {whose[0]} was given back to the dialplan after {silent:.1f} s in no room, tried once at most")

    def was_given(self, channel: SimChannel) -> None:
        """The dialplan gives us a caller."""
        since = self._refused_since
        if since is not None and self._case.reach.now - since > REFUSED_SECONDS_MAX:
            raise Broken(f"the caller {channel.id} was taken by a controller whose password Asterisk has refused for {self._ago(since)}")

    def _ago(self, since: Seconds) -> str:
        return f"{self._case.reach.now - since:.0f} s"

    def could_not(self, what: str) -> None:
        """Something can't be had."""
        interaction = _meant(what)
        if interaction is not None:
            self._cant.setdefault((interaction, what), self._case.reach.begins(interaction))
            if what.endswith(f"-{Room.HOLD.value}"):
                self._no_room.add(interaction)

    def could(self, what: str) -> None:
        """It can be had after all."""
        interaction = _meant(what)
        if interaction is not None:
            self._cant.pop((interaction, what), None)
            if what.endswith(f"-{Room.HOLD.value}"):
                self._no_room.discard(interaction)

    def note_refusal(self, *, refused: bool) -> None:
        """Say whether Asterisk refuses all lanes of a controller that believes itself attached."""
        if not refused:
            self._refused_since = None
        elif self._refused_since is None:
            self._refused_since = self._case.reach.now

    # --- What lasts ------------------------------------------------------------------------------------------------

    def look(self, floor: Floor) -> None:
        """A second has passed. Say what has lasted too long."""
        self._judge_silence()
        self._judge_telling(floor)
        self._judge_stuck(floor)

    def _judge_silence(self) -> None:
        assert self._case.exchange is not None, "an exchange is there before anybody calls"
        patience = SILENCE_SECONDS_MAX + self._case.reach.patience
        there = self._case.exchange.channels
        for leg in [leg for leg in self._silent if leg not in there]:
            del self._silent[leg]
        for channel in there.values():
            find = _silence if self._case.is_customer(channel) else _silence_of_others
            silence = find(channel) if channel.in_stasis else None
            if silence == LEFT_ALONE and self._case.whose.get(channel.id, (NOBODYS,))[0] in self._no_room:
                silence = None  # there is no other room: they stay where they are safe, and their people are told
            if silence is None:
                self._silent.pop(channel.id, None)
                continue
            whose = self._case.whose.get(channel.id)
            of = whose[0] if whose is not None else NOBODYS
            if channel.id not in self._silent or self._silent[channel.id][0] != of:
                self._silent[channel.id] = (of, self._case.reach.begins(of))
            since = self._silent[channel.id][1]
            if since.in_reach > patience:
                who = "the customer" if self._case.is_customer(channel) else "the leg"
                raise Broken(f"{who} {channel.id} of {of or 'no interaction'} {silence}, for {since.in_all:.0f} s")

    def _judge_telling(self, floor: Floor) -> None:
        patience = TELLING_SECONDS_MAX + self._case.reach.patience
        for (interaction, what), since in tuple(self._cant.items()):
            known = floor.interactions.get(interaction)
            # What was told once is known for as long as somebody is stuck.
            if known is None or not _is_wanted(what, known) or any(party.is_stuck for party in parties(known)):
                del self._cant[interaction, what]
            elif since.in_reach > patience:
                raise Broken(f"{what} of {interaction} can't be had, and nobody has been told for {since.in_all:.0f} s")

    def _judge_stuck(self, floor: Floor) -> None:
        """Somebody must be able to do something, or a time must end it."""
        patience = SILENCE_SECONDS_MAX + self._case.reach.patience
        stuck = {interaction.id: why for interaction in floor.interactions.values() if (why := self._why_stuck(interaction, floor))}
        for known in [known for known in self._stuck if known not in stuck]:
            del self._stuck[known]
        for interaction, why in stuck.items():
            since = self._stuck.setdefault(interaction, self._case.reach.begins(interaction))
            if since.in_reach > patience:
                raise Broken(
                    f"nobody can do anything about {interaction}, {self._case.phase[interaction]}, for {since.in_all:.0f} s: {why}"
                )

    def _why_stuck(self, interaction: Interaction, floor: Floor) -> str | None:
        match interaction.phase:
            case Phase.ENDED:
                return None
            case Phase.QUEUED:
                queue = floor.directory.queues.get(interaction.queue) if interaction.queue is not None else None
                served = queue is not None and any(agent in floor.directory.agents for agent in queue.agents)
                return None if served else "nobody serves its queue"
            case _ if not _has_an_end(interaction):
                return "it waits for a telephone, and no time ends that"
            case _:
                return next((why for party in parties(interaction) if party.is_up and (why := self._why_gone(party.leg))), None)

    def _why_gone(self, leg: LegId) -> str | None:
        channel = self._case.channel(leg)
        return f"{leg} is gone ({channel.end}), and counts as there" if channel is not None and not channel.is_there else None


def _silence(channel: SimChannel) -> str | None:
    """Say in what silence a caller stands; None: they hear something or somebody."""
    if channel.state == "Ring":
        return "has not been answered"
    if channel.rings or not channel.is_up:
        return None  # somebody whom we call, and who has not answered
    if channel.bridge is None:
        return "stands in no room"
    room = room_named(channel.bridge.id)
    if room is None:
        return None
    if room[1] is Room.HOLD:
        return None if channel.hears_music else "hears no music in the hold room"
    if channel.said_on_hold:
        return None  # by their own key, and whoever was with them hears music meanwhile
    others = [other for other in channel.bridge.channels.values() if other.is_up and other is not channel]
    return _with_who_is_on_hold(channel) if others else "stands alone in the talk room"


def _silence_of_others(channel: SimChannel) -> str | None:
    """Say in what silence somebody stands who is no customer: an owner whose customer is on hold may stand alone."""
    room = room_named(channel.bridge.id) if channel.bridge is not None else None
    if room is None or not channel.is_up:
        return None
    if room[1] is Room.HOLD:
        return None if channel.hears_music or channel.tone else "hears no music in the hold room"
    return _with_who_is_on_hold(channel)


def _with_who_is_on_hold(channel: SimChannel) -> str | None:
    """Whoever has pressed their own hold key sends nothing, and hears nobody by their own choice."""
    assert channel.bridge is not None, "they stand in a room"
    others = [other for other in channel.bridge.channels.values() if other.is_up and other is not channel]
    is_left_alone = bool(others) and all(other.said_on_hold or other.is_dead for other in others) and not channel.said_on_hold
    return LEFT_ALONE if is_left_alone else None


def _has_an_end(interaction: Interaction) -> bool:
    """Whether everything that rings or waits does so until some moment."""
    consult, customer = interaction.consult, interaction.customer
    if consult is not None and consult.stage is not ConsultStage.UP and consult.deadline is None:
        return False
    is_bounded = customer.stage is CustomerStage.RINGING or interaction.phase is Phase.HANDED_OUT
    return customer.deadline is not None or not is_bounded


def _judge_turned_away(notice: CallTurnedAway, outcome: Outcome, floor: Floor) -> None:
    """A customer whom somebody has had goes back to the dialplan only where no line is left for them."""
    for change in outcome.changes:
        before = change.before
        if before is None or before.customer.leg.id != notice.leg or before.queue is None:
            continue
        if before.owner is not None and isinstance(change.cause, LegEnded) and _can_be_rung_back(before.owner.agent, before, floor):
            had = before.owner.agent
            raise Broken(f"the customer of {before.id} was given to the dialplan ({notice.because}), and {had}, who had them, was not rung")
        queue = floor.directory.queues.get(before.queue)
        if queue is not None and queue.agents:
            raise Broken(f"the customer of {before.id} was given to the dialplan ({notice.because}), and {queue.id} is served")


def _can_be_rung_back(agent: AgentId, of: Interaction, floor: Floor) -> bool:
    is_elsewhere = any(other.id != of.id for other in floor.interactions_of(agent))
    return agent in floor.directory.agents and not is_elsewhere and floor.desks[agent].chosen is not DeskState.LOGGED_OFF


def _is_wanted(what: str, interaction: Interaction) -> bool:
    """Whether the bridge or channel that can't be had is still of use to somebody."""
    places = layout(interaction).places
    return any(what in (f"telephone {place.leg}", f"room {bridge_id(interaction.id, place.room)}") for place in places)


def _meant(what: str) -> InteractionId | None:
    """Read of which interaction the bridge or channel is that can't be had."""
    parts = what.split(" ", 1)[1].split("-")
    return InteractionId(parts[1]) if len(parts) >= 3 else None
