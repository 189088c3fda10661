"""A running service whose directory never answers, and whose tenant refuses: the others come, calls and the start wait for nothing."""

import time
from pathlib import Path

import aiohttp
import pytest

from tests.edges.ari.fake_asterisk import fake_asterisk
from tests.edges.graph_stand_in import CLIENT_ID, SECRET, TENANT, graph_stand_in, user
from tests.live.service import Service, running_service, write_site
from tests.live.slow_line import SlowLine

pytestmark = pytest.mark.long

DEADLINE_SECONDS = 60
STARTS_SECONDS_MAX = DEADLINE_SECONDS / 2
"""A start that waited for the dead one would take longer; one on a busy machine does not."""


def sources(graph_url: str, ldap_port: int) -> str:
    return f"""
[[organisation]]
id = "dead"
name = "Dead"
kind = "ldap"
url = "ldap://127.0.0.1:{ldap_port}"
base = "dc=example,dc=com"
deadline_seconds = {DEADLINE_SECONDS}

[[organisation]]
id = "teams"
name = "Teams"
kind = "graph"
tenant = "{TENANT}"
client_id = "{CLIENT_ID}"
secret_file = "secret"
authority = "{graph_url}"
graph_url = "{graph_url}"
ca_file = "authority.crt"
single_sign_on = true
"""


async def listed(service: Service, http: aiohttp.ClientSession, asked: str) -> dict[str, object]:
    async with http.post(f"{service.url}/api/v1/session", json={"agent": "alice", "password": "alice"}) as answer:
        token = (await answer.json())["token"]
    headers = {"Authorization": f"Bearer {token}"}
    async with http.get(f"{service.url}/api/v1/directory", params={"kind": "organisation", "q": asked}, headers=headers) as answer:
        found: dict[str, object] = await answer.json()
        return found


async def test_the_service_starts_with_a_dead_directory_and_the_next_start_knows_whom_this_one_knew(tmp_path: Path) -> None:
    async with graph_stand_in(tmp_path) as graph, SlowLine(None) as nobody, fake_asterisk() as asterisk, aiohttp.ClientSession() as http:
        (tmp_path / "secret").write_text(SECRET)
        graph.users = [user(1, "Zoë Teams")]
        graph.presences = {graph.users[0]["id"]: ("Busy", "InACall")}
        asterisk.replies = {"GET channels": (200, []), "GET bridges": (200, [])}
        site = write_site(tmp_path, password="secret", more=sources(graph.url, nobody.port))
        began = time.monotonic()
        async with running_service(site, ari_port=asterisk.port) as service:
            await service.says("attached to Asterisk", seconds_max=DEADLINE_SECONDS)
            assert time.monotonic() - began < STARTS_SECONDS_MAX
            await service.says("organisation=teams", seconds_max=60)
            await service.says("organisation=head-office", seconds_max=60)
            found = await listed(service, http, "zoe")
            assert [(each["name"], each["presence"]) for each in found["entries"]] == [("Zoë Teams", "busy")]  # type: ignore[attr-defined]
            assert (found["stale"], found["because"]) == (True, "The people of Dead have not been fetched yet.")

        # From now on Microsoft refuses, and the next process has what this one kept.
        graph.consents.clear()
        async with running_service(site, ari_port=asterisk.port) as service:
            await service.says("User.Read.All", seconds_max=60)
            found = await listed(service, http, "zoe")
            async with http.get(f"{service.url}/metrics") as answer:
                figures = await answer.text()

    assert [each["name"] for each in found["entries"]] == ["Zoë Teams"]  # type: ignore[attr-defined]
    assert found["stale"] is True
    assert "The people of Teams could not be fetched again, and the list is 0 minutes old: " in str(found["because"])
    assert 'ari_controller_organisation_failure{because="Microsoft Graph refuses: ' in figures
    assert not any(SECRET in line for line in service.lines)
