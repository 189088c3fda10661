"""The people of organisations as a test says they are; nothing is fetched."""

from collections.abc import Sequence

from controller.directory.colleague_search import ColleagueList, Found, ListedColleague, find, search
from controller.directory.ids import ColleagueId, Seconds
from controller.directory.organisation import OrganisationState
from controller.floor.ports import Colleagues
from tests.pure.directory.people import NUMBERS, WRITTEN_AT


class ColleaguesInMemory(Colleagues):
    """Knows these."""

    def __init__(self, *lists: ColleagueList) -> None:
        self.lists = lists
        self.failed_because = ""
        self.presence_failed_because = ""
        self.is_of_last_time = False
        self.fetched_at: Seconds | None = WRITTEN_AT
        self.people_before = 0
        self.shrunk_at: Seconds | None = None
        self.refreshed = 0

    async def search(self, asked: str, most: int) -> Found:
        return search(self.lists, asked, most, NUMBERS.read)

    def find(self, wanted: ColleagueId) -> ListedColleague | None:
        return find(self.lists, wanted)

    async def refresh(self, seconds_max: Seconds) -> None:
        self.refreshed += 1

    def states(self) -> Sequence[OrganisationState]:
        return [
            OrganisationState(
                organisation=each.organisation,
                people=len(each.roster),
                fetched_at=self.fetched_at,
                failed_because=self.failed_because,
                presence_failed_because=self.presence_failed_because,
                is_of_last_time=self.is_of_last_time,
                people_before=self.people_before,
                shrunk_at=self.shrunk_at,
            )
            for each in self.lists
        ]
