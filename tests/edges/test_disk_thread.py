"""The thread that waits for the disk: in order, one at a time, whatever becomes of whoever brought the work."""

import asyncio
import threading

import pytest

from controller.journal.disk_thread import DiskThread


async def test_work_is_done_in_order_in_the_other_thread_and_its_results_come_back_here() -> None:
    thread, done = DiskThread("disk"), list[tuple[int, str]]()

    def work(number: int) -> int:
        done.append((number, threading.current_thread().name))
        return number * 10

    results = await asyncio.gather(*(thread.do(lambda number=number: work(number)) for number in range(5)))  # type: ignore[misc]

    assert results == [0, 10, 20, 30, 40]
    assert done == [(number, "disk") for number in range(5)]
    assert thread.do_and_wait(lambda: work(5)) == 50
    thread.stop()


async def test_what_goes_wrong_is_raised_where_it_was_asked_for_and_the_next_is_done() -> None:
    thread = DiskThread("disk")

    def fails() -> None:
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        await thread.do(fails)
    with pytest.raises(OSError, match="no room"):
        thread.do_and_wait(fails)
    assert await thread.do(lambda: "go on") == "go on"
    thread.stop()


async def test_work_whose_waiter_has_gone_is_done_all_the_same() -> None:
    thread, gate, done = DiskThread("disk"), threading.Event(), list[str]()

    def first() -> None:
        gate.wait(5)
        done.append("first")

    waiting = asyncio.create_task(thread.do(first))
    await asyncio.sleep(0)
    waiting.cancel()
    gate.set()

    await thread.do(lambda: done.append("second"))

    assert done == ["first", "second"]
    thread.stop()


def test_work_that_outlives_its_event_loop_hurts_nobody() -> None:
    thread, gate = DiskThread("disk"), threading.Event()

    async def gives_up() -> None:
        asyncio.get_running_loop().call_later(0.01, asyncio.current_task().cancel)  # type: ignore[union-attr]
        await thread.do(lambda: gate.wait(5))

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(gives_up())
    gate.set()

    assert thread.do_and_wait(lambda: 7) == 7
    thread.stop()
