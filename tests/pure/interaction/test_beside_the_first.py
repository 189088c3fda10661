"""The second core does what the first does: every state that the walks reach, every input in it, and all that can be seen of the end."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from controller.directory.ids import AgentId
from controller.directory.replace import replace
from controller.floor.floor import Floor
from controller.interaction.advance import take_command, take_fact
from controller.interaction.commands import Command
from controller.interaction.difference import offers_made, offers_withdrawn, wrap_ups_asked
from controller.interaction.facts import AgentChosen, AgentRested, Fact, SwitchFound, SwitchLost
from controller.interaction.interaction import Interaction, Phase
from controller.interaction.layout import layout
from controller.interaction.next import advance
from controller.interaction.next.layout import rooms
from controller.interaction.notices import Notice
from controller.interaction.party import Role, Standing
from controller.interaction.refusals import Refused
from controller.interaction.roles import allowed
from controller.journal.codec import read_input
from controller.journal.replay import NOTHING
from tests.pure.interaction.beside import first, is_held_by_key, second
from tests.pure.interaction.walk import DEFAULTS, OTHERS, command, facts, viewers, walk

pytestmark = pytest.mark.long
LATER = 77.0
HISTORIES = Path(__file__).parents[2] / "simulation" / "histories"
_OF_ALL = (SwitchLost, SwitchFound, AgentRested)
"""Not about one interaction."""


def compare(compared: Counter[str], differ: dict[str, str], before: Interaction, cause: Fact | Command, role: Role | None) -> None:
    beside = second(before)
    if isinstance(cause, Command):
        assert role is not None
        today, tomorrow = take_command(before, cause, role, LATER), advance.take_command(beside, cause, LATER)
    else:
        today, tomorrow = take_fact(before, cause, LATER), advance.take_fact(beside, cause, LATER)
    after = first(tomorrow.interaction)
    seen = {
        **{f"its {part}": (_part(today.interaction, part), _part(after, part)) for part in Interaction.__slots__ if part != "revision"},
        "rooms": ({place.leg: place.room for place in layout(today.interaction).places}, rooms(tomorrow.interaction)),
        "notices": (today.tell, _told(before, cause, after, tomorrow.tell)),
        "whether anything changed": (today.interaction is before, tomorrow.interaction is beside),
    }
    for what, (is_now, will_be) in seen.items():
        compared[what] += 1
        if is_now != will_be:
            kind = f"{what}: {before.phase}, {type(cause).__name__}"
            differ.setdefault(kind, f"{is_now} / {will_be}; {cause}")


def _part(interaction: Interaction, part: str) -> object:
    if part == "waiting_again_since" and interaction.phase is not Phase.QUEUED:
        return None  # nobody waits
    if part == "consult_asked_at" and interaction.phase is Phase.CONFERENCE:
        return None  # nobody is consulted any more
    if part == "phase" and is_held_by_key(interaction):
        return Phase.HELD
    if part == "parties":
        gone = [replace(party, phone_on_hold=False) if party.standing is Standing.GONE else party for party in interaction.parties]
        return sorted(gone, key=lambda party: party.role)
    return getattr(interaction, part)


def _told(before: Interaction, cause: Fact | Command, after: Interaction, verdicts: tuple[Notice, ...]) -> tuple[Notice, ...]:
    withdrawn, made = offers_withdrawn(before, cause, after), offers_made(before, after)
    return (*withdrawn, *verdicts, *made, *wrap_ups_asked(before, after))


def inputs(interaction: Interaction) -> Iterator[tuple[Interaction, Fact | Command, Role | None]]:
    for policy in (DEFAULTS, OTHERS):
        under = replace(interaction, policy=policy)
        yield from ((under, fact, None) for fact in facts(under))
        for agent, role in viewers(under):
            for action in allowed(under, role, agent):
                asked = command(under, agent, action)
                if asked is not None:
                    yield under, asked, role


@pytest.mark.parametrize(("depth", "with_own_leg", "comparisons"), [(None, False, 807_888), (8, True, 656_592)])
def test_nothing_that_can_be_seen_is_another(depth: int | None, with_own_leg: bool, comparisons: int) -> None:
    compared, differ = Counter[str](), dict[str, str]()
    states = walk(lambda move: None, depth=depth, with_own_leg=with_own_leg).states
    for interaction in states.values():
        if is_held_by_key(interaction):
            continue  # the second core has no such state: it is held
        back = first(second(interaction))
        assert all(_part(back, part) == _part(interaction, part) for part in Interaction.__slots__)
        for before, cause, role in inputs(interaction):
            compare(compared, differ, before, cause, role)
    assert differ == {}
    assert compared.total() == comparisons


def test_nothing_that_can_be_seen_of_a_kept_history_is_another() -> None:
    compared, differ = Counter[str](), dict[str, str]()
    for history in sorted(HISTORIES.glob("*.jsonl")):
        floor = Floor(NOTHING)
        for text in history.read_text().splitlines()[:-1]:
            taken = read_input(text)
            with suppress(Refused):  # an old input that today's rules refuse
                for change in floor.take(taken.what, taken.at).changes:
                    before, cause = change.before, change.cause
                    if before is None or is_held_by_key(before) or not isinstance(cause, Fact | Command) or isinstance(cause, _OF_ALL):
                        continue
                    # What a change was caused by may have led to an offer from the line at once, which is a change of its own.
                    if before.phase is Phase.QUEUED and change.after.phase is Phase.OFFERED:
                        owner = change.after.owner
                        assert owner is not None
                        cause = AgentChosen(interaction=before.id, agent=floor.directory.agents[AgentId(str(owner.agent))])
                    role = floor.role_of(before, cause.agent) if isinstance(cause, Command) else None
                    compare(compared, differ, before, cause, role)
    assert differ == {}
    assert compared.total() == 14_832
