"""The part of a site file that is about organisations: what becomes of it, and what in it does not fit together."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from controller.directory.ids import OrganisationId
from controller.directory.organisation import Attribute, FileSource, GraphSource, LdapSource, Organisation
from controller.directory.site_dialling import no_such_trunk
from controller.directory.site_mistakes import Path, Report
from controller.directory.site_shape import Tables
from controller.directory.site_tables import OrganisationTable

LISTS = (".toml", ".csv")
ORGANISATIONS_MAX = 20
"""Each keeps its people in memory, and every search looks through all of them."""

SECONDS_PER_MINUTE = 60

KEYS: Mapping[str, frozenset[str]] = {
    "file": frozenset({"file"}),
    "ldap": frozenset({"url", "ca_file", "bind_dn", "password_file", "base", "preset", "filter", "attributes", "page_size"}),
    "graph": frozenset({"tenant", "client_id", "secret_file", "certificate_file", "authority", "graph_url", "ca_file"}),
}
"""The keys that only some kinds have."""

PAGE_SIZE = 500
"""What both OpenLDAP (500) and Active Directory (1000) give as they come."""


@dataclass(frozen=True, slots=True)
class Preset:
    """What a sort of directory calls things."""

    filter: str
    attributes: Mapping[Attribute, tuple[str, ...]]


PRESETS: Mapping[str, Preset] = {
    "openldap": Preset(
        "(objectClass=inetOrgPerson)",
        {
            "id": ("entryUUID",),
            "name": ("displayName", "cn"),
            "first_name": ("givenName",),
            "last_name": ("sn",),
            "login": ("uid",),
            "title": ("title",),
            "department": ("departmentNumber", "ou"),
            "number": ("telephoneNumber",),
        },
    ),
    "active-directory": Preset(
        # Of the bits of userAccountControl, 2 says that the account is disabled.
        "(&(objectCategory=person)(objectClass=user)(!(userAccountControl:1.2.840.113556.1.4.803:=2)))",
        {
            "id": ("objectGUID",),
            "name": ("displayName", "cn"),
            "first_name": ("givenName",),
            "last_name": ("sn",),
            "login": ("sAMAccountName",),
            "title": ("title",),
            "department": ("department",),
            "number": ("telephoneNumber", "otherTelephone", "ipPhone"),
        },
    ),
}
"""A mobile number is private in many places: it is read only where the site names its attribute."""

_LDAP_URL = re.compile(r"(?P<scheme>ldaps?)://(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9][A-Za-z0-9.-]*)(:(?P<port>[0-9]{1,5}))?/?")
_LDAP_PORTS = {"ldap": 389, "ldaps": 636}
_PORT_MAX = 65_535
_THIS_MACHINE = re.compile(r"localhost|127(\.[0-9]{1,3}){3}|::1")


def organisations(tables: Tables) -> tuple[Organisation, ...]:
    """Make them of tables that have no mistake."""
    return tuple(
        Organisation(
            id=OrganisationId(table.id),
            name=table.name,
            source=_source(table),
            refresh_seconds=table.refresh_minutes * SECONDS_PER_MINUTE,
            deadline_seconds=table.deadline_seconds,
            is_teams=table.teams or table.kind == "graph",
            single_sign_on=table.single_sign_on,
        )
        for table in tables.organisations.values()
    )


def _source(table: OrganisationTable) -> FileSource | LdapSource | GraphSource:
    match table.kind:
        case "file":
            return FileSource(file=table.file or "")
        case "ldap":
            return _ldap(table)
        case _:
            known = {"authority": table.authority, "graph_url": table.graph_url}
            return GraphSource(
                tenant=table.tenant or "",
                client_id=table.client_id or "",
                secret_file=table.secret_file or "",
                certificate_file=table.certificate_file or "",
                ca_file=table.ca_file or "",
                **{key: value for key, value in known.items() if value is not None},
            )


def _ldap(table: OrganisationTable) -> LdapSource:
    found = _LDAP_URL.fullmatch(table.url or "")
    host = found["host"].strip("[]") if found else ""
    preset = PRESETS[table.preset or "openldap"]
    of_the_site = table.attributes.model_dump(exclude_none=True) if table.attributes is not None else {}
    attributes = {key: _as_tuple(of_the_site.get(key, names)) for key, names in preset.attributes.items()}
    in_clear = _THIS_MACHINE.fullmatch(host) and table.ca_file is None
    return LdapSource(
        url=table.url or "",
        host=host,
        port=int(found["port"] or _LDAP_PORTS[found["scheme"]]) if found else 0,
        security="ldaps" if found and found["scheme"] == "ldaps" else "none" if in_clear else "start-tls",
        ca_file=table.ca_file or "",
        bind_dn=table.bind_dn or "",
        password_file=table.password_file or "",
        base=table.base or "",
        filter=table.filter or preset.filter,
        attributes=tuple(attributes.items()),
        page_size=table.page_size or PAGE_SIZE,
    )


def _as_tuple(names: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def trunks_of_organisations(tables: Tables) -> dict[OrganisationId, str]:
    """Say by which trunk calls to an organisation's people leave, where it says so itself."""
    return {OrganisationId(table.id): table.trunk for table in tables.organisations.values() if table.trunk is not None}


def check_organisations(tables: Tables, report: Report) -> None:
    """Report what does not fit together.

    Whether a list can be read, or a server asked, is no question of the site file: it may come later, or change.
    """
    trunks = [trunk.name for trunk in tables.trunks.values()]
    for place, (index, table) in enumerate(tables.organisations.items()):
        path: Path = ("organisation", index)
        if place == ORGANISATIONS_MAX:
            report.note(path, f"there may be {ORGANISATIONS_MAX} of these and no more")
        for key in sorted(table.model_fields_set & frozenset().union(*KEYS.values()) - KEYS[table.kind]):
            of = " or ".join(f'"{kind}"' for kind, keys in KEYS.items() if key in keys)
            report.note((*path, key), f'is for kind = {of}; this one has kind = "{table.kind}"')
        for key, sentence in _mistakes_of(table):
            report.note((*path, key), sentence)
        if table.trunk is not None and table.trunk not in trunks:
            report.note((*path, "trunk"), no_such_trunk(table.trunk, trunks))
        if table.single_sign_on and not table.teams and table.kind != "graph":
            report.note((*path, "single_sign_on"), "is only for people who use Microsoft Teams: say teams = true too, or leave it out")


def _mistakes_of(table: OrganisationTable) -> Iterator[tuple[str, str]]:
    match table.kind:
        case "file":
            yield from _mistakes_of_a_file(table)
        case "ldap":
            yield from _mistakes_of_ldap(table)
        case _:
            yield from _mistakes_of_graph(table)


def _mistakes_of_a_file(table: OrganisationTable) -> Iterator[tuple[str, str]]:
    if table.file is None:
        yield "file", 'file is missing: give it the name of a list of colleagues, such as "colleagues.toml"'
    elif not table.file.endswith(LISTS):
        yield "file", "must be the name of a list in TOML or CSV, which ends with .toml or .csv"


def _mistakes_of_ldap(table: OrganisationTable) -> Iterator[tuple[str, str]]:
    found = _LDAP_URL.fullmatch(table.url or "")
    if table.url is None:
        yield "url", 'url is missing: give it the place of the directory, such as "ldaps://ldap.example.com"'
    elif found is None:
        yield (
            "url",
            'must be ldaps:// or ldap://, a host, and perhaps a port, such as "ldaps://ldap.example.com:636"; base stands by itself',
        )
    elif not 0 < int(found["port"] or 1) <= _PORT_MAX:
        yield "url", f"a port is a number from 1 to {_PORT_MAX}"
    if table.base is None:
        yield "base", 'base is missing: say under which entry the people are, such as "ou=people,dc=example,dc=com"'
    if (table.bind_dn is None) != (table.password_file is None):
        there, missing = ("bind_dn", "password_file") if table.password_file is None else ("password_file", "bind_dn")
        yield there, f"needs {missing} beside it; without both, nobody in particular asks"


def _mistakes_of_graph(table: OrganisationTable) -> Iterator[tuple[str, str]]:
    if table.tenant is None:
        yield "tenant", "tenant is missing: give it the directory (tenant) ID that Microsoft Entra shows"
    if table.client_id is None:
        yield "client_id", "client_id is missing: give it the application (client) ID that Microsoft Entra shows"
    if (table.secret_file is None) == (table.certificate_file is None):
        yield "secret_file", "give either secret_file or certificate_file: how we prove to Microsoft Entra who we are"
