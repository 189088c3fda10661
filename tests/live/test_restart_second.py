"""Two controllers on one application: exactly one acts. The other stands by, and takes over when the first is gone."""

from pathlib import Path

from tests.live.desk import AgentDesk
from tests.live.fragile import FragileScene
from tests.live.scene import until
from tests.live.service import running_service, write_site

APP = "shared"
TAKE_OVER_SECONDS_MAX = 30.0
"""A holder counts as gone after 7 s of silence; a newcomer looks again after a pause of a few seconds."""


async def test_of_two_controllers_the_second_stands_by_and_takes_over_when_the_first_is_killed(
    fragile: FragileScene, tmp_path: Path
) -> None:
    fragile.stack.asterisk_cli(f"dialplan set global CONTROLLER {APP}")
    ari_port = fragile.stack.ari_port
    try:
        async with running_service(write_site(tmp_path / "first", app=APP), ari_port=ari_port) as first:
            await first.says("attached to Asterisk")
            await fragile.queued()
            await fragile.hear({"customer": {"music"}})

            async with running_service(write_site(tmp_path / "second", app=APP), ari_port=ari_port) as second:
                await second.says("another controller does already")
                await fragile.hear({"customer": {"music"}})
                assert not any("restarted=no" in line for line in second.lines), second.lines

                first.kill()
                await second.says("restarted=no", seconds_max=TAKE_OVER_SECONDS_MAX)
                alice, sam = (AgentDesk(fragile.http, second.url, agent) for agent in ("alice", "sam"))
                await sam.log_in()
                assert [one["phase"] for one in await sam.interactions()] == ["queued"]
                await alice.log_in()
                await alice.available()
                await fragile.phones["alice"].incoming()
                await fragile.picks_up("alice")
                await fragile.hear({"alice": {"customer"}, "customer": {"alice"}})
                await fragile.customer.hang_up()
                await fragile.off_the_line("alice")
                await until("Asterisk is empty", lambda: _is_empty(fragile))
    finally:
        fragile.stack.asterisk_cli("dialplan set global CONTROLLER controller")


async def test_when_asterisk_restarts_the_one_that_steered_goes_on_and_the_second_stands_by(fragile: FragileScene, tmp_path: Path) -> None:
    ari_port = fragile.stack.ari_port
    async with running_service(write_site(tmp_path / "first", app=APP), ari_port=ari_port) as first:
        await first.says("attached to Asterisk")
        async with running_service(write_site(tmp_path / "second", app=APP), ari_port=ari_port) as second:
            await second.says("another controller does already")

            await fragile.asterisk_restarts()

            await first.says("restarted=yes", seconds_max=TAKE_OVER_SECONDS_MAX)
            assert not any("restarted=no" in line for line in second.lines), second.lines
            assert not any("taken over this application" in line for line in first.lines), first.lines


async def _is_empty(fragile: FragileScene) -> bool:
    return not await fragile.leftovers()
