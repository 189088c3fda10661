"""Each promise about what can't be done is broken on purpose once, in a world where nothing else goes wrong, and the judge must notice."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from controller.asterisk import plan as planning
from controller.asterisk import reconcile
from controller.asterisk.events import ChannelDestroyed, StasisEnd
from controller.asterisk.plan import HangUp, Move, Request
from controller.asterisk.seen import Seen, beside, first_of
from controller.directory.ids import THE_SWITCH, AgentId, QueueId
from controller.floor import desks, taking
from controller.floor.deadlines import Deadlines
from controller.floor.outcome import Outcome, SiteReloaded
from controller.interaction import layout as places
from controller.interaction.commands import DeclineOffer, HoldCustomer, ResumeCustomer
from controller.interaction.facts import EndCause, LegEnded, LegUnheld, SwitchFound
from controller.interaction.interaction import Phase, TalksTo
from controller.interaction.layout import Layout, Room
from controller.interaction.notices import CallTurnedAway
from controller.interaction.parties import owner_of
from controller.interaction.refusals import NotNow
from controller.interaction.steps import offer
from controller.routing.commands import GoAvailable, GoIdle
from controller.simulator import desktops
from controller.simulator.broken import Broken
from controller.simulator.parts import as_told
from controller.simulator.process import Process
from controller.simulator.wire import LANES
from controller.simulator.world import quiet_logs
from tests.pure.story import PHONES, site
from tests.simulation.quiet import QuietWorld


@pytest.fixture
def world() -> Iterator[QuietWorld]:
    with quiet_logs():
        quiet = QuietWorld()
        yield quiet
        quiet.breaks_off()


def without(kind: type[Request], monkeypatch: pytest.MonkeyPatch) -> None:
    """A controller that never asks for this."""

    def some(layout: Layout, seen: Seen) -> list[Request]:
        return [request for request in planning.plan(layout, seen) if not isinstance(request, kind)]

    monkeypatch.setattr(reconcile, "plan", some)


def test_a_quiet_call_is_sound(world: QuietWorld) -> None:
    world.is_answered()
    world.rest(120.0)

    assert world.interaction.phase is Phase.CONNECTED


# --- Customers -----------------------------------------------------------------------------------------------------


def test_a_customer_who_is_hung_up_in_the_middle_of_a_call(world: QuietWorld) -> None:
    customer = world.is_answered()

    with pytest.raises(Broken, match="hung up by us without a rule"):
        world.exchange.execute("DELETE", f"channels/{customer}", {}, None)


def test_a_customer_who_is_taken_for_gone_and_then_hung_up(world: QuietWorld) -> None:
    customer = world.is_answered()
    told = as_told(world.exchange.channels[customer])
    world.asterisk_tells(customer, StasisEnd(type="StasisEnd", channel=told))
    world.rest(1.0)

    with pytest.raises(Broken, match="is taken for gone and is there"):
        world.exchange.execute("DELETE", f"channels/{customer}", {}, None)


def test_a_caller_who_is_hung_up_before_anybody_has_decided_about_them(world: QuietWorld) -> None:
    caller = world.exchange.calls("2001", "800")

    with pytest.raises(Broken, match="belonged to no interaction"):
        world.exchange.execute("DELETE", f"channels/{caller.id}", {}, None)


def test_a_customer_who_is_given_back_to_the_dialplan_and_could_be_served(world: QuietWorld) -> None:
    customer = world.is_answered()

    with pytest.raises(Broken, match="could have had a room"):
        world.exchange.execute("POST", f"channels/{customer}/continue", {}, None)


def test_a_customer_who_is_given_back_after_one_request_that_failed(world: QuietWorld) -> None:
    customer = world.is_called()
    world.exchange.execute("POST", f"bridges/ix-{world.interaction.id}-hold/removeChannel", {"channel": customer}, None)
    world.judge.customers.look(world.floor)

    with pytest.raises(Broken, match=r"given back to the dialplan after 0\.0 s in no room, tried once at most"):
        world.exchange.execute("POST", f"channels/{customer}/continue", {"context": "fallback"}, None)


def test_a_customer_whom_the_floor_has_turned_away_is_given_back_and_that_is_sound(world: QuietWorld) -> None:
    customer = world.is_answered()
    away = CallTurnedAway(interaction=world.interaction.id, leg=customer, because="nobody serves this line any more")
    world.judge.followed(SwitchFound(switch=THE_SWITCH), Outcome(notices=(away,)), world.floor)
    world.exchange.execute("POST", f"channels/{customer}/continue", {}, None)
    world.rest(5.0)

    assert customer not in world.exchange.channels


def test_a_customer_who_has_no_room_is_given_back_and_the_floor_is_not_told(world: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    customer = world.is_answered()
    monkeypatch.setattr(Process, "hears", lambda self, topic, *events: None)
    world.judge.could_not(f"room ix-{world.interaction.id}-hold")
    world.exchange.execute("POST", f"channels/{customer}/continue", {}, None)

    with pytest.raises(Broken, match=r"is gone \(the dialplan has the caller\), and counts as there"):
        world.rest(60.0)


def test_a_customer_who_is_answered_and_brought_to_no_room(world: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    without(Move, monkeypatch)

    world.is_called()
    with pytest.raises(Broken, match="stands in no room"):
        world.rest(60.0)


def test_a_customer_who_waits_alone_in_the_talk_room(world: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "_customer_room", lambda interaction: Room.TALK)
    monkeypatch.setattr(taking, "check", lambda interaction: None)

    world.is_called()
    with pytest.raises(Broken, match="stands alone in the talk room"):
        world.rest(60.0)


def test_a_customer_in_a_line_that_nobody_serves(world: QuietWorld) -> None:
    world.exchange.calls("2001", "801")
    world.rest(1.0)
    directory = world.floor.directory
    deserted = replace(directory.queues[QueueId("billing")], agents=())
    world.floor.directory = replace(directory, queues={**directory.queues, deserted.id: deserted})

    with pytest.raises(Broken, match="nobody serves its queue"):
        world.rest(60.0)


def test_something_that_cannot_be_had_and_of_which_nobody_is_told(world: QuietWorld) -> None:
    world.exchange.calls("2001", "801")
    world.rest(1.0)
    world.judge.could_not(f"room ix-{world.interaction.id}-hold")

    with pytest.raises(Broken, match="nobody has been told"):
        world.rest(60.0)


def test_a_caller_who_is_taken_while_the_password_is_refused(world: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Process, "lane_is_refused", lambda self: None)
    world.outages.refuses_us = True
    world.outages.lanes_away.update(range(LANES))
    world.rest(10.0)

    with pytest.raises(Broken, match="whose password Asterisk has refused"):
        world.exchange.calls("2001", "800")


# --- Agents --------------------------------------------------------------------------------------------------------


def test_a_telephone_that_rings_longer_than_its_seconds(world: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Deadlines, "note", lambda self, before, after: None)
    world.is_called()

    with pytest.raises(Broken, match="alice's telephone has rung"):
        world.rest(60.0)


def test_a_wrap_up_that_is_owed_longer_than_its_seconds(world: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    customer = world.is_answered()
    monkeypatch.setattr(Deadlines, "note", lambda self, before, after: None)
    world.exchange.hangs_up(world.exchange.channels[customer])

    with pytest.raises(Broken, match="alice has owed the reason"):
        world.rest(180.0)


def test_a_telephone_that_rings_on_when_nobody_wants_it_any_more(world: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world.is_called()
    without(HangUp, monkeypatch)

    world.presses(DeclineOffer)
    with pytest.raises(Broken, match="after nobody wants"):
        world.rest(30.0)


def test_an_agent_who_is_made_unavailable_although_nobody_gave_them_time(world: QuietWorld) -> None:
    world.is_called()
    leg = world.telephone
    told = as_told(leg)

    world.asterisk_tells(leg.id, ChannelDestroyed(type="ChannelDestroyed", channel=told, cause=19))
    with pytest.raises(Broken, match=r"alice was made not_answering in .* without a fault of theirs .*: their telephone rang 1 s of 20"):
        world.rest(1.0)


def test_an_agent_whose_telephone_was_not_registered_when_it_was_to_ring_and_who_is_blamed_for_it(
    world: QuietWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offer, "COULD_NOT_BE_RUNG", {EndCause.FAILED: "the network or Asterisk failed"})
    world.exchange.unregistered.add(PHONES["alice"])

    with pytest.raises(Broken, match=r"alice was made not_answering in .*: their telephone was not registered when it was to ring"):
        world.is_called()


def test_a_desk_at_which_nobody_sits_and_that_takes_calls(world: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desks, "_check_logged_on", lambda known, desk: None)
    world.ask(GoAvailable(agent=AgentId("bob")))

    with pytest.raises(Broken, match="bob is available and has not logged in"):
        world.rest(1.0)


def test_an_agent_who_lets_it_ring_is_made_unavailable_and_that_is_sound(world: QuietWorld) -> None:
    world.is_called()
    world.rest(30.0)

    assert world.floor.desks[AgentId("alice")].state == "not_answering"


def test_an_agent_who_lets_one_telephone_ring_after_the_other_was_picked_up_and_hung_up_unheard_is_made_unavailable(
    world: QuietWorld,
) -> None:
    world.exchange.telephones[PHONES["alice"]] = 2
    world.is_called()
    first = first_of(world.telephone.id)
    picked_up, rings_on = world.exchange.channels[first], world.exchange.channels[beside(first, 2)]
    world.kill()
    world.exchange.picks_up(picked_up)
    world.exchange.hangs_up(picked_up)

    world.rest(30.0)

    assert rings_on.rang_at is not None
    assert world.floor.desks[AgentId("alice")].state == "not_answering"


def test_an_owner_whose_customer_waits_again_and_who_is_asked_for_no_reason(world: QuietWorld) -> None:
    world.is_answered()
    was, owner = world.interaction, owner_of(world.interaction)
    assert owner is not None, "Alice has answered"
    again = replace(was, owner=None)

    with pytest.raises(Broken, match="is asked for no wrap-up reason"):
        world.becomes(again, LegEnded(leg=owner.leg, cause=EndCause.FAILED))


def test_a_release_of_the_hold_key_that_was_not_pressed(world: QuietWorld) -> None:
    world.is_answered()
    world.presses(HoldCustomer)

    owner = world.interaction.owner
    assert owner is not None, "Alice has answered"
    talks = replace(world.interaction, owner=replace(owner, talks_to=TalksTo.CUSTOMER))

    with pytest.raises(Broken, match="a key that was not pressed"):
        world.becomes(talks, LegUnheld(leg=world.telephone.id))


def test_an_agent_who_is_to_release_a_key_that_they_have_released(world: QuietWorld) -> None:
    world.is_answered()
    asked = world.presses(HoldCustomer)
    world.exchange.presses_hold(world.telephone, held=True)
    world.exchange.presses_hold(world.telephone, held=False)
    world.cut()
    world.rest(20.0)

    with pytest.raises(Broken, match="a hold key that was released"):
        world.judge.refused(asked, NotNow("Your telephone is on hold: release its own hold key first."), world.floor)


# --- Others --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "uri", "query"),
    [
        ("DELETE", "bridges/ix-n00001-talk", {}),
        ("DELETE", "channels/ix-n00001-eve-1", {}),
        ("POST", "bridges/ix-n00001-hold/addChannel", {"channel": "1800000000.1"}),
    ],
)
def test_what_another_application_has_on_the_same_asterisk(world: QuietWorld, method: str, uri: str, query: dict[str, str]) -> None:
    world.exchange.neighbours.come(named_like_ours=True)

    with pytest.raises(Broken, match="another application"):
        world.exchange.execute(method, uri, query, None)


def test_a_command_that_is_sent_again_with_its_key(world: QuietWorld) -> None:
    world.is_answered()
    sent = world.presses(HoldCustomer)
    world.presses(ResumeCustomer)

    world.ask(sent)
    with pytest.raises(Broken, match="sent again with its key, and done twice"):
        world.rest(1.0)


def test_a_client_asks_again_what_could_not_be_kept(world: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world.is_answered()
    world.clients.are_careful = world.disk.is_full = True
    world.presses(HoldCustomer)
    world.disk.is_full = False
    asked: list[object] = []
    monkeypatch.setattr(Process, "ask", lambda process, command, then: asked.append(command))
    world.rest(3.0)

    assert [type(command) for command in asked] == [HoldCustomer]


@pytest.mark.parametrize("who", ["sam", "alice"])
def test_a_desktop_that_is_not_told_of_a_reload(world: QuietWorld, monkeypatch: pytest.MonkeyPatch, who: str) -> None:
    monkeypatch.setattr(desktops, "SiteReloaded", GoIdle)  # so that a reload is told like any other input
    world.exchange.calls("2001", "801")
    world.rest(1.0)
    agent = site().agents[AgentId(who)]
    agents = {**site().agents, agent.id: replace(agent, supervisor=not agent.supervisor)}
    world.directory = replace(site(), agents=agents)
    assert world.desktops.lie() is None
    world.desktops.tell(SiteReloaded(directory=world.directory), world.floor.take(SiteReloaded(directory=world.directory), 0.0))

    assert f"{who}'s desktop shows" in (world.desktops.lie() or "")


def test_a_queue_that_is_shown_after_it_was_taken_out(world: QuietWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desktops, "SiteReloaded", GoIdle)  # so that a reload is told like any other input
    queues = {name: queue for name, queue in site().queues.items() if name != "billing"}
    reloaded = SiteReloaded(directory=replace(site(), queues=queues))
    outcome = world.floor.take(reloaded, 0.0)
    world.desktops.tell(reloaded, replace(outcome, queues=()))  # and nobody is told of the queue either

    assert "the queue billing, which is there no more" in (world.desktops.lie() or "")
