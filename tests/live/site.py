"""The site of the live tests: the demo's people, and a queue for each policy that a rule depends on."""

from pathlib import Path

DEMO = Path(__file__).resolve().parents[2] / "docker/demo/site.toml"
COLLEAGUES = DEMO.with_name("colleagues.toml")
"""Stands beside every site file that is made from the demo's."""

POLICIES = {
    "810": ("rules", ""),
    "811": ("ask", 'transfer_acceptance = "ask", transfer_seconds = 3'),
    "812": ("return", 'end_consult = "return_to_customer"'),
    "813": ("ring-back", 'owner_hang_up = "ring_back", ring_back_seconds = 3'),
    "814": ("keep-held", 'after_consult = "keep_held"'),
    "815": ("agents-stay", 'customer_gone_in_conference = "agents_stay"'),
    "816": ("quick", "offer_seconds = 2, consult_seconds = 2, wrap_up_seconds = 2"),
    "817": ("ask-long", 'transfer_acceptance = "ask"'),
}
"""Which number leads to which queue, and the queue's own policy. All play the steady tone, so that a leak can't hide in music."""


def live_site() -> str:
    """Write the site file."""
    dave = 'phone = "1004"\n'
    # Dave's telephone answers by itself when it is told to.
    demo = DEMO.read_text().replace(dave, f"{dave}answers_remotely = true\n")
    # Asterisk has fewer ports here.
    parts = [demo.replace("# legs_max = 500 ", "legs_max = 100 #").replace('numbers = ["800"]', 'numbers = ["800", "+33123456789"]')]
    for number, (name, policy) in POLICIES.items():
        parts.append(
            f'\n[[queue]]\nid = "{name}"\nname = "{name}"\nagents = ["alice", "bob", "carol"]\nmusic = "tone"\n'
            f"policy = {{ {policy} }}\n"
            f'\n[[entry_point]]\nid = "{name}"\nname = "{name}"\nnumbers = ["{number}"]\nqueue = "{name}"\n'
        )
    return "\n".join(parts)
