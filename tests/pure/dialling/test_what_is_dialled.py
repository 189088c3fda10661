"""What a typed number leads to at a site of ours, and what must never be dialled."""

from dataclasses import replace

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers.shortnumberinfo import connects_to_emergency_number

from controller.dialling.refusals import NumberRefusal
from controller.dialling.rules import WORLDWIDE, DiallingRules, DialPlan, ExtensionRange, NumberFormat, NumberType, OwnNumber, Trunk
from controller.dialling.typed import DIALLED, NumberKind, is_dialled, understand

FRANCE = DialPlan(region="FR")
REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)


def site(region: str = "FR", **rules: object) -> DialPlan:
    """A site with these rules."""
    return DialPlan(region=region, rules=replace(DiallingRules(), **rules))  # type: ignore[arg-type]


# --- Nothing that was typed gets round the rules -----------------------------------------------------------------------

TYPED = st.one_of(
    st.text(),
    st.text(alphabet="0123456789+#*: ()-./,;@x٣９０＋＊&^'\"\\\n🤙", max_size=40),
    st.from_regex(r"(\+|00|011|0)?[1-9][0-9]{3,14}", fullmatch=True),
)
SITES = st.builds(
    DialPlan,
    region=st.sampled_from(REGIONS),
    rules=st.builds(
        DiallingRules,
        number_format=st.sampled_from(NumberFormat),
        allowed_regions=st.sampled_from([(), (*REGIONS, WORLDWIDE)]),
        refused_types=st.sampled_from([(), tuple(NumberType)]),
        extensions=st.just((ExtensionRange("1000", "2999"),)),
        service_codes=st.just(("*31#", "*3")),
        verified_only=st.booleans(),
        outside_prefix=st.sampled_from(["", "0", "9", "00", "123"]),
    ),
    own=st.sampled_from([{}, {"800": OwnNumber("entry_point", "main", "Main number", "800")}]),
)
TRUNKS = st.builds(Trunk, name=st.just("teams"), number_format=st.sampled_from(NumberFormat))


@given(TYPED | st.builds(str.__add__, st.sampled_from(["0", "9", "9 +", "123"]), TYPED), SITES, st.none() | TRUNKS)
def test_whatever_is_typed_only_digits_or_a_listed_code_can_reach_a_dial_string(typed: str, site: DialPlan, trunk: Trunk | None) -> None:
    at = site if trunk is None else site.by_way_of(trunk)

    number = understand(typed, at)

    assert number.dial is None or DIALLED.fullmatch(number.dial) or number.dial in at.rules.service_codes
    assert number.allowed <= (number.dial is not None)
    assert (number.because is None) == (number.code is None)
    assert (number.kind is NumberKind.NONE) == (number.dial is None)


@pytest.mark.parametrize(
    "text", ["0123;user=phone", "0123@evil", "a", "", "1", "+", "1+2", "1" * 19, "١٢٣", "12\n", "*31", "sip:1@2", "1&PJSIP/2"]
)
def test_the_last_look_before_a_dial_string_lets_nothing_else_through(text: str) -> None:
    assert not is_dialled(text, DiallingRules(service_codes=("*31#",)))


def test_the_last_look_lets_a_listed_code_through() -> None:
    assert is_dialled("*31#", DiallingRules(service_codes=("*31#",)))


@pytest.mark.parametrize(
    "typed", ["0,01" * 2500, "🤙" * 2500, "٣" * 10_000, "+" * 10_000, ":" * 10_000, "0123456789" * 1000, "\x00" * 10_000, "\ud800" * 5000]
)
def test_ten_kilobytes_of_anything_get_a_clear_answer(typed: str) -> None:
    number = understand(typed, FRANCE)

    assert number.code in (NumberRefusal.TOO_LONG, NumberRefusal.EMPTY, NumberRefusal.NOT_A_NUMBER)
    assert number.because


# --- Calling for help --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["15", "112", " 1 1 2 ", "Tel: 112", "tel:15", "１７", "(18)"])
def test_a_call_for_help_goes_through_whatever_the_site_forbids(typed: str) -> None:
    strict = site(allowed_regions=("US",), refused_types=tuple(NumberType), verified_only=True, extensions=(ExtensionRange("100", "199"),))

    number = understand(typed, strict)

    assert (number.kind, number.allowed, number.dial) == (NumberKind.EMERGENCY, True, number.kept.lstrip(":"))


@pytest.mark.parametrize(("region", "typed"), [("DE", "1125"), ("US", "9111"), ("US", "911911"), ("FR", "1120033612345678")])
def test_a_number_that_only_begins_like_a_call_for_help_is_none_although_the_library_would_connect_it(region: str, typed: str) -> None:
    assert connects_to_emergency_number(typed, region) or region == "FR"
    assert understand(typed, site(region)).kind is not NumberKind.EMERGENCY


@pytest.mark.parametrize("typed", ["*911", "#911", "911#", "*911#", "+911", "911:"])
def test_a_sign_beside_the_digits_makes_it_no_call_for_help(typed: str) -> None:
    assert not understand(typed, site("US")).allowed


def test_a_site_can_name_numbers_for_help_that_the_library_does_not_know() -> None:
    assert understand("191", FRANCE).kind is not NumberKind.EMERGENCY
    assert understand("191", site(emergency_numbers_also=("191", "9911"))).kind is NumberKind.EMERGENCY
    assert understand("9911", site("US", emergency_numbers_also=("9911",))).kind is NumberKind.EMERGENCY


@pytest.mark.parametrize(
    ("region", "prefix", "typed", "dial"), [("US", "9", "9911", "911"), ("FR", "0", "0 15", "15"), ("GB", "9", "9-999", "999")]
)
def test_a_call_for_help_goes_through_with_the_outside_prefix_and_without(region: str, prefix: str, typed: str, dial: str) -> None:
    strict = site(region, outside_prefix=prefix, allowed_regions=("AQ",), refused_types=tuple(NumberType))

    for text in (typed, dial):
        number = understand(text, strict)
        assert (number.kind, number.allowed, number.dial) == (NumberKind.EMERGENCY, True, dial)
    assert understand(typed, site(region)).kind is not NumberKind.EMERGENCY


@pytest.mark.parametrize("typed", ["99911", "91911", "9 911 1", "9*911", "+9911", "9 9111"])
def test_only_the_prefix_and_the_very_digits_call_for_help(typed: str) -> None:
    assert understand(typed, site("US", outside_prefix="9")).kind is not NumberKind.EMERGENCY


# --- The outside prefix ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("region", "prefix", "typed", "dial"),
    [
        ("US", "9", "9 1 201 553 2447", "+12015532447"),
        ("US", "9", "9 (201) 553-2447", "+12015532447"),
        ("US", "9", "9 011 1 201 553 2447", "+12015532447"),
        ("US", "9", "9 +1 201 553 2447", "+12015532447"),
        ("FR", "0", "0 01 23 45 67 89", "+33123456789"),
        ("FR", "0", "000 33 1 23 45 67 89", "+33123456789"),
        ("FR", "0", "0 3008", "3008"),
        ("DE", "0", "0 030 123456", "+4930123456"),
    ],
)
def test_the_prefix_is_taken_away_where_the_rest_is_a_number(region: str, prefix: str, typed: str, dial: str) -> None:
    assert (understand(typed, site(region, outside_prefix=prefix)).allowed, understand(typed, site(region)).allowed) == (True, False)
    assert understand(typed, site(region, outside_prefix=prefix)).dial == dial


@pytest.mark.parametrize(
    ("region", "prefix", "typed", "dial"),
    [
        ("FR", "0", "01 23 45 67 89", "+33123456789"),
        ("FR", "0", "00 33 1 23 45 67 89", "+33123456789"),
        ("FR", "0", "+33 1 23 45 67 89", "+33123456789"),
        ("US", "9", "912 555 0147", "+19125550147"),
        ("US", "9", "201 553 2447", "+12015532447"),
    ],
)
def test_a_number_that_may_be_called_as_it_is_needs_no_prefix(region: str, prefix: str, typed: str, dial: str) -> None:
    assert understand(typed, site(region, outside_prefix=prefix)).dial == dial


def test_what_could_be_a_number_abroad_and_is_one_here_behind_the_prefix_is_the_one_here() -> None:
    assert understand("0 06 12 34 56 78", site(allowed_regions=("FR", "AU"))).region == "AU", "00 is the exit code"
    assert understand("0 06 12 34 56 78", site(allowed_regions=("FR", "AU"), outside_prefix="0")).e164 == "+33612345678"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("9 1 900 555 1234", NumberRefusal.TYPE_NOT_ALLOWED),
        ("9 011 53 7 123 4567", NumberRefusal.COUNTRY_NOT_ALLOWED),
        ("9 1 876 555 0123", NumberRefusal.COUNTRY_NOT_ALLOWED),
        ("9 553-2447", NumberRefusal.TOO_SHORT_HERE),
        ("9*21*2015532447#", NumberRefusal.SERVICE_CODE),
        ("9", NumberRefusal.TOO_SHORT),
        ("9" * 5000, NumberRefusal.TOO_LONG),
    ],
)
def test_the_prefix_gets_nothing_round_the_rules(typed: str, code: NumberRefusal) -> None:
    assert understand(typed, site("US", outside_prefix="9")).code is code


def test_nobody_of_ours_is_reached_behind_the_prefix_by_an_internal_number() -> None:
    ours = replace(OURS, rules=replace(OURS.rules, outside_prefix="9"))

    assert [understand(typed, ours).kind for typed in ("1001", "1002", "800")] == [
        NumberKind.AGENT,
        NumberKind.EXTENSION,
        NumberKind.ENTRY_POINT,
    ]
    assert [understand(f"9{typed}", ours).allowed for typed in ("1001", "1002", "800")] == [False] * 3
    assert understand("9 01 23 45 67 89", ours).own == MAIN, "this one is of the public network"


# --- Our own numbers ---------------------------------------------------------------------------------------------------

ALICE = OwnNumber("agent", "alice", "Alice Martin", "1001")
MAIN = OwnNumber("entry_point", "main", "Main number", "+33123456789")
OURS = replace(site(extensions=(ExtensionRange("1000", "1999"),)), own={"1001": ALICE, "+33123456789": MAIN, "800": MAIN})


def test_the_number_of_an_agents_telephone_means_that_agent() -> None:
    number = understand("10 01", OURS)

    assert (number.kind, number.own, number.dial, number.allowed) == (NumberKind.AGENT, ALICE, "1001", True)


@pytest.mark.parametrize("typed", ["+33 1 23 45 67 89", "01 23 45 67 89", "0033123456789", "011 33 1 23 45 67 89", "+33 (0)1 23 45 67 89"])
def test_a_number_of_an_entry_point_means_that_entry_point_however_it_is_written(typed: str) -> None:
    assert understand(typed, OURS).own == MAIN
    assert understand(typed, replace(OURS, rules=DiallingRules(allowed_regions=("US",)))).allowed, "it does not leave the house"


def test_an_extension_of_somebody_who_is_no_agent_is_dialled_as_it_is() -> None:
    number = understand("1002", OURS)

    assert (number.kind, number.dial, number.e164) == (NumberKind.EXTENSION, "1002", None)


@pytest.mark.parametrize(("digits", "held"), [("100", True), ("199", True), ("200", False), ("099", False), ("1000", False), ("10", False)])
def test_a_range_of_extensions_holds_numbers_of_its_own_length_only(digits: str, held: bool) -> None:
    assert ExtensionRange("100", "199").holds(digits) == held


# --- Codes -------------------------------------------------------------------------------------------------------------


def test_a_code_that_the_site_lists_is_dialled_exactly_as_it_stands_there() -> None:
    lists = site(service_codes=("*31#",))

    assert understand("*31#", lists).dial == "*31#"
    assert understand("*31#0123456789", lists).code is NumberRefusal.SERVICE_CODE


@pytest.mark.parametrize(("typed", "known"), [("3900", True), ("8888", False)])
def test_a_short_code_that_costs_something_or_that_nobody_knows_is_dialled_only_where_the_site_lists_it(typed: str, known: bool) -> None:
    refused = understand(typed, FRANCE)

    assert refused.code is (NumberRefusal.SHORT_CODE_NOT_ALLOWED if known else NumberRefusal.TOO_SHORT_HERE)
    assert understand(typed, site(short_codes=(typed,))).dial == typed


def test_a_short_code_may_begin_with_noughts() -> None:
    assert understand("0000", site(short_codes=("0000",))).dial == "0000"
    assert understand("012", site(short_codes=("012",))).dial == "012"


# --- Numbers of the public network -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("region", "form", "typed", "dial"),
    [
        ("FR", NumberFormat.E164, "01 23 45 67 89", "+33123456789"),
        ("FR", NumberFormat.E164_NO_PLUS, "01 23 45 67 89", "33123456789"),
        ("FR", NumberFormat.NATIONAL, "+33 1 23 45 67 89", "0123456789"),
        ("FR", NumberFormat.NATIONAL, "+44 20 7946 0018", "00442079460018"),
        ("US", NumberFormat.NATIONAL, "+33 1 23 45 67 89", "01133123456789"),
        ("US", NumberFormat.NATIONAL, "+1 204 555 0123", "12045550123"),
        ("AU", NumberFormat.NATIONAL, "+33 1 23 45 67 89", "001133123456789"),
        ("BR", NumberFormat.NATIONAL, "+33 1 23 45 67 89", "+33123456789"),
        ("FR", NumberFormat.NATIONAL, "112", "112"),
        ("FR", NumberFormat.E164, "3008", "3008"),
    ],
)
def test_a_number_goes_out_in_the_form_that_the_trunk_wants_and_a_short_one_as_it_is(
    region: str, form: NumberFormat, typed: str, dial: str
) -> None:
    assert understand(typed, site(region, number_format=form)).dial == dial


@pytest.mark.parametrize(("region", "typed"), [("AU", "+4930123456789012"), ("US", "+4930123456789012"), ("JP", "+4930123456789012")])
def test_a_number_that_would_be_too_long_with_the_exit_code_goes_out_with_a_plus(region: str, typed: str) -> None:
    assert understand(typed, site(region, number_format=NumberFormat.NATIONAL, allowed_regions=("DE",))).dial == typed


def test_another_trunk_gets_numbers_as_it_wants_them_under_the_same_rules() -> None:
    outside = site(trunk="outside", allowed_regions=("FR",), outside_prefix="0")
    teams = outside.by_way_of(Trunk(name="teams", number_format=NumberFormat.E164_NO_PLUS))

    assert teams.rules == replace(outside.rules, trunk="teams", number_format=NumberFormat.E164_NO_PLUS)
    assert (understand("01 23 45 67 89", outside).dial, understand("01 23 45 67 89", teams).dial) == ("+33123456789", "33123456789")
    assert understand("+44 20 7946 0018", teams).code is NumberRefusal.COUNTRY_NOT_ALLOWED
    assert understand("112", teams).dial == "112"


def test_a_strict_site_dials_verified_numbers_only() -> None:
    number = understand("+11234567890", site("US", verified_only=True))

    assert (number.verified, number.code) == (False, NumberRefusal.UNVERIFIED)
    assert understand("+11234567890", site("US")).allowed
    assert understand("+12015532447", site("US", verified_only=True)).allowed


@pytest.mark.parametrize(("typed", "region"), [("+1 876 555 0123", "JM"), ("+44 7911 123456", "GG"), ("+7 727 250 1234", "KZ")])
def test_a_country_behind_anothers_calling_code_is_called_only_where_it_is_allowed_itself(typed: str, region: str) -> None:
    neighbours = site("GB", allowed_regions=("US", "GB", "RU"))

    number = understand(typed, neighbours)

    assert (number.region, number.code) == (region, NumberRefusal.COUNTRY_NOT_ALLOWED)
    assert f"Numbers in {region} " in str(number.because)
    assert understand(typed, site("GB", allowed_regions=(region,))).allowed


def test_a_number_in_no_plan_is_still_its_area_codes_country() -> None:
    number = understand("+1 876 070 6653", site("US"))

    assert (number.verified, number.region, number.code) == (False, "JM", NumberRefusal.COUNTRY_NOT_ALLOWED)


def test_a_number_of_no_country_is_called_only_where_the_site_says_so() -> None:
    assert "belong to no country" in str(understand("+881 6 1234 5678", FRANCE).because)
    assert understand("+881 6 1234 5678", site(allowed_regions=(WORLDWIDE,))).allowed


def test_a_list_of_countries_without_the_sites_own_forbids_it() -> None:
    assert understand("01 23 45 67 89", site(allowed_regions=("US",))).code is NumberRefusal.COUNTRY_NOT_ALLOWED


def test_a_number_of_an_allowed_country_that_is_typed_as_at_home_there_is_refused_with_the_way_to_type_it() -> None:
    at_home = understand("0590 12 34 56", site(allowed_regions=("FR", "GP")))

    assert at_home.code is NumberRefusal.NOT_IN_PLAN
    assert at_home.because == ("There is no such number in FR. If you mean +590 590 12 34 56, type it with the + and the country code.")
    assert "+590" not in str(understand("0590 12 34 56", FRANCE).because), "where the site may not call it, it is no help"


def test_the_american_exit_code_is_understood_only_where_it_begins_a_number_that_can_be() -> None:
    assert understand("011 33 1 23 45 67 89", FRANCE).e164 == "+33123456789"
    assert understand("011 15-2345-6789", site("AR")).e164 == "+5491123456789", "in Argentina it is an area code"
    assert understand("011 999 123 456 789", FRANCE).code is NumberRefusal.TOO_LONG_HERE


def test_an_exit_code_that_reads_otherwise_than_meant_shows_the_country_before_the_call() -> None:
    number = understand("00 1 201 553 2447", site("KR"))

    assert (number.region, number.international, number.code) == ("EG", "+20 15 532447", NumberRefusal.COUNTRY_NOT_ALLOWED)


@pytest.mark.parametrize(
    ("typed", "code"),
    [("001", NumberRefusal.TOO_SHORT_HERE), ("+1", NumberRefusal.TOO_SHORT), ("+120", NumberRefusal.TOO_SHORT_HERE), ("::", None)],
)
def test_what_stops_after_an_exit_code_is_too_short(typed: str, code: NumberRefusal | None) -> None:
    assert understand(typed, FRANCE).code is (code or NumberRefusal.NOT_A_NUMBER)


def test_a_length_between_two_possible_ones_has_too_many_digits() -> None:
    possible = phonenumbers.is_possible_number_with_reason(phonenumbers.parse("+66812345678 12"))

    assert possible == phonenumbers.ValidationResult.INVALID_LENGTH
    assert understand("+66812345678 12", FRANCE).code is NumberRefusal.TOO_LONG_HERE


def test_every_refusal_is_a_sentence_that_a_person_can_act_on() -> None:
    typed = {
        NumberRefusal.EMPTY: "no number",
        NumberRefusal.TOO_SHORT: "12",
        NumberRefusal.TOO_LONG: "1" * 19,
        NumberRefusal.COLON: "12:30",
        NumberRefusal.SERVICE_CODE: "*21*0123456789#",
        NumberRefusal.PLUS_INSIDE: "33+1",
        NumberRefusal.NOT_A_NUMBER: ":::",
        NumberRefusal.NO_SUCH_COUNTRY_CODE: "+999123456789",
        NumberRefusal.TOO_SHORT_HERE: "+331",
        NumberRefusal.TOO_LONG_HERE: "01 23 45 67 89 12",
        NumberRefusal.NEEDS_AREA_CODE: "553-2447",
        NumberRefusal.NOT_IN_PLAN: "0000000000",
        NumberRefusal.UNVERIFIED: "+11234567890",
        NumberRefusal.COUNTRY_NOT_ALLOWED: "+53 7 1234567",
        NumberRefusal.TYPE_NOT_ALLOWED: "0899 12 34 56",
        NumberRefusal.SHORT_CODE_NOT_ALLOWED: "3900",
    }
    assert set(typed) == set(NumberRefusal)
    for code, text in typed.items():
        region = "US" if code in (NumberRefusal.NEEDS_AREA_CODE, NumberRefusal.UNVERIFIED) else "FR"

        number = understand(text, site(region, verified_only=True))

        assert number.code is code
        assert number.because is not None
        assert number.because.endswith(".")
        assert ": " in number.because or "check" in number.because, f"{number.because} says what to do"
