"""What becomes of the owner: they leave, hand the customer over, and owe a reason."""

from controller.directory.ids import AgentId, ReasonId, Seconds
from controller.directory.policy import OwnerHangUp, TransferAcceptance, WrapUpExtension
from controller.directory.replace import replace
from controller.directory.targets import EntryPointTarget
from controller.interaction import commands
from controller.interaction.facts import DeadlinePassed, EndCause, LegEnded, LegHeld, LegUnheld, Why
from controller.interaction.interaction import (
    ConsultStage,
    CustomerStage,
    Interaction,
    Leg,
    Offer,
    OfferWhy,
    Owner,
    Person,
    Reach,
    Step,
    TalksTo,
    WrapUp,
)
from controller.interaction.notices import AgentMissed, DigitsPressed, OfferFailed
from controller.interaction.refusals import BadTarget
from controller.interaction.steps.any_leg import hold_key
from controller.interaction.steps.consult import cancel_consult, consult_of, consulted, end_consult, joined
from controller.interaction.steps.customer import nobody_called
from controller.interaction.steps.moves import end_all, hand_on, leave, make_owner, ring, talk_to, until, vacate, verdict_on

HABIT_SECONDS_MAX = 1.0
"""How soon after a transfer that was refused a telephone's hanging up is no wish of its agent."""
DIGITS = frozenset("0123456789*#ABCD")
"""What a telephone keypad can send (RFC 4733, events 0 to 15)."""
DIGITS_MAX = 32


def owner_left(i: Interaction, ended: LegEnded, now: Seconds) -> Step:
    """A host who leaves hangs up on nobody. Else hanging up is a decision, and the site says what it means; being lost is none."""
    assert i.owner is not None, "the fact is about the owner"
    if i.owner.second is not None and (i.owner.active_leg is i.owner.second or ended.cause is not EndCause.HUNG_UP):
        # Nobody hangs up on a customer who is on hold by mistake: their owner is still there, by the telephone's other call.
        return Step(interaction=replace(i, owner=replace(i.owner, leg=i.owner.second, second=None)))
    if i.customer.stage is CustomerStage.RINGING:
        return nobody_called(i, "", now)
    if i.members or not i.customer_is_there:
        return Step(interaction=vacate(i, now))
    if ended.cause is not EndCause.HUNG_UP:
        # A telephone that answers without sound is up for a moment, and would take the next customer in the same way.
        # Any other loss may be Asterisk's or our own doing: a telephone that is dead shows so when it is rung the next time.
        silent = ended.cause is EndCause.NO_SOUND
        kind, because = (AgentMissed, f"telephone {ended.cause.value}") if silent else (OfferFailed, "telephone lost")
        step = hand_on(vacate(i, now), now, verdict_on(i, i.owner.agent, kind, because))
        return Step(interaction=step.interaction, tell=step.tell, news=f"{i.owner.person.name} has been cut off.")
    if i.policy.owner_hang_up is OwnerHangUp.RING_BACK or _is_a_habit(i.owner.leg, now):
        return Step(interaction=ring(leave(i, now), i.owner.person, OfferWhy.RING_BACK, now, owes_wrap_up=True))
    return Step(interaction=end_all(i, now))


def _is_a_habit(leg: Leg | None, now: Seconds) -> bool:
    """Many telephones hang up by themselves when a transfer is refused, within milliseconds: nobody has put down the handset."""
    refused_at = leg.transfer_refused_at if leg is not None else None
    return refused_at is not None and now - refused_at <= HABIT_SECONDS_MAX


def second_call_ended(i: Interaction, ended: LegEnded, now: Seconds) -> Step:
    """The owner has put down the call by which they consult: the same as the button. A call that was lost is nobody's decision."""
    assert i.owner is not None, "an owner's telephone has a second call"
    alone = replace(i, owner=replace(i.owner, second=None))
    if ended.cause is not EndCause.HUNG_UP or _is_a_habit(i.owner.second, now):
        return Step(interaction=alone)
    if consult_of(i).stage is ConsultStage.UP:
        return end_consult(alone, ended, now)
    return cancel_consult(alone, ended, now)


def owners_hold_key(i: Interaction, fact: LegHeld | LegUnheld, now: Seconds) -> Step:
    """Of two calls the one that alone is off hold says whom the owner talks with: the customer, or the consult.

    While neither is on hold nobody has changed between them: no telephone is in two calls at once. Asterisk says of its own accord that the
    one on hold was taken back, when the transfer key joins the two. Nor has anybody changed who is only known again to be on hold.
    """
    before = i.owner
    assert before is not None, "the fact is about the owner"
    if before.talked_by_second is not before.talks_by_second:
        i = replace(i, owner=replace(before, talked_by_second=before.talks_by_second))
    step = hold_key(i, fact, now)
    owner = step.interaction.owner
    assert owner is not None, "a key takes nobody away"
    if owner.second is None or owner.leg.phone_on_hold is owner.second.phone_on_hold or _keys(before) == _keys(owner):
        return step
    return Step(interaction=talk_to(step.interaction, TalksTo.CONSULT if owner.leg.phone_on_hold else TalksTo.CUSTOMER))


def _keys(owner: Owner) -> tuple[bool, bool]:
    """Which of the two calls of their telephone are on hold there."""
    return owner.leg.phone_on_hold, owner.second is not None and owner.second.phone_on_hold


def hold_key_resumes(i: Interaction, fact: LegUnheld, now: Seconds) -> Step:
    """Releasing the key takes the customer back. A release without its press is a telephone that has refreshed its session."""
    assert i.owner is not None, "the fact is about the owner"
    if not i.owner.leg.phone_on_hold:
        return Step(interaction=i)
    return Step(interaction=talk_to(hold_key(i, fact, now).interaction, TalksTo.CUSTOMER))


def transfer(i: Interaction, command: commands.TransferCustomer, now: Seconds) -> Step:
    """The owner leaves and wraps up; whom they consulted has the customer, or is asked to. In a conference the couplings find the heir.

    Somebody outside, who can own nothing, is with the customer from then on; answering was their acceptance.
    """
    consult = i.consult
    if consult is None:
        return Step(interaction=vacate(i, now))
    person, leg = consulted(i)
    if person.agent is None:
        return Step(interaction=vacate(joined(i), now))
    left = vacate(replace(i, consult=None), now)
    if i.members or i.policy.transfer_acceptance is TransferAcceptance.AUTOMATIC:
        return Step(interaction=make_owner(left, person, leg, now))
    deadline = until(i, Why.TRANSFER_UNANSWERED, now)
    asked = Offer(why=OfferWhy.ASKED, to=person, leg=leg, deadline=deadline, consulted_since=consult.asked_at)
    return Step(interaction=replace(left, offer=asked))


def transfer_blind(i: Interaction, command: commands.TransferBlind, reach: Reach, now: Seconds) -> Step:
    """The owner leaves and wraps up; somebody is rung for the customer, or they wait in another line, for as long as they have in all."""
    left = vacate(i, now)
    if isinstance(reach, Person):
        return Step(interaction=ring(left, reach, OfferWhy.TRANSFER, now))
    entry_point = command.target.entry_point if isinstance(command.target, EntryPointTarget) else i.entry_point
    moved = replace(left, queue=reach.id, queue_name=reach.name, music=reach.music, policy=reach.policy, entry_point=entry_point)
    waits = replace(moved, waiting_since=now - i.waited, waiting_again_since=None, waited=0.0, former=None, first_in_line=False)
    return Step(interaction=replace(waits, not_for=(command.agent,)))


def send_digits(i: Interaction, command: commands.SendDigits, now: Seconds) -> Step:
    """Press keys for whoever the owner talks with."""
    if not 0 < len(command.digits) <= DIGITS_MAX or not set(command.digits) <= DIGITS:
        raise BadTarget(f"Digits are 1 to {DIGITS_MAX} of 0-9, *, # and A-D.")
    assert i.owner is not None, "only an owner presses keys"
    hears = consulted(i)[1] if i.owner.talks_to is TalksTo.CONSULT else i.customer.leg
    return Step(interaction=i, tell=(DigitsPressed(interaction=i.id, leg=hears.id, digits=command.digits),))


def give_wrap_up(i: Interaction, command: commands.GiveWrapUp, now: Seconds) -> Step:
    """The agent says how it ended and is free again."""
    return Step(interaction=_settle(i, command.agent, reason=command.reason, note=command.note, by_deadline=False))


def extend_wrap_up(i: Interaction, command: commands.ExtendWrapUp, now: Seconds) -> Step:
    """The agent needs more time: some seconds more, or as long as it takes."""
    owed = i.owes_wrap_up(command.agent)
    assert owed is not None, "only a wrap-up that is owed can take longer"
    assert owed.over_at is not None, "its countdown runs"
    policy = i.policy_of(owed)
    once = policy.wrap_up_extension is WrapUpExtension.ONCE
    longer = replace(owed, extended=True, over_at=owed.over_at + policy.wrap_up_extension_seconds if once else None)
    return Step(interaction=_with_wrap_up(i, owed, longer))


def wrap_up_over(i: Interaction, passed: DeadlinePassed, now: Seconds) -> Step:
    """Nobody gave a reason in time: the default of the queue that they served is noted, so that the agent gets calls again."""
    assert passed.agent is not None, "a wrap-up is somebody's"
    owed = i.owes_wrap_up(passed.agent)
    assert owed is not None, "only a wrap-up that is owed is over"
    return Step(interaction=_settle(i, passed.agent, reason=i.policy_of(owed).wrap_up_default, note="", by_deadline=True))


def _settle(i: Interaction, agent: AgentId, *, reason: ReasonId, note: str, by_deadline: bool) -> Interaction:
    owed = i.owes_wrap_up(agent)
    assert owed is not None, "only a wrap-up that is owed can be given"
    return _with_wrap_up(i, owed, replace(owed, reason=reason, note=note, by_deadline=by_deadline))


def _with_wrap_up(i: Interaction, before: WrapUp, after: WrapUp) -> Interaction:
    return replace(i, wrap_ups=tuple(after if wrap_up is before else wrap_up for wrap_up in i.wrap_ups))
