"""The legs of an interaction, whose ever they are: found by their id, changed where they are."""

from collections.abc import Callable, Iterator

from controller.directory.ids import AgentId, LegId
from controller.directory.replace import replace
from controller.interaction.interaction import CustomerStage, Interaction, Leg, Person
from controller.interaction.leg import Origin


def new_leg(i: Interaction, person: Person, *, told_to_answer: bool = False) -> tuple[Interaction, Leg]:
    """Make a leg that was never used before; its name tells an administrator in `core show channels` whose it is."""
    made = i.legs_made + 1
    leg = Leg(
        id=LegId(f"ix-{i.id}-{person.agent}-{made}"),
        origin=Origin.MADE,
        switch=i.customer.leg.switch,
        endpoint=person.endpoint,
        told_to_answer=told_to_answer,
    )
    return replace(i, legs_made=made), leg


def legs(i: Interaction) -> Iterator[tuple[Person | None, Leg]]:
    """Every leg that is to exist, and whose it is; None: the customer's."""
    if i.customer.stage is CustomerStage.THERE:
        yield None, i.customer.leg
    if i.offer is not None:
        yield i.offer.to, i.offer.leg
    if i.owner is not None:
        yield i.owner.person, i.owner.leg
    if i.consult is not None:
        yield i.consult.person, i.consult.leg
    for member in i.members:
        yield member.person, member.leg


def leg_of(i: Interaction, agent: AgentId) -> Leg:
    """The leg of one of our agents who takes part."""
    return next(leg for person, leg in legs(i) if person is not None and person.agent == agent)


def with_legs(i: Interaction, change: Callable[[Leg], Leg]) -> Interaction:
    """Change every leg that is to exist. Gives the same interaction when none is another by it."""
    customer = replace(i.customer, leg=change(i.customer.leg)) if i.customer.stage is CustomerStage.THERE else i.customer
    offer = replace(i.offer, leg=change(i.offer.leg)) if i.offer is not None else None
    owner = replace(i.owner, leg=change(i.owner.leg)) if i.owner is not None else None
    consult = replace(i.consult, leg=change(i.consult.leg)) if i.consult is not None else None
    members = tuple(replace(member, leg=change(member.leg)) for member in i.members)
    changed = replace(i, customer=customer, offer=offer, owner=owner, consult=consult, members=members)
    return i if changed == i else changed


def with_leg(i: Interaction, leg: Leg) -> Interaction:
    """Put this leg in place of the one of the same name."""
    return with_legs(i, lambda known: leg if known.id == leg.id else known)
