"""Where everybody stands, in every situation; the table is written out here once more."""

from collections.abc import Iterator

import pytest

from controller.directory.policy import CustomerGoneInConference, Policy, TransferSound
from controller.directory.replace import replace
from controller.interaction.facts import EndCause
from controller.interaction.interaction import CustomerStage
from controller.interaction.layout import NOBODY, Display, Place, layout
from controller.interaction.leg import Endpoint
from controller.interaction.parties import parties
from tests.pure.interaction.situations import BEGINNINGS, HIS_NUMBER, OUTSIDE, transferring
from tests.pure.story import Story, conference, connected, consult_offered, consulting, contact_centre, site, with_trunk

ROOMS = """
situation            | talk                     | hold
queued               |                          | cora
offered              | alice                    | cora
connected            | cora alice               |
held                 | alice                    | cora
consult_offered      | alice bob                | cora
consulting           | alice bob                | cora
consult_held         | cora alice               | bob
consult rings on     | cora alice               | bob
transfer_asked       | bob                      | cora
conference           | cora alice bob           |
transferred          | cora bob                 |
consult of a queue   |                          | cora alice
outside rings        | alice Gabriel            | cora
outside consulted    | alice Gabriel            | cora
conference of four   | cora alice bob Gabriel   |
conference consults  | alice carol              | cora bob
transferring         | bob                      | cora
transferring outside | Gabriel                  | cora
handed_out           | cora Gabriel             |
dialling             | cora alice               |
called               | cora alice               |
"""
"""A ringing telephone has its place too: Bob rings where Alice hears it, and nowhere near the customer."""


def rows() -> Iterator[tuple[str, set[str], set[str]]]:
    for line in ROOMS.strip().splitlines()[1:]:
        situation, talk, hold = (cell.strip() for cell in line.split("|"))
        yield situation, set(talk.split()), set(hold.split())


@pytest.mark.parametrize(("situation", "talk", "hold"), list(rows()))
def test_everybody_stands_in_the_room_that_the_situation_asks_for(situation: str, talk: set[str], hold: set[str]) -> None:
    contact = BEGINNINGS[situation]().contact
    room_of = {place.leg: str(place.room) for place in layout(contact.now).places}
    stands = {str(party.agent or party.name): room_of.get(party.leg) for party in parties(contact.now)}

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
    phones = {place.leg: place.endpoint for place in layout(story.contact.now).places}

    assert phones == {story.leg_of("cora"): None, story.leg_of("alice"): None, story.leg_of("bob"): Endpoint(address="1002")}


def test_a_telephone_is_told_to_answer_by_itself_only_when_its_agent_accepted() -> None:
    story = contact_centre(directory=site(answers_remotely="alice"))
    story.customer_calls()
    assert not any(place.told_to_answer for place in layout(story.contact.now).places)

    story.presses("alice", "accept")

    told = [place.leg for place in layout(story.contact.now).places if place.told_to_answer]
    assert told == [story.leg_of("alice")]


def places(story: Story) -> dict[str, Place]:
    """Where everybody stands, by name."""
    names = {party.leg: str(party.agent or party.name) for party in parties(story.contact.now)}
    return {names[place.leg]: place for place in layout(story.contact.now).places}


def test_the_switch_learns_the_queues_music_and_who_calls() -> None:
    story = consult_offered()

    assert layout(story.contact.now).interaction == story.contact.id
    assert places(story)["cora"].music == "support-music"
    assert places(story)["bob"].caller == Display(name="cora", number="+33123456789")
    assert places(story)["cora"].caller == places(story)["alice"].caller == NOBODY, "who is there is not rung"


def test_a_number_outside_is_told_the_sites_number_and_nothing_of_the_customer() -> None:
    story = connected()
    story.presses("alice", "consult", to=HIS_NUMBER)
    rung = places(story)[OUTSIDE]

    assert rung.endpoint == Endpoint(address="+33199002001", trunk="outside", caller_id="")
    assert rung.caller == NOBODY
    story.answers(OUTSIDE)
    assert places(story)[OUTSIDE].endpoint is None
    assert places(story)[OUTSIDE].shows is None, "a telephone that is not ours is told of nobody"


def test_a_number_that_is_called_out_is_told_the_sites_number() -> None:
    story = contact_centre(directory=with_trunk(site()))
    story.calls_out("alice", "cora:+33123456789")
    assert [place.leg for place in layout(story.contact.now).places] == [story.leg_of("alice")], "nobody else is rung yet"
    assert places(story)["alice"].caller == Display(name="cora", number="+33123456789")

    story.answers("alice")

    assert places(story)["cora"].endpoint == Endpoint(address="+33123456789", trunk="outside", caller_id="+33199002000")
    assert places(story)["cora"].caller == Display(name="", number="+33199002000")


@pytest.mark.parametrize(("sound", "music"), [(TransferSound.MUSIC, "support-music"), (TransferSound.RINGBACK, "ringback")])
def test_while_a_blind_transfer_rings_the_customer_hears_what_the_site_wants_and_afterwards_music(sound: TransferSound, music: str) -> None:
    story = transferring(Policy(transfer_sound=sound))
    assert places(story)["cora"].music == music
    story.hangs_up("bob", EndCause.BUSY)
    assert story.contact.ringing == {"alice"}

    assert places(story)["cora"].music == "support-music"


def test_a_customer_who_is_transferred_to_another_queue_hears_its_music() -> None:
    story = connected()
    story.presses("alice", "transfer", to="queue:billing")

    assert places(story)["cora"].music == "billing-music"


RING_LONG = {
    "offer": Policy(offer_seconds=3600),
    "consult": Policy(consult_seconds=3600),
    "ring-back": Policy(ring_back_seconds=3600),
    "blind transfer": Policy(blind_transfer_seconds=3600),
    "call out": Policy(call_out_seconds=3600),
}


@pytest.mark.parametrize("policy", RING_LONG.values(), ids=RING_LONG)
def test_asterisk_never_stops_ringing_before_the_site_says_so(policy: Policy) -> None:
    assert layout(consult_offered(policy).contact.now).ring_seconds_max > 3600


# --- Displays ----------------------------------------------------------------------------------------------------------

DISPLAYS = {
    "queued": {},
    "offered": {},
    "connected": {"alice": "cora"},
    "held": {"alice": "cora"},
    "consult_offered": {"alice": "Bob Durand"},
    "consulting": {"alice": "Bob Durand", "bob": "Alice Martin"},
    "consult_held": {"alice": "cora", "bob": "Alice Martin"},
    "consult rings on": {"alice": "cora"},
    "transfer_asked": {"bob": "cora"},
    "conference": {"alice": "cora", "bob": "cora"},
    "transferred": {"bob": "cora"},
    "consult of a queue": {},
    "outside rings": {"alice": "Gabriel"},
    "outside consulted": {"alice": "Gabriel"},
    "conference of four": {"alice": "cora", "bob": "cora"},
    "conference consults": {"alice": "Carol Petit", "carol": "Alice Martin", "bob": "cora"},
    "transferring": {},
    "transferring outside": {},
    "handed_out": {},
    "dialling": {"alice": "cora"},
    "called": {"alice": "cora"},
}
"""Whose telephone names whom. One that rings shows what its INVITE said, and a customer's is told nothing."""


def displays(story: Story) -> dict[str, Display]:
    agents = {party.leg: str(party.agent) for party in parties(story.contact.now)}
    return {agents[place.leg]: place.shows for place in layout(story.contact.now).places if place.shows is not None}


@pytest.mark.parametrize("situation", BEGINNINGS)
def test_a_telephone_names_whom_its_owner_talks_with(situation: str) -> None:
    shown = displays(BEGINNINGS[situation]())

    assert {who: display.name for who, display in shown.items()} == DISPLAYS[situation]


def test_a_display_has_the_number_of_whom_it_names() -> None:
    shown = displays(consulting())

    assert (shown["alice"].number, shown["bob"].number) == ("1002", "1001")
    assert displays(connected())["alice"].number == "+33123456789"


def test_a_display_has_the_number_that_is_dialled_and_not_the_way_in_which_people_write_it() -> None:
    story = contact_centre(directory=with_trunk(site()))
    story.calls_out("alice", "cora:+33123456789")
    called = story.contact.now
    person = replace(called.customer.person, number="+33 1 23 45 67 89")
    called = replace(called, customer=replace(called.customer, person=person))

    assert [place.caller.number for place in layout(called).places] == ["+33123456789"]


def test_agents_who_stay_when_the_customer_has_left_a_conference_see_each_other() -> None:
    story = conference(Policy(customer_gone_in_conference=CustomerGoneInConference.AGENTS_STAY))
    story.hangs_up("cora")

    assert {who: display.name for who, display in displays(story).items()} == {"alice": "Bob Durand", "bob": "Alice Martin"}


def test_an_agent_with_whom_nobody_is_left_is_shown_nobody() -> None:
    now = connected().contact.now
    alone = replace(now, customer=replace(now.customer, stage=CustomerStage.GONE))

    assert [place.shows for place in layout(alone).places] == [None]
