"""The demo's outside line: registers as `outside`, and does with each number what its last digits say, until it is stopped.

python3 -m tests.phones.outside --sip-port 5060
"""

import argparse
import asyncio
import signal
import sys
from typing import Final

from tests.phones.errors import PhoneDidNotStart, PhoneFailed
from tests.phones.far_end import FarEnd
from tests.phones.far_end_ways import WAYS
from tests.phones.soft_phone import Account

REGISTER_EVERY_SECONDS: Final = 60.0
REGISTER_AGAIN_SECONDS: Final = 1.0


async def serve(account: Account) -> None:
    """Be there until stopped, whatever becomes of the registrar meanwhile."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    while not stopping.is_set():
        try:
            async with FarEnd(account) as outside:
                print(f"registered as {account.user} at 127.0.0.1:{account.registrar_port}", flush=True)
                await _stay(outside, stopping)
        except PhoneDidNotStart as failed:
            print(failed, file=sys.stderr, flush=True)
            await _pause(stopping, REGISTER_AGAIN_SECONDS)


async def _stay(outside: FarEnd, stopping: asyncio.Event) -> None:
    told = 0
    while not await _pause(stopping, REGISTER_EVERY_SECONDS):
        for call in outside.far_calls[told:]:
            print(f"{call.number} from {call.caller_id or 'nobody'}: {', '.join(call.moments)}", flush=True)
        told = len(outside.far_calls)
        await outside.register()


async def _pause(stopping: asyncio.Event, seconds: float) -> bool:
    """Wait so long; gives at once, with True, when it is to stop."""
    try:
        async with asyncio.timeout(seconds):
            return await stopping.wait()
    except TimeoutError:
        return False


def main() -> int:
    """The command; 0 when it was stopped."""
    listed = "\n".join(f"  …{digits:<3} {way.says}" for digits, way in WAYS.items())
    parser = argparse.ArgumentParser(
        prog="python3 -m tests.phones.outside",
        description=f"{__doc__}\nNumbers that end in\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--sip-port", type=int, default=5060, help="where the registrar listens on 127.0.0.1")
    parser.add_argument("--user", default="outside")
    parser.add_argument("--password", default="phone-outside")
    options = parser.parse_args()
    try:
        asyncio.run(serve(Account(options.user, options.password, registrar_port=options.sip_port)))
    except PhoneFailed as failed:
        print(failed, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
