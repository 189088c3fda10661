"""The files of `asterisk-conf/` that are added to an Asterisk that is there already: what is theirs at one site, and the lines that include
them. Text alone: whoever writes it is elsewhere.

What an administrator has written is never changed: lines are added at the end of a file, marked, and taken out again as they were added.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

DELIVERED = (Path(__file__).with_name("asterisk-conf"), Path(__file__).parents[2] / "asterisk-conf")
"""Where they are: beside this module where it was installed, at the top of a checkout."""
PREFIX = "ari-controller-"
EXTENSIONS, ARI, HTTP, PJSIP = "extensions.conf", "ari.conf", "http.conf", "pjsip.conf"
CUSTOMERS = "ari-controller-customers"
"""The dialplan context that hands a call to the controller."""
LOOPBACK = "127.0.0.1"
PORT = 8088
BEGIN = "; Added by `ari-controller init`; `ari-controller init --undo` takes it out."
BEGIN_BEHIND_NO_END = "; Added by `ari-controller init` behind a line without an end; `ari-controller init --undo` takes it out."
END = "; End of what `ari-controller init` added."

Settings = Mapping[str, Sequence[tuple[str, str]]]
"""Of each section its keys and values, in order."""

_SECTION = re.compile(r"^\[([^]]+)\]")


def delivered(name: str) -> str:
    """Read one of them, such as `http.conf` for `ari-controller-http.conf`."""
    place = next(folder for folder in DELIVERED if folder.is_dir())
    return (place / f"{PREFIX}{name}").read_text("utf-8")


def settings(text: str) -> Settings:
    """Read a configuration file as far as it is asked here: sections and their lines, without what other files add to it.

    Keys are in small letters, since Asterisk takes them in any.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    section: list[tuple[str, str]] = []
    for line in text.splitlines():
        said = line.partition(";")[0].strip()
        if begins := _SECTION.match(said):
            section = found.setdefault(begins[1], [])
        elif "=" in said:
            key, _, value = said.partition("=")
            section.append((key.strip().lower(), value.strip("> ")))
    return found


# --- One file each -----------------------------------------------------------------------------------------------------


def extensions_file(app: str) -> str:
    """`app`: the name of the Stasis application."""
    return _with_line(delivered(EXTENSIONS), " same => n,Set(CONTROLLER=controller)", f" same => n,Set(CONTROLLER={app})")


def ari_file(username: str, password: str) -> str:
    text = _with_line(delivered(ARI), "[controller]", f"[{username}]")
    text = _with_line(
        text, "; Demo password: choose a long random one.", "; Made by `ari-controller init`. The controller has it in `ari-password`."
    )
    # A semicolon would begin a comment, and the password end before it.
    return _with_line(text, "password = controller", "password = " + password.replace(";", "\\;"))


@dataclass(frozen=True, slots=True)
class Door:
    """Asterisk's HTTP server as it will be."""

    text: str
    """Of the file that is included."""
    url: str
    """For the site file."""


def http_file(existing: str, port: int | None) -> Door:
    """Leave alone what `http.conf` says already: other programs may rely on it. `port`: None: as it is, or Asterisk's own."""
    said = dict(settings(existing).get("general", ()))
    text = delivered(HTTP)
    if "bindaddr" in said:
        text = _left(text, "bindaddr = 127.0.0.1")
    listens_at = port if port is not None else int(said.get("bindport", PORT))
    if "bindport" in said and port is None:
        text = _left(text, "bindport = 8088")
    else:
        text = _with_line(text, "bindport = 8088", f"bindport = {listens_at}")
    for line in ("sessionlimit = 2100", "session_keep_alive = 120000", "session_inactivity = 60000"):
        key, _, value = line.partition(" = ")
        # More than we need is somebody else's need.
        if said.get(key, "").isdigit() and int(said[key]) >= int(value):
            text = _left(text, line)
    address = said.get("bindaddr", LOOPBACK)
    host = LOOPBACK if address in ("0.0.0.0", "::", "[::]") else address
    if ":" in host and not host.startswith("["):
        host = f"[{host}]"
    prefix = said.get("prefix", "").strip("/")
    return Door(text, f"http://{host}:{listens_at}{'/' if prefix else ''}{prefix}")


def _left(text: str, line: str) -> str:
    return _with_line(text, line, f"; {line.partition(' ')[0]} is as it stands in http.conf.")


def _with_line(text: str, line: str, instead: str) -> str:
    lines = text.split("\n")
    assert line in lines, f"the delivered file has the line {line!r}"
    return "\n".join(instead if each == line else each for each in lines)


# --- What is added to the files that are there ---------------------------------------------------------------------------


def with_lines(existing: str, name: str, more: Sequence[str] = ()) -> str:
    """Add at the end of an existing file that it includes ours, and these lines; the same text where it does already."""
    text = without_lines(existing)
    before = [] if name in (EXTENSIONS, PJSIP) or "general" in settings(text) else ["[general]"]
    begin = BEGIN if not text or text.endswith("\n") else f"\n{BEGIN_BEHIND_NO_END}"
    block = [begin, *before, f"#include {PREFIX}{name}", *more, END]
    return text + "\n".join(block) + "\n"


def without_lines(existing: str) -> str:
    """Take out what was added: the text is then what it was, byte for byte."""
    begin = rf"(?:^{re.escape(BEGIN)}|\n{re.escape(BEGIN_BEHIND_NO_END)})"
    return re.sub(rf"{begin}\n.*?^{re.escape(END)}\n", "", existing, flags=re.MULTILINE | re.DOTALL)


def is_included(existing: str, name: str) -> bool:
    """Whether an administrator has included ours by hand."""
    return re.search(rf'^#(try)?include\s+"?(\S*/)?{re.escape(PREFIX + name)}"?\s*$', without_lines(existing), re.MULTILINE) is not None


def has_templates(existing: str) -> bool:
    """Whether telephones that `ari-controller phones` writes find their templates in this pjsip.conf."""
    return re.search(rf'^#(try)?include\s+"?(\S*/)?{PREFIX}{PJSIP}', existing, re.MULTILINE) is not None


@dataclass(frozen=True, slots=True)
class Routes:
    """How calls for the controller's numbers get there."""

    lines: tuple[str, ...]
    """To be added at the end of extensions.conf."""
    by_hand: tuple[str, ...]
    """Sentences about what can't be added."""


def routes(existing: str, context: str, numbers: Sequence[str]) -> Routes:
    """Lead these numbers of an existing context to the controller, unless they lead somewhere already."""
    text = without_lines(existing)
    wanted = [f"exten => {number},1,Goto({CUSTOMERS},${{EXTEN}},1)" for number in numbers]
    found = settings(text)
    if context not in found:
        # `[name](+)` of a section that stands elsewhere would keep Asterisk from reading the whole dialplan.
        where = f"there is no [{context}] in extensions.conf itself: where it is, add"
        return Routes((), tuple(f"{where}  {line}" for line in wanted))
    taken = {value.partition(",")[0].strip() for key, value in found[context] if key == "exten"}
    by_hand = tuple(
        f"[{context}] has an extension {number} already, which was left as it is: to give its calls to the controller, write  {line}"
        for number, line in zip(numbers, wanted, strict=True)
        if number in taken
    )
    lines = tuple(line for number, line in zip(numbers, wanted, strict=True) if number not in taken)
    return Routes((f"[{context}](+)", *lines) if lines else (), by_hand)
