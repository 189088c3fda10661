"""Things happen while the controller is dead: it finds them when it is back, and what follows is by the rules."""

import asyncio
import time

from tests.live.fragile import FragileScene
from tests.live.scene import until

TALK = {"alice": {"customer"}, "customer": {"alice"}}
PRIVATE = {"alice": {"bob"}, "bob": {"alice"}, "customer": {"music"}}
MUSIC = {"customer": {"music"}}
WRITE_TIMEOUT_SECONDS = 5.0
"""`websocket_write_timeout` of ari.conf: a client that takes nothing for so long is cut off by Asterisk."""


async def test_a_customer_who_hung_up_is_gone_and_the_owner_owes_a_reason(fragile: FragileScene) -> None:
    interaction = await fragile.consulting()
    await fragile.controller_dies()
    await fragile.customer.hang_up()

    await fragile.controller_starts()

    await fragile.over(interaction, owner="alice", others=["bob"])


async def test_a_customer_who_gave_up_in_the_line_is_forgotten(fragile: FragileScene) -> None:
    await fragile.queued()
    await fragile.controller_dies()
    await fragile.customer.hang_up()

    await fragile.controller_starts()

    await fragile.nothing_is_left()
    assert await fragile.supervisor.interactions() == []


async def test_an_agent_who_answered_is_connected(fragile: FragileScene) -> None:
    interaction = await fragile.offered()
    await fragile.controller_dies()
    await fragile.picks_up("alice")

    await fragile.controller_starts()

    await fragile.hear(TALK)
    await fragile.phase(interaction, "connected")


async def test_a_colleague_who_answered_talks_with_the_owner_and_not_with_the_customer(fragile: FragileScene) -> None:
    interaction = await fragile.consult_offered()
    died_at = time.time()
    await fragile.controller_dies()
    await fragile.picks_up("bob")

    await fragile.controller_starts()

    await fragile.hear(PRIVATE)
    await fragile.phase(interaction, "consulting")
    assert fragile.ear.containing("customer", "bob", since=died_at) == []
    assert fragile.ear.containing("customer", "alice", since=died_at) == []


async def test_an_owner_whose_leg_is_gone_afterwards_has_hung_up(fragile: FragileScene) -> None:
    """Asterisk ran on, so it has not ended that leg: whoever had answered has put the telephone down, as far as anybody can know."""
    interaction = await fragile.connected()
    await fragile.controller_dies()
    await fragile.phones["alice"].hang_up()

    await fragile.controller_starts()

    await fragile.over(interaction, owner="alice")


async def test_a_colleague_who_left_a_consult_is_missed_and_the_customer_is_back(fragile: FragileScene) -> None:
    interaction = await fragile.consulting()
    await fragile.controller_dies()
    await fragile.phones["bob"].hang_up()

    await fragile.controller_starts()

    await fragile.hear(TALK)
    await fragile.phase(interaction, "connected")


async def test_a_colleague_who_declined_unheard_is_rung_once_more(fragile: FragileScene) -> None:
    """Whether the telephone ever rang nobody knows: it may be that the controller died before it asked for it."""
    interaction = await fragile.consult_offered()
    await fragile.controller_dies()
    await fragile.phones["bob"].decline()
    await fragile.off_the_line("bob")

    await fragile.controller_starts()

    await fragile.phones["bob"].incoming()
    await fragile.phase(interaction, "consult_offered")
    await fragile.phones["bob"].decline()
    await fragile.hear(TALK)
    await fragile.phase(interaction, "connected")


async def test_an_offer_whose_time_is_over_is_withdrawn(fragile: FragileScene) -> None:
    await fragile.offered("816")
    await fragile.controller_dies()
    await asyncio.sleep(2.0)  # its time runs on, whether anybody counts it or not

    await fragile.controller_starts()

    await fragile.off_the_line("alice")
    await fragile.hear(MUSIC)
    await fragile.state_of("alice", "not_answering")


async def test_a_wrap_up_whose_time_is_over_has_its_default_reason(fragile: FragileScene) -> None:
    interaction = await fragile.connected("816")
    await fragile.bob.idle()
    await fragile.customer.hang_up()
    await fragile.owes_wrap_up("alice", interaction)
    await fragile.controller_dies()
    await asyncio.sleep(2.0)

    await fragile.controller_starts()

    await fragile.owes_nothing("alice")
    assert await fragile.supervisor.interactions() == []


async def test_a_command_that_is_sent_again_with_its_key_has_acted_already(fragile: FragileScene) -> None:
    interaction = await fragile.consulting()
    path, key = f"/interactions/{interaction}/resume", {"Idempotency-Key": f"{interaction}-resume"}
    swap = f"/interactions/{interaction}/swap"
    first = await fragile.alice.call("POST", path, {}, **key)
    second = await fragile.alice.call("POST", swap, {}, **{"Idempotency-Key": f"{interaction}-swap"})
    assert (first.status, second.status, second.body["phase"]) == (200, 200, "consulting")
    await fragile.controller_dies()

    await fragile.controller_starts()
    resumed = await fragile.alice.call("POST", path, {}, **key)
    swapped = await fragile.alice.call("POST", swap, {}, **{"Idempotency-Key": f"{interaction}-swap"})

    assert (resumed.status, resumed.body["phase"]) == (200, "consulting"), "as it is now, not as it was after the first time"
    assert (swapped.status, swapped.body["revision"]) == (200, second.body["revision"])
    await fragile.hear(PRIVATE)
    other = await fragile.alice.call("POST", f"/interactions/{interaction}/conference", {}, **key)
    assert (other.status, other.code) == (422, "reused-key")


async def test_a_customer_who_called_meanwhile_is_served(fragile: FragileScene) -> None:
    await fragile.controller_dies()
    call = await fragile.customer.dial("810")
    await fragile.customer.ringing()

    await fragile.controller_starts()

    await fragile.customer.established(call)
    await fragile.alice.available()
    await fragile.phones["alice"].incoming()
    await fragile.picks_up("alice")
    await fragile.hear(TALK)


async def test_calls_that_asterisk_lost_meanwhile_end_by_the_rules_and_new_ones_work(fragile: FragileScene) -> None:
    owed = await fragile.consulting()
    await fragile.controller_dies()
    await fragile.asterisk_is_killed_and_started()

    await fragile.controller_starts()

    await fragile.owes_wrap_up("alice", owed)
    await fragile.owes_nothing("bob")
    await fragile.phase(owed, "ended")
    await fragile.nothing_is_left()
    for phone in fragile.phones.values():
        if phone.live_calls:
            await phone.hang_up()
    await fragile.alice.does("wrap-up", owed, reason="resolved")
    await fragile.bob.idle()
    await fragile.connected()


async def test_what_was_ended_stays_ended_though_nobody_was_hung_up_yet(fragile: FragileScene) -> None:
    """Killed between the command and the first hang-up: the customer who is still there is no new customer."""
    interaction = await fragile.connected()
    await fragile.bob.idle()
    # A controller that notices the silence, which takes it six seconds, would hang up by another connection: on a busy machine in time.
    fragile.line.fall_silent(new_get_through=False)
    await fragile.alice.does("end", interaction)
    await fragile.hear(TALK)  # Asterisk has not heard of it
    await fragile.controller_dies()

    fragile.line.mend()
    await fragile.controller_starts()

    await fragile.over(interaction, owner="alice")
    await fragile.nothing_is_left()
    assert [one["id"] for one in await fragile.supervisor.interactions()] == [interaction]


async def test_a_frozen_controller_is_cut_off_and_takes_up_everything_when_it_thaws(fragile: FragileScene) -> None:
    interaction = await fragile.consulting()
    froze_at = time.time()
    await fragile.controller_gets("SIGSTOP")
    try:
        await fragile.sounds_untouched(PRIVATE, seconds=WRITE_TIMEOUT_SECONDS + 2, since=froze_at)
        await fragile.phones["bob"].hang_up()
    finally:
        await fragile.controller_gets("SIGCONT")

    await fragile.is_back()
    await fragile.hear(TALK)
    await fragile.phase(interaction, "connected")
    await fragile.alice.does("hold", interaction)
    await fragile.hear(MUSIC)


async def test_a_call_that_rang_through_the_whole_of_a_frozen_controller_is_served(fragile: FragileScene) -> None:
    await fragile.controller_gets("SIGSTOP")
    try:
        call = await fragile.customer.dial("810")
        await asyncio.sleep(WRITE_TIMEOUT_SECONDS + 1)
    finally:
        await fragile.controller_gets("SIGCONT")

    await fragile.is_back()
    await fragile.customer.established(call, seconds_max=10)
    await fragile.hear(MUSIC)
    await until("the customer is in the line", fragile.seen_by_the_supervisor)
