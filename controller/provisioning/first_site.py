"""The site file that somebody begins with: a queue, its agents, the numbers that lead to it. Everything else has its default."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

PASSWORD_FILE = "ari-password"
"""Beside the site file: the password of ARI, and nothing else."""
QUEUE = "main"


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstAgent:
    """An agent, and the hash of a password that they were given."""

    id: str
    name: str
    phone: str
    password_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstSite:
    """What has to be known of a site."""

    region: str
    url: str
    username: str
    app: str
    state: str
    """The folder for what the controller keeps."""
    numbers: Sequence[str]
    agents: Sequence[FirstAgent]
    trunk: str | None


def site_text(site: FirstSite) -> str:
    """Write it. What is wrong with a value the reader of site files will say."""
    return "\n".join(
        [_HEAD.format(**{key: _quoted(getattr(site, key)) for key in ("region", "url", "username", "app", "state")}), *_parts(site)]
    )


def _parts(site: FirstSite) -> list[str]:
    agents = [
        f"[[agent]]\nid = {_quoted(one.id)}\nname = {_quoted(one.name)}\nphone = {_quoted(one.phone)}\n"
        f"password = {_quoted(one.password_hash)}\n"
        for one in site.agents
    ]
    served_by, numbers = (", ".join(map(_quoted, each)) for each in ([one.id for one in site.agents], site.numbers))
    queue = f'[[queue]]\nid = "{QUEUE}"\nname = "Main queue"\nagents = [{served_by}]\n'
    entry_point = f'[[entry_point]]\nid = "{QUEUE}"\nname = "Main number"\nnumbers = [{numbers}]\nqueue = "{QUEUE}"\n'
    trunk = [] if site.trunk is None else [_TRUNK.format(name=_quoted(site.trunk))]
    return [*agents, queue, entry_point, *trunk, _REASONS]


_HEAD = """\
# Every key that a site file may have is explained in the file site.toml that comes with ari-controller.
# `ari-controller check -c` this file finds every mistake at once; `systemctl reload ari-controller` takes over what has changed.

[site]
region = {region}

[asterisk]
url = {url}
username = {username}
password = "file:ari-password"
app = {app}

[journal]
folder = {state}
"""

_TRUNK = """\
# Calls to outside leave by this PJSIP endpoint, for agents with may_call_out = true.
[[trunk]]
name = {name}
"""

_REASONS = """\
[[wrap_up_reason]]
id = "resolved"
name = "Resolved"

[[wrap_up_reason]]
id = "follow-up"
name = "Follow-up"

[[idle_reason]]
id = "break"
name = "Break"
"""


def _quoted(text: str) -> str:
    """A string of TOML is one of JSON."""
    return json.dumps(text, ensure_ascii=False)
