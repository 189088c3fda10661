"""The table of what can't be done is complete, and keeps its rules."""

import inspect
from typing import Any

import pytest

from controller.asterisk import applications, bridges, channels, failures, reconcile, system
from controller.asterisk import plan as planning
from controller.asterisk.errors import AriError, Deaf, NoAnswer, NotUnderstood, SwitchAway, failure
from controller.asterisk.failures import COURSES, LAST_RESORT, Asked, Course, Failure, Means, failure_of
from controller.asterisk.plan import CloseRoom, LegRequest, Move, OpenRoom, Request
from controller.directory.ids import LegId
from controller.interaction.layout import Display, Room
from controller.interaction.leg import Endpoint

OUR_TROUBLE = (Failure.AWAY, Failure.STARTING, Failure.NOT_ALLOWED, Failure.RESTARTED)

ASKED_BY = {
    "channels.create": Asked.MAKE,
    "channels.dial": Asked.DIAL,
    "channels.contacts": Asked.FIND_CONTACTS,
    "channels.contact_of": Asked.FIND_CONTACTS,
    "channels.answer": Asked.ANSWER,
    "channels.ring": Asked.RINGING,
    "channels.stop_ringing": Asked.RINGING,
    "channels.hang_up": Asked.HANG_UP,
    "channels.mute": Asked.MUTE,
    "channels.unmute": Asked.UNMUTE,
    "channels.send_digits": Asked.SEND_DIGITS,
    "channels.start_music": Asked.TONE,
    "channels.stop_music": Asked.END_TONE,
    "channels.set_variable": Asked.CHOOSE_MUSIC,
    "channels.tell_of_transfer": Asked.TELL_OF_TRANSFER,
    "channels.continue_in_dialplan": Asked.RETURN_CALLER,
    "channels.get": Asked.LOOK,
    "channels.last_answer": Asked.TRUNK_SIGN,
    "channels.every": Asked.ATTACH,
    "channels.codec_of": Asked.MAKE,
    "channels.is_on_hold": Asked.HOLD_KEY,
    "channels.packets_heard": Asked.SOUND,
    "channels.endpoint": Asked.LOOK,
    "bridges.create": Asked.OPEN_HOLD_ROOM,
    "bridges.add_channel": Asked.MOVE_TO_HOLD,
    "bridges.remove_channel": Asked.MOVE_TO_HOLD,
    "bridges.delete": Asked.CLOSE_ROOM,
    "bridges.get": Asked.LOOK,
    "bridges.every": Asked.ATTACH,
    "applications.spare_us": Asked.ATTACH,
    "applications.mark": Asked.ATTACH,
    "applications.hear_only": Asked.TELEPHONES,
    "applications.subscribe": Asked.TELEPHONES,
    "channels.endpoints": Asked.TELEPHONES,
    "system.write_password": Asked.PASSWORD,
    "system.delete_password": Asked.PASSWORD,
    "system.status": Asked.ATTACH,
    "system.ping": Asked.ATTACH,
}
"""Every request that the adapter can make, and where the table speaks of it."""


def _requests() -> set[str]:
    return {
        f"{module.__name__.rsplit('.', 1)[1]}.{name}"
        for module in (applications, bridges, channels, system)
        for name, function in inspect.getmembers(module, inspect.iscoroutinefunction)
        if function.__module__ == module.__name__
    }


def test_every_request_that_we_can_make_is_in_the_table() -> None:
    assert _requests() == set(ASKED_BY)


@pytest.mark.parametrize("asked", Asked)
def test_every_request_says_what_follows_every_failure(asked: Asked) -> None:
    assert set(COURSES[asked]) == set(Failure)
    assert asked in LAST_RESORT


def _planned() -> list[Request]:
    leg = LegId("1")
    kinds: list[Any] = [kind for _, kind in inspect.getmembers(planning, inspect.isclass) if issubclass(kind, Request)]
    rooms = [kind(room) for kind in (OpenRoom, CloseRoom) for room in Room]
    moves = [Move(leg, room) for room in Room]
    others = [kind for kind in kinds if issubclass(kind, LegRequest) and kind not in (LegRequest, Move)]
    needed = {
        "endpoint": Endpoint(address="1001"),
        "told_to_answer": False,
        "music": "default",
        "shows": Display(name="", number=""),
        "contact": "",
    }
    return [
        *rooms,
        *moves,
        *(kind(leg, **{name: needed[name] for name in inspect.signature(kind).parameters if name != "leg"}) for kind in others),
    ]


@pytest.mark.parametrize("request_", _planned(), ids=str)
def test_every_planned_request_has_its_row(request_: Request) -> None:
    assert reconcile.asked_by(request_) in COURSES


@pytest.mark.parametrize(
    "asked",
    [
        asked
        for asked in Asked
        if asked not in (Asked.SEND_DIGITS, Asked.TONE, Asked.ATTACH, Asked.HOLD_KEY, Asked.TRUNK_ANSWER, Asked.LEASE)
    ],
)
@pytest.mark.parametrize("trouble", OUR_TROUBLE)
def test_an_outage_costs_no_try(asked: Asked, trouble: Failure) -> None:
    assert COURSES[asked][trouble] in (Course.WAIT, Course.RESYNC)


def test_nobody_is_ended_because_a_move_failed_who_can_stay_where_they_are() -> None:
    assert {LAST_RESORT[asked].means for asked in (Asked.MOVE_TO_HOLD, Asked.MOVE_TO_TALK)} == {Means.KEEP_OR_RETURN}


@pytest.mark.parametrize("asked", Asked)
def test_somebody_is_always_told(asked: Asked) -> None:
    assert LAST_RESORT[asked].told


@pytest.mark.parametrize(
    ("error", "is_"),
    [
        (SwitchAway("x", "closed", sent=False), Failure.AWAY),
        (SwitchAway("x", "closed", sent=True), Failure.LOST),
        (NoAnswer("x", 5.0), Failure.NO_ANSWER),
        (Deaf("x", 2.0), Failure.NO_ANSWER),
        (NotUnderstood("x", "no JSON"), Failure.NOT_UNDERSTOOD),
        (failure("x", 404, "Channel not found"), Failure.GONE),
        (failure("x", 401, ""), Failure.NOT_ALLOWED),
        (failure("x", 503, ""), Failure.STARTING),
        (failure("x", 409, "already exists"), Failure.REFUSED),
        (failure("x", 400, "Missing"), Failure.REFUSED),
        (failure("x", 500, ""), Failure.BROKEN),
        (failure("POST channels/create", 500, "Allocation failed"), Failure.UNREACHABLE),
        (AriError("x", "something else"), Failure.BROKEN),
    ],
)
def test_every_error_has_its_name(error: AriError, is_: Failure) -> None:
    assert failure_of(error) is is_


def test_a_request_that_is_planned_is_asked_about_the_room_it_is_for() -> None:
    assert reconcile.asked_by(OpenRoom(Room.HOLD)) is Asked.OPEN_HOLD_ROOM
    assert reconcile.asked_by(OpenRoom(Room.TALK)) is Asked.OPEN_TALK_ROOM
    assert failures.course(Asked.DIAL, Failure.NO_ANSWER) is Course.END
