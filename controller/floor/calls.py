"""What agents ask for in a call, and calls that they begin: whether it is possible now, and then done."""

from controller.directory.ids import Seconds
from controller.directory.replace import replace
from controller.directory.targets import ColleagueTarget, NumberTarget, calls_for_help
from controller.floor.admission import begin_call_out, interaction_id
from controller.floor.known import Known
from controller.floor.reach import Asker, consult_reach_of, queue_named, reach_of, rung_as
from controller.floor.taking import Taking
from controller.interaction.advance import take_command
from controller.interaction.commands import Command, ExtendWrapUp, GiveWrapUp, StartConsult, TransferBlind
from controller.interaction.interaction import Interaction, Leg, Person, Reach, Step
from controller.interaction.parties import roles_of
from controller.interaction.refusals import BadTarget, NotNow, NotPermitted, TooManyOutsideCalls, UnknownInteraction
from controller.routing.commands import CallOut
from controller.routing.desk import DeskState
from controller.routing.telephones import TelephoneKind


def do(taking: Taking, command: Command) -> None:
    """Do what an agent asks for in an interaction. Raises a `Refused`, and then nothing has changed."""
    known = taking.known
    interaction, supervises = known.interactions.get(command.interaction), known.supervises(command.agent)
    if interaction is None or not roles_of(interaction, command.agent, supervises=supervises):
        raise UnknownInteraction("There is no such interaction, or it is not yours.")
    before = interaction
    step = take_command(interaction, command, taking.now, supervises=supervises, reach=lambda: reach_in(known, command, before, taking.now))
    _check_possible(known, command)
    taking.store(interaction, step, cause=command)
    if isinstance(command, StartConsult | TransferBlind):
        taking.note_outside_call(command.agent, command.target)


def _check_possible(known: Known, command: Command) -> None:
    """Refuse what the interaction alone can't judge: reasons, and whether the switch is there at all."""
    if isinstance(command, ExtendWrapUp):
        return
    if isinstance(command, GiveWrapUp):
        if command.reason not in known.directory.wrap_up_reasons:
            there_are = ", ".join(known.directory.wrap_up_reasons)
            raise BadTarget(f"There is no wrap-up reason {command.reason!r}; there are: {there_are}.")
        return
    known.check_switch()


def reach_in(known: Known, command: Command, interaction: Interaction, now: Seconds) -> Reach:
    """Find out what a command's target leads to. Raises a `Refused`."""
    assert isinstance(command, StartConsult | TransferBlind), "somebody is named"
    known.check_switch()
    asker = Asker(agent=command.agent, queue=interaction.queue)
    find = consult_reach_of if isinstance(command, StartConsult) else reach_of
    reach = find(command.target, asker, known.presence)
    known.check_outside(command.agent, command.target, now)
    return reach


def call_out(taking: Taking, command: CallOut, *, by: tuple[TelephoneKind, Leg] | None = None) -> None:
    """Begin a call out: a new interaction, whose customer is whoever is called. Raises a `Refused`.

    `by`: the telephone by which its agent has dialled, whose leg is there. Nothing keeps anybody who dials from calling for help.
    """
    known, now = taking.known, taking.now
    desk, agent = known.desks[command.agent], known.directory.agents.get(command.agent)
    is_emergency = calls_for_help(command.target)
    if agent is None or not (agent.may_call_out or is_emergency):
        raise NotPermitted("You may not call out: ask your administrator.")
    is_engaged = desk.occupied is not None and not (is_emergency and desk.occupied is DeskState.WRAP_UP)
    if (desk.state is DeskState.LOGGED_OFF or is_engaged) and not (is_emergency and by is not None):
        raise NotNow("You can call out when you are logged in and on no call, and have no wrap-up to give.")
    queue = queue_named(command.queue, known.presence) if command.queue is not None else None
    if not isinstance(command.target, NumberTarget | ColleagueTarget):
        raise BadTarget("A call out goes to a number outside, or to somebody of an organisation.")
    known.check_switch()
    person = reach_of(command.target, Asker(agent=agent.id, queue=command.queue), known.presence)
    assert isinstance(person, Person), "a number is somebody to ring"
    known.check_outside(agent.id, command.target, now)
    if known.customers_there() >= known.directory.customers_max and not is_emergency:
        raise TooManyOutsideCalls("So many customers are there that Asterisk has no leg left for a call out: try again in a moment.")
    known.arrivals += 1
    new_id, dialled_by = interaction_id(now, known.arrivals), by[1] if by is not None else None
    rung = rung_as(agent, desk) if by is None else replace(agent, rings_in_browser=by[0] is TelephoneKind.BROWSER)
    new = begin_call_out(new_id, rung, person, queue, known.directory, now, dialled_by=dialled_by)
    taking.store(None, Step(interaction=new))
    taking.note_outside_call(agent.id, command.target)
