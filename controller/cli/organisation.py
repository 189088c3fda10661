"""`ari-controller organisation`: asks every organisation for its people now, and says how many came, or looks somebody up among them."""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from controller.cli.exits import CHECK_FAILED, DONE
from controller.dialling.listed_number import ListedNumbers
from controller.directory.colleague_search import ColleagueList, Found, ListedColleague, search
from controller.directory.colleagues import Roster
from controller.directory.dial_plan import listed_numbers
from controller.directory.ids import OrganisationId, Seconds
from controller.directory.organisation import Organisation, OrganisationState, is_far_fewer
from controller.directory.site import Site
from controller.organisation.kept_lists import COLLEAGUES_FOLDER, KeptLists
from controller.organisation.organisations import BELIEVED_SECONDS
from controller.organisation.presence import with_their_presence
from controller.organisation.provider import Fetched, PresenceSource, Provider, ProviderFailed
from controller.organisation.providers import provider_of
from controller.service.site import site_of
from controller.telemetry.sentences import printable

LISTED_MAX = 50

MINUTE, HOUR, DAY = 60, 3600, 86_400


def organisation(asked: argparse.Namespace) -> int:
    """Print what came. Exit code 1 where an organisation's people could not be fetched. Raises `BadSiteFile`."""
    site = site_of(asked.site)
    if not site.organisations:
        print(f"{asked.site} has no [[organisation]]: there are no colleagues to look up.", file=sys.stderr)
        return DONE
    words = " ".join(asked.words)
    kept = KeptLists(asked.site.absolute().parent / site.journal / COLLEAGUES_FOLDER)
    found, states = asyncio.run(_asked(site, asked.site.absolute().parent, words, kept))
    if asked.json:
        print(json.dumps({"organisations": _states_as_json(states), **(_found_as_json(found) if words else {})}, ensure_ascii=False))
    elif words:
        _print_found(found)
        _print_states([state for state in states if _has_failed(state)], sys.stderr)
    else:
        _print_states(states, sys.stdout)
    return CHECK_FAILED if any(_has_failed(state) for state in states) else DONE


def _has_failed(state: OrganisationState) -> bool:
    return bool(state.failed_because or state.presence_failed_because)


async def _asked(site: Site, folder: Path, words: str, kept: KeptLists) -> tuple[Found, list[OrganisationState]]:
    """Ask every organisation at once, and look somebody up among those who came. Without words the presence of a few is asked for too."""
    numbers = listed_numbers(site.directory)
    providers = {one.id: provider_of(one, numbers, folder) for one in site.organisations}
    both = await asyncio.gather(*(_fetch(one, providers[one.id], kept, numbers) for one in site.organisations))
    found = search([people for people, _ in both], words, LISTED_MAX, numbers.read)
    asked = {one.id: providers[one.id].presence for one in site.organisations if one.is_asked}
    tell = {id_: presence for id_, presence in asked.items() if presence is not None}
    found = replace(found, colleagues=await with_their_presence(found.colleagues, tell))
    return found, [replace(state, presence_failed_because=_presence_failed_because(tell, state)) for _, state in both]


def _presence_failed_because(tell: Mapping[OrganisationId, PresenceSource], state: OrganisationState) -> str:
    presence = tell.get(state.organisation.id)
    # Where nobody came, there is one reason for it all.
    return "" if presence is None or state.failed_because else presence.failed_because


async def _fetch(one: Organisation, provider: Provider, kept: KeptLists, numbers: ListedNumbers) -> tuple[ColleagueList, OrganisationState]:
    nobody = OrganisationState(organisation=one, people=0, fetched_at=None)
    if not one.is_asked:
        return ColleagueList(organisation=one), nobody
    roster = Roster()
    try:
        fetched = await provider.fetch(roster.add, None)
    except ProviderFailed as failed:
        return ColleagueList(organisation=one), replace(nobody, failed_because=failed.because)
    assert isinstance(fetched, Fetched), "it was never fetched before"
    state = OrganisationState(
        organisation=one,
        people=len(roster),
        fetched_at=time.time(),
        written_at=fetched.written_at,
        without_number=fetched.without_number,
        mistakes=fetched.mistakes,
        notes=(*fetched.notes, *await _compared(len(roster), one, kept, numbers)),
    )
    return ColleagueList(organisation=one, roster=roster, presence_at=fetched.written_at), state


async def _compared(people: int, one: Organisation, kept: KeptLists, numbers: ListedNumbers) -> list[str]:
    """Say what the service, which has kept its last list, makes of one that is far shorter."""
    before = Roster()
    try:
        await kept.read(one, numbers, before.add)
    except ProviderFailed as failed:
        return [f"not compared with the list that the service has: {failed.because}"]
    if people == 0 and before:
        return [f"the service knows {len(before)}, and goes on with those until somebody is in it again"]
    if is_far_fewer(people, len(before)):
        return [f"the service knows {len(before)}, and goes on with those until there have been so few for {BELIEVED_SECONDS:g} s"]
    return []


# --- How many came -----------------------------------------------------------------------------------------------------


def _print_states(states: Sequence[OrganisationState], out: TextIO) -> None:
    for state in states:
        print(_line(state), file=out)
        if state.presence_failed_because:
            print(f"  FAILED: nobody's presence: {printable(state.presence_failed_because)}.", file=out)
        for note in state.notes:
            print(f"  {printable(note)}", file=out)


def _line(state: OrganisationState) -> str:
    who = f"{state.organisation.name} ({state.organisation.source.place})"
    if not state.organisation.is_asked:
        return f"{who}: not asked. Nobody is offered: they use Teams, and single_sign_on is off."
    if state.failed_because:
        return f"{who}: FAILED: {printable(state.failed_because)}."
    assert state.written_at is not None, "what has come was written some time"
    parts = [f"{state.people} with a business number"]
    if state.without_number:
        parts.append(f"{state.without_number} without one, who are not listed")
    if state.mistakes:
        parts.append(f"{state.mistakes} left out because of a mistake")
    offered = "" if state.organisation.is_offered else " Nobody is offered: they use Teams, and single_sign_on is off."
    return f"{who}: {', '.join(parts)}; written {_ago(state.written_at)}.{offered}"


def _ago(at: Seconds) -> str:
    seconds = time.time() - at
    for unit, name in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        if seconds >= unit:
            number = int(seconds // unit)
            return f"{number} {name}{'' if number == 1 else 's'} ago"
    return "less than a minute ago"


def _states_as_json(states: Sequence[OrganisationState]) -> list[dict[str, object]]:
    return [
        {
            "id": state.organisation.id,
            "name": state.organisation.name,
            "source": state.organisation.source.place,
            "offered": state.organisation.is_offered,
            "people": state.people,
            "without_number": state.without_number,
            "mistakes": state.mistakes,
            "written_at": _as_iso(state.written_at),
            "failed": state.failed_because or None,
            "presence_failed": state.presence_failed_because or None,
            "notes": state.notes,
        }
        for state in states
    ]


# --- Who was found -----------------------------------------------------------------------------------------------------


def _print_found(found: Found) -> None:
    if not found.colleagues:
        print("Nobody is found.")
    for listed in found.colleagues:
        who = listed.colleague
        parts = (listed.id, who.name, ", ".join(filter(None, (who.title, who.department))), who.number, _presence(listed))
        print("  ".join(printable(part) for part in parts if part))
    if found.is_truncated:
        print(f"There are more than {LISTED_MAX}: give more of a name.")


def _presence(listed: ListedColleague) -> str:
    if listed.presence_at is None:
        return ""
    return f"{listed.presence} ({_ago(listed.presence_at)})"


def _found_as_json(found: Found) -> dict[str, object]:
    return {
        "colleagues": [
            {
                "id": listed.id,
                "name": listed.colleague.name,
                "title": listed.colleague.title,
                "department": listed.colleague.department,
                "number": listed.colleague.number,
                "presence": listed.presence or None,
                "presence_as_of": _as_iso(listed.presence_at),
                "organisations": listed.organisations,
            }
            for listed in found.colleagues
        ],
        "truncated": found.is_truncated,
    }


def _as_iso(at: Seconds | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat()
