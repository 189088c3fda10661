"""The delivered `asterisk-conf/`, as Asterisk itself judges it."""

import re
from pathlib import Path

import aiohttp
import pytest

from tests.live.scene import ready
from tests.live.stack import READY_SECONDS_MAX, running_stack

COMPLAINT = re.compile(r"\b(WARNING|ERROR)\[")


@pytest.mark.parametrize("image", ["asterisk", "asterisk16"])
async def test_asterisk_starts_and_the_controller_attaches_without_an_error_or_a_warning(tmp_path: Path, image: str) -> None:
    with running_stack(tmp_path, asterisk_image=image) as stack:
        async with aiohttp.ClientSession() as http:
            await ready(stack, http, READY_SECONDS_MAX)
        written = b"".join(stack.asterisk.get_logs()).decode(errors="replace").splitlines()

    assert any("Asterisk Ready" in line for line in written), "its log reaches us, or it proves nothing"
    assert [line for line in written if COMPLAINT.search(line)] == []
