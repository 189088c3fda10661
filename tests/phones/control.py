"""Talks to one baresip over its control port: JSON in netstrings, answers matched by token, events as they come.

It knows how the control port speaks and nothing of calls. It must never drop an event, and never wait without a limit.
"""

import asyncio
import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from tests.phones.errors import PhoneFailed, PhoneRefused, PhoneTimeout

ANSWER_SECONDS_MAX: Final = 5.0
NETSTRING_BYTES_MAX: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class PhoneEvent:
    """Something that the phone said by itself, such as CALL_INCOMING."""

    at: float
    """Wall-clock seconds when it was read."""
    type: str
    call_id: str
    peer: str
    direction: str
    param: str

    def __str__(self) -> str:
        clock = time.strftime("%H:%M:%S", time.localtime(self.at)) + f".{int(self.at % 1 * 1000):03d}"
        return " ".join(part for part in (clock, self.type, self.peer, self.param) if part)


@dataclass(slots=True)
class ControlPort:
    """The connection to a phone's control port. baresip serves one at a time."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    on_event: Callable[[PhoneEvent], None]
    _tokens: "itertools.count[int]" = field(default_factory=itertools.count)
    _answers: dict[str, "asyncio.Future[dict[str, Any]]"] = field(default_factory=dict)

    async def read_until_closed(self) -> None:
        """Deliver answers and events until the phone closes the connection; run it as a task."""
        try:
            while True:
                self._deliver(json.loads(await self._read_netstring()))
        except (asyncio.IncompleteReadError, ConnectionError):
            for answer in self._answers.values():
                if not answer.done():
                    answer.set_exception(PhoneFailed("the phone closed its control port"))

    async def ask(self, command: str, params: str = "") -> str:
        """Give the phone a command and return its answer text.

        PhoneRefused when it says no, PhoneTimeout when it says nothing, PhoneFailed when it is gone.
        """
        token = str(next(self._tokens))
        message = {"command": command, "token": token, **({"params": params} if params else {})}
        answer = self._answers[token] = asyncio.get_running_loop().create_future()
        try:
            encoded = json.dumps(message).encode()
            self.writer.write(b"%d:%s," % (len(encoded), encoded))
            await self.writer.drain()
            said = await asyncio.wait_for(answer, ANSWER_SECONDS_MAX)
        except ConnectionError as gone:
            raise PhoneFailed(f"the phone is gone; it was asked to {command} {params}") from gone
        except TimeoutError:
            raise PhoneTimeout(f"the phone did not answer {command} {params} in {ANSWER_SECONDS_MAX:g} s") from None
        finally:
            del self._answers[token]
        if not said.get("ok"):
            raise PhoneRefused(f"{command} {params}: {str(said.get('data', '')).strip()}")
        return str(said.get("data", ""))

    def close(self) -> None:
        """Close the connection; the phone goes on."""
        self.writer.close()

    async def _read_netstring(self) -> bytes:
        length = int((await self.reader.readuntil(b":"))[:-1])
        assert length <= NETSTRING_BYTES_MAX, "the phone's messages are a few hundred bytes"
        return (await self.reader.readexactly(length + 1))[:-1]

    def _deliver(self, message: dict[str, Any]) -> None:
        if "response" in message:
            answer = self._answers.get(str(message.get("token")))
            if answer is not None and not answer.done():
                answer.set_result(message)
            return
        self.on_event(
            PhoneEvent(
                at=time.time(),
                type=str(message.get("type", "")),
                call_id=str(message.get("id", "")),
                peer=str(message.get("peeruri", "")),
                direction=str(message.get("direction", "")),
                param=str(message.get("param", "")),
            )
        )


async def connect_control_port(port: int, on_event: Callable[[PhoneEvent], None]) -> ControlPort:
    """Connect to a control port on loopback; ConnectionError while the phone does not listen yet."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    return ControlPort(reader, writer, on_event)
