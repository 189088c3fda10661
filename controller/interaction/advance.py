"""The one door to an interaction: what is, what came and the time go in; what is now comes out, or a refusal and nothing has changed."""

from collections.abc import Callable

from controller.directory.ids import AgentId, LegId, Seconds
from controller.directory.replace import replace
from controller.interaction import absence
from controller.interaction.appearance import looks_the_same
from controller.interaction.chart import ACTIONS, REACHING, row_about, settle
from controller.interaction.commands import Command, StartConsult
from controller.interaction.difference import offers_made, offers_withdrawn, wrap_ups_asked
from controller.interaction.facts import Fact, LegReplaced
from controller.interaction.interaction import Interaction, Leg, Member, OfferWhy, Phase, Reach, Step
from controller.interaction.refusals import NotPermitted, Stale
from controller.interaction.roles import refusal
from controller.interaction.steps import any_leg, moves


def take_command(
    interaction: Interaction, command: Command, now: Seconds, *, supervises: bool = False, reach: Callable[[], Reach] | None = None
) -> Step:
    """Do what a person asks; `supervises`: they are a supervisor, whatever else they are. `reach`: finds out what its target leads to.

    Raises a `Refused` (see `refusals`) when the role table, the revision, the phase or `reach` says no; then nothing has changed.
    """
    no = refusal(interaction, command, supervises=supervises)
    if isinstance(no, NotPermitted):
        raise no
    # Before what could be done only now: somebody who pressed twice is to learn that the first press has worked.
    if command.revision is not None and command.revision != interaction.revision:
        raise Stale("The interaction has changed since you looked: look again.")
    if no is not None:
        raise no
    if type(command) in REACHING:
        assert reach is not None, "somebody is named"
        step = REACHING[type(command)](interaction, command, reach(), now)
    else:
        step = ACTIONS[type(command)](interaction, command, now)
    return _followed(interaction, command, step, now)


def take_second_call(interaction: Interaction, command: StartConsult, leg: Leg, now: Seconds, *, reach: Callable[[], Reach]) -> Step:
    """Consult whom an agent dialled while on a call: the same command as any consult. Raises a `Refused`.

    The telephone has put its first call on hold for the second, so that is no hold key that would have to be released before.
    """
    owner = interaction.owner
    if owner is not None and owner.agent == command.agent:
        interaction = replace(interaction, owner=replace(owner, second=leg, talked_by_second=None))
    return take_command(interaction, command, now, reach=reach)


def note_refusal(interaction: Interaction, leg: LegId | None, because: str, now: Seconds) -> Step:
    """What a telephone has asked for is not done. `leg`: whose transfer key it was; None: its owner has dialled."""
    return _settled(interaction, any_leg.refused_at_telephone(interaction, leg, because, now), now)


def take_fact(interaction: Interaction, fact: Fact, now: Seconds) -> Step:
    """Follow what happened. A fact about a leg that was let go, or a deadline that is no longer waited for, changes nothing."""
    absent = absence.follow(interaction, fact)
    if absent is not None:
        return _followed(interaction, fact, absent, now)
    before, (interaction, fact) = interaction, any_leg.picked_up(interaction, absence.as_it_was(interaction, fact))
    if isinstance(fact, LegReplaced):
        return _followed(before, fact, Step(interaction=any_leg.replaced(interaction, fact)), now)
    row = row_about(interaction, fact)
    if row is None:
        return Step(interaction=before)
    cell = row[type(fact)]
    assert cell.is_possible, f"{fact} in {interaction.phase}: {cell.says}"
    if cell.take is None:
        return Step(interaction=before)
    return _followed(before, fact, cell.take(interaction, fact, now), now)


def take_reconnect(interaction: Interaction, agent: AgentId, now: Seconds) -> Step:
    """The page of an agent who takes part was loaded anew: its telephone is rung anew and stands where it stood."""
    return _settled(interaction, Step(interaction=absence.ring_again(interaction, agent)), now)


def turn_away(interaction: Interaction, because: str, now: Seconds) -> Step:
    """Give a customer who waits back to the dialplan: nobody will ever serve their line again.

    No telephone and nobody's command leads here but a changed site file, so it is no fact of the chart.
    """
    assert interaction.phase is Phase.QUEUED, "only who waits can be turned away"
    return _settled(interaction, moves.turn_away(interaction, because), now)


def had_last(interaction: Interaction) -> Member | None:
    """Who has the customer, or had them last; None: nobody, or they have just been rung again in vain."""
    if interaction.owner is not None:
        return Member(person=interaction.owner.person, leg=interaction.owner.leg)
    was_rung = interaction.offer is not None and interaction.offer.why is OfferWhy.RING_BACK
    return None if was_rung else interaction.former


def ring_back(interaction: Interaction, had: Member, now: Seconds) -> Step:
    """Ring whoever had a customer last who waits: nobody will ever serve their line again."""
    assert interaction.phase is Phase.QUEUED, "only a customer who waits has nobody"
    before, step = interaction, _settled(interaction, Step(interaction=moves.ring_back(interaction, had, now)), now)
    return Step(interaction=step.interaction, tell=tuple(offers_made(before, step.interaction)), followed=step.followed)


def take_switch_lost(interaction: Interaction, now: Seconds) -> Step:
    """We no longer hear the switch: what can change unheard is in doubt."""
    return _settled(interaction, Step(interaction=any_leg.doubt_hold_keys(interaction)), now)


def take_switch_found(interaction: Interaction, now: Seconds) -> Step:
    """We hear the switch again, and it has told what it knows: what is still in doubt is settled."""
    return _settled(interaction, Step(interaction=any_leg.settle_hold_keys(interaction)), now)


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
    """Let the other parts follow. A new phase begins now, and what was news in the last one, or to the last owner, is none any more.

    What has changed for anybody has the next revision: it is what a person has looked at, so that nobody's click comes too late for noise.
    """
    if step.interaction is before:
        return step
    after, followed = settle(step.interaction, now)
    if after.phase is not before.phase:
        after = replace(after, phase_since=now, news=step.news or "", revision=before.revision + 1)
    elif (news := _news(before, step, after)) != after.news:
        after = replace(after, news=news, revision=before.revision + 1)
    elif not looks_the_same(before, after):
        after = replace(after, revision=before.revision + 1)
    return Step(interaction=after, tell=step.tell, followed=followed)


def _news(before: Interaction, step: Step, after: Interaction) -> str:
    """What the owner is told in a phase that goes on. An heir is not told what became of somebody else's consult."""
    if step.news is not None:
        return step.news
    had, have = before.owner, after.owner
    return "" if had is not None and have is not None and had.agent != have.agent else after.news
