"""A number can be dialled, and delivered by a line, in several ways: all of them lead where the site file says."""

import pytest

from controller.dialling.one_number import canonical_number
from controller.directory.ids import THE_SWITCH, EntryPointId, LegId
from controller.directory.replace import replace
from controller.interaction.facts import CustomerArrived
from controller.interaction.notices import CallTurnedAway
from tests.pure.directory.site_text import SITE, mistakes_in, only_mistake_in
from tests.pure.story import Story, site

SAME = ["+33123456789", "0033123456789", "33123456789", "0123456789", "123456789"]


@pytest.mark.parametrize("number", SAME)
def test_a_public_number_has_one_canonical_form_however_it_is_dialled(number: str) -> None:
    assert canonical_number(number, "FR") == "+33123456789"


@pytest.mark.parametrize("number", ["800", "1001", "3900", "15", "112", "", "+", "outside", "8" * 20, "+800"])
def test_what_is_no_public_number_means_only_itself(number: str) -> None:
    assert canonical_number(number, "FR") == number


def test_another_countrys_number_is_known_without_its_plus() -> None:
    assert canonical_number("442079460000", "FR") == canonical_number("+442079460000", "US") == "+442079460000"


def test_a_number_that_says_its_country_counts_though_nobody_has_it() -> None:
    assert canonical_number("0011234567890", "FR") == canonical_number("+11234567890", "FR") == "+11234567890"


def numbered(*accounts: str, main: str = "800") -> Story:
    directory = site()
    points = directory.entry_points
    numbers = {EntryPointId("main"): (main,), EntryPointId("accounts"): accounts}
    return Story(replace(directory, entry_points={key: replace(point, numbers=numbers[key]) for key, point in points.items()}))


@pytest.mark.parametrize("written", SAME)
@pytest.mark.parametrize("dialled", SAME)
def test_a_caller_reaches_an_entry_point_however_they_and_the_site_write_its_number(written: str, dialled: str) -> None:
    story = numbered(written)

    assert story.customer_calls(number=dialled).now.entry_point == EntryPointId("accounts")


def test_the_number_as_it_is_written_goes_before_what_it_means() -> None:
    story = numbered("+33123456789", main="0123456789")

    assert story.customer_calls("cora", number="0123456789").now.entry_point == EntryPointId("main")
    assert story.customer_calls("carl", number="+33123456789").now.entry_point == EntryPointId("accounts")
    assert story.customer_calls("cleo", number="0033123456789").now.entry_point == EntryPointId("accounts")


def test_a_number_that_only_looks_alike_leads_nowhere() -> None:
    story = numbered("+33123456789")

    outcome = story.take(CustomerArrived(leg=LegId("leg-of-cora"), number="", name="", dialled="3456789", switch=THE_SWITCH))

    assert [type(notice) for notice in outcome.notices] == [CallTurnedAway]


def with_another(numbers: str) -> str:
    return SITE + f'[[entry_point]]\nid = "b"\nname = "B"\nnumbers = [{numbers}]\nqueue = "support"\n'


def test_two_entry_points_that_mean_one_number_are_a_mistake() -> None:
    assert "[[entry_point]] numbers: the number '0123456789' means '+33123456789', which leads somewhere already: see line " in (
        only_mistake_in(with_another('"0123456789"'))
    )


def test_one_entry_point_may_write_its_number_in_several_ways() -> None:
    assert mistakes_in(SITE.replace('"+33123456789"', '"+33123456789", "0123456789"')) == ()


def test_without_the_country_nobody_can_say_what_numbers_mean() -> None:
    mistakes = mistakes_in(with_another('"0123456789"').replace('region = "FR"', 'region = "France"'))

    assert [mistake for mistake in mistakes if "means" in str(mistake)] == []
