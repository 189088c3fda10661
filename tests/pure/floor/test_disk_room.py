"""When a disk has too little room, and when it has enough again."""

import pytest

from controller.floor.disk import MB, low_disk_sentence, room


@pytest.mark.parametrize(
    ("free_mb", "was_low", "is_low"),
    [(501, False, False), (500, False, False), (499, False, True), (549, True, True), (550, True, False)],
)
def test_a_disk_is_low_below_the_least_and_until_it_has_a_tenth_more(free_mb: int, was_low: bool, is_low: bool) -> None:
    assert room(free_bytes=free_mb * MB, size_bytes=9_000 * MB, free_mb_min=500, was_low=was_low).is_low is is_low


def test_a_site_that_does_not_want_to_be_told_never_is() -> None:
    assert not room(free_bytes=0, size_bytes=9_000 * MB, free_mb_min=0, was_low=False).is_low


def test_the_sentence_says_how_much_is_left_and_what_comes_of_it() -> None:
    found = room(free_bytes=312 * MB + 7, size_bytes=9_000 * MB, free_mb_min=500, was_low=False)

    assert low_disk_sentence(found) == (
        "The journal's disk has 312 MB left: make room. When it is full calls go on, but nothing of them is kept, and nobody can log in."
    )
