"""The programs through which people ask: a plain one asks once; a careful one gives each command a key, and asks again when it must."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from controller.directory.ids import Seconds
from controller.floor.outcome import Outcome
from controller.floor.ports import NotKept
from controller.interaction.commands import Command
from controller.routing.commands import DeskCommand
from controller.simulator.agenda import Agenda

AGAIN_AFTER_SECONDS: Seconds = 1.0
UNANSWERED_SECONDS: Seconds = 8.0
"""After so long a careful client asks again what nobody has answered: the controller is gone, or stuck."""
ASKED_AGAIN_MAX = 6

Asked = Command | DeskCommand
Hears = Callable[[Outcome | Exception], None]


class Clients:
    """All of them. `ask` brings a command to whatever controller is there, and says later what came of it, unless that dies before."""

    def __init__(self, agenda: Agenda, ask: Callable[[Asked, Hears], None]) -> None:
        self._agenda = agenda
        self._ask = ask
        self._keys = 0
        self.are_careful = False

    def send(self, command: Asked, seconds: Seconds) -> None:
        """Ask after so many seconds."""
        if self.are_careful and isinstance(command, Command):
            self._keys += 1
            with_key = keyed(command, f"key-{self._keys}")
            self._agenda.soon(seconds, lambda: self._ask_carefully(with_key, ASKED_AGAIN_MAX))
        else:
            self._agenda.soon(seconds, lambda: self._ask(command, lambda result: None))

    def _ask_carefully(self, command: Command, tries: int) -> None:
        """The very same command is sent again where no answer came, or where what was done is not kept."""
        is_answered = False

        def hears(result: Outcome | Exception) -> None:
            nonlocal is_answered
            is_answered = True
            if isinstance(result, NotKept) and tries:
                self._agenda.soon(AGAIN_AFTER_SECONDS, lambda: self._ask_carefully(command, tries - 1))

        def gets_impatient() -> None:
            if not is_answered and tries:
                self._ask_carefully(command, tries - 1)

        self._ask(command, hears)
        self._agenda.soon(UNANSWERED_SECONDS, gets_impatient)


def keyed(command: Command, key: str) -> Command:
    """Give a command its idempotency key, if commands have one."""
    more: dict[str, Any] = {"key": key} if any(field.name == "key" for field in fields(command)) else {}
    return replace(command, **more)
