"""The stack, the telephones and the desks on which figures are measured: the demo's people, and telephones that answer by themselves."""

import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from testcontainers.core.container import DockerContainer

from tests.live.desk import AgentDesk
from tests.live.scene import AGENTS, Scene, ready, telephones
from tests.live.site import DEMO
from tests.live.stack import READY_SECONDS_MAX, Stack, running_stack
from tests.phones import Ear

AGENT_PHONES = ("alice", "bob", "carol")
QUEUE_NUMBER = "800"
STEADY_PACKETS = 4
"""So many packets in a row that hold what they should: everybody is where they belong, go on."""

Hears = Mapping[str, set[str]]


def say(words: str) -> None:
    """Tell whoever watches how far it is; figures alone go to standard output."""
    print(words, file=sys.stderr, flush=True)


@asynccontextmanager
async def staged(*, asterisk: str = "", more: str = "") -> AsyncIterator[Scene]:
    """Everything runs, everybody has logged on, agents' telephones answer by themselves; all is gone afterwards.

    What the site file has beside the demo's: `asterisk`, lines of its table [asterisk], and `more`, tables of its own.
    """
    say("starting Asterisk, the controller and the telephones")
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder), site=_site(asterisk) + more) as stack, Ear() as ear:
        async with aiohttp.ClientSession() as http:
            await ready(stack, http, READY_SECONDS_MAX)
            async with telephones(stack, ear) as phones:
                for name in AGENT_PHONES:
                    await phones[name].answer_by_itself()
                desks = {agent: AgentDesk(http, stack.desktop_url, agent) for agent in AGENTS}
                for desk in desks.values():
                    await desk.log_in()
                yield Scene(stack=stack, http=http, ear=ear, phones=phones, desks=desks)


def _site(asterisk: str) -> str:
    """The demo site; only its first queue plays the steady tone, so that the ear knows it from a voice, and nobody calls too often."""
    text, name = DEMO.read_text(), 'id = "support"\nname = "Support"\n'
    text = text.replace("\n[asterisk]\n", f"\n[asterisk]\n{asterisk}\n")
    assert name in text, "the demo has this queue"
    return text.replace(name, f'{name}music = "tone"\n')


def queue_of(agent: str, number: str) -> str:
    """A queue of one agent alone, to which this number leads, and which plays the steady tone."""
    return (
        f'\n[[queue]]\nid = "of-{agent}"\nname = "Of {agent}"\nagents = ["{agent}"]\nmusic = "tone"\n'
        f'\n[[entry_point]]\nid = "of-{agent}"\nname = "Of {agent}"\nnumbers = ["{number}"]\nqueue = "of-{agent}"\n'
    )


def controller_pid(stack: Stack) -> int:
    """The controller's process, as this machine numbers it."""
    return first_pid(stack.controller)


def first_pid(container: DockerContainer) -> int:
    """The process that a container was started for, as this machine numbers it."""
    wrapped = container.get_wrapped_container()
    wrapped.reload()
    return int(wrapped.attrs["State"]["Pid"])


async def hear(scene: Scene, wanted: Hears) -> None:
    """Wait until these hear exactly these."""
    await scene.ear.wait_until(wanted, packets=STEADY_PACKETS)


async def connected(scene: Scene) -> str:
    """A customer and Alice talk; Bob is available."""
    await scene.alice.available()
    call = await scene.customer.dial(QUEUE_NUMBER)
    await scene.customer.established(call)
    await hear(scene, {"customer": {"alice"}, "alice": {"customer"}})
    await scene.bob.available()
    return await scene.interaction_of("alice")


async def consult(scene: Scene, interaction: str, owner: str, colleague: str) -> None:
    """The owner consults a colleague, who answers; the customer hears music."""
    await scene.desks[owner].does("consult", interaction, target={"kind": "agent", "id": colleague})
    await hear(scene, {owner: {colleague}, colleague: {owner}, "customer": {"music"}})
