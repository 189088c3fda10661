"""How long to wait before trying again, and which lane a request takes."""

from controller.asterisk.pauses import Pauses
from controller.asterisk.transport import lane_of, segment
from controller.directory.ids import InteractionId


def test_pauses_double_up_to_five_seconds_and_begin_anew_after_a_success() -> None:
    pauses = Pauses(dice=lambda: 0.0)

    assert [pauses.next() for _ in range(8)] == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]

    pauses.reset()
    assert pauses.next() == 0.1


def test_the_dice_shorten_a_pause_by_half_at_most() -> None:
    assert Pauses(dice=lambda: 1.0).next() == 0.05


def test_an_interaction_keeps_its_lane_and_many_interactions_share_all_lanes() -> None:
    lanes = [lane_of(InteractionId(f"i{number}")) % 4 for number in range(400)]

    assert lane_of(InteractionId("i42")) == lane_of(InteractionId("i42"))
    assert all(60 <= lanes.count(lane) <= 140 for lane in range(4))


def test_an_id_is_one_segment_of_a_uri_whatever_it_holds() -> None:
    assert segment("1795340208.12") == "1795340208.12"
    assert segment("a/b?c=d e;2") == "a%2Fb%3Fc%3Dd%20e%3B2"
