"""What a live test sees: telephones, desks, an ear on the wire. Every wait is for something that is heard or told."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.live.agent_page import AgentPage
from tests.live.desk import AgentDesk, Json
from tests.live.far_ends import ANSWERS, RINGS, number
from tests.live.site import EXPERTS
from tests.live.stack import Stack
from tests.phones import Account, Ear, FarEnd, SoftPhone
from tests.phones.errors import PhoneFailed

PHONES = {"customer": "2001", "customer-2": "2002", "alice": "1001", "bob": "1002", "carol": "1003"}
AGENTS = ("alice", "bob", "carol", "dave", "sam")
"""Dave's telephone is not there: nobody starts it."""
SECONDS_MAX = 5.0
REACHED_SECONDS_MAX = 15.0
"""`qualify_frequency` of pjsip.conf is 10 s: so long Asterisk may take a telephone that answers again for one that is not there."""
TELEPHONES_ARE_KNOWN_SECONDS = 20.0
LEFT_SECONDS_MAX = 2.0
"""Nothing of ours is left this long after an interaction ended (the contract)."""


class SomethingIsLeft(AssertionError):
    """Asterisk still has a channel or a bridge when the test is over."""


async def until(what: str, is_so: Callable[[], Any], *, seconds_max: float = SECONDS_MAX) -> None:
    """Wait until an (async) question is answered with yes. Asks every 20 ms, since nothing tells of it."""
    async with asyncio.timeout(seconds_max):
        while True:
            answer = is_so()
            if asyncio.iscoroutine(answer):
                answer = await answer
            if answer:
                return
            await asyncio.sleep(0.02)


@dataclass(slots=True)
class Scene:
    """One situation: a customer, agents, and who hears whom."""

    stack: Stack
    http: aiohttp.ClientSession
    ear: Ear
    phones: Mapping[str, SoftPhone]
    desks: Mapping[str, AgentDesk]
    pages: dict[str, AgentPage] = field(default_factory=dict, kw_only=True)
    """Of the agents who sit at a page just now: the telephone in it rings, and not the one on their desk."""

    # --- People ----------------------------------------------------------------------------------------------------

    @property
    def customer(self) -> SoftPhone:
        return self.phones["customer"]

    @property
    def alice(self) -> AgentDesk:
        return self.desks["alice"]

    @property
    def bob(self) -> AgentDesk:
        return self.desks["bob"]

    @property
    def carol(self) -> AgentDesk:
        return self.desks["carol"]

    @property
    def dave(self) -> AgentDesk:
        return self.desks["dave"]

    @property
    def supervisor(self) -> AgentDesk:
        return self.desks["sam"]

    # --- Situations ------------------------------------------------------------------------------------------------

    async def queued(self, number: str = "810", customer: str = "customer") -> None:
        """A customer has called and waits with music; nobody is available."""
        phone = self.phones[customer]
        call = await phone.dial(number)
        await phone.established(call)

    async def offered(self, number: str = "810", agent: str = "alice") -> str:
        """An agent's telephone rings for a customer; gives the interaction's id."""
        await self.desks[agent].available()
        if agent in self.pages:
            # Until the controller has heard of the page's telephone it rings the one on the desk.
            await self.telephone_is_there(agent)
        await self.queued(number)
        await self.rings(agent)
        return await self.interaction_of(agent)

    async def connected(self, number: str = "810", agent: str = "alice") -> str:
        """The customer and an agent hear each other; the agent's colleague is available."""
        interaction = await self.offered(number, agent)
        await self.picks_up(agent)
        await self.hear({"customer": {agent}, agent: {"customer"}})
        return interaction

    async def held(self, number: str = "810") -> str:
        """Alice has put the customer on hold."""
        interaction = await self.connected(number)
        await self.alice.does("hold", interaction)
        await self.hear({"customer": {"music"}})
        return interaction

    async def consult_offered(self, number: str = "810") -> str:
        """Bob's telephone rings for Alice's consult; the customer hears music."""
        interaction = await self.connected(number)
        await self.bob.available()
        await self.alice.does("consult", interaction, target={"kind": "agent", "id": "bob"})
        await self.rings("bob")
        return interaction

    async def consulting(self, number: str = "810") -> str:
        """Alice and Bob talk; the customer hears music."""
        interaction = await self.consult_offered(number)
        await self.picks_up("bob")
        await self.hear({"alice": {"bob"}, "bob": {"alice"}, "customer": {"music"}})
        return interaction

    async def consult_held(self, number: str = "810") -> str:
        """Alice and the customer talk; Bob hears music."""
        interaction = await self.consulting(number)
        await self.alice.does("resume", interaction)
        await self.hear({"alice": {"customer"}, "customer": {"alice"}, "bob": {"music"}})
        return interaction

    async def conference(self, number: str = "810") -> str:
        """All three hear one another."""
        interaction = await self.consulting(number)
        await self.alice.does("conference", interaction)
        await self.hear({"alice": {"bob", "customer"}, "bob": {"alice", "customer"}, "customer": {"alice", "bob"}})
        return interaction

    async def consult_waits(self, number: str = "810") -> str:
        """Alice wants somebody of a queue in which nobody is free: she hears music, and so does the customer."""
        interaction = await self.connected(number)
        await self.alice.does("consult", interaction, target={"kind": "queue", "id": EXPERTS})
        await self.hear({"alice": {"music"}, "customer": {"music"}})
        return interaction

    async def consulting_over_a_conference(self, number: str = "810") -> str:
        """Alice talks with Carol, while the customer and Bob, who were with her, hear music."""
        interaction = await self.conference(number)
        await self.carol.available()
        await self.alice.does("consult", interaction, target={"kind": "agent", "id": "carol"})
        await self.answers("carol")
        await self.hear({"alice": {"carol"}, "carol": {"alice"}, "bob": {"music"}, "customer": {"music"}})
        return interaction

    async def transferring(self, number: str = "810") -> str:
        """Alice has handed the customer to Bob, whose telephone rings."""
        interaction = await self.connected(number)
        await self.bob.available()
        await self.alice.does("transfer", interaction, target={"kind": "agent", "id": "bob"})
        await self.phones["bob"].incoming()
        await self.off_the_line("alice")
        await self.hear({"customer": {"music"}})
        return interaction

    async def dialling(self, dialled: str = RINGS, *, queue: str | None = None) -> str:
        """Alice calls a number, which rings."""
        interaction = await self.own_phone_rings(number(dialled), queue=queue)
        await self.phones["alice"].accept()  # and may be off the line again at once, where nobody is reached
        return interaction

    async def own_phone_rings(self, target: Json, *, queue: str | None = None, agent: str = "alice") -> str:
        """An agent calls somebody; their own telephone is rung first."""
        body = {"target": target} if queue is None else {"target": target, "queue": queue}
        answer = await self.desks[agent].call("POST", "/interactions", body)
        assert answer.status == 201, answer
        await self.phones[agent].incoming()
        return str(answer.body["id"])

    async def handed_out(self, customers_number: str = "810", *, dialled: str = ANSWERS) -> str:
        """Alice has handed the customer to somebody outside, who talks with them."""
        interaction = await self.connected(customers_number)
        await self.alice.does("transfer", interaction, target=number(dialled))
        await self.hear({"customer": {"outside"}, "outside": {"customer"}})
        await self.phase(interaction, "handed_out")
        return interaction

    async def transfer_asked(self, number: str = "811") -> str:
        """Bob is asked whether he takes the customer, who hears music; Alice is gone."""
        interaction = await self.consulting(number)
        await self.alice.does("transfer", interaction)
        await self.phones["alice"].closed()
        await self.hear({"customer": {"music"}, "bob": ()})
        return interaction

    # --- What happens ----------------------------------------------------------------------------------------------

    async def rings(self, who: str) -> None:
        """Wait until somebody's telephone rings: the one in their page, if they sit at one."""
        if who in self.pages:
            await self.pages[who].rings()
        else:
            await self.phones[who].incoming()

    async def picks_up(self, who: str) -> None:
        """Somebody lifts the handset of their ringing telephone, or presses Accept on their page."""
        if who in self.pages:
            await self.pages[who].press("Accepter", "Accept")
            return
        await self.phones[who].accept()
        await self.phones[who].established()

    async def answers(self, who: str) -> None:
        """Somebody's telephone rings, now or soon, and they lift the handset."""
        await self.rings(who)
        await self.picks_up(who)

    async def answers_within(self, who: str, seconds_max: float) -> None:
        """The same, for a telephone that rings only after some time."""
        await self.phones[who].incoming(seconds_max=seconds_max)
        await self.picks_up(who)

    async def hang_up_together(self, *who: str) -> None:
        """Several people put their handsets down at the same moment; whoever is cut off by another's hanging up has none left to end."""

        async def put_down(name: str) -> None:
            with suppress(PhoneFailed):
                await self.phones[name].hang_up()

        await asyncio.gather(*(put_down(name) for name in who))

    async def off_the_line(self, *who: str) -> None:
        """Wait until these telephones have no call any more, ringing ones included."""
        for name in who:
            if self.phones[name].live_calls:
                await self.phones[name].closed()

    async def over(self, interaction: str, *, owner: str, others: Collection[str] = ()) -> None:
        """It is over for everybody: the owner is asked for a reason, the others, who are free again, are not."""
        await self.off_the_line(*self.phones)
        await self.phase(interaction, "ended", seen_by=owner)
        await self.owes_wrap_up(owner, interaction)
        for other in others:
            await self.owes_nothing(other)

    async def hear(self, wanted: Mapping[str, Collection[str]], *, seconds_max: float = SECONDS_MAX) -> None:
        """Wait until each of these hears exactly these others, steadily: on the wire, and who sits at a page there."""
        on_the_wire = {who: tones for who, tones in wanted.items() if who not in self.pages}
        at_a_page = (self.pages[who].until_hears(tones, seconds_max=seconds_max) for who, tones in wanted.items() if who in self.pages)
        await asyncio.gather(self.ear.wait_until(on_the_wire, seconds_max=seconds_max), *at_a_page)

    async def interaction_of(self, agent: str) -> str:
        """The interaction that this agent is in."""
        found: list[str] = []

        async def look() -> bool:
            found[:] = [(await self.desks[agent].me())["interaction"] or ""]
            return bool(found[0])

        await until(f"{agent} is in an interaction", look)
        return found[0]

    async def seen_by_the_supervisor(self) -> str:
        """The one interaction that there is, which a supervisor sees though it may be nobody's yet."""
        found: list[str] = []

        async def look() -> bool:
            found[:] = [interaction["id"] for interaction in await self.supervisor.interactions()]
            return len(found) == 1

        await until("there is one interaction", look)
        return found[0]

    async def phase(self, interaction: str, wanted: str, *, seen_by: str = "alice", seconds_max: float = SECONDS_MAX) -> Json:
        """Wait until an interaction is in this phase, as an agent sees it."""
        last: Json = {}

        async def look() -> bool:
            answer = await self.desks[seen_by].call("GET", f"/interactions/{interaction}")
            last.clear()
            last.update(answer.body)
            return bool(answer.status == 200 and answer.body["phase"] == wanted)

        try:
            await until(f"{interaction} is {wanted}", look, seconds_max=seconds_max)
        except TimeoutError:
            raise AssertionError(f"{interaction} is not {wanted} for {seen_by}, but: {last}") from None
        return last

    async def sees_agents(self, interaction: str, count: int) -> None:
        """Wait until the owner sees so many on the line, themselves included, beside the customer."""

        async def look() -> bool:
            return len((await self.alice.interaction(interaction))["agents"]) == count

        await until(f"{count} are on the line", look)

    async def state_of(self, agent: str, wanted: str, *, seconds_max: float = SECONDS_MAX) -> Json:
        """Wait until an agent's presence is this."""
        last: Json = {}

        async def look() -> bool:
            last.clear()
            last.update(await self.desks[agent].me())
            return bool(last["state"] == wanted)

        try:
            await until(f"{agent} is {wanted}", look, seconds_max=seconds_max)
        except TimeoutError:
            raise AssertionError(f"{agent} is not {wanted}, but {last}") from None
        return last

    async def owes_wrap_up(self, agent: str, interaction: str) -> None:
        """An agent is asked for a reason for this interaction."""
        me = await self.state_of(agent, "wrap_up")
        assert [owed["interaction"] for owed in me["wrap_ups"]] == [interaction], me

    async def interaction_of_wrap_up(self, agent: str) -> str:
        """The interaction that an agent is asked for a reason for, now or soon."""
        me = await self.state_of(agent, "wrap_up")
        return str(me["wrap_ups"][0]["interaction"])

    async def owes_nothing(self, agent: str, *, state: str = "available") -> None:
        """An agent is free again without having been asked for a reason."""
        me = await self.state_of(agent, state)
        assert me["wrap_ups"] == [], me

    # --- The outside line ------------------------------------------------------------------------------------------

    async def reaches_outside(self, far_end: FarEnd) -> None:
        """Wait until calls get through to a far end, which forgets the calls of earlier tests."""
        far_end.forget_calls()
        await far_end.register()
        await self.is_reached(far_end.account.user)

    async def is_reached(self, endpoint: str) -> None:
        """Wait until Asterisk takes this endpoint for reachable: before that nobody can ring it."""

        async def is_online() -> bool:
            return bool((await self.ari(f"/endpoints/PJSIP/{endpoint}"))["state"] == "online")

        await until(f"Asterisk reaches {endpoint}", is_online, seconds_max=REACHED_SECONDS_MAX)

    # --- Asterisk itself -------------------------------------------------------------------------------------------

    async def ari(self, path: str) -> Any:
        """Ask Asterisk what it has."""
        async with self.http.get(self.stack.ari_url + path, headers=ARI_HEADERS) as answer:
            return await answer.json()

    async def leftovers(self) -> list[str]:
        """Name every channel and bridge that Asterisk has."""
        channels, bridges = await self.ari("/channels"), await self.ari("/bridges")
        return [channel["id"] for channel in channels] + [bridge["id"] for bridge in bridges]

    async def telephone_is_known_to_be_away(self, agent: str) -> None:
        """Wait for it: for some seconds after its start a telephone may still be one that Asterisk has not asked yet."""

        async def is_away() -> bool:
            return not (await self.desks[agent].me())["telephone"]["registered"]

        await until(f"{agent}'s telephone is known to be away", is_away, seconds_max=TELEPHONES_ARE_KNOWN_SECONDS)

    async def telephone_is_there(self, agent: str) -> None:
        """Wait for it: a telephone that has just registered can be rung as soon as the controller has heard of it."""

        kind = "browser" if agent in self.pages else "desk"

        async def is_there() -> bool:
            telephone = (await self.desks[agent].me())["telephone"]
            return bool(telephone["registered"]) and telephone["kind"] == kind

        await until(f"{agent}'s telephone is there", is_there, seconds_max=TELEPHONES_ARE_KNOWN_SECONDS)

    async def nothing_is_left(self) -> None:
        """Wait until Asterisk has no channel and no bridge any more."""
        try:
            await until("Asterisk is empty", self._is_empty, seconds_max=LEFT_SECONDS_MAX)
        except TimeoutError:
            raise SomethingIsLeft(", ".join(await self.leftovers())) from None

    async def _is_empty(self) -> bool:
        return not await self.leftovers()

    async def close(self) -> None:
        """Everybody hangs up, every reason is given, everybody is idle; then nothing may be left."""
        for phone in self.phones.values():
            if phone.live_calls:
                with suppress(PhoneFailed):  # the others' hanging up may have ended this call a moment ago
                    await phone.hang_up()
        await until("every call is over", lambda: not any(phone.live_calls for phone in self.phones.values()))
        # Only now is it certain who owes a reason: the telephones know of the end before the controller does.
        await until("every interaction has ended", self._is_quiet)
        for desk in self.desks.values():
            await desk.idle()
            for owed in (await desk.me())["wrap_ups"]:
                await desk.does("wrap-up", owed["interaction"], reason="resolved")
        assert await self.supervisor.interactions() == [], "an interaction is over once its last reason is given"
        await self.nothing_is_left()

    async def _is_quiet(self) -> bool:
        return all(interaction["phase"] == "ended" for interaction in await self.supervisor.interactions())


ARI_HEADERS = {"Authorization": aiohttp.encode_basic_auth("controller", "controller")}


@asynccontextmanager
async def telephones(stack: Stack, ear: Ear) -> AsyncIterator[dict[str, SoftPhone]]:
    """Start and register everybody's telephone, and listen to all of them."""
    phones = {name: SoftPhone(name, Account(user, f"phone-{user}", registrar_port=stack.sip_port)) for name, user in PHONES.items()}
    try:
        for name, phone in phones.items():
            await phone.start()
            ear.listen(name, phone.rtp_ports)
        yield phones
    finally:
        for phone in phones.values():
            await phone.stop()


async def ready(stack: Stack, http: aiohttp.ClientSession, seconds_max: float) -> None:
    """Wait until the controller says that it is attached to Asterisk."""
    began = time.monotonic()
    while time.monotonic() - began < seconds_max:
        try:
            async with http.get(f"{stack.desktop_url}/readyz") as answer:
                if answer.status == 200:
                    return
        except aiohttp.ClientError:
            pass  # it does not listen yet
        await asyncio.sleep(0.05)
    raise AssertionError(f"the controller is not ready after {seconds_max:g} s:\n{stack.controller.get_logs()}")
