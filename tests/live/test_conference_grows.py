"""A conference grows to eight, of ours and of others; each leaves in turn, and whoever is consulted from it comes, goes, or joins."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from tests.live.far_ends import ANOTHER, ANSWERS, RINGS, number
from tests.live.scene import Scene, until
from tests.phones import Account, FarEnd, SoftPhone

OF_OURS = ("bob", "carol", "dave", "sam")
MORE_PHONES = {"dave": "1004", "sam": "1009"}
CUSTOMER_IS_BACK = {"alice": {"customer"}, "customer": {"alice"}}
ALL_THREE = {"alice": {"bob", "customer"}, "bob": {"alice", "customer"}, "customer": {"alice", "bob"}}


@pytest.fixture
async def everybody(scene: Scene) -> AsyncIterator[dict[str, SoftPhone]]:
    """Dave's and Sam's telephones too. They answer by hand, whatever they are told."""
    async with AsyncExitStack() as started:
        more = {}
        for name, user in MORE_PHONES.items():
            phone = await started.enter_async_context(SoftPhone(name, Account(user, f"phone-{user}", registrar_port=scene.stack.sip_port)))
            scene.ear.listen(name, phone.rtp_ports)
            more[name] = phone
        yield {**scene.phones, **more}
        if scene.customer.live_calls:
            await scene.customer.hang_up()
        await until("everybody has gone", scene._is_empty)
        for name in MORE_PHONES:
            scene.ear.forget(name)


async def joined(scene: Scene, phones: dict[str, SoftPhone], interaction: str, agent: str) -> None:
    """Alice asks one more of ours, and brings them in, muted."""
    await scene.desks[agent].available()
    await scene.alice.does("consult", interaction, target={"kind": "agent", "id": agent})
    await phones[agent].incoming()
    await phones[agent].accept()
    await scene.phase(interaction, "consulting")
    await scene.alice.does("conference", interaction)
    await scene.desks[agent].does("mute", interaction)


async def joined_from_outside(scene: Scene, interaction: str, dialled: str) -> None:
    """Alice asks somebody outside, and brings them in."""
    await scene.alice.does("consult", interaction, target=number(dialled))
    await scene.phase(interaction, "consulting")
    await scene.alice.does("conference", interaction)


async def test_eight_hear_one_another_and_each_leaves_in_turn(scene: Scene, outside: FarEnd, everybody: dict[str, SoftPhone]) -> None:
    interaction = await scene.connected()
    for agent in OF_OURS:
        await joined(scene, everybody, interaction, agent)
    await joined_from_outside(scene, interaction, ANSWERS)
    await joined_from_outside(scene, interaction, ANOTHER)
    one, other = (await outside.call_to(ANSWERS)).rtp_port, (await outside.call_to(ANOTHER)).rtp_port
    scene.ear.listen("outside", [one])
    scene.ear.listen("another", [other])
    try:
        await _everybody_is_heard(scene, interaction)
        seen = await scene.alice.interaction(interaction)
        assert len(seen["agents"]) == 7
        assert await scene.alice.is_refused("consult", interaction, target=number(RINGS)) == "not-now", "it is full"

        # Each goes in their own way.
        (await outside.call_to(ANOTHER)).hang_up()
        await scene.hear({"customer": {"alice", "outside"}, "dave": {"alice", "outside", "customer"}})
        await everybody["dave"].hang_up()
        await scene.sees_agents(interaction, 5)
        await scene.desks["sam"].does("leave-conference", interaction)
        await scene.sees_agents(interaction, 4)
        leg = next(party["leg_id"] for party in (await scene.alice.interaction(interaction))["agents"] if party["agent"] == "carol")
        await scene.alice.does("drop", interaction, leg=leg)
        await scene.phones["carol"].closed()
        (await outside.call_to(ANSWERS)).hang_up()
        await scene.bob.does("unmute", interaction)
        await scene.hear(ALL_THREE)
        await scene.bob.does("leave-conference", interaction)
        await scene.hear(CUSTOMER_IS_BACK)
        assert (await scene.phase(interaction, "connected"))["owner"] == "alice"
        await scene.owes_nothing("carol")
    finally:
        scene.ear.forget("another")
        scene.ear.listen("outside", outside.rtp_ports)


async def _everybody_is_heard(scene: Scene, interaction: str) -> None:
    """Four talk all the time, as many as can be told apart at once; of the others one after the other."""
    await scene.hear(
        {
            "alice": {"customer", "outside", "customer-2"},
            "customer": {"alice", "outside", "customer-2"},
            "outside": {"alice", "customer", "customer-2"},
            "another": {"alice", "customer", "outside"},
            **{agent: {"alice", "customer", "outside", "customer-2"} for agent in OF_OURS},
        }
    )
    await scene.alice.does("mute", interaction)
    for agent in OF_OURS:
        await scene.desks[agent].does("unmute", interaction)
        talk = {agent, "customer", "outside", "customer-2"}
        listeners = {"alice": "alice", "customer": "customer", "outside": "outside", "another": "customer-2", **{a: a for a in OF_OURS}}
        await scene.hear({listener: talk - {voice} for listener, voice in listeners.items()})
        await scene.desks[agent].does("mute", interaction)
    await scene.alice.does("unmute", interaction)


# --- A consult from a conference ---------------------------------------------------------------------------------------


async def test_the_others_hear_music_meanwhile_and_whoever_is_consulted_joins_them(scene: Scene) -> None:
    interaction = await scene.consulting_over_a_conference()
    assert await scene.alice.is_refused("end", interaction) == "not-now"
    await scene.alice.does("conference", interaction)
    await scene.bob.does("mute", interaction)
    await scene.hear({"alice": {"carol", "customer"}, "carol": {"alice", "customer"}, "bob": {"alice", "carol", "customer"}})


@pytest.mark.parametrize("by", ["end-consult", "leave-consult", "telephone"])
async def test_a_consult_that_is_over_comes_back_to_the_conference(scene: Scene, by: str) -> None:
    interaction = await scene.consulting_over_a_conference()
    if by == "end-consult":
        await scene.alice.does("end-consult", interaction)
    elif by == "leave-consult":
        await scene.carol.does("leave-consult", interaction)
    else:
        await scene.phones["carol"].hang_up()
    await scene.hear(ALL_THREE)
    await scene.phase(interaction, "conference")
    await scene.owes_nothing("carol")


async def test_the_owner_goes_back_and_forth_between_the_consult_and_the_conference(scene: Scene) -> None:
    interaction = await scene.consulting_over_a_conference()
    await scene.alice.does("resume", interaction)
    await scene.hear({**ALL_THREE, "carol": {"music"}})
    await scene.alice.does("swap", interaction)
    await scene.hear({"alice": {"carol"}, "carol": {"alice"}, "bob": {"music"}, "customer": {"music"}})


async def test_a_member_who_leaves_meanwhile_leaves_an_ordinary_consult(scene: Scene) -> None:
    interaction = await scene.consulting_over_a_conference()
    await scene.bob.does("leave-conference", interaction)
    await scene.phones["bob"].closed()
    await scene.owes_nothing("bob")
    await scene.alice.does("resume", interaction)
    await scene.hear({**CUSTOMER_IS_BACK, "carol": {"music"}})


async def test_the_customer_who_leaves_meanwhile_ends_it_for_everybody(scene: Scene) -> None:
    interaction = await scene.consulting_over_a_conference()
    await scene.customer.hang_up()
    await scene.over(interaction, owner="alice", others=("bob", "carol"))


async def test_an_owner_who_hangs_up_meanwhile_leaves_the_conference_to_the_member(scene: Scene) -> None:
    interaction = await scene.consulting_over_a_conference()
    await scene.phones["alice"].hang_up()
    await scene.hear({"bob": {"customer"}, "customer": {"bob"}})
    assert (await scene.phase(interaction, "connected", seen_by="bob"))["owner"] == "bob"
    await scene.owes_nothing("carol")
    await scene.owes_wrap_up("alice", interaction)


async def test_a_dropped_member_is_out_without_a_reason_to_give(scene: Scene) -> None:
    interaction = await scene.conference()
    leg = next(party["leg_id"] for party in (await scene.alice.interaction(interaction))["agents"] if party["agent"] == "bob")
    await scene.alice.does("drop", interaction, leg=leg)
    await scene.phones["bob"].closed(seconds_max=1.0)
    await scene.hear(CUSTOMER_IS_BACK)
    await scene.owes_nothing("bob")
