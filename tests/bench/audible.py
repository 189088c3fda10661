"""From a command to the first packet in which the newly audible party is heard.

The clock starts before the request is sent to the API. It stops at the later of both directions (in a conference, of all): at the packet
that the last of the listeners received. Asterisk sends a packet of 20 ms every 20 ms, so nobody can be faster than that by more than luck.
"""

import time
from collections.abc import Callable, Coroutine, Sequence

from tests.bench.figures import Figure, median_and_p95
from tests.bench.stage import Hears, connected, consult, hear, say
from tests.live.scene import Scene

MEDIAN_MAX_MS = 60
P95_MAX_MS = 120

Measure = Callable[[Scene, int], Coroutine[None, None, list[float]]]


async def audible(scene: Scene, repetitions: int) -> list[Figure]:
    """Measure resume, swap, conference and transfer."""
    figures: list[Figure] = []
    resumes, swaps = await _resume_and_swap(scene, repetitions)
    for name, seconds in (
        ("resume", resumes),
        ("swap", swaps),
        ("conference", await _conference(scene, repetitions)),
        ("transfer", await _transfer(scene, repetitions)),
    ):
        figures += median_and_p95(f"command to sound: {name}", seconds, MEDIAN_MAX_MS, P95_MAX_MS)
    return figures


async def _timed(scene: Scene, agent: str, action: str, interaction: str, newly: Sequence[tuple[str, str]], then: Hears) -> float:
    """Give a command; the seconds until each listener has heard each new voice. Returns when everybody stands where they belong."""
    asked_at = time.time()
    await scene.desks[agent].does(action, interaction)
    firsts = [await scene.ear.wait_for_first(listener, voice, after=asked_at) for listener, voice in newly]
    await hear(scene, then)
    return max(first.at for first in firsts) - asked_at


async def _resume_and_swap(scene: Scene, repetitions: int) -> tuple[list[float], list[float]]:
    say(f"command to sound: {repetitions} times resume and swap")
    interaction = await connected(scene)
    await consult(scene, interaction, "alice", "bob")
    resumes, swaps = [], []
    for _ in range(repetitions):
        heard_then: Hears = {"customer": {"alice"}, "alice": {"customer"}, "bob": {"music"}}
        resumes.append(await _timed(scene, "alice", "resume", interaction, [("customer", "alice"), ("alice", "customer")], heard_then))
        heard_then = {"customer": {"music"}, "alice": {"bob"}, "bob": {"alice"}}
        swaps.append(await _timed(scene, "alice", "swap", interaction, [("alice", "bob"), ("bob", "alice")], heard_then))
    await scene.close()
    return resumes, swaps


async def _conference(scene: Scene, repetitions: int) -> list[float]:
    say(f"command to sound: {repetitions} times conference")
    interaction = await connected(scene)
    newly = [("customer", "alice"), ("customer", "bob"), ("alice", "customer"), ("bob", "customer")]
    everybody: Hears = {"customer": {"alice", "bob"}, "alice": {"customer", "bob"}, "bob": {"customer", "alice"}}
    seconds = []
    for _ in range(repetitions):
        await consult(scene, interaction, "alice", "bob")
        seconds.append(await _timed(scene, "alice", "conference", interaction, newly, everybody))
        await scene.bob.does("leave-conference", interaction)
        await hear(scene, {"customer": {"alice"}, "alice": {"customer"}})
    await scene.close()
    return seconds


async def _transfer(scene: Scene, repetitions: int) -> list[float]:
    """One customer goes to and fro between two agents."""
    say(f"command to sound: {repetitions} times transfer")
    interaction = await connected(scene)
    owner, colleague = "alice", "bob"
    seconds = []
    for _ in range(repetitions):
        await consult(scene, interaction, owner, colleague)
        newly = [("customer", colleague), (colleague, "customer")]
        then: Hears = {"customer": {colleague}, colleague: {"customer"}}
        seconds.append(await _timed(scene, owner, "transfer", interaction, newly, then))
        await scene.desks[owner].does("wrap-up", interaction, reason="resolved")
        await scene.off_the_line(owner)
        owner, colleague = colleague, owner
    await scene.close()
    return seconds
