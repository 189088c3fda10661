"""The shape of each table of a site file: its keys, what each must be, and what is not served yet."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from controller.dialling.rules import NumberFormat, NumberType
from controller.directory.policy import AfterConsult, CustomerGoneInConference, EndConsult, OwnerHangUp, TransferAcceptance

Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
# Shown to people and in log lines: no control characters, and something to see at its beginning.
Name = Annotated[str, Field(pattern=r"^[^\x00-\x20\x7f][^\x00-\x1f\x7f]{0,79}$")]
# Part of a dial string: a comma or a slash in it would dial something else.
Endpoint = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
Number = Annotated[str, Field(pattern=r"^\+?[0-9]{1,20}$")]
FilePath = Annotated[str, Field(pattern=r"^[^\x00]{1,1000}$")]
# As a browser's address bar has it, without a port.
HostName = Annotated[str, Field(pattern=r"^([A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:.]{2,45})$")]
Seconds = Annotated[float, Field(ge=1, le=3600, allow_inf_nan=False)]


class Table(BaseModel):
    """A table of the site file. No value is guessed at: "20" is not 20."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class SiteTable(Table):
    """`[site]`"""

    region: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    language: Literal["en"] = "en"
    log: Literal["auto", "text", "json"] = "auto"


class AsteriskTable(Table):
    """`[asterisk]`"""

    url: str = "http://127.0.0.1:8088"
    app: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")] = "controller"
    username: Annotated[str, Field(pattern=r"^[!-9;-~]{1,80}$")]
    password: Annotated[str, Field(min_length=1)]
    transport: Literal["rest-over-websocket"] = "rest-over-websocket"
    lanes: Annotated[int, Field(ge=1, le=32)] = 4
    legs_max: Annotated[int, Field(ge=10, le=32_000)] = 500


class CallersTable(Table):
    """`[callers]`"""

    waiting_per_number_max: Annotated[int, Field(ge=1, le=32_000)] = 10
    waiting_per_line_max: Annotated[int, Field(ge=1, le=32_000)] | None = None


class TlsTable(Table):
    """`[desktop]`'s `tls`: files beside the site file, or anywhere."""

    certificate: FilePath
    key: FilePath


class DesktopTable(Table):
    """`[desktop]`"""

    listen: str = "127.0.0.1:8080"
    tls: TlsTable | None = None
    tls_proxy: bool = False
    host_names: Annotated[list[HostName], Field(max_length=100)] = []
    session_hours: Annotated[float, Field(gt=0, le=168, allow_inf_nan=False)] = 12.0


class JournalTable(Table):
    """`[journal]`"""

    folder: FilePath = "state"


class PolicyTable(Table):
    """`[policy]`, and a queue's `policy`. A key that is not there leaves the decision to the site's `[policy]`, or to the default."""

    transfer_acceptance: Annotated[TransferAcceptance | None, Field(strict=False)] = None
    end_consult: Annotated[EndConsult | None, Field(strict=False)] = None
    owner_hang_up: Annotated[OwnerHangUp | None, Field(strict=False)] = None
    after_consult: Annotated[AfterConsult | None, Field(strict=False)] = None
    customer_gone_in_conference: Annotated[CustomerGoneInConference | None, Field(strict=False)] = None
    offer_seconds: Seconds | None = None
    consult_seconds: Seconds | None = None
    transfer_seconds: Seconds | None = None
    ring_back_seconds: Seconds | None = None
    wrap_up_seconds: Seconds | None = None
    wrap_up_default: Id | None = None


class AgentTable(Table):
    """`[[agent]]`"""

    id: Id
    name: Name
    phone: Endpoint
    password: Annotated[str, Field(min_length=1)]
    team: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{0,80}$")] = ""
    supervisor: bool = False
    answers_remotely: bool = False


class QueueTable(Table):
    """`[[queue]]`"""

    id: Id
    name: Name
    agents: Annotated[list[Id], Field(min_length=1)] | None = None
    team: Name | None = None
    music: Endpoint = "default"
    offer_seconds: Seconds | None = None
    policy: PolicyTable = PolicyTable()


class EntryPointTable(Table):
    """`[[entry_point]]`"""

    id: Id
    name: Name
    numbers: Annotated[list[Number], Field(min_length=1)]
    queue: Id


class DiallingTable(Table):
    """`[dialling]`"""

    trunk: Endpoint | None = None
    allowed_regions: Annotated[list[Annotated[str, Field(pattern=r"^([A-Z]{2}|001)$")]], Field(min_length=1)] | None = None
    refused_types: list[Annotated[NumberType, Field(strict=False)]] | None = None
    verified_only: bool = False
    extensions: list[Annotated[str, Field(pattern=r"^[0-9]{3,10}(-[0-9]{3,10})?$")]] = []
    short_codes: list[Annotated[str, Field(pattern=r"^[0-9]{3,10}$")]] = []
    service_codes: list[Annotated[str, Field(pattern=r"^[0-9*#]*[*#][0-9*#]*$", min_length=2, max_length=18)]] = []
    emergency_numbers_also: list[Annotated[str, Field(pattern=r"^[0-9]{2,5}$")]] = []


class TrunkTable(Table):
    """`[[trunk]]`"""

    name: Endpoint
    number_format: Annotated[NumberFormat, Field(strict=False)] = NumberFormat.E164


class NumberTable(Table):
    """`[[number]]`"""

    id: Id
    name: Name
    number: Annotated[str, Field(min_length=1, max_length=80)]


class OrganisationTable(Table):
    """`[[organisation]]`"""

    id: Id
    name: Name
    kind: Literal["file", "ldap", "graph"] = "file"
    file: FilePath | None = None
    refresh_minutes: Annotated[float, Field(ge=1, le=1440, allow_inf_nan=False)] = 15.0
    deadline_seconds: Annotated[float, Field(ge=1, le=600, allow_inf_nan=False)] = 60.0
    teams: bool = False
    single_sign_on: bool = False


class ReasonTable(Table):
    """`[[wrap_up_reason]]` and `[[idle_reason]]`"""

    id: Id
    name: Name


SINGLE: Mapping[str, type[Table]] = {
    "site": SiteTable,
    "asterisk": AsteriskTable,
    "callers": CallersTable,
    "desktop": DesktopTable,
    "policy": PolicyTable,
    "journal": JournalTable,
    "dialling": DiallingTable,
}
"""Tables that stand once: `[site]`."""

REPEATED: Mapping[str, type[Table]] = {
    "agent": AgentTable,
    "queue": QueueTable,
    "entry_point": EntryPointTable,
    "trunk": TrunkTable,
    "number": NumberTable,
    "organisation": OrganisationTable,
    "wrap_up_reason": ReasonTable,
    "idle_reason": ReasonTable,
}
"""Tables that stand once for each: `[[agent]]`."""

NOT_SERVED: Mapping[str, frozenset[str]] = {
    "queue": frozenset({"overflow"}),
    "dialling": frozenset(
        {
            "outside_prefix",
            "max_outside_per_agent",
            "max_outside_per_site",
            "max_per_hour_agent",
            "max_per_day_agent",
            "outside_only_minutes",
        }
    ),
    "trunk": frozenset({"caller_ids", "default_caller_id"}),
    "organisation": frozenset(
        {
            *("trunk", "ca_file"),
            *("url", "bind_dn", "password_file", "base", "filter", "preset", "attributes", "page_size"),
            *("tenant", "client_id", "secret_file", "authority", "graph_url"),
        }
    ),
}
"""Keys of tables that are meant for later: this version does not serve them."""

_SECONDS = "seconds, from 1 to 3600"

WANTED: Mapping[str, str] = {
    "region": 'a country as two capitals, such as "FR"',
    "language": 'a language of the desktop, such as "en"',
    "log": "the form of the log lines",
    "url": 'where ARI is, such as "http://127.0.0.1:8088"',
    "app": "the name of the Stasis application: letters a-z, digits, _ and -",
    "username": "the name of a user in ari.conf, without spaces and colons",
    "password": "the password that ari.conf has for the username, best as file:PATH or env:NAME",
    "agent password": "what `ari-controller hash-password` prints",
    "transport": "the way that commands take to Asterisk",
    "lanes": "how many WebSockets carry commands, a whole number from 1 to 32",
    "legs_max": "how many legs Asterisk has sound for, half of the ports in rtp.conf, a whole number from 10 to 32000",
    "waiting_per_number_max": "how many callers may wait from one number, a whole number from 1 to 32000",
    "waiting_per_line_max": "how many callers may wait from one PJSIP endpoint, a whole number from 1 to 32000",
    "listen": 'an address and a port, such as "127.0.0.1:8080"',
    "tls": 'a certificate and its key, such as { certificate = "desktop.crt", key = "desktop.key" }',
    "certificate": "the name of a file in PEM form: the certificate, and after it those that lead to its root",
    "key": "the name of a file in PEM form: the certificate's private key, not encrypted",
    "tls_proxy": "true or false",
    "host_names": 'a list of names that browsers use for this machine, without a port, such as ["desktop.example"]',
    "session_hours": "how many hours a login lasts, more than 0 and at most 168",
    "folder": "a folder that the controller may write to",
    "transfer_acceptance": "a policy",
    "end_consult": "a policy",
    "owner_hang_up": "a policy",
    "after_consult": "a policy",
    "customer_gone_in_conference": "a policy",
    "offer_seconds": _SECONDS,
    "consult_seconds": _SECONDS,
    "transfer_seconds": _SECONDS,
    "ring_back_seconds": _SECONDS,
    "wrap_up_seconds": _SECONDS,
    "wrap_up_default": "the id of a wrap-up reason",
    "id": 'an id such as "alice": small letters a-z, digits and -, at most 32, not beginning with -',
    "name": 'a name for people, such as "Alice Martin", of 1 to 80 letters in one line',
    "phone": 'the name of a PJSIP endpoint, such as "1001": letters a-z, digits, _ . and -',
    "team": "the name of a team, of at most 80 letters",
    "supervisor": "true or false",
    "answers_remotely": "true or false",
    "agents": 'a list of agents\' ids, such as ["alice", "bob"]',
    "music": "the name of a class in musiconhold.conf",
    "policy": "a table of policies, such as { offer_seconds = 15 }",
    "numbers": 'a list of numbers that customers dial, such as ["800"]: digits, and a + before them',
    "queue": "the id of a queue",
    "trunk": 'the name of a [[trunk]], such as "outside"',
    "trunk name": 'the name of the trunk\'s PJSIP endpoint, such as "outside": letters a-z, digits, _ . and -',
    "number_format": "the form in which the trunk wants numbers",
    "allowed_regions": 'a list of countries as two capitals, such as ["FR", "GB"]; "001" stands for numbers of no country',
    "refused_types": 'a list of types of numbers, such as ["premium", "shared-cost"]',
    "verified_only": "true or false",
    "extensions": 'a list of internal numbers and ranges of them, such as ["100-199", "2001"], of 3 to 10 digits',
    "short_codes": 'a list of short codes, such as ["3900"], of 3 to 10 digits',
    "service_codes": 'a list of codes with * or #, such as ["*31#"], of 2 to 18 signs',
    "emergency_numbers_also": 'a list of emergency numbers, such as ["191", "196"], of 2 to 5 digits',
    "number": 'a telephone number as people write it, such as "+33 1 99 00 10 01"',
    "kind": "the sort of place that colleagues come from",
    "file": 'the name of a list of colleagues in TOML or CSV, such as "colleagues.toml"',
    "refresh_minutes": "after how many minutes colleagues are fetched again, from 1 to 1440",
    "deadline_seconds": "how many seconds it may take to fetch them, from 1 to 600",
    "teams": "true or false",
    "single_sign_on": "true or false",
}
"""What each key must be, as the end of the sentence "it must be …"."""
