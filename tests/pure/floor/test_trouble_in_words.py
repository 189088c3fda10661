"""What went wrong is said without the language that the program is written in."""

import sqlite3

import pytest

from controller.floor.trouble import trouble_in_words


class ServerDisconnectedError(Exception):
    """As a library would name it."""


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(28, "No space left on device"), "No space left on device"),
        (FileNotFoundError(2, "No such file or directory", "/etc/x.pem"), "/etc/x.pem: No such file or directory"),
        (OSError("[Errno 104] Connection reset by peer"), "Connection reset by peer"),
        (sqlite3.OperationalError("database or disk is full"), "database or disk is full"),
        (ValueError("the first line\nand what a developer would want to know"), "the first line"),
        (TimeoutError(), "no answer in time"),
        (ConnectionResetError(), "connection reset"),
        (ServerDisconnectedError(), "server disconnected"),
    ],
)
def test_a_failure_is_said_in_words(error: BaseException, words: str) -> None:
    assert trouble_in_words(error) == words
