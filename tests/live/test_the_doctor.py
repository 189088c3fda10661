"""`ari-controller doctor` beside a controller at work on a real Asterisk, after it was killed, and when Asterisk is gone as well."""

import re
import tarfile
from pathlib import Path

from tests.edges.command_line import Done, ari_controller_process
from tests.edges.test_cli_doctor import said
from tests.live.service import running_service, write_site
from tests.live.stack import READY_SECONDS_MAX, running_asterisk

SECRETS = ("controller:controller", "argon2", "phone-1001")


async def test_each_line_says_how_its_part_is_while_all_of_it_runs_and_while_it_does_not(tmp_path: Path) -> None:
    site, archive = write_site(tmp_path), tmp_path / "doctor.tar.gz"
    with running_asterisk() as (_, _, ari_port):
        async with running_service(site, ari_port=ari_port) as service:
            environ = {
                "ASTERISK_URL": f"http://127.0.0.1:{ari_port}",
                "DESKTOP_LISTEN": service.url.removeprefix("http://"),
                "STATE_FOLDER": str(tmp_path / "state"),
            }

            async def doctor(*more: str | Path) -> Done:
                return await ari_controller_process("doctor", "-c", site, *more, environ=environ)

            await service.says("attached to Asterisk", seconds_max=READY_SECONDS_MAX)
            (tmp_path / "service.log").write_text("\n".join(service.lines))
            well = await doctor("--bundle", archive, "--log", tmp_path / "service.log")
            service.kill()
            await service.exit_code()
            killed = await doctor()
    gone = await doctor()

    lines = said(well)
    assert (well.code, well.err) == (0, ""), well
    assert lines["service"] == ("ok", f"the controller at {service.url} is ready")
    assert lines["lease"] == ("ok", "this journal's controller steers 'controller'")
    assert lines["clock"][0] == lines["disk"][0] == "ok"
    assert re.search(r"is sound: .* the last of them \d+ s ago", lines["journal"][1])
    assert re.match(r"\d+ of \d+ checks have nothing to say", lines["asterisk"][1])
    with tarfile.open(archive) as opened:
        held = {name: file.read().decode() for name in opened.getnames() if (file := opened.extractfile(name)) is not None}
    assert "attached to Asterisk" in held["ari-controller-doctor/service.log"]
    assert not [name for name, text in held.items() for secret in SECRETS if secret in text]

    assert (killed.code, said(killed)["service"][0]) == (1, "FAILED")
    assert said(killed)["lease"] == ("warning", "this journal's controller steered 'controller' last, and shows no life")
    assert said(killed)["journal"][0] == "ok"

    assert (gone.code, said(gone)["reachable"][0], said(gone)["journal"][0]) == (1, "FAILED", "ok")
