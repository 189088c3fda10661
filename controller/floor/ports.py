"""What the shell and the adapters promise one another. Adapters know these and never one another."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Protocol, TypeVar

from controller.directory.colleague_search import Found, ListedColleague
from controller.directory.ids import AgentId, ColleagueId, InteractionId, LegId, Seconds
from controller.directory.organisation import OrganisationState
from controller.floor.floor import Floor
from controller.floor.outcome import Input, Outcome
from controller.floor.story import Story, StoryPicture
from controller.interaction.commands import Command
from controller.interaction.facts import Fact
from controller.interaction.layout import Layout
from controller.routing.commands import DeskCommand


class InboxFull(Exception):
    """The loop is so far behind that what is brought can't be kept; whoever brings facts has to begin anew with a look at what is."""


class NotKept(Exception):
    """A command was done, but it is not on disk: a crash now would undo it. The disk is full or broken; `because` says which."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


class StoryUnreadable(Exception):
    """The record can't be read now; `because` is a sentence that says why."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


T = TypeVar("T")


class Inbox(Protocol):
    """Where adapters bring what they hear. One task takes it out, one at a time, in order."""

    def post(self, fact: Fact) -> None:
        """Bring a fact. Never blocks; facts can't be refused. Raises `InboxFull`."""

    async def ask(self, command: Command | DeskCommand) -> Outcome:
        """Bring a command and wait until it is accepted and kept.

        Raises a `Refused`, and then nothing has changed, or `NotKept`, and then it was done all the same.
        """

    @property
    def floor(self) -> Floor:
        """The contact centre as it is now, to be read only. Wait for `settled` before telling anybody what it shows."""

    async def settled(self) -> None:
        """Wait until all that the floor shows would survive a crash, or until it is known that the disk fails."""

    @property
    def not_kept_because(self) -> str | None:
        """Why a crash would now undo what is done, in words; None: it would not."""


class Tone(StrEnum):
    """What one telephone is told in tones; the values are music classes of musiconhold.conf."""

    REFUSED = "code-refused"
    """The keys came to nothing."""
    DONE = "code-done"
    """What a telephone has dialled has been done."""


class Switch(Protocol):
    """The telephone switch, as the shell sees it. Nothing here waits: what comes of it comes back as facts."""

    def arrange(self, layout: Layout) -> None:
        """From now on, this is where everybody of this interaction belongs."""

    def press(self, interaction: InteractionId, leg: LegId, digits: str) -> None:
        """Let a leg's telephone hear these keys (RFC 4733 events)."""

    def sound(self, leg: LegId, tone: Tone) -> None:
        """Let this leg hear a tone, and nobody else."""

    def turn_away(self, leg: LegId) -> None:
        """Give a caller back to the dialplan."""

    def confirm_dialled(self, leg: LegId) -> None:
        """Let an agent who dialled a code from their telephone hear that it is done, and end the call."""

    def refuse_dialled(self, leg: LegId, code: str) -> None:
        """Let an agent who dialled from their telephone hear that it is not done. `code`: the machine's word for why (`refusals`)."""

    def answer_transfer(self, leg: LegId, refused: str | None) -> None:
        """Say to the telephone whose transfer key was pressed what has come of it.

        `refused`: the machine's word for why it is not done (`refusals`); None: it is.
        """

    def let_go(self, leg: LegId) -> None:
        """Hang up a caller whose interaction is over."""


class Audience(Protocol):
    """Somebody who is told what has happened: desktops, metrics, the record of steps."""

    def tell(self, what: Input, outcome: Outcome) -> None:
        """Take note of an input and what it led to. Must not block, and must not change anything."""


class Tally(Protocol):
    """Somebody who counts how commands were answered."""

    def answered(self, seconds: float) -> None:
        """A command was answered so long after it came, accepted or refused."""

    def refused(self, code: str) -> None:
        """A command was refused, by the machine's word for why."""


class BrowserPasswords(Protocol):
    """Who may register as the telephones in the browser: each login of an agent gets a password of its own. Nothing keeps them."""

    async def give(self, endpoint: str, password: str) -> None:
        """From now on this telephone registers with this password, and with no other. Raises a `Refused` while the switch is away."""

    def take_away(self, endpoint: str) -> None:
        """From now on this telephone can't register; if the switch is away, from the moment on at which it is back."""


class ChosenPasswords(Protocol):
    """Passwords that agents have chosen themselves, in the place of those that the site gave them."""

    async def keep(self, agent: AgentId, password_hash: str, *, instead_of: str) -> bool:
        """From now on this is the agent's hash, also after a start. False: another than `instead_of` was theirs by now, and stays.

        Raises OSError, and then nothing has changed.
        """


class Colleagues(Protocol):
    """The people of the site's organisations who are no agents of ours, as they were last fetched."""

    async def search(self, asked: str, most: int) -> Found:
        """Look up a text: see `colleague_search`. Takes milliseconds, unless their presence has to be asked for."""

    def find(self, wanted: ColleagueId) -> ListedColleague | None:
        """Find whom an id of `search` means; None: nobody, or nobody any more."""

    async def refresh(self, seconds_max: Seconds) -> None:
        """Have everybody fetched again, and wait for it so long at most; it goes on afterwards. Whoever else asks waits for the same."""

    def states(self) -> Sequence[OrganisationState]:
        """Say of each organisation how well its people are known, in the site's order."""


class Stories(Protocol):
    """The record of what happened to interactions. It is read beside the calls, never between them."""

    async def tell(self, interaction: InteractionId, until: Seconds | None, show: Callable[[Story], T]) -> T | None:
        """Read an interaction's story and have it shown; None: nothing is recorded. `show` runs in another thread: it may take its time.

        `until`: now, while the interaction goes on. Raises `StoryUnreadable`.
        """

    async def draw(self, interaction: InteractionId, until: Seconds | None) -> StoryPicture | None:
        """Draw an interaction's story; None: nothing is recorded. Raises `StoryUnreadable`."""
