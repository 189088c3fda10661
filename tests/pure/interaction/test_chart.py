"""The chart answers everything, agrees with the role table, and is never asked what it calls impossible."""

import pytest

from controller.directory.replace import replace
from controller.interaction import commands, facts
from controller.interaction.advance import take_fact
from controller.interaction.chart import ACTIONS, COUPLINGS, FACTS, STAGES
from controller.interaction.commands import Action, Command
from controller.interaction.facts import AgentChosen, CustomerArrived, DeadlinePassed, LegFact, Why
from controller.interaction.interaction import ConsultStage, CustomerStage, OfferWhy, Phase, TalksTo
from controller.interaction.party import Role
from controller.interaction.roles import CONDITIONS, EVER, ROLE_TABLE
from tests.pure.story import COMMANDS, agent, connected, consult_offered, consulting

KINDS = [kind for kind in vars(commands).values() if isinstance(kind, type) and issubclass(kind, Command) and kind is not Command]


def test_every_stage_of_every_part_answers_every_fact() -> None:
    of_legs = {kind for kind in vars(facts).values() if isinstance(kind, type) and issubclass(kind, LegFact)} - {LegFact, CustomerArrived}

    assert set(FACTS) == of_legs | {AgentChosen, DeadlinePassed}
    for row in STAGES.values():
        assert set(row) == set(FACTS)


def test_every_stage_has_a_row() -> None:
    stages = {f"customer {stage}" for stage in CustomerStage} | {f"offer {why}" for why in OfferWhy}
    stages |= {f"owner talks to {whom}" for whom in TalksTo} | {f"consult {stage}" for stage in ConsultStage}

    assert set(STAGES) == stages | {"member", "wrap-up"}


def test_an_ignored_fact_and_an_impossible_one_say_why() -> None:
    for row in STAGES.values():
        for cell in row.values():
            if cell.take is None:
                assert len(cell.says.split()) > len(["it", "is", "so"])


def test_an_action_has_one_step_whatever_the_phase_and_somebody_may_do_it() -> None:
    may_be_done = frozenset[Action]().union(*(actions for row in ROLE_TABLE.values() for actions in row.values()))

    assert set(ACTIONS) == set(KINDS)
    assert {kind.action for kind in ACTIONS} == may_be_done == set(Action)


def test_every_action_has_one_command_and_every_command_one_action() -> None:
    assert sorted(kind.action for kind in KINDS) == sorted(Action)
    assert set(COMMANDS) == set(Action)


def test_every_phase_has_its_row_in_the_role_table() -> None:
    assert set(ROLE_TABLE) == set(Phase)


def test_a_coupling_says_its_rule() -> None:
    assert len({coupling.rule for coupling in COUPLINGS}) == len(COUPLINGS)


def test_a_condition_belongs_to_an_action_that_somebody_may_do() -> None:
    assert set(CONDITIONS) <= frozenset[Action]().union(*EVER.values())


def test_a_customer_may_do_nothing() -> None:
    assert EVER[Role.CUSTOMER] == frozenset()


def test_what_is_impossible_is_our_mistake_and_not_passed_over() -> None:
    story = connected()
    chosen = AgentChosen(interaction=story.contact.id, agent=agent("bob"))

    with pytest.raises(AssertionError, match="only a customer who waits"):
        take_fact(story.contact.now, chosen, story.now)


def test_a_customer_who_has_gone_is_given_nobody() -> None:
    story = connected()
    story.hangs_up("cora")
    chosen = AgentChosen(interaction=story.contact.id, agent=agent("bob"))

    with pytest.raises(AssertionError, match="its leg was let go"):
        take_fact(story.contact.now, chosen, story.now)


def test_a_fact_that_is_not_about_one_interaction_is_not_for_the_chart() -> None:
    story = connected()

    with pytest.raises(AssertionError, match="not about one interaction"):
        take_fact(story.contact.now, facts.SwitchLost(switch=story.contact.now.customer.leg.switch), story.now)


def test_a_deadline_that_nothing_waits_for_changes_nothing() -> None:
    now = consulting().contact.now

    for why in Why:
        assert take_fact(now, DeadlinePassed(interaction=now.id, why=why), 0.0).interaction is now


def test_a_colleague_who_is_not_one_of_our_agents_is_missed_by_nobody() -> None:
    """Somebody reached by a number has no desk: the consult that comes to nothing is told to nobody but the owner."""
    story = consult_offered()
    now = story.contact.now
    assert now.consult is not None, "Bob is consulted"
    outsider = replace(now, consult=replace(now.consult, person=replace(now.consult.person, agent=None)))

    step = take_fact(outsider, DeadlinePassed(interaction=now.id, why=Why.CONSULT_UNANSWERED), story.now)

    assert step.tell == ()
    assert step.interaction.news == "Bob Durand did not answer."
