"""Each kind of target is consulted: an agent, a queue, an entry point, a number, a colleague of the organisation.

Whoever it is, the owner goes back and forth, transfers and confers as with a colleague at the next desk, and the customer hears not one
packet of it.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from tests.live.desk import Json
from tests.live.far_ends import COLLEAGUE, FAILURES, HEARD, MARIE, RINGS, TAKE_LONG, number
from tests.live.scene import Scene
from tests.live.site import EXPERTS
from tests.phones import OTHER, FarEnd

pytestmark = pytest.mark.usefixtures("outside")
NOT_REACHED_SECONDS_MAX = 8.0
"""Of the slowest: a trunk from which nothing comes is given up after five."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Whom a target leads to."""

    target: Json
    name: str
    """What the desktop calls whoever has answered."""
    dialled: str | None = None
    """None: Bob, one of ours."""

    @property
    def who(self) -> str:
        return "bob" if self.dialled is None else "outside"


KINDS: Mapping[str, Kind] = {
    "agent": Kind(target={"kind": "agent", "id": "bob"}, name="Bob Durand"),
    "queue": Kind(target={"kind": "queue", "id": EXPERTS}, name="Bob Durand"),
    "entry point": Kind(target={"kind": "entry_point", "id": EXPERTS}, name="Bob Durand"),
    "number": Kind(target=number(RINGS), name="+33 1 99 00 10 05", dialled=RINGS),
    "organisation": Kind(target=MARIE, name="Marie Durand", dialled=COLLEAGUE),
}
of_each_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


async def consulting(scene: Scene, outside: FarEnd, kind: Kind) -> str:
    """Alice talks with whom she wanted; the customer hears music."""
    interaction = await scene.connected()
    await scene.bob.available()
    await scene.alice.does("consult", interaction, target=kind.target)
    if kind.dialled is None:
        await scene.answers("bob")
    else:
        far = await outside.call_to(kind.dialled)
        await far.did("180")
        far.answer()
    await scene.hear({"alice": {kind.who}, kind.who: {"alice"}, "customer": {"music"}})
    return interaction


@of_each_kind
async def test_whoever_is_consulted_is_put_on_hold_called_back_and_brought_together_with_the_customer(
    scene: Scene, outside: FarEnd, kind: Kind
) -> None:
    began = time.time()
    interaction = await consulting(scene, outside, kind)
    seen = await scene.phase(interaction, "consulting")
    assert (seen["consult"]["kind"], seen["consult"]["stage"], seen["agents"][1]["name"]) == (kind.target["kind"], "talking", kind.name)

    await scene.alice.does("resume", interaction)
    await scene.hear({"alice": {"customer"}, "customer": {"alice"}, kind.who: {"music"}})
    await scene.alice.does("swap", interaction)
    await scene.hear({"alice": {kind.who}, kind.who: {"alice"}, "customer": {"music"}})
    assert scene.ear.containing("customer", kind.who, since=began) == [], scene.ear.timeline("customer", began)

    await scene.alice.does("conference", interaction)
    await scene.hear({"alice": {"customer", kind.who}, "customer": {"alice", kind.who}, kind.who: {"alice", "customer"}})


@of_each_kind
async def test_the_customer_is_handed_over_to_whoever_is_consulted(scene: Scene, outside: FarEnd, kind: Kind) -> None:
    interaction = await consulting(scene, outside, kind)

    await scene.alice.does("transfer", interaction)

    await scene.phones["alice"].closed()
    await scene.hear({"customer": {kind.who}, kind.who: {"customer"}})
    seen = await scene.phase(interaction, "connected" if kind.who == "bob" else "handed_out", seen_by="sam")
    assert seen["owner"] == ("bob" if kind.who == "bob" else None)
    await scene.owes_wrap_up("alice", interaction)


async def test_the_owner_hears_the_far_end_before_it_answers_and_the_customer_hears_music_only(scene: Scene, outside: FarEnd) -> None:
    interaction = await scene.connected()
    asked = time.time()
    await scene.alice.does("consult", interaction, target=number(HEARD))
    far = await outside.call_to(HEARD)
    await scene.hear({"alice": {"outside"}, "customer": {"music"}})
    assert (await scene.phase(interaction, "consult_offered"))["consult"]["stage"] == "ringing"

    await scene.alice.does("resume", interaction)
    await scene.hear({"alice": {"customer"}, "customer": {"alice"}})
    await scene.alice.does("swap", interaction)
    await scene.hear({"alice": {"outside"}, "customer": {"music"}})
    far.answer()
    await scene.phase(interaction, "consulting")
    await scene.hear({"alice": {"outside"}, "outside": {"alice"}, "customer": {"music"}})

    assert scene.ear.containing("customer", "outside", since=asked) == [], scene.ear.timeline("customer", asked)


async def test_the_owner_hears_a_number_ring(scene: Scene, outside: FarEnd) -> None:
    interaction = await scene.connected()
    asked = time.time()
    await scene.alice.does("consult", interaction, target=number(RINGS))
    await (await outside.call_to(RINGS)).did("180")
    await scene.ear.wait_for_first("alice", OTHER, after=asked, in_a_row=5)
    await scene.hear({"customer": {"music"}})


@pytest.mark.parametrize("how", FAILURES)
async def test_the_customer_is_back_and_the_owner_is_told_why_when_a_number_is_not_reached(scene: Scene, how: str) -> None:
    dialled, told = FAILURES[how]
    interaction = await scene.connected("810" if how in TAKE_LONG else "818")
    asked = time.time()
    await scene.alice.does("consult", interaction, target=number(dialled))
    seen = await scene.phase(interaction, "connected", seconds_max=NOT_REACHED_SECONDS_MAX)
    assert seen["news"] == told
    await scene.hear({"alice": {"customer"}, "customer": {"alice"}})
    assert scene.ear.containing("customer", "outside", since=asked) == [], scene.ear.timeline("customer", asked)


async def test_a_number_that_is_cancelled_rings_no_more(scene: Scene, outside: FarEnd) -> None:
    interaction = await scene.connected()
    await scene.alice.does("consult", interaction, target=number(RINGS))
    far = await outside.call_to(RINGS)
    await far.did("180")
    await scene.alice.does("cancel-consult", interaction)
    await far.did("CANCEL", seconds_max=1.0)
    await scene.hear({"alice": {"customer"}, "customer": {"alice"}})


async def test_a_number_is_told_the_agent_s_own_number_and_nothing_of_the_customer(scene: Scene, outside: FarEnd) -> None:
    await consulting(scene, outside, KINDS["number"])
    invitation = (await outside.call_to(RINGS)).invitation
    assert f"sip:{'+33199000001'}@" in invitation.one("from")
    assert not any("2001" in value for name, value in invitation.headers if name not in ("call-id", "via"))


async def test_two_agents_consult_the_same_agent_in_the_same_moment_and_one_is_told_why_not(scene: Scene) -> None:
    alices = await scene.connected()
    await scene.bob.available()
    await scene.queued(customer="customer-2")
    await scene.answers("bob")
    await scene.hear({"customer-2": {"bob"}, "bob": {"customer-2"}})
    bobs = await scene.interaction_of("bob")
    await scene.carol.available()

    carol = {"target": {"kind": "agent", "id": "carol"}}
    answers = await asyncio.gather(
        scene.alice.call("POST", f"/interactions/{alices}/consult", carol), scene.bob.call("POST", f"/interactions/{bobs}/consult", carol)
    )

    assert sorted(answer.status for answer in answers) == [200, 409], answers
    refused = next(answer for answer in answers if answer.status == 409)
    assert (refused.code, refused.body["detail"]) == ("target-unavailable", "Carol Petit is being called.")
    asks, talks = ("alice", "bob") if answers[0].status == 200 else ("bob", "alice")
    await scene.answers("carol")
    customers = {"alice": "customer", "bob": "customer-2"}
    await scene.hear({asks: {"carol"}, "carol": {asks}, customers[asks]: {"music"}, talks: {customers[talks]}, customers[talks]: {talks}})
