"""Who may do what, and when: THE role table. Every rule such as "Agent 2 can't resume" stands here and nowhere else.

`refusal` answers for one action; desktops draw their buttons and tooltips from `prospects`.
Policies change what an action does, never who may do it.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

from controller.directory.ids import AgentId
from controller.directory.policy import WrapUpExtension
from controller.interaction.commands import Action, Command, TransferBlind, TransferCustomer
from controller.interaction.interaction import ConsultStage, Interaction, Phase
from controller.interaction.parties import agent_2_of, party_with, roles_of
from controller.interaction.party import Party, Role
from controller.interaction.refusals import NotNow, NotPermitted, Refused

A = Action
NAMES_REMEMBERED_MAX = 1024
"""A sentence may hold a colleague's name, so there are as many as phases, roles and colleagues who are consulted often."""

Rights = Mapping[Role, frozenset[Action]]
Roles = frozenset[Role]
_WRAPS_UP = (A.WRAP_UP, A.EXTEND_WRAP_UP)
_LEAVES = (A.LEAVE_CONFERENCE, A.MUTE, A.UNMUTE)


def _may(*, owner: tuple[Action, ...] = (), agent_2: tuple[Action, ...] = (), member: tuple[Action, ...] = ()) -> Rights:
    return {
        Role.AGENT_1: frozenset(owner),
        Role.AGENT_2: frozenset(agent_2),
        Role.MEMBER: frozenset(member),
        Role.SUPERVISOR: frozenset({A.END}),
        Role.FORMER: frozenset(_WRAPS_UP),
    }


ROLE_TABLE: Mapping[Phase, Rights] = {
    Phase.QUEUED: _may(),
    Phase.OFFERED: _may(owner=(A.ACCEPT, A.DECLINE)),
    Phase.CONNECTED: _may(owner=(A.HOLD, A.CONSULT, A.TRANSFER, A.END, A.MUTE, A.UNMUTE, A.DTMF)),
    # Not `end`: resume first, so that nobody hangs up on a held customer by mistake.
    Phase.HELD: _may(owner=(A.RESUME, A.CONSULT, A.TRANSFER)),
    # Members: a consult that was asked for from a conference. Its owner may not end, leave or drop before the consult is over.
    Phase.CONSULT_OFFERED: _may(owner=(A.CANCEL_CONSULT, A.RESUME), agent_2=(A.ACCEPT, A.DECLINE), member=_LEAVES),
    Phase.CONSULTING: _may(
        owner=(A.RESUME, A.SWAP, A.TRANSFER, A.CONFERENCE, A.END_CONSULT, A.MUTE, A.UNMUTE, A.DTMF),
        agent_2=(A.LEAVE_CONSULT, A.MUTE, A.UNMUTE),
        member=_LEAVES,
    ),
    Phase.CONSULT_HELD: _may(
        owner=(A.SWAP, A.TRANSFER, A.CONFERENCE, A.END_CONSULT, A.CANCEL_CONSULT, A.MUTE, A.UNMUTE, A.DTMF),
        agent_2=(A.LEAVE_CONSULT, A.ACCEPT, A.DECLINE),
        member=_LEAVES,
    ),
    Phase.TRANSFER_ASKED: _may(owner=_WRAPS_UP, agent_2=(A.ACCEPT_TRANSFER, A.DECLINE_TRANSFER)),
    Phase.CONFERENCE: _may(
        owner=(A.END, A.LEAVE_CONFERENCE, A.TRANSFER, A.CONSULT, A.DROP, A.MUTE, A.UNMUTE, A.DTMF),
        member=_LEAVES,
    ),
    Phase.TRANSFERRING: _may(owner=(A.ACCEPT, A.DECLINE)),  # whom the transfer rings is to be the owner
    Phase.DIALLING: _may(owner=(A.END, A.MUTE, A.UNMUTE)),
    Phase.HANDED_OUT: _may(),
    Phase.ENDED: {Role.AGENT_1: frozenset(_WRAPS_UP), Role.FORMER: frozenset(_WRAPS_UP)},
}

_SAME_PERSON = {role: frozenset({Role.AGENT_2, Role.MEMBER}) if role in (Role.AGENT_2, Role.MEMBER) else frozenset({role}) for role in Role}
"""Whoever is consulted may become a member of the conference: what they do as the one is, for the other, only not for now."""

EVER: Rights = {
    role: frozenset[Action]().union(*(row.get(same, frozenset()) for row in ROLE_TABLE.values() for same in _SAME_PERSON[role]))
    for role in Role
}
"""What a role may do in some phase; anything else is refused as not permitted, whatever the phase."""


def _sum(table: Rights, roles: Roles) -> frozenset[Action]:
    """Add up what each of somebody's roles may do."""
    return frozenset[Action]().union(*(table.get(role, frozenset()) for role in roles))


# --- Conditions: an action of the right role in the right phase may still have to wait ---------------------------------


def _name_of_agent_2(interaction: Interaction) -> str | None:
    """Whom, or what, the owner consults; else who is there beside them."""
    consult = interaction.consult
    if consult is not None:
        return consult.person.name if consult.person is not None else consult.name
    agent_2 = agent_2_of(interaction)
    return agent_2.name if agent_2 is not None else None


def _own_phone_is_on_hold(interaction: Interaction, asker: Party | None) -> str | None:
    if asker is not None and asker.phone_on_hold:
        return "Your telephone is on hold: release its own hold key first."
    return None


def _agent_2_still_rings(interaction: Interaction, asker: Party | None) -> str | None:
    consult = interaction.consult
    if consult is None or consult.stage is ConsultStage.UP:
        return None
    if consult.stage is ConsultStage.WAITING:
        return f"Nobody in {consult.name} is free yet."
    return f"{_name_of_agent_2(interaction)} has not answered yet."


def _agent_2_has_answered(interaction: Interaction, asker: Party | None) -> str | None:
    if interaction.consult is not None and interaction.consult.stage is ConsultStage.UP:
        return f"{_name_of_agent_2(interaction)} has answered: end the consult instead."
    return None


def _asker_has_answered(interaction: Interaction, asker: Party | None) -> str | None:
    if asker is not None and not asker.rings:
        return "You have answered already."
    return None


def _asker_still_rings(interaction: Interaction, asker: Party | None) -> str | None:
    if asker is not None and asker.rings:
        return "You have not answered yet: decline instead."
    return None


def _not_while_it_rings(interaction: Interaction, asker: Party | None) -> str | None:
    return "Your telephone still rings." if asker is not None and asker.rings else None


def _conference_is_full(interaction: Interaction, asker: Party | None) -> str | None:
    most = interaction.policy.conference_max
    there = interaction.customer_is_there + 1 + len(interaction.members)
    return f"The conference is full: it has {most} parties at most." if interaction.members and there >= most else None


def _must_be_picked_up(interaction: Interaction, asker: Party | None) -> str | None:
    if asker is not None and not asker.answers_remotely:
        return "Your telephone can't be answered from here: pick it up."
    if asker is not None and asker.told_to_answer:
        return "Your telephone has been told to answer."
    return None


def _is_muted(interaction: Interaction, asker: Party | None) -> str | None:
    return "You are muted already." if asker is not None and asker.muted else None


def _is_not_muted(interaction: Interaction, asker: Party | None) -> str | None:
    return "You are not muted." if asker is not None and not asker.muted else None


def _customer_has_gone(interaction: Interaction, asker: Party | None) -> str | None:
    return None if interaction.customer_is_there else "The customer has gone."


Condition = Callable[[Interaction, Party | None], str | None]

CONDITIONS: Mapping[Action, tuple[Condition, ...]] = {
    A.ACCEPT: (_asker_has_answered, _must_be_picked_up),
    A.DECLINE: (_asker_has_answered,),
    A.LEAVE_CONSULT: (_asker_still_rings,),
    A.RESUME: (_own_phone_is_on_hold,),
    A.SWAP: (_own_phone_is_on_hold,),
    A.CONSULT: (_own_phone_is_on_hold, _customer_has_gone, _conference_is_full),
    A.CONFERENCE: (_own_phone_is_on_hold, _agent_2_still_rings),
    A.TRANSFER: (_agent_2_still_rings, _customer_has_gone),
    A.END_CONSULT: (_agent_2_still_rings,),
    A.CANCEL_CONSULT: (_agent_2_has_answered,),
    A.DTMF: (_customer_has_gone,),
    A.MUTE: (_not_while_it_rings, _is_muted),
    A.UNMUTE: (_not_while_it_rings, _is_not_muted),
}


def _nobody_to_transfer_to(interaction: Interaction) -> str | None:
    if interaction.consult is None and not interaction.members:
        return "There is nobody else on the call: say to whom, or consult a colleague first."
    return None


def _others_are_there(interaction: Interaction) -> str | None:
    if interaction.consult is None and not interaction.members:
        return None
    name = _name_of_agent_2(interaction)
    return f"{name} is on the call: transfer without saying to whom, or be alone with the customer first."


_OF_COMMAND: Mapping[type[Command], Callable[[Interaction], str | None]] = {
    TransferCustomer: _nobody_to_transfer_to,
    TransferBlind: _others_are_there,
}
"""Where one action is two commands, which of them can be done now. A desktop shows one button and asks to whom where nobody is there."""


# --- Why not, in words -------------------------------------------------------------------------------------------------

_NEVER: Mapping[Role, str] = {
    Role.AGENT_1: "The owner of an interaction never does this.",
    Role.AGENT_2: "Only the agent who owns the interaction may do this.",
    Role.MEMBER: "Only the agent who owns the interaction may do this.",
    Role.SUPERVISOR: "You are not on this call.",
    Role.FORMER: "You have handed this interaction over.",
}
"""By the first of these that somebody is."""

_NOT_IN_THIS_PHASE: Mapping[Phase, str] = {
    Phase.QUEUED: "The customer still waits for an agent.",
    Phase.OFFERED: "The call has not been answered yet.",
    Phase.CONNECTED: "You are talking with the customer and nobody else is on the call.",
    Phase.HELD: "The customer is on hold: resume first.",
    Phase.CONSULT_OFFERED: "Your consult has not been answered yet.",
    Phase.CONSULTING: "You are in a consult.",
    Phase.CONSULT_HELD: "The customer is on the line and your consult waits.",
    Phase.TRANSFER_ASKED: "The customer has been handed over.",
    Phase.CONFERENCE: "You are in a conference.",
    Phase.TRANSFERRING: "The customer is being transferred.",
    Phase.DIALLING: "The call has not been answered yet.",
    Phase.HANDED_OUT: "The customer talks with somebody outside.",
    Phase.ENDED: "The interaction has ended.",
}


def _not_now(phase: Phase, action: Action, agent_2: str | None) -> str:
    """Why an action of the right role is not for this phase; `agent_2`: the name of whoever has that role, if anybody."""
    live = phase is not Phase.ENDED
    consulting = phase in (Phase.CONSULT_OFFERED, Phase.CONSULTING, Phase.CONSULT_HELD)
    match action:
        case Action.WRAP_UP | Action.EXTEND_WRAP_UP if live:
            return "The interaction has not ended yet."
        case Action.CONSULT if consulting:
            return f"You are already consulting {agent_2}."
        case Action.HOLD if phase is Phase.HELD:
            return "The customer is on hold already."
        case Action.END | Action.LEAVE_CONFERENCE | Action.DROP if consulting:
            return f"You are consulting {agent_2}: end the consult first."
        case Action.CONFERENCE | Action.SWAP if agent_2 is None and live:
            return "There is nobody else on the call: consult a colleague first."
        case Action.TRANSFER | Action.CONFERENCE if phase is Phase.CONSULT_OFFERED:
            return f"{agent_2} has not answered yet."
        case _:
            return _NOT_IN_THIS_PHASE[phase]


def _unmet(interaction: Interaction, action: Action, agent: AgentId) -> str | None:
    """Why an action of the right role in the right phase has to wait; None: it need not."""
    if action in _WRAPS_UP:
        return _not_owed(interaction, action, agent)
    conditions = CONDITIONS.get(action)
    if conditions is None:
        return None
    asker = party_with(interaction, agent)
    for condition in conditions:
        because = condition(interaction, asker)
        if because is not None:
            return because
    return None


def _not_owed(interaction: Interaction, action: Action, agent: AgentId) -> str | None:
    owed = interaction.owes_wrap_up(agent)
    if owed is None:
        return "You owe no wrap-up reason for this interaction."
    if action is Action.WRAP_UP:
        return None
    if interaction.policy_of(owed).wrap_up_extension is WrapUpExtension.NONE:
        return "This site gives no more time for a wrap-up."
    return "You have been given more time already." if owed.extended else None


def refusal(interaction: Interaction, command: Command, *, supervises: bool = False) -> Refused | None:
    """Say why whoever asks can't do this now; None: they can. `supervises`: they are a supervisor, whatever else they are."""
    roles, action = roles_of(interaction, command.agent, supervises=supervises), command.action
    if action not in _sum(EVER, roles):
        return NotPermitted(next((_NEVER[role] for role in _NEVER if role in roles), "You are not on this call."))
    because = _of_phase(interaction, roles)[action] or _unmet(interaction, action, command.agent)
    if because is None and type(command) in _OF_COMMAND:
        because = _OF_COMMAND[type(command)](interaction)
    return NotNow(because) if because is not None else None


def prospects(interaction: Interaction, agent: AgentId, *, supervises: bool = False) -> dict[Action, str | None]:
    """Say of each action that this agent's roles ever have, in the order of `Action`, why it can't be done now; None: it can."""
    of_phase = _of_phase(interaction, roles_of(interaction, agent, supervises=supervises))
    return {action: because or _unmet(interaction, action, agent) for action, because in of_phase.items()}


def _of_phase(interaction: Interaction, roles: Roles) -> Mapping[Action, str | None]:
    return _in_phase(interaction.phase, roles, _name_of_agent_2(interaction))


@lru_cache(maxsize=NAMES_REMEMBERED_MAX)
def _in_phase(phase: Phase, roles: Roles, agent_2: str | None) -> Mapping[Action, str | None]:
    """The same as far as the phase decides it. Every desktop is shown this after every step, so it is looked up and not found out anew."""
    permitted, ever = _sum(ROLE_TABLE[phase], roles), _sum(EVER, roles)
    return {action: None if action in permitted else _not_now(phase, action, agent_2) for action in Action if action in ever}


def allowed(interaction: Interaction, agent: AgentId, *, supervises: bool = False) -> tuple[Action, ...]:
    """List what this agent could do now."""
    return tuple(action for action, because in prospects(interaction, agent, supervises=supervises).items() if because is None)
