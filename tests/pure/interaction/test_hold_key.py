"""The telephone's own hold key means what the button means, and never leaves the customer in silence."""

from controller.directory.policy import AfterConsult, EndConsult, Policy, TransferAcceptance
from controller.interaction.interaction import Phase
from tests.pure.story import conference, connected, consult_held, consult_offered, consulting, contact_centre, site


def test_the_owners_hold_key_holds_the_customer_and_releasing_it_resumes() -> None:
    story = connected()

    story.presses_hold_key("alice")
    assert story.contact.is_in(Phase.HELD)
    assert story.contact.on_music == {"cora"}

    story.releases_hold_key("alice")
    assert story.contact.is_in(Phase.CONNECTED)
    assert story.contact.talking == {"cora", "alice"}


def test_nobody_is_brought_to_a_telephone_that_is_on_hold() -> None:
    story = connected()
    story.presses_hold_key("alice")

    assert story.refuses("alice", "resume") == "not-now"
    assert story.refuses("alice", "consult") == "not-now"
    assert "hold key" in story.because
    assert story.contact.can("alice") == set()


def test_a_customer_held_by_button_comes_back_when_the_hold_key_is_pressed_and_released() -> None:
    story = connected()
    story.presses("alice", "hold")
    story.presses_hold_key("alice")
    assert story.contact.is_in(Phase.HELD)

    story.releases_hold_key("alice")

    assert story.contact.is_in(Phase.CONNECTED)


def test_a_repeated_hold_changes_nothing() -> None:
    story = connected()
    story.presses_hold_key("alice")
    revision = story.contact.now.revision

    story.presses_hold_key("alice")

    assert story.contact.now.revision == revision


def test_hold_pressed_while_an_offer_rings_means_nothing() -> None:
    story = contact_centre()
    story.customer_calls()
    story.presses_hold_key("alice")
    story.releases_hold_key("alice")
    story.presses_hold_key("alice")

    story.answers("alice")

    assert story.contact.talking == {"cora", "alice"}


def test_hold_pressed_while_a_consult_rings_means_nothing() -> None:
    story = consult_offered()
    story.presses_hold_key("bob")
    story.releases_hold_key("bob")
    story.presses_hold_key("bob")

    story.answers("bob")

    assert not story.contact.party("bob").phone_on_hold


def test_hold_pressed_while_a_consult_rings_beside_the_customer_means_nothing() -> None:
    story = consult_offered()
    story.presses("alice", "resume")
    story.presses_hold_key("bob")

    story.answers("bob")

    assert not story.contact.party("bob").phone_on_hold


def test_a_consult_may_not_become_a_conference_while_the_owners_telephone_is_on_hold() -> None:
    story = consulting()
    story.presses_hold_key("alice")

    assert story.refuses("alice", "conference") == "not-now"
    assert story.refuses("alice", "resume") == "not-now"
    assert story.refuses("alice", "swap") == "not-now"
    story.releases_hold_key("alice")
    story.presses("alice", "conference")


def test_the_customer_hears_music_when_the_owner_presses_hold_beside_a_parked_consult() -> None:
    story = consult_held()

    story.presses_hold_key("alice")
    assert story.contact.on_music == {"cora", "bob"}

    story.releases_hold_key("alice")
    assert story.contact.talking == {"cora", "alice"}


def test_the_customer_hears_music_when_the_consult_ends_while_the_owners_telephone_is_on_hold() -> None:
    story = consulting()
    story.presses_hold_key("alice")

    story.hangs_up("bob")

    assert story.contact.on_music == {"cora"}
    story.releases_hold_key("alice")
    assert story.contact.talking == {"cora", "alice"}


def test_the_customer_hears_music_when_a_consult_is_cancelled_while_the_owners_telephone_is_on_hold() -> None:
    story = consult_offered()
    story.presses_hold_key("alice")

    story.presses("alice", "cancel-consult")

    assert story.contact.on_music == {"cora"}


def test_the_customer_hears_music_when_a_consult_is_ended_while_the_owners_telephone_is_on_hold() -> None:
    story = consulting(Policy(end_consult=EndConsult.RETURN_TO_CUSTOMER))
    story.presses_hold_key("alice")

    story.presses("alice", "end-consult")

    assert story.contact.on_music == {"cora"}


def test_a_customer_who_was_kept_held_comes_back_when_the_hold_key_is_released() -> None:
    story = consulting(Policy(after_consult=AfterConsult.KEEP_HELD))
    story.presses_hold_key("alice")
    story.hangs_up("bob")
    assert story.contact.phase is Phase.HELD

    story.releases_hold_key("alice")

    assert story.contact.talking == {"cora", "alice"}


def test_a_customer_who_is_transferred_to_a_telephone_on_hold_hears_music_until_it_is_released() -> None:
    story = consulting()
    story.presses_hold_key("bob")

    story.presses("alice", "transfer")
    assert story.contact.on_music == {"cora"}

    story.releases_hold_key("bob")
    assert story.contact.talking == {"cora", "bob"}


def test_a_transfer_accepted_on_the_desktop_while_the_telephone_is_on_hold_leaves_the_customer_with_music() -> None:
    story = consulting(Policy(transfer_acceptance=TransferAcceptance.ASK))
    story.presses("alice", "transfer")
    story.presses_hold_key("bob")
    story.presses("bob", "accept-transfer")
    assert story.contact.on_music == {"cora"}

    story.releases_hold_key("bob")

    assert story.contact.talking == {"cora", "bob"}


def test_in_a_conference_one_hold_key_leaves_the_customer_with_the_other_agent() -> None:
    story = conference()

    story.presses_hold_key("alice")

    assert story.contact.talking == {"cora", "alice", "bob"}


def test_in_a_conference_with_both_telephones_on_hold_the_customer_hears_music() -> None:
    story = conference()
    story.presses_hold_key("alice")
    story.presses_hold_key("bob")

    assert story.contact.on_music == {"cora"}


def test_the_customers_own_hold_key_moves_nobody() -> None:
    story = connected()

    story.presses_hold_key("cora")

    assert story.contact.talking == {"cora", "alice"}
    story.releases_hold_key("cora")
    assert story.contact.phase is Phase.CONNECTED


def test_a_telephone_that_is_rung_anew_is_not_on_hold() -> None:
    story = contact_centre(directory=site(answers_remotely="bob"))
    story.customer_calls()
    story.answers("alice")
    story.presses("alice", "consult", to="bob")
    story.presses("alice", "resume")
    story.presses_hold_key("bob")

    story.presses("bob", "accept")

    assert not story.contact.party("bob").phone_on_hold
