"""What happens to a telephone, whose ever it is: its hold key, its microphone, Asterisk's trouble with it; answering it from a desktop."""

from controller.directory.ids import LegId, Seconds
from controller.directory.replace import replace
from controller.interaction import commands
from controller.interaction.facts import Fact, LegAnswered, LegHeld, LegReplaced, LegStuck, LegUnheld, LegUnstuck, Why
from controller.interaction.interaction import Interaction, Leg, Person, Step
from controller.interaction.layout import Room, rooms
from controller.interaction.leg import Origin
from controller.interaction.legs import legs, new_leg, of_agent, rings, with_leg, with_legs
from controller.interaction.notices import MoveFailed
from controller.interaction.steps.consult import consult_of, consulted, not_consulted
from controller.interaction.steps.moves import patience, until
from controller.interaction.steps.offer import decline_offer


def _leg(i: Interaction, fact: LegHeld | LegUnheld | LegStuck | LegUnstuck) -> tuple[Person | None, Leg]:
    return next((person, leg) for person, leg in legs(i) if leg.id == fact.leg)


def picked_up(i: Interaction, fact: Fact) -> tuple[Interaction, Fact]:
    """Where several telephones ring for one leg, the one that is picked up is that leg from now on: its id is the one that Asterisk has.

    The others are named no more, and so hung up. Of two that are picked up at once the second comes too late: its fact is about nobody.
    """
    if isinstance(fact, LegReplaced) and any(leg.id == fact.leg and rings(i, leg) for _, leg in legs(i)):
        return replaced(i, fact), LegAnswered(leg=fact.by)  # picked up at another telephone, by its own key
    if not isinstance(fact, LegAnswered) or fact.by is None:
        return i, fact
    by = fact.by
    # What could not be done to the other telephone was not this one's trouble, and nobody will say of this one that it is over.
    picked = with_legs(i, lambda leg: replace(leg, id=by, is_stuck=False) if leg.id == fact.leg and rings(i, leg) else leg)
    return picked, LegAnswered(leg=by)


def replaced(i: Interaction, fact: LegReplaced) -> Interaction:
    """The leg that has come is whoever's the old one was, where they stand and as they are heard; it can't be made again.

    Nobody comes and nobody leaves, so it is no matter of a part's stage. That its hold key is not pressed is told of it like any release.
    """

    origin = Origin.CAME if i.customer.leg.id == fact.leg else Origin.DIALLED

    def by(leg: Leg) -> Leg:
        return replace(leg, id=fact.by, origin=origin, took_place=True, is_stuck=False, is_away=False, is_rung_again=False)

    return with_legs(i, lambda leg: by(leg) if leg.id == fact.leg else leg)


def hold_key(i: Interaction, fact: LegHeld | LegUnheld, now: Seconds) -> Step:
    """Remember whether the key is pressed: while it is, nobody can be brought to this telephone. Many telephones repeat what they said."""
    _, leg = _leg(i, fact)
    pressed = isinstance(fact, LegHeld)
    if leg.phone_on_hold is pressed and not leg.hold_key_in_doubt:
        return Step(interaction=i)
    return Step(interaction=with_leg(i, replace(leg, phone_on_hold=pressed, hold_key_in_doubt=False)))


def refused_at_telephone(i: Interaction, of: LegId | None, because: str, now: Seconds) -> Step:
    """Note when a transfer of this leg was refused; an owner, whose telephone has no room for a reason, reads it on the desktop.

    `of`: None: the owner has dialled somebody who can't be called.
    """
    owners = {leg.id for leg in (i.owner.leg, i.owner.second) if leg is not None} if i.owner is not None else set()
    # A telephone that hangs up because of it may hang up both of its calls, whichever of them asked.
    asked = owners if of in owners else {of}
    noted = with_legs(i, lambda leg: replace(leg, transfer_refused_at=now) if leg.id in asked else leg)
    if of is not None and of not in owners:
        return Step(interaction=noted)
    return Step(interaction=replace(noted, news=because), news=because)


def doubt_hold_keys(i: Interaction) -> Interaction:
    """The switch is no longer heard: whoever has pressed a hold key may release it unheard."""
    return with_legs(
        i, lambda leg: leg if leg.hold_key_in_doubt is leg.phone_on_hold else replace(leg, hold_key_in_doubt=leg.phone_on_hold)
    )


def settle_hold_keys(i: Interaction) -> Interaction:
    """The switch is heard again, and has said who is on hold. Of whom it could not say so, the person knows and is believed."""
    return with_legs(i, lambda leg: replace(leg, phone_on_hold=False, hold_key_in_doubt=False) if leg.hold_key_in_doubt else leg)


def stuck(i: Interaction, fact: LegStuck, now: Seconds) -> Step:
    """Tell it once, however often it is tried. Nobody moves for it: a leg that is stuck stands where it is safe."""
    person, leg = _leg(i, fact)
    if leg.is_stuck:
        return Step(interaction=i)
    connect, hold, ring = _stuck_sentences(person)
    because = ring if rings(i, leg) else connect if rooms(i)[leg.id] is Room.TALK else hold
    told = MoveFailed(interaction=i.id, leg=leg.id, because=because)
    return Step(interaction=with_leg(i, replace(leg, is_stuck=True)), tell=(told,), news=because)


def unstuck(i: Interaction, fact: LegUnstuck, now: Seconds) -> Step:
    """It worked: the owner is no longer told that it does not, unless something newer was told. A telephone's seconds begin now.

    One that was never stuck rings at a start of the controller, which can't know since when: it has at least half of its seconds.
    """
    person, leg = _leg(i, fact)
    if not leg.is_stuck and not _is_nearly_over(i, leg, now):
        return Step(interaction=i)
    free = _all_seconds_again(with_leg(i, replace(leg, is_stuck=False)), leg, now)
    return Step(interaction=free, news="" if i.news in _stuck_sentences(person) else None)


def _is_nearly_over(i: Interaction, leg: Leg, now: Seconds) -> bool:
    of = next((p.deadline for p in (i.offer, i.consult, i.customer) if p is not None and p.leg is not None and p.leg.id == leg.id), None)
    return rings(i, leg) and of is not None and of.at - now < patience(i.policy, of.why) / 2


def _all_seconds_again(i: Interaction, leg: Leg, now: Seconds) -> Interaction:
    """Whoever is rung has all their seconds from now on; a leg that does not ring has none."""
    if not rings(i, leg):
        return i
    if i.offer is not None and i.offer.leg.id == leg.id:
        return replace(i, offer=replace(i.offer, deadline=until(i, i.offer.deadline.why, now)))
    if i.customer.leg.id == leg.id:
        return replace(i, customer=replace(i.customer, deadline=until(i, Why.NUMBER_UNANSWERED, now)))
    return replace(i, consult=replace(consult_of(i), deadline=until(i, Why.CONSULT_UNANSWERED, now)))


def _stuck_sentences(person: Person | None) -> tuple[str, str, str]:
    whom = "the customer" if person is None else person.name
    return (
        f"Asterisk can't connect {whom} just now; trying again.",
        f"Asterisk can't put {whom} on hold just now; trying again.",
        f"Asterisk can't ring {whom} just now; trying again.",
    )


def accept(i: Interaction, command: commands.AcceptOffer, now: Seconds) -> Step:
    """Ring the telephone anew, this time with the wish that it answers by itself: SIP has no way to ask that of a ringing one.

    It has all its seconds again: whoever has accepted must not be told a moment later that they did not answer.
    """
    if i.offer is not None:
        i, leg = new_leg(i, i.offer.to, told_to_answer=True)
        assert i.offer is not None, "a new leg takes no offer away"
        return Step(interaction=_all_seconds_again(replace(i, offer=replace(i.offer, leg=leg)), leg, now))
    i, leg = new_leg(i, consulted(i)[0], told_to_answer=True)
    return Step(interaction=_all_seconds_again(replace(i, consult=replace(consult_of(i), leg=leg)), leg, now))


def decline(i: Interaction, command: commands.DeclineOffer, now: Seconds) -> Step:
    """Who is rung for a customer is idle from now on. Who is rung for a consult is not: a person chose them, not routing."""
    if i.offer is not None:
        return decline_offer(i, command, now)
    return not_consulted(i, now, f"{consulted(i)[0].name} declined.", would_not=True)


def mute(i: Interaction, command: commands.MuteSelf | commands.UnmuteSelf, now: Seconds) -> Step:
    """Close or open one's own microphone; everybody else is heard all the same."""
    muted = isinstance(command, commands.MuteSelf)
    return Step(interaction=of_agent(i, command.agent, lambda leg: replace(leg, muted=muted)))
