"""What Asterisk's settings of one telephone mean for calls, and where the telephone is that is registered. Pure: what ARI told goes in.

Every sentence says which line to write into pjsip.conf.
"""

from collections.abc import Iterator, Mapping
from enum import Enum, auto
from hashlib import md5

AGENTS = "ari-controller-agents"
"""The delivered context for what agents dial."""


class Leads(Enum):
    """Where the calls of a dialplan's context come to."""

    TO_THE_CONTROLLER_AS_AGENTS = auto()
    TO_THE_CONTROLLER_AS_CALLERS = auto()
    ELSEWHERE = auto()
    UNKNOWN = auto()


Attributes = Mapping[str, str]
"""Of an endpoint or an AOR, as `asterisk/config/dynamic` gives them."""


def contact_ids(aor: str, said: Attributes) -> Iterator[tuple[str, str]]:
    """Give the address of each contact of an AOR, with the id under which Asterisk keeps one that has registered (measured)."""
    for uri in filter(None, said.get("contact", "").split(",")):
        yield uri, f"{aor};@{md5(uri.encode(), usedforsecurity=False).hexdigest()}"


def contact_words(uri: str, said: Attributes | None) -> str:
    """Say where a telephone is, and what it says that it is. `said`: None: its address stands in the file, and it has not registered."""
    if said is None:
        return uri
    via = f"{said.get('via_addr', '')}:{said.get('via_port', '')}"
    seen_at = f"seen from {via}" if via != ":" and via not in uri else ""
    return ", ".join(filter(None, (uri, said.get("user_agent", ""), seen_at)))


def troubles(name: str, endpoint: Attributes, aors: Mapping[str, Attributes]) -> Iterator[str]:
    """Say what of a desk telephone's settings makes calls fail or go wrong. `aors`: those of its AORs that are there, by name."""
    if _is(endpoint, "direct_media", "yes", "true"):
        yield f"sound would pass Asterisk by, and a move to another room would need the telephone's consent: direct_media = no in [{name}]"
    if "," in endpoint.get("allow", ""):
        codecs = endpoint["allow"]
        yield f"with several codecs {codecs} Asterisk may have to convert every packet: disallow = all and allow = ulaw in [{name}]"
    if _is(endpoint, "timers", "no") and _is(endpoint, "rtp_timeout", "0"):
        yield f"a telephone that dies in a call is never noticed: timers = always and timers_sess_expires = 90 in [{name}]"
    if _is(endpoint, "trust_id_inbound", "yes", "true"):
        yield f"the telephone may say itself who is calling: trust_id_inbound = no in [{name}]"
    if _is(endpoint, "allow_transfer", "no", "false"):
        yield f"its transfer key is refused, and nobody hears of it: allow_transfer = yes in [{name}]"
    if not aors:
        yield f"no telephone can register, since it has no AOR: aors = {name} in [{name}], and a section of that name of type = aor"
    for aor, said in aors.items():
        # A contact that stands in the file is there whether the telephone is or not.
        if _is(said, "max_contacts", "0") and not said.get("contact"):
            yield f"no telephone can register: max_contacts = 1 in the AOR [{aor}]"
        if _is(said, "qualify_frequency", "0"):
            yield f"that it has gone is not noticed, and calls ring nobody: qualify_frequency = 10 in the AOR [{aor}]"


def context_trouble(name: str, context: str, leads: Leads) -> str | None:
    """Say what is wrong with where an agent's telephone dials; None: nothing that is known."""
    instead = f"context = {AGENTS} in [{name}], or include => {AGENTS} in [{context}] of extensions.conf"
    match leads:
        case Leads.TO_THE_CONTROLLER_AS_CALLERS:
            return f"what it dials reaches the controller as a customer's call, if at all: {instead}"
        case Leads.ELSEWHERE:
            return f"what it dials does not reach the controller: {instead}"
        case _:
            return None


def trunk_context_trouble(name: str, context: str, leads: Leads) -> str | None:
    """The same of a line to the telephone network."""
    match leads:
        case Leads.TO_THE_CONTROLLER_AS_AGENTS:
            return f"its callers would be taken for agents: another context than {context} in [{name}], such as ari-controller-customers"
        case Leads.ELSEWHERE:
            return (
                f"no call that comes in by it reaches the controller: in [{context}] of extensions.conf write, for each number, "
                "exten => NUMBER,1,Goto(ari-controller-customers,${EXTEN},1)"
            )
        case _:
            return None


def _is(said: Attributes, key: str, *values: str) -> bool:
    return said.get(key, "").lower() in values
