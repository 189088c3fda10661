"""Colleagues from a directory that speaks LDAP, such as OpenLDAP or Active Directory."""

from pathlib import Path

from controller.dialling.listed_number import ListedNumbers
from controller.directory.ids import Seconds
from controller.directory.organisation import LdapSource
from controller.organisation.child import as_fetched, of_the_site, run_child
from controller.organisation.provider import Fetched, KeepAs, Take

READER = "controller.organisation.ldap_reader"


class LdapProvider:
    """Has everybody read anew each time: a directory does not say what has changed without rights that nobody should give us."""

    presence = None

    def __init__(self, source: LdapSource, *, folder: Path, numbers: ListedNumbers, seconds_max: Seconds) -> None:
        """`folder`: to which the names of files are relative."""
        self._source = source
        self._folder = folder
        self._numbers = numbers
        self._seconds_max = seconds_max

    async def fetch(self, take: Take, keep: KeepAs | None) -> Fetched:
        source = self._source
        asked = {
            "url": source.url,
            "host": source.host,
            "port": source.port,
            "security": source.security,
            "ca_file": str(self._folder / source.ca_file) if source.ca_file else None,
            "bind_dn": source.bind_dn,
            # The program reads it each time: a password that was changed needs no restart, and never comes into this process.
            "password_file": str(self._folder / source.password_file) if source.password_file else None,
            "base": source.base,
            "filter": source.filter,
            "attributes": dict(source.attributes),
            "page_size": source.page_size,
            "seconds_max": self._seconds_max,
            **of_the_site(self._numbers, keep),
        }
        return as_fetched(await run_child(READER, asked, take, seconds_max=self._seconds_max))
