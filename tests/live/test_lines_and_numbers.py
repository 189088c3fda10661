"""Callers as the telephone network delivers them: by a line, with numbers and names of every form; and one who calls far too often."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from tests.live.desk import Json
from tests.live.raw_caller import RawCaller
from tests.live.scene import Scene, until

CALLS_MAX = 50
"""How many calls one telephone may have at once, by pjsip.conf."""
CALLERS_MAX = 90
"""How many callers Asterisk takes, whatever they call by: nine in ten of the legs that these tests give it."""
AT_A_TIME = 8
"""Asterisk gives every call its ports before it counts them, so as many at once as are kept back for agents (ten here) always have some."""
WAITING_MAX = 10
"""What the site file lets wait from one number."""


@asynccontextmanager
async def calls(scene: Scene, dialled: str, *, number: str = "+33612345678", name: bytes = b"") -> AsyncIterator[Json]:
    """Somebody calls by the outside line; gives what a supervisor sees of it."""
    async with RawCaller.on("127.0.0.1", scene.stack.sip_port, "outside", "phone-outside", number=number) as caller:
        assert await caller.ask("INVITE", dialled, name) == 200
        interaction = await scene.seen_by_the_supervisor()
        yield await scene.phase(interaction, "queued", seen_by="sam")
        await caller.cancel()
        await until("the caller has gone", scene._is_quiet)


@asynccontextmanager
async def all_call(scene: Scene, who: Sequence[tuple[str, str]], dialled: str) -> AsyncIterator[Counter[int]]:
    """All of these (a user, and a number) call, some at a time; gives how many were answered how. They hang up on leaving."""
    async with AsyncExitStack() as stack:
        callers = [
            await stack.enter_async_context(RawCaller.on("127.0.0.1", scene.stack.sip_port, user, f"phone-{user}", number=number))
            for user, number in who
        ]
        try:
            answers = Counter[int]()
            for first in range(0, len(callers), AT_A_TIME):
                answers.update(await asyncio.gather(*(caller.ask("INVITE", dialled) for caller in callers[first : first + AT_A_TIME])))
            yield answers
        finally:
            for caller in callers:
                await caller.cancel()


async def test_a_caller_of_the_outside_line_has_a_number_of_their_own(scene: Scene) -> None:
    async with calls(scene, "810") as seen:
        assert seen["customer"]["number"] == "+33612345678"


async def test_a_caller_of_the_outside_line_who_has_an_agents_number_is_a_customer(scene: Scene) -> None:
    async with calls(scene, "810", number="1001") as seen:
        assert seen["customer"]["number"] == "1001"


async def test_a_telephone_has_no_number_but_its_own(scene: Scene) -> None:
    async with RawCaller.on("127.0.0.1", scene.stack.sip_port, "2001", "phone-2001", number="+33612345678") as caller:
        assert await caller.ask("INVITE", "810") == 401


@pytest.mark.parametrize("dialled", ["810;npdi;rn=+15550100", "810;phone-context=+33", "810;ext=5"])
async def test_what_follows_a_semicolon_is_no_part_of_the_number(scene: Scene, dialled: str) -> None:
    async with calls(scene, dialled) as seen:
        assert seen["queue"] == "rules"


@pytest.mark.parametrize("dialled", ["+33123456789", "0033123456789", "33123456789", "0123456789"])
async def test_an_entry_point_is_reached_however_its_number_is_dialled(scene: Scene, dialled: str) -> None:
    async with calls(scene, dialled) as seen:
        assert seen["entry_point"] == "main"


async def test_a_quoted_name_is_shown_as_it_is_meant(scene: Scene) -> None:
    async with calls(scene, "810", name=rb'"Cora \"K\" \\ Martin"') as seen:
        assert seen["customer"]["name"] == r'Cora "K" \ Martin'


async def test_one_telephone_that_calls_again_and_again_keeps_nobody_else_out_and_no_agent_from_being_rung(scene: Scene) -> None:
    async with all_call(scene, [("2003", "2003")] * (CALLS_MAX + 20), "801") as answers:
        waiting = [one for one in await scene.supervisor.interactions() if one["phase"] == "queued"]

        # Nobody is told 488: whoever is too many hears the dialplan's announcement, and whoever is far too many finds it busy.
        assert set(answers) == {200, 486}, answers
        assert WAITING_MAX < answers[200] <= CALLS_MAX, answers
        assert len(waiting) == WAITING_MAX

        interaction = await scene.offered("810")
        await scene.picks_up("alice")
        await scene.hear({"customer": {"alice"}, "alice": {"customer"}})
        await scene.bob.available()
        await scene.alice.does("consult", interaction, target={"kind": "agent", "id": "bob"})
        await scene.answers("bob")
        await scene.phase(interaction, "consulting")
        assert [(await scene.desks[name].me())["state"] for name in ("alice", "bob")] == ["engaged", "engaged"]


async def test_however_many_call_by_the_outside_line_the_customer_who_waits_is_offered_and_no_agent_is_not_answering(scene: Scene) -> None:
    await scene.queued("810")
    async with all_call(scene, [("outside", f"+336123456{one:02}") for one in range(CALLERS_MAX + 20)], "801") as answers:
        assert set(answers) == {200, 503}, answers
        assert answers[200] < CALLERS_MAX, answers

        await scene.alice.available()
        await scene.answers("alice")
        await scene.hear({"customer": {"alice"}, "alice": {"customer"}})
        await scene.state_of("alice", "engaged")
