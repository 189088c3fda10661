"""The names of controls that other programs and people's tests rely on, in both languages: each there once."""

import pytest

from tests.browser.conftest import Opener
from tests.browser.pages import Seen

BUTTONS = {
    "login": [("Se connecter", "Log in")],
    "available": [("Se déconnecter", "Log out")],
    "offer": [("Accepter", "Accept"), ("Refuser", "Decline")],
    "connected": [
        ("Mettre en attente", "Hold"),
        ("Consulter", "Consult"),
        ("Transférer", "Transfer"),
        ("Conférence", "Conference"),
        ("Terminer", "End"),
        ("Couper le micro", "Mute"),
        ("Clavier", "Keypad"),
    ],
    "held": [("Reprise", "Resume"), ("Consulter", "Consult")],
    "consulting": [
        ("Reprise", "Resume"),
        ("Changer d’interlocuteur", "Switch"),
        ("Transférer", "Transfer"),
        ("Conférence", "Conference"),
        ("Terminer la consultation", "End Consult"),
    ],
    "consult-ringing": [("Annuler la consultation", "Cancel Consult"), ("Reprise", "Resume")],
    "ringing-resumed": [("Annuler la consultation", "Cancel Consult"), ("Changer d’interlocuteur", "Switch")],
    "agent2": [("Quitter la consultation", "Exit Consult")],
    "conference3": [("Quitter la conférence", "Exit Conference"), ("Terminer", "End"), ("Transférer", "Transfer")],
    "conference-member": [("Quitter la conférence", "Exit Conference")],
    "transfer-asked": [("Accepter le transfert", "Accept transfer"), ("Refuser le transfert", "Decline transfer")],
    "ended": [("Appliquer le motif", "Submit Wrap Up"), ("Prolonger", "Extend")],
}
TABS = [
    ("Agent", "Agent"),
    ("File d’attente", "Queue"),
    ("Point d’entrée", "Entry Point"),
    ("Numéro à composer", "Dial Number"),
    ("Organisation", "Organization"),
]


async def _once(seen: Seen, role: str, french: str, english: str) -> None:
    found = seen.page.get_by_role(role, name=seen.word(french, english), exact=True)  # type: ignore[arg-type]
    await found.first.wait_for()
    assert await found.count() == 1, f"{role} {seen.word(french, english)}"


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("state", BUTTONS)
async def test_each_button_of_a_state_is_there_once_under_its_name(opens: Opener, state: str, language: str) -> None:
    seen = await opens(state, language)

    for french, english in BUTTONS[state]:
        await _once(seen, "button", french, english)


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_the_login_has_a_box_for_the_agent_and_one_for_the_password(opens: Opener, language: str) -> None:
    seen = await opens("login", language)

    await _once(seen, "textbox", "Identifiant", "Agent ID")
    assert await seen.page.get_by_label(seen.word("Mot de passe", "Password"), exact=True).count() == 1


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_the_state_selector_names_the_state_and_lists_available_and_idle_with_reasons(opens: Opener, language: str) -> None:
    seen = await opens("idle", language)
    selector = seen.page.get_by_role("button", name=seen.word("État", "State"))
    assert await selector.count() == 1
    await selector.click()

    await _once(seen, "menuitemradio", "Disponible", "Available")
    await _once(seen, "menuitemradio", "Inactif", "Idle")
    await _once(seen, "menuitemradio", "Inactif · Déjeuner", "Idle · Lunch")


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_the_consult_dialog_has_five_tabs_a_search_box_a_refresh_and_its_own_button(opens: Opener, language: str) -> None:
    seen = await opens("connected", language)
    await seen.press("Consulter", "Consult")

    await _once(seen, "dialog", "Demande de consultation", "Consult Request")
    for french, english in TABS:
        await _once(seen, "tab", french, english)
    await _once(seen, "searchbox", "Rechercher", "Search")
    await _once(seen, "button", "Actualiser la liste", "Refresh the list")
    await _once(seen, "button", "Consulter", "Consult")
    await seen.page.get_by_role("tab", name=seen.word("Numéro à composer", "Dial Number"), exact=True).click()
    await _once(seen, "textbox", "Numéro à composer", "Dial Number")


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_the_wrap_up_dialog_opens_by_itself_on_its_search_box(opens: Opener, language: str) -> None:
    seen = await opens("ended", language)

    await _once(seen, "dialog", "Raisons du post-appel", "Wrap Up Reasons")
    await _once(seen, "searchbox", "Rechercher", "Search")
    await _once(seen, "option", "À rappeler", "Follow-up")
    assert await seen.page.get_by_role("searchbox").evaluate("box => box === document.activeElement")
