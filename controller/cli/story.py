"""`ari-controller story`: the life of one interaction, as lines, as JSON or as a picture; or which there were."""

import argparse
import json
import sys
import time
from collections.abc import Mapping
from datetime import datetime
from datetime import time as clock_time
from pathlib import Path

from controller.cli.exits import BAD_USAGE, CHECK_FAILED, DONE
from controller.desktop.stories import story_view
from controller.desktop.views import moment
from controller.directory.ids import Seconds
from controller.directory.site import Site
from controller.floor.story import Story
from controller.service.site import site_of
from controller.telemetry.step_file import interaction_of_leg, recent_interactions, record_begins_at
from controller.telemetry.stories import read_story
from controller.telemetry.story_search import Found, Wanted, find_interactions, lines_of_found
from controller.telemetry.story_svg import story_picture
from controller.telemetry.story_text import local, segment_lines, story_lines

SUGGESTIONS_MAX = 5
LISTED = 20


def story(asked: argparse.Namespace) -> int:
    """Tell it, or list those that are looked for. Exit code 1 where nothing is recorded of that. Raises `BadSiteFile`."""
    site = site_of(asked.site)
    folder = asked.site.parent / site.journal
    looked_for = [asked.number, asked.agent, asked.queue, asked.since, asked.last]
    if asked.interaction is None:
        if asked.svg is not None or asked.segments:
            print("--segments and --svg are for one interaction: say which.", file=sys.stderr)
            return BAD_USAGE
        return _list(asked, folder, site)
    if any(each is not None for each in looked_for):
        print("--number, --agent, --queue, --since and --last look for interactions: leave the id out.", file=sys.stderr)
        return BAD_USAGE
    try:
        told = read_story(folder, asked.interaction) or _story_of_leg(folder, asked.interaction)
        recent = [] if told else recent_interactions(folder, SUGGESTIONS_MAX)
        begins_at = None if told else record_begins_at(folder)
    except OSError as failed:
        print(f"{failed.filename or folder} can't be read: {failed.strerror}", file=sys.stderr)
        return CHECK_FAILED
    if told is None:
        latest = f"the latest are {', '.join(recent)}" if recent else "nothing is recorded there yet"
        older = f" {_how_far_back(site, begins_at)}" if begins_at is not None else ""
        print(f"Nothing is recorded of an interaction {asked.interaction!r} in {folder}; {latest}.{older}", file=sys.stderr)
        return CHECK_FAILED
    if asked.svg is not None:
        return _draw(asked.svg, told)
    if asked.json:
        print(story_view(told).model_dump_json(indent=2))
    else:
        print(*(segment_lines if asked.segments else story_lines)(told), sep="\n")
    return DONE


def _story_of_leg(folder: Path, leg: str) -> Story | None:
    """Tell the story in which a channel of Asterisk had a part: what a call record names."""
    interaction = interaction_of_leg(folder, leg)
    return read_story(folder, interaction) if interaction is not None else None


def _how_far_back(site: Site, begins_at: Seconds) -> str:
    """Say since when something is recorded, and why no longer."""
    days = f"for {site.steps_days} days and " if site.steps_days is not None else ""
    return f"The record begins at {local(begins_at):%Y-%m-%d %H:%M}: steps are kept {days}up to {site.steps_mb_max} MB."


def _list(asked: argparse.Namespace, folder: Path, site: Site) -> int:
    wanted = Wanted(number=asked.number or "", agent=asked.agent or "", queue=asked.queue or "", since=asked.since)
    try:
        searched = find_interactions(folder, wanted, site.region, asked.last or LISTED)
        found = searched.found
    except OSError as failed:
        print(f"{failed.filename or folder} can't be read: {failed.strerror}", file=sys.stderr)
        return CHECK_FAILED
    if asked.json:
        print(json.dumps({"interactions": [_as_json(one) for one in found]}, indent=2, ensure_ascii=False))
    else:
        print(*lines_of_found(found), sep="\n", end="\n" if found else "")
    if not found:
        print(f"Nothing of that kind is recorded in {folder}.", file=sys.stderr)
    if searched.looked_from is not None:
        print(f"Looked at what was since {local(searched.looked_from):%Y-%m-%d %H:%M}: --since 90d looks further back.", file=sys.stderr)
    elif wanted.since is not None and searched.begins_at is not None and searched.begins_at > wanted.since:
        print(_how_far_back(site, searched.begins_at), file=sys.stderr)
    return DONE if found else CHECK_FAILED


def _as_json(found: Found) -> dict[str, object]:
    return {
        "id": found.interaction,
        "began_at": moment(found.began_at).isoformat(),
        "last_at": moment(found.last_at).isoformat(),
        "queue": found.queue or None,
        "customer": found.customer,
        "agents": list(found.agents),
        "numbers": sorted(found.numbers),
        "phase": found.phase,
    }


UNITS: Mapping[str, Seconds] = {"m": 60.0, "h": 3600.0, "d": 86_400.0}


def since(written: str) -> Seconds:
    """Read when something began: `2h` ago, `10:30` today, `2026-11-22`, `2026-11-22T10:30`. Raises ValueError."""
    number, unit = written[:-1], written[-1:]
    if unit in UNITS and number.isdigit():
        return time.time() - int(number) * UNITS[unit]
    now = datetime.now().astimezone()
    if ":" in written and "-" not in written:
        return datetime.combine(now.date(), clock_time.fromisoformat(written)).astimezone().timestamp()
    return datetime.fromisoformat(written).astimezone().timestamp()


def _draw(path: Path, told: Story) -> int:
    picture = story_picture(told).svg
    if str(path) == "-":
        print(picture, end="")
        return DONE
    try:
        path.write_text(picture, encoding="utf-8")
    except OSError as failed:
        print(f"{path} can't be written: {failed.strerror}", file=sys.stderr)
        return BAD_USAGE
    print(f"Drawn into {path}.")
    return DONE
