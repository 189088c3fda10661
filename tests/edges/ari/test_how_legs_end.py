"""Whether a leg that was up has hung up or was lost, and what is learnt when nobody listened. The numbers are those of Asterisk 22.10."""

import json
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

import pytest

from controller.asterisk.dial_string import Dialable
from controller.asterisk.errors import AriError, Booting, Gone, NotAllowed, RequestFailed, SwitchAway
from controller.asterisk.events import BadEvent, UnknownEvent, parse
from controller.asterisk.seen import Progress, SeenLeg, Sign
from controller.asterisk.switch import AriSwitch
from controller.asterisk.transport import NOTHING, REQUEST_SECONDS_MAX, Method, Reply
from controller.directory.ids import THE_SWITCH, InteractionId, LegId
from controller.directory.site import AsteriskAccess
from controller.interaction.facts import CustomerArrived, EndCause, EndCodes, Fact, LegEnded, LegHeld, LegUnheld, SwitchFound
from controller.interaction.layout import Layout, Place, Room
from controller.interaction.leg import Endpoint, Origin

ALICE, CORA = LegId("ix-i-alice-1"), LegId("1700000000.1")
INTERACTION = InteractionId("i")
ACCESS = AsteriskAccess(url="http://x", app="controller", username="", password="", transport="auto", lanes=1)


class Answers:
    """A transport that has channels, and knows of some whether their telephones are on hold; None: it can't say."""

    def __init__(
        self,
        channels: Sequence[LegId] = (),
        on_hold: Mapping[LegId, bool | None] = NOTHING,  # type: ignore[assignment]
        *,
        callers: Sequence[LegId] = (),
    ) -> None:
        self._channels = [*channels, *callers]
        self._callers = callers
        self.on_hold = dict(on_hold)
        self.is_cut = False

    async def request(
        self,
        method: Method,
        uri: str,
        *,
        query: Mapping[str, str] = NOTHING,
        body: Mapping[str, object] | None = None,
        lane: int = 0,
        seconds_max: float = REQUEST_SECONDS_MAX,
    ) -> Reply:
        assert method == "GET", "a look changes nothing"
        if self.is_cut:
            raise SwitchAway(f"GET {uri}", "cut", sent=True)
        if uri.endswith("/variable"):
            assert query == {"variable": "CHANNEL(rtp,hold)"}
            leg = LegId(uri.split("/")[1])
            if leg not in self.on_hold:
                raise Gone(f"GET {uri}", 404, "Channel not found")
            on_hold = self.on_hold[leg]
            if on_hold is None:
                raise RequestFailed(f"GET {uri}", 500, "Unable to read provided function")
            return Reply(200, json.dumps({"value": "1" if on_hold else "0"}))
        words = {leg: "controller,customer,800" if leg in self._callers else "controller" for leg in self._channels}
        there = [{"id": leg, "state": "Up", "dialplan": {"app_name": "Stasis", "app_data": said}} for leg, said in words.items()]
        shown = there if uri == "channels" else []
        return Reply(200, json.dumps(shown))


class Ears:
    """A switch whose facts are written down."""

    def __init__(self, asterisk: Answers | None = None, *, progress: Progress | None = Progress.UP) -> None:
        self.facts: list[Fact] = []
        self.switch = AriSwitch(ACCESS, post=self.facts.append, instance="test", dialable=Dialable(trunks=frozenset({"outside"})))
        self.switch._transport = asterisk or Answers()
        self._arrange(progress)

    def _arrange(self, progress: Progress | None) -> None:
        phone = "1001" if progress is Progress.DIALLED else None
        places = (
            Place(leg=CORA, origin=Origin.CAME, room=Room.TALK),
            Place(leg=ALICE, origin=Origin.MADE, room=Room.TALK, endpoint=Endpoint(address=phone) if phone else None),
        )
        if progress is not None:  # None: a process that has just begun
            for leg in (CORA, ALICE):
                self.switch._seen.note(
                    SeenLeg(
                        leg=leg,
                        origin=Origin.CAME if leg == CORA else Origin.MADE,
                        interaction=INTERACTION,
                        progress=Progress.UP if leg == CORA else progress,
                    )
                )
        self.switch.arrange(Layout(interaction=INTERACTION, places=places))

    def hear(self, kind: str, leg: LegId, **fields: object) -> None:
        event = parse(json.dumps({"type": kind, "channel": {"id": leg, "state": "Up"}, **fields}))
        assert not isinstance(event, BadEvent | UnknownEvent)
        self.switch.heard(event)

    def cause_of(self, leg: LegId) -> EndCause:
        (ended,) = (fact for fact in self.facts if isinstance(fact, LegEnded) and fact.leg == leg)
        return ended.cause


REASONS = [(None, None), (17, 486), (19, 480), (31, None), (38, 503), (41, None), (102, None), (127, None), (999, None), (16, None)]


@pytest.mark.parametrize(("q850", "sip"), REASONS)
def test_a_telephone_that_was_up_and_says_goodbye_has_hung_up_whatever_reason_it_names(q850: int | None, sip: int | None) -> None:
    ears = Ears()
    named = {name: value for name, value in (("cause", q850), ("tech_cause", sip)) if value is not None}

    ears.hear("ChannelHangupRequest", ALICE, **named)
    ears.hear("ChannelDestroyed", ALICE, **(named or {"cause": 16}))

    assert ears.cause_of(ALICE) is EndCause.HUNG_UP


@pytest.mark.parametrize(
    ("asked", "ended"),
    [
        ({"soft": True, "cause": 1}, {"cause": 44}),  # no sound for too long
        ({"cause": 58, "tech_cause": 488}, {"cause": 58, "tech_cause": 488}),  # a re-INVITE that Asterisk could not take
        ({"cause": 18, "tech_cause": 408}, {"cause": 18, "tech_cause": 408}),  # it no longer answers SIP: the session timer
        ({"soft": True, "cause": 32}, {"cause": 16}),  # `channel request hangup` at Asterisk's console
    ],
)
def test_a_leg_that_was_up_and_that_asterisk_ended_is_lost(asked: dict[str, object], ended: dict[str, object]) -> None:
    ears = Ears()

    ears.hear("ChannelHangupRequest", ALICE, **asked)
    ears.hear("ChannelDestroyed", ALICE, **ended)

    assert ears.cause_of(ALICE) is EndCause.FAILED


def test_who_decided_is_what_asterisk_says_first() -> None:
    ears = Ears()

    ears.hear("ChannelHangupRequest", ALICE)
    ears.hear("ChannelHangupRequest", ALICE, soft=True, cause=32)
    ears.hear("ChannelDestroyed", ALICE, cause=16)

    assert ears.cause_of(ALICE) is EndCause.HUNG_UP


def test_a_leg_that_was_up_and_of_whose_end_asterisk_says_nothing_beforehand_has_hung_up() -> None:
    ears = Ears()

    ears.hear("ChannelDestroyed", ALICE, cause=127)

    assert ears.cause_of(ALICE) is EndCause.HUNG_UP


@pytest.mark.parametrize(("q850", "sip", "cause"), [(17, 486, EndCause.BUSY), (38, 503, EndCause.FAILED), (19, None, EndCause.NO_ANSWER)])
def test_a_telephone_that_was_never_answered_says_why_by_its_numbers(q850: int, sip: int | None, cause: EndCause) -> None:
    ears = Ears(progress=Progress.DIALLED)

    ears.hear("ChannelHangupRequest", ALICE, cause=q850, tech_cause=sip)
    ears.hear("ChannelDestroyed", ALICE, cause=q850, tech_cause=sip)

    assert ears.cause_of(ALICE) is cause


@pytest.mark.parametrize(
    ("q850", "sip", "cause"),
    [
        (1, 404, EndCause.UNREACHABLE),
        (22, 410, EndCause.UNREACHABLE),
        (28, 484, EndCause.UNREACHABLE),
        (1, 604, EndCause.UNREACHABLE),
        (17, 486, EndCause.BUSY),
        (21, 603, EndCause.DECLINED),
        (21, 403, EndCause.FAILED),
        (34, 503, EndCause.FAILED),
        (23, 302, EndCause.FORWARDED),
        (19, 480, EndCause.NO_ANSWER),
        (18, 408, EndCause.TRUNK_SILENT),
        (16, 487, EndCause.HUNG_UP),
    ],
)
def test_a_call_by_a_trunk_that_came_to_nothing_says_why_by_its_numbers(q850: int, sip: int, cause: EndCause) -> None:
    ears = Ears(progress=Progress.DIALLED)
    ears.switch._seen.legs[ALICE].trunk = "outside"

    ears.hear("ChannelDestroyed", ALICE, cause=q850, tech_cause=sip)

    assert ears.cause_of(ALICE) is cause


def test_a_call_that_rang_by_a_trunk_and_timed_out_was_not_answered() -> None:
    ears = Ears(progress=Progress.DIALLED)
    ears.switch._seen.legs[ALICE].trunk = "outside"
    ears.switch.heard(parse(json.dumps({"type": "Dial", "peer": {"id": ALICE}, "dialstatus": "RINGING"})))

    ears.hear("ChannelDestroyed", ALICE, cause=18, tech_cause=408)

    assert ears.cause_of(ALICE) is EndCause.NO_ANSWER


@pytest.mark.parametrize(("status", "sign"), [("RINGING", Sign.RINGING), ("PROGRESS", Sign.SOUND), ("", Sign.NONE), ("ANSWER", Sign.NONE)])
def test_what_comes_back_before_an_answer_is_noted(status: str, sign: Sign) -> None:
    ears = Ears(progress=Progress.DIALLED)

    ears.switch.heard(parse(json.dumps({"type": "Dial", "peer": {"id": ALICE}, "dialstatus": status})))

    assert ears.switch._seen.legs[ALICE].sign is sign


@pytest.mark.parametrize(("soft", "cause"), [(False, EndCause.HUNG_UP), (True, EndCause.FAILED)])
def test_a_customer_who_leaves_has_hung_up_and_one_whom_asterisk_hangs_up_is_lost(soft: bool, cause: EndCause) -> None:
    ears = Ears()

    ears.hear("ChannelHangupRequest", CORA, soft=soft)
    ears.hear("StasisEnd", CORA)

    assert ears.cause_of(CORA) is cause


def test_the_end_of_a_leg_that_nobody_knows_is_passed_over() -> None:
    ears = Ears()

    ears.hear("ChannelHangupRequest", LegId("ix-j-bob-1"), soft=True)

    assert ears.facts == []


# --- What is learnt after nobody listened ------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [Progress.UP, None])
@pytest.mark.parametrize(("restarted", "cause"), [(False, EndCause.HUNG_UP), (True, EndCause.FAILED)])
async def test_an_owner_who_is_gone_has_hung_up_unless_asterisk_was_started_again(
    before: Progress | None, restarted: bool, cause: EndCause
) -> None:
    ears = Ears(Answers([CORA]), progress=before)

    await ears.switch.attached(restarted=restarted)

    assert ears.cause_of(ALICE) is cause


async def test_of_a_telephone_that_only_rang_nobody_knows_why_it_is_gone() -> None:
    ears = Ears(Answers([CORA]), progress=Progress.DIALLED)

    await ears.switch.attached(restarted=False)

    assert ears.cause_of(ALICE) is EndCause.FAILED


@pytest.mark.parametrize(("on_hold", "learnt"), [(True, LegHeld(leg=ALICE)), (False, LegUnheld(leg=ALICE))])
async def test_whose_hold_key_is_pressed_is_learnt_before_the_switch_is_there(on_hold: bool, learnt: Fact) -> None:
    ears = Ears(Answers([CORA, ALICE], {ALICE: on_hold}))

    await ears.switch.attached(restarted=False)

    assert ears.facts == [learnt, SwitchFound(switch=THE_SWITCH)]


async def test_a_caller_of_whom_nothing_is_known_is_asked_for_their_hold_key_too() -> None:
    """They were answered by a process that was killed before anything was kept."""
    dave = LegId("1.9")
    ears = Ears(Answers([CORA, ALICE], {dave: True}, callers=[dave]))

    await ears.switch.attached(restarted=False)

    assert [type(fact) for fact in ears.facts] == [CustomerArrived, LegHeld, SwitchFound]
    assert ears.facts[1] == LegHeld(leg=dave)


class AsksAgain(Ears):
    """Of Alice's telephone Asterisk can't say at first whether it is on hold. What happens in each pause is told beforehand."""

    def __init__(self, *happens: Callable[["AsksAgain"], None]) -> None:
        self.asterisk = Answers([CORA, ALICE], {ALICE: None})
        super().__init__(self.asterisk)
        self._happens = list(happens)
        self.pauses: list[float] = []
        self._errands: list[Coroutine[None, None, object]] = []
        self.switch._pause = self._pause  # type: ignore[method-assign]
        self.switch._spawn = lambda errand, name: self._errands.append(errand)  # type: ignore[method-assign]

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(round(seconds, 1))
        if self._happens:
            self._happens.pop(0)(self)

    async def attach(self) -> list[Fact]:
        """What is told after the switch is there."""
        await self.switch.attached(restarted=False)
        assert self.facts == [SwitchFound(switch=THE_SWITCH)], "nobody waits for it, and its agent is believed"
        (errand,) = self._errands
        await errand
        return self.facts[1:]

    def says(self, *, on_hold: bool | None) -> None:
        """From now on Asterisk can say it, or can't."""
        self.asterisk.on_hold[ALICE] = on_hold


async def test_a_telephone_of_which_asterisk_cannot_say_it_is_left_to_its_agent() -> None:
    ears = AsksAgain()

    assert await ears.attach() == []
    assert ears.pauses == [1.0, 1.0], "three tries in all, as with everything"


@pytest.mark.parametrize(("on_hold", "learnt"), [(True, [LegHeld(leg=ALICE)]), (False, [])])
async def test_a_telephone_of_which_asterisk_could_not_say_it_at_first_is_asked_for_again(on_hold: bool, learnt: list[Fact]) -> None:
    ears = AsksAgain(lambda ears: ears.says(on_hold=on_hold))

    assert await ears.attach() == learnt


async def test_what_an_event_says_of_a_hold_key_is_newer_than_any_answer() -> None:
    def is_released(ears: AsksAgain) -> None:
        ears.hear("ChannelUnhold", ALICE)
        ears.says(on_hold=True)

    ears = AsksAgain(is_released)

    assert await ears.attach() == [LegUnheld(leg=ALICE)]


async def test_a_hold_key_is_not_asked_for_any_more_when_its_leg_or_asterisk_is_gone() -> None:
    left = AsksAgain(lambda ears: ears.hear("ChannelDestroyed", ALICE, cause=16))
    lost = AsksAgain(lambda ears: ears.switch.lost("cut"))
    gone = AsksAgain(lambda ears: ears.asterisk.on_hold.clear())

    for ears in (left, lost, gone):
        await ears.attach()
        assert ears.pauses == [1.0]


async def test_an_outage_costs_a_hold_key_that_is_asked_for_again_no_try() -> None:
    def breaks(ears: AsksAgain) -> None:
        ears.asterisk.is_cut = True

    def is_back(ears: AsksAgain) -> None:
        ears.asterisk.is_cut = False
        ears.says(on_hold=True)

    ears = AsksAgain(breaks, lambda ears: None, lambda ears: None, is_back)

    assert await ears.attach() == [LegHeld(leg=ALICE)]
    assert ears.pauses == [1.0, 0.2, 0.2, 0.2]


@pytest.mark.parametrize(
    "end",
    [SwitchAway("GET", "cut", sent=True), NotAllowed("GET", 401, "Authentication required"), Booting("GET", 503, "Asterisk not booted")],
)
async def test_an_attachment_that_ends_while_hold_keys_are_learnt_is_none(end: AriError) -> None:
    class Cut(Answers):
        async def request(self, method: Method, uri: str, **more: object) -> Reply:
            if uri.endswith("/variable"):
                raise end
            return await super().request(method, uri)

    ears = Ears(Cut([CORA, ALICE]))

    with pytest.raises(type(end)):
        await ears.switch.attached(restarted=False)
    assert SwitchFound(switch=THE_SWITCH) not in ears.facts


def test_a_stray_that_answers_says_nothing_of_the_next_leg_with_its_name() -> None:
    ears = Ears(progress=Progress.DIALLED)
    ears.switch._seen.legs[ALICE].is_stray = True

    ears.hear("ChannelStateChange", ALICE)

    assert ears.facts == []


@pytest.mark.parametrize(
    ("said", "progress", "sign"),
    [
        ("SIP 183 Session Progress", Progress.DIALLED, Sign.SOUND),
        ("SIP 100 Trying", Progress.DIALLED, Sign.TRYING),
        ("", Progress.DIALLED, Sign.NONE),
    ],
)
async def test_a_call_by_a_trunk_that_an_earlier_process_began_is_not_begun_once_more(said: str, progress: Progress, sign: Sign) -> None:
    """It stands as `Down` until it is answered, also while the far end is heard; a second dial would end it."""

    class Trunk(Answers):
        async def request(self, method: Method, uri: str, **more: Any) -> Reply:
            if uri.endswith("/variable"):
                assert more["query"] == {"variable": "HANGUPCAUSE(PJSIP/outside-0000002a,tech)"}
                if not said:
                    raise RequestFailed(f"GET {uri}", 500, "Unable to read provided function")
                return Reply(200, json.dumps({"value": said}))
            place = {"app_name": "Stasis", "app_data": "controller,"}
            shown = {"id": ALICE, "name": "PJSIP/outside-0000002a", "state": "Down", "dialplan": place}
            return Reply(200, json.dumps([shown] if uri == "channels" else []))

    ears = Ears(Trunk(), progress=None)
    number = Place(leg=ALICE, origin=Origin.MADE, room=Room.TALK, endpoint=Endpoint(address="+33199001001", trunk="outside"))
    ears.switch.arrange(Layout(interaction=INTERACTION, places=(number,)))

    await ears.switch.attached(restarted=False)

    known = ears.switch._seen.legs[ALICE]
    assert (known.progress, known.sign, known.trunk, known.phone) == (progress, sign, "outside", "")


async def test_a_customer_who_was_called_and_whose_interaction_is_over_is_told_to_be_gone_also_by_a_new_process() -> None:
    """Nobody but the name of their leg says that it was ours, so it is hung up as one of no interaction; the floor waits for its end."""
    ears = Ears(Answers([ALICE]), progress=None)
    ears.switch._reconcilers.clear()
    ears.switch._spawn = lambda errand, name: errand.close()  # type: ignore[method-assign]
    ears.switch.await_end_of(ALICE)

    await ears.switch.attached(restarted=False)
    assert ears.facts == [SwitchFound(switch=THE_SWITCH)]
    ears.hear("ChannelDestroyed", ALICE, cause=16)

    assert ears.cause_of(ALICE) is EndCause.HUNG_UP


# --- The network's own numbers, for people ------------------------------------------------------------------------------


def codes_of(ears: Ears, leg: LegId) -> EndCodes | None:
    (ended,) = (fact for fact in ears.facts if isinstance(fact, LegEnded) and fact.leg == leg)
    return ended.codes


def test_what_the_network_said_is_told_beside_what_it_means() -> None:
    ears = Ears(progress=Progress.DIALLED)

    ears.hear("ChannelDestroyed", ALICE, cause=17, tech_cause=486)

    assert (ears.cause_of(ALICE), codes_of(ears, ALICE)) == (EndCause.BUSY, EndCodes(q850=17, sip=486))


def test_of_a_caller_the_network_says_it_only_beforehand() -> None:
    ears = Ears()

    ears.hear("ChannelHangupRequest", CORA, cause=16)
    ears.hear("StasisEnd", CORA)

    assert codes_of(ears, CORA) == EndCodes(q850=16, sip=None)


def test_where_the_network_has_said_nothing_there_are_no_numbers() -> None:
    ears = Ears()

    ears.hear("ChannelHangupRequest", CORA)
    ears.hear("StasisEnd", CORA)

    assert codes_of(ears, CORA) is None
