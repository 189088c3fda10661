"""The people of a directory for tests: of every kind that real directories have, as LDIF."""

import base64
import random
import uuid
from collections.abc import Iterator, Mapping, Sequence

SUFFIX = "dc=example,dc=com"
PEOPLE = f"ou=people,{SUFFIX}"
"""Everybody."""
FEW = f"ou=few,{SUFFIX}"
"""One of each kind."""
ELSEWHERE = f"ou=elsewhere,{SUFFIX}"
"""Two people, and the names of two other directories."""
AD = f"ou=ad,{SUFFIX}"
"""Two people as Active Directory has them: of its own schema, with its own attributes."""
GUID = uuid.UUID("3f2504e0-4f89-11d3-9a0c-0305e82c3301")
READER, LIMITED, UNPAGED, BLIND = (f"cn={name},{SUFFIX}" for name in ("reader", "limited", "unpaged", "blind"))
"""Who may read all; at most `SIZE_LIMIT` people; no page of more than `PAGE_LIMIT`; nothing."""
PASSWORD = "a-reader's password é"
SIZE_LIMIT, PAGE_LIMIT = 1000, 100
SEED = 20261126

FIRST = (
    "Marie",
    "Élodie",
    "Søren",
    "Inés",
    "Jean-Baptiste",
    "Aoife",
    "Łukasz",
    "Yuki",
    "Fatima",
    "Paul",
    "Zoë",
    "Ngozi",
    "Åsa",
    "Đorđe",
    "Оля",
)
LAST = ("Durand", "Lefèvre", "Koch", "García", "Moreau", "O’Brien", "Wiśniewski", "田中", "Benali", "Müller", "Nguyễn", "Petit", "Ibáñez")
TITLES = ("Experte réseau", "Juriste", "Responsable des achats", "Technicien", "Head of Security", "Data engineer", "")

KINDS: tuple[dict[str, list[str]], ...] = (
    {"uid": ["plain"], "cn": ["Anna Plain"], "displayName": ["Anna Plain"], "telephoneNumber": ["+33 1 99 00 10 01"]},
    {"uid": ["prose"], "cn": ["Berta Prose"], "telephoneNumber": ["voir secrétariat", "01 99 00 10 02"]},
    {"uid": ["extension"], "cn": ["Carl Extension"], "telephoneNumber": ["0996"]},
    {"uid": ["zero"], "cn": ["Dora Zero"], "telephoneNumber": ["+33 (0)1 99 00 10 04"]},
    {"uid": ["exit"], "cn": ["Emil Exit"], "telephoneNumber": ["0033 1 99 00 10 05"]},
    {"uid": ["uri"], "cn": ["Frida Uri"], "telephoneNumber": ["tel:+33-1-99-00-10-06"]},
    {"uid": ["ext"], "cn": ["Gustav Ext"], "telephoneNumber": ["+33 1 99 00 10 07 ext. 12"]},
    {"uid": ["poste"], "cn": ["Hanna Poste"], "telephoneNumber": ["+33 1 99 00 10 08 (poste 0009)"]},
    {"uid": ["nameless"], "cn": ["i"], "givenName": ["Ida"], "sn": ["Nameless"], "telephoneNumber": ["+33 1 99 00 10 09"]},
    {"uid": ["signs"], "cn": ["Star*man (\\ & co)"], "telephoneNumber": ["+33 1 99 00 10 10"]},
    {"uid": ["accents"], "cn": ["Élodie Łuk 田中"], "title": ["Ingénieure"], "ou": ["Étages"], "telephoneNumber": ["+33 1 99 00 10 11"]},
    {"uid": ["long"], "cn": ["Karl Long"], "title": ["T" * 500], "telephoneNumber": ["+33 1 99 00 10 12"]},
    {"uid": ["mobile"], "cn": ["Lena Mobile"], "mobile": ["+33 6 99 00 10 13"]},
    {"uid": ["none"], "cn": ["Max None"]},
    {"uid": ["only-prose"], "cn": ["Nora Prose"], "telephoneNumber": ["see reception"]},
)
"""One of each; the last three have no business number."""


def ldif(people: int, elsewhere: str) -> Iterator[str]:
    """Write the directory: so many people, who all have a number, and one of each kind. `elsewhere`: where its referrals lead."""
    yield _entry(SUFFIX, {"objectClass": ["dcObject", "organization"], "dc": ["example"], "o": ["Example"]})
    for place in (PEOPLE, FEW, ELSEWHERE, AD):
        yield _entry(place, {"objectClass": ["organizationalUnit"], "ou": [place.split(",")[0].removeprefix("ou=")]})
    for name in (READER, LIMITED, UNPAGED, BLIND):
        login = {"objectClass": ["organizationalRole", "simpleSecurityObject"], "cn": [name.split(",")[0].removeprefix("cn=")]}
        yield _entry(name, {**login, "userPassword": [PASSWORD]})
    for kind in KINDS:
        yield _person(FEW, kind)
    for number in (1, 2):
        yield _person(ELSEWHERE, {"uid": [f"here{number}"], "cn": [f"Here {number}"], "telephoneNumber": [f"+33 1 99 00 20 0{number}"]})
        referral = {"objectClass": ["referral", "extensibleObject"], "ou": [f"there{number}"], "ref": [f"{elsewhere}/dc=there"]}
        yield _entry(f"ou=there{number},{ELSEWHERE}", referral)
    yield from _of_active_directory()
    chance = random.Random(SEED)
    for number in range(people):
        first, last = chance.choice(FIRST), chance.choice(LAST)
        person = {
            "uid": [f"p{number}"],
            "cn": [f"{first} {last} {number}"],
            "displayName": [f"{first} {last}"],
            "givenName": [first],
            "sn": [last],
            "mail": [f"p{number}@example.com"],
            "departmentNumber": [f"Département {chance.randrange(300)}"],
            "telephoneNumber": [f"+33 1 99 {number // 10_000:02} {number // 100 % 100:02} {number % 100:02}"],
        }
        title = chance.choice(TITLES)
        yield _person(PEOPLE, {**person, **({"title": [title]} if title else {})})


def _of_active_directory() -> Iterator[str]:
    account = {
        # What else an account may have stands in other files of its schema.
        "objectClass": ["user", "extensibleObject"],
        "instanceType": ["4"],
        "nTSecurityDescriptor": ["x"],
        "objectCategory": [f"cn=person,{SUFFIX}"],
        "sn": ["Durand"],
        "userAccountControl": ["512"],
    }
    marie = {
        "cn": ["Marie Durand"],
        "displayName": ["Durand, Marie"],
        "givenName": ["Marie"],
        "title": ["Experte réseau"],
        "department": ["Direction technique"],
        "telephoneNumber": ["ask reception"],
        "otherTelephone": ["+33 1 99 00 30 01"],
        "mobile": ["+33 6 99 00 30 01"],
    }
    yield _entry(f"cn=Marie Durand,{AD}", {**account, **marie, "objectGUID": [GUID.bytes_le]})
    paul = {"cn": ["Paul Petit"], "ipPhone": ["0996"], "sAMAccountName": ["ppetit"]}
    yield _entry(f"cn=Paul Petit,{AD}", {**account, **paul, "objectGUID": [bytes(range(16))]})


def _person(place: str, values: dict[str, list[str]]) -> str:
    return _entry(f"uid={values['uid'][0]},{place}", {"objectClass": ["inetOrgPerson"], "sn": ["x"], **values})


def _entry(name: str, values: Mapping[str, Sequence[str | bytes]]) -> str:
    written = [(key, value if isinstance(value, bytes) else value.encode()) for key, all_of in values.items() for value in all_of]
    lines = [f"{key}:: {base64.b64encode(value).decode()}" for key, value in written]
    return "\n".join([f"dn: {name}", *lines]) + "\n\n"


CONFIGURATION = f"""\
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
include /etc/ldap/schema/nis.schema
include /etc/ldap/schema/msuser.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile /tmp/slapd.pid
TLSCertificateFile /site/server.crt
TLSCertificateKeyFile /site/server.key
TLSVerifyClient never
database mdb
maxsize 1073741824
suffix {SUFFIX}
rootdn cn=nobody,{SUFFIX}
directory /var/lib/ldap
index objectClass eq
limits dn.exact="{READER}" size=unlimited
limits dn.exact="{LIMITED}" size={SIZE_LIMIT}
limits dn.exact="{UNPAGED}" size.pr={PAGE_LIMIT} size=unlimited
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{BLIND}" none by users read by * none
"""
