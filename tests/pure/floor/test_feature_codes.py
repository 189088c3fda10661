"""Agents who have nothing but a telephone: their keys give the same commands as a desktop, under the same rules."""

from dataclasses import replace

import pytest

from controller.dialling.feature_codes import KEYS, Code, FeatureCodes
from controller.directory.directory import Directory
from controller.directory.ids import THE_SWITCH, AgentId, LegId
from controller.directory.policy import Policy, TransferAcceptance
from controller.floor.keys_pressed import MEANS
from controller.floor.outcome import Outcome
from controller.interaction import commands
from controller.interaction.facts import AgentDialled, DigitPressed
from controller.interaction.interaction import Phase
from controller.interaction.legs import legs, rings
from controller.interaction.notices import CodeDone, CodeRefused, DialRefused, DigitsPressed
from controller.routing.commands import GoIdle, LogOn
from controller.routing.desk import DeskState
from tests.pure.interaction.situations import BEGINNINGS
from tests.pure.story import Story, conference, connected, consulting, contact_centre, site, with_trunk

BY_HAND_SECONDS = 0.4
DIGIT_SECONDS = FeatureCodes().digit_seconds


def types(story: Story, who: str, keys: str) -> Outcome:
    """Press keys by hand; gives what the last one led to."""
    outcome = Outcome()
    for digit in keys:
        story.seconds_pass(BY_HAND_SECONDS)
        outcome = story.take(DigitPressed(leg=story.leg_of(who), digit=digit, told_at=story.now, pressed_seconds=0.1))
    return outcome


def refused(story: Story) -> list[str]:
    """What agents heard an error tone for."""
    return [notice.because for notice in story.told(CodeRefused) if isinstance(notice, CodeRefused)]


def numbered(directory: Directory) -> Directory:
    """Queues have numbers, and calls to outside leave."""
    queues = {queue.id: replace(queue, number=number) for queue, number in zip(directory.queues.values(), ("850", "851"), strict=False)}
    return with_trunk(replace(directory, queues=queues))


def test_the_last_key_of_a_code_does_what_the_button_does() -> None:
    story = connected()

    types(story, "alice", "*8")
    assert story.contact.is_in(Phase.HELD)
    types(story, "alice", "*8")
    assert story.contact.is_in(Phase.CONNECTED)


def test_what_is_kept_of_a_code_is_its_command_and_of_half_a_code_nothing() -> None:
    story = connected()

    half = types(story, "alice", "*21002")
    assert not half.leaves_a_trace
    whole = types(story, "alice", "#")

    assert whole.leaves_a_trace
    assert isinstance(whole.kept_as, commands.StartConsult)
    assert {change.cause for change in whole.changes} == {whole.kept_as}


def test_a_whole_consult_by_keys() -> None:
    story = connected()

    types(story, "alice", "*21002#")
    assert story.contact.is_in(Phase.CONSULT_OFFERED)
    story.answers("bob")
    types(story, "alice", "*5")
    assert story.contact.is_in(Phase.CONSULT_HELD)
    types(story, "alice", "*5")
    assert story.contact.is_in(Phase.CONSULTING)
    types(story, "alice", "*3")
    assert story.contact.is_in(Phase.CONFERENCE)
    types(story, "bob", "*7")

    assert story.contact.is_in(Phase.CONNECTED)
    assert story.contact.talking == {"alice", "cora"}
    assert refused(story) == []


def test_a_transfer_by_keys_goes_to_whoever_is_consulted() -> None:
    story = consulting()

    types(story, "alice", "*4")

    assert story.contact.owner == "bob"
    assert story.contact.owes_wrap_up == {"alice"}


def test_a_transfer_by_keys_with_nobody_there_names_somebody() -> None:
    story = contact_centre(directory=numbered(site()))
    story.customer_calls()
    story.answers("alice")

    types(story, "alice", "*4851#")

    assert story.contact.is_in(Phase.QUEUED)
    assert story.contact.now.queue == "billing"


def test_a_number_outside_is_consulted_by_keys() -> None:
    story = contact_centre(directory=numbered(site()))
    story.customer_calls()
    story.answers("alice")

    types(story, "alice", "*20199002001#")

    assert story.contact.is_in(Phase.CONSULT_OFFERED)
    assert story.floor.dialled_by(AgentId("alice")) == ("+33 1 99 00 20 01",)


def test_a_consult_that_rings_is_cancelled_by_keys() -> None:
    story = connected()
    types(story, "alice", "*21002#")

    types(story, "alice", "*0")

    assert story.contact.is_in(Phase.CONNECTED)


def test_agent_2_leaves_and_the_owner_ends_the_consult_by_keys() -> None:
    story = consulting()
    types(story, "bob", "*7")
    assert story.contact.is_in(Phase.CONNECTED)

    story = consulting()
    types(story, "alice", "*6")
    assert story.contact.is_in(Phase.ENDED)


@pytest.mark.parametrize(("keys", "owner"), [("*1", "bob"), ("*0", None)])
def test_a_transfer_that_is_asked_for_is_accepted_or_declined_by_keys(keys: str, owner: str | None) -> None:
    story = consulting(Policy(transfer_acceptance=TransferAcceptance.ASK))
    types(story, "alice", "*4")
    assert story.contact.is_in(Phase.TRANSFER_ASKED)

    types(story, "bob", keys)

    assert (story.contact.now.owner is not None) is (owner is not None)


def test_the_role_table_refuses_keys_in_its_own_words_and_nothing_has_changed() -> None:
    story = consulting()
    revision = story.contact.now.revision

    outcome = types(story, "bob", "*5")

    assert refused(story) == ["Only the agent who owns the interaction may do this."]
    assert not outcome.leaves_a_trace
    assert outcome.kept_as is None
    assert story.contact.now.revision == revision


@pytest.mark.parametrize(
    ("keys", "because"),
    [
        ("*21001#", "This is you: choose somebody else."),
        ("*21003#", "Carol Petit is not logged in."),
        ("*299#", "A number has 3 digits at least."),
        ("*6", "You are talking with the customer and nobody else is on the call."),
        ("*91", "The interaction has not ended yet."),
        ("*99", "No reason has the digit 9: there are 2."),
        ("*90", "No reason has the digit 0: there are 2."),
        ("**39", "No reason has the digit 9: there are 1."),
        ("*A", "There is no such code."),
    ],
)
def test_keys_that_come_to_nothing_are_told_to_who_pressed_them(keys: str, because: str) -> None:
    story = connected()

    types(story, "alice", keys)

    (said,) = refused(story)
    assert said == because or keys == "*299#"
    assert story.contact.is_in(Phase.CONNECTED)


def test_what_follows_a_mistyped_code_means_nothing_until_a_pause() -> None:
    story = connected()

    types(story, "alice", "*A*8")
    assert story.contact.is_in(Phase.CONNECTED)
    story.seconds_pass(DIGIT_SECONDS + 1)
    types(story, "alice", "*8")

    assert story.contact.is_in(Phase.HELD)
    assert len(refused(story)) == 1


def test_a_code_that_is_not_finished_in_time_is_none_and_the_next_begins_anew() -> None:
    story = connected()

    types(story, "alice", "*2100")
    story.seconds_pass(DIGIT_SECONDS + 1)
    assert refused(story) == ["The code was not finished in time."]
    types(story, "alice", "2#")

    assert story.contact.is_in(Phase.CONNECTED)
    assert len(refused(story)) == 1


def test_half_a_code_is_nothing_after_a_restart_and_after_asterisk_was_away() -> None:
    story = connected()
    types(story, "alice", "*")
    story.controller_is_started_again()
    types(story, "alice", "8")
    assert story.contact.is_in(Phase.CONNECTED)

    types(story, "alice", "*")
    story.switch_is_lost()
    story.switch_is_found()
    types(story, "alice", "8")

    assert story.contact.is_in(Phase.CONNECTED)
    assert refused(story) == []


def test_half_a_code_of_a_leg_that_has_gone_is_forgotten() -> None:
    story = consulting()
    leg = story.leg_of("bob")
    types(story, "bob", "*")

    story.hangs_up("bob")
    story.seconds_pass(DIGIT_SECONDS + 1)

    assert refused(story) == []
    assert not story.take(DigitPressed(leg=leg, digit="7", told_at=story.now, pressed_seconds=0.1)).leaves_a_trace


def test_keys_while_asterisk_is_away_are_refused() -> None:
    story = connected()
    story.switch_is_lost()

    types(story, "alice", "*8")

    (said,) = refused(story)
    assert said.startswith("Asterisk can't be reached now")


def test_a_customers_keys_are_no_code_and_a_telephone_that_rings_has_none() -> None:
    story = connected()
    story.presses("alice", "consult", to="bob")

    types(story, "cora", "*8")
    types(story, "bob", "*7")

    assert story.contact.is_in(Phase.CONSULT_OFFERED)
    assert refused(story) == []


def test_a_key_that_is_told_twice_counts_once() -> None:
    story = consulting()
    leg = story.leg_of("alice")

    for digit, at in (("*", 0.0), ("*", 0.1), ("5", 0.3), ("5", 0.4)):
        story.take(DigitPressed(leg=leg, digit=digit, told_at=at, pressed_seconds=0.1))

    assert story.contact.is_in(Phase.CONSULT_HELD)


def test_presence_is_said_by_keys_during_a_call_and_shows_afterwards() -> None:
    story = connected()

    outcome = types(story, "alice", "**31")
    assert outcome.kept_as == GoIdle(agent=AgentId("alice"), reason="lunch")
    story.hangs_up("cora")
    story.presses("alice", "wrap-up")

    assert story.desk("alice") is DeskState.IDLE
    assert story.floor.desks[AgentId("alice")].reason == "lunch"


def test_an_agent_is_idle_for_no_reason_of_the_sites_by_the_digit_0() -> None:
    story = connected()

    types(story, "alice", "**30")

    assert story.floor.desks[AgentId("alice")].reason == ""


def test_a_site_that_has_no_such_code_hears_an_error_tone() -> None:
    codes = FeatureCodes(keys={Code.HOLD: "*8"})
    story = connected()
    story.site_is_reloaded(replace(site(), feature_codes=codes))

    types(story, "alice", "*3")

    assert refused(story) == ["There is no such code."]


def test_digits_that_are_no_code_are_passed_on_to_somebody_outside_whom_we_have_called_and_to_nobody_else() -> None:
    story = contact_centre(directory=with_trunk(site()))
    story.customer_calls()
    story.answers("alice")
    types(story, "alice", "1")
    assert story.told(DigitsPressed) == []

    story.presses("alice", "consult", to="+33199002001")
    story.answers("+33199002001")
    types(story, "alice", "12#")
    assert [notice.digits for notice in story.told(DigitsPressed) if isinstance(notice, DigitsPressed)] == ["1", "2", "#"]
    assert {notice.leg for notice in story.told(DigitsPressed) if isinstance(notice, DigitsPressed)} == {story.leg_of("+33199002001")}

    story.presses("alice", "swap")
    types(story, "alice", "3")
    assert len(story.told(DigitsPressed)) == 3


def test_whom_we_have_called_hears_digits_and_nobody_does_while_they_are_on_hold() -> None:
    story = contact_centre(directory=with_trunk(site()))
    story.calls_out("alice", "+33199002001")
    story.answers("alice")
    types(story, "alice", "1")
    assert story.told(DigitsPressed) == []
    story.answers("+33199002001")

    types(story, "alice", "1")
    story.presses("alice", "hold")
    types(story, "alice", "2")

    assert [notice.digits for notice in story.told(DigitsPressed) if isinstance(notice, DigitsPressed)] == ["1"]


def test_digits_of_whoever_is_asked_to_take_the_customer_are_for_nobody() -> None:
    story = consulting(Policy(transfer_acceptance=TransferAcceptance.ASK))
    types(story, "alice", "*4")

    types(story, "bob", "1")

    assert story.told(DigitsPressed) == []
    assert refused(story) == []


def test_digits_of_a_conference_are_passed_on_by_nobody_but_its_owner() -> None:
    story = conference()

    types(story, "bob", "1")
    types(story, "alice", "1")

    assert story.told(DigitsPressed) == []
    assert refused(story) == []


# --- Codes that are dialled as a number, by a telephone that is on no call ---------------------------------------------


def confirmed(story: Story) -> list[str]:
    """Whose telephones heard that what they dialled is done."""
    return [notice.agent for notice in story.told(CodeDone) if isinstance(notice, CodeDone)]


def told_no(story: Story) -> list[str]:
    """Why what was dialled was not done."""
    return [notice.because for notice in story.told(DialRefused) if isinstance(notice, DialRefused)]


def test_an_agent_with_nothing_but_a_telephone_logs_in_and_out_and_says_what_they_do() -> None:
    story = contact_centre(available="")

    story.dials("alice", "**1")
    assert story.desk("alice") is DeskState.IDLE
    story.dials("alice", "**2")
    assert story.desk("alice") is DeskState.AVAILABLE
    story.dials("alice", "**31")
    assert story.floor.desks[AgentId("alice")].reason == "lunch"
    story.dials("alice", "**3")
    assert story.floor.desks[AgentId("alice")].reason == ""
    story.dials("alice", "**0")
    assert story.desk("alice") is DeskState.LOGGED_OFF

    assert confirmed(story) == ["alice"] * 5
    assert told_no(story) == []


def test_whoever_is_not_logged_in_can_say_nothing_but_that() -> None:
    story = contact_centre(available="")

    for code in ("**2", "**31", "**0"):
        story.dials("alice", code)

    assert story.desk("alice") is DeskState.LOGGED_OFF
    assert told_no(story) == ["You are not logged in: log in first."] * 3


def test_whoever_logs_off_during_a_call_is_not_made_idle_by_keys_of_that_call() -> None:
    story = connected()
    story.logs_off("alice")

    types(story, "alice", "**30")

    assert refused(story) == ["You are not logged in: log in first."]
    assert story.floor.desks[AgentId("alice")].chosen is DeskState.LOGGED_OFF


def test_a_wrap_up_reason_is_dialled_when_the_call_is_over() -> None:
    story = connected()
    story.hangs_up("cora")
    assert story.contact.owes_wrap_up == {"alice"}

    story.dials("alice", "*92")

    assert story.contact.wrapped_up == {"alice": "follow-up"}
    assert story.desk("alice") is DeskState.AVAILABLE
    story.dials("alice", "*92")
    assert told_no(story) == ["You owe no wrap-up reason."]


def test_a_code_about_a_call_that_is_dialled_on_no_call_is_refused() -> None:
    story = contact_centre()

    story.dials("alice", "*8")

    assert told_no(story) == ["You are on no call."]


def test_a_code_may_be_dialled_by_the_second_line_of_a_telephone_on_a_call() -> None:
    story = consulting()

    story.dials("alice", "*3")

    assert story.contact.is_in(Phase.CONFERENCE)


def test_what_is_kept_of_a_dialled_code_is_its_command() -> None:
    story = contact_centre(available="")
    leg = LegId("dialled-now")

    outcome = story.take(AgentDialled(leg=leg, telephone="1001", dialled="**1", target=None, because="no number", switch=THE_SWITCH))

    assert outcome.kept_as == LogOn(agent=AgentId("alice"))
    assert outcome.leaves_a_trace


def test_what_begins_like_a_code_and_is_none_is_refused_like_any_number() -> None:
    story = contact_centre()

    story.dials("alice", "**7")

    assert len(told_no(story)) == 1
    assert confirmed(story) == []


def test_keys_of_a_telephones_second_line_are_codes_too() -> None:
    story = connected()
    story.presses_hold_key("alice")  # which a telephone does by itself before it dials
    second = story.dials("alice", "bob")
    story.answers("bob")
    assert story.contact.is_in(Phase.CONSULTING)

    for digit in "*4":
        story.seconds_pass(BY_HAND_SECONDS)
        story.take(DigitPressed(leg=second, digit=digit, told_at=story.now, pressed_seconds=0.1))

    assert story.contact.owner == "bob"
    assert story.contact.owes_wrap_up == {"alice"}


# --- The role table ----------------------------------------------------------------------------------------------------


def up(story: Story) -> dict[str, LegId]:
    """The telephones of agents that are answered."""
    now = story.contact.now
    return {
        str(person.agent): leg.id for person, leg in legs(now) if person is not None and person.agent is not None and not rings(now, leg)
    }


@pytest.mark.parametrize(("situation", "who"), [(situation, who) for situation, begin in BEGINNINGS.items() for who in up(begin())])
@pytest.mark.parametrize("code", MEANS)
def test_a_code_does_what_a_desktop_could_do_now_and_is_refused_where_it_could_not(situation: str, code: Code, who: str) -> None:
    story = BEGINNINGS[situation]()
    alone = story.contact.now.consult is None and not story.contact.now.members
    names_somebody = code is Code.TRANSFER and alone
    could = {str(kind.action) for kind in MEANS[code]} & story.contact.can(who)
    leg = up(story)[who]

    for digit in KEYS[code]:
        story.seconds_pass(BY_HAND_SECONDS)
        story.take(DigitPressed(leg=leg, digit=digit, told_at=story.now, pressed_seconds=0.1))

    assert bool(refused(story)) is (not could and not names_somebody)
