"""The contact centre that a seed draws: five people, two lines, and one of each policy."""

from dataclasses import replace
from random import Random

from controller.dialling.rules import DiallingRules, OutsideLimits, Trunk
from controller.directory.directory import Agent, Directory, EntryPoint, Queue, Reason
from controller.directory.ids import AgentId, EntryPointId, OrganisationId, QueueId, ReasonId
from controller.directory.policy import (
    AfterConsult,
    ConsultPriority,
    CustomerGoneInConference,
    EndConsult,
    FailedTransfer,
    OwnerHangUp,
    Policy,
    TransferAcceptance,
    TransferSound,
    WrapUpExtension,
)
from controller.simulator.outside import TRUNK

PEOPLE = {"alice": "Alice Martin", "bob": "Bob Durand", "carol": "Carol Petit", "dave": "Dave Moreau", "sam": "Sam Leroy"}
REASONS = (ReasonId("resolved"), ReasonId("follow-up"))
DEFAULTS = {QueueId("support"): REASONS[0], QueueId("billing"): REASONS[1]}
WRAP_UP_SECONDS = 30.0
NUMBERS = ("800", "800", "801", "999")
"""What customers dial; the last is nobody's."""
EXTENSION_SECONDS = 20.0
EMERGENCY = "112"
HEAD_OFFICE = OrganisationId("head-office")
CALLER_ID = "+33123456700"
_SERVING = (("alice bob", "carol dave"), ("alice bob carol", "carol dave"), ("alice", "alice bob"))


def drawn_site(dice: Random) -> Directory:
    """Draw who serves what, whose telephone answers by itself, and each queue's policies."""
    agents = {
        AgentId(name): Agent(
            id=AgentId(name), name=PEOPLE[name], phone=str(1001 + place), supervisor=name == "sam", answers_remotely=dice.random() < 0.3
        )
        for place, name in enumerate(PEOPLE)
    }
    serving = dice.choice(_SERVING)
    queues = {
        QueueId(name): Queue(
            id=QueueId(name),
            name=name.title(),
            agents=tuple(map(AgentId, who.split())),
            music=name,
            policy=_drawn_policy(dice, QueueId(name)),
        )
        for name, who in zip(("support", "billing"), serving, strict=True)
    }
    points = (("main", "800", "support"), ("accounts", "801", "billing"))
    return Directory(
        agents=agents,
        queues=queues,
        entry_points={
            EntryPointId(name): EntryPoint(id=EntryPointId(name), name=name, numbers=(number,), queue=QueueId(queue))
            for name, number, queue in points
        },
        wrap_up_reasons={reason: Reason(id=reason, name=reason.title()) for reason in REASONS},
        idle_reasons={ReasonId("lunch"): Reason(id=ReasonId("lunch"), name="Lunch")},
    )


def drawn_telephones(directory: Directory, dice: Random) -> dict[str, int]:
    """Draw how many telephones register at each agent's endpoint: on half of the days one each."""
    if dice.random() < 0.5:
        return {}
    return {agent.phone: dice.choice((1, 2, 2, 3)) for agent in directory.agents.values()}


def with_other_policies(directory: Directory, dice: Random) -> Directory:
    """The site file after its administrator has changed every policy."""
    return replace(directory, queues={name: replace(queue, policy=_drawn_policy(dice, name)) for name, queue in directory.queues.items()})


def rebuilt_site(directory: Directory, dice: Random) -> Directory:
    """The site file after its administrator has made something else of the contact centre, or has taken that back."""
    kind = dice.choice(("as it was", "one queue less", "one team less", "another supervisor"))
    agents, queues, points = dict(directory.agents), dict(directory.queues), dict(directory.entry_points)
    if kind in ("one queue less", "one team less"):
        queue = dice.choice(list(queues))
        team = queues.pop(queue).agents if kind == "one team less" else ()
        points = {name: point for name, point in points.items() if point.queue != queue}
        for agent in team:
            del agents[agent]
        queues = {name: replace(kept, agents=tuple(who for who in kept.agents if who in agents)) for name, kept in queues.items()}
    elif kind == "another supervisor":
        for name in (AgentId("sam"), AgentId("alice")):
            agents[name] = replace(agents[name], supervisor=not agents[name].supervisor)
    return replace(directory, agents=agents, queues=queues, entry_points=points)


def _drawn_policy(dice: Random, queue: QueueId) -> Policy:
    return Policy(
        transfer_acceptance=dice.choice(list(TransferAcceptance)),
        end_consult=dice.choice(list(EndConsult)),
        owner_hang_up=dice.choice(list(OwnerHangUp)),
        after_consult=dice.choice(list(AfterConsult)),
        customer_gone_in_conference=dice.choice(list(CustomerGoneInConference)),
        wrap_up_seconds=WRAP_UP_SECONDS,
        wrap_up_default=DEFAULTS[queue],
    )


# --- A site that calls outside -----------------------------------------------------------------------------------------


def with_trunk(directory: Directory, dice: Random, *, tight: bool) -> Directory:
    """The same contact centre with a trunk, limits of what it may call, agents who may call out, and one of each later policy.

    `tight`: the limits may be met on an ordinary day.
    """
    limits = OutsideLimits(
        at_once_per_agent=dice.choice((1, 2, 8)) if tight else 10,
        at_once_per_site=dice.choice((2, 4, 10)) if tight else 20,
        per_hour_and_agent=dice.choice((2, 10, 50)) if tight else 50,
        per_day_and_agent=dice.choice((5, 50)) if tight else 50,
        per_day_and_site=dice.choice((10, 500)) if tight else 500,
    )
    agents = {name: replace(agent, may_call_out=dice.random() < 0.6) for name, agent in directory.agents.items()}
    reached = replace(
        directory,
        agents=agents,
        dialling=DiallingRules(trunk=TRUNK, limits=limits, emergency_numbers_also=(EMERGENCY,)),
        trunks={TRUNK: Trunk(name=TRUNK, caller_ids=(CALLER_ID,), default_caller_id=CALLER_ID)},
        trunks_of_organisations={HEAD_OFFICE: TRUNK},
    )
    return with_later_policies(reached, dice, tight=tight)


def with_later_policies(directory: Directory, dice: Random, *, tight: bool) -> Directory:
    """The same after its administrator has drawn anew what concerns whoever is asked."""
    queues = {name: replace(queue, policy=_with_later(queue.policy, dice, tight=tight)) for name, queue in directory.queues.items()}
    site = replace(directory.policy, wrap_up_seconds=WRAP_UP_SECONDS, wrap_up_default=REASONS[0])
    return replace(directory, queues=queues, policy=_with_later(site, dice, tight=tight))


def _with_later(policy: Policy, dice: Random, *, tight: bool) -> Policy:
    return replace(
        policy,
        wrap_up_extension=dice.choice(list(WrapUpExtension)),
        wrap_up_extension_seconds=EXTENSION_SECONDS,
        wrap_up_unanswered=dice.random() < 0.5,
        transfer_sound=dice.choice(list(TransferSound)),
        failed_transfer=dice.choice(list(FailedTransfer)),
        blind_transfer_seconds=dice.choice((8.0, 20.0)),
        call_out_seconds=dice.choice((10.0, 30.0)),
        consult_priority=dice.choice(list(ConsultPriority)),
        queue_consult_seconds=dice.choice((15.0, 60.0)),
        conference_max=dice.choice((3, 4, 8)) if tight else 8,
        outside_only_seconds=dice.choice((20.0, 120.0)),
        hold_alarm_seconds=dice.choice((10.0, 60.0)),
    )
