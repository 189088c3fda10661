"""`ari-controller phones --provision`: serves telephones their files, each once, and prints who fetched what.

It is there for as long as telephones are being set up, and for no longer: not the service. What it gives away is passwords, so it listens
on this machine only unless it speaks TLS, names no telephone to a stranger, and writes no token and no password anywhere.
"""

import asyncio
import secrets
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from controller.desktop.shares import Bucket
from controller.desktop.tls import BadCertificate, Tls
from controller.directory.site import Site
from controller.directory.site_addresses import listen_address
from controller.provisioning.device_files import Account, Asked, asked_for, file_for
from controller.provisioning.sheet import Fetching
from controller.provisioning.telephones import Kind, Telephone
from controller.provisioning.tokens import Tokens
from controller.telemetry.sentences import printable

LOCAL = "127.0.0.1:8089"
"""Where files are served unless told otherwise."""
TOKEN_BYTES = 24
REQUESTS_AT_ONCE = 20
REQUESTS_PER_SECOND = 2.0
"""Of one address. A telephone asks for some ten files that we don't have before it asks for its own."""
ADDRESSES_REMEMBERED = 1000
AGENT_LETTERS_MAX = 80
LOOPBACK = ("127.0.0.1", "::1", "localhost")
ANY_ADDRESS = ("0.0.0.0", "::")
MINUTE = 60
MINUTES_MAX = 24 * 60.0


class CantProvision(Exception):
    """The files can't be served so; `because` is a sentence that says what to do."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """Where and for how long."""

    host: str
    port: int
    url: str
    """As telephones reach it, with a slash at its end."""
    minutes: float
    tls: Tls | None


def serving(asked: str, url: str | None, minutes: float, site: Site, folder: Path) -> Serving:
    """Say where to serve. Raises `CantProvision`."""
    try:
        host, port = listen_address(asked)
    except ValueError as wrong:
        raise CantProvision(f"--provision {wrong}.") from None
    if not 0 < minutes <= MINUTES_MAX:
        raise CantProvision(f"--minutes must be more than 0 and at most {MINUTES_MAX:g}.")
    is_local = host in LOOPBACK
    tls = None
    if not is_local:
        if site.desktop.tls is None:
            raise CantProvision(
                f"Passwords would cross the network in the clear, because {asked} is open to other machines: give [desktop] `tls` a "
                f"certificate and its key, or serve on {LOCAL} behind a proxy with TLS and say its address by --url."
            )
        try:
            tls = Tls(folder / site.desktop.tls.certificate, folder / site.desktop.tls.key)
        except BadCertificate as bad:
            raise CantProvision(bad.because) from bad
    if url is not None:
        _refuse_unless_safe(url)
    name = site.telephones.server if host in ANY_ADDRESS else host
    shown = f"[{name}]" if ":" in name else name
    own = f"{'http' if tls is None else 'https'}://{shown}:{port}/"
    return Serving(host=host, port=port, url=own if url is None else f"{url.rstrip('/')}/", minutes=minutes, tls=tls)


def _refuse_unless_safe(url: str) -> None:
    """Raises `CantProvision` for an address at which passwords would cross a network in the clear."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise CantProvision("--url must be an address such as https://provision.example/.")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise CantProvision(
            f"Passwords would cross the network in the clear by {url}: let the proxy speak TLS, and say its https:// address."
        )


class Provisioning:
    """The tokens, and what is given for them."""

    def __init__(
        self,
        site: Site,
        telephones: tuple[Telephone, ...],
        passwords: Mapping[str, str],
        at: Serving,
        *,
        clock: Callable[[], float] = time.monotonic,
        tell: Callable[[str], None] = lambda line: print(line, flush=True),
    ) -> None:
        """`clock`: seconds that are never set. `tell`: takes a line for the administrator."""
        self._access = site.telephones
        self._passwords = passwords
        self._clock = clock
        self._tell = tell
        self._tokens = Tokens()
        self._buckets: dict[str, Bucket] = {}
        self._changed = asyncio.Event()
        self.ends_at = clock() + at.minutes * MINUTE
        self.fetching: dict[str, Fetching] = {}
        """What the sheet of each telephone says, by its endpoint."""
        self.shared_url = ""
        """One for all telephones whose hardware addresses the site file has; empty: it has none."""
        until = datetime.fromtimestamp(time.time() + at.minutes * MINUTE).strftime("%Y-%m-%d %H:%M")
        desks = [one for one in telephones if one.kind is Kind.DESK]
        for one in desks:
            token = self._token([one])
            self.fetching[one.endpoint] = Fetching(url=f"{at.url}{token}/", token=token, until=until)
        if known := [one for one in desks if one.mac]:
            self.shared_url = f"{at.url}{self._token(known)}/"

    def _token(self, telephones: list[Telephone]) -> str:
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self._tokens.add(token, telephones, self.ends_at)
        return token

    async def run(self, at: Serving, ready: Callable[[int], None] = lambda port: None) -> None:
        """Serve until every telephone has been served, the time is over, or somebody ends it. Raises OSError."""
        app = web.Application()
        app.router.add_get("/{token}/{name}", self._answer, allow_head=False)
        # Without an access log: a token stands in each path.
        runner = web.AppRunner(app, access_log=None, keepalive_timeout=5.0, handle_signals=False)
        await runner.setup()
        try:
            site = web.TCPSite(runner, at.host, at.port, ssl_context=at.tls.context if at.tls else None)
            await site.start()
            ready(runner.addresses[0][1])
            await self._until_over()
        finally:
            await runner.cleanup()

    async def _until_over(self) -> None:
        loop = asyncio.get_running_loop()
        ended = asyncio.Event()
        for told in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(told, ended.set)
        loop.call_later(max(0.0, self.ends_at - self._clock()), ended.set)
        waiting = asyncio.create_task(ended.wait())
        try:
            while not ended.is_set() and not self._tokens.are_all_used():
                self._changed.clear()
                changed = asyncio.create_task(self._changed.wait())
                await asyncio.wait({waiting, changed}, return_when=asyncio.FIRST_COMPLETED)
                changed.cancel()
        finally:
            waiting.cancel()
            for told in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(told)
        self._tell("Every telephone has its files." if self._tokens.are_all_used() else "No file is given any more.")

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        address = request.remote or ""
        if not self._bucket(address).take(self._clock()):
            raise web.HTTPTooManyRequests(headers={"Retry-After": "10"})
        agent = printable(request.headers.get("User-Agent", ""))[:AGENT_LETTERS_MAX]
        asked = asked_for(request.match_info["name"], agent)
        token = request.match_info["token"]
        telephone = self._tokens.telephone_for(token, asked, self._clock()) if asked is not None else None
        if asked is None:
            raise web.HTTPNotFound  # telephones ask for much that nobody has, such as a firmware
        if telephone is None:
            self._tell(f"{address}: refused a {asked.vendor} file{_by(asked)} ({agent}): the token is none, is used or over, or another's.")
            raise web.HTTPNotFound
        account = Account(telephone=telephone, password=self._passwords[telephone.endpoint], access=self._access)
        kind, text = file_for(asked, account)
        if asked.has_password:
            self._tokens.use(token, telephone)
            self._tell(f"{address}: {telephone.endpoint} ({telephone.name}) has fetched its {asked.vendor} file{_by(asked)} ({agent}).")
            self._changed.set()
        return web.Response(text=text, content_type=kind, charset="utf-8", headers={"Cache-Control": "no-store"})

    def _bucket(self, address: str) -> Bucket:
        known = self._buckets.get(address)
        if known is None:
            if len(self._buckets) >= ADDRESSES_REMEMBERED:
                self._buckets.pop(next(iter(self._buckets)))
            known = self._buckets[address] = Bucket(REQUESTS_AT_ONCE, REQUESTS_PER_SECOND, self._clock())
        return known


def _by(asked: Asked) -> str:
    return f" as {asked.mac}" if asked.mac else ""


def provision(given: Provisioning, at: Serving, telephones: tuple[Telephone, ...], *, show_urls: bool) -> None:
    """Say where the files are, and serve them. `show_urls`: no sheets say where each is. Raises OSError."""

    def ready(port: int) -> None:
        print(f"Files are served on {at.host}:{port} for {at.minutes:g} minutes; Ctrl-C ends it.", file=sys.stderr, flush=True)
        if given.shared_url:
            print(f"{given.shared_url}  every telephone whose `mac` the site file has", flush=True)
        for one in telephones if show_urls else ():
            if one.endpoint in given.fetching:
                print(f"{given.fetching[one.endpoint].url}  {one.endpoint} ({one.name})", flush=True)

    asyncio.run(given.run(at, ready))
