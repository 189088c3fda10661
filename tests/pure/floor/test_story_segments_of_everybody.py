"""What everybody did where anybody was asked: queues, people outside, blind transfers, calls out, consults from a conference."""

from controller.floor.story import CUSTOMER
from controller.interaction.facts import EndCause
from controller.interaction.parties import parties
from controller.routing.commands import GoAvailable, LogOn
from tests.pure.floor.told import TellingStory, telling
from tests.pure.story import site

NUMBER = "+33155667788"


def somebody_outside(story: TellingStory) -> str:
    """Who somebody outside is in the story: their leg."""
    return next(party.leg for party in parties(story.contact.now) if party.agent is None and party.role != "customer")


def test_a_blind_transfer_is_nobodys_talk_until_the_next_owner_answers() -> None:
    story = telling()
    story.presses("alice", "transfer", to="carol")
    story.seconds_pass(4)
    story.answers("carol")
    story.seconds_pass(5)

    assert story.did(CUSTOMER) == "queued 10, talked 10, transferring 4, talked 5"
    assert story.did("alice") == "rang 10, talked 10*, wrapped up 9"
    assert story.did("carol") == "rang 4, talked 5*"


def test_a_blind_transfer_that_fails_gives_the_customer_back_and_withdraws_the_wrap_up() -> None:
    story = telling()
    story.presses("alice", "transfer", to="carol")
    story.seconds_pass(4)
    story.hangs_up("carol", EndCause.BUSY)
    story.seconds_pass(3)
    story.answers("alice")
    story.seconds_pass(5)

    assert story.did("carol") == "rang 4"
    assert story.did("alice").startswith("rang 10, talked 10*, wrapped up 4, rang 3, talked 5*")


def test_who_consults_a_queue_waits_and_then_hears_it_ring() -> None:
    story = telling(available="alice")
    story.says("carol", LogOn)
    story.presses("alice", "consult", to="queue:billing")
    story.seconds_pass(6)
    story.says("carol", GoAvailable)
    story.seconds_pass(3)
    story.answers("carol")
    story.seconds_pass(5)

    assert story.did("alice") == "rang 10, talked 10*, waiting 6*, dialling 3*, consulted 5*"
    assert story.did("carol") == "rang 3, consulted 5"
    assert story.did(CUSTOMER) == "queued 10, talked 10, held 14"


def test_a_customer_who_is_handed_out_is_nobodys_of_ours() -> None:
    story = telling()
    story.presses("alice", "consult", to=NUMBER)
    story.seconds_pass(4)
    who = somebody_outside(story)
    story.answers(next(party.name for party in parties(story.contact.now) if party.leg == who))
    story.seconds_pass(5)
    story.presses("alice", "transfer")
    story.seconds_pass(30)

    assert story.did(who) == "rang 4, consulted 5, handed out 30"
    assert story.did(CUSTOMER) == "queued 10, talked 10, held 9, handed out 30"
    assert story.did("alice") == "rang 10, talked 10*, dialling 4*, consulted 5*, wrapped up 30"


def test_a_call_out_is_dialling_until_it_is_answered() -> None:
    story = TellingStory(site())
    story.goes_available("alice")
    call = story.calls_out("alice", NUMBER)
    story.seconds_pass(3)
    story.answers("alice")
    story.seconds_pass(8)
    story.answers(next(party.name for party in parties(call.now) if party.role == "customer"))
    story.seconds_pass(5)

    assert story.did("alice") == "rang 3, dialling 8*, talked 5*"
    assert story.did(CUSTOMER) == "rang 8, talked 5"


def test_the_members_of_a_conference_are_held_while_its_owner_consults() -> None:
    story = telling()
    story.presses("alice", "consult", to="bob")
    story.answers("bob")
    story.presses("alice", "conference")
    story.seconds_pass(9)
    story.presses("alice", "consult", to="carol")
    story.seconds_pass(2)
    story.answers("carol")
    story.seconds_pass(4)
    story.presses("alice", "conference")
    story.seconds_pass(6)

    assert story.did("alice") == "rang 10, talked 10*, conferenced 9*, dialling 2*, consulted 4*, conferenced 6*"
    assert story.did("bob") == "conferenced 9, held 6, conferenced 6"
    assert story.did("carol") == "rang 2, consulted 4, conferenced 6"
