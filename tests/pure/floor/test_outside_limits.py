"""Calls to outside are limited against toll fraud, over a restart too, but for emergencies. An agent's last numbers are known."""

import pytest

from controller.dialling.rules import OutsideLimits
from controller.directory.ids import AgentId
from controller.floor.outside_calls import DIALLED_MAX
from controller.interaction.facts import EndCause
from controller.interaction.interaction import Phase
from controller.interaction.refusals import Refused, TooManyOutsideCalls
from tests.pure.interaction.situations import HIS_NUMBER, OUTSIDE
from tests.pure.story import Story, contact_centre, site

ALICE = AgentId("alice")
HOUR, DAY = 3600.0, 24 * 3600.0
WIDE = 1000


def limits(*, mine: int = WIDE, all_of_us: int = WIDE, an_hour: int = WIDE, a_day: int = WIDE, a_day_for_all: int = WIDE) -> OutsideLimits:
    """Only the limits that a test is about."""
    return OutsideLimits(
        at_once_per_agent=mine,
        at_once_per_site=all_of_us,
        per_hour_and_agent=an_hour,
        per_day_and_agent=a_day,
        per_day_and_site=a_day_for_all,
    )


def house(of: OutsideLimits) -> Story:
    return contact_centre(directory=site(limits=of))


def calls_in_vain(story: Story, who: str = "alice", whom: str = HIS_NUMBER) -> None:
    """Somebody is called, is busy, and nothing is left of it."""
    story.calls_out(who, whom)
    story.answers(who)
    story.hangs_up(whom.partition(":")[0], EndCause.BUSY)
    story.contacts.clear()


def is_refused(story: Story, who: str = "alice", whom: str = HIS_NUMBER) -> str:
    """Somebody calls out and must be refused: why."""
    with pytest.raises(TooManyOutsideCalls) as refused:
        story.calls_out(who, whom)
    return refused.value.because


def test_an_agent_is_in_so_many_calls_with_outside_at_once() -> None:
    story = house(limits(mine=2))
    story.customer_calls()
    story.answers("alice")
    for number in (HIS_NUMBER, "Marie:+33199002002"):
        story.presses("alice", "consult", to=number)
        story.answers(number.partition(":")[0])
        story.presses("alice", "conference")

    assert story.refuses("alice", "consult", to="+33199002003") == "too-many-outside-calls"
    assert story.because == "You are in 2 calls with outside already: end one first."
    assert story.contact.is_in(Phase.CONFERENCE), "nobody is put on hold for it"
    story.hangs_up("Marie")
    story.presses("alice", "consult", to="+33199002003")

    assert story.contact.ringing == {"+33199002003"}


def test_who_has_handed_a_customer_to_outside_is_counted_until_that_is_over() -> None:
    """A line to outside is up because of them, whoever talks on it."""
    story = house(limits(mine=1))
    story.customer_calls()
    story.answers("alice")
    story.presses("alice", "transfer", to=HIS_NUMBER)
    story.answers(OUTSIDE)
    story.presses("alice", "wrap-up")
    assert is_refused(story) == "You are in 1 calls with outside already: end one first."

    story.hangs_up(OUTSIDE)

    assert story.calls_out("alice", HIS_NUMBER).ringing == {"alice"}


def test_all_together_are_in_so_many_calls_with_outside_at_once() -> None:
    story = house(limits(all_of_us=1))
    story.calls_out("alice", HIS_NUMBER)
    story.answers("alice")

    assert is_refused(story, "bob") == ("So many calls with outside are up that there is no room for one more: try again in a moment.")
    story.hangs_up(OUTSIDE, EndCause.BUSY)

    assert story.calls_out("bob", HIS_NUMBER).ringing == {"bob"}


def test_a_call_out_takes_its_place_while_the_own_telephone_rings() -> None:
    story = house(limits(all_of_us=1))
    call = story.calls_out("alice", HIS_NUMBER)

    assert "no room for one more" in is_refused(story, "bob")
    story.presses("alice", "end", of=call)

    assert story.calls_out("bob", HIS_NUMBER).ringing == {"bob"}


def test_whom_an_agent_calls_is_counted_from_when_the_call_is_asked_for() -> None:
    """While the own telephone still rings nobody outside is rung, and two calls could be asked for in the same moment."""
    story = house(limits(an_hour=1))
    story.calls_out("alice", HIS_NUMBER)
    story.presses("alice", "end")

    assert "1 times within the hour" in is_refused(story)


@pytest.mark.parametrize(("which", "seconds", "within"), [("an_hour", HOUR, "the hour"), ("a_day", DAY, "a day")])
def test_an_agent_calls_outside_so_many_times_within_an_hour_and_a_day(which: str, seconds: float, within: str) -> None:
    story = house(limits(**{which: 3}))
    for _ in range(3):
        calls_in_vain(story)
        story.now += 10

    because = f"You have called outside 3 times within {within}, which is as often as this site allows."
    assert is_refused(story) == because
    assert story.floor.why_no_outside_call(ALICE, story.now) == because
    assert story.floor.why_no_outside_call(AgentId("bob"), story.now) is None
    story.now += seconds - 30
    assert story.floor.why_no_outside_call(ALICE, story.now) is None
    calls_in_vain(story)

    assert is_refused(story) == because, "only the first has been forgotten"


def test_all_together_call_outside_so_many_times_within_a_day() -> None:
    story = house(limits(a_day_for_all=2))
    calls_in_vain(story, "alice")
    calls_in_vain(story, "bob")

    assert is_refused(story) == "This site has called outside as often as it may within a day: ask your administrator."
    story.now += DAY

    assert story.calls_out("alice", HIS_NUMBER).ringing == {"alice"}


@pytest.mark.parametrize("how", ["consult", "transfer"])
@pytest.mark.parametrize("whom", [HIS_NUMBER, "colleague:Marie Durand"])
def test_consults_and_transfers_to_outside_are_counted_like_calls(how: str, whom: str) -> None:
    story = house(limits(an_hour=1))
    story.customer_calls()
    story.answers("alice")
    story.presses("alice", how, to=whom)

    assert story.floor.why_no_outside_call(ALICE, story.now) is not None


def test_a_call_that_was_refused_is_not_counted() -> None:
    story = house(limits(an_hour=1))
    story.goes_idle("alice")
    story.logs_off("alice")
    with pytest.raises(Refused):
        story.calls_out("alice", HIS_NUMBER)

    assert story.floor.why_no_outside_call(ALICE, story.now) is None


def test_colleagues_who_are_agents_and_queues_are_not_counted() -> None:
    story = house(limits(an_hour=0))
    story.customer_calls()
    story.answers("alice")

    story.presses("alice", "consult", to="bob")

    assert story.contact.ringing == {"bob"}


@pytest.mark.parametrize(
    "none_left", [limits(mine=0), limits(all_of_us=0), limits(an_hour=0), limits(a_day=0), limits(a_day_for_all=0)], ids=lambda _: ""
)
def test_an_emergency_call_passes_every_limit(none_left: OutsideLimits) -> None:
    story = house(none_left)
    is_refused(story)
    story.customer_calls()
    story.answers("alice")
    story.presses("alice", "consult", to="112")
    assert story.contact.ringing == {"112"}
    story.presses("alice", "cancel-consult")
    story.presses("alice", "transfer", to="15")
    assert story.contact.ringing == {"15"}

    contact = story.calls_out("bob", "112")

    assert contact.ringing == {"bob"}


def test_an_emergency_call_uses_up_no_limit() -> None:
    story = house(limits(an_hour=1))
    calls_in_vain(story, whom="112")

    assert story.floor.why_no_outside_call(ALICE, story.now) is None


@pytest.mark.parametrize("at_once", [limits(mine=1), limits(all_of_us=1)], ids=["of an agent", "of all"])
def test_an_emergency_call_that_is_up_keeps_nobody_from_calling_somebody_else(at_once: OutsideLimits) -> None:
    story = house(at_once)
    story.customer_calls()
    story.answers("alice")
    story.presses("alice", "consult", to="112")
    story.answers("112")
    story.presses("alice", "conference")

    story.presses("alice", "consult", to=HIS_NUMBER)

    assert story.contact.ringing == {OUTSIDE}


def test_no_restart_lifts_a_limit() -> None:
    story = house(limits(an_hour=1, mine=1))
    calls_in_vain(story)
    story.customer_calls()
    story.answers("bob")
    story.presses("bob", "consult", to=HIS_NUMBER)

    story.controller_is_started_again()

    assert "within the hour" in (story.floor.why_no_outside_call(ALICE, story.now) or "")
    assert "in 1 calls" in (story.floor.why_no_outside_call(AgentId("bob"), story.now) or "")


def test_another_site_file_brings_other_limits_and_forgets_nobodys_calls() -> None:
    story = house(limits(an_hour=2))
    calls_in_vain(story)
    assert story.floor.why_no_outside_call(ALICE, story.now) is None

    story.site_is_reloaded(site(limits=limits(an_hour=1)))

    assert story.floor.why_no_outside_call(ALICE, story.now) is not None


# --- The numbers that were dialled last ----------------------------------------------------------------------------


def test_the_numbers_that_an_agent_dialled_last_are_known_the_newest_first_and_each_once() -> None:
    story = house(limits())
    for number in ("+33199002001", "+33199002002", "+33199002001"):
        calls_in_vain(story, whom=number)
        story.now += 1

    assert story.floor.dialled_by(ALICE) == ("+33199002001", "+33199002002")
    assert story.floor.dialled_by(AgentId("bob")) == ()


def test_so_many_of_them_are_remembered_and_for_longer_than_a_day() -> None:
    story = house(limits())
    numbers = [f"+331990020{place:02}" for place in range(DIALLED_MAX + 2)]
    for number in numbers:
        calls_in_vain(story, whom=number)
        story.now += DAY

    story.controller_is_started_again()

    assert story.floor.dialled_by(ALICE) == tuple(reversed(numbers[2:]))


def test_a_number_that_is_dialled_every_day_is_remembered_once() -> None:
    story = house(limits())
    for _ in range(10):
        calls_in_vain(story)
        story.seconds_pass(DAY)
    calls_in_vain(story)

    assert story.floor.dialled_by(ALICE) == (HIS_NUMBER.rpartition(":")[2],)
    assert len(story.floor.state().outside_calls[ALICE]) == 1


def test_somebody_who_was_chosen_by_name_and_an_emergency_number_were_not_dialled() -> None:
    story = house(limits())
    calls_in_vain(story, whom="112")
    story.calls_out("alice", "colleague:Marie Durand")

    assert story.floor.dialled_by(ALICE) == ()
