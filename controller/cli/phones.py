"""`ari-controller phones`: PJSIP sections for every agent's telephone, with passwords that are made once, and sheets for people."""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from controller.asterisk.preflight import is_loopback
from controller.cli.exits import BAD_USAGE, CHECK_FAILED, DONE
from controller.cli.provision import CantProvision, Provisioning, Serving, provision, serving
from controller.directory.site import Site
from controller.provisioning.asterisk_files import PJSIP, PREFIX, has_templates, settings
from controller.provisioning.codes_in_words import codes_in_words
from controller.provisioning.password_file import NAME, BadPasswordFile, keep, made, read, replace_file
from controller.provisioning.sections import changes, sections
from controller.provisioning.sheet import Fetching, Language, sheet
from controller.provisioning.telephones import Kind, Telephone, telephones_of
from controller.service.site import site_of

FOR_THIS_MACHINE_ONLY = (
    "Sheets and files name {server}, by which only telephones on this machine find Asterisk: for those on desks write its address as "
    "`server` under [telephones] in the site file."
)
FILE_MODE = 0o600
"""Of a file that was not there: it holds passwords. One that was keeps its own as far as it is not for everybody."""
AND_ITS_GROUP = 0o640
NOT_FOR_OTHERS = 0o770
FOLDER_MODE = 0o700


def phones(asked: argparse.Namespace) -> int:
    """Write or print what was asked for. Exit code 1 where a file can't be read or written. Raises `BadSiteFile`."""
    site = site_of(asked.site)
    telephones = tuple(telephones_of(site.directory, site.telephones.macs))
    if named := [one.endpoint for one in telephones if one.endpoint.startswith(PREFIX)]:
        print(f"No telephone's name can begin with {PREFIX!r}, as templates' do: {', '.join(named)}.", file=sys.stderr)
        return BAD_USAGE
    if asked.json:
        print(json.dumps({"telephones": [_as_json(one, site) for one in telephones]}, ensure_ascii=False))
        return DONE
    if asked.dry_run and asked.output is None:
        print("--dry-run says what --output would change: give both.", file=sys.stderr)
        return BAD_USAGE
    try:
        at = _serving(asked, site)
    except CantProvision as cant:
        print(cant.because, file=sys.stderr)
        return BAD_USAGE
    folder = asked.site.absolute().parent / site.journal
    desks = [one.endpoint for one in telephones if one.kind is Kind.DESK]
    if (asked.sheets is not None or at is not None) and is_loopback(site.telephones.server):
        print(FOR_THIS_MACHINE_ONLY.format(server=site.telephones.server), file=sys.stderr)
    try:
        passwords = made(read(folder), desks) if asked.dry_run else keep(folder, desks)
        text = sections(telephones, passwords)
        if asked.output is not None:
            _write_sections(asked.output, text, dry_run=asked.dry_run)
        given = Provisioning(site, telephones, passwords, at) if at is not None else None
        if asked.sheets is not None and not asked.dry_run:
            _write_sheets(asked.sheets, site, telephones, passwords, given.fetching if given is not None else {})
        if at is not None and given is not None:
            provision(given, at, telephones, show_urls=asked.sheets is None)
    except BadPasswordFile as bad:
        print(bad.because, file=sys.stderr)
        return CHECK_FAILED
    except OSError as failed:
        what = f"{failed.filename} can't be written" if failed.filename else "Files can't be served"
        print(f"{what}: {failed.strerror or failed}.", file=sys.stderr)
        return CHECK_FAILED
    if asked.output is None and asked.sheets is None and at is None:
        print(text, end="")
    return DONE


def _serving(asked: argparse.Namespace, site: Site) -> Serving | None:
    """Where telephones are to fetch their files; None: nowhere. Raises `CantProvision`."""
    if asked.provision is None or asked.dry_run:
        return None
    return serving(asked.provision, asked.url, asked.minutes, site, asked.site.absolute().parent)


def _as_json(one: Telephone, site: Site) -> dict[str, object]:
    """What other tools may see: where the password is, and not the password."""
    access = site.telephones
    where = {"password_file": str(Path(site.journal) / NAME)} if one.kind is Kind.DESK else {}
    return {
        "agent": one.agent,
        "name": one.name,
        "kind": one.kind.value,
        "user": one.endpoint,
        "number": one.number,
        "server": access.server,
        "port": access.port,
        "transport": access.transport if one.kind is Kind.DESK else "ws",
        **({"mac": one.mac} if one.mac else {}),
        **where,
    }


def _write_sections(path: Path, text: str, *, dry_run: bool) -> None:
    """Raises OSError."""
    before = path.read_text("utf-8") if path.exists() else ""
    different = list(changes(before, text))
    print("\n".join(different) if different else f"{path} is right as it is.")
    if dry_run or before == text:
        return
    mode, group = FILE_MODE, -1
    includes_it = path.with_name(PJSIP)
    if path.exists():
        mode = path.stat().st_mode & NOT_FOR_OTHERS
    elif includes_it.exists():
        # Whoever reads that one reads this one too: what Asterisk can't read here keeps it from reading any telephone.
        mode, group = AND_ITS_GROUP, includes_it.stat().st_gid
    replace_file(path, text, mode=mode, group=group)
    if includes_it.exists():
        _tell_of(includes_it, includes_it.read_text("utf-8", "replace"), text)
    print(f"{path} is written. In Asterisk: `module reload res_pjsip.so`.", file=sys.stderr)


def _tell_of(includes_it: Path, theirs: str, text: str) -> None:
    """Say what keeps Asterisk from loading what was written: it then loads no telephone at all."""
    if not has_templates(theirs):
        print(f"{includes_it} has no line `#include {PREFIX}{PJSIP}`, which brings the templates: add it before a reload.", file=sys.stderr)
    if twice := sorted(settings(theirs).keys() & settings(text).keys()):
        sentence = (
            f"{includes_it} has sections of its own for {', '.join(twice)}: a telephone may not be there twice, so take one of them out."
        )
        print(sentence, file=sys.stderr)


def _write_sheets(
    folder: Path, site: Site, telephones: tuple[Telephone, ...], passwords: Mapping[str, str], fetching: Mapping[str, Fetching]
) -> None:
    """Write a page for each telephone on a desk; `fetching`: by its endpoint. Raises OSError."""
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    language = cast(Language, site.language)
    codes = tuple(codes_in_words(site.directory, language))
    for one in telephones:
        if one.kind is Kind.DESK:
            page = sheet(one, passwords[one.endpoint], site.telephones, language, codes=codes, fetching=fetching.get(one.endpoint))
            replace_file(folder / f"{one.agent}.html", page, mode=FILE_MODE)
    print(f"A sheet for each of {len(passwords)} telephones is in {folder}. They hold passwords.", file=sys.stderr)
