"""Judges what becomes of whoever is asked, and of customers who are handed on: lines, conferences, people outside."""

from controller.directory.ids import AgentId, InteractionId, Seconds
from controller.directory.policy import ConsultPriority
from controller.floor.floor import Floor
from controller.floor.outcome import Change, Outcome
from controller.interaction.commands import CancelConsult, DeclineOffer, EndConsult, LeaveConference, LeaveConsult, TransferBlind
from controller.interaction.facts import DeadlinePassed, LegEnded, Why
from controller.interaction.interaction import Consult, ConsultStage, Interaction, OfferWhy, Phase
from controller.routing.desk import Desk, DeskState
from controller.simulator.broken import Broken, Case
from controller.simulator.reach import Since

OVER_SECONDS_MAX: Seconds = 5.0
"""By how much what a policy bounds may last longer."""
_ENDS_A_CONSULT = (Why.CONSULT_UNANSWERED, Why.NO_AGENT_FREE)


class AskedJudge:
    """Remembers of whoever is asked only what it needs to judge."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._waiting: dict[tuple[InteractionId, Seconds], Since] = {}
        """Consults that stand in a line, by when they were asked for."""
        self._handed_out: dict[InteractionId, Since] = {}
        self._transferred: dict[InteractionId, AgentId] = {}
        """Customers of a blind transfer whom nobody has yet, and who has transferred them."""

    # --- What the floor says ---------------------------------------------------------------------------------------

    def began_again(self, floor: Floor) -> None:
        """What was not kept has never been."""
        known = ((of, by, floor.interactions.get(of)) for of, by in self._transferred.items())
        self._transferred = {of: by for of, by, now in known if now is not None and now.owner is None and by in now.not_for}
        self._waiting.clear()
        self._handed_out.clear()
        for interaction in floor.interactions.values():
            self._note(interaction)

    def followed(self, outcome: Outcome, floor: Floor) -> None:
        """The floor has taken an input."""
        for change in outcome.changes:
            _judge_owner(change.after)
            _judge_size(change.after)
            if change.before is not None:
                _judge_consult_over_conference(change, change.before)
                _judge_heir(change, change.before)
                _judge_turn(change.before, change.after, floor)
                self._judge_offered_back(change, change.before, floor)
            self._note(change.after)

    def _note(self, interaction: Interaction) -> None:
        consult = interaction.consult
        if consult is not None and consult.line is not None:
            self._waiting.setdefault((interaction.id, consult.asked_at), self._case.reach.begins(interaction.id))
        if interaction.phase is Phase.HANDED_OUT:
            self._handed_out.setdefault(interaction.id, self._case.reach.begins(interaction.id))
        else:
            self._handed_out.pop(interaction.id, None)

    def _judge_offered_back(self, change: Change, before: Interaction, floor: Floor) -> None:
        """Rule 10: whoever has transferred a customer is offered them by the line only where nobody else serves it."""
        after = change.after
        if isinstance(change.cause, TransferBlind):
            self._transferred[after.id] = change.cause.agent
        is_rung_back = after.offer is not None and after.offer.why is OfferWhy.RING_BACK
        if after.owner is not None or is_rung_back or after.phase in (Phase.ENDED, Phase.HANDED_OUT):
            self._transferred.pop(after.id, None)
        by = self._transferred.get(after.id)
        if by is None or before.offer is not None or after.offer is None or after.offer.why is not OfferWhy.LINE or after.queue is None:
            return
        others = [
            agent
            for agent in floor.directory.queues[after.queue].agents
            if agent not in (by, *before.not_for) and agent in floor.desks and _takes_calls(floor.desks[agent])
        ]
        if after.offer.to.agent == by and others:
            raise Broken(f"{after.id} is offered to {by}, who has just transferred it, and {', '.join(others)} serve {after.queue} as well")

    # --- What lasts ------------------------------------------------------------------------------------------------

    def look(self, floor: Floor) -> None:
        """A second has passed. Say what has lasted too long."""
        patience = OVER_SECONDS_MAX + self._case.reach.patience
        for key, waits in tuple(self._waiting.items()):
            interaction = floor.interactions.get(key[0])
            consult = interaction.consult if interaction is not None else None
            if consult is None or consult.asked_at != key[1] or consult.line is None:
                del self._waiting[key]
            elif consult.stage is ConsultStage.WAITING and waits.in_reach > consult.line.policy.queue_consult_seconds + patience:
                seconds = consult.line.policy.queue_consult_seconds
                raise Broken(f"the consult of {consult.name} in {key[0]} waits for {waits.in_all:.0f} s, longer than its {seconds:.0f} s")
        for of, handed in tuple(self._handed_out.items()):
            interaction = floor.interactions.get(of)
            if interaction is None or interaction.phase is not Phase.HANDED_OUT:
                del self._handed_out[of]
            elif handed.in_reach > interaction.policy.outside_only_seconds + patience:
                seconds = interaction.policy.outside_only_seconds
                raise Broken(f"{of} has been with people outside only for {handed.in_all:.0f} s, longer than its {seconds:.0f} s")


def _judge_owner(interaction: Interaction) -> None:
    """Rule 13: nobody outside owns anything."""
    if interaction.owner is not None and interaction.owner.person.agent is None:
        raise Broken(f"{interaction.owner.person.name}, who is outside, owns {interaction.id}")


def _judge_size(interaction: Interaction) -> None:
    """Rule 17: the owner, the customer and members, and no more than the policy says."""
    parties = len(interaction.members) + (interaction.owner is not None) + interaction.customer_is_there
    if interaction.members and parties > interaction.policy.conference_max:
        most = interaction.policy.conference_max
        raise Broken(f"{interaction.id} is a conference of {parties}, and its policy allows {most}")


def _judge_consult_over_conference(change: Change, before: Interaction) -> None:
    """Rule 17: a consult that is over comes back to the conference, whatever the policies say."""
    if before.consult is None or not before.members or change.after.consult is not None or not _is_about(before.consult, change):
        return
    still = {member.leg.id for member in change.after.members}
    if change.after.phase is not Phase.CONFERENCE or any(member.leg.id not in still for member in before.members):
        raise Broken(f"the consult over the conference {before.id} has ended it: it is now {change.after.phase}")


def _judge_heir(change: Change, before: Interaction) -> None:
    """Rules 8 and 17: an owner who leaves a conference ends it for nobody else, also where the customer has gone before."""
    if before.owner is None or len(before.members) < 2 or before.customer_is_there:
        return
    match change.cause:
        case LegEnded(leg=leg) if leg == before.owner.leg.id:
            pass
        case LeaveConference(agent=agent) if agent == before.owner.agent:
            pass
        case _:
            return
    if any(member.person.agent is not None for member in before.members) and change.after.phase is not Phase.CONFERENCE:
        raise Broken(f"{before.owner.agent} has left {before.id}, whose agents stay together, and has ended it for the others")


def _is_about(consult: Consult, change: Change) -> bool:
    match change.cause:
        case EndConsult() | CancelConsult() | LeaveConsult() | DeclineOffer():
            return True
        case LegEnded(leg=leg):
            return consult.leg is not None and consult.leg.id == leg
        case DeadlinePassed(why=why):
            return why in _ENDS_A_CONSULT
        case _:
            return False


def _judge_turn(before: Interaction, after: Interaction, floor: Floor) -> None:
    """Rule 15: a consult of a queue takes no agent away from a customer who goes first, and Agent 1 is never the answer."""
    was, now = before.consult, after.consult
    if was is None or now is None or was.stage is not ConsultStage.WAITING or now.stage is not ConsultStage.RINGING or now.person is None:
        return
    agent = now.person.agent
    if agent is None or (after.owner is not None and agent == after.owner.agent):
        raise Broken(f"the consult of {now.name} in {after.id} is answered by {agent or 'nobody of ours'}")
    for queue in floor.directory.queues.values():
        if agent in queue.agents:
            for customer in floor.waiting_in(queue.id):
                if agent not in customer.not_for and _goes_first(customer, now):
                    waits = f"{customer.id} waits for an agent of {queue.id}"
                    raise Broken(f"the consult of {now.name} in {after.id} takes {agent}, and the customer of {waits} and goes first")


def _goes_first(customer: Interaction, consult: Consult) -> bool:
    assert consult.line is not None, "it came from a line"
    if customer.first_in_line:
        return True
    match consult.line.policy.consult_priority:
        case ConsultPriority.CUSTOMERS_FIRST:
            return True
        case ConsultPriority.CONSULTS_FIRST:
            return False
        case ConsultPriority.BY_TIME:
            return customer.waiting_since < consult.asked_at


def _takes_calls(desk: Desk) -> bool:
    """Now, or when theirs is over: whoever has no telephone serves nobody, however available they are."""
    return desk.chosen is DeskState.AVAILABLE and desk.telephones.is_there
