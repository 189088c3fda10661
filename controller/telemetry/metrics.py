"""What a monitoring system asks every few seconds, in Prometheus' text format.

Counters are told of inputs as they happen; what *is* (interactions, agents, lines) is read from the floor when somebody asks.
"""

from collections import Counter as Tally
from collections.abc import Callable, Iterator, Sequence

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from controller import __version__
from controller.directory.organisation import OrganisationState
from controller.floor.floor import Floor
from controller.floor.outcome import Input, Outcome
from controller.interaction.interaction import Phase
from controller.routing.desk import DeskState

CONTENT_TYPE = CONTENT_TYPE_LATEST

COMMAND_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.06, 0.12, 0.25, 0.5, 1.0, 2.5)


class Metrics:
    """The figures of one service. It is an `Audience`: the service's loop tells it of every input."""

    def __init__(
        self,
        floor: Callable[[], Floor],
        *,
        clock: Callable[[], float],
        journal_fails_for: Callable[[], float | None],
        organisations: Callable[[], Sequence[OrganisationState]],
    ) -> None:
        """Read what is from this floor when asked; `clock` is the floor's clock (seconds since 1970).

        `journal_fails_for`: for how many seconds nothing has been kept; None: everything is.
        `organisations`: how well colleagues are known.
        """
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
        self._registry.register(_WhatIs(floor, clock, journal_fails_for))
        self._registry.register(_WhoIsKnown(organisations, clock))
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)

    def tell(self, what: Input, outcome: Outcome) -> None:
        """Count an input that was taken."""
        self._inputs.labels(kind=type(what).__name__).inc()

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
    def __init__(self, floor: Callable[[], Floor], clock: Callable[[], float], journal_fails_for: Callable[[], float | None]) -> None:
        self._floor = floor
        self._clock = clock
        self._journal_fails_for = journal_fails_for

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        floor = self._floor()
        build = GaugeMetricFamily("ari_controller_build_info", "The version that runs", labels=["version"])
        build.add_metric([__version__], 1)
        yield build
        yield GaugeMetricFamily("ari_controller_asterisk_connected", "1 while attached to Asterisk", value=int(floor.switch_is_there))
        yield from self._journal()
        phases = Tally(interaction.phase for interaction in floor.interactions.values())
        interactions = GaugeMetricFamily("ari_controller_interactions", "Interactions that are not over", labels=["phase"])
        for phase in Phase:
            interactions.add_metric([phase.value], phases[phase])
        yield interactions
        states = Tally(desk.state for desk in floor.desks.values())
        agents = GaugeMetricFamily("ari_controller_agents", "Agents by what they do", labels=["state"])
        for state in DeskState:
            agents.add_metric([state.value], states[state])
        yield agents
        yield from self._lines(floor)

    def _journal(self) -> Iterator[Metric]:
        fails_for = self._journal_fails_for()
        says = "1 while the journal can't be written, so that a crash would undo what is done"
        yield GaugeMetricFamily("ari_controller_journal_failing", says, value=int(fails_for is not None))
        yield GaugeMetricFamily("ari_controller_journal_failing_seconds", "For how long it has not been written", value=fails_for or 0.0)

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


class _WhoIsKnown(Collector):
    """Of each organisation, how many of its people can be looked up, and how old that list is."""

    def __init__(self, organisations: Callable[[], Sequence[OrganisationState]], clock: Callable[[], float]) -> None:
        self._organisations = organisations
        self._clock = clock

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        name, by = "ari_controller_organisation", ["organisation"]
        people = GaugeMetricFamily(f"{name}_colleagues", "Colleagues that can be looked up", labels=by)
        age = GaugeMetricFamily(f"{name}_age_seconds", "Since their list was last known to be right; +Inf: never yet", labels=by)
        failing = GaugeMetricFamily(f"{name}_failing", "1 while their list can't be fetched", labels=by)
        now = self._clock()
        for state in self._organisations():
            of = [state.organisation.id]
            people.add_metric(of, state.people)
            age.add_metric(of, float("inf") if state.fetched_at is None else max(0.0, now - state.fetched_at))
            failing.add_metric(of, int(bool(state.failed_because)))
        yield from (people, age, failing)
