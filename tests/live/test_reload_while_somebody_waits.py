"""The administrator takes out a queue, with its agents, while a customer waits in it."""

from dataclasses import replace
from pathlib import Path

import aiohttp

from controller.directory.directory import Directory
from tests.bench.busy import site_text
from tests.bench.day import directory
from tests.live.scene import ready, until
from tests.live.stack import READY_SECONDS_MAX, running_stack
from tests.phones import Account, SoftPhone


def _without_the_first_pair(before: Directory) -> Directory:
    return replace(
        before,
        agents={name: agent for name, agent in before.agents.items() if not name.endswith("0")},
        queues={name: queue for name, queue in before.queues.items() if name != "q0"},
        entry_points={name: point for name, point in before.entry_points.items() if name != "e0"},
    )


async def test_a_customer_of_a_queue_that_was_taken_out_with_its_agents_hears_the_administrators_fallback(tmp_path: Path) -> None:
    with running_stack(tmp_path, site=site_text(directory(2))) as stack:
        account = Account("2001", "phone-2001", registrar_port=stack.sip_port)
        async with aiohttp.ClientSession() as http, SoftPhone("customer", account, answers_by_itself=False, tone_hz=440) as customer:
            await ready(stack, http, READY_SECONDS_MAX)
            await customer.dial("1000")
            await until("the customer waits", lambda: "ix-" in stack.asterisk_cli("bridge show all"))

            (tmp_path / "site.toml").write_text(site_text(_without_the_first_pair(directory(2))))
            stack.controller.get_wrapped_container().kill(signal="SIGHUP")

            await until(
                "the dialplan has the customer", lambda: "ari-controller-returned" in stack.asterisk_cli("core show channels verbose")
            )
            await until("nothing of ours is left", lambda: "ix-" not in stack.asterisk_cli("bridge show all"))
            assert "ari-controller-returned" in stack.asterisk_cli("core show channels verbose"), "the customer was not hung up"
