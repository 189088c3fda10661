"""The one writer: order, refusals, deadlines, and mistakes of ours that cost one input and no more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from controller.directory.directory import Agent, Directory, EntryPoint, Queue, Reason
from controller.directory.ids import THE_SWITCH, AgentId, EntryPointId, InteractionId, LegId, QueueId, ReasonId, Seconds, SwitchId
from controller.directory.policy import Policy
from controller.floor.floor import Floor
from controller.floor.outcome import Input, Outcome
from controller.floor.ports import InboxFull, Tone
from controller.interaction.facts import AgentDialled, CustomerArrived, EndCause, LegAnswered, LegEnded, LegHeld, LegReplaced, SwitchFound
from controller.interaction.interaction import Phase
from controller.interaction.layout import Layout, Room
from controller.interaction.refusals import SwitchAway, UnknownInteraction
from controller.routing.commands import GoAvailable, LogOn
from controller.service import loop as service_loop
from controller.service.loop import Loop

ANA = AgentId("ana")
DIRECTORY = Directory(
    agents={ANA: Agent(id=ANA, name="Ana", phone="1001")},
    queues={QueueId("q"): Queue(id=QueueId("q"), name="Q", agents=(ANA,), policy=Policy(offer_seconds=20))},
    entry_points={EntryPointId("e"): EntryPoint(id=EntryPointId("e"), name="E", numbers=("800",), queue=QueueId("q"))},
    wrap_up_reasons={ReasonId("done"): Reason(id=ReasonId("done"), name="Done")},
)


def arrived(leg: str = "1.1", dialled: str = "800") -> CustomerArrived:
    return CustomerArrived(leg=LegId(leg), number="2001", name="", dialled=dialled, switch=SwitchId("asterisk"))


class Recorder:
    """A switch and an audience that only remember."""

    def __init__(self) -> None:
        self.layouts: list[Layout] = []
        self.turned_away: list[LegId] = []
        self.refused: list[tuple[LegId, str]] = []
        self.transfers: list[tuple[LegId, str | None]] = []
        self.confirmed: list[LegId] = []
        self.tones: list[tuple[LegId, Tone]] = []
        self.told: list[Input] = []
        self.breaks = False

    def arrange(self, layout: Layout) -> None:
        self.layouts.append(layout)

    def press(self, interaction: InteractionId, leg: LegId, digits: str) -> None:
        raise AssertionError("nobody presses keys here")

    def sound(self, leg: LegId, tone: Tone) -> None:
        self.tones.append((leg, tone))

    def turn_away(self, leg: LegId) -> None:
        self.turned_away.append(leg)

    def confirm_dialled(self, leg: LegId) -> None:
        self.confirmed.append(leg)

    def refuse_dialled(self, leg: LegId, code: str) -> None:
        self.refused.append((leg, code))

    def answer_transfer(self, leg: LegId, refused: str | None) -> None:
        self.transfers.append((leg, refused))

    def let_go(self, leg: LegId) -> None:
        raise AssertionError("nobody is found again here")

    def tell(self, what: Input, outcome: Outcome) -> None:
        if self.breaks:
            raise RuntimeError("a broken audience")
        self.told.append(what)


class Clock:
    """A clock that stands until it is moved, and then has the loop look at it."""

    def __init__(self) -> None:
        self.now: Seconds = 1_000.0

    def __call__(self) -> Seconds:
        return self.now


@asynccontextmanager
async def running(recorder: Recorder, clock: Clock | None = None) -> AsyncIterator[Loop]:
    loop = Loop(Floor(DIRECTORY), clock=clock or Clock())
    loop.serve(recorder, [recorder])
    task = asyncio.create_task(loop.run())
    try:
        yield loop
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_inputs_are_taken_in_the_order_in_which_they_came() -> None:
    recorder = Recorder()
    async with running(recorder) as loop:
        loop.post(SwitchFound(switch=THE_SWITCH))
        loop.post(arrived())
        await loop.ask(LogOn(agent=ANA))
        await loop.ask(GoAvailable(agent=ANA))
        assert [type(what) for what in recorder.told] == [SwitchFound, CustomerArrived, LogOn, GoAvailable]


async def test_the_switch_is_told_the_last_layout_of_an_interaction_only() -> None:
    recorder = Recorder()
    async with running(recorder) as loop:
        loop.post(SwitchFound(switch=THE_SWITCH))
        await loop.ask(LogOn(agent=ANA))
        await loop.ask(GoAvailable(agent=ANA))
        loop.post(arrived())  # queued and offered in one step
        await loop.ask(LogOn(agent=ANA))
        assert [len(layout.places) for layout in recorder.layouts] == [2]


async def test_the_switch_is_told_of_a_leg_that_came_and_is_wanted_no_more_within_the_same_moment() -> None:
    recorder = Recorder()
    async with running(recorder) as loop:
        loop.post(SwitchFound(switch=THE_SWITCH))
        await loop.ask(LogOn(agent=ANA))
        loop.post(arrived("1.1"))
        loop.post(LegReplaced(leg=LegId("1.1"), by=LegId("1.2")))
        loop.post(LegEnded(leg=LegId("1.2"), cause=EndCause.HUNG_UP))
        await loop.ask(GoAvailable(agent=ANA))

    assert [LegId("1.2") in {place.leg for place in each.places} for each in recorder.layouts[-2:]] == [True, False]


async def test_the_switch_brings_an_agent_music_whose_customer_has_pressed_a_hold_key_though_no_desktop_has_changed() -> None:
    recorder = Recorder()
    async with running(recorder) as loop:
        loop.post(SwitchFound(switch=THE_SWITCH))
        await loop.ask(LogOn(agent=ANA))
        await loop.ask(GoAvailable(agent=ANA))
        loop.post(arrived())
        await loop.ask(LogOn(agent=ANA))
        rung = next(place.leg for place in recorder.layouts[-1].places if place.leg != "1.1")
        loop.post(LegAnswered(leg=rung))
        loop.post(LegHeld(leg=LegId("1.1")))
        await loop.ask(LogOn(agent=ANA))
        assert {place.leg: place.room for place in recorder.layouts[-1].places} == {LegId("1.1"): Room.TALK, rung: Room.HOLD}


async def test_a_caller_whose_number_is_nobodys_is_given_back() -> None:
    recorder = Recorder()
    async with running(recorder) as loop:
        loop.post(arrived(dialled="999"))
        await loop.ask(LogOn(agent=ANA))
        assert recorder.turned_away == ["1.1"]


async def test_an_agent_hears_that_what_they_dialled_is_not_done() -> None:
    recorder = Recorder()
    dialled = AgentDialled(leg=LegId("1.2"), telephone="1001", dialled="99", target=None, because="Too short.", switch=THE_SWITCH)
    async with running(recorder) as loop:
        loop.post(dialled)
        await loop.ask(LogOn(agent=ANA))
        assert recorder.refused == [("1.2", "bad-target")]


async def test_a_deadline_is_taken_when_its_time_has_come() -> None:
    recorder, clock = Recorder(), Clock()
    async with running(recorder, clock) as loop:
        loop.post(SwitchFound(switch=THE_SWITCH))
        await loop.ask(LogOn(agent=ANA))
        await loop.ask(GoAvailable(agent=ANA))
        clock.now += 19.99
        loop.post(arrived())
        await loop.ask(LogOn(agent=ANA))
        interaction = next(iter(loop.floor.interactions.values()))
        assert interaction.phase is Phase.OFFERED
        clock.now += 20
        loop.post(LegAnswered(leg=LegId("unknown")))  # after any input, whatever is due is taken
        async with asyncio.timeout(2):
            while loop.floor.interactions[interaction.id].phase is Phase.OFFERED:  # noqa: ASYNC110 - the deadline tells nobody here
                await asyncio.sleep(0.001)
        assert loop.floor.interactions[interaction.id].phase is Phase.QUEUED


async def test_a_refusal_reaches_whoever_asked_and_nobody_else() -> None:
    from controller.interaction.commands import HoldCustomer

    recorder = Recorder()
    async with running(recorder) as loop:
        with pytest.raises(UnknownInteraction):
            await loop.ask(HoldCustomer(agent=ANA, interaction=InteractionId("nowhere")))
        assert recorder.told == []


async def test_a_mistake_of_ours_costs_one_input_and_the_next_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder()
    async with running(recorder) as loop:
        take = loop.floor.take

        def take_badly(what: Input, now: Seconds) -> Outcome:
            if isinstance(what, GoAvailable):
                raise AssertionError("our mistake")
            return take(what, now)

        monkeypatch.setattr(loop.floor, "take", take_badly)
        with pytest.raises(AssertionError, match="our mistake"):
            await loop.ask(GoAvailable(agent=ANA))
        await loop.ask(LogOn(agent=ANA))
        assert [type(what) for what in recorder.told] == [LogOn]


async def test_a_broken_audience_costs_nobody_their_call() -> None:
    recorder = Recorder()
    recorder.breaks = True
    async with running(recorder) as loop:
        loop.post(SwitchFound(switch=THE_SWITCH))
        loop.post(arrived())
        await loop.ask(LogOn(agent=ANA))
        assert len(recorder.layouts) == 1


async def test_a_loop_that_is_hopelessly_behind_refuses_commands_and_says_so_to_the_switch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_loop, "INPUTS_WAITING_MAX", 2)
    loop = Loop(Floor(DIRECTORY), clock=Clock())
    loop.post(SwitchFound(switch=THE_SWITCH))
    loop.post(SwitchFound(switch=THE_SWITCH))
    with pytest.raises(InboxFull):
        loop.post(SwitchFound(switch=THE_SWITCH))
    with pytest.raises(SwitchAway):
        await loop.ask(LogOn(agent=ANA))


async def test_whoever_asks_whether_the_loop_goes_on_hears_of_it_after_all_that_came_before() -> None:
    recorder = Recorder()
    async with running(recorder) as loop:
        loop.post(SwitchFound(switch=THE_SWITCH))

        await loop.reached()
        await loop.reached()

    assert recorder.told == [SwitchFound(switch=THE_SWITCH)]
