"""The contact centre's people and lines, as its site file describes them. Values only: who is free is routing's business."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from controller.dialling.feature_codes import FeatureCodes
from controller.dialling.one_number import canonical_number
from controller.dialling.rules import DiallingRules, Trunk
from controller.directory.ids import AgentId, EntryPointId, NumberId, OrganisationId, QueueId, ReasonId
from controller.directory.policy import CallerLimits, Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """Somebody who takes calls, and the telephone that rings for them."""

    id: AgentId
    name: str
    phone: str
    """The PJSIP endpoint, without its technology: `1001`."""
    team: str = ""
    supervisor: bool = False
    answers_remotely: bool = False
    """The telephone answers by itself when its INVITE says so (`Call-Info: …;answer-after=0`), so `accept` can work."""
    may_call_out: bool = False
    """May begin calls to outside. Whoever may not can consult and transfer to outside all the same."""
    caller_id: str = ""
    """The agent's own direct number, E.164; empty: they have none."""
    browser: str = ""
    """The PJSIP endpoint of the telephone in the browser: `1001-web`; empty: they have none."""
    rings_in_browser: bool = False
    """Of an agent who is to be rung: the telephone in the browser is the one that rings."""

    @property
    def rung(self) -> str:
        """The PJSIP endpoint that is rung for them."""
        return self.browser if self.rings_in_browser else self.phone

    @property
    def can_be_told_to_answer(self) -> bool:
        """The telephone that is rung can answer by itself; the page always can."""
        return self.rings_in_browser or self.answers_remotely


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A waiting line and the agents who serve it."""

    id: QueueId
    name: str
    agents: tuple[AgentId, ...]
    music: str = "default"
    """The music class that its customers hear while they wait or are held."""
    policy: Policy = field(default_factory=Policy)
    caller_id: str = ""
    """The number that its calls to outside come from, E.164; empty: it has none."""
    number: str = ""
    """The digits by which agents' telephones name it; empty: they can't."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPoint:
    """The numbers that customers dial, and the queue they lead to."""

    id: EntryPointId
    name: str
    numbers: tuple[str, ...]
    queue: QueueId


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Something an agent may choose: why an interaction ended as it did, or why they take no calls."""

    id: ReasonId
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteNumber:
    """A number outside that agents call often enough for it to have a name."""

    id: NumberId
    name: str
    number: str
    """As the site file writes it: `+33 1 99 00 10 01`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Everybody and everything that has a name, found by its id. Its maps are in the site file's order."""

    agents: Mapping[AgentId, Agent]
    queues: Mapping[QueueId, Queue]
    entry_points: Mapping[EntryPointId, EntryPoint]
    wrap_up_reasons: Mapping[ReasonId, Reason]
    dialling: DiallingRules = field(default_factory=DiallingRules)
    numbers: Mapping[NumberId, SiteNumber] = field(default_factory=dict)
    idle_reasons: Mapping[ReasonId, Reason] = field(default_factory=dict)
    region: str = "FR"
    """ISO 3166-1 alpha-2: how numbers without a country code are read."""
    limits: CallerLimits = field(default_factory=CallerLimits)
    policy: Policy = field(default_factory=Policy)
    """The site's, for calls that belong to no queue."""
    trunks: Mapping[str, Trunk] = field(default_factory=dict)
    """By the names of their PJSIP endpoints."""
    trunks_of_organisations: Mapping[OrganisationId, str] = field(default_factory=dict)
    """By which trunk calls to an organisation's people leave, where it is not the site's."""
    feature_codes: FeatureCodes = field(default_factory=FeatureCodes)
    """What agents can say by the keys of their telephones."""

    def trunk_to(self, organisation: OrganisationId | None = None) -> Trunk | None:
        """Say by which trunk calls to a number outside, or to an organisation's people, leave; None: the site has none."""
        own = self.trunks_of_organisations.get(organisation) if organisation is not None else None
        return self.trunks.get(own or self.dialling.trunk)

    @property
    def customers_max(self) -> int:
        """How many customers may be there at once."""
        return self.limits.customers_max(len(self.agents))

    def queues_of_agents(self) -> dict[AgentId, tuple[QueueId, ...]]:
        """Say which queues each agent serves; who serves none is left out."""
        found: dict[AgentId, tuple[QueueId, ...]] = {}
        for queue in self.queues.values():
            for agent in queue.agents:
                found[agent] = (*found.get(agent, ()), queue.id)
        return found

    def supervisors(self) -> frozenset[AgentId]:
        """Name everybody who may see all interactions."""
        return frozenset(agent.id for agent in self.agents.values() if agent.supervisor)

    def entry_points_by_number(self) -> dict[str, EntryPoint]:
        """Say where somebody who dialled a number wanted to go: a number as the site file writes it, or in its canonical form.

        Where several claim one, it is the one who writes it so, and then the first.
        """
        written = [(number, point) for point in reversed(tuple(self.entry_points.values())) for number in reversed(point.numbers)]
        meant = {canonical_number(number, self.region): point for number, point in written}
        return {**meant, **dict(written)}
