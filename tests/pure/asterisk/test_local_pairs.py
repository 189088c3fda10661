"""What Asterisk's own carrying out of a transfer looks like, and what was asked for by it."""

import json

from controller.asterisk.events import StasisStart, parse
from controller.asterisk.local_pairs import CarriedOut, LeftOver, LocalPairs, is_half
from controller.directory.ids import LegId


def came(name: str, *args: str, replaced: str = "") -> StasisStart:
    """Half of a pair comes; its id is its name's end."""
    channel = {"id": name[-8:], "name": f"Local/{name}", "state": "Ring"}
    told = {"type": "StasisStart", "channel": channel, "args": list(args)}
    event = parse(json.dumps({**told, **({"replace_channel": {"id": replaced, "name": "PJSIP/1001-00000001"}} if replaced else {})}))
    assert isinstance(event, StasisStart)
    return event


FIRST, SECOND = "1002@transfers-0000000a;1", "1002@transfers-0000000a;2"
LEFT, RIGHT = "_attended@transfer-0000000b;1", "_attended@transfer-0000000b;2"


def test_a_blind_transfer_is_known_when_both_halves_have_come_in_either_order() -> None:
    for order in (
        (came(SECOND, "transfer", "1002"), came(FIRST, replaced="alice")),
        (came(FIRST, replaced="alice"), came(SECOND, "transfer", "1002")),
    ):
        pairs = LocalPairs()
        assert pairs.came(order[0]) is None

        found = pairs.came(order[1])

        assert found == CarriedOut(leg=LegId("alice"), other=None, dialled="1002", halves=(order[0].channel.id, order[1].channel.id))


def test_an_attended_one_is_known_when_both_legs_have_been_replaced() -> None:
    pairs = LocalPairs()
    assert pairs.came(came(LEFT, replaced="alice")) is None

    found = pairs.came(came(RIGHT, replaced="second"))

    assert found is not None
    assert (found.leg, found.other, found.dialled) == ("alice", "second", "")


def test_two_transfers_at_once_are_told_apart() -> None:
    pairs = LocalPairs()
    pairs.came(came(FIRST, replaced="alice"))

    assert pairs.came(came("1003@transfers-0000000c;2", "transfer", "1003")) is None


def test_a_half_that_stays_alone_is_given_up_once() -> None:
    pairs = LocalPairs()
    half = came(FIRST, replaced="alice")
    pairs.came(half)

    assert pairs.have_taken_place_of(LegId("alice"))
    assert not pairs.have_taken_place_of(LegId("bob"))

    assert pairs.given_up(half.channel) == LeftOver(halves=(half.channel.id,), replaced=(LegId("alice"),))
    assert pairs.given_up(half.channel) is None
    assert not pairs.have_taken_place_of(LegId("alice"))


def test_only_local_channels_are_halves() -> None:
    assert is_half(came(FIRST).channel)
    assert not is_half(came(FIRST).channel.model_copy(update={"name": "PJSIP/1001-00000001"}))
