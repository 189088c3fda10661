"""Keys of telephones become facts, and tones are heard by one telephone and end, whatever becomes of its leg meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping

import pytest

from controller.asterisk.errands import Errands
from controller.asterisk.errors import Gone, RequestFailed, SwitchAway
from controller.asterisk.failures import Asked
from controller.asterisk.perform import perform
from controller.asterisk.plan import Move
from controller.asterisk.seen import Progress, Seen, SeenLeg
from controller.asterisk.tones import SILENCE, TONE_SECONDS, Tones
from controller.asterisk.transport import NOTHING, REQUEST_SECONDS_MAX, Method, Reply
from controller.directory.ids import InteractionId, LegId, Seconds
from controller.floor.ports import Tone
from controller.interaction.facts import DigitPressed
from controller.interaction.layout import Layout, Place, Room
from controller.interaction.leg import Origin
from tests.edges.ari.test_how_legs_end import ALICE, CORA, Ears

IX = InteractionId("i")
TOLD = "2026-11-27T10:00:00.250+0000"


class Asterisk:
    """Writes down what it is asked, and fails what it is told to."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.queries: list[Mapping[str, str]] = []
        self.fails: dict[str, Exception] = {}

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
        self.asked.append(f"{method} {uri} {query.get('mohClass', '')}".strip())
        self.queries.append(query)
        if method in self.fails:
            raise self.fails[method]
        return Reply(204, "")


class OneLeg:
    """Alice's leg in some room, and tones whose time passes when the test says so."""

    def __init__(self, room: Room) -> None:
        self.asterisk = Asterisk()
        self.seen = Seen()
        self.leg = self.seen.note(
            SeenLeg(leg=ALICE, origin=Origin.MADE, interaction=IX, progress=Progress.UP, phone="1001", room=room, hears="default")
        )
        self.errands: list[asyncio.Task[object]] = []
        self.paused: list[Seconds] = []
        self.meanwhile: Callable[[], None] = lambda: None
        self.looked: list[InteractionId | None] = []
        self.tones = Tones(
            self.seen,
            self.asterisk,
            Errands(spawn=self._spawn, insist=self._insist, pause=self._pause, look=self.looked.append),
        )

    def _spawn(self, errand: Coroutine[None, None, object], name: str) -> None:
        self.errands.append(asyncio.ensure_future(errand))

    async def _insist(self, asked: Asked, name: str, ask: Callable[[], Awaitable[None]]) -> bool:
        await ask()
        return False

    async def _pause(self, seconds: Seconds) -> None:
        self.paused.append(seconds)
        if seconds == TONE_SECONDS:
            self.meanwhile()
        await asyncio.sleep(0)

    async def hears(self, *tones: Tone) -> list[str]:
        """What Asterisk was asked by the time that all tones have ended."""
        for tone in tones:
            self.tones.sound(ALICE, tone)
        await asyncio.gather(*self.errands)
        return self.asterisk.asked


async def test_a_tone_is_heard_for_its_time_and_ended() -> None:
    one = OneLeg(Room.TALK)

    asked = await one.hears(Tone.REFUSED)

    assert asked == [f"POST channels/{ALICE}/variable", f"POST channels/{ALICE}/moh code-refused", f"DELETE channels/{ALICE}/moh"]
    assert one.asterisk.queries[0] == {"variable": "CHANNEL(musicclass)", "value": "code-refused"}, "its own class goes before any other"
    assert one.leg.music == "code-refused", "so that the plan chooses anew before it comes into the hold room"
    assert one.paused[0] == TONE_SECONDS
    assert one.looked == []


async def test_whoever_has_come_to_the_hold_room_meanwhile_is_let_in_anew_for_their_music() -> None:
    one = OneLeg(Room.TALK)

    def is_parked() -> None:
        one.leg.room = Room.HOLD

    one.meanwhile = is_parked
    await one.hears(Tone.REFUSED)

    assert one.leg.hears == SILENCE
    assert one.looked == [IX]


async def test_a_tone_that_another_one_has_taken_the_place_of_is_not_ended_before_that() -> None:
    one = OneLeg(Room.TALK)

    asked = await one.hears(Tone.REFUSED, Tone.REFUSED)

    assert [request.split(" ", maxsplit=1)[0] for request in asked if not request.endswith("variable")] == ["POST", "POST", "DELETE"]


@pytest.mark.parametrize("trouble", [Gone("moh", 404, ""), RequestFailed("moh", 500, ""), SwitchAway("moh", "the lane broke", sent=True)])
async def test_a_tone_that_could_not_begin_is_ended_all_the_same(trouble: Exception) -> None:
    one = OneLeg(Room.TALK)
    one.asterisk.fails["POST"] = trouble

    assert (await one.hears(Tone.REFUSED))[-1].startswith("DELETE")


async def test_nobody_who_is_not_up_hears_a_tone() -> None:
    one = OneLeg(Room.TALK)
    one.leg.progress = Progress.DIALLED

    assert await one.hears(Tone.REFUSED) == []
    one.tones.sound(LegId("nobody's"), Tone.REFUSED)
    assert one.errands == []


async def test_what_an_earlier_process_may_have_left_is_ended_of_agents_only() -> None:
    one = OneLeg(Room.HOLD)
    one.seen.note(SeenLeg(leg=CORA, origin=Origin.CAME, interaction=IX, progress=Progress.UP, room=Room.HOLD))

    one.tones.attached(is_first=True)
    await asyncio.gather(*one.errands)

    assert one.asterisk.asked == [f"DELETE channels/{ALICE}/moh"]
    assert one.leg.hears == SILENCE


async def test_a_tone_that_could_not_be_ended_is_ended_when_asterisk_is_there_again_and_others_are_left_alone() -> None:
    one = OneLeg(Room.TALK)
    one.asterisk.fails["DELETE"] = SwitchAway("moh", "the lane broke", sent=False)
    with pytest.raises(SwitchAway):
        await one.hears(Tone.REFUSED)
    one.asterisk.fails.clear()
    one.errands.clear()

    one.tones.attached(is_first=False)
    one.tones.attached(is_first=False)
    await asyncio.gather(*one.errands)
    one.tones.attached(is_first=False)

    assert one.asterisk.asked[-1] == f"DELETE channels/{ALICE}/moh"
    assert len(one.errands) == 2


@pytest.mark.parametrize(("gives_codes", "room", "absorbs"), [(True, Room.TALK, "true"), (True, Room.HOLD, None), (False, Room.TALK, None)])
async def test_only_an_agents_keys_are_kept_from_the_talk_room(*, gives_codes: bool, room: Room, absorbs: str | None) -> None:
    asterisk, seen = Asterisk(), Seen()
    seen.note(SeenLeg(leg=ALICE, origin=Origin.MADE, interaction=IX, progress=Progress.UP))
    layout = Layout(interaction=IX, places=(Place(leg=ALICE, origin=Origin.MADE, room=room, gives_codes=gives_codes),))

    await perform(Move(ALICE, room), asterisk, 0, "controller", layout, seen, Ears().switch._dialable)

    assert asterisk.queries[-1].get("absorbDTMF") == absorbs


def keys_heard(ears: Ears) -> list[DigitPressed]:
    return [fact for fact in ears.facts if isinstance(fact, DigitPressed)]


def test_a_key_of_an_agents_telephone_is_told_with_its_time_by_asterisks_clock() -> None:
    ears = Ears()
    ears.switch._seen.legs[ALICE].phone = "1001"

    ears.hear("ChannelDtmfReceived", ALICE, digit="*", duration_ms=120, timestamp=TOLD)
    ears.hear("ChannelDtmfReceived", ALICE, digit="8", duration_ms=100, timestamp="2026-11-27T11:00:00.500+0100")

    first, second = keys_heard(ears)
    assert (first.leg, first.digit, first.pressed_seconds) == (ALICE, "*", 0.12)
    assert second.told_at - first.told_at == pytest.approx(0.25)


@pytest.mark.parametrize("timestamp", ["", "yesterday"])
def test_a_key_of_which_asterisk_says_no_time_is_told_by_our_clock(timestamp: str) -> None:
    ears = Ears()
    ears.switch._seen.legs[ALICE].phone = "1001"
    before = ears.switch._clock()

    ears.hear("ChannelDtmfReceived", ALICE, digit="*", timestamp=timestamp)

    (key,) = keys_heard(ears)
    assert before <= key.told_at <= ears.switch._clock()


def test_keys_of_customers_and_of_people_outside_are_told_to_nobody() -> None:
    ears = Ears()

    for leg in (CORA, ALICE, LegId("nobody's")):
        ears.hear("ChannelDtmfReceived", leg, digit="5", timestamp=TOLD)

    assert keys_heard(ears) == []
