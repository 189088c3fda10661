"""`ari-controller run` when something is the matter: it says what, in a sentence that an administrator can act on, and loses nothing."""

import socket
from pathlib import Path

import aiohttp

from tests.live.desk import AgentDesk
from tests.live.scene import until
from tests.live.service import free_port, running_service, write_site
from tests.live.stack import Stack
from tests.live.wire_cutter import WireCutter

APP = "edges"
"""An application of its own, so that the stack's controller is not replaced."""
WRONG = "Xyzzy-42"
NEW_QUEUE = '\n[[queue]]\nid = "new"\nname = "New"\nagents = ["alice"]\n'


async def test_a_wrong_ari_password_is_named_with_where_to_look(stack: Stack, http: aiohttp.ClientSession, tmp_path: Path) -> None:
    site = write_site(tmp_path, app=APP, password=WRONG)
    async with running_service(site, ari_port=stack.ari_port) as service:
        said = await service.says("refuses the user 'controller' or its password")
        assert "ari.conf" in said
        async with http.get(f"{service.url}/readyz") as ready:
            assert ready.status == 503
        assert WRONG not in "\n".join(service.lines), "no password in the log"


async def test_an_asterisk_that_is_not_there_at_start_is_named_and_attached_to_when_it_comes(stack: Stack, tmp_path: Path) -> None:
    ari_port = free_port()
    async with running_service(write_site(tmp_path, app=APP), ari_port=ari_port) as service:
        said = await service.says("cannot be reached")
        assert f"http://127.0.0.1:{ari_port}" in said
        assert "nothing listens there" in said

        async with WireCutter(target_port=stack.ari_port, listen_port=ari_port):
            await service.says("attached to Asterisk")


async def test_a_desktop_port_that_is_taken_ends_the_service_with_the_address(stack: Stack, tmp_path: Path) -> None:
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        port = int(somebody.getsockname()[1])
        async with running_service(write_site(tmp_path, app=APP), ari_port=stack.ari_port, desktop_port=port) as service:
            assert await service.exit_code() == 1
        assert f"Port {port} of 127.0.0.1 is taken by another program" in service.lines[-1]


async def test_a_changed_site_file_is_taken_over_while_it_runs_and_a_broken_one_is_not(
    stack: Stack, http: aiohttp.ClientSession, tmp_path: Path
) -> None:
    async with running_service(write_site(tmp_path, app=APP), ari_port=stack.ari_port) as service:
        await service.says("attached to Asterisk")
        desk = AgentDesk(http, service.url, "alice")
        await desk.log_in()

        async def has_queue(name: str) -> bool:
            return name in {queue["id"] for queue in (await desk.call("GET", "/queues")).body["queues"]}

        assert not await has_queue("new")
        write_site(tmp_path, app=APP, more=NEW_QUEUE)
        service.read_site_again()
        await until("the new queue is there", lambda: has_queue("new"))

        write_site(tmp_path, app=APP, more='\n[[queue]]\nid = "broken"\nname = "Broken"\nagents = ["nobody"]\n')
        service.read_site_again()
        said = await service.says("the old one stays")
        assert "nobody" in said
        assert await has_queue("new")
        assert not await has_queue("broken")


async def test_a_login_ends_when_its_time_is_over(stack: Stack, http: aiohttp.ClientSession, tmp_path: Path) -> None:
    async with running_service(write_site(tmp_path, app=APP, session_hours=1 / 3600), ari_port=stack.ari_port) as service:
        await service.says("the desktop listens")
        desk = AgentDesk(http, service.url, "alice")
        await desk.log_in()
        assert (await desk.call("GET", "/me")).status == 200

        async def is_over() -> bool:
            answer = await desk.call("GET", "/me")
            return (answer.status, answer.code) == (401, "unauthenticated")

        await until("the session has ended", is_over)
