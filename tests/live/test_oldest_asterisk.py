"""The oldest Asterisk that is served, 16.28: commands take plain HTTP by themselves, and everybody hears the right people."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.live.desk import AgentDesk
from tests.live.scene import AGENTS, Scene, ready, telephones
from tests.live.stack import READY_SECONDS_MAX, running_stack
from tests.phones import Ear

ALL_THREE = {"alice": {"bob", "customer"}, "bob": {"alice", "customer"}, "customer": {"alice", "bob"}}
WITH_BOB = {"alice": {"bob"}, "bob": {"alice"}, "customer": {"music"}}
WITH_THE_CUSTOMER = {"alice": {"customer"}, "customer": {"alice"}, "bob": {"music"}}
LOG_LINES = 400


@pytest.fixture(scope="module")
async def whole_oldest(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    with running_stack(tmp_path_factory.mktemp("oldest"), asterisk_image="asterisk16") as stack, Ear() as ear:
        async with aiohttp.ClientSession() as http:
            await ready(stack, http, READY_SECONDS_MAX)
            async with telephones(stack, ear) as phones:
                desks = {agent: AgentDesk(http, stack.desktop_url, agent) for agent in AGENTS}
                for desk in desks.values():
                    await desk.log_in()
                yield Scene(stack=stack, http=http, ear=ear, phones=phones, desks=desks)
        assert stack.restarts() == {"controller": 0, "Asterisk": 0}, "a part died by itself"


@pytest.fixture
async def oldest(whole_oldest: Scene) -> AsyncIterator[Scene]:
    yield whole_oldest
    await whole_oldest.close()


async def test_commands_take_plain_http_by_themselves(oldest: Scene) -> None:
    about = await oldest.ari("/asterisk/info?only=system")
    log = dict(oldest.stack.last_words(LOG_LINES))["controller"]

    assert about["system"]["version"].startswith("16.28.")
    (attached,) = (line for line in log.splitlines() if "attached to Asterisk" in line)
    assert "16.28.0" in attached
    assert "asyncari" in attached


async def test_a_whole_consult_with_hold_swap_conference_and_transfer_is_heard_to_be_right(oldest: Scene) -> None:
    interaction = await oldest.held()
    await oldest.hear({"customer": {"music"}, "alice": ()})
    await oldest.alice.does("resume", interaction)
    await oldest.hear({"customer": {"alice"}, "alice": {"customer"}})
    await oldest.bob.available()

    await oldest.alice.does("consult", interaction, target={"kind": "agent", "id": "bob"})
    await oldest.phones["bob"].incoming()
    await oldest.hear({"customer": {"music"}})
    await oldest.picks_up("bob")
    await oldest.hear(WITH_BOB)
    await oldest.alice.does("swap", interaction)
    await oldest.hear(WITH_THE_CUSTOMER)
    await oldest.alice.does("swap", interaction)
    await oldest.hear(WITH_BOB)
    await oldest.alice.does("conference", interaction)
    await oldest.hear(ALL_THREE)
    await oldest.alice.does("leave-conference", interaction)

    await oldest.hear({"customer": {"bob"}, "bob": {"customer"}})
    await oldest.owes_wrap_up("alice", interaction)
    await oldest.customer.hang_up()
    await oldest.owes_wrap_up("bob", interaction)


async def test_a_transfer_after_a_consult_leaves_the_customer_with_agent_2(oldest: Scene) -> None:
    interaction = await oldest.consulting()

    await oldest.alice.does("transfer", interaction)

    await oldest.hear({"customer": {"bob"}, "bob": {"customer"}})
    await oldest.owes_wrap_up("alice", interaction)


async def test_agent_2_who_declines_gives_the_customer_back(oldest: Scene) -> None:
    interaction = await oldest.consult_offered()

    await oldest.phones["bob"].decline()

    await oldest.hear({"customer": {"alice"}, "alice": {"customer"}})
    await oldest.phase(interaction, "connected")


async def test_the_hold_key_of_a_telephone_gives_the_customer_music(oldest: Scene) -> None:
    await oldest.connected()

    await oldest.phones["alice"].hold()

    await oldest.hear({"customer": {"music"}})


async def test_muted_nobody_hears_the_owner(oldest: Scene) -> None:
    interaction = await oldest.connected()

    await oldest.alice.does("mute", interaction)

    await oldest.hear({"customer": (), "alice": {"customer"}})
    await oldest.alice.does("unmute", interaction)
    await oldest.hear({"customer": {"alice"}, "alice": {"customer"}})


async def test_a_customer_who_hangs_up_while_held_ends_it_for_everybody(oldest: Scene) -> None:
    interaction = await oldest.consulting()

    await oldest.customer.hang_up()

    await oldest.over(interaction, owner="alice", others=("bob",))
