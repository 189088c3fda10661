"""How a request to Asterisk is asked again: THE retry policy, for whoever asks. Pure: told the time, asks for nothing itself.

An outage costs no try: a lane that is away, or that answers nothing, says nothing about the request. A try is lost only when Asterisk
itself has failed it: it answered with an error, or it answered and a look shows that what was asked for is not so. After the last try the
request goes on being asked, ever more rarely, unless whoever asks gives it up (`failures` says which requests are).
"""

from typing import Final

from controller.interaction.layout import Room

PROOF_SECONDS_MAX = 1.0
"""How long after a reply the event that proves it may take; normally it comes before the reply."""
TRIES_MAX = 3
EVENT_SECONDS = 0.1
"""How much later than an answer an event may come that was told before it."""
AWAY_SECONDS = 0.2
"""How soon to ask again after an outage of the lane; the lane comes back by itself."""
PAUSE_SECONDS_MAX = 5.0
"""Between two tries of what Asterisk has failed more often than `TRIES_MAX`: each pause is twice as long as the one before, up to this."""


class Retry:
    """One request that is open: how often Asterisk has failed it, and when it may be asked again. All times are monotonic seconds."""

    __slots__ = ("is_unsure", "stood_in", "times_asked", "tries", "until", "was_gone", "was_outage")

    def __init__(self) -> None:
        self.tries = 0
        """How often Asterisk itself has failed it."""
        self.times_asked = 0
        self.stood_in: Room | None = None
        """Where the leg stood that is to be moved, when it was looked at last."""
        self.until = 0.0
        """When it may be asked again, unless it is proved before."""
        self.is_unsure = False
        """It may have been done: look before asking again."""
        self.was_outage = False
        """The lane was away, or answered nothing, since it was asked: that it was not done is not Asterisk's failure."""
        self.was_gone = False
        """A look has shown that what it is about is not there, and no event has told why since."""

    @property
    def is_exhausted(self) -> bool:
        """Asterisk has failed it so often that somebody has to be told."""
        return self.tries >= TRIES_MAX

    def note_asked(self, now: float) -> None:
        """It goes to Asterisk now."""
        self.times_asked += 1
        self.is_unsure = True
        self.was_outage = False
        self.until = now + PROOF_SECONDS_MAX

    def note_answered(self, now: float) -> None:
        """Asterisk has answered. An answer that took long says no less than a quick one: what proves it has its time from now on."""
        self.until = now + PROOF_SECONDS_MAX

    def note_outage(self, now: float, *, sent: bool) -> None:
        """There was no lane, or no answer. `sent`: Asterisk may have the request all the same."""
        self.is_unsure = sent
        self.was_outage = True
        self.until = now + AWAY_SECONDS

    def note_failed(self, now: float) -> None:
        """Asterisk has answered with an error: one try less."""
        self._lose_a_try()
        self.is_unsure = False
        self.until = now + self._pause()

    def note_not_done(self, now: float) -> None:
        """A look has shown that what was asked for is not so. It may be asked again at once, unless that was its last try."""
        if not self.was_outage:
            self._lose_a_try()
        self.is_unsure = False
        self.until = now + self._pause() if self.is_exhausted else now

    def note_gone(self, now: float) -> None:
        """A look has shown that what it is about is not there. The event that says why may be on its way: only the next look counts."""
        self.was_gone = True
        self.until = now + EVENT_SECONDS

    def begin_anew(self) -> None:
        """What was failed before says nothing any more: whom it is about stands elsewhere, where every try is needed."""
        self.tries = 0

    def put_off(self, until: float) -> None:
        """It is too early to ask."""
        self.until = until

    def _lose_a_try(self) -> None:
        self.tries += 1

    def _pause(self) -> float:
        beyond: Final = max(0, self.tries - TRIES_MAX)
        # Twenty doublings are more than anybody waits for, and no float overflows.
        return min(PROOF_SECONDS_MAX * 2.0 ** min(beyond, 20), PAUSE_SECONDS_MAX)
