"""The part of a site file that is about organisations: what becomes of it, and what in it does not fit together."""

from controller.directory.ids import OrganisationId
from controller.directory.organisation import Organisation
from controller.directory.site_mistakes import Path, Report
from controller.directory.site_shape import Tables

LISTS = (".toml", ".csv")
ORGANISATIONS_MAX = 20
"""Each keeps its people in memory, and every search looks through all of them."""

SECONDS_PER_MINUTE = 60


def organisations(tables: Tables) -> tuple[Organisation, ...]:
    """Make them of tables that have no mistake."""
    return tuple(
        Organisation(
            id=OrganisationId(table.id),
            name=table.name,
            file=table.file or "",
            refresh_seconds=table.refresh_minutes * SECONDS_PER_MINUTE,
            deadline_seconds=table.deadline_seconds,
            is_teams=table.teams,
            single_sign_on=table.single_sign_on,
        )
        for table in tables.organisations.values()
    )


def check_organisations(tables: Tables, report: Report) -> None:
    """Report what does not fit together. Whether a list can be read is no question of the site file: it may come later, or change."""
    for place, (index, table) in enumerate(tables.organisations.items()):
        path: Path = ("organisation", index)
        if place == ORGANISATIONS_MAX:
            report.note(path, f"there may be {ORGANISATIONS_MAX} of these and no more")
        if table.kind != "file":
            export = 'export the people to a list and say kind = "file"'
            report.note((*path, "kind"), f'"{table.kind}" is not served by this version yet: {export}')
        elif table.file is None:
            report.note((*path, "file"), 'file is missing: give it the name of a list of colleagues, such as "colleagues.toml"')
        elif not table.file.endswith(LISTS):
            report.note((*path, "file"), "must be the name of a list in TOML or CSV, which ends with .toml or .csv")
        if table.single_sign_on and not table.teams:
            report.note((*path, "single_sign_on"), "is only for people who use Microsoft Teams: say teams = true too, or leave it out")
