"""The reason that an owner gives afterwards, or that is noted for them when their time is over."""

from controller.directory.ids import AgentId, ReasonId, Seconds
from controller.directory.replace import replace
from controller.interaction.commands import GiveWrapUp
from controller.interaction.facts import DeadlinePassed
from controller.interaction.interaction import Interaction, Step


def give_wrap_up(interaction: Interaction, command: GiveWrapUp, now: Seconds) -> Step:
    """The agent says how it ended and is free again."""
    return Step(interaction=_settle(interaction, command.agent, reason=command.reason, note=command.note, by_deadline=False))


def wrap_up_over(interaction: Interaction, passed: DeadlinePassed, now: Seconds) -> Step:
    """Nobody gave a reason in time: the site's default is noted, so that the agent gets calls again."""
    assert passed.agent is not None, "a wrap-up is somebody's"
    default = interaction.policy.wrap_up_default
    return Step(interaction=_settle(interaction, passed.agent, reason=default, note="", by_deadline=True))


def _settle(interaction: Interaction, agent: AgentId, *, reason: ReasonId, note: str, by_deadline: bool) -> Interaction:
    owed = interaction.owes_wrap_up(agent)
    assert owed is not None, "only a wrap-up that is owed can be given"
    given = replace(owed, reason=reason, note=note, by_deadline=by_deadline)
    return replace(interaction, wrap_ups=tuple(given if w is owed else w for w in interaction.wrap_ups))
