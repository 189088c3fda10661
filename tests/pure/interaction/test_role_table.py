"""Who may do what, and when: every role, every phase, every action, against the contract's table written out here once more.

An action that a role has in no phase is refused as not permitted; one that it has in another phase, as not now.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pytest

from controller.directory.directory import Directory
from controller.directory.policy import CustomerGoneInConference, Policy, TransferAcceptance, WrapUpExtension
from controller.interaction.commands import Action
from controller.interaction.interaction import Phase
from controller.interaction.refusals import Refused
from tests.pure.story import Story, contact_centre, site

EVER = {
    "owner": "accept decline hold resume swap consult cancel-consult transfer conference leave-conference drop end-consult end"
    " mute unmute dtmf wrap-up extend-wrap-up",
    "agent 2": "accept decline leave-consult leave-conference accept-transfer decline-transfer mute unmute",
    "member": "accept decline leave-consult leave-conference accept-transfer decline-transfer mute unmute",
    "former": "wrap-up extend-wrap-up",
    "supervisor": "end",
}

NOW = """
situation                        | owner                                                   | agent 2                          | member
queued                           |                                                         |                                  |
offered                          | accept decline                                          |                                  |
offered, told to answer          | decline                                                 |                                  |
connected                        | hold consult transfer end mute dtmf                     |                                  |
connected, owner muted           | hold consult transfer end unmute dtmf                   |                                  |
held                             | resume consult transfer                                 |                                  |
consult_offered                  | cancel-consult resume                                   | accept decline                   |
consult_offered, told to answer  | cancel-consult resume                                   | decline                          |
consult_offered, of a queue      | cancel-consult resume                                   |                                  |
consult_offered, of a conference | cancel-consult resume                                   | accept decline                   | leave-conference mute
consulting                       | swap resume transfer conference end-consult mute dtmf   | leave-consult mute               |
consulting, both muted           | swap resume transfer conference end-consult unmute dtmf | leave-consult unmute             |
consulting, of a conference      | swap resume transfer conference end-consult mute dtmf   | leave-consult mute               | leave-conference mute
consult_held                     | swap transfer conference end-consult mute dtmf          | leave-consult                    |
consult_held, agent 2 rings      | swap cancel-consult mute dtmf                           | accept decline                   |
consult_held, of a conference    | swap transfer conference end-consult mute dtmf          | leave-consult                    | leave-conference mute
transfer_asked                   | wrap-up extend-wrap-up                                  | accept-transfer decline-transfer |
conference                       | end leave-conference drop consult transfer mute dtmf    | leave-conference mute            |
conference, both muted           | end leave-conference drop consult transfer unmute dtmf  | leave-conference unmute          |
conference, customer gone        | end leave-conference drop mute                          | leave-conference mute            |
transferring                     | accept decline                                          |                                  |
dialling                         | end mute                                                |                                  |
dialling, own telephone rings    | end                                                     |                                  |
handed_out                       |                                                         |                                  |
ended                            | wrap-up extend-wrap-up                                  |                                  |
"""  # noqa: E501
"""`recording` is no part of this version. Whoever a blind transfer rings is in the column of the owner that they are to be."""

ASK = Policy(
    transfer_acceptance=TransferAcceptance.ASK,
    customer_gone_in_conference=CustomerGoneInConference.AGENTS_STAY,
    wrap_up_extension=WrapUpExtension.ONCE,
)
MEMBER = "carol"
CALLED = "+33199002001"


@dataclass(frozen=True)
class Scene:
    """A situation that was brought about, and who is what in it."""

    story: Story
    cast: Mapping[str, str]


def house() -> Directory:
    return site(ASK, support="alice bob carol dave erin", answers_remotely="alice bob carol dave")


def _ring(story: Story, owner: str) -> None:
    story.goes_available(owner)
    if not story.contacts:
        story.customer_calls()


def _connect(story: Story, owner: str) -> None:
    _ring(story, owner)
    story.answers(owner)


def _consult(story: Story, owner: str, agent_2: str) -> None:
    if story.contact.phase is not Phase.CONNECTED:
        _connect(story, owner)
    story.goes_available(agent_2)
    story.presses(owner, "consult", to=agent_2)


def _talk(story: Story, owner: str, agent_2: str) -> None:
    _consult(story, owner, agent_2)
    story.answers(agent_2)


def bring_about(situation: str, story: Story, owner: str, agent_2: str) -> None:
    """From a customer who waits, or talks with the owner, to the situation."""
    phase, _, more = situation.partition(", ")
    match phase:
        case "queued" | "dialling":
            return
        case "transferring":
            _transfer_blind(story, owner)
        case "handed_out":
            _connect_unless_connected(story, owner)
            story.presses(owner, "transfer", to=CALLED)
            story.answers(CALLED)
        case "consult_offered" if more == "of a queue":
            _connect_unless_connected(story, owner)
            story.goes_available(agent_2)
            story.goes_idle(agent_2)
            story.presses(owner, "consult", to="queue:support")
        case _ if more == "of a conference":
            _confer(story, owner, MEMBER)
            _consult_from_conference(story, owner, agent_2, phase)
        case "offered":
            _ring(story, owner)
        case "connected" | "held" | "ended":
            if story.contact.phase is not Phase.CONNECTED:
                _connect(story, owner)
            if phase != "connected":
                story.presses(owner, "hold" if phase == "held" else "end")
        case "consult_offered":
            _consult(story, owner, agent_2)
        case "consult_held" if more == "agent 2 rings":
            _consult(story, owner, agent_2)
            story.presses(owner, "resume")
        case _:
            _talk(story, owner, agent_2)
            button = {"consult_held": "resume", "transfer_asked": "transfer", "conference": "conference"}.get(phase)
            if button:
                story.presses(owner, button)
    _and(more, story, owner, agent_2)


def _connect_unless_connected(story: Story, owner: str) -> None:
    if story.contact.phase is not Phase.CONNECTED:
        _connect(story, owner)


def _transfer_blind(story: Story, owner: str) -> None:
    """Erin has the customer, and hands them over to the owner of the situation."""
    if story.contact.phase is not Phase.CONNECTED:
        _connect(story, "erin")
    story.goes_available(owner)
    story.presses(story.contact.owner or "", "transfer", to=owner)


def _confer(story: Story, owner: str, member: str) -> None:
    _talk(story, owner, member)
    story.presses(owner, "conference")


def _consult_from_conference(story: Story, owner: str, agent_2: str, phase: str) -> None:
    story.goes_available(agent_2)
    story.presses(owner, "consult", to=agent_2)
    if phase != "consult_offered":
        story.answers(agent_2)
    if phase == "consult_held":
        story.presses(owner, "resume")


def _and(more: str, story: Story, owner: str, agent_2: str) -> None:
    match more:
        case "told to answer":
            story.presses(agent_2 if story.contact.agent_2 else owner, "accept")
        case "owner muted":
            story.presses(owner, "mute")
        case "both muted":
            story.presses(owner, "mute")
            story.presses(agent_2, "mute")
        case "customer gone":
            story.hangs_up("cora")
        case _:
            pass


def without_history(situation: str) -> Scene:
    """Alice is the owner, Bob is Agent 2, nobody owned the interaction before."""
    story = contact_centre(directory=house(), available="")
    if situation.startswith("dialling"):
        story.goes_available("alice")
        story.calls_out("alice", CALLED)
        if situation == "dialling":
            story.answers("alice")
    else:
        story.customer_calls()
    bring_about(situation, story, "alice", "bob")
    return Scene(story, {"owner": "alice", "agent 2": "bob", "member": MEMBER, "supervisor": "sam"})


def with_a_former_owner(situation: str) -> Scene:
    """Dave has handed the interaction over to Alice, and owes a wrap-up all the while."""
    story = contact_centre(directory=house(), available="dave")
    story.customer_calls()
    story.answers("dave")
    story.goes_available("alice")
    story.presses("dave", "consult", to="alice")
    story.answers("alice")
    story.presses("dave", "transfer")
    phase = situation.partition(",")[0]
    if phase in ("queued", "offered"):
        story.goes_idle("alice")
        story.presses("alice", "decline-transfer")
    else:
        story.presses("alice", "accept-transfer")
    owner, agent_2 = ("carol", "bob") if phase in ("offered", "transferring") else ("alice", "bob")
    bring_about(situation, story, owner, agent_2)
    return Scene(story, {"owner": owner, "agent 2": agent_2, "member": MEMBER, "former": "dave", "supervisor": "sam"})


def rows() -> Iterator[tuple[str, str, str, str]]:
    for line in NOW.strip().splitlines()[1:]:
        situation, owner, agent_2, member = (cell.strip() for cell in line.split("|"))
        yield situation, owner, agent_2, member


@dataclass(frozen=True)
class Cell:
    """One role in one situation, and what it may do there."""

    situation: str
    role: str
    may: frozenset[str]
    scene: Callable[[str], Scene]


def cells() -> Iterator[Cell]:
    for situation, owner, agent_2, member in rows():
        phase = situation.partition(",")[0]
        scenes = [without_history] if phase == "dialling" else [without_history, with_a_former_owner]
        for scene in scenes:
            if phase not in ("queued", "handed_out"):
                yield Cell(situation, "owner", frozenset(owner.split()), scene)
            if phase in ("transfer_asked", "conference") or (phase.startswith("consult") and situation != "consult_offered, of a queue"):
                yield Cell(situation, "agent 2", frozenset(agent_2.split()), scene)
            if member:
                yield Cell(situation, "member", frozenset(member.split()), scene)
        if phase != "dialling":
            yield Cell(situation, "former", frozenset({"wrap-up", "extend-wrap-up"}), with_a_former_owner)
        yield Cell(situation, "supervisor", frozenset() if phase == "ended" else frozenset({"end"}), without_history)


def name_of(value: object) -> str:
    if isinstance(value, Cell):
        history = ", after a transfer" if value.scene is with_a_former_owner and value.role != "former" else ""
        return f"{value.situation}{history}: {value.role}"
    return str(value)


def answer_to(cell: Cell, action: Action) -> str:
    """Press the button in a fresh scene: `yes`, or the code of the refusal."""
    scene = cell.scene(cell.situation)
    assert str(scene.story.contact.phase) == cell.situation.partition(",")[0]
    who = scene.cast[cell.role]
    try:
        scene.story.goes_available("erin")
        scene.story.presses(who, action, to=_named_by(action, scene.story))
    except Refused as refused:
        return refused.code
    return "yes"


def _named_by(action: Action, story: Story) -> str | None:
    """Whom a button needs: somebody who is free; somebody of the conference; for a transfer somebody only where nobody else is there."""
    alone = story.contact.phase in (Phase.CONNECTED, Phase.HELD)
    if action is Action.DROP:
        return next(iter(story.contact.members), None)
    return "erin" if action is not Action.TRANSFER or alone else None


@pytest.mark.parametrize("cell", list(cells()), ids=name_of)
def test_a_role_may_do_in_a_situation_what_the_contract_says_and_nothing_else(cell: Cell) -> None:
    ever = EVER[cell.role].split()
    expected = {str(action): "yes" if action in cell.may else "not-now" if action in ever else "not-permitted" for action in Action}

    assert {str(action): answer_to(cell, action) for action in Action} == expected


@pytest.mark.parametrize("cell", list(cells()), ids=name_of)
def test_an_agents_buttons_are_what_the_contract_says(cell: Cell) -> None:
    scene = cell.scene(cell.situation)

    assert scene.story.contact.can(scene.cast[cell.role]) == cell.may


def test_every_phase_has_a_situation() -> None:
    assert {situation.partition(",")[0] for situation, _, _, _ in rows()} == {str(phase) for phase in Phase}


def test_what_a_role_ever_does_it_does_in_some_situation() -> None:
    for role, ever in EVER.items():
        same = ("agent 2", "member") if role in ("agent 2", "member") else (role,)
        done = frozenset[str]().union(*(cell.may for cell in cells() if cell.role in same))
        assert done == set(ever.split())
