"""`python -m controller.organisation.ldap_reader`: the program that reads the people of a directory over LDAP (see `reading`).

Nothing that an agent types ever comes here: the filter is the site file's. No time limit of the library covers a server that trickles, so
the controller ends this process when its time is over.
"""

import re
import ssl
import sys
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ldap3 import AUTO_BIND_NONE, NONE, SUBTREE, Connection, Server, Tls
from ldap3.core.exceptions import (
    LDAPException,
    LDAPInvalidFilterError,
    LDAPSessionTerminatedByServerError,
    LDAPSocketOpenError,
    LDAPSocketReceiveError,
    LDAPStartTLSError,
)
from pyasn1.error import PyAsn1Error

from controller.directory.colleagues import Colleague
from controller.organisation.reading import TEXT_LETTERS_MAX, Everybody, NotFetched, Said, be_a_reader, everybody_asked
from controller.organisation.secret_files import secret_in

CONNECT_SECONDS_MAX = 10
ANSWER_SECONDS_MAX = 20
"""For one piece of an answer. The organisation's own limit, where it is shorter, comes first."""
PASSWORD_BYTES_MAX = 1000
VALUES_MAX = 20
"""Of one attribute of one person."""

PAGED_RESULTS = "1.2.840.113556.1.4.319"

Entry = Mapping[str, Any]


def read(asked: Said) -> tuple[Sequence[Colleague], dict[str, Any]]:
    """Read everybody. Raises `NotFetched`."""
    everybody = everybody_asked(asked)
    connection = _connection(asked)
    try:
        _log_in(connection, asked)
        _take_all(connection, asked, everybody)
    except LDAPInvalidFilterError as wrong:
        raise NotFetched(f"the filter {asked['filter']} is not one of LDAP: look at its brackets") from wrong
    except (LDAPException, OSError) as failed:
        raise NotFetched(_in_words(failed, asked)) from failed
    except (PyAsn1Error, ValueError, IndexError, TypeError, KeyError, AttributeError) as wrong:
        # What the library raises where an answer is none of LDAP.
        raise NotFetched(f"{asked['url']} says something that is not LDAP: look at its host and port") from wrong
    return everybody.in_order(), everybody.told(time.time())


class _CheckedTls(Tls):  # type: ignore[misc] # the library says no types
    """TLS whose certificate Python itself checks, names and addresses alike (RFC 6125, RFC 5280).

    The library's own check (ldap3 2.9.1) takes any certificate unless it is told not to, and from Python 3.12 on finds no address in one.
    """

    def wrap_socket(self, connection: Connection, do_handshake: bool = False) -> None:
        context = ssl.create_default_context(cafile=self.ca_certs_file)
        host = connection.server.host
        connection.socket = context.wrap_socket(connection.socket, server_hostname=host, do_handshake_on_connect=do_handshake)


def _connection(asked: Said) -> Connection:
    host = asked["host"]
    if asked["ca_file"]:
        _check_authorities(asked["ca_file"])
    server = Server(
        host,
        asked["port"],
        use_ssl=asked["security"] == "ldaps",
        tls=_CheckedTls(ca_certs_file=asked["ca_file"]),
        get_info=NONE,
        connect_timeout=CONNECT_SECONDS_MAX,
    )
    return Connection(
        server,
        user=asked["bind_dn"] or None,
        password=secret_in(asked["password_file"], "password_file", PASSWORD_BYTES_MAX) if asked["bind_dn"] else None,
        auto_bind=AUTO_BIND_NONE,
        # The directory says where they lead: to follow one would take our password there.
        auto_referrals=False,
        read_only=True,
        check_names=False,
        return_empty_attributes=False,
        receive_timeout=ANSWER_SECONDS_MAX,
    )


def _check_authorities(ca_file: str) -> None:
    """Look into it before the library does, which says of a mistake in it that the directory can't be reached."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(ca_file)
    except ssl.SSLError:
        raise NotFetched("ca_file holds no certificate in PEM form") from None
    except OSError as failed:
        raise NotFetched(f"ca_file can't be read: {failed.strerror or failed}") from failed


def _log_in(connection: Connection, asked: Said) -> None:
    """Connect, agree on TLS, and only then say who we are."""
    connection.open(read_server_info=False)
    if asked["security"] == "start-tls":
        connection.start_tls(read_server_info=False)
    if not connection.bind(read_server_info=False):
        raise NotFetched(_refused(connection.result, asked))


def _take_all(connection: Connection, asked: Said, everybody: Everybody) -> None:
    wanted = sorted({name for names in asked["attributes"].values() for name in names})
    elsewhere = 0
    for page in _pages(connection, asked, wanted):
        for entry in page:
            if entry["type"] == "searchResEntry":
                everybody.take(entry["dn"][:TEXT_LETTERS_MAX] or "an entry without a name", _values(entry, asked["attributes"]))
            else:
                elsewhere += 1
    if elsewhere:
        everybody.note(f"{elsewhere} references to other directories were not followed: whoever is there needs an [[organisation]] too")
    if not everybody.rows:
        everybody.note("the filter finds nobody under base: look at base and filter, and whether bind_dn may read there")


def _pages(connection: Connection, asked: Said, wanted: Sequence[str]) -> Iterator[Sequence[Entry]]:
    """Ask for page after page. The library's own way ends without a word where the directory refuses a page (measured)."""
    cookie = None
    while True:
        connection.search(
            asked["base"],
            asked["filter"],
            SUBTREE,
            attributes=wanted,
            paged_size=asked["page_size"],
            paged_criticality=True,
            paged_cookie=cookie,
        )
        if connection.result["result"] != _SUCCESS:
            raise NotFetched(_refused(connection.result, asked))
        yield connection.response
        control = connection.result.get("controls", {}).get(PAGED_RESULTS)
        cookie = control["value"]["cookie"] if control else None
        if not cookie:
            return


# --- An entry as a person ----------------------------------------------------------------------------------------------


def _values(entry: Entry, attributes: Mapping[str, Sequence[str]]) -> dict[str, object]:
    # A directory names attributes in its own capitals, not in ours.
    raw = {name.casefold(): values for name, values in entry["raw_attributes"].items()}

    def all_of(key: str) -> list[str]:
        return [_text(name, value) for name in attributes[key] for value in raw.get(name.casefold(), ())[:VALUES_MAX]]

    def first_of(key: str) -> str:
        return next(filter(None, all_of(key)), "")

    first_name, last_name = first_of("first_name"), first_of("last_name")
    return {
        "id": first_of("id"),
        "name": first_of("name") or f"{first_name} {last_name}".strip() or first_of("login"),
        "first_name": first_name,
        "title": first_of("title"),
        "department": first_of("department"),
        "number": all_of("number"),
    }


def _text(name: str, value: bytes) -> str:
    if name.casefold() == "objectguid" and len(value) == _GUID_BYTES:
        return str(uuid.UUID(bytes_le=value))  # as Active Directory's own tools write it
    return value.decode("utf-8", errors="replace")[:TEXT_LETTERS_MAX].strip()


_GUID_BYTES = 16


# --- What went wrong, in words -----------------------------------------------------------------------------------------

_SUCCESS = 0
_CERTIFICATE = re.compile(r"certificate verify failed: ([^(\]]+)")
_NO_TLS = re.compile(r"\[SSL[^\]]*\] ([^(\]]+)")
_OTHER_HOST = re.compile(r"doesn't match|IP address mismatch|Hostname mismatch")
_OF_ACTIVE_DIRECTORY = re.compile(r"\bdata ([0-9a-f]{3,4})\b")


def _refused(result: Mapping[str, Any], asked: Said) -> str:
    """Say what a result that is no success means for whoever looks after the site file."""
    message = " ".join(str(result.get("message") or "").split())[:TEXT_LETTERS_MAX]
    because = _REFUSALS.get(result["result"], "the directory refuses: {description}").format(
        **{key: asked[key] for key in ("bind_dn", "base", "page_size", "url")}, description=result["description"]
    )
    found = _OF_ACTIVE_DIRECTORY.search(message)
    if found and found[1].lstrip("0") in _LOG_IN_REFUSALS:
        return f"{because}: {_LOG_IN_REFUSALS[found[1].lstrip('0')]}"
    return f"{because} (it says: {message})" if message else because


_REFUSALS: Mapping[int, str] = {
    1: "the directory does not take the question; Active Directory says so where bind_dn and password_file are missing",
    3: "the directory gives up: the question takes it longer than it allows",
    4: "the directory gives fewer people than there are to bind_dn: have its limit lifted (sizeLimitExceeded)",
    8: "the directory wants a safer connection: use ldaps:// (strongerAuthRequired)",
    10: "the directory has no {base} itself and names another one, which is not asked: give url the one that has it",
    11: "the directory refuses pages of {page_size}: make page_size smaller, or have its limit lifted (adminLimitExceeded)",
    12: "the directory can't give a long list in pages (unavailableCriticalExtension)",
    13: "the directory wants a safer connection: use ldaps:// (confidentialityRequired)",
    32: "there is no {base} in the directory, or bind_dn may not see it: look at base",
    34: "base or bind_dn is not a name of LDAP, such as ou=people,dc=example,dc=com (invalidDNSyntax)",
    48: "the directory does not let {bind_dn} log in with a password (inappropriateAuthentication)",
    49: "the directory refuses the name or the password: look at bind_dn and password_file (invalidCredentials)",
    50: "{bind_dn} may not read the people under {base} (insufficientAccessRights)",
    51: "the directory is busy",
    52: "the directory is not there for us at the moment (unavailable)",
    53: "the directory is not willing to answer (unwillingToPerform)",
}

_LOG_IN_REFUSALS: Mapping[str, str] = {
    "525": "there is no such user",
    "52e": "the password is wrong",
    "530": "the user may not log in at this time of day",
    "531": "the user may not log in from this machine",
    "532": "the password has expired",
    "533": "the account is disabled",
    "701": "the account has expired",
    "773": "the password must be changed first",
    "775": "the account is locked",
}
"""What Active Directory means by the code in its message."""


def _in_words(failed: Exception, asked: Said) -> str:
    url, because = asked["url"], str(_last_of(failed))
    untrusted = _CERTIFICATE.search(because)
    if _OTHER_HOST.search(because):
        return f"the certificate of {url} is one for another host: write the host as its certificate has it"
    if untrusted:
        authority = "ca_file must hold the authority that signed it" if "issuer" in because or "self" in because else "have it renewed"
        return f"the certificate of {url} is not trusted: {untrusted[1].strip()}; {authority}"
    no_tls = _NO_TLS.search(because)
    if no_tls:
        return f"{url} does not speak TLS as we do: {no_tls[1].strip()}; is this the port for it?"
    match failed:
        case LDAPStartTLSError():
            return f"{url} does not agree to StartTLS: use ldaps:// ({_short(because)})"
        case LDAPSessionTerminatedByServerError():
            return f"{url} has ended the connection"
        case LDAPSocketOpenError() if "timed out" in because:
            return f"{url} does not answer"
        case LDAPSocketOpenError():
            return f"{url} can't be reached: {_short(because)}"
        case LDAPSocketReceiveError():
            return f"{url} has stopped answering: {_short(because)}"
        case _:
            return f"{url} could not be read: {_short(because)}"


def _last_of(failed: Exception) -> Exception:
    """Where a host has several addresses the library tells of all; the last one tried stands for them."""
    match failed.args:
        case (str(), [*_, (Exception() as last, _)]):
            return last
        case _:
            return failed


def _short(text: str) -> str:
    return re.sub(r"^(socket|startTLS|wrap|error|connection|ssl|wrapping|receiving|data|while|opening|sending|failed|-|:|\s)+", "", text)[
        :160
    ]


if __name__ == "__main__":
    sys.exit(be_a_reader(read))
