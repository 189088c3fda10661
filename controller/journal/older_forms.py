"""Inputs and states of older forms as today's writes them. A form is never written anew: what it said otherwise is said here.

1, 2   an interaction has a phase, and a party for each role; what rings or is asked has the interaction's only deadline
3      an interaction has its parts: customer, offer, owner, consult, members; the phase follows from them
4      a consult has a target, of any kind; a customer on hold has a moment at which their owner is reminded of them
"""

from collections.abc import Callable, Iterator
from typing import Any

from controller.directory.ids import THE_SWITCH
from controller.directory.policy import Policy
from controller.interaction.facts import Why

Fields = dict[str, Any]
"""A value of a state as JSON has it."""

_TALKS_TO = {
    "connected": "customer",
    "held": "nobody",
    "consult_offered": "consult",
    "consulting": "consult",
    "consult_held": "customer",
    "conference": "customer",
}
"""Whom the owner talks to, in each phase that has one."""
_CONSULTS = ("consult_offered", "consulting", "consult_held")
_RING_BACK = "ring back unanswered"


def with_parts(state: Any) -> Any:
    """Bring a state of form 1 or 2 into form 3. What is not as those forms are is left for the reader to refuse."""
    return _with_interactions(state, _parts)


def _parts(interaction: Fields) -> Fields:
    parties = {party.get("role"): party for party in _dicts(interaction.get("parties"))}
    if "customer" not in parties:
        return interaction
    kept = {name: value for name, value in interaction.items() if name not in ("phase", "parties", "deadline", "consult_asked_at")}
    if not isinstance(not_for := kept.get("not_for"), list):  # for a while it was one agent or none
        kept["not_for"] = [] if not_for is None else [not_for]
    customer = parties["customer"]
    stage = "gone" if customer.get("standing") == "gone" else "there"
    kept["customer"] = {"stage": stage, **_with_leg(customer, "person")}
    return {**kept, **_agents(interaction, parties)}


def _agents(interaction: Fields, parties: dict[Any, Fields]) -> Fields:
    phase, deadline, asked_at = interaction.get("phase"), interaction.get("deadline"), interaction.get("consult_asked_at")
    one, two = parties.get("agent1"), parties.get("agent2")
    found: Fields = {}
    if one is not None and phase in _TALKS_TO:
        # What was called connected while the owner's own hold key kept the customer on music is held.
        by_key = phase == "connected" and one.get("phone_on_hold")
        found["owner"] = {**_with_leg(one, "person"), "agent": one.get("agent"), "talks_to": "nobody" if by_key else _TALKS_TO[phase]}
    if one is not None and phase == "offered":
        is_back = isinstance(deadline, dict) and deadline.get("why") == _RING_BACK
        found["offer"] = {"why": "ring-back" if is_back else "line", **_with_leg(one, "to"), "deadline": deadline}
        found["former"] = _with_leg(one, "person") if is_back else None
    if one is not None and phase in ("transfer_asked", "ended"):
        found["former"] = _with_leg(one, "person")
    if two is not None and phase in _CONSULTS:
        stage = "ringing" if two.get("standing") == "ringing" else "up"
        found["consult"] = {"stage": stage, **_with_leg(two, "person"), "asked_at": asked_at, "deadline": deadline}
    if two is not None and phase == "transfer_asked":
        found["offer"] = {"why": "asked", **_with_leg(two, "to"), "deadline": deadline, "consulted_since": asked_at}
    if two is not None and phase == "conference":
        found["members"] = [_with_leg(two, "person")]
    return found


def _with_leg(party: Fields, whose: str) -> Fields:
    """Split a party into somebody, by this name, and their leg."""
    phone = party.get("phone")
    endpoint = None if phone is None else {"address": phone}
    person = {**_of(party, "name", "number", "agent", "answers_remotely"), "endpoint": endpoint}
    leg = {
        **_of(party, "told_to_answer", "muted", "phone_on_hold", "hold_key_in_doubt", "is_stuck"),
        "id": party.get("leg"),
        "origin": party.get("origin", "came" if party.get("role") == "customer" else "made"),
        "switch": party.get("switch", THE_SWITCH),
    }
    return {whose: person, "leg": leg}


def _of(party: Fields, *names: str) -> Fields:
    return {name: party[name] for name in names if name in party}


def _dicts(several: Any) -> Iterator[Fields]:
    yield from (one for one in several if isinstance(one, dict)) if isinstance(several, list) else ()


def with_targets(state: Any) -> Any:
    """Bring a state of form 3 into form 4."""
    return _with_interactions(state, _target)


def _target(interaction: Fields) -> Fields:
    consult, owner, customer = interaction.get("consult"), interaction.get("owner"), interaction.get("customer")
    if isinstance(consult, dict) and isinstance(person := consult.get("person"), dict):
        target = {"kind": "agent", "agent": person.get("agent")}
        interaction = {**interaction, "consult": {"target": target, "name": person.get("name"), **consult}}
    is_held = isinstance(owner, dict) and owner.get("talks_to") != "customer"
    if is_held and isinstance(customer, dict) and isinstance(since := interaction.get("phase_since"), int | float):
        alarm = {"at": since + Policy().hold_alarm_seconds, "why": Why.HELD_FOR_LONG}
        interaction = {**interaction, "customer": {**customer, "held_since": since, "deadline": alarm}}
    offer = interaction.get("offer")
    if isinstance(offer, dict):
        interaction = {**interaction, "offer": {"owes_wrap_up": offer.get("why") == "ring-back", **offer}}
    return interaction


def _with_interactions(state: Any, change: Callable[[Fields], Fields]) -> Any:
    interactions = state.get("interactions") if isinstance(state, dict) else None
    if isinstance(interactions, list):
        state = {**state, "interactions": [change(one) if isinstance(one, dict) else one for one in interactions]}
    return state


_READERS: tuple[tuple[int, Callable[[Any], Any]], ...] = ((2, with_parts), (3, with_targets))
"""Up to which form each is needed, in order."""


def state_as_today(state: Any, form: int) -> Any:
    """Bring a state of any form into today's."""
    for last, read in _READERS:
        if form <= last:
            state = read(state)
    return state


def as_today(kind: str, fields: Any, form: int) -> Any:
    """Bring an input of any form into today's. What is not as its form is, is left for the reader to refuse."""
    if not isinstance(fields, dict):
        return fields
    if form <= 2 and kind in ("SwitchLost", "SwitchFound"):  # there was one Asterisk, without a name
        fields = {"switch": THE_SWITCH, **fields}
    if form <= 3 and kind == "StartConsult" and isinstance(agent := fields.get("target"), dict):
        fields = {**fields, "target": {"kind": "agent", "agent": agent.get("id")}}
    return fields
