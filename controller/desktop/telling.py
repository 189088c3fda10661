"""What an outcome means to those who listen: which frame for whom, in which order. Knows no WebSocket."""

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from controller.desktop.shapes import RefusedAtTelephone
from controller.desktop.view_cache import ViewCache
from controller.desktop.views import agents_view, me_view, offer_view, queues_view, seen_by, viewers, wrap_up_view
from controller.directory.ids import AgentId, InteractionId, Seconds
from controller.floor.floor import Floor
from controller.floor.outcome import Change, Outcome
from controller.interaction.interaction import Interaction
from controller.interaction.notices import CodeRefused, DialRefused, Notice, OfferMade, TransferAnswered, WrapUpAsked
from controller.interaction.parties import parties


class Told(NamedTuple):
    """One frame for one agent, still without its number. `kind` is also the name of the member that has the value."""

    to: AgentId
    kind: str
    value: str
    """JSON."""


def snapshot(floor: Floor, viewer: AgentId, now: Seconds, view_cache: ViewCache) -> str:
    """The members of a snapshot, without its type and number."""
    interactions = ",".join(view_cache.json_of(floor, interaction, viewer) for interaction in seen_by(floor, viewer))
    queues = ",".join(queue.model_dump_json() for queue in queues_view(floor, now))
    agents = ""
    if viewer in floor.supervisors:
        agents = f',"agents":[{",".join(agent.model_dump_json() for agent in agents_view(floor))}]'
    return f'"me":{me_view(floor, viewer).model_dump_json()},"interactions":[{interactions}],"queues":[{queues}]{agents}'


def tell(outcome: Outcome, floor: Floor, listeners: Collection[AgentId], view_cache: ViewCache) -> Iterator[Told]:
    """Say what each listener is to hear: first the interactions in their order, then what they are asked, then themselves."""
    after = {change.after.id: change.after for change in outcome.changes}
    for change in outcome.changes:
        yield from _interaction(change, floor, listeners, view_cache)
    for notice in outcome.notices:
        yield from _notice(notice, after, listeners)
        yield from _refusal(notice, outcome.changes, listeners)
    for agent in _whose_desk_looks_different(outcome, listeners):
        yield Told(agent, "me", me_view(floor, agent).model_dump_json())


def tell_everything(floor: Floor, listeners: Iterable[AgentId], view_cache: ViewCache) -> Iterator[Told]:
    """Every interaction anew: what may be done has changed for all of them at once, because the switch came or went."""
    for agent in listeners:
        for interaction in seen_by(floor, agent):
            yield Told(agent, "interaction", view_cache.json_of(floor, interaction, agent))


def tell_who_sees_more_or_less(
    floor: Floor, former_supervisors: Collection[AgentId], listeners: Collection[AgentId], view_cache: ViewCache
) -> Iterator[Told]:
    """Every interaction to those who have become supervisors, or are none any more: to these what is not theirs is gone."""
    for agent in floor.supervisors.symmetric_difference(former_supervisors):
        if agent in listeners:
            for interaction in floor.everybodys_interactions():
                yield Told(agent, "interaction", view_cache.json_of(floor, interaction, agent))


def tell_anew(interactions: Iterable[Interaction], floor: Floor, listeners: Collection[AgentId], view_cache: ViewCache) -> Iterator[Told]:
    """Interactions that have not changed and look different all the same."""
    for interaction in interactions:
        for agent in viewers(floor, interaction):
            if agent in listeners:
                yield Told(agent, "interaction", view_cache.json_of(floor, interaction, agent))


def _interaction(change: Change, floor: Floor, listeners: Collection[AgentId], view_cache: ViewCache) -> Iterator[Told]:
    """For everybody who sees it, and once more for whoever has just seen it last."""
    before, after = change.before, change.after
    concerned = viewers(floor, after)
    if before is not None:
        concerned |= viewers(floor, before)
    for agent in concerned:
        if agent in listeners:
            yield Told(agent, "interaction", view_cache.json_of(floor, after, agent))


def _notice(notice: Notice, after: dict[InteractionId, Interaction], listeners: Collection[AgentId]) -> Iterator[Told]:
    """What an agent is asked just now, if it still holds after the whole input."""
    interaction = after.get(notice.interaction)
    if interaction is None:
        return
    match notice:
        case OfferMade(agent=agent, consult=consult) if agent in listeners and _rings(interaction, agent):
            yield Told(agent, "offer", offer_view(interaction, consult=consult).model_dump_json())
        case WrapUpAsked(agent=agent) if agent in listeners:
            owed = interaction.owes_wrap_up(agent)
            if owed is not None:
                yield Told(agent, "wrap_up", wrap_up_view(interaction, owed).model_dump_json())
        case _:
            return  # the interaction's own frame says the rest


def _refusal(notice: Notice, changes: Iterable[Change], listeners: Collection[AgentId]) -> Iterator[Told]:
    """What a telephone has asked for in vain, unless its agent reads it with the call that they own."""
    match notice:
        case CodeRefused(agent=str(agent), because=str(because)) | DialRefused(agent=str(agent), because=str(because)):
            pass
        case TransferAnswered(agent=str(agent), because=str(because)):
            pass
        case _:
            return
    owned = (change.after for change in changes if change.after.owner is not None and change.after.owner.agent == agent)
    if agent in listeners and all(interaction.news != because for interaction in owned):
        yield Told(AgentId(agent), "refused", RefusedAtTelephone(because=because).model_dump_json())


def _rings(interaction: Interaction, agent: AgentId) -> bool:
    return any(party.agent == agent and party.rings for party in parties(interaction))


def _whose_desk_looks_different(outcome: Outcome, listeners: Collection[AgentId]) -> Iterator[AgentId]:
    looks = dict.fromkeys(outcome.desks)
    for change in outcome.changes:
        owed = change.before.wrap_ups if change.before is not None else ()
        if change.after.wrap_ups is not owed:
            looks.update(dict.fromkeys(wrap_up.agent for wrap_up in change.after.wrap_ups))
    return (agent for agent in looks if agent in listeners)
