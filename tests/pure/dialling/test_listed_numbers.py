"""What people write as a number into a list of colleagues, and what somebody types who looks for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.dialling.listed_number import ListedNumbers, looks_like_a_number
from controller.dialling.rules import ExtensionRange

FRANCE = ListedNumbers(region="FR", extensions=(ExtensionRange("1000", "1999"), ExtensionRange("0009", "0009")))


@pytest.mark.parametrize(
    "written",
    [
        *("+33199001001", "+33 1 99 00 10 01", "01 99 00 10 01", "0033 1 99.00.10.01", "+33 (0)1 99 00 10 01", "tel:+33-1-99-00-10-01"),
        *("+33 1 99 00 10 01 ext. 12", "+33 1 99 00 10 01 (poste 0009)", "01 99 00 10 01;ext=12", "01 99 00 10 01 #12"),
        *("01 99 00 10 01 / 01 99 00 10 02", "Tél. : 01 99 00 10 01", "０１ ９９ ００ １０ ０１"),
    ],
)
def test_a_number_is_one_number_however_it_is_written(written: str) -> None:
    assert FRANCE.read(written) == "+33199001001"


@pytest.mark.parametrize(
    "written",
    [
        *("", "see reception", "voir secrétariat", "12", "112", "15", "3008", "0996", "+", "+112", "*31#", "+33 1 99", "2001"),
        *("1" * 101, "01 99 00 10 01" + " " * 100, "000000000000000000", "½", "①②③"),
    ],
)
def test_what_is_no_number_of_a_colleague_is_none(written: str) -> None:
    assert FRANCE.read(written) is None


@pytest.mark.parametrize(("written", "digits"), [("1234", "1234"), ("poste 0009", "0009"), ("12-34", "1234"), ("1999 (mobile)", "1999")])
def test_an_internal_number_is_its_digits(written: str, digits: str) -> None:
    assert FRANCE.read(written) == digits


def test_a_number_without_a_country_code_is_read_as_the_site_does() -> None:
    assert ListedNumbers(region="GB").read("020 7946 0018") == "+442079460018"
    assert FRANCE.read("020 7946 0018") is None


@given(st.text())
def test_no_text_is_worse_than_no_number(text: str) -> None:
    read = FRANCE.read(text)

    assert read is None or FRANCE.read(read) == read


@pytest.mark.parametrize(("typed", "is_number"), [("01 99", True), ("+33(0)1", True), ("12", False), ("team 112", False), ("", False)])
def test_somebody_who_types_three_digits_and_no_letter_looks_for_a_number(typed: str, is_number: bool) -> None:
    assert looks_like_a_number(typed) is is_number
