"""An agent's two telephones, as far as the switch has told, and which of them rings."""

from dataclasses import dataclass
from enum import StrEnum

from controller.directory.ids import Seconds
from controller.directory.replace import replace


class TelephoneKind(StrEnum):
    """Where a telephone is."""

    DESK = "desk"
    BROWSER = "browser"


@dataclass(frozen=True, slots=True, kw_only=True)
class Telephones:
    """What is known of both. Until the switch has told, a telephone on the desk is believed to be there, and one in the browser is not."""

    rings: TelephoneKind = TelephoneKind.DESK
    """Which of them is rung for this agent's next call."""
    desk_is_there: bool = True
    browser_is_there: bool = False
    desk_is_busy: bool = False
    """It is in a call that is none of ours, and the site wants nobody rung meanwhile."""
    since: Seconds = 0.0
    """Since when the one that rings is there, or is not there, or is this one."""

    @property
    def is_there(self) -> bool:
        """The one that rings can be rung."""
        return self.browser_is_there if self.rings is TelephoneKind.BROWSER else self.desk_is_there

    @property
    def is_busy(self) -> bool:
        """The one that rings is in a call that is none of ours: nobody is rung who talks already."""
        return self.rings is TelephoneKind.DESK and self.desk_is_busy


def settled(telephones: Telephones, chosen: TelephoneKind | None, now: Seconds, *, has_browser: bool) -> Telephones:
    """Say which of them rings: the chosen one; without a choice the browser's while a page is open, or while the desk's is not there.

    `has_browser`: the site gives this agent a telephone in the browser.
    """
    rings = _which(telephones, chosen, has_browser=has_browser)
    return telephones if rings is telephones.rings else replace(telephones, rings=rings, since=now)


def seen(telephones: Telephones, kind: TelephoneKind, now: Seconds, *, is_there: bool) -> Telephones:
    """Note what the switch says of one of them."""
    browser, desk = (is_there if kind is each else known for each, known in _known(telephones))
    if (browser, desk) == (telephones.browser_is_there, telephones.desk_is_there):
        return telephones
    since = now if kind is telephones.rings else telephones.since
    return replace(telephones, browser_is_there=browser, desk_is_there=desk, since=since)


def _known(telephones: Telephones) -> tuple[tuple[TelephoneKind, bool], tuple[TelephoneKind, bool]]:
    return (TelephoneKind.BROWSER, telephones.browser_is_there), (TelephoneKind.DESK, telephones.desk_is_there)


def _which(telephones: Telephones, chosen: TelephoneKind | None, *, has_browser: bool) -> TelephoneKind:
    if not has_browser or chosen is TelephoneKind.DESK:
        return TelephoneKind.DESK
    if chosen is TelephoneKind.BROWSER or telephones.browser_is_there or not telephones.desk_is_there:
        return TelephoneKind.BROWSER
    return TelephoneKind.DESK
