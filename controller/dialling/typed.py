"""What a typed or pasted text would dial at one site, and why it would be refused.

The dial box, the command line and a command that names a number all ask here, so that all say the same. It never raises. Libphonenumber
knows the numbering plans; what it would make of a text by itself is not what people mean (`1-800-FLOWERS`, `ext. 12`, `#12`), so it only
ever sees what `cleaning` has kept.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Literal

import phonenumbers
from phonenumbers import CountryCodeSource, PhoneNumber, PhoneNumberFormat, PhoneNumberType, ShortNumberCost, ValidationResult
from phonenumbers.shortnumberinfo import expected_cost_for_region, is_emergency_number, is_valid_short_number_for_region

from controller.dialling.cleaning import clean
from controller.dialling.refusals import NumberRefusal, sentence
from controller.dialling.rules import DiallingRules, DialPlan, NumberFormat, NumberType, OwnNumber

LENGTH_MIN = 3
LENGTH_MAX = 18
"""Of what is kept: an exit code of three digits and the fifteen of E.164."""

DIALLED = re.compile(r"\+?[0-9]{2,18}")
"""What may become part of a dial string; beside it only the service codes that the site lists."""

US_EXIT_CODE = "011"
"""Understood everywhere, where the digits could be no number of the site's own region: people learn it by heart."""

DIGITS_JOINED: Final = "digits-joined"
"""The warning that what was dropped stood between digits, so that this may be another number than the one that was meant."""

_TYPES: Final = {
    PhoneNumberType.FIXED_LINE: NumberType.FIXED,
    PhoneNumberType.MOBILE: NumberType.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE: NumberType.FIXED_OR_MOBILE,
    PhoneNumberType.TOLL_FREE: NumberType.TOLL_FREE,
    PhoneNumberType.PREMIUM_RATE: NumberType.PREMIUM,
    PhoneNumberType.SHARED_COST: NumberType.SHARED_COST,
    PhoneNumberType.VOIP: NumberType.VOIP,
    PhoneNumberType.PERSONAL_NUMBER: NumberType.PERSONAL,
    PhoneNumberType.PAGER: NumberType.PAGER,
    PhoneNumberType.UAN: NumberType.UAN,
    PhoneNumberType.VOICEMAIL: NumberType.VOICEMAIL,
}

_COSTS: Final = {ShortNumberCost.TOLL_FREE: NumberType.TOLL_FREE, ShortNumberCost.PREMIUM_RATE: NumberType.PREMIUM}

_NOT_POSSIBLE: Final = {
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: NumberRefusal.NEEDS_AREA_CODE,
    ValidationResult.TOO_SHORT: NumberRefusal.TOO_SHORT_HERE,
    ValidationResult.TOO_LONG: NumberRefusal.TOO_LONG_HERE,
    # Between two lengths that are possible: the longer one is mostly a rare sort of number, and a digit was typed twice.
    ValidationResult.INVALID_LENGTH: NumberRefusal.TOO_LONG_HERE,
}

_NOT_PARSED: Final = {
    phonenumbers.NumberParseException.INVALID_COUNTRY_CODE: NumberRefusal.NO_SUCH_COUNTRY_CODE,
    phonenumbers.NumberParseException.NOT_A_NUMBER: NumberRefusal.NOT_A_NUMBER,
    phonenumbers.NumberParseException.TOO_SHORT_AFTER_IDD: NumberRefusal.TOO_SHORT_HERE,
    phonenumbers.NumberParseException.TOO_SHORT_NSN: NumberRefusal.TOO_SHORT_HERE,
    phonenumbers.NumberParseException.TOO_LONG: NumberRefusal.TOO_LONG,
}


class NumberKind(StrEnum):
    """What a typed number leads to."""

    OUTSIDE = "outside"
    EMERGENCY = "emergency"
    SHORT_CODE = "short-code"
    AGENT = "agent"
    ENTRY_POINT = "entry_point"
    EXTENSION = "extension"
    NONE = "none"
    """It is no number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedNumber:
    """What a text would dial. Where nothing could be dialled at all, only `kept` and the refusal are there."""

    kept: str = ""
    kind: NumberKind
    dial: str | None = None
    """What would go out, in the trunk's format, whether or not the site allows it; None: it is no number."""
    e164: str | None = None
    national: str | None = None
    international: str | None = None
    region: str | None = None
    """ISO 3166-1 alpha-2, or `001`. Not the calling code's: +1 876 is JM."""
    type: NumberType | None = None
    verified: bool = False
    """It is in a numbering plan. False: the length is right and that is all that is known."""
    own: OwnNumber | None = None
    code: NumberRefusal | None = None
    because: str | None = None
    """For an agent, where there is a code."""
    warning: Literal["digits-joined"] | None = None

    @property
    def allowed(self) -> bool:
        return self.code is None


def understand(typed: str, plan: DialPlan) -> TypedNumber:
    """Say what a text would dial."""
    cleaned = clean(typed)
    # A colon is kept because the dial box keeps it; at the beginning it is what is left of `tel:` or `Tél. :`.
    number = cleaned.kept.lstrip(":")
    found = _understand(number, plan) if number else _refused(NumberRefusal.NOT_A_NUMBER if cleaned.kept else NumberRefusal.EMPTY)
    return replace(found, kept=cleaned.kept, warning=DIGITS_JOINED if cleaned.is_joined else None)


def is_dialled(text: str, rules: DiallingRules) -> bool:
    """Say whether a text may become part of a dial string: the last look before it does."""
    return DIALLED.fullmatch(text) is not None or text in rules.service_codes


def _understand(number: str, plan: DialPlan) -> TypedNumber:
    as_it_is = _without_prefix(number, plan)
    prefix = plan.rules.outside_prefix
    # What is one of ours, or may be called, means itself although it begins like the prefix: 01 23 45 67 89 in France, where that is 0.
    if not prefix or not number.startswith(prefix) or (as_it_is.allowed and as_it_is.verified):
        return as_it_is
    behind = _outside(number.removeprefix(prefix), plan)
    is_meant = behind.allowed and behind.verified
    # Where neither may be called, the refusal is that of what is a number at all.
    is_only_one = as_it_is.kind is NumberKind.NONE and behind.kind is not NumberKind.NONE
    return behind if is_meant or is_only_one else as_it_is


def _without_prefix(number: str, plan: DialPlan) -> TypedNumber:
    # First of all, and before the length: emergency numbers of France have two digits.
    for_help = emergency_number(number, plan.region, plan.rules)
    if for_help is not None:
        return TypedNumber(kind=NumberKind.EMERGENCY, dial=for_help, region=plan.region, verified=True)
    if number in plan.rules.service_codes:
        return TypedNumber(kind=NumberKind.SHORT_CODE, dial=number, verified=True)
    if not number.startswith("+") and _mistake_of_form(number) is None:
        if number in plan.own:
            return _own(plan.own[number])
        if any(extensions.holds(number) for extensions in plan.rules.extensions):
            return TypedNumber(kind=NumberKind.EXTENSION, dial=number, verified=True)
    return _outside(number, plan)


def _outside(number: str, plan: DialPlan) -> TypedNumber:
    """Read what is no internal number: a short code, or a number of the public network."""
    mistake = _mistake_of_form(number)
    if mistake is not None:
        return _refused(mistake)
    if not number.startswith("+") and _is_short_code(number, plan):
        return _short_code(number, plan)
    return _public(number, plan)


def _refused(code: NumberRefusal, *, region: str | None = None, meant: str | None = None) -> TypedNumber:
    return TypedNumber(kind=NumberKind.NONE, code=code, because=sentence(code, region=region, meant=meant))


def _mistake_of_form(number: str) -> NumberRefusal | None:
    """Find what is wrong with a number whatever numbering plans say."""
    if len(number) < LENGTH_MIN:
        return NumberRefusal.TOO_SHORT
    if len(number) > LENGTH_MAX:
        return NumberRefusal.TOO_LONG
    if ":" in number:
        return NumberRefusal.COLON
    if "*" in number or "#" in number:
        return NumberRefusal.SERVICE_CODE
    if "+" in number[1:]:
        return NumberRefusal.PLUS_INSIDE
    return None


def _own(own: OwnNumber) -> TypedNumber:
    return TypedNumber(kind=NumberKind(own.kind), dial=own.number, own=own, verified=True)


# --- Short numbers -----------------------------------------------------------------------------------------------------


def is_emergency(number: str, region: str, rules: DiallingRules) -> bool:
    """Say whether this calls for help, in the region or by the site's own list. Only the very digits do: `*112` and `1125` do not."""
    # Not `connects_to_emergency_number`: it looks at the beginning only, and would let 112 and any digits after it past every rule.
    return number.isdecimal() and (number in rules.emergency_numbers_also or is_emergency_number(number, region))


def emergency_number(number: str, region: str, rules: DiallingRules) -> str | None:
    """Give the emergency number that these digits call, with or without the site's outside prefix before it; None: they call none.

    Whoever is used to the prefix dials it in an emergency too, and some countries demand that both ways call for help.
    """
    if is_emergency(number, region, rules):
        return number
    behind = number.removeprefix(rules.outside_prefix)
    return behind if behind != number and is_emergency(behind, region, rules) else None


def _is_short_code(digits: str, plan: DialPlan) -> bool:
    return digits in plan.rules.short_codes or is_valid_short_number_for_region(_short(digits, plan.region), plan.region)


def _short(digits: str, region: str) -> PhoneNumber:
    """Make libphonenumber's form of a short number; its parser refuses most of them."""
    zeros = min(len(digits) - len(digits.lstrip("0")), len(digits) - 1)
    return PhoneNumber(
        country_code=phonenumbers.country_code_for_region(region),
        national_number=int(digits),
        italian_leading_zero=zeros > 0 or None,
        number_of_leading_zeros=zeros if zeros > 1 else None,
    )


def _short_code(digits: str, plan: DialPlan) -> TypedNumber:
    cost = _COSTS.get(expected_cost_for_region(_short(digits, plan.region), plan.region))
    code = TypedNumber(kind=NumberKind.SHORT_CODE, dial=digits, region=plan.region, type=cost, verified=True)
    if cost is NumberType.TOLL_FREE or digits in plan.rules.short_codes:
        return code
    return _against_the_rules(code, NumberRefusal.SHORT_CODE_NOT_ALLOWED)


# --- Numbers of the public network ------------------------------------------------------------------------------------


def _public(number: str, plan: DialPlan) -> TypedNumber:
    parsed = _parsed(number, plan.region)
    if not isinstance(parsed, PhoneNumber) and number.startswith(US_EXIT_CODE):
        abroad = _parsed("+" + number.removeprefix(US_EXIT_CODE), plan.region)
        parsed = abroad if isinstance(abroad, PhoneNumber) else parsed
    if not isinstance(parsed, PhoneNumber):
        return _refused(parsed, region=plan.region)
    is_verified = phonenumbers.is_valid_number(parsed)
    is_international = parsed.country_code_source in (
        CountryCodeSource.FROM_NUMBER_WITH_PLUS_SIGN,
        CountryCodeSource.FROM_NUMBER_WITH_IDD,
    )
    # Nearly anything of the right length is possible in one's own country, so there it must be in the plan. What is written in full
    # is meant to be abroad, where libphonenumber's plan may be older than the number.
    if not is_verified and not is_international:
        return _refused(NumberRefusal.NOT_IN_PLAN, region=plan.region, meant=_meant(number, plan))
    e164 = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    if e164 in plan.own:
        return _own(plan.own[e164])
    return _with_policy(_described(parsed, e164, plan, is_verified=is_verified), plan)


def _parsed(number: str, region: str) -> PhoneNumber | NumberRefusal:
    """Read a number as its region does; what could be none by its length, or has no country, is refused."""
    try:
        parsed = phonenumbers.parse(number, region, keep_raw_input=True)
    except phonenumbers.NumberParseException as failed:
        return _NOT_PARSED[failed.error_type]
    possible = phonenumbers.is_possible_number_with_reason(parsed)
    return parsed if possible == ValidationResult.IS_POSSIBLE else _NOT_POSSIBLE[possible]


def _meant(number: str, plan: DialPlan) -> str | None:
    """Find an allowed country in which this is a number: Guadeloupe's 0590… is not reached from France as it is at home."""
    for region in plan.allowed_regions:
        parsed = _parsed(number, region)
        if isinstance(parsed, PhoneNumber) and phonenumbers.is_valid_number_for_region(parsed, region):
            return phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL)
    return None


def _described(parsed: PhoneNumber, e164: str, plan: DialPlan, *, is_verified: bool) -> TypedNumber:
    # Also of a number that is in no plan, its area code may say whose it is: +1 876 is never the US.
    region = phonenumbers.region_code_for_number(parsed) or phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    return TypedNumber(
        kind=NumberKind.OUTSIDE,
        dial=_as_the_trunk_wants(parsed, e164, plan),
        e164=e164,
        national=phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL),
        international=phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL),
        region=region,
        type=_TYPES.get(phonenumbers.number_type(parsed)) if is_verified else None,
        verified=is_verified,
    )


def _as_the_trunk_wants(parsed: PhoneNumber, e164: str, plan: DialPlan) -> str:
    if plan.rules.number_format is NumberFormat.NATIONAL:
        # With a + where the region has several exit codes and prefers none, and where with the exit code it would be too long.
        national = clean(phonenumbers.format_out_of_country_calling_number(parsed, plan.region)).kept
        return national if DIALLED.fullmatch(national) else e164
    return e164.removeprefix("+") if plan.rules.number_format is NumberFormat.E164_NO_PLUS else e164


def _with_policy(number: TypedNumber, plan: DialPlan) -> TypedNumber:
    rules = plan.rules
    assert number.dial is not None, "a number of the public network can be dialled"
    assert is_dialled(number.dial, rules), f"{number.dial} is no number to dial"
    # By region and not by calling code: +1 876 is Jamaica, +44 7911 is Guernsey.
    if number.type in rules.refused_types:
        return _against_the_rules(number, NumberRefusal.TYPE_NOT_ALLOWED)
    if number.region not in plan.allowed_regions:
        return _against_the_rules(number, NumberRefusal.COUNTRY_NOT_ALLOWED)
    if rules.verified_only and not number.verified:
        return _against_the_rules(number, NumberRefusal.UNVERIFIED)
    return number


def _against_the_rules(number: TypedNumber, code: NumberRefusal) -> TypedNumber:
    return replace(number, code=code, because=sentence(code, region=number.region, number_type=number.type))
