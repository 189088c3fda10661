"""A typed number as the API and the command line show it."""

from controller.desktop import shapes
from controller.dialling.rules import DialPlan
from controller.dialling.typed import TypedNumber
from controller.directory.dial_plan import dial_plan
from controller.directory.directory import Directory


def number_view(number: TypedNumber) -> shapes.NumberPreview:
    """Show it. What is not known is left out."""
    return shapes.NumberPreview(
        kept=number.kept,
        dial=number.dial,
        e164=number.e164,
        national=number.national,
        international=number.international,
        region=number.region,
        kind=number.kind,
        type=number.type,
        id=number.own.id if number.own else None,
        name=number.own.name if number.own else None,
        verified=number.verified,
        allowed=number.allowed,
        code=number.code,
        because=number.because,
        warning=number.warning,
    )


class CurrentDialPlan:
    """The dial plan of the directory that is in force; made anew when another is asked for."""

    def __init__(self) -> None:
        self._made: tuple[Directory, DialPlan] | None = None

    def of(self, directory: Directory) -> DialPlan:
        if self._made is None or self._made[0] is not directory:
            self._made = directory, dial_plan(directory)
        return self._made[1]
