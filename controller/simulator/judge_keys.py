"""Judges what comes of keys: nobody else hears them, a code acts once and is understood, and a tone that tells of a mistake ends.

A telephone whose transfer key was pressed, and left to the controller, is told what comes of it.
"""

from collections import Counter

from controller.dialling.feature_codes import FeatureCodes
from controller.directory.ids import AgentId, LegId, Seconds
from controller.floor.outcome import Outcome
from controller.floor.ports import Tone
from controller.interaction.commands import Command
from controller.interaction.notices import CodeRefused
from controller.routing.commands import DeskCommand
from controller.simulator.broken import Broken, Case
from controller.simulator.exchange import Exchange
from controller.simulator.parts import SimChannel
from controller.simulator.reach import Since
from controller.simulator.typists import Typed, Typing

TONE_SECONDS_MAX: Seconds = 5.0
TRANSFER_SECONDS_MAX: Seconds = 5.0
NOT_UNDERSTOOD = ("There is no such code.", "The code was not finished in time.")
_DIGIT_SECONDS = FeatureCodes().digit_seconds


class KeysJudge:
    """Remembers of keys only what it needs to judge."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._typed: Counter[AgentId] = Counter()
        self._acted: Counter[AgentId] = Counter()
        self._last: dict[AgentId, Typed] = {}
        self._spoiled_until: dict[AgentId, Seconds] = {}
        """Until when keys of an agent may be taken for the rest of what they mistyped, or left half."""
        self._tones: dict[LegId, Since] = {}
        self._transfers: dict[LegId, tuple[Seconds, Since]] = {}
        """Telephones that wait to be told what comes of their transfer: when they asked, and how long that is ago."""
        self.loses_events = False
        """Asterisk's words get lost, or come late, so that the best of typists may not be understood."""

    def types(self, typed: Typed) -> None:
        """Somebody begins to press keys."""
        self._typed[typed.agent] += 1
        before = self._last.get(typed.agent)
        if before is not None and typed.at - before.at < 2 * _DIGIT_SECONDS:
            self._spoiled_until[typed.agent] = typed.at + 4 * _DIGIT_SECONDS  # two sets of keys at once are neither
        if typed.how is not Typing.RIGHT:
            self._spoiled_until[typed.agent] = typed.at + 4 * _DIGIT_SECONDS
        self._last[typed.agent] = typed

    def followed(self, outcome: Outcome) -> None:
        """The floor has taken an input."""
        if isinstance(outcome.kept_as, Command | DeskCommand):
            agent = outcome.kept_as.agent
            self._acted[agent] += 1
            if self._acted[agent] > self._typed[agent]:
                raise Broken(f"{agent} typed {self._typed[agent]} codes, and {self._acted[agent]} were done")
        for notice in outcome.notices:
            if isinstance(notice, CodeRefused) and notice.because in NOT_UNDERSTOOD:
                self._judge_understanding(notice)

    def _judge_understanding(self, refused: CodeRefused) -> None:
        typed = self._last.get(refused.agent)
        if typed is None:
            raise Broken(f"{refused.agent} has pressed no key, and hears that it came to nothing")
        is_spoiled = typed.at < self._spoiled_until.get(refused.agent, 0.0)
        was_unheard = self.loses_events or self._case.is_deaf or self._case.attached_at > typed.at - _DIGIT_SECONDS
        depends_on_who_is_there = typed.keys.startswith("*4")
        if typed.how is Typing.RIGHT and not (is_spoiled or was_unheard or depends_on_who_is_there):
            raise Broken(f"{refused.agent} typed {typed.keys}, and it was not understood: {refused.because}")

    def heard(self, by: SimChannel, of: SimChannel) -> None:
        """Somebody hears a key of somebody else's."""
        agent = self._case.agent_of.get(of.id)
        if agent is not None and not of.is_outside and not of.stands_by_itself:  # how long it may do so `judge` says
            raise Broken(f"{by.id} hears a key that {agent} has pressed")

    def look(self) -> None:
        """A second has passed. Say what has lasted too long."""
        assert self._case.exchange is not None, "an exchange is there before anybody calls"
        self._look_at_transfers(self._case.exchange)
        sounding = {leg for leg, channel in self._case.exchange.channels.items() if channel.tone and leg in self._case.whose}
        for leg in sounding:
            heard = self._case.exchange.channels[leg].tone
            if heard not in (Tone.REFUSED, Tone.DONE):
                raise Broken(f"{leg} hears the music {heard} in place of a tone")
        for leg in [leg for leg in self._tones if leg not in sounding]:
            del self._tones[leg]
        for leg in sounding:
            since = self._tones.setdefault(leg, self._case.reach.begins(self._case.whose[leg][0]))
            if since.in_reach > TONE_SECONDS_MAX + self._case.reach.patience:
                raise Broken(f"{leg} has heard a tone in place of its room for {since.in_all:.0f} s")

    def _look_at_transfers(self, exchange: Exchange) -> None:
        """Of a transfer that was asked for before the controller heard everything it may never have heard, or forgotten it."""
        asked = {leg: channel.transfer_asked_at for leg, channel in exchange.channels.items() if leg in self._case.whose}
        for leg, at in asked.items():
            known = self._transfers.get(leg)
            if at is None or at <= max(self._case.attached_at, self._case.began_at) or self._case.is_deaf or self.loses_events:
                self._transfers.pop(leg, None)
            elif known is None or known[0] != at:
                self._transfers[leg] = (at, self._case.reach.begins(self._case.whose[leg][0]))
            elif known[1].in_reach > TRANSFER_SECONDS_MAX + self._case.reach.patience:
                raise Broken(f"{leg} has asked for a transfer {known[1].in_all:.0f} s ago, and its telephone was told nothing")
        self._transfers = {leg: known for leg, known in self._transfers.items() if leg in asked}
