"""Passwords that agents have chosen themselves, by their hashes, in a file of the journal's folder.

One counts for as long as the site file has the hash that it took the place of: an administrator who writes another hash for an agent, or
takes the agent out, takes the agent's own away for good.
"""

import asyncio
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import structlog
from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from controller.directory.ids import AgentId
from controller.directory.passwords import hash_mistake
from controller.provisioning.password_file import replace_file

NAME = "agent-passwords.json"
FOR_ITS_OWNER = 0o600

log = structlog.get_logger("service")


class BadChosenPasswords(Exception):
    """The file can't be used; `because` is a sentence that says what to do."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


@dataclass(frozen=True, slots=True, config=ConfigDict(extra="forbid", strict=True))
class Chosen:
    """One agent's own password."""

    hash: str
    instead_of: str
    """The SHA-256 of the site file's hash, which is not written down a second time."""


_FILE = TypeAdapter(dict[AgentId, Chosen])


class ChosenPasswordFile:
    """The file, and the site file's hashes beside it. One process at a time has it, by the lock of the folder."""

    def __init__(self, folder: Path, site: Mapping[AgentId, str]) -> None:
        """`site`: each agent's hash in the site file. Raises `BadChosenPasswords`."""
        self._path = folder / NAME
        self._chosen = _read(self._path)
        self._site = dict(site)
        self._one_at_a_time = asyncio.Lock()
        self._forget()

    @property
    def hashes(self) -> dict[AgentId, str]:
        """Each agent's hash as it counts now: their own, or the site file's."""
        return {**self._site, **{agent: chosen.hash for agent, chosen in self._chosen.items()}}

    async def use(self, site: Mapping[AgentId, str]) -> dict[AgentId, str]:
        """Take over what another site file says; gives each agent's hash."""
        async with self._one_at_a_time:
            self._site = dict(site)
            await asyncio.to_thread(self._forget)
            return self.hashes

    async def keep(self, agent: AgentId, password_hash: str, *, instead_of: str) -> bool:
        """See `ChosenPasswords`, which desktops know it by."""
        async with self._one_at_a_time:
            if self.hashes.get(agent) != instead_of:
                return False
            chosen = {**self._chosen, agent: Chosen(hash=password_hash, instead_of=_mark(self._site[agent]))}
            await asyncio.to_thread(_write, self._path, chosen)
            self._chosen = chosen
            return True

    def _forget(self) -> None:
        """Forget whatever does not count any more, so that it never counts again."""
        known = self._chosen
        self._chosen = {agent: one for agent, one in known.items() if agent in self._site and one.instead_of == _mark(self._site[agent])}
        if self._chosen == known:
            return
        log.info("the site file has other passwords for agents who had chosen their own", agents=sorted(known.keys() - self._chosen.keys()))
        try:
            _write(self._path, self._chosen)
        except OSError as failed:
            log.warning("what they had chosen is still on disk", file=str(self._path), because=failed.strerror or str(failed))


def _mark(password_hash: str) -> str:
    return hashlib.sha256(password_hash.encode()).hexdigest()


def _read(path: Path) -> dict[AgentId, Chosen]:
    """Raises `BadChosenPasswords`: whoever went on without it would let in the passwords that agents have replaced."""
    try:
        known = _FILE.validate_json(path.read_bytes())
    except FileNotFoundError:
        return {}
    except OSError as failed:
        raise BadChosenPasswords(f"{path} can't be read: {failed.strerror or failed}.") from failed
    except ValidationError:
        # Not from it: pydantic shows what is in the file.
        raise BadChosenPasswords(
            f"{path} does not say which passwords agents have chosen: take it from a backup, or remove it, and the site file's count again."
        ) from None
    for agent, one in known.items():
        if (mistake := hash_mistake(one.hash)) is not None:
            raise BadChosenPasswords(f"The hash of {agent!r} in {path} {mistake}, or take the agent out of this file.")
    return known


def _write(path: Path, chosen: Mapping[AgentId, Chosen]) -> None:
    """Raises OSError, and then the file is as it was."""
    text = json.dumps({agent: asdict(one) for agent, one in chosen.items()}, indent=1, sort_keys=True) + "\n"
    replace_file(path, text, mode=FOR_ITS_OWNER)
