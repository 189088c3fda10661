"""`ari-controller organisation` asks servers too: what came, what failed and why, and what is never asked."""

import json
from pathlib import Path

import pytest

from tests.authority import Authority
from tests.edges.command_line import ari_controller_process
from tests.edges.graph_stand_in import CLIENT_ID, SECRET, TENANT, GraphStandIn, graph_stand_in, user
from tests.live.slow_line import SlowLine
from tests.pure.directory.site_text import SITE

pytestmark = pytest.mark.long


def site(folder: Path, graph: GraphStandIn, ldap_port: int, *, single_sign_on: bool = True) -> Path:
    """A site with a list, a tenant, and a directory that never answers."""
    (folder / "office.csv").write_text("id,name,number\na,Anna,01 99 00 00 01\nb,Berta,01 99 00 10 02\n")
    (folder / "secret").write_text(SECRET)
    path = folder / "site.toml"
    path.write_text(
        f"""{SITE}
[[organisation]]
id = "office"
name = "Office"
file = "office.csv"

[[organisation]]
id = "teams"
name = "Teams"
kind = "graph"
tenant = "{TENANT}"
client_id = "{CLIENT_ID}"
secret_file = "secret"
authority = "{graph.url}"
graph_url = "{graph.url}"
ca_file = "authority.crt"
single_sign_on = {str(single_sign_on).lower()}

[[organisation]]
id = "ldap"
name = "Directory"
kind = "ldap"
url = "ldap://127.0.0.1:{ldap_port}"
base = "dc=example,dc=com"
deadline_seconds = 2
"""
    )
    return path


async def test_each_organisation_is_told_of_by_itself_and_a_dead_one_delays_no_other(tmp_path: Path) -> None:
    async with graph_stand_in(tmp_path, Authority(tmp_path)) as graph, SlowLine(None) as nobody:
        graph.users = [user(1, "Anna Müller"), user(2, "Carl", businessPhones=[])]
        path = site(tmp_path, graph, nobody.port)

        told = await ari_controller_process("organisation", "-c", path)
        found = await ari_controller_process("organisation", "-c", path, "anna", "--json")

    assert told.code == 1
    assert told.out.splitlines() == [
        "Office (office.csv): 2 with a business number; written less than a minute ago.",
        f"Teams (Microsoft Entra, tenant {TENANT}): 1 with a business number, 1 without one, who are not listed; "
        "written less than a minute ago.",
        f"Directory (ldap://127.0.0.1:{nobody.port}): FAILED: it did not come within 2 s.",
    ]
    # Of the same number: one person, whom two organisations know.
    assert [(each["name"], each["organisations"]) for each in json.loads(found.out)["colleagues"]] == [("Anna", ["Office", "Teams"])]


async def test_presence_is_asked_for_and_a_missing_consent_is_told(tmp_path: Path) -> None:
    async with graph_stand_in(tmp_path, Authority(tmp_path)) as graph, SlowLine(None) as nobody:
        graph.users = [user(1, "Anna Müller")]
        graph.presences = {graph.users[0]["id"]: ("Busy", "InACall")}
        path = site(tmp_path, graph, nobody.port)

        found = await ari_controller_process("organisation", "-c", path, "müller", "--json")
        graph.consents.remove("Presence.Read.All")
        told = await ari_controller_process("organisation", "-c", path)

    assert [each["presence"] for each in json.loads(found.out)["colleagues"]] == ["busy"]
    assert "  FAILED: nobody's presence: Microsoft Graph refuses: the application has no consent for Presence.Read.All" in told.out
    assert SECRET not in told.out + told.err + found.out + found.err


async def test_without_single_sign_on_microsoft_is_not_asked(tmp_path: Path) -> None:
    async with graph_stand_in(tmp_path, Authority(tmp_path)) as graph, SlowLine(None) as nobody:
        told = await ari_controller_process("organisation", "-c", site(tmp_path, graph, nobody.port, single_sign_on=False))

    assert f"Teams (Microsoft Entra, tenant {TENANT}): not asked. Nobody is offered: they use Teams, and single_sign_on is off." in told.out
    assert graph.asked == []
