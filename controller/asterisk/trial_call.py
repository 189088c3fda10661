"""A test call: it goes through the dialplan as a caller's would, is watched on its way, and is taken back before it troubles anybody.

It is a pair of Local channels. The first half stands in an application of its own, which is subscribed to the second and so is told of each
line of the dialplan that the second comes by, and of its end. A controller that is attached knows both by their ids (`resync.is_test_call`)
and lets them go without a word. Whatever becomes of us, Asterisk itself ends the call after `CALL_SECONDS_MAX`.
"""

import asyncio
import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus
from urllib.parse import urlencode

import aiohttp
from pydantic import Field, ValidationError

from controller.asterisk.preflight import CUSTOMERS, Finding, Result
from controller.asterisk.questions import SECONDS_MAX, Questions, Unfit
from controller.asterisk.resources import FromAsterisk
from controller.asterisk.resync import AGENT, CUSTOMER, TEST_CALL
from controller.asterisk.transport import segment
from controller.dialling.one_number import canonical_number
from controller.directory.directory import Directory, EntryPoint
from controller.directory.site import AsteriskAccess

WATCHED_SECONDS_MAX = 10.0
"""So long the dialplan may take until it has done something with the call."""
CALL_SECONDS_MAX = 20
"""Then Asterisk ends it by itself."""
TAKEN_BACK_SECONDS_MAX = 3.0
LOOK_AGAIN_SECONDS = 0.1
WAY_STEPS_MAX = 6
"""So many lines of the dialplan are told, the last ones."""

STASIS = "Stasis"
REFUSING = {"Busy": 17, "Congestion": 34}
"""Applications that refuse a call, and with which Q.850 cause."""
ELSEWHERE = frozenset(
    ("Dial", "RetryDial", "Queue", "VoiceMail", "VoiceMailMain", "ConfBridge", "MeetMe", "Page", "FollowMe", "Directory", "DISA", "Pickup")
)
"""Applications that give a call to somebody else. It is taken back at once, so that nobody's telephone rings for long."""
CAUSES = {1: "no such number", 16: "an ordinary end", 17: "busy", 21: "rejected", 34: "congestion"}
"""Of Q.850, those that a dialplan uses."""

DIALLED = re.compile(r"[0-9A-Za-z*#+_.-]{1,80}")
CONTEXT = re.compile(r"[0-9A-Za-z_.-]{1,79}")


class End(Enum):
    """What became of a test call."""

    STASIS = auto()
    """It came to an application of ARI."""
    ELSEWHERE = auto()
    """It was given to somebody else."""
    REFUSED = auto()
    """The dialplan ended it."""
    NO_EXTENSION = auto()
    NOT_DONE = auto()
    """There is an extension, and its first line could not be carried out."""
    STILL_THERE = auto()
    """Nothing of these in the time that there was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of the dialplan that it came by."""

    context: str
    extension: str
    application: str
    words: str

    def __str__(self) -> str:
        return f"{self.application}({self.words}) in [{self.context}] {self.extension}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What was seen of a test call."""

    end: End
    steps: tuple[Step, ...] = ()
    q850: int = 0
    """Of `REFUSED`; 0: the dialplan gave none."""
    seconds: float = 0.0
    """From the dialling to the end."""
    is_attached: bool = False
    """Of `STASIS`: somebody is connected as that application."""
    left: tuple[str, ...] = ()
    """Channels that could not be taken back."""


class _Place(FromAsterisk):
    context: str = ""
    exten: str = ""
    app_name: str = ""
    app_data: str = ""


class _Channel(FromAsterisk):
    id: str = ""
    dialplan: _Place = Field(default_factory=_Place)


class _Event(FromAsterisk):
    type: str
    channel: _Channel = Field(default_factory=_Channel)
    cause: int = 0


async def contexts_of_callers(access: AsteriskAccess, directory: Directory) -> list[str]:
    """Give the contexts in which calls by the site's trunks come in; where it has none, ours. Raises `Unfit`."""
    async with Questions(access) as asterisk:
        told = [await asterisk.attributes("endpoint", name) for name in directory.trunks]
    return list(dict.fromkeys(one["context"] for one in told if one is not None and one.get("context"))) or [CUSTOMERS]


async def place(access: AsteriskAccess, number: str, context: str) -> Way:
    """Place one and take it back, whatever happens meanwhile. Raises `Unfit`."""
    assert not [*wrong_words(number, context)], "whoever asks has looked at both"
    app = f"{TEST_CALL}{secrets.token_hex(4)}"
    first, second = f"{app}-1", f"{app}-2"
    async with Questions(access) as asterisk, asterisk.events(app) as events:
        try:
            way = await _watched(asterisk, events, number, context, app=app, first=first, second=second)
        finally:
            # Also after Ctrl-C, and not given up at a second one: Asterisk's own limit is for whoever is killed.
            left = await asyncio.shield(asyncio.create_task(_taken_back(asterisk, first, second)))
        name = way.steps[-1].words.partition(",")[0] if way.end is End.STASIS else ""
        is_attached = bool(name) and await asterisk.status_of("GET", f"applications/{segment(name)}") == HTTPStatus.OK
    return Way(end=way.end, steps=way.steps, q850=way.q850, seconds=way.seconds, is_attached=is_attached, left=left)


async def _watched(
    asterisk: Questions, events: aiohttp.ClientWebSocketResponse, number: str, context: str, *, app: str, first: str, second: str
) -> Way:
    endpoint = f"Local/{number}@{context}/n"
    await _done(asterisk, "channels/create", endpoint=endpoint, app=app, channelId=first, otherChannelId=second)
    await _done(asterisk, f"applications/{app}/subscription", eventSource=f"channel:{second}")
    await _until_in_stasis(events, first)
    await _done(asterisk, f"channels/{first}/variable", variable="TIMEOUT(absolute)", value=str(CALL_SECONDS_MAX))
    await _done(asterisk, f"channels/{first}/variable", variable="CONNECTEDLINE(name)", value=app)
    now = asyncio.get_running_loop().time
    began = now()
    await _done(asterisk, f"channels/{first}/dial", timeout=str(CALL_SECONDS_MAX))
    steps: list[Step] = []
    is_refused = False
    try:
        async with asyncio.timeout(WATCHED_SECONDS_MAX):
            async for message in events:
                event = _read(message)
                if event is None or event.channel.id != second:
                    continue
                place = event.channel.dialplan
                seconds = now() - began
                match event.type:
                    case "ChannelDialplan":
                        step = Step(context=place.context, extension=place.exten, application=place.app_name, words=place.app_data)
                        steps.append(step)
                        if step.application in REFUSING:
                            return Way(end=End.REFUSED, steps=tuple(steps), q850=REFUSING[step.application], seconds=seconds)
                        if step.application == STASIS or step.application in ELSEWHERE:
                            end = End.STASIS if step.application == STASIS else End.ELSEWHERE
                            return Way(end=end, steps=tuple(steps), seconds=seconds)
                    case "ChannelHangupRequest":
                        is_refused = True
                    case "ChannelDestroyed":
                        end = End.REFUSED if steps else End.NOT_DONE if is_refused else End.NO_EXTENSION
                        return Way(end=end, steps=tuple(steps), q850=event.cause, seconds=seconds)
    except TimeoutError:
        return Way(end=End.STILL_THERE, steps=tuple(steps), seconds=now() - began)
    raise Unfit("Asterisk closed the connection in the middle of the test call")


async def _until_in_stasis(events: aiohttp.ClientWebSocketResponse, first: str) -> None:
    """Wait for the half that is ours: before that Asterisk refuses whatever is asked of it. Raises `Unfit`."""
    try:
        async with asyncio.timeout(SECONDS_MAX):
            async for message in events:
                event = _read(message)
                if event is not None and event.type == "StasisStart" and event.channel.id == first:
                    return
    except TimeoutError:
        pass
    raise Unfit("Asterisk makes a channel for the test call, and does not say that it is there")


def _read(message: aiohttp.WSMessage) -> _Event | None:
    try:
        return _Event.model_validate_json(message.data) if message.type is aiohttp.WSMsgType.TEXT else None
    except ValidationError:
        return None  # another program's events may come, too


async def _done(asterisk: Questions, path: str, **query: str) -> None:
    """Raises `Unfit`."""
    status, headers, body = await asterisk.ask("POST", f"{path}?{urlencode(query)}")
    if status >= HTTPStatus.BAD_REQUEST:
        because = asterisk.refused(status, headers) if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN) else _message(body)
        raise Unfit(f"Asterisk refuses the test call at {path.rpartition('/')[2]}: {because}")


def _message(body: bytes) -> str:
    try:
        return str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        return "it does not say why"


async def _taken_back(asterisk: Questions, *halves: str) -> tuple[str, ...]:
    """End both, and see that they are gone; gives those that are not."""
    left: list[str] = list(halves)
    try:
        async with asyncio.timeout(TAKEN_BACK_SECONDS_MAX):
            while left:
                for half in left:
                    await asterisk.status_of("DELETE", f"channels/{half}")
                left = [half for half in left if await asterisk.status_of("GET", f"channels/{half}") != HTTPStatus.NOT_FOUND]
                if left:
                    await asyncio.sleep(LOOK_AGAIN_SECONDS)
    except (Unfit, TimeoutError):
        return tuple(left)
    return ()


# --- What it means -----------------------------------------------------------------------------------------------------


def finding_of(way: Way, number: str, context: str, app: str, directory: Directory) -> Finding:
    """Say what a test call has shown, and what to do. `app`: the site file's."""
    result, sentence = _judged(way, number, context, app, directory)
    if way.steps and result is not Result.OK:
        sentence = f"{sentence}. Its way: {'; '.join(map(str, way.steps[-WAY_STEPS_MAX:]))}"
    if way.left:
        end = f"`asterisk -rx 'channel request hangup {way.left[0]}'`"
        result = Result.FAILED
        sentence = f"{sentence}. It could not be taken back; Asterisk ends it in {CALL_SECONDS_MAX} s, or do so by {end}"
    return Finding(check=f"call {number}", result=result, sentence=sentence)


def _judged(way: Way, number: str, context: str, app: str, directory: Directory) -> tuple[Result, str]:
    called = f"{number} in [{context}]"
    line = f"exten => {number},1,Goto({CUSTOMERS},${{EXTEN}},1)"
    match way.end:
        case End.STASIS:
            return _of_stasis(way, called, app, directory)
        case End.ELSEWHERE:
            return Result.FAILED, f"{called} leads to {way.steps[-1]}, and not to the controller: write {line} in its place"
        case End.NO_EXTENSION:
            return Result.FAILED, (
                f"there is no extension {number} in [{context}], or no such context: write {line} into [{context}] of extensions.conf, "
                "then `asterisk -rx 'dialplan reload'`"
            )
        case End.NOT_DONE:
            return Result.FAILED, f"{called} is there, and Asterisk can't carry out its first line: its log says why (a module not loaded?)"
        case End.REFUSED:
            cause = f"cause {way.q850}, {CAUSES[way.q850]}" if way.q850 in CAUSES else f"cause {way.q850}" if way.q850 else "no cause"
            return Result.FAILED, f"the dialplan ends a call to {called} ({cause}) before the controller hears of it"
        case End.STILL_THERE:
            return Result.FAILED, f"a call to {called} did not reach the controller in {WATCHED_SECONDS_MAX:g} s, and was taken back"


def _of_stasis(way: Way, called: str, app: str, directory: Directory) -> tuple[Result, str]:
    name, *words = way.steps[-1].words.split(",")
    if name != app:
        return Result.FAILED, (
            f"{called} leads to the application {name!r}, and the site file has app = {app!r}: write CONTROLLER = {app} into [globals] of "
            f"extensions.conf, or app = {name!r} into [asterisk] of the site file"
        )
    dialled = words[1] if len(words) > 1 else ""
    match words:
        case [one, _, *_] if one == CUSTOMER:
            point = _entry_point(dialled, directory)
            if point is None:
                return Result.WARNING, (
                    f"{called} reaches the controller as a customer's call for {dialled!r}, which is no entry point's number: the caller "
                    "is given back to the dialplan. Add it to the `numbers` of an [[entry_point]]"
                )
            what = f"as a customer's call for {dialled}: entry point {point.id!r}, queue {point.queue!r}"
        case [one, _, _, *_] if one == AGENT:
            what = f"as a number that an agent has dialled: {dialled}"
        case _:
            return Result.FAILED, f"{called} reaches the application without the words that it needs: Stasis({app},customer,${{EXTEN}})"
    if not way.is_attached:
        return Result.WARNING, f"{called} leads to the application {app!r} {what}; no controller is connected as that now"
    return Result.OK, f"{called} reaches the controller after {way.seconds * 1000:.0f} ms {what}"


def _entry_point(dialled: str, directory: Directory) -> EntryPoint | None:
    known = directory.entry_points_by_number()
    return known.get(dialled) or known.get(canonical_number(dialled, directory.region))


def wrong_words(number: str, context: str | None) -> Iterator[str]:
    """Say what can't be dialled so; nothing: all of it can."""
    if not DIALLED.fullmatch(number):
        yield f"--call wants a number as calls for it come in, without spaces: {number!r} is none."
    if context is not None and not CONTEXT.fullmatch(context):
        yield f"--context wants the name of a context of the dialplan: {context!r} is none."
