"""What the dial box asks and is told."""

from dataclasses import replace
from typing import Any

import pytest

from controller.dialling.rules import DiallingRules
from controller.floor.outcome import SiteReloaded
from tests.edges.desktop_world import Desktop, World, directory


async def preview(desktop: Desktop, typed: str) -> dict[str, Any]:
    reply = await desktop.ask("POST", "/number/preview", json={"typed": typed})
    assert reply.status == 200, reply.text
    return dict(reply.json)


async def test_a_number_of_the_sites_country_is_shown_in_every_form_before_the_call(alice: Desktop) -> None:
    assert await preview(alice, "Tél. : 01 23 45 67 89") == {
        "kept": ":0123456789",
        "dial": "+33123456789",
        "e164": "+33123456789",
        "national": "01 23 45 67 89",
        "international": "+33 1 23 45 67 89",
        "region": "FR",
        "kind": "outside",
        "type": "fixed",
        "verified": True,
        "allowed": True,
    }


async def test_a_number_that_is_none_says_why_and_what_to_do(alice: Desktop) -> None:
    assert await preview(alice, "12") == {
        "kept": "12",
        "kind": "none",
        "verified": False,
        "allowed": False,
        "code": "too-short",
        "because": "It is too short: a number has 3 to 18 characters.",
    }


async def test_a_number_that_the_site_does_not_allow_is_shown_and_refused(alice: Desktop) -> None:
    told = await preview(alice, "+1 201 553 2447")

    assert (told["kind"], told["allowed"], told["code"], told["region"]) == ("outside", False, "refuse-country", "US")
    assert told["because"].endswith("ask your administrator if you need to call one.")


async def test_the_number_of_a_colleague_or_an_entry_point_says_whose_it_is(alice: Desktop) -> None:
    bob, main = await preview(alice, "1002"), await preview(alice, "800")

    assert (bob["kind"], bob["id"], bob["name"]) == ("agent", "bob", "Bob Durand")
    assert (main["kind"], main["id"], main["name"]) == ("entry_point", "main", "Main")


async def test_digits_that_have_run_together_are_a_warning(alice: Desktop) -> None:
    assert (await preview(alice, "01 23 45 67 8 ou 9"))["warning"] == "digits-joined"
    assert "warning" not in await preview(alice, "01 23 45 67 89")


async def test_an_emergency_number_of_two_digits_is_dialled(alice: Desktop) -> None:
    told = await preview(alice, "15")

    assert (told["kind"], told["dial"], told["allowed"]) == ("emergency", "15", True)


@pytest.mark.parametrize("typed", ["", "📞" * 2500, "0,01" * 2500, "+", "0" * 60_000, "\u202e\x00"])
async def test_whatever_is_pasted_gets_an_answer(alice: Desktop, typed: str) -> None:
    told = await preview(alice, typed)

    assert told["allowed"] is False
    assert told["because"].endswith(".")


@pytest.mark.parametrize(
    ("body", "code"),
    [({}, "bad-body"), ({"typed": 33123456789}, "bad-body"), ({"typed": "1", "x": 1}, "bad-body"), ({"typed": None}, "bad-body")],
)
async def test_a_body_that_is_no_text_is_a_problem(alice: Desktop, body: dict[str, object], code: str) -> None:
    reply = await alice.ask("POST", "/number/preview", json=body)

    assert (reply.status, reply.code) == (422, code)


async def test_a_site_file_that_is_read_again_changes_what_may_be_dialled(world: World, alice: Desktop) -> None:
    assert (await preview(alice, "+1 201 553 2447"))["allowed"] is False

    world.inbox.take(SiteReloaded(directory=replace(directory(), dialling=DiallingRules(allowed_regions=("FR", "US")))))

    assert (await preview(alice, "+1 201 553 2447"))["allowed"] is True
