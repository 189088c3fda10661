"""Whether a leg that was up has hung up or was lost, and what is learnt when nobody listened. The numbers are those of Asterisk 22.10."""

import json
from collections.abc import Mapping, Sequence

import pytest

from controller.asterisk.errors import AriError, Booting, NotAllowed, RequestFailed, SwitchAway
from controller.asterisk.events import BadEvent, UnknownEvent, parse
from controller.asterisk.seen import Progress, SeenLeg
from controller.asterisk.switch import AriSwitch
from controller.asterisk.transport import NOTHING, REQUEST_SECONDS_MAX, Method, Reply
from controller.directory.ids import THE_SWITCH, InteractionId, LegId
from controller.directory.site import AsteriskAccess
from controller.interaction.facts import EndCause, Fact, LegEnded, LegHeld, LegUnheld, SwitchFound
from controller.interaction.layout import Layout, Place, Room
from controller.interaction.leg import Endpoint, Origin

ALICE, CORA = LegId("ix-i-alice-1"), LegId("1700000000.1")
INTERACTION = InteractionId("i")
ACCESS = AsteriskAccess(url="http://x", app="controller", username="", password="", transport="", lanes=1)


class Answers:
    """A transport that has channels, and knows of each whether its telephone is on hold; None: it can't say."""

    def __init__(self, channels: Sequence[LegId] = (), on_hold: Mapping[LegId, bool | None] = NOTHING) -> None:  # type: ignore[assignment]
        self._channels = channels
        self._on_hold = on_hold

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
        if uri.endswith("/variable"):
            assert query == {"variable": "CHANNEL(rtp,hold)"}
            on_hold = self._on_hold[LegId(uri.split("/")[1])]
            if on_hold is None:
                raise RequestFailed(f"GET {uri}", 500, "Unable to read provided function")
            return Reply(200, json.dumps({"value": "1" if on_hold else "0"}))
        place = {"app_name": "Stasis", "app_data": "controller"}
        shown = [{"id": leg, "state": "Up", "dialplan": place} for leg in self._channels] if uri == "channels" else []
        return Reply(200, json.dumps(shown))


class Ears:
    """A switch whose facts are written down."""

    def __init__(self, asterisk: Answers | None = None, *, progress: Progress | None = Progress.UP) -> None:
        self.facts: list[Fact] = []
        self.switch = AriSwitch(ACCESS, post=self.facts.append, instance="test")
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
        self.switch.arrange(Layout(interaction=INTERACTION, places=places, music="m", caller_number="", caller_name=""))

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


async def test_a_telephone_of_which_asterisk_cannot_say_it_is_left_to_its_agent() -> None:
    ears = Ears(Answers([CORA, ALICE], {ALICE: None}))

    await ears.switch.attached(restarted=False)

    assert ears.facts == [SwitchFound(switch=THE_SWITCH)]


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
