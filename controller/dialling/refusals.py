"""Why a typed number is not dialled: a code for programs and a sentence for the person who typed it."""

from enum import StrEnum

from controller.dialling.rules import WORLDWIDE, NumberType


class NumberRefusal(StrEnum):
    """The codes, as the API gives them."""

    EMPTY = "empty"
    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    COLON = "colon"
    SERVICE_CODE = "service-code"
    PLUS_INSIDE = "plus-inside"
    NOT_A_NUMBER = "not-a-number"
    NO_SUCH_COUNTRY_CODE = "no-such-country-code"
    TOO_SHORT_HERE = "too-short-here"
    TOO_LONG_HERE = "too-long-here"
    NEEDS_AREA_CODE = "needs-area-code"
    NOT_IN_PLAN = "not-in-plan"
    # A number it is, and the site does not allow it.
    UNVERIFIED = "number-unverified"
    COUNTRY_NOT_ALLOWED = "refuse-country"
    TYPE_NOT_ALLOWED = "refuse-type"
    SHORT_CODE_NOT_ALLOWED = "refuse-short-code"


_SENTENCES = {
    NumberRefusal.EMPTY: "There is no digit in it: type or paste a telephone number.",
    NumberRefusal.TOO_SHORT: "It is too short: a number has 3 to 18 characters.",
    NumberRefusal.TOO_LONG: "It is too long: a number has 3 to 18 characters. If more than one number was pasted, keep one.",
    NumberRefusal.COLON: "No number has a colon in it: delete the colon and whatever does not belong to the number.",
    NumberRefusal.SERVICE_CODE: "Codes with * or # are not dialled from here: type the number alone.",
    NumberRefusal.PLUS_INSIDE: "A + stands only once, before the country code at the very beginning: delete the other.",
    NumberRefusal.NOT_A_NUMBER: "This is no telephone number: type its digits.",
    NumberRefusal.NO_SUCH_COUNTRY_CODE: "No country has this code: check the digits after the + or after the exit code.",
    NumberRefusal.TOO_SHORT_HERE: "It has too few digits to be a number: check whether some are missing.",
    NumberRefusal.TOO_LONG_HERE: "It has too many digits to be a number: check whether an extension or a second number got into it.",
    NumberRefusal.NEEDS_AREA_CODE: "The area code is missing: type it before the number.",
    NumberRefusal.UNVERIFIED: "It is in no known numbering plan, and this site calls verified numbers only: check the digits.",
}


def sentence(code: NumberRefusal, *, region: str | None = None, number_type: NumberType | None = None, meant: str | None = None) -> str:
    """Say to the person who typed it what is wrong and what to do. `meant`: a number of another country that it could be."""
    match code:
        case NumberRefusal.NOT_IN_PLAN if meant is not None:
            return f"There is no such number in {region}. If you mean {meant}, type it with the + and the country code."
        case NumberRefusal.NOT_IN_PLAN:
            return f"There is no such number in {region}: check the digits, or type + and the country code if it is in another country."
        case NumberRefusal.COUNTRY_NOT_ALLOWED if region == WORLDWIDE:
            return "Satellite and other numbers that belong to no country are not called from this site: ask your administrator."
        case NumberRefusal.COUNTRY_NOT_ALLOWED:
            return f"Numbers in {region} are not called from this site: ask your administrator if you need to call one."
        case NumberRefusal.TYPE_NOT_ALLOWED:
            return f"Numbers of the type {number_type} are not called from this site, because of what they cost: find another number."
        case NumberRefusal.SHORT_CODE_NOT_ALLOWED:
            return (
                "This short code may cost extra and is not called from this site: find the ordinary number of the person you want to reach."
            )
        case _:
            return _SENTENCES[code]
