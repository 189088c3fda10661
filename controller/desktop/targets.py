"""From what a body names to whom it means. Whether they can be reached now is not asked here: that is the floor's."""

from collections.abc import Collection
from dataclasses import dataclass

from controller.desktop import bodies
from controller.desktop.dial_box import DialBox
from controller.desktop.problems import Problem
from controller.dialling.refusals import NumberRefusal
from controller.dialling.typed import TypedNumber
from controller.directory.colleague_search import ListedColleague
from controller.directory.dialled_targets import dial_of, name_of, one_of_ours, shown, target_of
from controller.directory.directory import Directory
from controller.directory.ids import AgentId, ColleagueId, EntryPointId, QueueId
from controller.directory.targets import AgentTarget, ColleagueTarget, EntryPointTarget, QueueTarget, Target
from controller.floor.ports import Colleagues

NAMED_MAX = 20
"""So many ids a sentence may list."""

AGAINST_THE_RULES = frozenset(
    {
        NumberRefusal.UNVERIFIED,
        NumberRefusal.COUNTRY_NOT_ALLOWED,
        NumberRefusal.TYPE_NOT_ALLOWED,
        NumberRefusal.SHORT_CODE_NOT_ALLOWED,
    }
)
"""A number it is, and the site does not call it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """Whom there is."""

    directory: Directory
    dial_box: DialBox
    colleagues: Colleagues

    def find(self, said: bodies.Target) -> Target:
        """Find whom a body means. Raises a Problem with what there is, or with why a number is not dialled."""
        if isinstance(said, bodies.TargetNumber):
            number = self.dial_box.understand(said.number, self.directory)
            _check_dialled(number)
            return target_of(number, name=name_of(number, self.directory))
        match said.kind:
            case "agent":
                if said.id not in (agents := self.directory.agents):
                    raise Problem("bad-target", f"There is no agent {said.id!r}; there are: {_named(agents)}.")
                return AgentTarget(agent=AgentId(said.id))
            case "queue":
                return QueueTarget(queue=self.queue(said.id))
            case "entry_point":
                if said.id not in (points := self.directory.entry_points):
                    raise Problem("bad-target", f"There is no entry point {said.id!r}; there are: {_named(points)}.")
                return EntryPointTarget(entry_point=EntryPointId(said.id))
            case "organisation":
                listed = self._listed(ColleagueId(said.id))
                number = self.number_of(listed)
                _check_dialled(number)
                return self.of_colleague(listed, number)

    def queue(self, wanted: str) -> QueueId:
        """Find a queue. Raises a Problem."""
        if wanted not in (queues := self.directory.queues):
            raise Problem("bad-target", f"There is no queue {wanted!r}; there are: {_named(queues)}.")
        return QueueId(wanted)

    # --- Colleagues ----------------------------------------------------------------------------------------------------

    def of_colleague(self, listed: ListedColleague, number: TypedNumber) -> Target:
        """Say whom a colleague's number means that can be dialled."""
        return one_of_ours(number) or ColleagueTarget(
            colleague=listed.id,
            name=listed.colleague.name,
            dial=dial_of(number),
            shown=shown(number),
            organisation=listed.organisation,
        )

    def number_of(self, listed: ListedColleague) -> TypedNumber:
        """Say what somebody's number would dial, in the form that the trunk wants by which calls to their organisation leave."""
        trunk = self.directory.trunks_of_organisations.get(listed.organisation, "")
        return self.dial_box.understand(listed.colleague.number, self.directory, trunk=trunk)

    def _listed(self, wanted: ColleagueId) -> ListedColleague:
        listed = self.colleagues.find(wanted)
        if listed is None:
            because = f"There is nobody {wanted!r} in the organisation, or nobody any more: search for them again in the directory."
            raise Problem("bad-target", because)
        if not listed.is_offered:
            because = f"{listed.colleague.name} uses Microsoft Teams, and single sign-on is not on for it: ask your administrator."
            raise Problem("sso-required", because)
        return listed


def _check_dialled(number: TypedNumber) -> None:
    """Raises a Problem where a number is not dialled, with the very words of its preview."""
    if number.code is not None:
        assert number.because is not None, "whatever has a code has a sentence"
        code = "number-not-allowed" if number.code in AGAINST_THE_RULES else "bad-number"
        raise Problem(code, number.because, reason=number.code)


def _named(there_are: Collection[str]) -> str:
    return ", ".join(there_are) if len(there_are) <= NAMED_MAX else "those whom the directory lists"
