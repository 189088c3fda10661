"""`ari-controller run`: reads the site, wires everything together, and lives until it is told to stop.

Calls outlive it: stopping leaves every channel and bridge in Asterisk as it is.
"""

import asyncio
import faulthandler
import gc
import os
import secrets
import signal
from dataclasses import replace
from pathlib import Path

import structlog
import uvloop

from controller import __version__
from controller.asterisk.dial_string import dialable
from controller.asterisk.preflight import Result, preflight
from controller.asterisk.questions import sip_url
from controller.asterisk.switch import AriSwitch
from controller.desktop.server import CannotListen, DesktopServer
from controller.desktop.tls import BadCertificate, Tls
from controller.dialling.listed_number import ListedNumbers
from controller.directory.dial_plan import listed_numbers
from controller.directory.dialled_targets import DialledNumbers
from controller.directory.ids import THE_SWITCH
from controller.directory.organisation import Organisation
from controller.directory.site import AsteriskAccess, Site
from controller.directory.site_mistakes import BadSiteFile
from controller.floor.disk import MB
from controller.floor.outcome import SiteReloaded
from controller.floor.ports import InboxFull
from controller.interaction.facts import LegUnstuck, SwitchLost
from controller.interaction.layout import layout
from controller.journal.journal import JournalFailed
from controller.journal.replay import BroughtBack, bring_back
from controller.journal.sqlite_journal import SqliteJournal
from controller.organisation.kept_lists import COLLEAGUES_FOLDER, KeptLists
from controller.organisation.organisations import Organisations
from controller.organisation.provider import Provider
from controller.organisation.providers import provider_of
from controller.service.chosen_passwords import BadChosenPasswords, ChosenPasswordFile
from controller.service.clock import SteadyClock
from controller.service.disk import DiskWatch
from controller.service.keeping import Keeper
from controller.service.loop import Loop
from controller.service.site import site_of
from controller.service.stories import StoryReader
from controller.service.systemd import Systemd
from controller.telemetry.logs import InputLog, set_up_logs
from controller.telemetry.metrics import Metrics, Readings
from controller.telemetry.step_file import StepFile, remove

DONE, FAILED = 0, 1


FOR_THIS_USER_ALONE = 0o077
"""The umask: whatever we write holds customers' numbers, or helps somebody to pose as us."""

EXPIRED_EVERY_SECONDS = 3600.0

log = structlog.get_logger("service")


def instance_of(folder: Path) -> str:
    """Name whoever works on this journal: the same after every restart. The journal's lock keeps two from being one."""
    path = folder / "instance"
    known = path.read_text().strip() if path.exists() else ""
    if known:
        return known
    # Under its name only when it is whole: a crash or a full disk may have left an empty file, and one without a name is taken for anybody.
    name, new = secrets.token_hex(8), folder / "instance.new"
    with new.open("w") as file:
        file.write(name)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    return name


def run_service(site_path: Path) -> int:
    """Be the service until SIGTERM or SIGINT; gives the exit code. Raises `BadSiteFile`."""
    site = site_of(site_path)
    os.umask(FOR_THIS_USER_ALONE)
    set_up_logs(site.log)
    # systemd ends a service that is stuck by SIGABRT: then the log says where it was.
    faulthandler.enable()
    log.info("starting", version=__version__, site=str(site_path))
    try:
        tls = _tls(site, site_path)
    except BadCertificate as bad:
        log.error("not started", because=bad.because)
        return FAILED
    journal = SqliteJournal(site_path.parent / site.journal)
    try:
        brought = bring_back(journal.open())
    except JournalFailed as failed:
        log.error("not started", because=failed.because)
        return FAILED
    try:
        chosen = ChosenPasswordFile(site_path.parent / site.journal, site.passwords)
    except BadChosenPasswords as bad:
        log.error("not started", because=bad.because)
        return FAILED
    if brought.damage:
        log.error("the journal could not be used as it is", because=brought.damage)
    log.info("brought back", interactions=len(brought.floor.interactions), replayed=brought.replayed)
    return uvloop.run(_run(site, site_path, journal, brought, chosen, tls))


def _tls(site: Site, site_path: Path) -> Tls | None:
    """Read the desktop's certificate; None: it speaks plain HTTP. Raises `BadCertificate`."""
    files = site.desktop.tls
    return Tls(site_path.parent / files.certificate, site_path.parent / files.key) if files is not None else None


async def _run(
    site: Site, site_path: Path, journal: SqliteJournal, brought: BroughtBack, chosen: ChosenPasswordFile, tls: Tls | None
) -> int:
    if brought.is_partial:
        try:
            aside = await journal.put_aside(brought.floor.state())
        except JournalFailed as failed:
            # What we would write from now on could not be replayed after what was left out.
            log.error("not started", because=failed.because)
            return FAILED
        log.error("the journal as it was is kept for somebody to look at", file=str(aside))
    return await _Service(site, site_path, journal, brought, chosen, tls).run()


class _Service:
    """The parts of one running controller, and what happens to them on signals."""

    def __init__(
        self, site: Site, site_path: Path, journal: SqliteJournal, brought: BroughtBack, chosen: ChosenPasswordFile, tls: Tls | None
    ) -> None:
        self._site = site
        self._chosen = chosen
        self._site_path = site_path
        self._stopping = asyncio.Event()
        self._reloading: asyncio.Task[None] | None = None
        self._reload_again = False
        self._site_is_refused = False
        self._systemd = Systemd()
        self._journal = journal
        clock = SteadyClock(not_before=brought.floor.last_at)
        self._access = site.asterisk
        self._keeper = Keeper(journal)
        self._loop = Loop(brought.floor, clock=clock, keeper=self._keeper)
        self._switch = AriSwitch(
            site.asterisk,
            post=self._loop.post,
            instance=instance_of(site_path.parent / site.journal),
            dialable=dialable(site.directory),
            dialled=DialledNumbers(site.directory),
        )
        self._colleagues = Organisations(
            site.organisations,
            listed_numbers(site.directory),
            provider_for=self._provider_for,
            clock=clock,
            kept=KeptLists(site_path.absolute().parent / site.journal / COLLEAGUES_FOLDER),
        )
        self._steps = StepFile(site_path.parent / site.journal, clock=clock, is_kept=lambda: self._keeper.failed_because is None)
        self._steps.use(bytes_max=site.steps_mb_max * MB, days=site.steps_days)
        self._stories = StoryReader(site_path.parent / site.journal)
        self._disk = DiskWatch(site_path.parent / site.journal, site.free_mb_min)
        self._metrics = Metrics(
            lambda: self._loop.floor,
            clock,
            Readings(
                journal_fails_for=lambda: self._keeper.failing_seconds,
                journal_writes=lambda: self._keeper.took,
                steps_lost=lambda: self._steps.lost_in_all,
                disk=lambda: self._disk.room,
                requests=lambda: self._switch.requests_took,
                lanes_lost=lambda: self._switch.lanes_lost,
                organisations=self._colleagues.states,
            ),
        )
        self._desktop = DesktopServer(
            self._loop,
            clock,
            host=site.desktop.host,
            port=site.desktop.port,
            session_hours=site.desktop.session_hours,
            passwords=chosen.hashes,
            chosen_passwords=chosen if site.desktop.agents_change_password else None,
            metrics_text=lambda: self._metrics.text().decode(),
            is_ready=lambda: self._switch.away_because is None,
            warnings=lambda: self._disk.warnings,
            colleagues=self._colleagues,
            stories=self._stories,
            tls=tls,
            is_behind_tls=site.desktop.tls_proxy,
            host_names=site.desktop.host_names,
            browser_passwords=self._switch.browser_passwords,
            sip_url=sip_url(site.asterisk.url),
        )
        self._watch_telephones(site)
        self._begin_where_we_left_off(brought)
        self._loop.serve(self._switch, (InputLog(), self._metrics, self._steps, self._desktop), self._metrics)

    def _watch_telephones(self, site: Site) -> None:
        agents = site.directory.agents.values()
        browsers = {agent.browser for agent in agents if agent.browser} | self._loop.floor.browsers_in_calls()
        self._switch.telephones.use((agent.phone for agent in agents), browsers)

    def _provider_for(self, organisation: Organisation, numbers: ListedNumbers) -> Provider:
        return provider_of(organisation, numbers, self._site_path.absolute().parent)

    def _begin_where_we_left_off(self, brought: BroughtBack) -> None:
        """Nothing is special about a start: Asterisk is away until it is found, and the site file may be another one."""
        if brought.floor.switch_is_there:
            self._loop.post(SwitchLost(switch=THE_SWITCH))
        self._loop.post(SiteReloaded(directory=self._site.directory))
        for interaction in brought.floor.interactions.values():
            self._switch.arrange(layout(interaction))
        for leg in brought.floor.stuck_legs():  # whoever still is will be told anew
            self._loop.post(LegUnstuck(leg=leg))
        for leg in brought.floor.state().leaving:
            self._switch.await_end_of(leg)

    async def run(self) -> int:
        """Live until told to stop, or until another controller has taken over."""
        events = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            events.add_signal_handler(number, self._stopping.set)
        events.add_signal_handler(signal.SIGHUP, self._reload)
        try:
            await self._desktop.start()
        except CannotListen as cannot:
            log.error("not started", because=cannot.because)
            return FAILED
        log.info("the desktop listens", listen=f"{self._site.desktop.host}:{self._desktop.port}")
        try:
            return await self._live()
        finally:
            await self._desktop.stop()
            await self._close_journal()
            self._steps.close()
            self._stories.close()
            self._systemd.close()

    async def _close_journal(self) -> None:
        """Leave a whole state behind, so that the next process is there at once."""
        try:
            await self._journal.keep_state(self._loop.floor.state())
        except JournalFailed as failed:
            log.error("the state was not written; the inputs that led to it are kept", because=failed.because)
        self._journal.close()

    async def _live(self) -> int:
        # The command began without looking for garbage. What the start made stays, so it is never looked at.
        gc.freeze()
        gc.enable()
        tasks = {
            asyncio.create_task(self._loop.run(), name="loop"),
            asyncio.create_task(self._switch.run(), name="switch"),
            asyncio.create_task(self._stopping.wait(), name="stop"),
        }
        beside = (
            asyncio.create_task(self._look_over(), name="preflight"),
            asyncio.create_task(self._keep_colleagues(), name="colleagues"),
            asyncio.create_task(self._disk.run(), name="disk"),
            asyncio.create_task(self._forget_old_steps(), name="old steps"),
            asyncio.create_task(self._show_life(), name="life"),
        )
        done, others = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        self._systemd.stopping()
        self._loop.stop()
        if self._stopping.is_set():
            await self._switch.give_up()
        for task in (*others, *beside):
            if task.get_name() != "loop":
                task.cancel()
        await asyncio.gather(*others, *beside, return_exceptions=True)
        for task in done:
            task.result()  # whatever ended it unasked is our mistake, and is raised here
        if self._stopping.is_set():
            log.info("stopped; calls go on in Asterisk")
            return DONE
        log.error("stopped: another controller has taken over this application in Asterisk")
        return FAILED

    async def _forget_old_steps(self) -> None:
        """Remove what is older than the site keeps it, in a thread: a file of some megabytes takes a disk its time."""
        while True:
            await asyncio.to_thread(remove, self._steps.expired())
            await asyncio.sleep(EXPIRED_EVERY_SECONDS)

    async def _look_over(self) -> None:
        """Say once what is wrong with Asterisk or its telephones; the service tries all the same."""
        for finding in await preflight(self._site.asterisk, self._site.directory):
            if finding.result in (Result.FAILED, Result.WARNING):
                log.warning(finding.sentence, check=finding.check, result=finding.result.value)

    async def _show_life(self) -> None:
        """Tell systemd that the service is ready, and then that it lives, for as long as the one writer goes on."""
        if (seconds := self._systemd.beat_seconds) is None:
            return
        tell = self._systemd.ready
        while True:
            try:
                await self._loop.reached()
            except InboxFull:
                pass  # hopelessly behind: whether that is for too long is for systemd to decide
            else:
                tell(self._status())
                tell = self._systemd.alive
            await asyncio.sleep(seconds)

    def _status(self) -> str:
        """Say in a line how it is, for `systemctl status`."""
        away, calls = self._switch.away_because, len(self._loop.floor.interactions)
        said = [f"Not attached to Asterisk: {away}" if away is not None else f"Attached to Asterisk; interactions: {calls}"]
        if self._loop.not_kept_because is not None:
            said.append("nothing is kept: the disk fails")
        if self._site_is_refused:
            said.append("the site file was not taken over at the last reload")
        return "; ".join(said)

    async def _keep_colleagues(self) -> None:
        """Fetch the organisations' people now and then. A mistake of ours in it costs nobody a call."""
        try:
            await self._colleagues.run()
        except Exception:
            log.exception("colleagues are fetched no more, because of a mistake in the controller; who was known stays")

    def _reload(self) -> None:
        if self._reloading is None or self._reloading.done():
            self._reloading = asyncio.create_task(self._read_until_it_is_the_newest(), name="reload")
        else:
            # The file may have been changed after it was read: an administrator corrects a mistake and asks once more.
            self._reload_again = True

    async def _read_until_it_is_the_newest(self) -> None:
        self._reload_again = True
        self._systemd.reloading()
        while self._reload_again:
            self._reload_again = False
            self._site_is_refused = not await self._read_again()
        self._systemd.ready(self._status())

    async def _read_again(self) -> bool:
        """Take over the people, queues, policies and passwords of a changed site file; addresses need a restart.

        False: it has mistakes, and the old one stays.
        """
        try:
            site = await asyncio.to_thread(site_of, self._site_path)
        except BadSiteFile as bad:
            log.error("the site file was not taken over; the old one stays", mistakes=str(bad))
            return False
        try:
            self._loop.post(SiteReloaded(directory=site.directory))
        except InboxFull:
            log.error("the site file was not taken over; the old one stays", because="the controller is too far behind; try again")
            return False
        self._desktop.use_passwords(await self._chosen.use(site.passwords))
        self._use_access(site.asterisk)
        self._disk.use(site.free_mb_min)
        self._steps.use(bytes_max=site.steps_mb_max * MB, days=site.steps_days)
        self._watch_telephones(site)
        self._switch.use_numbers(dialable(site.directory), DialledNumbers(site.directory))
        self._colleagues.use(site.organisations, listed_numbers(site.directory))
        try:
            self._desktop.use_certificate()
        except BadCertificate as bad:
            log.error("the certificate was not taken over; the old one stays", because=bad.because)
        rest = _with_login_of(site.asterisk, self._site.asterisk), self._site.desktop, self._site.journal
        if (site.asterisk, site.desktop, site.journal) != rest:
            log.warning("[asterisk] (but its username and password), [desktop] and [journal] are taken over at the next start only")
        self._site = site
        log.info("the site file was taken over", site=str(self._site_path))
        return True

    def _use_access(self, access: AsteriskAccess) -> None:
        """Take over another user or password of ARI; where Asterisk is, only the next start takes over."""
        known, self._access = self._access, _with_login_of(access, self._access)
        if self._access != known:
            self._switch.use_access(self._access)
            log.info("another user or password for ARI was taken over: the next connection to Asterisk uses it", username=access.username)


def _with_login_of(access: AsteriskAccess, other: AsteriskAccess) -> AsteriskAccess:
    return replace(other, username=access.username, password=access.password)
