"""The entries of the directory: whom an agent could consult, whether they can be consulted now, and why not. Pure, like `views`."""

from collections.abc import Callable, Iterator

from controller.desktop import shapes
from controller.desktop.targets import Targets
from controller.desktop.views import SWITCH_AWAY, moment, moment_if_known
from controller.dialling.listed_number import looks_like_a_number
from controller.directory.colleague_search import ListedColleague
from controller.directory.dial_plan import listed_numbers
from controller.directory.dialled_targets import shown, target_of
from controller.directory.directory import Queue
from controller.directory.folding import has_words, searched_text, words_of
from controller.directory.ids import AgentId, Seconds
from controller.directory.organisation import OrganisationState
from controller.directory.targets import AgentTarget, EntryPointTarget, QueueTarget, Target, is_limited
from controller.floor.floor import Floor
from controller.floor.reach import Asker, consult_reach_of
from controller.interaction.refusals import Refused
from controller.routing.desk import DeskState

ENTRIES_MAX = 50

UNKNOWN = "unknown"
"""The presence of somebody of whom nobody knows it."""

SECONDS_PER_MINUTE = 60


def _why_not(floor: Floor, asker: AgentId, target: Target, now: Seconds) -> str | None:
    """Say why a consult would be refused now, in the very words of that refusal; None: it would not."""
    if not floor.switch_is_there:
        return SWITCH_AWAY
    try:
        consult_reach_of(target, Asker(agent=asker, queue=None), floor.presence)
    except Refused as no:
        return no.because
    return floor.why_no_outside_call(asker, now) if is_limited(target) else None


# --- Agents, queues and entry points ----------------------------------------------------------------------------------


def agents(floor: Floor, asker: AgentId, wanted: str, now: Seconds) -> Iterator[shapes.DirectoryEntry]:
    """List agents, with their presence as it is now."""
    words = words_of(wanted)
    for agent in floor.directory.agents.values():
        if not has_words(searched_text((agent.name, agent.id, agent.team, agent.phone)), words):
            continue
        desk = floor.desks[agent.id]
        why_not = _why_not(floor, asker, AgentTarget(agent=agent.id), now)
        yield shapes.DirectoryEntry(
            kind="agent",
            id=agent.id,
            name=agent.name,
            detail=agent.team,
            number=agent.phone,
            presence=desk.state,
            presence_since=moment_if_known(desk.state_since),
            idle_reason=desk.reason or None if desk.state is DeskState.IDLE else None,
            available=why_not is None,
            because=why_not,
        )


def queues_to_consult(floor: Floor, asker: AgentId, wanted: str, now: Seconds) -> Iterator[shapes.DirectoryEntry]:
    """List queues: who is free in them, and who waits."""
    words = words_of(wanted)
    for queue in floor.directory.queues.values():
        if has_words(searched_text((queue.name, queue.id)), words):
            why_not = _why_not(floor, asker, QueueTarget(queue=queue.id), now)
            yield shapes.DirectoryEntry(
                kind="queue",
                id=queue.id,
                name=queue.name,
                detail=_in_words(floor, queue, asker, now),
                presence=_presence_of(floor, queue, asker),
                available=why_not is None,
                because=why_not,
            )


def entry_points(floor: Floor, asker: AgentId, wanted: str, now: Seconds) -> Iterator[shapes.DirectoryEntry]:
    """List entry points; what is said of them is said of the queue that they lead to."""
    words = words_of(wanted)
    for point in floor.directory.entry_points.values():
        queue = floor.directory.queues[point.queue]
        if has_words(searched_text((point.name, point.id, queue.name, *point.numbers)), words):
            why_not = _why_not(floor, asker, EntryPointTarget(entry_point=point.id), now)
            yield shapes.DirectoryEntry(
                kind="entry_point",
                id=point.id,
                name=point.name,
                detail=f"{queue.name}: {_in_words(floor, queue, asker, now)}",
                number=point.numbers[0],
                presence=_presence_of(floor, queue, asker),
                available=why_not is None,
                because=why_not,
            )


def _presence_of(floor: Floor, queue: Queue, asker: AgentId) -> str:
    """Say in a word what a queue's agents do. Whoever asks is not one of them."""
    desks = [floor.desks[agent] for agent in queue.agents if agent != asker]
    if any(desk.is_available and not desk.lacks_telephone for desk in desks):
        return "available"
    return "logged_off" if all(desk.state is DeskState.LOGGED_OFF for desk in desks) else "busy"


def _in_words(floor: Floor, queue: Queue, asker: AgentId, now: Seconds) -> str:
    desks = [floor.desks[agent] for agent in queue.agents if agent != asker]
    free = sum(desk.is_available and not desk.lacks_telephone for desk in desks)
    waiting = floor.waiting_in(queue.id)
    if not waiting:
        return f"{free} free, nobody waits"
    minutes, seconds = divmod(int(max(0.0, now - min(customer.waits_since for customer in waiting))), SECONDS_PER_MINUTE)
    return f"{free} free, {len(waiting)} waiting, the longest for {minutes}:{seconds:02}"


# --- Numbers and colleagues --------------------------------------------------------------------------------------------


def numbers(floor: Floor, targets: Targets, asker: AgentId, wanted: str, now: Seconds) -> Iterator[shapes.DirectoryEntry]:
    """List the numbers that the site has names for, and after them those that this agent has dialled last."""
    is_wanted, listed = _wants_number(floor, wanted), set[str]()
    for site in floor.directory.numbers.values():
        if is_wanted(site.number, f"{site.name} {site.id}"):
            entry = _number(floor, targets, asker, site.number, now, id_=site.id, name=site.name)
            listed.add(entry.number or "")
            yield entry
    for dialled in floor.dialled_by(asker):
        if dialled not in listed and is_wanted(dialled, dialled):
            yield _number(floor, targets, asker, dialled, now, id_=dialled, name="")


def _wants_number(floor: Floor, wanted: str) -> Callable[[str, str], bool]:
    """Say which numbers a query means, each by itself and by what is said of it: by number only in full, in any written form."""
    if not looks_like_a_number(wanted):
        words = words_of(wanted)
        return lambda number, said: has_words(searched_text((said,)), words)
    listed = listed_numbers(floor.directory)
    meant = listed.read(wanted)
    return lambda number, said: meant is not None and listed.read(number) == meant


def _number(floor: Floor, targets: Targets, asker: AgentId, written: str, now: Seconds, *, id_: str, name: str) -> shapes.DirectoryEntry:
    dials = targets.dial_box.understand(written, floor.directory)
    why_not = dials.because or _why_not(floor, asker, target_of(dials, name=name), now)
    return shapes.DirectoryEntry(
        kind="number",
        id=id_,
        name=name,
        detail=dials.region or "",
        number=shown(dials) if dials.dial is not None else written,
        presence=UNKNOWN,
        available=why_not is None,
        because=why_not,
    )


def colleague(
    floor: Floor, targets: Targets, asker: AgentId, listed: ListedColleague, now: Seconds, *, are_several: bool
) -> shapes.DirectoryEntry:
    """List somebody of an organisation; `are_several`: there is more than one, so it is said which know them.

    Presence keeps nobody from being consulted: it may lag.
    """
    who, dials = listed.colleague, targets.number_of(listed)
    why_not = dials.because or _why_not(floor, asker, targets.of_colleague(listed, dials), now)
    detail = ", ".join(filter(None, (who.title, who.department)))
    return shapes.DirectoryEntry(
        kind="organisation",
        id=listed.id,
        name=who.name,
        detail=" · ".join(filter(None, (detail, *listed.organisations))) if are_several else detail,
        number=dials.international or who.number,
        presence=listed.presence or UNKNOWN,
        presence_as_of=moment(listed.presence_at) if listed.presence_at is not None else None,
        available=why_not is None,
        because=why_not,
    )


def said_of(state: OrganisationState, now: Seconds) -> Iterator[str]:
    """Say to an agent what is wrong with the list of an organisation, a sentence for each, with the reason as administrators read it.

    They are the ones who notice first that somebody is missing; what they pass on must say where to look.
    """
    name = state.organisation.name
    if state.is_stale(now):
        yield _stale_because(state, now)
    if before := state.shrunk_from(now):
        yield f"The list of {name} has become much shorter: {before} people, now {state.people}."
    if state.presence_failed_because:
        yield _with_reason(f"The presence of the people of {name} is not known at the moment", state.presence_failed_because)


def _stale_because(state: OrganisationState, now: Seconds) -> str:
    name = state.organisation.name
    if state.fetched_at is None and not state.failed_because:
        return f"The people of {name} have not been fetched yet."
    if state.fetched_at is None:
        return _with_reason(f"The people of {name} could not be fetched", state.failed_because)
    minutes = int(max(0.0, now - state.fetched_at)) // SECONDS_PER_MINUTE
    if state.is_of_last_time and not state.failed_because:
        return f"The people of {name} are being fetched: the list is of before a restart, {minutes} minutes ago."
    if not state.failed_because:
        return f"The list of {name} is {minutes} minutes old."
    return _with_reason(f"The people of {name} could not be fetched again, and the list is {minutes} minutes old", state.failed_because)


def _with_reason(sentence: str, because: str) -> str:
    return f"{sentence}: {because}."
