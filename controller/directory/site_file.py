"""Reads a site file: text in, a `Site` out, or every mistake at once with its line. Reads no file by itself.

`docker/demo/site.toml` explains every key.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar
from urllib.parse import urlsplit

from controller.directory.directory import Agent, Directory, EntryPoint, Queue, Reason, SiteNumber
from controller.directory.ids import AgentId, EntryPointId, NumberId, QueueId, ReasonId
from controller.directory.passwords import DEMO_HASHES, hash_mistake
from controller.directory.policy import CallerLimits, Policy
from controller.directory.site import AsteriskAccess, DesktopAccess, Site, TelephoneAccess, TlsFiles
from controller.directory.site_addresses import ari_url, bare_mac, listen_address
from controller.directory.site_dialling import dialling_rules, trunks
from controller.directory.site_feature_codes import feature_codes
from controller.directory.site_links import check_links
from controller.directory.site_mistakes import BadSiteFile, Path, Report, SecretMissing
from controller.directory.site_organisations import organisations, trunks_of_organisations
from controller.directory.site_parts import ReadFile, with_parts
from controller.directory.site_secrets import Secret, is_elsewhere
from controller.directory.site_shape import Tables, tables_of
from controller.directory.site_tables import DiallingTable, PolicyTable, QueueTable, ReasonTable
from controller.directory.site_toml import parse

TEXT_LETTERS_MAX = 2_000_000
SECONDS_PER_MINUTE = 60.0

T = TypeVar("T")


def read_site(text: str, *, secret: Secret, read_file: ReadFile) -> Site:
    """Read a site file's text. `secret` finds the values that are kept elsewhere (see `site_secrets`).

    `read_file` reads the files that it names, which may raise OSError or UnicodeDecodeError.

    Raises `BadSiteFile` with every mistake, and nothing else.
    """
    if len(text) > TEXT_LETTERS_MAX:
        report = Report()
        report.note((), f"longer than {TEXT_LETTERS_MAX} letters: this is no site file")
        raise BadSiteFile(report.mistakes)
    document, report = parse(text.removeprefix("\ufeff"))
    if report.complete:
        with_parts(document, report, read_file)
    tables = tables_of(document, report)
    if not report.complete:
        raise BadSiteFile(report.mistakes)
    check_links(tables, document, report)
    asterisk = _asterisk(tables, report, secret)
    desktop = _desktop(tables, report, secret)
    journal = _found(("journal", "folder"), tables.journal.folder, report, secret, str) if tables.journal else None
    passwords = _passwords(tables, desktop, report, secret)
    if report.mistakes:
        raise BadSiteFile(report.mistakes)
    assert tables.site is not None, "a site file without a [site] that can be read has a mistake"
    assert asterisk is not None, "a site file without an [asterisk] that can be read has a mistake"
    assert desktop is not None, "a site file with a [desktop] that can't be read has a mistake"
    assert journal is not None, "a site file with a [journal] that can't be read has a mistake"
    assert tables.journal is not None, "it names the folder"
    return Site(
        directory=_directory(tables, tables.site.region),
        asterisk=asterisk,
        desktop=desktop,
        passwords=passwords,
        region=tables.site.region,
        language=tables.site.language,
        log=tables.site.log,
        journal=journal,
        free_mb_min=tables.journal.free_mb_min,
        steps_days=tables.journal.steps_days,
        steps_mb_max=tables.journal.steps_mb_max,
        telephones=_telephones(tables, asterisk),
        organisations=organisations(tables),
    )


# --- Values that may be kept elsewhere ---------------------------------------------------------------------------------


def _found(path: Path, value: str, report: Report, secret: Secret, read: Callable[[str], T]) -> T | None:
    """Fetch a value from where it is kept, and read it; None: it is reported."""
    try:
        return read(secret(value) if is_elsewhere(value) else value)
    except SecretMissing as missing:
        report.note(path, missing.because)
    except ValueError as wrong:
        report.note(path, str(wrong))
    return None


def _asterisk(tables: Tables, report: Report, secret: Secret) -> AsteriskAccess | None:
    table = tables.asterisk
    if table is None:
        return None
    url = _found(("asterisk", "url"), table.url, report, secret, ari_url)
    password = _found(("asterisk", "password"), table.password, report, secret, str)
    if url is None or password is None:
        return None
    return AsteriskAccess(
        url=url,
        app=table.app,
        username=table.username,
        password=password,
        transport=table.transport,
        transfers=table.transfers,
        lanes=table.lanes,
    )


def _desktop(tables: Tables, report: Report, secret: Secret) -> DesktopAccess | None:
    table = tables.desktop
    if table is None:
        return None
    listen = _found(("desktop", "listen"), table.listen, report, secret, listen_address)
    if listen is None:
        return None
    tls = TlsFiles(certificate=table.tls.certificate, key=table.tls.key) if table.tls else None
    desktop = DesktopAccess(
        host=listen[0],
        port=listen[1],
        session_hours=table.session_hours,
        tls=tls,
        tls_proxy=table.tls_proxy,
        agents_change_password=table.agents_change_password,
        host_names=tuple(table.host_names),
    )
    if not desktop.is_loopback and not desktop.is_secure:
        report.note(
            ("desktop", "listen"),
            f"passwords would cross the network in the clear, because {desktop.listen} is open to other machines: "
            "give `tls` a certificate and its key, or say `tls_proxy = true` if a proxy with TLS stands in front",
        )
    if tls is not None and table.tls_proxy:
        report.note(("desktop", "tls_proxy"), "only one of `tls` and `tls_proxy`: who speaks TLS, the controller or a proxy?")
    elif table.tls_proxy and not table.host_names:
        report.note(
            ("desktop", "tls_proxy"),
            "browsers come by a name that the proxy passes on, and requests for an unknown one are refused: "
            'say it in `host_names`, such as host_names = ["desktop.example"]',
        )
    return desktop


def _telephones(tables: Tables, asterisk: AsteriskAccess) -> TelephoneAccess:
    """Telephones find Asterisk where we do, unless the site file says otherwise."""
    table = tables.telephones
    assert table is not None, "a site file with a [telephones] that can't be read has a mistake"
    return TelephoneAccess(
        server=table.server or urlsplit(asterisk.url).hostname or "",
        port=table.port,
        transport=table.transport,
        zoiper_provider_id=table.zoiper_provider_id or "",
        macs={AgentId(agent.id): bare_mac(agent.mac) for agent in tables.agents.values() if agent.mac},
    )


def _passwords(tables: Tables, desktop: DesktopAccess | None, report: Report, secret: Secret) -> Mapping[AgentId, str]:
    passwords: dict[AgentId, str] = {}
    whose: dict[str, str] = {}
    for index, agent in tables.agents.items():
        path: Path = ("agent", index, "password")
        password = _found(path, agent.password, report, secret, _argon2_hash)
        if password is None:
            continue
        passwords[AgentId(agent.id)] = password
        if desktop is None or not desktop.is_open:
            continue
        # Compared and not tried: to try a password takes 25 ms, and a start has hundreds of them. `check` tries them.
        if password in DEMO_HASHES:
            report.note(
                path,
                f"the password of {agent.id!r} is the one that everybody knows from the demo: "
                f"choose another, or let the desktop be reached from this machine only (it listens at {desktop.listen})",
            )
        elif password in whose:
            report.note(path, f"has been copied from {whose[password]!r}, so that both have one password: give each their own")
        whose.setdefault(password, agent.id)
    return passwords


def _argon2_hash(text: str) -> str:
    mistake = hash_mistake(text)
    if mistake is not None:
        raise ValueError(mistake)
    return text


# --- Tables to values --------------------------------------------------------------------------------------------------


def _directory(tables: Tables, region: str) -> Directory:
    agents = [
        Agent(
            id=AgentId(agent.id),
            name=agent.name,
            phone=agent.phone,
            team=agent.team,
            supervisor=agent.supervisor,
            answers_remotely=agent.answers_remotely,
            browser=agent.browser or "",
            may_call_out=agent.may_call_out,
            caller_id=agent.caller_id or "",
        )
        for agent in tables.agents.values()
    ]
    first_reason = ReasonId(tables.wrap_up_reasons[0].id)
    outside_only = (tables.dialling or DiallingTable()).outside_only_minutes * SECONDS_PER_MINUTE
    policy = _with(Policy(wrap_up_default=first_reason, outside_only_seconds=outside_only), tables.policy or PolicyTable())
    queues = [_queue(queue, agents, policy) for queue in tables.queues.values()]
    entry_points = [
        EntryPoint(id=EntryPointId(point.id), name=point.name, numbers=tuple(point.numbers), queue=QueueId(point.queue))
        for point in tables.entry_points.values()
    ]
    return Directory(
        agents={agent.id: agent for agent in agents},
        queues={queue.id: queue for queue in queues},
        entry_points={point.id: point for point in entry_points},
        dialling=dialling_rules(tables),
        numbers={
            NumberId(table.id): SiteNumber(id=NumberId(table.id), name=table.name, number=table.number) for table in tables.numbers.values()
        },
        wrap_up_reasons=_reasons(tables.wrap_up_reasons),
        idle_reasons=_reasons(tables.idle_reasons),
        region=region,
        limits=_limits(tables),
        policy=policy,
        trunks=trunks(tables),
        trunks_of_organisations=trunks_of_organisations(tables),
        feature_codes=feature_codes(tables),
    )


def _limits(tables: Tables) -> CallerLimits:
    assert tables.asterisk is not None, "a site file without an [asterisk] that can be read has a mistake"
    assert tables.callers is not None, "a site file with a [callers] that can't be read has a mistake"
    legs, callers = tables.asterisk.legs_max, tables.callers
    by_line = legs // 2 if callers.waiting_per_line_max is None else callers.waiting_per_line_max
    return CallerLimits(legs_max=legs, waiting_per_number_max=callers.waiting_per_number_max, waiting_per_line_max=by_line)


def _queue(table: QueueTable, agents: list[Agent], site_policy: Policy) -> Queue:
    policy = _with(site_policy, table.policy)
    if table.offer_seconds is not None:
        policy = replace(policy, offer_seconds=table.offer_seconds)
    teams = {*(table.teams or ()), table.team} - {None}
    # Who is named comes before whoever is in a team, and nobody twice.
    members = dict.fromkeys([*map(AgentId, table.agents or ()), *(agent.id for agent in agents if agent.team in teams)])
    return Queue(
        id=QueueId(table.id),
        name=table.name,
        agents=tuple(members),
        music=table.music,
        policy=policy,
        caller_id=table.caller_id or "",
        number=table.number or "",
    )


def _with(policy: Policy, table: PolicyTable) -> Policy:
    """Give the policy with what this table decides on top."""
    return replace(policy, **table.model_dump(exclude_none=True))


def _reasons(tables: Mapping[int, ReasonTable]) -> dict[ReasonId, Reason]:
    return {ReasonId(table.id): Reason(id=ReasonId(table.id), name=table.name) for table in tables.values()}
