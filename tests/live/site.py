"""The site of the live tests: the demo's people, and a queue for each policy that a rule depends on."""

import os
import re
from pathlib import Path
from typing import cast

from controller.directory.site import Transfers, Transport

DEMO = Path(__file__).resolve().parents[2] / "docker/demo/site.toml"
COLLEAGUES = DEMO.with_name("colleagues.toml")
"""Stands beside every site file that is made from the demo's."""

TRANSPORT = cast("Transport", os.environ.get("TRANSPORT", "auto"))
"""The way that commands take: `TRANSPORT=asyncari tests/run live` has every live test go over plain HTTP."""

_SHORT = "consult_seconds = 2, blind_transfer_seconds = 2, ring_back_seconds = 2, call_out_seconds = 2"

POLICIES = {
    "810": ("rules", ""),
    "811": ("ask", 'transfer_acceptance = "ask", transfer_seconds = 3'),
    "812": ("return", 'end_consult = "return_to_customer"'),
    "813": ("ring-back", 'owner_hang_up = "ring_back", ring_back_seconds = 3'),
    "814": ("keep-held", 'after_consult = "keep_held"'),
    "815": ("agents-stay", 'customer_gone_in_conference = "agents_stay"'),
    "816": ("quick", "offer_seconds = 2, consult_seconds = 2, wrap_up_seconds = 2"),
    "817": ("ask-long", 'transfer_acceptance = "ask"'),
    "818": ("short", f"{_SHORT}, hold_alarm_seconds = 1, queue_consult_seconds = 2"),
    "819": ("short-front", f'{_SHORT}, failed_transfer = "front_of_queue"'),
    "820": ("once", 'wrap_up_seconds = 2, wrap_up_extension = "once", wrap_up_extension_seconds = 2'),
    "821": ("unlimited", 'wrap_up_seconds = 2, wrap_up_extension = "unlimited"'),
    "822": ("rings", f'{_SHORT}, transfer_sound = "ringback"'),
}
"""Which number leads to which queue, and the queue's own policy. All play the steady tone, so that a leak can't hide in music."""
EXPERTS = "experts"
"""A queue of Bob and Carol alone, which 830 leads to: whoever of the others wants to consult it is never in its own line."""
EXPERTS_NUMBER = "830"
DESK_NUMBER = "831"
"""Leads to a queue of Dave alone, whose telephone a test of its keys brings along."""
OFTEN = 1_000
"""How often everybody may call outside: each test does so several times."""


def live_site(*, transfers: Transfers = "auto") -> str:
    """Write the site file. `transfers`: who carries out what transfer keys ask for."""
    dave = 'phone = "1004"\n'
    # Dave's telephone answers by itself when it is told to.
    demo = DEMO.read_text().replace(dave, f"{dave}answers_remotely = true\n")
    demo = demo.replace('# transport = "auto" ', f'transport = "{TRANSPORT}" #')
    demo = demo.replace('# transfers = "auto" ', f'transfers = "{transfers}" #')
    # Asterisk has fewer ports here.
    demo = demo.replace("# legs_max = 500 ", "legs_max = 100 #").replace('numbers = ["800"]', 'numbers = ["800", "+33123456789"]')
    for limit in ("max_outside_per_agent", "max_outside_per_site", "max_per_hour_agent", "max_per_day_agent", "max_per_day_site"):
        demo = re.sub(rf"^# {limit} = \d+ ", f"{limit} = {OFTEN} #", demo, flags=re.MULTILINE)
    parts = [_queue(number, name, ("alice", "bob", "carol"), policy) for number, (name, policy) in POLICIES.items()]
    own = (_queue(EXPERTS_NUMBER, EXPERTS, ("bob", "carol"), ""), _queue(DESK_NUMBER, "desk", ("dave",), ""))
    return "\n".join([demo, *parts, *own])


def _queue(number: str, name: str, agents: tuple[str, ...], policy: str) -> str:
    """A queue, and an entry point of the same name that leads to it."""
    served_by = ", ".join(f'"{agent}"' for agent in agents)
    return (
        f'\n[[queue]]\nid = "{name}"\nname = "{name}"\nagents = [{served_by}]\nmusic = "tone"\npolicy = {{ {policy} }}\n'
        f'\n[[entry_point]]\nid = "{name}"\nname = "{name}"\nnumbers = ["{number}"]\nqueue = "{name}"\n'
    )
