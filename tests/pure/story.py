"""A contact centre told as a story: customers call, telephones answer, agents press buttons, seconds pass.

It drives a real `Floor` in simulated time and never looks behind its door. Every refused command is checked to have changed nothing.
"""

from dataclasses import replace
from typing import Any

from controller.dialling.rules import DiallingRules, OutsideLimits, Trunk
from controller.directory.directory import Agent, Directory, EntryPoint, Queue, Reason
from controller.directory.ids import (
    THE_SWITCH,
    AgentId,
    ColleagueId,
    CommandKey,
    EntryPointId,
    InteractionId,
    LegId,
    OrganisationId,
    QueueId,
    ReasonId,
    Seconds,
)
from controller.directory.policy import Policy
from controller.directory.targets import AgentTarget, ColleagueTarget, EntryPointTarget, NumberTarget, QueueTarget, Target
from controller.floor.floor import Floor
from controller.floor.outcome import Input, Outcome, SiteReloaded
from controller.interaction import commands
from controller.interaction.commands import Action, Command
from controller.interaction.facts import (
    AgentDialled,
    CustomerArrived,
    EndCause,
    LegAnswered,
    LegEnded,
    LegHeld,
    LegUnheld,
    SwitchFound,
    SwitchLost,
)
from controller.interaction.interaction import Interaction, Phase
from controller.interaction.layout import Room, layout
from controller.interaction.notices import Notice
from controller.interaction.parties import agent_2_of, owner_of, parties
from controller.interaction.party import Party, Standing
from controller.interaction.refusals import Refused
from controller.interaction.roles import allowed
from controller.routing.commands import CallOut, DeskCommand, GoAvailable, GoIdle, LogOff, LogOn
from controller.routing.desk import DeskState

NINE_O_CLOCK: Seconds = 1_000_000.0
HEAD_OFFICE = OrganisationId("head-office")
RESOLVED = ReasonId("resolved")
PEOPLE = {
    "alice": "Alice Martin",
    "bob": "Bob Durand",
    "carol": "Carol Petit",
    "dave": "Dave Moreau",
    "sam": "Sam Leroy",
    "erin": "Erin Fabre",
    "frank": "Frank Simon",
    "grace": "Grace Laurent",
    "heidi": "Heidi Michel",
}
PHONES = {name: str(1001 + place) for place, name in enumerate(PEOPLE)}

COMMANDS: dict[Action, type[Command]] = {
    kind.action: kind
    for kind in vars(commands).values()
    if isinstance(kind, type) and issubclass(kind, Command) and kind not in (Command, commands.TransferBlind)
}


def target(whom: str) -> Target:
    """Whom somebody asks for: an agent by first name, `queue:billing`, `entry point:accounts`, `colleague:Marie Durand`, or a number.

    `cora:+33199002001`: the site knows whose number it is.
    """
    kind, _, name = whom.rpartition(":")
    match kind:
        case "queue":
            return QueueTarget(queue=QueueId(name))
        case "entry point":
            return EntryPointTarget(entry_point=EntryPointId(name))
        case "colleague":
            colleague = ColleagueId(name.lower().replace(" ", "."))
            return ColleagueTarget(colleague=colleague, name=name, dial="+33199001001", shown="+33 1 99 00 10 01", organisation=HEAD_OFFICE)
        case _ if name[1:].isdecimal():
            return NumberTarget(dial=name, shown=name, name=kind, is_emergency=name in ("112", "15"))
        case _:
            return AgentTarget(agent=AgentId(name))


def agent(name: str, *, answers_remotely: bool = False) -> Agent:
    """One of our agents by first name."""
    return Agent(
        id=AgentId(name),
        name=PEOPLE[name],
        phone=PHONES[name],
        supervisor=name == "sam",
        may_call_out=True,
        answers_remotely=answers_remotely,
    )


def site(
    policy: Policy | None = None,
    *,
    support: str = "alice bob",
    billing: str = "carol dave",
    answers_remotely: str = "",
    limits: OutsideLimits | None = None,
) -> Directory:
    """The demo site: 800 leads to `support`, 801 to `billing`. A queue named with no agents at all ("") is not there."""
    policy = replace(policy or Policy(), wrap_up_default=RESOLVED)
    agents = {AgentId(name): agent(name, answers_remotely=name in answers_remotely.split()) for name in PEOPLE}
    served = {"support": support.split(), "billing": billing.split()}
    queues = {
        QueueId(name): Queue(id=QueueId(name), name=name.title(), agents=tuple(map(AgentId, serving)), music=f"{name}-music", policy=policy)
        for name, serving in served.items()
        if serving
    }
    points = {"main": ("800", "support"), "accounts": ("801", "billing")}
    return Directory(
        agents=agents,
        queues=queues,
        entry_points={
            EntryPointId(name): EntryPoint(id=EntryPointId(name), name=name, numbers=(number,), queue=QueueId(queue))
            for name, (number, queue) in points.items()
            if queue in queues
        },
        wrap_up_reasons={ReasonId(reason): Reason(id=ReasonId(reason), name=reason.title()) for reason in ("resolved", "follow-up")},
        idle_reasons={ReasonId("lunch"): Reason(id=ReasonId("lunch"), name="Lunch")},
        dialling=DiallingRules(trunk="outside", limits=limits or OutsideLimits()),
        policy=policy,
    )


def with_trunk(directory: Directory) -> Directory:
    """The site's trunk is one of its site file, and says from which number its calls come."""
    trunk = Trunk(name="outside", caller_ids=("+33199002000",), default_caller_id="+33199002000")
    return replace(directory, trunks={trunk.name: trunk})


def everything(floor: Floor) -> dict[str, object]:
    """All that a floor holds, as values that later changes can't reach: equal before and after means that nothing has changed."""
    held: dict[str, object] = {}
    for name, value in vars(floor).items():
        if isinstance(value, dict):
            held[name] = [(key, dict(item) if isinstance(item, dict) else item) for key, item in value.items()]
        elif hasattr(value, "__dict__"):
            held[name] = {part: list(inside) for part, inside in vars(value).items()}
        else:
            held[name] = value
    return held


class Contact:
    """One customer's interaction as it is now, in words; what is over is seen as it was last."""

    def __init__(self, story: "Story", of: InteractionId) -> None:
        self._story = story
        self.id = of

    @property
    def now(self) -> Interaction:
        return self._story.floor.interactions.get(self.id) or self._story.last_seen[self.id]

    @property
    def phase(self) -> Phase:
        return self.now.phase

    def is_in(self, phase: Phase) -> bool:
        """For a story that looks at the phase more than once."""
        return self.phase is phase

    @property
    def is_over(self) -> bool:
        """Nobody is on the line, nobody owes a wrap-up, and the floor has forgotten it."""
        return self.id not in self._story.floor.interactions

    @property
    def owner(self) -> str | None:
        owner = owner_of(self.now)
        return owner.agent if owner else None

    @property
    def agent_2(self) -> str | None:
        agent_2 = agent_2_of(self.now)
        return agent_2.agent if agent_2 else None

    @property
    def members(self) -> list[str]:
        """Who is in the conference beside the customer and the owner, in the order in which they joined."""
        return [str(member.person.agent or member.person.name) for member in self.now.members]

    @property
    def talking(self) -> set[str]:
        """Who hears whom: everybody who is up in the talk room."""
        return self._standing_in(Room.TALK, Standing.UP)

    @property
    def on_music(self) -> set[str]:
        return self._standing_in(Room.HOLD, Standing.UP)

    @property
    def ringing(self) -> set[str]:
        return self._standing_in(Room.TALK, Standing.RINGING) | self._standing_in(Room.HOLD, Standing.RINGING)

    @property
    def owes_wrap_up(self) -> set[str]:
        return {str(w.agent) for w in self.now.wrap_ups if w.is_owed}

    @property
    def wrapped_up(self) -> dict[str, str]:
        return {str(w.agent): str(w.reason) for w in self.now.wrap_ups if w.reason is not None}

    def party(self, who: str) -> Party:
        """Somebody who is part of it."""
        return next(p for p in parties(self.now) if _name(p) == who)

    def can(self, who: str) -> set[str]:
        """What this agent's buttons offer."""
        supervises = self._story.floor.supervises(AgentId(who))
        return {str(action) for action in allowed(self.now, AgentId(who), supervises=supervises)}

    def _standing_in(self, room: Room, standing: Standing) -> set[str]:
        legs = {place.leg for place in layout(self.now).places if place.room is room}
        return {_name(p) for p in parties(self.now) if p.leg in legs and p.standing is standing}


def _name(party: Party) -> str:
    return str(party.agent) if party.agent is not None else party.name


class Story:
    """A contact centre in simulated time."""

    def __init__(self, directory: Directory, *, switch_is_there: bool = True) -> None:
        self.floor = Floor(directory)
        self.now = NINE_O_CLOCK
        self.notices: list[Notice] = []
        self.last_seen: dict[InteractionId, Interaction] = {}
        self.contacts: dict[str, Contact] = {}
        self.because = ""
        """What the last refusal said to the person."""
        if switch_is_there:
            self.switch_is_found()

    # --- What happens --------------------------------------------------------------------------------------------------

    def take(self, what: Input) -> Outcome:
        """Give one input to the floor. A refusal is passed on once it is certain that it has changed nothing."""
        before = everything(self.floor)
        try:
            outcome = self.floor.take(what, self.now)
        except Refused:
            assert everything(self.floor) == before, f"{what} was refused and has changed something"
            raise
        self.notices.extend(outcome.notices)
        for change in outcome.changes:
            self.last_seen[change.after.id] = change.after
        return outcome

    def customer_calls(self, name: str = "cora", number: str = "800", *, on: str | None = None) -> Contact:
        """Somebody dials a number; `on` is the leg that Asterisk named, `cora`'s own when not given."""
        leg = LegId(on or f"leg-of-{name}")
        arrived = CustomerArrived(leg=leg, number="+33123456789", name=name, dialled=number, switch=THE_SWITCH)
        known = set(self.floor.interactions)
        self.take(arrived)
        new = set(self.floor.interactions) - known
        assert new, f"{name} was turned away"
        self.contacts[name] = Contact(self, new.pop())
        return self.contacts[name]

    def answers(self, who: str) -> None:
        self.take(LegAnswered(leg=self.leg_of(who)))

    def hangs_up(self, who: str, cause: EndCause = EndCause.HUNG_UP) -> None:
        """A telephone is put down, or it could not be rung, or it was lost: the cause says which."""
        self.take(LegEnded(leg=self.leg_of(who), cause=cause))

    def dials(self, who: str, whom: str, *, on: str = "dialled", telephone: str | None = None) -> LegId:
        """Somebody dials from their telephone; what stands for nobody is a text that begins with `?`, which is the reason."""
        leg, means = LegId(on), None if whom.startswith(("?", "*")) else target(whom)
        why = whom.removeprefix("?") if means is None else ""
        phone = telephone or PHONES[who]
        self.take(AgentDialled(leg=leg, telephone=phone, dialled=whom, target=means, because=why, switch=THE_SWITCH))
        return leg

    def call_ends(self, leg: str, cause: EndCause = EndCause.HUNG_UP) -> None:
        """One of the calls of somebody's telephone is over."""
        self.take(LegEnded(leg=LegId(leg), cause=cause))

    def call_is_held(self, leg: str) -> None:
        """One of the calls of somebody's telephone is put on hold there."""
        self.take(LegHeld(leg=LegId(leg)))

    def call_is_taken_back(self, leg: str) -> None:
        """One of the calls of somebody's telephone is off hold there."""
        self.take(LegUnheld(leg=LegId(leg)))

    def presses_hold_key(self, who: str) -> None:
        self.take(LegHeld(leg=self.leg_of(who)))

    def releases_hold_key(self, who: str) -> None:
        self.take(LegUnheld(leg=self.leg_of(who)))

    def seconds_pass(self, seconds: Seconds) -> None:
        """Let time go by, and every deadline that falls into it."""
        until = self.now + seconds
        while (next_at := self.floor.next_deadline_at()) is not None and next_at <= until:
            self.now = max(self.now, next_at)
            while (passed := self.floor.due(self.now)) is not None:
                self.take(passed)
        self.now = until

    def switch_is_lost(self) -> None:
        self.take(SwitchLost(switch=THE_SWITCH))

    def switch_is_found(self) -> None:
        self.take(SwitchFound(switch=THE_SWITCH))

    def controller_is_started_again(self) -> None:
        """The program dies and is brought back from what it kept."""
        self.floor = Floor.from_state(self.floor.state())

    def site_is_reloaded(self, directory: Directory) -> None:
        self.take(SiteReloaded(directory=directory))

    # --- What people ask for ---------------------------------------------------------------------------------------------

    def presses(
        self,
        who: str,
        button: str,
        *,
        of: Contact | None = None,
        to: str | None = None,
        digits: str = "5",
        reason: str = "resolved",
        note: str = "",
        revision: int | None = None,
        key: str | None = None,
    ) -> Outcome:
        """An agent presses a button of the desktop (the API's action); of the only contact there is, where none is named."""
        extra: dict[str, Any] = {}
        match Action(button):
            case Action.CONSULT:
                extra = {"target": target(to or "bob")}
            case Action.DTMF:
                extra = {"digits": digits}
            case Action.WRAP_UP:
                extra = {"reason": ReasonId(reason), "note": note}
            case Action.DROP:
                extra = {"leg": self.leg_of(to) if to is not None else LegId("nobody's")}
            case _:
                pass
        contact = of or self.contact
        once = CommandKey(key) if key is not None else None
        kind = COMMANDS[Action(button)]
        if kind is commands.TransferCustomer and to is not None:
            kind, extra = commands.TransferBlind, {"target": target(to)}
        return self.take(kind(agent=AgentId(who), interaction=contact.id, revision=revision, key=once, **extra))

    def refuses(self, who: str, button: str, **asked: Any) -> str:
        """Press a button that must be refused, and say with which code."""
        try:
            self.presses(who, button, **asked)
        except Refused as refused:
            self.because = refused.because
            return refused.code
        raise AssertionError(f"{who} was allowed to {button}")

    def says(self, who: str, what: type[DeskCommand], reason: str = "") -> Outcome:
        """An agent says something about their own presence."""
        return self.take(GoIdle(agent=AgentId(who), reason=reason) if what is GoIdle else what(agent=AgentId(who)))

    def calls_out(self, who: str, whom: str, *, queue: str | None = None, key: str | None = None) -> Contact:
        """An agent calls somebody: their own telephone rings first."""
        known = set(self.floor.interactions)
        once = CommandKey(key) if key is not None else None
        of = QueueId(queue) if queue is not None else None
        self.take(CallOut(agent=AgentId(who), target=target(whom), queue=of, key=once))
        (new,) = set(self.floor.interactions) - known
        self.contacts[whom] = Contact(self, new)
        return self.contacts[whom]

    def goes_available(self, *names: str) -> None:
        """Agents log on and take calls, each a second after the other, so that the first has been available longest."""
        for name in names:
            self.says(name, LogOn)
            self.says(name, GoAvailable)
            self.now += 1

    def goes_idle(self, who: str, reason: str = "") -> None:
        self.says(who, GoIdle, reason)

    def logs_off(self, who: str) -> None:
        self.says(who, LogOff)

    # --- What can be seen ------------------------------------------------------------------------------------------------

    @property
    def contact(self) -> Contact:
        """The only customer of this story."""
        (only,) = self.contacts.values()
        return only

    def desk(self, who: str) -> DeskState:
        return self.floor.desks[AgentId(who)].state

    def leg_of(self, who: str) -> LegId:
        """The telephone leg that somebody has now."""
        for interaction in self.floor.interactions.values():
            for party in parties(interaction):
                if _name(party) == who and party.standing is not Standing.GONE:
                    return party.leg
        raise AssertionError(f"{who} is on no line")

    def told(self, kind: type[Notice]) -> list[Notice]:
        """The notices of one kind, in order."""
        return [notice for notice in self.notices if isinstance(notice, kind)]


def contact_centre(
    policy: Policy | None = None,
    *,
    available: str = "alice bob",
    directory: Directory | None = None,
) -> Story:
    """A contact centre at nine o'clock, with these agents available, the first one longest."""
    story = Story(directory or site(policy))
    story.goes_available(*available.split())
    return story


# --- Where a story may begin: one phase each ------------------------------------------------------------------------------


def connected(policy: Policy | None = None, *, available: str = "alice bob") -> Story:
    """Alice talks with Cora; Bob is available."""
    story = contact_centre(policy, available=available)
    story.customer_calls()
    story.answers("alice")
    return story


def consult_offered(policy: Policy | None = None) -> Story:
    """Cora hears music, Bob's telephone rings, Alice hears it ring."""
    story = connected(policy)
    story.presses("alice", "consult", to="bob")
    return story


def consulting(policy: Policy | None = None) -> Story:
    """Alice talks with Bob, Cora hears music."""
    story = consult_offered(policy)
    story.answers("bob")
    return story


def consult_held(policy: Policy | None = None) -> Story:
    """Alice talks with Cora, Bob hears music."""
    story = consulting(policy)
    story.presses("alice", "resume")
    return story


def conference(policy: Policy | None = None) -> Story:
    """Alice, Bob and Cora talk together."""
    story = consulting(policy)
    story.presses("alice", "conference")
    return story
