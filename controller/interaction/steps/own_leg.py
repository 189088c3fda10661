"""What an agent does with their own microphone and keypad."""

from controller.directory.ids import Seconds
from controller.directory.replace import replace
from controller.interaction.commands import MuteSelf, SendDigits, UnmuteSelf
from controller.interaction.interaction import Interaction, Phase, Step
from controller.interaction.notices import DigitsPressed
from controller.interaction.refusals import BadTarget
from controller.interaction.steps.common import agent_2_of, change

DIGITS = frozenset("0123456789*#ABCD")
"""What a telephone keypad can send (RFC 4733, events 0 to 15)."""
DIGITS_MAX = 32


def mute_or_unmute(interaction: Interaction, command: MuteSelf | UnmuteSelf, now: Seconds) -> Step:
    """Close or open one's own microphone; everybody else is heard all the same."""
    role = interaction.role_of(command.agent)
    party = interaction.party(role) if role else None
    assert party is not None, "only a party is allowed to mute"
    return Step(interaction=change(interaction, replace(party, muted=isinstance(command, MuteSelf))))


def send_digits(interaction: Interaction, command: SendDigits, now: Seconds) -> Step:
    """Press keys for whoever the owner talks with: Agent 2 in a consult, else the customer."""
    if not 0 < len(command.digits) <= DIGITS_MAX or not set(command.digits) <= DIGITS:
        raise BadTarget(f"Digits are 1 to {DIGITS_MAX} of 0-9, *, # and A-D.")
    hears = agent_2_of(interaction) if interaction.phase is Phase.CONSULTING else interaction.customer
    assert hears is not None, "the role table lets nobody press keys for nobody"
    return Step(
        interaction=interaction,
        tell=(DigitsPressed(interaction=interaction.id, leg=hears.leg, digits=command.digits),),
    )
