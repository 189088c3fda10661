"""Looks at what really happens in the simulated exchange and at what the floor says, and raises `Broken` when a promise is broken.

It trusts neither the controller's mirror nor its layouts alone: who hears whom is judged on the simulated bridges. What becomes of callers
is `judge_customers`, what becomes of agents `judge_agents`, what becomes of whoever is asked `judge_asked`; calls to outside are
`judge_outside`, what people are told `judge_telling`, and what comes of the keys of telephones `judge_keys`.
"""

from controller.asterisk.seen import first_of, room_named
from controller.directory.ids import InteractionId, LegId, Seconds
from controller.floor.floor import Floor
from controller.floor.outcome import Input, Outcome
from controller.interaction.commands import Command
from controller.interaction.interaction import Interaction, Phase
from controller.interaction.layout import Room, layout
from controller.interaction.party import Role
from controller.interaction.refusals import Refused
from controller.journal.codec import write_state
from controller.journal.replay import bring_back
from controller.simulator.broken import Broken, Case
from controller.simulator.disk import Disk
from controller.simulator.exchange import Exchange, Witness
from controller.simulator.judge_agents import AgentJudge
from controller.simulator.judge_asked import AskedJudge
from controller.simulator.judge_customers import CustomerJudge
from controller.simulator.judge_keys import KeysJudge
from controller.simulator.judge_outside import OutsideJudge
from controller.simulator.judge_pages import PageJudge
from controller.simulator.judge_telling import TellingJudge
from controller.simulator.parts import SimBridge, SimChannel
from controller.simulator.process import Process
from controller.simulator.reach import Reach, Since

STRANGER_SECONDS_MAX: Seconds = 3.0
"""How long somebody may stand in a room of ours whom nobody of ours has brought there; lost answers are asked for again meanwhile."""


class Judge(Witness):
    """Remembers only what it needs to judge."""

    def __init__(self, reach: Reach) -> None:
        self.case = Case(reach)
        self.customers = CustomerJudge(self.case)
        self.agents = AgentJudge(self.case)
        self.asked = AskedJudge(self.case)
        self.outside = OutsideJudge(self.case)
        self.telling = TellingJudge(self.case)
        self.pages = PageJudge(self.case)
        self.keys = KeysJudge(self.case)
        self._have_met: set[LegId] = set()
        """Those of ours and outside who are with the customer: they and the customer may hear one another from then on."""
        self._done: dict[int, tuple[Command, int]] = {}
        """Commands that were done, with the revision that came of them."""
        self._strangers: dict[LegId, Since] = {}
        self.looks = 0

    # --- What the floor says ---------------------------------------------------------------------------------------

    def followed(self, what: Input, outcome: Outcome, floor: Floor) -> None:
        """The floor has taken an input. What an agent says by keys is judged as the command that it is."""
        what = outcome.kept_as or what
        self._judge_once(what, outcome)
        for change in outcome.changes:
            self._note(change.after)
        self.customers.followed(outcome, floor)
        self.asked.followed(outcome, floor)
        self.agents.followed(what, outcome, floor)
        self.outside.followed(what, outcome, floor)
        self.telling.followed(outcome)
        self.pages.followed(outcome)
        self.keys.followed(outcome)

    def refused(self, what: Input, refused: Refused, floor: Floor) -> None:
        """The floor would not do it."""
        self.agents.refused(what, refused, floor)

    def began_again(self, floor: Floor) -> None:
        """A process has begun with what the journal had: what was not kept has never been."""
        self.agents.began_again(floor)
        self.asked.began_again(floor)
        self.outside.began_again(floor)
        self.pages.began_again()
        self.case.began_again(floor)
        for interaction in floor.interactions.values():
            self._note(interaction)
        for key, (command, revision) in tuple(self._done.items()):
            known = floor.interactions.get(command.interaction)
            if known is not None and known.revision < revision:
                del self._done[key]

    def _note(self, interaction: Interaction) -> None:
        self.case.note(interaction)
        self._have_met.update(member.leg.id for member in interaction.members)
        if interaction.phase is Phase.CONFERENCE and interaction.owner is not None:
            self._have_met.add(interaction.owner.leg.id)

    def _judge_once(self, what: Input, outcome: Outcome) -> None:
        """A command that is sent again is the very same object: a client that heard no answer, or that it was not kept."""
        if not isinstance(what, Command):
            return
        done = [change.after.revision for change in outcome.changes if change.cause is what]
        if done:
            if id(what) in self._done:
                raise Broken(f"{what.action} of {what.agent} in {what.interaction} was sent again with its key, and done twice")
            self._done[id(what)] = (what, done[0])

    def look(self, floor: Floor | None) -> None:
        """A second has passed. Say what has lasted too long."""
        self.agents.look()
        self.outside.look()
        self._judge_strangers()
        self.keys.look()
        if floor is not None:
            self.customers.look(floor)
            self.asked.look(floor)
            self.telling.look(floor)
            self.pages.look(floor)

    def _judge_strangers(self) -> None:
        """Nobody stands in a room of ours whom nobody has brought there."""
        assert self.case.exchange is not None, "an exchange is there before anybody calls"
        there = (*self.case.exchange.channels.values(), *self.case.exchange.neighbours.strangers())
        unasked = [channel for channel in there if channel.id not in self.case.whose or channel.stands_by_itself]
        standing = {channel.id: channel.bridge.id for channel in unasked if channel.bridge is not None}
        for leg in [leg for leg in self._strangers if leg not in standing]:
            del self._strangers[leg]
        for leg, bridge in standing.items():
            named = room_named(bridge)
            if named is None:
                continue
            since = self._strangers.setdefault(leg, self.case.reach.begins(named[0]))
            if since.in_reach > STRANGER_SECONDS_MAX + self.case.reach.patience:
                raise Broken(f"{leg} stands in {bridge} for {since.in_all:.0f} s, and nobody of ours has brought it there")

    # --- What really happens ---------------------------------------------------------------------------------------

    def entered(self, channel: SimChannel, bridge: SimBridge) -> None:
        self.looks += 1
        named = room_named(bridge.id)
        if named is None:
            return
        interaction, room = named
        talking = [self.case.whose.get(leg) for leg in bridge.channels]
        for leg, whose in zip(bridge.channels, talking, strict=True):
            if whose is not None and whose[0] != interaction:
                raise Broken(f"{leg} of {whose[0]} stands in a room of {interaction}")
        if room is Room.HOLD:
            return
        roles = {leg: whose[1] for leg, whose in zip(bridge.channels, talking, strict=True) if whose is not None}
        hears = [leg for leg in roles if self._is_with_customer(leg)]
        consulted = [leg for leg, role in roles.items() if role is Role.AGENT_2 and leg not in self._have_met]
        if hears and consulted:
            who = "customer" if Role.CUSTOMER in roles.values() else "conference"
            phase = self.case.phase[interaction]
            raise Broken(f"the {who} of {interaction} hears the consult: {channel.id} came into the talk room while it was {phase}")
        for other in bridge.channels.values():
            if other.sounds:
                self._judge_early_sound(other, bridge)

    def is_heard(self, channel: SimChannel) -> None:
        if channel.bridge is not None and channel.coming_to is None:
            self._judge_early_sound(channel, channel.bridge)

    def _judge_early_sound(self, rung: SimChannel, bridge: SimBridge) -> None:
        """Rule 14: while an outside target rings the customer hears music, and never what the network plays before it answers."""
        named = room_named(bridge.id)
        if named is None or named[1] is Room.HOLD:
            return
        if self.case.role(rung.id) is Role.CUSTOMER:
            return
        for leg in bridge.channels:
            if leg != rung.id and self._is_with_customer(leg):
                raise Broken(f"{leg} of {named[0]}, {self.case.phase[named[0]]}, hears what {rung.dialled} plays before it answers")

    def _is_with_customer(self, leg: LegId) -> bool:
        """Whether it is the customer's, or a member's: who may hear no consult. The owner may."""
        role = self.case.role(leg)
        return role is Role.CUSTOMER or (role is Role.AGENT_2 and leg in self._have_met)

    def was_dialled_twice(self, channel: SimChannel) -> None:
        self.outside.was_dialled_twice(channel)

    def rung(self, channel: SimChannel) -> None:
        self.agents.rung(channel)
        self.outside.rung(channel)

    def was_busy(self, channel: SimChannel, with_: SimChannel) -> None:
        one, other = self.case.whose.get(channel.id), self.case.whose.get(with_.id)
        if one is None or other is None or one[0] == other[0]:
            return
        if not self.agents.let_go.keys() & {channel.id, with_.id}:
            raise Broken(f"telephone {channel.endpoint} was rung for {one[0]} while it {with_.state} for {other[0]}")

    def was_ended_too_soon(self, channel: SimChannel) -> None:
        raise Broken(f"{channel.id} is ended just after its telephone was told of its transfer: Asterisk falls over that")

    def heard_key(self, by: SimChannel, of: SimChannel) -> None:
        self.keys.heard(by, of)

    def gone(self, channel: SimChannel) -> None:
        pass

    def fell_back(self, channel: SimChannel) -> None:
        self.customers.fell_back(channel)

    def was_given(self, channel: SimChannel) -> None:
        self.customers.was_given(channel)

    def was_hung_up_by_us(self, channel: SimChannel) -> None:
        self.customers.was_hung_up_by_us(channel)

    def could_not(self, what: str) -> None:
        self.customers.could_not(what)

    def could(self, what: str) -> None:
        self.customers.could(what)

    def touched(self, request: str) -> None:
        raise Broken(f"{request} is about what another application has on the same Asterisk")

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
        rung = {
            place.leg for interaction in floor.interactions.values() for place in layout(interaction).places if place.endpoint is not None
        }
        beside = {first_of(channel.id) for channel in exchange.channels.values() if first_of(channel.id) != channel.id} & rung
        for channel in exchange.channels.values():
            if channel.id not in wanted and first_of(channel.id) not in rung:
                what = "left behind" if channel.endpoint else "a customer, forgotten"
                raise Broken(f"{channel.id} ({channel.state}) belongs to no interaction: {what}")
        for leg, (interaction_id, room, muted) in wanted.items():
            there = exchange.channels.get(leg)
            if there is None and leg in beside:
                continue  # it was busy, say, and another telephone of the same agent rings
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
