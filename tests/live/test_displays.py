"""Telephones show the truth: whom their owner talks with now, after an answer, a swap, a transfer."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.live.scene import Scene, until
from tests.phones import Account, AnsweringPhone
from tests.phones.stub_phone import Message

TOLD = re.compile(r'^"?(?P<name>[^"<]*?)"? ?<sip:(?P<number>[^@>]*)@')
CUSTOMER, ALICE = ("", "2001"), ("Alice Martin", "1001")


@asynccontextmanager
async def consulting_dave(scene: Scene, *, updates: bool = True) -> AsyncIterator[tuple[str, AnsweringPhone]]:
    """Alice talks with Dave, whose telephone answered; the customer hears music."""
    account = Account("1004", "phone-1004", registrar_port=scene.stack.sip_port)
    async with AnsweringPhone(account, updates=updates) as telephone:
        interaction = await scene.connected()
        await scene.dave.available()
        await scene.telephone_is_there("dave")
        await scene.alice.does("consult", interaction, target={"kind": "agent", "id": "dave"})
        await scene.phase(interaction, "consulting")
        yield interaction, telephone
        await scene.off_the_line("alice")
        telephone.hang_up()
        await until("everybody has gone", scene._is_empty)


def named(telephone: AnsweringPhone) -> list[tuple[str, str]]:
    """Whom the telephone was told to show, one after the other."""
    return [told for request in telephone.requests if (told := named_by(request)) is not None]


def named_by(request: Message) -> tuple[str, str] | None:
    """Whom a request tells a telephone to show."""
    match = TOLD.match(request.one("p-asserted-identity"))
    return (match["name"], match["number"]) if match else None


async def shows(telephone: AnsweringPhone, wanted: tuple[str, str]) -> None:
    try:
        await until(f"the display shows {wanted}", lambda: named(telephone)[-1:] == [wanted])
    except TimeoutError:
        raise AssertionError(f"it was told to show, one after the other, {named(telephone)}") from None


async def test_agent_2_s_telephone_names_agent_1_and_after_the_transfer_the_customer(scene: Scene) -> None:
    async with consulting_dave(scene) as (interaction, telephone):
        await shows(telephone, ALICE)
        await scene.alice.does("transfer", interaction)
        await shows(telephone, CUSTOMER)

        assert {request.method for request in telephone.requests} == {"UPDATE"}, "nothing that would touch the sound"


async def test_a_telephone_that_takes_no_update_refuses_it_and_keeps_its_call(scene: Scene) -> None:
    async with consulting_dave(scene, updates=False) as (interaction, telephone):
        await telephone.asked("UPDATE")
        await scene.alice.does("transfer", interaction)
        await shows(telephone, CUSTOMER)

        assert (await scene.phase(interaction, "connected", seen_by="dave"))["owner"] == "dave"
        assert {request.method for request in telephone.requests} == {"UPDATE"}


async def test_agent_1_s_telephone_names_the_customer_the_colleague_and_the_customer_again(scene: Scene) -> None:
    account = Account("1004", "phone-1004", registrar_port=scene.stack.sip_port)
    async with AnsweringPhone(account) as telephone:
        await scene.dave.available()
        await scene.queued("801")
        interaction = await scene.interaction_of("dave")
        await scene.phase(interaction, "connected", seen_by="dave")
        assert telephone.requests == [], "the INVITE said it already"

        await scene.bob.available()
        await scene.dave.does("consult", interaction, target={"kind": "agent", "id": "bob"})
        await shows(telephone, ("Bob Durand", "1002"))
        await scene.answers("bob")
        await scene.phase(interaction, "consulting", seen_by="dave")
        await scene.dave.does("resume", interaction)
        await shows(telephone, CUSTOMER)
        await scene.dave.does("swap", interaction)
        await shows(telephone, ("Bob Durand", "1002"))
        telephone.hang_up()
        await until("everybody has gone", scene._is_empty)
