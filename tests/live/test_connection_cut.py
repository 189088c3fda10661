"""The line between the controller and Asterisk is cut in the middle of a call: people go on talking, and nothing is promised meanwhile."""

import time
from collections.abc import Mapping
from typing import NamedTuple

import pytest

from tests.live.fragile import BACK_SECONDS_MAX, NOTICED_SECONDS_MAX, FragileScene

AWAY_SECONDS = 0.6

Hears = Mapping[str, set[str]]

TALK: Hears = {"customer": {"alice"}, "alice": {"customer"}}
MUSIC: Hears = {"customer": {"music"}}
CONSULT: Hears = {"alice": {"bob"}, "bob": {"alice"}, "customer": {"music"}}
CONSULT_HELD: Hears = {"alice": {"customer"}, "customer": {"alice"}, "bob": {"music"}}
CONFERENCE: Hears = {"alice": {"bob", "customer"}, "bob": {"alice", "customer"}, "customer": {"alice", "bob"}}


class Case(NamedTuple):
    """A phase, what is heard in it, a command that works in it, and what is heard after that."""

    phase: str
    hears: Hears
    action: str
    hears_then: Hears


CASES = (
    Case("connected", TALK, "hold", MUSIC),
    Case("held", MUSIC, "resume", TALK),
    Case("consult_offered", MUSIC, "cancel-consult", TALK),
    Case("consulting", CONSULT, "resume", CONSULT_HELD),
    Case("consult_held", CONSULT_HELD, "swap", CONSULT),
    Case("conference", CONFERENCE, "leave-conference", {"customer": {"bob"}, "bob": {"customer"}}),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.phase)
async def test_calls_go_on_while_the_line_is_cut_and_commands_work_again_after_it(fragile: FragileScene, case: Case) -> None:
    interaction = await getattr(fragile, case.phase)()
    await fragile.hear(case.hears)

    cut_at = await fragile.cut()
    await fragile.is_refused_while_away("alice", case.action, interaction)
    await fragile.sounds_untouched(case.hears, seconds=AWAY_SECONDS, since=cut_at)

    await fragile.mend()
    await fragile.sounds_untouched(case.hears, seconds=AWAY_SECONDS, since=cut_at)
    assert (await fragile.alice.interaction(interaction))["phase"] == case.phase
    await fragile.alice.does(case.action, interaction)
    await fragile.hear(case.hears_then, seconds_max=BACK_SECONDS_MAX)


async def test_a_line_that_falls_silent_is_noticed_and_what_was_asked_meanwhile_is_done(fragile: FragileScene) -> None:
    interaction = await fragile.connected()
    silent_at = time.time()
    fragile.line.fall_silent()

    await fragile.alice.does("hold", interaction)
    await fragile.hear(MUSIC, seconds_max=NOTICED_SECONDS_MAX)

    assert time.time() - silent_at <= NOTICED_SECONDS_MAX
    await fragile.alice.does("resume", interaction)
    await fragile.hear(TALK, seconds_max=BACK_SECONDS_MAX)


async def test_a_reason_can_be_given_while_asterisk_is_away(fragile: FragileScene) -> None:
    interaction = await fragile.connected()
    await fragile.customer.hang_up()
    await fragile.owes_wrap_up("alice", interaction)

    await fragile.cut()
    await fragile.alice.does("wrap-up", interaction, reason="resolved")

    await fragile.owes_nothing("alice")
