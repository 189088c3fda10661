"""Which number does what at the far end of the demo's trunk."""

import pytest

from tests.phones import far_end_ways as ways
from tests.phones.far_call import Way


@pytest.mark.parametrize(
    ("number", "way"),
    [
        ("+33199001001", ways.is_heard_and_answers),
        ("0199001002", ways.is_busy),
        ("+33199001009", ways.declines),
        ("+33199001090", ways.is_silent),
        ("+33199001093", ways.asks_to_be_sent_elsewhere),
        ("+33199001099", ways.declines),
        ("+33199001097", ways.answers_after_a_second),
        ("15", ways.rings_for_ever),
        ("", ways.is_unknown),
    ],
)
def test_the_last_two_digits_of_a_number_decide_where_they_are_listed_and_otherwise_the_last(number: str, way: Way) -> None:
    assert ways.way_of(number) is way
