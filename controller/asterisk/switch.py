"""The telephone switch as the rest of the program sees it: layouts go in, facts come out. The only folder that knows ARI.

It hears events, keeps the mirror (`seen`), turns what they mean into facts, and has one reconciler for each interaction that makes Asterisk
match. It decides nothing: what a fact leads to is the floor's business.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from logging import ERROR, WARNING
from typing import Protocol

import structlog

from controller.asterisk import channels
from controller.asterisk.attachment import Attachment
from controller.asterisk.browser_passwords import AriBrowserPasswords
from controller.asterisk.causes import (
    end_cause,
    end_cause_by_trunk,
    end_cause_of_answered,
    is_asterisks_doing,
    is_asterisks_end,
    q850_of_refusal,
)
from controller.asterisk.dial_string import Dialable
from controller.asterisk.errands import Errands
from controller.asterisk.errors import AriError, Booting, Gone, NotAllowed, NotUnderstood, Replaced, RequestFailed, SwitchAway
from controller.asterisk.events import (
    BridgeDestroyed,
    ChannelDestroyed,
    ChannelDtmfReceived,
    ChannelEnteredBridge,
    ChannelHangupRequest,
    ChannelHold,
    ChannelLeftBridge,
    ChannelStateChange,
    ChannelTransfer,
    ChannelUnhold,
    Dial,
    Event,
    StasisEnd,
    StasisStart,
    told_at,
)
from controller.asterisk.failures import Asked, Course, course, failure_of
from controller.asterisk.local_pairs import LocalPairs, is_half
from controller.asterisk.reconcile import Reconciler, Reports
from controller.asterisk.resources import Channel
from controller.asterisk.resync import (
    AGENT,
    UNKNOWN_MUSIC,
    Difference,
    compare,
    is_customers,
    is_test_call,
    is_there_for,
    look,
    rung_by,
    speaks_sip,
)
from controller.asterisk.retry import TRIES_MAX, Retry
from controller.asterisk.seen import OURS, Progress, Seen, SeenLeg, Sign, first_of, made_for, room_named, sign_in
from controller.asterisk.strangers import Strangers
from controller.asterisk.strays import Strays
from controller.asterisk.telephone_watch import Calls, TelephoneWatch
from controller.asterisk.tones import Tones
from controller.asterisk.transfer_keys import NO_CALL_OF_OURS, TransferKeys
from controller.asterisk.transport import Transport, lane_of
from controller.directory.dialled_targets import Dialled, DialledNumbers
from controller.directory.ids import THE_SWITCH, InteractionId, LegId, SwitchId
from controller.directory.site import AsteriskAccess
from controller.floor.durations import Durations
from controller.floor.ports import InboxFull, Switch, Tone
from controller.interaction.facts import (
    AgentDialled,
    AttendedTransferAsked,
    BlindTransferAsked,
    CustomerArrived,
    DigitPressed,
    EndCause,
    EndCodes,
    Fact,
    LegAnswered,
    LegAway,
    LegBack,
    LegEnded,
    LegHeld,
    LegReplaced,
    LegStuck,
    LegUnheld,
    LegUnstuck,
    SwitchFound,
    SwitchLost,
)
from controller.interaction.layout import Layout, Place, Room
from controller.interaction.leg import Origin

LINKED_SECONDS = 0.1
"""How long the pair of an attended transfer is left alone. Asterisk looks at it once more, and tells the telephone that the transfer has
failed (500) where a half has gone by then."""
HALF_ALONE_SECONDS_MAX = 1.0
"""How long one half of a Local pair may be there without the other; both come within milliseconds."""
NOTHING_IS_DIALLED = Dialled(target=None, because="Nobody can be called from telephones here.")
_SIGNS = {"RINGING": Sign.RINGING, "PROGRESS": Sign.SOUND}
"""What a `Dial` event says before an answer, and we act on."""
MILLISECONDS = 1000.0
_SAYS_MOST = (
    EndCause.HUNG_UP,
    EndCause.DECLINED,
    EndCause.BUSY,
    EndCause.NO_ANSWER,
    EndCause.FORWARDED,
    EndCause.NO_SOUND,
    EndCause.FAILED,
    EndCause.UNREACHABLE,
    EndCause.TRUNK_SILENT,
)
"""What is told of several telephones of one agent of which none was picked up: what a person did comes first."""
log = structlog.get_logger("asterisk")


class Companion(Protocol):
    """Something beside the calls that follows whether Asterisk is there."""

    def attached(self) -> None:
        """It is there (again), and calls have what they need."""

    def lost(self) -> None:
        """It is not there. Twice is harmless."""


class AriSwitch(Switch, Reports, Calls):
    """One Asterisk. `heard`, `attached`, `lost` and `replaced` are for the attachment, `telephone_…` for the watch, the rest for all."""

    def __init__(
        self,
        access: AsteriskAccess,
        *,
        post: Callable[[Fact], None],
        instance: str,
        dialable: Dialable,
        dialled: DialledNumbers | None = None,
        name: SwitchId = THE_SWITCH,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = access.app
        self._attachment = Attachment(access, self, instance=instance)
        self._transport: Transport = self._attachment.ari
        self._post_fact = post
        self._clock = clock
        self._dialable = dialable
        self._dialled = dialled
        """None: whatever telephones of ours dial is refused."""
        self._name = name
        self._seen = Seen()
        self._local_pairs = LocalPairs()
        self._reconcilers: dict[InteractionId, Reconciler] = {}
        self._leaving: set[LegId] = set()
        """Callers of interactions that are over, who are nobody's any more: only that they are gone must still be told."""
        self._errands: asyncio.TaskGroup | None = None
        self._is_there = False
        self._is_being_read = False
        """We are connected, and read what Asterisk has."""
        self._was_there = False
        """This process has found Asterisk before."""
        self._is_replaced = False
        """Another controller steers: this process ends as soon as its errands have."""
        self.browser_passwords = AriBrowserPasswords(self._transport, self._spawn)
        self.telephones = TelephoneWatch(access.app, self._transport, self._attachment.open, self._tell, self)
        self._lend_errands()
        self._companions: tuple[Companion, ...] = (self.browser_passwords, self.telephones)
        self._untold: deque[Fact] = deque()
        """Facts for which the controller had no room. No more come before these are told: the connection is given up at the first."""

    @property
    def away_because(self) -> str | None:
        """Why Asterisk is not there, as a sentence for the operator; None while it is."""
        return self._attachment.away_because

    @property
    def requests_took(self) -> Durations:
        """How long requests took, and how they went."""
        return self._attachment.ari.took

    @property
    def lanes_lost(self) -> int:
        """How often a connection for commands has broken, or could not be opened."""
        return self._attachment.ari.lost

    async def run(self) -> Replaced:
        """Stay attached, and keep the tasks of all interactions. Returns only when another controller has taken over."""
        try:
            async with asyncio.TaskGroup() as errands:
                self._errands = errands
                for reconciler in self._reconcilers.values():  # of interactions that an earlier process left
                    self._spawn(self._reconcile(reconciler), name=f"reconcile {reconciler.interaction}")
                replaced = await self._attachment.run()
                for reconciler in tuple(self._reconcilers.values()):
                    reconciler.stop()
        finally:
            await self.telephones.stop()
        return replaced

    def use_access(self, access: AsteriskAccess) -> None:
        """The next connection is made with this user and password; those that are open, and every call, go on."""
        self._attachment.use_access(access)

    def use_numbers(self, dialable: Dialable, dialled: DialledNumbers) -> None:
        """From now on this is what may be dialled, and what telephones of ours mean by it; calls that are there go on."""
        self._dialable, self._dialled = dialable, dialled

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
        if self._is_replaced:
            return  # nobody would ever stop its reconciler, and `run` waits for all of them
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
            dialable=lambda: self._dialable,
            reports=self,
            clock=self._clock,
        )

    def sound(self, leg: LegId, tone: Tone) -> None:
        """Let this leg hear a tone, and nobody else."""
        self.tones.sound(leg, tone)

    def press(self, interaction: InteractionId, leg: LegId, digits: str) -> None:
        """Let a leg's telephone hear these keys."""
        self._spawn(self._press(interaction, leg, digits), name=f"press keys of {interaction}")

    def confirm_dialled(self, leg: LegId) -> None:
        """Let whoever dialled a code hear that it is done, and hang up. Until they are out of this call their telephone is not rung."""
        known = self._seen.legs.get(leg)
        if known is not None:
            known.is_stray = True
        self._spawn(self._confirm_dialled(leg), name=f"confirm what was dialled by {leg}")

    def turn_away(self, leg: LegId) -> None:
        """Give a caller back to the dialplan."""
        self._seen.forget(leg)
        self._strays.give_back(leg)

    def refuse_dialled(self, leg: LegId, code: str) -> None:
        """Let whoever dialled hear that it is not done. Their telephone may be rung meanwhile: no event tells when the tone has ended."""
        self._seen.forget(leg)
        self._strays.refuse_dialled(leg, q850_of_refusal(code))

    def answer_transfer(self, leg: LegId, refused: str | None) -> None:
        """Say to a telephone what has come of its transfer, where Asterisk has not told it long ago by itself."""
        self._transfer_keys.answer(leg, refused)

    def let_go(self, leg: LegId) -> None:
        """Hang up a caller whose interaction is over."""
        self._seen.forget(leg)
        self.await_end_of(leg)
        self._spawn(self._let_go(leg), name=f"let go of {leg}")

    def await_end_of(self, leg: LegId) -> None:
        """Tell when this caller, whose interaction is over, is gone; it may be so already."""
        self._leaving.add(leg)

    def _spawn(self, errand: Coroutine[None, None, object], name: str) -> None:
        assert self._errands is not None, "the switch runs before anybody calls"
        if self._is_replaced:
            errand.close()  # it could do nothing but keep this process, or come too late for a group of tasks that has ended
            return
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

    async def _confirm_dialled(self, leg: LegId) -> None:
        await self._strays.confirm_dialled(leg)
        await self._see_its_end(leg)

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

    def _lend_errands(self) -> None:
        """Make those that do something beside the plans."""
        errands = Errands(spawn=self._spawn, insist=self._insist, pause=self._pause, look=self._look)
        self.tones = Tones(self._seen, self._transport, errands)
        self._transfer_keys = TransferKeys(self._seen, self._transport, errands, self._understand)
        self._strays = Strays(self._transport, errands)
        self._strangers = Strangers(self._transport, errands, self._local_pairs)

    # --- For the attachment ----------------------------------------------------------------------------------------

    async def attached(self, *, restarted: bool) -> None:
        """Asterisk is there (again): turn what is different from what we remember into facts, then go live."""
        self._is_being_read = True
        self._seen.asks_us_for_transfers, self._seen.has_codecs = self._asks_us_for_transfers, self._has_codecs
        self._tell_untold()
        given_back = set(self._strays.to_be_given_back)  # Asterisk may show one that it gives back while we look
        everybody, bridges_there = await look(self._transport)
        given_back |= self._strays.to_be_given_back
        # Whoever is on their way to the dialplan is ours no more: neither a new customer, nor somebody to hang up.
        channels_there = [channel for channel in everybody if channel.id not in given_back]
        layouts = [reconciler.layout for reconciler in self._reconcilers.values()]
        trunks = self._dialable.trunks
        difference = compare(self._seen, channels_there, bridges_there, app=self._app, layouts=layouts, trunks=trunks)
        log.info("attached", restarted=restarted, legs=len(self._seen.legs), **difference.counts())
        self._strays.attached()
        self._follow(difference, restarted=restarted)
        await self._learn_hold_keys()
        await self._learn_what_trunks_said({channel.id: channel.name for channel in channels_there})
        for leg in sorted(self._leaving - {channel.id for channel in channels_there}):
            self.leg_ended(leg, EndCause.FAILED)
        for stray in difference.strays:
            self._spawn(self._hang_up_stray(stray), name=f"hang up stray {stray}")
        for channel, bridge in difference.strangers:
            self._strangers.put_out(channel, bridge)
        for bridge in difference.empty_bridges:
            self._spawn(self._strays.delete(bridge), name=f"delete stray {bridge}")
        self.tones.attached(is_first=not self._was_there)
        for reconciler in self._reconcilers.values():
            reconciler.tell_unrung(is_first=not self._was_there)
        self._was_there = True
        self._is_there, self._is_being_read = True, False
        self._tell(SwitchFound(switch=self._name))
        for reconciler in self._reconcilers.values():
            reconciler.begin_anew()
        for companion in self._companions:
            companion.attached()

    @property
    def _has_codecs(self) -> bool:
        return True

    @property
    def _asks_us_for_transfers(self) -> bool:
        return self._attachment.asks_us_for_transfers

    def _follow(self, difference: Difference, *, restarted: bool) -> None:
        # Customers first: an interaction whose customer is gone ends by rule; without that, its owner would look lost.
        for leg in sorted(difference.gone, key=lambda gone: difference.gone[gone] is not Origin.CAME):
            # A leg that was up and is gone from an Asterisk that ran on has hung up. Of a telephone that only rang nobody knows.
            was_lost = restarted or leg not in difference.hung_up
            self._tell_ended(leg, EndCause.FAILED if was_lost else EndCause.HUNG_UP, was_up=leg in difference.hung_up)
        for leg in difference.answered:
            self._leg_answered(leg)
        for channel, dialled in difference.customers:
            self._customer_arrived(channel, dialled)

    async def _learn_hold_keys(self) -> None:
        """Whose own hold key is pressed: it may have been pressed or released unheard, and no list of channels tells it."""
        for seen in tuple(self._seen.legs.values()):
            if seen.progress is not Progress.UP:
                continue
            # A caller of whom nothing is kept may have been answered by a process that is no more.
            lane = lane_of(seen.interaction) if seen.interaction is not None else 0
            try:
                on_hold = await channels.is_on_hold(self._transport, lane, seen.leg)
            except (NotAllowed, Booting):
                raise
            except (RequestFailed, NotUnderstood) as failed:
                # Not known, so the person is believed (see `settle_hold_keys`); a leg that is gone is told by its own event.
                log.info("can't ask whether a telephone is on hold", leg=seen.leg, because=str(failed))
                if not isinstance(failed, Gone):
                    seen.hold_key_unknown = True
                    self._spawn(self._learn_hold_key(seen, lane), name=f"learn the hold key of {seen.leg}")
                continue
            seen.hold_key_unknown = False
            self._tell(LegHeld(leg=seen.leg) if on_hold else LegUnheld(leg=seen.leg))

    async def _learn_hold_key(self, seen: SeenLeg, lane: int) -> None:
        """Ask again about one of whom Asterisk could not say it, without whom the attachment goes on: nobody is left with silence for that.

        After an outage all are asked for anew, and what an event says is newer than any answer.
        """
        retry = Retry()
        retry.note_failed(self._clock())
        while not retry.is_exhausted:
            await self._pause(retry.until - self._clock())
            if not (self._is_there or self._is_being_read) or not seen.hold_key_unknown or self._seen.legs.get(seen.leg) is not seen:
                return
            try:
                on_hold = await channels.is_on_hold(self._transport, lane, seen.leg)
            except AriError as error:
                match course(Asked.HOLD_KEY, failure_of(error)):
                    case Course.DONE:
                        return
                    case Course.TRY:
                        retry.note_failed(self._clock())
                    case _:
                        retry.note_outage(self._clock(), sent=False)
                continue
            if on_hold and seen.hold_key_unknown:
                self._tell(LegHeld(leg=seen.leg))
            seen.hold_key_unknown = False
            return
        log.warning("Asterisk can't say whether a telephone is on hold", leg=seen.leg, tries=retry.tries)

    async def _learn_what_trunks_said(self, names: Mapping[LegId, str]) -> None:
        """What has come back before an answer: no list of channels tells it, and a call that was begun must not be begun once more."""
        for seen in tuple(self._seen.legs.values()):
            if not seen.trunk or seen.progress not in (Progress.DOWN, Progress.DIALLED) or seen.interaction is None:
                continue
            try:
                said = await channels.last_answer(self._transport, lane_of(seen.interaction), seen.leg, names[seen.leg])
            except (NotAllowed, Booting):
                raise
            except (RequestFailed, NotUnderstood) as failed:
                log.info("nothing has come back by a trunk yet, as far as Asterisk knows", leg=seen.leg, because=str(failed))
                continue
            seen.progress, seen.sign = Progress.DIALLED, sign_in(said)

    async def _hang_up_stray(self, leg: LegId) -> bool:
        """Gives True when it was gone already."""
        log.warning("hanging up a leg that belongs to no interaction", leg=leg)
        was_gone = await self._strays.hang_up(leg)
        if not was_gone:
            await self._see_its_end(leg)
        elif (known := self._seen.legs.get(leg)) is not None and known.is_stray:
            self.leg_ended(leg, EndCause.FAILED)
        return was_gone

    async def _see_its_end(self, leg: LegId) -> None:
        """See that a leg ends that was hung up: of one whose place was taken Asterisk tells no end, and its telephone would ring no more.

        It is hung up again while it is there. Nothing is asked once its end was told, nor after an outage: then a look finds what is left.
        """
        known, retry = self._seen.legs.get(leg), Retry()
        retry.note_answered(self._clock())
        while self._has_still_to_end(leg, known):
            await self._pause(retry.until - self._clock())
            is_gone = self._has_still_to_end(leg, known) and await self._strays.is_gone(leg)
            if not self._has_still_to_end(leg, known):
                return  # it was told meanwhile, or another look has taken it up
            if not is_gone:
                if retry.tries < TRIES_MAX:
                    log.warning("a leg that was hung up is not seen to be gone", leg=leg)
                await self._strays.hang_up(leg)
                retry.note_failed(self._clock())
            elif retry.was_gone:
                self.leg_ended(leg, EndCause.FAILED)
            else:
                retry.note_gone(self._clock())

    def _has_still_to_end(self, leg: LegId, known: SeenLeg | None) -> bool:
        is_awaited = leg in self._leaving or (known is not None and known.is_stray)
        return is_awaited and self._seen.legs.get(leg) is known and (self._is_there or self._is_being_read)

    def lost(self, because: str) -> None:
        """We no longer hear Asterisk; calls go on there."""
        self._lose()

    def replaced(self) -> None:
        """Another controller took over: never act again, and have agents refused until this process has ended."""
        self._is_replaced = True
        self._lose()

    def _lose(self) -> None:
        for companion in self._companions:
            companion.lost()
        self._is_being_read = False
        if self._is_there:
            self._is_there = False
            self._tell(SwitchLost(switch=self._name))

    def heard(self, event: Event) -> None:
        """Take note of an event and post the fact that it means, if any."""
        match event:
            case StasisStart():
                self._entered_stasis(event)
            case ChannelStateChange(channel=channel):
                if channel.is_up:
                    self._leg_answered(channel.id)
                elif channel.is_ringing:
                    self._said(channel.id, Sign.RINGING)
            case Dial(peer=channel, dialstatus=status) if status in _SIGNS:
                self._said(channel.id, _SIGNS[status])
            case ChannelEnteredBridge(channel=channel, bridge=bridge):
                self._entered_room(channel, bridge.id)
            case ChannelLeftBridge(channel=channel, bridge=bridge):
                self._left_room(channel.id, bridge.id)
            case StasisEnd(channel=channel):
                self._left_stasis(channel.id)
            case ChannelHangupRequest(channel=channel, soft=soft, cause=cause, tech_cause=sip):
                self._note_codes(channel.id, cause, sip)
                self._is_about_to_end(channel.id, asterisk_ends_it=is_asterisks_doing(soft=soft, q850=cause, sip=sip))
            case ChannelDestroyed(channel=channel, cause=cause, tech_cause=tech_cause):
                self._note_codes(channel.id, cause, tech_cause)
                self.leg_ended(channel.id, self._why_it_ended(channel.id, cause, tech_cause))
            case BridgeDestroyed(bridge=bridge, timestamp=at):
                self._room_gone(bridge.id, at)
            case ChannelDtmfReceived():
                self._key_pressed(event)
            case ChannelTransfer():
                asked = self._transfer_keys.asked(event)
                if asked is not None:
                    self._tell(asked)
            case ChannelHold(channel=channel):
                self._hold_key_is(LegHeld(leg=channel.id))
            case ChannelUnhold(channel=channel):
                self._hold_key_is(LegUnheld(leg=channel.id))
            case _:
                pass  # what `events` can read and nobody here needs

    # --- For the watch over telephones -----------------------------------------------------------------------------

    def legs_of_telephone(self, endpoint: str) -> Sequence[LegId]:
        """Its legs that somebody wants."""
        return self._seen.legs_made_for(endpoint)

    def is_ours(self, channel: str) -> bool:
        """A leg that we have made, or by which an agent of ours dials; a caller's is none, whosever telephone it is."""
        known = self._seen.legs.get(LegId(channel))
        return channel.startswith(OURS) if known is None else known.origin is not Origin.CAME

    def telephone_away(self, endpoint: str) -> None:
        """A page is gone, and may come back."""
        for leg in self._seen.legs_made_for(endpoint):
            self._tell(LegAway(leg=leg))

    def telephone_back(self, endpoint: str) -> None:
        """It is there again."""
        for leg in self._seen.legs_made_for(endpoint):
            self._tell(LegBack(leg=leg))

    def telephone_lost(self, endpoint: str) -> None:
        """A page is gone for good, and nobody has put down the telephone: its legs are lost."""
        for leg in self._seen.legs_made_for(endpoint):
            log.warning("the telephone in the browser is gone", leg=leg, endpoint=endpoint)
            self.leg_given_up(leg, EndCause.FAILED)

    # --- What events mean ------------------------------------------------------------------------------------------

    def _entered_stasis(self, event: StasisStart) -> None:
        leg = event.channel.id
        known = self._seen.legs.get(leg)
        replaced = self._seen.legs.get(event.replace_channel.id) if event.replace_channel is not None else None
        if replaced is not None:
            replaced.was_replaced = True
        if known is not None:
            if known.progress is Progress.ASKED_FOR:
                known.progress = Progress.DOWN
            self._look(known.interaction)
        elif is_test_call(event.channel):
            log.info("a test call has come, and is hung up", leg=leg, args=event.args)
            # Whoever has placed it does the same, unless they have been killed meanwhile.
            self._spawn(self._strays.hang_up(leg), name=f"hang up {leg}")
        elif made_for(leg) is not None and (interaction := self._who_wants(leg)) is not None:
            # Asked for before a connection was lost, and made only after the state was read.
            phone, trunk = rung_by(event.channel, self._dialable.trunks)
            self._seen.note(SeenLeg(leg=leg, origin=Origin.MADE, interaction=interaction, progress=Progress.DOWN, phone=phone, trunk=trunk))
            self._look(interaction)
        elif made_for(leg) is not None:
            self._spawn(self._hang_up_stray(leg), name=f"hang up stray {leg}")
        elif is_half(event.channel) and not is_customers(event.args):
            self._half_came(event)
        elif event.replace_channel is not None:
            self._place_taken(event.channel, event.replace_channel)
        elif is_customers(event.args):
            self._customer_arrived(event.channel, event.args[1])
        elif len(event.args) >= 3 and event.args[0] == AGENT:
            self._agent_dialled(event.channel, event.args[1], event.args[2])
        else:
            log.warning("a channel came to Stasis that is no customer's", leg=leg, args=event.args)
            self._strays.give_back(leg)

    def _place_taken(self, newcomer: Channel, old: Channel) -> None:
        """INVITE with Replaces (RFC 3891): who calls by the old leg's own endpoint keeps its place; anybody else is put out at once.

        A customer has another telephone, or somebody at their end transfers them; an agent has picked up their call at another telephone.
        """
        replaced, place = self._seen.legs.get(old.id), self._place_of(old.id)
        if replaced is None or place is None or not _may_take(place, replaced, newcomer, old):
            log.warning("somebody has taken a leg's place without being asked, and is put out", leg=newcomer.id, replaced=old.id)
            self._spawn(self._hang_up_stray(newcomer.id), name=f"put out {newcomer.id}")
            return
        log.info("another call by the same endpoint has taken a leg's place", leg=newcomer.id, replaced=old.id, endpoint=newcomer.endpoint)
        replaced.gives_way = True
        self._seen.note(
            SeenLeg(
                leg=newcomer.id,
                origin=Origin.CAME if place.is_customer else Origin.DIALLED,
                interaction=None,
                progress=Progress.UP,
                phone=replaced.phone,
                trunk=replaced.trunk,
                music=UNKNOWN_MUSIC,
                bound_for=replaced.bound_for if replaced.room is None else replaced.bound_for | {replaced.room},
                is_in_by_itself=True,
            )
        )
        self._tell(LegReplaced(leg=place.leg, by=newcomer.id))
        self._tell(LegUnheld(leg=newcomer.id))  # whatever the old telephone's hold key did

    def _place_of(self, leg: LegId) -> Place | None:
        layouts = (known.layout for known in self._reconcilers.values())
        return next((place for layout in layouts for place in layout.places if is_there_for(leg, place)), None)

    def _key_pressed(self, event: ChannelDtmfReceived) -> None:
        """Only an agent's keys are commands; a customer's go to whoever is in the room."""
        known = self._seen.legs.get(event.channel.id)
        if known is not None and known.phone and known.interaction is not None:
            pressed = event.duration_ms / MILLISECONDS
            at = told_at(event.timestamp)
            key = DigitPressed(leg=known.leg, digit=event.digit, told_at=self._clock() if at is None else at, pressed_seconds=pressed)
            self._tell(key)

    def _who_wants(self, leg: LegId) -> InteractionId | None:
        wanting = (known.layout for known in self._reconcilers.values() if any(is_there_for(leg, place) for place in known.layout.places))
        return next((layout.interaction for layout in wanting if leg not in self._seen.ended_of(layout.interaction)), None)

    def _customer_arrived(self, channel: Channel, dialled: str) -> None:
        progress = Progress.UP if channel.is_up else Progress.DIALLED
        came = SeenLeg(leg=channel.id, origin=Origin.CAME, interaction=None, progress=progress, has_transfer_key=speaks_sip(channel))
        self._seen.note(came)
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

    def _agent_dialled(self, channel: Channel, dialled: str, telephone: str) -> None:
        progress = Progress.UP if channel.is_up else Progress.DIALLED
        self._seen.note(SeenLeg(leg=channel.id, origin=Origin.DIALLED, interaction=None, progress=progress, phone=telephone))
        meant = self._understand(dialled)
        self._tell(
            AgentDialled(
                leg=channel.id,
                telephone=telephone,
                dialled=dialled,
                target=meant.target,
                because=meant.because,
                switch=self._name,
            )
        )

    def _half_came(self, event: StasisStart) -> None:
        """Asterisk carries out a transfer by itself: it is taken apart, and asked of the floor instead."""
        carried_out = self._local_pairs.came(event)
        if carried_out is None:
            self._spawn(self._give_up_half(event.channel), name=f"wait for the other half of {event.channel.id}")
            return
        is_attended = carried_out.other is not None
        for half in carried_out.halves:
            self._spawn(self._take_apart(half, after=LINKED_SECONDS if is_attended else 0.0), name=f"take apart {half}")
        if carried_out.other is not None:
            self._tell(AttendedTransferAsked(leg=carried_out.leg, other=carried_out.other))
            return
        meant = self._understand(carried_out.dialled)
        self._tell(BlindTransferAsked(leg=carried_out.leg, dialled=carried_out.dialled, target=meant.target, because=meant.because))

    async def _take_apart(self, half: LegId, *, after: float) -> None:
        if after:
            await self._pause(after)
        await self._hang_up_stray(half)

    async def _give_up_half(self, channel: Channel) -> None:
        """A half of which nobody tells what it is for does not stay in our rooms: the other call that was named is none of ours."""
        await self._pause(HALF_ALONE_SECONDS_MAX)
        left = self._local_pairs.given_up(channel)
        if left is None:
            return
        for replaced in left.replaced:
            self._tell(AttendedTransferAsked(leg=replaced, other=NO_CALL_OF_OURS))
        for half in left.halves:
            await self._hang_up_stray(half)

    def _understand(self, dialled: str) -> Dialled:
        return self._dialled.understand(dialled) if self._dialled is not None else NOTHING_IS_DIALLED

    def _said(self, leg: LegId, sign: Sign) -> None:
        """Something has come back before an answer."""
        known = self._seen.legs.get(leg)
        if known is not None and known.origin is Origin.MADE and self._seen.note_sign(leg, sign):
            self._look(known.interaction)

    def _leg_answered(self, leg: LegId) -> None:
        known = self._seen.legs.get(leg)
        if known is not None and known.progress is not Progress.UP:
            known.progress = Progress.UP
            self._end_ringing_in(known)
            if not known.is_stray:  # its name may be wanted anew, for another call: that one has not been answered
                self._tell_answered(known)
            self._look(known.interaction)

    def _tell_answered(self, known: SeenLeg) -> None:
        """Of several telephones of one agent the first that is picked up has the call; one that is picked up as well is hung up."""
        first = first_of(known.leg)
        if any(other.progress is Progress.UP for other in self._seen.rung_with(known.leg)):
            log.info("another telephone of the same agent was picked up before", leg=known.leg)
        else:
            self._tell(LegAnswered(leg=first, by=known.leg if known.is_beside_another else None))

    def _left_stasis(self, leg: LegId) -> None:
        """Who came to us is gone. Of a leg that we made `ChannelDestroyed` follows and says why; of one that came it never does."""
        known = self._seen.legs.get(leg)
        if known is None or known.origin is not Origin.MADE or known.was_replaced:
            self.leg_ended(leg, self._why_it_ended(leg, q850=0, sip=None))

    def _is_about_to_end(self, leg: LegId, *, asterisk_ends_it: bool) -> None:
        """Asterisk may say it twice, and only the first time tells who decided."""
        known = self._seen.legs.get(leg)
        if known is not None and known.progress is Progress.UP and not known.is_ending:
            known.is_ending, known.asterisk_ends_it = True, asterisk_ends_it

    def _note_codes(self, leg: LegId, q850: int, sip: int | None) -> None:
        """Remember what the network said, for people: Asterisk says it before the end, at the end, or both times."""
        known = self._seen.legs.get(leg)
        if known is not None and (q850 or sip):
            known.end_codes = EndCodes(q850=q850, sip=sip)

    def _why_it_ended(self, leg: LegId, q850: int, sip: int | None) -> EndCause:
        known = self._seen.legs.get(leg)
        if self._local_pairs.have_taken_place_of(leg):
            return EndCause.FAILED  # nobody has hung up: Asterisk, or the telephone, thinks that it has handed its call over
        if known is not None and known.trunk and known.progress is not Progress.UP:
            return end_cause_by_trunk(q850, sip, has_answered=known.sign is not Sign.NONE)
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
        was_up = known is not None and known.progress is Progress.UP
        is_awaited = leg in self._leaving  # of a customer whom we have called nothing but a stray is left after a start
        self._leaving.discard(leg)
        if known is None or is_awaited or not (known.is_given_up or known.is_stray):
            self._tell_ended(leg, cause, known.end_codes if known is not None else None, was_up=was_up)
        if known is not None:
            self._look(known.interaction)

    def _tell_ended(self, leg: LegId, cause: EndCause, codes: EndCodes | None = None, *, was_up: bool) -> None:
        """Of several telephones of one agent that ring, none has said anything as long as another one rings, or is picked up.

        Whoever declines at one of them has declined: they hear the others ring beside it. What is told in the end is what says most.
        """
        first, others = first_of(leg), list(self._seen.rung_with(leg))
        if was_up:
            self._tell(LegEnded(leg=leg, cause=cause, codes=codes))
        elif any(other.progress is Progress.UP for other in others):
            pass  # the one that was picked up is what is told of
        elif others and cause is not EndCause.DECLINED:
            self._seen.causes.setdefault(first, []).append((cause, codes))
        else:
            causes = [(cause, codes), *self._seen.causes.pop(first, ())]
            cause, codes = min(causes, key=lambda said: _SAYS_MOST.index(said[0]))
            self._tell(LegEnded(leg=first, cause=cause, codes=codes))

    def leg_given_up(self, leg: LegId, cause: EndCause) -> None:
        """It has ended for the floor at once, by our word: what Asterisk says when we hang up would sound as if a person had.

        The mirror keeps it until it is gone, so that nobody is brought to where it stands.
        """
        known = self._seen.give_up(leg)
        if known is not None:
            self._tell_ended(leg, cause, was_up=known.progress is Progress.UP)
            self._look(known.interaction)

    def caller_given_up(self, leg: LegId) -> None:
        """A caller whom we can bring into no room: the dialplan serves them better than our silence."""
        log.error("a caller can be brought into no room and is given back to the dialplan", leg=leg)
        known = self._seen.legs.get(leg)
        self.leg_ended(leg, EndCause.FAILED)
        # Over the lane of their interaction, which has just said that it works.
        lane = lane_of(known.interaction) if known is not None and known.interaction is not None else 0
        self._strays.give_back(leg, lane)

    def leg_stuck(self, leg: LegId, room: Room) -> None:
        """It stands safely where it is; its people are told why nothing happens."""
        self._tell(LegStuck(leg=leg))

    def leg_unstuck(self, leg: LegId) -> None:
        """It is where it belongs."""
        self._tell(LegUnstuck(leg=leg))

    def _entered_room(self, channel: Channel, bridge: str) -> None:
        known, named = self._seen.legs.get(channel.id), room_named(bridge)
        if known is None and named is not None and named[0] in self._reconcilers:
            self._strangers.put_out(channel, bridge)
        if known is not None and named is not None and not known.is_in_by_itself:
            known.room = named[1]
            if named[1] is Room.TALK:
                known.bound_for -= {Room.TALK}  # it is there, and seen
            known.entered_at = self._clock()
            known.hears = known.music if named[1] is Room.HOLD else ""
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

    def _hold_key_is(self, fact: LegHeld | LegUnheld) -> None:
        known = self._seen.legs.get(fact.leg)
        if known is not None:
            known.hold_key_unknown = False
            self._tell(fact)

    def _look(self, interaction: InteractionId | None) -> None:
        if interaction is not None and interaction in self._reconcilers:
            self._reconcilers[interaction].look()


def _may_take(place: Place, replaced: SeenLeg, newcomer: Channel, old: Channel) -> bool:
    """Whether a call may keep the place that it has taken: by its endpoint, which has shown a password or an address, and nothing else.

    Nobody has somebody outside replaced whom an agent has called: their call is that agent's. A trunk's that only rings has no place yet.
    """
    is_answered = replaced.progress is Progress.UP or bool(replaced.phone)
    is_wanted = not replaced.is_on_its_way_out and not replaced.gives_way
    return (place.is_customer or place.gives_codes) and is_answered and is_wanted and newcomer.endpoint == old.endpoint != ""
