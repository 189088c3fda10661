"""A disk that is nearly full is said once, in the log and to monitoring; calls are served all the same."""

import os
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from controller.floor.disk import MB
from controller.service.disk import DiskWatch
from tests.edges.desktop_world import World

SIZE_MB = 20_000


class Disk:
    """A file system of 20 GB, with so much free."""

    def __init__(self) -> None:
        self.free_mb = 5_000
        self.is_gone = False

    def statvfs(self, _: Path) -> os.statvfs_result:
        if self.is_gone:
            raise OSError("it is gone")
        blocks, free = SIZE_MB * MB // 1000, self.free_mb * MB // 1000
        reserved_for_root = 1000
        return os.statvfs_result((1000, 1000, blocks, free + reserved_for_root, free, 0, 0, 0, 0, 255))


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk()
    monkeypatch.setattr("controller.service.disk.os.statvfs", disk.statvfs)
    return disk


def test_it_is_said_once_that_the_disk_is_nearly_full_and_once_that_it_has_room_again(disk: Disk) -> None:
    watch = DiskWatch(Path("/var/lib/ari-controller"), 500)
    with capture_logs() as said:
        for free_mb in (5_000, 499, 480, 505, 499, 800, 700):
            disk.free_mb = free_mb
            watch.look()

    assert [(line["log_level"], line["event"]) for line in said] == [
        ("warning", "the disk is nearly full"),
        ("info", "the disk has room again"),
    ]
    assert "499 MB left: make room" in said[0]["because"]
    assert said[0]["folder"] == "/var/lib/ari-controller"


def test_what_is_free_is_what_we_may_use_and_not_what_is_reserved_for_root(disk: Disk) -> None:
    watch = DiskWatch(Path("/"), 500)
    watch.look()

    assert watch.room is not None
    assert (watch.room.free_bytes, watch.room.size_bytes) == (5_000 * MB, SIZE_MB * MB)


def test_another_least_of_a_reloaded_site_holds_from_the_next_look_on(disk: Disk) -> None:
    watch = DiskWatch(Path("/"), 500)
    watch.look()
    before = watch.warnings
    watch.use(6_000)
    watch.look()

    assert (before, len(watch.warnings)) == ((), 1)


def test_a_disk_of_which_nothing_can_be_found_out_is_neither_low_nor_shown(disk: Disk) -> None:
    watch = DiskWatch(Path("/"), 500)
    disk.is_gone = True
    watch.look()

    assert (watch.room, watch.warnings) == (None, ())


async def test_a_controller_whose_disk_is_nearly_full_is_ready_and_warns(world: World) -> None:
    world.warnings = ["The journal's disk has 312 MB left: make room."]

    reply = await world.browser().get("/readyz", prefix="")

    assert reply.status == 200
    assert reply.json == {"status": "ready", "warnings": ["The journal's disk has 312 MB left: make room."]}
