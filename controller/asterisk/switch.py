"""The telephone switch as the rest of the program sees it: layouts go in, facts come out. The only folder that knows ARI.

It hears events, keeps the mirror (`seen`), turns what they mean into facts, and has one reconciler for each interaction that makes Asterisk
match. It decides nothing: what a fact leads to is the floor's business.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from logging import ERROR, WARNING

import structlog

from controller.asterisk import bridges, channels
from controller.asterisk.attachment import Attachment
from controller.asterisk.causes import end_cause, end_cause_of_answered, is_asterisks_doing, is_asterisks_end
from controller.asterisk.errors import AriError, Booting, Gone, NotAllowed, NotUnderstood, Replaced, RequestFailed, SwitchAway
from controller.asterisk.events import (
    BridgeDestroyed,
    ChannelDestroyed,
    ChannelEnteredBridge,
    ChannelHangupRequest,
    ChannelHold,
    ChannelLeftBridge,
    ChannelStateChange,
    ChannelUnhold,
    Event,
    StasisEnd,
    StasisStart,
)
from controller.asterisk.failures import Asked, Course, course, failure_of
from controller.asterisk.reconcile import Reconciler, Reports
from controller.asterisk.resources import Channel
from controller.asterisk.resync import CUSTOMER, Difference, compare, look
from controller.asterisk.retry import TRIES_MAX, Retry
from controller.asterisk.seen import Progress, Seen, SeenLeg, made_for, room_named
from controller.asterisk.transport import Transport, lane_of
from controller.directory.ids import THE_SWITCH, InteractionId, LegId, SwitchId
from controller.directory.site import AsteriskAccess
from controller.floor.ports import InboxFull, Switch
from controller.interaction.facts import (
    CustomerArrived,
    EndCause,
    Fact,
    LegAnswered,
    LegEnded,
    LegHeld,
    LegStuck,
    LegUnheld,
    LegUnstuck,
    SwitchFound,
    SwitchLost,
)
from controller.interaction.layout import Layout, Room
from controller.interaction.leg import Origin

RETURNED_CONTEXT = "customers-returned"
"""The dialplan context that serves callers whom we give back."""
log = structlog.get_logger("asterisk")


class AriSwitch(Switch, Reports):
    """One Asterisk. `heard`, `attached`, `lost` and `replaced` are for the attachment, the rest is for the shell."""

    def __init__(
        self,
        access: AsteriskAccess,
        *,
        post: Callable[[Fact], None],
        instance: str,
        name: SwitchId = THE_SWITCH,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = access.app
        self._attachment = Attachment(access, self, instance=instance)
        self._transport: Transport = self._attachment.ari
        self._post_fact = post
        self._clock = clock
        self._name = name
        self._seen = Seen()
        self._reconcilers: dict[InteractionId, Reconciler] = {}
        self._leaving: set[LegId] = set()
        """Callers of interactions that are over, who are nobody's any more: only that they are gone must still be told."""
        self._errands: asyncio.TaskGroup | None = None
        self._is_there = False
        self._is_being_read = False
        """We are connected, and read what Asterisk has."""
        self._was_there = False
        """This process has found Asterisk before."""
        self._untold: deque[Fact] = deque()
        """Facts for which the controller had no room. No more come before these are told: the connection is given up at the first."""

    @property
    def away_because(self) -> str | None:
        """Why Asterisk is not there, as a sentence for the operator; None while it is."""
        return self._attachment.away_because

    async def run(self) -> Replaced:
        """Stay attached, and keep the tasks of all interactions. Returns only when another controller has taken over."""
        async with asyncio.TaskGroup() as errands:
            self._errands = errands
            for reconciler in self._reconcilers.values():  # of interactions that an earlier process left
                self._spawn(self._reconcile(reconciler), name=f"reconcile {reconciler.interaction}")
            replaced = await self._attachment.run()
            for reconciler in tuple(self._reconcilers.values()):
                reconciler.stop()
        return replaced

    def use_access(self, access: AsteriskAccess) -> None:
        """The next connection is made with this user and password; those that are open, and every call, go on."""
        self._attachment.use_access(access)

    async def give_up(self) -> None:
        """We are going: the next controller may steer at once."""
        try:
            await self._attachment.give_up()
        except AriError as error:
            log.info("the next controller will wait a moment before it steers", because=str(error))

    # --- For the shell ---------------------------------------------------------------------------------------------

    def arrange(self, layout: Layout) -> None:
        """From now on, this is where everybody of this interaction belongs. What is arranged before `run` is taken up in Asterisk."""
        self._seen.want(layout)
        known = self._reconcilers.get(layout.interaction)
        if known is not None:
            known.arrange(layout)
            return
        if not layout.places and not self._seen.legs_of(layout.interaction):
            return  # it ended before Asterisk had anything of it, or long ago
        reconciler = self._reconcilers[layout.interaction] = self._reconciler_for(layout)
        if self._errands is not None:
            self._spawn(self._reconcile(reconciler), name=f"reconcile {layout.interaction}")

    def _reconciler_for(self, layout: Layout) -> Reconciler:
        return Reconciler(
            layout,
            seen=self._seen,
            transport=self._transport,
            app=self._app,
            is_there=lambda: self._is_there,
            reports=self,
            clock=self._clock,
        )

    def press(self, interaction: InteractionId, leg: LegId, digits: str) -> None:
        """Let a leg's telephone hear these keys."""
        self._spawn(self._press(interaction, leg, digits), name=f"press keys of {interaction}")

    def turn_away(self, leg: LegId) -> None:
        """Give a caller back to the dialplan."""
        self._seen.forget(leg)
        self._spawn(self._turn_away(leg), name=f"turn away {leg}")

    def let_go(self, leg: LegId) -> None:
        """Hang up a caller whose interaction is over."""
        self._seen.forget(leg)
        self.await_end_of(leg)
        self._spawn(self._let_go(leg), name=f"let go of {leg}")

    def await_end_of(self, leg: LegId) -> None:
        """Tell when this caller, whose interaction is over, is gone; it may be so already."""
        self._leaving.add(leg)

    def _spawn(self, errand: Coroutine[None, None, object], *, name: str) -> None:
        assert self._errands is not None, "the switch runs before anybody calls"
        self._errands.create_task(errand, name=name)

    async def _reconcile(self, reconciler: Reconciler) -> None:
        await reconciler.run()
        del self._reconcilers[reconciler.interaction]
        self._seen.forget_interaction(reconciler.interaction)

    async def _press(self, interaction: InteractionId, leg: LegId, digits: str) -> None:
        try:
            await channels.send_digits(self._transport, lane_of(interaction), leg, digits)
        except Gone:
            pass  # nobody is there to hear them any more
        except AriError as error:
            # Not tried again: keys that come late are other keys.
            log.warning("can't press keys", interaction=interaction, leg=leg, because=str(error))

    async def _turn_away(self, leg: LegId, lane: int = 0) -> None:
        await self._insist(
            Asked.RETURN_CALLER,
            leg,
            lambda: channels.continue_in_dialplan(self._transport, lane, leg, context=RETURNED_CONTEXT),
        )

    async def _let_go(self, leg: LegId) -> None:
        if await self._hang_up_stray(leg):
            # It went before we asked. Its end was told when nobody waited for it yet, and will not be told again.
            self.leg_ended(leg, EndCause.FAILED)

    async def _insist(self, asked: Asked, name: str, ask: Callable[[], Awaitable[None]]) -> bool:
        """Ask until Asterisk has done it, or says that there is nothing left to do it to, which gives True.

        Nobody else would ever ask, so it is asked for as long as Asterisk is there. After an outage a look finds what is left.
        """
        retry = Retry()
        while True:
            try:
                await ask()
                return False
            except AriError as error:
                match course(asked, failure_of(error)):
                    case Course.DONE:
                        return True
                    case Course.WAIT:
                        retry.note_outage(self._clock(), sent=False)
                    case _:
                        retry.note_failed(self._clock())
                        if retry.tries <= TRIES_MAX:
                            log.log(ERROR if retry.is_exhausted else WARNING, f"could not {asked}", name=name, because=str(error))
            if not self._is_there and not self._is_being_read:
                return False
            await self._pause(retry.until - self._clock())

    async def _pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    # --- For the attachment ----------------------------------------------------------------------------------------

    async def attached(self, *, restarted: bool) -> None:
        """Asterisk is there (again): turn what is different from what we remember into facts, then go live."""
        self._is_being_read = True
        self._tell_untold()
        channels_there, bridges_there = await look(self._transport)
        layouts = [reconciler.layout for reconciler in self._reconcilers.values()]
        difference = compare(self._seen, channels_there, bridges_there, app=self._app, layouts=layouts)
        log.info("attached", restarted=restarted, legs=len(self._seen.legs), **difference.counts())
        self._follow(difference, restarted=restarted)
        await self._learn_hold_keys()
        for leg in sorted(self._leaving - {channel.id for channel in channels_there}):
            self.leg_ended(leg, EndCause.FAILED)
        for stray in difference.strays:
            self._spawn(self._hang_up_stray(stray), name=f"hang up stray {stray}")
        for bridge in difference.empty_bridges:
            self._spawn(self._delete_stray(bridge), name=f"delete stray {bridge}")
        for reconciler in self._reconcilers.values():
            reconciler.tell_unrung(is_first=not self._was_there)
        self._was_there = True
        self._is_there, self._is_being_read = True, False
        self._tell(SwitchFound(switch=self._name))
        for reconciler in self._reconcilers.values():
            reconciler.begin_anew()

    def _follow(self, difference: Difference, *, restarted: bool) -> None:
        # Customers first: an interaction whose customer is gone ends by rule; without that, its owner would look lost.
        for leg in sorted(difference.gone, key=lambda gone: difference.gone[gone] is Origin.MADE):
            # A leg that was up and is gone from an Asterisk that ran on has hung up. Of a telephone that only rang nobody knows.
            was_lost = restarted or leg not in difference.hung_up
            self._tell(LegEnded(leg=leg, cause=EndCause.FAILED if was_lost else EndCause.HUNG_UP))
        for leg in difference.answered:
            self._leg_answered(leg)
        for channel, dialled in difference.customers:
            self._customer_arrived(channel, dialled)

    async def _learn_hold_keys(self) -> None:
        """Whose own hold key is pressed: it may have been pressed or released unheard, and no list of channels tells it."""
        for seen in tuple(self._seen.legs.values()):
            if seen.progress is not Progress.UP or seen.origin is Origin.CAME or seen.interaction is None:
                continue
            try:
                on_hold = await channels.is_on_hold(self._transport, lane_of(seen.interaction), seen.leg)
            except (NotAllowed, Booting):
                raise
            except (RequestFailed, NotUnderstood) as failed:
                # Not known, so the person is believed (see `settle_hold_keys`); a leg that is gone is told by its own event.
                log.info("can't ask whether a telephone is on hold", leg=seen.leg, because=str(failed))
                continue
            self._tell(LegHeld(leg=seen.leg) if on_hold else LegUnheld(leg=seen.leg))

    async def _hang_up_stray(self, leg: LegId) -> bool:
        """Gives True when it was gone already."""
        log.warning("hanging up a leg that belongs to no interaction", leg=leg)
        was_gone = await self._insist(Asked.HANG_UP_STRAY, leg, lambda: channels.hang_up(self._transport, 0, leg, reason="normal"))
        if was_gone and (known := self._seen.legs.get(leg)) is not None and known.is_stray:
            self._seen.forget(leg)
        return was_gone

    async def _delete_stray(self, bridge: str) -> None:
        await self._insist(Asked.DELETE_STRAY, bridge, lambda: bridges.delete(self._transport, 0, bridge))

    def lost(self, because: str) -> None:
        """We no longer hear Asterisk; calls go on there."""
        self._is_being_read = False
        if self._is_there:
            self._is_there = False
            self._tell(SwitchLost(switch=self._name))

    def replaced(self) -> None:
        """Another controller took over: never act again."""
        self._is_there = self._is_being_read = False

    def heard(self, event: Event) -> None:
        """Take note of an event and post the fact that it means, if any."""
        match event:
            case StasisStart():
                self._entered_stasis(event)
            case ChannelStateChange(channel=channel):
                if channel.is_up:
                    self._leg_answered(channel.id)
                elif channel.is_ringing and (known := self._seen.legs.get(channel.id)) is not None:
                    known.is_ringing = True
            case ChannelEnteredBridge(channel=channel, bridge=bridge):
                self._entered_room(channel.id, bridge.id)
            case ChannelLeftBridge(channel=channel, bridge=bridge):
                self._left_room(channel.id, bridge.id)
            case StasisEnd(channel=channel):
                self._left_stasis(channel.id)
            case ChannelHangupRequest(channel=channel, soft=soft, cause=cause, tech_cause=sip):
                self._is_about_to_end(channel.id, asterisk_ends_it=is_asterisks_doing(soft=soft, q850=cause, sip=sip))
            case ChannelDestroyed(channel=channel, cause=cause, tech_cause=tech_cause):
                self.leg_ended(channel.id, self._why_it_ended(channel.id, cause, tech_cause))
            case BridgeDestroyed(bridge=bridge, timestamp=at):
                self._room_gone(bridge.id, at)
            case ChannelHold(channel=channel):
                self._post_if_known(channel.id, LegHeld(leg=channel.id))
            case ChannelUnhold(channel=channel):
                self._post_if_known(channel.id, LegUnheld(leg=channel.id))
            case _:
                pass  # what `events` can read and nobody here needs

    # --- What events mean ------------------------------------------------------------------------------------------

    def _entered_stasis(self, event: StasisStart) -> None:
        leg = event.channel.id
        known = self._seen.legs.get(leg)
        if known is not None:
            if known.progress is Progress.ASKED_FOR:
                known.progress = Progress.DOWN
            self._look(known.interaction)
        elif made_for(leg) is not None and (interaction := self._who_wants(leg)) is not None:
            # Asked for before a connection was lost, and made only after the state was read.
            phone = event.channel.endpoint
            self._seen.note(SeenLeg(leg=leg, origin=Origin.MADE, interaction=interaction, progress=Progress.DOWN, phone=phone))
            self._look(interaction)
        elif made_for(leg) is not None:
            self._spawn(self._hang_up_stray(leg), name=f"hang up stray {leg}")
        elif len(event.args) >= 2 and event.args[0] == CUSTOMER:
            self._customer_arrived(event.channel, event.args[1])
        else:
            log.warning("a channel came to Stasis that is no customer's", leg=leg, args=event.args)
            self._spawn(self._turn_away(leg), name=f"turn away {leg}")

    def _who_wants(self, leg: LegId) -> InteractionId | None:
        wanting = (known.layout for known in self._reconcilers.values() if any(place.leg == leg for place in known.layout.places))
        return next((layout.interaction for layout in wanting if leg not in self._seen.ended_of(layout.interaction)), None)

    def _customer_arrived(self, channel: Channel, dialled: str) -> None:
        progress = Progress.UP if channel.is_up else Progress.DIALLED
        self._seen.note(SeenLeg(leg=channel.id, origin=Origin.CAME, interaction=None, progress=progress))
        self._tell(
            CustomerArrived(
                leg=channel.id,
                number=channel.caller.number,
                name=channel.caller.name,
                dialled=dialled,
                switch=self._name,
                line=channel.endpoint,
            )
        )

    def _leg_answered(self, leg: LegId) -> None:
        known = self._seen.legs.get(leg)
        if known is not None and known.progress is not Progress.UP:
            known.progress = Progress.UP
            self._end_ringing_in(known)
            self._tell(LegAnswered(leg=leg))
            self._look(known.interaction)

    def _left_stasis(self, leg: LegId) -> None:
        """A caller is gone. Of a leg that we made, `ChannelDestroyed` follows at once and says why; of a caller's it never comes."""
        known = self._seen.legs.get(leg)
        if known is None or known.origin is Origin.CAME:
            self.leg_ended(leg, self._why_it_ended(leg, q850=0, sip=None))

    def _is_about_to_end(self, leg: LegId, *, asterisk_ends_it: bool) -> None:
        """Asterisk may say it twice, and only the first time tells who decided."""
        known = self._seen.legs.get(leg)
        if known is not None and known.progress is Progress.UP and not known.is_ending:
            known.is_ending, known.asterisk_ends_it = True, asterisk_ends_it

    def _why_it_ended(self, leg: LegId, q850: int, sip: int | None) -> EndCause:
        known = self._seen.legs.get(leg)
        if known is None or known.progress is not Progress.UP:
            return end_cause(q850, sip)
        # Whoever was connected only after Asterisk had said why has the numbers alone.
        asterisk_ended_it = known.asterisk_ends_it if known.is_ending else is_asterisks_end(q850, sip)
        return end_cause_of_answered(q850, sip, asterisk_ended_it=asterisk_ended_it)

    def leg_ended(self, leg: LegId, cause: EndCause) -> None:
        """A leg is gone: told once, whoever says it first."""
        known = self._seen.forget(leg)
        if known is None and leg not in self._leaving:
            return
        self._leaving.discard(leg)
        if known is None or not (known.is_given_up or known.is_stray):
            self._tell(LegEnded(leg=leg, cause=cause))
        if known is not None:
            self._look(known.interaction)

    def leg_given_up(self, leg: LegId, cause: EndCause) -> None:
        """It has ended for the floor at once, by our word: what Asterisk says when we hang up would sound as if a person had.

        The mirror keeps it until it is gone, so that nobody is brought to where it stands.
        """
        known = self._seen.give_up(leg)
        if known is not None:
            self._tell(LegEnded(leg=leg, cause=cause))
            self._look(known.interaction)

    def caller_given_up(self, leg: LegId) -> None:
        """A caller whom we can bring into no room: the dialplan serves them better than our silence."""
        log.error("a caller can be brought into no room and is given back to the dialplan", leg=leg)
        known = self._seen.legs.get(leg)
        self.leg_ended(leg, EndCause.FAILED)
        # Over the lane of their interaction, which has just said that it works.
        lane = lane_of(known.interaction) if known is not None and known.interaction is not None else 0
        self._spawn(self._turn_away(leg, lane), name=f"give back {leg}")

    def leg_stuck(self, leg: LegId, room: Room) -> None:
        """It stands safely where it is; its people are told why nothing happens."""
        self._tell(LegStuck(leg=leg))

    def leg_unstuck(self, leg: LegId) -> None:
        """It is where it belongs."""
        self._tell(LegUnstuck(leg=leg))

    def _entered_room(self, leg: LegId, bridge: str) -> None:
        known, named = self._seen.legs.get(leg), room_named(bridge)
        if known is not None and named is not None:
            known.room = named[1]
            if named[1] is Room.TALK:
                known.bound_for -= {Room.TALK}  # it is there, and seen
            known.entered_at = self._clock()
            self._end_ringing_in(known)
            self._look(known.interaction)

    def _end_ringing_in(self, leg: SeenLeg) -> None:
        """Somebody who is up has come into the talk room: Asterisk ends the ringing that was heard there."""
        if leg.room is Room.TALK and leg.progress is Progress.UP and leg.interaction is not None:
            self._seen.somebody_joined_talk(leg.interaction)

    def _left_room(self, leg: LegId, bridge: str) -> None:
        known, named = self._seen.legs.get(leg), room_named(bridge)
        # A leg that has entered the other room already has left this one before: events of two bridges may cross.
        if known is not None and named is not None and known.room is named[1]:
            known.room = None
            self._look(known.interaction)

    def _room_gone(self, bridge: str, at: str) -> None:
        named = room_named(bridge)
        if named is not None and named in self._seen.closing:
            self._seen.closing.discard(named)  # we did it, and know it from the answer
            self._seen.closed_at[named] = at
        elif named is not None and at and self._seen.closed_at.get(named) == at:
            pass  # the same news once more; another room of that name may be there by now
        elif named is not None and named[0] in self._seen.rooms:
            self._seen.rooms[named[0]].discard(named[1])
            self._look(named[0])

    def _tell(self, fact: Fact) -> None:
        """Post a fact; where the controller is too far behind, it waits, the connection is given up, and nothing more comes meanwhile."""
        try:
            if not self._untold:
                self._post_fact(fact)
                return
        except InboxFull:
            log.error("the controller is too far behind: the connection to Asterisk is given up and taken up again")
        self._untold.append(fact)
        self._drop("the controller is too far behind")

    def _tell_untold(self) -> None:
        """Post what waits, in its order. Raises `SwitchAway` when the controller is still too far behind."""
        try:
            while self._untold:
                self._post_fact(self._untold[0])
                self._untold.popleft()
        except InboxFull:
            raise SwitchAway("events", "the controller is too far behind", sent=False) from None

    def _drop(self, because: str) -> None:
        self._attachment.drop(because)

    def _post_if_known(self, leg: LegId, fact: Fact) -> None:
        if leg in self._seen.legs:
            self._tell(fact)

    def _look(self, interaction: InteractionId | None) -> None:
        if interaction is not None and interaction in self._reconcilers:
            self._reconcilers[interaction].look()
