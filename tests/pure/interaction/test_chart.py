"""The chart answers everything, agrees with the role table, and is never asked what it calls impossible."""

from dataclasses import replace

import pytest

from controller.directory.ids import THE_SWITCH
from controller.interaction import commands, facts
from controller.interaction.advance import take_fact
from controller.interaction.chart import CHART, Ignored, Impossible, Key
from controller.interaction.commands import Action, Command
from controller.interaction.facts import AgentChosen, CustomerArrived, DeadlinePassed, LegFact, Why
from controller.interaction.interaction import Phase
from controller.interaction.layout import ROOMS
from controller.interaction.parties import parties
from controller.interaction.party import Role
from controller.interaction.roles import CONDITIONS, EVER, ROLE_TABLE
from tests.pure.story import COMMANDS, agent, connected, consult_offered, consulting

PARTIES = (Role.CUSTOMER, Role.AGENT_1, Role.AGENT_2)
LEG_FACTS = tuple(
    kind for kind in vars(facts).values() if isinstance(kind, type) and issubclass(kind, LegFact) and kind not in (LegFact, CustomerArrived)
)
FACT_KEYS: set[Key] = {AgentChosen, *Why, *((kind, role) for kind in LEG_FACTS for role in PARTIES)}


@pytest.mark.parametrize("phase", Phase)
def test_a_phase_answers_every_fact_and_every_deadline(phase: Phase) -> None:
    answered = {key for key in CHART[phase] if not (isinstance(key, type) and issubclass(key, Command))}

    assert answered == FACT_KEYS


@pytest.mark.parametrize("phase", Phase)
def test_a_command_stands_in_a_phase_exactly_when_somebody_may_give_it_there(phase: Phase) -> None:
    stands = {key.action for key in CHART[phase] if isinstance(key, type) and issubclass(key, Command)}
    may_be_given = frozenset[Action]().union(*ROLE_TABLE[phase].values())

    assert stands == may_be_given


@pytest.mark.parametrize("phase", Phase)
def test_no_command_is_ignored_or_impossible(phase: Phase) -> None:
    for key, cell in CHART[phase].items():
        if isinstance(key, type) and issubclass(key, Command):
            assert callable(cell)


def test_an_ignored_fact_and_an_impossible_one_say_why() -> None:
    for row in CHART.values():
        for cell in row.values():
            if isinstance(cell, Ignored | Impossible):
                assert len(cell.because) > len("because")


def test_every_action_has_one_command_and_every_command_one_action() -> None:
    kinds = [k for k in vars(commands).values() if isinstance(k, type) and issubclass(k, Command) and k is not Command]

    assert sorted(kind.action for kind in kinds) == sorted(Action)
    assert set(COMMANDS) == set(Action)


def test_every_phase_has_its_row_in_every_table() -> None:
    assert set(CHART) == set(ROLE_TABLE) == set(ROOMS) == set(Phase)


def test_a_condition_belongs_to_an_action_that_somebody_may_do() -> None:
    assert set(CONDITIONS) <= frozenset[Action]().union(*EVER.values())


def test_every_action_is_somebodys() -> None:
    assert set(Action) == frozenset[Action]().union(*EVER.values())
    assert EVER[Role.CUSTOMER] == frozenset()


def test_what_is_impossible_is_our_mistake_and_not_passed_over() -> None:
    story = connected()
    chosen = AgentChosen(interaction=story.contact.id, agent=agent("bob"))

    with pytest.raises(AssertionError, match="only a customer who waits"):
        take_fact(story.contact.now, chosen, story.now)


def test_a_fact_that_is_not_about_one_interaction_is_not_for_the_chart() -> None:
    story = connected()

    with pytest.raises(AssertionError, match="not about one interaction"):
        take_fact(story.contact.now, facts.SwitchLost(switch=THE_SWITCH), story.now)


def test_a_deadline_of_nobodys_wrap_up_is_none() -> None:
    story = consulting()
    now = story.contact.now

    assert take_fact(now, DeadlinePassed(interaction=now.id, why=Why.WRAP_UP_OVER), story.now).interaction is now


def test_a_colleague_who_is_not_one_of_our_agents_is_missed_by_nobody() -> None:
    """Somebody reached by a number has no desk: the consult that comes to nothing is told to nobody but the owner."""
    story = consult_offered()
    now = story.contact.now
    outsider = replace(now, parties=tuple(replace(p, agent=None) if p.role is Role.AGENT_2 else p for p in parties(now)))

    step = take_fact(outsider, DeadlinePassed(interaction=now.id, why=Why.CONSULT_UNANSWERED), story.now)

    assert step.tell == ()
    assert step.interaction.news == "Bob Durand did not answer."
