"""A judge that never finds anything proves nothing: each promise about keys, the hold key too, is broken on purpose once."""

import pytest

from controller.asterisk import perform, tones, transfer_keys
from controller.dialling import feature_codes
from controller.dialling.feature_codes import KeyPress
from controller.directory.ids import AgentId
from controller.floor.outcome import Outcome
from controller.interaction import layout as places
from controller.interaction.interaction import Phase
from controller.routing.commands import GoAvailable
from controller.simulator.broken import Broken
from controller.simulator.typists import Typed, Typing
from controller.simulator.wire import LANES
from tests.simulation.quiet import QuietWorld

ALICE = AgentId("alice")


def types(world: QuietWorld, keys: str, *, comes_doubled: bool = False, how: Typing = Typing.RIGHT) -> None:
    world.typists.presses(ALICE, world.telephone, keys, comes_doubled=comes_doubled, how=how)
    world.rest(5.0)


def customer_presses_hold(world: QuietWorld) -> None:
    world.exchange.presses_hold(world.exchange.channels[world.interaction.customer.leg.id], held=True)


def on_a_call() -> QuietWorld:
    world = QuietWorld()
    world.is_answered()
    world.rest(10.0)
    return world


def test_a_code_of_which_every_key_comes_doubled_does_what_it_says_and_the_judge_has_nothing_to_say() -> None:
    world = on_a_call()

    types(world, "*8", comes_doubled=True)

    assert world.interaction.phase is Phase.HELD


def test_a_tone_of_a_mistyped_code_ends_and_the_judge_has_nothing_to_say() -> None:
    world = on_a_call()

    types(world, "*A", how=Typing.MISTYPED)
    world.rest(20.0)

    assert world.telephone.tone == ""


def test_keys_that_the_customer_hears(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(perform, "_gives_codes", lambda leg, layout: False)
    world = on_a_call()

    with pytest.raises(Broken, match="hears a key that alice has pressed"):
        types(world, "*8")


def test_keys_that_count_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(last: KeyPress | None, pressed: KeyPress) -> bool:
        return False

    monkeypatch.setattr(feature_codes, "_is_twin", never)
    world = on_a_call()

    with pytest.raises(Broken, match="was not understood"):
        types(world, "*8", comes_doubled=True)


def test_a_code_of_which_the_last_key_does_not_arrive_is_not_understood_and_the_judge_has_nothing_to_say() -> None:
    world = on_a_call()
    keys = "*2112#"
    world.types(Typed(agent=ALICE, how=Typing.RIGHT, keys=keys, at=world.agenda.now))
    for key in keys[:-1]:
        world.exchange.presses_key(world.telephone, key, seconds=0.1)
        world.rest(0.3)

    world.fall_half_open(range(LANES))
    world.exchange.presses_key(world.telephone, keys[-1], seconds=0.1)
    world.rest(10.0)

    assert world.interaction.phase is Phase.CONNECTED


def test_a_tone_that_never_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tones, "TONE_SECONDS", 1000.0)
    world = on_a_call()
    types(world, "*A", how=Typing.MISTYPED)

    with pytest.raises(Broken, match="has heard a tone in place of its room"):
        world.rest(10.0)


def test_a_code_that_is_done_though_nobody_has_typed_it() -> None:
    world = on_a_call()

    with pytest.raises(Broken, match="typed 0 codes, and 1 were done"):
        world.judge.followed(GoAvailable(agent=ALICE), Outcome(kept_as=GoAvailable(agent=ALICE)), world.floor)


def test_an_agent_who_is_left_alone_with_a_customer_on_their_own_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "_left_alone", lambda talkers: iter(()))
    world = on_a_call()

    customer_presses_hold(world)
    with pytest.raises(Broken, match="is left alone with somebody on hold"):
        world.rest(15.0)


def test_an_agent_whose_customer_is_on_their_own_hold_hears_music_and_the_judge_has_nothing_to_say() -> None:
    world = on_a_call()

    customer_presses_hold(world)
    world.rest(15.0)

    assert world.telephone.bridge is not None
    assert world.telephone.bridge.id.endswith("-hold")
    assert world.telephone.hears_music


def test_an_agent_in_the_hold_room_whose_music_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    world = on_a_call()
    customer_presses_hold(world)
    world.rest(1.0)

    world.telephone.hears_music = False
    with pytest.raises(Broken, match="hears no music in the hold room"):
        world.rest(15.0)


def test_a_tone_in_the_hold_room_is_followed_by_music_again() -> None:
    world = on_a_call()
    customer_presses_hold(world)
    world.rest(1.0)

    types(world, "*A", how=Typing.MISTYPED)

    assert world.telephone.tone == ""
    assert world.telephone.hears_music


def test_a_tone_of_a_controller_that_is_killed_meanwhile_is_ended_by_the_next() -> None:
    world = on_a_call()
    world.typists.presses(ALICE, world.telephone, "*A", how=Typing.MISTYPED)
    world.rest(0.5)
    assert world.telephone.tone

    world.kill()
    world.rest(20.0)

    assert world.telephone.tone == ""


class LeavesTransfers(QuietWorld):
    """Asterisk leaves to the controller what transfer keys ask for."""

    def _start(self) -> None:
        self.exchange.leaves_transfers = True
        super()._start()


def presses_transfer(world: QuietWorld) -> None:
    """Alice's transfer key, and Bob's number."""
    world.comes("bob")
    world.is_answered()
    world.rest(10.0)
    world.exchange.transfers(world.telephone, "1002")
    world.rest(20.0)


def test_a_transfer_that_is_left_to_the_controller_is_done_and_told_and_the_judge_has_nothing_to_say() -> None:
    world = LeavesTransfers()

    presses_transfer(world)

    alices = world.telephone
    assert not alices.is_there
    assert (alices.transfer_asked_at, alices.told_of_transfer_at is None) == (None, False)
    assert world.interaction.owes_wrap_up(ALICE)


def test_a_leg_that_is_ended_as_soon_as_its_telephone_was_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer_keys, "LEFT_ALONE_SECONDS", 0.0)

    with pytest.raises(Broken, match="Asterisk falls over that"):
        presses_transfer(LeavesTransfers())


def test_a_telephone_that_is_told_nothing_of_its_transfer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer_keys, "DECIDED_SECONDS_MAX", 1_000.0)
    monkeypatch.setattr(transfer_keys.TransferKeys, "answer", lambda keys, leg, refused: None)

    with pytest.raises(Broken, match="its telephone was told nothing"):
        presses_transfer(LeavesTransfers())
