"""How many calls to outside may be up at once: a call out counts from the moment at which it is wanted."""

from dataclasses import replace

import pytest

from controller.dialling.rules import DiallingRules, OutsideLimits, Trunk
from controller.directory.ids import AgentId
from controller.interaction.refusals import TooManyOutsideCalls
from controller.routing.commands import CallOut
from tests.pure.story import Story, site, target

NUMBER = target("+33199001001")


def centre(limits: OutsideLimits) -> Story:
    """Alice, Bob and Carol may call out."""
    plain = site()
    directory = replace(
        plain,
        agents={name: replace(agent, may_call_out=True) for name, agent in plain.agents.items()},
        dialling=DiallingRules(trunk="provider", limits=limits),
        trunks={"provider": Trunk(name="provider")},
    )
    story = Story(directory)
    story.goes_available("alice", "bob", "carol")
    return story


def test_calls_whose_agents_own_telephones_still_ring_count_against_the_sites_limit() -> None:
    story = centre(OutsideLimits(at_once_per_site=2))
    story.take(CallOut(agent=AgentId("alice"), target=NUMBER))
    story.take(CallOut(agent=AgentId("bob"), target=NUMBER))

    with pytest.raises(TooManyOutsideCalls):
        story.take(CallOut(agent=AgentId("carol"), target=NUMBER))


def test_a_call_whose_agents_own_telephone_was_not_answered_counts_no_more() -> None:
    story = centre(OutsideLimits(at_once_per_site=1))
    story.take(CallOut(agent=AgentId("alice"), target=NUMBER))
    story.seconds_pass(60)

    story.take(CallOut(agent=AgentId("bob"), target=NUMBER))

    assert len(story.floor.interactions) == 1
