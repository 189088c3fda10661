"""Whom a number that somebody dials means. The dial box, a telephone's keys and its transfer key all ask here."""

from dataclasses import dataclass

from controller.dialling.one_number import canonical_number
from controller.dialling.rules import DialPlan
from controller.dialling.typed import NumberKind, TypedNumber, understand
from controller.directory.dial_plan import dial_plan
from controller.directory.directory import Directory
from controller.directory.ids import AgentId, EntryPointId
from controller.directory.targets import AgentTarget, EntryPointTarget, NumberTarget, QueueTarget, Target


def target_of(number: TypedNumber, *, name: str) -> Target:
    """Say whom a number means that can be dialled; `name`: what the site calls it, if anything."""
    is_emergency = number.kind is NumberKind.EMERGENCY
    return one_of_ours(number) or NumberTarget(dial=dial_of(number), shown=shown(number), name=name, is_emergency=is_emergency)


def one_of_ours(number: TypedNumber) -> Target | None:
    """Whose number it is, if it is one of ours: whoever dials it means them."""
    if number.own is None:
        return None
    if number.kind is NumberKind.AGENT:
        return AgentTarget(agent=AgentId(number.own.id))
    return EntryPointTarget(entry_point=EntryPointId(number.own.id))


def name_of(number: TypedNumber, directory: Directory) -> str:
    """What the site calls a number; empty: nothing."""
    region, forms = directory.region, (number.e164, number.dial)
    return next((own.name for own in directory.numbers.values() if canonical_number(own.number, region) in forms), "")


def shown(number: TypedNumber) -> str:
    """Write a number that can be dialled for people."""
    return number.international or dial_of(number)


def dial_of(number: TypedNumber) -> str:
    """What goes out for a number that can be dialled."""
    assert number.dial is not None, "what is not refused can be dialled"
    return number.dial


class NotDialled(Exception):
    """A number that a telephone named is not dialled; `because` is a sentence for an agent."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


def by_telephone(dialled: str, directory: Directory, plan: DialPlan) -> Target:
    """Say whom a telephone means by these digits: a queue by its number, or whomever the dial box would find. Raises `NotDialled`."""
    queue = next((queue.id for queue in directory.queues.values() if queue.number and queue.number == dialled), None)
    if queue is not None:
        return QueueTarget(queue=queue)
    number = understand(dialled, plan)
    if number.code is not None:
        assert number.because is not None, "whatever has a code has a sentence"
        raise NotDialled(number.because)
    return target_of(number, name=name_of(number, directory))


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialled:
    """Whom digits mean that a telephone of ours has dialled."""

    target: Target | None
    """None: nobody who can be called."""
    because: str = ""
    """Why nobody, as a sentence."""


class DialledNumbers:
    """Reads what telephones of ours dial. It keeps the site's dial plan, which takes long to gather, so keep it."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._plan = dial_plan(directory)

    def understand(self, digits: str) -> Dialled:
        """Say whom digits mean."""
        try:
            return Dialled(target=by_telephone(digits, self._directory, self._plan))
        except NotDialled as nobody:
            return Dialled(target=None, because=nobody.because)
