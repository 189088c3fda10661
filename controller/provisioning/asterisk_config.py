"""Reads an Asterisk's configuration files as Asterisk reads them: sections with templates, files that include others. Runs no `#exec`.

Nothing is refused: what can't be read is told, and the rest is used.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

FILES_MAX = 1_000
"""So many files may include one another; more is a circle."""
DEPTH_MAX = 20

_SECTION = re.compile(r"\[(?P<name>[^\]]+)\]\s*(?:\((?P<options>[^)]*)\))?")
_DIRECTIVE = re.compile(r"#(?P<what>\w+)\s+[\"<]?(?P<file>[^\">]+?)[\">]?\s*$")


@dataclass(slots=True)
class Section:
    """One section, with what its templates say before what it says itself."""

    name: str
    settings: list[tuple[str, str]]
    is_template: bool = False

    def get(self, key: str) -> str:
        """The value that counts, which is the last one; empty: there is none."""
        return next((value for known, value in reversed(self.settings) if known == key), "")

    def all(self, key: str) -> list[str]:
        """Every value, in order, for keys that may stand more than once."""
        return [value for known, value in self.settings if known == key]


@dataclass(slots=True)
class AsteriskConfig:
    """The sections of a file and of all that it includes, in their order, templates among them. Keys are in small letters."""

    sections: list[Section] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    """What could not be read, as sentences."""

    def of_type(self, kind: str) -> Iterator[Section]:
        """Sections of one type of PJSIP, without templates."""
        return (section for section in self.sections if not section.is_template and section.get("type").lower() == kind)


def read_config(*paths: Path) -> AsteriskConfig:
    """Read these files one after the other, and what they include. A file that is not there is told."""
    found = AsteriskConfig()
    reader = _Reader(paths[0].parent, found)
    for path in paths:
        reader.read(path, 0)
    return found


def text_of(path: Path) -> tuple[str, bool]:
    """Read a file that is in UTF-8, or else in Windows' Western letters; says which: True is UTF-8. Raises OSError."""
    held = path.read_bytes()
    try:
        return held.decode("utf-8-sig"), True
    except UnicodeDecodeError:
        return held.decode("cp1252", "replace"), False


class _Reader:
    def __init__(self, folder: Path, found: AsteriskConfig) -> None:
        self._folder = folder
        self._found = found
        self._files = 0
        self._now: Section | None = None

    def read(self, path: Path, depth: int) -> None:
        self._files += 1
        if self._files > FILES_MAX or depth > DEPTH_MAX:
            self._found.troubles.append(f"{path} was left out: files include one another in a circle")
            return
        try:
            text, is_utf8 = text_of(path)
        except OSError as failed:
            self._found.troubles.append(f"{path} can't be read: {failed.strerror or failed}")
            return
        if not is_utf8:
            self._found.troubles.append(f"{path} is not in UTF-8: it was read as Windows-1252, so look whether accents are right")
        for said in _lines(text):
            self._take(said, path, depth)

    def _take(self, said: str, path: Path, depth: int) -> None:
        if said.startswith("#"):
            self._include(said, path, depth)
        elif begins := _SECTION.match(said):
            self._begin(begins["name"].strip(), begins["options"] or "", path)
        elif "=" in said and self._now is not None:
            key, _, value = said.partition("=")
            self._now.settings.append((key.strip().lower(), value.lstrip(">").strip()))

    def _include(self, said: str, path: Path, depth: int) -> None:
        found = _DIRECTIVE.match(said)
        what = found["what"].lower() if found is not None else ""
        if found is None or what not in ("include", "tryinclude"):
            self._found.troubles.append(f"{path}: {said!r} was left out: only files are read, and no command is run")
            return
        pattern = found["file"]
        folder = Path("/") if pattern.startswith("/") else self._folder
        files = sorted(folder.glob(pattern.lstrip("/")))
        for file in files:
            self.read(file, depth + 1)
        if not files and what == "include" and not set("*?[") & set(pattern):
            self._found.troubles.append(f"{path} includes {pattern}, which is not there")

    def _begin(self, name: str, options: str, path: Path) -> None:
        words = [word.strip() for word in options.split(",") if word.strip()]
        added_to = next((word for word in words if word.startswith("+")), None)
        if added_to is not None and (known := self._known(name, added_to[1:])) is not None:
            self._now = known
            return
        section = Section(name, [], is_template="!" in words)
        for word in words:
            if word == "!" or word.startswith("+"):
                continue
            template = next((each for each in reversed(self._found.sections) if each.name == word), None)
            if template is None:
                self._found.troubles.append(f"{path}: [{name}] names the template {word!r}, which stands nowhere before it")
            else:
                section.settings += template.settings
        self._found.sections.append(section)
        self._now = section

    def _known(self, name: str, condition: str) -> Section | None:
        """Find the section that `[name](+)` adds to, or `[name](+type=endpoint)`."""
        key, _, value = condition.partition("=")
        ours = (section for section in reversed(self._found.sections) if section.name == name)
        return next((section for section in ours if not condition or section.get(key.strip().lower()) == value.strip()), None)


def _lines(text: str) -> Iterator[str]:
    """Give each line without its comments, and none that is empty."""
    within = 0
    for line in text.splitlines():
        said, at = "", 0
        while at < len(line):
            if line.startswith(";--", at) and not line.startswith(";---", at):
                within, at = within + 1, at + 3
            elif within and line.startswith("--;", at):
                within, at = within - 1, at + 3
            elif within:
                at += 1
            elif line.startswith("\\;", at):
                said, at = said + ";", at + 2
            elif line[at] == ";":
                break
            else:
                said, at = said + line[at], at + 1
        if said.strip():
            yield said.strip()
