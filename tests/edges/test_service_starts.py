"""What a start finds in the journal's folder, and what it makes of it."""

import os
from pathlib import Path

import pytest

from controller.service.run import instance_of


def test_a_controller_has_one_name_for_good(tmp_path: Path) -> None:
    name = instance_of(tmp_path)

    assert len(name) == 16
    assert instance_of(tmp_path) == name


@pytest.mark.parametrize("left", ["", "\n"])
def test_a_name_that_a_crash_left_empty_is_made_anew(tmp_path: Path, left: str) -> None:
    (tmp_path / "instance").write_text(left)

    name = instance_of(tmp_path)

    assert len(name) == 16
    assert instance_of(tmp_path) == name


def test_a_disk_that_is_full_leaves_no_empty_name_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="no space left"):
            instance_of(tmp_path)

    assert not (tmp_path / "instance").exists()
