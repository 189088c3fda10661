"""What a start finds in the journal's folder, and what a running service takes over from its site file."""

import os
from pathlib import Path

import pytest

from controller.service.run import instance_of
from tests.edges.ari.fake_asterisk import fake_asterisk
from tests.live.service import running_service, write_site


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


async def test_a_new_ari_password_is_taken_over_without_a_restart_and_the_calls_go_on(tmp_path: Path) -> None:
    secret, site = tmp_path / "ari-password", write_site(tmp_path, password="file:ari-password")
    secret.write_text("secret\n")
    async with fake_asterisk() as asterisk, running_service(site, ari_port=asterisk.port) as service:
        asterisk.replies = {"GET channels": (200, []), "GET bridges": (200, [])}
        await service.says("attached to Asterisk")

        asterisk.password = "the next one"
        secret.write_text("the next one\n")
        service.read_site_again()
        said = await service.says("another user or password for ARI was taken over")
        await service.says("the site file was taken over")
        assert "the next one" not in said
        assert not any("at the next start only" in line for line in service.lines)
        assert asterisk.connections == 1

        asterisk.cut()
        await asterisk.until(lambda: asterisk.connections == 2)
