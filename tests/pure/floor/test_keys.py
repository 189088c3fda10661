"""A command that is sent twice acts once: the contact centre remembers the keys of what it accepted, also when it is started again."""

from dataclasses import replace

import pytest

from controller.directory.ids import AgentId, CommandKey
from controller.floor.keys import KEY_SECONDS, KEYS_PER_AGENT_MAX
from controller.floor.outcome import Outcome
from controller.interaction.interaction import Phase
from controller.interaction.notices import DigitsPressed
from controller.interaction.refusals import ReusedKey
from controller.routing.commands import GoAvailable, GoIdle
from controller.routing.desk import DeskState
from tests.pure.story import Story, connected, consulting, contact_centre, site

KEY = "word.request"
ALICE = AgentId("alice")


def goes_idle(story: Story, key: str, who: str = "alice") -> Outcome:
    return story.take(GoIdle(agent=AgentId(who), key=CommandKey(key)))


def keys_of(story: Story, who: str = "alice") -> list[str]:
    """What the floor remembers of an agent, oldest first."""
    return list(story.floor.state().accepted.get(AgentId(who), {}))


def test_a_swap_that_is_sent_twice_swaps_once() -> None:
    story = consulting()

    story.presses("alice", "swap", key=KEY)
    again = story.presses("alice", "swap", key=KEY)

    assert again == Outcome()
    assert story.contact.is_in(Phase.CONSULT_HELD)


def test_a_swap_that_is_sent_to_the_next_process_swaps_once() -> None:
    story = consulting()
    story.presses("alice", "swap", key=KEY)

    story.controller_is_started_again()
    story.presses("alice", "swap", key=KEY)

    assert story.contact.is_in(Phase.CONSULT_HELD)


def test_what_changes_nothing_but_was_done_is_remembered_too() -> None:
    story = connected()

    first = story.presses("alice", "dtmf", digits="12", key=KEY)
    story.presses("alice", "dtmf", digits="12", key=KEY)

    assert first.unseen, "it must be kept, so that the next process knows of it"
    assert len(story.told(DigitsPressed)) == 1


def test_without_a_key_it_acts_whenever_it_is_sent() -> None:
    story = consulting()

    story.presses("alice", "swap")
    story.presses("alice", "swap")

    assert story.contact.is_in(Phase.CONSULTING)
    assert keys_of(story) == []


def test_a_wrap_up_that_is_sent_twice_is_no_mistake_though_the_interaction_is_over() -> None:
    story = connected()
    story.hangs_up("cora")

    story.presses("alice", "wrap-up", key=KEY)
    assert story.contact.is_over

    assert story.presses("alice", "wrap-up", key=KEY) == Outcome()


def test_a_refused_command_may_be_tried_again_with_its_key() -> None:
    story = connected()
    assert story.refuses("alice", "resume", key=KEY) == "not-now"
    story.presses("alice", "hold")

    story.presses("alice", "resume", key=KEY)

    assert story.contact.talking == {"alice", "cora"}


def test_a_key_means_one_command() -> None:
    story = connected()
    story.presses("alice", "dtmf", digits="1", key="word.one")

    assert story.refuses("alice", "dtmf", digits="2", key="word.two") == "reused-key"
    assert "make a new one" in story.because
    with pytest.raises(ReusedKey):
        goes_idle(story, "word.three")
    assert len(story.told(DigitsPressed)) == 1


def test_two_agents_may_choose_the_same_word() -> None:
    story = contact_centre()

    goes_idle(story, KEY)
    goes_idle(story, KEY, "bob")

    assert (story.desk("alice"), story.desk("bob")) == (DeskState.IDLE, DeskState.IDLE)


def test_a_key_is_forgotten_after_a_day() -> None:
    story = contact_centre()
    goes_idle(story, KEY)
    story.says("alice", GoAvailable)

    story.now += KEY_SECONDS - 1
    goes_idle(story, KEY)
    assert story.desk("alice") is DeskState.AVAILABLE

    story.now += 1
    goes_idle(story, KEY)
    assert story.desk("alice") is DeskState.IDLE


def test_what_is_forgotten_takes_no_room() -> None:
    story = contact_centre()
    goes_idle(story, "old.1")
    story.now += 10
    goes_idle(story, "newer.1")

    story.now += KEY_SECONDS - 10
    goes_idle(story, "newest.1")

    assert keys_of(story) == ["newer.1", "newest.1"]


def test_of_more_than_a_thousand_keys_the_oldest_is_forgotten() -> None:
    story = contact_centre()

    for number in range(KEYS_PER_AGENT_MAX + 1):
        story.floor.take(GoIdle(agent=ALICE, key=CommandKey(f"{number}.1")), story.now)

    assert len(keys_of(story)) == KEYS_PER_AGENT_MAX
    assert keys_of(story)[0] == "1.1"


def test_a_reload_of_the_site_forgets_what_is_old() -> None:
    story = contact_centre()
    goes_idle(story, KEY)
    goes_idle(story, KEY, "bob")
    story.now += 10
    goes_idle(story, "later.1")

    story.now += KEY_SECONDS - 10
    story.site_is_reloaded(site())

    assert story.floor.state().accepted == {"alice": {"later.1": story.now - KEY_SECONDS + 10}}


def test_the_keys_of_an_agent_who_has_left_are_forgotten() -> None:
    story = contact_centre()
    goes_idle(story, KEY)
    goes_idle(story, KEY, "bob")
    left = site(support="bob")

    story.site_is_reloaded(replace(left, agents={name: agent for name, agent in left.agents.items() if name != "alice"}))

    assert (keys_of(story), keys_of(story, "bob")) == ([], [KEY])
