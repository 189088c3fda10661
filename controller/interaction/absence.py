"""Telephones in browsers that are gone from a call, and may come back: while nobody of ours can be heard, the customer hears music.

A page that is loaded anew, or whose connection breaks, says no goodbye. That concerns no part's stage, so it is no matter of the chart:
nobody leaves, nobody comes, only where the customer waits follows from it (`layout`). What is lost in the end has ended like any leg.
"""

from collections.abc import Iterator

from controller.directory.ids import AgentId
from controller.directory.replace import replace
from controller.interaction.facts import EndCause, Fact, LegAnswered, LegAway, LegBack, LegEnded, LegFact
from controller.interaction.interaction import Interaction, Leg, Person, Step
from controller.interaction.legs import legs, new_leg, rings, with_leg, with_legs


def follow(i: Interaction, fact: Fact) -> Step | None:
    """Take a fact about the absence of a leg; None: it is about something else."""
    leg = _leg(i, fact.leg) if isinstance(fact, LegFact) else None
    match fact:
        case LegAway() | LegBack() if leg is None or rings(i, leg) or leg.is_rung_again:
            return Step(interaction=i)  # it was let go, or it is not there yet
        case LegAway() | LegBack():
            assert leg is not None, "or the case above"
            is_away = isinstance(fact, LegAway)
            return Step(interaction=i if leg.is_away is is_away else with_leg(i, replace(leg, is_away=is_away)))
        case LegAnswered() if leg is not None and leg.is_rung_again:
            return Step(interaction=with_leg(i, replace(leg, is_rung_again=False)))
        case _:
            return None


def as_it_was(i: Interaction, fact: Fact) -> Fact:
    """An absent leg that ends was lost: whatever Asterisk calls it, nobody has hung up, and nobody let it ring."""
    leg = _leg(i, fact.leg) if isinstance(fact, LegEnded) else None
    return LegEnded(leg=leg.id, cause=EndCause.FAILED) if leg is not None and leg.is_absent else fact


def ring_again(i: Interaction, agent: AgentId) -> Interaction:
    """Ring an agent's telephone anew, in place of a leg whose page is no more: one that was up, or was to answer by itself, is to do so.

    The old leg is let go, and its end is nobody's decision.
    """
    person, old = next((person, leg) for person, leg in legs(i) if person is not None and person.agent == agent)
    rang = rings(i, old)
    i, new = new_leg(i, person, told_to_answer=old.told_to_answer or not rang)
    new = replace(new, muted=old.muted, is_rung_again=not rang)
    return with_legs(i, lambda known: new if known.id == old.id else known)


def rung_again(i: Interaction) -> Iterator[tuple[Person, Leg]]:
    """Who is being rung anew, and was up before."""
    return ((person, leg) for person, leg in legs(i) if person is not None and leg.is_rung_again)


def _leg(i: Interaction, wanted: object) -> Leg | None:
    return next((leg for _, leg in legs(i) if leg.id == wanted), None)
