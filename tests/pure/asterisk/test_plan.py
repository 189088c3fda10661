"""The plan: departures from the talk room before arrivals in it, and it always arrives."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.asterisk.plan import (
    Answer,
    ChooseMusic,
    CloseRoom,
    Dial,
    FindContacts,
    HangUp,
    Make,
    Move,
    Mute,
    OpenRoom,
    Request,
    ShowParty,
    StartRinging,
    StopRinging,
    Unmute,
    plan,
)
from controller.asterisk.seen import Progress, Seen, SeenLeg, Sign, beside, first_of, made_for
from controller.directory.ids import InteractionId, LegId
from controller.interaction.layout import Display, Layout, Place, Room
from controller.interaction.leg import Endpoint, Origin

IX = InteractionId("i1")
CUSTOMER, ALICE, BOB = LegId("1700000000.1"), LegId("ix-i1-alice-1"), LegId("ix-i1-bob-2")
OTHERS = tuple(LegId(f"ix-i1-out-{number}") for number in range(3, 8))
"""People outside: with the customer and two agents they are eight."""
ROUNDS_MAX = 12


def origin(leg: LegId) -> Origin:
    return Origin.CAME if leg == CUSTOMER else Origin.MADE


def place(leg: LegId, room: Room, *, muted: bool = False, music: str = "default") -> Place:
    endpoints = {ALICE: Endpoint(address="1001"), BOB: Endpoint(address="1002")}
    by_trunk = {other: Endpoint(address="+33199001001", trunk="outside") for other in OTHERS}
    return Place(leg=leg, origin=origin(leg), room=room, muted=muted, endpoint=(endpoints | by_trunk).get(leg), music=music)


def wanted(*places: Place) -> Layout:
    return Layout(interaction=IX, places=places)


CONNECTED = wanted(place(CUSTOMER, Room.TALK), place(ALICE, Room.TALK))
CONSULT_OFFERED = wanted(place(CUSTOMER, Room.HOLD), place(ALICE, Room.TALK), place(BOB, Room.TALK))
CONSULTING = CONSULT_OFFERED
CONSULT_HELD = wanted(place(CUSTOMER, Room.TALK), place(ALICE, Room.TALK), place(BOB, Room.HOLD))
TRANSFERRED = wanted(place(CUSTOMER, Room.TALK), place(BOB, Room.TALK))
NOBODY = wanted()


def seen(*legs: SeenLeg, rooms: Sequence[Room] = (Room.TALK, Room.HOLD)) -> Seen:
    mirror = Seen()
    for leg in legs:
        mirror.note(leg)
    mirror.rooms_of(IX).update(rooms)
    return mirror


def replace_leg(leg: SeenLeg, *, trunk: str) -> SeenLeg:
    leg.trunk = trunk
    return leg


def up(leg: LegId, room: Room | None, *, muted: bool = False, progress: Progress = Progress.UP) -> SeenLeg:
    return SeenLeg(leg=leg, origin=origin(leg), interaction=IX, progress=progress, room=room, muted=muted)


def test_a_caller_is_answered_before_they_hear_music() -> None:
    caller = up(CUSTOMER, None, progress=Progress.DIALLED)
    assert plan(wanted(place(CUSTOMER, Room.HOLD)), seen(caller)) == [Answer(CUSTOMER), Move(CUSTOMER, Room.HOLD)]


def test_a_caller_is_not_answered_before_there_is_a_room_with_music() -> None:
    caller = up(CUSTOMER, None, progress=Progress.DIALLED)
    assert plan(wanted(place(CUSTOMER, Room.HOLD)), seen(caller, rooms=())) == [OpenRoom(Room.HOLD)]


def test_the_queues_own_music_is_chosen_before_the_hold_room_is_entered() -> None:
    asked = plan(wanted(place(CUSTOMER, Room.HOLD, music="tone")), seen(up(CUSTOMER, None)))
    assert asked == [ChooseMusic(CUSTOMER, "tone"), Move(CUSTOMER, Room.HOLD)]


def test_a_telephone_is_made_then_brought_into_its_room_then_rung() -> None:
    mirror = seen(up(CUSTOMER, Room.HOLD))
    offered = wanted(place(CUSTOMER, Room.HOLD), place(ALICE, Room.TALK))
    assert plan(offered, mirror) == [Make(ALICE, Endpoint(address="1001"), False)]
    leg = mirror.note(up(ALICE, None, progress=Progress.ASKED_FOR))
    assert plan(offered, mirror) == [Make(ALICE, Endpoint(address="1001"), False)], "asked for again until it has been seen"
    leg.progress = Progress.DOWN
    assert plan(offered, mirror) == [Move(ALICE, Room.TALK)]
    leg.room = Room.TALK
    assert plan(offered, mirror) == [FindContacts(ALICE)], "all of her telephones are to ring"
    leg.contacts = ()
    assert plan(offered, mirror) == [Dial(ALICE)]
    leg.progress = Progress.DIALLED
    assert plan(offered, mirror) == []


def test_no_telephone_is_rung_for_a_consult_while_the_customer_stands_in_the_talk_room() -> None:
    assert plan(CONSULT_OFFERED, seen(up(CUSTOMER, Room.TALK), up(ALICE, Room.TALK))) == [Move(CUSTOMER, Room.HOLD)]


def test_the_customer_leaves_before_agent_2_comes_back() -> None:
    asked = plan(CONSULTING, seen(up(CUSTOMER, Room.TALK), up(ALICE, Room.TALK), up(BOB, Room.HOLD)))
    assert asked == [Move(CUSTOMER, Room.HOLD)]


def test_agent_2_leaves_before_the_customer_comes_back() -> None:
    asked = plan(CONSULT_HELD, seen(up(CUSTOMER, Room.HOLD), up(ALICE, Room.TALK), up(BOB, Room.TALK)))
    assert asked == [Move(BOB, Room.HOLD)]


def test_the_owner_is_hung_up_before_the_customer_meets_agent_2() -> None:
    mirror = seen(up(CUSTOMER, Room.HOLD), up(ALICE, Room.TALK), up(BOB, Room.TALK))
    assert plan(TRANSFERRED, mirror) == [HangUp(ALICE)]
    mirror.forget(ALICE)
    assert plan(TRANSFERRED, mirror) == [Move(CUSTOMER, Room.TALK)]


def test_a_leg_that_has_ended_is_not_made_again_before_the_layout_knows() -> None:
    mirror = seen(up(CUSTOMER, Room.TALK), up(ALICE, Room.TALK))
    mirror.forget(ALICE)
    assert plan(CONNECTED, mirror) == []


def test_somebody_muted_is_muted_before_they_come_back_and_heard_only_when_they_are_there() -> None:
    muted = wanted(place(CUSTOMER, Room.HOLD), place(ALICE, Room.TALK), place(BOB, Room.TALK, muted=True))
    back = seen(up(CUSTOMER, Room.HOLD), up(ALICE, Room.TALK), up(BOB, Room.HOLD))
    assert plan(muted, back) == [Mute(BOB), Move(BOB, Room.TALK)]
    there = seen(up(CUSTOMER, Room.HOLD), up(ALICE, Room.TALK), up(BOB, Room.TALK, muted=True))
    assert plan(CONSULTING, there) == [Unmute(BOB)]


def test_ringing_that_nobody_makes_any_more_is_ended() -> None:
    alice = up(ALICE, Room.TALK)
    ringing = seen(up(CUSTOMER, Room.HOLD), alice, up(BOB, Room.TALK, progress=Progress.DIALLED))
    ringing.note_sign(BOB, Sign.RINGING)
    assert alice.hears_ringing, "Asterisk does that by itself"
    assert plan(CONSULT_OFFERED, ringing) == []
    ringing.forget(BOB)
    held = wanted(place(CUSTOMER, Room.HOLD), place(ALICE, Room.TALK))
    assert plan(held, ringing) == [StopRinging(ALICE)]


def test_the_owner_who_comes_back_to_a_telephone_that_still_rings_hears_it_ring() -> None:
    bob = up(BOB, Room.TALK, progress=Progress.DIALLED)
    bob.sign = Sign.RINGING
    assert plan(CONSULT_OFFERED, seen(up(CUSTOMER, Room.HOLD), up(ALICE, Room.TALK), bob)) == [StartRinging(ALICE)]


def test_a_far_end_that_is_heard_before_it_answers_ends_the_ringing() -> None:
    alice = up(ALICE, Room.TALK)
    calling = seen(up(CUSTOMER, Room.HOLD), alice, up(OTHERS[0], Room.TALK, progress=Progress.DIALLED))
    layout = wanted(place(CUSTOMER, Room.HOLD), place(ALICE, Room.TALK), place(OTHERS[0], Room.TALK))
    assert plan(layout, calling) == [], "nobody says that it rings before it does"
    calling.note_sign(OTHERS[0], Sign.RINGING)
    calling.note_sign(OTHERS[0], Sign.SOUND)
    assert plan(layout, calling) == [StopRinging(ALICE)]
    alice.hears_ringing = False
    assert plan(layout, calling) == []


def test_whoever_waits_for_a_queue_leaves_for_the_music_and_comes_back_when_somebody_is_rung_for_them() -> None:
    waiting = wanted(place(CUSTOMER, Room.HOLD), place(ALICE, Room.HOLD))
    assert plan(waiting, seen(up(CUSTOMER, Room.TALK), up(ALICE, Room.TALK))) == [Move(CUSTOMER, Room.HOLD), Move(ALICE, Room.HOLD)]
    both_wait = seen(up(CUSTOMER, Room.HOLD), up(ALICE, Room.HOLD))
    assert plan(waiting, both_wait) == [], "the hold room is never entered again"
    assert plan(CONSULT_OFFERED, both_wait) == [Move(ALICE, Room.TALK), Make(BOB, Endpoint(address="1002"), False)]


def test_a_customer_who_stands_with_music_and_is_to_hear_other_music_goes_out_and_in_again() -> None:
    caller = up(CUSTOMER, Room.HOLD)
    caller.hears = "default"
    rung = wanted(place(CUSTOMER, Room.HOLD, music="ringback"))
    assert plan(rung, seen(caller)) == [ChooseMusic(CUSTOMER, "ringback")], "while there is no other music they stay with what they hear"
    caller.music = "ringback"
    assert plan(rung, seen(caller)) == [Move(CUSTOMER, Room.HOLD)]
    caller.hears = "ringback"
    assert plan(rung, seen(caller)) == []


def test_somebody_outside_is_told_nothing_when_the_people_they_talk_with_change() -> None:
    shown = replace(place(OTHERS[0], Room.TALK), shows=Display(name="cora", number="+33123456789"))
    by_trunk = replace_leg(up(OTHERS[0], Room.TALK), trunk="outside")
    assert plan(wanted(shown), seen(by_trunk)) == []


@pytest.mark.parametrize(
    ("leg", "interaction"),
    [("ix-i1-alice-1", "i1"), ("ix-i1-out-2", "i1"), ("ix-i1-two-parts-12", "i1"), ("1700000000.1", None), ("ix-i1-talk", None)],
)
def test_a_legs_name_tells_for_which_interaction_it_was_made(leg: str, interaction: str | None) -> None:
    assert made_for(LegId(leg)) == interaction


def test_rooms_are_closed_when_nobody_is_left_and_nobody_is_wanted() -> None:
    assert plan(NOBODY, seen(up(CUSTOMER, Room.HOLD))) == [HangUp(CUSTOMER)]
    assert plan(NOBODY, seen()) == [CloseRoom(Room.HOLD), CloseRoom(Room.TALK)]


def test_a_display_is_told_whom_its_owner_talks_with_when_that_has_changed_and_after_everything_that_is_heard() -> None:
    cora = Display(name="cora", number="+33123456789")
    belongs = replace(place(BOB, Room.TALK), shows=cora)
    bob = up(BOB, Room.TALK)
    mirror = seen(up(CUSTOMER, Room.HOLD), bob)
    transferred = wanted(belongs, place(CUSTOMER, Room.TALK))
    assert plan(transferred, mirror) == [Move(CUSTOMER, Room.TALK), ShowParty(BOB, cora)]
    bob.shows = cora
    assert plan(transferred, mirror) == [Move(CUSTOMER, Room.TALK)]


def test_a_display_is_told_nothing_while_the_telephone_rings_or_its_owner_is_on_the_way() -> None:
    shown = replace(place(BOB, Room.TALK), shows=Display(name="cora", number=""))
    rings = seen(up(BOB, Room.TALK, progress=Progress.DIALLED))
    on_the_way = seen(up(BOB, Room.HOLD))
    assert not any(isinstance(request, ShowParty) for mirror in (rings, on_the_way, seen()) for request in plan(wanted(shown), mirror))


# --- Every way there ---------------------------------------------------------------------------------------------------


def obey(mirror: Seen, request: Request) -> None:
    """What Asterisk does with a request, at once and without fault."""
    match request:
        case OpenRoom(room):
            mirror.rooms_of(IX).add(room)
        case CloseRoom(room):
            mirror.rooms_of(IX).discard(room)
        case Make(leg):
            mirror.note(SeenLeg(leg=leg, origin=origin(leg), interaction=IX, progress=Progress.DOWN))
        case FindContacts(leg):
            mirror.legs[leg].contacts = ()
        case Dial(leg):
            mirror.legs[leg].progress = Progress.DIALLED
        case Answer(leg):
            mirror.legs[leg].progress = Progress.UP
        case ChooseMusic(leg, music):
            mirror.legs[leg].music = music
        case Move(leg, room):
            assert room in mirror.rooms_of(IX), "nobody is brought into a room that is not there"
            mirror.legs[leg].room = room
            mirror.legs[leg].hears = mirror.legs[leg].music if room is Room.HOLD else ""
        case Mute(leg):
            mirror.legs[leg].muted = True
        case Unmute(leg):
            mirror.legs[leg].muted = False
        case StartRinging(leg) | StopRinging(leg):
            mirror.legs[leg].hears_ringing = isinstance(request, StartRinging)
        case ShowParty(leg, shows):
            mirror.legs[leg].shows = shows
        case HangUp(leg):
            mirror.forget(leg)


def arrivals_in_talk(requests: Sequence[Request]) -> list[Request]:
    return [r for r in requests if isinstance(r, Dial | Make) or (isinstance(r, Move) and r.room is Room.TALK)]


def strangers_in_talk(layout: Layout, mirror: Seen) -> list[LegId]:
    belong = {p.leg for p in layout.places if p.room is Room.TALK}
    return [leg.leg for leg in mirror.legs_of(IX) if leg.room is Room.TALK and leg.leg not in belong]


somewhere = st.one_of(st.none(), st.sampled_from(Room))
legs = st.builds(
    lambda leg, progress, room, muted, sign, hears: SeenLeg(
        leg=leg, origin=origin(leg), interaction=IX, progress=progress, room=room, muted=muted, sign=sign, hears=hears
    ),
    st.sampled_from([CUSTOMER, ALICE, BOB, *OTHERS]),
    st.sampled_from([Progress.DOWN, Progress.DIALLED, Progress.UP]),
    somewhere,
    st.booleans(),
    st.sampled_from(Sign),
    st.sampled_from(["", "default", "tone"]),
)
somebody = st.one_of(st.none(), st.builds(Display, name=st.sampled_from(["cora", ""]), number=st.just("800")))
places = st.builds(
    lambda leg, room, muted, shows, music: replace(place(leg, room, muted=muted, music=music), shows=shows),
    st.sampled_from([CUSTOMER, ALICE, BOB, *OTHERS]),
    st.sampled_from(Room),
    st.booleans(),
    somebody,
    st.sampled_from(["", "default", "tone", "ringback"]),
)


@given(
    st.lists(legs, unique_by=lambda leg: leg.leg),
    st.lists(places, unique_by=lambda p: p.leg),
    st.sets(st.sampled_from(Room)),
)
def test_from_anywhere_the_layout_is_reached_and_nobody_enters_while_a_stranger_stands_in_the_talk_room(
    there: list[SeenLeg], belong: list[Place], rooms: set[Room]
) -> None:
    mirror = seen(*there, rooms=tuple(rooms | {leg.room for leg in there if leg.room is not None}))
    layout = wanted(*belong)
    for _ in range(ROUNDS_MAX):
        requests = plan(layout, mirror)
        if not requests:
            break
        if strangers_in_talk(layout, mirror):
            assert not arrivals_in_talk(requests)
        for request in requests:
            obey(mirror, request)
    assert plan(layout, mirror) == [], "it settles"
    stands = {leg.leg: leg.room for leg in mirror.legs_of(IX)}
    known = {leg.leg for leg in there}
    assert stands == {p.leg: p.room for p in layout.places if p.endpoint is not None or p.leg in known}


# --- Several telephones of one agent -----------------------------------------------------------------------------------

SECOND, THIRD = beside(ALICE, 2), beside(ALICE, 3)
OFFERED = wanted(place(CUSTOMER, Room.HOLD), place(ALICE, Room.TALK))
CONTACTS = ("sip:1001@192.0.2.2:5060", "sip:1001@192.0.2.3:5060")


def rung(leg: LegId, room: Room | None = None, *, progress: Progress = Progress.DIALLED) -> SeenLeg:
    return up(leg, room, progress=progress)


def first_rung(progress: Progress = Progress.DIALLED) -> SeenLeg:
    first = rung(ALICE, Room.TALK, progress=progress)
    first.contacts = CONTACTS
    return first


def test_each_of_an_agents_other_telephones_has_a_leg_made_before_the_first_is_rung() -> None:
    mirror = seen(up(CUSTOMER, Room.HOLD), first_rung(Progress.DOWN))

    assert plan(OFFERED, mirror) == [
        Make(SECOND, Endpoint(address="1001"), False, CONTACTS[0]),
        Make(THIRD, Endpoint(address="1001"), False, CONTACTS[1]),
        Dial(ALICE),
    ]


def test_the_other_telephones_are_rung_and_stand_in_no_room() -> None:
    mirror = seen(up(CUSTOMER, Room.HOLD), first_rung(), rung(SECOND, progress=Progress.DOWN), rung(THIRD, progress=Progress.DOWN))

    assert plan(OFFERED, mirror) == [Dial(SECOND), Dial(THIRD)]


def test_while_the_owner_is_with_the_customer_the_other_telephones_ring_on_in_no_room() -> None:
    rings_on = wanted(place(CUSTOMER, Room.TALK), place(BOB, Room.TALK), place(ALICE, Room.HOLD))
    first = first_rung()
    first.room, first.hears = Room.HOLD, "default"

    assert plan(rings_on, seen(up(CUSTOMER, Room.TALK), up(BOB, Room.TALK), first, rung(SECOND), rung(THIRD))) == []


def test_one_that_nobody_has_heard_of_is_asked_for_again_although_the_first_is_gone() -> None:
    asked_for = rung(SECOND, progress=Progress.ASKED_FOR)
    asked_for.contact = CONTACTS[0]
    mirror = seen(up(CUSTOMER, Room.HOLD), first_rung(), asked_for)
    mirror.forget(ALICE)

    assert plan(OFFERED, mirror) == [Make(SECOND, Endpoint(address="1001"), False, CONTACTS[0])]


def test_when_one_is_picked_up_the_others_are_hung_up_before_it_comes_into_the_room() -> None:
    picked_up = wanted(place(CUSTOMER, Room.TALK), replace(place(ALICE, Room.TALK), leg=SECOND, endpoint=None))
    mirror = seen(up(CUSTOMER, Room.HOLD), first_rung(), up(SECOND, None), rung(THIRD))

    assert plan(picked_up, mirror) == [HangUp(ALICE), HangUp(THIRD)]
    mirror.forget(ALICE)
    mirror.forget(THIRD)
    assert plan(picked_up, mirror) == [Move(CUSTOMER, Room.TALK), Move(SECOND, Room.TALK)]


def test_while_the_floor_has_not_heard_which_was_picked_up_nothing_is_done() -> None:
    assert plan(OFFERED, seen(up(CUSTOMER, Room.HOLD), first_rung(), up(SECOND, None), rung(THIRD))) == []


def test_whoever_asks_hears_it_ring_as_long_as_any_of_them_rings() -> None:
    second = rung(SECOND)
    second.sign = Sign.RINGING
    asked = wanted(place(CUSTOMER, Room.HOLD), place(BOB, Room.TALK), place(ALICE, Room.TALK))
    mirror = seen(up(CUSTOMER, Room.HOLD), up(BOB, Room.TALK), first_rung(), second)
    mirror.forget(ALICE)

    assert plan(asked, mirror) == [StartRinging(BOB)]


def test_one_that_could_not_be_rung_is_hung_up_while_another_rings() -> None:
    mirror = seen(up(CUSTOMER, Room.HOLD), first_rung(), rung(SECOND))
    mirror.give_up(ALICE)

    assert plan(OFFERED, mirror) == [HangUp(ALICE)]


def test_a_telephone_that_is_to_answer_by_itself_rings_alone() -> None:
    told = wanted(place(CUSTOMER, Room.HOLD), replace(place(ALICE, Room.TALK), told_to_answer=True))

    assert plan(told, seen(up(CUSTOMER, Room.HOLD), rung(ALICE, Room.TALK, progress=Progress.DOWN))) == [Dial(ALICE)]


@pytest.mark.parametrize("leg", [ALICE, SECOND])
def test_what_an_earlier_process_left_under_a_name_that_is_wanted_anew_goes_first(leg: LegId) -> None:
    left = up(leg, None)
    left.is_stray = True
    mirror = seen(up(CUSTOMER, Room.HOLD), left)

    requests = plan(OFFERED, mirror)

    assert HangUp(leg) in requests
    assert Make(leg, Endpoint(address="1001"), False) not in requests


@pytest.mark.parametrize(
    ("leg", "first"),
    [
        ("ix-i1-alice-1", "ix-i1-alice-1"),
        ("ix-i1-alice-1.2", "ix-i1-alice-1"),
        ("ix-i1-al-ice-12.10", "ix-i1-al-ice-12"),
        ("1700000000.2", "1700000000.2"),
    ],
)
def test_a_legs_name_says_beside_which_it_rings(leg: str, first: str) -> None:
    assert first_of(LegId(leg)) == first
