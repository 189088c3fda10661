"""A contact centre of which every step is recorded, and steps that a test writes down itself."""

from collections import defaultdict

from controller.directory.directory import Directory
from controller.directory.ids import AgentId, InteractionId, LegId, Seconds
from controller.directory.policy import Policy
from controller.floor.outcome import Input, Outcome
from controller.floor.segments import segments_of
from controller.floor.story import CUSTOMER, Doing, Segment, StoryParty, StoryStep, StoryWrapUp
from controller.interaction.interaction import Interaction
from controller.interaction.layout import Room, layout
from controller.interaction.parties import owner_of, party_of
from controller.interaction.party import Party, Role, Standing
from controller.telemetry.steps import steps_of_outcome
from tests.pure.story import Story, site

TALK = frozenset({Doing.TALKED, Doing.CONSULTED, Doing.CONFERENCED, Doing.HANDED_OUT})

Times = dict[tuple[InteractionId, str], Seconds]


class TellingStory(Story):
    """Records every step, and notes by itself, from where everybody stands, how long each was on the line, talked, and had the customer."""

    def __init__(self, directory: Directory) -> None:
        self.steps: list[StoryStep] = []
        self.on_the_line: Times = defaultdict(float)
        self.talked: Times = defaultdict(float)
        self.owned: Times = defaultdict(float)
        self._looked_at = 0.0
        super().__init__(directory)

    def take(self, what: Input) -> Outcome:
        self.look()
        outcome = super().take(what)
        self.steps.extend(steps_of_outcome(outcome, self.now, kept=True))
        return outcome

    def look(self) -> None:
        """Count what has been so since somebody looked last."""
        seconds, self._looked_at = self.now - self._looked_at, self.now
        for interaction in self.floor.interactions.values():
            self._count(interaction, seconds)

    def _count(self, interaction: Interaction, seconds: Seconds) -> None:
        places = [(place.room, party) for place in layout(interaction).places if (party := party_of(interaction, place.leg)) is not None]
        can_talk = [party for room, party in places if room is Room.TALK and party.is_up and not party.phone_on_hold]
        owner = owner_of(interaction)
        for _, party in places:
            key = interaction.id, _who(party)
            self.on_the_line[key] += seconds
            self.talked[key] += seconds if party in can_talk and len(can_talk) > 1 else 0.0
            self.owned[key] += seconds if owner is not None and owner.leg == party.leg and owner.is_up else 0.0

    def segments(self, of: InteractionId | None = None) -> list[Segment]:
        """What everybody did, up to now where it goes on; of the only customer, where none is named."""
        interaction = of or self.contact.id
        steps = [step for step in self.steps if step.interaction == interaction]
        return list(segments_of(steps, self.now if interaction in self.floor.interactions else None))

    def did(self, who: str) -> str:
        """What somebody did, in short."""
        return in_short(self.segments(), who)


def in_short(segments: list[Segment], who: str) -> str:
    """What somebody did, each with its whole seconds; `*`: the customer was theirs."""
    theirs = [segment for segment in segments if segment.who == who]
    return ", ".join(f"{segment.doing.words} {segment.seconds:g}{'*' if segment.owns else ''}" for segment in theirs)


def _who(party: Party) -> str:
    return CUSTOMER if party.role is Role.CUSTOMER else str(party.agent or party.leg)


def telling(policy: Policy | None = None, *, available: str = "alice bob carol") -> TellingStory:
    """Cora calls, with these agents available; ten seconds later alice answers, and they talk for ten."""
    story = TellingStory(site(policy))
    story.goes_available(*available.split())
    story.customer_calls()
    story.seconds_pass(10)
    story.answers("alice")
    story.seconds_pass(10)
    return story


# --- Steps written down --------------------------------------------------------------------------------------------------

_ROLES = {"customer": Role.CUSTOMER, "owner": Role.AGENT_1, "asked": Role.AGENT_1, "other": Role.AGENT_2}
_STANDINGS = {"up": Standing.UP, "rings": Standing.RINGING, "gone": Standing.GONE}


def somebody(said: str) -> StoryParty:
    """Somebody in a step: `name role room standing`, such as `alice owner talk up`; outside people's names begin with a `+`."""
    name, role, room, standing, *rest = said.split()
    is_ours = role != "customer" and not name.startswith("+")
    return StoryParty(
        role=_ROLES[role],
        name=name,
        agent=AgentId(name) if is_ours else None,
        leg=LegId(f"leg-of-{name}"),
        room=None if room == "nowhere" else Room(room),
        standing=_STANDINGS[standing],
        on_hold="on-hold" in rest,
    )


def step(at: Seconds, phase: str, *parties: str, owe: str = "", queue: str = "support") -> StoryStep:
    """One step: when, the phase that it led to, and who is there."""
    return StoryStep(
        at=at,
        interaction=InteractionId("t3k9x200"),
        revision=int(at) + 1,
        input="something happens",
        before=None if at == 0 else "queued",
        after=phase,
        parties=tuple(map(somebody, parties)),
        queue=queue,
        wrap_ups=tuple(StoryWrapUp(agent=AgentId(name), asked_at=at, reason=None) for name in owe.split()),
    )


def did(who: str, *steps: StoryStep, until: Seconds | None = None) -> str:
    """What somebody did in these steps, in short."""
    return in_short(list(segments_of(steps, until)), who)
