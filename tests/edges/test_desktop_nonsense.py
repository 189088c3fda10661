"""Any JSON, sent anywhere, gets a well-formed answer and never a mistake of ours."""

import random
from typing import Any

from controller.desktop.actions import ACTIONS
from controller.desktop.endpoints import ENDPOINTS
from tests.edges.desktop_world import Desktop, World

TIMES_EACH = 12
SEED = 20261122

WORDS = ["", "alice", "bob", "idle", "available", "agent", "resolved", "\x00", "é" * 50, "x" * 5000, "1", "../..", "%00", "{id}"]
WORDS += ["number", "queue", "organisation", "support", "1002", "+33 1 99 00 20 02", "０１", "📞", "0,01…"]
MEMBERS = ["agent", "password", "state", "reason", "note", "target", "kind", "id", "number", "digits", "on", "typed", "leg", "queue", "zzz"]


def nonsense(dice: random.Random, depth: int = 0) -> Any:
    """Some JSON value."""
    simple = [None, True, False, 0, -1, 2**70, 1.5e300, dice.choice(WORDS)]
    if depth > 3 or dice.random() < 0.3:
        return dice.choice(simple)
    if dice.random() < 0.2:
        return [nonsense(dice, depth + 1) for _ in range(dice.randrange(4))]
    return {dice.choice(MEMBERS): nonsense(dice, depth + 1) for _ in range(dice.randrange(5))}


async def test_nonsense_gets_a_well_formed_answer_everywhere(world: World, alice: Desktop, bob: Desktop) -> None:
    dice = random.Random(SEED)
    call = await world.consulting(alice, bob)
    paths = {(endpoint.method, endpoint.path) for endpoint in ENDPOINTS if not endpoint.path.endswith("/session")}
    paths |= {("POST", f"/api/v1/interactions/{{id}}/{name}") for name in ACTIONS if name != "end"}

    for method, path in sorted(paths) * TIMES_EACH:
        where = path.replace("{id}", dice.choice([call, call, "nobody", "%2e%2e"]))
        headers = {"If-Match": dice.choice(["1", "*", "²", "\t"]), "Idempotency-Key": dice.choice(["a", "b", " ", "é"])}
        said = dice.choice([{}, {name: value for name, value in headers.items() if dice.random() < 0.5}])
        query = {dice.choice(["kind", "q", "after"]): dice.choice(WORDS)} if dice.random() < 0.5 else {}
        reply = await bob.ask(method, where, prefix="", json=nonsense(dice), headers=said, params=query)
        assert reply.status < 500 or (path, reply.status) == ("/readyz", 503), (method, where, reply.text)
        assert reply.status < 400 or reply.code, reply.text
