"""What the dial box keeps of what was typed or pasted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.dialling.cleaning import clean

PASTED = st.one_of(st.text(), st.text(alphabet="0123456789+#*: ()-./,;@x٣９０＋＊\u202a\n🤙"))


@given(PASTED)
def test_nothing_but_digits_and_four_signs_is_kept_of_any_text(typed: str) -> None:
    assert set(clean(typed).kept) <= set("0123456789+#*:")


@given(PASTED)
def test_cleaning_twice_changes_nothing_more_and_joins_nothing_more(typed: str) -> None:
    kept = clean(typed).kept

    assert clean(kept).kept == kept
    assert not clean(kept).is_joined


@given(PASTED)
def test_every_digit_is_kept_and_none_is_made_up(typed: str) -> None:
    assert sum(sign.isdecimal() for sign in typed) == sum(sign.isdecimal() for sign in clean(typed).kept)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("٠١٢٣", "0123"),
        ("۰۱۲۳", "0123"),
        ("０１＋２＃３＊４：", "01+2#3*4:"),
        ("𝟎𝟏𝟐", "012"),
        ("0️⃣1️⃣", "01"),
        ("①②③½²", ""),
        ("٭", ""),
        ("\ud800 12 \udfff", "12"),
        ("\x00\x1b[31m5", "315"),
    ],
)
def test_digits_of_every_script_are_digits_and_what_only_looks_like_one_is_not(typed: str, kept: str) -> None:
    assert clean(typed).kept == kept


@pytest.mark.parametrize("between", ["x", " ext. ", "@", ";", ",", "/", "&", "|", "=", "?", "\\", "\n", "\r\n", "é", "号", "½"])
def test_what_is_no_formatting_between_digits_has_joined_them(between: str) -> None:
    assert clean(f"12{between}34").is_joined
    assert not clean(f"{between}1234{between}").is_joined, "before and after a number it joins nothing"


@pytest.mark.parametrize("between", ["", " ", "-", "‑", "–", ".", "(", ") ", "\t", "\u00a0", "\u202a", "\ufeff", "\u20e3", "~", "📞", "_"])
def test_formatting_between_digits_joins_nothing_that_was_apart(between: str) -> None:
    assert not clean(f"12{between}34").is_joined
