"""How a caller's number is shown to an agent."""

import pytest

from controller.dialling.shown import shown_number


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("0123456789", "+33123456789"),
        ("01 23 45 67 89", "+33123456789"),
        ("+33123456789", "+33123456789"),
        ("0033123456789", "+33123456789"),
        ("+12015532447", "+12015532447"),
        ("0012015532447", "+12015532447"),
    ],
)
def test_a_public_number_is_shown_in_e164(number: str, shown: str) -> None:
    assert shown_number(number, "FR") == shown


@pytest.mark.parametrize(
    "number", ["2001", "800", "3631", "15", "", "anonymous", "+", "0" * 300, "+999123456789", "tel:1", "sip:alice@example.com"]
)
def test_what_is_no_public_number_stays_as_it_is(number: str) -> None:
    assert shown_number(number, "FR") == number


def test_the_same_digits_mean_another_number_in_another_region() -> None:
    assert shown_number("2015532447", "US") == "+12015532447"


def test_a_region_that_nobody_knows_leaves_numbers_as_they_are() -> None:
    assert shown_number("0123456789", "XX") == "0123456789"
