"""A customer who waits is offered to an agent: who is served first, who is rung first, and what comes of an offer that nobody takes."""

import time

import pytest

from tests.live.scene import Scene, until
from tests.phones import Account, AnsweringPhone, StubPhone

OFFER_SECONDS_MAX = 4.0
"""The queue `quick` (816) lets an agent's telephone ring for 2 s."""


async def test_the_customer_who_has_waited_longer_is_served_first(scene: Scene) -> None:
    await scene.queued(customer="customer-2")
    await scene.queued(customer="customer")
    await scene.alice.available()
    await scene.answers("alice")
    await scene.hear({"alice": {"customer-2"}, "customer-2": {"alice"}, "customer": {"music"}})


async def test_two_customers_who_wait_are_given_to_two_agents_in_turn(scene: Scene) -> None:
    await scene.queued(customer="customer")
    await scene.queued(customer="customer-2")
    await scene.alice.available()
    await scene.phones["alice"].incoming()
    await scene.bob.available()
    await scene.phones["bob"].incoming()
    await scene.picks_up("alice")
    await scene.picks_up("bob")
    await scene.hear({"alice": {"customer"}, "customer": {"alice"}, "bob": {"customer-2"}, "customer-2": {"bob"}})


@pytest.mark.parametrize(("first", "second"), [("alice", "bob"), ("bob", "alice")])
async def test_the_agent_who_has_been_available_longest_is_rung_first(scene: Scene, first: str, second: str) -> None:
    await scene.desks[first].available()
    await scene.desks[second].available()
    await scene.queued()
    await scene.phones[first].incoming()
    assert scene.phones[second].live_calls == []


async def test_an_agent_who_has_just_had_a_call_waits_behind_the_others(scene: Scene) -> None:
    interaction = await scene.connected()
    await scene.bob.available()
    await scene.customer.hang_up()
    await scene.owes_wrap_up("alice", interaction)
    await scene.alice.does("wrap-up", interaction, reason="resolved")
    await scene.owes_nothing("alice")

    await scene.queued()

    await scene.phones["bob"].incoming()
    assert scene.phones["alice"].live_calls == []


async def test_an_agent_of_another_queue_is_not_rung(scene: Scene) -> None:
    await scene.dave.available()
    await scene.queued()
    interaction = await scene.seen_by_the_supervisor()
    assert (await scene.supervisor.interaction(interaction))["phase"] == "queued"


async def test_an_agent_who_lets_it_ring_is_not_answering_and_the_next_agent_is_rung(scene: Scene) -> None:
    interaction = await scene.offered("816")
    await scene.bob.available()
    await scene.phones["alice"].closed(seconds_max=OFFER_SECONDS_MAX)
    await scene.phones["bob"].incoming()
    assert (await scene.state_of("alice", "not_answering"))["idle_reason"] == "no answer"
    await scene.picks_up("bob")
    await scene.hear({"customer": {"bob"}, "bob": {"customer"}})
    assert (await scene.bob.interaction(interaction))["owner"] == "bob"
    assert await scene.alice.interactions() == []


async def test_a_customer_whom_an_agent_let_ring_goes_to_the_head_of_the_line(scene: Scene) -> None:
    await scene.offered("816")
    await scene.queued("816", customer="customer-2")
    await scene.phones["alice"].closed(seconds_max=OFFER_SECONDS_MAX)
    await scene.state_of("alice", "not_answering")
    await scene.bob.available()
    await scene.answers("bob")
    await scene.hear({"customer": {"bob"}, "bob": {"customer"}, "customer-2": {"music"}})


async def test_the_music_goes_on_without_a_break_from_one_agent_s_ringing_to_the_next(scene: Scene) -> None:
    await scene.offered("816")
    await scene.hear({"customer": {"music"}})
    since = time.time()
    await scene.bob.available()
    await scene.phones["bob"].incoming(seconds_max=OFFER_SECONDS_MAX)
    await scene.hear({"customer": {"music"}})
    assert {packet.tones for packet in scene.ear.packets("customer", since)} == {frozenset({"music"})}


async def test_an_agent_who_is_not_answering_gets_no_call_before_they_say_that_they_are_there(scene: Scene) -> None:
    await scene.offered("816")
    await scene.phones["alice"].closed(seconds_max=OFFER_SECONDS_MAX)
    await scene.state_of("alice", "not_answering")
    await scene.hear({"customer": {"music"}})
    assert scene.phones["alice"].live_calls == []
    await scene.alice.available()
    await scene.phones["alice"].incoming()


async def test_an_agent_declines_on_the_desktop_and_is_idle_and_the_next_agent_is_rung(scene: Scene) -> None:
    interaction = await scene.offered()
    await scene.bob.available()
    await scene.alice.does("decline", interaction)
    await scene.off_the_line("alice")
    await scene.phones["bob"].incoming()
    assert (await scene.state_of("alice", "idle"))["idle_reason"] == "declined a call"
    await scene.picks_up("bob")
    await scene.hear({"customer": {"bob"}, "bob": {"customer"}})


async def test_an_agent_declines_by_telephone_and_the_next_agent_is_rung(scene: Scene) -> None:
    await scene.offered()
    await scene.bob.available()
    await scene.phones["alice"].decline()
    await scene.phones["bob"].incoming()
    assert (await scene.state_of("alice", "not_answering"))["idle_reason"] == "telephone busy"


async def test_a_customer_whom_the_only_agent_declined_waits_with_music_and_is_not_lost(scene: Scene) -> None:
    interaction = await scene.offered()
    await scene.alice.does("decline", interaction)
    await scene.phase(interaction, "queued", seen_by="sam")
    await scene.hear({"customer": {"music"}})


async def test_an_agent_whose_telephone_is_not_there_is_offered_no_call_and_the_customer_waits_for_another(scene: Scene) -> None:
    await scene.telephone_is_known_to_be_away("dave")
    await scene.dave.available()
    await scene.queued("801")
    await scene.carol.available()
    await scene.answers("carol")
    await scene.ear.wait_until_hears("carol", {"customer"})
    me = await scene.dave.me()
    assert (me["state"], me["telephone"]["registered"]) == ("available", False)


@pytest.mark.parametrize(
    ("status", "state", "reason"),
    [
        (486, "not_answering", "telephone busy"),
        (603, "idle", "declined a call"),
        (480, "not_answering", "telephone no answer"),
        (503, "available", None),  # the network's trouble, or ours: nothing says that it was the agent's doing
    ],
)
async def test_whatever_the_agent_s_telephone_says_the_customer_goes_to_the_next_agent(
    scene: Scene, status: int, state: str, reason: str | None
) -> None:
    async with StubPhone(Account("1004", "phone-1004", registrar_port=scene.stack.sip_port), status=status) as telephone:
        await scene.dave.available()
        await scene.carol.available()
        await scene.queued("801")
        await telephone.over(await telephone.called())
        assert (await scene.state_of("dave", state))["idle_reason"] == reason
        await scene.phones["carol"].incoming()
        assert len(telephone.calls) == 1


async def test_a_telephone_that_forwards_its_calls_is_not_followed_and_its_agent_is_told_so(scene: Scene) -> None:
    account = Account("1004", "phone-1004", registrar_port=scene.stack.sip_port)
    async with StubPhone(account, status=302, says=["Contact: <sip:1003@127.0.0.1>"]) as telephone:
        await scene.dave.available()
        await scene.queued("801")
        await telephone.over(await telephone.called())
        assert (await scene.state_of("dave", "not_answering"))["idle_reason"] == "telephone forwards its calls"
        await scene.phase(await scene.seen_by_the_supervisor(), "queued", seen_by="sam")


async def test_a_telephone_that_answers_without_sound_is_not_talked_with_and_its_agent_is_told_so(scene: Scene) -> None:
    account = Account("1004", "phone-1004", registrar_port=scene.stack.sip_port)
    async with AnsweringPhone(account, with_sound=False) as telephone:
        await scene.dave.available()
        await scene.queued("801")
        await telephone.called()
        # Dave owned the call for the moment that his telephone was up, so he owes a reason like every owner.
        asked = await scene.state_of("dave", "wrap_up")
        assert (asked["next_reason"], asked["next_state"]) == ("telephone agrees on no sound", "not_answering")
        interaction = await scene.seen_by_the_supervisor()
        await scene.phase(interaction, "queued", seen_by="sam")
        await scene.dave.does("wrap-up", interaction, reason="resolved")
        await scene.owes_nothing("dave", state="not_answering")


async def test_an_agent_who_picks_up_after_having_waited_for_a_while_hears_the_customer_at_once(scene: Scene) -> None:
    """Nobody is stuck in "offered": the desk follows the telephone."""
    await scene.offered()
    await scene.state_of("alice", "offered")
    await scene.picks_up("alice")
    await scene.state_of("alice", "engaged")
    await scene.hear({"alice": {"customer"}, "customer": {"alice"}})


async def test_an_agent_who_goes_idle_while_it_rings_may_still_answer(scene: Scene) -> None:
    await scene.offered()
    await scene.alice.idle()
    await scene.picks_up("alice")
    await scene.hear({"alice": {"customer"}, "customer": {"alice"}})
    assert (await scene.alice.me())["next_state"] == "idle"


async def test_the_line_shows_how_many_wait(scene: Scene) -> None:
    await scene.queued(customer="customer")
    await scene.queued(customer="customer-2")

    async def two_wait() -> bool:
        queues = (await scene.alice.call("GET", "/queues")).body["queues"]
        return bool(next(queue["waiting"] for queue in queues if queue["id"] == "rules") == 2)

    await until("two customers wait", two_wait)
