"""The demo phones for a person: rings the demo site with soft phones and shows live who hears whom.

    python3 -m tests.phones                          # alice, bob and a customer at 127.0.0.1:5060
    python3 -m tests.phones --phones alice,customer --sip-port 15060

Type `customer dial 800`, `alice accept`, `alice keys *2`, `bob hold`, `alice hangup`; an empty line ends it.
"""

import argparse
import asyncio
import contextlib
import sys
import time
from typing import Final

from tests.phones.ear import Ear
from tests.phones.errors import EarFailed, PhoneFailed
from tests.phones.soft_phone import Account, SoftPhone
from tests.phones.tones import PHONE_TONES_HZ

DEMO_USERS: Final = {
    "alice": "1001",
    "bob": "1002",
    "carol": "1003",
    "dave": "1004",
    "sam": "1009",
    "customer": "2001",
    "customer-2": "2002",
    "outside": "outside",
}
LOOK_BACK_SECONDS: Final = 0.2
LOOK_EVERY_SECONDS: Final = 0.1


async def show_who_hears_whom(ear: Ear, names: list[str]) -> None:
    """Print a line whenever what somebody hears has changed."""
    shown: dict[str, str] = {}
    while True:
        await asyncio.sleep(LOOK_EVERY_SECONDS)
        since = time.time() - LOOK_BACK_SECONDS
        heard = {name: "+".join(sorted(ear.heard(name, since))) or "-" for name in names}
        if heard != shown:
            clock = time.strftime("%H:%M:%S")
            print(clock, "  ".join(f"{name} hears {tones}" for name, tones in heard.items()), flush=True)
            shown = heard


async def obey(phones: dict[str, SoftPhone], line: str) -> None:
    """Do what one typed line says; say what is wrong with it otherwise."""
    name, command, argument = (*line.split(maxsplit=2), "", "")[:3]
    phone = phones.get(name)
    if phone is None:
        print(f"no phone {name!r}; there are {', '.join(phones)}")
        return
    match command:
        case "dial" if argument:
            await phone.dial(argument)
        case "keys" if argument:
            await phone.send_keys(argument)
        case "transfer" if argument:
            await phone.transfer(argument)
        case "accept":
            await phone.accept()
        case "hangup":
            await phone.hang_up()
        case "hold":
            await phone.hold()
        case "resume":
            await phone.resume()
        case "story":
            print(phone.story())
        case _:
            print("dial NUMBER, accept, hangup, hold, resume, keys DIGITS, transfer NUMBER, story")


async def run(names: list[str], sip_port: int) -> None:
    """Start the phones and obey the keyboard until an empty line."""
    async with contextlib.AsyncExitStack() as stack:
        ear = stack.enter_context(Ear())
        phones = {name: SoftPhone(name, Account(DEMO_USERS[name], f"phone-{DEMO_USERS[name]}", registrar_port=sip_port)) for name in names}
        for phone in phones.values():
            await stack.enter_async_context(phone)
            ear.listen(phone.name, phone.rtp_ports)
        print("ready:", ", ".join(f"{name} ({phone.account.user})" for name, phone in phones.items()))
        showing = asyncio.create_task(show_who_hears_whom(ear, names))
        try:
            while line := (await asyncio.to_thread(sys.stdin.readline)).strip():
                try:
                    await obey(phones, line)
                except PhoneFailed as error:
                    print(error)
        finally:
            showing.cancel()


def main() -> int:
    """The command; 0 when it ended as asked, 1 when a phone or the ear could not start, 2 for bad usage."""
    parser = argparse.ArgumentParser(
        prog="python3 -m tests.phones", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--phones", default="alice,bob,customer", help=f"which of {', '.join(PHONE_TONES_HZ)}")
    parser.add_argument("--sip-port", type=int, default=5060, help="where the registrar listens on 127.0.0.1")
    options = parser.parse_args()
    names = options.phones.split(",")
    unknown = [name for name in names if name not in DEMO_USERS]
    if unknown:
        parser.error(f"no phone {', '.join(unknown)}; there are {', '.join(DEMO_USERS)}")
    try:
        asyncio.run(run(names, options.sip_port))
    except (PhoneFailed, EarFailed) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
