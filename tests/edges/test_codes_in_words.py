"""What the sheet of a telephone says about its keys."""

from dataclasses import replace

import pytest

from controller.dialling.feature_codes import KEYS, Code, FeatureCodes
from controller.provisioning.codes_in_words import codes_in_words
from tests.pure.story import site


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_code_of_the_site_is_told_and_reasons_by_their_digits(language: str) -> None:
    told = dict(codes_in_words(site(), "fr" if language == "fr" else "en"))

    assert {pressed.rstrip("…") for pressed in told} == {*KEYS.values(), "*91", "*92", "**31"}
    assert (told["*91"], told["*92"], told["**31"]) == ("Resolved", "Follow-Up", "Lunch")
    assert told["*2…"].endswith("#")


def test_a_code_that_the_site_has_not_is_not_told() -> None:
    directory = replace(site(), feature_codes=FeatureCodes(keys={Code.HOLD: "*88"}))

    assert list(codes_in_words(directory, "en")) == [("*88", "Customer on hold; again: off hold")]
