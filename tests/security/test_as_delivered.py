"""What an administrator copies and starts: containers without rights, an Asterisk that trusts nobody, passwords for everything."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

TOP = Path(__file__).parents[2]
CONF = TOP / "asterisk-conf"
COMPOSE: dict[str, Any] = yaml.safe_load((TOP / "docker/compose.yaml").read_text())["services"]


def with_included(file: str) -> str:
    """An Asterisk file, with those that it includes."""
    return re.sub(r"^#(?:try)?include (\S+)$", lambda found: with_included(found[1]), (CONF / file).read_text(), flags=re.MULTILINE)


def sections(file: str) -> Iterator[tuple[str, str, dict[str, list[str]]]]:
    """Every section of an Asterisk file and of those it includes: its name, the template it follows, and its own lines."""
    found: list[tuple[str, str, dict[str, list[str]]]] = []
    lines = dict[str, list[str]]()
    for line in with_included(file).splitlines():
        said = line.partition(";")[0].strip()
        if begins := re.fullmatch(r"\[([^]]+)\](?:\(([^)]*)\))?", said):
            if begins[2] == "+":
                lines = next(known for name, _, known in found if name == begins[1])
                continue
            lines = {}
            found.append((begins[1], begins[2] or "", lines))
        elif "=" in said:
            key, _, value = said.partition("=")
            lines.setdefault(key.strip(), []).append(value.strip("> "))
    return iter(found)


def test_every_proof_that_the_page_on_threats_names_is_there() -> None:
    page = (TOP / "SECURITY.md").read_text()
    named = set(re.findall(r"`((?:tests/[a-z_/]+/)?test_\w+\.py)`", page))

    assert len(named) > 10
    assert [name for name in named if not (TOP / (name if "/" in name else f"tests/security/{name}")).exists()] == []


# --- Containers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMPOSE)
def test_a_container_has_no_capability_cannot_get_one_and_cannot_write_to_its_root(name: str) -> None:
    container = COMPOSE[name]

    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert container["read_only"] is True
    assert not {"privileged", "cap_add", "devices", "pid", "ipc", "userns_mode"} & set(container)


@pytest.mark.parametrize("name", ["asterisk", "controller"])
def test_a_container_that_talks_to_anybody_is_not_roots(name: str) -> None:
    users = re.findall(r"^USER (\S+)", (TOP / f"docker/{name}.Dockerfile").read_text(), re.MULTILINE)

    assert users[-1] == {"asterisk": "asterisk", "controller": "ari-controller"}[name]
    assert "user" not in COMPOSE[name]
    assert not any("docker.sock" in volume for volume in COMPOSE[name]["volumes"])


def test_the_one_container_that_has_the_engines_socket_has_no_network() -> None:
    with_socket = [name for name, container in COMPOSE.items() if any("docker.sock" in volume for volume in container["volumes"])]

    assert with_socket == ["keeper"]
    assert COMPOSE["keeper"]["network_mode"] == "none"


@pytest.mark.parametrize("name", COMPOSE)
def test_what_a_container_logs_does_not_fill_the_disk(name: str) -> None:
    logging = COMPOSE[name]["logging"]

    assert logging["driver"] == "json-file"
    assert re.fullmatch(r"\d{1,2}m", logging["options"]["max-size"])
    assert 1 < int(logging["options"]["max-file"]) < 10


def test_the_controller_cannot_change_its_own_site_file() -> None:
    assert [volume for volume in COMPOSE["controller"]["volumes"] if volume.endswith("/etc/ari-controller:ro")]


# --- Asterisk ----------------------------------------------------------------------------------------------------------


def test_every_telephone_has_a_password_of_its_own_and_none_is_anonymous() -> None:
    found = list(sections("pjsip.conf"))
    endpoints = {name: lines for name, template, lines in found if template in ("ari-controller-agent", "customer", "line", "telephone")}
    passwords = {name: lines["password"][0] for name, template, lines in found if template == "ari-controller-login"}

    assert endpoints.keys() == passwords.keys()
    assert len(set(passwords.values())) == len(passwords)
    assert all(lines["auth"] == [name] for name, lines in endpoints.items())
    assert not [name for name, _, lines in found if "anonymous" in name or "identify" in lines.get("type", ())]


def test_telephones_are_let_in_by_address_before_their_password_is_looked_at() -> None:
    (pjsip,) = [lines for _, _, lines in sections("pjsip.conf") if lines.get("type") == ["acl"]]
    (addresses,) = [lines for name, _, lines in sections("acl.conf") if name == "telephones"]

    assert pjsip["acl"] == ["telephones"]
    assert addresses == {"deny": ["0.0.0.0/0.0.0.0", "::/0"], "permit": ["127.0.0.1"]}


def test_a_telephone_may_not_say_who_it_is_and_only_agents_transfer() -> None:
    (telephone,) = [lines for name, _, lines in sections("pjsip.conf") if name == "ari-controller-telephone"]
    may_transfer = {name for name, _, lines in sections("pjsip.conf") if lines.get("allow_transfer") == ["yes"]}
    (agents,) = [lines for name, _, lines in sections("extensions.conf") if name == "ari-controller-agents"]

    assert telephone["trust_id_inbound"] == ["no"]
    assert telephone["allow_transfer"] == ["no"]
    assert telephone["allow_subscribe"] == ["no"]
    assert telephone["trust_id_outbound"] == ["no"]
    assert telephone["send_connected_line"] == ["no"]
    # What it dials goes to the controller, and nowhere else.
    assert {line.partition(",")[2].partition("(")[0] for line in agents["same"]} == {"GotoIf", "Set", "Stasis", "Goto"}
    assert may_transfer == {"ari-controller-agent"}


def test_only_a_line_that_shows_its_password_may_have_callers_of_any_number() -> None:
    found = list(sections("pjsip.conf"))
    known_by = {name: lines["identify_by"] for name, _, lines in found if "identify_by" in lines}

    assert known_by == {"ari-controller-line": ["auth_username"]}
    assert [name for name, template, _ in found if template == "line"] == ["outside"]


def test_ari_is_on_loopback_with_a_user_of_its_own_and_nothing_else_is_served() -> None:
    http = {name: lines for name, _, lines in sections("http.conf")}
    ari = {name: lines for name, _, lines in sections("ari.conf")}
    (manager,) = [lines for _, _, lines in sections("manager.conf")]

    assert http["general"]["bindaddr"] == ["127.0.0.1"]
    assert http["general"]["enable_static"] == http["general"]["enable_status"] == ["no"]
    assert ari["controller"]["deny"] == ["0.0.0.0/0.0.0.0"]
    assert ari["controller"]["permit"] == ["127.0.0.1"]
    assert "allowed_origins" not in ari["general"]
    assert manager["enabled"] == ["no"]


def test_a_number_that_was_dialled_can_add_no_word_to_the_dialplan_and_nothing_there_runs_commands() -> None:
    dialplan = "\n".join(line for line in with_included("extensions.conf").splitlines() if not line.startswith(";"))
    (options,) = [lines for _, _, lines in sections("asterisk.conf")]

    # What is dialled is filtered before anything else is done with it, or is the cause of a hang-up, where it has to be a number.
    cut = r"${CUT(EXTEN,\;,1)}"
    safe = (f"${{FILTER(0-9+,{cut})}}", f"${{FILTER(+*#0-9,{cut})}}", "Hangup(${EXTEN})")
    assert sum(dialplan.count(use) for use in safe) == dialplan.count("EXTEN") > 1
    assert not re.search(r"CALLERID\(|\bSystem\(|TrySystem\(|SHELL\(|CURL\(|AGI\(", dialplan)
    assert options["live_dangerously"] == ["no"]
    assert not re.search(r"app_system|func_shell|func_curl|res_agi|app_originate|pbx_spool", (CONF / "modules.conf").read_text())
