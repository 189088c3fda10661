"""What is refused as a password, and why: what others would try first counts for nothing."""

import pytest

from controller.directory.password_strength import LETTERS_MIN, Weakness, weakness

ALICE = ("alice", "Alice Martin-Lefèvre", "1001", "Support")


@pytest.mark.parametrize("password", ["", "x", "k7#Wq!z2m", "é" * (LETTERS_MIN - 1)])
def test_a_short_password_is_refused(password: str) -> None:
    assert weakness(password, ALICE, "former") is Weakness.TOO_SHORT


@pytest.mark.parametrize("password", ["alicemartin", "Alice-Martin-1001", "LEFEVRE.alice", "Lefèvre!1001", "1001100110011001"])
def test_a_password_made_of_what_others_know_of_its_owner_is_refused(password: str) -> None:
    assert weakness(password, ALICE, "former") is Weakness.ABOUT_YOU


@pytest.mark.parametrize(
    "password",
    [
        "1234567890",
        "qwertyuiop",
        "azertyuiop1234",
        "poiuytreza",
        "P@ssw0rd2026!",
        "motdepasse123",
        "Bienvenue2026",
        "aaaaaaaaaaaaaaaa",
        "abababababab",
        "Summer2026!!",
        "abc\nabc\nabc\n",
    ],
)
def test_a_password_that_everybody_tries_is_refused(password: str) -> None:
    assert weakness(password, ALICE, "former") is Weakness.TOO_COMMON


@pytest.mark.parametrize(
    "password", ["cheval pile agrafe", "k7#Wq!z2mR", "alice aime les huîtres", "纸船过河不会沉没啊啊", "trois petits chats"]
)
def test_any_other_password_is_taken_without_capitals_and_signs_too(password: str) -> None:
    assert weakness(password, ALICE, "former") is None


def test_a_short_part_of_a_name_is_in_many_passwords_by_chance() -> None:
    assert weakness("lovoyagebleu", ("Lo Vo", "al"), "former") is None


def test_the_password_that_somebody_has_is_no_new_one() -> None:
    assert weakness("trois petits chats", ALICE, "trois petits chats") is Weakness.SAME
