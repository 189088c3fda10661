"""Lines kept in order give every customer whom a look at everybody would give, and look at nobody whom it does not concern."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from random import Random

import pytest

from controller.directory.directory import Agent, Directory, EntryPoint, Queue
from controller.directory.ids import THE_SWITCH, AgentId, EntryPointId, InteractionId, LegId, QueueId, SwitchId
from controller.floor.floor import Floor
from controller.interaction.facts import CustomerArrived, SwitchFound
from controller.routing.assignment import Lines, Rank, Request
from controller.routing.commands import GoAvailable, GoIdle, LogOn
from controller.routing.desk import Desk, DeskState

ALICE, BOB, CAROL = AgentId("alice"), AgentId("bob"), AgentId("carol")
SUPPORT, BILLING = QueueId("support"), QueueId("billing")
QUEUES = {
    SUPPORT: Queue(id=SUPPORT, name="Support", agents=(ALICE, BOB)),
    BILLING: Queue(id=BILLING, name="Billing", agents=(BOB, CAROL)),
}


def waiting(name: str, queue: QueueId = SUPPORT, since: float = 0.0, *, first: bool = False, not_for: Collection[AgentId] = ()) -> Request:
    """A customer in a line."""
    rank = Rank.LOST_AN_AGENT if first else Rank.BY_TIME
    return Request(interaction=InteractionId(name), queue=queue, since=since, rank=rank, is_customer=True, not_for=not_for)


def consulting(name: str, since: float = 0.0, *, rank: Rank = Rank.BY_TIME, not_for: Collection[AgentId] = ()) -> Request:
    """An owner who consults a queue."""
    return Request(interaction=InteractionId(name), queue=SUPPORT, since=since, rank=rank, is_customer=False, not_for=not_for)


def desk(agent: AgentId, free_since: float = 0.0, *, occupied: DeskState | None = None, chosen: DeskState = DeskState.AVAILABLE) -> Desk:
    return Desk(agent=agent, chosen=chosen, occupied=occupied, free_since=free_since)


def lines(*known: Request | Desk) -> Lines:
    made = Lines(QUEUES)
    for each in known:
        if isinstance(each, Desk):
            made.note(each)
        else:
            made.join(each)
    return made


def given(of: Lines, queues: Iterable[QueueId] = QUEUES) -> dict[str, str]:
    return dict(of.assignments(queues))


def in_line(of: Lines) -> list[str]:
    return [request.interaction for request in of.waiting_in(SUPPORT)]


def test_whoever_has_been_free_longest_gets_whoever_has_waited_longest() -> None:
    known = lines(desk(ALICE, 20.0), desk(BOB, 10.0), waiting("late", since=2.0), waiting("early", since=1.0))

    assert given(known) == {"early": "bob", "late": "alice"}


def test_an_agent_of_two_queues_is_given_once() -> None:
    known = lines(desk(BOB), waiting("cora", SUPPORT, 1.0), waiting("carl", BILLING, 2.0), waiting("cleo", BILLING, 3.0))

    assert given(known) == {"cora": "bob"}


def test_an_agent_who_is_taken_from_one_line_is_passed_over_in_the_other() -> None:
    known = lines(
        desk(BOB, 1.0), desk(CAROL, 2.0), waiting("cora", SUPPORT, 1.0), waiting("carl", BILLING, 2.0), waiting("cleo", BILLING, 3.0)
    )

    assert given(known) == {"cora": "bob", "carl": "carol"}


def test_a_customer_of_a_line_that_did_not_change_is_not_looked_at() -> None:
    known = lines(desk(ALICE), desk(CAROL), waiting("cora", SUPPORT), waiting("carl", BILLING))

    assert given(known, [BILLING]) == {"carl": "carol"}


def test_a_customer_who_is_not_for_an_agent_waits_while_a_colleague_takes_calls() -> None:
    on_a_call = desk(BOB, occupied=DeskState.ENGAGED)
    known = lines(desk(ALICE), on_a_call, waiting("cora", not_for=(ALICE,)), waiting("carl", since=1.0))

    assert given(known) == {"carl": "alice"}


def test_a_customer_who_is_not_for_an_agent_is_theirs_all_the_same_when_nobody_else_takes_calls() -> None:
    known = lines(desk(ALICE), desk(BOB), waiting("cora", not_for=(ALICE,)))
    known.note(desk(BOB, chosen=DeskState.IDLE))

    assert given(known) == {"cora": "alice"}


def test_a_customer_who_waits_at_another_place_now_is_in_the_line_once() -> None:
    known = lines(waiting("cora", since=2.0), waiting("carl", since=1.0))
    known.join(waiting("cora", since=2.0))
    assert in_line(known) == ["carl", "cora"]

    known.join(waiting("cora", since=2.0, first=True))

    assert in_line(known) == ["cora", "carl"]
    assert len(known) == 2


def test_a_customer_who_has_left_is_in_no_line() -> None:
    known = lines(desk(ALICE), waiting("cora"))
    known.leave(InteractionId("cora"))
    known.leave(InteractionId("cora"))

    assert (given(known), len(known)) == ({}, 0)


@pytest.mark.parametrize(
    ("rank", "order"),
    [
        (Rank.BEFORE_CUSTOMERS, ["lost", "asks", "early", "late"]),
        (Rank.BY_TIME, ["lost", "early", "asks", "late"]),
        (Rank.AFTER_CUSTOMERS, ["lost", "early", "late", "asks"]),
    ],
)
def test_a_consult_stands_where_its_queue_wants_it_and_never_before_a_customer_who_lost_their_agent(rank: Rank, order: list[str]) -> None:
    known = lines(
        waiting("early", since=1.0), consulting("asks", 2.0, rank=rank), waiting("late", since=3.0), waiting("lost", since=4.0, first=True)
    )

    assert in_line(known) == order
    assert [known.position_of(InteractionId(name)) for name in order] == [1, 2, 3, 4]


def test_who_waits_in_no_line_has_no_position() -> None:
    assert lines(waiting("cora")).position_of(InteractionId("carl")) is None


def test_a_consult_is_never_given_to_who_asks_even_where_nobody_else_takes_calls() -> None:
    known = lines(desk(ALICE), desk(BOB, chosen=DeskState.IDLE), consulting("asks", not_for=(ALICE,)))

    assert given(known) == {}


def test_a_consult_that_nobody_free_may_have_holds_up_no_customer_behind_it() -> None:
    known = lines(desk(ALICE), consulting("asks", 1.0, not_for=(ALICE,)), waiting("cora", since=2.0))

    assert given(known) == {"cora": "alice"}


def test_the_one_who_is_free_goes_to_the_customer_who_has_waited_longer_than_the_consult() -> None:
    known = lines(desk(BOB), waiting("cora", since=1.0), consulting("asks", 2.0, not_for=(ALICE,)))

    assert given(known) == {"cora": "bob"}


def _by_looking_at_everybody(requests: Iterable[Request], desks: Mapping[AgentId, Desk]) -> Iterator[tuple[str, str]]:
    """The same choice as its definition says it."""
    free = {agent: known for agent, known in desks.items() if known.is_available}
    for request in sorted(requests, key=lambda one: (one.rank, one.since, one.interaction)):
        others = [agent for agent in QUEUES[request.queue].agents if agent not in request.not_for]
        only_others = not request.is_customer or any(desks[agent].chosen is DeskState.AVAILABLE for agent in others)
        may = [free[agent] for agent in (others if only_others else QUEUES[request.queue].agents) if agent in free]
        if may:
            chosen = min(may, key=lambda one: (one.free_since, one.agent))
            del free[chosen.agent]
            yield request.interaction, chosen.agent


@pytest.mark.parametrize("seed", range(50))
def test_lines_choose_as_a_look_at_everybody_would(seed: int) -> None:
    dice = Random(seed)
    known, requests = lines(), dict[str, Request]()
    desks = {agent: desk(agent, chosen=DeskState.IDLE) for agent in (ALICE, BOB, CAROL)}
    for number in range(40):
        if dice.random() < 0.5:
            agent = dice.choice((ALICE, BOB, CAROL))
            occupied = dice.choice((None, None, DeskState.ENGAGED))
            desks[agent] = desk(agent, dice.randrange(5), occupied=occupied, chosen=dice.choice((DeskState.AVAILABLE, DeskState.IDLE)))
            known.note(desks[agent])
        else:
            queue, not_for = dice.choice((SUPPORT, BILLING)), dice.choice(((), (ALICE,), (BOB,), (ALICE, BOB)))
            request = waiting(str(number), queue, dice.randrange(5), first=dice.random() < 0.2, not_for=not_for)
            if dice.random() < 0.3:
                request = consulting(str(number), dice.randrange(5), rank=dice.choice(list(Rank)[1:]), not_for=not_for)
            requests[request.interaction] = request
            known.join(request)
        if dice.random() < 0.2:
            for gone, _ in tuple(known.assignments(QUEUES)):
                del requests[gone]
                known.leave(gone)

        assert given(known) == dict(_by_looking_at_everybody(requests.values(), desks))


class Counted(dict[AgentId, Desk]):
    """Desks that count how often somebody looks at one."""

    looks = 0

    def __getitem__(self, agent: AgentId) -> Desk:
        self.looks += 1
        return super().__getitem__(agent)


def test_an_agent_who_becomes_free_costs_no_look_at_a_thousand_colleagues() -> None:
    names = [AgentId(f"agent-{number}") for number in range(1000)]
    queue = Queue(id=SUPPORT, name="Support", agents=tuple(names))
    point = EntryPoint(id=EntryPointId("main"), name="Main", numbers=("800",), queue=SUPPORT)
    agents = {name: Agent(id=name, name=name, phone=name) for name in names}
    floor = Floor(Directory(agents=agents, queues={SUPPORT: queue}, entry_points={point.id: point}, wrap_up_reasons={}))
    floor.take(SwitchFound(switch=THE_SWITCH), 0.0)
    floor.take(LogOn(agent=names[0]), 0.0)
    floor.take(CustomerArrived(leg=LegId("cora"), number="", name="", dialled="800", switch=SwitchId("one")), 0.0)
    desks = Counted(floor.desks)
    floor.desks = desks

    outcome = floor.take(GoIdle(agent=names[0], reason=""), 0.0), floor.take(GoAvailable(agent=names[0]), 0.0)

    assert [change.after.phase for change in outcome[-1].changes] == ["offered"]
    assert desks.looks < 20
