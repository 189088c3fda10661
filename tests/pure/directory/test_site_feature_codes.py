"""What a site file says about keys of telephones, and each mistake that it can make there."""

import pytest

from controller.dialling.feature_codes import KEYS, Code, FeatureCodes
from controller.dialling.rules import DialPlan
from controller.directory.dial_plan import dial_plan
from controller.directory.dialled_targets import NotDialled, by_telephone
from controller.directory.directory import Directory
from controller.directory.ids import AgentId, EntryPointId, QueueId
from controller.directory.targets import AgentTarget, EntryPointTarget, NumberTarget, QueueTarget, Target
from tests.pure.directory.site_text import SITE, line_number, mistakes_in, only_mistake_in, read, with_line

QUEUE = "[[queue]]"


def test_a_site_that_says_nothing_has_the_codes_of_the_documentation() -> None:
    assert read(SITE).directory.feature_codes == FeatureCodes(keys=KEYS, digit_seconds=5.0)


def test_a_site_may_have_other_codes_and_do_without_some() -> None:
    codes = read(SITE + '[feature_codes]\nhold = "*88"\nconference = ""\ndigit_seconds = 3').directory.feature_codes

    assert codes.keys[Code.HOLD] == "*88"
    assert Code.CONFERENCE not in codes.keys
    assert codes.digit_seconds == 3


@pytest.mark.parametrize("keys", ["8", "*", "#8", "*8#", "*8 ", "*1234567"])
def test_a_code_is_a_star_and_some_digits(keys: str) -> None:
    said = only_mistake_in(SITE + f'[feature_codes]\nhold = "{keys}"')

    assert said.endswith(f'must be a code of keys, such as "*5": a star, and one to five digits or stars; "" for none; it is "{keys}"')


@pytest.mark.parametrize(
    ("keys", "because"),
    [
        ("*5", "'*5' is the same as '*5', which is resume: nobody could tell them apart"),
        ("*51", "'*51' begins like '*5', which is resume: nobody could tell them apart"),
    ],
)
def test_a_code_must_not_begin_with_another(keys: str, because: str) -> None:
    text = SITE + f'[feature_codes]\nhold = "{keys}"\n'

    (mistake,) = mistakes_in(text)

    assert mistake.where == "[feature_codes] hold"
    assert mistake.sentence == because
    assert mistake.line == line_number(f'hold = "{keys}"', text)


def test_a_code_must_not_be_the_beginning_of_another_and_two_that_collide_are_told_once() -> None:
    (mistake,) = mistakes_in(SITE + '[feature_codes]\nresume = "*77"\nleave = "*7"')

    assert str(mistake).endswith("[feature_codes] leave: '*7' is the beginning of '*77', which is resume: nobody could tell them apart")


def test_a_queue_may_have_a_number_by_which_telephones_name_it() -> None:
    directory = read(with_line(QUEUE, QUEUE + '\nnumber = "850"')).directory

    assert directory.queues[QueueId("support")].number == "850"


@pytest.mark.parametrize(
    ("number", "because"),
    [
        ("1001", "'1001' is the telephone of the agent 'alice' already"),
        ("800", "'800' is a number of the entry point 'main' already"),
        ("112", "'112' is an emergency number, and must call for help from every telephone"),
    ],
)
def test_the_number_of_a_queue_means_nobody_else(number: str, because: str) -> None:
    assert only_mistake_in(with_line(QUEUE, QUEUE + f'\nnumber = "{number}"')).endswith(because)


def test_two_queues_have_not_the_same_number() -> None:
    second = '[[queue]]\nid = "billing"\nname = "Billing"\nagents = ["alice"]\nnumber = "850"\n'

    said = only_mistake_in(with_line(QUEUE, QUEUE + '\nnumber = "850"') + second)

    assert said.endswith("'850' is the number of the queue 'support' already")


def test_the_number_of_a_queue_is_digits() -> None:
    said = only_mistake_in(with_line(QUEUE, QUEUE + '\nnumber = "*850"'))

    assert said.endswith('must be the digits by which telephones name the queue, such as "850", in quotes, of 2 to 10 digits; it is "*850"')


def test_without_a_country_nobody_knows_which_numbers_call_for_help() -> None:
    text = with_line('region = "FR"', 'region = "XX"', with_line(QUEUE, QUEUE + '\nnumber = "112"'))

    assert "there is no country" in only_mistake_in(text)


@pytest.mark.parametrize("other", ['region = "FR"', "[feature_codes]\nhold = 8\n", "[dialling]\nextensions = 5\n"])
def test_a_mistake_elsewhere_is_told_beside_that_of_a_queue_number(other: str) -> None:
    text = with_line(QUEUE, QUEUE + '\nnumber = "1001"')
    text = with_line(other, 'region = "XX"', text) if "region" in other else text + other

    assert len(mistakes_in(text)) == 2


@pytest.fixture(name="site")
def _site() -> tuple[Directory, DialPlan]:
    numbered = with_line(QUEUE, QUEUE + '\nnumber = "850"')
    directory = read(
        numbered + '[[trunk]]\nname = "outside"\n[[number]]\nid = "clock"\nname = "Speaking clock"\nnumber = "+33 1 99 00 20 01"\n'
    ).directory
    return directory, dial_plan(directory)


@pytest.mark.parametrize(
    ("dialled", "means"),
    [
        ("850", QueueTarget(queue=QueueId("support"))),
        ("1001", AgentTarget(agent=AgentId("alice"))),
        ("800", EntryPointTarget(entry_point=EntryPointId("main"))),
        ("0199002001", NumberTarget(dial="+33199002001", shown="+33 1 99 00 20 01", name="Speaking clock")),
        ("0199002002", NumberTarget(dial="+33199002002", shown="+33 1 99 00 20 02")),
        ("112", NumberTarget(dial="112", shown="112", is_emergency=True)),
    ],
)
def test_a_telephone_names_whom_the_dial_box_would_find_and_queues_by_their_number(
    dialled: str, means: Target, site: tuple[Directory, DialPlan]
) -> None:
    assert by_telephone(dialled, *site) == means


def test_a_number_that_is_not_dialled_is_refused_in_the_words_of_the_dial_box(site: tuple[Directory, DialPlan]) -> None:
    with pytest.raises(NotDialled) as no:
        by_telephone("0012015550123", *site)

    assert no.value.because == "Numbers in US are not called from this site: ask your administrator if you need to call one."
