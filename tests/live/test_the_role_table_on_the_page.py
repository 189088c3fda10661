"""The role table, lived by two agents in two real browsers and a customer on a telephone: what the pages show, and who hears whom.

Everything that an agent does is done by the names of the page's controls, in French once and in English once.
"""

import time
from dataclasses import dataclass

import pytest
from playwright.async_api import expect

from tests.live.agent_page import AgentPage
from tests.live.conftest import Sits
from tests.live.scene import Scene

pytestmark = pytest.mark.browser

RULES = "810"
"""Leads to a queue that plays a steady tone for music, and decides nothing otherwise than the page's rules."""
HOLD, RESUME = ("Mettre en attente", "Hold"), ("Reprise", "Resume")
CONSULT, SWITCH = ("Consulter", "Consult"), ("Changer d’interlocuteur", "Switch")
TRANSFER, CONFERENCE = ("Transférer", "Transfer"), ("Conférence", "Conference")
CANCEL_CONSULT, END_CONSULT = ("Annuler la consultation", "Cancel Consult"), ("Terminer la consultation", "End Consult")
EXIT_CONSULT, EXIT_CONFERENCE = ("Quitter la consultation", "Exit Consult"), ("Quitter la conférence", "Exit Conference")
ACCEPT, DECLINE, END, MUTE = ("Accepter", "Accept"), ("Refuser", "Decline"), ("Terminer", "End"), ("Couper le micro", "Mute")
WITH_THE_CUSTOMER = ("Vous parlez avec le client. Personne n’attend.", "You are talking with the customer. Nobody is waiting.")


@dataclass(frozen=True, kw_only=True)
class Played:
    """Alice and Bob, each at a page, and what happens to a customer."""

    scene: Scene
    alice: AgentPage
    bob: AgentPage

    async def hear(self, **who: set[str]) -> None:
        await self.scene.hear(who)

    async def with_the_customer(self) -> None:
        """Alice takes a customer; Bob is available then."""
        await self.alice.available()
        await self.scene.queued(RULES)
        await self.alice.rings()
        await self.alice.press(*ACCEPT)
        await self.hear(customer={"alice"}, alice={"customer"})
        await self.alice.says(*WITH_THE_CUSTOMER)
        await self.bob.available()

    async def rung(self) -> None:
        """Bob's page rings for Alice's consult."""
        await self.with_the_customer()
        await self.alice.consult("Bob Durand")
        await self.alice.says("Ça sonne chez Bob Durand.", "Bob Durand's telephone is ringing.")
        await self.bob.rings()
        await self.scene.hear({"customer": {"music"}})

    async def consulting(self) -> None:
        """Alice talks with Bob, and the customer hears music."""
        await self.rung()
        await self.bob.press(*ACCEPT)
        await self.alone_together()

    async def alone_together(self) -> None:
        await self.hear(customer={"music"}, alice={"bob"}, bob={"alice"})
        await self.alice.says(
            "Vous parlez avec Bob Durand. Le client est en attente", "You are talking with Bob Durand. The customer is on hold"
        )
        await self.bob.says("Alice Martin vous consulte.", "Alice Martin is consulting you.")

    async def back_with_alice(self) -> None:
        """Bob is out without a wrap-up, and Alice and the customer go on."""
        await self.hear(customer={"alice"}, alice={"customer"}, bob=set())
        await self.alice.says(*("Vous parlez avec le client.", "You are talking with the customer."))
        await self.owes_nothing(self.bob)

    async def owes_nothing(self, page: AgentPage) -> None:
        """An agent is free again and was not asked for a reason, by the page or by the server."""
        await expect(page.state).to_contain_text(page.word("Disponible", "Available"))
        await expect(page.wrap_up_dialog).to_have_count(0)
        await self.scene.owes_nothing(page.agent)

    async def over(self) -> None:
        """Nobody is on the line any more."""
        await self.scene.off_the_line("customer")
        await self.hear(alice=set(), bob=set())


@pytest.fixture(params=["fr", "en"])
async def played(scene: Scene, sits: Sits, request: pytest.FixtureRequest) -> Played:
    language = str(request.param)
    return Played(scene=scene, alice=await sits("alice", language), bob=await sits("bob", language))


async def test_agent_1_goes_to_and_fro_and_the_customer_never_hears_agent_2(played: Played) -> None:
    alice, bob = played.alice, played.bob
    began = time.time()
    await played.consulting()

    for _ in range(2):
        await alice.press(*RESUME)
        await played.hear(customer={"alice"}, alice={"customer"}, bob={"music"})
        await alice.says(
            "Vous parlez avec le client. Bob Durand est en attente", "You are talking with the customer. Bob Durand is on hold"
        )
        await bob.says("Vous êtes en attente avec la musique et n’entendez personne", "You are on hold with music and hear nobody")
        await alice.press(*SWITCH)
        await played.alone_together()

    assert played.scene.ear.containing("customer", "bob", since=began) == []


async def test_a_customer_who_is_held_hears_music_and_comes_back(played: Played) -> None:
    await played.with_the_customer()

    await played.alice.press(*HOLD)
    await played.hear(customer={"music"}, alice=set())
    await played.alice.says("Le client est en attente avec la musique", "The customer is on hold with music")
    await played.alice.press(*RESUME)

    await played.hear(customer={"alice"}, alice={"customer"})


async def test_who_is_muted_is_heard_by_nobody_and_hears_on(played: Played) -> None:
    await played.with_the_customer()

    await played.alice.press(*MUTE)
    await played.hear(customer=set(), alice={"customer"})
    await played.alice.press("Rétablir le micro", "Unmute")

    await played.hear(customer={"alice"}, alice={"customer"})


async def test_a_transfer_gives_agent_1_the_wrap_up_and_agent_2_the_customer_and_the_wrap_up_at_the_end(played: Played) -> None:
    alice, bob = played.alice, played.bob
    await played.consulting()

    await alice.press(*TRANSFER)
    await expect(alice.wrap_up_dialog).to_be_visible()
    await played.hear(customer={"bob"}, bob={"customer"}, alice=set())
    await bob.says(*WITH_THE_CUSTOMER)
    await expect(bob.button(*HOLD)).to_be_enabled()
    await alice.wraps_up()
    await played.owes_nothing(alice)
    await played.scene.customer.hang_up()

    await expect(bob.wrap_up_dialog).to_be_visible()
    await played.over()
    await bob.wraps_up("Follow-up needed")
    await played.owes_nothing(bob)
    await expect(alice.wrap_up_dialog).to_have_count(0)


async def test_in_a_conference_everybody_hears_everybody_and_agent_2_exits_without_a_wrap_up(played: Played) -> None:
    alice, bob = played.alice, played.bob
    await played.consulting()

    await alice.press(*CONFERENCE)
    await played.hear(customer={"alice", "bob"}, alice={"customer", "bob"}, bob={"customer", "alice"})
    await alice.says("Vous, le client et Bob Durand parlez ensemble", "You, the customer and Bob Durand are talking together")
    await bob.says("Vous, le client et Alice Martin parlez ensemble", "You, the customer and Alice Martin are talking together")
    await bob.press(*EXIT_CONFERENCE)

    await played.back_with_alice()


async def test_agent_1_exits_a_conference_into_a_wrap_up_and_agent_2_owns_the_call(played: Played) -> None:
    alice, bob = played.alice, played.bob
    await played.consulting()
    await alice.press(*CONFERENCE)
    await played.hear(customer={"alice", "bob"})

    await alice.press(*EXIT_CONFERENCE)

    await expect(alice.wrap_up_dialog).to_be_visible()
    await played.hear(customer={"bob"}, bob={"customer"}, alice=set())
    await bob.press(*END)
    await played.over()
    await bob.wraps_up()
    await alice.wraps_up()


async def test_agent_1_ends_the_consult_and_with_it_the_call_for_everybody(played: Played) -> None:
    await played.consulting()

    await played.alice.press(*END_CONSULT)

    await expect(played.alice.wrap_up_dialog).to_be_visible()
    await played.over()
    await played.owes_nothing(played.bob)


async def test_agent_2_exits_the_consult_and_the_customer_is_back_with_agent_1(played: Played) -> None:
    await played.consulting()

    await played.bob.press(*EXIT_CONSULT)

    await played.back_with_alice()


async def test_agent_1_cancels_a_consult_that_rings_and_is_back_with_the_customer(played: Played) -> None:
    await played.rung()

    await played.alice.press(*CANCEL_CONSULT)

    await played.back_with_alice()
    await played.bob.has_not(ACCEPT)


async def test_agent_2_declines_a_consult_and_agent_1_is_told_and_back_with_the_customer(played: Played) -> None:
    await played.rung()

    await played.bob.press(*DECLINE)

    await played.hear(customer={"alice"}, alice={"customer"}, bob=set())
    await played.alice.says("Bob Durand a refusé.", "Bob Durand declined.")
    await played.bob.has_not(ACCEPT)
    await expect(played.bob.wrap_up_dialog).to_have_count(0)


async def test_a_customer_who_hangs_up_in_a_consult_ends_it_and_agent_1_alone_wraps_up(played: Played) -> None:
    await played.consulting()

    await played.scene.customer.hang_up()

    await expect(played.alice.wrap_up_dialog).to_be_visible()
    await played.over()
    await played.owes_nothing(played.bob)


async def test_a_customer_who_hangs_up_while_agent_2_rings_stops_the_ringing(played: Played) -> None:
    await played.rung()

    await played.scene.customer.hang_up()

    await expect(played.bob.button(*ACCEPT)).to_have_count(0)
    await expect(played.alice.wrap_up_dialog).to_be_visible()
    await played.owes_nothing(played.bob)


async def test_what_is_refused_can_be_reached_and_says_why_and_agent_2_has_only_the_way_out(played: Played) -> None:
    alice, bob = played.alice, played.bob
    await played.with_the_customer()
    await alice.refuses(
        CONFERENCE,
        (
            "Il n’y a personne d’autre dans l’appel\u00a0: consultez d’abord quelqu’un.",
            "There is nobody else on the call: consult a colleague first.",
        ),
    )

    await alice.consult("Bob Durand")
    await bob.rings()
    await alice.refuses(CONFERENCE, ("Bob Durand n’a pas encore répondu.", "Bob Durand has not answered yet."))
    await alice.refuses(TRANSFER, ("Bob Durand n’a pas encore répondu.", "Bob Durand has not answered yet."))
    await bob.press(*ACCEPT)
    await played.alone_together()
    await expect(bob.button(*EXIT_CONSULT)).to_be_enabled()
    await bob.has_not(HOLD, RESUME, SWITCH, CONSULT, TRANSFER, CONFERENCE, END_CONSULT, CANCEL_CONSULT, END)

    await alice.press(*CONFERENCE)
    await played.hear(customer={"alice", "bob"})
    await alice.refuses(HOLD, ("Vous êtes en conférence.", "You are in a conference."))
    await expect(bob.button(*EXIT_CONFERENCE)).to_be_enabled()
    await bob.has_not(HOLD, RESUME, TRANSFER, CONFERENCE, END)
