"""The contact centre as a whole. One input at a time; what is refused has changed nothing.

It decides nothing by itself: what happens to an interaction is the chart's business, who is served next is routing's.
"""

from collections.abc import Callable

from controller.directory.ids import Seconds
from controller.floor import arrivals, calls, desks, reload, telephones
from controller.floor.keys import remember
from controller.floor.known import Known
from controller.floor.outcome import Input, Outcome, SiteReloaded
from controller.floor.reach import rung_as
from controller.floor.taking import Taking
from controller.interaction.advance import take_switch_found, take_switch_lost
from controller.interaction.commands import Command
from controller.interaction.facts import (
    AgentChosen,
    AgentDialled,
    AgentRested,
    AgentTaken,
    AttendedTransferAsked,
    BlindTransferAsked,
    CodeTimedOut,
    CustomerArrived,
    DeadlinePassed,
    DigitPressed,
    Fact,
    LegEnded,
    LegFact,
    LegReplaced,
    SwitchFound,
    SwitchLost,
    TelephonesBusy,
    TelephonesSeen,
)
from controller.interaction.interaction import Interaction, Step
from controller.routing.commands import DeskCommand


class Floor(Known):
    """All that is known of the contact centre at one moment, and the one way to change it."""

    def take(self, what: Input, now: Seconds) -> Outcome:
        """Follow a fact or do what a command asks; one whose key was accepted before does nothing more.

        Raises a `Refused`, and then nothing has changed.
        """
        taking = Taking(self, what, now)
        match what:
            case Command() | DeskCommand():
                if what.key is not None and self.has_accepted(what.agent, what.key, now):
                    return Outcome()
                if isinstance(what, Command):
                    calls.do(taking, what)
                else:
                    desks.do(taking, what)
                if what.key is not None:
                    remember(self.accepted_keys.setdefault(what.agent, {}), what.key, now)
                    taking.unseen = True
            case SiteReloaded():
                reload.reload(taking, what.directory)
            case _:
                _follow(taking, what)
        reload.turn_away_who_waits_in_vain(taking)
        _assign(taking)
        reload.forget_closed_queues(taking)
        outcome = taking.outcome()
        if outcome.leaves_a_trace:
            self.last_at = max(self.last_at, now)
        return outcome


def _follow(taking: Taking, fact: Fact) -> None:
    known = taking.known
    match fact:
        case SwitchLost():
            known.switch_is_there = False
            known.keypads.forget_all()
            _of_every_interaction(taking, take_switch_lost)
        case SwitchFound():
            known.switch_is_there = True
            _of_every_interaction(taking, take_switch_found)
        case AgentRested(agent=agent):
            taking.has_rested(agent)
        case DigitPressed():
            telephones.press(taking, fact)
        case CodeTimedOut(leg=leg):
            telephones.time_out(taking, leg)
        case TelephonesSeen():
            desks.note_telephones(taking, fact)
        case TelephonesBusy():
            desks.note_busy(taking, fact)
        case CustomerArrived():
            arrivals.arrive(taking, fact)
        case BlindTransferAsked() | AttendedTransferAsked():
            telephones.transfer_key(taking, fact)
        case AgentDialled():
            telephones.dialled(taking, fact)
        case LegReplaced(leg=leg, by=by) if known.interaction_of(leg) is None:
            arrivals.is_over_already(taking, by)
        case LegFact(leg=leg):
            taking.fact_of(known.interaction_of(leg), fact)
            if isinstance(fact, LegEnded) and leg in known.leaving:
                del known.leaving[leg]
                taking.unseen = True
        case DeadlinePassed(interaction=of) | AgentChosen(interaction=of) | AgentTaken(interaction=of):
            taking.fact_of(of, fact)
        case _:
            raise AssertionError(f"{type(fact).__name__} has no meaning here")


def _of_every_interaction(taking: Taking, take: Callable[[Interaction, Seconds], Step]) -> None:
    for interaction in tuple(taking.known.interactions.values()):
        taking.store(interaction, take(interaction, taking.now))


def _assign(taking: Taking) -> None:
    """Offer waiting customers to free agents, wherever either may have changed; elsewhere nobody could be given anybody before."""
    known = taking.known
    if not len(known.lines) or not known.switch_is_there:
        return
    # What changed while the switch was away is made up for when it comes back.
    changed = known.lines.queues if isinstance(taking.cause, SwitchFound) else taking.queues
    for chosen_for, agent in tuple(known.lines.assignments(changed)):
        rung = rung_as(known.directory.agents[agent], known.desks[agent])
        taking.fact_of(chosen_for, AgentChosen(interaction=chosen_for, agent=rung))
