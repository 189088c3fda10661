"""Every telephone of a site's agents, as Asterisk and the telephone itself are to be told of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from controller.directory.directory import Directory
from controller.directory.ids import AgentId


class Kind(StrEnum):
    """Where a telephone is."""

    DESK = "desk"
    BROWSER = "browser"


@dataclass(frozen=True, slots=True, kw_only=True)
class Telephone:
    """One PJSIP endpoint of an agent."""

    agent: AgentId
    name: str
    """The agent's, as displays show it."""
    endpoint: str
    """Also the user with which it registers."""
    number: str
    """What others dial: the desk telephone's endpoint, for the one in the browser too."""
    kind: Kind
    mac: str = ""
    """Of the one device that may fetch its files, as twelve small hexadecimal digits; empty: whichever shows the token."""


def telephones_of(directory: Directory, macs: Mapping[AgentId, str]) -> Iterator[Telephone]:
    """List every agent's telephone on the desk, and then every agent's in the browser."""
    for agent in directory.agents.values():
        mac = macs.get(agent.id, "")
        yield Telephone(agent=agent.id, name=agent.name, endpoint=agent.phone, number=agent.phone, kind=Kind.DESK, mac=mac)
    for agent in directory.agents.values():
        if agent.browser:
            yield Telephone(agent=agent.id, name=agent.name, endpoint=agent.browser, number=agent.phone, kind=Kind.BROWSER)
