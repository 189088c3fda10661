"""What must be asked over plain HTTP, before there is a connection: which release this Asterisk is.

Must never put a password into a URL.
"""

import ssl

import aiohttp
from pydantic import TypeAdapter

from controller.asterisk.capabilities import Release
from controller.asterisk.errors import AriError, SwitchAway, failure
from controller.asterisk.resources import FromAsterisk
from controller.asterisk.transport import CONNECT_SECONDS_MAX, reply_of
from controller.directory.site import AsteriskAccess
from controller.floor.trouble import trouble_in_words

WHICH_RELEASE = "GET asterisk/info?only=system"


class _System(FromAsterisk):
    version: str


class _About(FromAsterisk):
    system: _System


_ABOUT = TypeAdapter(_About)


def session_for(access: AsteriskAccess) -> aiohttp.ClientSession:
    """Make what requests are asked with; whoever asks closes it. The password goes into a header, never into a URL."""
    headers = {"Authorization": aiohttp.encode_basic_auth(access.username, access.password)}
    return aiohttp.ClientSession(headers=headers, connector=aiohttp.TCPConnector(ssl=trusted_by(access)))


def trusted_by(access: AsteriskAccess) -> ssl.SSLContext:
    """Trust the authorities that this machine trusts now: the system's, or those of SSL_CERT_FILE. Reading them is for https only."""
    return ssl.create_default_context() if access.url.startswith("https:") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


async def release_of(session: aiohttp.ClientSession, access: AsteriskAccess) -> Release | None:
    """Ask which release this is; None: it says no number. Raises an `AriError`."""
    timeout = aiohttp.ClientTimeout(total=CONNECT_SECONDS_MAX)
    try:
        async with session.get(f"{access.url}/ari/asterisk/info", params={"only": "system"}, timeout=timeout) as answer:
            body = await answer.text(errors="replace")
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        raise no_connection(WHICH_RELEASE, access.url, CONNECT_SECONDS_MAX, error) from error
    reply = reply_of(WHICH_RELEASE, answer.status, answer.reason or "", body)
    return Release.read(reply.read(_ABOUT).system.version)


def no_connection(what: str, url: str, seconds_max: float, error: BaseException) -> AriError:
    """Say as one of our errors why a connection could not be opened: nothing was asked yet."""
    match error:
        case TimeoutError():
            return SwitchAway(what, f"{url} did not answer in {seconds_max:g} s", sent=False)
        case aiohttp.WSServerHandshakeError():
            return failure(what, error.status, error.message)
        case aiohttp.ClientConnectorCertificateError():
            return SwitchAway(what, f"its certificate is not trusted: {error.certificate_error}", sent=False)
        case aiohttp.ClientConnectorError(os_error=ConnectionRefusedError()):
            return SwitchAway(what, "nothing listens there", sent=False)
        case aiohttp.ClientConnectorError():
            return SwitchAway(what, error.os_error.strerror or str(error.os_error), sent=False)
        case _:
            return SwitchAway(what, trouble_in_words(error), sent=False)
