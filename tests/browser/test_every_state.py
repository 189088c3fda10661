"""Every state of the page in both languages, light, dark and in the system's own colours: axe says nothing against it, nothing sticks out.

The pictures that are taken here are for people to look at.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from playwright.async_api import Route, expect

from tests.browser.conftest import Opener
from tests.browser.pages import Seen
from tests.browser.scenes import ago, scenes, with_long_lists

Step = Callable[[Seen], Awaitable[None]]


async def _dialog(seen: Seen, tab: tuple[str, str] | None = None) -> None:
    await seen.press("Consulter", "Consult")
    await seen.page.get_by_role("dialog").wait_for()
    if tab is not None:
        await seen.page.get_by_role("tab", name=seen.word(*tab), exact=True).click()


async def _agents(seen: Seen) -> None:
    await _dialog(seen)
    await seen.page.get_by_role("option", name="Bob Durand").click()


async def _nobody_found(seen: Seen) -> None:
    await _dialog(seen)
    await seen.page.get_by_role("searchbox", name=seen.word("Rechercher", "Search"), exact=True).fill("dupnt")
    await seen.page.get_by_text("dupnt").last.wait_for()


async def _loading(seen: Seen) -> None:
    await seen.page.route("**/directory?kind=agent*", lambda route: asyncio.sleep(0))
    await _dialog(seen)
    await seen.page.locator(".sk").first.wait_for()


async def _organisation_stale(seen: Seen) -> None:
    because = (
        "The people of Head office could not be fetched again, and the list is 25 minutes old: ldap.example.com does not answer.\n"
        "The presence of the people of Lyon is not known at the moment: Microsoft Graph refuses."
    )
    listed = seen.api.scene.directory["organisation"]
    seen.api.answers["/directory"] = (200, {"entries": listed, "as_of": ago(1500), "stale": True, "because": because, "truncated": False})
    await _dialog(seen, ("Organisation", "Organization"))
    await seen.page.locator(".msg.hold").wait_for()


async def _refused(seen: Seen) -> None:
    seen.api.answers["/interactions/one/hold"] = (409, {"code": "not-now", "detail": "The customer has gone."})
    await seen.press("Mettre en attente", "Hold")
    await seen.page.locator(".banner").wait_for()


async def _without_telephone(seen: Seen) -> None:
    away = {"kind": "desk", "registered": False, "since": ago(0)}
    await seen.api.say("me", {**seen.api.scene.me, "telephone": away})
    await seen.page.locator(".banner").first.wait_for()


async def _refused_at_telephone(seen: Seen) -> None:
    await seen.api.say("refused", {"because": "You owe no wrap-up reason."})
    await seen.page.locator(".banner").first.wait_for()


async def _steps(seen: Seen) -> None:
    await seen.page.get_by_text(seen.word("Étape par étape", "Step by step")).click()


async def _queues(seen: Seen) -> None:
    await _dialog(seen, ("File d’attente", "Queue"))
    await seen.page.get_by_role("option").first.click()


async def _entry_points(seen: Seen) -> None:
    await _dialog(seen, ("Point d’entrée", "Entry Point"))
    await seen.page.get_by_role("option").first.click()


async def _organisation(seen: Seen) -> None:
    await _dialog(seen, ("Organisation", "Organization"))
    await seen.page.get_by_role("option").first.click()


def _number(typed: str) -> Step:
    async def step(seen: Seen) -> None:
        await _dialog(seen, ("Numéro à composer", "Dial Number"))
        await paste(seen, typed)
        await seen.page.locator(".clean").wait_for()

    return step


async def paste(seen: Seen, text: str) -> None:
    """Paste into the number box, as from another program."""
    box = seen.page.get_by_role("textbox", name=seen.word("Numéro à composer", "Dial Number"), exact=True)
    await box.evaluate(
        """(box, text) => {
          const data = new DataTransfer()
          data.setData('text', text)
          box.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}))
        }""",
        text,
    )


async def _transfer(seen: Seen) -> None:
    await seen.press("Transférer", "Transfer")
    await seen.page.get_by_role("dialog").wait_for()


async def _new_call(seen: Seen) -> None:
    await seen.press("Nouvel appel", "New call")
    await seen.page.get_by_role("dialog").wait_for()


async def _keypad(seen: Seen) -> None:
    await seen.press("Clavier", "Keypad")


async def _state_menu(seen: Seen) -> None:
    await seen.page.get_by_role("button", name=seen.word("État", "State")).click()
    await seen.page.get_by_role("menu").wait_for()


def _settings(tab: tuple[str, str] | None = None) -> Step:
    async def step(seen: Seen) -> None:
        if await seen.page.evaluate("() => innerWidth < 761"):
            await seen.press("Menu", "Menu")
            await seen.page.get_by_role("menuitem", name=seen.word("Réglages", "Settings")).click()
        else:
            await seen.press("Réglages", "Settings")
        if tab is not None:
            await seen.page.get_by_role("tab", name=seen.word(*tab), exact=True).click()

    return step


async def _types_passwords(seen: Seen) -> None:
    await _settings(("Mot de passe", "Password"))(seen)
    await seen.page.get_by_label(seen.word("Mot de passe actuel", "Current password"), exact=True).fill("alice")
    for name in (("Nouveau mot de passe", "New password"), ("Nouveau mot de passe, une seconde fois", "New password, once more")):
        await seen.page.get_by_label(seen.word(*name), exact=True).fill("motdepasse")
    await seen.press("Changer le mot de passe", "Change the password")


async def _weak_password(seen: Seen) -> None:
    said = "The new password is one that others try first: take words that nobody would expect together."
    seen.api.answers["/me/password"] = (422, {"code": "weak-password", "reason": "too-common", "detail": said})
    # What it says of passwords is asked for by the same path.
    await seen.page.route("**/me/password", _rules_only)
    await _types_passwords(seen)
    await seen.page.get_by_role("alert").filter(has_text=seen.word("en premier", "others try first")).wait_for()


async def _rules_only(route: Route) -> None:
    if route.request.method == "GET":
        await route.fulfill(json={"may_change": True, "letters_min": 10})
    else:
        await route.continue_()


async def _new_password(seen: Seen) -> None:
    await _types_passwords(seen)
    await seen.page.get_by_text(seen.word("Votre mot de passe est changé", "Your password is changed")).wait_for()


async def _later(seen: Seen) -> None:
    await seen.press("Plus tard", "Later")


async def _wrap_up(seen: Seen) -> None:
    await seen.page.get_by_role("option", name=seen.word("À rappeler", "Follow-up")).click()
    await seen.page.get_by_role("textbox", name="Note").fill(seen.word("Rappeler demain avant 10 h.", "Call back tomorrow before 10."))
    await seen.page.locator(".draft", has_text=seen.word("Brouillon", "Draft")).wait_for()


async def _bad_login(seen: Seen) -> None:
    seen.api.answers["/session"] = (401, {"code": "bad-credentials", "detail": "Wrong."})
    await seen.page.get_by_role("textbox", name=seen.word("Identifiant", "Agent ID"), exact=True).fill("alice")
    await seen.page.get_by_label(seen.word("Mot de passe", "Password"), exact=True).fill("wrong")
    await seen.press("Se connecter", "Log in")
    await seen.page.get_by_role("alert").filter(has_text=".").first.wait_for()


async def _confirm_end(seen: Seen) -> None:
    await seen.page.get_by_role("button", name=seen.word("Terminer l’interaction", "End the interaction")).first.click()
    await seen.page.get_by_role("alertdialog").wait_for()


async def _change_state(seen: Seen) -> None:
    await seen.page.get_by_role("button", name=seen.word("Changer l’état", "Change state")).first.click()
    await seen.page.get_by_role("dialog").wait_for()


async def _server_away(seen: Seen) -> None:
    seen.api.is_away = True
    await seen.api.cut()
    await seen.page.locator(".banner").wait_for()


async def _wall_stale(seen: Seen) -> None:
    seen.api.is_away = True
    await seen.api.cut()
    await seen.page.locator(".sban").wait_for(timeout=10_000)


def _look_at(french: str, english: str) -> Step:
    async def step(seen: Seen) -> None:
        await seen.button(french, english).hover()

    return step


async def _telephone_elsewhere(seen: Seen) -> None:
    await seen.page.locator(".banner").wait_for()


STATES: dict[str, tuple[str, Step | None]] = {name: (name, None) for name in scenes("en") if name not in ("wallboard", "other-tab")} | {
    "login-error": ("login", _bad_login),
    "state-menu": ("idle", _state_menu),
    "state-menu-busy": ("next-idle", _state_menu),
    "consult-agent": ("connected", _agents),
    "consult-agent-none": ("connected", _nobody_found),
    "consult-loading": ("connected", _loading),
    "consult-queue": ("connected", _queues),
    "consult-entry": ("connected", _entry_points),
    "consult-org": ("connected", _organisation),
    "consult-org-stale": ("connected", _organisation_stale),
    "consult-number": ("connected", _number("01 99 00 (42) 18 ")),
    "consult-number-joined": ("connected", _number("tél. 01 99 00 42 18 / poste 3")),
    "consult-number-refused": ("connected", _number("0 899 70 12 34")),
    "transfer-dialog": ("connected", _transfer),
    "newcall-dialog": ("available", _new_call),
    "keypad": ("connected", _keypad),
    "wrapup": ("ended", _wrap_up),
    "ended-later": ("ended", _later),
    "settings": ("available", _settings()),
    "settings-keys": ("available", _settings(("Raccourcis", "Shortcuts"))),
    "settings-look": ("available", _settings(("Langue et affichage", "Language and display"))),
    "settings-password": ("available", _settings(("Mot de passe", "Password"))),
    "settings-password-refused": ("available", _weak_password),
    "settings-password-changed": ("available", _new_password),
    "supervisor-end": ("supervisor", _confirm_end),
    "supervisor-state": ("supervisor", _change_state),
    "refused": ("connected", _refused),
    "refused-at-telephone": ("available", _refused_at_telephone),
    "without-telephone": ("available", _without_telephone),
    "story-steps": ("consulting", _steps),
    "unreachable": ("consulting", _server_away),
    "preview-resume": ("consulting", _look_at("Reprise", "Resume")),
    "preview-transfer": ("consulting", _look_at("Transférer", "Transfer")),
    "preview-conference": ("consulting", _look_at("Conférence", "Conference")),
    "preview-end-consult": ("consulting", _look_at("Terminer la consultation", "End Consult")),
    "preview-refused": ("connected", _look_at("Conférence", "Conference")),
}


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("state", STATES)
async def test_a_state_can_be_used_by_everybody_and_nothing_sticks_out(opens: Opener, state: str, language: str) -> None:
    name, step = STATES[state]
    seen = await opens(name, language, theme="light" if language == "fr" else "dark")
    if step is not None:
        await step(seen)
    if state != "consult-loading" and not seen.api.is_away:
        await seen.settled()
    await seen.shoot(state)

    assert await seen.violations() == []
    assert await seen.overflows() == []
    await seen.page.emulate_media(color_scheme="dark" if language == "fr" else "light")
    await seen.shoot(f"{state}.other-theme")
    assert await seen.violations(only="color-contrast") == []
    if language == "en":
        await seen.page.emulate_media(forced_colors="active")
        await seen.shoot(f"{state}.forced-colours")
        assert await seen.violations(only="color-contrast") == []
    expected = () if not seen.api.is_away and not seen.api.answers else ("ERR_", "WebSocket", "Failed to load resource")
    assert [
        said for said in seen.complaints if not said.startswith("Failed to load resource") and not any(part in said for part in expected)
    ] == []


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("stale", [False, True], ids=["live", "stale"])
async def test_the_wallboard_can_be_read_by_everybody(opens: Opener, language: str, stale: bool) -> None:
    seen = await opens("wallboard", language, at="/wallboard", theme="light" if language == "fr" else "dark")
    if stale:
        await _wall_stale(seen)
    await seen.shoot("wallboard-stale" if stale else "wallboard")

    assert await seen.violations() == []
    assert await seen.overflows() == []


async def test_thirty_queues_fit_on_one_screen_since_nobody_scrolls_on_a_wall(opens: Opener) -> None:
    scene = scenes("fr", long=True)["wallboard"]
    many = tuple(queue | {"id": f"{queue['id']}-{n}", "name": f"{n} {queue['name']}"} for n in range(10) for queue in scene.queues)
    seen = await opens(replace(scene, queues=many), "fr", at="/wallboard", width=1920, height=1080)
    await seen.shoot("wallboard-many")

    assert await seen.page.locator(".wcard").count() == 30
    lowest = await seen.page.evaluate(
        "() => Math.max(...[...document.querySelectorAll('.wcard *')].map(e => e.getBoundingClientRect().bottom))"
    )
    assert lowest <= 1080
    assert await seen.overflows() == []
    assert await seen.violations() == []


async def test_one_of_a_thousand_agents_and_three_hundred_calls_is_found_by_name(opens: Opener) -> None:
    scene = scenes("fr")["supervisor"]
    states = ("available", "engaged", "idle", "wrap_up", "logged_off")
    agents = [
        {"agent": f"agent-{n}", "name": f"Agente {n}", "team": f"Équipe {n % 20}", "state": states[n % 5], "state_since": ago(n)}
        for n in range(1000)
    ]
    calls = tuple(scene.interactions[n % len(scene.interactions)] | {"id": f"call-{n}"} for n in range(300))
    seen = await opens(replace(scene, agents=agents, interactions=calls), "fr")
    await seen.shoot("supervisor-many")
    assert await seen.overflows() == []

    await seen.page.get_by_role("searchbox").fill("agente 999")

    await expect(seen.page.get_by_role("button", name="Changer l’état")).to_have_count(1)
    await expect(seen.page.get_by_role("row", name="Agente 999")).to_be_visible()


NARROW = (
    "consulting",
    "conference8",
    "offer",
    "ended",
    "supervisor",
    "consult-org",
    "consult-number-joined",
    "available",
    "settings",
    "settings-password-refused",
    "login",
)


@pytest.mark.parametrize(("width", "height"), [(500, 800), (640, 400), (1024, 640)], ids=["500px", "zoom200", "1024px"])
@pytest.mark.parametrize("state", NARROW)
async def test_nothing_sticks_out_where_it_is_narrow(opens: Opener, state: str, width: int, height: int) -> None:
    name, step = STATES[state]
    seen = await opens(name, "fr", width=width, height=height)
    if step is not None:
        await step(seen)
    await seen.settled()
    await seen.shoot(f"{state}.{width}")

    assert await seen.overflows() == []
    assert await seen.violations() == []


@pytest.mark.parametrize("state", ["consulting", "conference8", "agent2", "offer-consult", "supervisor", "consult-held"])
async def test_long_names_and_names_of_another_script_stay_inside(opens: Opener, state: str) -> None:
    seen = await opens(state, "fr", long=True)
    await seen.settled()
    await seen.shoot(f"{state}.long")

    assert await seen.overflows() == []
    assert await seen.violations() == []


async def test_full_lists_stay_inside(opens: Opener) -> None:
    seen = await opens(with_long_lists(scenes("fr", long=True)["connected"], "fr"), "fr")
    await _dialog(seen)
    await seen.page.get_by_role("option").nth(49).wait_for()
    await seen.shoot("full-lists")

    assert await seen.overflows() == []
    assert await seen.violations() == []
