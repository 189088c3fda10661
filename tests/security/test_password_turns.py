"""Guessers, however many, slow down one another and nobody else; and the right password is never refused for their sake."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager

import pytest

from controller.desktop import passwords
from controller.desktop.limits import Limits
from controller.desktop.passwords import BackOff
from controller.desktop.turns import LINE_MIN, Turns
from tests.edges.desktop_world import World
from tests.security.raw import Raw, answer_to, connected, request, world_with

GUESSERS, DAVES = "127.0.0.2", "127.0.0.3"


def log_on(agent: str, password: str) -> bytes:
    return request("POST", "/api/v1/session", "Connection: close", body=json.dumps({"agent": agent, "password": password}))


@contextmanager
def checks_that_wait(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Passwords are checked once this is set; so long each one that is being checked stays where it is."""
    go_on, check = threading.Event(), passwords.Passwords._verify

    def wait_and_check(self: passwords.Passwords, known: str | None, password: str) -> bool:
        assert go_on.wait(5)
        return check(self, known, password)

    with monkeypatch.context() as patched:
        patched.setattr(passwords.Passwords, "_verify", wait_and_check)
        yield go_on
        go_on.set()


async def guesses(stack: AsyncExitStack, world: World, names: list[str], address: str) -> list[Raw]:
    """Guesses that have been sent, each over a connection of its own; whoever comes next is behind them."""
    sent = []
    for name in names:
        raw = await stack.enter_async_context(connected(world, address))
        await raw.say(log_on(name, "a guess"))
        sent.append(raw)
    await answer_to(world, request("GET", "/healthz", "Connection: close"), address)
    return sent


# --- Turns -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hers", [GUESSERS, DAVES], ids=["from the guessers' address", "from another address"])
async def test_ninety_guessers_do_not_keep_an_agent_from_logging_on(monkeypatch: pytest.MonkeyPatch, hers: str) -> None:
    async with world_with(Limits()) as world, AsyncExitStack() as stack:
        with checks_that_wait(monkeypatch) as go_on:
            guessing = await guesses(stack, world, [f"guess-{number}" for number in range(90)], GUESSERS)
            alice = asyncio.create_task(answer_to(world, log_on("alice", "alice"), hers))
            go_on.set()

            assert (await alice).startswith(b"HTTP/1.1 201")
        assert {(await raw.rest())[:12] for raw in guessing} == {b"HTTP/1.1 401"}, "they are not refused either, but wait"


async def test_many_right_passwords_of_one_agent_at_once_are_all_right() -> None:
    async with world_with(Limits()) as world:
        answers = await asyncio.gather(*(answer_to(world, log_on("alice", "alice")) for _ in range(20)))

        assert {answer[:12] for answer in answers} == {b"HTTP/1.1 201"}


async def test_guesses_at_an_agent_from_elsewhere_do_not_make_that_agent_wait() -> None:
    async with world_with(Limits()) as world:
        for _ in range(9):
            guess = await answer_to(world, log_on("alice", "a guess"), GUESSERS)

        assert guess.startswith(b"HTTP/1.1 429")
        assert (await answer_to(world, log_on("alice", "alice"), DAVES)).startswith(b"HTTP/1.1 201")


async def order_of(turns: Turns, coming: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """In which order they are served who come while one is being served."""
    served = []

    async def be_served(address: str, agent: str) -> None:
        async with turns.turn(address, agent, lambda: False):
            served.append((address, agent))
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as together:
        for address, agent in coming:
            together.create_task(be_served(address, agent))
    return served


async def test_addresses_take_turns_and_so_do_the_agents_of_one_address() -> None:
    first, coming = ("c", "z"), [("a", "x"), ("a", "x"), ("a", "x"), ("a", "y"), ("b", "x"), ("c", "z")]

    served = await order_of(Turns(1), [first, *coming])

    assert served == [first, ("a", "x"), ("b", "x"), ("c", "z"), ("a", "y"), ("a", "x"), ("a", "x")]


async def test_of_one_agent_from_one_address_one_password_is_checked_at_a_time() -> None:
    turns, inside, most = Turns(2), 0, 0

    async def be_served() -> None:
        nonlocal inside, most
        async with turns.turn("a", "x", lambda: False):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    async with asyncio.TaskGroup() as together:
        for _ in range(5):
            together.create_task(be_served())

    assert most == 1


async def test_whoever_has_gone_takes_no_turn_and_does_not_stay_in_the_line() -> None:
    turns, has_gone, served = Turns(1), False, 0

    async def goes() -> None:
        async with turns.turn("a", "x", lambda: has_gone):
            raise AssertionError("has gone, and is served")

    async def stays() -> None:
        nonlocal served
        async with turns.turn("b", "y", lambda: False):
            served += 1

    async with turns.turn("c", "z", lambda: False):
        gone = [asyncio.create_task(goes()) for _ in range(LINE_MIN - 2)]
        await asyncio.sleep(0)
        has_gone = True
        staying = [asyncio.create_task(stays()) for _ in range(3)]
        ended = await asyncio.gather(*gone, return_exceptions=True)
        assert {type(error) for error in ended} == {ConnectionResetError}, "they are sent away although nobody was served meanwhile"
    await asyncio.gather(*staying)

    assert served == 3


async def test_whoever_is_called_and_has_gone_leaves_the_turn_to_the_next() -> None:
    turns, has_gone = Turns(1), False

    async def goes() -> None:
        async with turns.turn("a", "x", lambda: has_gone):
            raise AssertionError("has gone, and is served")

    async with turns.turn("c", "z", lambda: False):
        gone = asyncio.create_task(goes())
        await asyncio.sleep(0)
        has_gone = True
    with pytest.raises(ConnectionResetError):
        await gone

    assert await order_of(turns, [("b", "y")]) == [("b", "y")]


@pytest.mark.parametrize("is_called", [False, True])
async def test_whoever_is_cancelled_in_the_line_or_just_when_called_takes_no_turn_away(is_called: bool) -> None:
    turns = Turns(1)

    async def waits() -> None:
        async with turns.turn("a", "x", lambda: False):
            raise AssertionError("was cancelled, and is served")

    async with turns.turn("c", "z", lambda: False):
        cancelled = asyncio.create_task(waits())
        await asyncio.sleep(0)
        if not is_called:
            cancelled.cancel()
    cancelled.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cancelled

    assert await order_of(turns, [("b", "y")]) == [("b", "y")]


# --- Back-off ----------------------------------------------------------------------------------------------------------


async def test_invented_names_do_not_make_a_guesser_forgotten() -> None:
    async with world_with(Limits(back_offs_of_nobody_max=3)) as world:
        for _ in range(5):
            await answer_to(world, log_on("alice", "a guess"), GUESSERS)
        for number in range(20):
            assert (await answer_to(world, log_on(f"invented-{number}", "a guess"), GUESSERS)).startswith(b"HTTP/1.1 401")

        assert (await answer_to(world, log_on("alice", "a guess"), GUESSERS)).startswith(b"HTTP/1.1 429")


def test_other_addresses_and_other_agents_do_not_push_out_a_guesser_who_goes_on() -> None:
    back_off = BackOff(Limits(back_offs_per_agent_max=3))
    for number in range(100):
        back_off.note_wrong("alice", "a guesser's", 0.0, is_real=True)
        back_off.note_wrong("alice", f"address {number}", 0.0, is_real=True)
        back_off.note_wrong("bob", f"address {number}", 0.0, is_real=True)

    assert back_off.seconds_to_wait("alice", "a guesser's", 0.0) == Limits().back_off_seconds_max
    assert back_off.seconds_to_wait("alice", "address 99", 0.0) == 0


def test_a_clock_that_is_put_back_an_hour_locks_nobody_out_for_an_hour() -> None:
    back_off = BackOff(Limits())
    for _ in range(7):
        back_off.note_wrong("alice", "somewhere", 10_000.0, is_real=True)

    assert back_off.seconds_to_wait("alice", "somewhere", 6_400.0) == 4.0
    assert back_off.seconds_to_wait("alice", "somewhere", 6_404.0) == 0


def test_an_invented_name_waits_like_a_real_one() -> None:
    back_off = BackOff(Limits())
    for _ in range(7):
        back_off.note_wrong("alice", "somewhere", 0.0, is_real=True)
        back_off.note_wrong("nobody", "somewhere", 0.0, is_real=False)

    waits = {back_off.seconds_to_wait(name, "somewhere", 0.0) for name in ("alice", "nobody")}

    assert waits == {4.0}
    back_off.forgive("alice", "somewhere")
    assert back_off.seconds_to_wait("alice", "somewhere", 0.0) == 0
