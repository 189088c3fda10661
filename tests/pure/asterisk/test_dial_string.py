"""What Asterisk is told to dial is a telephone of ours, or a number through a trunk, and nothing that means more to Asterisk."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.asterisk.dial_string import Dialable, dial_string, dialable
from controller.dialling.rules import DiallingRules, Trunk
from controller.directory.directory import Directory
from controller.interaction.leg import Endpoint

SITE = Dialable(trunks=frozenset({"outside"}), codes=frozenset({"*31#", "*31*"}))


def test_a_telephone_of_ours_is_dialled_by_its_name() -> None:
    assert dial_string(Endpoint(address="1002-web"), SITE) == "PJSIP/1002-web"


def test_a_number_is_dialled_through_its_trunk() -> None:
    assert dial_string(Endpoint(address="+33199001001", trunk="outside"), SITE) == "PJSIP/+33199001001@outside"


def test_a_code_is_dialled_exactly_as_the_site_lists_it() -> None:
    assert dial_string(Endpoint(address="*31#", trunk="outside"), SITE) == "PJSIP/*31#@outside"
    assert dial_string(Endpoint(address="*31#1", trunk="outside"), SITE) is None
    assert dial_string(Endpoint(address="**21*0033199001001#", trunk="outside"), SITE) is None
    assert dial_string(Endpoint(address="*31#", trunk="outside"), Dialable(trunks=SITE.trunks)) is None


def test_what_may_be_dialled_is_read_off_the_site() -> None:
    none: dict[Any, Any] = {}
    site = Directory(
        agents=none,
        queues=none,
        entry_points=none,
        wrap_up_reasons=none,
        idle_reasons=none,
        region="FR",
        trunks={"outside": Trunk(name="outside")},
        dialling=DiallingRules(trunk="outside", service_codes=("*31#", "*31*")),
    )

    assert dialable(site) == SITE


@pytest.mark.parametrize("address", ["", "1002/x", "1002&1003", "1002@evil", "1002,30", "${EXTEN}", "1002\n", "１００２"])
def test_what_means_more_than_a_telephone_is_never_dialled(address: str) -> None:
    assert dial_string(Endpoint(address=address), SITE) is None


@pytest.mark.parametrize(
    ("number", "trunk"),
    [
        *((number, "outside") for number in ("", "1", "alice", "0033@evil", "0" * 19, "00+33", "0033;user=phone", "0033\n", "1*", "#")),
        *(("0033", trunk) for trunk in ("out side", "a@b", "1001", "inside")),
    ],
)
def test_what_is_no_number_or_no_trunk_is_never_dialled(number: str, trunk: str) -> None:
    assert dial_string(Endpoint(address=number, trunk=trunk), SITE) is None


@given(st.text(max_size=20), st.sampled_from(["", "outside"]))
def test_whatever_is_typed_no_character_of_asterisks_own_reaches_a_dial_string(address: str, trunk: str) -> None:
    dialled = dial_string(Endpoint(address=address, trunk=trunk), SITE)

    assert dialled is None or not set(dialled.removeprefix("PJSIP/").removesuffix("@outside")) & set("/@&,|;${}()^ \n")
