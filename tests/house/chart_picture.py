"""Draws the chart, for the README and for `docs/phases.md`, from steps that are really taken: `python -m tests.house.chart_picture`.

Every input is tried in every state that a call can reach in a few steps, under the site's default policies and under all others; what
moves by it is an arrow of the machines, and a line of the table. A test compares both with what is written down.
"""

import sys
from collections.abc import Callable, Collection
from functools import cache
from pathlib import Path

from controller.interaction.advance import take_fact
from controller.interaction.commands import Command, StartConsult, TransferBlind
from controller.interaction.facts import (
    AgentChosen,
    AgentTaken,
    DeadlinePassed,
    Fact,
    LegAnswered,
    LegEnded,
    LegFact,
    LegHeld,
    LegStuck,
    LegUnheld,
)
from controller.interaction.interaction import Interaction, Phase
from controller.interaction.parties import party_of, roles_of
from controller.interaction.party import Party, Role
from tests.pure.interaction.walk import AGENTS, DEFAULTS, NOW, OTHERS, Cast, asked, buttons, facts, under_policy, viewers, walk

CAST = Cast(agents=AGENTS[:2])
DEPTH = 7
"""How many inputs lead from a customer's arrival, or a call out, into every phase and out of it again."""
PAGE = Path(__file__).parents[2] / "docs" / "phases.md"
WHO = {
    Role.CUSTOMER: "customer",
    Role.AGENT_1: "Agent 1",
    Role.AGENT_2: "Agent 2",
    Role.MEMBER: "member",
    Role.SUPERVISOR: "supervisor",
    Role.FORMER: "former owner",
}
TARGETS = {"agent": "an agent", "queue": "a queue", "number": "a number"}
NOTHING = "[*]"

Stage = Callable[[Interaction], str]
PARTS: dict[str, Stage] = {
    "Customer": lambda i: i.customer.stage,
    "Offer": lambda i: i.offer.why if i.offer is not None else NOTHING,
    "Owner": lambda i: f"with_{i.owner.talks_to}" if i.owner is not None else NOTHING,
    "Consult": lambda i: i.consult.stage if i.consult is not None else NOTHING,
    "Conference": lambda i: "members" if i.members else NOTHING,
}
"""The machines, and the stage of each in an interaction."""


@cache
def taken() -> tuple[tuple[Interaction, str, Interaction], ...]:
    """Every input that was tried: before, what it is called, after."""
    found: list[tuple[Interaction, str, Interaction]] = []
    for state in walk(lambda move: None, CAST, depth=DEPTH, with_own_leg=True).states.values():
        for policy in (DEFAULTS, OTHERS):
            before = under_policy(state, policy)
            found += [(before, _said(before, fact), take_fact(before, fact, NOW).interaction) for fact in facts(before, CAST)]
            for agent in viewers(before, CAST):
                for action in buttons(before, agent):
                    found += [(before, _said(before, press.command), press.of(before)) for press in asked(before, agent, action, CAST)]
    return tuple(found)


def _said(before: Interaction, cause: Fact | Command) -> str:
    match cause:
        case StartConsult(target=target):
            return f"consult {TARGETS[target.kind]} ({_who_asks(before, cause)})"
        case TransferBlind(target=target):
            return f"transfer to {TARGETS[target.kind]} ({_who_asks(before, cause)})"
        case Command():
            return f"{cause.action} ({_who_asks(before, cause)})"
        case DeadlinePassed(why=why):
            return why.value
        case AgentChosen():
            return "an agent is free"
        case AgentTaken():
            return "whoever is rung back is on another call"
        case LegFact(leg=leg):
            party = party_of(before, leg)
            assert party is not None, "facts are about those who are there"
            return f"{_who(before, party)} {_of_leg(cause, party)}"
        case _:
            raise AssertionError(f"{cause} has no words")


def _who_asks(before: Interaction, command: Command) -> str:
    """As what they may do it: the first of what they are."""
    roles = roles_of(before, command.agent)
    return WHO[next((role for role in WHO if role in roles), Role.SUPERVISOR)]


def _who(before: Interaction, party: Party) -> str:
    if any(member.leg.id == party.leg for member in before.members):
        return WHO[Role.MEMBER] if party.agent is not None else "member outside"
    outside = party.agent is None and party.role is not Role.CUSTOMER
    return "somebody outside" if outside else WHO[party.role]


def _of_leg(cause: LegFact, party: Party) -> str:
    match cause:
        case LegAnswered():
            return "picks up"
        case LegEnded(cause=why):
            return f"{'refuses' if party.rings else 'is gone'}: {why}"
        case LegHeld():
            return "presses the hold key"
        case LegUnheld():
            return "releases the hold key"
        case LegStuck():
            return "can't be moved, or rung"
        case _:
            return "can be moved, or rung, again"


def mermaid() -> str:
    """Draw the machines. Of each arrow only what somebody does or what time brings: how a leg is gone is told once."""
    lines = ["stateDiagram-v2"]
    for part, stage in PARTS.items():
        arrows: dict[tuple[str, str], dict[str, None]] = {}
        for before, said, after in taken():
            if stage(before) != stage(after):
                arrows.setdefault((stage(before), stage(after)), {})[_shortly(said)] = None
        lines.append(f"    state {part} {{")
        for one, other in sorted(arrows):
            lines.append(f"        {_named(part, one)} --> {_named(part, other)}: {_in_short(arrows[one, other])}")
        lines.append("    }")
    return "\n".join(lines)


NAMED_MAX = 3
"""More causes than these make a picture that nobody reads: docs/phases.md names them all."""


def _in_short(causes: Collection[str]) -> str:
    return ", ".join(sorted(causes)) if len(causes) <= NAMED_MAX else f"{len(causes)} causes"


def _named(part: str, stage: str) -> str:
    """A stage by a name that no other part has."""
    return stage if stage == NOTHING else f"{part.lower()}_{stage}".replace("-", "_").replace(" ", "_")


def _shortly(said: str) -> str:
    who, _, why = said.partition(": ")
    return who if why else said.partition(" (")[0]


def table() -> str:
    """Write the table: in each phase, what each input leads to."""
    found: dict[Phase, dict[str, dict[Phase, None]]] = {phase: {} for phase in Phase}
    for before, said, after in taken():
        found[before.phase].setdefault(said, {})[after.phase] = None
    lines = [
        "# What leads where",
        "",
        "Generated (`python -m tests.house.chart_picture phases`) from steps that are really taken; a test compares it with the code,",
        "so that a change of the rules is seen as a change of this page. Where an input has several ends, the policies or the hold",
        "keys decide. `·`: the phase stays. What is not listed can't happen there, or is refused by the role table.",
    ]
    for phase, inputs in found.items():
        lines += ["", f"## {phase}", "", "| input | leads to |", "|---|---|"]
        for said, ends in sorted(inputs.items()):
            lines.append(f"| {said} | {', '.join('·' if end is phase else end for end in sorted(ends))} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(table() if "phases" in sys.argv else mermaid() + "\n")
