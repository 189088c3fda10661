"""Several telephones of one agent ring at once: one is picked up and the others stop, and what is told of them is told of one leg."""

import json
from collections.abc import Mapping

import pytest

from controller.asterisk.dial_string import Dialable
from controller.asterisk.errors import RequestFailed, SwitchAway
from controller.asterisk.events import BadEvent, UnknownEvent, parse
from controller.asterisk.perform import CONTACTS_MAX, perform
from controller.asterisk.plan import FindContacts, HangUp, Make
from controller.asterisk.resources import Channel
from controller.asterisk.resync import compare
from controller.asterisk.seen import Progress, Seen, SeenLeg, beside
from controller.asterisk.switch import AriSwitch
from controller.asterisk.transport import NOTHING, REQUEST_SECONDS_MAX, Method, Reply
from controller.directory.ids import InteractionId, LegId
from controller.directory.site import AsteriskAccess
from controller.interaction.facts import EndCause, Fact, LegAnswered, LegEnded
from controller.interaction.layout import Layout, Place, Room
from controller.interaction.leg import Endpoint, Origin

IX = InteractionId("i1")
FIRST = LegId("ix-i1-alice-1")
SECOND, THIRD = beside(FIRST, 2), beside(FIRST, 3)
ACCESS = AsteriskAccess(url="http://x", app="controller", username="", password="", transport="rest-over-websocket", lanes=1)
MINE = "sip:1001@192.0.2.1:5060"
OTHERS = ("sip:1001@192.0.2.2:5060;transport=udp", "sip:1001@192.0.2.3:5060")


def ringing(leg: LegId = FIRST) -> Layout:
    return Layout(interaction=IX, places=(Place(leg=leg, origin=Origin.MADE, room=Room.TALK, endpoint=Endpoint(address="1001")),))


def talking(leg: LegId) -> Layout:
    return Layout(interaction=IX, places=(Place(leg=leg, origin=Origin.MADE, room=Room.TALK),))


def rung(leg: LegId, progress: Progress = Progress.DIALLED) -> SeenLeg:
    return SeenLeg(leg=leg, origin=Origin.MADE, interaction=IX, progress=progress, phone="1001")


class Ears:
    """A switch of which Alice's telephones ring, and whose facts are written down."""

    def __init__(self, *legs: LegId) -> None:
        self.facts: list[Fact] = []
        self.switch = AriSwitch(ACCESS, post=self.facts.append, instance="test", dialable=Dialable())
        for leg in legs or (FIRST, SECOND, THIRD):
            self.switch._seen.note(rung(leg))
        self.switch.arrange(ringing())

    def answers(self, leg: LegId) -> None:
        self._hear("ChannelStateChange", leg, "Up")

    def ends(self, leg: LegId, cause: int, sip: int | None = None) -> None:
        self._hear("ChannelDestroyed", leg, "Ringing", cause=cause, **({} if sip is None else {"tech_cause": sip}))

    def _hear(self, kind: str, leg: LegId, state: str, **fields: object) -> None:
        event = parse(json.dumps({"type": kind, "channel": {"id": leg, "state": state}, **fields}))
        assert not isinstance(event, BadEvent | UnknownEvent)
        self.switch.heard(event)


# --- What is told ------------------------------------------------------------------------------------------------------


def test_which_telephone_was_picked_up_is_told_of_the_leg_that_is_wanted() -> None:
    ears = Ears()

    ears.answers(SECOND)

    assert ears.facts == [LegAnswered(leg=FIRST, by=SECOND)]


def test_the_first_telephone_answers_as_it_always_has() -> None:
    ears = Ears()

    ears.answers(FIRST)

    assert ears.facts == [LegAnswered(leg=FIRST)]


def test_of_two_that_are_picked_up_at_once_the_first_counts() -> None:
    ears = Ears()

    ears.answers(THIRD)
    ears.answers(FIRST)

    assert ears.facts == [LegAnswered(leg=FIRST, by=THIRD)]


def test_one_that_is_busy_says_nothing_while_another_rings() -> None:
    ears = Ears()

    ears.ends(FIRST, 17, 486)
    ears.ends(THIRD, 17, 486)
    assert ears.facts == []
    ears.answers(SECOND)

    assert ears.facts == [LegAnswered(leg=FIRST, by=SECOND)]


def test_when_none_rings_any_more_what_a_person_did_is_told_rather_than_what_a_network_did() -> None:
    ears = Ears()

    ears.ends(SECOND, 17, 486)
    ears.ends(FIRST, 38, 503)
    ears.ends(THIRD, 3, 404)

    assert ears.facts == [LegEnded(leg=FIRST, cause=EndCause.BUSY)]


def test_whoever_declines_at_one_of_their_telephones_has_declined() -> None:
    ears = Ears()

    ears.ends(SECOND, 21, 603)

    assert ears.facts == [LegEnded(leg=FIRST, cause=EndCause.DECLINED)]


def test_of_those_that_stop_ringing_because_one_was_picked_up_nothing_is_told() -> None:
    ears = Ears()
    ears.answers(SECOND)
    ears.switch.arrange(talking(SECOND))
    told = len(ears.facts)

    ears.ends(FIRST, 26)
    ears.ends(THIRD, 26)

    assert ears.facts[told:] == []


def test_the_end_of_the_one_that_was_picked_up_is_told_by_its_own_name() -> None:
    ears = Ears()
    ears.answers(SECOND)
    ears.switch.arrange(talking(SECOND))

    ears.ends(SECOND, 16)

    assert ears.facts[-1] == LegEnded(leg=SECOND, cause=EndCause.HUNG_UP)


def test_one_that_asterisk_can_not_ring_is_nothing_as_long_as_another_rings() -> None:
    ears = Ears(FIRST, SECOND)

    ears.switch.leg_given_up(FIRST, EndCause.FAILED)
    assert ears.facts == []
    ears.switch.leg_given_up(SECOND, EndCause.FAILED)

    assert ears.facts == [LegEnded(leg=FIRST, cause=EndCause.FAILED)]


# --- What is asked -----------------------------------------------------------------------------------------------------


class Asterisk:
    """Answers what is asked about channels, and writes it down."""

    def __init__(self, variables: Mapping[str, str | Exception]) -> None:
        self.variables = variables
        self.asked: list[tuple[str, dict[str, str]]] = []

    async def request(
        self,
        method: Method,
        uri: str,
        *,
        query: Mapping[str, str] = NOTHING,
        body: Mapping[str, object] | None = None,
        lane: int = 0,
        seconds_max: float = REQUEST_SECONDS_MAX,
    ) -> Reply:
        self.asked.append((f"{method} {uri}", dict(query)))
        found = self.variables.get(query.get("variable", ""), "")
        if isinstance(found, Exception):
            raise found
        return Reply(200, json.dumps({"id": FIRST, "value": found}))


def listed(*contacts: str) -> str:
    return "&".join(f"PJSIP/1001/{contact}" for contact in contacts)


async def found(variables: Mapping[str, str | Exception]) -> SeenLeg:
    """What is known of a leg once it was asked for the contacts."""
    seen = Seen()
    leg = seen.note(rung(FIRST, Progress.DOWN))
    await perform(FindContacts(FIRST), Asterisk(variables), 0, "controller", ringing(), seen, Dialable())
    return leg


async def test_the_other_contacts_are_found_and_not_the_one_that_the_leg_leads_to() -> None:
    leg = await found({"PJSIP_DIAL_CONTACTS(1001)": listed(OTHERS[0], MINE, OTHERS[1]), "CHANNEL(pjsip,target_uri)": MINE})

    assert leg.contacts == OTHERS


async def test_where_one_telephone_has_registered_nothing_more_is_asked() -> None:
    asterisk, seen = Asterisk({"PJSIP_DIAL_CONTACTS(1001)": listed(MINE)}), Seen()
    leg = seen.note(rung(FIRST, Progress.DOWN))

    await perform(FindContacts(FIRST), asterisk, 0, "controller", ringing(), seen, Dialable())

    assert leg.contacts == ()
    assert len(asterisk.asked) == 1


async def test_where_nobody_knows_which_one_the_leg_leads_to_it_rings_alone() -> None:
    leg = await found({"PJSIP_DIAL_CONTACTS(1001)": listed(MINE, *OTHERS), "CHANNEL(pjsip,target_uri)": "sip:1001@elsewhere"})

    assert leg.contacts == ()


async def test_a_hundred_registrations_do_not_take_a_hundred_legs() -> None:
    many = [f"sip:1001@192.0.2.{place}:5060" for place in range(2, 102)]
    leg = await found({"PJSIP_DIAL_CONTACTS(1001)": listed(MINE, *many), "CHANNEL(pjsip,target_uri)": MINE})

    assert leg.contacts == tuple(many[:CONTACTS_MAX])


@pytest.mark.parametrize(
    ("failed", "known"),
    [
        (RequestFailed("GET", 500, "no such function"), ()),
        (SwitchAway("GET", "cut", sent=True), ()),
        (SwitchAway("GET", "cut", sent=False), None),
    ],
)
async def test_a_failure_costs_the_other_telephones_and_an_outage_nothing(failed: Exception, known: tuple[str, ...] | None) -> None:
    seen = Seen()
    leg = seen.note(rung(FIRST, Progress.DOWN))

    with pytest.raises(type(failed)):
        await perform(FindContacts(FIRST), Asterisk({"PJSIP_DIAL_CONTACTS(1001)": failed}), 0, "controller", ringing(), seen, Dialable())

    assert leg.contacts == known


async def test_a_leg_that_is_gone_has_no_contacts_to_find() -> None:
    asterisk = Asterisk({})

    await perform(FindContacts(FIRST), asterisk, 0, "controller", ringing(), Seen(), Dialable())

    assert asterisk.asked == []


async def test_another_telephone_is_rung_by_its_contact() -> None:
    asterisk, seen = Asterisk({}), Seen()

    await perform(Make(SECOND, Endpoint(address="1001"), False, OTHERS[0]), asterisk, 0, "controller", ringing(), seen, Dialable())

    (_, query) = asterisk.asked[0]
    assert (query["endpoint"], query["channelId"]) == (f"PJSIP/1001/{OTHERS[0]}", SECOND)
    assert seen.legs[SECOND].contact == OTHERS[0]


@pytest.mark.parametrize(("progress", "reason"), [(Progress.UP, "answered_elsewhere"), (Progress.DIALLED, "normal")])
async def test_a_telephone_notes_no_missed_call_when_another_one_was_picked_up(progress: Progress, reason: str) -> None:
    asterisk, seen = Asterisk({}), Seen()
    seen.note(rung(FIRST))
    seen.note(rung(SECOND, progress))

    await perform(HangUp(FIRST), asterisk, 0, "controller", talking(SECOND), seen, Dialable())

    assert asterisk.asked == [(f"DELETE channels/{FIRST}", {"reason": reason})]


# --- After a start -----------------------------------------------------------------------------------------------------


def there(leg: LegId, state: str = "Ringing") -> Channel:
    place = {"context": "agents", "exten": "", "app_name": "Stasis", "app_data": "controller,"}
    return Channel.model_validate({"id": leg, "name": f"PJSIP/1001-{leg[-1]}", "state": state, "dialplan": place})


def test_telephones_that_ring_are_found_again_by_their_names() -> None:
    seen = Seen()

    difference = compare(seen, [there(FIRST), there(SECOND)], [], app="controller", layouts=[ringing()])

    assert set(seen.legs) == {FIRST, SECOND}
    assert not difference.strays
    assert not any(leg.is_stray for leg in seen.legs.values())
    assert seen.legs[FIRST].contacts == (), "no more telephones are rung than rang before"


def test_one_that_was_picked_up_meanwhile_is_found() -> None:
    difference = compare(Seen(), [there(FIRST), there(SECOND, "Up")], [], app="controller", layouts=[ringing()])

    assert difference.answered == [SECOND]


def test_the_first_is_not_rung_again_while_another_rings() -> None:
    seen = Seen()

    difference = compare(seen, [there(SECOND)], [], app="controller", layouts=[ringing()])

    assert FIRST in seen.ended_of(IX)
    assert not difference.gone


def test_those_that_ring_on_beside_one_that_was_picked_up_belong_to_nobody() -> None:
    seen = Seen()

    compare(seen, [there(FIRST), there(SECOND, "Up")], [], app="controller", layouts=[talking(SECOND)])

    assert seen.legs[FIRST].is_stray
    assert not seen.legs[SECOND].is_stray
