"""`ari-controller import`: people become agents, whatever list they are in; what is there stays, and what is left out is told."""

import json
import os
import stat
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from controller.directory.ids import AgentId
from controller.directory.passwords import HASHER, hash_mistake
from controller.service.site import site_of
from tests.edges.command_line import Done, ari_controller

ALICES = HASHER.hash("alices own")
SITE = f"""\
[site]
region = "FR"
[asterisk]
username = "controller"
password = "secret-of-ari"
[[agent]]
id = "alice"
name = "Alice Martin"
phone = "1001"
password = "{ALICES}"
[[queue]]
id = "support"
name = "Support"
agents = ["alice"]
[[entry_point]]
id = "main"
name = "Main"
numbers = ["0199000100"]
queue = "support"
[[wrap_up_reason]]
id = "resolved"
name = "Resolved"
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "site.toml"
    path.write_text(SITE)
    path.chmod(0o640)
    return path


def imports(site: Path, *arguments: str | Path, **how: object) -> Done:
    kind, *rest = arguments
    return ari_controller("import", kind, *rest, "-c", site, **how)  # type: ignore[arg-type]


def written(site: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = site.parent / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding)
    return path


def agents(site: Path) -> dict[str, tuple[str, str, str]]:
    """Each agent's name, telephone and team, as `check` reads them."""
    return {agent.id: (agent.name, agent.phone, agent.team) for agent in site_of(site).directory.agents.values()}


# --- A list of people --------------------------------------------------------------------------------------------------


def test_a_list_with_columns_in_any_order_and_language_makes_agents_with_new_passwords(site: Path) -> None:
    people = written(site, "people.csv", "Poste;Prénom;NOM de famille;Équipe;Étage\n1002;Élodie;Lefèvre;Support;3\n1003;Søren;Koch;;1\n")

    done = imports(site, "csv", people, "--yes")

    assert (done.code, done.err) == (0, "")
    assert agents(site) == {
        "alice": ("Alice Martin", "1001", ""),
        "elodie-lefevre": ("Élodie Lefèvre", "1002", "Support"),
        "soren-koch": ("Søren Koch", "1003", ""),
    }
    assert "Left out: column 'Étage': an agent has no key of this name" in done.out
    told = dict(line.split() for line in done.out.splitlines() if line.startswith(("  elodie-lefevre ", "  soren-koch ")))
    for agent, password in told.items():
        assert PasswordHasher().verify(site_of(site).passwords[AgentId(agent)], password)
    assert len(told) == 2
    assert ari_controller("check", "-c", site).code == 0


def test_everything_is_shown_before_and_a_dry_run_writes_nothing(site: Path) -> None:
    people = written(site, "people.csv", "name,phone\nBob Durand,1002\n")

    done = imports(site, "csv", people, "--dry-run")

    assert (done.code, done.err) == (0, "")
    assert '+agents_from = "agents.csv"' in done.out
    assert '+bob-durand,Bob Durand,1002,"(a hash)"' in done.out
    assert "argon2" not in done.out
    assert "secret-of-ari" not in done.out
    assert site.read_text() == SITE
    assert not (site.parent / "agents.csv").exists()


@pytest.mark.parametrize(("answer", "code", "is_written"), [("y\n", 0, True), ("\n", 1, False), ("", 2, False)])
def test_it_is_written_only_when_somebody_says_yes(site: Path, answer: str, code: int, is_written: bool) -> None:
    people = written(site, "people.csv", "name,phone\nBob Durand,1002\n")

    assert imports(site, "csv", people, typed=answer, at_terminal=True).code == code

    assert (site.read_text() != SITE) is is_written


def test_without_a_terminal_and_without_yes_nothing_is_written(site: Path) -> None:
    people = written(site, "people.csv", "name,phone\nBob Durand,1002\n")

    done = imports(site, "csv", people)

    assert (done.code, site.read_text()) == (2, SITE)
    assert "--yes is missing" in done.err


def test_who_is_there_already_stays_and_is_told_and_a_second_import_changes_nothing(site: Path) -> None:
    people = written(
        site, "people.csv", "login,name,ext\nalice,Somebody Else,1099\nbob,Bob Durand,1002\ncarol,Carol,1001\ndave,Dave,1002\n"
    )
    assert imports(site, "csv", people, "--yes").code == 0
    first = (site.parent / "agents.csv").read_text()

    done = imports(site, "csv", people, "--yes")

    assert agents(site) == {"alice": ("Alice Martin", "1001", ""), "bob": ("Bob Durand", "1002", "")}
    assert "Left out: 1099: there is an agent of this id already" in done.out
    assert "Left out: 1001: it is the telephone of the agent 'alice' already" in done.out
    assert "Left out: 1002: it is the telephone of the agent 'bob' already" in done.out
    assert "Nothing has to be changed." in done.out
    assert (site.parent / "agents.csv").read_text() == first


def test_a_list_that_the_site_file_names_keeps_its_lines_its_signs_and_its_mode(site: Path) -> None:
    site.write_text(SITE.replace("[site]\n", '[site]\nagents_from = "staff.csv"\n'))
    bobs = HASHER.hash("bobs own")
    staff = written(site, "staff.csv", f"id;phone;name;password\nbob;1002;Bob;{bobs}\n")
    staff.chmod(0o600)
    people = written(site, "people.csv", "name,phone,team\nCarol Petit,1003,Billing\n")

    assert imports(site, "csv", people, "--yes").code == 0

    head, bob, carol = staff.read_text().splitlines()
    assert head == "id;phone;name;password;team"
    assert bob == f"bob;1002;Bob;{bobs}"
    assert carol.startswith("carol-petit;1003;Carol Petit;$argon2id$")
    assert carol.endswith(";Billing")
    assert agents(site)["carol-petit"] == ("Carol Petit", "1003", "Billing")


def test_passwords_of_a_list_become_hashes_and_hashes_stay(site: Path) -> None:
    people = written(site, "people.csv", f'id,name,phone,Mot de passe\nbob,Bob,1002,three little cats\ncarol,Carol,1003,"{ALICES}"\n')

    done = imports(site, "csv", people, "--yes")

    listed = (site.parent / "agents.csv").read_text()
    passwords = site_of(site).passwords
    assert PasswordHasher().verify(passwords[AgentId("bob")], "three little cats")
    assert passwords[AgentId("carol")] == ALICES
    assert "three little cats" not in done.out + listed
    assert "New passwords" not in done.out


def test_a_list_of_a_spreadsheet_in_windows_letters_is_read_and_said(site: Path) -> None:
    people = written(site, "people.csv", "Nom;Poste\nHélène Girard;1002\n", "cp1252")

    done = imports(site, "csv", people, "--yes")

    assert agents(site)["helene-girard"] == ("Hélène Girard", "1002", "")
    assert "was read as Windows-1252" in done.out


def test_people_without_a_telephone_need_a_pattern_of_the_site(site: Path) -> None:
    people = written(site, "people.csv", "e-mail,name\nbob.durand@example.com,Bob Durand\n")
    assert "Left out: Bob Durand: no telephone is known, and [agent_defaults] says none" in imports(site, "csv", people, "--yes").out
    site.write_text(SITE + '[agent_defaults]\nphone = "{id}-desk"\n')

    assert imports(site, "csv", people, "--yes").code == 0

    assert agents(site)["bob-durand"] == ("Bob Durand", "bob-durand-desk", "")


def test_two_of_one_name_get_two_ids(site: Path) -> None:
    people = written(site, "people.csv", "name,phone\nBob,1002\nBob,1003\nAlice,1004\n")

    imports(site, "csv", people, "--yes")

    assert set(agents(site)) == {"alice", "alice-2", "bob", "bob-2"}


def test_lines_that_are_nobody_and_columns_that_stand_twice_are_told(site: Path) -> None:
    people = written(site, "people.csv", 'name,phone,tel\nBob,10/02,\n"",1003,\nCarol,1004,9\n,,\n')

    done = imports(site, "csv", people, "--yes")

    assert "Left out: column 'tel': another column before it is the phone already" in done.out
    assert "Left out: line 2: the telephone '10/02' can't be the name of a PJSIP endpoint" in done.out
    assert "Left out: line 3: it has neither a name nor an id" in done.out
    assert set(agents(site)) == {"alice", "carol"}


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "is no CSV"), ("Étage,Bureau\n1,2\n", "has no column with names"), ('name,phone\n"Bob', "is no CSV")],
)
def test_what_is_no_list_of_people_is_refused(site: Path, text: str, said: str) -> None:
    done = imports(site, "csv", written(site, "people.csv", text), "--yes")

    assert (done.code, site.read_text()) == (2, SITE)
    assert said in done.err


def test_what_would_make_a_site_file_with_mistakes_is_not_written(site: Path) -> None:
    people = written(site, "people.csv", "name,phone,supervisor\nBob,1002,perhaps\n")

    done = imports(site, "csv", people, "--yes")

    assert (done.code, site.read_text()) == (2, SITE)
    assert "Nothing was written, because the site file would have these mistakes:\nline 2 of agents.csv: [[agent]] supervisor" in done.err


def test_a_list_beside_the_site_file_that_it_does_not_name_is_not_touched(site: Path) -> None:
    mine = written(site, "agents.csv", "something of mine\n")

    done = imports(site, "csv", written(site, "people.csv", "name,phone\nBob,1002\n"), "--yes")

    assert (done.code, site.read_text(), mine.read_text()) == (2, SITE, "something of mine\n")
    assert "the site file does not name it" in done.err


def test_without_a_site_file_or_without_the_list_it_says_what_to_do(site: Path, tmp_path: Path) -> None:
    assert "ari-controller init" in imports(tmp_path / "none.toml", "csv", written(site, "p.csv", "name\n")).err
    assert "There is no" in imports(site, "csv", tmp_path / "none.csv").err
    assert "Say which list" in imports(site, "csv").err


def test_programs_get_one_object_and_passwords_only_of_what_was_written(site: Path) -> None:
    people = written(site, "people.csv", "name,phone\nBob,1002\n")

    looked = json.loads(imports(site, "csv", people, "--json").out)
    done = json.loads(imports(site, "csv", people, "--json", "--yes").out)

    assert (looked["written"], looked["passwords"]) == (False, {})
    assert looked["agents"] == done["agents"] == [{"id": "bob", "name": "Bob", "phone": "1002"}]
    assert done["written"]
    assert PasswordHasher().verify(site_of(site).passwords[AgentId("bob")], done["passwords"]["bob"])


def test_new_files_are_for_whom_the_site_file_is_for(site: Path) -> None:
    if os.geteuid() == 0:
        os.chown(site, -1, 4711)

    imports(site, "csv", written(site, "people.csv", "name,phone\nBob,1002\n"), "--yes")

    made, like = (site.parent / "agents.csv").stat(), site.stat()
    assert (stat.S_IMODE(made.st_mode), made.st_gid) == (0o640, like.st_gid)


# --- A pjsip.conf ------------------------------------------------------------------------------------------------------

PJSIP = r"""
;-- a comment
over lines [9999]
type=endpoint --;
#include "agents.d/*.conf"
#include nowhere.conf
#exec /bin/something
[desk](!)
type = endpoint
context = internal
[places](!)
type = aor
max_contacts = 3

[1002](desk)
auth = 1002 ; with a comment
aors = 1002
callerid = "Bob \"Bobby\" Durand\; Lyon" <1002>
[1002](places)
[1002]
type = auth
password = x

[1003](desk,no-such-template)
aors = 1003
auth = 1003
callerid => Élodie Lefèvre <1003>
[1003](places)

[reception](desk)
aors = reception
[reception](+type=endpoint)
auth = reception
[reception](places)

[trunk](desk)
outbound_auth = trunk
aors = trunk
[carrier](desk)
aors = carrier
auth = carrier
[carrier-id]
type = identify
endpoint = carrier
match = 192.0.2.1
[door](desk)
aors = door
auth = door
[door]
type = aor
contact = sip:door@192.0.2.7
[open](desk)
aors = open
[open](places)
[no-place](desk)
auth = no-place
[1002-web](desk)
webrtc = yes
aors = 1002-web
auth = 1002-web
[a/b](desk)
aors = a/b
auth = a/b
"""

WIZARD = """
[wiz](!)
type = wizard
accepts_auth = yes
accepts_registrations = yes
[1010](wiz)
endpoint/callerid = Wendy <1010>
inbound_auth/username = 1010
[itsp]
type = wizard
sends_auth = yes
remote_hosts = sip.example
"""


def test_people_of_a_pjsip_conf_are_those_whose_telephones_register_with_a_password_of_their_own(site: Path) -> None:
    conf = written(site, "etc/pjsip.conf", PJSIP)
    written(site, "etc/pjsip_wizard.conf", WIZARD)
    (site.parent / "etc/agents.d").mkdir()
    written(
        site,
        "etc/agents.d/more.conf",
        "[1004]\ntype=endpoint\naors=1004\nauth=1004\ncallerid=<1004>\n[1001]\ntype=endpoint\naors=1001\nauth=a\n",
    )

    done = imports(site, "pjsip", conf, "--yes", "--leave-out", "reception", "--leave-out", "nobody")

    assert (done.code, done.err) == (0, "")
    assert agents(site) == {
        "alice": ("Alice Martin", "1001", ""),
        "bob-bobby-durand-lyon": ('Bob "Bobby" Durand; Lyon', "1002", ""),
        "elodie-lefevre": ("Élodie Lefèvre", "1003", ""),
        "1004": ("1004", "1004", ""),
        "wendy": ("Wendy", "1010", ""),
    }
    left_out = {line.split(": ")[1]: line.split(": ", 2)[2] for line in done.out.splitlines() if line.startswith("Left out: ")}
    assert set(left_out) == {"1001", "trunk", "carrier", "door", "open", "no-place", "1002-web", "a/b", "itsp", "reception", "nobody"}
    assert "outbound_auth" in left_out["trunk"]
    assert "identify" in left_out["carrier"]
    assert "sip:door@192.0.2.7" in left_out["door"]
    assert "no auth" in left_out["open"]
    assert "no aor" in left_out["no-place"]
    assert "browser" in left_out["1002-web"]
    assert "'#exec /bin/something' was left out" in done.out
    assert "includes nowhere.conf, which is not there" in done.out
    assert "names the template 'no-such-template'" in done.out


def test_a_trunk_of_the_site_file_is_nobody_though_it_registers(site: Path) -> None:
    site.write_text(SITE + '[[trunk]]\nname = "gateway"\n')
    conf = written(site, "etc/pjsip.conf", "".join(f"[{name}]\ntype=endpoint\naors={name}\nauth={name}\n" for name in ("gateway", "1002")))

    done = imports(site, "pjsip", conf, "--yes")

    assert "Left out: gateway: it is a trunk of the site file" in done.out
    assert set(agents(site)) == {"alice", "1002"}


def test_files_that_include_one_another_in_a_circle_are_read_to_an_end(site: Path) -> None:
    conf = written(site, "etc/pjsip.conf", "#include pjsip.conf\n[1002]\ntype=endpoint\naors=1002\nauth=1002\n")

    done = imports(site, "pjsip", conf, "--dry-run")

    assert done.code == 0
    assert "include one another in a circle" in done.out


def test_a_pjsip_conf_without_an_endpoint_is_told(site: Path) -> None:
    done = imports(site, "pjsip", written(site, "etc/pjsip.conf", "[global]\ntype=global\n"), "--yes")

    assert (done.code, site.read_text()) == (0, SITE)
    assert "Note: there is no endpoint in it" in done.out


# --- A FreePBX ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def freepbx(site: Path) -> Path:
    """What FreePBX 17 writes for three extensions, one of which has a telephone in its pages, a trunk, and three queues."""

    def extension(number: str, name: str) -> str:
        return f"[{number}]\ntype=endpoint\naors={number}\nauth={number}-auth\ncontext=from-internal\ncallerid={name} <{number}>\n\n"

    trunk = "[OVH]\ntype=endpoint\ntransport=0.0.0.0-udp\ncontext=from-pstn\naors=OVH\noutbound_auth=OVH\n"
    people = (("1001", "Alice Martin"), ("1002", "Émile Zola"), ("1003", "device"), ("991002", "Émile Zola"))
    head = ";---------;\n; Do NOT edit this file as it is auto-generated by FreePBX. ;\n;---------;\n"
    written(site, "pbx/pjsip.endpoint.conf", head + "".join(extension(*each) for each in people) + trunk)
    written(site, "pbx/pjsip.aor.conf", "".join(f"[{number}]\ntype=aor\nmax_contacts=1\n" for number, _ in people))
    for name in ("auth", "registration", "identify"):
        written(site, f"pbx/pjsip.{name}.conf", head)
    written(
        site,
        "pbx/queues_additional.conf",
        '[800]\nstrategy=ringall\ntimeout=15\nmusicclass=jazz\nmember=Local/1001@from-queue/n,0,"Alice Martin",hint:1001@ext-local\n'
        'member=Local/1002@from-queue/n,5,"Émile Zola",hint:1002@ext-local\nmember=Local/0612345678@from-queue/n,0\n\n'
        "[801]\nstrategy=rrmemory\nmember=PJSIP/1003\n\n[802]\n\n[sales]\nmember=PJSIP/1003\n",
    )
    written(
        site,
        "pbx/extensions_additional.conf",
        "[ext-did-0002]\ninclude => ext-did-0002-custom\nexten => 0123456789,1,Set(__DIRECTION=INBOUND)\n"
        "exten => 0123456789,n(did),Set(CDR(did)=${FROM_DID})\nexten => 0123456789,n(dest-ext),Goto(ext-queues,800,1)\n"
        "exten => 0199000100,n(dest-ext),Goto(ext-queues,801,1)\nexten => 0123456788,n(dest-ext),Goto(from-did-direct,1002,1)\n"
        "exten => _01X.,n(dest-ext),Goto(ext-queues,800,1)\nexten => 0123456787,n(dest-ext),Goto(ext-queues,802,1)\n",
    )
    return site.parent / "pbx"


def test_extensions_queues_and_inbound_routes_of_a_freepbx_are_taken_over(site: Path, freepbx: Path) -> None:
    done = imports(site, "freepbx", freepbx, "--yes")

    assert (done.code, done.err) == (0, "")
    directory = site_of(site).directory
    assert set(agents(site)) == {"alice", "emile-zola", "1003"}
    queues = {str(queue.id): queue for queue in directory.queues.values()}
    assert queues["queue-800"].agents == ("alice", "emile-zola")
    assert (queues["queue-800"].number, queues["queue-800"].music, queues["queue-800"].policy.offer_seconds) == ("800", "jazz", 15)
    assert queues["queue-801"].agents == ("1003",)
    points = {str(point.id): (point.numbers, point.queue) for point in directory.entry_points.values()}
    assert points["calls-for-800"] == (("0123456789",), "queue-800")
    assert set(points) == {"main", "calls-for-800"}
    for sentence in (
        "OVH: it logs in elsewhere (outbound_auth), so it is a trunk",
        "991002: it is the telephone of extension 1002 in FreePBX's own pages",
        "1001: it is the telephone of the agent 'alice' already",
        "queue 800, member 0612345678: it is no person's telephone",
        "queue 802: it has no static member",
        "queue sales: its name is no number",
        "inbound route _01X.: it is a pattern",
        "inbound route 0123456787: it leads to the queue 802, which was not taken",
        "numbers 0199000100: they are numbers of an entry point already",
    ):
        assert f"Left out: {sentence}" in done.out
    assert "Note: queue 800: strategy=ringall was not taken" in done.out
    assert "inbound routes that lead to something else than a queue (a person, a menu, a time) stay FreePBX's: 1" in done.out
    assert ari_controller("check", "-c", site).code == 0


def test_a_freepbx_that_is_imported_again_changes_nothing(site: Path, freepbx: Path) -> None:
    imports(site, "freepbx", freepbx, "--yes")
    before = {path.name: path.read_bytes() for path in site.parent.iterdir() if path.is_file()}

    done = imports(site, "freepbx", freepbx, "--yes")

    assert "Nothing has to be changed." in done.out
    assert {path.name: path.read_bytes() for path in site.parent.iterdir() if path.is_file()} == before


def test_a_queue_that_comes_later_is_added_to_those_that_were_imported(site: Path, freepbx: Path) -> None:
    imports(site, "freepbx", freepbx, "--yes")
    more = freepbx / "queues_additional.conf"
    more.write_text(more.read_text() + "[803]\nmember=PJSIP/1002\n")

    assert imports(site, "freepbx", freepbx, "--yes").code == 0

    assert {"queue-800", "queue-801", "queue-803"} < {str(queue) for queue in site_of(site).directory.queues}
    assert site.read_text().count("imported-queues.toml") == 1


def test_a_site_file_that_has_no_agents_and_no_numbers_yet_gets_them(site: Path, freepbx: Path) -> None:
    bare = SITE[: SITE.index("[[agent]]")] + SITE[SITE.index("[[wrap_up_reason]]") :]
    site.write_text(bare)

    done = imports(site, "freepbx", freepbx, "--yes", "--leave-out", "1003")

    assert (done.code, done.err) == (0, "")
    assert set(agents(site)) == {"alice-martin", "emile-zola"}
    assert all(hash_mistake(found) is None for found in site_of(site).passwords.values())


def test_a_folder_that_is_no_freepbx_is_told(site: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    done = imports(site, "freepbx", tmp_path / "empty", "--yes")

    assert (done.code, site.read_text()) == (0, SITE)
    assert "pjsip.endpoint.conf can't be read: No such file or directory" in done.out
    assert "so no queue was read" in done.out
