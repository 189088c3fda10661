"""Whatever happens in a contact centre, in whatever order, under whatever policies, what must be true stays true.

The days are the same in every run. `RANDOM_DAYS=20000 pytest tests/pure/floor/test_random_days.py` plays that many new ones, and
prints the shortest day that goes wrong.
"""

import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from controller.directory.directory import Directory
from tests.pure.floor.random_days import Day, Happening, happenings, sites

DAYS = 80
HAPPENINGS_MAX = 70
new_days = int(os.environ.get("RANDOM_DAYS", "0"))


@settings(
    max_examples=new_days or DAYS,
    derandomize=not new_days,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(sites, st.lists(happenings, min_size=15, max_size=HAPPENINGS_MAX))
def test_a_contact_centre_stays_sound_whatever_happens(directory: Directory, day_of: list[Happening]) -> None:
    day = Day(directory)
    for happening in day_of:
        day.goes_on(happening)
    day.story.judge_the_end()
