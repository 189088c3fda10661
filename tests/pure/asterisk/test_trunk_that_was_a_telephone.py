"""A leg that nobody wants any more is found again after its endpoint was made a trunk: the telephone that it was has no leg any more."""

from controller.asterisk.resources import Channel, DialplanPlace
from controller.asterisk.resync import compare
from controller.asterisk.seen import Seen
from controller.directory.ids import LegId

STRAY = LegId("ix-i1-bob-1")
FOUND = Channel(id=STRAY, name="PJSIP/1002-00000001", state="Up", dialplan=DialplanPlace(app_name="Stasis", app_data="controller"))


def test_when_it_has_ended_the_telephones_legs_can_still_be_told() -> None:
    seen = Seen()
    for trunks in ((), ("1002",)):  # at two attaches, with a reload of the site file between them
        compare(seen, [FOUND], [], app="controller", layouts=[], trunks=trunks)
    assert seen.legs[STRAY].trunk == "1002"

    seen.forget(STRAY)

    assert seen.legs_made_for("1002") == []
