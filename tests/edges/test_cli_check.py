"""`ari-controller check` on the site file alone."""

import json
import re
from pathlib import Path

from tests.edges.command_line import DEMO, ari_controller
from tests.pure.directory.site_text import SITE, with_line


def test_the_demos_site_file_is_right() -> None:
    done = ari_controller("check", "-c", DEMO)

    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "ok  site file   5 agents, 2 queues, 2 entry points, 3 wrap-up reasons",
        "ok  caller ids  8 of the trunk 'outside', +33199000000 by default",
    ]


def test_one_of_a_kind_is_told_as_one(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text(SITE)

    assert "1 queue, 1 entry point, " in ari_controller("check", "-c", tmp_path / "site.toml").out


def test_every_mistake_is_printed_at_once_with_its_line_and_the_exit_code_is_2(tmp_path: Path) -> None:
    bad = tmp_path / "site.toml"
    bad.write_text(DEMO.read_text().replace('phone = "1001"', "phone = 1001").replace('queue = "billing"', 'queue = "biling"'))

    done = ari_controller("check", "-c", bad)

    assert (done.code, done.out) == (2, "")
    first, *mistakes = done.err.splitlines()
    assert first == f"{bad} can't be used; 2 mistakes:"
    assert [mistake.split(": ")[1] for mistake in mistakes] == ["[[agent]] phone", "[[entry_point]] queue"]
    assert mistakes[1].endswith("there is no queue 'biling'; did you mean 'billing'?")


def test_a_file_that_is_not_there_is_exit_code_2(tmp_path: Path) -> None:
    done = ari_controller("check", "-c", tmp_path / "site.toml")

    assert done.code == 2
    assert "can't be read: No such file or directory" in done.err


def test_programs_get_the_mistakes_as_json(tmp_path: Path) -> None:
    bad = tmp_path / "site.toml"
    bad.write_text(DEMO.read_text().replace('region = "FR"', 'region = "UK"'))

    done = ari_controller("check", "-c", bad, "--json")

    answer = json.loads(done.out)
    assert (done.code, answer["ok"], answer["findings"]) == (2, False, [])
    assert [(m["where"], m["sentence"]) for m in answer["mistakes"]] == [("[site] region", "there is no country 'UK'; did you mean 'GB'?")]


def test_programs_get_a_right_file_as_json() -> None:
    done = ari_controller("check", "-c", DEMO, "--json")

    assert done.code == 0
    assert json.loads(done.out) == {
        "ok": True,
        "mistakes": [],
        "findings": [
            {"check": "site file", "result": "ok", "sentence": "5 agents, 2 queues, 2 entry points, 3 wrap-up reasons"},
            {"check": "caller ids", "result": "ok", "sentence": "8 of the trunk 'outside', +33199000000 by default"},
        ],
    }


def test_a_trunk_that_owns_no_number_and_agents_who_could_never_call_out_are_warned_about(tmp_path: Path) -> None:
    (tmp_path / "without-trunk.toml").write_text(with_line('id = "bob"', 'id = "bob"\nmay_call_out = true'))
    (tmp_path / "without-numbers.toml").write_text(SITE + '[[trunk]]\nname = "outside"\n')
    (tmp_path / "one-number.toml").write_text(SITE + '[[trunk]]\nname = "outside"\ncaller_ids = ["+33199000000"]\n')

    without_trunk, without_numbers, one_number = (
        ari_controller("check", "-c", tmp_path / f"{name}.toml") for name in ("without-trunk", "without-numbers", "one-number")
    )

    assert (without_trunk.code, without_numbers.code) == (0, 0)
    assert "warning  trunk      bob may call out, and there is no trunk by which a call could leave" in without_trunk.out
    assert (
        "warning  caller ids  calls by the trunk 'outside' don't say which number they come from, and many providers refuse such"
        in without_numbers.out
    )
    assert "ok  caller ids  1 of the trunk 'outside', +33199000000 by default" in one_number.out


def test_secrets_are_looked_for_beside_the_site_file(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text(DEMO.read_text().replace('password = "controller"', 'password = "file:ari-password"'))

    missing = ari_controller("check", "-c", tmp_path / "site.toml")
    (tmp_path / "ari-password").write_text("a long one\n")
    found = ari_controller("check", "-c", tmp_path / "site.toml")

    assert (missing.code, found.code) == (2, 0)
    assert "[asterisk] password: the file 'ari-password' can't be read: No such file or directory" in missing.err


def test_a_desktop_that_is_open_behind_a_proxy_is_warned_about_and_without_tls_or_with_the_demos_passwords_refused(tmp_path: Path) -> None:
    own = [ari_controller("hash-password", typed=f"a long one {number}\n").out.strip() for number in range(5)]
    left = iter(own)
    lines = [f'password = "{next(left)}"' if line.startswith('password = "$argon2id') else line for line in DEMO.read_text().splitlines()]
    (tmp_path / "plain.toml").write_text("\n".join(lines))
    proxy = '\n[desktop]\ntls_proxy = true\nhost_names = ["desktop.example"]'
    (tmp_path / "site.toml").write_text("\n".join(lines).replace("\n[desktop]", proxy))
    one = "\n".join(f'password = "{own[0]}"' if line.startswith('password = "$argon2id') else line for line in lines)
    (tmp_path / "copied.toml").write_text(one.replace("\n[desktop]", proxy))
    environ = {"DESKTOP_LISTEN": "0.0.0.0:8080"}

    refused = ari_controller("check", "-c", DEMO, environ=environ)
    plain = ari_controller("check", "-c", tmp_path / "plain.toml", environ=environ)
    copied = ari_controller("check", "-c", tmp_path / "copied.toml", environ=environ)
    warned = ari_controller("check", "-c", tmp_path / "site.toml", environ=environ)

    assert refused.code == 2
    assert refused.err.count("that everybody knows from the demo") == 5
    assert plain.code == 2
    assert "[desktop] listen: passwords would cross the network in the clear" in plain.err
    assert copied.code == 2
    assert copied.err.count("has been copied from 'alice', so that both have one password: give each their own") == 4
    assert warned.code == 0
    assert "warning  desktop     0.0.0.0:8080 is open to other machines without TLS" in warned.out


def test_a_password_that_is_the_agents_id_is_found_before_others_find_it(tmp_path: Path) -> None:
    own = [ari_controller("hash-password", typed=f"{typed}\n").out.strip() for typed in ("alice", "b", "c", "d", "s")]
    left = iter(own)
    lines = [f'password = "{next(left)}"' if line.startswith('password = "$argon2id') else line for line in DEMO.read_text().splitlines()]
    (tmp_path / "loopback.toml").write_text("\n".join(lines))
    (tmp_path / "site.toml").write_text(
        "\n".join(lines).replace("\n[desktop]", '\n[desktop]\ntls_proxy = true\nhost_names = ["desktop.example"]')
    )

    found = ari_controller("check", "-c", tmp_path / "site.toml", environ={"DESKTOP_LISTEN": "0.0.0.0:8080"})
    on_loopback = ari_controller("check", "-c", tmp_path / "loopback.toml")

    assert (found.code, found.out.count("password ")) == (1, 2)
    assert "FAILED   password    the password of 'alice' is 'alice': choose another" in found.out
    assert on_loopback.code == 0


def test_a_desktop_with_tls_that_has_no_name_but_where_it_listens_is_warned_about(tmp_path: Path) -> None:
    own = [ari_controller("hash-password", typed=f"a long one {number}\n").out.strip() for number in range(5)]
    left = iter(own)
    lines = [f'password = "{next(left)}"' if line.startswith('password = "$argon2id') else line for line in DEMO.read_text().splitlines()]
    tls = '\n[desktop]\ntls = { certificate = "desktop.crt", key = "desktop.key" }'
    (tmp_path / "no-name.toml").write_text("\n".join(lines).replace("\n[desktop]", tls))
    (tmp_path / "named.toml").write_text("\n".join(lines).replace("\n[desktop]", f'{tls}\nhost_names = ["desktop.example"]'))
    environ = {"DESKTOP_LISTEN": "0.0.0.0:8443"}

    no_name = ari_controller("check", "-c", tmp_path / "no-name.toml", environ=environ)
    named = ari_controller("check", "-c", tmp_path / "named.toml", environ=environ)

    assert "requests for another name than 0.0.0.0 are refused: say in `host_names` by which name browsers come" in no_name.out
    assert "host_names" not in named.out


def test_a_password_of_ari_that_travels_in_the_clear_is_warned_of_without_asking_asterisk() -> None:
    done = ari_controller("check", "-c", DEMO, environ={"ASTERISK_URL": "http://192.0.2.5:8088"})

    assert done.code == 0
    assert "http://192.0.2.5:8088 is another machine, and the password and every command travel in the clear: use https://" in done.out


def test_a_test_call_to_an_asterisk_that_is_not_there_says_so(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text(SITE.replace("[asterisk]\n", '[asterisk]\nurl = "http://127.0.0.1:9"\n'))

    done = ari_controller("check", "-c", tmp_path / "site.toml", "--call", "800", "--context", "from-trunk")

    assert done.code == 1
    assert re.search(r"^FAILED +call 800 +nothing listens at http://127.0.0.1:9: is Asterisk running", done.out, re.MULTILINE)


def test_a_test_call_to_no_number_is_bad_usage(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text(SITE)

    done = ari_controller("check", "-c", tmp_path / "site.toml", "--call", "01 23", "--context", "a b")

    assert (done.code, done.out) == (2, "")
    assert done.err.splitlines() == [
        "--call wants a number as calls for it come in, without spaces: '01 23' is none.",
        "--context wants the name of a context of the dialplan: 'a b' is none.",
    ]
