"""A whole day of an agent who has nothing but a telephone on the desk: no page is open, and no desktop has logged her in."""

import time

from tests.live.scene import Scene, until
from tests.live.site import EXPERTS_NUMBER
from tests.phones import KEYS, OTHER

TALKS = {"customer": {"carol"}, "carol": {"customer"}}
CONSULTS = {"carol": {"bob"}, "bob": {"carol"}, "customer": {"music"}}
ALL_THREE = {"carol": {"bob", "customer"}, "bob": {"carol", "customer"}, "customer": {"carol", "bob"}}


async def seen(scene: Scene, agent: str) -> str:
    """What a colleague sees an agent do."""
    listed = await scene.supervisor.call("GET", "/directory?kind=agent")
    return next(str(entry["presence"]) for entry in listed.body["entries"] if entry["id"] == agent)


async def dials(scene: Scene, code: str, presence: str) -> None:
    """Carol dials a code while she is on no call: she hears that it is done, the call ends by itself, and everybody sees it."""
    since, phone = time.time(), scene.phones["carol"]
    call = await phone.dial(code)
    await scene.ear.wait_for_first("carol", OTHER, after=since, in_a_row=3)
    await phone.closed(call)

    async def is_so() -> bool:
        return await seen(scene, "carol") == presence

    await until(f"carol being {presence}", is_so)


async def is_taken(scene: Scene) -> None:
    """A customer calls, and Carol picks up."""
    call = await scene.customer.dial(EXPERTS_NUMBER)
    await scene.customer.established(call)
    await scene.answers("carol")
    await scene.hear(TALKS)


async def test_an_agent_with_nothing_but_a_telephone_works_a_whole_day(scene: Scene) -> None:
    carol = scene.phones["carol"]
    await scene.carol.log_out()
    await scene.bob.idle()
    try:
        assert await seen(scene, "carol") == "logged_off"
        await dials(scene, "**1", "idle")
        await dials(scene, "**2", "available")

        # The first customer: she asks Bob, goes to and fro, brings all together, and hands the customer over.
        await is_taken(scene)
        since = time.time()
        await scene.bob.available()
        await carol.send_keys("*21002#")
        await scene.answers("bob")
        await scene.hear(CONSULTS)
        await carol.send_keys("*5")
        await scene.hear({**TALKS, "bob": {"music"}})
        await carol.send_keys("*5")
        await scene.hear(CONSULTS)
        await carol.send_keys("*3")
        await scene.hear(ALL_THREE)
        await scene.phones["bob"].send_keys("*7")
        await scene.hear(TALKS)
        await carol.send_keys("*21002#")
        await scene.answers("bob")
        await scene.hear(CONSULTS)
        await carol.send_keys("*4")
        await scene.hear({"customer": {"bob"}, "bob": {"customer"}})
        for who in ("customer", "bob"):
            assert scene.ear.containing(who, KEYS, since) == [], f"{who} hears no key"
        await carol.closed()
        assert await seen(scene, "carol") == "wrap_up"
        await dials(scene, "*92", "available")
        handed_over = await scene.interaction_of("bob")
        await scene.customer.hang_up()
        await scene.phones["bob"].closed()
        await scene.bob.does("wrap-up", handed_over, reason="resolved")
        await scene.bob.idle()

        # The second: on hold and off again by the telephone's own key and by a code, until the customer hangs up.
        await is_taken(scene)
        await carol.hold()
        await scene.hear({"customer": {"music"}})
        await carol.resume()
        await scene.hear(TALKS)
        await carol.send_keys("*8")
        await scene.hear({"customer": {"music"}})
        await carol.send_keys("*8")
        await scene.hear(TALKS)
        await scene.customer.hang_up()
        await carol.closed()
        await dials(scene, "*91", "available")

        await dials(scene, "**31", "idle")
        await dials(scene, "**0", "logged_off")
    finally:
        await scene.carol.log_in()
