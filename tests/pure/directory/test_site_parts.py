"""A site file that names others: included tables, agents in a list, what holds for all agents. Mistakes are told where they stand."""

import csv
import io
from collections.abc import Iterable

import pytest

from controller.directory.ids import AgentId, QueueId
from controller.directory.site import Site
from controller.directory.site_file import read_site
from controller.directory.site_mistakes import BadSiteFile
from controller.directory.site_secrets import secrets_from
from tests.pure.directory.site_text import BOBS, OWN, SITE, with_line

HEADER = ("id", "name", "phone", "password", "team", "may_call_out")
CAROL = (HEADER, (), ("carol", "Carol Petit", "1003", OWN, "second line", "yes"))
FROM_A_LIST = with_line('region = "FR"', 'region = "FR"\nagents_from = "agents.csv"')
INCLUDES = SITE + '[[include]]\nfile = "more.toml"\n'
A_QUEUE = '[[queue]]\nid = "sales"\nname = "Sales"\nagents = ["bob"]\n'


def read(text: str, **files: str | bytes) -> Site:
    """Read a site file beside which these files are: `agents` is agents.csv, `more` more.toml."""
    names = {"agents": "agents.csv", "more": "more.toml"}
    there = {names[key]: held for key, held in files.items()}

    def read_file(name: str) -> str:
        if name not in there:
            raise FileNotFoundError(2, "No such file or directory", name)
        held = there[name]
        return held.decode() if isinstance(held, bytes) else held

    return read_site(text, secret=secrets_from({}, read_file), read_file=read_file)


def as_csv(*rows: Iterable[str], delimiter: str = ",") -> str:
    """Write it as a spreadsheet does: an argon2 hash has commas in it."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()


def mistakes_in(text: str, **files: str | bytes) -> list[str]:
    with pytest.raises(BadSiteFile) as bad:
        read(text, **files)
    return [str(mistake) for mistake in bad.value.mistakes]


# --- Included files ----------------------------------------------------------------------------------------------------


def test_tables_of_an_included_file_are_as_if_they_stood_in_the_site_file() -> None:
    more = A_QUEUE + '[policy]\nhold_alarm_seconds = 30\n[[idle_reason]]\nid = "break"\nname = "Break"\n'

    directory = read(INCLUDES, more=more).directory

    assert list(directory.queues) == ["support", "sales"]
    assert list(directory.idle_reasons) == ["break"]
    assert directory.policy.hold_alarm_seconds == 30


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('[[queue]]\nid = "sales"\nname = "Sales"\nagents = ["bobb"]\n', "line 4 of more.toml: [[queue]] agents: there is no agent 'bobb'"),
        (
            '\n[[queue]]\nid = "support"\nname = "S"\nagents = ["bob"]\n',
            "line 3 of more.toml: [[queue]] id: the id 'support' is taken: see line 22",
        ),
        ("[desktop]\n\nlistn = 3\n", "line 3 of more.toml: [desktop] listn: there is no such key; did you mean 'listen'?"),
        ('[site]\nregion = "GB"\n', "line 1 of more.toml: [site]: stands once, and stands in line 1 already"),
        ("[queue]\n", "line 1 of more.toml: [queue]: stands once, and stands in line 21 already"),
        ('\n[[include]]\nfile = "x"\n', "line 2 of more.toml: [[include]]: only the site file itself includes others"),
        ("\n[colour]\n", "line 2 of more.toml: [colour]: there is no such table"),
        ("a = b\n", "line 1 of more.toml: this is not TOML: "),
        (b"\n# \xe9\n", "line 2 of more.toml: this line is no text in UTF-8: save the file as UTF-8"),
    ],
)
def test_a_mistake_of_an_included_file_is_told_with_its_file_and_line(more: str | bytes, said: str) -> None:
    (found,) = mistakes_in(INCLUDES, more=more)

    assert found.startswith(said)


def test_a_mistake_of_the_site_file_names_the_included_file_that_it_collides_with() -> None:
    two = INCLUDES + '[[include]]\nfile = "agents.csv"\n'

    (found,) = mistakes_in(two, more=A_QUEUE, agents=A_QUEUE)

    assert found == "line 2 of agents.csv: [[queue]] id: the id 'sales' is taken: see line 2 of more.toml"


def test_a_file_that_is_not_there_is_a_mistake_at_the_line_that_names_it() -> None:
    assert mistakes_in(INCLUDES) == ["line 40: [[include]] file: the file 'more.toml' can't be read: No such file or directory"]
    assert mistakes_in(FROM_A_LIST) == ["line 3: [site] agents_from: the file 'agents.csv' can't be read: No such file or directory"]


def test_a_table_that_is_included_and_named_nowhere_else_is_known_to_others() -> None:
    text = INCLUDES.replace('queue = "support"', 'queue = "sales"')

    assert read(text, more=A_QUEUE).directory.queues[QueueId("sales")].agents == ("bob",)


# --- Agents in a list --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_agents_of_a_list_come_behind_those_of_the_site_file(delimiter: str) -> None:
    directory = read(FROM_A_LIST, agents=as_csv(*CAROL, delimiter=delimiter)).directory

    assert list(directory.agents) == ["alice", "bob", "carol"]
    carol = directory.agents[AgentId("carol")]
    assert (carol.name, carol.phone, carol.team, carol.may_call_out) == ("Carol Petit", "1003", "second line", True)


def test_a_site_file_may_have_no_agent_but_those_of_the_list() -> None:
    text = FROM_A_LIST[: FROM_A_LIST.index("[[agent]]")] + FROM_A_LIST[FROM_A_LIST.index("[[queue]]") :]
    text = with_line('agents = ["alice", "bob"]', 'team = "second line"', text)

    assert read(text, agents=as_csv(*CAROL)).directory.queues[QueueId("support")].agents == ("carol",)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("id;phone\nCarol;1003\n", 'line 2 of agents.csv: [[agent]] id: must be an id such as "alice"'),
        ("id;phone\n\ncarol;10 03\n", "line 3 of agents.csv: [[agent]] phone: must be the name of a PJSIP endpoint"),
        ("id;phone\ncarol;1001\n", "line 2 of agents.csv: [[agent]] phone: the telephone '1001' is taken already: see line 12"),
        ("id;supervisor\ncarol;perhaps\n", 'line 2 of agents.csv: [[agent]] supervisor: must be true or false; it is "perhaps"'),
        ("id;phon\ncarol;1003\n", "line 1 of agents.csv: there is no column 'phon'; did you mean 'phone'?"),
        ("id;colour\ncarol;red\n", "line 1 of agents.csv: there is no column 'colour'; there are answers_remotely, browser, "),
        ("name;phone\nCarol;1003\n", "line 1 of agents.csv: its first line must name the columns, such as id,name,phone,password"),
        ("", "line 1 of agents.csv: its first line must name the columns"),
        ('id;phone\n"carol;1003\n', "line 1 of agents.csv: this is not CSV: unexpected end of data"),
        (b"id;name\ncarol;Ren\xe9e\n", "line 2 of agents.csv: this line is no text in UTF-8"),
    ],
)
def test_a_mistake_of_a_list_is_told_with_its_line(rows: str | bytes, said: str) -> None:
    assert any(found.startswith(said) for found in mistakes_in(FROM_A_LIST, agents=rows)), mistakes_in(FROM_A_LIST, agents=rows)


def test_a_name_of_a_list_that_is_none_is_a_mistake() -> None:
    (found,) = mistakes_in(with_line('region = "FR"', 'region = "FR"\nagents_from = 3'))

    assert (
        found == 'line 3: [site] agents_from: must be the name of a list of agents in CSV, such as "agents.csv"; it is 3: put it in quotes'
    )


def test_a_list_beside_agents_that_are_no_tables_is_not_looked_at() -> None:
    text = FROM_A_LIST.replace("[[agent]]", "[agent]", 1)
    assert any("[agent]" in found or "this is not TOML" in found for found in mistakes_in(text, agents=as_csv(HEADER)))
    assert any(
        "stands once for each: write it as [[agent]]" in found for found in mistakes_in('agent = 3\n[site]\nagents_from = "agents.csv"\n')
    )


# --- What holds for all agents -----------------------------------------------------------------------------------------


def test_what_holds_for_all_agents_fills_in_what_their_own_tables_do_not_say() -> None:
    site = read(SITE + '[agent_defaults]\nteam = "all"\nbrowser = "{phone}-{id}"\nmay_call_out = true\n')

    said = [(agent.id, agent.team, agent.browser, agent.may_call_out) for agent in site.directory.agents.values()]
    assert said == [("alice", "first line", "1001-alice", True), ("bob", "all", "1002-bob", True)]


def test_a_telephone_may_follow_from_the_id() -> None:
    text = with_line('phone = "1001"', "") + '[agent_defaults]\nphone = "{id}-desk"\n'

    assert [agent.phone for agent in read(text).directory.agents.values()] == ["alice-desk", "1002"]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('browser = "{name}-web"', "[agent_defaults] browser: must be the name of a PJSIP endpoint, in which {phone} and {id} stand"),
        ('phone = "{phone}"', "[agent_defaults] phone: must be the name of a PJSIP endpoint, in which {id} stands"),
        ('name = "x"', "[agent_defaults] name: there is no such key; there are answers_remotely, browser, "),
        ('browser = "web"', "[[agent]] browser: the telephone 'web' is taken already: see line 8"),
    ],
)
def test_what_can_not_hold_for_all_agents_is_a_mistake(lines: str, said: str) -> None:
    assert any(said in found for found in mistakes_in(SITE + f"[agent_defaults]\n{lines}\n"))


def test_an_agent_without_an_id_gets_no_telephone_made_of_one() -> None:
    text = with_line('id = "alice"', "").replace('phone = "1001"', "") + '[agent_defaults]\nphone = "{id}"\n'

    assert any('[[agent]] phone: must be the name of a PJSIP endpoint, such as "1001"' in found for found in mistakes_in(text))


def test_agents_that_are_no_tables_get_nothing() -> None:
    text = 'agent = [3]\n[agent_defaults]\nteam = "x"\n'

    assert any("[[agent]]" in found for found in mistakes_in(text))


def test_two_hashes_that_are_one_are_told_in_the_list_too() -> None:
    listed = as_csv(HEADER, ("carol", "Carol", "1003", BOBS, "", ""))
    proxy = '[desktop]\ntls_proxy = true\nhost_names = ["desktop.example"]\n'

    found = mistakes_in(FROM_A_LIST + proxy, agents=listed)

    assert any(each.startswith("line 2 of agents.csv: [[agent]] password: has been copied from 'bob'") for each in found)
