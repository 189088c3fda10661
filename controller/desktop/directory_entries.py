"""The entries of the directory: whom an agent could consult, whether they can be consulted now, and why not. Pure, like `views`."""

from collections.abc import Iterator, Mapping

from controller.desktop import shapes
from controller.desktop.dial_box import DialBox
from controller.desktop.views import SWITCH_AWAY, moment
from controller.dialling.listed_number import looks_like_a_number
from controller.dialling.typed import TypedNumber
from controller.directory.colleague_search import ListedColleague
from controller.directory.dial_plan import listed_numbers
from controller.directory.directory import Queue
from controller.directory.folding import has_words, searched_text, words_of
from controller.directory.ids import AgentId, Seconds
from controller.directory.organisation import OrganisationState
from controller.floor.floor import BUSY_WITH, Floor
from controller.routing.desk import DeskState

ENTRIES_MAX = 50

UNKNOWN = "unknown"
"""The presence of somebody of whom nobody knows it."""

NOT_SERVED: Mapping[shapes.EntryKind, str] = {
    "queue": "This version consults agents only, no queues yet.",
    "entry_point": "This version consults agents only, no entry points yet.",
    "number": "This version consults agents only, nobody outside yet.",
    "organisation": "This version consults agents only, nobody of the organisation yet.",
}
"""Kinds that are listed and can't be consulted yet. Each goes from here in the version that can."""

SECONDS_PER_MINUTE = 60


def _why_not(floor: Floor, kind: shapes.EntryKind, because: str) -> str | None:
    """Put first what would still be in the way if the rest were not; None: nothing is."""
    return NOT_SERVED.get(kind) or ("" if floor.switch_is_there else SWITCH_AWAY) or because or None


# --- Agents, queues and entry points ----------------------------------------------------------------------------------


def agents(floor: Floor, asker: AgentId, wanted: str) -> Iterator[shapes.DirectoryEntry]:
    """List agents, with their presence as it is now."""
    words = words_of(wanted)
    for agent in floor.directory.agents.values():
        if not has_words(searched_text((agent.name, agent.id, agent.team, agent.phone)), words):
            continue
        desk = floor.desks[agent.id]
        busy = "" if desk.is_available else f"{agent.name} {BUSY_WITH[desk.state]}."
        why_not = _why_not(floor, "agent", "This is you." if agent.id == asker else busy)
        yield shapes.DirectoryEntry(
            kind="agent",
            id=agent.id,
            name=agent.name,
            detail=agent.team,
            number=agent.phone,
            presence=desk.state,
            available=why_not is None,
            because=why_not,
        )


def queues_to_consult(floor: Floor, asker: AgentId, wanted: str, now: Seconds) -> Iterator[shapes.DirectoryEntry]:
    """List queues: who is free in them, and who waits."""
    words = words_of(wanted)
    for queue in floor.directory.queues.values():
        if has_words(searched_text((queue.name, queue.id)), words):
            presence, because = _presence_of(floor, queue, asker)
            why_not = _why_not(floor, "queue", because)
            yield shapes.DirectoryEntry(
                kind="queue",
                id=queue.id,
                name=queue.name,
                detail=_in_words(floor, queue, asker, now),
                presence=presence,
                available=why_not is None,
                because=why_not,
            )


def entry_points(floor: Floor, asker: AgentId, wanted: str, now: Seconds) -> Iterator[shapes.DirectoryEntry]:
    """List entry points; what is said of them is said of the queue that they lead to."""
    words = words_of(wanted)
    for point in floor.directory.entry_points.values():
        queue = floor.directory.queues[point.queue]
        if has_words(searched_text((point.name, point.id, queue.name, *point.numbers)), words):
            presence, because = _presence_of(floor, queue, asker)
            why_not = _why_not(floor, "entry_point", because)
            yield shapes.DirectoryEntry(
                kind="entry_point",
                id=point.id,
                name=point.name,
                detail=f"{queue.name}: {_in_words(floor, queue, asker, now)}",
                number=point.numbers[0],
                presence=presence,
                available=why_not is None,
                because=why_not,
            )


def _presence_of(floor: Floor, queue: Queue, asker: AgentId) -> tuple[str, str]:
    """Say in a word what a queue's agents do, and why it can't be consulted; empty: it can. Whoever asks is not one of them."""
    states = [floor.desks[agent].state for agent in queue.agents if agent != asker]
    if DeskState.AVAILABLE in states:
        return "available", ""
    if all(state is DeskState.LOGGED_OFF for state in states):
        return "logged_off", f"Nobody who serves {queue.name} is logged on."
    return "busy", ""  # a consult waits until somebody is free


def _in_words(floor: Floor, queue: Queue, asker: AgentId, now: Seconds) -> str:
    free = sum(floor.desks[agent].is_available for agent in queue.agents if agent != asker)
    waiting = floor.waiting_in(queue.id)
    if not waiting:
        return f"{free} free, nobody waits"
    minutes, seconds = divmod(int(max(0.0, now - min(customer.waits_since for customer in waiting))), SECONDS_PER_MINUTE)
    return f"{free} free, {len(waiting)} waiting, the longest for {minutes}:{seconds:02}"


# --- Numbers and colleagues --------------------------------------------------------------------------------------------


def numbers(floor: Floor, dial_box: DialBox, wanted: str) -> Iterator[shapes.DirectoryEntry]:
    """List the numbers that the site has names for. Those that an agent has dialled come with outbound calls."""
    words = words_of(wanted)
    in_full = listed_numbers(floor.directory) if looks_like_a_number(wanted) else None
    number_wanted = in_full.read(wanted) if in_full is not None else None
    for entry in floor.directory.numbers.values():
        if in_full is not None:
            is_wanted = number_wanted is not None and in_full.read(entry.number) == number_wanted
        else:
            is_wanted = has_words(searched_text((entry.name, entry.id)), words)
        if is_wanted:
            dials = dial_box.understand(entry.number, floor.directory)
            why_not = _why_not(floor, "number", _not_dialled(floor, dials))
            yield shapes.DirectoryEntry(
                kind="number",
                id=entry.id,
                name=entry.name,
                detail=dials.region or "",
                number=dials.international or entry.number,
                presence=UNKNOWN,
                available=why_not is None,
                because=why_not,
            )


def colleague(floor: Floor, dial_box: DialBox, listed: ListedColleague, *, are_several: bool) -> shapes.DirectoryEntry:
    """List somebody of an organisation; `are_several`: there is more than one, so it is said which know them.

    Presence keeps nobody from being consulted: it may lag.
    """
    who = listed.colleague
    dials = dial_box.understand(who.number, floor.directory)
    why_not = _why_not(floor, "organisation", _not_dialled(floor, dials))
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


def _not_dialled(floor: Floor, dials: TypedNumber) -> str:
    if dials.because is not None:
        return dials.because
    if dials.e164 is not None and not floor.directory.dialling.trunk:
        return "This site has no trunk by which calls to outside leave."
    return ""


def stale_because(state: OrganisationState, now: Seconds) -> str:
    """Say to an agent what may be wrong with a stale list. Why it could not be fetched is for administrators."""
    if state.fetched_at is None:
        return f"The people of {state.organisation.name} have not been fetched yet."
    minutes = int(max(0.0, now - state.fetched_at)) // SECONDS_PER_MINUTE
    return f"The people of {state.organisation.name} could not be fetched again: the list is {minutes} minutes old."
