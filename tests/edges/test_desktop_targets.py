"""Whom a target means, in a consult and in a transfer, and why it is refused."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from controller.dialling.rules import DiallingRules
from controller.directory.ids import AgentId, ColleagueId, EntryPointId, OrganisationId, QueueId
from controller.directory.targets import AgentTarget, ColleagueTarget, EntryPointTarget, NumberTarget, QueueTarget, Target
from controller.floor.outcome import SiteReloaded
from controller.interaction.commands import StartConsult, TransferBlind
from tests.edges.desktop_world import Desktop, Json, World, directory
from tests.edges.outside_world import FRANCE, outside_site, outside_world, people
from tests.pure.directory.people import ELODIE, MARIE, known, organisation


@pytest.fixture
async def world() -> AsyncIterator[World]:
    here = outside_world()
    await here.start()
    yield here
    await here.stop()


async def consulted(world: World, desktop: Desktop, target: Json) -> Target:
    """Consult somebody; whom the floor was asked to reach."""
    call = await world.connected(desktop)
    reply = await desktop.do("consult", call, {"target": target})
    assert reply.status == 200, reply.text
    command = world.inbox.commands[-1]
    assert isinstance(command, StartConsult)
    return command.target


async def refused(world: World, desktop: Desktop, target: Json, action: str = "consult") -> tuple[int, str, Any]:
    """What is wrong with a target: status, code and, of a number, the reason."""
    call = await world.connected(desktop)
    before = world.interaction(call)
    reply = await desktop.do(action, call, {"target": target})
    assert world.interaction(call) is before
    return reply.status, reply.code, reply.json.get("reason")


def number(typed: str) -> Json:
    return {"kind": "number", "number": typed}


# --- Whom it means -----------------------------------------------------------------------------------------------------


async def test_an_agent_is_meant_by_their_id(world: World, alice: Desktop, bob: Desktop) -> None:
    await bob.go("available")

    assert await consulted(world, alice, {"kind": "agent", "id": "bob"}) == AgentTarget(agent=AgentId("bob"))


@pytest.mark.usefixtures("bob")
async def test_a_queue_is_meant_by_its_id(world: World, alice: Desktop) -> None:
    assert await consulted(world, alice, {"kind": "queue", "id": "support"}) == QueueTarget(queue=QueueId("support"))


@pytest.mark.usefixtures("bob")
async def test_an_entry_point_is_meant_by_its_id(world: World, alice: Desktop) -> None:
    assert await consulted(world, alice, {"kind": "entry_point", "id": "main"}) == EntryPointTarget(entry_point=EntryPointId("main"))


@pytest.mark.parametrize("typed", ["01 99 00 20 03", "+33199002003", "0033 1 99 00 20 03", "Tél. : ０１９９００２００３", "٠١٩٩٠٠٢٠٠٣"])
async def test_a_number_is_understood_however_it_is_written(world: World, alice: Desktop, typed: str) -> None:
    assert await consulted(world, alice, number(typed)) == NumberTarget(dial="+33199002003", shown="+33 1 99 00 20 03")


async def test_a_number_that_the_site_has_a_name_for_is_called_by_it(world: World, alice: Desktop) -> None:
    clock_tower = NumberTarget(dial="+33199002002", shown="+33 1 99 00 20 02", name="Clock tower")

    assert await consulted(world, alice, number("+33 1 99 00 20 02")) == clock_tower


async def test_an_emergency_number_is_dialled_as_it_is(world: World, alice: Desktop) -> None:
    assert await consulted(world, alice, number("15")) == NumberTarget(dial="15", shown="15", is_emergency=True)


async def test_the_number_of_an_agents_telephone_means_the_agent(world: World, alice: Desktop, bob: Desktop) -> None:
    await bob.go("available")

    assert await consulted(world, alice, number("1002")) == AgentTarget(agent=AgentId("bob"))


@pytest.mark.usefixtures("bob")
async def test_the_number_of_an_entry_point_means_the_entry_point(world: World, alice: Desktop) -> None:
    assert await consulted(world, alice, number("8 0 0")) == EntryPointTarget(entry_point=EntryPointId("main"))


async def test_a_colleague_is_called_by_the_number_that_their_organisation_lists(world: World, alice: Desktop) -> None:
    marie = ColleagueTarget(
        colleague=ColleagueId("marie.durand"),
        name="Marie Durand",
        dial="+33199001001",
        shown="+33 1 99 00 10 01",
        organisation=OrganisationId("head-office"),
    )

    assert await consulted(world, alice, {"kind": "organisation", "id": "marie.durand"}) == marie


async def test_a_colleagues_number_is_written_as_the_trunk_of_their_organisation_wants_it(world: World, alice: Desktop) -> None:
    target = await consulted(world, alice, {"kind": "organisation", "id": "elodie.lefevre@branch-office"})

    assert isinstance(target, ColleagueTarget)
    assert (target.dial, target.shown, target.organisation) == ("0199001002", "+33 1 99 00 10 02", "branch-office")


async def test_organisations_of_one_name_are_told_apart_by_the_colleagues_id() -> None:
    colleagues = people()
    colleagues.lists = (known(MARIE), known(ELODIE, of=organisation("branch-office", name="Head office")))
    here = outside_world(colleagues=colleagues)
    await here.start()
    try:
        target = await consulted(here, await here.desktop("alice"), {"kind": "organisation", "id": "elodie.lefevre@branch-office"})
    finally:
        await here.stop()

    assert isinstance(target, ColleagueTarget)
    assert (target.organisation, target.dial) == ("branch-office", "0199001002")


async def test_a_transfer_with_a_target_means_the_same(world: World, alice: Desktop, bob: Desktop) -> None:
    await bob.go("available")
    call = await world.connected(alice)

    assert (await alice.do("transfer", call, {"target": number("1002")})).status == 200

    command = world.inbox.commands[-1]
    assert isinstance(command, TransferBlind)
    assert command.target == AgentTarget(agent=AgentId("bob"))


# --- Why it is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ({"kind": "agent", "id": "nobody"}, "There is no agent 'nobody'; there are: alice, bob, carol, sam."),
        ({"kind": "queue", "id": "Support"}, "There is no queue 'Support'; there are: support, billing."),
        ({"kind": "entry_point", "id": "800"}, "There is no entry point '800'; there are: main."),
    ],
)
@pytest.mark.parametrize("action", ["consult", "transfer"])
async def test_what_is_not_there_is_refused_with_what_there_is(world: World, alice: Desktop, target: Json, said: str, action: str) -> None:
    call = await world.connected(alice)

    reply = await alice.do(action, call, {"target": target})

    assert (reply.status, reply.code, reply.json["detail"]) == (422, "bad-target", said)


async def test_of_many_agents_not_all_are_named(world: World, alice: Desktop) -> None:
    site = outside_site()
    carol = next(agent for agent in site.agents.values() if agent.id == "carol")
    many = {name: replace(carol, id=name, phone=f"7{number:03}") for number, name in enumerate(AgentId(f"agent-{n}") for n in range(60))}
    world.happens(SiteReloaded(directory=replace(site, agents={**site.agents, **many})))
    call = await world.connected(alice)

    reply = await alice.do("consult", call, {"target": {"kind": "agent", "id": "nobody"}})

    assert reply.json["detail"] == "There is no agent 'nobody'; there are: those whom the directory lists."


async def test_somebody_who_is_in_no_list_is_refused(world: World, alice: Desktop) -> None:
    call = await world.connected(alice)

    reply = await alice.do("consult", call, {"target": {"kind": "organisation", "id": "nobody@anywhere"}})

    assert (reply.status, reply.code) == (422, "bad-target")
    assert reply.json["detail"].endswith("search for them again in the directory.")


@pytest.mark.parametrize("action", ["consult", "transfer"])
async def test_somebody_who_uses_teams_is_refused_while_single_sign_on_is_off(world: World, alice: Desktop, action: str) -> None:
    call = await world.connected(alice)

    reply = await alice.do(action, call, {"target": {"kind": "organisation", "id": "soren.koch@teams"}})

    assert (reply.status, reply.code) == (403, "sso-required")
    assert reply.json["detail"] == "Søren Koch uses Microsoft Teams, and single sign-on is not on for it: ask your administrator."


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        ("📞" * 2500, "empty"),
        ("0,01" * 2500, "too-long"),
        ("x" * 10_000, "empty"),
        ("0" * 10_000, "too-long"),
        ("+", "too-short"),
        ("12", "too-short"),
        ("0,01…", "too-short-here"),
        ("**21*0199002002#", "service-code"),
        ("+33+199002002", "plus-inside"),
        ("01 99 00", "too-short-here"),
        ("05 90 12 34 56", "not-in-plan"),
        ("+999123456789", "no-such-country-code"),
        ("\u202e\x00", "empty"),
    ],
)
@pytest.mark.parametrize("action", ["consult", "transfer"])
async def test_what_is_no_number_is_refused_with_the_reason_of_its_preview(
    world: World, alice: Desktop, typed: str, reason: str, action: str
) -> None:
    preview = (await alice.ask("POST", "/number/preview", json={"typed": typed})).json
    call = await world.connected(alice)

    reply = await alice.do(action, call, {"target": number(typed)})

    assert (reply.status, reply.code, reply.json["reason"]) == (422, "bad-number", preview["code"])
    assert reply.json["detail"] == preview["because"]
    assert reason == preview["code"]


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("+1 201 553 2447", "refuse-country"),
        ("0899 70 12 34", "refuse-type"),
        ("118 218", "refuse-short-code"),
        ("3201", "refuse-short-code"),
    ],
)
async def test_a_number_that_the_site_does_not_call_is_refused_with_the_reason(
    world: World, alice: Desktop, typed: str, reason: str
) -> None:
    assert await refused(world, alice, number(typed)) == (403, "number-not-allowed", reason)


async def test_a_strict_site_refuses_numbers_that_nobody_can_verify(world: World, alice: Desktop) -> None:
    strict = DiallingRules(trunk="outside", allowed_regions=("FR", "US"), verified_only=True)
    world.happens(SiteReloaded(directory=outside_site(dialling=strict)))

    assert await refused(world, alice, number("+1 123 456 7890")) == (403, "number-not-allowed", "number-unverified")


async def test_without_a_trunk_nobody_outside_can_be_reached(world: World, alice: Desktop) -> None:
    world.happens(SiteReloaded(directory=replace(directory(), dialling=DiallingRules())))

    assert await refused(world, alice, number("01 99 00 20 02")) == (409, "target-unavailable", None)


async def test_an_agent_on_a_call_is_refused_with_the_reason(world: World, alice: Desktop, bob: Desktop) -> None:
    await world.connected(bob, "bob")
    call = await world.connected(alice)

    reply = await alice.do("consult", call, {"target": number("1002")})

    assert (reply.status, reply.code, reply.json["detail"]) == (409, "target-unavailable", "Bob Durand is on a call.")


async def test_more_calls_to_outside_than_the_site_allows_are_refused(world: World, alice: Desktop) -> None:
    few = replace(FRANCE, limits=replace(FRANCE.limits, per_hour_and_agent=1))
    world.happens(SiteReloaded(directory=outside_site(dialling=few)))
    call = await world.connected(alice)
    assert (await alice.do("consult", call, {"target": number("01 99 00 20 02")})).status == 200
    assert (await alice.do("cancel-consult", call)).status == 200

    reply = await alice.do("consult", call, {"target": number("01 99 00 20 02")})

    assert (reply.status, reply.code) == (409, "too-many-outside-calls")
    assert "within the hour" in reply.json["detail"]
    assert (await alice.do("consult", call, {"target": number("15")})).status == 200, "no limit stops a call for help"


@pytest.mark.parametrize(
    ("target", "field"),
    [
        ({}, "target"),
        ({"kind": "agent"}, "target.agent.id"),
        ({"kind": "agent", "id": ""}, "target.agent.id"),
        ({"kind": "agent", "id": 7}, "target.agent.id"),
        ({"kind": "agent", "number": "1002"}, "target.agent.id"),
        ({"kind": "number", "id": "1002"}, "target.number.number"),
        ({"kind": "number", "number": 33199002002}, "target.number.number"),
        ({"kind": "customer", "id": "x"}, "target"),
        ("bob", "target"),
        (None, "target"),
    ],
)
async def test_a_target_of_a_wrong_shape_names_the_field(world: World, alice: Desktop, target: Json, field: str) -> None:
    call = await world.connected(alice)

    reply = await alice.do("consult", call, {"target": target})

    assert (reply.status, reply.code) == (422, "bad-body")
    assert field in [error["field"] for error in reply.json["errors"]]
