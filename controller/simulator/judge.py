"""Looks at what really happens in the simulated exchange and at what the floor says, and raises `Broken` when a promise is broken.

It trusts neither the controller's mirror nor its layouts alone: who hears whom is judged on the simulated bridges.
"""

from controller.asterisk.seen import OURS, room_named
from controller.directory.ids import AgentId, InteractionId, LegId
from controller.floor.floor import Floor
from controller.floor.outcome import Outcome
from controller.interaction.interaction import Interaction, Phase, Role, Standing
from controller.interaction.layout import Room, layout
from controller.journal.codec import write_state
from controller.journal.replay import bring_back
from controller.simulator.disk import Disk
from controller.simulator.exchange import Exchange, SimBridge, SimChannel, Witness
from controller.simulator.process import Mistake, Process


class Broken(Mistake):
    """A promise is broken. `because` says which, and where."""


def _judge_wrap_up(before: Interaction, after: Interaction) -> None:
    """Whoever had the customer owes a reason once they have them no more, unless their telephone was lost and the customer waits again."""
    owner = before.owner
    if owner is None or owner.agent is None or not owner.is_up:
        return
    has_left = after.owner is None or after.owner.agent != owner.agent or after.owner.standing is Standing.GONE
    if has_left and after.phase is not Phase.QUEUED and all(wrap_up.agent != owner.agent for wrap_up in after.wrap_ups):
        raise Broken(f"{owner.agent} had the customer of {before.id}, has left, and is asked for no wrap-up reason")


class Judge(Witness):
    """Remembers only what it needs to judge."""

    def __init__(self) -> None:
        self._whose: dict[LegId, tuple[InteractionId, Role]] = {}
        self._phase: dict[InteractionId, Phase] = {}
        self._have_met: set[LegId] = set()
        """Agents 2 who have been in a conference: they and the customer have heard one another, and no consult can follow."""
        self._let_go: set[LegId] = set()
        """Legs of agents that no layout names any more; they may still be there for a moment."""
        self.looks = 0

    # --- What the floor says ---------------------------------------------------------------------------------------

    def followed(self, outcome: Outcome, floor: Floor) -> None:
        """The floor has taken an input."""
        for change in outcome.changes:
            if change.before is not None:
                self._let_go.update(party.leg for party in change.before.parties)
                _judge_wrap_up(change.before, change.after)
            self._note(change.after)
        if outcome.changes:
            self._judge_offers(floor)

    def began_again(self, floor: Floor) -> None:
        """A process has begun with what the journal had: what was not kept has never been."""
        self._let_go.update(self._whose)
        for interaction in floor.interactions.values():
            self._note(interaction)

    def _note(self, interaction: Interaction) -> None:
        phase = self._phase[interaction.id] = interaction.phase
        for party in interaction.parties:
            self._whose[party.leg] = (interaction.id, party.role)
            if phase is not Phase.ENDED and party.standing is not Standing.GONE:
                self._let_go.discard(party.leg)
            if phase is Phase.CONFERENCE:
                self._have_met.add(party.leg)

    def _judge_offers(self, floor: Floor) -> None:
        in_call: dict[AgentId, InteractionId] = {}
        for interaction in floor.interactions.values():
            for party in interaction.parties:
                if party.agent is None or party.standing is Standing.GONE:
                    continue
                if party.agent in in_call:
                    raise Broken(f"{party.agent} is in {in_call[party.agent]} and in {interaction.id} at the same time")
                in_call[party.agent] = interaction.id

    # --- What really happens ---------------------------------------------------------------------------------------

    def entered(self, channel: SimChannel, bridge: SimBridge) -> None:
        self.looks += 1
        named = room_named(bridge.id)
        if named is None:
            return
        interaction, room = named
        talking = [self._whose.get(leg) for leg in bridge.channels]
        for leg, whose in zip(bridge.channels, talking, strict=True):
            if whose is not None and whose[0] != interaction:
                raise Broken(f"{leg} of {whose[0]} stands in a room of {interaction}")
        if room is Room.HOLD:
            return
        roles = {whose[1]: leg for leg, whose in zip(bridge.channels, talking, strict=True) if whose is not None}
        if Role.CUSTOMER in roles and Role.AGENT_2 in roles and roles[Role.AGENT_2] not in self._have_met:
            phase = self._phase[interaction]
            raise Broken(f"the customer of {interaction} hears the consult: {channel.id} came into the talk room while it was {phase}")

    def rung(self, channel: SimChannel) -> None:
        pass

    def was_busy(self, channel: SimChannel, with_: SimChannel) -> None:
        one, other = self._whose.get(channel.id), self._whose.get(with_.id)
        if one is None or other is None or one[0] == other[0]:
            return
        if not self._let_go.intersection((channel.id, with_.id)):
            raise Broken(f"telephone {channel.endpoint} was rung for {one[0]} while it {with_.state} for {other[0]}")

    def gone(self, channel: SimChannel) -> None:
        pass

    def fell_back(self, channel: SimChannel) -> None:
        whose = self._whose.get(channel.id)
        if whose is not None:
            raise Broken(f"the customer of {whose[0]} was given back to the dialplan")

    # --- What is kept ----------------------------------------------------------------------------------------------

    def judge_journal(self, process: Process, disk: Disk) -> None:
        """What the disk has gives the same contact centre, byte for byte. Ask between two turns, while everything is kept."""
        self.looks += 1
        kept, now = write_state(bring_back(disk.open()).floor.state()), write_state(process.floor.state())
        if kept != now:
            at = next(place for place, (one, other) in enumerate(zip(kept, now, strict=False)) if one != other)
            raise Broken(
                f"the journal gives another state: …{kept[max(0, at - 80) : at + 80]}… instead of …{now[max(0, at - 80) : at + 80]}…"
            )

    # --- When all is quiet -----------------------------------------------------------------------------------------

    def judge_quiet(self, floor: Floor, exchange: Exchange) -> None:
        """Faults have stopped and nobody has done anything for a while: Asterisk is as every layout says, and nobody is forgotten."""
        wanted: dict[LegId, tuple[InteractionId, Room, bool]] = {}
        for interaction in floor.interactions.values():
            for place in layout(interaction).places:
                wanted[place.leg] = (interaction.id, place.room, place.muted)
        for channel in exchange.channels.values():
            if channel.id not in wanted:
                what = "left behind" if channel.id.startswith(OURS) else "a customer, forgotten"
                raise Broken(f"{channel.id} ({channel.state}) belongs to no interaction: {what}")
        for leg, (interaction_id, room, muted) in wanted.items():
            there = exchange.channels.get(leg)
            if there is None:
                raise Broken(
                    f"{interaction_id}, {floor.interactions[interaction_id].phase}: leg {leg} is wanted in {room} and is not there"
                )
            if there.bridge is None or room_named(there.bridge.id) != (interaction_id, room):
                where = there.bridge.id if there.bridge else "nowhere"
                raise Broken(
                    f"{interaction_id}, {floor.interactions[interaction_id].phase}: leg {leg} belongs in {room} and stands {where}"
                )
            if there.muted is not muted and there.is_up:
                raise Broken(f"{interaction_id}: leg {leg} is {'muted' if there.muted else 'not muted'}")
            if there.state == "Ring":
                raise Broken(f"{interaction_id}: the customer {leg} has not been answered and hears no music")
        known = floor.interactions
        for bridge in exchange.bridges:
            named = room_named(bridge)
            if named is None or named[0] not in known or known[named[0]].phase is Phase.ENDED:
                raise Broken(f"the bridge {bridge} is left behind")

    def judge_end(self, process: Process, exchange: Exchange) -> None:
        """Everybody has hung up and every time is over: nothing is left anywhere."""
        floor = process.floor
        for interaction in floor.interactions.values():
            raise Broken(f"{interaction.id} is still {interaction.phase} when everybody has gone")
        if exchange.channels or exchange.bridges:
            raise Broken(f"left behind: {', '.join([*exchange.channels, *exchange.bridges])}")
        for desk in floor.desks.values():
            if desk.occupied is not None or desk.interaction is not None:
                raise Broken(f"{desk.agent} is still {desk.occupied} when everybody has gone")
        if floor.state().leaving:
            raise Broken(f"still waiting for {floor.state().leaving} to leave")
        if not process.switch.is_at_rest:
            raise Broken("the switch still looks after something when everybody has gone")
