"""How many callers a site takes at once, as its file says it."""

import pytest

from controller.directory.policy import CallerLimits
from tests.pure.directory.site_text import SITE, only_mistake_in, read, with_line


def test_a_site_that_says_nothing_has_the_limits_of_the_delivered_asterisk() -> None:
    assert read(SITE).directory.limits == CallerLimits(legs_max=500, waiting_per_number_max=10, waiting_per_line_max=250)


def test_a_line_may_have_half_of_the_legs_where_the_site_does_not_say() -> None:
    assert read(with_line("[asterisk]", "[asterisk]\nlegs_max = 100")).directory.limits.waiting_per_line_max == 50


def test_a_site_may_choose_its_limits() -> None:
    text = with_line("[asterisk]", "[asterisk]\nlegs_max = 100") + "[callers]\nwaiting_per_number_max = 3\nwaiting_per_line_max = 90\n"

    directory = read(text).directory

    assert directory.limits == CallerLimits(legs_max=100, waiting_per_number_max=3, waiting_per_line_max=90)
    assert directory.customers_max == 78


@pytest.mark.parametrize("line", ["waiting_per_number_max = 0", "waiting_per_line_max = 0", 'waiting_per_number_max = "10"'])
def test_a_limit_is_a_number_from_1_on(line: str) -> None:
    assert "a whole number from 1 to 32000" in only_mistake_in(SITE + f"[callers]\n{line}\n")


def test_fewer_than_ten_legs_are_no_contact_centre() -> None:
    assert "a whole number from 10 to 32000" in only_mistake_in(with_line("[asterisk]", "[asterisk]\nlegs_max = 9"))
