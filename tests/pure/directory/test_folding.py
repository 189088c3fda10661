"""Accents, capitals and typographers' signs make no difference to somebody who searches."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.directory.folding import fold, has_words, searched_text, words_of


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        *(("Élodie", "elodie"), ("LEFÈVRE", "lefevre"), ("Søren", "SOREN"), ("Łukasz", "lukasz"), ("Đorđe", "dorde"), ("Nguyễn", "nguyen")),
        *(("Strauß", "strauss"), ("Æsir", "aesir"), ("Œuvre", "oeuvre"), ("Þór", "thor"), ("İnönü", "inonu"), ("ışık", "isik")),
        *(("O’Brien", "o'brien"), ("Jean\u2011Baptiste", "jean-baptiste"), ("Ｆａｔｉｍａ", "fatima"), ("ﬁn", "fin"), ("𝐀nna", "anna")),
        *(("Ǿystein", "oystein"), ("e\u0301lodie", "élodie"), ("Ħal", "hal")),
    ],
)
def test_a_name_is_found_by_what_a_keyboard_has(written: str, typed: str) -> None:
    assert fold(written) == fold(typed)


def test_an_umlaut_is_found_by_its_letter_and_not_by_two() -> None:
    assert (fold("Müller"), fold("mueller")) == ("muller", "mueller")


@given(st.text())
def test_to_fold_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_words_are_looked_for_once_and_none_that_is_a_part_of_another() -> None:
    assert words_of("  Élo   elodie ELODIE juriste e ") == ("juriste", "elodie")
    assert words_of(" ") == ()


def test_words_are_found_in_any_order_and_never_across_two_fields() -> None:
    text = searched_text(("Marie Durand", "", "Direction technique"))

    assert has_words(text, words_of("technique mar"))
    assert has_words(text, words_of("rand dir"))
    assert not has_words(text, words_of("duranddirection"))
    assert not has_words(text, words_of("marie juriste"))
