"""What a site file says about dialled numbers, and each mistake that it can make there."""

import pytest

from controller.dialling.rules import EXPENSIVE, DiallingRules, ExtensionRange, NumberFormat, NumberType
from controller.dialling.typed import NumberKind, understand
from controller.directory.dial_plan import dial_plan
from controller.directory.directory import SiteNumber
from controller.directory.ids import NumberId
from tests.pure.directory.site_text import SITE, line_number, only_mistake_in, read, with_line

TRUNK = '[[trunk]]\nname = "outside"\n'


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
        + '[[trunk]]\nname = "a"\n[[trunk]]\nname = "b"\nnumber_format = "national"\n'
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
    )
    clock = NumberId("speaking-clock")
    assert directory.numbers == {clock: SiteNumber(id=clock, name="Speaking clock", number="+44 20 7946 0018")}


def test_the_only_trunk_need_not_be_named() -> None:
    assert read(SITE + TRUNK).directory.dialling.trunk == "outside"


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
        ("region = 'FR'", "[dialling] region: there is no such key"),
        ('allowed_region = ["FR"]', "there is no such key; did you mean 'allowed_regions'?"),
    ],
)
def test_a_mistake_about_dialling_says_what_to_do(line: str, said: str) -> None:
    text = SITE + TRUNK + f"[dialling]\n{line}\n"

    found = only_mistake_in(text)

    assert said in found
    assert found.startswith(f"line {line_number(line, text)}: ")


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
        ("[trunk]\nname = 'a'", "[trunk]: stands once for each: write it as [[trunk]], with two pairs of brackets"),
    ],
)
def test_a_trunk_that_can_be_none_is_a_mistake(table: str, said: str) -> None:
    assert said in only_mistake_in(SITE + table)


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
