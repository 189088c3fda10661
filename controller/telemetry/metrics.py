"""What a monitoring system asks every few seconds, in Prometheus' text format.

Counters are told of inputs as they happen; what *is* (interactions, agents, lines) is read from the floor when somebody asks.
"""

from collections import Counter as Tally
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from controller import __version__
from controller.directory.ids import Seconds
from controller.directory.organisation import OrganisationState
from controller.floor.disk import DiskRoom
from controller.floor.durations import BOUNDS, Durations
from controller.floor.floor import Floor
from controller.floor.outcome import Input, Outcome, SiteReloaded
from controller.interaction.facts import SwitchFound
from controller.interaction.interaction import Phase
from controller.routing.desk import DeskState
from controller.routing.telephones import TelephoneKind
from controller.telemetry.end_reasons import EndReason, end_reason
from controller.telemetry.queue_figures import QueueFigures

CONTENT_TYPE = CONTENT_TYPE_LATEST

NO_TELEPHONE = "no_telephone"
"""Available, and offered no call, because the telephone is not there."""
DIRECTIONS = ("inbound", "outbound")
COMMAND_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.06, 0.12, 0.25, 0.5, 1.0, 2.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """What other parts of the service say when a monitoring system asks."""

    journal_fails_for: Callable[[], Seconds | None]
    """For how long nothing has been kept; None: everything is."""
    journal_writes: Callable[[], Durations]
    steps_lost: Callable[[], int]
    """How many steps of interactions could not be recorded."""
    disk: Callable[[], DiskRoom | None]
    """The journal's; None: nobody has looked yet, or it can't be found out."""
    requests: Callable[[], Durations]
    """To Asterisk."""
    lanes_lost: Callable[[], int]
    """How often a connection for requests to Asterisk has broken."""
    organisations: Callable[[], Sequence[OrganisationState]]
    """How well colleagues are known."""


class Metrics:
    """The figures of one service. It is an `Audience`: the service's loop tells it of every input."""

    def __init__(self, floor: Callable[[], Floor], clock: Callable[[], Seconds], readings: Readings) -> None:
        """Read what is from this floor when asked; `clock` is the floor's clock (seconds since 1970)."""
        disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each counter, which nobody asks for
        self._registry = CollectorRegistry(auto_describe=True)
        self._inputs = Counter("ari_controller_inputs", "Facts and commands that were taken", ["kind"], registry=self._registry)
        self._refused = Counter("ari_controller_commands_refused", "Commands that were refused", ["code"], registry=self._registry)
        self._command_seconds = Histogram(
            "ari_controller_command_seconds",
            "From a command's arrival to its answer",
            buckets=COMMAND_SECONDS,
            registry=self._registry,
        )
        self._ended = Counter("ari_controller_calls_ended", "Calls that are over", ["direction", "reason"], registry=self._registry)
        for direction in DIRECTIONS:
            for reason in EndReason:
                self._ended.labels(direction=direction, reason=reason)
        self._attached = Counter(
            "ari_controller_asterisk_attached", "How often the controller has attached to Asterisk", registry=self._registry
        )
        self._queues = QueueFigures(self._registry, clock)
        self._registry.register(_WhatIs(floor, clock))
        self._registry.register(_HowTheWorldIs(readings))
        self._registry.register(_WhoIsKnown(readings.organisations, clock))
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)

    def tell(self, what: Input, outcome: Outcome) -> None:
        """Count an input that was taken."""
        self._inputs.labels(kind=type(what).__name__).inc()
        self._queues.tell(outcome)
        match what:
            case SwitchFound():
                self._attached.inc()
            case SiteReloaded():  # every start begins with one
                self._queues.know(what.directory.queues)
            case _:
                pass
        for change in outcome.changes:
            if (reason := end_reason(change, outcome.notices)) is not None:
                self._ended.labels(direction=change.after.direction, reason=reason).inc()

    def refused(self, code: str) -> None:
        """Count a command that was refused, by the machine's word for why."""
        self._refused.labels(code=code).inc()

    def answered(self, seconds: float) -> None:
        """Note how long a command took from its arrival to its answer, accepted or refused."""
        self._command_seconds.observe(seconds)

    def text(self) -> bytes:
        """Write all figures in Prometheus' text format; `CONTENT_TYPE` names it."""
        return generate_latest(self._registry)


class _WhatIs(Collector):
    def __init__(self, floor: Callable[[], Floor], clock: Callable[[], Seconds]) -> None:
        self._floor = floor
        self._clock = clock

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        floor = self._floor()
        build = GaugeMetricFamily("ari_controller_build_info", "The version that runs", labels=["version"])
        build.add_metric([__version__], 1)
        yield build
        yield GaugeMetricFamily("ari_controller_asterisk_connected", "1 while attached to Asterisk", value=int(floor.switch_is_there))
        phases = Tally(interaction.phase for interaction in floor.interactions.values())
        interactions = GaugeMetricFamily("ari_controller_interactions", "Interactions that are not over", labels=["phase"])
        for phase in Phase:
            interactions.add_metric([phase.value], phases[phase])
        yield interactions
        states = Tally(NO_TELEPHONE if desk.lacks_telephone else desk.state.value for desk in floor.desks.values())
        agents = GaugeMetricFamily("ari_controller_agents", "Agents by what they do", labels=["state"])
        for state in (*(each.value for each in DeskState), NO_TELEPHONE):
            agents.add_metric([state], states[state])
        yield agents
        yield from self._telephones(floor)
        yield from self._lines(floor)

    def _telephones(self, floor: Floor) -> Iterator[Metric]:
        telephones = GaugeMetricFamily("ari_controller_telephones", "Agents' telephones, as Asterisk knows them", labels=["kind", "state"])
        found = Tally(
            pair
            for agent in floor.directory.agents.values()
            for pair in (
                (TelephoneKind.DESK, floor.desks[agent.id].telephones.desk_is_there),
                *(((TelephoneKind.BROWSER, floor.desks[agent.id].telephones.browser_is_there),) if agent.browser else ()),
            )
        )
        for kind in TelephoneKind:
            for state, is_there in (("there", True), ("away", False)):
                telephones.add_metric([kind.value, state], found[kind, is_there])
        yield telephones

    def _lines(self, floor: Floor) -> Iterator[Metric]:
        waiting = GaugeMetricFamily("ari_controller_waiting_customers", "Customers who wait for an agent", labels=["queue"])
        longest = GaugeMetricFamily("ari_controller_longest_wait_seconds", "How long the first of them waits", labels=["queue"])
        now = self._clock()
        for queue in floor.directory.queues:
            line = floor.waiting_in(queue)
            waiting.add_metric([queue], len(line))
            longest.add_metric([queue], max((now - interaction.waits_since for interaction in line), default=0.0))
        yield waiting
        yield longest


class _HowTheWorldIs(Collector):
    """What Asterisk and the disk do for us, and how long they take."""

    def __init__(self, readings: Readings) -> None:
        self._readings = readings

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        readings = self._readings
        yield _histogram("ari_controller_ari_request_seconds", "Requests to Asterisk, by how they went", readings.requests())
        says = "How often a connection for requests to Asterisk has broken"
        yield CounterMetricFamily("ari_controller_ari_lanes_lost", says, value=readings.lanes_lost())
        fails_for = readings.journal_fails_for()
        says = "1 while the journal can't be written, so that a crash would undo what is done"
        yield GaugeMetricFamily("ari_controller_journal_failing", says, value=int(fails_for is not None))
        yield GaugeMetricFamily("ari_controller_journal_failing_seconds", "For how long it has not been written", value=fails_for or 0.0)
        yield _histogram("ari_controller_journal_write_seconds", "Writes to the journal, by how they went", readings.journal_writes())
        says = "Steps of interactions that are missing in stories, because they could not be written"
        yield CounterMetricFamily("ari_controller_steps_lost", says, value=readings.steps_lost())
        if (disk := readings.disk()) is not None:
            name = "ari_controller_journal_disk"
            yield GaugeMetricFamily(f"{name}_free_bytes", "What the journal's file system has left for us", value=disk.free_bytes)
            yield GaugeMetricFamily(f"{name}_size_bytes", "How large the journal's file system is", value=disk.size_bytes)
            yield GaugeMetricFamily(f"{name}_low", "1 while less is left than free_mb_min of [journal]", value=int(disk.is_low))


def _histogram(name: str, says: str, durations: Durations) -> Metric:
    metric = HistogramMetricFamily(name, says, labels=["outcome"])
    bounds = [*(str(float(bound)) for bound in BOUNDS), "+Inf"]
    for outcome, counts, seconds in durations:
        metric.add_metric([outcome], buckets=list(zip(bounds, accumulate(counts), strict=True)), sum_value=seconds)
    return metric


class _WhoIsKnown(Collector):
    """Of each organisation, how many of its people can be looked up, and how old that list is."""

    def __init__(self, organisations: Callable[[], Sequence[OrganisationState]], clock: Callable[[], Seconds]) -> None:
        self._organisations = organisations
        self._clock = clock

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        name, by = "ari_controller_organisation", ["organisation"]
        people = GaugeMetricFamily(f"{name}_colleagues", "Colleagues that can be looked up", labels=by)
        age = GaugeMetricFamily(f"{name}_age_seconds", "Since their list was last known to be right; +Inf: never yet", labels=by)
        failing = GaugeMetricFamily(f"{name}_failing", "1 while their list can't be fetched", labels=by)
        shrunk = GaugeMetricFamily(
            f"{name}_shrunk_from", "How many there were, where they became less than half within a day; else 0", labels=by
        )
        why = GaugeMetricFamily(f"{name}_failure", "1 for each thing that fails, and why", labels=[*by, "what", "because"])
        now = self._clock()
        for state in self._organisations():
            of = [state.organisation.id]
            if not state.organisation.is_asked:
                continue
            people.add_metric(of, state.people)
            age.add_metric(of, float("inf") if state.fetched_at is None else max(0.0, now - state.fetched_at))
            failing.add_metric(of, int(bool(state.failed_because)))
            shrunk.add_metric(of, state.shrunk_from(now))
            for what, because in (("people", state.failed_because), ("presence", state.presence_failed_because)):
                if because:
                    why.add_metric([*of, what, because], 1)
        yield from (people, age, failing, shrunk, why)
