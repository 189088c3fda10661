"""What is said to whoever has to wait in a queue's line: how long others have waited there lately."""

from controller.directory.ids import QueueId
from controller.floor.waits import KNOWN_MIN, LATELY_SECONDS
from controller.routing.commands import LogOn
from tests.pure.story import Story, contact_centre

SUPPORT, BILLING = QueueId("support"), QueueId("billing")


def waited(*seconds: float, story: Story | None = None) -> Story:
    """Customers of Support, who have waited so long until Alice was free for them."""
    story = story or contact_centre(available="")
    for number, wait in enumerate(seconds):
        name = f"cora-{len(story.contacts)}-{number}"
        story.customer_calls(name)
        story.seconds_pass(wait)
        story.goes_available("alice")
        story.hangs_up(name)
        story.goes_idle("alice")
    return story


def test_too_few_waits_are_no_basis() -> None:
    assert KNOWN_MIN == 3
    assert waited(10, 20).floor.usual_wait(SUPPORT) is None


def test_the_usual_wait_is_the_median_of_late() -> None:
    story = waited(10, 90, 20)

    assert story.floor.usual_wait(SUPPORT) == 20
    assert story.floor.usual_wait(BILLING) is None


def test_whoever_was_given_an_agent_at_once_says_nothing_about_who_has_to_wait() -> None:
    story = waited(10, 20, 30)
    story.goes_available("alice")
    for number in range(5):
        story.customer_calls(f"carl-{number}")
        story.hangs_up(f"carl-{number}")

    assert story.floor.usual_wait(SUPPORT) == 20


def test_what_was_long_ago_says_nothing_about_now() -> None:
    story = waited(10, 20, 30)
    story.seconds_pass(LATELY_SECONDS)
    story.goes_idle("bob") if story.desk("bob") != "logged_off" else story.goes_available("bob")

    assert story.floor.usual_wait(SUPPORT) is None


def test_after_a_start_nobody_knows_before_others_have_waited() -> None:
    story = waited(10, 20, 30)

    story.controller_is_started_again()

    assert story.floor.usual_wait(SUPPORT) is None
    assert waited(5, 6, 7, story=story).floor.usual_wait(SUPPORT) == 6


def test_a_consult_that_waits_counts_from_when_it_was_asked_for() -> None:
    story = contact_centre(available="alice bob")
    story.customer_calls("cora")
    story.answers("alice")
    for wait in (4, 5, 6):
        story.says("carol", LogOn)
        story.goes_idle("carol")
        story.presses("alice", "consult", to="queue:billing", of=story.contacts["cora"])
        story.seconds_pass(wait)
        story.goes_available("carol")
        story.presses("alice", "cancel-consult", of=story.contacts["cora"])

    assert story.floor.usual_wait(BILLING) == 5
