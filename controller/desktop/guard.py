"""What is refused before anybody looks at what is asked for: requests in no form of ours, for another name, or far too many."""

import asyncio
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web

from controller.desktop.authentication import session_by_token
from controller.desktop.connections import Answer, Place, conversation_of
from controller.desktop.problems import Problem, problems
from controller.desktop.wiring import Wiring

UNKNOWN_NAME = "This controller does not go by the name in the Host header: an administrator can add it to `host_names`."


class Guard:
    """Stands before the application, and turns whatever goes wrong there into a problem."""

    def __init__(self, answer: Answer, wiring: Wiring, place: Place) -> None:
        self._answer = answer
        self._wiring = wiring
        self._place = place
        self._names = {name.lower() for name in (place.host, *place.names)}

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request, whatever comes."""
        connection = conversation_of(request)
        connection.is_busy = True
        try:
            answer = await problems(request, self._let_in)
        finally:
            connection.is_busy = False
        if not answer.prepared:
            answer.headers.update(self._place.headers)
        return answer

    async def _let_in(self, request: web.BaseRequest) -> web.StreamResponse:
        # First of all, so that whatever is refused for another reason counts as well.
        await self._must_have_a_share(request)
        _must_be_in_a_form_of_ours(request)
        self._must_name_us(request)
        return await self._answer(request)

    async def _must_have_a_share(self, request: web.BaseRequest) -> None:
        wiring, connection = self._wiring, conversation_of(request)
        session = session_by_token(request, wiring.sessions, wiring.cookie, wiring.clock())
        if session is not None:
            connection.belongs_to(session.agent)
        elif not self._place.is_behind_proxy:
            try:
                wiring.rates.count_stranger(connection.address)
            except Problem:
                # Whoever is told at once asks again at once, and that costs as much as an answer.
                await asyncio.sleep(wiring.limits.refused_seconds)
                raise

    def _must_name_us(self, request: web.BaseRequest) -> None:
        """Another page can make its own name lead to us (DNS rebinding), and is then taken by the browser for a page of ours.

        What is in no browser need not say a name: HTTP/1.0 has none.
        """
        connection = conversation_of(request)
        said = request.headers.get("Host")
        if said is not None and said != connection.named and not self._is_ours(said, connection.own_address):
            raise Problem("wrong-host", UNKNOWN_NAME)
        # A whole address in the request line stands above the header.
        if not request.raw_path.startswith(("/", "*")) and not self._is_ours(request.host, connection.own_address):
            raise Problem("wrong-host", UNKNOWN_NAME)
        connection.named = said

    def _is_ours(self, host: str, here: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return name in self._names or is_of_this_machine(name, here)


def is_of_this_machine(name: str, here: str) -> bool:
    """The machine's own names and addresses; `here` is the one that a connection has come to."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback or ip_address(name) == ip_address(here)
    except ValueError:
        return False


def _must_be_in_a_form_of_ours(request: web.BaseRequest) -> None:
    if conversation_of(request).speaks_another_http:
        raise Problem("version-not-supported", "Speak HTTP/1.1.")
    if "Content-Encoding" in request.headers:
        raise Problem(
            "unsupported-media-type", "Send the body as it is, without Content-Encoding.", headers={"Accept-Encoding": "identity"}
        )
    if request.headers.get("Expect", "100-continue").lower() != "100-continue":
        raise Problem("expectation-failed", "Nothing can be expected here but 100-continue.")
