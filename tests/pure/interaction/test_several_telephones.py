"""Several telephones of one agent ring for one leg: whichever is picked up is that leg from then on."""

from controller.directory.ids import LegId
from controller.interaction.facts import EndCause, LegAnswered, LegEnded, LegStuck
from controller.interaction.interaction import Phase
from controller.interaction.layout import layout
from tests.pure.interaction.situations import offered
from tests.pure.story import Story, consult_offered


def picked_up(story: Story, who: str, place: int = 2) -> LegId:
    """Somebody picks up another of their telephones."""
    first = story.leg_of(who)
    story.take(LegAnswered(leg=first, by=LegId(f"{first}.{place}")))
    return LegId(f"{first}.{place}")


def named(story: Story) -> set[LegId]:
    return {place.leg for place in layout(story.contact.now).places}


def test_the_agent_has_the_customer_on_the_telephone_that_was_picked_up() -> None:
    story = offered()
    first = story.leg_of("alice")

    leg = picked_up(story, "alice")

    assert story.contact.now.phase is Phase.CONNECTED
    assert story.leg_of("alice") == leg
    assert first not in named(story), "the telephones that were not picked up are hung up"


def test_a_telephone_that_was_picked_up_is_not_in_trouble_because_another_one_could_not_be_brought_in() -> None:
    story = offered()
    story.take(LegStuck(leg=story.leg_of("alice")))

    picked_up(story, "alice")

    assert not story.contact.party("alice").is_stuck


def test_agent_2_is_consulted_on_the_telephone_that_was_picked_up() -> None:
    story = consult_offered()

    leg = picked_up(story, "bob", 3)

    assert story.contact.now.phase is Phase.CONSULTING
    assert leg in named(story)


def test_the_second_of_two_that_are_picked_up_at_once_changes_nothing() -> None:
    story = offered()
    first = story.leg_of("alice")
    picked_up(story, "alice", 2)
    before = story.contact.now

    story.take(LegAnswered(leg=first))
    story.take(LegAnswered(leg=first, by=LegId(f"{first}.3")))

    assert story.contact.now == before


def test_another_one_that_is_picked_up_after_the_first_changes_nothing() -> None:
    story = offered()
    first = story.leg_of("alice")
    story.take(LegAnswered(leg=first))
    before = story.contact.now

    story.take(LegAnswered(leg=first, by=LegId(f"{first}.2")))

    assert story.contact.now == before


def test_who_puts_down_the_telephone_that_was_picked_up_has_hung_up() -> None:
    story = offered()
    leg = picked_up(story, "alice")

    story.take(LegEnded(leg=leg, cause=EndCause.HUNG_UP))

    assert story.contact.now.phase is Phase.ENDED
