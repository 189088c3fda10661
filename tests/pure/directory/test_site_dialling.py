"""What a site file says about dialled numbers, and each mistake that it can make there."""

import pytest

from controller.dialling.rules import EXPENSIVE, DiallingRules, ExtensionRange, NumberFormat, NumberType, OutsideLimits, Trunk
from controller.dialling.typed import NumberKind, understand
from controller.directory.dial_plan import dial_plan
from controller.directory.directory import SiteNumber
from controller.directory.ids import NumberId
from tests.pure.directory.site_text import SITE, line_number, mistakes_in, only_mistake_in, read, with_line

TRUNK = '[[trunk]]\nname = "outside"\n'
CALLER_ID = 'caller_id = "+33199000002"'


def test_a_site_that_says_nothing_calls_its_own_country_and_nothing_that_costs_more() -> None:
    directory = read(SITE).directory

    assert directory.dialling == DiallingRules()
    assert directory.dialling.refused_types == EXPENSIVE
    assert dial_plan(directory).allowed_regions == ("FR",)


def test_every_key_about_dialling_becomes_its_value() -> None:
    directory = read(
        SITE
        + '[dialling]\ntrunk = "b"\nallowed_regions = ["GB", "001"]\nrefused_types = ["mobile"]\nverified_only = true\n'
        + 'extensions = ["200-299", "3001"]\nshort_codes = ["3900"]\nservice_codes = ["*31#"]\nemergency_numbers_also = ["191"]\n'
        + 'outside_prefix = "9"\nmax_outside_per_agent = 1\nmax_outside_per_site = 20\nmax_per_hour_agent = 30\nmax_per_day_agent = 40\n'
        + "max_per_day_site = 400\noutside_only_minutes = 1.5\n"
        + '[[trunk]]\nname = "a"\n[[trunk]]\nname = "b"\nnumber_format = "national"\n'
        + 'caller_ids = ["+442079460000", "+442079460001"]\ndefault_caller_id = "+442079460001"\n'
        + '[[number]]\nid = "speaking-clock"\nname = "Speaking clock"\nnumber = "+44 20 7946 0018"\n'
    ).directory

    assert directory.dialling == DiallingRules(
        trunk="b",
        number_format=NumberFormat.NATIONAL,
        allowed_regions=("GB", "001"),
        refused_types=(NumberType.MOBILE,),
        verified_only=True,
        extensions=(ExtensionRange("200", "299"), ExtensionRange("3001", "3001")),
        short_codes=("3900",),
        service_codes=("*31#",),
        emergency_numbers_also=("191",),
        outside_prefix="9",
        limits=OutsideLimits(at_once_per_agent=1, at_once_per_site=20, per_hour_and_agent=30, per_day_and_agent=40, per_day_and_site=400),
    )
    assert directory.policy.outside_only_seconds == 90
    assert directory.trunks == {
        "a": Trunk(name="a"),
        "b": Trunk(
            name="b",
            number_format=NumberFormat.NATIONAL,
            caller_ids=("+442079460000", "+442079460001"),
            default_caller_id="+442079460001",
        ),
    }
    clock = NumberId("speaking-clock")
    assert directory.numbers == {clock: SiteNumber(id=clock, name="Speaking clock", number="+44 20 7946 0018")}


def test_the_only_trunk_need_not_be_named() -> None:
    assert read(SITE + TRUNK).directory.dialling.trunk == "outside"


def test_the_first_number_of_a_trunk_is_its_default() -> None:
    trunks = read(SITE + TRUNK + 'caller_ids = ["+33199000000", "+33199000001"]').directory.trunks

    assert trunks["outside"].default_caller_id == "+33199000000"


def test_a_site_that_refuses_no_type_says_so_with_an_empty_list() -> None:
    assert read(SITE + "[dialling]\nrefused_types = []").directory.dialling.refused_types == ()


def test_the_numbers_of_agents_telephones_and_entry_points_are_known_to_the_dial_box() -> None:
    plan = dial_plan(read(with_line('phone = "1002"', 'phone = "bobs-desk"')).directory)

    found = {typed: understand(typed, plan) for typed in ("1001", "800", "01 23 45 67 89", "+33 1 23 45 67 89")}

    assert [number.kind for number in found.values()] == [NumberKind.AGENT, *[NumberKind.ENTRY_POINT] * 3]
    assert [number.own and number.own.id for number in found.values()] == ["alice", "main", "main", "main"]
    assert {own.id for own in plan.own.values()} == {"alice", "main"}, "nobody can type the name of bob's telephone"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('trunk = "x/y"', '[dialling] trunk: must be the name of a [[trunk]], such as "outside"; it is "x/y"'),
        ('trunk = "outsid"', "[dialling] trunk: there is no trunk 'outsid'; did you mean 'outside'?"),
        ('trunk = "zzz"', "[dialling] trunk: there is no trunk 'zzz': add a [[trunk]] of this name"),
        ('allowed_regions = "FR"', "must be a list of countries as two capitals"),
        ('allowed_regions = ["fr"]', 'such as ["FR", "GB"]; "001" stands for numbers of no country; it is "fr"'),
        ("allowed_regions = []", "must be a list of countries"),
        ('allowed_regions = ["FR", "UK"]', "[dialling] allowed_regions: there is no country 'UK'; did you mean 'GB'?"),
        ('allowed_regions = ["XX"]', "there is no country 'XX': write the two letters of ISO 3166-1"),
        ('refused_types = ["premum"]', "it is \"premum\"; did you mean 'premium'?"),
        ('refused_types = "premium"', 'must be a list of types of numbers, such as ["premium", "shared-cost"]; it is "premium"'),
        ('verified_only = "no"', 'must be true or false; it is "no"'),
        ('extensions = ["1-9"]', 'must be a list of internal numbers and ranges of them, such as ["100-199", "2001"], of 3 to 10 digits'),
        ('extensions = ["299-200"]', "[dialling] extensions: '299-200' must go from a number to a higher one with as many digits"),
        ('extensions = ["200-2999"]', "must go from a number to a higher one with as many digits"),
        ('extensions = ["0000000-9999999"]', "holds more than 100000 numbers: write the smaller ranges that are in use"),
        ('extensions = ["300-399", "100-199"]', "'100-199' holds the emergency number 112, which always calls for help: write the ranges"),
        ('extensions = ["112"]', "'112' holds the emergency number 112"),
        ("short_codes = [3900]", "it is 3900: put it in quotes"),
        ('short_codes = ["*3900"]', "must be a list of short codes"),
        ('service_codes = ["31"]', "must be a list of codes with * or #"),
        ('service_codes = ["*31#,1"]', "must be a list of codes with * or #"),
        ('emergency_numbers_also = ["+191"]', "must be a list of emergency numbers"),
        (
            'extensions = ["200-299", "250-260"]',
            "[dialling] extensions: '250-260' and '200-299' hold the same numbers: write each number once",
        ),
        ('extensions = ["250", "200-299"]', "[dialling] extensions: '200-299' and '250' hold the same numbers"),
        ('extensions = ["200", "200"]', "[dialling] extensions: '200' and '200' hold the same numbers"),
        ('extensions = ["3000-3999"]\nshort_codes = ["3900"]', "'3900' is an extension too, and would never be dialled as a short code"),
        ("outside_prefix = 9", 'must be the digits that people dial before a number outside, such as "0" or "9", 3 at most; it is 9: put'),
        ('outside_prefix = "+"', 'must be the digits that people dial before a number outside, such as "0" or "9", 3 at most; it is "+"'),
        ('outside_prefix = ""', "must be the digits that people dial before a number outside"),
        ('outside_prefix = "9000"', "must be the digits that people dial before a number outside"),
        ('outside_prefix = "9"\nextensions = ["800-950"]', "'800-950' holds numbers that begin with the outside prefix '9': use others"),
        ('outside_prefix = "9"\nextensions = ["910"]', "'910' holds numbers that begin with the outside prefix '9'"),
        (
            'outside_prefix = "100"',
            "outside_prefix: the telephone '1001' of the agent 'alice' begins with '100' too: choose another prefix",
        ),
        ('outside_prefix = "8"\nshort_codes = ["815"]', "'815' is 15 behind the outside prefix, which calls for help"),
        ("max_outside_per_agent = 0", "must be how many calls, a whole number from 1 to 1000000; it is 0"),
        ('max_per_day_site = "500"', 'must be how many calls, a whole number from 1 to 1000000; it is "500"'),
        ("max_per_hour_agent = 2.5", "must be how many calls, a whole number from 1 to 1000000; it is 2.5"),
        ("outside_only_minutes = 0", "must be minutes, from 1 to 1440; it is 0"),
        (
            "max_per_day_agent = 8\nmax_per_hour_agent = 9",
            "max_per_hour_agent: is more than max_per_day_agent = 8, and would never be reached",
        ),
        ("max_outside_per_sit = 3", "there is no such key; did you mean 'max_outside_per_site'?"),
        ("region = 'FR'", "[dialling] region: there is no such key"),
        ('allowed_region = ["FR"]', "there is no such key; did you mean 'allowed_regions'?"),
    ],
)
def test_a_mistake_about_dialling_says_what_to_do(line: str, said: str) -> None:
    text = SITE + TRUNK + f"[dialling]\n{line}\n"

    found = only_mistake_in(text)

    assert said in found
    assert found.startswith(f"line {line_number(line.splitlines()[-1], text)}: ")


def test_each_range_of_extensions_that_holds_numbers_of_another_is_a_mistake() -> None:
    text = SITE + '[dialling]\nextensions = ["200-299", "210", "220-229", "300", "290-310", "2000-2999", "311"]'

    assert [mistake.sentence.split(" hold ")[0] for mistake in mistakes_in(text)] == [
        "'210' and '200-299'",
        "'220-229' and '200-299'",
        "'290-310' and '200-299'",
        "'290-310' and '300'",
    ]


def test_prefixes_that_clash_with_nothing_are_right() -> None:
    text = SITE + '[dialling]\noutside_prefix = "0"\nextensions = ["100-111", "2000-2999", "8000-9999"]\nshort_codes = ["3900"]'

    assert read(text).directory.dialling.outside_prefix == "0"


def test_limits_that_stand_on_defaults_are_right_in_any_order() -> None:
    limits = read(SITE + "[dialling]\nmax_outside_per_site = 1\nmax_per_day_agent = 5").directory.dialling.limits

    assert limits == OutsideLimits(at_once_per_site=1, per_day_and_agent=5)


def test_an_emergency_number_of_the_sites_own_is_no_extension_either() -> None:
    text = SITE + '[dialling]\nextensions = ["190-199"]\nemergency_numbers_also = ["196"]'

    assert "'190-199' holds the emergency number 196" in only_mistake_in(text)


def test_a_range_of_long_extensions_holds_no_emergency_number() -> None:
    assert read(SITE + '[dialling]\nextensions = ["112000-112999"]').directory.dialling.extensions


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'phone = "1001"',
            'phone = "112"',
            "[[agent]] phone: '112' is an emergency number in FR and always calls for help",
        ),
        ('numbers = ["800", "+33123456789"]', 'numbers = ["800", "15"]', "[[entry_point]] numbers: '15' is an emergency number in FR"),
    ],
)
def test_nobody_of_ours_has_the_number_that_calls_for_help(old: str, new: str, said: str) -> None:
    text = with_line(old, new)

    assert only_mistake_in(text).startswith(f"line {line_number(new, text)}: {said}")


def test_nobody_of_ours_has_the_number_that_calls_for_help_behind_the_outside_prefix() -> None:
    text = with_line('numbers = ["800", "+33123456789"]', 'numbers = ["800", "015"]') + '[dialling]\noutside_prefix = "0"'

    said = "[[entry_point]] numbers: '015' is 15 behind the outside prefix and always calls for help: give it another"
    assert only_mistake_in(text).endswith(said)


def test_a_site_with_several_trunks_says_by_which_one_calls_leave() -> None:
    said = only_mistake_in(SITE + '[dialling]\n[[trunk]]\nname = "a"\n[[trunk]]\nname = "b"\n')

    assert said.endswith("[dialling]: say by which trunk calls leave, such as trunk = 'a': there are 2")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('[[trunk]]\nname = "1001"\n', "[[trunk]] name: '1001' is the telephone of the agent 'alice', and no trunk"),
        ('[[trunk]]\nname = "a b"\n', '[[trunk]] name: must be the name of the trunk\'s PJSIP endpoint, such as "outside"'),
        ('[[trunk]]\nname = "a"\nnumber_format = "E164"\n', "must be 'e164', 'e164-no-plus' or 'national'; it is \"E164\""),
        (TRUNK + TRUNK + '[dialling]\ntrunk = "outside"\n', "[[trunk]] name: the trunk 'outside' is there already: see line 40"),
        (
            TRUNK + 'caller_ids = ["0199000000"]',
            '[[trunk]] caller_ids: must be a list of numbers in E.164, such as ["+33199000000"]: a +, the code of the country, '
            'and no spaces; it is "0199000000"',
        ),
        (TRUNK + 'caller_ids = "+33199000000"', 'must be a list of numbers in E.164, such as ["+33199000000"]'),
        (TRUNK + 'caller_ids = ["+33 1 99 00 00 00"]', 'it is "+33 1 99 00 00 00"'),
        (TRUNK + 'caller_ids = ["+331990000"]', "[[trunk]] caller_ids: '+331990000' can be nobody's number: check its digits"),
        (TRUNK + 'caller_ids = ["+99912345678"]', "[[trunk]] caller_ids: '+99912345678' can be nobody's number: check its digits"),
        (
            TRUNK + 'caller_ids = ["+33199000000", "+33199000000"]',
            "[[trunk]] caller_ids: '+33199000000' stands there already: leave it out",
        ),
        (
            TRUNK + 'caller_ids = ["+33199000000"]\ndefault_caller_id = "+33199000001"',
            "[[trunk]] default_caller_id: '+33199000001' is not in the caller_ids of the trunk 'outside'; did you mean '+33199000000'?",
        ),
        (
            TRUNK + 'default_caller_id = "+33199000001"',
            "[[trunk]] default_caller_id: '+33199000001' is not in the caller_ids of the trunk 'outside': add it there",
        ),
        ("[trunk]\nname = 'a'", "[trunk]: stands once for each: write it as [[trunk]], with two pairs of brackets"),
    ],
)
def test_a_trunk_that_can_be_none_is_a_mistake(table: str, said: str) -> None:
    assert said in only_mistake_in(SITE + table)


# --- The numbers that calls come from ----------------------------------------------------------------------------------


@pytest.mark.parametrize("old", ['id = "bob"', 'id = "support"'])
@pytest.mark.parametrize(
    ("trunks", "said"),
    [
        ("", "there is no trunk by which calls could leave: add a [[trunk]] whose caller_ids hold it, or leave it out"),
        (TRUNK, "'+33199000002' is not in the caller_ids of the trunk 'outside': add it there"),
        (
            TRUNK + 'caller_ids = ["+33199000001"]',
            "'+33199000002' is not in the caller_ids of the trunk 'outside'; did you mean '+33199000001'?",
        ),
        (
            TRUNK + '[[trunk]]\nname = "b"\ncaller_ids = ["+33199000002"]\n[dialling]\ntrunk = "outside"',
            "'+33199000002' is not in the caller_ids of the trunk 'outside': add it there",
        ),
    ],
)
def test_nobody_calls_from_a_number_that_no_trunk_of_theirs_owns(old: str, trunks: str, said: str) -> None:
    text = with_line(old, f"{old}\n{CALLER_ID}") + trunks

    found = only_mistake_in(text)

    assert found.startswith(f"line {line_number(CALLER_ID, text)}: ")
    assert found.endswith(f"caller_id: {said}")


def test_somebodys_number_may_be_of_a_trunk_by_which_only_an_organisation_is_reached() -> None:
    text = with_line('id = "bob"', 'id = "bob"\ncaller_id = "+33199000002"') + TRUNK
    text += '[[trunk]]\nname = "teams"\ncaller_ids = ["+33199000002"]\n[dialling]\ntrunk = "outside"\n'
    organisation = '[[organisation]]\nid = "o"\nname = "O"\nfile = "o.csv"\ntrunk = "teams"\n'

    assert "the trunk 'outside'" in only_mistake_in(text)
    assert mistakes_in(text + organisation) == ()


# --- Numbers with a name -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("0899 12 34 56", "[[number]] number: '0899 12 34 56' would be refused. Numbers of the type premium are not called from this site"),
        ("+44 20 7946 0018", "would be refused. Numbers in GB are not called from this site"),
        ("interpreters", "would be refused. There is no digit in it"),
        ("", "must be a telephone number as people write it, such as"),
    ],
)
def test_a_number_with_a_name_that_could_never_be_called_is_a_mistake(number: str, said: str) -> None:
    assert said in only_mistake_in(SITE + f'[[number]]\nid = "n"\nname = "N"\nnumber = "{number}"\n')


@pytest.mark.parametrize("number", ["01 99 00 10 01", "800", "1001", "112"])
def test_a_number_with_a_name_may_be_one_of_ours(number: str) -> None:
    assert read(SITE + f'[[number]]\nid = "n"\nname = "N"\nnumber = "{number}"\n').directory.numbers


def test_two_numbers_cannot_share_an_id() -> None:
    one = '[[number]]\nid = "n"\nname = "N"\nnumber = "01 99 00 10 01"\n'

    assert "[[number]] id: the id 'n' is taken" in only_mistake_in(SITE + one + one)


def test_a_country_that_is_none_is_the_only_mistake_about_a_site_whose_numbers_can_then_not_be_read() -> None:
    text = with_line('region = "FR"', 'region = "UK"') + '[[number]]\nid = "n"\nname = "N"\nnumber = "01 99 00 10 01"\n'

    assert "there is no country 'UK'" in only_mistake_in(text)
