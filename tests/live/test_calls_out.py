"""An agent calls somebody: their own telephone rings first, then the number. Nobody answered: no reason is owed."""

import asyncio

import pytest

from tests.live.desk import Json
from tests.live.far_ends import (
    ANNOUNCED,
    ANSWERS,
    ANSWERS_TOO_LATE,
    BUSY,
    COLLEAGUE,
    DECLINES,
    ELSEWHERE,
    HANGS_UP_AT_ONCE,
    HEARD,
    MARIE,
    OVERLOADED,
    RINGS,
    SILENT,
    UNKNOWN,
    number,
)
from tests.live.scene import Scene, until
from tests.live.test_displays import named_by, shows
from tests.phones import Account, AnsweringPhone, FarEnd

pytestmark = pytest.mark.usefixtures("outside")

TOGETHER = {"alice": {"outside"}, "outside": {"alice"}}
TRUNK_SILENT_SECONDS_MAX = 8.0


async def nothing_is_owed(scene: Scene, interaction: str, *, seconds_max: float = 5.0) -> None:
    """The call came to nothing: Alice is off the line, and as she was before it."""
    await scene.phones["alice"].closed(seconds_max=seconds_max)
    await scene.owes_nothing("alice", state="idle")
    assert (await scene.supervisor.call("GET", f"/interactions/{interaction}")).status == 404, "it is over"


@pytest.mark.parametrize(
    ("target", "dialled", "name"), [(number(RINGS), RINGS, ""), (MARIE, COLLEAGUE, "Marie Durand")], ids=["number", "organisation"]
)
async def test_the_called_one_answers_and_is_the_customer(scene: Scene, outside: FarEnd, target: Json, dialled: str, name: str) -> None:
    interaction = await scene.own_phone_rings(target, queue="rules")
    assert outside.far_calls == [], "the own telephone is first"
    await scene.picks_up("alice")
    far = await outside.call_to(dialled)
    await far.did("180")
    seen = await scene.phase(interaction, "dialling")
    assert (seen["direction"], seen["my_role"], seen["customer"]["leg"]) == ("outbound", "agent1", "ringing")
    assert far.caller_id == "+33199000001", "the agent's own number"

    far.answer()
    await scene.hear(TOGETHER)
    seen = await scene.phase(interaction, "connected")
    assert name in seen["customer"]["name"]
    await scene.alice.does("hold", interaction)
    await scene.hear({"outside": {"music"}, "alice": ()})
    await scene.alice.does("resume", interaction)
    await scene.hear(TOGETHER)
    await scene.alice.does("end", interaction)
    await far.did("BYE")
    await scene.over(interaction, owner="alice")


async def test_a_call_for_a_queue_plays_that_queue_s_music_and_can_be_transferred_to_a_colleague(scene: Scene) -> None:
    interaction = await scene.dialling(ANSWERS, queue="rules")
    await scene.hear(TOGETHER)
    await scene.bob.available()
    await scene.alice.does("consult", interaction, target={"kind": "agent", "id": "bob"})
    await scene.answers("bob")
    await scene.hear({"alice": {"bob"}, "bob": {"alice"}, "outside": {"music"}})
    await scene.alice.does("transfer", interaction)
    await scene.hear({"bob": {"outside"}, "outside": {"bob"}})
    await scene.bob.does("end", interaction)
    await scene.owes_wrap_up("bob", interaction)
    await scene.owes_wrap_up("alice", interaction)


async def test_the_agent_hears_the_far_end_before_it_answers(scene: Scene, outside: FarEnd) -> None:
    interaction = await scene.dialling(HEARD)
    far = await outside.call_to(HEARD)
    await scene.hear({"alice": {"outside"}})
    await scene.phase(interaction, "dialling")
    far.answer()
    await scene.phase(interaction, "connected")
    await scene.hear(TOGETHER)


async def test_the_called_one_hangs_up_and_the_agent_owes_a_reason(scene: Scene, outside: FarEnd) -> None:
    interaction = await scene.dialling(ANSWERS)
    await scene.hear(TOGETHER)
    (await outside.call_to(ANSWERS)).hang_up()
    await scene.over(interaction, owner="alice")


async def test_whoever_answers_and_hangs_up_at_once_was_reached(scene: Scene) -> None:
    interaction = await scene.dialling(HANGS_UP_AT_ONCE)
    await scene.over(interaction, owner="alice")


# --- Nobody answers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "dialled",
    [BUSY, OVERLOADED, UNKNOWN, ANNOUNCED, ELSEWHERE, DECLINES, SILENT],
    ids=["busy", "overloaded", "unknown", "announced", "elsewhere", "declines", "silent"],
)
async def test_a_call_that_came_to_nothing_is_over_and_nothing_is_owed(scene: Scene, dialled: str) -> None:
    interaction = await scene.dialling(dialled)
    await nothing_is_owed(scene, interaction, seconds_max=TRUNK_SILENT_SECONDS_MAX)


async def test_a_number_that_rings_for_too_long_is_given_up(scene: Scene, outside: FarEnd) -> None:
    interaction = await scene.dialling(RINGS, queue="short")
    await (await outside.call_to(RINGS)).did("CANCEL")
    await nothing_is_owed(scene, interaction)


@pytest.mark.parametrize("dialled", [RINGS, ANSWERS_TOO_LATE], ids=["rings", "answers when it is given up"])
@pytest.mark.parametrize("by", ["button", "telephone"])
async def test_the_agent_gives_up_while_it_rings_and_nothing_is_owed(scene: Scene, outside: FarEnd, dialled: str, by: str) -> None:
    interaction = await scene.dialling(dialled)
    far = await outside.call_to(dialled)
    await far.did("180")
    if by == "button":
        await scene.alice.does("end", interaction)
    else:
        await scene.phones["alice"].hang_up()
    await far.did("CANCEL", seconds_max=1.0)
    await nothing_is_owed(scene, interaction)
    if dialled == ANSWERS_TOO_LATE:
        await far.did("BYE")


async def test_the_agent_gives_up_while_their_own_telephone_rings_and_nobody_is_called(scene: Scene, outside: FarEnd) -> None:
    interaction = await scene.own_phone_rings(number(RINGS))
    await scene.alice.does("end", interaction)
    await nothing_is_owed(scene, interaction)
    assert outside.far_calls == []


async def test_an_own_telephone_that_is_declined_calls_nobody(scene: Scene, outside: FarEnd) -> None:
    interaction = await scene.own_phone_rings(number(RINGS))
    await scene.phones["alice"].decline()
    await nothing_is_owed(scene, interaction)
    assert outside.far_calls == []


async def test_two_calls_at_once_by_one_agent_are_one(scene: Scene) -> None:
    body = {"target": number(RINGS)}
    answers = await asyncio.gather(*(scene.alice.call("POST", "/interactions", body) for _ in range(2)))
    assert sorted((answer.status, answer.code) for answer in answers) == [(201, ""), (409, "not-now")], answers
    await scene.phones["alice"].incoming()


# --- The display -------------------------------------------------------------------------------------------------------


async def test_the_agent_s_telephone_names_the_called_one(scene: Scene, outside: FarEnd) -> None:
    account = Account("1004", "phone-1004", registrar_port=scene.stack.sip_port)
    async with AnsweringPhone(account) as telephone:
        await scene.telephone_is_there("dave")
        answer = await scene.dave.call("POST", "/interactions", {"target": MARIE})
        assert answer.status == 201, answer
        far = await outside.call_to(COLLEAGUE)
        assert named_by(telephone.invitation) == ("Marie Durand", "+33199001001"), "from the first ringing on"
        far.answer()
        await scene.phase(answer.body["id"], "connected", seen_by="dave")
        await scene.bob.available()
        await scene.dave.does("consult", answer.body["id"], target={"kind": "agent", "id": "bob"})
        await shows(telephone, ("Bob Durand", "1002"))
        await scene.dave.does("cancel-consult", answer.body["id"])
        await shows(telephone, ("Marie Durand", "+33199001001"))
        telephone.hang_up()
        await until("everybody has gone", scene._is_empty)
