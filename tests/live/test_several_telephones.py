"""An agent with several telephones: all ring, the first to answer has the call, and the others note no missed call."""

import aiohttp

from tests.live.fragile import FragileScene
from tests.live.scene import REACHED_SECONDS_MAX, Scene, until
from tests.phones import Account, AnsweringPhone, StubPhone

ELSEWHERE = "cause=200"
"""What the Reason header says of a call that was completed elsewhere (RFC 3326)."""
OFFERED_SECONDS_MAX = 8.0
"""The queue `quick` (816) lets a telephone ring for 2 s."""


def account(scene: Scene, user: str) -> Account:
    return Account(user, f"phone-{user}", registrar_port=scene.stack.sip_port)


async def test_both_telephones_ring_and_the_one_that_is_not_picked_up_notes_no_missed_call(scene: Scene) -> None:
    async with StubPhone(account(scene, "1001"), status=None, rings=True) as other:
        interaction = await scene.offered()
        rung = await other.called()

        await scene.picks_up("alice")

        await scene.hear({"customer": {"alice"}, "alice": {"customer"}})
        await other.over(rung)
        assert rung.cancelled_because.startswith("SIP")
        assert ELSEWHERE in rung.cancelled_because
        assert (await scene.phase(interaction, "connected"))["owner"] == "alice"
        assert len(other.calls) == 1


async def test_whichever_registered_first_it_is_the_one_that_is_picked_up_that_has_the_call(scene: Scene) -> None:
    async with StubPhone(account(scene, "1004"), status=None, rings=True) as first, AnsweringPhone(account(scene, "1004")) as second:
        await scene.dave.available()
        await scene.queued("801")

        await second.called()

        interaction = await scene.interaction_of("dave")
        await scene.phase(interaction, "connected", seen_by="dave")
        # It may have been picked up before the other one was rung at all.
        for call in first.calls:
            assert ELSEWHERE in (await first.over(call)).cancelled_because
        second.hang_up()
        await scene.phase(interaction, "ended", seen_by="dave")


async def test_one_that_is_busy_leaves_the_other_ringing(scene: Scene) -> None:
    async with StubPhone(account(scene, "1001"), status=486) as busy:
        await scene.offered()
        await busy.over(await busy.called())

        await scene.picks_up("alice")

        await scene.hear({"customer": {"alice"}, "alice": {"customer"}})


async def test_whoever_declines_at_one_telephone_has_declined(scene: Scene) -> None:
    async with StubPhone(account(scene, "1001"), status=603) as declines:
        await scene.alice.available()
        await scene.queued()
        await declines.over(await declines.called())

        assert (await scene.state_of("alice", "idle"))["idle_reason"] == "declined a call"
        await scene.phones["alice"].closed()


async def test_whoever_is_consulted_has_both_telephones_rung(scene: Scene) -> None:
    interaction = await scene.connected()
    await scene.bob.available()
    async with StubPhone(account(scene, "1002"), status=None, rings=True) as other:
        await scene.alice.does("consult", interaction, target={"kind": "agent", "id": "bob"})
        rung = await other.called()
        await scene.phones["bob"].incoming()

        await scene.picks_up("bob")

        await scene.hear({"alice": {"bob"}, "bob": {"alice"}, "customer": {"music"}})
        assert ELSEWHERE in (await other.over(rung)).cancelled_because


async def test_a_controller_that_is_killed_while_both_ring_finds_the_one_that_was_picked_up(fragile: FragileScene) -> None:
    async with StubPhone(account(fragile, "1001"), status=None, rings=True) as other:
        interaction = await fragile.offered()
        rung = await other.called()

        await fragile.controller_dies()
        await fragile.picks_up("alice")
        await fragile.controller_starts()

        await fragile.hear({"customer": {"alice"}, "alice": {"customer"}})
        assert ELSEWHERE in (await other.over(rung)).cancelled_because
        assert (await fragile.phase(interaction, "connected"))["owner"] == "alice"


async def test_a_telephone_in_another_call_is_not_rung_until_that_is_over(scene: Scene) -> None:
    await _somebody_else_calls(scene, "1001")
    phone = scene.phones["alice"]
    await phone.incoming()
    await scene.alice.available()

    await scene.queued()

    await scene.phase(await scene.seen_by_the_supervisor(), "queued", seen_by="sam")
    await scene.state_of("alice", "available")
    assert len(phone.live_calls) == 1
    await phone.hang_up()
    await phone.incoming()


async def test_whoever_did_not_answer_because_the_telephone_was_dead_is_available_when_it_lives_again(fragile: FragileScene) -> None:
    fragile.phones["alice"].freeze()
    try:
        await fragile.alice.available()
        await fragile.queued("816")
        await fragile.state_of("alice", "not_answering", seconds_max=OFFERED_SECONDS_MAX)
        await until("the telephone is known to be gone", lambda: _is_gone(fragile), seconds_max=REACHED_SECONDS_MAX)
    finally:
        await fragile.thaws("alice")

    await fragile.answers("alice")
    await fragile.hear({"customer": {"alice"}, "alice": {"customer"}})


async def _somebody_else_calls(scene: Scene, user: str) -> None:
    """Another application of the same Asterisk has a telephone rung."""
    asked = {"endpoint": f"PJSIP/{user}", "app": "another"}
    headers = {"Authorization": aiohttp.encode_basic_auth("controller", "controller")}
    async with scene.http.post(f"{scene.stack.ari_url}/channels", params=asked, headers=headers) as answer:
        assert answer.status == 200, await answer.text()


async def _is_gone(scene: Scene) -> bool:
    return not (await scene.alice.me())["telephone"]["registered"]
