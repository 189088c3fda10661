"""What the API takes: the shape of each body, and how bodies and headers are read.

Members that nobody knows are errors: they are mostly typing mistakes.
"""

import asyncio
import hashlib
import re
from typing import Annotated, Literal, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from controller.desktop.problems import Problem, Wrong
from controller.directory.ids import CommandKey, Seconds

NOTE_LETTERS_MAX = 4000
PASSWORD_LETTERS_MAX = 1024
ID_LETTERS_MAX = 200
"""Of a leg, or of a colleague in a list of somebody else's."""

Name = Annotated[str, Field(min_length=1, max_length=80)]


class Body(BaseModel):
    """Something the API takes. "20" is not 20."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class NoBody(Body):
    """Nothing to say: no body, or `{}`."""


class SessionBody(Body):
    """Who logs on."""

    agent: Name
    password: Annotated[str, Field(max_length=PASSWORD_LETTERS_MAX, repr=False)]
    telephone: Literal["browser", "desk"] | None = None
    """Which of the agent's telephones rings for this login; without it the one in the browser while a page is open, else the desk's."""


class StateBody(Body):
    """Whether an agent takes calls; during a call it is noted for afterwards."""

    model_config = ConfigDict(
        json_schema_extra={"if": {"properties": {"state": {"const": "available"}}}, "then": {"properties": {"reason": {"const": ""}}}}
    )

    state: Literal["available", "idle"]
    reason: Annotated[str, Field(max_length=80)] = ""
    """For idle: the id of an idle reason."""


class PasswordBody(Body):
    """Another password for the agent who asks."""

    old: Annotated[str, Field(max_length=PASSWORD_LETTERS_MAX, repr=False)]
    new: Annotated[str, Field(max_length=PASSWORD_LETTERS_MAX, repr=False)]


class TargetWithId(Body):
    """Whom a consult, a transfer or a call is meant for, as `/directory` lists them."""

    kind: Literal["agent", "queue", "entry_point", "organisation"]
    id: Annotated[str, Field(min_length=1, max_length=ID_LETTERS_MAX)]


class TargetNumber(Body):
    """A number, as it was typed or pasted."""

    kind: Literal["number"]
    number: str
    """Read as `/number/preview` reads it. Whatever was pasted: only the size of the body bounds it."""


Target = Annotated[TargetWithId | TargetNumber, Field(discriminator="kind")]


class ConsultBody(Body):
    """Whom to consult."""

    target: Target


class TransferBody(Body):
    """No target: to Agent 2."""

    target: Target | None = None


class CallBody(Body):
    """Whom to call."""

    target: Target
    queue: Name | None = None
    """For which queue: its policies hold, and its number is shown. None: the site's."""


class DropBody(Body):
    """Whom to put out of a conference."""

    leg: Annotated[str, Field(min_length=1, max_length=ID_LETTERS_MAX)]
    """The `leg_id` of one of the interaction's agents."""


class PreviewBody(Body):
    """What somebody typed, or pasted, into the dial box."""

    typed: str
    """Whatever was pasted: only the size of the body bounds it."""


class DigitsBody(Body):
    """Which keys to press."""

    digits: Annotated[str, Field(max_length=80)]


class WrapUpBody(Body):
    """How it ended."""

    reason: Name
    note: Annotated[str, Field(max_length=NOTE_LETTERS_MAX)] = ""


class RecordingBody(Body):
    """Whether to record."""

    on: bool


B = TypeVar("B", bound=Body)


async def read_body(request: web.Request, seconds_max: Seconds) -> bytes:
    """Read a body whole; the server has bounded its size. Raises a Problem."""
    if not request.can_read_body:
        return b""
    # JSON only: a form of another site's page can't send that without asking first, and nobody answers such questions here.
    if request.content_type != "application/json":
        raise Problem("unsupported-media-type", "Send JSON, with Content-Type: application/json.")
    try:
        async with asyncio.timeout(seconds_max):
            return await request.read()
    except TimeoutError as late:
        raise Problem("too-slow", f"The body did not arrive within {seconds_max:g} s.") from late


def parse(model: type[B], raw: bytes) -> B:
    """Make a body of bytes; no bytes mean an empty object. Raises a Problem that names every mistake and shows no value."""
    try:
        return model.model_validate_json(raw or b"{}")
    except ValidationError as wrong:
        found = wrong.errors(include_url=False, include_context=False, include_input=False)
        if found[0]["type"] == "json_invalid":
            raise Problem("bad-json", f"{found[0]['msg']}.") from None
        errors = [Wrong(".".join(str(part) for part in error["loc"]), error["msg"]) for error in found]
        said = "; ".join(f"{error.field or 'the body'}: {error.problem}" for error in errors)
        raise Problem("bad-body", f"{said}.", errors=errors) from None


REVISION = r'^(\*|"?[0-9]{1,15}"?)$'
"""What `If-Match` may be, also for the OpenAPI document."""
KEY_WORD_BYTES, KEY_REQUEST_BYTES = 8, 4
"""How long the digests are: of the word that a client chose, and of what it asked. Nobody but the agent could want two to be alike."""
KEY = r"^[!-~]{1,128}$"
"""What an `Idempotency-Key` may be: visible ASCII, as any header can carry it."""


def if_match(request: web.Request) -> int | None:
    """The revision that the person saw; None: they don't care."""
    said = request.headers.get("If-Match")
    if said is None:
        return None
    if re.fullmatch(REVISION, said) is None:
        raise Problem("bad-header", 'If-Match is an interaction\'s revision, such as 17 or "17".')
    return int(said.strip('"')) if said != "*" else None


def idempotency_key(request: web.Request, body: bytes) -> CommandKey | None:
    """The key under which this command acts once; None: it acts whenever it is sent.

    Digests only: it is remembered for long, and a body may hold what an agent wrote about a customer.
    """
    word = request.headers.get("Idempotency-Key")
    if word is None:
        return None
    if re.fullmatch(KEY, word) is None:
        raise Problem("bad-header", "An Idempotency-Key has 1 to 128 letters, digits and signs of ASCII, and no space.")
    asked = f"{request.method} {request.path}\n".encode() + body
    return CommandKey(f"{_digest(word.encode(), KEY_WORD_BYTES)}.{_digest(asked, KEY_REQUEST_BYTES)}")


def _digest(what: bytes, size: int) -> str:
    return hashlib.blake2b(what, digest_size=size).hexdigest()
