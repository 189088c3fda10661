"""A whole site file: what becomes of its values, all its mistakes in one report, and that no text can do more harm than that."""

import contextlib
import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.dialling.one_number import canonical_number
from controller.dialling.rules import NumberFormat
from controller.directory.directory import Agent, EntryPoint, Queue, Reason
from controller.directory.ids import AgentId, EntryPointId, QueueId, ReasonId
from controller.directory.passwords import DEMO_HASHES, is_password
from controller.directory.policy import (
    AfterConsult,
    ConsultPriority,
    EndConsult,
    FailedTransfer,
    Policy,
    TransferAcceptance,
    TransferSound,
    WrapUpExtension,
)
from controller.directory.site import Site
from controller.directory.site_mistakes import BadSiteFile
from controller.directory.site_source import site_from
from controller.directory.site_tables import REPEATED, SINGLE, AgentTable, OrganisationTable, QueueTable
from tests.pure.directory.site_text import ALICES, OWN, SITE, line_number, mistakes_in, read, with_line

DEMO = Path(__file__).parents[2] / "docker" / "demo"


def demo(**environ: str) -> Site:
    return site_from("site.toml", read_file=lambda name: (DEMO / name).read_text("utf-8"), environ=environ)


# --- The demo ----------------------------------------------------------------------------------------------------------


def test_the_demo_has_the_people_the_numbers_and_the_reasons_that_everybody_relies_on() -> None:
    directory = demo().directory

    assert [(a.id, a.name, a.phone, a.supervisor) for a in directory.agents.values()] == [
        ("alice", "Alice Martin", "1001", False),
        ("bob", "Bob Durand", "1002", False),
        ("carol", "Carol Petit", "1003", False),
        ("dave", "Dave Moreau", "1004", False),
        ("sam", "Sam Leroy", "1009", True),
    ]
    assert {queue.id: queue.agents for queue in directory.queues.values()} == {"support": ("alice", "bob"), "billing": ("carol", "dave")}
    assert {point.id: (point.numbers, point.queue) for point in directory.entry_points.values()} == {
        "main": (("800",), "support"),
        "accounts": (("801",), "billing"),
    }
    assert list(directory.wrap_up_reasons) == ["resolved", "follow-up", "wrong-number"]
    assert directory.region == "FR"
    assert directory.dialling.allowed_regions == ("FR", "US", "CA", "GB", "AU")
    assert (directory.dialling.trunk, directory.dialling.number_format) == ("outside", NumberFormat.E164)
    assert [number.name for number in directory.numbers.values()] == ["Interpreters on call"]
    assert all(agent.may_call_out for agent in directory.agents.values())
    assert directory.queues[QueueId("support")].policy == Policy(wrap_up_default=ReasonId("resolved"))


def test_each_agent_and_queue_of_the_demo_calls_from_a_number_of_its_own_that_its_trunk_owns() -> None:
    directory = demo().directory
    trunk = directory.trunks["outside"]

    numbers = [agent.caller_id for agent in directory.agents.values()] + [queue.caller_id for queue in directory.queues.values()]

    assert trunk.default_caller_id == "+33199000000"
    assert [*trunk.caller_ids] == [trunk.default_caller_id, *numbers]
    assert not set(numbers) & {canonical_number(entry.number, "FR") for entry in directory.numbers.values()}


def test_the_demos_passwords_are_its_agents_ids_and_are_cheap_to_check() -> None:
    site = demo()

    assert all(is_password(password, agent) for agent, password in site.passwords.items())
    assert all("m=19456,t=2,p=1" in password for password in site.passwords.values())
    assert set(site.passwords.values()) == DEMO_HASHES, "those that are refused where others reach the desktop"


def test_the_demo_listens_on_loopback_and_looks_for_asterisk_there() -> None:
    site = demo()

    assert (site.desktop.listen, site.desktop.is_loopback) == ("127.0.0.1:8080", True)
    assert (site.asterisk.url, site.asterisk.app, site.asterisk.username) == ("http://127.0.0.1:8088", "controller", "controller")
    assert site.journal == "state"


def test_the_environment_moves_the_demo_to_other_ports_and_another_folder() -> None:
    site = demo(ASTERISK_URL="http://127.0.0.1:18088/", DESKTOP_LISTEN="[::1]:18080", STATE_FOLDER="/var/lib/x")

    assert (site.asterisk.url, site.desktop.listen, site.journal) == ("http://127.0.0.1:18088", "[::1]:18080", "/var/lib/x")
    assert (site.desktop.host, site.desktop.port) == ("::1", 18080)


_COMMENTED = re.compile(r'^# (\w+ = (?:"[^"]*"|[0-9.]+|true|false))(?: |$)', re.MULTILINE)
_AGENTS = "# --- Agents"


def test_a_default_that_the_demo_shows_in_a_comment_is_the_default() -> None:
    single, repeated = (DEMO / "site.toml").read_text("utf-8").split(_AGENTS)
    set_for_good, defaults_of_the_site = _COMMENTED.subn(r"\1 #", single)
    policy_of_agents_and_queues = tomllib.loads("\n".join(_COMMENTED.findall(repeated)))

    site = site_from("site.toml", read_file=lambda _: set_for_good + _AGENTS + repeated, environ={})

    assert site == demo()
    assert defaults_of_the_site == 58
    offer_seconds = policy_of_agents_and_queues.pop("offer_seconds")
    assert offer_seconds == Policy().offer_seconds
    defaults = {key: field.default for table in (AgentTable, QueueTable, OrganisationTable) for key, field in table.model_fields.items()}
    said = (
        "supervisor",
        "answers_remotely",
        "may_call_out",
        "music",
        "refresh_minutes",
        "deadline_seconds",
        "teams",
        "single_sign_on",
        "kind",
    )
    assert policy_of_agents_and_queues == {key: defaults[key] for key in said} | {"team": ""}


def test_the_demo_explains_every_key_that_a_site_file_may_have() -> None:
    text = (DEMO / "site.toml").read_text("utf-8")
    keys = {key for table in (*SINGLE.values(), *REPEATED.values()) for key in table.model_fields}

    assert [key for key in sorted(keys - {"policy"}) if not re.search(rf"^(# )?{key}( = |: )", text, re.MULTILINE)] == []
    assert "[queue.policy]" in text


def test_nobody_may_reach_the_demos_passwords_from_another_machine() -> None:
    with pytest.raises(BadSiteFile) as bad:
        demo(DESKTOP_LISTEN="0.0.0.0:8080")

    assert [mistake.where for mistake in bad.value.mistakes] == ["[desktop] listen"] + ["[[agent]] password"] * 5


# --- Values ------------------------------------------------------------------------------------------------------------


def test_every_table_becomes_its_value_in_the_files_order() -> None:
    site = read(SITE + '[[idle_reason]]\nid = "break"\nname = "Break"\n')

    directory = site.directory
    assert directory.agents == {
        "alice": Agent(id=AgentId("alice"), name="Alice Martin", phone="1001", team="first line"),
        "bob": Agent(id=AgentId("bob"), name="Bob Durand", phone="1002"),
    }
    assert directory.entry_points == {
        "main": EntryPoint(id=EntryPointId("main"), name="Main number", numbers=("800", "+33123456789"), queue=QueueId("support"))
    }
    assert directory.queues == {
        "support": Queue(
            id=QueueId("support"),
            name="Support",
            agents=(AgentId("alice"), AgentId("bob")),
            policy=Policy(wrap_up_default=ReasonId("resolved")),
        )
    }
    assert list(directory.wrap_up_reasons) == ["resolved", "follow-up"]
    assert directory.idle_reasons == {"break": Reason(id=ReasonId("break"), name="Break")}
    assert (site.region, site.language, site.log, site.journal) == ("FR", "en", "auto", "state")
    assert (site.asterisk.transport, site.asterisk.transfers, site.asterisk.lanes) == ("auto", "auto", 4)
    assert site.desktop.session_hours == 12.0


def test_an_agent_may_be_a_supervisor_and_have_a_telephone_that_answers_by_itself() -> None:
    agent = read(with_line('id = "bob"', 'id = "bob"\nsupervisor = true\nanswers_remotely = true')).directory.agents[AgentId("bob")]

    assert (agent.supervisor, agent.answers_remotely) == (True, True)


def test_an_agent_and_a_queue_may_have_numbers_that_their_calls_come_from() -> None:
    text = with_line('id = "bob"', 'id = "bob"\nmay_call_out = true\ncaller_id = "+33199000002"')
    text = with_line('id = "support"', 'id = "support"\ncaller_id = "+33199000080"', text)

    directory = read(text + '[[trunk]]\nname = "outside"\ncaller_ids = ["+33199000002", "+33199000080"]').directory

    bob = directory.agents[AgentId("bob")]
    assert (bob.may_call_out, bob.caller_id) == (True, "+33199000002")
    assert directory.queues[QueueId("support")].caller_id == "+33199000080"
    assert not directory.agents[AgentId("alice")].may_call_out


def test_a_queue_of_a_team_is_served_by_everybody_in_it() -> None:
    text = with_line('agents = ["alice", "bob"]', 'team = "first line"')

    assert read(text).directory.queues[QueueId("support")].agents == ("alice",)


def test_a_queues_policy_stands_on_the_sites_which_stands_on_the_defaults() -> None:
    text = with_line('id = "support"', 'id = "support"\noffer_seconds = 9\npolicy = { end_consult = "return_to_customer" }')
    text += '[policy]\nend_consult = "end_interaction"\nafter_consult = "keep_held"\noffer_seconds = 7.5\nwrap_up_default = "follow-up"\n'

    policy = read(text).directory.queues[QueueId("support")].policy

    assert policy == Policy(
        end_consult=EndConsult.RETURN_TO_CUSTOMER,
        after_consult=AfterConsult.KEEP_HELD,
        offer_seconds=9,
        wrap_up_default=ReasonId("follow-up"),
    )


def test_every_policy_about_people_outside_and_conferences_becomes_its_value() -> None:
    text = with_line('id = "support"', 'id = "support"\npolicy = { conference_max = 3, wrap_up_extension = "unlimited" }')
    text += (
        '[policy]\ntransfer_sound = "ringback"\nfailed_transfer = "front_of_queue"\nblind_transfer_seconds = 11\ncall_out_seconds = 12\n'
        'consult_priority = "customers_first"\nqueue_consult_seconds = 13\nconference_max = 5\nhold_alarm_seconds = 14\n'
        'wrap_up_extension = "once"\nwrap_up_extension_seconds = 15\nwrap_up_unanswered = true\n'
    )

    directory = read(text).directory

    assert directory.policy == Policy(
        transfer_sound=TransferSound.RINGBACK,
        failed_transfer=FailedTransfer.FRONT_OF_QUEUE,
        blind_transfer_seconds=11,
        call_out_seconds=12,
        consult_priority=ConsultPriority.CUSTOMERS_FIRST,
        queue_consult_seconds=13,
        conference_max=5,
        hold_alarm_seconds=14,
        wrap_up_default=ReasonId("resolved"),
        wrap_up_extension=WrapUpExtension.ONCE,
        wrap_up_extension_seconds=15,
        wrap_up_unanswered=True,
    )
    assert directory.queues[QueueId("support")].policy == replace(
        directory.policy, conference_max=3, wrap_up_extension=WrapUpExtension.UNLIMITED
    )


def test_a_queues_policy_may_be_a_table_of_its_own() -> None:
    text = with_line('agents = ["alice", "bob"]', 'agents = ["alice", "bob"]\n[queue.policy]\ntransfer_acceptance = "ask"')

    assert read(text).directory.queues[QueueId("support")].policy.transfer_acceptance is TransferAcceptance.ASK


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("plain", "plain"),
        ("env:ARI_PASSWORD", "of the environment"),
        ("env:NOT_THERE:a:default", "a:default"),
        ("env:EMPTY:default", "default"),
        ("file:ari-password", "from a file"),
    ],
)
def test_a_secret_may_be_in_the_file_in_the_environment_or_in_a_file_of_its_own(value: str, found: str) -> None:
    text = with_line('password = "secret-of-ari"', f'password = "{value}"')

    assert read(text, ARI_PASSWORD="of the environment", EMPTY="").asterisk.password == found


def test_an_agents_hash_may_be_kept_elsewhere() -> None:
    site = read(with_line(f'password = "{ALICES}"', 'password = "env:ALICES"'), ALICES=ALICES)

    assert site.passwords[AgentId("alice")] == ALICES


def test_no_password_shows_when_a_site_is_printed() -> None:
    shown = repr(read(SITE))

    assert "secret-of-ari" not in shown
    assert "argon2" not in shown


def test_a_password_is_recognised_and_nothing_else_is() -> None:
    assert is_password(ALICES, "alice")
    assert not is_password(ALICES, "alicia")
    assert not is_password(ALICES, "\ud800")
    assert not is_password("$argon2id$v=19$m=8,t=1,p=1$$", "alice")


@pytest.mark.parametrize(
    ("host", "is_loopback"), [("localhost", True), ("127.9.9.9", True), ("::1", True), ("0.0.0.0", False), ("a.b", False)]
)
def test_only_loopback_is_taken_for_loopback(host: str, is_loopback: bool) -> None:
    address = f"[{host}]" if ":" in host else host

    behind_a_proxy = f'[desktop]\nlisten = "{address}:80"\ntls_proxy = true\nhost_names = ["desktop.example"]'
    site = read(with_line(f'password = "{ALICES}"', f'password = "{OWN}"') + behind_a_proxy)

    assert site.desktop.is_loopback is is_loopback
    assert site.desktop.host_names == ("desktop.example",)


# --- The file itself ---------------------------------------------------------------------------------------------------


def test_a_queue_of_people_and_of_several_teams_is_served_by_each_of_them_once() -> None:
    third = f'[[agent]]\nid = "carol"\nname = "Carol Petit"\nphone = "1003"\npassword = "{OWN}"\nteam = "second line"\n'
    text = with_line('agents = ["alice", "bob"]', 'agents = ["bob", "alice"]\nteam = "first line"\nteams = ["second line"]') + third

    assert read(text).directory.queues[QueueId("support")].agents == ("bob", "alice", "carol")


def test_a_file_that_is_not_there_is_a_mistake_without_a_line() -> None:
    with pytest.raises(BadSiteFile, match=r"^nowhere.toml can't be read: No such file or directory$"):
        site_from("nowhere.toml", read_file=lambda name: (DEMO / name).read_text(), environ={})


def test_a_file_that_is_no_text_is_a_mistake_at_its_line() -> None:
    with pytest.raises(BadSiteFile, match=r"^line 2: this line is no text in UTF-8: save the file as UTF-8$"):
        site_from("x.toml", read_file=lambda name: b'[site]\nname = "Ren\xe9"\n'.decode(), environ={})


# --- All at once -------------------------------------------------------------------------------------------------------


def test_all_mistakes_are_in_one_report_in_the_order_of_their_lines() -> None:
    text = with_line('region = "FR"', 'region = "UK"\nlanguag = "en"')
    text = with_line('phone = "1002"', 'phone = "1001"', text)
    text = with_line('agents = ["alice", "bob"]', 'agents = ["alcie", "bob"]', text)
    text = with_line('queue = "support"', "", text)
    text = with_line('password = "secret-of-ari"', 'password = "env:NOT_THERE"', text)
    text += '[desktop]\nlisten = "nowhere"\ntls_proxy = 1\n[organisation]\n'

    with pytest.raises(BadSiteFile) as bad:
        read(text)

    assert [(mistake.line, mistake.where) for mistake in bad.value.mistakes] == [
        (3, "[site] languag"),
        (line_number('password = "env:NOT_THERE"', text), "[asterisk] password"),
        (line_number('id = "bob"', text) + 2, "[[agent]] phone"),
        (line_number('agents = ["alcie", "bob"]', text), "[[queue]] agents"),
        (line_number("[[entry_point]]", text), "[[entry_point]] queue"),
        (line_number("tls_proxy = 1", text), "[desktop] tls_proxy"),
        (line_number("[organisation]", text), "[organisation]"),
    ]
    assert str(bad.value).splitlines() == [str(mistake) for mistake in bad.value.mistakes]


@given(st.text())
def test_no_text_makes_anything_worse_than_a_bad_site_file(text: str) -> None:
    with contextlib.suppress(BadSiteFile):
        read(text)


_lines = st.sampled_from(
    [
        *SITE.splitlines(),
        "[",
        "]",
        "[policy]",
        "x = [",
        "}",
        '"""',
        "agent = 3",
        "policy = []",
        "[site.region]",
        "[[agent.id]]",
        "numbers = [[]]",
    ]
)


@settings(deadline=None)  # how long it takes says how busy the machine is
@given(st.lists(_lines, max_size=30).map("\n".join))
def test_no_mixture_of_a_site_files_lines_makes_anything_worse_than_a_bad_site_file(text: str) -> None:
    assert mistakes_in(text)


@settings(deadline=None)
@given(st.integers(0, len(SITE)), st.integers(0, 30), st.text(max_size=5))
def test_no_damage_to_a_site_file_makes_anything_worse_than_a_bad_site_file(at: int, length: int, instead: str) -> None:
    with contextlib.suppress(BadSiteFile):
        read(SITE[:at] + instead + SITE[at + length :])
