"""The command line of the scripted call: where the stack is, what is printed, and the exit code."""

import argparse
import asyncio
import os
import signal
import sys
import time
from typing import Final

from scripted_call.api import NobodyAnswers, Switch
from scripted_call.before import CannotBegin, find_free_telephones, find_stack, logged_on
from scripted_call.calls import SCRIPT
from scripted_call.findings import Finding, Layout, as_json, exit_code, summary
from scripted_call.play import first_line, play
from scripted_call.stage import set_stage
from tests.phones.errors import EarFailed, PhoneDidNotStart, PhoneFailed

ABOUT: Final = """Places one scripted call (some short ones, in fact) through the whole role table, with four real soft phones and
the real API, on a demo stack that runs. Prints each rule, what was heard by whom or what the API answered, and whether that
is as it should be. "music" and "ringing" mean: a sound that is nobody's tone. Each telephone sends a tone of its own, and all
is measured on the packets that reach each telephone. Afterwards everything is as it was."""

PORTS: Final = """The environment says where the stack is: SIP_PORT (5060), ARI_PORT (8088), DESKTOP_PORT (8080).
Exit code: 0 when every rule held, 1 when one did not or the check could not begin, 2 for bad usage."""


def main(arguments: list[str] | None = None) -> int:
    """Run the check; gives the exit code."""
    parser = argparse.ArgumentParser(prog="check.py", description=ABOUT, epilog=PORTS, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print everything as one JSON document at the end")
    options = parser.parse_args(arguments)
    try:
        ports = {name: _port(name, default) for name, default in (("SIP_PORT", 5060), ("ARI_PORT", 8088), ("DESKTOP_PORT", 8080))}
    except ValueError as wrong:
        parser.error(str(wrong))
    try:
        return asyncio.run(_check(ports["SIP_PORT"], ports["ARI_PORT"], ports["DESKTOP_PORT"], in_json=options.json))
    except CannotBegin as reason:
        print(reason, file=sys.stderr)
    except PhoneDidNotStart as failed:
        print(f"{first_line(failed)}. Is SIP_PORT={ports['SIP_PORT']} this stack's?", file=sys.stderr)
    except (PhoneFailed, EarFailed, NobodyAnswers) as failed:
        print(f"The check broke off: {failed}", file=sys.stderr)
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("Broken off; everything is as it was.", file=sys.stderr)
    return 1


def _port(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise ValueError(f"{name}={text} is not a port")
    return int(text)


async def _check(sip_port: int, ari_port: int, desktop_port: int, *, in_json: bool) -> int:
    this = asyncio.current_task()
    assert this is not None, "a coroutine runs in a task"
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
    began = time.monotonic()
    switch = Switch(ari_port)
    await find_stack(desktop_port, switch)
    customer = await find_free_telephones(switch)
    tell = _tell_nothing if in_json else Teller()
    async with logged_on(desktop_port) as desks, set_stage(desks, switch, sip_port, customer) as stage:
        findings = await play(SCRIPT, stage, tell)
    seconds = time.monotonic() - began
    print(as_json(findings, seconds) if in_json else summary(findings, seconds))
    return exit_code(findings)


class Teller:
    """Prints each finding as it comes, below the title of its call."""

    def __init__(self) -> None:
        widest = max(len(rule.sentence) for call in SCRIPT for rule in call.rules)
        self._layout = Layout(widest, colour=sys.stdout.isatty())
        self._call = ""

    def __call__(self, finding: Finding) -> None:
        if finding.call != self._call:
            self._call = finding.call
            print(self._layout.title(finding.call))
        print(self._layout.line(finding), flush=True)


def _tell_nothing(finding: Finding) -> None:
    """The JSON document tells everything at the end."""
