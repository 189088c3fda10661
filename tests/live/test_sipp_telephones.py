"""What a telephone can do, by sipp: scenarios written from the RFCs, of nobody's make. Who hears whom, by their tones."""

from collections.abc import Callable

import pytest

from tests.live.scene import Scene
from tests.live.sipp_telephone import Scenario, SippTelephone
from tests.live.site import DESK_NUMBER

CUSTOMERS = "2009"
DAVES = "1004"


def daves(scene: Scene, scenario: Scenario) -> SippTelephone:
    """The telephone on Dave's desk."""
    return SippTelephone(DAVES, scenario, registrar_port=scene.stack.sip_port, voice="dave")


def coras(scene: Scene, scenario: Scenario) -> SippTelephone:
    """A customer's telephone."""
    return SippTelephone(CUSTOMERS, scenario, registrar_port=scene.stack.sip_port, voice="customer-2", registers=False)


async def rings(scene: Scene, phone: SippTelephone) -> None:
    """Dave's telephone rings for a customer."""
    await scene.dave.available()
    await scene.telephone_is_there("dave")
    await scene.queued(DESK_NUMBER)
    await phone.did("rings")


async def talks(scene: Scene, phone: SippTelephone) -> str:
    """Dave has answered, and talks with the customer."""
    await rings(scene, phone)
    await phone.did("answered")
    scene.ear.listen("dave", [phone.rtp_port])
    await scene.hear({"customer": {"dave"}, "dave": {"customer"}})
    return await scene.interaction_of("dave")


async def test_the_hold_key_is_a_re_invite_and_its_release_another(scene: Scene) -> None:
    scenario = Scenario().is_called().answers().waits().holds().waits().holds(held=False).waits().hangs_up()
    async with daves(scene, scenario) as phone:
        interaction = await talks(scene, phone)

        await phone.goes_on()
        await scene.hear({"customer": {"music"}})
        await scene.phase(interaction, "held", seen_by="dave")

        await phone.goes_on()
        await scene.hear({"customer": {"dave"}, "dave": {"customer"}})

        await phone.goes_on()
        await scene.owes_wrap_up("dave", interaction)


async def test_a_blind_transfer_hands_the_customer_over_and_the_telephone_is_told_that_it_worked(scene: Scene) -> None:
    async with daves(scene, Scenario().is_called().answers().waits().refers("1002").waits().hangs_up()) as phone:
        interaction = await talks(scene, phone)
        await scene.bob.available()

        await phone.goes_on()

        await scene.hear({"customer": {"music"}})
        await scene.answers("bob")
        await scene.hear({"customer": {"bob"}, "bob": {"customer"}})
        await phone.is_told(200)
        await phone.goes_on()
        await scene.owes_wrap_up("dave", interaction)


async def test_a_second_call_is_a_consult_and_joining_the_two_calls_the_transfer(scene: Scene) -> None:
    scenario = Scenario().is_called().answers().waits().holds().asks_a_colleague(DAVES, "1002").waits().joins("1002").hangs_up()
    async with daves(scene, scenario) as phone:
        interaction = await talks(scene, phone)
        await scene.bob.available()

        await phone.goes_on()
        await scene.answers("bob")
        await phone.did("talks with the colleague")
        await scene.hear({"dave": {"bob"}, "bob": {"dave"}, "customer": {"music"}})
        await scene.phase(interaction, "consulting", seen_by="dave")

        await phone.goes_on()
        await scene.hear({"customer": {"bob"}, "bob": {"customer"}})
        await phone.is_told(200)
        await phone.did("is hung up")
        await scene.owes_wrap_up("dave", interaction)


async def test_a_customer_who_takes_their_own_calls_place_goes_on_by_the_new_one(scene: Scene) -> None:
    scenario = Scenario().calls(CUSTOMERS, "810").waits().takes_the_place_of_the_first_call(CUSTOMERS, "810").is_hung_up().waits()
    await scene.alice.available()
    async with coras(scene, scenario) as phone:
        await phone.did("answered")
        scene.ear.listen("cora", [phone.rtp_port])
        await scene.answers("alice")
        await scene.hear({"cora": {"alice"}, "alice": {"customer-2"}})
        interaction = await scene.interaction_of("alice")

        await phone.goes_on()

        await phone.did("has taken the place")
        await phone.did("is hung up")
        await scene.hear({"cora": {"alice"}, "alice": {"customer-2"}})
        await scene.phase(interaction, "connected")


@pytest.mark.parametrize("presses", [Scenario.presses, Scenario.presses_by_info], ids=["by RFC 4733", "by SIP INFO"])
async def test_a_code_by_the_keys_puts_the_customer_on_hold_and_takes_them_back(
    scene: Scene, presses: Callable[[Scenario, str], Scenario]
) -> None:
    # Back by INFO: the packets of a key that sipp has are the same each time, and Asterisk takes them for the key that it knows.
    scenario = presses(Scenario().is_called().answers().waits(), "*8").waits().presses_by_info("*8").waits().hangs_up()
    async with daves(scene, scenario) as phone:
        interaction = await talks(scene, phone)

        await phone.goes_on()
        await scene.hear({"customer": {"music"}})
        await scene.phase(interaction, "held", seen_by="dave")

        await phone.goes_on()
        await scene.hear({"customer": {"dave"}, "dave": {"customer"}})
        await phone.goes_on()
        await scene.owes_wrap_up("dave", interaction)


# --- Hanging up, in each phase -------------------------------------------------------------------------------------------


async def test_a_telephone_that_refuses_leaves_the_customer_with_music(scene: Scene) -> None:
    async with daves(scene, Scenario().is_called().declines()) as phone:
        await rings(scene, phone)
        await phone.did("declined")
        await scene.hear({"customer": {"music"}})
        await scene.state_of("dave", "idle")


async def test_a_telephone_that_rings_rings_no_more_when_the_customer_goes(scene: Scene) -> None:
    async with daves(scene, Scenario().is_called().is_given_up()) as phone:
        await rings(scene, phone)
        await scene.customer.hang_up()
        await phone.did("given up")
        await scene.owes_nothing("dave")


@pytest.mark.parametrize("phase", ["connected", "held", "consult_offered", "consulting", "conference"])
async def test_an_owner_who_hangs_up_ends_what_the_rules_say_that_they_end(scene: Scene, phase: str) -> None:
    async with daves(scene, Scenario().is_called().answers().waits().hangs_up()) as phone:
        interaction = await comes_to(scene, phone, phase)

        await phone.goes_on()

        await scene.owes_wrap_up("dave", interaction)
        if phase == "conference":
            await scene.hear({"customer": {"bob"}, "bob": {"customer"}})
        else:
            await scene.over(interaction, owner="dave")


@pytest.mark.parametrize("phase", ["connected", "held", "consult_offered", "consulting", "conference"])
async def test_a_telephone_is_hung_up_when_the_customer_goes(scene: Scene, phase: str) -> None:
    async with daves(scene, Scenario().is_called().answers().is_hung_up()) as phone:
        interaction = await comes_to(scene, phone, phase)

        await scene.customer.hang_up()

        await phone.did("is hung up")
        await scene.over(interaction, owner="dave")


@pytest.mark.parametrize("phase", ["consulting", "consult_held", "conference"])
async def test_whoever_is_consulted_and_hangs_up_leaves_the_owner_with_the_customer(scene: Scene, phase: str) -> None:
    async with daves(scene, Scenario().is_called().answers().waits().hangs_up()) as phone:
        interaction = await scene.connected()
        await scene.dave.available()
        await scene.telephone_is_there("dave")
        await scene.alice.does("consult", interaction, target={"kind": "agent", "id": "dave"})
        await phone.did("answered")
        scene.ear.listen("dave", [phone.rtp_port])
        await scene.hear({"alice": {"dave"}, "dave": {"alice"}, "customer": {"music"}})
        if phase != "consulting":
            await scene.alice.does({"consult_held": "resume"}.get(phase, phase), interaction)
        await scene.phase(interaction, phase)

        await phone.goes_on()

        await scene.hear({"customer": {"alice"}, "alice": {"customer"}})
        await scene.owes_nothing("dave")


async def comes_to(scene: Scene, phone: SippTelephone, phase: str) -> str:
    """Dave, who has the customer, brings the call so far by the desktop."""
    interaction = await talks(scene, phone)
    if phase == "held":
        await scene.dave.does("hold", interaction)
    if phase in ("consult_offered", "consulting", "conference"):
        await scene.bob.available()
        await scene.dave.does("consult", interaction, target={"kind": "agent", "id": "bob"})
        await scene.rings("bob")
    if phase in ("consulting", "conference"):
        await scene.picks_up("bob")
        await scene.hear({"dave": {"bob"}, "bob": {"dave"}, "customer": {"music"}})
    if phase == "conference":
        await scene.dave.does("conference", interaction)
        await scene.hear({"dave": {"bob", "customer"}, "bob": {"dave", "customer"}, "customer": {"dave", "bob"}})
    await scene.phase(interaction, phase, seen_by="dave")
    return interaction
