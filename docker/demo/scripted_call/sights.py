"""The parts of a rule that look and listen: what is heard on the wire, what rings, what the API and Asterisk say.

Each gives what it saw in a few words, or raises NotAsExpected with it.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Any, Final

from scripted_call.api import ask
from scripted_call.script import CallBroken, NotAsExpected, Part
from scripted_call.stage import Stage, eventually
from tests.phones import PHONE_TONES_HZ, HeardPacket
from tests.phones.errors import PhoneTimeout

MUSIC: Final = "music"
RINGING: Final = "ringing"
NOBODY: Final = "nobody"
SOUND: Final = "a sound of nobody"
"""What `music` and `ringing` are measured as: a sound that is nobody's tone. The demo's music is real music, so no tone tells it."""
_CHANGING: Final = "changing"

HEAR_SECONDS_MAX: Final = 6.0
"""Music of the demo begins with up to two quiet seconds."""
STEADY_PACKETS: Final = 8
SOUND_PACKETS_MIN: Final = 5
NO_PACKET_SECONDS: Final = 0.1
LOOK_AGAIN_SECONDS: Final = 0.02
TOLD_SECONDS_MAX: Final = 3.0
LEFT_SECONDS_MAX: Final = 2.0
RINGING_STOPS_SECONDS_MAX: Final = 0.2

PEOPLE: Final = frozenset(PHONE_TONES_HZ)


# --- What is heard -----------------------------------------------------------------------------------------------------


def hear(**wanted: str) -> Part:
    """Each of these hears just this: `alice="bob"`, `customer=MUSIC`, `bob="alice+customer"`, `alice=NOBODY`."""

    async def part(on: Stage) -> str:
        since = time.time()
        while True:
            now = time.time()
            heard = {who: what_is_heard(on.ear.packets(who, since), since, now) for who in wanted}
            if all(_is(heard[who], what) for who, what in wanted.items()):
                return _in_words(wanted)
            if now - since > HEAR_SECONDS_MAX:
                raise NotAsExpected(expected=_in_words(wanted), seen=_in_words(heard))
            await asyncio.sleep(LOOK_AGAIN_SECONDS)

    return part


def _is(heard: str, wanted: str) -> bool:
    return heard == (SOUND if wanted in (MUSIC, RINGING) else wanted)


def _in_words(heard: dict[str, str]) -> str:
    return " · ".join(f"{who}: {what}" for who, what in heard.items())


def what_is_heard(packets: Sequence[HeardPacket], since: float, now: float) -> str:
    """Name who is heard steadily at the end of these packets, or say that it is a sound of nobody, or nobody."""
    newest = packets[-1].at if packets else since
    if now - newest >= NO_PACKET_SECONDS:
        return NOBODY
    last = packets[-STEADY_PACKETS:]
    if len(last) < STEADY_PACKETS:
        return _CHANGING
    if any(packet.tones & PEOPLE for packet in last):
        same = len({packet.tones for packet in last}) == 1
        return "+".join(sorted(last[0].tones)) if same else _CHANGING
    sounds = 0
    for packet in reversed(packets):
        if packet.tones & PEOPLE:
            break
        sounds += bool(packet.tones)
    return SOUND if sounds >= SOUND_PACKETS_MIN else NOBODY


async def with_music_when_bob_is_rung(on: Stage) -> str:
    """The first packet of music reaches the customer before Bob's telephone rings, and nothing of Alice after it; tells when."""
    rang_at = on.moments["rings"]
    await hear(customer=MUSIC)(on)
    heard = on.ear.packets("customer", on.moments["consult"])
    first = first_after_the_last_person(heard)
    late = [packet for packet in heard if packet.at >= rang_at and packet.tones & PEOPLE]
    seen = "no music" if first is None else f"customer: first music packet {(first.at - rang_at) * 1000:+.0f} ms from the ring"
    if late:
        seen += f", {len(late)} packets of agents after it"
    if first is None or late or first.at >= rang_at:
        raise NotAsExpected(expected="music before the ring, and no agent after it", seen=seen)
    return seen


def first_after_the_last_person(packets: Sequence[HeardPacket]) -> HeardPacket | None:
    """The packet that follows the last one with anybody's tone."""
    first = None
    for packet in reversed(packets):
        if packet.tones & PEOPLE:
            break
        first = packet
    return first


async def not_a_word(on: Stage) -> str:
    """From Bob's first ring to the resume, the customer got not one packet with either agent's tone."""
    heard = on.ear.packets("customer", on.moments["rings"], on.moments["resume"])
    words = [packet for packet in heard if packet.tones & {"alice", "bob"}]
    seen = f"customer: {len(words)} of {len(heard)} packets"
    if words or not heard:
        raise NotAsExpected(expected="0 packets with a word", seen=seen)
    return seen


async def never_heard_bob(on: Stage) -> str:
    """In the whole call the customer got not one packet with Agent 2's tone."""
    heard = on.ear.packets("customer", on.moments["dials"])
    words = [packet for packet in heard if "bob" in packet.tones]
    seen = f"customer: {len(words)} of {len(heard)} packets"
    if words or not heard:
        raise NotAsExpected(expected="0 packets with bob", seen=seen)
    return seen


# --- What telephones do ------------------------------------------------------------------------------------------------


def _state(on: Stage, who: str) -> str:
    """How far the newest call of a telephone is: ringing, established."""
    return on.phones[who].live_calls[-1].state.name.lower()


def rings(who: str) -> Part:
    """A telephone rings."""

    async def part(on: Stage) -> str:
        try:
            call = await on.phones[who].incoming()
        except PhoneTimeout:
            raise CallBroken(expected=f"{who}: rings", seen=f"{who}: quiet") from None
        on.moments["rings"] = call.ringing_at or call.began_at
        return f"{who}: rings"

    return part


def is_offered(who: str) -> Part:
    """A telephone rings for a customer; the script is about this interaction from now on."""

    async def part(on: Stage) -> str:
        seen = await rings(who)(on)
        on.interaction = (await on.desks[who].me())["interaction"] or ""
        if not on.interaction:
            raise CallBroken(expected=f"an interaction of {who}", seen="none")
        on.interactions.append(on.interaction)
        return seen

    return part


def stops_ringing(who: str) -> Part:
    """A telephone that rang is quiet."""

    async def part(on: Stage) -> str:
        await is_dropped(who)(on)
        return f"{who}: quiet"

    return part


def is_quiet(who: str) -> Part:
    """A telephone neither rings nor talks."""

    async def part(on: Stage) -> str:
        if on.phones[who].live_calls:
            raise NotAsExpected(expected=f"{who}: quiet", seen=f"{who}: {_state(on, who)}")
        return f"{who}: quiet"

    return part


def is_dropped(*whom: str) -> Part:
    """These telephones are hung up by the other side."""

    async def part(on: Stage) -> str:
        for who in whom:
            try:
                await on.phones[who].closed()
            except PhoneTimeout:
                raise CallBroken(expected=f"{who}: dropped", seen=f"{who}: still {_state(on, who)}") from None
        return " · ".join(f"{who}: dropped" for who in whom)

    return part


async def bob_stops_ringing_in_time(on: Stage) -> str:
    """Bob's telephone is quiet 200 ms after the customer hung up; tells how long it took."""
    over = await on.phones["bob"].closed()
    assert over.closed_at is not None, "a closed call has closed"
    seconds = over.closed_at - on.moments["hangs up"]
    seen = f"bob: quiet after {seconds * 1000:.0f} ms"
    if seconds > RINGING_STOPS_SECONDS_MAX:
        raise NotAsExpected(expected=f"within {RINGING_STOPS_SECONDS_MAX * 1000:.0f} ms", seen=seen)
    return seen


# --- What the API says -------------------------------------------------------------------------------------------------


def is_refused(who: str, action: str, answer: str, body: dict[str, Any] | None = None) -> Part:
    """A button that this agent may not press, or not now; the interaction stays as it is."""

    async def part(on: Stage) -> str:
        got = await on.desks[who].press(action, on.interaction, body)
        if got.status == 200:
            raise CallBroken(expected=answer, seen="200: it was done")
        if str(got) != answer:
            raise NotAsExpected(expected=answer, seen=str(got))
        return answer

    return part


async def nobody_without_a_login(on: Stage) -> str:
    """Who has only a telephone gives no command over the API."""
    port = on.desks["alice"].port
    got = await ask(port, "POST", f"/api/v1/interactions/{on.interaction}/consult", body={"target": {"kind": "agent", "id": "bob"}})
    if str(got) != "401 unauthenticated":
        raise NotAsExpected(expected="401 unauthenticated", seen=str(got))
    return str(got)


def owns(who: str) -> Part:
    """The interaction is this agent's."""

    async def part(on: Stage) -> str:
        owner = ""

        async def is_theirs() -> bool:
            nonlocal owner
            answer = await on.desks[who].call("GET", f"/interactions/{on.interaction}")
            owner = answer.body.get("owner") if answer.status == 200 else str(answer)
            return owner == who

        # Whoever puts down a telephone is heard of by the controller a moment later.
        if not await eventually(is_theirs, TOLD_SECONDS_MAX):
            raise NotAsExpected(expected=f"owner: {who}", seen=f"owner: {owner}")
        return f"owner: {owner}"

    return part


def is_in(phase: str) -> Part:
    """The interaction comes to this phase."""

    async def part(on: Stage) -> str:
        seen = ""

        async def looks_so() -> bool:
            nonlocal seen
            answers = [await desk.call("GET", f"/interactions/{on.interaction}") for desk in on.desks.values()]
            seen = next((answer.body["phase"] for answer in answers if answer.status == 200), "nobody's")
            return seen == phase

        if not await eventually(looks_so, TOLD_SECONDS_MAX):
            raise NotAsExpected(expected=phase, seen=seen)
        return phase

    return part


def must_wrap_up(who: str) -> Part:
    """An agent is asked for a reason, and for this interaction only."""

    async def part(on: Stage) -> str:
        async def asked() -> bool:
            me = await on.desks[who].me()
            return me["state"] == "wrap_up" and [owed["interaction"] for owed in me["wrap_ups"]] == [on.interaction]

        if not await eventually(asked, TOLD_SECONDS_MAX):
            raise NotAsExpected(expected=f"{who}: wrap-up", seen=f"{who}: {(await on.desks[who].me())['state']}")
        return f"{who}: wrap-up"

    return part


def owes_nothing(who: str) -> Part:
    """An agent is on no call and was asked for nothing."""

    async def part(on: Stage) -> str:
        me = {}

        async def is_done() -> bool:
            me.update(await on.desks[who].me())
            return me["interaction"] is None and not me["wrap_ups"]

        if not await eventually(is_done, TOLD_SECONDS_MAX):
            raise NotAsExpected(expected=f"{who}: owes nothing", seen=f"{who}: {me['state']}")
        return f"{who}: owes nothing"

    return part


def is_free(who: str) -> Part:
    """An agent takes calls again and was asked for nothing."""

    async def part(on: Stage) -> str:
        async def free() -> bool:
            me = await on.desks[who].me()
            return me["state"] == "available" and not me["wrap_ups"]

        if not await eventually(free, TOLD_SECONDS_MAX):
            raise NotAsExpected(expected=f"{who}: free", seen=f"{who}: {(await on.desks[who].me())['state']}")
        return f"{who}: free"

    return part


# --- What Asterisk says ------------------------------------------------------------------------------------------------


async def nothing_is_left(on: Stage) -> str:
    """Asterisk has no channel and no room of the script any more."""

    async def empty() -> bool:
        return not await on.leftovers()

    if not await eventually(empty, LEFT_SECONDS_MAX):
        raise NotAsExpected(expected="0 channels, 0 bridges", seen=", ".join(await on.leftovers()))
    return "0 channels, 0 bridges"
