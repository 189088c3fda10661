"""The scripted call's pure parts: its lines, summary and exit code, what it calls heard, and the form of its script."""

import json
from collections.abc import Sequence

from scripted_call.calls import SCRIPT
from scripted_call.findings import Finding, Layout, Outcome, as_json, exit_code, summary
from scripted_call.play import in_words, play
from scripted_call.script import CallBroken, NotAsExpected, Part, Rule, ScriptedCall
from scripted_call.sights import NOBODY, SOUND, first_after_the_last_person, what_is_heard
from scripted_call.stage import Stage
from tests.phones import HeardPacket

HELD = Finding(number=1, call="A call", rule="Three hear three", outcome=Outcome.HELD, seen="bob: alice")
DIFFERENT = Finding(
    number=12, call="A call", rule="Agent 2 may not swap", outcome=Outcome.NOT_AS_EXPECTED, seen="200: it was done", expected="403"
)
UNTRIED = Finding(number=13, call="A call", rule="Nothing is left", outcome=Outcome.NOT_TRIED)


def packets(*tones: Sequence[str]) -> list[HeardPacket]:
    """One packet for each, 20 ms apart; the last came at 0.0."""
    return [HeardPacket((n + 1 - len(tones)) * 0.02, frozenset(each), n, n * 160, 1) for n, each in enumerate(tones)]


# --- Lines, summary, exit code -----------------------------------------------------------------------------------------


def test_the_outcomes_of_all_rules_stand_below_one_another() -> None:
    layout = Layout(rule_width=30, colour=False)
    assert layout.line(HELD).index("ok") == layout.line(DIFFERENT).index("NOT AS EXPECTED (expected 403)")
    assert layout.line(HELD).startswith("  1  Three hear three")


def test_a_line_has_colour_only_where_it_is_wanted() -> None:
    assert "\033[32mok\033[0m" in Layout(rule_width=30, colour=True).line(HELD)
    assert "\033" not in Layout(rule_width=30, colour=False).line(DIFFERENT)


def test_the_summary_counts_the_rules_that_held_and_those_that_did_not() -> None:
    assert summary([HELD, HELD], 24.84) == "2 rules held, 0 did not (24.8 s)"
    assert summary([HELD, DIFFERENT, UNTRIED], 3.0) == "1 rules held, 1 did not, 1 not tried (3.0 s)"


def test_only_rules_that_all_held_make_a_success() -> None:
    assert exit_code([HELD, HELD]) == 0
    assert exit_code([HELD, DIFFERENT]) == 1
    assert exit_code([HELD, UNTRIED]) == 1
    assert exit_code([]) == 1


def test_json_tells_the_same() -> None:
    told = json.loads(as_json([HELD, DIFFERENT], 2.0))
    assert (told["held"], told["not_as_expected"], told["not_tried"]) == (1, 1, 0)
    assert told["rules"][1] == {
        "number": 12,
        "call": "A call",
        "rule": "Agent 2 may not swap",
        "outcome": "not as expected",
        "seen": "200: it was done",
        "expected": "403",
    }


def test_what_is_seen_twice_is_told_once() -> None:
    assert in_words(["bob: rings", "", "customer: music", "bob: rings"]) == "bob: rings · customer: music"


# --- What is heard -----------------------------------------------------------------------------------------------------


def test_a_steady_tone_is_its_person() -> None:
    assert what_is_heard(packets(*[["alice"]] * 8), -1.0, 0.01) == "alice"
    assert what_is_heard(packets(*[["bob", "alice"]] * 8), -1.0, 0.01) == "alice+bob"


def test_a_sound_that_is_nobodys_tone_is_told_though_it_pauses() -> None:
    assert what_is_heard(packets(*[["other"]] * 5, *[[]] * 20), -1.0, 0.01) == SOUND


def test_the_sound_before_a_person_spoke_does_not_count() -> None:
    assert what_is_heard(packets(*[["other"]] * 9, ["alice"], *[[]] * 8), -1.0, 0.01) == NOBODY


def test_one_packet_of_a_person_is_no_music() -> None:
    assert what_is_heard(packets(*[["other"]] * 9, ["alice"], ["other"]), -1.0, 0.01) not in (SOUND, "alice")


def test_no_packet_for_a_while_is_nobody() -> None:
    assert what_is_heard(packets(*[["alice"]] * 8), -1.0, 0.2) == NOBODY
    assert what_is_heard([], -1.0, 0.0) == NOBODY


def test_the_music_begins_after_the_last_packet_of_a_person() -> None:
    heard = packets(["alice"], [], ["alice"], [], ["other"])
    assert first_after_the_last_person(heard) is heard[3]
    assert first_after_the_last_person(heard[:3]) is None


# --- The script --------------------------------------------------------------------------------------------------------


def test_every_rule_has_a_short_sentence_and_shows_something() -> None:
    for call in SCRIPT:
        for rule in call.rules:
            assert rule.parts, rule.sentence
            assert len(rule.sentence) <= 70, rule.sentence


class EmptyStage(Stage):
    """Nobody to bring anywhere."""

    def __init__(self) -> None:
        pass

    async def clear(self) -> str:
        return ""


async def well(on: Stage) -> str:
    return "well"


def different(seen: str) -> Part:
    async def part(on: Stage) -> str:
        raise NotAsExpected(expected="else", seen=seen)

    return part


async def broken(on: Stage) -> str:
    raise CallBroken(expected="200", seen="409 not-now")


async def test_a_rule_that_does_not_hold_stops_nothing() -> None:
    findings = await play(
        [ScriptedCall("A call", Rule("first", different("that"), well), Rule("second", well))], EmptyStage(), lambda finding: None
    )
    assert [(finding.outcome, finding.seen) for finding in findings] == [(Outcome.NOT_AS_EXPECTED, "that · well"), (Outcome.HELD, "well")]


async def test_the_rest_of_a_broken_call_is_not_tried_and_the_next_call_is() -> None:
    calls = [ScriptedCall("A call", Rule("first", broken, well), Rule("second", well)), ScriptedCall("Another", Rule("third", well))]
    told: list[Finding] = []
    findings = await play(calls, EmptyStage(), told.append)
    assert [finding.outcome for finding in findings] == [Outcome.NOT_AS_EXPECTED, Outcome.NOT_TRIED, Outcome.HELD]
    assert [finding.number for finding in findings] == [1, 2, 3]
    assert told == findings
