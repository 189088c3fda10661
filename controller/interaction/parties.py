"""What everybody outside the core asks an interaction: who takes part in it and as what, whose leg is whose, what is waited for.

Outside, nobody reads how the core stores this: these are views of its parts, and are stored nowhere.
"""

from collections.abc import Iterator

from controller.directory.ids import AgentId, LegId, Seconds
from controller.interaction.interaction import ConsultStage, CustomerStage, Deadline, Interaction, Leg, OfferWhy, Person
from controller.interaction.party import Party, Role, Standing

_CUSTOMER_STANDING = {
    CustomerStage.TO_DIAL: Standing.GONE,
    CustomerStage.RINGING: Standing.RINGING,
    CustomerStage.THERE: Standing.UP,
    CustomerStage.GONE: Standing.GONE,
}


def parties(i: Interaction) -> tuple[Party, ...]:
    """Name everybody who takes part or is still named for a wrap-up, the customer first."""
    return tuple(_parties(i))


def _parties(i: Interaction) -> Iterator[Party]:
    yield customer_of(i)
    owner = owner_of(i)
    if owner is not None:
        yield owner
    asked = _asked(i)
    if asked is not None:
        yield asked
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
    if i.owner is not None and i.owner.other_leg is not None and i.owner.other_leg.id == leg:
        return owner_of(i)
    return next((party for party in _parties(i) if party.leg == leg and party.standing is not Standing.GONE), None)


def party_with(i: Interaction, agent: AgentId) -> Party | None:
    """Find the part that one of our agents has in it; None: no telephone of theirs is in it."""
    return next((party for party in _parties(i) if party.agent == agent and party.standing is not Standing.GONE), None)


def customer_of(i: Interaction) -> Party:
    """Find the customer."""
    return _party(Role.CUSTOMER, i.customer.person, i.customer.leg, _CUSTOMER_STANDING[i.customer.stage])


def owner_of(i: Interaction) -> Party | None:
    """Find Agent 1, or whoever is rung to become that, or who was it when it ended."""
    if i.owner is not None:
        return _party(Role.AGENT_1, i.owner.person, i.owner.active_leg, Standing.UP)
    if i.offer is not None and i.offer.why is not OfferWhy.ASKED:
        role = Role.AGENT_1 if i.offer.to.agent is not None else Role.AGENT_2
        return _party(role, i.offer.to, i.offer.leg, Standing.RINGING)
    return _party(Role.AGENT_1, i.former.person, i.former.leg, Standing.GONE) if i.former is not None else None


def agent_2_of(i: Interaction) -> Party | None:
    """Find whoever the owner consults, has brought into a conference, or wants to hand the customer over to.

    None while a consult waits for an agent of a queue: there is nobody yet.
    """
    asked = _asked(i)
    if asked is not None or i.consult is not None:
        return asked
    return _party(Role.AGENT_2, i.members[0].person, i.members[0].leg, Standing.UP) if i.members else None


def _asked(i: Interaction) -> Party | None:
    """Find whoever the owner consults, or wants to hand the customer over to."""
    if i.consult is not None and i.consult.person is not None and i.consult.leg is not None:
        standing = Standing.RINGING if i.consult.stage is ConsultStage.RINGING else Standing.UP
        return _party(Role.AGENT_2, i.consult.person, i.consult.leg, standing)
    if i.offer is not None and i.offer.why is OfferWhy.ASKED:
        return _party(Role.AGENT_2, i.offer.to, i.offer.leg, Standing.UP)
    return None


def customer_is_there(i: Interaction) -> bool:
    """False once the customer has hung up, even where the agents stay together."""
    return i.customer_is_there


def role_of(i: Interaction, agent: AgentId) -> Role | None:
    """Say in one word, for people, what this agent is to the interaction; None: nothing. What they may do follows from `roles_of`."""
    roles = roles_of(i, agent)
    if Role.AGENT_1 in roles:
        return Role.AGENT_1
    if Role.AGENT_2 in roles or Role.MEMBER in roles:
        return Role.AGENT_2
    return Role.FORMER if any(wrap_up.agent == agent for wrap_up in i.wrap_ups) else None


def roles_of(i: Interaction, agent: AgentId, *, supervises: bool = False) -> frozenset[Role]:
    """Say all that this agent is to the interaction. More than one is usual: a former owner who is rung back owes a wrap-up as well.

    `supervises`: they are a supervisor, whatever else they are. A supervisor who is on the line acts as what they are there.
    """
    roles: set[Role] = set()
    if i.owner is not None and i.owner.agent == agent:
        roles.add(Role.AGENT_1)
    if i.offer is not None and i.offer.to.agent == agent:
        roles.add(Role.AGENT_2 if i.offer.why is OfferWhy.ASKED else Role.AGENT_1)
    if i.consult is not None and i.consult.person is not None and i.consult.person.agent == agent:
        roles.add(Role.AGENT_2)
    if any(member.person.agent == agent for member in i.members):
        roles.add(Role.MEMBER)
    if supervises and not roles:
        roles.add(Role.SUPERVISOR)
    if _was_its_last_owner(i, agent):
        roles.add(Role.AGENT_1)
    on_the_line = roles - {Role.SUPERVISOR}
    if any(wrap_up.agent == agent and (wrap_up.is_owed or not on_the_line) for wrap_up in i.wrap_ups):
        roles.add(Role.FORMER)
    return frozenset(roles)


def _was_its_last_owner(i: Interaction, agent: AgentId) -> bool:
    """Whoever had the customer last is still called Agent 1 while the next one is asked, and when it has ended."""
    if i.owner is not None or i.former is None or i.former.person.agent != agent:
        return False
    return i.customer.stage is CustomerStage.GONE if i.offer is None else i.offer.why is OfferWhy.ASKED


def deadlines(i: Interaction) -> tuple[Deadline, ...]:
    """List the moments by which somebody's telephone must have answered, somebody must have accepted, or something has lasted too long."""
    of_offer = i.offer.deadline if i.offer is not None else None
    of_consult = i.consult.deadline if i.consult is not None else None
    return tuple(deadline for deadline in (of_offer, of_consult, i.customer.deadline) if deadline is not None)


def consult_asked_at(i: Interaction) -> Seconds | None:
    """Say when whoever is consulted, or is asked to take the customer, was asked for the first time; None: nobody is."""
    if i.consult is not None:
        return i.consult.asked_at
    return i.offer.consulted_since if i.offer is not None else None
