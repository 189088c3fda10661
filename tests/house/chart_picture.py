"""Draws the chart, for the README and for `docs/phases.md`, from steps that are really taken: `python -m tests.house.chart_picture`.

Every input is tried in every state that a call can reach in a few steps, under the site's default policies and under all others; what
moves by it is an arrow of the machines, and a line of the table. A test compares both with what is written down.
"""

import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

from controller.directory.replace import replace
from controller.interaction.advance import take_command, take_fact
from controller.interaction.commands import Command
from controller.interaction.facts import AgentChosen, DeadlinePassed, Fact, LegAnswered, LegEnded, LegFact, LegHeld, LegStuck, LegUnheld
from controller.interaction.interaction import Interaction, Phase
from controller.interaction.parties import party_of, role_of
from controller.interaction.party import Party, Role
from controller.interaction.roles import allowed
from tests.pure.interaction.walk import DEFAULTS, NOW, OTHERS, command, facts, viewers, walk

DEPTH = 7
"""How many inputs lead from a customer's arrival into every phase and out of it again."""
PAGE = Path(__file__).parents[2] / "docs" / "phases.md"
WHO = {
    Role.CUSTOMER: "customer",
    Role.AGENT_1: "Agent 1",
    Role.AGENT_2: "Agent 2",
    Role.SUPERVISOR: "supervisor",
    Role.FORMER: "former owner",
}
NOTHING = "[*]"

Stage = Callable[[Interaction], str]
PARTS: dict[str, Stage] = {
    "Customer": lambda i: i.customer.stage,
    "Offer": lambda i: i.offer.why.replace("-", "_") if i.offer is not None else NOTHING,
    "Owner": lambda i: f"with_{i.owner.talks_to}" if i.owner is not None else NOTHING,
    "Consult": lambda i: i.consult.stage if i.consult is not None else NOTHING,
    "Conference": lambda i: "members" if i.members else NOTHING,
}
"""The machines, and the stage of each in an interaction."""


@cache
def taken() -> tuple[tuple[Interaction, str, Interaction], ...]:
    """Every input that was tried: before, what it is called, after."""
    found: list[tuple[Interaction, str, Interaction]] = []
    for state in walk(lambda move: None, depth=DEPTH, with_own_leg=True).states.values():
        for policy in (DEFAULTS, OTHERS):
            before = replace(state, policy=policy)
            found += [(before, _said(before, fact), take_fact(before, fact, NOW).interaction) for fact in facts(before)]
            for agent, role in viewers(before):
                for action in allowed(before, role, agent):
                    asked = command(before, agent, action)
                    if asked is not None:
                        found.append((before, _said(before, asked), take_command(before, asked, role, NOW).interaction))
    return tuple(found)


def _said(before: Interaction, cause: Fact | Command) -> str:
    match cause:
        case Command():
            return f"{cause.action} ({WHO[role_of(before, cause.agent) or Role.SUPERVISOR]})"
        case DeadlinePassed(why=why):
            return why.value
        case AgentChosen():
            return "an agent is free"
        case LegFact(leg=leg):
            party = party_of(before, leg)
            assert party is not None, "facts are about those who are there"
            return f"{WHO[party.role]} {_of_leg(cause, party)}"
        case _:
            raise AssertionError(f"{cause} has no words")


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
            lines.append(f"        {_named(part, one)} --> {_named(part, other)}: {', '.join(sorted(arrows[one, other]))}")
        lines.append("    }")
    return "\n".join(lines)


def _named(part: str, stage: str) -> str:
    """A stage by a name that no other part has."""
    return stage if stage == NOTHING else f"{part.lower()}_{stage}"


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
