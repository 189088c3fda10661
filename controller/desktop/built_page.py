"""The Agent Desktop's page, as the build made it: read once at the start, and given to every browser with rules that let nothing else in.

Nothing is made here. Where the page was not built, whoever opens it is told so in one sentence.
"""

import base64
import gzip
import hashlib
import mimetypes
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from controller.desktop.problems import HEADERS

BUILT_PAGE = Path(__file__).parent / "page" / "dist"
"""Where `controller/desktop/page/build` puts what it made."""

PATHS = ("/", "/wallboard")
"""One page with two views: it looks at its own address."""

NOT_BUILT = (
    "The Agent Desktop's page was not built: run controller/desktop/page/build in the checkout, "
    "or install the released package, which has it.\n"
)

NONCE = "__CSP_NONCE__"
"""Stands in index.html where a library that makes a style by script looks for the nonce that lets it."""
NONCE_BYTES = 16

FOR_EVER = "public, max-age=31536000, immutable"
"""A file whose name has its content's hash in it never changes: a year is the most that HTTP knows."""
PACKED_BYTES_MIN = 256
"""Below that the packing costs more than it saves."""

PERMISSIONS = "microphone=(self), speaker-selection=(self), camera=(), geolocation=(), display-capture=()"


@dataclass(frozen=True, slots=True)
class _File:
    """One file as it goes out."""

    content_type: str
    plain: bytes
    packed: bytes | None
    """With gzip; None: it would not get smaller."""
    etag: str

    @classmethod
    def of(cls, name: str, plain: bytes) -> "_File":
        packed = gzip.compress(plain, mtime=0) if len(plain) >= PACKED_BYTES_MIN else plain
        return cls(
            content_type=_content_type(name),
            plain=plain,
            packed=packed if len(packed) < len(plain) else None,
            etag=f'"{base64.b32encode(hashlib.sha256(plain).digest())[:26].decode().lower()}"',
        )


def _content_type(name: str) -> str:
    guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
    is_text = guessed.startswith("text/") or guessed in ("application/json", "image/svg+xml")
    return f"{guessed}; charset=utf-8" if is_text else guessed


@dataclass(slots=True)
class BuiltPage:
    """What the build made. `read` it before the first request."""

    folder: Path = BUILT_PAGE
    _index: str | None = None
    _files: Mapping[str, _File] = field(default_factory=dict)

    def read(self) -> None:
        """Read everything into memory and pack it; nothing is read later, so a build beside us can't show half of itself."""
        index = self.folder / "index.html"
        if not index.is_file():
            return
        self._index = index.read_text()
        found = (path for path in sorted(self.folder.rglob("*")) if path.is_file() and path != index)
        self._files = {name: _File.of(name, path.read_bytes()) for path in found for name in [path.relative_to(self.folder).as_posix()]}

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Serve the page, and nothing but the files that the build made."""
        for path in PATHS:
            router.add_get(path, self._respond_page)
        router.add_get("/{name:(?:assets/.+|[^/]+[.][a-z0-9]+)}", self._respond_file)

    async def _respond_page(self, request: web.Request) -> web.Response:
        if self._index is None:
            return web.Response(status=503, text=NOT_BUILT, headers={**HEADERS, "Retry-After": "60"})
        nonce = secrets.token_urlsafe(NONCE_BYTES) if NONCE in self._index else ""
        # A new one for each answer, so that it is never kept: the page names its newest files and nothing else.
        headers = {**HEADERS, **_page_headers(nonce)}
        return web.Response(text=self._index.replace(NONCE, nonce), content_type="text/html", charset="utf-8", headers=headers)

    async def _respond_file(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        file = self._files.get(name)
        if file is None:
            raise web.HTTPNotFound
        has_hash = name.startswith("assets/")
        headers = {**HEADERS, "Cache-Control": FOR_EVER if has_hash else "no-cache", "ETag": file.etag, "Vary": "Accept-Encoding"}
        if file.etag in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=headers)
        headers["Content-Type"] = file.content_type
        if file.packed is None or "gzip" not in request.headers.get("Accept-Encoding", ""):
            return web.Response(body=file.plain, headers=headers)
        return web.Response(body=file.packed, headers={**headers, "Content-Encoding": "gzip"})


def _page_headers(nonce: str) -> Mapping[str, str]:
    """What the page may do: talk to the server that it came from, and show and play what it has from there or made itself."""
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": f"'self' 'nonce-{nonce}'" if nonce else "'self'",
        "connect-src": "'self'",
        "img-src": "'self' data: blob:",
        "media-src": "'self' blob:",
        "font-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{what} {where}" for what, where in policy.items()),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": PERMISSIONS,
    }
