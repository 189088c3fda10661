"""Who may do what, and when: THE role table. Every rule such as "Agent 2 can't resume" stands here and nowhere else.

`refusal` answers for one action; desktops draw their buttons and tooltips from `prospects`.
Policies change what an action does, never who may do it.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

from controller.directory.ids import AgentId
from controller.interaction.commands import Action
from controller.interaction.interaction import ConsultStage, Interaction, Phase
from controller.interaction.parties import agent_2_of, agent_with
from controller.interaction.party import Party, Role
from controller.interaction.refusals import NotNow, NotPermitted, Refused

A = Action
NAMES_REMEMBERED_MAX = 1024
"""A sentence may hold a colleague's name, so there are as many as phases, roles and colleagues who are consulted often."""


def _may(*, owner: tuple[Action, ...] = (), agent_2: tuple[Action, ...] = ()) -> Mapping[Role, frozenset[Action]]:
    return {
        Role.AGENT_1: frozenset(owner),
        Role.AGENT_2: frozenset(agent_2),
        Role.SUPERVISOR: frozenset({A.END}),
        Role.FORMER: frozenset({A.WRAP_UP}),
    }


ROLE_TABLE: Mapping[Phase, Mapping[Role, frozenset[Action]]] = {
    Phase.QUEUED: _may(),
    Phase.OFFERED: _may(owner=(A.ACCEPT, A.DECLINE)),
    Phase.CONNECTED: _may(owner=(A.HOLD, A.CONSULT, A.END, A.MUTE, A.UNMUTE, A.DTMF)),
    # Not `end`: resume first, so that nobody hangs up on a held customer by mistake.
    Phase.HELD: _may(owner=(A.RESUME, A.CONSULT)),
    Phase.CONSULT_OFFERED: _may(owner=(A.CANCEL_CONSULT, A.RESUME), agent_2=(A.ACCEPT, A.DECLINE)),
    Phase.CONSULTING: _may(
        owner=(A.RESUME, A.SWAP, A.TRANSFER, A.CONFERENCE, A.END_CONSULT, A.MUTE, A.UNMUTE, A.DTMF),
        agent_2=(A.LEAVE_CONSULT, A.MUTE, A.UNMUTE),
    ),
    Phase.CONSULT_HELD: _may(
        owner=(A.SWAP, A.TRANSFER, A.CONFERENCE, A.END_CONSULT, A.CANCEL_CONSULT, A.MUTE, A.UNMUTE, A.DTMF),
        agent_2=(A.LEAVE_CONSULT, A.ACCEPT, A.DECLINE),
    ),
    Phase.TRANSFER_ASKED: _may(owner=(A.WRAP_UP,), agent_2=(A.ACCEPT_TRANSFER, A.DECLINE_TRANSFER)),
    Phase.CONFERENCE: _may(
        owner=(A.END, A.LEAVE_CONFERENCE, A.TRANSFER, A.MUTE, A.UNMUTE, A.DTMF),
        agent_2=(A.LEAVE_CONFERENCE, A.MUTE, A.UNMUTE),
    ),
    Phase.ENDED: {Role.AGENT_1: frozenset({A.WRAP_UP}), Role.FORMER: frozenset({A.WRAP_UP})},
}

EVER: Mapping[Role, frozenset[Action]] = {
    role: frozenset[Action]().union(*(row.get(role, frozenset()) for row in ROLE_TABLE.values())) for role in Role
}
"""What a role may do in some phase; anything else is refused as not permitted, whatever the phase."""


def _rights(table: Mapping[Role, frozenset[Action]], role: Role, *, supervises: bool) -> frozenset[Action]:
    """What a row gives a role. A supervisor who once owned the interaction has not lost a supervisor's right by it."""
    own = table.get(role, frozenset[Action]())
    return own | table.get(Role.SUPERVISOR, frozenset[Action]()) if supervises and role is Role.FORMER else own


# --- Conditions: an action of the right role in the right phase may still have to wait ---------------------------------


def _name_of_agent_2(interaction: Interaction) -> str:
    agent_2 = agent_2_of(interaction)
    return agent_2.name if agent_2 else "your colleague"


def _own_phone_is_on_hold(interaction: Interaction, asker: Party | None) -> str | None:
    if asker is not None and asker.phone_on_hold:
        return "Your telephone is on hold: release its own hold key first."
    return None


def _agent_2_still_rings(interaction: Interaction, asker: Party | None) -> str | None:
    if interaction.consult is not None and interaction.consult.stage is ConsultStage.RINGING:
        return f"{_name_of_agent_2(interaction)} has not answered yet."
    return None


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
    A.CONSULT: (_own_phone_is_on_hold,),
    A.CONFERENCE: (_own_phone_is_on_hold, _agent_2_still_rings),
    A.TRANSFER: (_agent_2_still_rings, _customer_has_gone),
    A.END_CONSULT: (_agent_2_still_rings,),
    A.CANCEL_CONSULT: (_agent_2_has_answered,),
    A.DTMF: (_customer_has_gone,),
    A.MUTE: (_is_muted,),
    A.UNMUTE: (_is_not_muted,),
}


# --- Why not, in words -------------------------------------------------------------------------------------------------

_NEVER: Mapping[Role, str] = {
    Role.AGENT_2: "Only the agent who owns the interaction may do this.",
    Role.FORMER: "You have handed this interaction over.",
    Role.SUPERVISOR: "You are not on this call.",
    Role.CUSTOMER: "A customer has a telephone and nothing else.",
    Role.AGENT_1: "The owner of an interaction never does this.",
}

_NOT_IN_THIS_PHASE: Mapping[Phase, str] = {
    Phase.QUEUED: "The customer still waits for an agent.",
    Phase.OFFERED: "The call has not been answered yet.",
    Phase.CONNECTED: "You are talking with the customer and nobody else is on the call.",
    Phase.HELD: "The customer is on hold: resume first.",
    Phase.CONSULT_OFFERED: "Your consult still rings.",
    Phase.CONSULTING: "You are in a consult.",
    Phase.CONSULT_HELD: "The customer is on the line and your consult waits.",
    Phase.TRANSFER_ASKED: "The customer has been handed over.",
    Phase.CONFERENCE: "You are in a conference.",
    Phase.ENDED: "The interaction has ended.",
}


def _not_now(phase: Phase, action: Action, agent_2: str | None) -> str:
    """Why an action of the right role is not for this phase; `agent_2`: the name of whoever has that role, if anybody."""
    live = phase is not Phase.ENDED
    consulting = phase in (Phase.CONSULT_OFFERED, Phase.CONSULTING, Phase.CONSULT_HELD)
    match action:
        case Action.WRAP_UP if live:
            return "The interaction has not ended yet."
        case Action.CONSULT if consulting:
            return f"You are already consulting {agent_2}."
        case Action.HOLD if phase is Phase.HELD:
            return "The customer is on hold already."
        case Action.END if consulting:
            return f"You are consulting {agent_2}: end the consult first."
        case Action.TRANSFER | Action.CONFERENCE | Action.SWAP if agent_2 is None and live:
            return "There is nobody else on the call: consult a colleague first."
        case Action.TRANSFER | Action.CONFERENCE if phase is Phase.CONSULT_OFFERED:
            return f"{agent_2} has not answered yet."
        case _:
            return _NOT_IN_THIS_PHASE[phase]


def _unmet(interaction: Interaction, role: Role, action: Action, agent: AgentId) -> str | None:
    """Why an action of the right role in the right phase has to wait; None: it need not."""
    if action is Action.WRAP_UP and interaction.owes_wrap_up(agent) is None:
        return "You owe no wrap-up reason for this interaction."
    conditions = CONDITIONS.get(action)
    if conditions is None:
        return None
    asker = agent_with(interaction, role)
    for condition in conditions:
        because = condition(interaction, asker)
        if because is not None:
            return because
    return None


def refusal(interaction: Interaction, role: Role, action: Action, agent: AgentId, *, supervises: bool = False) -> Refused | None:
    """Say why this agent, who has this role, can't do this now; None: they can. `supervises`: they are a supervisor as well."""
    if action not in _rights(EVER, role, supervises=supervises):
        return NotPermitted(_NEVER[role])
    because = _of_phase(interaction, role, supervises=supervises)[action] or _unmet(interaction, role, action, agent)
    return NotNow(because) if because is not None else None


def prospects(interaction: Interaction, role: Role, agent: AgentId, *, supervises: bool = False) -> dict[Action, str | None]:
    """Say of each action that this role ever has, in the order of `Action`, why it can't be done now; None: it can."""
    of_phase = _of_phase(interaction, role, supervises=supervises)
    return {action: because or _unmet(interaction, role, action, agent) for action, because in of_phase.items()}


def _of_phase(interaction: Interaction, role: Role, *, supervises: bool) -> Mapping[Action, str | None]:
    agent_2 = agent_2_of(interaction)
    return _in_phase(interaction.phase, role, agent_2.name if agent_2 else None, supervises=supervises)


@lru_cache(maxsize=NAMES_REMEMBERED_MAX)
def _in_phase(phase: Phase, role: Role, agent_2: str | None, *, supervises: bool) -> Mapping[Action, str | None]:
    """The same as far as the phase decides it. Every desktop is shown this after every step, so it is looked up and not found out anew."""
    permitted = _rights(ROLE_TABLE[phase], role, supervises=supervises)
    ever = _rights(EVER, role, supervises=supervises)
    return {action: None if action in permitted else _not_now(phase, action, agent_2) for action in Action if action in ever}


def allowed(interaction: Interaction, role: Role, agent: AgentId, *, supervises: bool = False) -> tuple[Action, ...]:
    """List what this agent could do now."""
    return tuple(action for action, because in prospects(interaction, role, agent, supervises=supervises).items() if because is None)


def refused(interaction: Interaction, role: Role, agent: AgentId) -> dict[Action, str]:
    """Say of each other action that this role ever has why it can't be done now."""
    return {action: because for action, because in prospects(interaction, role, agent).items() if because is not None}
