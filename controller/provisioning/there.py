"""What the files of an Asterisk of this machine say, with what they include: read, and never written.

A file may have been changed since Asterisk read it, and a dialplan can be elsewhere (AEL, Lua, a database): what is not there is unknown.
"""

import re
from pathlib import Path

from controller.provisioning.asterisk_files import Settings, settings

INCLUDES_MAX = 200
"""So many files are read for one; more include one another."""
_INCLUDE = re.compile(r'^#(?:try)?include\s+"?([^"\n;]+?)"?\s*(?:;.*)?$', re.MULTILINE)
_OURS = re.compile(r"(?<![\w-])ari-controller-(agents|customers)(?![\w-])")
_STASIS = re.compile(r"(?<!\w)Stasis\([^,()]*,\s*(agent|customer)\b")
_GOTO = re.compile(r"(?<!\w)(?:Goto|Gosub)\(\s*([\w.-]+)\s*,[^,()]*,[^()]*\)")


class Files:
    """One folder, such as /etc/asterisk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, Settings | None] = {}

    def of(self, name: str) -> Settings | None:
        """Give the sections of a file, and of all that it includes; None: it can't be read."""
        if name not in self._known:
            text = self._read(Path(name))
            self._known[name] = settings(self._with_included(text, [INCLUDES_MAX])) if text is not None else None
        return self._known[name]

    def value(self, name: str, section: str, key: str, default: str) -> str | None:
        """Give the last value of a key; `default`: Asterisk's, where it is not there; None: the file can't be read."""
        found = self.of(name)
        return dict(found.get(section, ())).get(key, default) if found is not None else None

    def _read(self, name: Path) -> str | None:
        try:
            return (self._folder / name).read_text("utf-8", "replace")
        except OSError:
            return None

    def _with_included(self, text: str, left: list[int]) -> str:
        def included(found: re.Match[str]) -> str:
            texts: list[str] = []
            pattern = Path(found[1])
            folder, names = (pattern.parent, pattern.name) if pattern.is_absolute() else (self._folder / pattern.parent, pattern.name)
            for path in sorted(folder.glob(names)):
                left[0] -= 1
                inner = self._read(path) if left[0] >= 0 else None
                if inner is not None:
                    texts.append(self._with_included(inner, left))
            return "\n".join(texts)

        return _INCLUDE.sub(included, text)


def comes_to(dialplan: Settings, context: str) -> frozenset[str] | None:
    """Say as whose the calls of a context come to the controller: `agents`, `customers`; None: there is no such context.

    A call that may go several ways is said to go all of them: which one depends on what was dialled.
    """
    if context not in dialplan:
        return None
    found = set[str]()
    _follow(dialplan, context, found, set())
    return frozenset(found)


def _follow(dialplan: Settings, context: str, found: set[str], seen: set[str]) -> None:
    if ours := _OURS.fullmatch(context):
        found.add(ours[1])
        return
    lines = dialplan.get(context, ())
    if context in seen:
        return
    seen.add(context)
    for key, value in lines:
        if key == "include":
            _follow(dialplan, re.split(r"[|,]", value)[0].strip(), found, seen)
        elif key in ("exten", "same"):
            found.update(_OURS.findall(value))
            found.update(f"{who}s" for who in _STASIS.findall(value))
            for there in _GOTO.findall(value):
                _follow(dialplan, there, found, seen)
