"""PJSIP sections for agents' telephones, by the templates of `asterisk-conf/ari-controller-pjsip.conf`, which includes them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import unified_diff

from controller.provisioning.telephones import Kind, Telephone

HEAD = """\
; Agents' telephones, written by `ari-controller phones` from the site file: what is changed here is lost when it is written anew.
; ari-controller-pjsip.conf includes this file, and has the templates. It holds passwords: let nobody but Asterisk read it.
"""
_DESK = "\n; ------------------------------------------------------------------ on the desk\n"
_BROWSER = """
; ------------------------------------------------------------------ in the browser

; No section here has a password: the controller gives one to each login, and takes it away at the end of it (sorcery.conf).
"""
_PASSWORD = "password = "
_SECRET = re.compile(r"[\s;]*(?:password|secret|md5_cred)\s*=>?\s*", re.IGNORECASE)
"""The beginning of a line that holds one, however an administrator writes it, also one that is commented out."""


def sections(telephones: Iterable[Telephone], passwords: Mapping[str, str]) -> str:
    """Write them all. `passwords`: of every telephone on a desk, by its endpoint."""
    every = tuple(telephones)
    desk = [_desk(one, passwords[one.endpoint]) for one in every if one.kind is Kind.DESK]
    browser = [_browser(one) for one in every if one.kind is Kind.BROWSER]
    return "\n".join([HEAD + _DESK, *desk, *([_BROWSER.removeprefix("\n"), *browser] if browser else [])])


def _desk(one: Telephone, password: str) -> str:
    name = one.endpoint
    return (
        f"[{name}](ari-controller-agent)\nauth = {name}\naors = {name}\ncallerid = {_caller(one)}\n"
        f"[{name}](ari-controller-login)\nusername = {name}\n{_PASSWORD}{password}\n"
        f"[{name}](ari-controller-places)\n"
    )


def _browser(one: Telephone) -> str:
    name = one.endpoint
    return f"[{name}](ari-controller-browser)\nauth = {name}\naors = {name}\ncallerid = {_caller(one)}\n[{name}](ari-controller-place)\n"


def _caller(one: Telephone) -> str:
    """A quoted string of RFC 3261 (25.1), in which Asterisk's files want a semicolon escaped: otherwise it begins a comment."""
    quoted = one.name.replace("\\", "\\\\").replace('"', '\\"').replace(";", "\\;")
    return f'"{quoted}" <{one.number}>'


def changes(before: str, after: str) -> Iterator[str]:
    """Say as a unified diff what writing `after` in the place of `before` changes, without showing a password, whoever wrote it."""
    was, is_ = before.splitlines(), after.splitlines()
    old = [_hidden(line, "(the same)" if line in is_ else "(another)") for line in was]
    new = [_hidden(line, "(the same)" if line in was else "(new)") for line in is_]
    return unified_diff(old, new, "now", "new", lineterm="", n=1)


def _hidden(line: str, instead: str) -> str:
    found = _SECRET.match(line)
    return line if found is None else f"{found[0]}{instead}"
