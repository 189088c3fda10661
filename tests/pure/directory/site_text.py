"""A small site file that is right, and ways to make it wrong. The hashes are the cheapest that are good enough."""

from argon2 import PasswordHasher

from controller.directory.site import Site
from controller.directory.site_file import read_site
from controller.directory.site_mistakes import BadSiteFile, Mistake
from controller.directory.site_secrets import secrets_from

_CHEAP = PasswordHasher(time_cost=5, memory_cost=7 * 1024, parallelism=1)
ALICES = _CHEAP.hash("alice")
BOBS = _CHEAP.hash("a long one of bob's own")
OWN = _CHEAP.hash("a long one of alice's own")

SITE = f"""\
[site]
region = "FR"

[asterisk]
username = "controller"
password = "secret-of-ari"

[[agent]]
id = "alice"
name = "Alice Martin"
phone = "1001"
password = "{ALICES}"
team = "first line"

[[agent]]
id = "bob"
name = "Bob Durand"
phone = "1002"
password = "{BOBS}"

[[queue]]
id = "support"
name = "Support"
agents = ["alice", "bob"]

[[entry_point]]
id = "main"
name = "Main number"
numbers = ["800", "+33123456789"]
queue = "support"

[[wrap_up_reason]]
id = "resolved"
name = "Resolved"

[[wrap_up_reason]]
id = "follow-up"
name = "Follow-up"
"""

FILES = {"ari-password": "from a file\n", "empty": "\n"}


def read_file(name: str) -> str:
    """Read one of the files that a site's folder would hold."""
    if name not in FILES:
        raise FileNotFoundError(2, "No such file or directory", name)
    return FILES[name]


def read(text: str, **environ: str) -> Site:
    """Read a site file whose environment is this and whose folder holds `FILES`."""
    return read_site(text, secret=secrets_from(environ, read_file), read_file=read_file)


def with_line(old: str, new: str, text: str = SITE) -> str:
    """Give the site file with one of its lines written otherwise (with `\\n` in it: as several)."""
    assert text.count(f"{old}\n") >= 1, f"the site file has no line {old!r}"
    return text.replace(f"{old}\n", f"{new}\n", 1)


def mistakes_in(text: str, **environ: str) -> tuple[Mistake, ...]:
    """Give what is wrong with a site file; nothing: ()."""
    try:
        read(text, **environ)
    except BadSiteFile as bad:
        return bad.mistakes
    return ()


def only_mistake_in(text: str, **environ: str) -> str:
    """Give the one mistake of a site file as it is printed."""
    mistakes = mistakes_in(text, **environ)
    assert len(mistakes) == 1, f"one mistake expected, these found: {[str(mistake) for mistake in mistakes]}"
    return str(mistakes[0])


def line_number(line: str, text: str) -> int:
    """Say in which line of the site file this stands first."""
    return text.split("\n").index(line) + 1
