"""One step of an interaction as it is recorded: what came, what it led to, and where everybody stands. Values and JSON; no file."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from controller.directory.ids import Seconds
from controller.floor.outcome import Change, Outcome
from controller.interaction.interaction import Interaction, Phase
from controller.interaction.layout import Room, room_of
from controller.interaction.parties import parties
from controller.interaction.party import Party, Role, Standing
from controller.telemetry.sentences import name_of, notice_sentence, printable, sentence_of


class _Recorded(BaseModel):
    # Written by this program, perhaps by a later version of it: what is not known here is passed over.
    model_config = ConfigDict(frozen=True, extra="ignore")


class RecordedParty(_Recorded):
    """Somebody in an interaction after a step."""

    role: Role
    name: str
    agent: str | None = None
    """The agent's id; None: a customer, or somebody who is not one of ours."""
    room: Room | None
    standing: Standing
    muted: bool = False

    @property
    def key(self) -> str:
        """Tell people apart through all their roles."""
        return self.agent or (Role.CUSTOMER if self.role is Role.CUSTOMER else self.name)


class RecordedWrapUp(_Recorded):
    """A reason that an agent owes, or has given."""

    agent: str
    asked_at: Seconds
    reason: str | None


class RecordedStep(_Recorded):
    """What one input did to one interaction."""

    model_config = ConfigDict(frozen=True, extra="ignore", serialize_by_alias=True, validate_by_name=True)

    at: Seconds
    interaction: str
    revision: int
    input: str
    """What came, as a sentence."""
    before: Annotated[Phase | None, Field(alias="from")]
    """The phase that it came to; None: the interaction began."""
    after: Annotated[Phase, Field(alias="to")]
    tell: tuple[str, ...]
    """What people were told, as sentences."""
    parties: tuple[RecordedParty, ...]
    queue: str = ""
    wrap_ups: tuple[RecordedWrapUp, ...] = ()
    kept: bool = True
    """Whether it was in the journal when people were told; if not, a crash could still have undone it."""


def steps_of_outcome(outcome: Outcome, at: Seconds, *, kept: bool) -> Iterator[RecordedStep]:
    """Say what an input did to each interaction that it changed, in order. Who was told what stands at an interaction's last step."""
    last = {change.after.id: change for change in outcome.changes}
    for change in outcome.changes:
        told = outcome.notices if last[change.after.id] is change else ()
        tell = tuple(printable(notice_sentence(notice)) for notice in told if notice.interaction == change.after.id)
        yield _step(change, at, tell, kept=kept)


def _step(change: Change, at: Seconds, tell: tuple[str, ...], *, kept: bool) -> RecordedStep:
    after = change.after
    return RecordedStep(
        at=at,
        interaction=after.id,
        revision=after.revision,
        input=printable(sentence_of(change.cause, change.before)),
        before=change.before.phase if change.before is not None else None,
        after=after.phase,
        tell=tell,
        parties=tuple(_party(after, party) for party in parties(after)),
        queue=after.queue,
        wrap_ups=tuple(RecordedWrapUp(agent=w.agent, asked_at=w.asked_at, reason=w.reason) for w in after.wrap_ups),
        kept=kept,
    )


def _party(interaction: Interaction, party: Party) -> RecordedParty:
    return RecordedParty(
        role=party.role,
        name=printable(name_of(party)),
        agent=party.agent,
        room=room_of(interaction, party),
        standing=party.standing,
        muted=party.muted,
    )
