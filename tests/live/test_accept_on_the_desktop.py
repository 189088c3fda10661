"""Taking a call on the desktop: the telephone is rung once more, told to answer by itself, since SIP can't ask that of a ringing one."""

from tests.live.scene import Scene, until
from tests.phones import Account, StubPhone


async def test_accepting_on_the_desktop_rings_the_telephone_anew_and_tells_it_to_answer(scene: Scene) -> None:
    interaction = await scene.connected()
    await scene.dave.available()
    async with StubPhone(Account("1004", "phone-1004", registrar_port=scene.stack.sip_port), status=None, rings=True) as telephone:
        await scene.telephone_is_there("dave")
        await scene.alice.does("consult", interaction, target={"kind": "agent", "id": "dave"})
        first = await telephone.called()
        assert first.call_info == ""
        assert "accept" in (await scene.dave.interaction(interaction))["allowed"]

        await scene.dave.does("accept", interaction)

        await until("the telephone is rung anew", lambda: len(telephone.calls) == 2)
        assert first.cancelled_at is not None or (await telephone.over(first)).cancelled_at is not None
        assert "answer-after=0" in telephone.calls[1].call_info
        assert "accept" not in (await scene.dave.interaction(interaction))["allowed"]
        await scene.alice.does("cancel-consult", interaction)
        await scene.hear({"alice": {"customer"}, "customer": {"alice"}})
        await scene.owes_nothing("dave")


async def test_a_telephone_that_can_t_be_told_is_to_be_picked_up_by_hand(scene: Scene) -> None:
    interaction = await scene.offered()
    seen = await scene.alice.interaction(interaction)
    assert "accept" not in seen["allowed"]
    assert seen["refused"]["accept"] == "Your telephone can't be answered from here: pick it up."
