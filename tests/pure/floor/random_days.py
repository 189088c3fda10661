"""Random days in a contact centre: customers, telephones, buttons and time in any order, and a judge who looks after every input."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeVar

from hypothesis import strategies as st

from controller.directory.directory import Directory
from controller.directory.ids import THE_SWITCH, AgentId, LegId
from controller.directory.policy import (
    AfterConsult,
    ConsultPriority,
    CustomerGoneInConference,
    EndConsult,
    FailedTransfer,
    OwnerHangUp,
    Policy,
    TransferAcceptance,
    WrapUpExtension,
)
from controller.interaction.commands import Action
from controller.interaction.facts import (
    CustomerArrived,
    EndCause,
    LegAnswered,
    LegEnded,
    LegHeld,
    LegStuck,
    LegUnheld,
    LegUnstuck,
    SwitchFound,
    SwitchLost,
)
from controller.interaction.parties import parties
from controller.interaction.party import Standing
from controller.interaction.refusals import Refused
from controller.routing.commands import GoAvailable, GoIdle, LogOff, LogOn
from controller.routing.desk import DeskState
from tests.pure.floor.judge import JudgedStory
from tests.pure.story import PEOPLE, Contact, site

policies = st.builds(
    Policy,
    transfer_acceptance=st.sampled_from(TransferAcceptance),
    end_consult=st.sampled_from(EndConsult),
    owner_hang_up=st.sampled_from(OwnerHangUp),
    after_consult=st.sampled_from(AfterConsult),
    customer_gone_in_conference=st.sampled_from(CustomerGoneInConference),
    failed_transfer=st.sampled_from(FailedTransfer),
    wrap_up_extension=st.sampled_from(WrapUpExtension),
    wrap_up_unanswered=st.booleans(),
    consult_priority=st.sampled_from(ConsultPriority),
    conference_max=st.sampled_from([3, 4, 8]),
    outside_only_seconds=st.sampled_from([60.0, 3600.0]),
)


def _site(policy: Policy, support: str, billing: str, answers_remotely: str, left: str) -> Directory:
    """A site in which somebody may have left the house."""
    whole = site(policy, support=support, billing=billing, answers_remotely=answers_remotely)
    return replace(whole, agents={name: agent for name, agent in whole.agents.items() if name not in left.split()})


_SERVING = (("alice bob", "carol bob", "dave"), ("alice bob carol", "carol", ""), ("alice", "", "bob"), ("alice bob", "carol dave", "sam"))

sites = st.builds(
    lambda policy, serving, remotely: _site(policy, serving[0], serving[1], remotely, serving[2]),
    policies,
    st.sampled_from(_SERVING),
    st.sampled_from(["", "alice bob carol dave"]),
)

NUMBERS = ("800", "800", "801", "999")

_WEIGHTS = {
    "answers": 6,
    "does": 12,
    "tries": 3,
    "hangs up": 2,
    "hold key": 1,
    "time": 2,
    "calls": 2,
    "calls out": 1,
    "says": 3,
    "switch": 1,
    "reload": 1,
    "restart": 1,
}


@dataclass(frozen=True)
class Happening:
    """One thing that happens; its numbers choose among what there is at that moment, so that every shorter day is a day too."""

    kind: str
    first: int
    second: int
    site: Directory


happenings = st.builds(
    Happening,
    kind=st.sampled_from([kind for kind, weight in _WEIGHTS.items() for _ in range(weight)]),
    first=st.integers(0, 99),
    second=st.integers(0, 99),
    site=st.shared(sites, key="another site"),
)

ONLY_THE_FLOOR_KNOWS = ("target-unavailable", "bad-target", "asterisk-unavailable", "too-many-outside-calls")
ANYBODY = (*PEOPLE, *PEOPLE, "queue:support", "queue:billing", "entry point:main", "+33199002001", "112", "colleague:Marie Durand")

T = TypeVar("T")


def _pick(choices: Sequence[T], number: int) -> T:
    return choices[number % len(choices)]


def _named_by(button: str, contact: Contact, number: int) -> str | None:
    """Whom a button names: somebody of the conference; for a transfer somebody only where nobody else is there."""
    if button == Action.DROP:
        return _pick(contact.members, number) if contact.members else None
    alone = contact.now.consult is None and not contact.members
    return _pick(ANYBODY, number) if button != Action.TRANSFER or alone else None


class Day:
    """A judged contact centre to which things happen."""

    def __init__(self, directory: Directory) -> None:
        self.story = JudgedStory(directory)
        self._callers = 0
        self.story.goes_available(*list(directory.agents)[:3])

    def goes_on(self, happening: Happening) -> None:
        """Let one thing happen, if there is anything that it can happen to."""
        first, second = happening.first, happening.second
        match happening.kind:
            case "answers" | "hangs up" | "hold key":
                self._telephone(happening.kind, first, second)
            case "does":
                self._does(first, second)
            case "tries":
                self._tries(first, second)
            case "time":
                self.story.seconds_pass(_pick((0.5, 3, 20, 30, 130), first))
            case "calls":
                self._callers += 1
                arrived = CustomerArrived(
                    leg=LegId(f"caller-{self._callers}"), number="1", name="cora", dialled=_pick(NUMBERS, first), switch=THE_SWITCH
                )
                self.story.take(arrived)
            case "calls out":
                self._calls_out(_pick(list(PEOPLE), first), second)
            case "says":
                self._says(_pick(list(PEOPLE), first), second)
            case "switch":
                self.story.take(SwitchLost(switch=THE_SWITCH) if first % 3 == 0 else SwitchFound(switch=THE_SWITCH))
            case "restart":
                self.story.controller_is_started_again()
                self.story.judge()
            case _:
                self.story.site_is_reloaded(happening.site)

    def _live(self) -> list[Contact]:
        return [Contact(self.story, of) for of in self.story.floor.interactions]

    def _telephone(self, kind: str, first: int, second: int) -> None:
        there = [p for contact in self._live() for p in parties(contact.now) if p.standing is not Standing.GONE]
        if kind == "answers":
            there = [party for party in there if party.rings] or there[:1]
        if not there:
            return
        leg = _pick(there, first).leg
        match kind:
            case "answers":
                self.story.take(LegAnswered(leg=leg))
            case "hold key" if first % 5 == 0:
                self.story.take(LegStuck(leg=leg) if second % 2 else LegUnstuck(leg=leg))
            case "hold key":
                self.story.take(LegHeld(leg=leg) if second % 2 else LegUnheld(leg=leg))
            case _:
                self.story.take(LegEnded(leg=leg, cause=_pick(list(EndCause), second)))

    def _does(self, first: int, second: int) -> None:
        """Somebody presses a button that is offered to them; only what the floor judges besides may refuse it."""
        buttons = [(c, who, button) for c in self._live() for who in PEOPLE for button in sorted(c.can(who))]
        if buttons:
            contact, who, button = _pick(buttons, first * 7 + second)
            code = self._press(contact, who, button, second)
            assert code in ("yes", *ONLY_THE_FLOOR_KNOWS), f"{button} was offered"

    def _tries(self, first: int, second: int) -> None:
        """Somebody presses any button at all; it does something only if it was offered."""
        for contact in self._live()[:2]:
            who, button = _pick(list(PEOPLE), first), str(_pick(list(Action), second))
            offered = button in contact.can(who)
            code = self._press(contact, who, button, first)
            assert offered or code in ("not-permitted", "not-now", "unknown-interaction")

    def _press(self, contact: Contact, who: str, button: str, number: int) -> str:
        try:
            self.story.presses(who, button, of=contact, to=_named_by(button, contact, number))
        except Refused as refused:
            return refused.code
        return "yes"

    def _calls_out(self, who: str, number: int) -> None:
        queue = _pick((None, "support", "billing"), number)
        with suppress(Refused):
            self.story.calls_out(who, _pick(ANYBODY, number), queue=queue)

    def _says(self, who: str, number: int) -> None:
        what = _pick((GoAvailable, GoAvailable, GoAvailable, GoIdle, LogOn, LogOff), number)
        desk = self.story.floor.desks.get(AgentId(who))
        try:
            self.story.says(who, what)
        except Refused:
            assert desk is None or (desk.chosen is DeskState.LOGGED_OFF and what in (GoAvailable, GoIdle))
