"""A page that stays open all day does not grow."""

import pytest

from tests.browser.conftest import Opener
from tests.browser.scenes import ago, me, scenes

CALLS_BEFORE, CALLS_AFTER = 200, 1_800
GROWTH_MAX = 1.2
SECONDS_MAX = 400


@pytest.mark.long
async def test_the_pages_memory_is_flat_over_two_thousand_calls(opens: Opener) -> None:
    seen = await opens("available", story=False)
    session = await seen.page.context.new_cdp_session(seen.page)
    connected, ended = (scenes("en")[name].interactions[0] for name in ("connected", "ended"))

    async def heap() -> float:
        await session.send("HeapProfiler.collectGarbage")
        return float((await session.send("Runtime.getHeapUsage"))["usedSize"])

    async def live(calls: range) -> None:
        for n in calls:
            call = {"id": f"call-{n}", "started_at": ago(60), "customer": {"number": "", "name": f"Caller {n}", "leg": "talking"}}
            await seen.api.say("interaction", connected | call | {"revision": 1})
            await seen.api.say("interaction", ended | call | {"revision": 2})
            await seen.api.say("interaction", ended | call | {"revision": 3, "gone": True, "my_role": None})
        await seen.api.say("me", me())
        # The page has seen the last of them, and has nothing more to draw.
        await seen.page.locator(".hist li", has_text=f"Caller {calls[-1]}").wait_for(timeout=SECONDS_MAX * 1000)

    await live(range(CALLS_BEFORE))
    before = await heap()
    await live(range(CALLS_BEFORE, CALLS_BEFORE + CALLS_AFTER))
    after = await heap()

    assert after <= before * GROWTH_MAX, f"{before / 1e6:.1f} MB after {CALLS_BEFORE} calls, {after / 1e6:.1f} MB after {CALLS_AFTER} more"
