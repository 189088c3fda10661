"""Steps of interactions as they are recorded: made from what an input led to, and a line of JSON each. Values and text; no file."""

from collections.abc import Iterator

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from controller.directory.ids import Seconds
from controller.floor.outcome import Change, Outcome
from controller.floor.story import StoryParty, StoryStep, StoryWrapUp
from controller.interaction.interaction import Interaction
from controller.interaction.layout import room_of
from controller.interaction.parties import parties
from controller.interaction.party import Party
from controller.telemetry.sentences import name_of, notice_sentence, printable, sentence_of

_STEP = TypeAdapter(StoryStep)

_OLDER_NAMES = {"from": "before", "to": "after"}
"""How the first versions wrote a step's phases."""


def steps_of_outcome(outcome: Outcome, at: Seconds, *, kept: bool) -> Iterator[StoryStep]:
    """Say what an input did to each interaction that it changed, in order. Who was told what stands at an interaction's last step.

    What shows to nobody is a step too: who heard whom depends on a hold key, whether or not anybody was moved for it.
    """
    last = {change.after.id: change for change in outcome.changes}
    for change in outcome.changes:
        told = outcome.notices if last[change.after.id] is change else ()
        tell = tuple(printable(notice_sentence(notice)) for notice in told if notice.interaction == change.after.id)
        yield _step(change, at, tell, kept=kept)
    for change in outcome.unshown:
        yield _step(change, at, (), kept=kept)


def _step(change: Change, at: Seconds, tell: tuple[str, ...], *, kept: bool) -> StoryStep:
    after = change.after
    return StoryStep(
        at=at,
        interaction=after.id,
        revision=after.revision,
        input=printable(sentence_of(change.cause, change.before)),
        before=change.before.phase if change.before is not None else None,
        after=after.phase,
        tell=tell,
        parties=tuple(_party(after, party) for party in parties(after)),
        queue=after.queue or "",
        wrap_ups=tuple(StoryWrapUp(agent=w.agent, asked_at=w.asked_at, reason=w.reason) for w in after.wrap_ups),
        kept=kept,
    )


def _party(interaction: Interaction, party: Party) -> StoryParty:
    return StoryParty(
        role=party.role,
        name=printable(name_of(party)),
        agent=party.agent,
        leg=party.leg,
        room=room_of(interaction, party),
        standing=party.standing,
        muted=party.muted,
        on_hold=party.phone_on_hold,
    )


def line_of(step: StoryStep) -> bytes:
    """Write a step as a line."""
    return _STEP.dump_json(step) + b"\n"


def step_of(line: bytes) -> StoryStep | None:
    """Read a line, of this version or another; None: it is no step, such as what a crash has cut short.

    What a later version says beyond what is known here is passed over.
    """
    try:
        said = from_json(line)
        if isinstance(said, dict):
            said = {_OLDER_NAMES.get(name, name): value for name, value in said.items()}
        # Of Python's values JSON has no tuples and no enums, which strict reading would want; ours is not strict.
        return _STEP.validate_python(said)
    except (ValidationError, ValueError):
        return None
