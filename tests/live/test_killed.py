"""The controller is killed outright in the middle of a call and starts again: nobody on the telephone notices, and everything is as before.

In every phase: whoever talks or hears music goes on hearing it without a missing packet, the same legs stand in the same rooms, every desk
shows what it showed (with the same token), and the next command works.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.live.desk import Json
from tests.live.fragile import FragileScene
from tests.live.scene import AGENTS

TALK = {"alice": {"customer"}, "customer": {"alice"}}
PRIVATE = {"alice": {"bob"}, "bob": {"alice"}, "customer": {"music"}}
PARKED = {"alice": {"customer"}, "customer": {"alice"}, "bob": {"music"}}
ALL = {"alice": {"bob", "customer"}, "bob": {"alice", "customer"}, "customer": {"alice", "bob"}}
MUSIC = {"customer": {"music"}}
HANDED_OVER = {"bob": {"customer"}, "customer": {"bob"}}
BACK_SECONDS = 0.5
"""So long it is listened to after the controller is back, so that what it does first is heard too."""

Hears = Mapping[str, set[str]]


@dataclass(frozen=True, kw_only=True)
class Situation:
    """Who hears whom when the controller dies, and what somebody does next."""

    begin: Callable[[FragileScene], Awaitable[Any]]
    hears: Hears
    then: Callable[[FragileScene, str], Awaitable[Any]]
    then_hears: Hears


async def _rings_on(scene: FragileScene) -> str:
    interaction = await scene.consult_offered()
    await scene.alice.does("resume", interaction)
    await scene.hear(TALK)
    return interaction


async def _alice_takes_the_customer(scene: FragileScene, _: str) -> None:
    await scene.alice.available()
    await scene.phones["alice"].incoming()
    await scene.picks_up("alice")


async def _bob_is_free_and_answers(scene: FragileScene, _: str) -> None:
    await scene.bob.available()
    await scene.answers("bob")


def _presses(agent: str, action: str) -> Callable[[FragileScene, str], Awaitable[Any]]:
    return lambda scene, interaction: scene.desks[agent].does(action, interaction)


def _picks_up(agent: str) -> Callable[[FragileScene, str], Awaitable[Any]]:
    return lambda scene, _: scene.picks_up(agent)


SITUATIONS = {
    "queued": Situation(begin=FragileScene.queued, hears=MUSIC, then=_alice_takes_the_customer, then_hears=TALK),
    "offered": Situation(begin=FragileScene.offered, hears=MUSIC, then=_picks_up("alice"), then_hears=TALK),
    "connected": Situation(begin=FragileScene.connected, hears=TALK, then=_presses("alice", "hold"), then_hears=MUSIC),
    "held": Situation(begin=FragileScene.held, hears=MUSIC, then=_presses("alice", "resume"), then_hears=TALK),
    "consult_offered": Situation(begin=FragileScene.consult_offered, hears=MUSIC, then=_picks_up("bob"), then_hears=PRIVATE),
    "consulting": Situation(begin=FragileScene.consulting, hears=PRIVATE, then=_presses("alice", "resume"), then_hears=PARKED),
    "consult_held, ringing": Situation(begin=_rings_on, hears=TALK, then=_picks_up("bob"), then_hears=PARKED),
    "consult_held": Situation(begin=FragileScene.consult_held, hears=PARKED, then=_presses("alice", "swap"), then_hears=PRIVATE),
    "transfer_asked": Situation(
        begin=lambda scene: scene.transfer_asked("817"), hears=MUSIC, then=_presses("bob", "accept-transfer"), then_hears=HANDED_OVER
    ),
    "conference": Situation(begin=FragileScene.conference, hears=ALL, then=_presses("bob", "leave-conference"), then_hears=TALK),
    "consult waits": Situation(
        begin=FragileScene.consult_waits, hears={**MUSIC, "alice": {"music"}}, then=_bob_is_free_and_answers, then_hears=PRIVATE
    ),
    "consult over a conference": Situation(
        begin=FragileScene.consulting_over_a_conference,
        hears={"alice": {"carol"}, "carol": {"alice"}, "bob": {"music"}, "customer": {"music"}},
        then=_presses("carol", "leave-consult"),
        then_hears=ALL,
    ),
    "transferring": Situation(begin=FragileScene.transferring, hears=MUSIC, then=_picks_up("bob"), then_hears=HANDED_OVER),
}


async def _all_that_is_shown(scene: FragileScene) -> Json:
    """What every desk shows, and who stands where in Asterisk."""
    shown: Json = {}
    for agent in AGENTS:
        desk = scene.desks[agent]
        shown[agent] = [await desk.me(), await desk.interactions()]
    rooms = await scene.ari("/bridges")
    shown["rooms"] = sorted([room["id"], sorted(room["channels"])] for room in rooms)
    shown["legs"] = sorted(leg["id"] for leg in await scene.ari("/channels"))
    return shown


async def goes_through(scene: FragileScene, situation: Situation, record: list[tuple[str, object]], ends: str) -> None:
    interaction = await situation.begin(scene) or await scene.seen_by_the_supervisor()
    await scene.hear(situation.hears)
    before = await _all_that_is_shown(scene)
    died_at = time.time()

    await (scene.controller_dies() if ends == "SIGKILL" else scene.controller_stops())
    await scene.controller_starts()
    back_after = time.time() - died_at

    assert await _all_that_is_shown(scene) == before
    await scene.sounds_untouched(situation.hears, seconds=back_after + BACK_SECONDS, since=died_at)
    assert await _all_that_is_shown(scene) == before, "a moment later too"
    gaps = {phone: round(scene.ear.longest_gap(phone, died_at).seconds * 1000) for phone in situation.hears}
    record += [("longest gaps in ms", gaps), ("seconds until ready", round(back_after, 2))]
    await situation.then(scene, interaction)
    await scene.hear(situation.then_hears)


@pytest.mark.parametrize("name", SITUATIONS)
async def test_nobody_notices_that_the_controller_was_killed(fragile: FragileScene, name: str, request: pytest.FixtureRequest) -> None:
    await goes_through(fragile, SITUATIONS[name], request.node.user_properties, "SIGKILL")


@pytest.mark.parametrize("name", ["connected", "consulting", "conference"])
async def test_nobody_notices_an_upgrade(fragile: FragileScene, name: str, request: pytest.FixtureRequest) -> None:
    await goes_through(fragile, SITUATIONS[name], request.node.user_properties, "SIGTERM")


async def test_an_agent_who_owes_a_reason_still_owes_it_with_the_same_deadline(fragile: FragileScene) -> None:
    interaction = await fragile.connected()
    await fragile.bob.idle()
    await fragile.customer.hang_up()
    await fragile.owes_wrap_up("alice", interaction)
    before = await fragile.alice.me()

    await fragile.controller_dies()
    await fragile.controller_starts()

    assert await fragile.alice.me() == before
    await fragile.alice.does("wrap-up", interaction, reason="follow-up")
    await fragile.owes_nothing("alice")


async def test_it_may_be_killed_again_and_again_in_one_call(fragile: FragileScene) -> None:
    interaction = await fragile.connected()
    await fragile.bob.available()
    await fragile.alice.does("consult", interaction, target={"kind": "agent", "id": "bob"})
    await fragile.phones["bob"].incoming()
    await fragile.picks_up("bob")
    for action, hears in (("resume", PARKED), ("swap", PRIVATE), ("conference", ALL)):
        await fragile.alice.does(action, interaction)
        await fragile.controller_dies()  # perhaps before Asterisk was asked for anything

        await fragile.controller_starts()

        await fragile.hear(hears)
    assert (await fragile.alice.interaction(interaction))["phase"] == "conference"
