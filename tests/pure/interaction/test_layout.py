"""Where everybody stands, in every situation; the table is written out here once more."""

from collections.abc import Iterator

import pytest

from controller.directory.policy import Policy
from controller.interaction.layout import layout
from tests.pure.interaction.situations import BEGINNINGS
from tests.pure.story import connected, consult_offered, contact_centre, site

ROOMS = """
situation        | talk            | hold
queued           |                 | cora
offered          | alice           | cora
connected        | cora alice      |
held             | alice           | cora
consult_offered  | alice bob       | cora
consulting       | alice bob       | cora
consult_held     | cora alice      | bob
consult rings on | cora alice      | bob
transfer_asked   | bob             | cora
conference       | cora alice bob  |
transferred      | cora bob        |
"""
"""A ringing telephone has its place too: Bob rings where Alice hears it, and nowhere near the customer."""


def rows() -> Iterator[tuple[str, set[str], set[str]]]:
    for line in ROOMS.strip().splitlines()[1:]:
        situation, talk, hold = (cell.strip() for cell in line.split("|"))
        yield situation, set(talk.split()), set(hold.split())


@pytest.mark.parametrize(("situation", "talk", "hold"), list(rows()))
def test_everybody_stands_in_the_room_that_the_situation_asks_for(situation: str, talk: set[str], hold: set[str]) -> None:
    contact = BEGINNINGS[situation]().contact
    places = {place.leg: str(place.room) for place in layout(contact.now).places}
    stands = {str(party.agent or party.name): places.get(party.leg) for party in contact.now.parties}

    assert {who for who, room in stands.items() if room == "talk"} == talk
    assert {who for who, room in stands.items() if room == "hold"} == hold


def test_every_situation_has_its_row() -> None:
    assert {situation for situation, _, _ in rows()} == set(BEGINNINGS)


@pytest.mark.parametrize("situation", BEGINNINGS)
def test_nobody_stands_anywhere_when_it_is_over(situation: str) -> None:
    story = BEGINNINGS[situation]()
    story.hangs_up("cora")

    assert layout(story.contact.now).places == ()


def test_only_a_telephone_that_has_not_answered_yet_can_be_rung_and_a_customers_leg_is_never_made() -> None:
    story = consult_offered()
    phones = {place.leg: place.phone for place in layout(story.contact.now).places}

    assert phones == {story.leg_of("cora"): None, story.leg_of("alice"): None, story.leg_of("bob"): "1002"}


def test_a_telephone_is_told_to_answer_by_itself_only_when_its_agent_accepted() -> None:
    story = contact_centre(directory=site(answers_remotely="alice"))
    story.customer_calls()
    assert not any(place.told_to_answer for place in layout(story.contact.now).places)

    story.presses("alice", "accept")

    told = [place.leg for place in layout(story.contact.now).places if place.told_to_answer]
    assert told == [story.leg_of("alice")]


def test_the_switch_learns_the_queues_music_and_who_calls() -> None:
    story = connected()
    wanted = layout(story.contact.now)

    assert (wanted.interaction, wanted.music) == (story.contact.id, "support-music")
    assert (wanted.caller_number, wanted.caller_name) == ("+33123456789", "cora")


@pytest.mark.parametrize("policy", [Policy(), Policy(offer_seconds=3600), Policy(consult_seconds=3600), Policy(ring_back_seconds=3600)])
def test_asterisk_never_stops_ringing_before_the_site_says_so(policy: Policy) -> None:
    longest = max(policy.offer_seconds, policy.consult_seconds, policy.ring_back_seconds)

    assert layout(consult_offered(policy).contact.now).ring_seconds_max > longest
