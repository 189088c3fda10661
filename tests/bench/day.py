"""Calls without telephones: the facts and commands of whole consult calls, for measuring what takes no part in telephony."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from controller.directory.directory import Agent, Directory, EntryPoint, Queue, Reason
from controller.directory.ids import AgentId, EntryPointId, InteractionId, LegId, QueueId, ReasonId, SwitchId
from controller.directory.policy import Policy
from controller.directory.targets import AgentTarget
from controller.floor.floor import Floor
from controller.floor.outcome import Input, Outcome
from controller.floor.ports import Tone
from controller.interaction import commands
from controller.interaction.facts import CustomerArrived, EndCause, LegAnswered, LegEnded
from controller.interaction.interaction import Interaction
from controller.interaction.layout import Layout
from controller.interaction.parties import agent_2_of, owner_of
from controller.interaction.party import Role

DONE = ReasonId("done")


def directory(pairs: int) -> Directory:
    """A site in which each pair of agents has a queue and a number of its own, so that calls never get in one another's way."""
    names = [f"{letter}{pair}" for pair in range(pairs) for letter in "ab"]
    return Directory(
        agents={AgentId(name): Agent(id=AgentId(name), name=f"Agent {name}", phone=name) for name in names},
        queues={
            QueueId(f"q{pair}"): Queue(
                id=QueueId(f"q{pair}"), name=f"Queue {pair}", agents=(AgentId(f"a{pair}"),), policy=Policy(wrap_up_default=DONE)
            )
            for pair in range(pairs)
        },
        entry_points={
            EntryPointId(f"e{pair}"): EntryPoint(
                id=EntryPointId(f"e{pair}"), name=f"Entry {pair}", numbers=(str(1000 + pair),), queue=QueueId(f"q{pair}")
            )
            for pair in range(pairs)
        },
        wrap_up_reasons={DONE: Reason(id=DONE, name="Done")},
    )


def people_text(where: Directory, hash_of: Callable[[str], str]) -> str:
    """Everybody and everything of such a site as its file describes them; `hash_of` gives each agent's password, hashed."""
    parts = [
        f'[[agent]]\nid = "{agent.id}"\nname = "{agent.name}"\nphone = "{agent.phone}"\npassword = "{hash_of(agent.id)}"\n'
        for agent in where.agents.values()
    ]
    parts += [f'[[queue]]\nid = "{q.id}"\nname = "{q.name}"\nagents = ["{q.agents[0]}"]\n' for q in where.queues.values()]
    parts += [
        f'[[entry_point]]\nid = "{e.id}"\nname = "{e.name}"\nnumbers = ["{e.numbers[0]}"]\nqueue = "{e.queue}"\n'
        for e in where.entry_points.values()
    ]
    return "\n".join([*parts, f'[[wrap_up_reason]]\nid = "{DONE}"\nname = "Done"\n'])


@dataclass(frozen=True, slots=True)
class ConsultCall:
    """One whole call of one pair: arrival, offer, answer, consult, answer, resume, swap, transfer, hang-up, both wrap-ups."""

    pair: int
    number: int

    def inputs(self, floor: Floor) -> Iterator[Input]:
        """What happens, one after the other; each is taken before the next is asked for."""
        leg = LegId(f"{1_795_000_000 + self.number}.{self.pair}")
        caller = CustomerArrived(leg=leg, number="+33123456789", name="Cora", dialled=str(1000 + self.pair), switch=SwitchId("asterisk"))
        yield caller
        of = floor.interaction_of(leg)
        assert of is not None, "the customer was let in"
        yield LegAnswered(leg=_leg(floor, of, Role.AGENT_1))
        a, b = AgentId(f"a{self.pair}"), AgentId(f"b{self.pair}")
        yield commands.StartConsult(agent=a, interaction=of, target=AgentTarget(agent=b))
        yield LegAnswered(leg=_leg(floor, of, Role.AGENT_2))
        yield commands.ResumeCustomer(agent=a, interaction=of)
        yield commands.SwapParties(agent=a, interaction=of)
        owners_leg = _leg(floor, of, Role.AGENT_1)
        yield commands.TransferCustomer(agent=a, interaction=of)
        yield LegEnded(leg=owners_leg, cause=EndCause.HUNG_UP)
        yield commands.GiveWrapUp(agent=a, interaction=of, reason=DONE)
        yield LegEnded(leg=leg, cause=EndCause.HUNG_UP)
        yield commands.GiveWrapUp(agent=b, interaction=of, reason=DONE)


def _leg(floor: Floor, of: InteractionId, role: Role) -> LegId:
    party = (owner_of if role is Role.AGENT_1 else agent_2_of)(floor.interactions[of])
    assert party is not None, f"there is an {role}"
    return party.leg


class Nobody:
    """A switch that does nothing, and an audience that does not listen."""

    def arrange(self, layout: Layout) -> None:
        """Everybody is where they should be."""

    def press(self, interaction: InteractionId, leg: LegId, digits: str) -> None:
        """Nobody hears it."""

    def sound(self, leg: LegId, tone: Tone) -> None:
        """Nobody hears it."""

    def turn_away(self, leg: LegId) -> None:
        """They go."""

    def confirm_dialled(self, leg: LegId) -> None:
        """They hear it."""

    def refuse_dialled(self, leg: LegId, code: str) -> None:
        """They hear nothing."""

    def answer_transfer(self, leg: LegId, refused: str | None) -> None:
        """They hear nothing."""

    def let_go(self, leg: LegId) -> None:
        """They go."""

    def tell(self, what: Input, outcome: Outcome) -> None:
        """It is not listened to."""


def live(floor: Floor) -> list[Interaction]:
    """Interactions in which somebody is on the line."""
    return list(floor.interactions.values())
