"""A telephone vanishes in the middle of a call: Asterisk ends its leg when no sound has come for a while, and the customer is not lost.

The delivered `rtp_timeout` is an hour; here it is a few seconds, set in this stack's own Asterisk.
"""

from collections.abc import AsyncIterator

import pytest

from tests.live.fragile import FragileScene
from tests.live.scene import until
from tests.phones import SoftPhone

RTP_TIMEOUT_SECONDS = 3
"""Asterisk counts whole seconds, so a timeout of 2 may be little more than one: on a busy machine telephones that live pause as long."""
NOTICED_SECONDS_MAX = RTP_TIMEOUT_SECONDS + 4.0
DELIVERED = "rtp_timeout = 3600"
TALK_CAROL = {"carol": {"customer"}, "customer": {"carol"}}


async def _set_rtp_timeout(fragile: FragileScene, line: str) -> None:
    change = f"0,/^rtp_timeout = .*/s//{line}/"  # the first of the file is that of telephones on desks
    fragile.stack.asterisk.exec(["sed", "-i", change, "/etc/asterisk/ari-controller-pjsip.conf"])
    fragile.stack.asterisk_cli("module reload res_pjsip.so")
    seconds = line.rpartition(" ")[2]

    def is_so() -> bool:
        shown = fragile.stack.asterisk_cli("pjsip show endpoint 1001")
        return [words.split()[-1] for words in shown.splitlines() if words.strip().startswith("rtp_timeout ")] == [seconds]

    await until(f"Asterisk has taken over {line}", is_so)


@pytest.fixture
async def impatient(fragile: FragileScene) -> AsyncIterator[FragileScene]:
    """The fragile stack, with an Asterisk that soon misses the sound of a telephone."""
    await _set_rtp_timeout(fragile, f"rtp_timeout = {RTP_TIMEOUT_SECONDS}")
    yield fragile
    await _set_rtp_timeout(fragile, DELIVERED)


async def _starts_again(fragile: FragileScene, phone: SoftPhone) -> None:
    await phone.start()
    fragile.ear.listen(phone.name, phone.rtp_ports)


async def test_the_customer_of_an_agent_whose_telephone_crashes_goes_to_the_front_of_the_line(impatient: FragileScene) -> None:
    interaction = await impatient.connected()
    alice = impatient.phones["alice"]
    await alice.kill()
    try:
        await impatient.phase(interaction, "queued", seen_by="sam", seconds_max=NOTICED_SECONDS_MAX)
        await impatient.hear({"customer": {"music"}})
        await impatient.owes_wrap_up("alice", interaction)

        await impatient.carol.available()
        await impatient.phones["carol"].incoming()
        await impatient.picks_up("carol")
        await impatient.hear(TALK_CAROL)
    finally:
        await _starts_again(impatient, alice)


async def test_the_customer_of_an_agent_whose_telephone_freezes_goes_to_the_front_of_the_line(impatient: FragileScene) -> None:
    interaction = await impatient.connected()
    alice = impatient.phones["alice"]
    alice.freeze()
    try:
        await impatient.phase(interaction, "queued", seen_by="sam", seconds_max=NOTICED_SECONDS_MAX)
        await impatient.hear({"customer": {"music"}})
    finally:
        await impatient.thaws("alice")


async def test_agent_2_whose_telephone_crashes_leaves_the_consult(impatient: FragileScene) -> None:
    interaction = await impatient.consulting()
    bob = impatient.phones["bob"]
    await bob.kill()
    try:
        await impatient.phase(interaction, "connected", seconds_max=NOTICED_SECONDS_MAX)
        await impatient.hear({"alice": {"customer"}, "customer": {"alice"}})
    finally:
        await _starts_again(impatient, bob)


async def test_the_owner_whose_telephone_crashes_in_a_consult_loses_neither_the_customer_nor_leaves_agent_2_alone(
    impatient: FragileScene,
) -> None:
    interaction = await impatient.consulting()
    alice = impatient.phones["alice"]
    (consult,) = impatient.phones["bob"].live_calls
    await alice.kill()
    try:
        # Agent 2 is free from that moment, and may be the next to get the customer.
        await impatient.phones["bob"].closed(consult, seconds_max=NOTICED_SECONDS_MAX)
        await impatient.phones["bob"].incoming()
        await impatient.picks_up("bob")
        await impatient.hear({"bob": {"customer"}, "customer": {"bob"}})
        assert (await impatient.bob.interaction(interaction))["owner"] == "bob"
    finally:
        await _starts_again(impatient, alice)


async def test_a_customer_whose_telephone_crashes_has_hung_up(impatient: FragileScene) -> None:
    interaction = await impatient.connected()
    customer = impatient.customer
    await customer.kill()
    try:
        await impatient.phones["alice"].closed(seconds_max=NOTICED_SECONDS_MAX)
        await impatient.phase(interaction, "ended")
        await impatient.owes_wrap_up("alice", interaction)
    finally:
        await _starts_again(impatient, customer)
