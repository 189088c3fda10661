"""A line that only a programmer understands is noticed."""

import pytest

from tests.edges.plain_lines import lines_with_python


@pytest.mark.parametrize(
    "line",
    [
        "WARNING can't ring  because=ServerDisconnectedError",
        "ERROR nothing is kept  because=[Errno 28] No space left on device",
        "WARNING request failed  request=Make(leg='ix-1-alice-1', endpoint=Endpoint(address='1001'))",
        "alice logs on  tell=['alice is rung']",
        "attached to Asterisk  restarted=False",
        "Traceback (most recent call last):",
    ],
)
def test_python_is_noticed(line: str) -> None:
    assert lines_with_python([line]) == [line]


@pytest.mark.parametrize(
    "line",
    [
        "WARNING not attached to Asterisk, trying again  because=Asterisk at http://127.0.0.1 cannot be reached: nothing listens there",
        "t3k9x200  connected       Bob Durand is busy (SIP 486, Q.850 17)   -> connected",
        "attached to Asterisk  restarted=no",
    ],
)
def test_plain_english_is_not(line: str) -> None:
    assert lines_with_python([line]) == []
