"""The one door to an interaction: what is, what came and the time go in; what is now comes out."""

from controller.directory.ids import Seconds
from controller.directory.replace import replace
from controller.interaction.commands import Command
from controller.interaction.facts import Fact
from controller.interaction.next import steps
from controller.interaction.next.chart import ACTIONS, about, settle
from controller.interaction.next.model import Interaction, Step
from controller.interaction.next.phase import phase


def take_command(i: Interaction, command: Command, now: Seconds) -> Step:
    """Do what a person asks. Whoever calls has asked the role table."""
    return _settled(i, ACTIONS[type(command)](i, command, now), now)


def take_fact(i: Interaction, fact: Fact, now: Seconds) -> Step:
    """Follow what happened. A fact about a leg that was let go, or a deadline that is no longer waited for, changes nothing."""
    cell = about(i, fact)
    if cell is None:
        return Step(interaction=i)
    assert cell.is_possible, f"{fact} in {phase(i)}: {cell.says}"
    return _settled(i, cell.take(i, fact, now), now) if cell.take is not None else Step(interaction=i)


def take_switch_lost(i: Interaction) -> Step:
    """We no longer hear the switch: what can change unheard is in doubt."""
    return Step(interaction=steps.doubt_hold_keys(i))


def take_switch_found(i: Interaction, now: Seconds) -> Step:
    """We hear the switch again, and it has told what it knows: what is still in doubt is settled."""
    return _settled(i, Step(interaction=steps.settle_hold_keys(i)), now)


def _settled(before: Interaction, step: Step, now: Seconds) -> Step:
    """Let the other parts follow. A new phase begins now, and what was news in the last one is none any more."""
    if step.interaction is before:
        return step
    after = settle(step.interaction, now)
    if phase(after) is not phase(before):
        after = replace(after, phase_since=now, news=step.news or "")
    elif step.news is not None:
        after = replace(after, news=step.news)
    return replace(step, interaction=after)
