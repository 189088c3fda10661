"""`ari-controller story`: the life of one interaction, as lines, as JSON or as a picture."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from controller.cli.exits import BAD_USAGE, CHECK_FAILED, DONE
from controller.service.site import site_of
from controller.telemetry.lanes import lanes_of
from controller.telemetry.step_file import recent_interactions, steps_of
from controller.telemetry.steps import RecordedStep
from controller.telemetry.story_svg import story_svg
from controller.telemetry.story_text import story_lines

SUGGESTIONS_MAX = 5


def story(asked: argparse.Namespace) -> int:
    """Tell it. Exit code 1 where nothing is recorded of this interaction. Raises `BadSiteFile`."""
    folder = asked.site.parent / site_of(asked.site).journal
    try:
        steps = steps_of(folder, asked.interaction)
        recent = [] if steps else recent_interactions(folder, SUGGESTIONS_MAX)
    except OSError as failed:
        print(f"{failed.filename or folder} can't be read: {failed.strerror}", file=sys.stderr)
        return CHECK_FAILED
    if not steps:
        latest = f"the latest are {', '.join(recent)}" if recent else "nothing is recorded there yet"
        print(f"Nothing is recorded of an interaction {asked.interaction!r} in {folder}; {latest}.", file=sys.stderr)
        return CHECK_FAILED
    if asked.svg is not None:
        return _draw(asked.svg, steps)
    if asked.json:
        print(_as_json(steps))
    else:
        print(*story_lines(steps), sep="\n")
    return DONE


def _draw(path: Path, steps: Sequence[RecordedStep]) -> int:
    picture = story_svg(steps)
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


def _as_json(steps: Sequence[RecordedStep]) -> str:
    segments = [
        {"who": lane.key, "name": lane.name, "doing": s.doing, "began_at": s.began_at, "seconds": round(s.seconds, 3)}
        for lane in lanes_of(steps)
        for s in lane.segments
    ]
    story = {
        "interaction": steps[0].interaction,
        "queue": steps[0].queue,
        "steps": [step.model_dump(mode="json") for step in steps],
        "segments": segments,
    }
    return json.dumps(story, indent=2, ensure_ascii=False)
