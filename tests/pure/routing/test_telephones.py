"""Which of an agent's two telephones rings, and whether it is there."""

from dataclasses import replace

import pytest

from controller.routing.telephones import TelephoneKind, Telephones, seen, settled

BROWSER, DESK = TelephoneKind.BROWSER, TelephoneKind.DESK


@pytest.mark.parametrize(
    ("chosen", "browser_is_there", "desk_is_there", "rings"),
    [
        (None, False, True, DESK),
        (None, True, True, BROWSER),
        (None, True, False, BROWSER),
        (None, False, False, BROWSER),
        (DESK, True, True, DESK),
        (DESK, True, False, DESK),
        (BROWSER, False, True, BROWSER),
    ],
)
def test_the_chosen_one_rings_and_without_a_choice_the_pages_while_one_is_open(
    chosen: TelephoneKind | None, browser_is_there: bool, desk_is_there: bool, rings: TelephoneKind
) -> None:
    known = Telephones(browser_is_there=browser_is_there, desk_is_there=desk_is_there)

    assert settled(known, chosen, 5.0, has_browser=True).rings is rings


@pytest.mark.parametrize("chosen", [None, DESK, BROWSER])
def test_who_has_none_in_the_browser_is_rung_on_the_desk(chosen: TelephoneKind | None) -> None:
    known = Telephones(rings=BROWSER, desk_is_there=False)

    assert settled(known, chosen, 5.0, has_browser=False).rings is DESK


def test_before_the_switch_has_told_a_telephone_on_the_desk_is_there_and_one_in_the_browser_is_not() -> None:
    assert Telephones().is_there
    assert not Telephones(rings=BROWSER).is_there


def test_since_when_it_is_so_is_told_of_the_one_that_rings() -> None:
    known = Telephones(rings=DESK, since=1.0)

    assert seen(known, DESK, 2.0, is_there=False) == replace(known, desk_is_there=False, since=2.0)
    assert seen(known, BROWSER, 2.0, is_there=True) == replace(known, browser_is_there=True)
    assert settled(known, BROWSER, 3.0, has_browser=True) == replace(known, rings=BROWSER, since=3.0)


def test_what_is_no_news_changes_nothing() -> None:
    known = Telephones(rings=DESK, since=1.0)

    assert seen(known, DESK, 2.0, is_there=True) is known
    assert settled(known, None, 2.0, has_browser=True) is known
