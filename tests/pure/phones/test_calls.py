"""A phone knows how its calls stand, from its events alone."""

from tests.phones.calls import CallLog, CallState
from tests.phones.control import PhoneEvent


def event(kind: str, *, call: str = "c1", direction: str = "incoming", param: str = "", at: float = 1.0) -> PhoneEvent:
    """An event as the control port delivers it."""
    return PhoneEvent(at=at, type=kind, call_id=call, peer="sip:800@there", direction=direction, param=param)


def log(*events: PhoneEvent) -> CallLog:
    """The calls after these events."""
    calls = CallLog()
    for each in events:
        calls.take(each)
    return calls


def test_an_incoming_call_rings_stands_and_closes() -> None:
    call = log(event("CALL_INCOMING", at=1)).calls[0]
    assert (call.incoming, call.state, call.ringing_at) == (True, CallState.RINGING, 1)

    calls = log(event("CALL_INCOMING", at=1), event("CALL_ESTABLISHED", at=2), event("CALL_CLOSED", at=3, param="bye"))
    assert calls.live == []
    call = calls.calls[0]
    assert (call.state, call.established_at, call.closed_at, call.closed_because) == (CallState.CLOSED, 2, 3, "bye")


def test_an_outgoing_call_dials_first() -> None:
    calls = log(event("CALL_LOCAL_SDP", direction="outgoing", param="offer"))
    assert (calls.calls[0].incoming, calls.calls[0].state) == (False, CallState.DIALLING)


def test_an_outgoing_call_gets_its_name_with_the_first_reply() -> None:
    dialled = event("CALL_LOCAL_SDP", call="", direction="outgoing", param="offer")
    calls = log(dialled, event("CALL_RINGING", direction="outgoing"))
    assert [(call.id, call.state) for call in calls.calls] == [("c1", CallState.RINGING)]

    calls = log(dialled, event("CALL_CLOSED", call="", direction="outgoing"), dialled)
    assert [call.state for call in calls.calls] == [CallState.CLOSED, CallState.DIALLING]


def test_ringing_after_the_answer_changes_nothing() -> None:
    calls = log(event("CALL_ESTABLISHED", direction="outgoing"), event("CALL_RINGING", direction="outgoing"))
    assert calls.calls[0].state is CallState.ESTABLISHED


def test_a_refused_transfer_closes_the_call_because_the_phone_drops_it_without_a_word() -> None:
    calls = log(event("CALL_ESTABLISHED"), event("TRANSFER_FAILED", param="603 Decline"))
    assert calls.live == []
    assert calls.calls[0].closed_because == "transfer refused: 603 Decline"


def test_keys_and_answers_are_counted_for_the_call_that_they_belong_to() -> None:
    calls = log(
        event("CALL_ESTABLISHED", call="one"),
        event("CALL_ESTABLISHED", call="two"),
        event("CALL_DTMF_START", call="two", param="*"),
        event("CALL_DTMF_START", call="two", param="2"),
        event("CALL_REMOTE_SDP", call="one", param="answer"),
        event("CALL_REMOTE_SDP", call="one", param="offer"),
    )
    assert [(call.keys, call.remote_answers) for call in calls.calls] == [("", 1), ("*2", 0)]


def test_an_event_that_is_about_no_call_makes_none() -> None:
    assert log(event("REGISTER_OK", call="", direction="")).calls == []
