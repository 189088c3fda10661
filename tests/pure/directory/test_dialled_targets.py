"""What a telephone of ours dials means whom the same text means at the desktop."""

import pytest

from controller.dialling.rules import DiallingRules
from controller.directory.dialled_targets import DialledNumbers
from controller.directory.directory import SiteNumber
from controller.directory.ids import AgentId, EntryPointId, NumberId
from controller.directory.replace import replace
from controller.directory.targets import AgentTarget, EntryPointTarget, NumberTarget, Target
from tests.pure.story import site

ACCOUNTANTS = SiteNumber(id=NumberId("accountants"), name="Accountants", number="01 99 00 20 01")
SITE = replace(
    site(),
    numbers={ACCOUNTANTS.id: ACCOUNTANTS},
    dialling=DiallingRules(trunk="outside", service_codes=("*86",)),
)


@pytest.mark.parametrize(
    ("digits", "target"),
    [
        ("1002", AgentTarget(agent=AgentId("bob"))),
        ("800", EntryPointTarget(entry_point=EntryPointId("main"))),
        ("112", NumberTarget(dial="112", shown="112", is_emergency=True)),
        ("*86", NumberTarget(dial="*86", shown="*86")),
        ("0199002001", NumberTarget(dial="+33199002001", shown="+33 1 99 00 20 01", name="Accountants")),
        ("0033199002001", NumberTarget(dial="+33199002001", shown="+33 1 99 00 20 01", name="Accountants")),
    ],
)
def test_digits_mean_one_of_ours_a_number_or_a_code_that_the_site_lists(digits: str, target: Target) -> None:
    assert DialledNumbers(SITE).understand(digits).target == target


@pytest.mark.parametrize("digits", ["", "12", "*5", "+33+44", "99999999999999999999"])
def test_digits_that_mean_nobody_say_why(digits: str) -> None:
    found = DialledNumbers(SITE).understand(digits)

    assert found.target is None
    assert found.because
