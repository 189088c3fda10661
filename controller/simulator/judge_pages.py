"""Judges what becomes of telephones in browsers: none that is not there is offered a call, or counts as there, and each comes back. While
sound comes from one it counts as gone for nobody whom it talks with."""

from controller.asterisk.telephone_watch import GRACE_SECONDS, LOST_SECONDS
from controller.directory.ids import AgentId, LegId, Seconds
from controller.floor.floor import Floor
from controller.floor.outcome import Change, Outcome
from controller.interaction.interaction import Interaction, OfferWhy
from controller.interaction.legs import legs, rings
from controller.simulator.broken import Broken, Case
from controller.simulator.reach import Since

TOLD_SECONDS_MAX: Seconds = 3.5
"""How long after a telephone has gone a call may still be offered to it: what is told waits behind a slow disk, for 3 s."""
OVER_SECONDS_MAX: Seconds = 5.0
"""By how much what the watch promises may take longer."""
BACK_SECONDS_MAX: Seconds = 10.0
"""How long a page that was loaded anew may not be back in its call."""


class PageJudge:
    """Remembers of pages only what it needs to judge."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._gone: dict[LegId, Since] = {}
        """Legs that are up and whose page is gone, with its sound."""
        self._taken_for_gone: dict[LegId, Since] = {}
        """Legs that count as those of a page that is gone, and from which sound comes."""
        self._rung_again: dict[LegId, Since] = {}

    def began_again(self) -> None:
        """A process has begun: what it can know of telephones it learns from now on."""
        self._gone.clear()
        self._taken_for_gone.clear()
        self._rung_again.clear()

    def followed(self, outcome: Outcome) -> None:
        """The floor has taken an input."""
        for change in outcome.changes:
            for agent, endpoint in _newly_offered(change):
                self._judge_offer(agent, endpoint, change.after)

    def _judge_offer(self, agent: AgentId, endpoint: str, interaction: Interaction) -> None:
        for seconds in self._known_to_be_away(endpoint):
            if seconds > TOLD_SECONDS_MAX:
                raise Broken(f"{interaction.id} is offered to {agent}, whose telephone {endpoint} has been away for {seconds:.0f} s")

    def _known_to_be_away(self, endpoint: str) -> list[Seconds]:
        """How long the controller could know that a page is not there; nothing: it is there, or nobody could tell."""
        since = self._case.away_since(endpoint)
        return [] if since is None else [self._case.reach.now - max(since, self._case.attached_at)]

    # --- What lasts ------------------------------------------------------------------------------------------------

    def look(self, floor: Floor) -> None:
        """A second has passed. Say what has lasted too long."""
        gone: dict[LegId, Since] = {}
        taken: dict[LegId, Since] = {}
        again: dict[LegId, Since] = {}
        for interaction in floor.interactions.values():
            for person, leg in legs(interaction):
                endpoint = person.endpoint.address if person is not None and person.endpoint is not None else ""
                if endpoint not in self._case.pages or rings(interaction, leg):
                    continue
                begins = self._case.reach.begins(interaction.id)
                channel = self._case.channel(leg.id)
                if channel is not None and channel.is_dead and self._case.away_since(endpoint) is not None:
                    gone[leg.id] = self._gone.get(leg.id, begins)
                elif channel is not None and channel.is_up and not channel.is_dead and leg.is_away:
                    taken[leg.id] = self._taken_for_gone.get(leg.id, begins)
                elif leg.is_rung_again:
                    again[leg.id] = self._rung_again.get(leg.id, begins)
        self._gone, self._taken_for_gone, self._rung_again = gone, taken, again
        self._judge_gone()
        self._judge_taken_for_gone()
        self._judge_rung_again()

    def _judge_gone(self) -> None:
        patience = LOST_SECONDS + OVER_SECONDS_MAX + self._case.reach.patience
        for leg, since in self._gone.items():
            heard_for = self._case.reach.now - self._case.attached_at
            if since.in_reach > patience and heard_for > patience + GRACE_SECONDS:
                raise Broken(f"the telephone of {leg} has been gone for {since.in_all:.0f} s, and counts as there")

    def _judge_taken_for_gone(self) -> None:
        for leg, since in self._taken_for_gone.items():
            if since.in_reach > TOLD_SECONDS_MAX + self._case.reach.patience:
                raise Broken(f"the telephone of {leg} counts as gone for {since.in_all:.0f} s, and sound comes from it")

    def _judge_rung_again(self) -> None:
        for leg, since in self._rung_again.items():
            if since.in_reach > BACK_SECONDS_MAX + self._case.reach.patience:
                raise Broken(f"the page of {leg} was loaded anew {since.in_all:.0f} s ago, and is not back in its call")


def _newly_offered(change: Change) -> list[tuple[AgentId, str]]:
    """Whom routing, or a colleague, has rung by this input. A ring-back is for whoever had the customer, wherever they are."""
    before = {leg.id for _, leg in legs(change.before)} if change.before is not None else set()
    found: list[tuple[AgentId, str]] = []
    is_rung_back = change.after.offer is not None and change.after.offer.why is not OfferWhy.LINE
    for person, leg in legs(change.after):
        is_new = leg.id not in before and rings(change.after, leg) and not is_rung_back
        if is_new and person is not None and person.agent is not None and person.endpoint is not None and not leg.told_to_answer:
            found.append((person.agent, person.endpoint.address))
    return found
