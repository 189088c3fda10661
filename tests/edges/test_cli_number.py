"""`ari-controller number`: the dial box for administrators and scripts."""

import io
import json
import sys
from pathlib import Path
from unittest import mock

import pytest

from controller.cli.main import main
from tests.edges.command_line import DEMO, ari_controller


def test_numbers_that_may_be_dialled_are_told_a_line_each() -> None:
    done = ari_controller("number", "-c", DEMO, "01 23 45 67 89", "+1 201 553 2447", "15", "1002", "800", "3008", "+11234567890")

    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        '"01 23 45 67 89" dials +33123456789: 01 23 45 67 89, +33 1 23 45 67 89, fixed, FR.',
        '"+1 201 553 2447" dials +12015532447: (201) 553-2447, +1 201-553-2447, fixed-or-mobile, US.',
        '"15" dials 15: an emergency number.',
        '"1002" dials 1002: agent Bob Durand.',
        '"800" dials 800: entry point Main number.',
        '"3008" dials 3008: a short code.',
        '"+11234567890" dials +11234567890: 1234567890, +1 1234567890, US, not in any known numbering plan.',
    ]


def test_a_number_that_would_be_refused_is_exit_code_1_and_says_why_in_the_words_of_the_dial_box() -> None:
    done = ari_controller("number", "--region", "FR", "01 23 45 67 89", "12", "+49 30 12345 ext 6")

    assert done.code == 1
    assert done.out.splitlines()[1:] == [
        '"12" is not dialled (too-short). It is too short: a number has 3 to 18 characters.',
        '"+49 30 12345 ext 6" is not dialled (refuse-country). Numbers in DE are not called from this site: ask your administrator if you '
        "need to call one. Check it: letters or signs between digits were dropped, and the digits on both sides now stand together.",
    ]


def test_numbers_come_from_standard_input_one_a_line_and_go_out_as_json_one_a_line() -> None:
    done = ari_controller("number", "--region", "GB", "--json", "-", typed="020 7946 0018\n\n1471\n")

    told = [json.loads(line) for line in done.out.splitlines()]
    assert [(number["typed"], number["kept"], number["kind"], number["allowed"]) for number in told] == [
        ("020 7946 0018", "02079460018", "outside", True),
        ("", "", "none", False),
        ("1471", "1471", "short-code", False),
    ]
    assert told[0]["e164"] == "+442079460018"
    assert (done.code, done.err) == (1, "")


def test_bytes_that_are_no_text_are_told_as_such_and_stop_nothing() -> None:
    stdin = io.TextIOWrapper(io.BytesIO(b"\xff01 23 45 67 89\n"), encoding="utf-8")
    with mock.patch.object(sys, "stdin", stdin):
        assert main(["number", "--region", "FR", "-", "\udcff 15"]) == 0


def test_a_region_takes_the_place_of_the_sites() -> None:
    done = ari_controller("number", "-c", DEMO, "--region", "US", "(201) 553-2447")

    assert (done.code, "dials +12015532447" in done.out) == (0, True)


def test_a_long_or_unprintable_text_is_told_in_part() -> None:
    done = ari_controller("number", "--region", "FR", "9" * 10_000, "\x1b[31m")

    assert done.code == 1
    assert "\x1b" not in done.out
    assert max(len(line) for line in done.out.splitlines()) < 300


@pytest.mark.parametrize(("region", "said"), [("UK", "did you mean 'GB'?"), ("fr", "write the two letters of ISO 3166-1")])
def test_a_region_that_is_none_is_bad_usage(region: str, said: str) -> None:
    done = ari_controller("number", "--region", region, "1")

    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_without_a_site_file_and_a_region_nobody_knows_what_a_number_means(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    done = ari_controller("number", "0123456789")

    assert (done.code, done.err) == (2, "Say whose numbers these are: give a site file with -c, or a country with --region FR.\n")


def test_a_site_file_of_this_folder_need_not_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "site.toml").write_text("[site]\nregion = 'XX'\n")
    monkeypatch.chdir(tmp_path)

    done = ari_controller("number", "0123456789")

    assert done.code == 2
    assert "site.toml can't be used" in done.err
    assert "there is no country 'XX'" in done.err
