"""Reading what Asterisk tells unasked. The texts are the ones that a real Asterisk 22.10 sent."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.asterisk.events import (
    ApplicationReplaced,
    BadEvent,
    ChannelDestroyed,
    ChannelEnteredBridge,
    ChannelHold,
    ChannelUserevent,
    StasisStart,
    UnknownEvent,
    parse,
)

CHANNEL = (
    '{"id":"1795340208.12","name":"PJSIP/2001-00000007","state":"Ring","protocol_id":"","caller":{"name":"Cora","number":"2001"},'
    '"connected":{"name":"","number":""},"accountcode":"","dialplan":{"context":"customers","exten":"800","priority":3,'
    '"app_name":"Stasis","app_data":"controller,customer,800"},"creationtime":"2026-11-22T09:26:29.642+0000","language":"en"}'
)
BRIDGE = (
    '{"id":"ix-9-talk","technology":"simple_bridge","bridge_type":"mixing","bridge_class":"stasis","creator":"Stasis","name":"talk",'
    '"channels":["1795340208.12","ix-9-alice-1"],"creationtime":"2026-11-22T09:26:29.646+0000","video_mode":"talker"}'
)
END = '"asterisk_id":"02:fc:00:00:00:01","application":"controller"}'


def event(name: str, *fields: str) -> str:
    """An event as Asterisk writes it."""
    return ",".join([f'{{"type":"{name}"', '"timestamp":"2026-11-22T09:26:29.643+0000"', *fields, END])


def test_a_caller_comes_with_a_number_and_with_the_words_of_the_dialplan() -> None:
    came = parse(event("StasisStart", '"args":["customer","800"]', f'"channel":{CHANNEL}'))

    assert isinstance(came, StasisStart)
    assert came.args == ("customer", "800")
    assert (came.channel.id, came.channel.caller.number, came.channel.caller.name) == ("1795340208.12", "2001", "Cora")
    assert came.channel.application == "controller"
    assert not came.channel.is_up


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        (r"Cora \"K\" Martin", 'Cora "K" Martin'),
        (r"a \\ b", r"a \ b"),
        (r"\C\o\r\a", "Cora"),
        ("ends with \\", "ends with \\"),
        ("Cora", "Cora"),
    ],
)
def test_a_quoted_name_of_a_caller_is_read_without_its_backslashes(sent: str, name: str) -> None:
    channel = CHANNEL.replace('"Cora"', json.dumps(sent))
    came = parse(event("StasisStart", f'"channel":{channel}'))

    assert isinstance(came, StasisStart)
    assert came.channel.caller.name == name


def test_a_channel_outside_stasis_is_in_no_application() -> None:
    came = parse(event("StasisStart", '"args":[]', f'"channel":{CHANNEL.replace("Stasis", "Playback")}'))

    assert isinstance(came, StasisStart)
    assert came.channel.application is None


def test_a_leg_that_enters_a_room_is_told_with_both() -> None:
    entered = parse(event("ChannelEnteredBridge", f'"bridge":{BRIDGE}', f'"channel":{CHANNEL}'))

    assert isinstance(entered, ChannelEnteredBridge)
    assert (entered.bridge.id, entered.channel.id) == ("ix-9-talk", "1795340208.12")
    assert entered.bridge.channels == {"1795340208.12", "ix-9-alice-1"}


def test_the_end_of_a_leg_says_why() -> None:
    ended = parse(event("ChannelDestroyed", '"cause":17', '"cause_txt":"User busy"', '"tech_cause":486', f'"channel":{CHANNEL}'))

    assert isinstance(ended, ChannelDestroyed)
    assert (ended.cause, ended.tech_cause) == (17, 486)


def test_a_hold_key_is_told() -> None:
    held = parse(event("ChannelHold", '"musicclass":"default"', f'"channel":{CHANNEL}'))

    assert isinstance(held, ChannelHold)
    assert held.channel.id == "1795340208.12"


def test_a_marker_and_a_take_over_are_told() -> None:
    marker = parse('{"type":"ChannelUserevent","timestamp":"","eventname":"sync","userevent":{"n":"1","eventname":"sync"},' + END)

    assert isinstance(marker, ChannelUserevent)
    assert (marker.eventname, marker.userevent["n"]) == ("sync", "1")
    assert isinstance(parse('{"type":"ApplicationReplaced","application":"controller"}'), ApplicationReplaced)


def test_fields_that_we_do_not_know_pass() -> None:
    newer = json.loads(event("StasisStart", f'"channel":{CHANNEL}'))
    newer["channel"]["since_asterisk_30"] = {"deep": [1, 2]}
    newer["another"] = None

    assert isinstance(parse(json.dumps(newer)), StasisStart)


def test_the_type_may_stand_anywhere() -> None:
    told = json.loads(event("ChannelHold", f'"channel":{CHANNEL}'))

    assert isinstance(parse(json.dumps(dict(reversed(told.items())), indent=1)), ChannelHold)


def test_an_event_that_we_have_no_use_for_is_named() -> None:
    assert parse(event("PeerStatusChange")) == UnknownEvent(type="PeerStatusChange")


def test_a_known_event_that_cannot_be_read_says_which_field_is_wrong() -> None:
    without_channel = parse(event("StasisEnd"))
    without_id = parse(event("StasisEnd", '"channel":{"id":null}'))

    assert isinstance(without_channel, BadEvent)
    assert (without_channel.type, without_channel.because.split(":")[0]) == ("StasisEnd", "channel")
    assert isinstance(without_id, BadEvent)
    assert without_id.because.startswith("channel.id: ")


@pytest.mark.parametrize(
    "text", ["", " ", "null", "7", "[]", '"StasisStart"', "{}", '{"type":null}', '{"type":["StasisStart"]}', "{", "\x00", '{"type":']
)
def test_what_is_no_event_at_all_is_told_as_such(text: str) -> None:
    assert isinstance(parse(text), BadEvent)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.sampled_from(["StasisStart", "ChannelDestroyed", "ChannelEnteredBridge", "BridgeDestroyed", "ChannelUserevent"]),
    st.dictionaries(st.text(), JSON),
    JSON,
)
def test_no_json_makes_the_reading_fail(name: str, fields: dict[str, object], channel: object) -> None:
    message = {**fields, "channel": channel, "bridge": channel, "type": name}

    parse(json.dumps(message))  # reading it is the whole test: it must not raise


@given(st.text())
def test_no_text_makes_the_reading_fail(text: str) -> None:
    assert isinstance(parse(text), BadEvent)
