"""The plan: departures from the talk room before arrivals in it, and it always arrives."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from controller.asterisk.plan import (
    Answer,
    ChooseMusic,
    CloseRoom,
    Dial,
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
from controller.asterisk.seen import Progress, Seen, SeenLeg
from controller.directory.ids import InteractionId, LegId
from controller.interaction.layout import Display, Layout, Place, Room
from controller.interaction.leg import Endpoint, Origin

IX = InteractionId("i1")
CUSTOMER, ALICE, BOB = LegId("1700000000.1"), LegId("ix-i1-alice-1"), LegId("ix-i1-bob-2")
ROUNDS_MAX = 12


def origin(leg: LegId) -> Origin:
    return Origin.CAME if leg == CUSTOMER else Origin.MADE


def place(leg: LegId, room: Room, *, muted: bool = False) -> Place:
    endpoints = {ALICE: Endpoint(address="1001"), BOB: Endpoint(address="1002")}
    return Place(leg=leg, origin=origin(leg), room=room, muted=muted, endpoint=endpoints.get(leg))


def wanted(*places: Place, music: str = "default") -> Layout:
    return Layout(interaction=IX, places=places, music=music, caller_number="+33123456789", caller_name="")


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


def up(leg: LegId, room: Room | None, *, muted: bool = False, progress: Progress = Progress.UP) -> SeenLeg:
    return SeenLeg(leg=leg, origin=origin(leg), interaction=IX, progress=progress, room=room, muted=muted)


def test_a_caller_is_answered_before_they_hear_music() -> None:
    caller = up(CUSTOMER, None, progress=Progress.DIALLED)
    assert plan(wanted(place(CUSTOMER, Room.HOLD)), seen(caller)) == [Answer(CUSTOMER), Move(CUSTOMER, Room.HOLD)]


def test_a_caller_is_not_answered_before_there_is_a_room_with_music() -> None:
    caller = up(CUSTOMER, None, progress=Progress.DIALLED)
    assert plan(wanted(place(CUSTOMER, Room.HOLD)), seen(caller, rooms=())) == [OpenRoom(Room.HOLD)]


def test_the_queues_own_music_is_chosen_before_the_hold_room_is_entered() -> None:
    asked = plan(wanted(place(CUSTOMER, Room.HOLD), music="tone"), seen(up(CUSTOMER, None)))
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
    alice.hears_ringing = True  # as it is from the moment when the telephone was dialled
    ringing = seen(up(CUSTOMER, Room.HOLD), alice, up(BOB, Room.TALK, progress=Progress.DIALLED))
    assert plan(CONSULT_OFFERED, ringing) == []
    ringing.forget(BOB)
    held = wanted(place(CUSTOMER, Room.HOLD), place(ALICE, Room.TALK))
    assert plan(held, ringing) == [StopRinging(ALICE)]


def test_the_owner_who_comes_back_to_a_telephone_that_still_rings_hears_it_ring() -> None:
    back = seen(up(CUSTOMER, Room.HOLD), up(ALICE, Room.TALK), up(BOB, Room.TALK, progress=Progress.DIALLED))
    assert plan(CONSULT_OFFERED, back) == [StartRinging(ALICE)]


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
        case Dial(leg):
            mirror.legs[leg].progress = Progress.DIALLED
        case Answer(leg):
            mirror.legs[leg].progress = Progress.UP
        case ChooseMusic(leg, music):
            mirror.legs[leg].music = music
        case Move(leg, room):
            assert room in mirror.rooms_of(IX), "nobody is brought into a room that is not there"
            mirror.legs[leg].room = room
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
    lambda leg, progress, room, muted: SeenLeg(leg=leg, origin=origin(leg), interaction=IX, progress=progress, room=room, muted=muted),
    st.sampled_from([CUSTOMER, ALICE, BOB]),
    st.sampled_from([Progress.DOWN, Progress.DIALLED, Progress.UP]),
    somewhere,
    st.booleans(),
)
somebody = st.one_of(st.none(), st.builds(Display, name=st.sampled_from(["cora", ""]), number=st.just("800")))
places = st.builds(
    lambda leg, room, muted, shows: replace(place(leg, room, muted=muted), shows=shows),
    st.sampled_from([CUSTOMER, ALICE, BOB]),
    st.sampled_from(Room),
    st.booleans(),
    somebody,
)


@given(
    st.lists(legs, unique_by=lambda leg: leg.leg),
    st.lists(places, unique_by=lambda p: p.leg),
    st.sets(st.sampled_from(Room)),
    st.sampled_from(["default", "tone"]),
)
def test_from_anywhere_the_layout_is_reached_and_nobody_enters_while_a_stranger_stands_in_the_talk_room(
    there: list[SeenLeg], belong: list[Place], rooms: set[Room], music: str
) -> None:
    mirror = seen(*there, rooms=tuple(rooms | {leg.room for leg in there if leg.room is not None}))
    layout = wanted(*belong, music=music)
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
