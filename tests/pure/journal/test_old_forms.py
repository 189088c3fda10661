"""What an older version wrote can be read for ever. No form's files are written anew; a new kind gets a line in the newest."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from controller.directory.ids import THE_SWITCH, AgentId, LegId
from controller.directory.policy import EndConsult
from controller.directory.targets import AgentTarget
from controller.floor.floor import Floor
from controller.floor.outcome import SiteReloaded
from controller.interaction.commands import Command, GiveWrapUp, HoldCustomer, StartConsult
from controller.interaction.facts import CustomerArrived, DeadlinePassed, EndCause, LegEnded, SwitchFound, SwitchLost, Why
from controller.interaction.interaction import Deadline, OfferWhy, Phase, TalksTo
from controller.interaction.leg import Origin
from controller.interaction.parties import parties
from controller.interaction.party import Role
from controller.journal.codec import Taken, Unreadable, read_input, read_state, write_input
from controller.routing.commands import DeskCommand, LogOn
from tests.pure.journal.test_codec import KINDS

FORM_1 = Path(__file__).parent / "form_1"
FORM_2 = Path(__file__).parent / "form_2"
FORM_3 = Path(__file__).parent / "form_3"
FORM_4 = Path(__file__).parent / "form_4"
INPUTS = (FORM_1 / "inputs.jsonl").read_text().splitlines()
SINCE_FORM_4 = {Phase.TRANSFERRING, Phase.DIALLING, Phase.HANDED_OUT}
ABSTRACT = {"Fact", "LegFact", "Command", "DeskCommand"}


@pytest.fixture(scope="module")
def read() -> list[Taken]:
    return [read_input(line) for line in INPUTS]


@pytest.fixture(scope="module")
def newest() -> list[Taken]:
    return [read_input(line) for line in (FORM_2 / "inputs.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def since() -> list[Taken]:
    """Kinds that came with form 4."""
    return [read_input(line) for line in (FORM_4 / "inputs.jsonl").read_text().splitlines()]


def test_every_kind_of_input_has_a_line(read: list[Taken], newest: list[Taken], since: list[Taken]) -> None:
    assert {type(taken.what).__name__ for taken in read + newest + since} == {kind.__name__ for kind in KINDS} - ABSTRACT


def test_a_command_of_form_2_has_the_key_under_which_it_acts_once(newest: list[Taken]) -> None:
    keys = [taken.what.key for taken in newest if isinstance(taken.what, Command | DeskCommand)]

    assert [len(key) for key in keys if key] == [16 + 1 + 8] * 18
    assert keys.count(None) == 9


def test_a_command_of_form_1_had_no_key_and_means_the_same(read: list[Taken], newest: list[Taken]) -> None:
    same = [(old, new) for old, new in zip(read, newest, strict=False) if isinstance(old.what, Command | DeskCommand)]

    assert len(same) == 27
    assert all(old.what.key is None for old, _ in same if isinstance(old.what, Command | DeskCommand))
    assert [_without_key(new) for _, new in same] == [old for old, _ in same]


def _without_key(taken: Taken) -> Taken:
    return Taken(replace(taken.what, key=None), taken.at) if isinstance(taken.what, Command | DeskCommand) else taken


def test_a_state_of_form_2_remembers_the_keys_of_each_agent_and_one_of_form_1_remembers_none() -> None:
    known = Floor.from_state(read_state((FORM_2 / "state.json").read_text())).state().accepted

    assert {agent: list(keys.values()) for agent, keys in known.items()} == {"alice": [1795342164.5, 1795342170.25], "bob": [1795342171.0]}
    assert read_state((FORM_1 / "state.json").read_text()).accepted == {}


def test_every_line_of_form_1_still_means_what_it_meant(read: list[Taken]) -> None:
    """One of each sort of value: text, moment, number, choice, nothing, and a value within a value."""
    found = {type(taken.what): taken for taken in reversed(read)}

    arrived = found[CustomerArrived]
    assert isinstance(arrived.what, CustomerArrived)
    assert (arrived.at, arrived.what.leg, arrived.what.dialled) == (1795342164.5, "1795342161.7", "800")
    assert arrived.what.name == 'Zoé "Zo" Ørsted\t☎'
    ended = found[LegEnded].what
    assert isinstance(ended, LegEnded)
    assert ended.cause is EndCause.NO_ANSWER
    deadlines = [taken.what for taken in read if isinstance(taken.what, DeadlinePassed)]
    assert [(passed.why, passed.agent) for passed in deadlines] == [(Why.OFFER_UNANSWERED, None), (Why.WRAP_UP_OVER, "alice")]
    assert [taken.what.revision for taken in read if isinstance(taken.what, HoldCustomer)] == [7, None]
    consult = found[StartConsult].what
    assert isinstance(consult, StartConsult)
    assert consult.target == AgentTarget(agent=AgentId("carol"))
    wrap_up = found[GiveWrapUp].what
    assert isinstance(wrap_up, GiveWrapUp)
    assert (wrap_up.reason, wrap_up.note) == ("resolved", "called back")
    log_on = found[LogOn].what
    assert isinstance(log_on, LogOn)
    assert (log_on.session, log_on.until) == ("ab" * 32, 1795385361.25)
    reloaded = found[SiteReloaded].what
    assert isinstance(reloaded, SiteReloaded)
    assert reloaded.directory.region == "DE"
    policies = {queue.policy for queue in reloaded.directory.queues.values()}
    assert {(policy.offer_seconds, policy.end_consult) for policy in policies} == {(12.5, EndConsult.RETURN_TO_CUSTOMER)}


def test_a_state_of_form_1_still_is_a_contact_centre_with_a_call_in_every_phase() -> None:
    state = read_state((FORM_1 / "state.json").read_text())

    floor = Floor.from_state(state)

    assert {interaction.phase for interaction in floor.interactions.values()} == set(Phase) - SINCE_FORM_4
    assert [session.key for session in floor.desks[AgentId("alice")].sessions] == ["ab" * 32]
    assert floor.state().leaving == (LegId("1795342161.99"),)
    assert floor.next_deadline_at() is not None


def test_a_state_of_form_1_in_parts_is_what_form_3_says() -> None:
    """A call in every phase, by its phase and parties in form 1, by its parts in form 3."""
    assert read_state((FORM_1 / "state.json").read_text()) == read_state((FORM_3 / "state.json").read_text())


def test_an_input_of_form_2_is_what_form_3_says() -> None:
    old, new = [(form / "inputs.jsonl").read_text().splitlines() for form in (FORM_2, FORM_3)]

    assert [read_input(line) for line in old] == [read_input(line) for line in new]


def test_an_input_of_form_4_is_what_is_written_today(since: list[Taken]) -> None:
    assert [write_input(taken) for taken in since] == (FORM_4 / "inputs.jsonl").read_text().splitlines()


def test_a_consult_of_form_3_was_asked_of_an_agent_by_name() -> None:
    state = read_state((FORM_3 / "state.json").read_text())

    consults = [interaction.consult for interaction in state.interactions if interaction.consult is not None]
    assert consults
    for consult in consults:
        assert consult.person is not None, "somebody was rung at once"
        assert (consult.target, consult.name) == (AgentTarget(agent=AgentId(consult.person.agent or "")), consult.person.name)
        assert (consult.line, consult.not_for) == (None, ())


def test_a_customer_of_form_3_who_is_on_hold_is_remembered_from_when_they_were_put_there() -> None:
    state = read_state((FORM_3 / "state.json").read_text())

    for interaction in state.interactions:
        is_held = interaction.owner is not None and interaction.owner.talks_to is not TalksTo.CUSTOMER
        assert interaction.customer.held_since == (interaction.phase_since if is_held else None)
        alarm = Deadline(at=interaction.phase_since + 120, why=Why.HELD_FOR_LONG) if is_held else None
        assert interaction.customer.deadline == alarm


def test_an_owner_of_form_3_who_is_rung_back_owes_a_reason_unless_they_answer() -> None:
    envelope = json.loads((FORM_3 / "state.json").read_text())
    offered = next(one for one in envelope["state"]["interactions"] if one.get("offer") and one["offer"]["why"] == "line")
    offered["offer"] |= {"why": "ring-back", "deadline": {"at": 1795342999.0, "why": "ring back unanswered"}}

    interactions = read_state(json.dumps(envelope)).interactions

    owes = {interaction.offer.why: interaction.offer.owes_wrap_up for interaction in interactions if interaction.offer is not None}
    assert owes == {OfferWhy.RING_BACK: True, OfferWhy.ASKED: False}


@pytest.mark.parametrize("form", [FORM_1, FORM_2, FORM_3])
def test_a_contact_centre_of_any_form_goes_on_to_its_end(form: Path) -> None:
    floor = Floor.from_state(read_state((form / "state.json").read_text()))
    now = floor.last_at
    for leg in [interaction.customer.leg.id for interaction in floor.interactions.values()]:
        floor.take(LegEnded(leg=leg, cause=EndCause.HUNG_UP), now)

    while floor.interactions and (next_at := floor.next_deadline_at()) is not None:
        now = max(now, next_at)
        while (passed := floor.due(now)) is not None:
            floor.take(passed, now)

    assert floor.interactions == {}


def test_a_customer_whom_the_owners_own_key_keeps_on_music_was_called_connected_and_is_held() -> None:
    envelope = json.loads((FORM_1 / "state.json").read_text())
    connected = next(
        one for one in envelope["state"]["interactions"] if one["phase"] == "connected" and one["parties"][1]["agent"] == "alice"
    )
    connected["parties"][1]["phone_on_hold"] = True

    floor = Floor.from_state(read_state(json.dumps(envelope)))

    assert floor.interactions[connected["id"]].phase is Phase.HELD


@pytest.mark.parametrize("interactions", [7, [7], [{"parties": 7}], [{"parties": [7]}], [{"parties": [{"role": "customer"}]}]])
def test_a_state_that_is_not_as_its_form_is_refused_by_the_reader(interactions: object) -> None:
    envelope = json.loads((FORM_1 / "state.json").read_text())
    envelope["state"]["interactions"] = interactions

    with pytest.raises(Unreadable):
        read_state(json.dumps(envelope))


def test_a_leg_of_an_older_state_came_to_us_or_was_made_and_is_the_only_asterisks() -> None:
    for form in (FORM_1, FORM_2):
        state = read_state((form / "state.json").read_text())

        legs = [party for interaction in state.interactions for party in parties(interaction)]
        assert {(party.role is Role.CUSTOMER, party.origin) for party in legs} == {(True, Origin.CAME), (False, Origin.MADE)}
        assert {party.switch for party in legs} == {THE_SWITCH}


def test_an_asterisk_that_an_older_version_lost_or_found_is_the_only_one(read: list[Taken]) -> None:
    named = [taken.what.switch for taken in read if isinstance(taken.what, SwitchLost | SwitchFound)]

    assert set(named) == {THE_SWITCH}
