"""A typed number as the API and the command line show it."""

from controller.desktop import shapes
from controller.dialling.typed import TypedNumber


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
