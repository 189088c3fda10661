"""A printable page for one agent's telephone: what to type into it, or a code to scan. It holds a password, and says so."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Literal
from urllib.parse import urlencode

import segno

from controller.directory.site import TelephoneAccess
from controller.provisioning.telephones import Telephone

Language = Literal["en", "fr"]

ZOIPER = "https://oem.zoiper.com/qr.php"
"""Makes a code of what it is told. It is told a token and never a password; for that Zoiper asks our own server."""
_ZOIPER_TRANSPORT = {"udp": "0", "tcp": "1", "tls": "2"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A sheet's words in one language."""

    title: str
    secret: str
    server: str
    port: str
    transport: str
    user: str
    password: str
    display_name: str
    codes: str
    linphone: str
    linphone_steps: str
    zoiper: str
    files: str
    files_steps: str
    once: str


WORDS: Mapping[str, Words] = {
    "en": Words(
        title="Telephone of {name}",
        secret="This sheet holds a password: destroy it when the telephone works.",
        server="Server (also: domain, registrar)",
        port="Port",
        transport="Transport",
        user="User (also: authentication name)",
        password="Password",
        display_name="Name to display",
        codes="What keys do",
        linphone="Linphone",
        linphone_steps="In Linphone's assistant choose the remote configuration, scan this code, and let Linphone start again.",
        zoiper="Zoiper",
        files="A telephone on the desk (Yealink, Snom, Grandstream, Poly)",
        files_steps="Enter this address as the provisioning server in the telephone's own page, and start it again:",
        once="It works once, and only until {until}.",
    ),
    "fr": Words(
        title="Téléphone de {name}",
        secret="Cette feuille contient un mot de passe : détruisez-la dès que le téléphone fonctionne.",
        server="Serveur (ou : domaine, registrar)",
        port="Port",
        transport="Transport",
        user="Utilisateur (ou : nom d’authentification)",
        password="Mot de passe",
        display_name="Nom à afficher",
        codes="Ce que font les touches",
        linphone="Linphone",
        linphone_steps="Dans l’assistant de Linphone, choisissez la configuration distante, scannez ce code et relancez Linphone.",
        zoiper="Zoiper",
        files="Un téléphone de bureau (Yealink, Snom, Grandstream, Poly)",
        files_steps="Saisissez cette adresse comme serveur de provisionnement dans la page du téléphone, puis redémarrez-le :",
        once="Elle ne fonctionne qu’une fois, et seulement jusqu’à {until}.",
    ),
}

_STYLE = """
body { font: 12pt/1.4 sans-serif; max-width: 18cm; margin: 1cm auto; color: #000; background: #fff }
table { border-collapse: collapse; width: 100% }
th, td { border: 1px solid #888; padding: .25em .5em; text-align: left; vertical-align: top }
th { font-weight: normal; width: 45% }
code { font-size: 13pt }
.secret { border: 2px solid #000; padding: .5em }
section { break-inside: avoid }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetching:
    """Where a telephone fetches its files, once."""

    url: str
    """Of the folder, with a slash at its end."""
    token: str
    until: str
    """For people."""


def sheet(
    one: Telephone,
    password: str,
    access: TelephoneAccess,
    language: Language,
    *,
    codes: Iterable[tuple[str, str]] = (),
    fetching: Fetching | None = None,
) -> str:
    """Write the page. `codes`: what is pressed, and what it does. `fetching`: None where no telephone can fetch anything."""
    words = WORDS[language]
    title = words.title.format(name=one.name)
    fields = (
        (words.server, access.server),
        (words.port, str(access.port)),
        (words.transport, access.transport.upper()),
        (words.user, one.endpoint),
        (words.password, password),
        (words.display_name, one.name),
    )
    parts = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="secret">{escape(words.secret)}</p>',
        _table(fields),
        *_codes(words, tuple(codes)),
        *(_fetched(words, access, fetching) if fetching is not None else ()),
    ]
    policy = f"default-src 'none'; style-src 'unsafe-inline'; img-src {ZOIPER.rpartition('/')[0]}"
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n" + "\n".join(parts) + "\n</body>\n</html>\n"
    )


def _table(rows: Iterable[tuple[str, str]]) -> str:
    lines = (f"<tr><th>{escape(name)}</th><td><code>{escape(value)}</code></td></tr>" for name, value in rows)
    return "<table>\n" + "\n".join(lines) + "\n</table>"


def _codes(words: Words, codes: tuple[tuple[str, str], ...]) -> Iterator[str]:
    if codes:
        rows = "\n".join(f"<tr><th><code>{escape(code)}</code></th><td>{escape(does)}</td></tr>" for code, does in codes)
        yield f"<section><h2>{escape(words.codes)}</h2>\n<table>\n{rows}\n</table></section>"


def _fetched(words: Words, access: TelephoneAccess, fetching: Fetching) -> Iterator[str]:
    once = escape(words.once.format(until=fetching.until))
    code = segno.make(f"{fetching.url}linphone.xml", error="m", micro=False).svg_inline(scale=4, title="Linphone")
    yield f"<section><h2>{words.linphone}</h2>\n<p>{escape(words.linphone_steps)} {once}</p>\n{code}</section>"
    if access.zoiper_provider_id:
        asked = {
            "provider_id": access.zoiper_provider_id,
            "u": "",
            "p": "",
            "h": f"{access.server}:{access.port}",
            "t": fetching.token,
            "tr": _ZOIPER_TRANSPORT[access.transport],
        }
        source = escape(f"{ZOIPER}?{urlencode(asked)}")
        yield f'<section><h2>{words.zoiper}</h2>\n<p>{once}</p>\n<img src="{source}" alt="Zoiper" referrerpolicy="no-referrer"></section>'
    yield (
        f"<section><h2>{escape(words.files)}</h2>\n<p>{escape(words.files_steps)}</p>\n"
        f"<p><code>{escape(fetching.url)}</code></p>\n<p>{once}</p></section>"
    )
