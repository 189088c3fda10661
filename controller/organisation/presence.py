"""Says what people do at the moment, of the few who are being shown: a list of fifty thousand would be old before it is read."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from controller.directory.colleague_search import ListedColleague
from controller.directory.ids import ColleagueId, OrganisationId
from controller.organisation.provider import Presence, PresenceSource


async def with_their_presence(
    listed: Sequence[ListedColleague], tell: Mapping[OrganisationId, PresenceSource]
) -> tuple[ListedColleague, ...]:
    """Ask whoever tells the presence of an organisation's people. Takes less than a second, whatever becomes of it."""
    asked = {of: [id_ for each in listed for known_to, id_ in each.known_as if known_to == of] for of in tell}
    answers = await asyncio.gather(*(tell[of].know(people) for of, people in asked.items()))
    known = dict(zip(asked, answers, strict=True))
    return tuple(_with_presence(each, known) for each in listed)


def _with_presence(listed: ListedColleague, known: Mapping[OrganisationId, Mapping[ColleagueId, Presence]]) -> ListedColleague:
    """Say what somebody does now, in place of what a list said when it was written."""
    asked = [known[of][id_] for of, id_ in listed.known_as if of in known and id_ in known[of]]
    told = next((presence for presence in asked if presence.word), None)
    return listed if told is None else replace(listed, presence=told.word, presence_at=told.at)
