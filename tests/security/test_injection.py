"""What callers and agents write reaches Asterisk as values and never as anything else: no other endpoint, context, variable or request."""

import re

import pytest
from structlog.testing import capture_logs

from controller.asterisk import reconcile, retry
from controller.asterisk.events import StasisStart, parse
from controller.asterisk.resources import CALLER_LETTERS_MAX
from controller.directory.ids import AgentId
from controller.interaction.commands import SendDigits
from controller.interaction.refusals import Refused
from controller.routing.desk import DeskState
from tests.security.scripted_asterisk import Centre, centre

CUSTOMER, ALICE = "1700000000.1", AgentId("alice")
NASTY = {
    "another argument": "800,evil",
    "a function": "${SHELL(touch /tmp/evil)}",
    "an expression": "$[1 + 1]",
    "another channel": "1001&SIP/x",
    "another header": "Cora\r\nX-Evil: 1",
    "another line": "Cora\nCora",
    "quotes": '"Cora" <sip:evil@example.com>',
    "the end of a quotation": 'Cora\\" <sip:evil@example.com>;x="',
    "a pipe": "Cora|evil",
    "a path": "../../channels/1/../../x",
    "JSON": '","endpoint":"PJSIP/evil',
    "much": "N" * 500,
    "very much": '"' * 60_000,
    "nothing": "",
    "NUL": "Cora\x00evil",
    "right to left": "Cora\u202eevil",
    "letters of all kinds": "Zoë 李 \U0001f600 ",
}
SIGNS = {name: text for name, text in NASTY.items() if text}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "PROOF_SECONDS_MAX", 0.05)
    monkeypatch.setattr(reconcile, "FIRST_MUSIC_SECONDS", 0.0)


async def rung_for(here: Centre, text: str) -> dict[str, object]:
    """Somebody who calls themselves this is offered to Alice: what Asterisk is asked for her telephone."""
    await here.available("alice")
    here.asterisk.customer_calls(CUSTOMER, name=text, number=text)
    await here.until(lambda: here.loop.floor.desks[ALICE].state is DeskState.OFFERED)
    await here.until(lambda: any(what == "POST channels/create" for what, _ in here.asterisk.asked))
    return next(sent for what, sent in here.asterisk.asked if what == "POST channels/create")


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
async def test_a_callers_name_and_number_are_values_of_two_variables_and_nothing_else(text: str) -> None:
    async with centre() as here:
        asked = await rung_for(here, text)

        shown = "".join(letter if letter.isprintable() else " " for letter in text[:CALLER_LETTERS_MAX])
        variables = asked.pop("variables")
        name = re.sub(r"\\(.)", r"\1", shown)  # as it is meant: within quotes SIP writes a backslash before some letters
        fixed = {"CHANNEL(musicclass)": "default", "TRANSFER_CONTEXT": "ari-controller-transfers"}
        assert variables == {"CONNECTEDLINE(num,i)": shown, "CONNECTEDLINE(name,i)": name, **fixed}
        assert (asked["endpoint"], asked["app"]) == ("PJSIP/1001", "controller")
        assert set(asked) == {"endpoint", "app", "channelId"}


@pytest.mark.parametrize("text", SIGNS.values(), ids=SIGNS.keys())
async def test_no_other_request_carries_what_a_caller_wrote(text: str) -> None:
    async with centre() as here:
        await rung_for(here, text)
        leg = here.owner_leg(next(iter(here.loop.floor.interactions)))
        await here.until(lambda: any(what.endswith("/dial") for what, _ in here.asterisk.asked))
        here.asterisk.picks_up(leg)
        await here.until(lambda: here.asterisk.together(CUSTOMER, leg))

        for what, sent in here.asterisk.asked:
            assert re.fullmatch(r"[A-Z]+ (channels|bridges)/[a-z0-9.-]+(/[A-Za-z]+)?", what), what
            sent.pop("variables", None)
            assert text[:CALLER_LETTERS_MAX] not in str(sent)


@pytest.mark.parametrize("text", SIGNS.values(), ids=SIGNS.keys())
async def test_a_number_that_is_nobodys_goes_back_to_one_fixed_place_in_the_dialplan(text: str) -> None:
    async with centre() as here:
        with capture_logs():
            here.asterisk.customer_calls(CUSTOMER, dialled=text)
            await here.until(lambda: CUSTOMER not in here.asterisk.channels)

        given_back = {"context": "ari-controller-returned", "extension": "s", "priority": "1"}
        assert here.asterisk.asked == [(f"POST channels/{CUSTOMER}/continue", given_back)]
        assert not here.loop.floor.interactions


def test_half_a_letter_in_a_name_is_no_event_and_no_crash() -> None:
    assert not isinstance(parse('{"type":"StasisStart","channel":{"id":"1","caller":{"name":"\\ud800"}},"args":[]}'), StasisStart)


@pytest.mark.parametrize("leg", ["1/../../x", "1?app=evil", "1#x", "1 2", "é", "%2e%2e"])
async def test_a_channel_id_never_becomes_another_path(leg: str) -> None:
    async with centre() as here:
        with capture_logs():
            here.asterisk.tell("StasisStart", channel={"id": leg}, args=["who", "knows"])
            await here.until(lambda: here.asterisk.asked)

        (what, _), *_ = here.asterisk.asked
        assert re.fullmatch(r"POST channels/[A-Za-z0-9.%_-]+/continue", what), what


@pytest.mark.parametrize("digits", ["1,2", "${EXTEN}", "1\n2", "x", " ", "", "1" * 81, "١"])
async def test_keys_are_keys_and_nothing_else(digits: str) -> None:
    async with centre() as here:
        await rung_for(here, "Cora")
        call = next(iter(here.loop.floor.interactions))
        leg = here.owner_leg(call)
        await here.until(lambda: any(what.endswith("/dial") for what, _ in here.asterisk.asked))
        here.asterisk.picks_up(leg)
        await here.until(lambda: here.asterisk.together(CUSTOMER, leg))

        with pytest.raises(Refused):
            await here.loop.ask(SendDigits(agent=ALICE, interaction=call, revision=None, digits=digits))

        assert not any(what.endswith("/dtmf") for what, _ in here.asterisk.asked)
