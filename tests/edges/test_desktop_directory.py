"""Whom an agent can look up: agents, queues, entry points, numbers and colleagues, who of them can be consulted now, and why not."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from controller.desktop.directory_entries import ENTRIES_MAX
from controller.dialling.rules import DiallingRules
from controller.directory.colleague_search import ColleagueList
from controller.directory.directory import SiteNumber
from controller.directory.ids import AgentId, NumberId
from controller.directory.organisation import GraphSource
from controller.floor.floor import Floor
from controller.floor.outcome import SiteReloaded
from tests.edges.colleagues_in_memory import ColleaguesInMemory
from tests.edges.desktop_world import Desktop, InMemoryInbox, Json, World, directory
from tests.edges.outside_world import CLOCK_TOWER, FRANCE, TEAMS, outside_site
from tests.pure.directory.people import ELODIE, MARIE, SOREN, WRITTEN_AT, known
from tests.pure.directory.people import colleague as somebody


@pytest.fixture
async def colleagues() -> ColleaguesInMemory:
    return ColleaguesInMemory(known(ELODIE, MARIE, SOREN))


@pytest.fixture
async def world(colleagues: ColleaguesInMemory) -> AsyncIterator[World]:
    here = World(inbox=InMemoryInbox(Floor(outside_site())), colleagues=colleagues)
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
        "alice": "This is you: choose somebody else.",
        "bob": None,
        "carol": "Carol Petit is not logged in.",
        "sam": "Sam Leroy is not logged in.",
    }
    assert await alice.do("consult", call, {"target": {"kind": "agent", "id": "carol"}}) is not None
    world.switch_goes_away()
    assert "Asterisk can't be reached" in (await listed(alice, "agent", "bob"))["entries"][0]["because"]


async def test_of_an_agent_it_is_said_since_when_and_why_they_take_no_calls(world: World, alice: Desktop, bob: Desktop) -> None:
    world.inbox.now = WRITTEN_AT + 60  # 8:00
    await bob.go("idle", reason="lunch")
    world.inbox.now += 120

    found = (await listed(alice, "agent", "bob"))["entries"][0]

    assert (found["presence"], found["idle_reason"], found["presence_since"]) == ("idle", "lunch", "2027-01-15T08:00:00Z")


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
        "available": True,
    }
    assert (billing["presence"], billing["detail"]) == ("logged_off", "0 free, nobody waits")
    assert point == {
        "kind": "entry_point",
        "id": "main",
        "name": "Main",
        "detail": "Support: 0 free, 2 waiting, the longest for 1:15",
        "number": "800",
        "presence": "busy",
        "available": True,
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
            "available": True,
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
                "available": True,
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


async def test_a_list_that_could_not_be_fetched_again_is_shown_with_its_age_and_with_the_reason(
    alice: Desktop, world: World, colleagues: ColleaguesInMemory
) -> None:
    colleagues.failed_because = "ldaps://dc1.example.com can't be reached: Connection refused"
    world.inbox.now = WRITTEN_AT + 25 * 60

    found = await listed(alice, "organisation")

    assert len(found["entries"]) == 3
    assert (found["stale"], found["because"]) == (
        True,
        "The people of Head office could not be fetched again, and the list is 25 minutes old: "
        "ldaps://dc1.example.com can't be reached: Connection refused.",
    )


async def test_a_list_that_is_late_without_a_failure_is_said_to_be_old(
    alice: Desktop, world: World, colleagues: ColleaguesInMemory
) -> None:
    world.inbox.now = WRITTEN_AT + 31 * 60

    found = await listed(alice, "organisation")

    assert (found["stale"], found["because"]) == (True, "The list of Head office is 31 minutes old.")


async def test_a_list_that_has_become_much_shorter_is_said_to_have_been_longer(
    alice: Desktop, world: World, colleagues: ColleaguesInMemory
) -> None:
    colleagues.people_before, colleagues.shrunk_at = 50_000, WRITTEN_AT
    world.inbox.now = WRITTEN_AT + 60  # 8:00

    found = await listed(alice, "organisation")

    assert (found["stale"], found["because"]) == (False, "The list of Head office has become much shorter: 50000 people, now 3.")


async def test_of_several_organisations_each_is_told_in_a_line_of_its_own(alice: Desktop, colleagues: ColleaguesInMemory) -> None:
    colleagues.lists = (known(MARIE), known(SOREN, of=replace(TEAMS, single_sign_on=True)))
    colleagues.fetched_at, colleagues.failed_because = None, "it does not answer"

    found = await listed(alice, "organisation")

    assert found["because"].splitlines() == [
        "The people of Head office could not be fetched: it does not answer.",
        "The people of Teams could not be fetched: it does not answer.",
    ]


async def test_a_list_of_before_a_restart_is_said_to_be_one(alice: Desktop, world: World, colleagues: ColleaguesInMemory) -> None:
    colleagues.is_of_last_time = True
    world.inbox.now = WRITTEN_AT + 25 * 60

    found = await listed(alice, "organisation")

    assert (found["stale"], found["because"]) == (
        True,
        "The people of Head office are being fetched: the list is of before a restart, 25 minutes ago.",
    )


async def test_presence_that_nobody_knows_is_said_and_makes_no_list_stale(alice: Desktop, colleagues: ColleaguesInMemory) -> None:
    colleagues.presence_failed_because = "Microsoft Graph refuses"

    found = await listed(alice, "organisation")

    assert (found["stale"], found["because"]) == (
        False,
        "The presence of the people of Head office is not known at the moment: Microsoft Graph refuses.",
    )


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


async def test_people_who_use_teams_are_not_listed_while_single_sign_on_is_off(alice: Desktop, colleagues: ColleaguesInMemory) -> None:
    colleagues.lists = (known(MARIE), known(SOREN, of=TEAMS))

    assert await ids(alice, "organisation") == ["marie.durand"]


async def test_nobody_of_a_tenant_that_may_not_be_asked_is_called_although_nobody_of_it_is_known(
    world: World, alice: Desktop, colleagues: ColleaguesInMemory
) -> None:
    tenant = replace(TEAMS, source=GraphSource(tenant="example.com", client_id="c0ffee", secret_file="secret"))
    colleagues.lists = (known(MARIE), ColleagueList(organisation=tenant))
    call = await world.connected(alice)

    reply = await alice.do("consult", call, {"target": {"kind": "organisation", "id": "any-id@teams"}})

    assert (reply.status, reply.code) == (403, "sso-required")
    assert reply.json["detail"] == "This person uses Microsoft Teams, and single sign-on is not on for it: ask your administrator."


# --- What keeps somebody from being consulted now: the very words of the refusal ----------------------------------------


async def because_of(desktop: Desktop, kind: str) -> dict[str, str | None]:
    entries = (await listed(desktop, kind))["entries"]
    assert all(entry["available"] is ("because" not in entry) for entry in entries)
    return {entry["id"]: entry.get("because") for entry in entries}


async def refusal(desktop: Desktop, call: str, target: Json) -> str:
    reply = await desktop.do("consult", call, {"target": target})
    assert reply.status >= 400, reply.text
    return str(reply.json["detail"])


async def test_a_queue_can_be_consulted_when_somebody_else_who_serves_it_is_logged_on(world: World, alice: Desktop) -> None:
    call = await world.connected(alice)
    nobody = "Nobody else who serves Support is logged in."
    assert await because_of(alice, "queue") == {"support": nobody, "billing": "Nobody else who serves Billing is logged in."}
    assert await because_of(alice, "entry_point") == {"main": nobody}
    assert await refusal(alice, call, {"kind": "queue", "id": "support"}) == nobody
    assert await refusal(alice, call, {"kind": "entry_point", "id": "main"}) == nobody

    await world.desktop("bob")

    assert (await because_of(alice, "queue"))["support"] is None
    assert (await because_of(alice, "entry_point"))["main"] is None


async def test_a_queue_that_only_the_asker_serves_can_not_be_consulted(world: World) -> None:
    carol = await world.desktop("carol")

    assert (await because_of(carol, "queue"))["billing"] == "Nobody but you serves Billing."


async def test_a_number_that_the_site_does_not_call_says_so(world: World, alice: Desktop) -> None:
    abroad = SiteNumber(id=NumberId("abroad"), name="Abroad", number="+44 20 7946 0018")
    world.happens(SiteReloaded(directory=replace(outside_site(), numbers={abroad.id: abroad})))
    call = await world.connected(alice)

    said = (await because_of(alice, "number"))["abroad"]

    assert said == "Numbers in GB are not called from this site: ask your administrator if you need to call one."
    assert await refusal(alice, call, {"kind": "number", "number": abroad.number}) == said


async def test_without_a_trunk_nobody_outside_can_be_consulted(world: World, alice: Desktop, colleagues: ColleaguesInMemory) -> None:
    reception = SiteNumber(id=NumberId("reception"), name="Reception", number="1002")
    colleagues.lists = (known(MARIE, somebody("desk", "Desk", "1002")),)
    without = replace(outside_site(dialling=DiallingRules()), numbers={each.id: each for each in (CLOCK_TOWER, reception)})
    world.happens(SiteReloaded(directory=without))
    call = await world.connected(alice)
    no_trunk, bob_is_away = "This site has no trunk by which calls to outside leave.", "Bob Durand is not logged in."

    assert await because_of(alice, "number") == {"clock-tower": no_trunk, "reception": bob_is_away}
    assert await because_of(alice, "organisation") == {"desk": bob_is_away, "marie.durand": no_trunk}
    assert await refusal(alice, call, {"kind": "number", "number": "01 99 00 20 02"}) == no_trunk
    assert await refusal(alice, call, {"kind": "organisation", "id": "desk"}) == bob_is_away


async def test_who_has_called_outside_too_often_is_told_so_before_the_next_try(world: World, alice: Desktop) -> None:
    few = replace(FRANCE, limits=replace(FRANCE.limits, at_once_per_agent=1))
    help_ = SiteNumber(id=NumberId("help"), name="Help", number="112")
    numbers = {each.id: each for each in (CLOCK_TOWER, help_)}
    world.happens(SiteReloaded(directory=replace(outside_site(dialling=few), numbers=numbers)))
    call = await world.connected(alice)
    await alice.do("consult", call, {"target": {"kind": "number", "number": "01 99 00 20 02"}})

    said = await because_of(alice, "number")

    assert said == {"clock-tower": "You are in 1 calls with outside already: end one first.", "help": None}
    assert set((await because_of(alice, "organisation")).values()) == {said["clock-tower"]}


async def test_while_asterisk_is_away_nobody_can_be_consulted(world: World, alice: Desktop) -> None:
    world.switch_goes_away()

    for kind in ("agent", "queue", "entry_point", "number", "organisation"):
        for because in (await because_of(alice, kind)).values():
            assert str(because).startswith("Asterisk can't be reached now")


# --- What an agent has dialled ------------------------------------------------------------------------------------------


async def test_what_an_agent_dialled_last_is_listed_after_the_sites_numbers(world: World, alice: Desktop, bob: Desktop) -> None:
    call = await world.connected(alice)
    for number in ("01 99 00 30 01", "01 99 00 20 02", "0199003002", "+33199003001", "15"):
        assert (await alice.do("consult", call, {"target": {"kind": "number", "number": number}})).status == 200
        assert (await alice.do("cancel-consult", call)).status == 200

    entries = (await listed(alice, "number"))["entries"]

    assert [entry["id"] for entry in entries] == ["interpreters", "clock-tower", "+33 1 99 00 30 01", "+33 1 99 00 30 02"]
    assert entries[-1] == {
        "kind": "number",
        "id": "+33 1 99 00 30 02",
        "name": "",
        "detail": "FR",
        "number": "+33 1 99 00 30 02",
        "presence": "unknown",
        "available": True,
    }
    assert await ids(alice, "number", "01 99 00 30 02") == ["+33 1 99 00 30 02"]
    assert await ids(alice, "number", "clock") == ["clock-tower"]
    assert await ids(bob, "number") == ["interpreters", "clock-tower"], "each has their own"


async def test_ten_of_the_numbers_that_an_agent_has_dialled_are_listed(world: World, alice: Desktop) -> None:
    generous = replace(FRANCE, limits=replace(FRANCE.limits, per_hour_and_agent=50))
    world.happens(SiteReloaded(directory=replace(outside_site(dialling=generous), numbers={})))
    call = await world.connected(alice)
    for number in range(12):
        await alice.do("consult", call, {"target": {"kind": "number", "number": f"01990030{number:02}"}})
        await alice.do("cancel-consult", call)

    assert await ids(alice, "number") == [f"+33 1 99 00 30 {number:02}" for number in range(11, 1, -1)]
