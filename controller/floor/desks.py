"""Agents' desks: logging on and off, being available or idle, and the telephones that are there, busy or away."""

from controller.directory.ids import Seconds
from controller.directory.policy import BusyPhone
from controller.directory.replace import replace
from controller.floor.calls import call_out
from controller.floor.known import Known
from controller.floor.taking import Taking
from controller.interaction.advance import take_reconnect
from controller.interaction.facts import TelephonesBusy, TelephonesSeen
from controller.interaction.leg import Endpoint
from controller.interaction.legs import legs
from controller.interaction.refusals import BadTarget, NotNow
from controller.routing.commands import CallOut, DeskCommand, GoAvailable, GoIdle, LogOff, LogOn, ReconnectTelephone
from controller.routing.desk import Desk, DeskState, DesktopSession, choose, follow_telephone, log_off, log_on
from controller.routing.telephones import TelephoneKind, seen, settled


def do(taking: Taking, command: DeskCommand) -> None:
    """Do what an agent, or a supervisor for them, asks for at their desk. Raises a `Refused`, and then nothing has changed."""
    known, now = taking.known, taking.now
    desk = known.desks.get(command.agent)
    if desk is None:
        raise BadTarget(f"There is no agent {command.agent!r}.")
    match command:
        case CallOut():
            call_out(taking, command)
        case LogOn(session=key, until=until, telephone=telephone):
            session = DesktopSession(key=key, until=until, telephone=telephone) if key else None
            taking.set_desk(with_right_telephone(known, log_on(desk, session, now), now))
        case ReconnectTelephone():
            _reconnect(taking, command)
        case LogOff(session=key):
            taking.set_desk(with_right_telephone(known, log_off(desk, key, now), now))
        case GoAvailable():
            _check_logged_on(known, desk)
            taking.set_desk(choose(desk, DeskState.AVAILABLE, now))
        case GoIdle(reason=reason):
            _check_logged_on(known, desk)
            if reason and known.directory.idle_reasons and reason not in known.directory.idle_reasons:
                there_are = ", ".join(known.directory.idle_reasons)
                raise BadTarget(f"There is no idle reason {reason!r}; there are: {there_are}.")
            taking.set_desk(choose(desk, DeskState.IDLE, now, reason=reason))
        case _:
            raise AssertionError(f"{type(command).__name__} has no meaning here")


def _check_logged_on(known: Known, desk: Desk) -> None:
    """Nobody sits at a desk that is logged off: offered a call there, a customer would wait for nobody."""
    if desk.chosen is DeskState.LOGGED_OFF:
        agent = known.who_is(desk.agent)
        raise NotNow(f"{agent.name if agent is not None else desk.agent} is not logged in.")


def _reconnect(taking: Taking, command: ReconnectTelephone) -> None:
    """Ring an agent's browser anew, wherever they have a leg there."""
    known = taking.known
    agent = known.who_is(command.agent)
    browser = Endpoint(address=agent.browser) if agent is not None and agent.browser else None
    ours = [
        interaction
        for interaction in known.interactions_of(command.agent)
        if any(person is not None and person.agent == command.agent and person.endpoint == browser for person, _ in legs(interaction))
    ]
    if browser is None or not ours:
        raise NotNow("You are in no call on the telephone in your browser.")
    known.check_switch()
    for interaction in ours:
        taking.store(interaction, take_reconnect(interaction, command.agent, taking.now), cause=command)


def note_telephones(taking: Taking, fact: TelephonesSeen) -> None:
    """Telephones have come, or have gone."""
    known, now = taking.known, taking.now
    for endpoint, is_there in (*((each, True) for each in fact.there), *((each, False) for each in fact.away)):
        agent, kind = known.whose_telephone(endpoint)
        if agent is not None and agent in known.desks:
            desk = known.desks[agent]
            if is_there:
                desk = replace(desk, failed_offers=0)  # it may have been mended
            telephones = seen(desk.telephones, kind, now, is_there=is_there)
            taking.set_desk(follow_telephone(with_right_telephone(known, replace(desk, telephones=telephones), now), now))


def note_busy(taking: Taking, fact: TelephonesBusy) -> None:
    """Telephones are in calls that are none of ours, or are out of them."""
    known = taking.known
    for endpoint, is_busy in (*((each, True) for each in fact.busy), *((each, False) for each in fact.free)):
        agent, kind = known.whose_telephone(endpoint)
        if agent is not None and agent in known.desks and kind is TelephoneKind.DESK:
            desk = known.desks[agent]
            counts = is_busy and known.directory.policy.busy_phone is BusyPhone.SKIP
            telephones = replace(desk.telephones, desk_is_busy=counts)
            taking.set_desk(follow_telephone(replace(desk, telephones=telephones), taking.now))


def with_right_telephone(known: Known, desk: Desk, now: Seconds) -> Desk:
    """Have the right telephone of an agent ring from now on."""
    agent = known.who_is(desk.agent)
    has_browser = agent is not None and bool(agent.browser)
    telephones = settled(desk.telephones, desk.telephone_chosen, now, has_browser=has_browser)
    return desk if telephones == desk.telephones else replace(desk, telephones=telephones)
