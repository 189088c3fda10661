"""Telephones in browsers in a simulated contact centre: what becomes of calls when pages go and come back, and that the judge looks."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from controller.asterisk import telephone_watch
from controller.directory.ids import AgentId, LegId
from controller.floor.taking import Taking
from controller.interaction import layout as layouts
from controller.interaction.interaction import OfferWhy, Phase
from controller.interaction.layout import Room, layout
from controller.routing.desk import DeskState
from controller.simulator.broken import Broken
from controller.simulator.driven import DrivenSwitch
from controller.simulator.pages import DrivenWatch
from controller.simulator.world import quiet_logs
from tests.pure.story import PHONES, site
from tests.simulation.quiet import QuietWorld

ALICES = "1001-web"


@pytest.fixture
def world() -> Iterator[QuietWorld]:
    """Alice has her telephone in the browser, and its page is open; Bob has his on the desk."""
    agents = {name: replace(agent, browser=ALICES) if name == "alice" else agent for name, agent in site().agents.items()}
    with quiet_logs():
        quiet = QuietWorld(replace(site(), agents=agents))
        quiet.pages.opens(ALICES)
        quiet.rest(20.0)
        yield quiet
        quiet.breaks_off()


def talks(world: QuietWorld) -> LegId:
    """A customer calls, and Alice answers in her page."""
    world.exchange.calls("2001", "800")
    world.rest(1.0)
    world.exchange.picks_up(world.handsets.ringing[ALICES])
    world.rest(1.0)
    assert world.interaction.phase is Phase.CONNECTED
    assert world.interaction.owner is not None
    return world.interaction.owner.leg.id


def rooms(world: QuietWorld) -> dict[str, Room]:
    """Who is to stand where."""
    return {place.leg.split("-")[2] if "-" in place.leg else "customer": place.room for place in layout(world.interaction).places}


def test_while_a_page_is_gone_the_customer_hears_music_and_when_it_is_back_they_talk_again(world: QuietWorld) -> None:
    before = talks(world)
    world.pages.closes(ALICES)
    world.rest(3.0)
    assert rooms(world)["customer"] is Room.HOLD

    world.pages.opens(ALICES)
    world.rest(0.5)
    world.exchange.picks_up(world.handsets.ringing[ALICES])
    world.rest(1.0)

    assert world.interaction.owner is not None
    assert world.interaction.owner.leg.id != before
    assert world.interaction.phase is Phase.CONNECTED
    assert set(rooms(world).values()) == {Room.TALK}


def test_a_page_that_stays_away_is_lost_after_its_seconds_and_the_next_agent_is_rung(world: QuietWorld) -> None:
    talks(world)
    world.comes("bob")

    world.pages.closes(ALICES)
    world.rest(12.0)

    assert world.interaction.offer is not None
    assert (world.interaction.offer.why, world.interaction.offer.to.agent) == (OfferWhy.LINE, "bob")
    assert world.floor.desks[AgentId("alice")].chosen is DeskState.AVAILABLE


def test_a_connection_that_breaks_and_comes_back_costs_nobody_anything(world: QuietWorld) -> None:
    before = talks(world)
    world.pages.breaks(ALICES)
    world.rest(5.0)

    world.pages.connects(ALICES)
    world.rest(1.0)

    assert world.interaction.owner is not None
    assert world.interaction.owner.leg.id == before
    assert set(rooms(world).values()) == {Room.TALK}


def test_a_connection_that_stays_broken_costs_nobody_anything_as_long_as_sound_comes(world: QuietWorld) -> None:
    before = talks(world)

    world.pages.breaks(ALICES)
    world.rest(60.0)
    assert set(rooms(world).values()) == {Room.TALK}
    world.pages.closes(ALICES)
    world.rest(3.0)

    assert world.interaction.owner is not None
    assert world.interaction.owner.leg.id == before
    assert rooms(world)["customer"] is Room.HOLD


def test_a_page_comes_back_to_its_call_after_the_controller_was_killed(world: QuietWorld) -> None:
    before = talks(world)

    world.kill()
    world.rest(30.0)

    assert world.interaction.owner is not None
    assert world.interaction.owner.leg.id == before, "its sound has gone on"
    assert world.interaction.phase is Phase.CONNECTED


# --- The judge looks ---------------------------------------------------------------------------------------------------


def test_the_judge_sees_an_offer_to_a_telephone_that_is_not_there(world: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DrivenWatch, "sees", lambda self, endpoint: None)  # Asterisk tells nothing any more
    world.pages.closes(ALICES)
    world.rest(6.0)
    world.exchange.calls("2001", "800")

    with pytest.raises(Broken, match="whose telephone 1001-web has been away for"):
        world.rest(1.0)


def test_the_judge_sees_a_page_that_is_gone_and_counts_as_there(world: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DrivenSwitch, "telephone_lost", lambda self, endpoint: None)
    talks(world)
    world.pages.closes(ALICES)

    with pytest.raises(Broken, match=r"the telephone of ix-.*-alice-1 has been gone for .*, and counts as there"):
        world.rest(60.0)


def test_the_judge_sees_a_page_that_sounds_and_counts_as_gone(world: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telephone_watch, "LOST_SECONDS", 60.0)
    monkeypatch.setattr(DrivenWatch, "_begin_to_listen", lambda self, endpoint, before: self._listened(endpoint, {}, {}))
    talks(world)
    world.pages.breaks(ALICES)

    with pytest.raises(Broken, match=r"the telephone of ix-.*-alice-1 counts as gone for .*, and sound comes from it"):
        world.rest(30.0)


def test_the_judge_sees_a_page_that_was_loaded_anew_and_is_not_back(world: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layouts, "RUNG_AGAIN_SECONDS_MAX", 60.0)
    talks(world)
    world.pages.closes(ALICES)
    world.rest(1.0)
    world.pages.opens(ALICES)

    with pytest.raises(Broken, match=r"was loaded anew .* and is not back in its call"):
        world.rest(60.0)  # nobody answers the telephone that is rung anew


def test_a_page_that_was_loaded_anew_and_does_not_answer_rings_only_for_as_long_as_asterisk_was_told(world: QuietWorld) -> None:
    talks(world)
    world.pages.closes(ALICES)
    world.rest(1.0)
    world.pages.opens(ALICES)
    world.rest(20.0)

    assert not [one for one in world.exchange.channels.values() if one.endpoint == ALICES and one.rings]


def test_the_judge_sees_an_agent_who_is_charged_although_their_page_was_closed(world: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Taking, "_without_blame", lambda self, before, step: step)
    world.exchange.calls("2001", "800")
    world.rest(15.0)
    world.pages.closes(ALICES)

    with pytest.raises(Broken, match=r"alice was made not_answering .*: their page is closed"):
        world.rest(10.0)


def test_a_telephone_in_a_call_without_us_is_still_known_to_be_when_the_site_file_is_read_again(world: QuietWorld) -> None:
    world.comes("bob")
    world.exchange.own_calls[PHONES["bob"]] = world.agenda.now
    world.telephones_are_busy()
    world.rest(1.0)

    world.ask_to_reload()

    assert world.floor.desks[AgentId("bob")].telephones.desk_is_busy
