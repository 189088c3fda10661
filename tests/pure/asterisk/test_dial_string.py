"""What Asterisk is told to dial is a telephone of ours, or a number through a trunk, and nothing that means more to Asterisk."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.asterisk.dial_string import dial_string
from controller.interaction.leg import Endpoint


def test_a_telephone_of_ours_is_dialled_by_its_name() -> None:
    assert dial_string(Endpoint(address="1002-web")) == "PJSIP/1002-web"


def test_a_number_is_dialled_through_its_trunk() -> None:
    assert dial_string(Endpoint(address="+33199001001", trunk="outside")) == "PJSIP/+33199001001@outside"


@pytest.mark.parametrize("address", ["", "1002/x", "1002&1003", "1002@evil", "1002,30", "${EXTEN}", "1002\n", "１００２"])
def test_what_means_more_than_a_telephone_is_never_dialled(address: str) -> None:
    assert dial_string(Endpoint(address=address)) is None


@pytest.mark.parametrize(
    ("number", "trunk"),
    [("", "outside"), ("1", "outside"), ("alice", "outside"), ("0033@evil", "outside"), ("0033", "out side"), ("0033", "a@b")],
)
def test_what_is_no_number_or_no_trunk_is_never_dialled(number: str, trunk: str) -> None:
    assert dial_string(Endpoint(address=number, trunk=trunk)) is None


@given(st.text(max_size=20), st.sampled_from(["", "outside"]))
def test_whatever_is_typed_no_character_of_asterisks_own_reaches_a_dial_string(address: str, trunk: str) -> None:
    dialled = dial_string(Endpoint(address=address, trunk=trunk))

    assert dialled is None or not set(dialled.removeprefix("PJSIP/").removesuffix("@outside")) & set("/@&,|;${}()^ \n")
