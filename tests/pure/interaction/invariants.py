"""What must be true of an interaction at every moment, and of every step, said anew and apart from the core's own assertions.

Each is one of the rules of what the controller must do, by its number there.
"""

from controller.directory.ids import LegId
from controller.interaction.commands import Action
from controller.interaction.facts import Why
from controller.interaction.interaction import ConsultStage, CustomerStage, Interaction, Leg, OfferWhy, Phase, TalksTo
from controller.interaction.layout import Room, layout, room_of
from controller.interaction.legs import legs, rings
from controller.interaction.parties import customer_is_there, deadlines, owner_of, parties, role_of
from controller.interaction.party import Role, Standing
from controller.interaction.roles import allowed, prospects

_NOT_DURING_A_CONSULT = {Action.END, Action.LEAVE_CONFERENCE, Action.DROP}


def assert_sound(i: Interaction) -> None:
    """What must be true at every moment."""
    places = layout(i).places
    rooms = {place.leg: place.room for place in places}
    assert len(rooms) == len(places), "no leg stands in two rooms"
    there = {party.leg for party in parties(i) if party.standing is not Standing.GONE}
    if i.owner is not None and i.owner.other_leg is not None:
        assert i.consult is not None, "a telephone has a second call for a consult only"
        assert rooms.pop(i.owner.other_leg.id) is Room.HOLD, "the call by which the owner hears nobody is in nobody's way"
    assert set(rooms) == there, "who is there has a room, and no room has anybody else"
    if i.phase is Phase.ENDED:
        assert not rooms, "an ended interaction wants no leg"

    _assert_customer_is_in_good_hands(i, rooms)
    _assert_a_consult_is_secret(i, rooms)
    _assert_people_outside_own_nothing(i)
    _assert_conference(i)
    _assert_wrap_ups(i)
    _assert_everything_that_waits_has_its_moment(i)


def _assert_customer_is_in_good_hands(i: Interaction, rooms: dict[LegId, Room]) -> None:
    """11: never in silence, never in an empty room, never with music that nobody can end."""
    customer = i.customer.leg.id
    if i.customer.stage is CustomerStage.RINGING:
        assert rooms[customer] is Room.TALK, "whoever calls hears it ring"
        return
    if rooms.get(customer) is not Room.TALK:
        assert i.phase is not Phase.CONNECTED, "connected means that they hear one another"
        return
    if i.customer.leg.phone_on_hold:
        return  # by their own key, which is their own choice
    has = [i.owner.active_leg] if i.owner is not None and i.owner.talks_to is TalksTo.CUSTOMER else []
    has += [member.leg for member in i.members]
    hears = [leg for leg in has if rooms[leg.id] is Room.TALK and not leg.phone_on_hold and not rings(i, leg)]
    assert hears, "the customer is never in silence"


def _assert_a_consult_is_secret(i: Interaction, rooms: dict[LegId, Room]) -> None:
    """1 and 14: neither a word nor the ringing of a consult reaches the customer or the conference that waits."""
    if i.consult is None:
        return
    assert i.owner is not None, "only an owner consults"
    assert customer_is_there(i), "a consult is about a customer"
    others = [i.customer.leg.id, *(member.leg.id for member in i.members)]
    is_asked = i.owner.talks_to is TalksTo.CONSULT
    if is_asked:
        assert all(rooms[leg] is Room.HOLD for leg in others), "customer and members hear music while the owner talks with somebody else"
    if i.consult.leg is not None:
        beside = [i.consult.leg] if is_asked else [i.customer.leg, *(member.leg for member in i.members)]
        is_alone = _have_all_turned_away([leg for leg in beside if not rings(i, leg)])
        assert (rooms[i.owner.active_leg.id] is Room.HOLD) is is_alone, "the owner never moves, but to hear music when they are left alone"
        # Whoever is rung has not answered: they are not left alone.
        hears_owner = rings(i, i.consult.leg) or not _have_all_turned_away([i.owner.active_leg])
        assert (rooms[i.consult.leg.id] is Room.TALK) is (is_asked and hears_owner), "whoever does not hear the owner hears music"
    if i.consult.stage is ConsultStage.WAITING:
        assert i.consult.leg is None, "15: while nobody is free nobody is rung"
        assert i.owner.agent in i.consult.not_for, "15: who asks is never the answer"


def _have_all_turned_away(beside: list[Leg]) -> bool:
    """Whether there is somebody, and each has pressed their own hold key or closed their page: whoever is with them is left alone."""
    return bool(beside) and all(leg.phone_on_hold or leg.is_absent for leg in beside)


def _assert_people_outside_own_nothing(i: Interaction) -> None:
    """13: somebody outside may answer, talk and hang up."""
    assert i.owner is None or i.owner.person.agent == i.owner.agent, "an owner is one of ours"
    assert i.former is None or i.former.person.agent is not None, "whoever had the customer last is one of ours"
    if i.phase is Phase.HANDED_OUT:
        assert all(member.person.agent is None for member in i.members), "nobody of ours is there"
        assert i.customer.deadline is not None, "nobody has a customer for ever"
    if i.offer is not None and i.offer.why is not OfferWhy.TRANSFER:
        assert i.offer.to.agent is not None, "nobody outside is asked, rung back or served by a line"


def _assert_conference(i: Interaction) -> None:
    """17: so many at most; while its owner consults, nobody ends it, leaves it or puts anybody out of it."""
    parties_of_it = 1 + len(i.members) + customer_is_there(i)
    assert not i.members or parties_of_it <= i.policy.conference_max, "a conference has so many parties at most"
    ours = [member.person.agent for member in i.members if member.person.agent is not None]
    assert i.owner is not None or not ours, "an agent of ours who is there owns it"
    if i.consult is not None and i.owner is not None:
        assert not _NOT_DURING_A_CONSULT & set(allowed(i, i.owner.agent)), "the consult comes first"


def _assert_wrap_ups(i: Interaction) -> None:
    """9 and 23: one reason each, of agents who have had the customer and are with them no more."""
    owing = [wrap_up.agent for wrap_up in i.wrap_ups if wrap_up.is_owed]
    assert len(set(owing)) == len(owing), "nobody owes two reasons for one interaction"
    part_of_it = {person.agent for person, leg in legs(i) if person is not None and not rings(i, leg)}
    assert not part_of_it & set(owing), "nobody wraps up what they are still part of"
    rung = {person.agent for person, leg in legs(i) if person is not None and rings(i, leg)}
    if rung & set(owing):
        assert i.offer is not None, "whoever owes a reason is rung for the customer only"
        assert i.offer.why is OfferWhy.RING_BACK, "whoever owes a reason is rung only to have the customer back"


def _assert_everything_that_waits_has_its_moment(i: Interaction) -> None:
    """11, 15, 16, 17, 22: nothing rings, waits, or is on hold without a moment at which something is done about it."""
    expected: list[Why] = []
    if i.offer is not None:
        expected.append(i.offer.deadline.why)
    if i.consult is not None and i.consult.stage is not ConsultStage.UP:
        expected.append(Why.NO_AGENT_FREE if i.consult.stage is ConsultStage.WAITING else Why.CONSULT_UNANSWERED)
    is_held = customer_is_there(i) and i.owner is not None and i.owner.talks_to is not TalksTo.CUSTOMER
    if i.customer.stage is CustomerStage.RINGING:
        expected.append(Why.NUMBER_UNANSWERED)
    elif is_held:
        expected.append(Why.HELD_FOR_LONG)
    elif i.phase is Phase.HANDED_OUT:
        expected.append(Why.OUTSIDE_FOR_TOO_LONG)
    assert [deadline.why for deadline in deadlines(i)] == expected, "what waits has its moment, and nothing else has"
    assert (i.customer.held_since is not None) is is_held, "22: it is known since when a customer is on hold"


def _shown(i: Interaction) -> list[Room | None]:
    """Where people see that everybody stands."""
    return [room_of(i, party) for party in parties(i)]


def _buttons(i: Interaction) -> list[object]:
    return [(party.agent, prospects(i, party.agent)) for party in parties(i) if party.agent is not None]


def assert_sound_step(before: Interaction, after: Interaction, *, customer_left: bool) -> None:
    """What must be true of every step."""
    assert_sound(after)
    if after.revision == before.revision:
        assert after.phase is before.phase, "another phase is a new revision"
        assert _shown(after) == _shown(before), "whoever is shown to stand elsewhere is a new revision"
        assert _buttons(after) == _buttons(before), "other rights are a new revision"
    else:
        assert after.revision == before.revision + 1, "every change is the next revision"
    assert after.legs_made >= before.legs_made, "no name of a leg is used twice"

    owed_before, owed_after = ({w.agent for w in i.wrap_ups if w.is_owed} for i in (before, after))
    newly = owed_after - owed_before
    had = owner_of(before)
    owner = had.agent if had else None
    assert newly <= {owner}, "only who owned it is asked for a reason"
    gave = {w.agent for w in after.wrap_ups if not w.is_owed}
    has_it_again = {after.owner.agent} if after.owner is not None else set()
    assert owed_before - owed_after <= gave | has_it_again, "23: a reason is owed until it is given, or its agent has the customer again"

    was_there = customer_is_there(before)
    if was_there and not customer_left and after.phase is not Phase.ENDED:
        assert customer_is_there(after), "nobody but the customer ends the customer's call without ending the interaction"
    if before.phase is Phase.ENDED:
        assert after.phase is Phase.ENDED, "what has ended stays ended"
    if was_there and before.owner is not None and after.owner is None:
        assert before.owner.agent in owed_after or _is_rung_back(after), "an owner who had the customer wraps up"
    assert role_of(after, owner) is not Role.AGENT_2 if owner else True, "an owner never becomes Agent 2 in one step"


def _is_rung_back(i: Interaction) -> bool:
    return i.offer is not None and i.offer.why is OfferWhy.RING_BACK and i.offer.owes_wrap_up
