"""Every call that is over counts once, by who or what ended it."""

from collections.abc import Callable

import pytest

from controller.directory.policy import EndConsult, Policy
from controller.directory.replace import replace
from controller.floor.outcome import Input, Outcome
from controller.interaction.facts import EndCause
from controller.routing.commands import LogOff
from controller.telemetry.end_reasons import EndReason, end_reason
from tests.pure.interaction.situations import OUTSIDE, dialling, handed_out
from tests.pure.story import Story, connected, consulting, contact_centre, site

CORA = "cora:+33199002002"


def queued() -> Story:
    """Cora waits, and nobody is free."""
    story = contact_centre(available="carol")
    story.customer_calls()
    return story


def offered() -> Story:
    story = contact_centre()
    story.customer_calls()
    return story


def own_phone_rings() -> Story:
    story = contact_centre()
    story.calls_out("alice", CORA)
    return story


def nobody_serves_it(story: Story) -> None:
    directory = site()
    queues = {queue.id: replace(queue, agents=()) for queue in directory.queues.values()}
    story.site_is_reloaded(replace(directory, queues=queues))


ENDS: list[tuple[str, Callable[[], Story], Callable[[Story], object], EndReason]] = [
    ("the customer hangs up", connected, lambda s: s.hangs_up("cora"), EndReason.CUSTOMER),
    ("the customer hangs up on hold", consulting, lambda s: s.hangs_up("cora"), EndReason.CUSTOMER),
    ("the customer hangs up in the line", queued, lambda s: s.hangs_up("cora"), EndReason.ABANDONED),
    ("the customer hangs up while it rings", offered, lambda s: s.hangs_up("cora"), EndReason.ABANDONED),
    ("the owner hangs up", connected, lambda s: s.hangs_up("alice"), EndReason.AGENT),
    ("the owner presses end", connected, lambda s: s.presses("alice", "end"), EndReason.AGENT),
    ("the owner ends the consult", consulting, lambda s: s.presses("alice", "end-consult"), EndReason.AGENT),
    ("a supervisor presses end", connected, lambda s: s.presses("sam", "end"), EndReason.SUPERVISOR),
    ("the customer is lost", connected, lambda s: s.hangs_up("cora", EndCause.FAILED), EndReason.LOST),
    ("somebody outside hangs up", handed_out, lambda s: s.hangs_up(OUTSIDE), EndReason.OUTSIDE),
    ("people outside have had the customer for long", handed_out, lambda s: s.seconds_pass(86_400), EndReason.TIME_LIMIT),
    ("nobody serves the queue any more", queued, nobody_serves_it, EndReason.TURNED_BACK),
    ("the called one is busy", dialling, lambda s: s.hangs_up("cora", EndCause.BUSY), EndReason.NOT_REACHED),
    ("the called one lets it ring", dialling, lambda s: s.seconds_pass(300), EndReason.NOT_REACHED),
    ("the caller's own telephone is declined", own_phone_rings, lambda s: s.hangs_up("alice", EndCause.DECLINED), EndReason.NOT_REACHED),
    ("the caller gives up", dialling, lambda s: s.hangs_up("alice"), EndReason.AGENT),
    ("the caller ends it", dialling, lambda s: s.presses("alice", "end"), EndReason.AGENT),
]


class Heard:
    """Counts what every input of a story has ended."""

    def __init__(self, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reasons: list[EndReason] = []
        take = story.take

        def taken(what: Input) -> Outcome:
            outcome = take(what)
            found = (end_reason(change, outcome.notices) for change in outcome.changes)
            self.reasons += [reason for reason in found if reason is not None]
            return outcome

        monkeypatch.setattr(story, "take", taken)


@pytest.mark.parametrize(("begin", "happens", "reason"), [row[1:] for row in ENDS], ids=[row[0] for row in ENDS])
def test_a_call_is_over_for_one_reason(
    begin: Callable[[], Story], happens: Callable[[Story], object], reason: EndReason, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = begin()
    heard = Heard(story, monkeypatch)

    happens(story)
    story.seconds_pass(3_600)  # wrap-ups that are owed are over as well, and end nothing

    assert heard.reasons == [reason]


def test_a_consult_that_ends_and_gives_the_customer_back_has_ended_no_call(monkeypatch: pytest.MonkeyPatch) -> None:
    story = consulting(Policy(end_consult=EndConsult.RETURN_TO_CUSTOMER))
    heard = Heard(story, monkeypatch)

    story.presses("alice", "end-consult")
    story.says("carol", LogOff)

    assert heard.reasons == []
