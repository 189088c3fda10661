"""How many files a consult passes on its way to Asterisk and back: what somebody has to read who wants to know what becomes of it."""

from tests.bench.figures import Figure
from tests.bench.stage import say
from tests.house.consult_path import FILES_MAX, files_of_a_consult


async def consult_path() -> list[Figure]:
    """Count them; `python -m tests.house.consult_path` names them."""
    say("consult path: the files that a consult passes")
    files = await files_of_a_consult()
    return [Figure(name="files that a consult passes, to Asterisk and back", value=len(files), unit="files", target=FILES_MAX, samples=1)]
