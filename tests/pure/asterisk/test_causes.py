"""Why a leg is gone, from the numbers that Asterisk gives."""

import pytest

from controller.asterisk.causes import end_cause
from controller.interaction.facts import EndCause


@pytest.mark.parametrize(
    ("q850", "sip", "meaning"),
    [
        (16, None, EndCause.HUNG_UP),
        (0, None, EndCause.HUNG_UP),  # what Asterisk says when the caller hangs up first
        (26, None, EndCause.HUNG_UP),  # we withdrew the offer
        (17, 486, EndCause.BUSY),
        (21, 603, EndCause.DECLINED),
        (21, None, EndCause.DECLINED),
        (19, 480, EndCause.NO_ANSWER),
        (19, None, EndCause.NO_ANSWER),
        (1, 404, EndCause.UNREACHABLE),
        (20, None, EndCause.UNREACHABLE),
        (23, 302, EndCause.FORWARDED),
        (16, 301, EndCause.FORWARDED),  # Asterisk calls that an ordinary end
        (127, 406, EndCause.NO_SOUND),  # answered without SDP
        (58, 488, EndCause.NO_SOUND),
        (38, 503, EndCause.FAILED),
        (44, None, EndCause.FAILED),
        (127, None, EndCause.FAILED),
    ],
)
def test_the_numbers_have_a_meaning(q850: int, sip: int | None, meaning: EndCause) -> None:
    assert end_cause(q850, sip) is meaning


def test_the_telephones_own_answer_says_more_than_the_networks() -> None:
    assert end_cause(21, 486) is EndCause.BUSY


def test_a_sip_status_that_means_nothing_to_us_leaves_it_to_the_network() -> None:
    assert end_cause(17, 299) is EndCause.BUSY
