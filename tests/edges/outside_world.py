"""A contact centre that can be left: it has a trunk, numbers with names, and an organisation. Alice may call out, Bob may not."""

from dataclasses import replace

from controller.dialling.rules import DiallingRules, NumberFormat, Trunk
from controller.directory.directory import Directory, SiteNumber
from controller.directory.ids import AgentId, NumberId, OrganisationId, QueueId
from controller.directory.policy import Policy
from controller.floor.floor import Floor
from controller.floor.state import FloorState
from tests.edges.colleagues_in_memory import ColleaguesInMemory
from tests.edges.desktop_world import InMemoryInbox, World, directory
from tests.pure.directory.people import ELODIE, MARIE, SOREN, known, organisation

CLOCK_TOWER = SiteNumber(id=NumberId("clock-tower"), name="Clock tower", number="01 99 00 20 02")
INTERPRETERS = SiteNumber(id=NumberId("interpreters"), name="Interpreters on call", number="+33 1 99 00 20 01")
TEAMS = organisation("teams", name="Teams", teams=True)
FRANCE = DiallingRules(trunk="outside")
TRUNKS = {
    "outside": Trunk(name="outside"),
    "branch": Trunk(name="branch", number_format=NumberFormat.NATIONAL),
}


def outside_site(*, dialling: DiallingRules = FRANCE, policy: Policy | None = None) -> Directory:
    """`policy`: of the site, and of the queue of Alice and Bob."""
    site, policy = directory(), policy or Policy()
    support = replace(site.queues[QueueId("support")], policy=policy)
    return replace(
        site,
        agents={**site.agents, AgentId("alice"): replace(site.agents[AgentId("alice")], may_call_out=True)},
        queues={**site.queues, support.id: support},
        policy=policy,
        dialling=dialling,
        numbers={each.id: each for each in (INTERPRETERS, CLOCK_TOWER)},
        trunks=TRUNKS,
        trunks_of_organisations={OrganisationId("branch-office"): "branch"},
    )


def people() -> ColleaguesInMemory:
    """Of two organisations, the second of which has a trunk of its own, and people of a third who use Teams."""
    branch = organisation("branch-office", name="Branch office")
    return ColleaguesInMemory(known(MARIE), known(ELODIE, of=branch), known(SOREN, of=TEAMS))


def outside_world(site: Directory | None = None, *, state: FloorState | None = None, colleagues: ColleaguesInMemory | None = None) -> World:
    """`state`: what a process before this one has left."""
    floor = Floor.from_state(state) if state is not None else Floor(site or outside_site())
    return World(inbox=InMemoryInbox(floor), colleagues=colleagues or people())
