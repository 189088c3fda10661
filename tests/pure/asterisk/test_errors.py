"""Which error an answer of Asterisk's is. The sentences are the ones that a real Asterisk 22.10 said."""

import pytest

from controller.asterisk.errors import (
    AlreadyThere,
    AriError,
    Booting,
    Gone,
    NoAnswer,
    NotAllowed,
    RequestFailed,
    SwitchAway,
    Unreachable,
    failure,
)

MOVE = "POST bridges/ix-7-talk/addChannel"


@pytest.mark.parametrize(
    ("request_", "status", "message", "kind"),
    [
        (MOVE, 400, "Channel not found", Gone),
        (MOVE, 404, "Bridge not found", Gone),
        (MOVE, 422, "Channel not in Stasis application", Gone),
        ("POST bridges/ix-7-talk/removeChannel", 422, "Channel not in this bridge", Gone),
        ("POST channels/1/answer", 409, "Channel not in Stasis application", Gone),
        ("POST channels/1/mute", 412, "Channel in invalid state", Gone),
        ("DELETE channels/1", 404, "Channel not found", Gone),
        (MOVE, 409, "Channel ix-7-alice-1 currently recording", RequestFailed),
        ("POST channels/create", 409, "Channel with given unique ID already exists", AlreadyThere),
        ("POST bridges/ix-7-talk", 409, "Bridge with id 'ix-7-talk' already exists", AlreadyThere),
        ("POST channels/1/dial", 409, "Channel is not in the 'Down' state", AlreadyThere),
        ("POST channels/create", 500, "", Unreachable),
        (MOVE, 500, "", RequestFailed),
        (MOVE, 400, "Invalid parameter", RequestFailed),
        ("GET events?app=x", 401, "", NotAllowed),
        (MOVE, 403, "", NotAllowed),
        ("GET events?app=x", 503, "Asterisk not booted", Booting),
    ],
)
def test_status_and_message_choose_the_error(request_: str, status: int, message: str, kind: type[RequestFailed]) -> None:
    failed = failure(request_, status, message)

    assert type(failed) is kind
    assert (failed.request, failed.status, failed.message) == (request_, status, message)
    assert str(status) in str(failed)


def test_a_lost_connection_says_what_is_known() -> None:
    assert "nothing was done" in str(SwitchAway(MOVE, "cut", sent=False))
    assert "nobody knows whether it was done" in str(SwitchAway(MOVE, "cut", sent=True))
    assert "in 5 s" in str(NoAnswer(MOVE, 5.0))


def test_every_error_of_a_request_names_the_request() -> None:
    errors: list[AriError] = [SwitchAway(MOVE, "cut", sent=False), NoAnswer(MOVE, 5.0), failure(MOVE, 404, "Bridge not found")]

    assert all(MOVE in str(error) for error in errors)
