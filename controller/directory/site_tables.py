"""The shape of each table of a site file: its keys, what each must be, and what is not served yet."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from controller.dialling.feature_codes import KEYS, Code, FeatureCodes
from controller.dialling.rules import NumberFormat, NumberType, OutsideLimits
from controller.directory.policy import (
    CONFERENCE_PARTIES_MAX,
    AfterConsult,
    BusyPhone,
    ConsultPriority,
    CustomerGoneInConference,
    EndConsult,
    FailedTransfer,
    OwnerHangUp,
    TransferAcceptance,
    TransferSound,
    WrapUpExtension,
)
from controller.directory.site import Transfers, Transport

Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
# Shown to people and in log lines: no control characters, and something to see at its beginning.
Name = Annotated[str, Field(pattern=r"^[^\x00-\x20\x7f][^\x00-\x1f\x7f]{0,79}$")]
# Part of a dial string: a comma or a slash in it would dial something else.
Endpoint = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
Number = Annotated[str, Field(pattern=r"^\+?[0-9]{1,20}$")]
QueueNumber = Annotated[str, Field(pattern=r"^[0-9]{2,10}$")]
# With its plus, so that nobody need guess of which country it is: a call must not tell another number than that of its line.
CallerId = Annotated[str, Field(pattern=r"^\+[1-9][0-9]{6,14}$")]
FilePath = Annotated[str, Field(pattern=r"^[^\x00]{1,1000}$")]
# Of an attribute of a directory, without options: `telephoneNumber`.
AttributeName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,63}$")]
HttpsUrl = Annotated[str, Field(pattern=r"^https://[A-Za-z0-9.:\[\]-]{1,253}$")]
# As a browser's address bar has it, without a port.
HostName = Annotated[str, Field(pattern=r"^([A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:.]{2,45})$")]
Seconds = Annotated[float, Field(ge=1, le=3600, allow_inf_nan=False)]
# A star first, so that a digit that is meant for somebody at the other end begins none; a # ends a number.
FeatureCode = Annotated[str, Field(pattern=r"^(\*[0-9*]{1,5})?$")]
CallsMax = Annotated[int, Field(ge=1, le=1_000_000)]

_LIMITS = OutsideLimits()


class Table(BaseModel):
    """A table of the site file. No value is guessed at: "20" is not 20."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class SiteTable(Table):
    """`[site]`"""

    region: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    language: Literal["en", "fr"] = "en"
    log: Literal["auto", "text", "json"] = "auto"
    agents_from: FilePath | None = None


class AsteriskTable(Table):
    """`[asterisk]`"""

    url: str = "http://127.0.0.1:8088"
    app: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")] = "controller"
    username: Annotated[str, Field(pattern=r"^[!-9;-~]{1,80}$")]
    password: Annotated[str, Field(min_length=1)]
    transport: Transport = "auto"
    transfers: Transfers = "auto"
    lanes: Annotated[int, Field(ge=1, le=32)] = 4
    legs_max: Annotated[int, Field(ge=10, le=32_000)] = 500


class TelephonesTable(Table):
    """`[telephones]`"""

    server: HostName | None = None
    port: Annotated[int, Field(ge=1, le=65_535)] = 5060
    transport: Literal["udp", "tcp", "tls"] = "udp"
    zoiper_provider_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,64}$")] | None = None


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
    agents_change_password: bool = True


class JournalTable(Table):
    """`[journal]`"""

    folder: FilePath = "state"
    free_mb_min: Annotated[int, Field(ge=0, le=1_000_000)] = 500
    steps_days: Annotated[int, Field(ge=1, le=3_650)] | None = None
    steps_mb_max: Annotated[int, Field(ge=32, le=1_000_000)] = 128


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
    transfer_sound: Annotated[TransferSound | None, Field(strict=False)] = None
    failed_transfer: Annotated[FailedTransfer | None, Field(strict=False)] = None
    blind_transfer_seconds: Seconds | None = None
    call_out_seconds: Seconds | None = None
    busy_phone: Annotated[BusyPhone | None, Field(strict=False)] = None
    consult_priority: Annotated[ConsultPriority | None, Field(strict=False)] = None
    queue_consult_seconds: Seconds | None = None
    conference_max: Annotated[int, Field(ge=3, le=CONFERENCE_PARTIES_MAX)] | None = None
    hold_alarm_seconds: Seconds | None = None
    wrap_up_seconds: Seconds | None = None
    wrap_up_default: Id | None = None
    wrap_up_extension: Annotated[WrapUpExtension | None, Field(strict=False)] = None
    wrap_up_extension_seconds: Seconds | None = None
    wrap_up_unanswered: bool | None = None


class AgentTable(Table):
    """`[[agent]]`"""

    id: Id
    name: Name
    phone: Endpoint
    password: Annotated[str, Field(min_length=1)]
    team: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{0,80}$")] = ""
    supervisor: bool = False
    answers_remotely: bool = False
    browser: Endpoint | None = None
    mac: Annotated[str, Field(pattern=r"^[0-9A-Fa-f]{2}([:-]?[0-9A-Fa-f]{2}){5}$")] | None = None
    may_call_out: bool = False
    caller_id: CallerId | None = None


class AgentDefaultsTable(Table):
    """`[agent_defaults]`: what holds for every agent whose own table says nothing of it."""

    phone: Annotated[str, Field(pattern=r"^([A-Za-z0-9_.-]|\{id\})+$")] | None = None
    browser: Annotated[str, Field(pattern=r"^([A-Za-z0-9_.-]|\{(id|phone)\})+$")] | None = None
    team: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{0,80}$")] | None = None
    answers_remotely: bool | None = None
    may_call_out: bool | None = None
    caller_id: CallerId | None = None


class IncludeTable(Table):
    """`[[include]]`"""

    file: FilePath


class QueueTable(Table):
    """`[[queue]]`"""

    id: Id
    name: Name
    agents: Annotated[list[Id], Field(min_length=1)] | None = None
    team: Name | None = None
    teams: Annotated[list[Name], Field(min_length=1)] | None = None
    music: Endpoint = "default"
    number: QueueNumber | None = None
    offer_seconds: Seconds | None = None
    caller_id: CallerId | None = None
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
    outside_prefix: Annotated[str, Field(pattern=r"^[0-9]{1,3}$")] | None = None
    max_outside_per_agent: CallsMax = _LIMITS.at_once_per_agent
    max_outside_per_site: CallsMax = _LIMITS.at_once_per_site
    max_per_hour_agent: CallsMax = _LIMITS.per_hour_and_agent
    max_per_day_agent: CallsMax = _LIMITS.per_day_and_agent
    max_per_day_site: CallsMax = _LIMITS.per_day_and_site
    outside_only_minutes: Annotated[float, Field(ge=1, le=1440, allow_inf_nan=False)] = 60.0


class FeatureCodesTable(Table):
    """`[feature_codes]`: a key for each `Code`, by its name. An empty one takes the code away."""

    accept_transfer: FeatureCode = KEYS[Code.ACCEPT_TRANSFER]
    consult: FeatureCode = KEYS[Code.CONSULT]
    conference: FeatureCode = KEYS[Code.CONFERENCE]
    transfer: FeatureCode = KEYS[Code.TRANSFER]
    resume: FeatureCode = KEYS[Code.RESUME]
    end_consult: FeatureCode = KEYS[Code.END_CONSULT]
    leave: FeatureCode = KEYS[Code.LEAVE]
    hold: FeatureCode = KEYS[Code.HOLD]
    cancel: FeatureCode = KEYS[Code.CANCEL]
    wrap_up: FeatureCode = KEYS[Code.WRAP_UP]
    log_in: FeatureCode = KEYS[Code.LOG_IN]
    log_out: FeatureCode = KEYS[Code.LOG_OUT]
    available: FeatureCode = KEYS[Code.AVAILABLE]
    idle: FeatureCode = KEYS[Code.IDLE]
    digit_seconds: Annotated[float, Field(ge=1, le=60, allow_inf_nan=False)] = FeatureCodes().digit_seconds


class TrunkTable(Table):
    """`[[trunk]]`"""

    name: Endpoint
    number_format: Annotated[NumberFormat, Field(strict=False)] = NumberFormat.E164
    caller_ids: Annotated[list[CallerId], Field(max_length=10_000)] = []
    default_caller_id: CallerId | None = None


class NumberTable(Table):
    """`[[number]]`"""

    id: Id
    name: Name
    number: Annotated[str, Field(min_length=1, max_length=80)]


class AttributesTable(Table):
    """`[[organisation]]`'s `attributes`: for each, the directory's attributes that are tried in this order."""

    id: AttributeName | None = None
    name: list[AttributeName] | None = None
    first_name: AttributeName | None = None
    last_name: AttributeName | None = None
    login: AttributeName | None = None
    title: list[AttributeName] | None = None
    department: list[AttributeName] | None = None
    number: Annotated[list[AttributeName], Field(min_length=1)] | None = None


class OrganisationTable(Table):
    """`[[organisation]]`: `file` is for a list, `url` to `page_size` for LDAP, `tenant` to `graph_url` for Microsoft Graph."""

    id: Id
    name: Name
    kind: Literal["file", "ldap", "graph"] = "file"
    file: FilePath | None = None
    url: Annotated[str, Field(min_length=1, max_length=300)] | None = None
    bind_dn: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,500}$")] | None = None
    password_file: FilePath | None = None
    base: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,500}$")] | None = None
    preset: Literal["openldap", "active-directory"] | None = None
    filter: Annotated[str, Field(pattern=r"^\([^\x00-\x1f\x7f]{1,2000}\)$")] | None = None
    attributes: AttributesTable | None = None
    page_size: Annotated[int, Field(ge=1, le=1000)] | None = None
    tenant: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,127}$")] | None = None
    client_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,64}$")] | None = None
    secret_file: FilePath | None = None
    certificate_file: FilePath | None = None
    authority: HttpsUrl | None = None
    graph_url: HttpsUrl | None = None
    ca_file: FilePath | None = None
    refresh_minutes: Annotated[float, Field(ge=1, le=1440, allow_inf_nan=False)] = 15.0
    deadline_seconds: Annotated[float, Field(ge=1, le=600, allow_inf_nan=False)] = 300.0
    teams: bool = False
    single_sign_on: bool = False
    trunk: Endpoint | None = None


class ReasonTable(Table):
    """`[[wrap_up_reason]]` and `[[idle_reason]]`"""

    id: Id
    name: Name


SINGLE: Mapping[str, type[Table]] = {
    "site": SiteTable,
    "asterisk": AsteriskTable,
    "telephones": TelephonesTable,
    "callers": CallersTable,
    "desktop": DesktopTable,
    "policy": PolicyTable,
    "journal": JournalTable,
    "dialling": DiallingTable,
    "agent_defaults": AgentDefaultsTable,
    "feature_codes": FeatureCodesTable,
}
"""Tables that stand once: `[site]`."""

REPEATED: Mapping[str, type[Table]] = {
    "include": IncludeTable,
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
}
"""Keys of tables that are meant for later: this version does not serve them."""

_SECONDS = "seconds, from 1 to 3600"
_CALLS = "how many calls, a whole number from 1 to 1000000"
_CALLER_ID = 'a number in E.164, such as "+33199000000": a +, the code of the country, and no spaces'

WANTED: Mapping[str, str] = {
    "agents_from": 'the name of a list of agents in CSV, such as "agents.csv"',
    "include file": 'the name of a file with more tables, such as "queues.toml"',
    "defaults phone": 'the name of a PJSIP endpoint, in which {id} stands for the agent\'s id, such as "{id}-desk"',
    "defaults browser": 'the name of a PJSIP endpoint, in which {phone} and {id} stand for the agent\'s, such as "{phone}-web"',
    "region": 'a country as two capitals, such as "FR"',
    "language": 'the language of the sheets for telephones: "en" or "fr"',
    "log": "the form of the log lines",
    "url": 'where ARI is, such as "http://127.0.0.1:8088"',
    "app": "the name of the Stasis application: letters a-z, digits, _ and -",
    "username": "the name of a user in ari.conf, without spaces and colons",
    "password": "the password that ari.conf has for the username, best as file:PATH or env:NAME",
    "agent password": "what `ari-controller hash-password` prints",
    "transfers": 'who carries out what a telephone\'s transfer key asks for: "auto", "core" or "ari-only"',
    "transport": "the way that commands take to Asterisk, or SIP to telephones",
    "lanes": "how many connections carry commands, a whole number from 1 to 32",
    "legs_max": "how many legs Asterisk has sound for, half of the ports in rtp.conf, a whole number from 10 to 32000",
    "server": 'the name or address by which telephones reach Asterisk, such as "pbx.example"',
    "port": "the port of Asterisk's SIP transport, a whole number from 1 to 65535",
    "zoiper_provider_id": "the id that Zoiper has given you as a provider: letters a-z and digits",
    "mac": 'the hardware address of the telephone on the desk, such as "00:15:65:12:34:ab"',
    "waiting_per_number_max": "how many callers may wait from one number, a whole number from 1 to 32000",
    "waiting_per_line_max": "how many callers may wait from one PJSIP endpoint, a whole number from 1 to 32000",
    "listen": 'an address and a port, such as "127.0.0.1:8080"',
    "tls": 'a certificate and its key, such as { certificate = "desktop.crt", key = "desktop.key" }',
    "certificate": "the name of a file in PEM form: the certificate, and after it those that lead to its root",
    "key": "the name of a file in PEM form: the certificate's private key, not encrypted",
    "tls_proxy": "true or false",
    "host_names": 'a list of names that browsers use for this machine, without a port, such as ["desktop.example"]',
    "agents_change_password": "true or false",
    "session_hours": "how many hours a login lasts, more than 0 and at most 168",
    "folder": "a folder that the controller may write to",
    "steps_days": "for how many days steps are kept, a whole number from 1 to 3650",
    "steps_mb_max": "how much room steps take at most, a whole number of MB from 32 to 1000000",
    "free_mb_min": "with how much room on the disk somebody is told, a whole number of MB from 0 to 1000000",
    "transfer_acceptance": "a policy",
    "end_consult": "a policy",
    "owner_hang_up": "a policy",
    "after_consult": "a policy",
    "customer_gone_in_conference": "a policy",
    "offer_seconds": _SECONDS,
    "consult_seconds": _SECONDS,
    "transfer_seconds": _SECONDS,
    "ring_back_seconds": _SECONDS,
    "transfer_sound": "a policy",
    "failed_transfer": "a policy",
    "blind_transfer_seconds": _SECONDS,
    "call_out_seconds": _SECONDS,
    "busy_phone": "a policy",
    "consult_priority": "a policy",
    "queue_consult_seconds": _SECONDS,
    "conference_max": f"how many may be in a conference, a whole number from 3 to {CONFERENCE_PARTIES_MAX}",
    "hold_alarm_seconds": _SECONDS,
    "wrap_up_seconds": _SECONDS,
    "wrap_up_default": "the id of a wrap-up reason",
    "wrap_up_extension": "a policy",
    "wrap_up_extension_seconds": _SECONDS,
    "wrap_up_unanswered": "true or false",
    "id": 'an id such as "alice": small letters a-z, digits and -, at most 32, not beginning with -',
    "name": 'a name for people, such as "Alice Martin", of 1 to 80 letters in one line',
    "phone": 'the name of a PJSIP endpoint, such as "1001": letters a-z and A-Z, digits, _ . and -',
    "team": "the name of a team, of at most 80 letters",
    "supervisor": "true or false",
    "answers_remotely": "true or false",
    "browser": 'the name of a PJSIP endpoint with webrtc = yes, such as "1001-web": letters a-z and A-Z, digits, _ . and -',
    "may_call_out": "true or false",
    "caller_id": _CALLER_ID,
    "agents": 'a list of agents\' ids, such as ["alice", "bob"]',
    "queue teams": 'a list of teams, such as ["first line", "sales"]',
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
    "outside_prefix": 'the digits that people dial before a number outside, such as "0" or "9", 3 at most',
    "max_outside_per_agent": _CALLS,
    "max_outside_per_site": _CALLS,
    "max_per_hour_agent": _CALLS,
    "max_per_day_agent": _CALLS,
    "max_per_day_site": _CALLS,
    "outside_only_minutes": "minutes, from 1 to 1440",
    "caller_ids": 'a list of numbers in E.164, such as ["+33199000000"]: a +, the code of the country, and no spaces',
    "default_caller_id": _CALLER_ID,
    "number": 'a telephone number as people write it, such as "+33 1 99 00 10 01"',
    "kind": "the sort of place that colleagues come from",
    "file": 'the name of a list of colleagues in TOML or CSV, such as "colleagues.toml"',
    "organisation url": 'where the directory is, such as "ldaps://ldap.example.com"',
    "bind_dn": "the name that we log in to the directory with",
    "password_file": "the name of a file in which its password stands, and nothing else",
    "base": 'under which entry the people are, such as "ou=people,dc=example,dc=com"',
    "preset": "the sort of directory",
    "filter": 'a filter of LDAP in round brackets, such as "(objectClass=inetOrgPerson)"',
    "attributes": 'a table of the attributes to read, such as { number = ["telephoneNumber", "mobile"] }',
    "first_name": 'an attribute of the directory, such as "givenName"',
    "last_name": 'an attribute of the directory, such as "sn"',
    "login": 'an attribute of the directory, such as "uid"',
    "title": 'a list of attributes of the directory, such as ["title"]',
    "department": 'a list of attributes of the directory, such as ["department", "ou"]',
    "attributes id": 'an attribute of the directory, such as "entryUUID"',
    "attributes name": 'a list of attributes of the directory, such as ["displayName", "cn"]',
    "attributes number": 'a list of one attribute of the directory or more, such as ["telephoneNumber", "mobile"]',
    "page_size": "how many people are asked for at a time, a whole number from 1 to 1000",
    "tenant": 'the directory (tenant) ID that Microsoft Entra shows, or a domain of it, such as "example.onmicrosoft.com"',
    "client_id": "the application (client) ID that Microsoft Entra shows",
    "secret_file": "the name of a file in which the value of the client secret stands, and nothing else",
    "certificate_file": "the name of a file in PEM form: a certificate and its private key, not encrypted",
    "authority": 'where tokens are asked for, such as "https://login.microsoftonline.com", without a slash at the end',
    "graph_url": 'where Microsoft Graph is, such as "https://graph.microsoft.com", without a slash at the end',
    "ca_file": "the name of a file in PEM form: the certificates of the authorities that are trusted",
    "refresh_minutes": "after how many minutes colleagues are fetched again, from 1 to 1440",
    "deadline_seconds": "how many seconds it may take to fetch them, from 1 to 600",
    "teams": "true or false",
    "single_sign_on": "true or false",
    "queue number": 'the digits by which telephones name the queue, such as "850", in quotes, of 2 to 10 digits',
    **{code.value: 'a code of keys, such as "*5": a star, and one to five digits or stars; "" for none' for code in Code},
    "digit_seconds": "seconds between two keys of a code, from 1 to 60",
}
"""What each key must be, as the end of the sentence "it must be …"."""
