"""What a release of Asterisk can do is known by its number alone."""

import pytest

from controller.asterisk.capabilities import READ_ONLY_HOLDS, TABLE, Capability, Release, can, is_since, lacking, transfers_by
from controller.directory.site import Transfers


@pytest.mark.parametrize(
    ("version", "release"),
    [
        ("22.10.1~dfsg+~cs6.15.60671435-1", Release(22, 10, 1)),
        ("16.28.0~dfsg-0+deb11u4", Release(16, 28, 0)),
        ("20.9.3", Release(20, 9, 3)),
        ("22.11.0-rc1", Release(22, 11, 0)),
        ("certified/18.9-cert5", Release(18, 9)),
        ("certified-20.7-cert3", Release(20, 7)),
        ("GIT-22-abcdef0", None),
        ("GIT-master-1a2.3b", None),
        ("", None),
    ],
)
def test_a_release_is_read_from_what_asterisk_says_of_itself(version: str, release: Release | None) -> None:
    assert Release.read(version) == release


def test_releases_are_older_and_newer_by_their_numbers() -> None:
    assert Release(16, 28) < Release(20, 9, 3) < Release(22, 9) < Release(22, 10, 1)
    assert str(Release(22, 10, 1)) == "22.10.1"


@pytest.mark.parametrize(
    ("release", "has"),
    [
        (Release(16, 28), False),
        (Release(18, 26, 4), False),
        (Release(20, 13), False),
        (Release(20, 14), True),
        (Release(21, 8, 9), False),
        (Release(21, 9), True),
        (Release(22, 3), False),
        (Release(22, 4), True),
        (Release(23, 0), True),
    ],
)
def test_a_feature_comes_to_several_branches_at_once_and_every_later_branch_has_it(release: Release, has: bool) -> None:
    assert can(release, Capability.REST_OVER_WEBSOCKET) is has


def test_a_branch_that_ended_before_a_feature_came_never_has_it() -> None:
    assert can(Release(20, 21), Capability.REFER_SUB_FALSE)
    assert not can(Release(21, 99), Capability.REFER_SUB_FALSE)
    assert not can(Release(22, 10, 1), Capability.REFER_SUB_FALSE)
    assert can(Release(22, 11), Capability.REFER_SUB_FALSE)


@pytest.mark.parametrize(
    ("wanted", "release", "way"),
    [
        ("auto", Release(22, 11), "ari-only"),
        ("auto", Release(20, 21), "ari-only"),
        ("auto", Release(22, 10, 1), "core"),
        ("auto", Release(21, 99), "core"),
        ("auto", Release(16, 28), "core"),
        ("auto", None, "core"),
        ("core", Release(22, 11), "core"),
        ("ari-only", Release(22, 10, 1), "ari-only"),
        ("ari-only", Release(22, 2), "core"),
        ("ari-only", None, "core"),
    ],
)
def test_transfers_are_left_to_us_where_no_telephone_can_end_asterisk_by_it(wanted: Transfers, release: Release | None, way: str) -> None:
    """Whoever names ari-only says that none of their telephones does; a release that lacks it would accept the setting without a word."""
    assert transfers_by(wanted, release) == way


@pytest.mark.parametrize(("release", "holds"), [(Release(22, 10, 0), False), (Release(22, 10, 1), True), (Release(22, 11), True)])
def test_a_fault_that_a_patch_mended_is_known_by_the_patch(release: Release, holds: bool) -> None:
    assert is_since(release, READ_ONLY_HOLDS) is holds


def test_a_release_whose_number_nobody_knows_has_only_what_the_oldest_has() -> None:
    assert list(lacking(None)) == list(lacking(Release(16, 28))) == [row for row in TABLE.values() if row.part_of is None]


def test_what_is_a_part_of_something_that_is_lacking_is_not_told_beside_it() -> None:
    assert "Refer-Sub: false" not in [row.name for row in lacking(Release(22, 2))]
    assert "Refer-Sub: false" in [row.name for row in lacking(Release(22, 3))]


def test_the_newest_lacks_nothing() -> None:
    assert list(lacking(Release(22, 11))) == list(lacking(Release(23, 5))) == []


@pytest.mark.parametrize("capability", Capability)
def test_every_capability_says_since_when_and_what_is_done_without_it(capability: Capability) -> None:
    row = TABLE[capability]

    assert row.since
    assert row.without
