"""The contact centre that a seed draws: five people, two lines, and one of each policy."""

from dataclasses import replace
from random import Random

from controller.directory.directory import Agent, Directory, EntryPoint, Queue, Reason
from controller.directory.ids import AgentId, EntryPointId, QueueId, ReasonId
from controller.directory.policy import AfterConsult, CustomerGoneInConference, EndConsult, OwnerHangUp, Policy, TransferAcceptance

PEOPLE = {"alice": "Alice Martin", "bob": "Bob Durand", "carol": "Carol Petit", "dave": "Dave Moreau", "sam": "Sam Leroy"}
REASONS = (ReasonId("resolved"), ReasonId("follow-up"))
WRAP_UP_SECONDS = 30.0
NUMBERS = ("800", "800", "801", "999")
"""What customers dial; the last is nobody's."""
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
            id=QueueId(name), name=name.title(), agents=tuple(map(AgentId, who.split())), music=name, policy=_drawn_policy(dice)
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


def with_other_policies(directory: Directory, dice: Random) -> Directory:
    """The site file after its administrator has changed every policy."""
    return replace(directory, queues={name: replace(queue, policy=_drawn_policy(dice)) for name, queue in directory.queues.items()})


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


def _drawn_policy(dice: Random) -> Policy:
    return Policy(
        transfer_acceptance=dice.choice(list(TransferAcceptance)),
        end_consult=dice.choice(list(EndConsult)),
        owner_hang_up=dice.choice(list(OwnerHangUp)),
        after_consult=dice.choice(list(AfterConsult)),
        customer_gone_in_conference=dice.choice(list(CustomerGoneInConference)),
        wrap_up_seconds=WRAP_UP_SECONDS,
        wrap_up_default=REASONS[0],
    )
