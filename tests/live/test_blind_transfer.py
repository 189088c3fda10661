"""The owner hands the customer to somebody who has not been asked. They leave at once, the customer hears music, and nobody is lost."""

import time
from collections.abc import Awaitable, Callable, Mapping

import pytest

from tests.live.desk import Json
from tests.live.far_ends import BUSY, COLLEAGUE, FAILURES, HANGS_UP_AT_ONCE, HEARD, MARIE, RINGS, TAKE_LONG, number
from tests.live.scene import Scene
from tests.live.site import EXPERTS
from tests.phones import OTHER, FarEnd

pytestmark = pytest.mark.usefixtures("outside")

SHORT, SHORT_FRONT, RINGBACK = "818", "819", "822"
"""Queues in which a transfer rings for two seconds. It comes back to its agent, or to the front of the queue; it is heard."""
BOB: Json = {"kind": "agent", "id": "bob"}
ALICE_AGAIN = {"alice": {"customer"}, "customer": {"alice"}}
SILENCE_SECONDS_MAX = 1.0
"""A busy machine may be late by half of that; whoever is forgotten hears nothing for longer."""
BACK_SECONDS_MAX = 8.0
"""Until a transfer that nobody answers has come back: seven seconds at most, of the slowest trunk."""


async def transferred(scene: Scene, target: Json, *, by: str = "810") -> tuple[str, float]:
    """Alice has handed the customer on, and is off the line; gives the moment before that too. Bob is free if he is wanted."""
    interaction = await scene.connected(by)
    if target["kind"] != "number":
        await scene.bob.available()
    began = time.time()
    await scene.alice.does("transfer", interaction, target=target)
    await scene.owes_wrap_up("alice", interaction)
    await scene.off_the_line("alice")
    return interaction, began


def heard_only_music(scene: Scene, since: float, until: float) -> None:
    """The customer has heard music and nobody since then, but for the last words of the owner, who has left."""
    told = scene.ear.timeline("customer", since, until)
    assert {tone for packet in scene.ear.packets("customer", since, until) for tone in packet.tones} <= {"music", OTHER, "alice"}, told
    assert scene.ear.longest_gap("customer", since, until).seconds < SILENCE_SECONDS_MAX, told


# --- Somebody answers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", [BOB, {"kind": "queue", "id": EXPERTS}, {"kind": "entry_point", "id": EXPERTS}], ids=lambda t: t["kind"])
async def test_one_of_ours_has_the_customer_as_soon_as_they_answer(scene: Scene, target: Json) -> None:
    interaction, began = await transferred(scene, target)
    await scene.phones["bob"].incoming()
    await scene.hear({"customer": {"music"}})
    heard_only_music(scene, began, time.time())
    await scene.picks_up("bob")
    await scene.hear({"customer": {"bob"}, "bob": {"customer"}})
    await scene.phase(interaction, "connected", seen_by="bob")

    await scene.customer.hang_up()
    await scene.owes_wrap_up("bob", interaction)
    await scene.owes_wrap_up("alice", interaction)


@pytest.mark.parametrize(("target", "dialled"), [(number(HEARD), HEARD), (MARIE, COLLEAGUE)], ids=["number", "organisation"])
async def test_somebody_outside_has_the_customer_who_hears_music_until_they_answer(
    scene: Scene, outside: FarEnd, target: Json, dialled: str
) -> None:
    interaction, began = await transferred(scene, target)
    far = await outside.call_to(dialled)
    await far.did("183" if dialled == HEARD else "180")
    await scene.hear({"customer": {"music"}})
    assert (await scene.phase(interaction, "transferring", seen_by="sam"))["owner"] is None
    heard_only_music(scene, began, time.time())

    far.answer()
    await scene.hear({"customer": {"outside"}, "outside": {"customer"}})
    await scene.phase(interaction, "handed_out", seen_by="sam")
    assert scene.ear.containing("customer", "outside", since=began, until=far.moments["200"]) == []


async def test_the_customer_hears_it_ring_where_the_site_wants_that(scene: Scene, outside: FarEnd) -> None:
    _, began = await transferred(scene, number(RINGS), by=RINGBACK)
    far = await outside.call_to(RINGS)
    await scene.ear.wait_for_first("customer", OTHER, after=began, in_a_row=5)
    far.answer()
    await scene.hear({"customer": {"outside"}, "outside": {"customer"}})


async def test_a_customer_who_waits_for_another_queue_is_not_offered_to_whoever_handed_them_over(scene: Scene) -> None:
    """Carol serves that queue and talks with somebody else for the moment."""
    await scene.carol.available()
    await scene.queued(customer="customer-2")
    await scene.answers("carol")
    interaction = await scene.connected()
    await scene.alice.does("transfer", interaction, target={"kind": "queue", "id": "ask"})
    await scene.alice.does("wrap-up", interaction, reason="resolved")
    await scene.owes_nothing("alice")
    await scene.phase(interaction, "queued", seen_by="sam")

    await scene.phones["customer-2"].hang_up()
    await scene.carol.does("wrap-up", await scene.interaction_of_wrap_up("carol"), reason="resolved")
    await scene.answers("carol")
    await scene.hear({"customer": {"carol"}, "carol": {"customer"}})
    assert scene.phones["alice"].live_calls == []


async def test_the_reason_is_given_while_the_transfer_rings(scene: Scene) -> None:
    interaction = await scene.transferring()
    await scene.alice.does("wrap-up", interaction, reason="resolved")
    await scene.owes_nothing("alice")
    await scene.picks_up("bob")
    await scene.hear({"customer": {"bob"}, "bob": {"customer"}})


# --- Nobody does -------------------------------------------------------------------------------------------------------

Fails = Callable[[Scene], Awaitable[object]]


async def nothing_is_done(scene: Scene) -> None:
    pass


async def bob_declines(scene: Scene) -> None:
    await scene.phones["bob"].incoming()
    await scene.phones["bob"].decline()


NOT_REACHED: Mapping[str, tuple[Json, str, Fails, str]] = {
    "an agent declines": (BOB, SHORT, bob_declines, "Bob Durand is busy."),
    "an agent does not answer": (BOB, SHORT, nothing_is_done, "Bob Durand did not answer."),
    **{how: (number(dialled), "810" if how in TAKE_LONG else SHORT, nothing_is_done, told) for how, (dialled, told) in FAILURES.items()},
}


@pytest.mark.parametrize("how", NOT_REACHED)
async def test_the_customer_is_back_with_the_owner_who_owes_no_reason_then(scene: Scene, how: str) -> None:
    target, by, fails, told = NOT_REACHED[how]
    interaction, began = await transferred(scene, target, by=by)
    await fails(scene)
    await scene.phones["alice"].incoming(seconds_max=BACK_SECONDS_MAX)
    assert (await scene.phase(interaction, "offered"))["news"].startswith(told)
    heard_only_music(scene, began, time.time())

    await scene.picks_up("alice")
    await scene.hear(ALICE_AGAIN)
    assert (await scene.alice.me())["wrap_ups"] == []
    assert (await scene.phase(interaction, "connected"))["owner"] == "alice"


async def test_an_agent_who_does_not_answer_a_transfer_gets_no_calls_until_they_say_so(scene: Scene) -> None:
    await transferred(scene, BOB, by=SHORT)
    await scene.answers_within("alice", BACK_SECONDS_MAX)
    await scene.state_of("bob", "not_answering")


async def test_a_customer_whose_former_owner_does_not_answer_either_is_first_in_line(scene: Scene) -> None:
    interaction, _ = await transferred(scene, number(BUSY), by=SHORT)
    await scene.queued(SHORT, customer="customer-2")
    await scene.phones["alice"].incoming()
    await scene.phones["alice"].closed()
    await scene.phase(interaction, "queued", seen_by="sam")
    await scene.carol.available()
    await scene.answers("carol")
    await scene.hear({"customer": {"carol"}, "carol": {"customer"}, "customer-2": {"music"}})
    await scene.owes_wrap_up("alice", interaction)


@pytest.mark.parametrize("target", [BOB, number(BUSY)], ids=["agent", "number"])
async def test_a_transfer_that_came_to_nothing_puts_the_customer_first_in_line_where_the_site_wants_that(
    scene: Scene, target: Json
) -> None:
    interaction, began = await transferred(scene, target, by=SHORT_FRONT)
    if target == BOB:
        await bob_declines(scene)
        await scene.bob.idle()
    await scene.phase(interaction, "queued", seen_by="sam")
    heard_only_music(scene, began, time.time())
    await scene.carol.available()
    await scene.answers("carol")
    await scene.hear({"customer": {"carol"}, "carol": {"customer"}})
    await scene.owes_wrap_up("alice", interaction)


# --- The customer gives up meanwhile -----------------------------------------------------------------------------------


async def test_a_customer_who_hangs_up_meanwhile_ends_it_and_the_agent_s_telephone_rings_no_more(scene: Scene) -> None:
    interaction = await scene.transferring()
    await scene.customer.hang_up()
    await scene.phones["bob"].closed(seconds_max=1.0)
    await scene.over(interaction, owner="alice", others=("bob",))


async def test_a_customer_who_hangs_up_meanwhile_ends_it_and_the_number_rings_no_more(scene: Scene, outside: FarEnd) -> None:
    interaction, _ = await transferred(scene, number(RINGS))
    far = await outside.call_to(RINGS)
    await far.did("180")
    await scene.customer.hang_up()
    await far.did("CANCEL", seconds_max=1.0)
    await scene.over(interaction, owner="alice")


async def test_somebody_outside_who_answers_and_hangs_up_at_once_ends_it(scene: Scene) -> None:
    interaction, _ = await transferred(scene, number(HANGS_UP_AT_ONCE))
    await scene.over(interaction, owner="alice")
