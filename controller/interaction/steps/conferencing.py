"""All three together, until one of them leaves."""

from controller.directory.ids import Seconds
from controller.directory.policy import CustomerGoneInConference
from controller.directory.replace import replace
from controller.interaction.commands import LeaveConference, StartConference
from controller.interaction.facts import LegEnded
from controller.interaction.interaction import Interaction, Phase, Step
from controller.interaction.party import Role, Standing
from controller.interaction.steps.common import agent_2_of, enter
from controller.interaction.steps.consulting import consult_came_to_nothing
from controller.interaction.steps.ending import end_for_everybody
from controller.interaction.steps.transferring import owner_leaves_conference


def start_conference(interaction: Interaction, command: StartConference, now: Seconds) -> Step:
    """Whoever was parked joins the others."""
    return Step(interaction=enter(interaction, Phase.CONFERENCE, now))


def leave_conference(interaction: Interaction, command: LeaveConference, now: Seconds) -> Step:
    """One agent goes; the other stays with the customer, and is the owner from now on."""
    if not interaction.customer_is_there:
        return end_for_everybody(interaction, command, now)
    if interaction.role_of(command.agent) is Role.AGENT_1:
        return owner_leaves_conference(interaction, now)
    return _agent_2_goes(interaction, now)


def owner_hung_up_in_conference(interaction: Interaction, ended: LegEnded, now: Seconds) -> Step:
    """Hanging up is leaving: a host who leaves does not hang up on the others."""
    if not interaction.customer_is_there:
        return end_for_everybody(interaction, ended, now)
    return owner_leaves_conference(interaction, now)


def agent_2_hung_up_in_conference(interaction: Interaction, ended: LegEnded, now: Seconds) -> Step:
    """Agent 2 is out, without wrap-up; the others go on."""
    if not interaction.customer_is_there:
        return end_for_everybody(interaction, ended, now)
    return _agent_2_goes(interaction, now)


def _agent_2_goes(interaction: Interaction, now: Seconds) -> Step:
    return consult_came_to_nothing(interaction, now, news=f"{agent_2_of(interaction).name} has left.", tell=())


def customer_left_conference(interaction: Interaction, ended: LegEnded, now: Seconds) -> Step:
    """The customer hung up: it is over for everybody, unless the site lets the agents stay together."""
    if interaction.policy.customer_gone_in_conference is CustomerGoneInConference.AGENTS_STAY:
        gone = tuple(replace(p, standing=Standing.GONE) if p.role is Role.CUSTOMER else p for p in interaction.parties)
        return Step(interaction=replace(interaction, parties=gone, news="The customer has hung up."))
    return end_for_everybody(interaction, ended, now)
