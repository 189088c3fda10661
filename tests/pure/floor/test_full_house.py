"""There is not room for everybody: who is too many is told so by the dialplan, and agents can always be rung."""

import pytest

from controller.directory.ids import THE_SWITCH, LegId
from controller.directory.policy import CallerLimits
from controller.directory.replace import replace
from controller.floor.outcome import Outcome
from controller.interaction.facts import CustomerArrived
from controller.interaction.interaction import Phase
from controller.interaction.notices import CallTurnedAway
from controller.interaction.refusals import Refused
from tests.pure.story import Story, contact_centre, site

AGENTS = 5


def centre(*, available: str = "", **limits: int) -> Story:
    return contact_centre(available=available, directory=replace(site(), limits=CallerLimits(**limits)))


def calls(story: Story, name: str, number: str = "", *, line: str = "") -> Outcome:
    return story.take(CustomerArrived(leg=LegId(f"leg-of-{name}"), number=number, name=name, dialled="800", switch=THE_SWITCH, line=line))


def is_taken(outcome: Outcome) -> bool:
    return not outcome.notices


def why(outcome: Outcome) -> str:
    (turned_away,) = outcome.notices
    assert isinstance(turned_away, CallTurnedAway)
    return turned_away.because


def test_a_leg_for_each_agent_and_a_fifth_for_the_dialplan_are_kept_back() -> None:
    limits = CallerLimits(legs_max=500)

    assert limits.callers_max(AGENTS) == 495
    assert limits.customers_max(AGENTS) == 395


def test_very_many_agents_leave_two_legs_in_five_for_customers() -> None:
    assert CallerLimits(legs_max=500).customers_max(agents=2_000) == 200
    assert CallerLimits(legs_max=10).customers_max(agents=2_000) == 4


def test_who_comes_when_every_leg_for_customers_is_taken_is_turned_away_until_one_has_gone() -> None:
    story = centre(legs_max=10, available="alice bob")
    for number in range(4):
        assert is_taken(replace(calls(story, f"c{number}"), notices=()))

    assert why(calls(story, "late")) == "4 customers are there, and the remaining legs are for agents' telephones"
    story.hangs_up("c3")
    assert is_taken(calls(story, "late"))


def test_a_customer_who_is_still_being_hung_up_counts() -> None:
    story = centre(legs_max=10, available="alice")
    calls(story, "cora")
    story.answers("alice")
    (interaction,) = story.floor.interactions.values()
    story.hangs_up("alice")
    assert story.last_seen[interaction.id].phase is Phase.ENDED
    for number in range(3):
        assert is_taken(calls(story, f"c{number}"))

    assert why(calls(story, "late")).startswith("4 customers are there")


def test_one_number_may_have_so_many_calls_waiting_and_no_more() -> None:
    story = centre(waiting_per_number_max=2)
    assert is_taken(calls(story, "first", "0123456789"))
    assert is_taken(calls(story, "second", "+33123456789"))

    assert why(calls(story, "third", "0033123456789")) == "2 calls from +33123456789 wait already"
    assert is_taken(calls(story, "somebody else", "+33123456780"))


def test_who_talks_or_is_rung_for_no_longer_waits() -> None:
    story = centre(waiting_per_number_max=1, available="alice")
    calls(story, "first", "0123456789")

    assert is_taken(calls(story, "second", "0123456789"))


@pytest.mark.parametrize("number", ["", "anonymous", "Unavailable"])
def test_callers_who_hide_their_numbers_are_not_one_caller(number: str) -> None:
    story = centre(waiting_per_number_max=1)
    calls(story, "first", number)

    assert is_taken(calls(story, "second", number))


def test_one_line_may_have_so_many_calls_waiting_whatever_their_numbers_and_no_more() -> None:
    story = centre(waiting_per_line_max=2)
    assert is_taken(calls(story, "first", "+33123456780", line="outside"))
    assert is_taken(calls(story, "second", "+33123456781", line="outside"))

    assert why(calls(story, "third", "+33123456782", line="outside")) == "2 calls by PJSIP/outside wait already"
    assert is_taken(calls(story, "fourth", "+33123456782", line="another"))


# --- Calls out ---------------------------------------------------------------------------------------------------------


def test_nobody_is_called_out_when_every_leg_for_customers_is_taken_until_one_has_gone() -> None:
    story = centre(legs_max=10, available="alice bob")
    for number in range(4):
        calls(story, f"c{number}")
    story.goes_available("carol")

    with pytest.raises(Refused) as refused:
        story.calls_out("carol", "+33199002001")

    assert refused.value.code == "too-many-outside-calls"
    assert refused.value.because == "So many customers are there that Asterisk has no leg left for a call out: try again in a moment."
    story.hangs_up("c3")
    assert story.calls_out("carol", "+33199002001").ringing == {"carol"}


def test_an_emergency_number_is_called_out_however_many_customers_are_there() -> None:
    """A fifth of the legs is kept back for whom the dialplan serves, and one for each agent's telephone."""
    story = centre(legs_max=10, available="alice bob")
    for number in range(4):
        calls(story, f"c{number}")
    story.goes_available("carol")

    assert story.calls_out("carol", "112").ringing == {"carol"}
