"""One thread that waits for the disk, so that nobody else has to. Work is done in the order in which it was brought.

A pool of threads would do; this costs a third of one for each piece of work, and there is one for nearly every input.
"""

import asyncio
import concurrent.futures
import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

_Work = Callable[[], Any]
_Done = Callable[[Any, BaseException | None], None]


class DiskThread:
    """Does work in a thread of its own, which ends with `stop`, or with the process."""

    def __init__(self, name: str) -> None:
        self._brought: queue.SimpleQueue[tuple[_Work, _Done] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    async def do(self, work: Callable[[], T]) -> T:
        """Do this, and go on here when it is done. Raises what it raises."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()

        def tell(result: T, error: BaseException | None) -> None:
            if answer.done():
                return  # whoever waited was cancelled
            if error is not None:
                answer.set_exception(error)
            else:
                answer.set_result(result)

        def done(result: T, error: BaseException | None) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(tell, result, error)

        self._brought.put((work, done))
        return await answer

    def do_and_wait(self, work: Callable[[], T]) -> T:
        """Do this, and hold up the caller until it is done. Raises what it raises."""
        answer: concurrent.futures.Future[T] = concurrent.futures.Future()

        def done(result: T, error: BaseException | None) -> None:
            if error is not None:
                answer.set_exception(error)
            else:
                answer.set_result(result)

        self._brought.put((work, done))
        return answer.result()

    def stop(self) -> None:
        """End the thread when all that was brought is done."""
        self._brought.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (brought := self._brought.get()) is not None:
            work, done = brought
            result: Any = None
            failed: BaseException | None = None
            try:
                result = work()
            except Exception as error:  # noqa: BLE001 - handed over whole to whoever waits for it
                failed = error
            done(result, failed)
            del work, done, result, failed, brought  # or what was kept last would stay in memory until the next comes
