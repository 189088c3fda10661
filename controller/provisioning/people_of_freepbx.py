"""People, queues and numbers of a FreePBX, from the files that it writes for Asterisk. What stands only in its database is not read.

As FreePBX 16 and 17 write them (core 16.0.68 and 17.0.18, queues 16.0.27 and 17.0.1): an extension is an endpoint of its number in
`pjsip.endpoint.conf` with a `callerid=Name <number>`; a queue is a section of its number in `queues_additional.conf`, with members
`Local/1001@from-queue/n,0,"Name",hint:1001@ext-local`; an inbound route ends in `Goto(ext-queues,800,1)` in `extensions_additional.conf`.
"""

import re
from pathlib import Path

from controller.provisioning.asterisk_config import Section, read_config
from controller.provisioning.people import Found, ListedNumbers, ListedQueue
from controller.provisioning.people_of_pjsip import people_of

PJSIP = ("pjsip.endpoint.conf", "pjsip.aor.conf", "pjsip.auth.conf", "pjsip.registration.conf", "pjsip.identify.conf")
QUEUES, EXTENSIONS = "queues_additional.conf", "extensions_additional.conf"
OF_UCP = "99"
"""Before an extension's number: its telephone in FreePBX's own pages."""
OFFER_SECONDS = range(1, 3601)

_MEMBER = re.compile(r"(?:Local/(?P<local>[^@,/]+)@from-queue(?:/n)?|PJSIP/(?P<pjsip>[^,/@]+))(?:,.*)?", re.IGNORECASE)
_TO_A_QUEUE = re.compile(r"goto\(ext-queues,(?P<queue>[0-9]+),1\)", re.IGNORECASE)
_NUMBER = re.compile(r"\+?[0-9]{1,20}")
_QUEUE_NUMBER = re.compile(r"[0-9]{2,10}")
_MUSIC = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def found_in_freepbx(folder: Path) -> Found:
    """Read FreePBX's files in Asterisk's folder."""
    found = people_of(read_config(*(folder / name for name in PJSIP)))
    _leave_out_pages(found)
    if (folder / QUEUES).exists():
        _queues(folder / QUEUES, found)
        found.troubles.append("members who log in to a queue by themselves stand in no file: add them to the queue by hand")
    else:
        found.troubles.append(f"there is no {folder / QUEUES}, so no queue was read")
    if found.queues and (folder / EXTENSIONS).exists():
        _inbound_routes(folder / EXTENSIONS, found)
    return found


def _leave_out_pages(found: Found) -> None:
    known = {person.phone for person in found.people}
    for person in found.people:
        if person.phone.startswith(OF_UCP) and person.phone.removeprefix(OF_UCP) in known:
            found.leave_out(person.phone, f"it is the telephone of extension {person.phone.removeprefix(OF_UCP)} in FreePBX's own pages")
    left_out = {one.what for one in found.left_out}
    found.people = [person for person in found.people if person.phone not in left_out]


def _queues(path: Path, found: Found) -> None:
    config = read_config(path)
    found.troubles += config.troubles
    known = {person.phone for person in found.people}
    for section in config.sections:
        what = f"queue {section.name}"
        if not _QUEUE_NUMBER.fullmatch(section.name):
            found.leave_out(what, "its name is no number of 2 to 10 digits")
            continue
        phones = tuple(dict.fromkeys(phone for member in section.all("member") if (phone := _phone(member, known, what, found))))
        if not phones:
            found.leave_out(what, "it has no static member who is a person here, so nobody would serve it")
            continue
        found.queues.append(_queue(section, phones, what, found))


def _queue(section: Section, phones: tuple[str, ...], what: str, found: Found) -> ListedQueue:
    strategy, timeout, music = section.get("strategy"), section.get("timeout"), section.get("musicclass")
    if strategy and strategy != "rrmemory":
        found.troubles.append(f"{what}: strategy={strategy} was not taken: whoever has been available longest is rung")
    return ListedQueue(
        id=f"queue-{section.name}",
        name=f"Queue {section.name}",  # FreePBX has its name in the database alone
        number=section.name,
        phones=phones,
        music=music if music and music not in ("default", "inherit", "none") and _MUSIC.fullmatch(music) else "",
        offer_seconds=int(timeout) if timeout.isdecimal() and int(timeout) in OFFER_SECONDS else None,
    )


def _phone(member: str, known: set[str], what: str, found: Found) -> str | None:
    """Say whose telephone a member is; None: nobody's of ours, which is told."""
    read = _MEMBER.fullmatch(member)
    phone = (read["local"] or read["pjsip"]) if read is not None else None
    if phone in known:
        return phone
    found.leave_out(
        f"{what}, member {phone or member}", "it is no person's telephone that was found here (a number outside, or another technology)"
    )
    return None


def _inbound_routes(path: Path, found: Found) -> None:
    """Find the numbers that lead to a queue at once. What goes through times, menus or announcements is not followed."""
    config = read_config(path)
    known = {queue.number for queue in found.queues}
    numbers: dict[str, list[str]] = {}
    elsewhere = 0
    for section in config.sections:
        if not section.name.startswith("ext-did-000"):
            continue
        for said in section.all("exten"):
            number, _, step = said.partition(",")
            if "(dest-ext)" not in step:
                continue
            to = _TO_A_QUEUE.search(step)
            if to is None:
                elsewhere += 1
            elif not _NUMBER.fullmatch(number):
                found.leave_out(f"inbound route {number}", "it is a pattern, or for some callers only: an entry point has whole numbers")
            elif to["queue"] in known:
                numbers.setdefault(to["queue"], []).append(number)
            else:
                found.leave_out(f"inbound route {number}", f"it leads to the queue {to['queue']}, which was not taken")
    if elsewhere:
        found.troubles.append(
            f"inbound routes that lead to something else than a queue (a person, a menu, a time) stay FreePBX's: {elsewhere}"
        )
    found.numbers = [ListedNumbers(queue_number=queue, numbers=tuple(dict.fromkeys(each))) for queue, each in numbers.items()]
