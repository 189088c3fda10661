"""What everybody outside the core asks an interaction: who takes part in it and as what, whose leg is whose, what is waited for.

Outside, nobody reads how the core stores this: these are views of its parts, and are stored nowhere.
"""

from collections.abc import Iterator

from controller.directory.ids import AgentId, LegId, Seconds
from controller.interaction.interaction import ConsultStage, Deadline, Interaction, Leg, OfferWhy, Person
from controller.interaction.legs import legs
from controller.interaction.party import Party, Role, Standing


def parties(i: Interaction) -> tuple[Party, ...]:
    """Name everybody who takes part or is still named for a wrap-up, the customer first."""
    return tuple(_parties(i))


def _parties(i: Interaction) -> Iterator[Party]:
    yield customer_of(i)
    owner = owner_of(i)
    if owner is not None:
        yield owner
    agent_2 = agent_2_of(i) if i.members == () else None
    if agent_2 is not None:
        yield agent_2
    for member in i.members:
        yield _party(Role.AGENT_2, member.person, member.leg, Standing.UP)


def _party(role: Role, person: Person, leg: Leg, standing: Standing) -> Party:
    return Party(
        role=role,
        leg=leg.id,
        origin=leg.origin,
        switch=leg.switch,
        standing=standing,
        name=person.name,
        number=person.number,
        agent=person.agent,
        phone=person.endpoint.address if person.endpoint is not None else None,
        answers_remotely=person.answers_remotely,
        told_to_answer=leg.told_to_answer,
        muted=leg.muted,
        phone_on_hold=leg.phone_on_hold and standing is not Standing.GONE,
        hold_key_in_doubt=leg.hold_key_in_doubt and standing is not Standing.GONE,
        is_stuck=leg.is_stuck and standing is not Standing.GONE,
    )


def party_of(i: Interaction, leg: LegId) -> Party | None:
    """Find whose leg this is; None when the leg is no longer, or not, of this interaction."""
    return next((party for party in _parties(i) if party.leg == leg and party.standing is not Standing.GONE), None)


def agent_with(i: Interaction, role: Role) -> Party | None:
    """Find which agent has this role, Agent 1's or Agent 2's, now."""
    return owner_of(i) if role is Role.AGENT_1 else agent_2_of(i)


def customer_of(i: Interaction) -> Party:
    """Find the customer."""
    return _party(Role.CUSTOMER, i.customer.person, i.customer.leg, Standing.UP if i.customer_is_there else Standing.GONE)


def owner_of(i: Interaction) -> Party | None:
    """Find Agent 1, or whoever is rung to become that, or who was it when it ended."""
    if i.owner is not None:
        return _party(Role.AGENT_1, i.owner.person, i.owner.leg, Standing.UP)
    if i.offer is not None and i.offer.why is not OfferWhy.ASKED:
        return _party(Role.AGENT_1, i.offer.to, i.offer.leg, Standing.RINGING)
    return _party(Role.AGENT_1, i.former.person, i.former.leg, Standing.GONE) if i.former is not None else None


def agent_2_of(i: Interaction) -> Party | None:
    """Find whoever the owner consults, has brought into a conference, or wants to hand the customer over to."""
    if i.consult is not None:
        standing = Standing.RINGING if i.consult.stage is ConsultStage.RINGING else Standing.UP
        return _party(Role.AGENT_2, i.consult.person, i.consult.leg, standing)
    if i.offer is not None and i.offer.why is OfferWhy.ASKED:
        return _party(Role.AGENT_2, i.offer.to, i.offer.leg, Standing.UP)
    return _party(Role.AGENT_2, i.members[0].person, i.members[0].leg, Standing.UP) if i.members else None


def customer_is_there(i: Interaction) -> bool:
    """False once the customer has hung up, even where the agents stay together."""
    return i.customer_is_there


def role_of(i: Interaction, agent: AgentId) -> Role | None:
    """Say what this agent is to the interaction; None: nothing (a supervisor's eye is not the interaction's business)."""
    is_owner = i.owner is not None and i.owner.agent == agent
    is_rung = i.offer is not None and i.offer.why is not OfferWhy.ASKED and i.offer.to.agent == agent
    was_owner = i.owner is None and i.former is not None and i.former.person.agent == agent
    if is_owner or is_rung or was_owner:
        return Role.AGENT_1
    if any(person is not None and person.agent == agent for person, _ in legs(i)):
        return Role.AGENT_2
    return Role.FORMER if any(wrap_up.agent == agent for wrap_up in i.wrap_ups) else None


def deadlines(i: Interaction) -> tuple[Deadline, ...]:
    """List the moments by which somebody's telephone must have answered, or somebody must have accepted."""
    of_offer = i.offer.deadline if i.offer is not None else None
    of_consult = i.consult.deadline if i.consult is not None else None
    return tuple(deadline for deadline in (of_offer, of_consult) if deadline is not None)


def consult_asked_at(i: Interaction) -> Seconds | None:
    """Say when whoever is consulted, or is asked to take the customer, was asked for the first time; None: nobody is."""
    if i.consult is not None:
        return i.consult.asked_at
    return i.offer.consulted_since if i.offer is not None else None
