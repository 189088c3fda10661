"""A program of ours that fetches people beside the controller, and gives them a line of JSON each.

In a process of its own, since a thread would hold up every call for a tenth of a second at a time (measured), and since only a process
can be ended for certain: a library may wait for ever in a connection, and a file for a disk.
"""

import asyncio
import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from controller.dialling.listed_number import ListedNumbers
from controller.directory.colleagues import Colleague
from controller.directory.ids import ColleagueId, Seconds
from controller.organisation.provider import Fetched, KeepAs, ProviderFailed, Take

PIECE_BYTES = 16 * 1024
"""Some 80 people: half a millisecond."""
LINE_BYTES_MAX = 64 * 1024
END_SECONDS_MAX: Seconds = 1.0

Said = Mapping[str, Any]


async def run_child(module: str, asked: Said, take: Take, *, seconds_max: Seconds) -> Said:
    """Run a module's program with these questions on its standard input; gives what it says at its end.

    Raises `ProviderFailed` where it says why it could not, or comes to no end.
    """
    try:
        # -P: what happens to lie in the folder that the service was started in is none of our modules.
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", module), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
    except OSError as failed:
        raise ProviderFailed(f"the program that fetches it can't be started: {failed.strerror or failed}") from failed
    try:
        async with asyncio.timeout(seconds_max):
            said = await _listen(child, asked, take)
            code = await child.wait()
    except ValueError as wrong:  # no JSON, or no person
        raise ProviderFailed("the program that fetches it said something that nobody understands") from wrong
    except TimeoutError:
        raise ProviderFailed(f"it did not come within {seconds_max:g} s") from None
    finally:
        if child.returncode is None:
            await _end(child)
    if said is None:
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        raise ProviderFailed(f"the program that fetches it ended before it was done ({how})")
    if "failed" in said:
        raise ProviderFailed(_one_line(str(said["failed"])), retry_after=said.get("retry_after", 0.0))
    return said


def _one_line(text: str) -> str:
    """Take out of a reason what a server far away may have put in to look like something else of ours."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


async def _end(child: asyncio.subprocess.Process) -> None:
    """Kill it, and see it go. One that waits for a disk that is away can't be killed; it goes when the disk comes back."""
    child.kill()
    with suppress(TimeoutError):
        async with asyncio.timeout(END_SECONDS_MAX):
            await child.communicate()  # a pipe in which something is left would keep `wait` waiting


async def _listen(child: asyncio.subprocess.Process, asked: Said, take: Take) -> Said | None:
    """Take the people, and give what comes after them; None: nothing came."""
    assert child.stdin is not None, "it was started with a pipe"
    assert child.stdout is not None, "it was started with a pipe"
    child.stdin.write(json.dumps(asked).encode())
    child.stdin.close()
    rest, said = b"", None
    while piece := await child.stdout.read(PIECE_BYTES):
        *lines, rest = (rest + piece).split(b"\n")
        if len(rest) > LINE_BYTES_MAX:
            raise ProviderFailed("the program that fetches it said something without end")
        told = [json.loads(line) for line in lines]
        take([_colleague(line) for line in told if isinstance(line, list)])
        said = next((line for line in told if isinstance(line, dict)), said)
        await asyncio.sleep(0)  # a read does not wait where there is something to read, and calls must not wait for a long list
    return said


# --- What every one of these programs is asked, and says at its end -----------------------------------------------------


def of_the_site(numbers: ListedNumbers, keep: KeepAs | None) -> Said:
    """How numbers are read, and where the list is kept for the next start."""
    return {
        "region": numbers.region,
        "extensions": [(numbers.first, numbers.last) for numbers in numbers.extensions],
        "keep": keep._asdict() if keep is not None else None,
    }


def as_fetched(said: Said) -> Fetched:
    """Read what a program has said at its end."""
    return Fetched(
        written_at=said["written_at"],
        without_number=said["without_number"],
        mistakes=said["mistakes"],
        notes=tuple(said["notes"]),
        not_kept_because=said.get("not_kept", ""),
    )


# --- A person as a line ------------------------------------------------------------------------------------------------


def as_line(colleague: Colleague) -> str:
    """Write somebody as a line, in ASCII whatever the machine's language is."""
    return json.dumps(colleague)


def _colleague(line: list[str]) -> Colleague:
    id_, name, title, department, number, presence, searched = line
    # A few hundred titles and departments are the same text for thousands of people.
    return Colleague(ColleagueId(id_), name, sys.intern(title), sys.intern(department), number, sys.intern(presence), searched)
