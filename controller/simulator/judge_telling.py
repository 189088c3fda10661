"""Judges what people are told: whom a telephone's display names, and that a customer on hold is not forgotten."""

from controller.directory.ids import InteractionId, LegId, Seconds
from controller.floor.floor import Floor
from controller.floor.outcome import Outcome
from controller.interaction.interaction import ConsultStage, Interaction, Leg, OfferWhy, Person, TalksTo
from controller.interaction.notices import CustomerForgotten
from controller.simulator.broken import Broken, Case
from controller.simulator.reach import Since

DISPLAY_SECONDS_MAX: Seconds = 10.0
ALARM_SECONDS_OVER_MAX: Seconds = 5.0


class TellingJudge:
    """Remembers since when somebody is told something wrong, or nothing."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._wrong: dict[LegId, tuple[str, Since]] = {}
        """Displays that name somebody else, whom they should name, and since when."""
        self._on_hold: dict[InteractionId, Since] = {}
        """Customers on hold, since when, or since when somebody was told."""

    def followed(self, outcome: Outcome) -> None:
        """The floor has taken an input."""
        for notice in outcome.notices:
            if isinstance(notice, CustomerForgotten):
                self._on_hold.pop(notice.interaction, None)
        for change in outcome.changes:
            if _is_on_hold(change.after):
                self._on_hold.setdefault(change.after.id, self._case.reach.begins(change.after.id))
            else:
                self._on_hold.pop(change.after.id, None)

    def look(self, floor: Floor) -> None:
        """A second has passed. Say what has lasted too long."""
        self._judge_alarms(floor)
        # A display that could not be told is done without: where requests get lost, nothing is promised of it.
        if not self._case.reach.patience:
            for interaction in floor.interactions.values():
                self._judge_displays(interaction)

    def _judge_alarms(self, floor: Floor) -> None:
        for of, since in tuple(self._on_hold.items()):
            interaction = floor.interactions.get(of)
            if interaction is None or not _is_on_hold(interaction):
                del self._on_hold[of]
            elif since.in_reach > interaction.policy.hold_alarm_seconds + ALARM_SECONDS_OVER_MAX + self._case.reach.patience:
                raise Broken(f"the customer of {of} has been on hold for {since.in_all:.0f} s, and nobody was told")

    def _judge_displays(self, interaction: Interaction) -> None:
        for leg, other in _who_talks_with_whom(interaction):
            channel = self._case.channel(leg.id)
            if channel is None or not channel.is_up or leg.is_stuck or channel.shows[1] == _dialled(other):
                self._wrong.pop(leg.id, None)
                continue
            known = self._wrong.get(leg.id)
            if known is None or known[0] != _dialled(other):
                self._wrong[leg.id] = (_dialled(other), self._case.reach.begins(interaction.id))
            elif known[1].in_reach > DISPLAY_SECONDS_MAX:
                shown = " ".join(channel.shows).strip() or "nobody"
                lasts = f"shows {shown} for {known[1].in_all:.0f} s, and talks with {other.name}"
                raise Broken(f"{leg.id} of {interaction.id}, {interaction.phase}, {lasts}")


def _dialled(person: Person) -> str:
    """A number as a telephone can call it back: without the spaces in which people read it."""
    return "".join(sign for sign in person.number if not sign.isspace())


def _is_on_hold(interaction: Interaction) -> bool:
    owner = interaction.owner
    return interaction.customer_is_there and owner is not None and owner.talks_to is not TalksTo.CUSTOMER


def _who_talks_with_whom(interaction: Interaction) -> list[tuple[Leg, Person]]:
    """The telephones of ours that talk with somebody for certain, told apart from how a layout says it."""
    owner, consult, customer = interaction.owner, interaction.consult, interaction.customer
    found: list[tuple[Leg, Person]] = []
    if owner is not None and consult is not None and owner.talks_to is TalksTo.CONSULT:
        if consult.person is not None and consult.stage is ConsultStage.UP:
            found.append((owner.active_leg, consult.person))
    elif owner is not None and interaction.customer_is_there:
        found.append((owner.active_leg, customer.person))
    if owner is not None and consult is not None and consult.stage is ConsultStage.UP:
        of_ours = consult.leg if consult.person is not None and consult.person.agent is not None else None
        found += [(of_ours, owner.person)] if of_ours is not None else []
    if interaction.offer is not None and interaction.offer.why is OfferWhy.ASKED and interaction.customer_is_there:
        found.append((interaction.offer.leg, customer.person))
    if interaction.customer_is_there:
        found += [(member.leg, customer.person) for member in interaction.members if member.person.agent is not None]
    return found
