"""A consult that nobody joins: declined, busy, unanswered, unreachable, cancelled. The customer comes back and Agent 2 owes no reason."""

import pytest

from tests.live.scene import Scene, until
from tests.phones import Account, StubPhone

CUSTOMER_IS_BACK = {"alice": {"customer"}, "customer": {"alice"}}
CONSULT_SECONDS_MAX = 4.0
"""The queue `quick` lets a consult ring for 2 s."""
NOT_HIS_DOING = "Dave Moreau could not be rung: the network or Asterisk failed, not Dave Moreau. Try again in a moment."


async def consult(scene: Scene, interaction: str, colleague: str) -> None:
    await scene.alice.does("consult", interaction, target={"kind": "agent", "id": colleague})


async def test_agent_2_declines_by_telephone(scene: Scene) -> None:
    interaction = await scene.consult_offered()
    await scene.phones["bob"].decline()
    await scene.hear(CUSTOMER_IS_BACK)
    assert (await scene.phase(interaction, "connected"))["news"] == "Bob Durand is busy."


async def test_agent_2_declines_on_the_desktop_and_stays_available(scene: Scene) -> None:
    interaction = await scene.consult_offered()
    await scene.bob.does("decline", interaction)
    await scene.phones["bob"].closed()
    await scene.hear(CUSTOMER_IS_BACK)
    assert (await scene.phase(interaction, "connected"))["news"] == "Bob Durand declined."
    await scene.owes_nothing("bob")


async def test_agent_2_declines_while_the_owner_is_back_with_the_customer(scene: Scene) -> None:
    interaction = await scene.consult_offered()
    await scene.alice.does("resume", interaction)
    await scene.hear(CUSTOMER_IS_BACK)
    await scene.bob.does("decline", interaction)
    await scene.phase(interaction, "connected")
    await scene.hear(CUSTOMER_IS_BACK)
    await scene.owes_nothing("bob")


@pytest.fixture
async def dave_available(scene: Scene) -> None:
    """Dave takes calls, whatever his telephone is."""
    await scene.dave.available()


@pytest.mark.parametrize(
    ("status", "news", "state"),
    [
        (603, "Dave Moreau declined.", "available"),
        (486, "Dave Moreau is busy.", "available"),
        (600, "Dave Moreau is busy.", "available"),
        (480, "Dave Moreau did not answer.", "not_answering"),
        (404, "Dave Moreau could not be reached.", "available"),
        (500, NOT_HIS_DOING, "available"),
        (503, NOT_HIS_DOING, "available"),
    ],
)
@pytest.mark.usefixtures("dave_available")
async def test_whatever_a_telephone_says_the_customer_comes_back_and_the_owner_is_told_why(
    scene: Scene, status: int, news: str, state: str
) -> None:
    async with StubPhone(Account("1004", "phone-1004", registrar_port=scene.stack.sip_port), status=status) as telephone:
        interaction = await scene.connected()
        await scene.telephone_is_there("dave")
        await consult(scene, interaction, "dave")
        await telephone.over(await telephone.called())
        assert (await scene.phase(interaction, "connected"))["news"] == news
        await scene.hear(CUSTOMER_IS_BACK)
        await scene.owes_nothing("dave", state=state)


@pytest.mark.usefixtures("dave_available")
async def test_a_colleague_whose_telephone_is_not_there_is_not_rung_and_the_customer_stays(scene: Scene) -> None:
    interaction = await scene.connected()

    await scene.telephone_is_known_to_be_away("dave")

    assert await scene.alice.is_refused("consult", interaction, target={"kind": "agent", "id": "dave"}) == "target-unavailable"
    await scene.hear(CUSTOMER_IS_BACK)
    await scene.owes_nothing("dave")


@pytest.mark.usefixtures("dave_available")
async def test_a_telephone_that_gives_no_sign_of_life_is_given_up_after_the_time_of_a_consult(scene: Scene) -> None:
    async with StubPhone(Account("1004", "phone-1004", registrar_port=scene.stack.sip_port), status=None) as telephone:
        interaction = await scene.connected("816")
        await scene.telephone_is_there("dave")
        await consult(scene, interaction, "dave")
        call = await telephone.called()
        await scene.phase(interaction, "connected", seconds_max=CONSULT_SECONDS_MAX)
        await scene.hear(CUSTOMER_IS_BACK)
        await scene.owes_nothing("dave", state="not_answering")
        assert call.acknowledged_at is None or call.cancelled_at is not None


async def test_a_consult_that_is_not_answered_in_time_brings_the_customer_back(scene: Scene) -> None:
    interaction = await scene.consult_offered("816")
    await scene.phones["bob"].closed(seconds_max=CONSULT_SECONDS_MAX)
    assert (await scene.phase(interaction, "connected"))["news"] == "Bob Durand did not answer."
    await scene.hear(CUSTOMER_IS_BACK)
    await scene.owes_nothing("bob", state="not_answering")


async def test_a_consult_that_rings_on_while_the_owner_is_back_with_the_customer_stops_in_time_and_disturbs_nobody(scene: Scene) -> None:
    interaction = await scene.consult_offered("816")
    await scene.alice.does("resume", interaction)
    await scene.hear(CUSTOMER_IS_BACK)
    await scene.phones["bob"].closed(seconds_max=CONSULT_SECONDS_MAX)
    await scene.phase(interaction, "connected")
    await scene.hear(CUSTOMER_IS_BACK)


async def test_cancelling_a_consult_stops_the_ringing_and_brings_the_customer_back(scene: Scene) -> None:
    interaction = await scene.consult_offered()
    await scene.alice.does("cancel-consult", interaction)
    await scene.phones["bob"].closed()
    await scene.hear(CUSTOMER_IS_BACK)
    await scene.owes_nothing("bob")


async def test_a_consult_that_rings_on_can_be_cancelled_while_the_owner_is_back_with_the_customer(scene: Scene) -> None:
    interaction = await scene.consult_offered()
    await scene.alice.does("resume", interaction)
    await scene.alice.does("cancel-consult", interaction)
    await scene.phones["bob"].closed()
    await scene.hear(CUSTOMER_IS_BACK)
    await scene.owes_nothing("bob")


async def test_a_consult_that_is_cancelled_at_once_never_leaves_a_telephone_ringing(scene: Scene) -> None:
    interaction = await scene.connected()
    await scene.bob.available()
    await consult(scene, interaction, "bob")
    await scene.alice.does("cancel-consult", interaction)
    await scene.hear(CUSTOMER_IS_BACK)
    await scene.off_the_line("bob")
    await scene.owes_nothing("bob")


async def test_a_colleague_can_be_consulted_again_after_a_consult_was_cancelled(scene: Scene) -> None:
    interaction = await scene.consult_offered()
    first = await scene.phones["bob"].incoming()
    await scene.alice.does("cancel-consult", interaction)
    await scene.phones["bob"].closed(first)

    await consult(scene, interaction, "bob")
    await scene.answers("bob")

    await scene.hear({"alice": {"bob"}, "bob": {"alice"}, "customer": {"music"}})


async def test_a_second_consult_begins_while_the_telephone_of_the_first_is_still_being_stopped(scene: Scene) -> None:
    interaction = await scene.connected()
    await scene.bob.available()
    await scene.carol.available()
    await consult(scene, interaction, "bob")
    await scene.alice.does("cancel-consult", interaction)
    await consult(scene, interaction, "carol")
    await scene.phones["carol"].incoming()
    await scene.off_the_line("bob")
    await scene.picks_up("carol")
    await scene.hear({"alice": {"carol"}, "carol": {"alice"}, "customer": {"music"}})


async def test_a_colleague_who_is_not_available_can_t_be_consulted_and_the_customer_stays(scene: Scene) -> None:
    interaction = await scene.connected("816")
    because: dict[str, str] = {}
    for state in ("idle", "not_answering", "logged_off"):
        if state == "not_answering":
            await scene.bob.available()
            await consult(scene, interaction, "bob")
            await scene.phones["bob"].incoming()
            await scene.state_of("bob", state)  # nobody picks up, and its 2 s pass
        target = "dave" if state == "logged_off" else "bob"
        if state == "logged_off":
            await scene.dave.log_out()
        answer = await scene.alice.call("POST", f"/interactions/{interaction}/consult", {"target": {"kind": "agent", "id": target}})
        assert (answer.status, answer.code) == (409, "target-unavailable"), f"{state}: {answer}"
        because[state] = answer.body["detail"]
    await scene.dave.log_in()

    assert because == {
        "idle": "Bob Durand is idle.",
        "not_answering": "Bob Durand is not answering the telephone.",
        "logged_off": "Dave Moreau is not logged in.",
    }
    await scene.hear(CUSTOMER_IS_BACK)


async def test_a_colleague_who_is_on_a_call_can_t_be_consulted(scene: Scene) -> None:
    interaction = await scene.connected()
    await scene.bob.available()
    await scene.phones["customer-2"].dial("810")
    await scene.phones["bob"].incoming()
    ringing = await scene.alice.call("POST", f"/interactions/{interaction}/consult", {"target": {"kind": "agent", "id": "bob"}})
    await scene.picks_up("bob")
    await scene.hear({"bob": {"customer-2"}})
    engaged = await scene.alice.call("POST", f"/interactions/{interaction}/consult", {"target": {"kind": "agent", "id": "bob"}})
    await scene.phones["customer-2"].hang_up()
    await scene.state_of("bob", "wrap_up")
    wrapping_up = await scene.alice.call("POST", f"/interactions/{interaction}/consult", {"target": {"kind": "agent", "id": "bob"}})

    assert [answer.code for answer in (ringing, engaged, wrapping_up)] == ["target-unavailable"] * 3
    assert ringing.body["detail"] == "Bob Durand is being called."
    assert engaged.body["detail"] == "Bob Durand is on a call."
    assert wrapping_up.body["detail"] == "Bob Durand is wrapping up a call."
    await scene.hear(CUSTOMER_IS_BACK)


@pytest.mark.parametrize("target", ["alice", "nobody"])
async def test_nobody_can_consult_themselves_or_somebody_who_does_not_exist(scene: Scene, target: str) -> None:
    interaction = await scene.connected()
    assert await scene.alice.is_refused("consult", interaction, target={"kind": "agent", "id": target}) == "bad-target"
    await scene.hear(CUSTOMER_IS_BACK)


async def test_the_owner_is_told_that_the_first_consult_was_not_answered_until_something_else_happens(scene: Scene) -> None:
    """No "consult ended" comes after "consult failed": the news stays what happened."""
    interaction = await scene.consult_offered()
    await scene.bob.does("decline", interaction)
    await scene.off_the_line("bob")
    assert (await scene.alice.interaction(interaction))["news"] == "Bob Durand declined."
    await scene.alice.does("hold", interaction)

    async def forgotten() -> bool:
        return bool((await scene.alice.interaction(interaction))["news"] == "")

    await until("the old news is gone", forgotten)
