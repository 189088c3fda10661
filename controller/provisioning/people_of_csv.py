"""People of a list from a spreadsheet or a directory's export, whatever its columns are called and in whatever order they stand."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from controller.directory.folding import fold
from controller.directory.site_parts import DELIMITERS
from controller.directory.site_tables import AgentTable
from controller.provisioning.asterisk_config import text_of
from controller.provisioning.people import ENDPOINT, Found, Person, readable_name

_CALLED: Mapping[str, str] = {
    "id": "id login user username userid account agent agentid identifiant compte samaccountname uid",
    "name": "name fullname displayname agentname nom nomcomplet nomprenom cn commonname",
    "first": "firstname givenname forename prenom",
    "last": "lastname surname familyname sn nomdefamille",
    "phone": "phone telephone extension ext extensionnumber poste numero number endpoint device line ligne tel sip",
    "password": "password motdepasse mdp secret hash passwordhash",
    "team": "team equipe group groupe service department departement",
    "email": "email mail emailaddress courriel adressemail",
    "supervisor": "supervisor superviseur issupervisor",
    "mac": "mac macaddress adressemac",
    "browser": "browser navigateur browserphone",
    "caller_id": "callerid cid outboundcid",
    "may_call_out": "maycallout callout appelsortant",
    "answers_remotely": "answersremotely",
}
"""What columns are called, folded and without spaces and signs, for what we read of them."""
_KEYS = {called: key for key, words in _CALLED.items() for called in words.split()}
_OTHER_KEYS = tuple(key for key in _CALLED if key in AgentTable.model_fields and key not in ("id", "name", "phone", "password"))


def people_of_csv(path: Path) -> Found:
    """Read the list. Raises OSError, and ValueError with a sentence where it is no such list."""
    text, is_utf8 = text_of(path)
    found = Found()
    if not is_utf8:
        found.troubles.append(f"{path} is not in UTF-8: it was read as Windows-1252, so look whether accents are right")
    lines = text.splitlines(keepends=True)
    delimiter = max(DELIMITERS, key=lines[0].count) if lines else ","
    try:
        header, *rows = csv.reader(lines, delimiter=delimiter, strict=True)
    except (csv.Error, ValueError) as wrong:
        raise ValueError(f"{path} is no CSV: {wrong}") from wrong
    columns = _columns(header, found)
    if not {"name", "first", "last", "id"} & columns.keys():
        raise ValueError(
            f"{path} has no column with names: its first line must name the columns, such as name,phone; it has {', '.join(header)}"
        )
    for number, row in enumerate(rows, start=2):
        _take(number, {key: row[place].strip() for key, place in columns.items() if place < len(row)}, found)
    return found


def _columns(header: Sequence[str], found: Found) -> dict[str, int]:
    columns: dict[str, int] = {}
    for place, called in enumerate(header):
        key = _KEYS.get("".join(letter for letter in fold(called) if letter.isalnum()))
        if key is None:
            if called.strip():
                found.leave_out(f"column {called.strip()!r}", "an agent has no key of this name")
        elif key in columns:
            found.leave_out(f"column {called.strip()!r}", f"another column before it is the {key} already")
        else:
            columns[key] = place
    return columns


def _take(number: int, row: Mapping[str, str], found: Found) -> None:
    if not any(row.values()):
        return
    what = f"line {number}"
    name = readable_name(row.get("name", "") or f"{row.get('first', '')} {row.get('last', '')}")
    phone = row.get("phone", "").removeprefix("PJSIP/").replace(" ", "")
    if phone and not ENDPOINT.fullmatch(phone):
        found.leave_out(what, f"the telephone {row['phone']!r} can't be the name of a PJSIP endpoint")
        return
    wanted_id = row.get("id", "") or row.get("email", "").partition("@")[0]
    if not name and not wanted_id:
        found.leave_out(what, "it has neither a name nor an id")
        return
    found.people.append(
        Person(
            phone=phone,
            name=name or wanted_id,
            wanted_id=wanted_id,
            password=row.get("password", ""),
            more=tuple((key, row[key]) for key in _OTHER_KEYS if row.get(key)),
        )
    )
