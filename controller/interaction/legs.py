"""The legs of an interaction, whose ever they are: found by their id, changed where they are."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from controller.directory.ids import AgentId, LegId
from controller.directory.replace import replace
from controller.interaction.interaction import (
    Consult,
    ConsultStage,
    Customer,
    CustomerStage,
    Interaction,
    Leg,
    Member,
    Offer,
    OfferWhy,
    Owner,
    Person,
)
from controller.interaction.leg import Origin

OUTSIDE = "out"
"""Whose a leg is that leads to nobody of ours."""

CUSTOMER_HAS_A_LEG = frozenset({CustomerStage.RINGING, CustomerStage.THERE})

P = TypeVar("P", Customer, Offer, Owner, Consult, Member)
"""A part that has a leg."""


def new_leg(i: Interaction, person: Person, *, told_to_answer: bool = False) -> tuple[Interaction, Leg]:
    """Make a leg that was never used before; its name tells an administrator in `core show channels` whose it is."""
    made = i.legs_made + 1
    leg = Leg(
        id=LegId(f"ix-{i.id}-{person.agent or OUTSIDE}-{made}"),
        origin=Origin.MADE,
        switch=i.customer.leg.switch,
        told_to_answer=told_to_answer,
    )
    return replace(i, legs_made=made), leg


def legs(i: Interaction) -> Iterator[tuple[Person | None, Leg]]:
    """Every leg that is to exist, and whose it is; None: the customer's."""
    if i.customer.stage in CUSTOMER_HAS_A_LEG:
        yield None, i.customer.leg
    if i.offer is not None:
        yield i.offer.to, i.offer.leg
    if i.owner is not None:
        yield i.owner.person, i.owner.leg
        if i.owner.second is not None:
            yield i.owner.person, i.owner.second
    if i.consult is not None and i.consult.person is not None and i.consult.leg is not None:
        yield i.consult.person, i.consult.leg
    for member in i.members:
        yield member.person, member.leg


def rings(i: Interaction, leg: Leg) -> bool:
    """Whether this telephone is being rung."""
    offered = i.offer is not None and i.offer.leg.id == leg.id and i.offer.why is not OfferWhy.ASKED
    consulted = i.consult is not None and i.consult.stage is ConsultStage.RINGING and is_leg_of(i.consult, leg.id)
    return offered or consulted or (i.customer.stage is CustomerStage.RINGING and i.customer.leg.id == leg.id)


def is_leg_of(consult: Consult, leg: LegId) -> bool:
    """Whether this is the telephone of whoever is consulted."""
    return consult.leg is not None and consult.leg.id == leg


def of_agent(i: Interaction, agent: AgentId, change: Callable[[Leg], Leg]) -> Interaction:
    """Change every leg of one of our agents."""
    theirs = {leg.id for person, leg in legs(i) if person is not None and person.agent == agent}
    return with_legs(i, lambda leg: change(leg) if leg.id in theirs else leg)


def with_legs(i: Interaction, change: Callable[[Leg], Leg]) -> Interaction:
    """Change every leg that is to exist. Gives the same interaction when `change` gives the same leg of each."""
    customer = _with(i.customer, change) if i.customer.stage in CUSTOMER_HAS_A_LEG else i.customer
    offer = _with(i.offer, change) if i.offer is not None else None
    owner = _with_second(_with(i.owner, change), change) if i.owner is not None else None
    consult = _with(i.consult, change) if i.consult is not None else None
    members = tuple(_with(member, change) for member in i.members)
    parts = (customer, offer, owner, consult, *members)
    if all(new is old for new, old in zip(parts, (i.customer, i.offer, i.owner, i.consult, *i.members), strict=True)):
        return i
    return replace(i, customer=customer, offer=offer, owner=owner, consult=consult, members=members)


def _with(part: P, change: Callable[[Leg], Leg]) -> P:
    if part.leg is None:
        return part
    leg = change(part.leg)
    return part if leg is part.leg else replace(part, leg=leg)


def _with_second(owner: Owner, change: Callable[[Leg], Leg]) -> Owner:
    if owner.second is None:
        return owner
    second = change(owner.second)
    return owner if second is owner.second else replace(owner, second=second)


def with_leg(i: Interaction, leg: Leg) -> Interaction:
    """Put this leg in place of the one of the same name."""
    return with_legs(i, lambda known: leg if known.id == leg.id else known)
