"""`ari-controller number`: what the dial box would make of a typed number, in the same words."""

import argparse
import io
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from controller.cli.exits import BAD_USAGE, CHECK_FAILED, DONE
from controller.desktop.number_view import number_view
from controller.dialling.rules import DialPlan
from controller.dialling.typed import NumberKind, TypedNumber, understand
from controller.directory.dial_plan import dial_plan
from controller.directory.site_dialling import region_mistake
from controller.directory.site_mistakes import shown
from controller.service.site import site_of

FROM_STANDARD_INPUT = "-"
SITE_OF_THIS_FOLDER = Path("site.toml")

OF_KIND = {NumberKind.EMERGENCY: "an emergency number", NumberKind.SHORT_CODE: "a short code", NumberKind.EXTENSION: "an extension"}

CHECK_IT = "Check it: letters or signs between digits were dropped, and the digits on both sides now stand together."


def number(asked: argparse.Namespace) -> int:
    """Tell what becomes of each number. Exit code 1 where one would not be dialled. Raises `BadSiteFile`."""
    if asked.region is not None and (mistake := region_mistake(asked.region)) is not None:
        print(f"--region: {mistake}.", file=sys.stderr)
        return BAD_USAGE
    if asked.site is None and asked.region is None:
        if not SITE_OF_THIS_FOLDER.exists():
            print("Say whose numbers these are: give a site file with -c, or a country with --region FR.", file=sys.stderr)
            return BAD_USAGE
        asked.site = SITE_OF_THIS_FOLDER
    plan = _plan(asked.site, asked.region)
    code = DONE
    for typed in _typed(asked.typed):
        found = understand(typed, plan)
        print(_as_json(typed, found) if asked.json else _as_line(typed, found))
        code = code if found.allowed else CHECK_FAILED
    return code


def _plan(site: Path | None, region: str | None) -> DialPlan:
    if site is None:
        assert region is not None, "without a site file there is a region"
        return DialPlan(region=region)
    directory = site_of(site).directory
    return dial_plan(directory if region is None else replace(directory, region=region))


def _typed(texts: list[str]) -> Iterator[str]:
    """Give each text to look at: the arguments, and the lines of standard input where one of them is `-`."""
    for text in texts:
        if text != FROM_STANDARD_INPUT:
            yield _in_unicode(text)
            continue
        if isinstance(sys.stdin, io.TextIOWrapper):
            sys.stdin.reconfigure(errors="replace")
        for line in sys.stdin:
            yield _in_unicode(line.removesuffix("\n"))


def _in_unicode(text: str) -> str:
    """Bytes of an argument that are no text in the terminal's encoding could not be printed again."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _as_json(typed: str, found: TypedNumber) -> str:
    return json.dumps({"typed": typed, **number_view(found).model_dump(mode="json", exclude_none=True)}, ensure_ascii=False)


def _as_line(typed: str, found: TypedNumber) -> str:
    warning = f" {CHECK_IT}" if found.warning else ""
    if not found.allowed:
        return f"{shown(typed)} is not dialled ({found.code}). {found.because}{warning}"
    return f"{shown(typed)} dials {found.dial}: {', '.join(_facts(found))}.{warning}"


def _facts(found: TypedNumber) -> Iterator[str]:
    if found.own is not None:
        yield f"{found.kind.replace('_', ' ')} {found.own.name}"
        return
    if found.kind is not NumberKind.OUTSIDE:
        yield OF_KIND[found.kind]
        return
    yield from (fact for fact in (found.national, found.international, found.type, found.region) if fact)
    if not found.verified:
        yield "not in any known numbering plan"
