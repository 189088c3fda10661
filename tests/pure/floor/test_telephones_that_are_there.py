"""No call is offered to an agent whose telephone is not there, and the right one of two telephones rings."""

from dataclasses import replace

import pytest

from controller.directory.directory import Agent, Directory
from controller.directory.ids import AgentId, InteractionId
from controller.directory.policy import BusyPhone, Policy, TransferAcceptance
from controller.floor.floor import Floor
from controller.interaction.facts import TelephonesBusy, TelephonesSeen
from controller.interaction.interaction import Phase
from controller.interaction.layout import layout
from controller.interaction.notices import AgentMissed, NoTelephone, OfferFailed
from controller.routing.commands import GoAvailable, LogOff, LogOn, ReconnectTelephone
from controller.routing.telephones import TelephoneKind, Telephones
from tests.pure.story import Story, agent, connected, consulting, contact_centre, site

ALICE, BOB = AgentId("alice"), AgentId("bob")


def with_browser(name: str) -> Agent:
    known = agent(name)
    return replace(known, browser=f"{known.phone}-web")


def browsers() -> Directory:
    """Everybody may have their telephone in the browser."""
    directory = site()
    return replace(directory, agents={name: with_browser(name) for name in directory.agents})


def seen(story: Story, *, there: str = "", away: str = "") -> None:
    story.take(TelephonesSeen(there=tuple(there.split()), away=tuple(away.split())))


def is_busy(story: Story, telephone: str) -> None:
    story.take(TelephonesBusy(busy=(telephone,)))


def is_free(story: Story, telephone: str) -> None:
    story.take(TelephonesBusy(free=(telephone,)))


def rung(story: Story) -> list[str]:
    """Which endpoints ring."""
    places = layout(story.contact.now).places
    return [place.endpoint.address for place in places if place.endpoint is not None]


def logs_on(story: Story, who: str, telephone: TelephoneKind | None, session: str = "s1") -> None:
    story.take(LogOn(agent=AgentId(who), session=session, telephone=telephone))
    story.take(GoAvailable(agent=AgentId(who)))


def test_an_agent_whose_telephone_is_not_there_is_offered_no_call_and_stays_available() -> None:
    story = contact_centre()
    seen(story, away="1001")

    story.customer_calls()

    assert story.contact.ringing == {"bob"}
    assert story.desk("alice") == "available"


def test_a_customer_who_waits_is_offered_when_the_telephone_comes_back() -> None:
    story = contact_centre(available="alice")
    seen(story, away="1001")
    story.customer_calls()
    assert story.contact.phase is Phase.QUEUED

    seen(story, there="1001")

    assert story.contact.ringing == {"alice"}


def test_a_telephone_of_which_nothing_was_heard_is_rung() -> None:
    story = contact_centre(available="alice")

    assert story.customer_calls().ringing == {"alice"}


def test_telephones_of_nobody_change_nothing() -> None:
    story = contact_centre()

    outcome = story.take(TelephonesSeen(there=("2001",), away=("outside",)))

    assert not outcome.leaves_a_trace


def test_the_telephone_in_the_browser_rings_while_a_page_is_open() -> None:
    story = contact_centre(directory=browsers(), available="alice")
    seen(story, there="1001 1001-web")

    story.customer_calls()

    assert rung(story) == ["1001-web"]
    assert story.contact.now.offer is not None
    assert story.contact.now.offer.to.number == "1001", "colleagues see the number that they know"


def test_the_page_can_be_told_to_answer_and_the_desk_telephone_as_the_site_says() -> None:
    story = contact_centre(directory=browsers(), available="alice")
    seen(story, there="1001-web")
    story.customer_calls()

    story.presses("alice", "accept")

    places = {place.leg: place for place in layout(story.contact.now).places}
    assert places[story.leg_of("alice")].told_to_answer


def test_without_a_page_the_desk_telephone_rings() -> None:
    story = contact_centre(directory=browsers(), available="alice")
    seen(story, there="1001 1001-web")
    seen(story, away="1001-web")

    story.customer_calls()

    assert rung(story) == ["1001"]


def test_who_chose_the_browser_is_offered_nothing_while_no_page_is_open() -> None:
    story = contact_centre(directory=browsers(), available="")
    seen(story, there="1001")
    logs_on(story, "alice", TelephoneKind.BROWSER)

    assert story.customer_calls().phase is Phase.QUEUED
    assert story.floor.desks[ALICE].telephones == Telephones(rings=TelephoneKind.BROWSER, since=story.now)


def test_who_chose_the_desk_telephone_is_rung_there_although_a_page_is_open() -> None:
    story = contact_centre(directory=browsers(), available="")
    seen(story, there="1001 1001-web")
    logs_on(story, "alice", TelephoneKind.DESK)

    story.customer_calls()

    assert rung(story) == ["1001"]


def test_the_latest_choice_counts_until_its_login_is_over() -> None:
    story = contact_centre(directory=browsers(), available="")
    seen(story, there="1001 1001-web")
    logs_on(story, "alice", TelephoneKind.DESK, "first")
    logs_on(story, "alice", TelephoneKind.BROWSER, "second")
    logs_on(story, "alice", None, "third")
    assert story.floor.desks[ALICE].telephones.rings is TelephoneKind.BROWSER

    story.take(LogOff(agent=ALICE, session="second"))

    assert story.floor.desks[ALICE].telephones.rings is TelephoneKind.DESK


def test_a_consult_rings_the_colleague_in_the_browser_too() -> None:
    story = contact_centre(directory=browsers())
    seen(story, there="1002-web")
    story.customer_calls()
    story.answers("alice")

    story.presses("alice", "consult", to="bob")

    assert rung(story) == ["1002-web"]


def test_a_site_file_that_takes_the_browser_away_gives_the_desk_telephone_back() -> None:
    story = contact_centre(directory=browsers(), available="alice")
    seen(story, there="1001 1001-web")

    story.site_is_reloaded(site())

    assert story.floor.desks[ALICE].telephones.rings is TelephoneKind.DESK
    story.customer_calls()
    assert rung(story) == ["1001"]


def test_a_controller_that_starts_again_knows_whose_telephone_is_there() -> None:
    story = contact_centre(directory=browsers())
    seen(story, there="1002-web", away="1001")

    story.controller_is_started_again()

    story.customer_calls()
    assert rung(story) == ["1002-web"]
    assert story.contact.ringing == {"bob"}


# --- Since when --------------------------------------------------------------------------------------------------------


def test_since_when_an_agent_is_what_they_are_is_known_and_no_choice_for_later_changes_it() -> None:
    story = contact_centre(available="")
    story.now += 10
    story.goes_available("alice")
    available_since = story.floor.desks[ALICE].state_since
    story.now += 60
    story.customer_calls()
    offered_since = story.floor.desks[ALICE].state_since
    story.answers("alice")
    engaged_since = story.floor.desks[ALICE].state_since
    story.now += 60
    story.goes_idle("alice", "lunch")

    assert offered_since - available_since == 61
    assert engaged_since == offered_since
    assert story.floor.desks[ALICE].state_since == engaged_since, "it takes effect afterwards"


def test_another_reason_to_be_idle_begins_anew() -> None:
    story = contact_centre(available="alice")
    story.goes_idle("alice")
    story.now += 60

    story.goes_idle("alice", "lunch")

    assert story.floor.desks[ALICE].state_since == story.now


def test_a_customer_whom_one_agent_would_not_have_goes_to_them_all_the_same_when_nobody_else_can_be_rung() -> None:
    story = consulting(Policy(transfer_acceptance=TransferAcceptance.ASK))
    story.presses("alice", "transfer")
    story.presses("bob", "decline-transfer")
    assert story.contact.phase is Phase.QUEUED, "Alice takes calls again when she has wrapped up"

    seen(story, away="1001")

    assert story.contact.ringing == {"bob"}


@pytest.mark.parametrize("button", ["consult", "transfer"])
def test_a_colleague_whose_telephone_is_not_there_can_not_be_reached_and_is_not_held_to_have_missed_a_call(button: str) -> None:
    story = connected()
    seen(story, away="1002")

    assert story.refuses("alice", button, to="bob") == "target-unavailable"

    assert story.desk("bob") == "available"


# --- Available without a telephone ---------------------------------------------------------------------------------------


def test_whoever_becomes_available_without_a_telephone_is_warned_of_once() -> None:
    story = contact_centre(available="")
    seen(story, away="1001")
    assert story.told(NoTelephone) == []

    story.goes_available("alice")
    seen(story, away="1001")

    assert story.told(NoTelephone) == [NoTelephone(interaction=InteractionId(""), agent=ALICE)]


def test_whoever_is_available_when_the_telephone_goes_is_warned_of() -> None:
    story = contact_centre(available="alice")

    seen(story, away="1001")

    assert [notice.agent for notice in story.told(NoTelephone) if isinstance(notice, NoTelephone)] == [ALICE]


# --- In another call ---------------------------------------------------------------------------------------------------


def test_an_agent_who_is_in_another_call_is_offered_none_and_is_offered_the_next_when_that_is_over() -> None:
    story = contact_centre(available="alice")
    is_busy(story, "1001")
    story.customer_calls()
    assert story.contact.phase is Phase.QUEUED
    assert story.desk("alice") == "available"

    is_free(story, "1001")

    assert story.contact.ringing == {"alice"}


def test_where_the_site_says_so_whoever_is_in_another_call_is_rung_all_the_same() -> None:
    story = contact_centre(Policy(busy_phone=BusyPhone.RING), available="alice")
    story.site_is_reloaded(replace(story.floor.directory, policy=Policy(busy_phone=BusyPhone.RING)))
    is_busy(story, "1001")

    assert story.customer_calls().ringing == {"alice"}


def test_a_colleague_who_is_in_another_call_can_not_be_consulted_and_the_owner_is_told_why() -> None:
    story = connected()
    story.goes_available("bob")
    is_busy(story, "1002")

    assert story.refuses("alice", "consult", to="bob") == "target-unavailable"

    assert story.because == "Bob Durand can't be rung now: the telephone is in another call."


def test_a_telephone_of_nobody_and_one_in_the_browser_are_never_in_another_call() -> None:
    story = Story(browsers())
    before = dict(story.floor.desks)

    is_busy(story, "2001")
    is_busy(story, "1001-web")

    assert dict(story.floor.desks) == before


def test_the_call_on_the_desk_does_not_keep_the_telephone_in_the_browser_from_ringing() -> None:
    assert not Telephones(rings=TelephoneKind.BROWSER, browser_is_there=True, desk_is_busy=True).is_busy


# --- Gone before anybody knew ------------------------------------------------------------------------------------------


def let_ring(story: Story) -> None:
    """Alice's telephone is rung and nobody answers."""
    story.customer_calls()
    story.seconds_pass(21)
    assert story.desk("alice") == "not_answering"


def test_whoever_did_not_answer_because_the_telephone_was_gone_is_available_when_it_is_back() -> None:
    story = contact_centre(available="alice")
    let_ring(story)
    story.seconds_pass(8)

    seen(story, away="1001")
    assert story.floor.desks[ALICE].reason == "telephone not connected"
    seen(story, there="1001")

    assert story.desk("alice") != "not_answering"
    assert story.contact.ringing == {"alice"}


def test_whoever_let_it_ring_stays_not_answering_whatever_the_telephone_does_later() -> None:
    story = contact_centre(available="alice")
    let_ring(story)
    story.seconds_pass(60)

    seen(story, away="1001")
    seen(story, there="1001")

    assert story.desk("alice") == "not_answering"


def test_whoever_says_meanwhile_that_they_are_idle_stays_idle_when_the_telephone_is_back() -> None:
    story = contact_centre(available="alice")
    let_ring(story)
    seen(story, away="1001")
    story.goes_idle("alice")

    seen(story, there="1001")

    assert story.desk("alice") == "idle"


def test_a_telephone_that_is_back_and_in_another_call_makes_nobody_available() -> None:
    story = contact_centre(available="alice")
    let_ring(story)
    seen(story, away="1001")

    is_busy(story, "1001")
    seen(story, there="1001")
    assert story.desk("alice") == "not_answering"
    is_free(story, "1001")

    assert story.desk("alice") != "not_answering"


def test_a_telephone_that_is_away_for_long_changes_nothing_more() -> None:
    story = contact_centre(available="alice")
    let_ring(story)
    seen(story, away="1001")
    seen(story, away="1001")

    assert story.floor.desks[ALICE].reason == "telephone not connected"


# --- A page that goes while it rings ------------------------------------------------------------------------------------


@pytest.mark.parametrize("chosen", [TelephoneKind.BROWSER, None])
def test_whose_page_has_gone_while_it_rang_is_not_charged_for_it(chosen: TelephoneKind | None) -> None:
    story = contact_centre(directory=browsers(), available="")
    seen(story, there="1001 1001-web")
    logs_on(story, "alice", chosen)
    story.customer_calls()
    assert rung(story) == ["1001-web"]
    seen(story, away="1001-web")

    story.seconds_pass(story.contact.now.policy.offer_seconds)

    assert story.desk("alice") in ("available", "offered")
    assert story.told(AgentMissed) == []
    assert story.told(OfferFailed) == [
        OfferFailed(interaction=story.contact.id, agent=ALICE, because="the telephone is not connected"),
    ]


def test_whose_page_is_open_and_who_lets_it_ring_is_not_answering() -> None:
    story = contact_centre(directory=browsers(), available="")
    seen(story, there="1001-web", away="1001")
    logs_on(story, "alice", None)
    story.customer_calls()

    story.seconds_pass(story.contact.now.policy.offer_seconds)

    assert story.desk("alice") == "not_answering"
    assert story.told(OfferFailed) == []


def test_whoever_is_asked_to_take_a_customer_and_whose_page_has_gone_is_not_charged() -> None:
    asks = site(Policy(transfer_acceptance=TransferAcceptance.ASK))
    story = contact_centre(directory=replace(browsers(), queues=asks.queues), available="")
    seen(story, there="1001-web 1002-web")
    logs_on(story, "alice", None)
    logs_on(story, "bob", None)
    story.customer_calls()
    story.answers("alice")
    story.presses("alice", "consult", to="bob")
    story.answers("bob")
    story.presses("alice", "transfer")
    seen(story, away="1002-web")

    story.seconds_pass(20)

    assert story.told(AgentMissed) == []
    assert story.desk("bob") != "not_answering"


def test_whoever_has_left_the_site_file_in_a_call_by_browser_is_rung_anew_when_their_page_is_loaded_anew() -> None:
    story = on_a_call_by_browser()
    story.site_is_reloaded(without_alice())
    story.controller_is_started_again()

    story.take(ReconnectTelephone(agent=ALICE))

    assert rung(story) == ["1001-web"]


def test_the_browser_of_whoever_has_left_the_site_file_is_theirs_until_their_call_is_over() -> None:
    story = on_a_call_by_browser()
    story.site_is_reloaded(without_alice())
    assert story.floor.browsers_in_calls() == {"1001-web"}

    story.presses("alice", "end")
    story.presses("alice", "wrap-up")

    assert story.floor.browsers_in_calls() == set()
    assert story.floor.whose_telephone("1001-web") == (None, TelephoneKind.DESK)
    assert story.floor.leavers == {}


def test_nobody_who_has_left_the_site_file_keeps_a_telephone_that_is_another_agents_now() -> None:
    story = on_a_call_by_browser()
    directory = without_alice()
    bob = replace(directory.agents[BOB], browser="1001-web")

    story.site_is_reloaded(replace(directory, agents={**directory.agents, BOB: bob}))

    assert story.floor.whose_telephone("1001-web") == (BOB, TelephoneKind.BROWSER)


def test_a_state_of_an_older_version_names_nobody_who_has_left_and_their_call_ends_all_the_same() -> None:
    story = on_a_call_by_browser()
    story.site_is_reloaded(without_alice())
    story.floor = Floor.from_state(replace(story.floor.state(), leavers=()))

    story.presses("alice", "end")
    story.presses("alice", "wrap-up")

    assert ALICE not in story.floor.desks


def on_a_call_by_browser() -> Story:
    story = contact_centre(directory=browsers(), available="")
    seen(story, there="1001-web")
    logs_on(story, "alice", TelephoneKind.BROWSER)
    story.customer_calls()
    story.answers("alice")
    return story


def without_alice() -> Directory:
    directory = replace(site(support="bob"), agents=browsers().agents)
    return replace(directory, agents={name: known for name, known in directory.agents.items() if name != ALICE})
