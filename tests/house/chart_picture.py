"""Draws the chart as it is in the code, for the README: `python -m tests.house.chart_picture`. A test compares the two.

Every step of the chart is really taken, from an interaction in its phase, by the site's default policies; what it leads to is an arrow.
"""

from collections.abc import Iterator

from controller.directory.directory import Agent
from controller.directory.ids import THE_SWITCH, AgentId, EntryPointId, InteractionId, LegId, QueueId
from controller.directory.policy import Policy, TransferAcceptance
from controller.directory.replace import replace
from controller.interaction.advance import take_fact
from controller.interaction.chart import CHART, Ignored, Impossible, Key
from controller.interaction.commands import Command, GiveWrapUp, SendDigits, StartConsult
from controller.interaction.facts import AgentChosen, DeadlinePassed, EndCause, Fact, LegAnswered, LegEnded, LegFact, LegUnheld, Why
from controller.interaction.interaction import Deadline, Interaction, Phase
from controller.interaction.leg import Origin
from controller.interaction.parties import parties
from controller.interaction.party import Party, Role, Standing
from controller.interaction.roles import ROLE_TABLE

ALICE = Agent(id=AgentId("alice"), name="Alice", phone="1001")
BOB = Agent(id=AgentId("bob"), name="Bob", phone="1002")
WHO = {Role.CUSTOMER: "customer", Role.AGENT_1: "Agent 1", Role.AGENT_2: "Agent 2"}
HAS_OWNER = frozenset(Phase) - {Phase.QUEUED}
HAS_AGENT_2 = frozenset({Phase.CONSULT_OFFERED, Phase.CONSULTING, Phase.CONSULT_HELD, Phase.TRANSFER_ASKED, Phase.CONFERENCE})
NOT_DRAWN = (SendDigits, GiveWrapUp)


def an_interaction(phase: Phase, why: Why | None, *, ask: bool) -> Interaction:
    """One in this phase, waiting for this."""
    parties = [Party(role=Role.CUSTOMER, leg=LegId("1.1"), origin=Origin.CAME, switch=THE_SWITCH, standing=Standing.UP, name="")]
    if phase in HAS_OWNER:
        standing = Standing.RINGING if phase is Phase.OFFERED else Standing.UP
        parties.append(_agent(Role.AGENT_1, ALICE, standing))
    if phase in HAS_AGENT_2:
        standing = Standing.RINGING if phase is Phase.CONSULT_OFFERED or why is Why.CONSULT_UNANSWERED else Standing.UP
        parties.append(_agent(Role.AGENT_2, BOB, standing))
    return Interaction(
        id=InteractionId("i"),
        phase=phase,
        phase_since=0,
        started_at=0,
        queue=QueueId("q"),
        queue_name="",
        entry_point=EntryPointId("e"),
        music="default",
        policy=Policy(transfer_acceptance=TransferAcceptance.ASK if ask else TransferAcceptance.AUTOMATIC),
        parties=tuple(parties),
        waiting_since=0,
        deadline=Deadline(at=0, why=why) if why else None,
    )


def _agent(role: Role, agent: Agent, standing: Standing) -> Party:
    return Party(
        role=role,
        leg=LegId(f"ix-i-{agent.id}-1"),
        origin=Origin.MADE,
        switch=THE_SWITCH,
        standing=standing,
        name=agent.name,
        agent=agent.id,
        phone=agent.phone,
    )


def arrows() -> Iterator[tuple[Phase, str, Phase]]:
    """Every arrow that changes the phase: from, because of what, to."""
    for phase, cells in CHART.items():
        for key, cell in cells.items():
            if isinstance(cell, Ignored | Impossible) or key in NOT_DRAWN or key is Why.WRAP_UP_OVER:
                continue
            for ask in (False, True):
                label, after = _take(phase, key, ask=ask)
                if after is not phase:
                    yield phase, label, after


def _take(phase: Phase, key: Key, *, ask: bool) -> tuple[str, Phase]:
    match key:
        case Why():
            before = an_interaction(phase, key, ask=ask)
            return key.value, take_fact(before, DeadlinePassed(interaction=before.id, why=key), 0).interaction.phase
        case (kind, role):
            before = an_interaction(phase, None, ask=ask)
            if kind is LegUnheld:  # a release counts only after its press
                before = replace(before, parties=tuple(replace(party, phone_on_hold=True) for party in parties(before)))
            return _said(kind, role, phase), take_fact(before, _leg_fact(kind, before, role), 0).interaction.phase
        case kind if issubclass(kind, Command):
            return _take_command(phase, kind, ask=ask)
        case _:
            before = an_interaction(phase, None, ask=ask)
            chosen = AgentChosen(interaction=before.id, agent=ALICE)
            return "an agent is free", take_fact(before, chosen, 0).interaction.phase


def _take_command(phase: Phase, kind: type[Command], *, ask: bool) -> tuple[str, Phase]:
    before = an_interaction(phase, None, ask=ask)
    by = ALICE.id if kind.action in ROLE_TABLE[phase].get(Role.AGENT_1, ()) else BOB.id
    extra: dict[str, object] = {"target": BOB} if kind is StartConsult else {}
    command = kind(agent=by, interaction=before.id, **extra)  # type: ignore[arg-type]
    step = CHART[phase][kind]
    assert not isinstance(step, Ignored | Impossible), f"{kind.__name__} is a command"
    return kind.action.value, step(before, command, 0.0).interaction.phase


def _leg_fact(kind: type[LegFact], interaction: Interaction, role: Role) -> Fact:
    party = interaction.party(role)
    assert party is not None, f"{interaction.phase} has a {role}"
    if kind is LegEnded:
        return LegEnded(leg=party.leg, cause=EndCause.HUNG_UP)
    return kind(leg=party.leg)


def _said(kind: type[LegFact], role: Role, phase: Phase) -> str:
    if kind is LegEnded:
        rings = (role, phase) in {(Role.AGENT_1, Phase.OFFERED), (Role.AGENT_2, Phase.CONSULT_OFFERED)}
        return f"{WHO[role]}'s telephone refuses" if rings else f"{WHO[role]} hangs up"
    return f"{WHO[role]} picks up" if kind is LegAnswered else f"{WHO[role]}'s hold key"


def mermaid() -> str:
    """Write the picture. Ends that every phase has alike are said once."""
    drawn: dict[tuple[Phase, Phase], list[str]] = {}
    for before, label, after in arrows():
        if after is Phase.ENDED and label in ("customer hangs up", "end"):
            continue
        labels = drawn.setdefault((before, after), [])
        if label not in labels:
            labels.append(label)
    lines = ["stateDiagram-v2", "    [*] --> queued: a customer calls"]
    lines += [f"    {before} --> {after}: {', '.join(labels)}" for (before, after), labels in drawn.items()]
    lines += ["    ended --> [*]: the last wrap-up is given"]
    return "\n".join(lines)


if __name__ == "__main__":
    print(mermaid())  # noqa: T201 - that is what it is for
