"""The role table: in each phase each viewer is offered exactly what the contract allows; everything else is refused and changes nothing.

`EXPECTED` is the contract's table "What is allowed when", written out. Of the actions that it names, `recording` is not served by this
version, `unmute` is there only for somebody who is muted, and `extend-wrap-up` only where the site allows it. `accept` is not offered,
because these telephones can't be answered from the desktop: the API says so.
"""

from collections.abc import Awaitable, Callable, Mapping

import pytest

from tests.live.desk import Json
from tests.live.scene import Scene, until

MUTE_AND_KEYS = {"mute", "dtmf"}

EXPECTED: Mapping[str, Mapping[str, set[str]]] = {
    "queued": {},
    "offered": {"alice": {"decline"}},
    "connected": {"alice": {"hold", "consult", "transfer", "end"} | MUTE_AND_KEYS},
    "held": {"alice": {"resume", "consult", "transfer"}},
    "consult_offered": {"alice": {"cancel-consult", "resume"}, "bob": {"decline"}},
    "consulting": {
        "alice": {"resume", "swap", "transfer", "conference", "end-consult"} | MUTE_AND_KEYS,
        "bob": {"leave-consult", "mute"},
    },
    "consult_held": {
        "alice": {"swap", "transfer", "conference", "end-consult"} | MUTE_AND_KEYS,
        "bob": {"leave-consult"},
    },
    "resumed while ringing": {"alice": {"swap", "cancel-consult"} | MUTE_AND_KEYS, "bob": {"decline"}},
    "transfer_asked": {"alice": {"wrap-up"}, "bob": {"accept-transfer", "decline-transfer"}},
    "conference": {
        "alice": {"end", "leave-conference", "transfer", "consult", "drop"} | MUTE_AND_KEYS,
        "bob": {"leave-conference", "mute"},
    },
    "consult waits": {"alice": {"cancel-consult", "resume"}},
    "consult over a conference": {
        "alice": {"resume", "swap", "transfer", "conference", "end-consult"} | MUTE_AND_KEYS,
        "bob": {"leave-conference", "mute"},
        "carol": {"leave-consult", "mute"},
    },
    "transferring": {"alice": {"wrap-up"}, "bob": {"decline"}},
    "dialling": {"alice": {"end", "mute"}},
    "handed_out": {"alice": {"wrap-up"}},
    "ended": {"alice": {"wrap-up"}},
}

BODIES: Mapping[str, Json] = {
    "accept": {},
    "decline": {},
    "hold": {},
    "resume": {},
    "swap": {},
    "consult": {"target": {"kind": "agent", "id": "carol"}},
    "cancel-consult": {},
    "transfer": {},
    "accept-transfer": {},
    "decline-transfer": {},
    "conference": {},
    "leave-consult": {},
    "leave-conference": {},
    "end-consult": {},
    "end": {},
    "mute": {},
    "unmute": {},
    "drop": {"leg": "ix-nobody"},
    "dtmf": {"digits": "1"},
    "wrap-up": {"reason": "resolved"},
    "extend-wrap-up": {},
}
"""Every action, with a body that is well made, so that a refusal is about the role or the phase."""

NEVER_THE_OWNERS = {"leave-consult", "accept-transfer", "decline-transfer"}
AGENT_2_EVER = {"accept", "decline", "leave-consult", "leave-conference", "accept-transfer", "decline-transfer", "mute", "unmute"}
EVER: Mapping[str, set[str]] = {
    "agent1": set(BODIES) - NEVER_THE_OWNERS,
    "agent2": AGENT_2_EVER,
    "former": {"wrap-up", "extend-wrap-up"},
    "supervisor": {"end"},
}
"""What a role may do in some phase. Anything else is refused as not permitted; what may be done in another phase only, as not now."""


async def queued(scene: Scene) -> str:
    await scene.queued()
    return await scene.seen_by_the_supervisor()


async def resumed_while_ringing(scene: Scene) -> str:
    interaction = await scene.consult_offered()
    await scene.alice.does("resume", interaction)
    await scene.hear({"alice": {"customer"}, "customer": {"alice"}})
    return interaction


async def ended(scene: Scene) -> str:
    interaction = await scene.connected()
    await scene.alice.does("end", interaction)
    await scene.over(interaction, owner="alice")
    return interaction


async def dialling(scene: Scene) -> str:
    """The number rings, and the controller knows that Alice has picked up for it."""
    interaction = await scene.dialling()

    async def may_mute() -> bool:
        return "mute" in await scene.alice.may(interaction)

    await until("Alice's own telephone is up", may_mute)
    return interaction


REACHED: Mapping[str, Callable[[Scene], Awaitable[str]]] = {
    "queued": queued,
    "offered": Scene.offered,
    "connected": Scene.connected,
    "held": Scene.held,
    "consult_offered": Scene.consult_offered,
    "consulting": Scene.consulting,
    "consult_held": Scene.consult_held,
    "resumed while ringing": resumed_while_ringing,
    # Of all phases this one alone is over by itself, so that it gets the time that a slow machine may need.
    "transfer_asked": lambda scene: scene.transfer_asked("817"),
    "conference": Scene.conference,
    "consult waits": Scene.consult_waits,
    "consult over a conference": Scene.consulting_over_a_conference,
    "transferring": Scene.transferring,
    "dialling": dialling,
    "handed_out": Scene.handed_out,
    "ended": ended,
}
OUTSIDE = {"dialling", "handed_out"}
"""Phases with somebody outside."""


@pytest.mark.usefixtures("outside")
@pytest.mark.parametrize("phase", REACHED)
async def test_each_party_is_offered_exactly_what_the_contract_allows(scene: Scene, phase: str) -> None:
    interaction = await REACHED[phase](scene)

    for agent, allowed in EXPECTED[phase].items():
        assert await scene.desks[agent].may(interaction) == allowed, f"{agent} in {phase}"
    assert await scene.supervisor.may(interaction) == (set() if phase == "ended" else {"end"})


@pytest.mark.usefixtures("outside")
@pytest.mark.parametrize("phase", REACHED)
async def test_what_is_not_offered_is_refused_and_changes_nothing(scene: Scene, phase: str) -> None:
    interaction = await REACHED[phase](scene)

    for agent in (*EXPECTED[phase], "sam"):
        before = await scene.desks[agent].interaction(interaction)
        for action in BODIES.keys() - EXPECTED[phase].get(agent, set()) - ({"end"} if agent == "sam" and phase != "ended" else set()):
            answer = await scene.desks[agent].call("POST", f"/interactions/{interaction}/{action}", BODIES[action])
            expected = (409, "not-now") if action in EVER[before["my_role"]] else (403, "not-permitted")
            assert (answer.status, answer.code) == expected, f"{agent} {action} in {phase}: {answer}"
            assert answer.body["detail"].endswith("."), "why is said in a sentence"
        assert await scene.desks[agent].interaction(interaction) == before, f"{agent} in {phase}"


@pytest.mark.parametrize("phase", ["queued", "offered", "consulting", "conference", "ended"])
async def test_an_agent_who_is_no_party_sees_nothing_and_can_do_nothing(scene: Scene, phase: str) -> None:
    interaction = await REACHED[phase](scene)
    before = await scene.supervisor.interaction(interaction)

    for action, body in BODIES.items():
        answer = await scene.carol.call("POST", f"/interactions/{interaction}/{action}", body)
        assert (answer.status, answer.code) == (404, "unknown-interaction"), f"{action} in {phase}: {answer}"
    assert await scene.carol.interactions() == []
    assert await scene.supervisor.interaction(interaction) == before


async def test_nobody_hears_anything_else_after_many_refused_commands(scene: Scene) -> None:
    interaction = await scene.consulting()

    for _ in range(5):
        for action in BODIES.keys() - EXPECTED["consulting"]["bob"]:
            await scene.bob.is_refused(action, interaction, **BODIES[action])

    await scene.hear({"alice": {"bob"}, "bob": {"alice"}, "customer": {"music"}})


@pytest.mark.parametrize("phase", ["consult_offered", "consulting", "consult_held", "transfer_asked", "conference"])
async def test_agent_2_can_t_resume_end_hold_consult_transfer_or_wrap_up_in_any_phase(scene: Scene, phase: str) -> None:
    interaction = await REACHED[phase](scene)

    for action in ("resume", "swap", "end-consult", "end", "wrap-up", "consult", "hold", "transfer", "conference"):
        assert await scene.bob.is_refused(action, interaction, **BODIES[action]) == "not-permitted", action


async def test_agent_2_has_all_the_rights_of_an_owner_once_the_customer_is_transferred(scene: Scene) -> None:
    interaction = await scene.consulting()
    await scene.alice.does("transfer", interaction)
    await scene.hear({"bob": {"customer"}, "customer": {"bob"}})

    assert await scene.bob.may(interaction) == EXPECTED["connected"]["alice"]
    assert await scene.alice.may(interaction) == {"wrap-up"}, "the former owner has the reason left to give"
    assert await scene.alice.is_refused("resume", interaction) == "not-permitted"


async def test_a_telephone_that_can_t_be_answered_from_the_desktop_is_left_ringing_and_the_api_says_so(scene: Scene) -> None:
    interaction = await scene.offered()

    answer = await scene.alice.call("POST", f"/interactions/{interaction}/accept", {})

    assert (answer.status, answer.code) == (409, "not-now")
    assert "pick it up" in answer.body["detail"]
    await scene.phones["alice"].incoming(seconds_max=0)


async def test_a_muted_agent_may_unmute_and_not_mute(scene: Scene) -> None:
    interaction = await scene.connected()
    await scene.alice.does("mute", interaction)

    assert await scene.alice.may(interaction) == EXPECTED["connected"]["alice"] - {"mute"} | {"unmute"}


async def test_an_action_that_was_asked_of_an_older_revision_is_stale_and_changes_nothing(scene: Scene) -> None:
    """A double click, or hold pressed in another tab."""
    interaction = await scene.consulting()
    seen = (await scene.alice.interaction(interaction))["revision"]
    pressed = await scene.alice.call("POST", f"/interactions/{interaction}/swap", {}, **{"If-Match": str(seen)})
    assert pressed.status == 200

    again = await scene.alice.call("POST", f"/interactions/{interaction}/swap", {}, **{"If-Match": str(seen)})

    assert (again.status, again.code) == (409, "stale")
    await scene.hear({"alice": {"customer"}, "customer": {"alice"}, "bob": {"music"}})
