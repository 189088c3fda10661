"""Events as nobody should send them: right ones with something wrong in them, unknown ones, and what is no JSON."""

import json
from typing import Any

from hypothesis import strategies as st

from tests.security.scripted_asterisk import APP, channel

LONG, DEEP = "LONG", "DEEP"
"""Stand for much that would be tedious in a report: see `written`."""

LEGS = ["1700000000.1", "1700000000.2", "ix-", "ix-x-alice-1", "ix-x-talk", "a/b?c", "", "é" * 40, "-", "9" * 300, LONG]
BRIDGES = ["ix-x-talk", "ix-x-hold", "ix-talk", "ix--talk", "", "b", "ix-x-talk-talk", LONG]
WORDS = [
    "",
    "0",
    "Up",
    "Down",
    "Ring",
    "customer",
    "800",
    "800,evil",
    "${SHELL(id)}",
    "&SIP/x",
    "a\r\nb",
    '"',
    "\x00",
    "€" * 500,
    LONG,
]

_CHANNELS = st.builds(
    channel,
    st.sampled_from(LEGS),
    st.sampled_from(["Up", "Ring", "Down", "Busy", "?"]),
    dialled=st.sampled_from(WORDS),
    name=st.sampled_from(WORDS),
    number=st.sampled_from(WORDS),
)
_BRIDGES = st.fixed_dictionaries({"id": st.sampled_from(BRIDGES), "channels": st.lists(st.sampled_from(LEGS), max_size=3)})
_MEMBERS: dict[str, st.SearchStrategy[Any]] = {
    "channel": _CHANNELS,
    "peer": _CHANNELS,
    "replace_channel": _CHANNELS,
    "bridge": _BRIDGES,
    "args": st.lists(st.sampled_from(WORDS), max_size=4) | st.just(["customer", "800"]),
    "cause": st.integers(-1, 200),
    "tech_cause": st.integers(-1, 700),
    "digit": st.sampled_from(WORDS),
    "duration_ms": st.integers(-5, 10**6),
    "dialstatus": st.sampled_from(WORDS),
    "eventname": st.sampled_from(WORDS),
    "userevent": st.dictionaries(st.sampled_from(WORDS), st.sampled_from(WORDS), max_size=3),
    "refer_to": st.just({"requested_destination": {"destination": "1002"}}),
    "referred_by": st.builds(lambda source: {"source_channel": source}, _CHANNELS),
}
KINDS: dict[str, tuple[str, ...]] = {
    "StasisStart": ("channel", "args"),
    "StasisEnd": ("channel",),
    "ChannelStateChange": ("channel",),
    "ChannelDestroyed": ("channel", "cause", "tech_cause"),
    "ChannelHangupRequest": ("channel", "cause"),
    "ChannelEnteredBridge": ("channel", "bridge"),
    "ChannelLeftBridge": ("channel", "bridge"),
    "BridgeCreated": ("bridge",),
    "BridgeDestroyed": ("bridge",),
    "ChannelHold": ("channel",),
    "ChannelUnhold": ("channel",),
    "ChannelDtmfReceived": ("channel", "digit", "duration_ms"),
    "Dial": ("peer", "dialstatus"),
    "ChannelUserevent": ("eventname", "userevent"),
    "ChannelTransfer": ("refer_to", "referred_by"),
}
"""All but `ApplicationReplaced`, which rightly ends everything."""

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "name", "channel", "x"]), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def events(draw: st.DrawFn) -> dict[str, Any]:
    """One that has the form of an event."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    event = {"type": kind, "application": APP, "timestamp": "2026-11-22T09:26:29.643+0000"}
    event.update({member: draw(_MEMBERS[member]) for member in KINDS[kind]})
    return event


@st.composite
def spoilt(draw: st.DrawFn) -> dict[str, Any]:
    """One with something left out, or something else in its place, however deep."""
    event = draw(events())
    place: Any = event
    while True:
        key = draw(st.sampled_from(sorted(place)))
        if not (isinstance(place[key], dict) and place[key] and draw(st.booleans())):
            break
        place[key] = dict(place[key])
        place = place[key]
    if draw(st.booleans()):
        del place[key]
    else:
        place[key] = draw(_VALUES)
    return event


_NO_EVENTS = st.sampled_from(
    [
        "",
        "{}",
        "null",
        DEEP,
        '{"type":' * 5_000,
        '{"type":"StasisStart"}',
        '{"type":"Never Heard Of"}',
        '{"type":7}',
        '{"type":"StasisStart","channel":{"id":"\\ud800"},"args":["customer","800"]}',
        '{"type":"RESTResponse"}',
        '{"type":"ChannelHold","channel":{"id":' + "9" * 5_000 + "}}",
        '{"type":"ChannelHold","type":"StasisEnd"}',
        "\ufeff{}",
        "\x00",
    ]
)


def written(text: str) -> str:
    """The text as it is really sent."""
    return text.replace(LONG, "z" * 70_000).replace(DEEP, "[" * 100_000)


texts = st.one_of(events().map(json.dumps), spoilt().map(json.dumps), _NO_EVENTS, st.text(max_size=50))
"""Whatever may come over the event socket."""
