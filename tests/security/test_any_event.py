"""Whatever Asterisk says, in whatever order and however often: no crash, nothing impossible, and the next caller is served as ever."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from controller.asterisk import reconcile, retry
from controller.asterisk.events import parse
from controller.directory.ids import AgentId, LegId, ReasonId
from controller.floor.invariants import check
from controller.interaction.commands import GiveWrapUp
from controller.interaction.interaction import Phase
from controller.interaction.parties import party_of
from controller.routing.desk import DeskState
from tests.security.events_of_all_kinds import KINDS, events, spoilt, texts, written
from tests.security.scripted_asterisk import Centre, centre

CUSTOMER, ALICE = "1700000000.1", AgentId("alice")
FEW, MANY = 25, 400
QUIET = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "PROOF_SECONDS_MAX", 0.01)
    monkeypatch.setattr(reconcile, "FIRST_MUSIC_SECONDS", 0.0)


@settings(max_examples=300, deadline=None, suppress_health_check=QUIET)
@given(st.one_of(texts, st.binary(max_size=60).map(lambda raw: raw.decode(errors="surrogateescape"))))
def test_any_text_is_an_event_that_we_know_or_one_to_pass_over(text: str) -> None:
    assert parse(written(text)) is not None


@settings(max_examples=300, deadline=None, suppress_health_check=QUIET)
@given(st.one_of(events(), spoilt()))
def test_reading_an_event_never_changes_what_kind_it_is(event: dict[str, object]) -> None:
    read = parse(json.dumps(event))

    if isinstance(event.get("type"), str) and event["type"] in KINDS:
        assert event["type"] in (type(read).__name__, getattr(read, "type", None))


async def serves_a_call(here: Centre, leg: str) -> None:
    """A customer calls, talks with Alice, and hangs up; Alice says why. Nothing is left."""
    await here.available("alice")
    floor, asterisk = here.loop.floor, here.asterisk
    await here.until(lambda: floor.desks[ALICE].is_available)
    asterisk.customer_calls(leg)
    await here.until(lambda: any(i.phase is Phase.OFFERED for i in floor.interactions.values()))
    call = next(i.id for i in floor.interactions.values() if party_of(i, LegId(leg)) is not None)
    alice = here.owner_leg(call)
    await here.until(lambda: any(what == f"POST channels/{alice}/dial" for what, _ in asterisk.asked))
    asterisk.picks_up(alice)
    await here.until(lambda: asterisk.together(leg, alice))
    asterisk.hangs_up(leg)
    await here.until(lambda: alice not in asterisk.channels)
    await wrapped_up(here)
    await here.until(lambda: call not in floor.interactions)
    await here.until(lambda: not [bridge for bridge in asterisk.bridges if call in bridge])


async def wrapped_up(here: Centre) -> None:
    floor = here.loop.floor
    for interaction in tuple(floor.interactions.values()):
        if interaction.owes_wrap_up(ALICE) is not None:
            await here.loop.ask(GiveWrapUp(agent=ALICE, interaction=interaction.id, revision=None, reason=ReasonId("resolved"), note=""))


async def plays(said: list[str]) -> None:
    """Say all this in the middle of a call, then see that everything is as it should be."""
    with capture_logs():
        await _plays(said)


async def _plays(said: list[str]) -> None:
    async with centre() as here:
        floor, asterisk = here.loop.floor, here.asterisk
        await here.available("alice")
        asterisk.customer_calls(CUSTOMER)
        await here.until(lambda: floor.desks[ALICE].state is DeskState.OFFERED)
        for text in said:
            asterisk.says(written(text))
        await here.until(lambda: here.loop._inputs.empty())
        for interaction in floor.interactions.values():
            check(interaction)

        # Asterisk is asked what is so: from then on nobody is believed to be there who is not.
        await here.reattached()
        for leg in tuple(asterisk.channels):
            asterisk.hangs_up(leg)
        await here.until(lambda: all(i.phase is Phase.ENDED for i in floor.interactions.values()))
        await wrapped_up(here)
        await here.until(lambda: not floor.interactions and not asterisk.channels and not asterisk.bridges)
        await serves_a_call(here, "1700000099.9")


in_any_order = st.lists(texts, max_size=12).flatmap(lambda said: st.permutations(said + said[: len(said) // 2]))


async def test_the_scripted_asterisk_serves_a_call() -> None:
    async with centre() as here:
        await serves_a_call(here, CUSTOMER)


@settings(max_examples=FEW, deadline=None, suppress_health_check=QUIET, derandomize=True)
@given(in_any_order)
async def test_whatever_is_said_the_next_caller_is_served(said: list[str]) -> None:
    await plays(said)


@pytest.mark.fuzz
@settings(max_examples=MANY, deadline=None, suppress_health_check=QUIET)
@given(in_any_order)
async def test_whatever_is_said_the_next_caller_is_served_a_great_many_times(said: list[str]) -> None:
    await plays(said)
