"""What becomes of the members of a conference, and of people outside to whom the customer was handed."""

from controller.directory.ids import Seconds
from controller.directory.replace import replace
from controller.interaction import commands
from controller.interaction.facts import EndCause, LegEnded
from controller.interaction.interaction import Interaction, Member, Step
from controller.interaction.refusals import BadTarget
from controller.interaction.steps.moves import end_all, hand_on, vacate


def member_left(i: Interaction, ended: LegEnded, now: Seconds) -> Step:
    """They are out, without wrap-up; the others go on. The last one who had been handed the customer ends it, unless they were lost."""
    gone = next(member for member in i.members if member.leg.id == ended.leg)
    if i.owner is not None or len(i.members) > 1:
        return _without_member(i, gone)
    alone = replace(i, members=())
    if ended.cause is EndCause.HUNG_UP:
        return Step(interaction=end_all(alone, now))
    step = hand_on(replace(alone, waiting_again_since=now), now)
    return Step(interaction=step.interaction, tell=step.tell, news=f"{gone.person.name} has been cut off.")


def drop(i: Interaction, command: commands.DropMember, now: Seconds) -> Step:
    """The owner puts somebody out of the conference."""
    gone = next((member for member in i.members if member.leg.id == command.leg), None)
    if gone is None:
        raise BadTarget("There is nobody with this leg in the conference.")
    return Step(interaction=replace(i, members=tuple(member for member in i.members if member is not gone)))


def _without_member(i: Interaction, gone: Member) -> Step:
    rest = tuple(member for member in i.members if member is not gone)
    return Step(interaction=replace(i, members=rest), news=f"{gone.person.name} has left." if i.customer_is_there else None)


def leave_conference(i: Interaction, command: commands.LeaveConference, now: Seconds) -> Step:
    """One of the agents goes; the others stay with the customer."""
    if i.owner is not None and i.owner.agent == command.agent:
        return Step(interaction=vacate(i, now))
    return _without_member(i, next(member for member in i.members if member.person.agent == command.agent))
