"""The one door to an interaction: what is, what came and the time go in; what is now comes out, or a refusal and nothing has changed."""

from controller.directory.ids import Seconds
from controller.directory.replace import replace
from controller.interaction.appearance import looks_the_same
from controller.interaction.chart import CHART, Cell, Ignored, Impossible, Key
from controller.interaction.commands import Command
from controller.interaction.difference import offers_made, offers_withdrawn, wrap_ups_asked
from controller.interaction.facts import AgentChosen, DeadlinePassed, Fact, LegFact, Why
from controller.interaction.interaction import Interaction, Phase, Step
from controller.interaction.notices import CallTurnedAway
from controller.interaction.party import Role
from controller.interaction.refusals import NotPermitted, Stale
from controller.interaction.roles import refusal
from controller.interaction.steps.ending import everybody_gone
from controller.interaction.steps.holding import doubt_hold_keys, settle_hold_keys


def take_command(interaction: Interaction, command: Command, role: Role, now: Seconds, *, supervises: bool = False) -> Step:
    """Do what a person with this role asks; `supervises`: they are a supervisor, whatever else they are.

    Raises a `Refused` (see `refusals`) when the role table, the revision or the phase says no; then nothing has changed.
    """
    no = refusal(interaction, role, command.action, command.agent, supervises=supervises)
    if isinstance(no, NotPermitted):
        raise no
    # Before what could be done only now: somebody who pressed twice is to learn that the first press has worked.
    if command.revision is not None and command.revision != interaction.revision:
        raise Stale("The interaction has changed since you looked: look again.")
    if no is not None:
        raise no
    return _take(interaction, CHART[interaction.phase][type(command)], command, now)


def take_fact(interaction: Interaction, fact: Fact, now: Seconds) -> Step:
    """Follow what happened. A fact about a leg that was let go, or a deadline that is no longer waited for, changes nothing."""
    key = _key(interaction, fact)
    if key is None:
        return Step(interaction=interaction)
    return _take(interaction, CHART[interaction.phase][key], fact, now)


def turn_away(interaction: Interaction, because: str, now: Seconds) -> Step:
    """Give a customer who waits back to the dialplan: nobody will ever serve their line again.

    No telephone and nobody's command leads here but a changed site file, so it is no fact of the chart.
    """
    assert interaction.phase is Phase.QUEUED, "only who waits can be turned away"
    assert interaction.customer is not None, "a customer waits"
    told = CallTurnedAway(interaction=interaction.id, leg=interaction.customer.leg, because=because)
    ended = everybody_gone(interaction, now)
    return _next(interaction, Step(interaction=ended, tell=(told,)))


def take_switch_lost(interaction: Interaction) -> Step:
    """We no longer hear the switch: what can change unheard is in doubt."""
    return _next(interaction, doubt_hold_keys(interaction))


def take_switch_found(interaction: Interaction) -> Step:
    """We hear the switch again, and it has told what it knows: what is still in doubt is settled."""
    return _next(interaction, settle_hold_keys(interaction))


def _key(interaction: Interaction, fact: Fact) -> Key | None:
    match fact:
        case LegFact():
            party = interaction.party_of(fact.leg)
            return (type(fact), party.role) if party else None
        case DeadlinePassed(why=Why.WRAP_UP_OVER, agent=agent):
            return fact.why if agent is not None and interaction.owes_wrap_up(agent) else None
        case DeadlinePassed():
            waits = interaction.deadline is not None and interaction.deadline.why is fact.why
            return fact.why if waits else None
        case AgentChosen():
            return AgentChosen
        case _:
            raise AssertionError(f"{type(fact).__name__} is not about one interaction")


def _take(interaction: Interaction, cell: Cell, stimulus: Fact | Command, now: Seconds) -> Step:
    assert not isinstance(cell, Impossible), f"{stimulus} in {interaction.phase}: {cell.because}"
    if isinstance(cell, Ignored):
        return Step(interaction=interaction)
    step = _next(interaction, cell(interaction, stimulus, now))
    after = step.interaction
    if after is interaction:
        return step
    withdrawn, made = offers_withdrawn(interaction, stimulus, after), offers_made(interaction, after)
    return replace(step, tell=(*withdrawn, *step.tell, *made, *wrap_ups_asked(interaction, after)))


def _next(interaction: Interaction, step: Step) -> Step:
    """Give what has changed the next revision: it is what a person has looked at, so that nobody's click comes too late for mere noise."""
    if looks_the_same(interaction, step.interaction):
        return step
    return replace(step, interaction=replace(step.interaction, revision=interaction.revision + 1))
