"""Judges what becomes of callers: nobody is hung up without a rule, given back without need, or left in silence."""

from controller.asterisk.seen import bridge_id, room_named
from controller.directory.ids import InteractionId, LegId, Seconds
from controller.floor.floor import Floor
from controller.floor.outcome import Change, Outcome
from controller.interaction.facts import LegEnded
from controller.interaction.interaction import Interaction, Phase
from controller.interaction.layout import Room, layout
from controller.interaction.notices import CallTurnedAway, OfferMade, OfferWithdrawn, WrapUpAsked
from controller.interaction.parties import customer_of, deadlines, parties, party_of
from controller.interaction.party import Role
from controller.simulator.broken import Broken, Case
from controller.simulator.parts import End, SimChannel
from controller.simulator.reach import Since

SILENCE_SECONDS_MAX: Seconds = 10.0
TELLING_SECONDS_MAX: Seconds = 15.0
"""How long after something can't be had somebody may still not know."""
REFUSED_SECONDS_MAX: Seconds = 5.0
"""How long a controller whose password is refused may still take callers."""
NOBODYS = InteractionId("")
"""What is asked for a caller of no interaction goes over one lane, the first."""
_NO_NEWS = (OfferMade, OfferWithdrawn, WrapUpAsked)
"""Notices of the daily round: they tell nobody that something can't be had."""


class CustomerJudge:
    """Remembers of callers only what it needs to judge."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._no_rule: dict[LegId, str] = {}
        """Customers whom the floor believes gone, or whose interaction it ended, without a rule; and why that is none."""
        self._turned_away: set[LegId] = set()
        self._no_room: set[InteractionId] = set()
        self._silent: dict[LegId, tuple[InteractionId, Since]] = {}
        """Callers who hear nothing, of which interaction, and since when."""
        self._stuck: dict[InteractionId, Since] = {}
        self._cant: dict[tuple[InteractionId, str], Since] = {}
        self._refused_since: Seconds | None = None
        """Since when Asterisk refuses all lanes of a controller that believes itself attached; None: it does not."""

    # --- What the floor says ---------------------------------------------------------------------------------------

    def followed(self, outcome: Outcome) -> None:
        """The floor has taken an input."""
        for notice in outcome.notices:
            if isinstance(notice, CallTurnedAway):
                self._turned_away.add(notice.leg)
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
        if not isinstance(change.cause, LegEnded) or whose is None:
            return
        leg, customer = self._case.channel(change.cause.leg), whose.leg
        party = party_of(before, change.cause.leg)
        if leg is not None and leg.is_there:
            self._no_rule[customer] = f"{change.cause.leg} is taken for gone and is there"
        elif leg is not None and party is not None and party.role is not Role.CUSTOMER and not self._may_have_hung_up(leg):
            self._no_rule[customer] = f"{change.cause.leg} is taken for hung up, and {leg.end}"

    def _may_have_hung_up(self, leg: SimChannel) -> bool:
        if leg.end is End.BY_US:
            return self._case.may_be_forgotten(leg)
        return leg.end is End.HUNG_UP or self._case.nobody_heard(leg)

    # --- What really happens ---------------------------------------------------------------------------------------

    def was_hung_up_by_us(self, channel: SimChannel) -> None:
        """The controller asks for the end of a channel."""
        if channel.endpoint:
            return
        whose = self._case.whose.get(channel.id)
        if whose is None:
            raise Broken(f"the caller {channel.id} was hung up by us, and belonged to no interaction")
        if channel.id in self._no_rule:
            raise Broken(f"the customer of {whose[0]} was hung up by us without a rule: {self._no_rule[channel.id]}")
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
        if whose[0] not in self._no_room and channel.id not in self._silent:
            raise Broken(f"the customer of {whose[0]} was given back to the dialplan, and could have had a room")

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
            silence = None if channel.endpoint or not channel.in_stasis else _silence(channel)
            if silence is None:
                self._silent.pop(channel.id, None)
                continue
            whose = self._case.whose.get(channel.id)
            of = whose[0] if whose is not None else NOBODYS
            if channel.id not in self._silent or self._silent[channel.id][0] != of:
                self._silent[channel.id] = (of, self._case.reach.begins(of))
            since = self._silent[channel.id][1]
            if since.in_reach > patience:
                raise Broken(f"the customer {channel.id} of {of or 'no interaction'} {silence}, for {since.in_all:.0f} s")

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
                queue = floor.directory.queues.get(interaction.queue)
                served = queue is not None and any(agent in floor.directory.agents for agent in queue.agents)
                return None if served else "nobody serves its queue"
            case Phase.OFFERED | Phase.CONSULT_OFFERED | Phase.TRANSFER_ASKED if not deadlines(interaction):
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
    if channel.bridge is None:
        return "stands in no room"
    room = room_named(channel.bridge.id)
    if room is None:
        return None
    if room[1] is Room.HOLD:
        return None if channel.hears_music else "hears no music in the hold room"
    alone = not any(other.is_up for other in channel.bridge.channels.values() if other is not channel)
    return "stands alone in the talk room" if alone else None


def _is_wanted(what: str, interaction: Interaction) -> bool:
    """Whether the bridge or channel that can't be had is still of use to somebody."""
    places = layout(interaction).places
    return any(what in (f"telephone {place.leg}", f"room {bridge_id(interaction.id, place.room)}") for place in places)


def _meant(what: str) -> InteractionId | None:
    """Read of which interaction the bridge or channel is that can't be had."""
    parts = what.split(" ", 1)[1].split("-")
    return InteractionId(parts[1]) if len(parts) >= 3 else None
