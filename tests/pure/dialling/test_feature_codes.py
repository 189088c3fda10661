"""What keys of a telephone come to, one after the other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.dialling.feature_codes import (
    DIGITS_PER_CODE_MAX,
    KEYS,
    TARGET_LENGTH_MAX,
    Code,
    FeatureCodes,
    Given,
    Keypad,
    KeyPress,
    Reading,
    press,
    read_dialled,
)

CODES = FeatureCodes()
PRESSED_SECONDS = 0.1
BY_HAND_SECONDS = 0.3


def reading(keys: str, *, codes: FeatureCodes = CODES, alone: bool = True, every: float = BY_HAND_SECONDS) -> list[Given | Reading]:
    """What each key comes to, of keys that are pressed one after the other."""
    keypad, found = Keypad(), []
    for number, digit in enumerate(keys):
        keypad, what = press(keypad, KeyPress(digit=digit, at=number * every, seconds=PRESSED_SECONDS), codes, alone=alone)
        found.append(what)
    return found


def test_every_code_has_keys_and_none_begins_with_another() -> None:
    assert set(KEYS) == set(Code)
    for mine in KEYS.values():
        assert [other for other in KEYS.values() if other.startswith(mine)] == [mine]


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ("*1", Code.ACCEPT_TRANSFER),
        ("*3", Code.CONFERENCE),
        ("*5", Code.RESUME),
        ("*6", Code.END_CONSULT),
        ("*7", Code.LEAVE),
        ("*8", Code.HOLD),
        ("*0", Code.CANCEL),
        ("**1", Code.LOG_IN),
        ("**0", Code.LOG_OUT),
        ("**2", Code.AVAILABLE),
    ],
)
def test_a_code_that_names_nobody_is_given_by_its_last_key(keys: str, code: Code) -> None:
    *before, last = reading(keys)

    assert set(before) == {Reading.GOES_ON}
    assert last == Given(code=code)


@pytest.mark.parametrize(
    ("keys", "given"),
    [
        ("*21002#", Given(code=Code.CONSULT, argument="1002")),
        ("*20199002001#", Given(code=Code.CONSULT, argument="0199002001")),
        ("*4850#", Given(code=Code.TRANSFER, argument="850")),
        ("*93", Given(code=Code.WRAP_UP, argument="3")),
        ("**30", Given(code=Code.IDLE, argument="0")),
    ],
)
def test_what_a_code_takes_comes_after_it(keys: str, given: Given) -> None:
    *before, last = reading(keys)

    assert set(before) == {Reading.GOES_ON}
    assert last == given


def test_a_transfer_names_nobody_where_somebody_is_there_to_transfer_to() -> None:
    assert reading("*4", alone=False)[-1] == Given(code=Code.TRANSFER)


@pytest.mark.parametrize("keys", ["*A", "***", "*2#", "*2*", "*9*", "*9#", "**4", "**3#", "*2" + "1" * (TARGET_LENGTH_MAX + 1)])
def test_keys_that_no_code_begins_with_are_mistyped_and_what_follows_them_means_nothing(keys: str) -> None:
    *before, last, next_, one_more = reading(keys + "*5")

    assert set(before) == {Reading.GOES_ON}
    assert last is Reading.MISTYPED
    assert (next_, one_more) == (Reading.IGNORED, Reading.IGNORED)


@pytest.mark.parametrize("digit", list("0123456789#ABCD"))
def test_a_key_that_begins_no_code_belongs_to_none_and_the_next_may_begin_one(digit: str) -> None:
    assert reading(f"{digit}*8") == [Reading.NO_CODE, Reading.GOES_ON, Given(code=Code.HOLD)]


def test_two_codes_one_after_the_other_are_both_given() -> None:
    assert reading("*5*5")[1::2] == [Given(code=Code.RESUME), Given(code=Code.RESUME)]


@pytest.mark.parametrize("sooner", [0.025, 0.136, PRESSED_SECONDS + 0.069])
def test_a_key_that_is_told_twice_counts_once(sooner: float) -> None:
    first, twin = (KeyPress(digit="*", at=at, seconds=PRESSED_SECONDS) for at in (10.0, 10.0 + sooner))
    keypad, _ = press(Keypad(), first, CODES)

    assert press(keypad, twin, CODES) == (keypad, Reading.IGNORED)


def test_a_key_that_a_hand_presses_twice_counts_twice() -> None:
    assert reading("*255#", every=PRESSED_SECONDS + 0.08)[-1] == Given(code=Code.CONSULT, argument="55")


def test_another_key_is_no_twin_however_soon_it_comes() -> None:
    assert reading("*8", every=0.001)[-1] == Given(code=Code.HOLD)


def test_a_clock_that_was_put_back_makes_no_twin() -> None:
    first, second = (KeyPress(digit="*", at=at, seconds=PRESSED_SECONDS) for at in (10.0, 9.0))
    keypad, _ = press(Keypad(), first, CODES)

    assert press(keypad, second, CODES)[1] is Reading.GOES_ON


def test_a_fast_dialler_whose_keys_come_doubled_has_dialled_once() -> None:
    """As it was measured: `*245#` of 100 ms without a gap came as `* 2 4 4 5 5 # #`."""
    keypad, found = Keypad(), []
    for digit, at in [("*", 0.0), ("2", 0.1), ("4", 0.2), ("4", 0.225), ("5", 0.3), ("5", 0.33), ("#", 0.4), ("#", 0.5)]:
        keypad, what = press(keypad, KeyPress(digit=digit, at=at, seconds=0.1), CODES)
        found.append(what)

    assert [what for what in found if isinstance(what, Given)] == [Given(code=Code.CONSULT, argument="45")]
    assert Reading.MISTYPED not in found


def test_a_code_that_the_site_has_not_is_none() -> None:
    codes = FeatureCodes(keys={Code.HOLD: "*88"})

    assert reading("*88", codes=codes)[-1] == Given(code=Code.HOLD)
    assert reading("*5", codes=codes)[-1] is Reading.MISTYPED
    assert codes.code_of("*88") is Code.HOLD
    assert codes.code_of("*8") is None


@pytest.mark.parametrize(
    ("dialled", "given"),
    [
        ("**1", Given(code=Code.LOG_IN)),
        ("*92", Given(code=Code.WRAP_UP, argument="2")),
        ("**3", Given(code=Code.IDLE)),
        ("**31", Given(code=Code.IDLE, argument="1")),
        ("*21002", Given(code=Code.CONSULT, argument="1002")),
        ("*21002#", Given(code=Code.CONSULT, argument="1002")),
        ("*9", None),
        ("*2", None),
        ("**4", None),
        ("*81", None),
        ("0199002001", None),
        ("", None),
    ],
)
def test_a_code_may_be_dialled_as_a_whole(dialled: str, given: Given | None) -> None:
    assert read_dialled(dialled, CODES) == given


@given(st.lists(st.tuples(st.sampled_from("0123456789*#ABCD"), st.floats(0, 2), st.floats(0, 2)), max_size=60), st.booleans())
def test_whatever_is_pressed_is_read_and_what_is_remembered_of_it_stays_short(
    keys: list[tuple[str, float, float]],
    alone: bool,
) -> None:
    keypad, at = Keypad(), 0.0
    for digit, after, seconds in keys:
        at += after
        keypad, what = press(keypad, KeyPress(digit=digit, at=at, seconds=seconds), CODES, alone=alone)
        assert len(keypad.keys) < DIGITS_PER_CODE_MAX
        assert (what is Reading.GOES_ON) <= bool(keypad.keys)
        assert not isinstance(what, Given) or not keypad.waits


@given(st.text(max_size=40))
def test_whatever_is_dialled_is_a_code_or_none(dialled: str) -> None:
    found = read_dialled(dialled, CODES)

    assert found is None or dialled.startswith(KEYS[found.code])
