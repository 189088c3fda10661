"""Two agents in two browsers before the controller's own desktop server and floor; only the telephones are told by the test."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.browser.stub_api import DIST
from tests.browser.stub_sip import StubSip
from tests.edges.desktop_world import World

LogIn = Callable[[str, str], Awaitable[Page]]


@pytest.fixture
async def logs_in(world: World, chromium: Browser) -> AsyncIterator[LogIn]:
    """Log in by the page, on the desk telephone."""
    contexts: list[BrowserContext] = []

    async def log_in(agent: str, language: str) -> Page:
        context = await chromium.new_context(locale="fr-FR" if language == "fr" else "en-GB", reduced_motion="reduce")
        context.set_default_timeout(5000)
        contexts.append(context)
        page = await context.new_page()
        await page.goto(world.url)
        await page.get_by_role("textbox", name="Identifiant" if language == "fr" else "Agent ID").fill(agent)
        await page.get_by_label("Mot de passe" if language == "fr" else "Password", exact=True).fill(agent)
        await page.get_by_role("radio", name="Poste fixe" if language == "fr" else "Desk phone").check()
        await page.get_by_role("button", name="Se connecter" if language == "fr" else "Log in").click()
        await page.get_by_role("button", name="Se déconnecter" if language == "fr" else "Log out").wait_for()
        return page

    yield log_in
    for context in contexts:
        await context.close()


async def _press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()


async def _says(page: Page, sentence: str) -> None:
    await expect(page.locator(".say")).to_contain_text(sentence)


async def _available(page: Page, state: str, available: str) -> None:
    await page.get_by_role("button", name=state).click()
    await page.get_by_role("menuitemradio", name=available, exact=True).click()
    await expect(page.get_by_role("button", name=state)).to_contain_text(available)


async def test_a_consult_is_lived_from_the_offer_to_the_reason_in_two_languages(world: World, logs_in: LogIn) -> None:
    alice, bob = await logs_in("alice", "fr"), await logs_in("bob", "en")
    await _available(alice, "État", "Disponible")
    interaction = world.customer_calls(name="Cora")
    await expect(alice.get_by_role("heading", name="Cora")).to_be_visible()
    await expect(alice.get_by_role("button", name="Refuser", exact=True)).to_be_visible()
    world.picks_up(interaction, "alice")
    await _says(alice, "Vous parlez avec le client.")
    await _available(bob, "State", "Available")

    await _press(alice, "Consulter")
    await alice.get_by_role("option", name="Bob Durand").click()
    await alice.get_by_role("dialog").get_by_role("button", name="Consulter", exact=True).click()
    await _says(alice, "Ça sonne chez Bob Durand.")
    await expect(bob.get_by_role("heading", name="Alice Martin wants to consult you")).to_be_visible()
    world.picks_up(interaction, "bob")
    await _says(alice, "Vous parlez avec Bob Durand. Le client est en attente")
    await _says(bob, "Alice Martin is consulting you.")
    await expect(bob.get_by_role("button", name="Resume", exact=True)).to_have_count(0)

    await _press(alice, "Reprise")
    await _says(alice, "Vous parlez avec le client. Bob Durand est en attente")
    await _says(bob, "You are on hold with music and hear nobody.")
    await _press(alice, "Changer d’interlocuteur")
    await _says(alice, "Vous parlez avec Bob Durand.")
    await _press(alice, "Conférence")
    await _says(alice, "Vous, le client et Bob Durand parlez ensemble.")
    await _says(bob, "You, the customer and Alice Martin are talking together.")

    await _press(bob, "Exit Conference")
    await expect(bob.get_by_role("dialog")).to_have_count(0)
    await _press(alice, "Terminer")
    await expect(alice.get_by_role("dialog", name="Raisons du post-appel")).to_be_visible()
    await alice.get_by_role("option", name="Follow-Up").click()
    await _press(alice, "Appliquer le motif")
    await expect(alice.get_by_role("dialog")).to_have_count(0)
    await expect(alice.locator(".hist li")).to_contain_text("Support · Follow-Up")
    await expect(alice.get_by_role("button", name="État")).to_contain_text("Disponible")


async def test_a_transfer_gives_the_customer_to_agent_2_and_the_reason_to_agent_1(world: World, logs_in: LogIn) -> None:
    alice, bob = await logs_in("alice", "en"), await logs_in("bob", "fr")
    await _available(alice, "State", "Available")
    interaction = world.customer_calls(name="Cora")
    world.picks_up(interaction, "alice")
    await _available(bob, "État", "Disponible")
    await _press(alice, "Consult")
    await alice.get_by_role("option", name="Bob Durand").click()
    await alice.get_by_role("dialog").get_by_role("button", name="Consult", exact=True).click()
    await _says(alice, "Bob Durand's telephone is ringing.")
    world.picks_up(interaction, "bob")
    await _press(alice, "Transfer")

    await _says(bob, "Vous parlez avec le client.")
    await expect(alice.get_by_role("dialog", name="Wrap Up Reasons")).to_be_visible()


async def test_a_transfer_that_bob_declines_is_none_of_his_last_calls(world: World, logs_in: LogIn) -> None:
    alice, bob = await logs_in("alice", "en"), await logs_in("bob", "fr")
    await _available(alice, "State", "Available")
    interaction = world.customer_calls(name="Cora")
    world.picks_up(interaction, "alice")
    await _available(bob, "État", "Disponible")
    await _press(alice, "Transfer")
    await alice.get_by_role("option", name="Bob Durand").click()
    await alice.get_by_role("dialog").get_by_role("button", name="Transfer", exact=True).click()
    await expect(bob.get_by_role("heading", name="Cora")).to_be_visible()

    await _press(bob, "Refuser")
    await expect(bob.get_by_role("heading", name="Cora")).to_have_count(0)
    await expect(bob.get_by_text("Aucune interaction depuis votre connexion.")).to_be_visible()
    await expect(bob.locator(".hist li")).to_have_count(0)


async def test_a_supervisor_sees_everybody_live_and_changes_a_state(world: World, logs_in: LogIn) -> None:
    alice, sam = await logs_in("alice", "en"), await logs_in("sam", "en")
    await _available(alice, "State", "Available")
    row = sam.get_by_role("row").filter(has_text="Alice Martin")
    await expect(row).to_contain_text("Available")

    await sam.get_by_role("button", name="Change state: Alice Martin").click()
    await sam.get_by_role("radio", name="Idle · Lunch").check()
    await sam.get_by_role("dialog").get_by_role("button", name="Change state").click()
    await expect(row).to_contain_text("Idle · Lunch")
    await expect(alice.get_by_role("button", name="State")).to_contain_text("Idle · Lunch")


async def test_a_pasted_number_is_judged_by_the_controllers_own_dial_box(world: World, logs_in: LogIn) -> None:
    alice = await logs_in("alice", "fr")
    await _available(alice, "État", "Disponible")
    world.picks_up(world.customer_calls(), "alice")
    await _press(alice, "Consulter")
    await alice.get_by_role("tab", name="Numéro à composer").click()
    await alice.get_by_role("textbox", name="Numéro à composer").fill("01 99 00 42 18")

    await expect(alice.locator(".clean")).to_contain_text("+33 1 99 00 42 18")
    await expect(alice.locator(".clean")).to_contain_text("France")


async def test_the_page_is_the_telephone_of_its_login_through_the_controller(chromium: Browser) -> None:
    asterisk = StubSip()
    app = web.Application()
    app.router.add_get("/ws", asterisk.serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    world = World(page=DIST, sip_url=f"http://127.0.0.1:{runner.addresses[0][1]}/ws")
    await world.start()
    context = await chromium.new_context(locale="en-GB", permissions=["microphone"])
    try:
        page = await context.new_page()
        await page.goto(world.url)
        await page.get_by_role("textbox", name="Agent ID").fill("alice")
        await page.get_by_label("Password", exact=True).fill("alice")
        await page.get_by_role("button", name="Log in").click()

        await expect(page.locator(".phone")).to_contain_text("in this page")
        await expect(page.locator(".phone")).to_contain_text("Telephone ready")
        assert "sip:1001-web@" in await asterisk.hears("REGISTER")
        await page.get_by_role("button", name="Log out").click()
        await expect(page.get_by_role("button", name="Log in")).to_be_visible()
    finally:
        await context.close()
        await world.stop()
        await runner.cleanup()
