"""The telephone's own hold key means what the button means, and never leaves the customer in silence."""

import pytest

from controller.directory.policy import AfterConsult, EndConsult, Policy, TransferAcceptance
from controller.interaction.interaction import Phase
from controller.interaction.parties import parties
from controller.interaction.party import Standing
from tests.pure.interaction.situations import BEGINNINGS
from tests.pure.story import Story, conference, connected, consult_held, consult_offered, consulting, contact_centre, site, with_trunk


def consulting_outside() -> Story:
    """Alice consults somebody outside, who has answered."""
    story = contact_centre(directory=with_trunk(site()))
    story.customer_calls()
    story.answers("alice")
    story.presses("alice", "consult", to="+33199002001")
    story.answers("+33199002001")
    return story


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
    assert story.contact.can("alice") == {"transfer"}, "whoever leaves need not be brought to anybody"


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


def test_a_customer_held_by_button_stays_on_music_when_the_telephone_refreshes_its_session() -> None:
    """Asterisk says of every re-INVITE without SDP that the hold key was released, pressed or not."""
    story = connected()
    story.presses("alice", "hold")
    revision = story.contact.now.revision

    story.releases_hold_key("alice")

    assert story.contact.is_in(Phase.HELD)
    assert story.contact.on_music == {"cora"}
    assert story.contact.now.revision == revision


def test_a_customer_kept_held_after_a_consult_stays_on_music_when_the_telephone_refreshes_its_session() -> None:
    story = consulting(Policy(after_consult=AfterConsult.KEEP_HELD))
    story.hangs_up("bob")

    story.releases_hold_key("alice")

    assert story.contact.on_music == {"cora"}


@pytest.mark.parametrize("situation", ["consult_offered", "consulting", "consult_held", "conference", "transfer_asked", "connected"])
def test_a_refresh_of_any_telephone_moves_nobody(situation: str) -> None:
    story = BEGINNINGS[situation]()
    before = story.contact.now

    for who in ("cora", *(party.agent for party in parties(before) if party.agent and party.standing is not Standing.GONE)):
        story.releases_hold_key(who)

    assert story.contact.now is before


@pytest.mark.parametrize("button", ["resume", "consult"])
def test_a_hold_key_of_which_nobody_knows_after_an_outage_is_what_the_person_says(button: str) -> None:
    story = connected()
    story.presses_hold_key("alice")
    story.switch_is_lost()
    story.switch_is_found()
    assert story.contact.on_music == {"cora"}, "nobody is brought to a telephone that may be on hold before its agent says so"

    story.presses("alice", button)

    assert story.contact.phase in (Phase.CONNECTED, Phase.CONSULT_OFFERED)


def test_after_an_outage_the_owner_swaps_and_the_customer_is_with_them() -> None:
    story = consulting()
    story.presses_hold_key("alice")
    story.switch_is_lost()
    story.switch_is_found()

    story.presses("alice", "swap")

    assert story.contact.talking == {"cora", "alice"}


def test_after_an_outage_a_consult_that_ends_gives_the_customer_back_to_the_owner() -> None:
    story = consulting()
    story.presses_hold_key("alice")
    story.switch_is_lost()
    story.switch_is_found()

    story.presses("bob", "leave-consult")

    assert story.contact.talking == {"cora", "alice"}


def test_a_key_that_is_released_while_nobody_hears_it_is_learnt_and_the_customer_comes_back() -> None:
    story = connected()
    story.presses_hold_key("alice")
    story.switch_is_lost()
    story.releases_hold_key("alice")  # what Asterisk says when it is asked after the outage
    story.switch_is_found()

    assert story.contact.talking == {"cora", "alice"}


def test_a_key_that_is_still_pressed_after_an_outage_is_in_no_doubt() -> None:
    story = consulting()
    story.presses_hold_key("alice")
    story.switch_is_lost()
    story.presses_hold_key("alice")
    story.switch_is_found()

    assert story.refuses("alice", "resume") == "not-now"
    story.releases_hold_key("alice")
    story.presses("alice", "resume")
    assert story.contact.talking == {"cora", "alice"}


def test_a_key_that_is_pressed_while_nobody_hears_it_is_learnt() -> None:
    story = connected()
    story.switch_is_lost()
    story.presses_hold_key("alice")
    story.switch_is_found()

    assert story.contact.on_music == {"cora"}


def test_while_the_switch_is_away_a_doubtful_key_moves_nobody() -> None:
    story = consult_held()
    story.presses_hold_key("alice")

    story.switch_is_lost()

    assert story.contact.on_music == {"cora", "bob"}


def test_an_outage_without_a_pressed_key_changes_no_interaction() -> None:
    story = consulting()
    before = story.contact.now

    story.switch_is_lost()
    story.switch_is_found()

    assert story.contact.now is before


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


def test_an_owner_who_is_left_alone_by_the_customers_own_hold_key_hears_music_and_the_call_is_what_it_was() -> None:
    story = connected()

    story.presses_hold_key("cora")
    assert story.contact.on_music == {"alice"}
    assert story.contact.is_in(Phase.CONNECTED)

    story.releases_hold_key("cora")
    assert story.contact.talking == {"cora", "alice"}


def test_an_owner_who_is_left_alone_by_agent_2s_hold_key_hears_music_and_the_customer_is_not_brought_back() -> None:
    story = consulting()

    story.presses_hold_key("bob")
    assert story.contact.on_music == {"cora", "alice"}

    story.releases_hold_key("bob")
    assert story.contact.talking == {"alice", "bob"}


def test_music_does_not_stay_behind_when_whoever_is_on_hold_is_parked() -> None:
    story = consulting()
    story.presses_hold_key("bob")

    story.presses("alice", "resume")

    assert story.contact.talking == {"cora", "alice"}
    assert story.contact.on_music == {"bob"}


def test_an_agent_who_answers_a_customer_on_their_own_hold_hears_music_until_it_is_released() -> None:
    story = contact_centre()
    story.customer_calls()
    story.presses_hold_key("cora")

    story.answers("alice")
    assert story.contact.on_music == {"alice"}

    story.releases_hold_key("cora")
    assert story.contact.talking == {"cora", "alice"}


def test_a_colleague_who_answers_the_consult_of_a_telephone_on_hold_hears_music() -> None:
    story = consult_offered()
    story.presses_hold_key("alice")

    story.answers("bob")

    assert story.contact.on_music == {"cora", "bob"}


def test_in_a_conference_nobody_is_moved_by_one_members_hold_key_and_whoever_is_left_alone_hears_music() -> None:
    story = conference()

    story.presses_hold_key("bob")
    assert story.contact.talking == {"cora", "alice", "bob"}
    story.presses_hold_key("cora")
    assert story.contact.on_music == {"alice"}

    story.releases_hold_key("bob")
    assert story.contact.talking == {"cora", "alice", "bob"}


def test_whoever_is_outside_and_left_alone_with_a_customer_on_hold_hears_music() -> None:
    story = consulting_outside()
    story.presses("alice", "transfer")
    assert story.contact.is_in(Phase.HANDED_OUT)

    story.presses_hold_key("cora")

    assert story.contact.on_music == {"+33199002001"}


def test_a_telephone_that_is_rung_anew_is_not_on_hold() -> None:
    story = contact_centre(directory=site(answers_remotely="bob"))
    story.customer_calls()
    story.answers("alice")
    story.presses("alice", "consult", to="bob")
    story.presses("alice", "resume")
    story.presses_hold_key("bob")

    story.presses("bob", "accept")

    assert not story.contact.party("bob").phone_on_hold
