"""Whom an agent can look up: agents, queues, entry points, numbers and colleagues, who of them can be consulted now, and why not."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from controller.desktop.dial_box import DialBox
from controller.desktop.directory_entries import ENTRIES_MAX, NOT_SERVED, colleague, entry_points, numbers, queues_to_consult
from controller.dialling.rules import DiallingRules
from controller.directory.colleague_search import search
from controller.directory.directory import Directory, SiteNumber
from controller.directory.ids import AgentId, ColleagueId, NumberId
from controller.floor.floor import Floor
from tests.edges.colleagues_in_memory import ColleaguesInMemory
from tests.edges.desktop_world import Desktop, InMemoryInbox, World, directory
from tests.pure.directory.people import ELODIE, MARIE, NUMBERS, SOREN, WRITTEN_AT, known, organisation
from tests.pure.directory.people import colleague as somebody

CLOCK_TOWER = SiteNumber(id=NumberId("clock-tower"), name="Clock tower", number="01 99 00 20 02")
INTERPRETERS = SiteNumber(id=NumberId("interpreters"), name="Interpreters on call", number="+33 1 99 00 20 01")
TEAMS = organisation("teams", name="Teams", teams=True)
FRANCE = DiallingRules(trunk="outside")


def site(*, dialling: DiallingRules = FRANCE) -> Directory:
    return replace(directory(), dialling=dialling, numbers={each.id: each for each in (INTERPRETERS, CLOCK_TOWER)})


@pytest.fixture
async def colleagues() -> ColleaguesInMemory:
    return ColleaguesInMemory(known(ELODIE, MARIE, SOREN))


@pytest.fixture
async def world(colleagues: ColleaguesInMemory) -> AsyncIterator[World]:
    here = World(inbox=InMemoryInbox(Floor(site())), colleagues=colleagues)
    await here.start()
    yield here
    await here.stop()


async def listed(desktop: Desktop, kind: str, asked: str = "", **more: str) -> Any:
    reply = await desktop.get("/directory", params={"kind": kind, "q": asked, **more})
    assert reply.status == 200, reply.text
    return reply.json


async def ids(desktop: Desktop, kind: str, asked: str = "") -> list[str]:
    return [entry["id"] for entry in (await listed(desktop, kind, asked))["entries"]]


# --- Agents ------------------------------------------------------------------------------------------------------------


async def test_of_an_agent_who_can_not_be_consulted_it_is_said_why(world: World, alice: Desktop, bob: Desktop) -> None:
    await alice.go("available")
    await bob.go("available")
    call = await world.connected(alice)

    because = {entry["id"]: entry.get("because") for entry in (await listed(alice, "agent"))["entries"]}

    assert because == {
        "alice": "This is you.",
        "bob": None,
        "carol": "Carol Petit is not logged on.",
        "sam": "Sam Leroy is not logged on.",
    }
    assert await alice.do("consult", call, {"target": {"kind": "agent", "id": "carol"}}) is not None
    world.switch_goes_away()
    assert "Asterisk can't be reached" in (await listed(alice, "agent", "bob"))["entries"][0]["because"]


async def test_of_more_than_fifty_agents_the_first_are_listed_and_it_is_said_that_there_are_more() -> None:
    people = directory().agents
    names = [AgentId(f"agent-{number}") for number in range(60)]
    many = {name: replace(people[AgentId("carol")], id=name, name=name) for name in names}
    world = World(inbox=InMemoryInbox(Floor(replace(directory(), agents={**people, **many}))))
    await world.start()
    try:
        alice = await world.desktop("alice")
        everybody, few = await listed(alice, "agent"), await listed(alice, "agent", "agent-5")
    finally:
        await world.stop()

    assert (len(everybody["entries"]), everybody["truncated"]) == (ENTRIES_MAX, True)
    assert (len(few["entries"]), few["truncated"]) == (11, False)


# --- Queues and entry points -------------------------------------------------------------------------------------------


async def test_a_queue_shows_who_is_free_and_who_waits_for_how_long(world: World, alice: Desktop, bob: Desktop) -> None:
    world.customer_calls()
    world.inbox.now += 75
    world.customer_calls()

    support, billing = (await listed(alice, "queue"))["entries"]
    point = (await listed(alice, "entry_point"))["entries"][0]

    assert support == {
        "kind": "queue",
        "id": "support",
        "name": "Support",
        "detail": "0 free, 2 waiting, the longest for 1:15",
        "presence": "busy",
        "available": False,
        "because": NOT_SERVED["queue"],
    }
    assert (billing["presence"], billing["detail"]) == ("logged_off", "0 free, nobody waits")
    assert point == {
        "kind": "entry_point",
        "id": "main",
        "name": "Main",
        "detail": "Support: 0 free, 2 waiting, the longest for 1:15",
        "number": "800",
        "presence": "busy",
        "available": False,
        "because": NOT_SERVED["entry_point"],
    }


async def test_whoever_asks_is_not_among_those_who_are_free(world: World, alice: Desktop, bob: Desktop) -> None:
    await alice.go("available")
    assert (await listed(alice, "queue", "support"))["entries"][0]["presence"] == "busy"

    await bob.go("available")

    support = (await listed(alice, "queue", "support"))["entries"][0]
    assert (support["presence"], support["detail"]) == ("available", "1 free, nobody waits")


async def test_queues_and_entry_points_are_found_by_any_part_of_what_they_are_called(alice: Desktop) -> None:
    assert await ids(alice, "queue", "BILL") == ["billing"]
    assert await ids(alice, "entry_point", "800") == ["main"]
    assert await ids(alice, "entry_point", "supp main") == ["main"]
    assert await ids(alice, "queue", "zzz") == await ids(alice, "entry_point", "zzz") == []


# --- Numbers -----------------------------------------------------------------------------------------------------------


async def test_the_sites_numbers_are_listed_by_name_and_found_by_number_only_in_full(alice: Desktop) -> None:
    assert (await listed(alice, "number", "interp"))["entries"] == [
        {
            "kind": "number",
            "id": "interpreters",
            "name": "Interpreters on call",
            "detail": "FR",
            "number": "+33 1 99 00 20 01",
            "presence": "unknown",
            "available": False,
            "because": NOT_SERVED["number"],
        }
    ]
    assert await ids(alice, "number", "0199002002") == ["clock-tower"]
    assert await ids(alice, "number", "019900") == []
    assert await ids(alice, "number") == ["interpreters", "clock-tower"]


# --- Colleagues --------------------------------------------------------------------------------------------------------


async def test_a_colleague_is_found_by_words_and_by_number(alice: Desktop) -> None:
    found = await listed(alice, "organisation", "durand reseau")

    assert found == {
        "entries": [
            {
                "kind": "organisation",
                "id": "marie.durand",
                "name": "Marie Durand",
                "detail": "Experte réseau, Direction technique",
                "number": "+33 1 99 00 10 01",
                "presence": "available",
                "presence_as_of": "2027-01-15T07:59:00Z",
                "available": False,
                "because": NOT_SERVED["organisation"],
            }
        ],
        "as_of": "2027-01-15T07:59:00Z",
        "stale": False,
        "truncated": False,
    }
    assert await ids(alice, "organisation", "01 99 00 10 03") == ["soren.koch"]
    assert await ids(alice, "organisation", "01 99 00 10") == []
    assert (await listed(alice, "organisation", "elodie"))["entries"][0]["presence"] == "unknown"


async def test_refresh_has_colleagues_fetched_again_and_nothing_else(alice: Desktop, colleagues: ColleaguesInMemory) -> None:
    await listed(alice, "organisation", refresh="false")
    await listed(alice, "agent", refresh="true")
    assert colleagues.refreshed == 0

    await listed(alice, "organisation", refresh="true")

    assert colleagues.refreshed == 1


async def test_a_list_that_could_not_be_fetched_again_is_shown_with_its_age(
    alice: Desktop, world: World, colleagues: ColleaguesInMemory
) -> None:
    colleagues.failed_because = "it can't be read: /a/path/that/is/nobody's/business"
    world.inbox.now = WRITTEN_AT + 25 * 60

    found = await listed(alice, "organisation")

    assert len(found["entries"]) == 3
    assert (found["stale"], found["because"]) == (True, "The people of Head office could not be fetched again: the list is 25 minutes old.")


async def test_before_the_first_fetch_it_is_said_that_nobody_is_known_yet(alice: Desktop, colleagues: ColleaguesInMemory) -> None:
    colleagues.lists, colleagues.fetched_at = (known(),), None

    found = await listed(alice, "organisation")

    assert (found["entries"], found["stale"]) == ([], True)
    assert found["because"] == "The people of Head office have not been fetched yet."


async def test_a_site_without_an_organisation_lists_nobody_and_is_not_stale(alice: Desktop, colleagues: ColleaguesInMemory) -> None:
    colleagues.lists = ()

    found = await listed(alice, "organisation", "durand")

    assert (found["entries"], found["stale"], found["truncated"]) == ([], False, False)


async def test_where_there_are_several_organisations_it_is_said_which_know_somebody(alice: Desktop, colleagues: ColleaguesInMemory) -> None:
    with_sign_on = replace(TEAMS, single_sign_on=True)
    colleagues.lists = (known(MARIE), known(somebody("x", "Marie Durand", MARIE.number), SOREN, of=with_sign_on))

    details = {entry["id"]: entry["detail"] for entry in (await listed(alice, "organisation"))["entries"]}

    assert details == {
        "marie.durand": "Experte réseau, Direction technique · Head office · Teams",
        "soren.koch@teams": "Facturation · Teams",
    }


async def test_a_page_of_fifty_is_listed_and_it_is_said_that_there_are_more(alice: Desktop, colleagues: ColleaguesInMemory) -> None:
    colleagues.lists = (known(*(somebody(f"p{n}", f"Person {n}", f"+331990040{n:02}") for n in range(60))),)

    found = await listed(alice, "organisation", "person")

    assert (len(found["entries"]), found["truncated"]) == (50, True)


@pytest.mark.parametrize("action", ["consult", "transfer"])
async def test_somebody_who_uses_teams_is_refused_while_single_sign_on_is_off(
    world: World, alice: Desktop, colleagues: ColleaguesInMemory, action: str
) -> None:
    colleagues.lists = (known(MARIE), known(SOREN, of=TEAMS))
    call = await world.connected(alice)

    assert await ids(alice, "organisation") == ["marie.durand"]
    reply = await alice.do(action, call, {"target": {"kind": "organisation", "id": "soren.koch@teams"}})

    assert (reply.status, reply.code) == (403, "sso-required")
    assert reply.json["detail"] == "Søren Koch uses Microsoft Teams, and single sign-on is not on for it: ask your administrator."


@pytest.mark.parametrize("target", [{"id": "marie.durand"}, {"id": "nobody"}, {}])
async def test_any_other_colleague_is_refused_as_not_served_yet(world: World, alice: Desktop, target: dict[str, str]) -> None:
    call = await world.connected(alice)

    reply = await alice.do("consult", call, {"target": {"kind": "organisation", **target}})

    assert (reply.status, reply.code) == (422, "bad-target")
    assert "not served by this version yet" in reply.json["detail"]


# --- What will keep each kind from being consulted, once the version serves it -----------------------------------------


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> None:
    """A version that consults everybody."""
    monkeypatch.setattr("controller.desktop.directory_entries.NOT_SERVED", {})


@pytest.mark.usefixtures("served")
async def test_a_queue_can_be_consulted_when_somebody_who_serves_it_is_logged_on(world: World, alice: Desktop, bob: Desktop) -> None:
    floor, asker = world.floor, AgentId("alice")

    support, billing = queues_to_consult(floor, asker, "", world.inbox.now)
    (main,) = entry_points(floor, asker, "", world.inbox.now)

    assert (support.available, support.because) == (main.available, main.because) == (True, None)
    assert (billing.available, billing.because) == (False, "Nobody who serves Billing is logged on.")


@pytest.mark.usefixtures("served")
async def test_somebody_outside_can_be_consulted_when_the_site_calls_such_numbers(world: World) -> None:
    abroad = somebody("john", "John", "+442079460018")
    found = {each.id: each for each in search([known(MARIE, abroad, somebody("desk", "Desk", "1002"))], "", 50, NUMBERS.read).colleagues}
    without_trunk = Floor(site(dialling=DiallingRules()))
    without_trunk.switch_is_there = True

    def because(floor: Floor, who: str) -> str | None:
        return colleague(floor, DialBox(), found[ColleagueId(who)], are_several=False).because

    assert because(world.floor, "marie.durand") is None
    assert because(world.floor, "john") == "Numbers in GB are not called from this site: ask your administrator if you need to call one."
    assert because(without_trunk, "marie.durand") == "This site has no trunk by which calls to outside leave."
    assert because(without_trunk, "desk") is None, "an agent's telephone needs no trunk"
    assert [entry.available for entry in numbers(world.floor, DialBox(), "")] == [True, True]
    world.switch_goes_away()
    assert "Asterisk can't be reached" in str(because(world.floor, "marie.durand"))
