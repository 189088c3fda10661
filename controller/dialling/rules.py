"""What a site decides about dialled numbers. Nothing here stops an emergency call."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

WORLDWIDE = "001"
"""What stands for a country in numbers that belong to none: satellites, universal toll-free and premium-rate numbers."""


class NumberType(StrEnum):
    """What sort of number it is, which is mostly a question of who pays how much."""

    FIXED = "fixed"
    MOBILE = "mobile"
    FIXED_OR_MOBILE = "fixed-or-mobile"
    """Where a country's numbers do not tell the two apart, as in North America."""
    TOLL_FREE = "toll-free"
    PREMIUM = "premium"
    SHARED_COST = "shared-cost"
    PERSONAL = "personal"
    """Follows a person from telephone to telephone, and often costs more than any of them."""
    VOIP = "voip"
    PAGER = "pager"
    UAN = "uan"
    """Universal access number: one for a whole company."""
    VOICEMAIL = "voicemail"


class NumberFormat(StrEnum):
    """How a trunk wants a number of the public network. Emergency numbers and short codes always go as they are."""

    E164 = "e164"
    E164_NO_PLUS = "e164-no-plus"
    NATIONAL = "national"
    """As people of the site's country would dial it; abroad with their exit code."""


EXPENSIVE = (NumberType.PREMIUM, NumberType.SHARED_COST, NumberType.PERSONAL, NumberType.PAGER)


@dataclass(frozen=True, slots=True)
class ExtensionRange:
    """Internal numbers from the first to the last, both included and with as many digits as each other."""

    first: str
    last: str

    def holds(self, digits: str) -> bool:
        return len(digits) == len(self.first) and self.first <= digits <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Trunk:
    """A line to the public network, by the name of its PJSIP endpoint."""

    name: str
    number_format: NumberFormat = NumberFormat.E164
    caller_ids: tuple[str, ...] = ()
    """The numbers that it owns, E.164: no call says that it comes from any other. Empty: the trunk itself decides."""
    default_caller_id: str = ""
    """One of them, for calls of agents and queues that have none."""

    def owns(self, number: str) -> bool:
        """Say whether a call may tell that it comes from this number, E.164."""
        return number in self.caller_ids


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideLimits:
    """How much is called outside, against toll fraud. Emergency calls pass every one."""

    at_once_per_agent: int = 2
    at_once_per_site: int = 10
    per_hour_and_agent: int = 10
    per_day_and_agent: int = 50
    per_day_and_site: int = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class DiallingRules:
    """The site's `[dialling]`."""

    trunk: str = ""
    """The PJSIP endpoint that calls to outside numbers leave by; empty: the site has none."""
    number_format: NumberFormat = NumberFormat.E164
    """The trunk's."""
    allowed_regions: tuple[str, ...] = ()
    """ISO 3166-1 alpha-2, or `WORLDWIDE`. Empty: the site's own region only."""
    refused_types: tuple[NumberType, ...] = EXPENSIVE
    verified_only: bool = False
    """Refuse numbers that have the right length for their country and are in no known part of its numbering plan."""
    extensions: tuple[ExtensionRange, ...] = ()
    short_codes: tuple[str, ...] = ()
    """Short codes that may be dialled although they cost something, or although nobody knows what."""
    service_codes: tuple[str, ...] = ()
    """Codes with `*` and `#` that may be dialled, exactly as they stand here."""
    emergency_numbers_also: tuple[str, ...] = ()
    """Beside those that libphonenumber knows for the region."""
    outside_prefix: str = ""
    """What people of the site are used to dial before an outside number; it is taken away where the rest is one. Empty: nothing."""
    limits: OutsideLimits = field(default_factory=OutsideLimits)


@dataclass(frozen=True, slots=True)
class OwnNumber:
    """A number that is one of ours."""

    kind: str
    """`agent` or `entry_point`."""
    id: str
    name: str
    number: str
    """As the site file writes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DialPlan:
    """Everything that decides what a typed number means at one site."""

    region: str
    """ISO 3166-1 alpha-2: how numbers without a country code are read."""
    rules: DiallingRules = field(default_factory=DiallingRules)
    own: Mapping[str, OwnNumber] = field(default_factory=dict)
    """By their digits as the site file has them, and in E.164 where they are numbers of the public network."""

    @property
    def allowed_regions(self) -> tuple[str, ...]:
        return self.rules.allowed_regions or (self.region,)

    def by_way_of(self, trunk: Trunk) -> "DialPlan":
        """Give the plan for calls that leave by another trunk than the site's: the rules are the same, numbers are as it wants them."""
        return replace(self, rules=replace(self.rules, trunk=trunk.name, number_format=trunk.number_format))
