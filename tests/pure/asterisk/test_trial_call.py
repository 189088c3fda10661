"""What a test call means that was seen on its way through the dialplan."""

import pytest

from controller.asterisk.preflight import Result
from controller.asterisk.resources import Channel
from controller.asterisk.resync import compare, is_test_call
from controller.asterisk.seen import Seen
from controller.asterisk.trial_call import End, Step, Way, finding_of, wrong_words
from tests.pure.directory.site_text import SITE, read

DIRECTORY = read(SITE).directory
NUMBER = next(iter(DIRECTORY.entry_points.values())).numbers[0]


def step(application: str, words: str = "") -> Step:
    return Step(context="from-trunk", extension=NUMBER, application=application, words=words)


def said(way: Way) -> tuple[Result, str]:
    found = finding_of(way, NUMBER, "from-trunk", "controller", DIRECTORY)
    assert found.check == f"call {NUMBER}"
    return found.result, found.sentence


def arrived(words: str, *, is_attached: bool = True) -> tuple[Result, str]:
    return said(Way(end=End.STASIS, steps=(step("Stasis", words),), is_attached=is_attached, seconds=0.012))


def test_a_number_that_leads_to_an_entry_point_is_told_with_its_queue() -> None:
    result, sentence = arrived(f"controller,customer,{NUMBER}")

    assert result is Result.OK
    assert sentence.startswith(
        f"{NUMBER} in [from-trunk] reaches the controller after 12 ms as a customer's call for {NUMBER}: entry point "
    )


def test_a_number_in_another_way_of_writing_is_the_same_number() -> None:
    assert "+33123456789" in next(iter(DIRECTORY.entry_points.values())).numbers

    assert arrived("controller,customer,0123456789")[0] is Result.OK


@pytest.mark.parametrize(
    ("words", "result", "sentence"),
    [
        ("controller,customer,4711", Result.WARNING, "for '4711', which is no entry point's number"),
        ("controller,agent,1002,1001", Result.OK, "as a number that an agent has dialled: 1002"),
        ("controller", Result.FAILED, "without the words that it needs: Stasis(controller,customer,${EXTEN})"),
        ("controller,customer", Result.FAILED, "without the words that it needs"),
        (f"other,customer,{NUMBER}", Result.FAILED, "leads to the application 'other', and the site file has app = 'controller'"),
    ],
)
def test_what_the_dialplan_tells_the_controller_decides(words: str, result: Result, sentence: str) -> None:
    found = arrived(words)

    assert found[0] is result
    assert sentence in found[1]


def test_that_no_controller_is_connected_is_a_warning() -> None:
    assert arrived(f"controller,customer,{NUMBER}", is_attached=False)[0] is Result.WARNING


@pytest.mark.parametrize(
    ("way", "sentence"),
    [
        (Way(end=End.ELSEWHERE, steps=(step("Dial", "PJSIP/7"),)), "leads to Dial(PJSIP/7) in [from-trunk]"),
        (Way(end=End.NO_EXTENSION), f"there is no extension {NUMBER} in [from-trunk]"),
        (Way(end=End.NOT_DONE), "its log says why"),
        (Way(end=End.REFUSED, steps=(step("Busy"),), q850=17), "(cause 17, busy)"),
        (Way(end=End.REFUSED, steps=(step("Hangup", "99"),), q850=99), "(cause 99)"),
        (Way(end=End.REFUSED, steps=(step("NoOp"),)), "(no cause)"),
        (Way(end=End.STILL_THERE, steps=tuple(step("Wait", str(i)) for i in range(9))), "did not reach the controller in 10 s"),
    ],
)
def test_a_call_that_does_not_reach_the_controller_has_failed_and_its_way_is_told(way: Way, sentence: str) -> None:
    result, told = said(way)

    assert result is Result.FAILED
    assert sentence in told
    assert (". Its way: " in told) == bool(way.steps)
    assert told.count("Wait(") <= 6


def test_a_call_that_could_not_be_taken_back_is_told_with_how_to_end_it() -> None:
    way = Way(
        end=End.STASIS, steps=(step("Stasis", f"controller,customer,{NUMBER}"),), is_attached=True, left=("ari-controller-check-1-1",)
    )

    result, sentence = said(way)

    assert result is Result.FAILED
    assert "channel request hangup ari-controller-check-1-1" in sentence


def test_what_could_be_more_than_a_number_is_not_dialled() -> None:
    assert list(wrong_words("0123", "from-trunk")) == []
    assert len(list(wrong_words("0123@x/n", "a b"))) == 2


def channel(**other: object) -> Channel:
    words = {"app_name": "Stasis", "app_data": "controller,customer,800"}
    return Channel.model_validate({"id": "1.2", "name": "PJSIP/2001-1", "state": "Ring", "dialplan": words, **other})


def test_only_a_client_of_ari_or_the_dialplan_can_make_a_call_a_test_call() -> None:
    name = {"name": "ari-controller-check-12", "number": ""}

    assert is_test_call(channel(id="ari-controller-check-12-2", name="Local/800@x-1;2"))
    assert is_test_call(channel(name="Local/800@x-2;2", caller=name))
    assert not is_test_call(channel(caller=name)), "a telephone may call itself anything"


def test_a_test_call_that_is_there_when_a_controller_comes_is_no_customer() -> None:
    there = channel(id="ari-controller-check-12-2", name="Local/800@x-1;2", app="controller", app_data="")

    found = compare(Seen(), [there, channel()], [], app="controller", layouts=[])

    assert found.strays == ["ari-controller-check-12-2"]
    assert [one.id for one, _ in found.customers] == ["1.2"]
