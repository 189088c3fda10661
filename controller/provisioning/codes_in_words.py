"""What the keys of an agent's telephone do, in words for the sheet beside it. The reasons that a site has are named with their digits."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Literal

from controller.dialling.feature_codes import TAKES, Code, Takes
from controller.directory.directory import Directory, Reason

DIGITS = 9
"""Only so many reasons can be named by one."""

_DOES: Mapping[str, Mapping[Code, str]] = {
    "en": {
        Code.CONSULT: "Consult: then a number, then #",
        Code.RESUME: "Back to the customer; again: back to the colleague",
        Code.CONFERENCE: "Bring everybody together",
        Code.TRANSFER: "Hand the customer to the colleague; with nobody there: then a number, then #",
        Code.END_CONSULT: "End the consult",
        Code.LEAVE: "Leave the consult, or the conference",
        Code.HOLD: "Customer on hold; again: off hold",
        Code.CANCEL: "Stop ringing the colleague; do not take the customer",
        Code.ACCEPT_TRANSFER: "Take the customer",
        Code.WRAP_UP: "After the call: how it ended",
        Code.LOG_IN: "Log in",
        Code.LOG_OUT: "Log out",
        Code.AVAILABLE: "Available",
        Code.IDLE: "Idle: 0, or why",
    },
    "fr": {
        Code.CONSULT: "Consulter : puis un numéro, puis #",
        Code.RESUME: "Revenir au client ; encore : revenir au collègue",
        Code.CONFERENCE: "Réunir tout le monde",
        Code.TRANSFER: "Confier le client au collègue ; sans personne : puis un numéro, puis #",
        Code.END_CONSULT: "Terminer la consultation",
        Code.LEAVE: "Quitter la consultation ou la conférence",
        Code.HOLD: "Client en attente ; encore : reprendre le client",
        Code.CANCEL: "Ne plus faire sonner le collègue ; ne pas prendre le client",
        Code.ACCEPT_TRANSFER: "Prendre le client",
        Code.WRAP_UP: "Après l’appel : comment il s’est terminé",
        Code.LOG_IN: "Se connecter",
        Code.LOG_OUT: "Se déconnecter",
        Code.AVAILABLE: "Disponible",
        Code.IDLE: "En pause : 0, ou pourquoi",
    },
}


def codes_in_words(directory: Directory, language: Literal["en", "fr"]) -> Iterator[tuple[str, str]]:
    """What is pressed, and what it does, in the order of the sheet; codes that the site has not are left out."""
    reasons = {Code.WRAP_UP: directory.wrap_up_reasons.values(), Code.IDLE: directory.idle_reasons.values()}
    for code, does in _DOES[language].items():
        keys = directory.feature_codes.keys.get(code)
        if keys is None:
            continue
        yield keys + ("…" if TAKES[code] is not Takes.NOTHING else ""), does
        yield from _reasons(keys, reasons.get(code, ()))


def _reasons(keys: str, reasons: Iterable[Reason]) -> Iterator[tuple[str, str]]:
    for digit, reason in enumerate(islice(reasons, DIGITS), start=1):
        yield f"{keys}{digit}", reason.name
