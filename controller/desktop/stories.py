"""The story of an interaction as the API gives it: who may read it, in which form, and its shapes. Moments are RFC 3339 in UTC."""

import base64
import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

from aiohttp import web
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from controller.desktop.answers import JSON_HEADERS
from controller.desktop.problems import HEADERS, Problem
from controller.desktop.sessions import Session
from controller.desktop.views import sees
from controller.desktop.wiring import Wiring
from controller.directory.ids import InteractionId
from controller.floor.ports import StoryUnreadable
from controller.floor.story import Doing, Segment, Story, StoryParty, StoryPicture, StoryStep
from controller.interaction.layout import Room
from controller.interaction.party import Role, Standing

SVG = "image/svg+xml"
JSON = "application/json"


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, serialize_by_alias=True, validate_by_name=True)


class ToldParty(_Shape):
    """Somebody after a step."""

    who: str
    """Names them through all their roles: an agent's id; `customer`; the leg of whoever else is not one of ours."""
    name: str
    agent: str | None
    """None: the customer, or somebody who is not one of ours."""
    leg_id: str | None
    """The unique id of their channel, by which Asterisk's call records name it; None: an older version has not recorded it."""
    role: Role
    room: Room | None
    """None: their leg is gone, or not there yet."""
    standing: Standing
    muted: bool
    on_hold: bool
    """The hold key of their own telephone is pressed."""


class ToldWrapUp(_Shape):
    """A reason that an agent owes, or has given."""

    agent: str
    asked_at: AwareDatetime
    reason: str | None


class ToldStep(_Shape):
    """What one input did to the interaction."""

    at: AwareDatetime
    revision: int
    input: str
    """What came, as a sentence."""
    before: str | None = Field(alias="from")
    """The phase that it came to; None: the interaction began."""
    after: str = Field(alias="to")
    tell: tuple[str, ...]
    """What people were told, as sentences."""
    queue: str
    """Empty: none."""
    parties: tuple[ToldParty, ...]
    wrap_ups: tuple[ToldWrapUp, ...]
    kept: bool
    """It was in the journal when people were told; if not, a crash could still have undone it."""


class ToldSegment(_Shape):
    """A while in which somebody did one thing. Those of one person never overlap."""

    who: str
    name: str
    agent: str | None
    """None: the customer, or somebody who is not one of ours."""
    doing: Doing
    began_at: AwareDatetime = Field(alias="from")
    ended_at: AwareDatetime | None = Field(alias="to")
    """None: it goes on."""
    seconds: float
    """Up to now where it goes on."""
    owner: bool
    """The customer was theirs meanwhile."""
    others: tuple[str, ...] = Field(alias="with")
    """Whom they heard in it: what `who` says of them."""


class ToldStory(_Shape):
    """The life of an interaction, as it was recorded."""

    interaction: str
    queue: str
    """The last; empty: none."""
    partial: bool
    """There are earlier steps that are not told: they were too many, or are not on disk any more."""
    steps: tuple[ToldStep, ...]
    """Oldest first."""
    segments: tuple[ToldSegment, ...]
    """A person's one after the other, and people in the order in which they came."""


def story_view(story: Story) -> ToldStory:
    """Show a story."""
    return ToldStory(
        interaction=story.interaction,
        queue=story.queue,
        partial=story.is_partial,
        steps=tuple(map(_step, story.steps)),
        segments=tuple(map(_segment, story.segments)),
    )


def _step(step: StoryStep) -> ToldStep:
    return ToldStep(
        at=_moment(step.at),
        revision=step.revision,
        input=step.input,
        before=step.before,
        after=step.after,
        tell=step.tell,
        queue=step.queue,
        parties=tuple(map(_party, step.parties)),
        wrap_ups=tuple(ToldWrapUp(agent=w.agent, asked_at=_moment(w.asked_at), reason=w.reason) for w in step.wrap_ups),
        kept=step.kept,
    )


def _party(party: StoryParty) -> ToldParty:
    return ToldParty(
        who=party.who,
        name=party.name,
        agent=party.agent,
        leg_id=party.leg,
        role=party.role,
        room=party.room,
        standing=party.standing,
        muted=party.muted,
        on_hold=party.on_hold,
    )


def _segment(segment: Segment) -> ToldSegment:
    return ToldSegment(
        who=segment.who,
        name=segment.name,
        agent=segment.agent,
        doing=segment.doing,
        began_at=_moment(segment.began_at),
        ended_at=_moment(segment.ended_at) if not segment.goes_on else None,
        seconds=round(segment.seconds, 3),
        owner=segment.owns,
        others=segment.others,
    )


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


# --- Who may read it, and in which form --------------------------------------------------------------------------------


async def story_answer(wiring: Wiring, session: Session, interaction: InteractionId, accept: str) -> web.Response:
    """Answer with a story, in the form that is wanted. Raises a Problem."""
    if not may_read(wiring, session, interaction):
        raise Problem("unknown-interaction", "There is no such interaction, or it is not yours to see.")
    live = wiring.floor.interactions.get(interaction)
    until = wiring.clock() if live is not None else None
    try:
        if wants_picture(accept):
            picture = await wiring.stories.draw(interaction, until)
            answer = _drawn(picture) if picture is not None else None
        else:
            body = await wiring.stories.tell(interaction, until, _as_json)
            answer = web.Response(body=body, headers={**JSON_HEADERS, "Vary": "Accept"}) if body is not None else None
    except StoryUnreadable as unreadable:
        raise Problem("not-ready", unreadable.because, headers={"Retry-After": "1"}) from unreadable
    if answer is None:
        raise Problem("unknown-interaction", "Nothing is recorded of this interaction: it is too old, or the disk was full.")
    return answer


def may_read(wiring: Wiring, session: Session, interaction: InteractionId) -> bool:
    """Say whether a story is this session's to read.

    A supervisor's is every one, also of what is over. An agent's are those of interactions that they see; and of those in which they have
    wrapped up, once these are over, for the rest of the session. While a call goes on it is a stranger's to whoever is through with it.
    """
    agent, floor = session.agent, wiring.floor
    if agent in floor.supervisors or interaction in session.stories:
        return True
    live = floor.interactions.get(interaction)
    return live is not None and sees(floor, live, agent)


def _as_json(story: Story) -> bytes:
    return story_view(story).model_dump_json().encode()


def _drawn(picture: StoryPicture) -> web.Response:
    """A picture, which may use its own style sheet and nothing else, whoever has written what in it."""
    digest = base64.b64encode(hashlib.sha256(picture.style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'; sandbox"
    headers = {**HEADERS, "Content-Security-Policy": policy, "Content-Type": SVG, "Vary": "Accept"}
    return web.Response(body=picture.svg.encode(), headers=headers)


def wants_picture(accept: str) -> bool:
    """Say whether an `Accept` header prefers a picture. Where it says nothing of either, or both are as welcome, JSON is given."""
    ranges = list(_ranges(accept))
    picture, text = _welcome(ranges, SVG), _welcome(ranges, JSON)
    return picture > text


def _welcome(ranges: Iterable[tuple[str, float]], kind: str) -> tuple[float, bool]:
    """How welcome a form is, from the most exact range that it is in, and whether it is named."""
    exactness = {kind: 2, kind.partition("/")[0] + "/*": 1, "*/*": 0}
    found = [(exactness[name], quality) for name, quality in ranges if name in exactness]
    exact, quality = max(found, default=(0, 0.0))
    return quality, exact > 0 and quality > 0


def _ranges(accept: str) -> Iterable[tuple[str, float]]:
    for part in accept.split(","):
        name, *parameters = (word.strip().lower() for word in part.split(";"))
        quality = next((word[2:] for word in parameters if word.startswith("q=")), "1")
        try:
            yield name, float(quality)
        except ValueError:
            continue  # a range that says nonsense says nothing
