"""Every command, file, link and piece of a site file that a document shows is there, and is taken."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import tomlkit

from controller.service.site import site_of
from tests.edges.command_line import DEMO, ROOT, ari_controller
from tests.house.document_blocks import Block, blocks, documents

PAST = ("CHANGELOG.md",)
"""Tells what was once so."""
PAGES = [str(page.relative_to(ROOT)) for page in documents() if page.name not in PAST]
SHELL = ("sh", "bash")
PROGRAM = "ari-controller"
IN_WORDS = re.compile(rf"`({PROGRAM} [a-z][^`]*)`")
NAMED = re.compile(r"`((?:asterisk-conf|controller|docker|docs|tests)/[\w./-]+|(?:ari-controller-[\w-]+|pjsip_agents)\.conf)`")
LINK = re.compile(r"\]\(([^)\s#]+)[^)\s]*\)")
IN_BACKTICKS = re.compile(r"`[^`]*`")


@cache
def help_of(*command: str) -> str:
    done = ari_controller(*command, "--help")
    assert done.code == 0, done.err
    return done.out


def commands(page: str) -> Iterator[tuple[str, str]]:
    """Every command of ours that a page shows, and where."""
    path = ROOT / page
    for found in IN_WORDS.finditer(path.read_text()):
        yield f"{page}: {found[1]}", found[1]
    for block in blocks(path):
        if block.language in SHELL:
            for line in block.text.replace("\\\n", " ").splitlines():
                for part in re.split(r"&&|\||;", line):
                    program, _, said = part.strip().partition(" ")
                    if Path(program).name == PROGRAM:
                        yield f"{block}: {part.strip()}", f"{PROGRAM} {said}"


def _words(command: str) -> list[str]:
    return shlex.split(command.replace("'…'", "x"), comments=True)[1:]


@pytest.mark.parametrize("page", PAGES)
def test_every_command_that_a_document_shows_has_that_name_and_these_options(page: str) -> None:
    wrong = []
    for where, command in commands(page):
        name, *words = _words(command)
        if not re.search(rf"^ +{name}\b", help_of(), re.MULTILINE):
            wrong.append(f"{where}: there is no command {name!r}")
            continue
        known = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", help_of(name)))
        wrong += [f"{where}: {name} has no {word}" for word in words if re.match(r"--?[a-z]", word) and word not in known]

    assert wrong == []


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_document_names_or_links_to_is_there(page: str) -> None:
    text = (ROOT / page).read_text()
    links = [link for link in LINK.findall(IN_BACKTICKS.sub("", text)) if "://" not in link]
    missing = [name for name in NAMED.findall(text) if not ((ROOT / name).exists() or (ROOT / "asterisk-conf" / name).exists())]
    missing += [link for link in links if not (ROOT / page).parent.joinpath(link).exists()]

    assert missing == []


# --- Pieces of a site file ---------------------------------------------------------------------------------------------

PIECES = [block for page in PAGES for block in blocks(ROOT / page) if block.language == "toml"]
FILES = {"entra-secret": "secret\n", "ldap-password": "secret\n", "ca.pem": "", "colleagues.toml": ""}
"""What the pieces name, beside the site file."""


def _whole(piece: Block) -> str:
    """A piece that begins with a key stands below the table that the page has last."""
    if piece.text.lstrip("# \n").startswith("[") or re.match(r"(#.*\n|\n)*\[", piece.text):
        return piece.text
    before = [each for each in PIECES if each.document == piece.document and each.line < piece.line]
    return (_whole(before[-1]) if before else '[[trunk]]\nname = "old-pbx"\n') + piece.text


def _agents(page: str) -> str:
    """The list of a page, with a hash where `hash-password --csv` puts one."""
    (block,) = [each for each in blocks(ROOT / page) if each.text.startswith("id,")]
    known = tomllib.loads(DEMO.read_text())["agent"]
    header, *lines = block.text.splitlines()
    return "\n".join([header, *(f'{line}"{agent["password"]}"' for line, agent in zip(lines, known, strict=False))]) + "\n"


@pytest.mark.parametrize("piece", PIECES, ids=str)
def test_every_piece_of_a_site_file_in_a_document_is_taken_where_it_is_to_be_written(piece: Block, tmp_path: Path) -> None:
    shown: dict[str, Any] = tomllib.loads(_whole(piece))
    if shown.get("site", {}).get("agents_from"):
        (tmp_path / shown["site"]["agents_from"]).write_text(_agents(piece.document))
    for name, text in {**FILES, "ari-password": "secret\n"}.items():
        (tmp_path / name).write_text(text)
    whole: dict[str, Any] = shown if "agent" in shown else _with(_small_site(), shown)

    (tmp_path / "site.toml").write_text(tomlkit.dumps(whole))

    assert site_of(tmp_path / "site.toml").directory.agents


def _small_site() -> dict[str, Any]:
    """The demo's, less what the pieces of documents show."""
    demo = tomllib.loads(DEMO.read_text())
    kept = {key: demo[key] for key in ("site", "asterisk", "wrap_up_reason")}
    alice = {key: value for key, value in demo["agent"][0].items() if key in ("id", "name", "phone", "password")}
    queue = {"id": "support", "name": "Support", "agents": ["alice"]}
    return {**kept, "agent": [alice], "queue": [queue], "entry_point": demo["entry_point"][:1]}


def _with(site: dict[str, Any], shown: dict[str, Any]) -> dict[str, Any]:
    if shown.get("site", {}).get("agents_from"):
        site = {key: value for key, value in site.items() if key != "agent"}
    return {**site, **{key: {**site.get(key, {}), **value} if isinstance(value, dict) else value for key, value in shown.items()}}
