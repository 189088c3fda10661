"""Each mistake that a site file can have, by itself: where it is and what to do about it."""

import pytest
from argon2 import PasswordHasher

from controller.directory.passwords import DEMO_HASHES
from controller.directory.policy import Policy
from controller.directory.site_tables import NOT_SERVED, REPEATED, SINGLE, WANTED, AttributesTable, PolicyTable, Table, TlsTable
from tests.pure.directory.site_text import ALICES, BOBS, OWN, SITE, line_number, mistakes_in, only_mistake_in, with_line


def test_the_file_that_these_tests_spoil_has_no_mistake() -> None:
    assert mistakes_in(SITE) == ()


# --- Keys --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('phone = "1001"', 'phone = "1001"\nsupervsor = true', "[[agent]] supervsor: there is no such key; did you mean 'supervisor'?"),
        ('region = "FR"', 'region = "FR"\nlanguag = "en"', "[site] languag: there is no such key; did you mean 'language'?"),
        (
            'region = "FR"',
            'region = "FR"\ncolour = "red"',
            "[site] colour: there is no such key; there are agents_from, language, log, region",
        ),
        (
            'id = "support"',
            'id = "support"\npolicy.offer_second = 3',
            "[[queue]] policy.offer_second: there is no such key; did you mean 'offer_seconds'?",
        ),
    ],
)
def test_an_unknown_key_is_a_mistake_that_suggests_the_nearest(old: str, new: str, said: str) -> None:
    text = with_line(old, new)

    assert only_mistake_in(text) == f"line {line_number(new.splitlines()[1], text)}: {said}"


def test_an_unknown_table_is_a_mistake_that_suggests_the_nearest() -> None:
    assert (
        only_mistake_in(SITE + "[[idle_reasons]]")
        == f"line {SITE.count(chr(10)) + 1}: [[idle_reasons]]: there is no such table; did you mean 'idle_reason'?"
    )


def test_an_unknown_table_that_is_near_none_is_a_mistake_that_lists_all() -> None:
    assert "there is no such table; there are agent, agent_defaults, asterisk, callers, " in only_mistake_in(SITE + "[xyz]")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (with_line('id = "support"', 'id = "support"\noverflow = "billing"'), "[[queue]] overflow"),
    ],
)
def test_what_is_meant_for_later_is_a_mistake_that_says_so(text: str, where: str) -> None:
    assert only_mistake_in(text).endswith(f": {where}: not served by this version yet: leave it out")


@pytest.mark.parametrize(
    "line", ['region = "FR"', 'username = "controller"', 'password = "secret-of-ari"', 'phone = "1001"', 'queue = "support"']
)
def test_a_missing_key_is_a_mistake_at_its_table(line: str) -> None:
    key = line.split(" = ", maxsplit=1)[0]

    said = only_mistake_in(with_line(line, ""))

    assert f"{key}: {key} is missing: give it " in said


def test_every_mistake_about_a_missing_table_says_what_to_write() -> None:
    said = {mistake.where: mistake.sentence for mistake in mistakes_in("")}

    assert said["[site] region"] == 'region is missing: give it a country as two capitals, such as "FR"'
    assert (
        said["[asterisk] password"]
        == "password is missing: give it the password that ari.conf has for the username, best as file:PATH or env:NAME"
    )


def test_every_key_says_what_it_must_be() -> None:
    tables: list[type[Table]] = [*SINGLE.values(), *REPEATED.values(), TlsTable, AttributesTable]
    keys = {key for table in tables for key in table.model_fields}
    otherwise = {
        "agent password",
        "trunk name",
        "organisation url",
        "attributes id",
        "attributes name",
        "attributes number",
        "queue number",
        "queue teams",
        "include file",
        "defaults phone",
        "defaults browser",
    }

    assert keys | otherwise == set(WANTED)


def test_every_policy_may_be_set_in_a_site_file() -> None:
    of_the_site = {"outside_only_seconds"}  # `[dialling]` says it in minutes

    assert set(PolicyTable.model_fields) == set(Policy.__dataclass_fields__) - of_the_site


def test_nothing_is_both_served_and_not_served() -> None:
    for table in NOT_SERVED:
        assert not NOT_SERVED[table] & set({**SINGLE, **REPEATED}[table].model_fields)


# --- Values ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'phone = "1001"',
            "phone = 1001",
            'must be the name of a PJSIP endpoint, such as "1001": letters a-z and A-Z, digits, _ . and -; it is 1001: put it in quotes',
        ),
        ('phone = "1001"', 'phone = "1001,tT"', 'it is "1001,tT"'),
        ('phone = "1001"', 'phone = "1001"\nbrowser = "1001/web"', "browser: must be the name of a PJSIP endpoint with webrtc = yes"),
        ('phone = "1001"', 'phone = "1001/x@y"', "must be the name of a PJSIP endpoint"),
        ('phone = "1001"', 'phone = "1001\\n"', "must be the name of a PJSIP endpoint"),
        ('id = "bob"', 'id = "bob"\nsupervisor = "yes"', 'must be true or false; it is "yes"'),
        ('id = "bob"', 'id = "bob"\nteam = "\\u0007"', "must be the name of a team"),
        ('name = "Bob Durand"', 'name = ""', "must be a name for people"),
        ('name = "Bob Durand"', f'name = "{"b" * 81}"', f'it is "{"b" * 59}…'),
        ('numbers = ["800", "+33123456789"]', "numbers = []", "must be a list of numbers that customers dial"),
        ('numbers = ["800", "+33123456789"]', "numbers = [800]", "it is 800: put it in quotes"),
        ('numbers = ["800", "+33123456789"]', 'numbers = ["8 00"]', 'it is "8 00"'),
        ('agents = ["alice", "bob"]', 'agents = "alice"', "must be a list of agents' ids"),
        ('id = "support"', 'id = "support"\noffer_seconds = "20"', 'must be seconds, from 1 to 3600; it is "20"'),
        ('id = "support"', 'id = "support"\noffer_seconds = 0.5', "must be seconds, from 1 to 3600; it is 0.5"),
        ('id = "support"', 'id = "support"\noffer_seconds = nan', "must be seconds, from 1 to 3600; it is nan"),
        ('id = "support"', 'id = "support"\noffer_seconds = true', "must be seconds, from 1 to 3600; it is true"),
        ('id = "support"', f'id = "support"\noffer_seconds = 1{"0" * 400}', "must be seconds, from 1 to 3600"),
        ('id = "support"', 'id = "support"\npolicy = 3', "must be a table of policies, such as { offer_seconds = 15 }; it is 3"),
        ('id = "support"', 'id = "support"\nmusic = "a b"', "must be the name of a class in musiconhold.conf"),
        ('username = "controller"', 'username = "a:b"', "must be the name of a user in ari.conf, without spaces and colons"),
        ('username = "controller"', 'username = "a"\nlanes = 0', "must be how many connections carry commands"),
        ('username = "controller"', 'username = "a"\napp = "a,b"', "must be the name of the Stasis application"),
        (
            'username = "controller"',
            'username = "a"\ntransport = "amqp"',
            "must be 'auto', 'rest-over-websocket' or 'asyncari'; it is \"amqp\"",
        ),
        ('region = "FR"', 'region = "fr"', "must be a country as two capitals"),
        ('region = "FR"', 'region = "FR"\nlog = "jsn"', "must be 'auto', 'text' or 'json'; it is \"jsn\"; did you mean 'json'?"),
        ('region = "FR"', 'region = "FR"\n[policy]\nend_consult = 3', "must be 'end_interaction' or 'return_to_customer'; it is 3"),
        ('region = "FR"', 'region = "FR"\n[policy]\ntransfer_sound = "ring"', "must be 'music' or 'ringback'; it is \"ring\""),
        ('region = "FR"', 'region = "FR"\n[policy]\nfailed_transfer = true', "must be 'return_to_agent' or 'front_of_queue'; it is true"),
        (
            'region = "FR"',
            'region = "FR"\n[policy]\nconsult_priority = "customer_first"',
            "must be 'by_time', 'customers_first' or 'consults_first'; it is \"customer_first\"; did you mean 'customers_first'?",
        ),
        ('region = "FR"', 'region = "FR"\n[policy]\nwrap_up_extension = false', "must be 'none', 'once' or 'unlimited'; it is false"),
        ('region = "FR"', 'region = "FR"\n[policy]\nwrap_up_unanswered = "yes"', 'must be true or false; it is "yes"'),
        ('region = "FR"', 'region = "FR"\n[policy]\nhold_alarm_seconds = 0', "must be seconds, from 1 to 3600; it is 0"),
        (
            'region = "FR"',
            'region = "FR"\n[policy]\nconference_max = 2',
            "must be how many may be in a conference, a whole number from 3 to 8",
        ),
        ('id = "support"', 'id = "support"\npolicy.conference_max = 9', "a whole number from 3 to 8; it is 9"),
        ('id = "support"', 'id = "support"\npolicy.conference_max = 4.5', "a whole number from 3 to 8; it is 4.5"),
        ('id = "bob"', 'id = "bob"\nmay_call_out = 1', "must be true or false; it is 1"),
        ('id = "bob"', 'id = "bob"\ncaller_id = "01 99 00 00 02"', 'must be a number in E.164, such as "+33199000000": a +, the code'),
        ('id = "support"', 'id = "support"\ncaller_id = 33199000080', "it is 33199000080: put it in quotes"),
        ('region = "FR"', 'region = "FR"\n[desktop]\nsession_hours = 0', "must be how many hours a login lasts"),
        ('region = "FR"', 'region = "FR"\n[journal]\nfolder = ""', "must be a folder that the controller may write to"),
    ],
)
def test_a_wrong_value_is_a_mistake_that_says_what_it_must_be(old: str, new: str, said: str) -> None:
    text = with_line(old, new)

    found = only_mistake_in(text)

    assert said in found
    assert found.startswith(f"line {line_number(new.splitlines()[-1], text)}: ")


@pytest.mark.parametrize("word", ["Alice", "-alice", "a" * 33, "a_b", "", "alice\\n", "élise"])
def test_an_id_is_small_letters_digits_and_dashes_since_it_becomes_part_of_a_channels_id(word: str) -> None:
    text = with_line('id = "resolved"', f'id = "{word}"')

    assert 'must be an id such as "alice"' in only_mistake_in(text)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('phone = "1001"', 'phone = "PJSIP/Anna_Desk"', '; it is "PJSIP/Anna_Desk": write "Anna_Desk"'),
        ('phone = "1001"', 'phone = "1001"\nbrowser = " 1001-web"', '; it is " 1001-web": write "1001-web"'),
        ('id = "resolved"', 'id = "Not resolved_yet"', '; it is "Not resolved_yet": write "not-resolved-yet"'),
        ('numbers = ["800", "+33123456789"]', 'numbers = ["800", "+33 (1) 23-45.67/89"]', ': write "+33123456789"'),
        ('numbers = ["800", "+33123456789"]', 'numbers = ["800", "+33 (0)1 23 45 67 89"]', ': write "+33123456789"'),
        ('numbers = ["800", "+33123456789"]', 'numbers = ["800", "01 (0)2"]', ': write "0102"'),
        ('agents = ["alice", "bob"]', 'agents = ["Alice", "bob"]', '; it is "Alice": write "alice"'),
        ('queue = "support"', 'queue = "Support"', ': write "support"'),
        ('id = "alice"', 'id = "Alice"', ': write "alice"'),
        ('region = "FR"', 'region = "FR"\n[[trunk]]\nname = "PJSIP/provider"', ': write "provider"'),
    ],
)
def test_what_is_nearly_right_is_said_as_it_should_be(old: str, new: str, said: str) -> None:
    assert only_mistake_in(with_line(old, new)).endswith(said)


@pytest.mark.parametrize(("old", "new"), [('phone = "1001"', 'phone = "PJSIP/a b"'), ('id = "resolved"', 'id = "é"')])
def test_what_is_far_from_right_is_not_guessed_at(old: str, new: str) -> None:
    assert ": write " not in only_mistake_in(with_line(old, new))


def test_a_key_that_is_wanted_and_misspelt_is_told_once() -> None:
    assert only_mistake_in(with_line('phone = "1001"', 'phon = "1001"')).endswith(
        "[[agent]] phon: there is no such key; did you mean 'phone'?"
    )


def test_a_key_that_nobody_knows_stands_for_none_that_is_missing() -> None:
    said = [str(mistake) for mistake in mistakes_in(with_line('phone = "1001"', 'colour = "red"'))]

    assert len(said) == 2
    assert any("phone is missing" in sentence for sentence in said)


def test_a_password_that_is_wrong_by_its_type_is_not_repeated() -> None:
    assert "42" not in only_mistake_in(with_line('password = "secret-of-ari"', "password = 4242"))


def test_a_table_that_stands_once_written_with_two_pairs_of_brackets_is_a_mistake() -> None:
    assert only_mistake_in(with_line("[site]", "[[site]]")) == "line 1: [site]: stands once: write it as [site], with one pair of brackets"


def test_a_table_that_stands_for_each_written_with_one_pair_of_brackets_is_a_mistake() -> None:
    said = only_mistake_in(SITE + '[idle_reason]\nid = "break"\nname = "Break"')

    assert said.endswith("[idle_reason]: stands once for each: write it as [[idle_reason]], with two pairs of brackets")


def test_one_pair_of_brackets_too_few_is_told_and_not_whoever_names_what_stands_in_them() -> None:
    said = only_mistake_in(with_line("[[queue]]", "[queue]"))

    assert said.endswith("[queue]: stands once for each: write it as [[queue]], with two pairs of brackets")


def test_there_may_not_be_ten_thousand_and_one_agents() -> None:
    many = "agent = [" + "{}," * 10_001 + "]\n"

    assert any("there may be 10000 of these and no more" in str(mistake) for mistake in mistakes_in(many))


# --- What does not fit together ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('agents = ["alice", "bob"]', 'agents = ["alice", "bobb"]', "[[queue]] agents: there is no agent 'bobb'; did you mean 'bob'?"),
        ('agents = ["alice", "bob"]', 'agents = ["alice", "alice"]', "[[queue]] agents: the agent 'alice' is named already: see line 24"),
        ('agents = ["alice", "bob"]', "", "[[queue]]: give it agents, a team or teams, so that somebody serves it"),
        (
            'agents = ["alice", "bob"]',
            'teams = ["first line", "frist line"]',
            "[[queue]] teams: no agent is in a team 'frist line'; did you mean 'first line'?",
        ),
        (
            'agents = ["alice", "bob"]',
            'team = "first lin"',
            "[[queue]] team: no agent is in a team 'first lin'; did you mean 'first line'?",
        ),
        (
            'id = "support"',
            'id = "support"\noffer_seconds = 9\npolicy.offer_seconds = 9',
            "[[queue]] offer_seconds: stands in the queue's policy too: keep one of them",
        ),
        (
            'id = "support"',
            'id = "support"\npolicy.busy_phone = "ring"',
            "[[queue]] policy.busy_phone: is the site's to decide: an agent may serve several queues. Move it to [policy]",
        ),
        ('queue = "support"', 'queue = "suport"', "[[entry_point]] queue: there is no queue 'suport'; did you mean 'support'?"),
        (
            'numbers = ["800", "+33123456789"]',
            'numbers = ["800", "800"]',
            "[[entry_point]] numbers: the number '800' leads somewhere already: see line 29",
        ),
        ('phone = "1002"', 'phone = "1001"', "[[agent]] phone: the telephone '1001' is taken already: see line 11"),
        ('phone = "1002"', 'phone = "1002"\nbrowser = "1001"', "[[agent]] browser: the telephone '1001' is taken already: see line 11"),
        ('id = "bob"', 'id = "alice"', "[[agent]] id: the id 'alice' is taken: see line 9"),
        ('id = "follow-up"', 'id = "resolved"', "[[wrap_up_reason]] id: the id 'resolved' is taken: see line 33"),
        ('region = "FR"', 'region = "UK"', "[site] region: there is no country 'UK'; did you mean 'GB'?"),
        ('region = "FR"', 'region = "XX"', "[site] region: there is no country 'XX': write the two letters of ISO 3166-1"),
        (
            'region = "FR"',
            'region = "FR"\n[policy]\nwrap_up_default = "resolvd"',
            "[policy] wrap_up_default: there is no wrap-up reason 'resolvd'; did you mean 'resolved'?",
        ),
        (
            'id = "support"',
            'id = "support"\npolicy.wrap_up_default = "x"',
            "[[queue]] policy.wrap_up_default: there is no wrap-up reason 'x'",
        ),
    ],
)
def test_what_does_not_fit_together_is_a_mistake(old: str, new: str, said: str) -> None:
    found = [str(mistake).split(": ", maxsplit=1)[1] for mistake in mistakes_in(with_line(old, new))]

    assert said in found
    assert len(found) == (2 if new == 'id = "alice"' else 1)  # without bob, the queue names an agent who is not there


def test_the_same_number_at_two_entry_points_is_a_mistake() -> None:
    text = SITE + '[[entry_point]]\nid = "b"\nname = "B"\nnumbers = ["+33123456789"]\nqueue = "support"\n'

    assert "the number '+33123456789' leads somewhere already: see line 29" in only_mistake_in(text)


def test_an_agent_whose_telephone_is_wrong_is_still_known_to_the_queue() -> None:
    assert "phone" in only_mistake_in(with_line('phone = "1001"', 'phone = "1 001"'))


@pytest.mark.parametrize("kind", ["agent", "queue", "entry_point", "wrap_up_reason"])
def test_a_site_has_one_agent_queue_entry_point_and_wrap_up_reason_at_least(kind: str) -> None:
    said = [str(mistake) for text in ("", f"{kind} = []") for mistake in mistakes_in(text)]

    assert len([sentence for sentence in said if f"there is no [[{kind}]]: add one, or " in sentence]) == 2


# --- Addresses and secrets ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("127.0.0.1:8088", "must begin with http:// or https://"),
        ("ftp://127.0.0.1", "must begin with http:// or https://"),
        ("http://", "must begin with http:// or https://"),
        ("http://127.0.0.1:0", "must begin with http:// or https://"),
        ("http://127.0.0.1:99999", "must have a host and a port from 1 to 65535"),
        ("http://[::1", "must have a host and a port from 1 to 65535"),
        ("http://me:hunter2@127.0.0.1", "must not hold a user or a password"),
        ("http://me:hunter2", "must have a host and a port from 1 to 65535"),
        ("http://127.0.0.1:8088/ari/", "must not end with /ari: leave that out, it is added"),
        ("http://127.0.0.1:8088?a=b", "must end with the host and port"),
        ("http://127.0.0.1 :8088", "must be an address without spaces"),
    ],
)
def test_an_address_of_ari_that_cannot_be_one_is_a_mistake_that_repeats_no_password(url: str, said: str) -> None:
    found = only_mistake_in(with_line("[asterisk]", f'[asterisk]\nurl = "{url}"'))

    assert f"[asterisk] url: {said}" in found
    assert "hunter2" not in found


@pytest.mark.parametrize("listen", ["8080", "localhost", "127.0.0.1:99999", "::1:8080", "a b:80", "127.0.0.1:８０８０", ""])
def test_an_address_to_listen_on_that_cannot_be_one_is_a_mistake(listen: str) -> None:
    assert "[desktop] listen: must be an address and a port from 0 to 65535" in only_mistake_in(SITE + f'[desktop]\nlisten = "{listen}"')


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("env:NOT_THERE", "the environment has no variable 'NOT_THERE'"),
        ("env:EMPTY", "the environment has no variable 'EMPTY'"),
        ("env:NOT_THERE:", "the environment has no variable 'NOT_THERE' and the default behind it is empty"),
        ("env:", "it names no environment variable: write env:NAME"),
        ("file:", "it names no file: write file:PATH"),
        ("file:nowhere", "the file 'nowhere' can't be read: No such file or directory"),
        ("file:empty", "the file 'empty' is empty"),
    ],
)
def test_a_secret_that_is_not_where_the_file_says_is_a_mistake(value: str, said: str) -> None:
    assert (
        only_mistake_in(with_line('password = "secret-of-ari"', f'password = "{value}"'), EMPTY="")
        == f"line 6: [asterisk] password: {said}"
    )


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("alice", "must be an argon2 hash, not the password itself: make one with `ari-controller hash-password`"),
        ("$2b$12$abcdefghijklmnopqrstuv", "must be an argon2 hash, not the password itself"),
        (ALICES[:-4] + "ééé", "is not a whole argon2 hash: copy it again"),
        (ALICES.replace("m=7168", "m=99999999"), "is an argon2 hash that takes too long to check"),
        (ALICES.replace("t=5", "t=999"), "is an argon2 hash that takes too long to check"),
        (ALICES.replace("t=5", "t=4"), "is an argon2 hash that is too easy to guess from"),
        (ALICES.replace("m=7168,t=5", "m=1024,t=99"), "is an argon2 hash that is too easy to guess from"),
        (ALICES.replace("argon2id", "argon2i"), "is an argon2 hash that is too easy to guess from"),
    ],
    ids=[
        "the password itself",
        "another hash",
        "a broken hash",
        "too much memory",
        "too many rounds",
        "too few rounds",
        "too little memory",
        "argon2i",
    ],
)
def test_an_agents_password_that_is_no_hash_is_a_mistake_that_does_not_repeat_it(password: str, said: str) -> None:
    found = only_mistake_in(with_line(f'password = "{ALICES}"', f'password = "{password}"'))

    assert found.startswith(f"line 12: [[agent]] password: {said}")
    assert ALICES[30:40] not in found


PROXY = 'tls_proxy = true\nhost_names = ["desktop.example"]'


@pytest.mark.parametrize("listen", ["0.0.0.0:8080", "[::]:8080", "192.0.2.1:8080", "contact-centre.example:8080"])
def test_a_desktop_that_is_open_to_other_machines_with_the_demos_passwords_is_a_mistake(listen: str) -> None:
    text = with_line(f'password = "{ALICES}"', f'password = "{sorted(DEMO_HASHES)[0]}"')

    said = only_mistake_in(text + f'[desktop]\nlisten = "{listen}"\n{PROXY}')

    assert said.startswith(
        "line 12: [[agent]] password: the password of 'alice' is the one that everybody knows from the demo: choose another"
    )
    assert said.endswith(f"(it listens at {listen})")


@pytest.mark.parametrize("listen", ["127.0.0.1:8080", "localhost:0", "[::1]:8080", "127.1.2.3:1"])
def test_a_desktop_on_loopback_may_have_the_demos_passwords(listen: str) -> None:
    text = with_line(f'password = "{ALICES}"', f'password = "{sorted(DEMO_HASHES)[0]}"')

    assert mistakes_in(text + f'[desktop]\nlisten = "{listen}"') == ()


@pytest.mark.parametrize("listen", ["0.0.0.0:8080", "127.0.0.1:8080"], ids=["itself", "by a proxy on this machine"])
def test_a_desktop_that_others_reach_and_a_hash_that_two_agents_have_is_a_mistake(listen: str) -> None:
    text = with_line(f'password = "{ALICES}"', f'password = "{BOBS}"') + f'[desktop]\nlisten = "{listen}"\n'

    said = only_mistake_in(text + PROXY)

    assert said == "line 19: [[agent]] password: has been copied from 'alice', so that both have one password: give each their own"


def test_a_desktop_on_loopback_behind_a_proxy_may_not_have_the_demos_passwords() -> None:
    text = with_line(f'password = "{ALICES}"', f'password = "{sorted(DEMO_HASHES)[0]}"')

    assert "everybody knows from the demo" in only_mistake_in(text + f"[desktop]\n{PROXY}")


def test_to_read_a_site_file_tries_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    def tried(*_: object) -> bool:
        raise AssertionError("it takes 25 ms, and a start has hundreds of agents")

    monkeypatch.setattr(PasswordHasher, "verify", tried)

    assert mistakes_in(SITE + f'[desktop]\nlisten = "0.0.0.0:8080"\n{PROXY}') == ()


def test_a_desktop_that_is_open_to_other_machines_with_passwords_of_its_own_is_no_mistake() -> None:
    text = with_line(f'password = "{ALICES}"', f'password = "{OWN}"') + '[desktop]\nlisten = "0.0.0.0:80"\n'

    assert mistakes_in(text + PROXY) == ()
    assert mistakes_in(text + 'tls = { certificate = "a.crt", key = "a.key" }') == ()


def test_a_desktop_that_is_open_to_other_machines_in_plain_http_is_a_mistake_that_says_the_two_ways_out() -> None:
    text = with_line(f'password = "{ALICES}"', f'password = "{OWN}"') + '[desktop]\nlisten = "192.0.2.1:8080"\n'

    said = only_mistake_in(text)

    line = line_number('listen = "192.0.2.1:8080"', text)
    assert said.startswith(f"line {line}: [desktop] listen: passwords would cross the network in the clear")
    assert said.endswith("give `tls` a certificate and its key, or say `tls_proxy = true` if a proxy with TLS stands in front")


def test_a_proxy_that_passes_on_a_name_which_nobody_has_said_is_a_mistake_that_says_where_to_say_it() -> None:
    said = only_mistake_in(SITE + "[desktop]\ntls_proxy = true")

    assert said.endswith('say it in `host_names`, such as host_names = ["desktop.example"]')


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ('"desktop.example"', "[desktop] host_names: must be a list of names that browsers use for this machine, without a port"),
        ('["desktop.example:443"]', "[desktop] host_names: must be a list of names that browsers use for this machine, without a port"),
        ('["https://desktop.example"]', "[desktop] host_names: must be a list of names"),
        ('["desktop.example", ""]', "[desktop] host_names: must be a list of names"),
        ("[" + '"a.example",' * 101 + "]", "[desktop] host_names: must be a list of names"),
    ],
)
def test_a_wrong_host_name_says_what_it_must_be(names: str, said: str) -> None:
    assert said in only_mistake_in(SITE + f"[desktop]\nhost_names = {names}")


def test_host_names_may_be_names_and_addresses() -> None:
    assert mistakes_in(SITE + '[desktop]\nhost_names = ["Desktop.Example", "desk", "192.0.2.1", "2001:db8::1"]') == ()


def test_tls_is_either_the_controllers_or_a_proxys() -> None:
    text = SITE + '[desktop]\ntls = { certificate = "a.crt", key = "a.key" }\ntls_proxy = true'

    assert only_mistake_in(text).endswith("only one of `tls` and `tls_proxy`: who speaks TLS, the controller or a proxy?")


@pytest.mark.parametrize(
    ("tls", "said"),
    [
        ("true", "[desktop] tls: must be a certificate and its key, such as { certificate"),
        ('{ certificate = "a.crt" }', "[desktop] tls.key: key is missing: give it the name of a file in PEM form"),
        ('{ certificate = "a.crt", key = "" }', "[desktop] tls.key: must be the name of a file in PEM form"),
        ('{ certificate = "a.crt", kye = "a.key", key = "a.key" }', "[desktop] tls.kye: there is no such key; did you mean 'key'?"),
    ],
)
def test_a_wrong_tls_table_says_what_it_must_be(tls: str, said: str) -> None:
    assert said in only_mistake_in(SITE + f"[desktop]\ntls = {tls}")
