"""What an agent dials from a telephone: a call out, or a consult for whoever is on a call, and the same refusals as by desktop."""

from controller.directory.ids import AgentId, InteractionId, LegId
from controller.directory.replace import replace
from controller.interaction.interaction import Phase
from controller.interaction.layout import Room, layout
from controller.interaction.notices import DialRefused
from controller.interaction.parties import owner_of
from controller.routing.desk import DeskState
from controller.routing.telephones import TelephoneKind
from tests.pure.story import PHONES, Contact, Story, conference, connected, consulting, contact_centre, site

NUMBER = "+33199002001"
HELP = "112"


def refused(story: Story) -> DialRefused:
    (told,) = story.told(DialRefused)
    assert isinstance(told, DialRefused)
    return told


def begun(story: Story, *known: InteractionId) -> Contact:
    (new,) = set(story.floor.interactions) - set(known)
    return Contact(story, new)


def test_a_number_that_is_dialled_is_called_at_once_since_its_agents_telephone_is_there() -> None:
    story = contact_centre(available="alice")

    story.dials("alice", NUMBER)

    contact = begun(story)
    assert contact.is_in(Phase.DIALLING)
    assert contact.now.direction == "outbound"
    assert {place.leg: place.room for place in layout(contact.now).places} == {
        LegId("dialled"): Room.TALK,
        contact.now.customer.leg.id: Room.TALK,
    }
    assert story.desk("alice") is DeskState.ENGAGED
    assert story.told(DialRefused) == []


def test_it_is_remembered_and_limited_like_any_call_to_outside() -> None:
    story = contact_centre(available="alice")

    story.dials("alice", NUMBER)

    assert story.floor.dialled_by(AgentId("alice")) == (NUMBER,)


def test_who_may_not_call_out_may_not_dial_out() -> None:
    directory = site()
    agents = {key: replace(agent, may_call_out=agent.id != "alice") for key, agent in directory.agents.items()}
    story = contact_centre(directory=replace(directory, agents=agents), available="alice")

    story.dials("alice", NUMBER)

    assert story.floor.interactions == {}
    assert (refused(story).code, refused(story).agent, refused(story).leg) == ("not-permitted", "alice", "dialled")
    assert refused(story).because == "You may not call out: ask your administrator."


def test_nobody_who_is_logged_off_dials_out_but_for_help() -> None:
    story = contact_centre(available="")

    story.dials("alice", NUMBER)
    assert refused(story).code == "not-now"
    assert story.floor.interactions == {}

    story.dials("alice", HELP)
    assert begun(story).is_in(Phase.DIALLING)


def test_whoever_calls_for_help_is_kept_from_it_by_no_call_that_they_are_on() -> None:
    story = consulting()
    known = set(story.floor.interactions)

    story.dials("bob", HELP)

    assert begun(story, *known).is_in(Phase.DIALLING)
    assert story.told(DialRefused) == []


def test_an_owner_who_calls_for_help_consults_whoever_helps() -> None:
    story = connected()

    story.dials("alice", HELP)

    assert story.contact.is_in(Phase.CONSULT_OFFERED)


def test_whoever_owes_a_reason_gives_it_first() -> None:
    story = connected()
    story.hangs_up("cora")

    story.dials("alice", NUMBER)

    assert refused(story).because == "You can call out when you are logged in and on no call, and have no wrap-up to give."


def test_a_colleague_is_dialled_by_whoever_has_a_customer_only() -> None:
    story = contact_centre()

    story.dials("alice", "bob")

    assert refused(story).code == "bad-target"


def test_whoever_is_rung_for_a_customer_can_dial_nobody() -> None:
    story = contact_centre(available="alice")
    story.customer_calls()

    story.dials("alice", "bob")

    assert refused(story).code == "not-now"
    assert story.contact.is_in(Phase.OFFERED)


def test_only_the_owner_consults_by_dialling() -> None:
    story = consulting()
    story.goes_available("carol")

    story.dials("bob", "carol")

    assert refused(story).code == "not-permitted"
    assert refused(story).because == "Only the agent who owns the interaction may do this."
    assert story.contact.is_in(Phase.CONSULTING)


def test_a_third_call_of_a_telephone_is_refused() -> None:
    story = connected()
    story.goes_available("carol")
    story.dials("alice", "bob", on="second")

    story.dials("alice", "carol", on="third")

    assert refused(story).because == "You are already consulting Bob Durand."
    owner = story.contact.now.owner
    assert owner is not None
    assert owner.second is not None
    assert owner.second.id == "second"


def test_a_busy_colleague_is_refused_in_the_same_words_as_by_desktop() -> None:
    story = connected()
    story.goes_idle("bob")

    story.dials("alice", "bob")

    assert refused(story).because == "Bob Durand is idle."
    assert story.contact.is_in(Phase.CONNECTED)


def test_digits_that_mean_nobody_are_refused_with_why() -> None:
    story = contact_centre(available="alice")

    story.dials("alice", "?The number is too short.")

    assert (refused(story).code, refused(story).because) == ("bad-target", "The number is too short.")


def test_a_telephone_that_is_no_agents_dials_nobody() -> None:
    story = contact_centre(available="alice")

    story.dials("alice", NUMBER, telephone="9999")

    assert (refused(story).code, refused(story).agent) == ("not-permitted", None)


def test_the_telephone_that_dialled_is_the_one_that_is_rung_back() -> None:
    directory = site()
    agents = {key: replace(agent, browser=f"{agent.phone}-web") for key, agent in directory.agents.items()}
    story = contact_centre(directory=replace(directory, agents=agents), available="alice")

    story.dials("alice", NUMBER, telephone=f"{PHONES['alice']}-web")

    owner = owner_of(begun(story).now)
    assert owner is not None
    assert owner.phone == f"{PHONES['alice']}-web"
    assert story.floor.desks[AgentId("alice")].telephones.rings is TelephoneKind.DESK


def test_a_member_of_a_conference_consults_nobody() -> None:
    story = conference()
    story.goes_available("carol")

    story.dials("bob", "carol")

    assert refused(story).code == "not-permitted"


def test_what_was_dialled_comes_back_after_a_restart() -> None:
    story = connected()
    story.dials("alice", "bob", on="second")

    story.controller_is_started_again()

    assert story.floor.interaction_of(LegId("second")) == story.contact.id
