"""Who takes part in an interaction, as everybody outside sees it: somebody, their role, and how far their telephone is."""

from dataclasses import dataclass
from enum import StrEnum

from controller.directory.ids import AgentId, LegId, SwitchId
from controller.interaction.leg import Origin


class Role(StrEnum):
    """What somebody is to one interaction."""

    CUSTOMER = "customer"
    AGENT_1 = "agent1"
    """The owner, and whoever is rung to become that."""
    AGENT_2 = "agent2"
    """Whoever the owner consults."""
    MEMBER = "member"
    """Of a conference, and neither its owner nor the customer."""
    FORMER = "former"
    """An agent who owned it and only has a wrap-up left to give."""
    SUPERVISOR = "supervisor"
    """Sees everything and is no party."""


class Standing(StrEnum):
    """How far a leg is."""

    RINGING = "ringing"
    UP = "up"
    GONE = "gone"
    """Left while the party still counts: Agent 1 of a transfer that Agent 2 has not accepted yet, a customer whom the
    agents outstay in a conference, and everybody who is named for the wrap-up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody in an interaction, and their telephone's part in it."""

    role: Role
    leg: LegId
    origin: Origin
    switch: SwitchId
    """Which Asterisk has the leg."""
    standing: Standing
    name: str
    number: str = ""
    agent: AgentId | None = None
    phone: str | None = None
    """The telephone to ring; None for a customer, whose leg came to us."""
    answers_remotely: bool = False
    """The telephone can be told to answer by itself when we ring it."""
    told_to_answer: bool = False
    """The agent accepted on the desktop, so the telephone is rung with the wish that it answers by itself."""
    muted: bool = False
    phone_on_hold: bool = False
    """The telephone's own hold key is pressed."""
    hold_key_in_doubt: bool = False
    """It was pressed when we last heard the switch, and may have been released since."""
    is_stuck: bool = False
    """Asterisk will not bring the leg where it belongs, and is asked again and again."""

    @property
    def is_up(self) -> bool:
        return self.standing is Standing.UP

    @property
    def rings(self) -> bool:
        return self.standing is Standing.RINGING
