"""The chart answers everything, agrees with the role table, and is never asked what it calls impossible."""

import pytest

from controller.interaction import commands, facts
from controller.interaction.advance import take_fact
from controller.interaction.chart import ACTIONS, COUPLINGS, FACTS, REACHING, STAGES
from controller.interaction.commands import Action, Command
from controller.interaction.facts import (
    AgentChosen,
    AgentDialled,
    AgentTaken,
    AttendedTransferAsked,
    BlindTransferAsked,
    CustomerArrived,
    DeadlinePassed,
    LegAway,
    LegBack,
    LegFact,
    LegReplaced,
    Why,
)
from controller.interaction.interaction import ConsultStage, CustomerStage, OfferWhy, Phase, TalksTo
from controller.interaction.parties import deadlines
from controller.interaction.party import Role
from controller.interaction.roles import CONDITIONS, EVER, ROLE_TABLE
from tests.pure.story import COMMANDS, agent, connected, consulting, contact_centre

KINDS = [kind for kind in vars(commands).values() if isinstance(kind, type) and issubclass(kind, Command) and kind is not Command]


def test_every_stage_of_every_part_answers_every_fact() -> None:
    of_legs = {kind for kind in vars(facts).values() if isinstance(kind, type) and issubclass(kind, LegFact)}
    of_legs -= {LegFact, CustomerArrived, AgentDialled}  # of a leg that is nobody's yet
    of_legs -= {BlindTransferAsked, AttendedTransferAsked}  # they stand for a command
    of_legs -= {LegAway, LegBack}  # that a page is gone concerns no stage: see `absence`
    of_legs -= {LegReplaced}  # nor that somebody goes on by another telephone: see `any_leg`

    assert set(FACTS) == of_legs | {AgentChosen, AgentTaken, DeadlinePassed}
    for row in STAGES.values():
        assert set(row) == set(FACTS)


def test_every_stage_has_a_row() -> None:
    stages = {f"customer {stage}" for stage in CustomerStage} | {f"offer {why}" for why in OfferWhy}
    stages |= {f"owner talks to {whom}" for whom in TalksTo} | {f"consult {stage}" for stage in ConsultStage}

    assert set(STAGES) == stages | {"owner's second call", "member", "wrap-up"}


def test_an_ignored_fact_and_an_impossible_one_say_why() -> None:
    for row in STAGES.values():
        for cell in row.values():
            if cell.take is None:
                assert len(cell.says.split()) > len(["it", "is", "so"])


def test_an_action_has_one_step_whatever_the_phase_and_somebody_may_do_it() -> None:
    may_be_done = frozenset[Action]().union(*(actions for row in ROLE_TABLE.values() for actions in row.values()))

    assert set(ACTIONS) | set(REACHING) == set(KINDS)
    assert not set(ACTIONS) & set(REACHING)
    assert {kind.action for kind in KINDS} == may_be_done == set(Action)


def test_every_action_has_one_command_but_a_transfer_which_is_two() -> None:
    """Handing the customer over to who was asked, and to who was not."""
    but_blind = [kind for kind in KINDS if kind is not commands.TransferBlind]

    assert sorted(kind.action for kind in but_blind) == sorted(Action)
    assert set(COMMANDS) == set(Action)
    assert commands.TransferBlind.action is commands.TransferCustomer.action


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
    waited_for = {deadline.why for deadline in deadlines(now)}

    for why in set(Why) - waited_for:
        assert take_fact(now, DeadlinePassed(interaction=now.id, why=why), 0.0).interaction is now


def test_nobody_is_taken_whom_no_telephone_is_rung_back_for() -> None:
    """The floor looks at who is rung back and at nobody else."""
    story = connected()
    taken = AgentTaken(interaction=story.contact.id)
    assert take_fact(story.contact.now, taken, story.now).interaction is story.contact.now

    story = contact_centre()
    story.customer_calls()
    with pytest.raises(AssertionError, match="only whoever had the customer last"):
        take_fact(story.contact.now, AgentTaken(interaction=story.contact.id), story.now)
