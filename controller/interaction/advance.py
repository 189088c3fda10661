"""The one door to an interaction: what is, what came and the time go in; what is now comes out, or a refusal and nothing has changed."""

from controller.directory.ids import Seconds
from controller.directory.replace import replace
from controller.interaction.appearance import looks_the_same
from controller.interaction.chart import ACTIONS, row_about, settle
from controller.interaction.commands import Command
from controller.interaction.difference import offers_made, offers_withdrawn, wrap_ups_asked
from controller.interaction.facts import Fact
from controller.interaction.interaction import CustomerStage, Interaction, Phase, Step
from controller.interaction.notices import CallTurnedAway
from controller.interaction.party import Role
from controller.interaction.refusals import NotPermitted, Stale
from controller.interaction.roles import refusal
from controller.interaction.steps import doubt_hold_keys, settle_hold_keys


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
    return _followed(interaction, command, ACTIONS[type(command)](interaction, command, now), now)


def take_fact(interaction: Interaction, fact: Fact, now: Seconds) -> Step:
    """Follow what happened. A fact about a leg that was let go, or a deadline that is no longer waited for, changes nothing."""
    row = row_about(interaction, fact)
    if row is None:
        return Step(interaction=interaction)
    cell = row[type(fact)]
    assert cell.is_possible, f"{fact} in {interaction.phase}: {cell.says}"
    if cell.take is None:
        return Step(interaction=interaction)
    return _followed(interaction, fact, cell.take(interaction, fact, now), now)


def turn_away(interaction: Interaction, because: str, now: Seconds) -> Step:
    """Give a customer who waits back to the dialplan: nobody will ever serve their line again.

    No telephone and nobody's command leads here but a changed site file, so it is no fact of the chart.
    """
    assert interaction.phase is Phase.QUEUED, "only who waits can be turned away"
    told = CallTurnedAway(interaction=interaction.id, leg=interaction.customer.leg.id, because=because)
    gone = replace(interaction, customer=replace(interaction.customer, stage=CustomerStage.GONE))
    return _settled(interaction, Step(interaction=gone, tell=(told,)), now)


def take_switch_lost(interaction: Interaction, now: Seconds) -> Step:
    """We no longer hear the switch: what can change unheard is in doubt."""
    return _settled(interaction, Step(interaction=doubt_hold_keys(interaction)), now)


def take_switch_found(interaction: Interaction, now: Seconds) -> Step:
    """We hear the switch again, and it has told what it knows: what is still in doubt is settled."""
    return _settled(interaction, Step(interaction=settle_hold_keys(interaction)), now)


def _followed(interaction: Interaction, cause: Fact | Command, step: Step, now: Seconds) -> Step:
    """Bring the other parts along, give it its revision, and see who is to be told."""
    settled = _settled(interaction, step, now)
    after = settled.interaction
    if after is interaction:
        return step
    withdrawn, made = offers_withdrawn(interaction, cause, after), offers_made(interaction, after)
    tell = (*withdrawn, *step.tell, *made, *wrap_ups_asked(interaction, after))
    return Step(interaction=after, tell=tell, followed=settled.followed)


def _settled(before: Interaction, step: Step, now: Seconds) -> Step:
    """Let the other parts follow. A new phase begins now, and what was news in the last one is none any more.

    What has changed for anybody has the next revision: it is what a person has looked at, so that nobody's click comes too late for noise.
    """
    if step.interaction is before:
        return step
    after, followed = settle(step.interaction, now)
    if after.phase is not before.phase:
        after = replace(after, phase_since=now, news=step.news or "", revision=before.revision + 1)
    elif step.news is not None and step.news != after.news:
        after = replace(after, news=step.news, revision=before.revision + 1)
    elif not looks_the_same(before, after):
        after = replace(after, revision=before.revision + 1)
    return Step(interaction=after, tell=step.tell, followed=followed)
