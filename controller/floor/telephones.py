"""What agents ask for by their telephone: keys, numbers that they dial, and the transfer key.

Each of them is a command that a desktop could have given, under the same rules, or is told to the telephone as not done.
"""

from contextlib import suppress

from controller.dialling.feature_codes import Given, Reading, read_dialled
from controller.directory.ids import AgentId, InteractionId, LegId
from controller.directory.targets import calls_for_help
from controller.floor import calls, desks
from controller.floor.keys_pressed import Presser, agent_on, command_of, takes_keys
from controller.floor.taking import Taking
from controller.interaction.advance import note_refusal, take_second_call
from controller.interaction.commands import Command, SendDigits, StartConsult, TransferBlind, TransferCustomer
from controller.interaction.facts import AgentDialled, AttendedTransferAsked, BlindTransferAsked, DigitPressed
from controller.interaction.interaction import Interaction, Leg
from controller.interaction.leg import Origin
from controller.interaction.notices import CodeDone, CodeRefused, DialRefused, TransferAnswered
from controller.interaction.parties import party_of
from controller.interaction.refusals import BadTarget, NotPermitted, Refused
from controller.routing.commands import CallOut
from controller.routing.telephones import TelephoneKind

# --- Keys during a call ---------------------------------------------------------------------------------------------


def press(taking: Taking, pressed: DigitPressed) -> None:
    """Take a key of an agent's telephone. The last one of a code is the command that it stands for; others change nothing yet."""
    known = taking.known
    of = known.interaction_of(pressed.leg)
    agent = agent_on(known.interactions[of], pressed.leg) if of is not None else None
    if of is None or agent is None:
        return
    interaction = known.interactions[of]
    alone = interaction.consult is None and not interaction.members
    found = known.keypads.press(pressed, known.directory.feature_codes, taking.now, alone=alone)
    if isinstance(found, Given):
        _do_by_keys(taking, found, agent, pressed.leg, interaction)
    elif found is Reading.MISTYPED:
        taking.notices.append(_code_refused(interaction, agent, pressed.leg, "There is no such code."))
    elif found is Reading.NO_CODE and takes_keys(interaction):
        _pass_on(taking, pressed.digit, agent, interaction)


def time_out(taking: Taking, leg: LegId) -> None:
    """The next key of a code has not come in time."""
    known = taking.known
    was_left_half = known.keypads.time_out(leg)
    of = known.interaction_of(leg)
    assert of is not None, "keys are remembered as long as their leg"
    interaction = known.interactions[of]
    agent = agent_on(interaction, leg)
    assert agent is not None, "only agents' keys are remembered"
    if was_left_half:
        taking.notices.append(_code_refused(interaction, agent, leg, "The code was not finished in time."))


def _do_by_keys(taking: Taking, given: Given, agent: AgentId, leg: LegId, interaction: Interaction) -> None:
    try:
        _do_code(taking, given, agent, interaction)
    except Refused as refused:
        taking.notices.append(_code_refused(interaction, agent, leg, refused.because))


def _do_code(taking: Taking, given: Given, agent: AgentId, on_call: Interaction | None) -> None:
    """Do what a code asks for, as if a desktop had asked. Raises a `Refused`."""
    known = taking.known
    presser = Presser(desk=known.desks[agent], on_call=on_call, owed=known.owed_by(agent))
    command = command_of(given, presser, known.directory, known.dial_plan)
    if isinstance(command, Command):
        calls.do(taking, command)
    else:
        desks.do(taking, command)
    taking.kept_as = command


def _pass_on(taking: Taking, digit: str, agent: AgentId, interaction: Interaction) -> None:
    """Whoever is not to press keys now presses them in vain, as on a telephone whose call is on hold."""
    with suppress(Refused):
        calls.do(taking, SendDigits(agent=agent, interaction=interaction.id, digits=digit))


def _code_refused(interaction: Interaction, agent: AgentId, leg: LegId, because: str) -> CodeRefused:
    return CodeRefused(interaction=interaction.id, agent=agent, leg=leg, because=because)


# --- What is dialled ------------------------------------------------------------------------------------------------


def dialled(taking: Taking, fact: AgentDialled) -> None:
    """Do what an agent asks for by dialling, under the same rules as by the desktop, or have them hear that it is not done."""
    known = taking.known
    agent, kind = known.whose_telephone(fact.telephone)
    try:
        if agent is None:
            raise NotPermitted(f"The telephone {fact.telephone} is no agent's.")
        given = read_dialled(fact.dialled, known.directory.feature_codes)
        if given is None:
            _place_call(taking, agent, kind, fact)
        else:
            _do_code(taking, given, agent, known.call_of(agent))
            taking.notices.append(CodeDone(interaction=InteractionId(""), agent=agent, leg=fact.leg))
    except Refused as refused:
        told = DialRefused(
            interaction=InteractionId(""), leg=fact.leg, agent=agent, dialled=fact.dialled, code=refused.code, because=refused.because
        )
        taking.notices.append(told)
        on_a_call = known.call_of(agent) if agent is not None else None
        if on_a_call is not None and on_a_call.owner is not None and on_a_call.owner.agent == agent:
            taking.store(on_a_call, note_refusal(on_a_call, None, refused.because, taking.now))


def _place_call(taking: Taking, agent: AgentId, kind: TelephoneKind, fact: AgentDialled) -> None:
    """A consult for whoever is on a call, and a call out for whoever is on none. Raises a `Refused`."""
    if fact.target is None:
        raise BadTarget(fact.because)
    known = taking.known
    leg = Leg(id=fact.leg, origin=Origin.DIALLED, switch=fact.switch)
    on_a_call = known.call_of(agent)
    wanted = CallOut(agent=agent, target=fact.target)
    if on_a_call is None:
        calls.call_out(taking, wanted, by=(kind, leg))
        return
    consult = StartConsult(agent=agent, interaction=on_a_call.id, target=fact.target)
    try:
        step = take_second_call(on_a_call, consult, leg, taking.now, reach=lambda: calls.reach_in(known, consult, on_a_call, taking.now))
    except Refused:
        if not calls_for_help(fact.target):
            raise
        calls.call_out(taking, wanted, by=(kind, leg))
        return
    taking.store(on_a_call, step)
    taking.note_outside_call(agent, fact.target)


# --- The transfer key -----------------------------------------------------------------------------------------------


def transfer_key(taking: Taking, fact: BlindTransferAsked | AttendedTransferAsked) -> None:
    """Do what a telephone's transfer key asks for, under the same rules as by the desktop, or say why it is not done."""
    known = taking.known
    of = known.interaction_of(fact.leg)
    party = party_of(known.interactions[of], fact.leg) if of is not None else None
    agent, because, code = party.agent if party is not None else None, None, None
    try:
        if of is None or agent is None:
            raise NotPermitted("Only our agents' telephones transfer calls.")
        calls.do(taking, _transfer_by(fact, known.interactions[of], agent))
    except Refused as refused:
        because, code = refused.because, refused.code
    if of is not None and because is not None:
        interaction = known.interactions[of]
        taking.store(interaction, note_refusal(interaction, fact.leg, because, taking.now))
    taking.notices.append(TransferAnswered(interaction=of or InteractionId(""), leg=fact.leg, agent=agent, because=because, code=code))


def _transfer_by(fact: BlindTransferAsked | AttendedTransferAsked, interaction: Interaction, agent: AgentId) -> Command:
    """The command that a transfer key stands for. Raises a `Refused` where it names nobody, or a call that is not its agent's."""
    if isinstance(fact, BlindTransferAsked):
        if fact.target is None:
            raise BadTarget(fact.because)
        return TransferBlind(agent=agent, interaction=interaction.id, target=fact.target)
    other = party_of(interaction, fact.other)
    if other is None or other.agent != agent:
        raise BadTarget("Your telephone named a call that is not yours.")
    return TransferCustomer(agent=agent, interaction=interaction.id)
