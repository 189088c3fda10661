"""What is taken out of text before somebody sends it away, and what stays so that it is of use."""

import time

import pytest

from controller.telemetry.redaction import Redactor

SECRET = "s3cr3t-of-ari"
REDACTOR = Redactor([SECRET, "abc", ""], ["+33123456789", "1001"])


@pytest.mark.parametrize(
    "text",
    [
        f"the reply was {SECRET}.",
        'password = "hunter2"',
        "password = 'hunter2'",
        'password = """\nhunter2\n"""',
        "# old_password=hunter2",
        "  Password => hunter2 ; mine",
        '{"client_secret": "hunter2", "a": 1}',
        '{"text": "{\\"password\\": \\"hunter2\\"}"}',
        'tokens = ["x", "hunter2"]',
        "Authorization: Bearer hunter2hunter2",
        "Authorization: Basic aHVudGVyMjpodW50ZXIy",
        "sent Basic aHVudGVyMjpodW50ZXIy to it",
        "GET /x?token=hunter2&y=1",
        "http://controller:hunter2@192.0.2.1:8088/ari",
        "md5_cred=hunter2",
        "cookie=session=hunter2",
        "-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nhunter2 cut short",
        "$argon2id$v=19$m=19456,t=2,p=1$hunter2$hunter2",
        "# alice had $argon2id$v=19$m=19456,t=2,p=1$hun+ter2$hunter2/hunter2 before",
        "seen 4fhunter2Zk3q9aPl0wXv7Tb5Rn1Yc8mDg6 somewhere",
    ],
)
def test_a_secret_does_not_stay_however_it_is_written(text: str) -> None:
    told = REDACTOR.text(text)

    for secret in (SECRET, "hunter2", "aHVudGVyMjpodW50ZXIy"):
        assert secret not in told
    assert "***" in told


@pytest.mark.parametrize(
    "number",
    [
        "+33612345678",
        "0612345678",
        "06 12 34 56 78",
        "06.12.34.56.78",
        "06-12-34-56-78",
        "+1 (201) 555-0123",
        "201.555.0123",
        "tel:0612345678",
        "tel0612345678",
    ],
)
def test_of_a_customers_number_two_digits_stay(number: str) -> None:
    told = REDACTOR.text(f'a customer calls 800 from {number}, "{number}"')

    assert sum(letter.isdigit() for letter in told) == len("800") + 2 * 2
    assert told.startswith("a customer calls 800 from ")


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-27 20:03:11.250 ix-t3k9x200-alice-1",
        '{"at":1764273600.1234567,"revision":17}',
        "22.10.1 at 192.0.2.1:8088, 0.25 s",
        "the site's own +33123456789, and 01001",
        'password = "file:ari-password"',
        'password = "env:ARI_PASSWORD"',
        "wrong user or password for http://127.0.0.1:8088",
        "abc",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert REDACTOR.text(text) == text


def test_a_tables_columns_of_secrets_are_emptied() -> None:
    table = 'id,password,phone\nalice,"hunter2, and more",1001\nbob,,1002\n'

    assert REDACTOR.table(table) == "id,password,phone\nalice,***,1001\nbob,***,1002\n"


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_spreadsheets_table_is_read_with_its_own_signs_between_columns(delimiter: str) -> None:
    rows = [["id", "name", "password", "phone"], ["alice", "Martin, Alice", "$hun+ter2,hun+ter2", "1001"]]

    told = REDACTOR.table("".join(delimiter.join(row) + "\n" for row in rows))

    assert told == "".join(delimiter.join(row) + "\n" for row in [rows[0], ["alice", "Martin, Alice", "***", "1001"]])


def test_a_line_of_json_stays_one_and_what_stands_behind_a_secrets_name_is_hidden() -> None:
    line = '{"at":1764273600.25,"to":{"my_token":["hunter2"],"n":7},"said":"from \\"+33612345678\\"","none":null,"password":""}'

    assert REDACTOR.line(line) == (
        '{"at": 1764273600.25, "to": {"my_token": "***", "n": 7}, "said": "from \\"*********78\\"", "none": null, "password": ""}'
    )


@pytest.mark.parametrize("piece", ["password", "a", "password=[", 'token="', "a://b:", "1.1", "0612345678", "-----BEGIN ", "bearer "])
def test_a_line_that_repeats_itself_without_an_end_takes_no_time(piece: str) -> None:
    began = time.monotonic()

    REDACTOR.text(piece * 2000)

    assert time.monotonic() - began < 20.0, "it took minutes, where each repetition was looked at with all that follow"
