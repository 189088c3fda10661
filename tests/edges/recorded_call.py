"""One consult call through a real floor, recorded as the service records it: consult, swap, conference, transfer, two wrap-ups."""

from pathlib import Path

from controller.directory.directory import Directory
from controller.directory.ids import THE_SWITCH, AgentId, InteractionId, LegId, ReasonId, Seconds, SwitchId
from controller.directory.organisation import OrganisationState
from controller.directory.targets import AgentTarget
from controller.floor.disk import DiskRoom
from controller.floor.durations import Durations
from controller.floor.floor import Floor
from controller.floor.outcome import Input, Outcome
from controller.floor.ports import Audience
from controller.interaction.commands import (
    GiveWrapUp,
    HoldCustomer,
    ResumeCustomer,
    SendDigits,
    StartConference,
    StartConsult,
    SwapParties,
    TransferCustomer,
)
from controller.interaction.facts import CustomerArrived, EndCause, LegAnswered, LegEnded, SwitchFound
from controller.interaction.interaction import Interaction
from controller.interaction.parties import parties
from controller.routing.commands import GoAvailable, LogOn
from controller.telemetry.metrics import Metrics, Readings
from controller.telemetry.step_file import StepFile
from tests.pure.story import site

ALICE = AgentId("alice")
BOB = AgentId("bob")
TEN_O_CLOCK: Seconds = 1_795_341_600.0


class Call:
    """A contact centre with alice and bob available, in simulated time; whoever listens is told of every input."""

    def __init__(self, *audiences: Audience) -> None:
        self.now = TEN_O_CLOCK
        self.directory: Directory = site()
        self.floor = Floor(self.directory)
        self.audiences = list(audiences)
        self.journal_fails_for: Seconds | None = None
        self.journal_writes = Durations(("kept", "failed"))
        self.requests = Durations(("done", "refused", "no_answer", "away", "not_understood"))
        self.steps_lost = self.lanes_lost = 0
        self.disk: DiskRoom | None = DiskRoom(free_bytes=5_000_000_000, size_bytes=20_000_000_000, is_low=False)
        self.organisations: list[OrganisationState] = []
        self.take(SwitchFound(switch=THE_SWITCH))
        for agent in (ALICE, BOB):
            self.take(LogOn(agent=agent))
            self.take(GoAvailable(agent=agent))

    def take(self, what: Input, *, after: Seconds = 0.0) -> Outcome:
        """Let something happen, so many seconds after the last."""
        self.now += after
        outcome = self.floor.take(what, self.now)
        for audience in self.audiences:
            audience.tell(what, outcome)
        return outcome

    def metrics(self) -> Metrics:
        """Have somebody count from now on."""
        readings = Readings(
            journal_fails_for=lambda: self.journal_fails_for,
            journal_writes=lambda: self.journal_writes,
            steps_lost=lambda: self.steps_lost,
            disk=lambda: self.disk,
            requests=lambda: self.requests,
            lanes_lost=lambda: self.lanes_lost,
            organisations=lambda: self.organisations,
        )
        metrics = Metrics(lambda: self.floor, lambda: self.now, readings)
        self.audiences.append(metrics)
        return metrics

    def arrive(self, name: str = "Zoë Client", number: str = "2001") -> InteractionId:
        """A customer dials 800."""
        leg = LegId(f"leg-{len(self.floor.interactions)}-{self.now}")
        arrived = CustomerArrived(leg=leg, number=number, name=name, dialled="800", switch=SwitchId("asterisk"))
        return self.take(arrived).changes[0].after.id

    def of(self, interaction: InteractionId) -> Interaction:
        return self.floor.interactions[interaction]

    def leg(self, interaction: InteractionId, agent: AgentId | None) -> LegId:
        """An agent's leg; None: the customer's."""
        return next(party.leg for party in parties(self.of(interaction)) if party.agent == agent)


def play(call: Call) -> InteractionId:
    """Play the whole call; 62.3 s from arrival to the last wrap-up."""
    i = call.arrive()
    call.take(LegAnswered(leg=call.leg(i, ALICE)), after=4.2)
    call.take(StartConsult(agent=ALICE, interaction=i, target=AgentTarget(agent=BOB)), after=12)
    call.take(LegAnswered(leg=call.leg(i, BOB)), after=3.1)
    call.take(SwapParties(agent=ALICE, interaction=i), after=9)
    call.take(SendDigits(agent=ALICE, interaction=i, digits="4711"))
    call.take(SwapParties(agent=ALICE, interaction=i), after=5)
    call.take(StartConference(agent=ALICE, interaction=i), after=3)
    call.take(TransferCustomer(agent=ALICE, interaction=i), after=6)
    call.take(GiveWrapUp(agent=ALICE, interaction=i, reason=ReasonId("resolved"), note="a secret of hers"), after=3)
    call.take(HoldCustomer(agent=BOB, interaction=i), after=1)
    call.take(ResumeCustomer(agent=BOB, interaction=i), after=4)
    call.take(LegEnded(leg=call.leg(i, None), cause=EndCause.HUNG_UP), after=7)
    call.take(GiveWrapUp(agent=BOB, interaction=i, reason=ReasonId("follow-up")), after=5)
    return i


def record(folder: Path) -> InteractionId:
    """Record the whole call into a journal's folder."""
    call = Call()
    steps = StepFile(folder, clock=lambda: call.now)
    call.audiences.append(steps)
    interaction = play(call)
    steps.close()
    return interaction
